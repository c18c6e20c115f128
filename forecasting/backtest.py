"""How far each way to forecast would have been off, had it been used in the years that are over.

For every complete past fiscal year and each *origin* (the number of months then known) the history
is cut there, the product's model and the controllers' own methods say where the year ends, and
what came is laid beside it. ::

    history ── cut at the origin ──> forecast_year_end, naive.METHODS ──┐
    history ── the whole year ─────> what came ─────────────────────────┴──> `rolling_origin`
                                                                             └──> `scores`

Nothing after an origin reaches a method: each is handed a frame that ends there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from forecasting import naive
from forecasting.panel import read_panel
from forecasting.seasonal import YEAR
from forecasting.structure import limits, reconciled
from forecasting.year_end import forecast_year_end

MODEL = "model"
CONTROLLERS = ("run_rate", "budget_rest", "seasonal_naive", "last_year", "share")
"""The methods of `naive.METHODS` that people use by hand."""
METHODS = (MODEL, *CONTROLLERS)
ORIGINS = (3, 4, 6, 8, 9, 10)
AT_LEAST = 0.5
"""The model's hardest opponent is looked for among the methods that answer at least this part of
its forecasts: one lucky answer makes no method the best."""
WHOLE = ("combination", "constant")
"""What the model answers where it need not fall back on something simpler."""
ALIKE = 1e-9
"""Errors, in parts of a normal year, closer to each other than this are the same."""

_SCHEMA = {
    "series": pl.String,
    "year": pl.Date,
    "origin": pl.Int64,
    "method": pl.String,
    "forecast": pl.Float64,
    "actual": pl.Float64,
    "normal": pl.Float64,
    "error": pl.Float64,
    "held_80": pl.Boolean,
    "held_95": pl.Boolean,
    "fallback": pl.Boolean,
}
_ENDS = ("p10", "p90", "p2_5", "p97_5")


@dataclass(frozen=True)
class Finer:
    """What the model forecasts in place of the series, as tables do that must add up: parts (a
    unit's costs), the details of each, and the series that each detail counts in.

    ``outcome`` and ``budget`` have the columns `part`, `detail`, `period`, `value`; ``members``
    has `series` and `detail`. A detail that no series has is forecast, for its part's sake.
    """

    outcome: pl.DataFrame
    budget: pl.DataFrame
    members: pl.DataFrame


def rolling_origin(
    history: pl.DataFrame,
    through: date,
    *,
    first_month: int = 1,
    origins: Sequence[int] = ORIGINS,
    years: int | None = None,
    budget: pl.DataFrame | None = None,
    finer: Finer | None = None,
) -> pl.DataFrame:
    """Forecast the end of every complete fiscal year up to ``through``, from each origin.

    Args:
        history: as in `forecast_year_end`: `series`, `period`, `value`, in any unit and sign.
        through: a day in the last month that is used at all.
        first_month: the month in which the fiscal year begins.
        origins: how many months of the year are known, 1 to 11.
        years: how many of the newest complete years; all of them if None.
        budget: phased budgets of any of those years in the same columns. The model is handed those
            up to the year's end; budget for the rest answers only where the year has one.
        finer: what the model forecasts and sums to each series; the series itself if None. The
            interval is always that of the series' own months, moved to lie around the sum.

    Returns:
        One row a series, year, origin and method that has an answer: `series`, `year` (its first
        day), `origin`, `method` (of `METHODS`), `forecast` and `actual` of the year's total in
        the unit given, `normal` (a normal year: the sum of |months| of earlier fiscal years, per
        twelve months since the series' first amount), `error` (100 (forecast − actual) / normal,
        with its sign), `held_80` and `held_95` (whether the model's interval held the actual;
        null for the others), `fallback` (whether the model had to fall back on a simple method
        for any part; null for the others).
        A year is complete if some series has a row in each of its months. A series takes part in
        a year if it had twelve months or more before it, not all zero.

    Raises:
        ValueError: as `forecast_year_end`, and for an origin outside 1 to 11.
    """
    if not all(1 <= k < YEAR for k in origins):
        raise ValueError(f"origins must lie between 1 and 11, got {tuple(origins)}")
    rows = _placed(history).filter(pl.col("at") <= _month(through))
    plan = None if budget is None else _placed(budget)
    parts = None if finer is None else _Parts.of(finer)
    found = []
    for begins in _complete_years(rows, first_month)[-years if years else 0 :]:
        truth = _truth(rows, begins)
        if truth.is_empty():
            continue
        for k in sorted(set(origins)):
            cut = rows.filter(pl.col("at") < begins + k)
            this = None if plan is None else plan.filter(pl.col("at") < begins + YEAR)
            origin = _day(begins + k - 1)
            whole = forecast_year_end(cut, origin, budget=this, first_month=first_month)
            if parts is not None:
                whole = parts.summed(whole, begins, k, first_month)
            by_hand = _by_hand(cut, origin, first_month, this, truth["series"])
            told = pl.concat([_by_model(whole), *by_hand])
            found.append(_beside(told, truth, begins, k))
    return pl.concat(found) if found else pl.DataFrame(schema=_SCHEMA)


def scores(forecasts: pl.DataFrame, by: Sequence[str] = ()) -> pl.DataFrame:
    """How good each method was, from the rows of `rolling_origin`.

    Columns: those of ``by`` (`origin`, `series`, `year`), `method`, `forecasts` (how many),
    `median_error`, `mean_error` (of the absolute error), `bias` (mean error with its sign),
    `share_best` (per cent of the method's forecasts that none came closer than; what is equally
    close counts for each), `held_80`, `held_95` (per cent; null but for the model) and `ratio`:
    the model's mean error in per cent of this method's, on the forecasts that both made, and on
    the model's own row the highest of those ratios among methods that answer at least half of its
    forecasts, the hardest opponent's. Null where that opponent was never wrong. All else in per
    cent of a normal year, Float64. Rows by ``by``, then by mean error.
    """
    keys, one = list(by), ["series", "year", "origin"]
    size = pl.col("error").abs()
    model = forecasts.filter(pl.col("method") == MODEL).select(*one, size.alias("of_model"))
    rows = forecasts.with_columns(size.alias("size")).join(model, on=one, how="left")
    nearest = pl.col("size") <= pl.col("size").min().over(one) + 100 * ALIKE
    both = pl.col("of_model").is_not_null()
    mean = pl.col("size").filter(both).mean()
    table = (
        rows.with_columns(nearest.alias("nearest"))
        .group_by(*keys, "method")
        .agg(
            pl.len().cast(pl.Int64).alias("forecasts"),
            pl.col("size").median().alias("median_error"),
            pl.col("size").mean().alias("mean_error"),
            pl.col("error").mean().alias("bias"),
            *(
                (100 * pl.col(name).cast(pl.Float64).mean()).alias(shown)
                for name, shown in (
                    ("nearest", "share_best"),
                    ("held_80", "held_80"),
                    ("held_95", "held_95"),
                )
            ),
            pl.when(mean > 100 * ALIKE).then(100 * pl.col("of_model").mean() / mean).alias("ratio"),
        )
    )
    order = pl.col("method").replace_strict(METHODS, range(len(METHODS)), return_dtype=pl.Int64)
    return _with_hardest(table, keys).sort(*keys, "mean_error", order)


def _with_hardest(table: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    """The model's own ratio is that to the method that it has most trouble with."""
    is_model = pl.col("method") == MODEL
    group = [pl.col(key) for key in keys] or [pl.lit(0)]
    asked = pl.col("forecasts").filter(is_model).max().over(group)
    weighty = ~is_model & (pl.col("forecasts") >= AT_LEAST * asked)
    hardest = pl.when(weighty).then("ratio").max().over(group)
    return table.with_columns(pl.when(is_model).then(hardest).otherwise("ratio").alias("ratio"))


def _month(day: date) -> int:
    """A number for each month, one more than for the month before."""
    return day.year * YEAR + day.month - 1


def _day(month: int) -> date:
    """First day of a month by its number."""
    return date(month // YEAR, month % YEAR + 1, 1)


def _placed(frame: pl.DataFrame) -> pl.DataFrame:
    """`series`, `period`, `value` (Float64) and `at`, the number of the month."""
    at = pl.col("period").dt.year().cast(pl.Int64) * YEAR + pl.col("period").dt.month() - 1
    return frame.select("series", "period", pl.col("value").cast(pl.Float64), at.alias("at"))


def _complete_years(rows: pl.DataFrame, first_month: int) -> list[int]:
    """First month of each fiscal year with outcome in all its months, and a year before it."""
    months = set(rows["at"].unique().to_list())
    if not months:
        return []
    first = min(months)
    begins = first + (first_month - 1 - first) % YEAR
    return [
        start
        for start in range(begins, max(months) + 1, YEAR)
        if start - YEAR >= first and months >= set(range(start, start + YEAR))
    ]


def _truth(rows: pl.DataFrame, begins: int) -> pl.DataFrame:
    """`series`, `actual` of the year and `normal`, of the series that take part in it."""
    at = pl.col("at")
    before = (
        rows.filter((at < begins) & (pl.col("value") != 0))
        .group_by("series")
        .agg(pl.col("value").abs().sum().alias("size"), (begins - at.min()).alias("months"))
        .filter(pl.col("months") >= YEAR)
        .select("series", (YEAR * pl.col("size") / pl.col("months")).alias("normal"))
    )
    came = (
        rows.filter(at.is_between(begins, begins + YEAR - 1))
        .group_by("series")
        .agg(pl.col("value").sum().alias("actual"))
    )
    return (
        before.join(came, on="series", how="left")
        .select("series", pl.col("actual").fill_null(0.0), "normal")
        .sort("series")
    )


def _by_model(told: pl.DataFrame) -> pl.DataFrame:
    """What the model says."""
    fallback = pl.col("fallback") if "fallback" in told.columns else _fallen(pl.col("method"))
    return told.select(
        "series",
        pl.lit(MODEL).alias("method"),
        "forecast",
        *_ENDS,
        fallback.alias("fallback"),
    )


def _fallen(method: pl.Expr) -> pl.Expr:
    return ~method.is_in(WHOLE)


def _by_hand(
    cut: pl.DataFrame,
    origin: date,
    first_month: int,
    budget: pl.DataFrame | None,
    asked: pl.Series,
) -> Iterator[pl.DataFrame]:
    """What each of the controllers' methods says of the series asked for."""
    some = cut.filter(pl.col("series").is_in(asked.implode()))
    panel = read_panel(some, origin, first_month, budget)
    for name in CONTROLLERS:
        with np.errstate(invalid="ignore", divide="ignore"):  # a series older than all that is read
            remaining = naive.METHODS[name](panel.window) * panel.scale
        said = pl.DataFrame({"series": panel.names, "forecast": panel.outcome + remaining})
        yield said.filter(pl.col("forecast").is_finite()).select(
            "series",
            pl.lit(name).alias("method"),
            "forecast",
            *(pl.lit(None, pl.Float64).alias(end) for end in _ENDS),
            pl.lit(None, pl.Boolean).alias("fallback"),
        )


@dataclass(frozen=True)
class _Parts:
    """`Finer`, by part and by detail: ``outcome`` and ``budget`` of each as `_placed` gives."""

    names: pl.DataFrame
    members: pl.DataFrame
    parts: tuple[pl.DataFrame, pl.DataFrame]
    details: tuple[pl.DataFrame, pl.DataFrame] | None

    @classmethod
    def of(cls, finer: Finer) -> _Parts:
        """Details of their own only where parts are divided at all."""
        names = pl.concat(
            [f.select("part", "detail") for f in (finer.outcome, finer.budget)]
        ).unique()

        def by(key: str) -> tuple[pl.DataFrame, pl.DataFrame]:
            outcome, budget = (
                _placed(
                    frame.group_by(pl.col(key).alias("series"), "period").agg(pl.col("value").sum())
                )
                for frame in (finer.outcome, finer.budget)
            )
            return outcome, budget

        divided = (names["part"] != names["detail"]).any()
        return cls(names, finer.members, by("part"), by("detail") if divided else None)

    def summed(self, own: pl.DataFrame, begins: int, k: int, first_month: int) -> pl.DataFrame:
        """The series' forecasts as the sums of their details', the intervals moved along."""
        at, end = pl.col("at"), begins + YEAR - 1
        told = self._asked(self.parts, begins, k, first_month)
        if self.details is not None:
            finer = self._asked(self.details, begins, k, first_month).join(
                self.names, left_on="series", right_on="detail", how="left"
            )
            outcome, budget = self.details
            seen = [outcome.filter(at < begins + k), budget.filter(at.is_between(begins, end))]
            within = limits(pl.concat([months.select("series", "value") for months in seen]))
            moved = reconciled(told, finer, within)
            told = moved.with_columns(pl.col("remaining") + pl.col("moved"))
        sums = (
            self.members.join(told, left_on="detail", right_on="series")
            .group_by("series")
            .agg(pl.col("remaining").sum().alias("sum"), _fallen(pl.col("method")).any())
            .rename({"method": "fallback"})
        )
        by = pl.col("sum") - pl.col("remaining")
        return (
            own.drop("method")
            .join(sums, on="series", how="inner")
            .with_columns(pl.col(name) + by for name in ("forecast", *_ENDS))
        )

    @staticmethod
    def _asked(
        frames: tuple[pl.DataFrame, pl.DataFrame], begins: int, k: int, first_month: int
    ) -> pl.DataFrame:
        """What the model says, of what has a budget and no outcome too."""
        at, origin = pl.col("at"), _day(begins + k - 1)
        cut = frames[0].filter(at < begins + k)
        plan = frames[1].filter(at < begins + YEAR)
        silent = plan.select("series").unique().join(cut, on="series", how="anti")
        nothing = silent.with_columns(
            period=pl.lit(origin), value=pl.lit(0.0), at=pl.lit(begins + k - 1, pl.Int64)
        )
        known = pl.concat([cut, nothing])
        budget = plan if plan.height else None
        return forecast_year_end(known, origin, budget=budget, first_month=first_month)


def _beside(told: pl.DataFrame, truth: pl.DataFrame, begins: int, k: int) -> pl.DataFrame:
    """What was said beside what came."""
    grain = ALIKE * pl.col("normal")

    def held(low: str, high: str) -> pl.Expr:
        return pl.col("actual").is_between(pl.col(low) - grain, pl.col(high) + grain)

    return (
        told.join(truth, on="series", how="inner")
        .with_columns(
            pl.lit(_day(begins)).alias("year"),
            pl.lit(k, pl.Int64).alias("origin"),
            (100 * (pl.col("forecast") - pl.col("actual")) / pl.col("normal")).alias("error"),
            held("p10", "p90").alias("held_80"),
            held("p2_5", "p97_5").alias("held_95"),
        )
        .select(list(_SCHEMA))
    )
