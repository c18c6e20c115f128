"""The forecasting engine asked about a book: öre in, öre out, one border between floats and money.

`forecasting` works with floats; everything that is recorded or shown is whole öre. What crosses
does so here: öre go over as Float64 (exact up to 2⁵³ öre), come back rounded half-up once, and
what is already known (outcome, budget, last year) never makes the journey at all. ::

    forecast_parts ── Float64 ──> forecast_year_end, reconciled ── half-up ──> öre of each detail
    months of rows ── Float64 ──> forecast_year_end ── half-up ──> how far each quantile reaches
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

import polars as pl

from forecasting import structure
from ledger.errors import ForecastError
from ledger.periods import first_day
from projections.dimensions import (
    CODES,
    LEVELS,
    WITHOUT,
    Tree,
    axes,
    outcome_span,
    span_of,
    structure_name,
)
from projections.forecast_parts import Parts, forecast_parts
from projections.timelines import JOIN

if TYPE_CHECKING:
    from ledger.log import Book

#: The series of everything together.
TOTAL = "total"
#: The method of what stood without a code before all got one.
ENDED = "ended"
#: Dimensions whose codes may be new.
NAMED_CODES = ("project", "product", "activity")
#: Dimensions that divide parts: a year has no rows by month.
FINER = tuple(name for name in CODES if name != "month")
#: Months of a year from which it is told that all have a code.
TELLING = 3


def quantiles(levels: Sequence[int]) -> list[str]:
    """Columns of the intervals of these levels and the median, in rising order.

    >>> quantiles((80, 90))
    ['p5', 'p10', 'p50', 'p90', 'p95']
    """
    # In halves of a percent, so that 95 gives 2.5 without a fraction.
    ends = {100, *(end for level in levels for end in (100 - level, 100 + level))}
    return [f"p{end // 2}" + ("_5" if end % 2 else "") for end in sorted(ends)]


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

    def offsets(self, parts: Parts, key: str) -> pl.DataFrame:
        """By ``series``, how far each quantile of the months summed by ``key`` lies from their
        middle, as if nothing cut it (Int64 öre)."""
        own = to_ore(self.told(parts, key, width=True), self.quantiles)
        return structure.offsets(own, self.limits(parts, key), self.quantiles)

    def limits(self, parts: Parts, key: str) -> pl.DataFrame:
        """On which side of nothing the months left of each series stay; see `structure.limits`."""
        year = self.book.organisation.calendar.year_of(self.last)
        known, planned = months_by(parts, key)
        this_year = planned.filter(pl.col("period") >= first_day(year[0]))
        return structure.limits(pl.concat([known, this_year]))

    def rows(
        self, parts: Parts, details: pl.DataFrame, spread: pl.DataFrame | None = None
    ) -> pl.DataFrame:
        """The rows' months left as the sums of their details, and intervals around them.

        ``spread`` is what `offsets` gave for the rows, if it is known. Columns: ``row``,
        ``remaining``, the quantiles (of the months left), ``method``.
        """
        names, methods = self.quantiles, pl.col("method")
        sums = details.group_by(pl.col("row").alias("series")).agg(
            pl.col("remaining").sum(),
            pl.when(methods.n_unique() == 1).then(methods.first()).otherwise(pl.lit("sum")),
        )
        if spread is None:
            finer = details.select(pl.col("row").alias("series"), *names)
            spread = structure.capped(self.offsets(parts, "row"), finer, names)
        spread = spread.join(sums.filter(methods == ENDED), on="series", how="anti")
        told = structure.around(sums, spread, self.limits(parts, "row"), names)
        return told.rename({"series": "row"})


def asked_month(book: Book, through: str | None, year: str | None = None) -> str:
    """The last month known that a forecast is asked for; without ``through`` as in other reports.

    Raises `ForecastError` for a month that has no outcome yet, or is before the first: nobody's
    year ends by it; `UsageError` for what is no period, and where nothing is booked at all.
    """
    if through is None:
        return outcome_span(book, None, year).last
    last = span_of(book, through, year).last
    booked = book.months
    if booked and not booked[0] <= last <= booked[-1]:
        if last > booked[-1]:
            raise ForecastError(
                f"There is no outcome in {last}; the latest month with any is {booked[-1]}.",
                f"Give --through {booked[-1]}.",
            )
        raise ForecastError(
            f"There is no outcome in {last}; the first month with any is {booked[0]}.",
            f"Give --through {booked[0]} or later.",
        )
    return outcome_span(book, through, year).last


def rows_of(
    book: Book, last: str, by: Sequence[str], tree: str, codes: Sequence[str] = FINER
) -> tuple[str, ...]:
    """The dimensions that a forecast's rows are by: levels of the tree, and of the codes those
    given; else `UsageError`, which names them."""
    levels = sorted(Tree(book, tree, last).levels - {*LEVELS, *CODES})
    return axes(by, (*LEVELS, *levels, *codes))


def forecast_structure(book: Book, given: str | None = None) -> str:
    """The structure asked for, else that of forecasts, else that of results; else `UsageError`."""
    return (
        given or book.organisation.setting("structure.forecast") or structure_name(book, "result")
    )


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


class Asked(NamedTuple):
    """What a forecast is made of: see `asked_of`."""

    parts: Parts
    details: pl.DataFrame
    bases: pl.DataFrame


def asked_of(model: Model, by: Sequence[str], **ask: Any) -> Asked:
    """The ``parts`` that are asked for, the ``details`` that their rows sum, as in `details_of`,
    and the parts' own ``bases``: ``series`` (the part) and how far its quantiles reach.

    All of the organisation is forecast and what is asked for is taken out of it, so that a unit's
    forecast is the same alone and among the others.
    """
    unit = ask.pop("unit", None)
    parts = _with_silent(forecast_parts(model.book, model.last, by=by, **ask), model.last)
    details, bases = _details_of(model, parts, by)
    if unit is None:
        return Asked(parts, details, bases)
    asked = _with_silent(
        forecast_parts(model.book, model.last, by=by, unit=unit, **ask), model.last
    )
    rows = asked.outcome.select("row", "detail").unique()
    mine = asked.outcome.select(pl.col("part").alias("series")).unique()
    return Asked(asked, details.drop("row").join(rows, on="detail"), bases.join(mine, on="series"))


def details_of(model: Model, parts: Parts, by: Sequence[str] = ()) -> pl.DataFrame:
    """The months left of each detail: what the model says of it, and what makes it sum to its part.

    Columns: ``row``, ``part``, ``detail`` (String), ``model``, ``reconciled``, ``remaining`` (their
    sum; Int64 öre), the quantiles (how far from the middle), ``method``.
    """
    return _details_of(model, parts, by)[0]


def _details_of(model: Model, parts: Parts, by: Sequence[str]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """`details_of`, and the parts' own offsets."""
    bases = model.told(parts, "part")
    of_parts = to_ore(bases, model.quantiles)
    spread = structure.offsets(of_parts, model.limits(parts, "part"), model.quantiles)
    names = parts.outcome.select("row", "part", "detail").unique()
    if (names["part"] == names["detail"]).all():
        told = of_parts.with_columns(moved=pl.lit(0.0), held=pl.lit(value=False))
        reach = spread
    else:
        finer = model.told(parts, "detail").join(
            names.select(pl.col("detail").alias("series"), "part").unique(), on="series", how="left"
        )
        finer = _without_ended(finer, _ended(model, parts, by), model.quantiles)
        within = model.limits(parts, "detail")
        moved = structure.reconciled(bases, finer, within).select(
            "series", "moved", held=pl.col("remaining") + pl.col("moved") == 0
        )
        told = to_ore(finer, model.quantiles).join(moved, on="series", how="left")
        reach = structure.offsets(told, within, model.quantiles)
    frame = (
        names.join(told, left_on="detail", right_on="series", how="left")
        .select(
            "row", "part", "detail", pl.col("remaining").alias("model"), "moved", "held", "method"
        )
        .join(reach, left_on="detail", right_on="series", how="left")
    )
    wholes = of_parts.select(pl.col("series").alias("part"), pl.col("remaining").alias("whole"))
    # The moved öre are rounded one by one; what that leaves over goes to the largest detail, but
    # not to one that is held at nothing.
    step = (pl.col("moved").sign() * (pl.col("moved").abs() + 0.5).floor()).cast(pl.Int64)
    left = pl.col("whole") - (pl.col("model") + pl.col("reconciled")).sum().over("part")
    size = pl.when("held").then(-1).otherwise(pl.col("model").abs())
    largest = size.rank("ordinal", descending=True).over("part") == 1
    details = (
        frame.sort("part", "detail")
        .with_columns(step.alias("reconciled"))
        .join(wholes, on="part", how="left")
        .with_columns(pl.col("reconciled") + pl.when(largest).then(left).otherwise(0))
        .with_columns((pl.col("model") + pl.col("reconciled")).alias("remaining"))
    )
    order = ("row", "part", "detail", "model", "reconciled", "remaining", *model.quantiles)
    return details.select(*order, "method"), spread


def _ended(model: Model, parts: Parts, by: Sequence[str]) -> pl.DataFrame:
    """The details without a code of parts whose every amount of this year has one: the code is new,
    and what stood without it goes on under it. Of a year's first months nobody can tell yet."""
    calendar = model.book.organisation.calendar
    year = calendar.to_date(model.last)
    if not set(by) & set(NAMED_CODES) or len(year) < TELLING:
        return pl.DataFrame(schema={"series": pl.String})
    coded = ~pl.col("detail").str.split(JOIN).list.contains(WITHOUT)
    this_year = parts.outcome.filter(pl.col("period") >= first_day(year[0]), pl.col("value") != 0)
    told = this_year.group_by("part").agg(coded.all().alias("all_coded")).filter("all_coded")
    ended = parts.outcome.filter(~coded).join(told, on="part", how="semi")
    return ended.select(pl.col("detail").alias("series")).unique()


def _without_ended(finer: pl.DataFrame, ended: pl.DataFrame, names: Sequence[str]) -> pl.DataFrame:
    """The details' forecasts; nothing remains of those that ended, for sure."""
    is_ended = pl.col("series").is_in(ended["series"].implode())
    return finer.with_columns(
        pl.when(is_ended).then(0.0).otherwise("remaining").alias("remaining"),
        *(
            pl.when(is_ended).then("outcome").otherwise(name).alias(name)
            for name in ("forecast", *names)
        ),
        pl.when(is_ended).then(pl.lit(ENDED)).otherwise("method").alias("method"),
    )


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
