"""What the forecast of a table is made of: months by part, detail and row.

A *part* is what the model forecasts first and every table adds up to: a unit's income, or its
costs. A table by units or above has rows that are sums of parts. A table by lines, accounts or
codes divides each part into *details*, which are forecast too and then made to sum to the part. So
units sum to areas and areas to the whole in every table, whatever its rows. ::

    part     6101|cost                              the same in every table
    detail   6101|cost|Personalkostnader            what the table's rows divide it into
    row      610|Personalkostnader                  the table's row, by area and line

Entries that are marked (special follow-up, one-offs) are booked, so they are in the outcome; the
model does not see them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from ledger.log import Book
from ledger.periods import months_between
from projections import facts
from projections.amounts import narrowed, total
from projections.dimensions import Dimensions, span_of
from projections.marked_entries import marked
from projections.timelines import JOIN

_KEYS = ("row", "part", "detail")


@dataclass(frozen=True)
class Parts:
    """Columns of both: ``row``, ``part``, ``detail`` (String), ``period`` (Date, the month's first
    day), ``value`` and what of it is ``marked`` (Int64 öre, result sign); a month without an amount
    has no row."""

    outcome: pl.DataFrame
    """Up to the month asked for, all history."""
    budget: pl.DataFrame
    """The fiscal year that holds it, whole, and every one before that has a budget."""

    @property
    def modelled(self) -> pl.DataFrame:
        """The outcome as models see it: ``value`` less what is marked."""
        return self.outcome.with_columns(pl.col("value") - pl.col("marked")).drop("marked")


def forecast_parts(
    book: Book,
    through: str,
    *,
    by: Sequence[str],
    unit: str | None = None,
    tree: str = "line",
    structure: str | None = None,
) -> Parts:
    """The months behind a forecast table by ``by``; its arguments as in `projections.result`.

    Raises `ledger.errors.UsageError` and `ledger.errors.BeyondSixtyFourBits`.
    """
    asked = span_of(book, through)
    dimensions = Dimensions(book, asked.last, by, unit=unit, tree=tree, structure=structure)
    year = months_between(*asked.year)
    taken_out = marked(book).select("position", pl.lit(True).alias("is_marked"))
    outcome = (
        facts.outcome(book)
        .filter(pl.col("period") <= asked.last)
        .join(taken_out, on="position", how="left")
    )
    budget = facts.budget(book).filter(pl.col("period") <= year[-1])
    budget = budget.with_columns(is_marked=pl.lit(None, pl.Boolean))
    return Parts(_by_month(book, dimensions, outcome), _by_month(book, dimensions, budget))


def _by_month(book: Book, dimensions: Dimensions, amounts: pl.LazyFrame) -> pl.DataFrame:
    """The sums by row, part, detail and month."""
    keys = dimensions.columns()
    finer = [column for name, column in keys.items() if name not in dimensions.levels]
    part = pl.concat_str(pl.col("of_unit"), _nature(book), separator=JOIN)
    frame = (
        dimensions.within(amounts)
        .with_columns(pl.col("unit").alias("of_unit"))
        .with_columns(*dimensions.keys(), part.alias("part"))
        .with_columns(
            pl.concat_str(list(keys.values()), separator=JOIN).alias("row"),
            pl.concat_str(["part", *finer], separator=JOIN).alias("detail"),
        )
        .group_by(*_KEYS, "period")
        .agg(
            total("amount").alias("value"),
            total(pl.col("amount").filter("is_marked")).alias("marked"),
        )
        .with_columns((pl.col("period") + "-01").str.to_date("%Y-%m-%d"))
        .sort(*_KEYS, "period")
    )
    return narrowed(frame.collect(), ("value", "marked"))


def _nature(book: Book) -> pl.Expr:
    """``income`` or ``cost``: the account's type; of a budget by line, that of the line's first
    accounts."""
    organisation = book.organisation
    types = {code: organisation.account_type(code) for code in facts.result_accounts(book)}
    lines = {
        f"{name}{JOIN}{line.line}": organisation.account_type(line.account_from)
        for name in organisation.structures
        for line in reversed(organisation.structure(name))
        if line.account_from
    }
    by_line = pl.concat_str("structure", "report_line", separator=JOIN).replace_strict(
        list(lines), list(lines.values()), default="cost", return_dtype=pl.String
    )
    by_account = pl.col("account").replace_strict(
        list(types), list(types.values()), default=None, return_dtype=pl.String
    )
    return pl.coalesce(by_account, by_line, pl.lit("cost"))
