"""What changed in a report since the version that was given out: figure by figure, in words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from reporting.catalogue import label
from reporting.render import shown
from reporting.tables import Column, Table, table_from

if TYPE_CHECKING:
    from reporting.report.document import Document, Section

#: Changes that are listed; the rest are counted.
LISTED = 200


def changes(before: Document, after: Document) -> Table:
    """A row a changed figure or text: where it stands, what it was, what it is."""
    lang = after.lang
    rows = list(_changes(before, after))
    columns = (
        Column("section", word="column.report_section"),
        Column("row", word="column.report_row"),
        Column("column", word="column.report_column"),
        Column("before", word="column.report_before"),
        Column("after", word="column.report_after"),
    )
    keys = [column.key for column in columns]
    told = [dict(zip(keys, row, strict=True)) for row in rows[:LISTED]]
    notes = []
    if len(rows) > LISTED:
        notes.append(label("note.and_more", lang, count=len(rows) - LISTED))
    if not rows:
        notes.append(label("report.unchanged", lang))
    return table_from(told, columns, label("title.report_changes", lang), notes)


def _changes(before: Document, after: Document) -> Iterator[tuple[str, ...]]:
    lang = after.lang
    old = {section.key: section for section in before.sections}
    new = {section.key: section for section in after.sections}
    for key in (*new, *(key for key in old if key not in new)):
        if key not in old or key not in new:
            word = label("report.came" if key in new else "report.gone", lang)
            yield ((new.get(key) or old[key]).title, "", "", *_pair(word, key in new))
        else:
            yield from _within(old[key], new[key], before, after)


def _pair(word: str, came: bool) -> tuple[str, str]:
    return ("", word) if came else (word, "")


def _within(old: Section, new: Section, before: Document, after: Document) -> Iterator[
    tuple[str, ...]
]:  # fmt: skip
    """The texts of a section as one, then its tables in their order."""
    words = [_text(section) for section in (old, new)]
    if words[0] != words[1]:
        yield (new.title, label("report.text", after.lang), "", *words)
    tables = [[b for b in s.blocks if isinstance(b, Table)] for s in (old, new)]
    for place in range(max(map(len, tables))):
        sides = [
            _cells(side[place], document) if place < len(side) else {}
            for side, document in zip(tables, (before, after), strict=True)
        ]
        for where in dict.fromkeys((*sides[1], *sides[0])):
            values = [side.get(where, "") for side in sides]
            if values[0] != values[1]:
                yield (new.title, *where[:2], *values)


def _text(section: Section) -> str:
    from reporting.report.document import Prose

    said = [b.paragraphs for b in section.blocks if isinstance(b, Prose)]
    return " ".join(text for paragraphs in said for text in paragraphs)


def _cells(table: Table, document: Document) -> dict[tuple[str, str, int], str]:
    """Every figure as it is read, by its row's name, its column's heading, and which of those it
    is where several are called so."""
    found: dict[tuple[str, str, int], str] = {}
    lang, scale = document.lang, document.scale
    named = [p for p, column in enumerate(table.columns) if column.kind == "text"]
    keys = named[:2] or [0]
    for row in table.rows:
        said = [shown(row[p], table.columns[p], lang, scale) for p in range(len(row))]
        name = " ".join(dict.fromkeys(said[p] for p in keys if said[p]))
        name = name or label("message.total", lang)
        for place, column in enumerate(table.columns):
            if place in keys:
                continue
            count = 0
            while (name, column.heading(lang), count) in found:
                count += 1
            found[name, column.heading(lang), count] = said[place]
    return found
