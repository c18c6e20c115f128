"""Cost development: accumulated cost against the same months of last year, month by month."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from ledger.log import Book
from projections import facts
from projections.amounts import narrowed, percent, total
from projections.dimensions import UNMAPPED, Dimensions, as_known, axes, outcome_span
from projections.registry import projection

__all__ = ["cost_development"]


@projection(("outcome", "last_year"), ("change_percent",))
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
    axes(by, ("line",))
    book = as_known(book, known_at)
    asked = outcome_span(book, through, year)
    dimensions = Dimensions(
        book,
        asked.last,
        ("line",),
        unit=unit,
        tree=tree,
        structure=structure,
        noun="cost_development",
    )
    costs = facts.result_accounts(book, ("cost",))
    booked = dimensions.within(facts.outcome(book)).filter(pl.col("account").is_in(costs))
    now, then = pl.col("period") <= pl.col("month"), pl.col("earlier") <= pl.col("month")
    months = pl.LazyFrame({"month": asked.months})
    year_ago = asked.year_ago
    by_month = (
        booked.with_columns(
            *dimensions.keys(),
            earlier=pl.col("period").replace_strict(
                list(year_ago), list(year_ago.values()), default=None, return_dtype=pl.String
            ),
        )
        .filter(pl.col("period").is_in(list(asked.months)) | pl.col("earlier").is_not_null())
        .group_by("line", "period", "earlier")
        .agg(total("amount").alias("amount"))
        .join(months, how="cross")
        .group_by("line", "month")
        .agg(
            total(pl.col("amount").filter(now & pl.col("period").is_in(list(asked.months)))).alias(
                "outcome"
            ),
            total(pl.col("amount").filter(then)).alias("last_year"),
        )
    )
    lines = _lines(dimensions, set(costs))
    grid = pl.LazyFrame({"line": lines}, schema={"line": pl.String}).join(months, how="cross")
    filled = by_month.join(grid, on=["line", "month"], how="full", coalesce=True).with_columns(
        pl.col("outcome", "last_year").fill_null(0)
    )
    change = percent(pl.col("last_year") - pl.col("outcome"), pl.col("last_year").abs())
    frame = (
        filled.sort(*dimensions.order(), "month")
        .group_by("line", maintain_order=True)
        .agg(
            pl.col("outcome", "last_year").last(),
            *(change.filter(pl.col("month") == m).first().alias(m) for m in asked.months),
        )
        .select("line", "outcome", "last_year", pl.struct(asked.months).alias("change_percent"))
    )
    return narrowed(frame.collect(), ("outcome", "last_year"))


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
