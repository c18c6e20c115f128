"""The table of a comparison: what changed between two times, and why."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import projections
from projections.causes import WHY
from reporting.catalogue import Language, label
from reporting.notes import asked as asked_for
from reporting.notes import local
from reporting.numbers import Scale
from reporting.tables import SAID, Column, Table, columns_of, table_from, table_of
from reporting.trace_table import heading

if TYPE_CHECKING:
    import polars as pl

    from ledger.log import Book

#: What stands once a figure, whatever the number of its causes.
_ONCE = ("measure", "before", "after", "change")


def diff(
    before: Book,
    after: Book,
    lang: Language,
    noun: str,
    *,
    people: bool,
    scale: Scale = "kr",
    **ask: Any,
) -> Table:
    """The figures that the later book gives otherwise than the earlier, each with its causes, as
    `projections.diff` finds them. For ``people`` each figure once, without lists of events."""
    frame = projections.diff(before, after, noun, **ask)
    if not people:
        columns = [_as_data(column) for column in columns_of(frame, projections.DIFF_AMOUNTS)]
        return table_of(frame, projections.DIFF_AMOUNTS, "", columns=columns)
    ore = scale == "kr"
    keys = frame.columns[: frame.columns.index("name")]
    columns = [
        *(Column(key, words="key") for key in keys),
        *((Column("name"),) if frame["name"].null_count() < frame.height else ()),
        Column("measure", word="column.figure", words="column"),
        Column("before", "amount"),
        Column("after", "amount"),
        Column("change", "amount", signed=True, ore=ore),
        Column("cause"),
        Column("amount", "amount", signed=True, ore=ore),
        Column("events", "count"),
    ]
    times = [(book, local(book, book.recorded_at)[:16]) for book in (before, after)]
    title = label(
        "title.diff",
        lang,
        table=heading(after, noun, ask, lang),
        before=times[0][1],
        after=times[1][1],
    )
    notes = [
        *asked_for(after, lang, **{name: ask.get(name) for name in ("unit", "tree", "structure")}),
        label("note.diff" if frame.height else "note.no_change", lang),
        label("note.debit_positive" if noun == "balance" else "note.sign", lang),
    ]
    if not ore and frame.height:
        notes.append(label("note.rounding", lang))
    for book, time in times:
        notes.append(label("note.known_at", lang, time=time, size=book.size))
    table = table_from(_for_people(frame, keys, lang), columns, title)
    return replace(table, notes=tuple(notes))


def _as_data(column: Column) -> Column:
    """A column as data: events and decisions are lists of positions."""
    listed = column.key in ("positions", "decisions")
    return replace(column, kind="numbers") if listed else column


def _for_people(frame: pl.DataFrame, keys: list[str], lang: Language) -> Iterable[dict[str, Any]]:
    """The rows in words, what is the same as in the row above left out."""
    above: dict[str, Any] = {}
    for row in frame.to_dicts():
        said = dict(row)
        if all(row[key] is None for key in keys):
            said[keys[0]] = label("message.total", lang)
        said["cause"] = _cause(row, lang)
        where = (*keys, "name")
        if above and all(row[name] == above[name] for name in where):
            said |= dict.fromkeys(where, SAID)
            if row["measure"] == above["measure"]:
                said |= dict.fromkeys(_ONCE, SAID)
        yield said
        above = row


def _cause(row: dict[str, Any], lang: Language) -> str:
    """The cause in words: of what was reorganised also how, and by which events."""
    text = label(f"cause.{row['cause']}", lang)
    reasons = [label(f"why.{why}", lang) for why in WHY if why in (row["why"] or "").split()]
    if reasons:
        text += f": {', '.join(reasons)}"
    decisions = (row["decisions"] or "").split()
    if not decisions:
        return text
    return f"{text} ({label('column.position', lang).lower()} {', '.join(decisions)})"
