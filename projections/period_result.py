"""The result of a period: outcome against budget, forecast and last year, by any dimension."""

from __future__ import annotations

from collections.abc import Iterable, Set
from dataclasses import dataclass

import polars as pl

from ledger.log import Book
from projections import facts
from projections.amounts import WIDE, narrowed, percent, total
from projections.counted import Counted, Formulas, derived
from projections.dimensions import Dimensions, Span, as_known, axes, outcome_span
from projections.opened_round import OpenedRound, answering
from projections.registry import projection

__all__ = ["line_hierarchy", "result"]

AMOUNTS = (
    "outcome",
    "budget",
    "variance",
    "annual_budget",
    "forecast",
    "forecast_variance",
    "last_year",
)
#: The columns that are sums of facts, and those that are differences of two of them.
SUMS = ("outcome", "budget", "annual_budget", "forecast", "last_year")
FORMULAS: Formulas = {
    "variance": {"outcome": 1, "budget": -1},
    "forecast_variance": {"forecast": 1, "annual_budget": -1},
}


@projection(AMOUNTS, ("change_percent",))
def result(
    book: Book,
    through: str | None = None,
    known_at: str | None = None,
    *,
    by: str | Iterable[str] = ("area",),
    unit: str | None = None,
    tree: str = "line",
    structure: str | None = None,
    year: str | None = None,
    span: str = "accumulated",
) -> pl.DataFrame:
    """Outcome, budget, forecast and last year of income and cost accounts.

    Columns: the key or keys (String), ``name`` of the first (String or null), ``outcome``,
    ``budget``, ``variance``, ``annual_budget``, ``forecast``, ``forecast_variance``,
    ``last_year`` (Int64 öre, result sign: income positive, a positive variance is better),
    ``change_percent`` (String, two decimals, (outcome − last_year)/|last_year|).

    Rows: ``by`` is one or several of unit, area, division or another level of the tree, line,
    account, project, product, activity, month. One level stands under ``unit``, all else under
    its own name. One dimension ends with a total whose key and name are null; several have none.
    A single level lists all its units in code order, ``line`` all lines that take accounts in the
    structure's order; a unit above the level (or a ``unit`` asked for below it) stands under its
    own code, accounts without line and amounts without code under ``unmapped`` and ``without``.

    Months: ``span`` is accumulated (the fiscal year's first month to ``through``), month, or
    rolling12; ``year`` without ``through`` ends with its latest month with outcome; last year is
    as `Span` says. A month after the latest with outcome, or before the first, is an error.
    Units stand as the tree has them in the last month, or in the one that ``line@2020-08`` names,
    last year and budget too; with ``line@then`` each month stands as the tree was in it.

    Budget is that of the same months, ``annual_budget`` of the whole fiscal year. ``forecast`` is
    of each unit that of the round adopted last that holds it, among those through a month of the
    fiscal year (`opened_round.answering`): outcome so far as known when it was opened, and its
    entries; an entry on an area stands on the area's own row.

    Null is unknown. ``budget`` and ``variance`` where a fiscal year that the months touch has no
    budget at all in the book; ``annual_budget`` then too, and in rows by month. ``forecast``
    without such a round; in rows by anything but levels and the lines of the rounds' structure;
    in rows (and a total) that hold amounts of units that no round answers for; and everywhere if
    an entry stands above the ``unit`` asked for. Else the total's forecast is the whole, also
    where rows have none. ``change_percent`` where last year is 0.

    Raises `UsageError` for what is unknown, `UnknownTime` and `BeyondSixtyFourBits`.
    """
    asked = _Question.of(as_known(book, known_at), through, by, unit, tree, structure, year, span)
    counted = asked.counted(facts.summed(asked.book))
    dimensions, keys = asked.dimensions, list(counted.keys)

    def summed(measures: Iterable[str]) -> list[pl.Expr]:
        sums = [
            total(pl.col("amount").filter(pl.col("measure") == name)).alias(name)
            if name in measures
            else pl.lit(None, WIDE).alias(name)
            for name in SUMS
        ]
        return [*sums, (pl.col("outside") & (pl.col("measure") != "last_year")).any()]

    known = counted.facts.keys()
    in_rows = known - counted.unshared
    every = counted.sums("outside")
    grouped = (
        every.filter(pl.col("measure").is_in(sorted(in_rows)))
        .group_by(keys)
        .agg(summed(in_rows))
        .pipe(_with_listed, dimensions, asked.forecast, in_rows)
        .sort(dimensions.order())
    )
    frames = [grouped]
    if len(keys) == 1:
        frames.append(every.select(pl.lit(None, pl.String).alias(keys[0]), *summed(known)))
    frame = pl.concat(pl.collect_all(frames))
    return _finished(frame, keys, dimensions)


def counted_result(
    book: Book,
    through: str | None = None,
    *,
    by: str | Iterable[str] = ("area",),
    unit: str | None = None,
    tree: str = "line",
    structure: str | None = None,
    year: str | None = None,
    span: str = "accumulated",
) -> Counted:
    """What `result` counts, asked as it is; ``outside`` (Boolean) marks amounts of units outside
    the round, whose rows have no forecast."""
    asked = _Question.of(book, through, by, unit, tree, structure, year, span)
    return asked.counted(facts.outcome(book))


def _finished(frame: pl.DataFrame, keys: list[str], dimensions: Dimensions) -> pl.DataFrame:
    """Differences, names and percentages beside the sums; in 64 bits, or refused."""
    wide = frame.with_columns(forecast=pl.when(~pl.col("outside")).then("forecast")).with_columns(
        derived(FORMULAS)
    )
    change = percent(pl.col("outcome") - pl.col("last_year"), pl.col("last_year").abs())
    return narrowed(
        wide.with_columns(name=dimensions.name(), change_percent=change).select(
            *keys, "name", *AMOUNTS, "change_percent"
        ),
        AMOUNTS,
    )


@dataclass(frozen=True)
class _Question:
    """What is asked of the result: months, rows, and the round that answers for the forecast."""

    book: Book
    span: Span
    dimensions: Dimensions
    forecast: _Forecast

    @classmethod
    def of(
        cls,
        book: Book,
        through: str | None,
        by: str | Iterable[str],
        unit: str | None,
        tree: str,
        structure: str | None,
        year: str | None,
        span: str,
    ) -> _Question:
        """The question in the book's terms; `UsageError` for what is unknown."""
        asked = outcome_span(book, through, year, span)
        dimensions = Dimensions(
            book,
            asked.last,
            axes(by),
            unit=unit,
            tree=tree,
            structure=structure,
            noun="result",
            dated=True,
        )
        return cls(book, asked, dimensions, _Forecast.of(book, asked, dimensions))

    def counted(self, outcome: pl.LazyFrame) -> Counted:
        """The facts behind each sum that is known, within the unit asked for."""
        keys = self.dimensions.keys()
        outside = self.forecast.outside().alias("outside")
        facts_ = {
            name: self.dimensions.within(part).select("position", *keys, outside, "amount")
            for name, part in self._parts(outcome).items()
        }
        names = tuple(self.dimensions.columns().values())
        return Counted(names, facts_, frozenset(facts_) & self._unshared())

    def _parts(self, outcome: pl.LazyFrame) -> dict[str, pl.LazyFrame]:
        asked, book = self.span, self.book
        decided = facts.budget(book)
        parts = {
            "outcome": facts.months_in(outcome, asked.months),
            "last_year": facts.months_in(outcome, asked.last_year).with_columns(
                pl.col("period").replace_strict(asked.year_ago, return_dtype=pl.String)
            ),
        }
        if facts.budgeted(book, asked.months):
            parts["budget"] = facts.months_in(decided, asked.months)
        if facts.budgeted(book, (asked.last,)):
            parts["annual_budget"] = facts.months_in(decided, asked.whole_year)
        if self.forecast.rounds:
            parts["forecast"] = pl.concat([each.year_end for each in self.forecast.rounds])
        return parts

    def _unshared(self) -> set[str]:
        """Sums that have a total, but no share in the rows of this question."""
        found = set()
        if "month" in self.dimensions.by:
            found.add("annual_budget")
        if not self.forecast.answers(self.dimensions):
            found.add("forecast")
        return found


def _with_listed(
    grouped: pl.LazyFrame, dimensions: Dimensions, forecast: _Forecast, known: Set[str]
) -> pl.LazyFrame:
    """The rows, and one of zeros for each listed key without amounts."""
    if dimensions.listed is None:
        return grouped
    column = next(iter(dimensions.columns().values()))
    zeros = [pl.col(name).fill_null(0) for name in SUMS if name in known]
    outside = pl.lit(False) if column != "unit" else forecast.outside()
    return (
        grouped.join(
            pl.LazyFrame({column: dimensions.listed}, schema={column: pl.String}),
            on=column,
            how="full",
            coalesce=True,
        )
        .with_columns(*zeros, pl.col("outside").fill_null(outside))
        .select(column, *SUMS, "outside")
    )


@dataclass(frozen=True)
class _Forecast:
    """The adopted rounds that answer for a fiscal year, if any: their year-ends as facts."""

    rounds: tuple[OpenedRound, ...]

    @classmethod
    def of(cls, book: Book, asked: Span, dimensions: Dimensions) -> _Forecast:
        """The rounds that answer the question; none if one was entered above the unit asked
        for."""
        rounds = answering(book, *asked.year)
        below = dimensions.below
        if below is not None and any(each.above(below) & each.entered for each in rounds):
            return cls(())
        return cls(rounds)

    def outside(self) -> pl.Expr:
        """Whether a unit is one that no round answers for."""
        if not self.rounds:
            return pl.lit(False)
        inside = frozenset().union(*(each.inside for each in self.rounds))
        return ~pl.col("unit").is_in(sorted(inside))

    def answers(self, dimensions: Dimensions) -> bool:
        """Whether the rounds' year-ends fall into the rows of the question."""
        structure = dimensions.structure
        structures = {each.round.opened.structure for each in self.rounds}
        return bool(self.rounds) and all(
            name in dimensions.levels
            or (name == "line" and structure is not None and structures == {structure.name})
            for name in dimensions.by
        )


def line_hierarchy(book: Book, structure: str, at: str | None = None) -> pl.DataFrame:
    """A report structure's lines with their headings, in order.

    Columns: ``line``, ``parent`` (String or null), ``depth`` (Int64, 0 at the top), ``heading``
    (Boolean: takes no accounts of its own). ``at`` is a month; without it the newest decision.
    """
    lines = book.organisation.structure(structure, at)
    parents = {line.line: line.parent for line in reversed(lines)}
    ranged = {line.line for line in lines if line.account_from}

    def depth(line: str) -> int:
        seen = {line}
        while (above := parents.get(line)) is not None and above not in seen:
            seen.add(above)
            line = above
        return len(seen) - 1

    rows = [
        (name, parents[name], depth(name), name not in ranged)
        for name in dict.fromkeys(line.line for line in lines)
    ]
    schema = {"line": pl.String, "parent": pl.String, "depth": pl.Int64, "heading": pl.Boolean}
    return pl.DataFrame(rows, schema=schema, orient="row")
