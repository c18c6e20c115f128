"""The front: `forecast_year_end`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from forecasting.budget import Past, follow, learn
from forecasting.combination import combine
from forecasting.fallback import choose, fall_back
from forecasting.intervals import Estimate, conformal_factors, half_widths
from forecasting.likelihood import FEW
from forecasting.panel import Panel, read_panel
from forecasting.seasonal import YEAR, Floats
from forecasting.window import SHORTEST, Window

BACKTESTS = 2
"""Past years whose forecasts calibrate the intervals, where histories are long enough."""
CALIBRATED = 2000
"""Series, evenly spaced by name, whose past forecasts calibrate the intervals of all. Four thousand
of them (two years) fix an 80 % level within 0.6 %: less than one year differs from another."""
FLOOR = 0.01
"""Least standard deviation of a month to come, as part of a mean month: even a rent that never
moved may be indexed. Each month left counts once, so the sum has FLOOR x sqrt(months left)."""
ALWAYS = (0.8, 0.95)


def forecast_year_end(
    history: pl.DataFrame,
    through: date,
    levels: Sequence[float] = (0.8, 0.95),
    budget: pl.DataFrame | None = None,
    seed: int = 0,
    *,
    first_month: int = 1,
    likelihood: bool | None = None,
) -> pl.DataFrame:
    """Forecast where the fiscal year of each series ends, given its months up to `through`.

    Args:
        history: columns `series` (String), `period` (Date, first of the month) and `value`
            (float, Decimal or integer), one row a series and month, in any order; other columns
            are ignored. Any unit and any sign (the ledger's is result sign: income positive, cost
            negative). Values after `through` are not used. A month without a row counts as 0 from
            the series' first booking to `through`; months before the first booking do not exist.
            At most ten fiscal years before the current one are read.
        through: a day in the last month known; the fiscal year is the one that holds it.
        levels: central intervals wanted. 0.8 and 0.95 are always given; 0.9 adds `p5` and `p95`,
            0.5 adds `p25` and `p75`, and so on.
        budget: phased budgets in the same columns, unit and sign: the fiscal year's, and those of
            years before, which tell how outcomes follow them (see `budget`). Months without a
            row in a year with any are 0. A series with less than 24 months goes by it alone.
        seed: part of the contract for methods that draw; this one draws nothing.
        first_month: the month in which the fiscal year begins.
        likelihood: whether statsmodels fits each series too; without an answer, in calls of fewer
            than 50 series.

    Returns:
        One row for each series of `history`, sorted by `series`: `series` (String), then Float64
        `outcome` (booked this fiscal year up to `through`), `remaining` (expected of the months
        left), `forecast` (their sum), the quantiles of the year's total in rising order
        (`p2_5`, `p10`, `p50` = `forecast`, `p90`, `p97_5`), and `method` (String): `combination`,
        or `complete` (all twelve months known: nothing remains and the interval is that point),
        `constant`, `budget_rest`, `naive_median`, `last_year`, `run_rate`, `no_history`; see
        `fallback`. Unit and sign are those of `history`. The same input gives the same output. Of
        the other series of the call a series' forecast depends on their number only: in calls of
        fewer than 50 the combination has one member more, fitted by statsmodels. Its interval
        depends on them all, for it is calibrated on how wide intervals had to be for them in past
        years.

    Raises:
        ValueError: a column is missing or has another type; a null; a period that is not the
            first of its month; a value that is not finite, or beyond 1e150; two rows for one series
            and month; a `through` that is no date; a level outside (0, 1); `first_month` outside 1
            to 12. Never for what the values are else: under 1e-150 they are 0.
    """
    del seed
    wanted = _levels(levels)
    panel = read_panel(history, through, first_month, budget)
    window = panel.window
    complete = window.horizon == 0
    methods = np.full(len(window.y), "complete") if complete else choose(window)
    fits = len(window.y) < FEW if likelihood is None else likelihood
    remaining, half = _forecast(window, methods, wanted, likelihood=fits)
    low, middle, high = _quantiles(window, remaining, half)
    return _frame(panel, wanted, (low, middle, high), methods)


def _levels(levels: Sequence[float]) -> list[float]:
    """All levels, rising; `ValueError` for what is none."""
    try:
        wanted = sorted({*ALWAYS, *map(float, levels)})
    except (TypeError, ValueError) as error:
        raise ValueError(f"levels must be numbers such as (0.8, 0.95), got {levels!r}") from error
    if not 0 < wanted[0] <= wanted[-1] < 1:
        raise ValueError(f"levels must lie between 0 and 1, got {tuple(levels)}")
    return wanted


def _forecast(
    window: Window, methods: NDArray[np.str_], levels: Sequence[float], *, likelihood: bool
) -> tuple[Floats, Floats]:
    """Sum of the months left and half the width of its intervals, each series by its method."""
    n = len(window.y)
    remaining, half = np.zeros(n), np.zeros((n, len(levels)))
    for method in np.unique(methods):
        if method == "complete":
            continue
        rows = np.flatnonzero(methods == method)
        part = window.rows(rows)
        if method == "combination":
            estimate = combine(part, likelihood=likelihood)
            past = past_forecasts(part, likelihood=likelihood)
            if part.budget is not None:
                following = learn(past)
                estimate = follow(part, estimate, following)
                past = [replace(p, estimate=follow(p.window, p.estimate, following)) for p in past]
            factors = conformal_factors([(p.estimate, p.actual) for p in past], levels)
        else:
            estimate = fall_back(part, str(method))
            factors = np.ones(len(levels))
        remaining[rows] = estimate.remaining
        half[rows] = half_widths(_bounded(estimate, part), levels) * factors
    return remaining, half


def _bounded(estimate: Estimate, window: Window) -> Estimate:
    """Standard deviation at least `FLOOR`, at most that of months as large as the largest known.

    The upper bound bites only where a logarithmic scale met months of a millionth of the others.
    """
    known = [window.y, window.plan(0)]
    sizes = [np.where(np.isfinite(months), np.abs(months), 0.0) for months in known]
    month = sizes[0].sum(1) / window.length
    low = (FLOOR * month) ** 2 * window.horizon
    high = (np.max([size.max(1) for size in sizes], axis=0) * window.horizon) ** 2
    variance = np.clip(estimate.variance, low, np.maximum(low, high))
    return Estimate(estimate.remaining, variance, estimate.freedom)


def past_forecasts(window: Window, *, likelihood: bool) -> list[Past]:
    """What the same combination would have said at the same month of past years, and what came."""
    past = []
    for years in range(1, BACKTESTS + 1):
        then = window.back(years)
        if then is None:
            break
        rows = np.flatnonzero(window.length - YEAR * years >= SHORTEST)
        if not len(rows):
            break
        some = min(len(rows), CALIBRATED)
        rows = rows[np.arange(some) * len(rows) // some]
        then = then.rows(rows)
        actual = window.year(years)[rows, window.k :].sum(1)
        past.append(Past(then, _bounded(combine(then, likelihood=likelihood), then), actual))
    return past


def _quantiles(window: Window, remaining: Floats, half: Floats) -> tuple[Floats, Floats, Floats]:
    """Lower and upper ends of the months left per level, and their middle; none crosses.

    A series that never had a negative month (a positive one, for costs) is not given one.
    """
    known = [window.y, window.plan(0)]
    least = np.min([np.where(np.isfinite(m), m, 0.0).min(1) for m in known], axis=0)
    bottom = np.where(least >= 0, 0.0, -np.inf)
    middle = np.maximum(remaining, bottom)
    half = np.maximum.accumulate(half, axis=1)
    low = np.maximum(middle[:, None] - half, bottom[:, None])
    return low, middle, middle[:, None] + half


def _frame(
    panel: Panel,
    levels: Sequence[float],
    ends: tuple[Floats, Floats, Floats],
    methods: NDArray[np.str_],
) -> pl.DataFrame:
    """Back to the caller's unit and sign; costs were modelled as positive amounts, so for them
    what was the upper end is the lower."""
    low, middle, high = ends
    outcome, scale = panel.outcome, panel.scale
    flip = (scale < 0)[:, None]
    low, high = np.where(flip, high, low), np.where(flip, low, high)
    remaining = middle * scale
    forecast = outcome + remaining
    columns: dict[str, object] = {
        "series": panel.names,
        "outcome": outcome,
        "remaining": remaining,
        "forecast": forecast,
    }
    for j in reversed(range(len(levels))):
        below = np.minimum(outcome + low[:, j] * scale, forecast)
        columns[_quantile_name(0.5 - levels[j] / 2)] = below
    columns["p50"] = forecast
    for j in range(len(levels)):
        above = np.maximum(outcome + high[:, j] * scale, forecast)
        columns[_quantile_name(0.5 + levels[j] / 2)] = above
    columns["method"] = pl.Series(methods.tolist(), dtype=pl.String)
    return pl.DataFrame(columns)


def _quantile_name(quantile: float) -> str:
    """0.1 -> p10, 0.975 -> p97_5."""
    return "p" + f"{100 * quantile:.4f}".rstrip("0").rstrip(".").replace(".", "_")
