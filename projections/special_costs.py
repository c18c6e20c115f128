"""Special follow-up as the reports have it: what is booked under a mark, and what is not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import polars as pl

from ledger.families.estimate import KINDS, MONEY, STRUCTURE, EstimateReported, Estimates
from ledger.families.followup import Marks
from ledger.log import Book
from projections.amounts import WIDE, narrowed
from projections.counted import Counted, Formulas
from projections.dimensions import Tree, as_known, outcome_span
from projections.marked_entries import counted_follow_up, follow_up
from projections.registry import projection

__all__ = ["special_follow_up"]

_PARTS = ("booked", "booked_elsewhere", "estimated", "lost_income")
AMOUNTS = (*_PARTS, "total", "forecast")
HOURS = ("hours", "overtime_hours")
FORMULAS: Formulas = {"total": dict.fromkeys(_PARTS, 1)}


@projection(AMOUNTS)
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
    last, ask = _question(book, through, unit, tree, structure)
    figures: dict[tuple[str, str | None], dict[str, int]] = {}
    for row in follow_up(book, last, **ask).to_dicts():
        if row["line"] is not None:
            figures[row["mark"], row["line"]] = {"booked": row["outcome"]}
    for event, _ in _estimates(book, last, unit, tree):
        found = figures.setdefault((event.mark, event.report_line), {})
        found[event.estimate] = found.get(event.estimate, 0) + _value(event)
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
        **dict.fromkeys(AMOUNTS, WIDE),
        **dict.fromkeys(HOURS, pl.Int64),
    }
    return narrowed(pl.DataFrame(rows, schema=schema, orient="row"), AMOUNTS)


def _question(
    book: Book, through: str | None, unit: str | None, tree: str, structure: str | None
) -> tuple[str, dict[str, Any]]:
    """The last month, and how what is booked is asked."""
    name = structure or book.organisation.setting(STRUCTURE)
    last = outcome_span(book, through).last
    return last, {"by": ("mark", "line"), "unit": unit, "tree": tree, "structure": name}


def _estimates(
    book: Book, last: str, unit: str | None, tree: str
) -> Iterator[tuple[EstimateReported, int]]:
    """The estimates that stand of that month, with the positions of their events."""
    inside = None if unit is None else Tree(book, tree, last).below(unit)
    for event, position in book.state.of(Estimates).standing.values():
        if event.period == last and (inside is None or event.unit in inside):
            yield event, position


def _value(event: EstimateReported) -> int:
    """Öre, or hundredths of an hour."""
    return (event.amount if event.estimate in MONEY else event.hours) or 0


def special_rows(
    book: Book,
    through: str | None = None,
    *,
    by: Sequence[str] = ("mark", "line"),
    unit: str | None = None,
    tree: str = "line",
    structure: str | None = None,
) -> pl.DataFrame:
    """The rows of `special_follow_up` of each line, or by mark alone the marks' own totals."""
    frame = special_follow_up(book, through, unit=unit, tree=tree, structure=structure)
    of_line = pl.col("line").is_not_null()
    return frame.filter(of_line if "line" in by else ~of_line)


def counted_special(
    book: Book,
    through: str | None = None,
    *,
    by: Sequence[str] = ("mark", "line"),
    unit: str | None = None,
    tree: str = "line",
    structure: str | None = None,
) -> Counted:
    """What `special_rows` counts, asked as it is; what is told of no line has none."""
    del by
    last, ask = _question(book, through, unit, tree, structure)
    booked = counted_follow_up(book, last, **ask).facts["outcome"]
    special = [
        mark for mark, each in book.state.of(Marks).standing.items() if each.kind == "special"
    ]
    told: dict[str, list[tuple[int, str, str | None, int]]] = {kind: [] for kind in KINDS}
    for event, position in _estimates(book, last, unit, tree):
        told[event.estimate].append((position, event.mark, event.report_line, _value(event)))
    schema: dict[str, Any] = {
        "position": pl.Int64,
        "mark": pl.String,
        "line": pl.String,
        "amount": pl.Int64,
    }
    parts = {"booked": booked.select(*schema)} | {
        kind: pl.LazyFrame(rows, schema=schema, orient="row") for kind, rows in told.items()
    }
    standing = pl.col("mark").is_in(special)
    return Counted(("mark", "line"), {name: part.filter(standing) for name, part in parts.items()})


def _row(mark: str, line: str | None, parts: list[dict[str, int]]) -> tuple[object, ...]:
    """The parts summed; null where none of them has the figure."""

    def summed(*names: str) -> int | None:
        values = [part[name] for part in parts for name in names if name in part]
        return sum(values) if values else None

    amounts = (*(summed(name) for name in _PARTS), summed(*_PARTS), summed("forecast"))
    return (mark, line, *amounts, *(summed(name) for name in HOURS))
