"""The follow-up as it is read: what is marked and what it sums to, and the marks themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import projections
from ledger.families.followup import DIMENSIONS
from projections.dimensions import outcome_span
from reporting.catalogue import Language, label
from reporting.notes import asked as asked_for
from reporting.notes import known, local, own_lines
from reporting.tables import Column, Table, columns_of, table_of

if TYPE_CHECKING:
    import polars as pl

    from ledger.log import Book


def follow_up(
    book: Book,
    lang: Language,
    *,
    through: str | None,
    by: Sequence[str],
    span: str = "accumulated",
    **ask: Any,
) -> Table:
    """What is marked, this year and last; under it what each mark covers."""
    frame = projections.follow_up(book, through, by=tuple(by), span=span, **ask)
    last = outcome_span(book, through, ask.get("year"), span).last
    key = "follow_up" if span == "accumulated" else f"follow_up_{span}"
    told = [_told(row, lang) for row in projections.marks(book).to_dicts()]
    notes = [
        *asked_for(book, lang, **ask),
        *(told or [label("note.no_marks", lang)]),
        label("note.sign", lang),
        label("note.marked_once", lang),
        label("note.last_year_same_months", lang),
        known(book, lang),
    ]
    return table_of(
        frame,
        projections.PROJECTIONS["follow_up"].amounts,
        label(f"title.{key}", lang, through=last, scale="{scale}"),
        total=len(by) == 1,
        columns=_columns(frame, projections.PROJECTIONS["follow_up"].amounts),
        notes=notes,
    )


def special(book: Book, lang: Language, *, through: str | None, unit: str | None = None) -> Table:
    """What special follow-up came to, booked and not, lost and forecast; each mark with its total,
    which is the table's own where there is but one mark."""
    frame = projections.special_follow_up(book, through, unit=unit)
    kind = projections.PROJECTIONS["special_follow_up"]
    kept = [
        name
        for name in frame.columns
        if name in ("mark", "line") or frame[name].null_count() < frame.height
    ]
    notes = [*asked_for(book, lang, unit=unit), label("note.sign", lang)]
    notes += own_lines(book, lang, "special_follow_up")
    last = outcome_span(book, through).last
    shown = frame.select(kept)
    columns = [
        replace(column, word="message.total") if column.key == "total" else column
        for column in columns_of(shown, kind.amounts)
    ]
    return table_of(
        shown,
        kind.amounts,
        label(kind.title, lang, through=last, scale="{scale}"),
        columns=columns,
        total=frame["mark"].n_unique() == 1,
        notes=[*notes, label("note.estimates", lang), known(book, lang)],
    )


def marks(book: Book, lang: Language, *, through: str | None, people: bool) -> Table:
    """The marks that stand, a row a selection; for ``people`` without columns of nothing."""
    frame = projections.marks(book, through)
    amounts = projections.PROJECTIONS["marks"].amounts
    table = table_of(
        frame,
        amounts,
        label("title.marks", lang, scale="{scale}"),
        columns=_columns(frame, amounts),
        notes=(label("note.marked_once", lang), known(book, lang)),
    )
    if not people:
        return table
    rows = [
        tuple(
            local(book, str(value)) if column.key == "recorded_at" else value
            for column, value in zip(table.columns, row, strict=True)
        )
        for row in table.rows
    ]
    kept = [
        place
        for place in range(len(table.columns))
        if not rows or any(row[place] is not None for row in rows)
    ]
    return replace(
        table,
        columns=tuple(table.columns[place] for place in kept),
        rows=tuple(tuple(row[place] for place in kept) for row in rows),
    )


def _columns(frame: pl.DataFrame, amounts: Sequence[str]) -> list[Column]:
    """The frame's columns; kinds of marks are words, and an event's position is a number."""
    found = []
    for column in columns_of(frame, amounts):
        if column.key == "kind":
            column = replace(column, words="mark_kind")
        elif column.key == "position":
            column = replace(column, kind="number")
        found.append(column)
    return found


def _told(row: Mapping[str, Any], lang: Language) -> str:
    """A selection in words: its mark, the mark's kind, codes and months."""
    parts = [
        f"{label(f'column.{column}', lang).lower()} {row[name].replace(',', ', ')}"
        for name, column in DIMENSIONS.items()
        if row[name] is not None
    ]
    if row["first"] is not None or row["last"] is not None:
        parts.append(f"{row['first'] or ''}–{row['last'] or ''}")
    kind = label(f"mark_kind.{row['kind']}", lang)
    return f"{row['mark']} ({kind}): {', '.join(parts)}."
