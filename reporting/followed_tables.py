"""What is followed up beside the books, as tables: scorecard, statistics, assignments, commentary.

People get the columns that a page has room for, data all of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import polars as pl

import projections
from ledger.log import Book
from reporting.catalogue import Language, label
from reporting.notes import asked, known
from reporting.tables import Column, Table, columns_of, table_of

#: Headings of columns that are called something else in other tables.
_HEADINGS = {
    "base": "column.base_value",
    "measure": "column.statistic",
    "previous": "column.previous_value",
    "report": "column.report_back",
}
_BRIEF = {
    "scorecard": (
        *("perspective", "indicator", "goal", "interval", "value", "measured_in"),
        *("fulfilment", "fulfilment_by", "trend", "trend_by", "comment"),
    ),
    "statistics": (
        *("measure", "unit", "subject", "interval", "qualifier", "value", "measured_in"),
        *("comparator", "comparator_value", "change", "change_percent", "lag", "maturity"),
    ),
    "assignments": (
        *("assignment", "unit", "due", "due_text", "days_left", "overdue", "progress"),
        *("report", "reason"),
    ),
    "commentary": ("period", "section", "unit", "text"),
}
_NOTED = ("scorecard", "statistics")


def table(
    noun: str,
    book: Book,
    lang: Language,
    *,
    brief: bool = False,
    also: Iterable[str] = (),
    **ask: Any,
) -> Table:
    """The table of a noun of this module, asked as its projection; ``brief`` for a page, ``also``
    with these columns before the others."""
    one = projections.PROJECTIONS[noun]
    frame = one.function(book, **ask)
    if brief:
        frame = frame.select(_filled(frame, (*also, *_BRIEF[noun])))
    title = label(one.title, lang, through=ask.get("through") or "").rstrip()
    notes = [*asked(book, lang, **ask)]
    if noun in _NOTED:
        notes.append(label(f"note.{noun}", lang))
    notes.append(known(book, lang))
    return table_of(frame, one.amounts, title, columns=_named(columns_of(frame, ())), notes=notes)


def _filled(frame: pl.DataFrame, names: Iterable[str]) -> list[str]:
    """The columns in which any row says something."""
    return [name for name in names if frame.is_empty() or frame[name].null_count() < frame.height]


def _named(columns: Iterable[Column], headings: Mapping[str, str] = _HEADINGS) -> list[Column]:
    return [replace(each, word=headings.get(each.key, each.word)) for each in columns]
