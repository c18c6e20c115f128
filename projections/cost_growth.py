"""Cost development: accumulated cost against the same months of last year, month by month."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from ledger.log import Book
from projections import facts
from projections.amounts import narrowed, percent, total
from projections.counted import Counted
from projections.dimensions import UNMAPPED, Dimensions, Span, as_known, axes, outcome_span
from projections.registry import projection

__all__ = ["cost_development"]


SUMS = ("outcome", "last_year")


@projection(SUMS, ("change_percent",))
def cost_development(
    book: Book,
    through: str | None = None,
    known_at: str | None = None,
    *,
    by: str | Iterable[str] = ("line",),
    unit: str | None = None,
    tree: str = "line",
    structure: str | None = None,
    year: str | None = None,
) -> pl.DataFrame:
    """How costs have grown, line by line, month after month of the fiscal year.

    Columns: ``line`` (String), ``outcome``, ``last_year`` (Int64 öre, result sign: costs are
    negative), ``change_percent`` (Struct: one String field a month of the fiscal year to
    ``through``, named ``2020-01`` and so on): the cost accumulated to that month against the
    same months of last year, two decimals; positive is grown, null where last year is 0.

    Rows: lines of the structure (setting ``structure.cost_development``, else the only one) that
    take cost accounts, in its order, then ``unmapped`` if costs fall outside them; no total.
    Cost accounts only. ``by`` is ``line``. `projections.rows` gives the JSON shape. Months, and
    ``year`` without ``through``, as in `result`: after the latest with outcome is an error.

    Raises `ledger.errors.UsageError` and `ledger.errors.BeyondSixtyFourBits`.
    """
    book = as_known(book, known_at)
    asked, dimensions = _question(book, through, by, unit, tree, structure, year)
    counted, costs = _counted(facts.summed(book), book, asked, dimensions)
    months = pl.LazyFrame({"until": asked.months})
    measure, amount = pl.col("measure"), pl.col("amount")
    by_month = (
        pl.concat([part.with_columns(measure=pl.lit(m)) for m, part in counted.facts.items()])
        .group_by("line", "month", "measure")
        .agg(total("amount").alias("amount"))
        .join(months, how="cross")
        .filter(pl.col("month") <= pl.col("until"))
        .group_by("line", "until")
        .agg(*(total(amount.filter(measure == name)).alias(name) for name in SUMS))
    )
    lines = _lines(dimensions, set(costs))
    grid = pl.LazyFrame({"line": lines}, schema={"line": pl.String}).join(months, how="cross")
    filled = by_month.join(grid, on=["line", "until"], how="full", coalesce=True).with_columns(
        pl.col(SUMS).fill_null(0)
    )
    change = percent(pl.col("last_year") - pl.col("outcome"), pl.col("last_year").abs())
    frame = (
        filled.sort(*dimensions.order(), "until")
        .group_by("line", maintain_order=True)
        .agg(
            pl.col(SUMS).last(),
            *(change.filter(pl.col("until") == m).first().alias(m) for m in asked.months),
        )
        .select("line", *SUMS, pl.struct(asked.months).alias("change_percent"))
    )
    return narrowed(frame.collect(), SUMS)


def counted_cost(
    book: Book,
    through: str | None = None,
    *,
    by: str | Iterable[str] = ("line",),
    unit: str | None = None,
    tree: str = "line",
    structure: str | None = None,
    year: str | None = None,
) -> Counted:
    """What `cost_development` counts, asked as it is; ``month`` (String) is the month of this
    year in which an amount counts, also one of last year."""
    asked = _question(book, through, by, unit, tree, structure, year)
    return _counted(facts.outcome(book), book, *asked)[0]


def _question(
    book: Book,
    through: str | None,
    by: str | Iterable[str],
    unit: str | None,
    tree: str,
    structure: str | None,
    year: str | None,
) -> tuple[Span, Dimensions]:
    """The months asked for, and the lines of the structure."""
    rows = axes(by, ("line",))
    asked = outcome_span(book, through, year)
    dimensions = Dimensions(
        book,
        asked.last,
        rows,
        unit=unit,
        tree=tree,
        structure=structure,
        noun="cost_development",
        dated=True,
    )
    return asked, dimensions


def _counted(
    outcome: pl.LazyFrame, book: Book, asked: Span, dimensions: Dimensions
) -> tuple[Counted, list[str]]:
    """The costs of these months and of last year's, and the cost accounts."""
    costs = facts.result_accounts(book, ("cost",))
    booked = dimensions.within(outcome).filter(pl.col("account").is_in(costs))
    period = pl.col("period")
    parts = {
        "outcome": (facts.months_in(booked, asked.months), period),
        "last_year": (
            facts.months_in(booked, asked.last_year),
            period.replace_strict(asked.year_ago, return_dtype=pl.String),
        ),
    }
    keyed = {
        name: part.select("position", *dimensions.keys(), month.alias("month"), "amount")
        for name, (part, month) in parts.items()
    }
    return Counted(("line",), keyed), costs


def _lines(dimensions: Dimensions, costs: set[str]) -> list[str]:
    """The structure's lines, without those that take income accounts only."""
    assert dimensions.structure is not None
    taken: dict[str, set[str]] = {}
    for account, line in dimensions.structure.line_of.items():
        taken.setdefault(line, set()).add(account)
    return [
        line
        for line in dimensions.structure.leaves
        if line != UNMAPPED and (line not in taken or taken[line] & costs)
    ]
