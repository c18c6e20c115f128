"""Assumptions month by month: what a round's amounts are, in which months, for whoever adds them.

An assumption's amount is the total of its months, spread evenly over them, exact to the öre, as
an even budget is (`ledger.money.spread`). Months that have passed are in the outcome already, so
only those after ``through`` are given::

    -4 000 000 from 2020-01 to 2020-12, asked through 2020-08 ──> -333 333,33 a month from 2020-09
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import polars as pl

from ledger.families.forecast import AssumptionMade, Forecasts, Round
from ledger.log import Book
from ledger.money import spread
from ledger.periods import FiscalCalendar, months_between, shift
from projections import facts
from projections.amounts import narrowed, total
from projections.dimensions import Dimensions, Tree, as_known, outcome_span

__all__ = ["assumed_months"]


def assumed_months(
    book: Book,
    through: str | None = None,
    known_at: str | None = None,
    *,
    round: str | None = None,
    by: Sequence[str] = ("unit", "line"),
    unit: str | None = None,
    tree: str = "line",
    structure: str | None = None,
) -> pl.DataFrame:
    """What is assumed of the fiscal year's months after ``through``, in certain amounts.

    Columns: the keys of ``by`` (as `result` names them; an assumption without a line is
    ``unmapped`` by line), ``period`` (Date, the month's first day), ``amount`` (Int64 öre, result
    sign); a row a key and month, summed, in the order of the keys. No rows where nothing is
    assumed. Of the round named, or else of each unit in the round that rules it: of those of the
    fiscal year through that month or an earlier one, open or adopted, the one opened last whose
    part of the organisation holds the unit. So a later round takes the place of an earlier one,
    and rounds of different divisions stand side by side.

    Raises `ledger.errors.ForecastError` for a round that there is not, `UsageError`.
    """
    book = as_known(book, known_at)
    last = outcome_span(book, through).last
    rounds = _rounds(book, last, round)
    rows = [
        part for one in rounds for part in _of_round(book, one, last, None if round else rounds)
    ]
    dimensions = Dimensions(book, last, by, unit=unit, tree=tree, structure=structure)
    return by_month(dimensions, rows)


def by_month(dimensions: Dimensions, rows: Iterable[dict[str, object]]) -> pl.DataFrame:
    """Parts of amounts summed by key and month, as `assumed_months` gives them."""
    parts = pl.LazyFrame(list(rows), schema=facts.FACTS)
    keys = list(dimensions.columns().values())
    frame = (
        dimensions.within(parts)
        .group_by(*dimensions.keys(), "period")
        .agg(total("amount").alias("amount"))
        .sort(*dimensions.order(), "period")
        .select(*keys, (pl.col("period") + "-01").str.to_date("%Y-%m-%d"), "amount")
    )
    return narrowed(frame.collect(), ("amount",))


def remaining(
    amount: int, months: tuple[str | None, str | None], last: str, calendar: FiscalCalendar
) -> dict[str, int]:
    """The parts of an amount that fall after ``last`` in the fiscal year that holds it, öre by
    month.

    Without a first month it begins after ``last``; without a last one it ends with the fiscal
    year of its first.
    """
    after, year_end = shift(last, 1), calendar.year_of(last)[1]
    first = months[0] or after
    end = months[1] or calendar.year_of(first if months[0] else last)[1]
    all_months = months_between(first, end)
    if not all_months:
        return {}
    parts = dict(zip(all_months, spread(amount, [1] * len(all_months)), strict=True))
    return {month: part for month, part in parts.items() if after <= month <= year_end}


def _rounds(book: Book, last: str, name: str | None) -> list[Round]:
    """The round named; else those of the fiscal year through ``last`` or earlier, newest first."""
    known = book.state.of(Forecasts)
    if name is not None:
        return [known.round(name)]
    first = book.organisation.calendar.year_of(last)[0]
    found = [r for r in known.rounds.values() if first <= r.opened.through <= last]
    return sorted(found, key=lambda r: r.opened_at, reverse=True)


def _of_round(
    book: Book, one: Round, last: str, newest_first: Sequence[Round] | None
) -> Iterator[dict[str, object]]:
    """A round's assumptions by month, of the units that it rules."""
    tree = Tree(book, "line", one.opened.through)
    calendar = book.organisation.calendar
    for position, made in one.assumptions.items():
        if made.amount is None:
            continue
        if newest_first is not None and _ruling(made, newest_first, tree) is not one:
            continue
        months = (made.first or shift(one.opened.through, 1), made.last)
        for period, amount in remaining(made.amount, months, last, calendar).items():
            yield {
                "position": position,
                "unit": made.unit,
                "report_line": made.report_line,
                "structure": one.opened.structure,
                "period": period,
                "amount": amount,
            }


def _ruling(made: AssumptionMade, newest_first: Sequence[Round], tree: Tree) -> Round:
    """The newest round whose part of the organisation holds the assumption's unit; its own round
    is among them, also where it assumes something of a unit outside its part."""
    above = {made.unit, *tree.path(made.unit)}
    holding = [r for r in newest_first if r.opened.unit in above]
    own = next(r for r in newest_first if made in r.assumptions.values())
    return holding[0] if holding else own
