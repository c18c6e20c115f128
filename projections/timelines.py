"""Timelines: a dimension's amounts month after month, for forecasting and charts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import polars as pl

from ledger.families.followup import MarkKind
from ledger.log import Book
from projections import facts
from projections.amounts import narrowed, total
from projections.dimensions import Dimensions, as_known, axes, span_of
from projections.marked_entries import marked
from projections.registry import projection

__all__ = ["budget_series", "marked_series", "monthly_series"]

#: Between the keys of a series by several dimensions.
JOIN = "|"


@projection(("value",))
def monthly_series(
    book: Book,
    through: str | None = None,
    known_at: str | None = None,
    *,
    by: str | Iterable[str] = ("unit",),
    unit: str | None = None,
    tree: str = "line",
    structure: str | None = None,
    year: str | None = None,
) -> pl.DataFrame:
    """Outcome on income and cost accounts, month by month, all history up to ``through``.

    Columns: ``series`` (String: the key, several joined by ``|`` in the order of ``by``),
    ``name`` of the first key (String or null), ``period`` (Date, the month's first day),
    ``value`` (Int64 öre, result sign). ``by`` as in `result` but for month; units stand as the
    tree has them in the last month. With ``year``, the months of that fiscal year only.

    Each series runs from its first amount to the last month. A month in which the book has
    outcome and the series none is 0; a month in which the book has none at all is left out.

    Raises `ledger.errors.UsageError` and `ledger.errors.BeyondSixtyFourBits`.
    """
    book = as_known(book, known_at)
    asked = span_of(book, through, year)
    dimensions = _dimensions(book, asked.last, by, unit, tree, structure)
    everything = facts.summed(book).filter(pl.col("period") <= asked.last)
    if year is not None:
        everything = facts.months_in(everything, asked.months)
    months = sorted(everything.select("period").unique().collect()["period"])
    return _series(dimensions, everything, months)


@projection(("value",))
def marked_series(
    book: Book,
    through: str | None = None,
    known_at: str | None = None,
    *,
    by: str | Iterable[str] = ("unit",),
    unit: str | None = None,
    tree: str = "line",
    structure: str | None = None,
    year: str | None = None,
    kind: MarkKind | None = None,
) -> pl.DataFrame:
    """The part of `monthly_series` that stands under a mark, or under marks of one ``kind``.

    Columns and question as there, so that a series less this is what nobody marked. Only the
    months of a series in which something is marked are here: join them on ``series`` and
    ``period``, and read a month that is not here as 0.

    Raises `ledger.errors.UsageError` and `ledger.errors.BeyondSixtyFourBits`.
    """
    book = as_known(book, known_at)
    asked = span_of(book, through, year)
    dimensions = _dimensions(book, asked.last, by, unit, tree, structure)
    found = marked(book).filter(pl.col("period") <= asked.last)
    if year is not None:
        found = facts.months_in(found, asked.months)
    if kind is not None:
        found = found.filter(pl.col("kind") == kind)
    return _shown(dimensions, _sums(dimensions, found))


@projection(("value",))
def budget_series(
    book: Book,
    through: str | None = None,
    known_at: str | None = None,
    *,
    by: str | Iterable[str] = ("unit",),
    unit: str | None = None,
    tree: str = "line",
    structure: str | None = None,
    year: str | None = None,
) -> pl.DataFrame:
    """Budget month by month of the whole fiscal year that holds ``through`` (or of ``year``).

    Columns and ``by`` as in `monthly_series`. Every series has all months of the year; a month
    without a decision is 0. No rows where the year has no budget.

    Raises `ledger.errors.UsageError` and `ledger.errors.BeyondSixtyFourBits`.
    """
    book = as_known(book, known_at)
    asked = span_of(book, through, year)
    dimensions = _dimensions(book, asked.last, by, unit, tree, structure)
    decided = facts.months_in(facts.budget(book), asked.whole_year)
    return _series(dimensions, decided, asked.whole_year, whole=True)


def _dimensions(
    book: Book,
    at: str,
    by: str | Iterable[str],
    unit: str | None,
    tree: str,
    structure: str | None,
) -> Dimensions:
    chosen = axes(by)
    if "month" in chosen:
        axes(chosen, [name for name in chosen if name != "month"])
    return Dimensions(book, at, chosen, unit=unit, tree=tree, structure=structure)


def _series(
    dimensions: Dimensions, amounts: pl.LazyFrame, months: Sequence[str], whole: bool = False
) -> pl.DataFrame:
    """The sums by key and month, with zeros from each series' first month (or the whole) on."""
    keys = list(dimensions.columns().values())
    sums = _sums(dimensions, amounts)
    begins = sums.group_by(keys).agg(pl.col("period").min().alias("begins"))
    grid = begins.join(pl.LazyFrame({"period": months}, schema={"period": pl.String}), how="cross")
    if not whole:
        grid = grid.filter(pl.col("period") >= pl.col("begins"))
    filled = grid.join(sums, on=[*keys, "period"], how="left")
    return _shown(dimensions, filled.with_columns(pl.col("value").fill_null(0)))


def _sums(dimensions: Dimensions, amounts: pl.LazyFrame) -> pl.LazyFrame:
    """The sums by key and month."""
    return (
        dimensions.within(amounts)
        .group_by(*dimensions.keys(), "period")
        .agg(total("amount").alias("value"))
    )


def _shown(dimensions: Dimensions, sums: pl.LazyFrame) -> pl.DataFrame:
    """The sums as series: one text a key, its name, and the month as a day."""
    frame = (
        sums.with_columns(name=dimensions.name())
        .sort(*dimensions.order(), "period")
        .select(
            pl.concat_str(list(dimensions.columns().values()), separator=JOIN).alias("series"),
            "name",
            (pl.col("period") + "-01").str.to_date("%Y-%m-%d").alias("period"),
            "value",
        )
    )
    return narrowed(frame.collect(), ("value",))
