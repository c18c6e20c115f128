"""Where the year ends, as a table in öre: the one border between floats and money.

`forecasting` works with floats; everything that is recorded or shown is whole öre. What crosses
does so here: öre go over as Float64 (exact up to 2⁵³ öre), come back rounded half-up once, and
what is already known (outcome, budget, last year) never makes the journey at all. ::

    monthly_series ── Float64 ──> forecast_year_end ── half-up ──> öre
    result, budget ───────────────── öre ────────────────────────> öre
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import polars as pl

import projections
from ledger.errors import ForecastError, UsageError
from ledger.periods import first_day, shift
from projections.dimensions import CODES, LEVELS, outcome_span

if TYPE_CHECKING:
    from ledger.log import Book

#: Between the keys of a series by several dimensions, as `projections.monthly_series` joins them.
JOIN = "|"
#: The series of everything together.
TOTAL = "total"
ALWAYS = (80, 95)

_FIXED = ("outcome", "remaining", "forecast", "annual_budget", "variance", "last_year")


def quantiles(levels: Sequence[int]) -> list[str]:
    """Columns of the intervals of these levels and the median, in rising order.

    >>> quantiles((80, 90))
    ['p5', 'p10', 'p50', 'p90', 'p95']
    """
    # In halves of a percent, so that 95 gives 2.5 without a fraction.
    ends = {100, *(end for level in levels for end in (100 - level, 100 + level))}
    return [f"p{end // 2}" + ("_5" if end % 2 else "") for end in sorted(ends)]


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
    **ask: Any,
) -> pl.DataFrame:
    """The model's year-end by the rows that `projections.result` has.

    Columns: the key or keys and ``name`` (String), ``outcome`` so far, ``remaining``,
    ``forecast`` (their sum), the quantiles of `quantiles`, ``annual_budget``, ``variance``
    (forecast − annual_budget), ``last_year`` (the whole of it; Int64 öre, result sign, null where
    unknown), ``method`` (String). One dimension ends with a total: its figures are the sums of
    the rows, its interval the model's for the whole, moved to lie around that sum.

    Raises `ledger.errors.ForecastError` where ``through`` is after the latest month with outcome,
    or a figure does not fit in 64 bits of öre.
    """
    by = tuple(by)
    if "month" in by:
        rows_by = [name for name in (*LEVELS, *CODES) if name != "month"]
        raise UsageError("A year's end has no rows by 'month'.", f"Known: {', '.join(rows_by)}.")
    year = ask.get("year")
    last = (book.period(through) if through else outcome_span(book, None, year)).last
    _require_outcome(book, last)
    known = projections.result(book, through, by=by, **ask)
    ask.pop("year", None)
    keys = known.columns[: known.columns.index("name")]
    rows = known.filter(pl.col(keys[0]).is_not_null()) if len(by) == 1 else known
    wanted = tuple(sorted({*ALWAYS, *levels}))
    history = projections.monthly_series(book, last, by=by, **ask)
    budget = projections.budget_series(book, last, by=by, **ask)
    series = pl.concat_str(keys, separator=JOIN)
    rows = rows.with_columns(series.alias("series")).join(
        _last_year(book, history, last), on="series", how="left"
    )
    history = _with_silent(history, rows["series"], last)
    told = to_ore(_model(book, history, budget, last, wanted, seed), quantiles(wanted))
    table = _table(rows.join(told, on="series", how="left"), wanted)
    if len(by) == 1:
        whole = to_ore(
            _model(book, _summed(history), _summed(budget), last, wanted, seed), quantiles(wanted)
        )
        table = pl.concat([table, _total(table, whole, keys, wanted)])
    order = [*keys, "name", *_FIXED[:3], *quantiles(wanted), *_FIXED[3:], "method"]
    return table.select(order)


def _require_outcome(book: Book, last: str) -> None:
    """A month that nobody has booked is not a month of nothing."""
    latest = book.postings()["period"].max()
    if isinstance(latest, str) and latest < last:
        raise ForecastError(
            f"There is no outcome in {last}; the latest month with any is {latest}.",
            f"Give --through {latest}.",
        )


def _last_year(book: Book, history: pl.DataFrame, last: str) -> pl.DataFrame:
    """Each series' sum over the whole fiscal year before; zero where it was silent, nothing at
    all where the book has no outcome of that year."""
    calendar = book.organisation.calendar
    begins, ends = calendar.year_of(shift(calendar.year_of(last)[0], -1))
    within = pl.col("period").is_between(first_day(begins), first_day(ends))
    if history.filter(within).is_empty():
        return pl.DataFrame(schema={"series": pl.String, "last_year": pl.Int64})
    sums = pl.col("value").filter(within).sum().alias("last_year")
    return history.group_by("series").agg(sums)


def _with_silent(history: pl.DataFrame, series: pl.Series, last: str) -> pl.DataFrame:
    """The history, and a month of nothing for each row that never had an amount: the model then
    has its budget, if any, to go by."""
    silent = series.filter(~series.is_in(history["series"].unique().to_list()))
    rows = pl.DataFrame({"series": silent}, schema={"series": pl.String}).with_columns(
        period=pl.lit(first_day(last)), value=pl.lit(0, pl.Int64)
    )
    return pl.concat([history.select("series", "period", "value"), rows])


def _summed(frame: pl.DataFrame) -> pl.DataFrame:
    """All series as one."""
    summed = frame.group_by("period").agg(pl.col("value").sum()).sort("period")
    return summed.select(pl.lit(TOTAL).alias("series"), "period", "value")


def _model(
    book: Book,
    history: pl.DataFrame,
    budget: pl.DataFrame,
    last: str,
    levels: Sequence[int],
    seed: int,
) -> pl.DataFrame:
    """What the model says, in floats."""
    from forecasting import forecast_year_end

    founded = book.organisation.require_founded()
    as_float = pl.col("value").cast(pl.Float64)
    return forecast_year_end(
        history.select("series", "period", as_float),
        first_day(last),
        [level / 100 for level in levels],
        budget.select("series", "period", as_float) if budget.height else None,
        seed,
        first_month=founded.first_month,
    )


def to_ore(told: pl.DataFrame, columns: Sequence[str]) -> pl.DataFrame:
    """The model's floats as whole öre, half-up (away from zero at a tie).

    ``forecast`` is the rounded outcome plus the rounded rest, so that they add up; the quantiles
    lie around it in order. Raises `ForecastError` for what does not fit in 64 bits.
    """

    def whole(name: str) -> pl.Expr:
        value = pl.col(name)
        return (value.sign() * (value.abs() + 0.5).floor()).cast(pl.Int64)

    try:
        frame = told.select(
            "series", whole("outcome"), whole("remaining"), *(whole(c) for c in columns), "method"
        )
    except pl.exceptions.InvalidOperationError as error:
        raise ForecastError(
            "The model's forecast does not fit in 64 bits of öre.",
            "Look for an amount in the wrong unit of money.",
        ) from error
    forecast = pl.col("outcome") + pl.col("remaining")
    middle = columns.index("p50")
    return frame.with_columns(forecast.alias("forecast")).with_columns(
        *(pl.min_horizontal(c, "forecast").alias(c) for c in columns[:middle]),
        pl.col("forecast").alias("p50"),
        *(pl.max_horizontal(c, "forecast").alias(c) for c in columns[middle + 1 :]),
    )


def _table(joined: pl.DataFrame, levels: Sequence[int]) -> pl.DataFrame:
    """The model beside what is known; what is known rules."""
    so_far = pl.col("outcome")
    moved = so_far - pl.col("outcome_right")
    return joined.with_columns(
        (so_far + pl.col("remaining")).alias("forecast"),
        *((pl.col(name) + moved).alias(name) for name in quantiles(levels)),
        _zero_where_known(joined["last_year_right"]),
    ).with_columns((pl.col("forecast") - pl.col("annual_budget")).alias("variance"))


def _zero_where_known(last_year: pl.Series) -> pl.Series:
    """A row that was silent last year had 0, if the book knows that year at all."""
    known = last_year.null_count() < len(last_year)
    return (last_year.fill_null(0) if known else last_year).alias("last_year")


def _total(
    table: pl.DataFrame, whole: pl.DataFrame, keys: Sequence[str], levels: Sequence[int]
) -> pl.DataFrame:
    """The row that sums the others; its interval is the model's for the whole, re-centred."""
    sums = [
        pl.when(pl.col(name).is_not_null().any()).then(pl.col(name).sum()).alias(name)
        for name in _FIXED
    ]
    centre = table["forecast"].sum() - whole["forecast"][0]
    intervals = {name: whole[name][0] + centre for name in quantiles(levels)}
    row = table.select(*sums).with_columns(
        *(pl.lit(value, pl.Int64).alias(name) for name, value in intervals.items()),
        pl.lit("sum").alias("method"),
    )
    missing = [
        pl.lit(None, dtype).alias(name)
        for name, dtype in table.schema.items()
        if name not in row.columns
    ]
    return row.with_columns(missing).select(table.columns)
