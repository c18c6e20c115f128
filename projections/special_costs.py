"""Special follow-up as the reports have it: what is booked under a mark, and what is not."""

from __future__ import annotations

import polars as pl

from ledger.families.estimate import MONEY, STRUCTURE, Estimates
from ledger.families.followup import Marks
from ledger.log import Book
from projections.amounts import WIDE, narrowed
from projections.dimensions import Tree, as_known, outcome_span
from projections.marked_entries import follow_up
from projections.registry import projection

__all__ = ["special_follow_up"]

_PARTS = ("booked", "booked_elsewhere", "estimated", "lost_income")
_AMOUNTS = (*_PARTS, "total", "forecast")
_HOURS = ("hours", "overtime_hours")


@projection(_AMOUNTS)
def special_follow_up(
    book: Book,
    through: str | None = None,
    known_at: str | None = None,
    *,
    unit: str | None = None,
    tree: str = "line",
    structure: str | None = None,
) -> pl.DataFrame:
    """What each mark under special follow-up came to, by line: booked on it and not.

    Columns: ``mark``, ``line`` (null in the mark's own total, its last row), ``booked`` (entries
    under the mark, accumulated), ``booked_elsewhere``, ``estimated``, ``lost_income`` (as told for
    the last month of ``through``), ``total`` (these four), ``forecast`` of the year (all Int64 öre,
    result sign), ``hours`` and ``overtime_hours`` (Int64 hundredths, in the total alone). Null
    where nobody told. Of the ``unit`` and all below it; lines of the ``structure``, else of the
    setting ``structure.special_follow_up``, else of the result's.

    Raises `ledger.errors.UsageError` and `ledger.errors.BeyondSixtyFourBits`.
    """
    book = as_known(book, known_at)
    last = outcome_span(book, through).last
    name = structure or book.organisation.setting(STRUCTURE)
    entries = follow_up(book, last, by=("mark", "line"), unit=unit, tree=tree, structure=name)
    inside = None if unit is None else Tree(book, tree, last).below(unit)
    figures: dict[tuple[str, str | None], dict[str, int]] = {}
    for row in entries.to_dicts():
        if row["line"] is not None:
            figures[row["mark"], row["line"]] = {"booked": row["outcome"]}
    for event, _ in book.state.of(Estimates).standing.values():
        if event.period == last and (inside is None or event.unit in inside):
            found = figures.setdefault((event.mark, event.report_line), {})
            value = event.amount if event.estimate in MONEY else event.hours
            found[event.estimate] = found.get(event.estimate, 0) + (value or 0)
    lines = list(dict.fromkeys(line for _, line in figures if line is not None))
    rows = []
    for mark, standing in book.state.of(Marks).standing.items():
        if standing.kind != "special" or not any(of == mark for of, _ in figures):
            continue
        mine = {line: figures[mark, line] for line in lines if (mark, line) in figures}
        rows += [_row(mark, line, [one]) for line, one in mine.items()]
        rows.append(_row(mark, None, [*mine.values(), figures.get((mark, None), {})]))
    schema: dict[str, pl.DataType | type[pl.DataType]] = {
        "mark": pl.String,
        "line": pl.String,
        **dict.fromkeys(_AMOUNTS, WIDE),
        **dict.fromkeys(_HOURS, pl.Int64),
    }
    return narrowed(pl.DataFrame(rows, schema=schema, orient="row"), _AMOUNTS)


def _row(mark: str, line: str | None, parts: list[dict[str, int]]) -> tuple[object, ...]:
    """The parts summed; null where none of them has the figure."""

    def summed(*names: str) -> int | None:
        values = [part[name] for part in parts for name in names if name in part]
        return sum(values) if values else None

    amounts = (*(summed(name) for name in _PARTS), summed(*_PARTS), summed("forecast"))
    return (mark, line, *amounts, *(summed(name) for name in _HOURS))
