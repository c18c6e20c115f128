"""Where the year ends, as a table in öre: the one border between floats and money.

`forecasting` works with floats; everything that is recorded or shown is whole öre. What crosses
does so here: öre go over as Float64 (exact up to 2⁵³ öre), come back rounded half-up once, and
what is already known (outcome, budget, last year) never makes the journey at all. ::

    forecast_parts ── Float64 ──> forecast_year_end, reconciled ── half-up ──> öre of each detail
    result, budget ──────────────────── öre ─────────────────────────────────> öre of each row

A row's months left are the sum of its details', in öre, so units add to areas and areas to the
whole in every table. Its interval is the model's for the row's own months, moved to lie around
that sum.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import polars as pl

import projections
from ledger.errors import ForecastError, UsageError
from ledger.periods import first_day, shift
from projections.dimensions import CODES, LEVELS, outcome_span
from projections.forecast_parts import Parts, forecast_parts
from projections.timelines import JOIN

if TYPE_CHECKING:
    from ledger.log import Book

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
    rows = rows.with_columns(pl.concat_str(keys, separator=JOIN).alias("row"))
    model = Model(book, last, tuple(sorted({*ALWAYS, *levels})), seed)
    parts, details = asked_of(model, by, **ask)
    told = model.rows(parts, details)
    joined = rows.join(_last_year(book, parts.outcome, last), on="row", how="left").join(
        told, on="row", how="left"
    )
    if assumed_in is not None:
        joined = _with_assumed(joined, book, last, keys, round=assumed_in, by=by, **ask)
    table = _table(joined, model.quantiles)
    if len(by) == 1:
        table = pl.concat([table, _total(table, model.whole(parts), keys, model.quantiles)])
    shown = ("outcome", "remaining", *(["assumed"] if assumed_in else []), "forecast")
    return table.select(*keys, "name", *shown, *model.quantiles, *_FIXED[3:], "method")


@dataclass(frozen=True)
class Model:
    """The forecasting engine asked about one book and month; öre in, öre out."""

    book: Book
    last: str
    levels: tuple[int, ...]
    seed: int = 0

    @property
    def quantiles(self) -> list[str]:
        """The columns of its intervals."""
        return quantiles(self.levels)

    def told(self, parts: Parts, key: str, *, width: bool = False) -> pl.DataFrame:
        """What it says of the months summed by ``key``, in floats; see `forecast_year_end`. Where
        only the ``width`` of its interval counts, no full fits are made."""
        from forecasting import forecast_year_end

        founded = self.book.organisation.require_founded()
        known, planned = months_by(parts, key)
        return forecast_year_end(
            known,
            first_day(self.last),
            [level / 100 for level in self.levels],
            planned if planned.height else None,
            self.seed,
            first_month=founded.first_month,
            likelihood=False if width else None,
        )

    def rows(self, parts: Parts, details: pl.DataFrame) -> pl.DataFrame:
        """The rows' months left as the sums of their details, and intervals around them.

        Columns: ``row``, ``remaining``, the quantiles (of the months left), ``method``.
        """
        methods = pl.col("method")
        sums = details.group_by("row").agg(
            pl.col("remaining").sum(),
            pl.when(methods.n_unique() == 1).then(methods.first()).otherwise(pl.lit("sum")),
        )
        own = to_ore(self.told(parts, "row", width=True), self.quantiles)
        around = [
            (pl.col("remaining") + pl.col(name) - pl.col("forecast")).alias(name)
            for name in self.quantiles
        ]
        own = own.select(pl.col("series").alias("row"), "forecast", *self.quantiles)
        return sums.join(own, on="row", how="left").with_columns(around).drop("forecast")

    def whole(self, parts: Parts) -> dict[str, int]:
        """How far each quantile of everything together lies from its middle."""
        everything = pl.lit(TOTAL).alias("row")
        summed = Parts(*(f.with_columns(everything) for f in (parts.outcome, parts.budget)))
        own = to_ore(self.told(summed, "row", width=True), self.quantiles).row(0, named=True)
        return {name: own[name] - own["forecast"] for name in self.quantiles}


def months_by(parts: Parts, key: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """What models see of the outcome, and the budgets, summed by ``key`` as the engine takes them:
    ``series``, ``period``, ``value`` (Float64 öre)."""
    known, planned = (
        frame.group_by(pl.col(key).alias("series"), "period")
        .agg(pl.col("value").sum().cast(pl.Float64))
        .sort("series", "period")
        for frame in (parts.modelled, parts.budget)
    )
    return known, planned


def asked_of(model: Model, by: Sequence[str], **ask: Any) -> tuple[Parts, pl.DataFrame]:
    """The parts that are asked for, and the details that their rows sum, as in `details_of`.

    All of the organisation is forecast and what is asked for is taken out of it, so that a unit's
    forecast is the same alone and among the others.
    """
    unit = ask.pop("unit", None)
    parts = _with_silent(forecast_parts(model.book, model.last, by=by, **ask), model.last)
    details = details_of(model, parts)
    if unit is None:
        return parts, details
    asked = _with_silent(
        forecast_parts(model.book, model.last, by=by, unit=unit, **ask), model.last
    )
    rows = asked.outcome.select("row", "detail").unique()
    return asked, details.drop("row").join(rows, on="detail")


def details_of(model: Model, parts: Parts) -> pl.DataFrame:
    """The months left of each detail: what the model says of it, and what makes it sum to its part.

    Columns: ``row``, ``part``, ``detail`` (String), ``model``, ``reconciled``, ``remaining`` (their
    sum; Int64 öre), ``method``.
    """
    bases = model.told(parts, "part")
    names = parts.outcome.select("row", "part", "detail").unique()
    if (names["part"] == names["detail"]).all():
        told = to_ore(bases, model.quantiles).with_columns(moved=pl.lit(0.0))
    else:
        from forecasting.structure import reconciled

        finer = model.told(parts, "detail").join(
            names.select(pl.col("detail").alias("series"), "part").unique(), on="series", how="left"
        )
        moved = reconciled(bases, finer).select("series", "moved")
        told = to_ore(finer, model.quantiles).join(moved, on="series", how="left")
    frame = names.join(told, left_on="detail", right_on="series", how="left").select(
        "row", "part", "detail", pl.col("remaining").alias("model"), "moved", "method"
    )
    wholes = to_ore(bases, model.quantiles).select(
        pl.col("series").alias("part"), pl.col("remaining").alias("whole")
    )
    # The moved öre are rounded one by one; what that leaves over goes to the largest detail.
    step = (pl.col("moved").sign() * (pl.col("moved").abs() + 0.5).floor()).cast(pl.Int64)
    left = pl.col("whole") - (pl.col("model") + pl.col("reconciled")).sum().over("part")
    largest = pl.col("model").abs().rank("ordinal", descending=True).over("part") == 1
    return (
        frame.sort("part", "detail")
        .with_columns(step.alias("reconciled"))
        .join(wholes, on="part", how="left")
        .with_columns(pl.col("reconciled") + pl.when(largest).then(left).otherwise(0))
        .with_columns((pl.col("model") + pl.col("reconciled")).alias("remaining"))
        .select("row", "part", "detail", "model", "reconciled", "remaining", "method")
    )


def _require_outcome(book: Book, last: str) -> None:
    """A month that nobody has booked is not a month of nothing."""
    latest = book.postings()["period"].max()
    if isinstance(latest, str) and latest < last:
        raise ForecastError(
            f"There is no outcome in {last}; the latest month with any is {latest}.",
            f"Give --through {latest}.",
        )


def _last_year(book: Book, history: pl.DataFrame, last: str) -> pl.DataFrame:
    """Each row's sum over the whole fiscal year before; zero where it was silent, nothing at
    all where the book has no outcome of that year."""
    calendar = book.organisation.calendar
    begins, ends = calendar.year_of(shift(calendar.year_of(last)[0], -1))
    within = pl.col("period").is_between(first_day(begins), first_day(ends))
    if history.filter(within).is_empty():
        return pl.DataFrame(schema={"row": pl.String, "year_before": pl.Int64})
    return history.group_by("row").agg(pl.col("value").filter(within).sum().alias("year_before"))


def _with_silent(parts: Parts, last: str) -> Parts:
    """The same, and a month of nothing for each detail that has a budget and no outcome: the model
    then has its budget to go by."""
    names = ("row", "part", "detail")
    silent = parts.budget.select(names).unique().join(parts.outcome, on=names, how="anti")
    months = silent.sort(names).with_columns(
        period=pl.lit(first_day(last)), value=pl.lit(0, pl.Int64), marked=pl.lit(0, pl.Int64)
    )
    return replace(parts, outcome=pl.concat([parts.outcome, months]))


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


def _with_assumed(
    joined: pl.DataFrame, book: Book, last: str, keys: Sequence[str], **ask: Any
) -> pl.DataFrame:
    """The rows with what a round assumes of them: it moves what remains and the whole interval.

    An assumption on a row that the table does not have would vanish: it is an error.
    """
    sums = projections.assumed_months(book, last, **ask).group_by(keys)
    assumed = sums.agg(pl.col("amount").sum().alias("assumed"))
    lost = assumed.join(joined, on=keys, how="anti", nulls_equal=True)
    if lost.height:
        raise ForecastError(
            f"The round {ask['round']!r} assumes something of {', '.join(lost.row(0)[:-1])}, "
            "which has no row here.",
            "Ask for rows by unit or area.",
        )
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
    table: pl.DataFrame, around: Mapping[str, int], keys: Sequence[str], names: Sequence[str]
) -> pl.DataFrame:
    """The row that sums the others, with the whole's own interval around it."""
    sums = [
        pl.when(pl.col(name).is_not_null().any()).then(pl.col(name).sum()).alias(name)
        for name in (*_FIXED, "assumed")
        if name in table.columns
    ]
    row = table.select(*sums).with_columns(
        *((pl.col("forecast") + around[name]).alias(name) for name in names),
        pl.lit("sum").alias("method"),
    )
    missing = [
        pl.lit(None, dtype).alias(name)
        for name, dtype in table.schema.items()
        if name not in row.columns
    ]
    return row.with_columns(missing).select(table.columns)
