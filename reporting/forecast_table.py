"""Where the year ends, as a table in öre.

A row's months left are the sum of its details', in öre, so units add to areas and areas to the
whole in every table. Its interval is the model's for the row's own months, moved to lie around
that sum, no wider than those of its parts together, and not beyond nothing where its months
never were. ::

    reporting.forecast_model ──> öre of each detail ──> rows and their intervals
    result, budget ──────────────── öre ──────────────> what is known of each row
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from weakref import WeakKeyDictionary

import polars as pl

import projections
from forecasting.structure import around
from ledger.log import Book
from ledger.periods import first_day, months_between, shift
from projections import facts
from projections.dimensions import (
    WITHOUT,
    Dimensions,
)
from projections.forecast_parts import Parts
from projections.timelines import JOIN
from reporting.forecast_model import (
    NAMED_CODES,
    TOTAL,
    Asked,
    Model,
    asked_month,
    asked_of,
    forecast_structure,
    rows_of,
)
from reporting.forecast_spread import along_tree

ALWAYS = (80, 95)

#: What a book has been asked, and the answers: a report asks the same in several places.
_ANSWERS: WeakKeyDictionary[Book, dict[str, pl.DataFrame]] = WeakKeyDictionary()

_FIXED = ("outcome", "remaining", "forecast", "annual_budget", "variance", "last_year")


def amounts_of(frame: pl.DataFrame) -> list[str]:
    """The columns of a forecast frame that are öre."""
    return [name for name, dtype in frame.schema.items() if dtype == pl.Int64]


def year_end(
    book: Book,
    through: str | None = None,
    *,
    by: Sequence[str] = ("unit",),
    levels: Sequence[int] = ALWAYS,
    seed: int = 0,
    assumed_in: str | None = None,
    **ask: Any,
) -> pl.DataFrame:
    """The model's year-end by the rows that `projections.result` has.

    Columns: the key or keys and ``name`` (String), ``outcome`` so far, ``remaining``,
    ``forecast`` (their sum), the quantiles of `quantiles`, ``annual_budget``, ``variance``
    (forecast − annual_budget), ``last_year`` (the whole of it; Int64 öre, result sign, null where
    unknown), ``method`` (String; ``sum`` where the row's parts have different ones). One
    dimension ends with a total, which is the sum of the rows and the same in every table. What
    is marked (special follow-up, one-offs) is in the outcome and not in what remains; with
    ``assumed_in``, the name of a round, ``assumed`` (öre) stands after ``remaining`` and is in it:
    what that round assumes of the months left.

    Raises `ledger.errors.ForecastError` where ``through`` is after the latest month with outcome,
    or a figure does not fit in 64 bits of öre.
    """
    asked = repr((through, tuple(by), tuple(levels), seed, assumed_in, sorted(ask.items())))
    kept = _ANSWERS.setdefault(book, {})
    if asked not in kept:
        kept[asked] = _year_end(book, through, tuple(by), levels, seed, assumed_in, **ask)
    return kept[asked]


def _year_end(
    book: Book,
    through: str | None,
    by: tuple[str, ...],
    levels: Sequence[int],
    seed: int,
    assumed_in: str | None,
    **ask: Any,
) -> pl.DataFrame:
    year = ask.get("year")
    last = asked_month(book, through, year)
    by = rows_of(book, last, by, ask.get("tree") or "line")
    if "line" in by and ask.get("structure") is None:
        ask["structure"] = forecast_structure(book)
    known = projections.result(book, through, by=by, **ask)
    ask.pop("year", None)
    keys = known.columns[: known.columns.index("name")]
    rows = known.filter(pl.col(keys[0]).is_not_null()) if len(by) == 1 else known
    rows = rows.with_columns(pl.concat_str(keys, separator=JOIN).alias("row"))
    model = Model(book, last, tuple(sorted({*ALWAYS, *levels})), seed)
    asked = asked_of(model, by, **ask)
    spread: dict[str, pl.DataFrame] = {}
    if len(by) == 1:
        spread = dict(along_tree(model, asked, ask.get("unit"), ask.get("tree") or "line"))
    told = model.rows(asked.parts, asked.details, spread.get(by[0]))
    joined = rows.join(_last_year(book, asked.parts.outcome, last), on="row", how="left").join(
        told, on="row", how="left"
    )
    if assumed_in is not None:
        joined = _with_assumed(joined, book, last, keys, round=assumed_in, by=by, **ask)
    table = _budgeted(_table(joined, model.quantiles), book, last, by, **ask)
    if len(by) == 1:
        budget = known.filter(pl.col(keys[0]).is_null())["annual_budget"]
        total = _total(table, _whole(model, asked, spread[TOTAL]), budget, model.quantiles)
        table = pl.concat([table, total])
    shown = ("outcome", "remaining", *(["assumed"] if assumed_in else []), "forecast")
    return table.select(*keys, "name", *shown, *model.quantiles, *_FIXED[3:], "method")


def _whole(model: Model, asked: Asked, spread: pl.DataFrame) -> dict[str, int]:
    """How far each quantile of everything together lies from its middle."""
    everything = pl.lit(TOTAL).alias("row")
    parts = Parts(*(f.with_columns(everything) for f in (asked.parts.outcome, asked.parts.budget)))
    left = pl.DataFrame({"series": [TOTAL], "remaining": [asked.details["remaining"].sum()]})
    told = around(left, spread, model.limits(parts, "row"), model.quantiles).row(0, named=True)
    return {name: told[name] - told["remaining"] for name in model.quantiles}


def _last_year(book: Book, history: pl.DataFrame, last: str) -> pl.DataFrame:
    """Each row's sum over the whole fiscal year before; zero where it was silent, nothing at
    all where the book has no outcome of that year."""
    calendar = book.organisation.calendar
    begins, ends = calendar.year_of(shift(calendar.year_of(last)[0], -1))
    within = pl.col("period").is_between(first_day(begins), first_day(ends))
    if history.filter(within).is_empty():
        return pl.DataFrame(schema={"row": pl.String, "year_before": pl.Int64})
    return history.group_by("row").agg(pl.col("value").filter(within).sum().alias("year_before"))


def _with_assumed(
    joined: pl.DataFrame, book: Book, last: str, keys: Sequence[str], **ask: Any
) -> pl.DataFrame:
    """The rows with what a round assumes of them: it moves what remains and the whole interval.

    What is assumed of a row that there is not, such as of no line or of the unit above, is a row of
    its own, without a budget.
    """
    sums = projections.assumed_months(book, last, **ask).group_by(keys)
    assumed = sums.agg(pl.col("amount").sum().alias("assumed"))
    dimensions = Dimensions(
        book, last, ask["by"], **{k: v for k, v in ask.items() if k not in ("round", "by")}
    )
    alone = (
        assumed.select(keys)
        .join(joined, on=keys, how="anti", nulls_equal=True)
        .lazy()
        .with_columns(dimensions.name().alias("name"), outcome=pl.lit(0, pl.Int64))
        .collect()
    )
    joined = pl.concat([joined, alone], how="diagonal").lazy().sort(dimensions.order()).collect()
    moved = [c for c in ("remaining", *joined.columns) if c.startswith("p") and c[1:2].isdigit()]
    return (
        joined.join(assumed, on=keys, how="left")
        .with_columns(pl.col("assumed").fill_null(0))
        .with_columns(
            (pl.col(name).fill_null(0) + pl.col("assumed")).alias(name)
            for name in ("remaining", *moved)
        )
    )


def _table(joined: pl.DataFrame, names: Sequence[str]) -> pl.DataFrame:
    """The model beside what is known; what is known rules. A row that nothing is known of ends
    where it stands."""
    forecast = pl.col("outcome") + pl.col("remaining")
    return joined.with_columns(
        pl.col("remaining").fill_null(0), pl.col("method").fill_null("no_history")
    ).with_columns(
        forecast.alias("forecast"),
        *((pl.col("outcome") + pl.coalesce(name, "remaining")).alias(name) for name in names),
        (forecast - pl.col("annual_budget")).alias("variance"),
        _zero_where_known(joined["year_before"]).alias("last_year"),
    )


def _zero_where_known(last_year: pl.Series) -> pl.Series:
    """A row that was silent last year had 0, if the book knows that year at all."""
    known = last_year.null_count() < len(last_year)
    return last_year.fill_null(0) if known else last_year


def _total(
    table: pl.DataFrame, around: Mapping[str, int], budget: pl.Series, names: Sequence[str]
) -> pl.DataFrame:
    """The row that sums the others, with the whole's own interval around it. The budget is that of
    all, also where the rows have none of their own."""
    sums = [
        pl.when(pl.col(name).is_not_null().any()).then(pl.col(name).sum()).alias(name)
        for name in (*_FIXED, "assumed")
        if name in table.columns
    ]
    row = table.select(*sums).with_columns(
        *((pl.col("forecast") + around[name]).alias(name) for name in names),
        annual_budget=budget,
        variance=pl.col("forecast") - budget,
        method=pl.lit("sum"),
    )
    missing = [
        pl.lit(None, dtype).alias(name)
        for name, dtype in table.schema.items()
        if name not in row.columns
    ]
    return row.with_columns(missing).select(table.columns)


def _budgeted(
    table: pl.DataFrame, book: Book, last: str, by: Sequence[str], **ask: Any
) -> pl.DataFrame:
    """The rows by project, product or activity without a budget where no budget names one of their
    codes: what stands without code is then no budget of theirs, nor of the row without."""
    coded = [name for name in by if name in NAMED_CODES]
    if not coded:
        return table
    year = months_between(*book.organisation.calendar.year_of(last))
    dimensions = Dimensions(book, last, by, **ask)
    planned = dimensions.within(facts.budget(book)).filter(pl.col("period").is_in(year))
    named = {
        name: frozenset(planned.select(name).unique().collect()[name].drop_nulls())
        for name in coded
    }
    keys = dimensions.columns()
    # A budget that knows some codes leaves the others, and what is without, as they are written.
    told = [
        pl.col(keys[name]).is_in([*codes, WITHOUT]) if codes else pl.lit(value=False)
        for name, codes in named.items()
    ]
    return table.with_columns(
        pl.when(pl.all_horizontal(told)).then(name).alias(name)
        for name in ("annual_budget", "variance")
    )
