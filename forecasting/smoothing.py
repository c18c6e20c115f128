"""Damped Holt smoothing over a grid of parameters, for all series at once.

The model is the additive-error exponential smoothing model of statsmodels (`ETSModel` with error
"add", trend None or "add" damped, no season) on deseasonalised months. Instead of searching for
one best parameter, each point of a small grid is run and weighed by its Akaike weight: with forty
months the likelihood is flat, and weighing is both steadier and thousands of times cheaper.

Source: Hyndman, Koehler, Ord & Snyder, Forecasting with Exponential Smoothing (2008), ch. 2-3, 6.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forecasting.seasonal import YEAR, Floats, positions

WARM_UP = 6
"""Residuals left out of the score: they tell of the start values, not of the parameters."""


@dataclass(frozen=True)
class Grid:
    """Parameters of the models, one entry each: level, trend (as in ETS, not divided), damping."""

    alpha: Floats
    beta: Floats
    phi: Floats
    parameters: Floats
    """Number of free parameters, for the Akaike weight."""


def _holt_grid() -> Grid:
    points = [(a, 0.0, 0.0, 1.0) for a in (0.05, 0.2, 0.4, 0.65, 0.95)]
    points += [
        (a, a * share, phi, 3.0)
        for a in (0.05, 0.2, 0.4, 0.65, 0.95)
        for share in (0.05, 0.2)
        for phi in (0.9, 0.98)
    ]
    return Grid(*(np.array(column) for column in zip(*points, strict=True)))


HOLT = _holt_grid()


@dataclass(frozen=True)
class Smoothed:
    """State after the last month and the squared errors on the way, `(series, grid)`."""

    level: Floats
    trend: Floats
    squares: Floats
    """Squared one-step errors after the warm-up by position of the year, `(12, series, grid)`."""


def first_months(y: Floats) -> NDArray[np.intp]:
    """Column of the first month of each row (the first that is not NaN)."""
    return np.asarray(np.argmax(np.isfinite(y), axis=1), dtype=np.intp)


def starting_values(x: Floats, grid: Grid) -> tuple[Floats, Floats]:
    """Level and trend before the first month, `(series, grid)`, from the first year's months.

    Without trend the level is the year's mean; with trend a straight line through the year.
    """
    n = min(YEAR, x.shape[1])
    first = x[np.arange(len(x))[:, None], first_months(x)[:, None] + np.arange(n)]
    time = np.arange(1, n + 1) - (n + 1) / 2
    slope = first @ time / (time @ time)
    mean = first.mean(1)
    trending = (grid.phi > 0).astype(np.float64)
    trend = slope[:, None] * trending
    return mean[:, None] - trend * (n + 1) / 2, trend


def smooth(x: Floats, k: int, grid: Grid, level: Floats, trend: Floats) -> Smoothed:
    """Run every grid point through every series.

    `x` is `(series, months)`, NaN before a series' first month, and the rows must be sorted with
    the longest series first: then the series alive in a month are a slice, not a mask.
    """
    first = first_months(x)
    level, trend = level.copy(), trend.copy()
    squares = np.zeros((YEAR, *level.shape))
    error, change = np.empty_like(level), np.empty_like(level)
    place = positions(x.shape[1], k)
    alive_in = np.searchsorted(first, np.arange(x.shape[1] + 1), side="right")
    for t in range(int(first[0]), x.shape[1]):
        alive, scored = alive_in[t], alive_in[max(t - WARM_UP, 0)] if t >= WARM_UP else 0
        # Written in place: what is spent here is memory's time, not the processor's.
        now, slope, e, part = level[:alive], trend[:alive], error[:alive], change[:alive]
        slope *= grid.phi
        now += slope
        np.subtract(x[:alive, t, None], now, out=e)
        now += np.multiply(e, grid.alpha, out=part)
        slope += np.multiply(e, grid.beta, out=part)
        e = e[:scored]
        squares[place[t], :scored] += np.multiply(e, e, out=e)
    return Smoothed(level, trend, squares)


def horizon_trend(grid: Grid, horizon: int) -> Floats:
    """Trends that lie in a forecast `h` months ahead, phi + ... + phi^h, `(grid, horizon)`."""
    return np.cumsum(grid.phi[:, None] ** np.arange(1, horizon + 1), axis=1)


def path(state: Smoothed, grid: Grid, horizon: int) -> Floats:
    """Forecasts of the next months, `(series, grid, horizon)`."""
    return state.level[:, :, None] + state.trend[:, :, None] * horizon_trend(grid, horizon)


def shock_response(grid: Grid, horizon: int) -> Floats:
    """What a shock of 1 in month `i` adds to month `j`, `(grid, horizon, horizon)`; 1 at i = j."""
    later = grid.alpha[:, None] + grid.beta[:, None] * horizon_trend(grid, horizon)
    response = np.zeros((len(grid.alpha), horizon, horizon))
    for i in range(horizon):
        response[:, i, i] = 1.0
        response[:, i, i + 1 :] = later[:, : horizon - 1 - i]
    return response


def akaike_weights(sse: Floats, count: Floats, parameters: Floats) -> Floats:
    """Weights of the grid points, `(series, grid)`, rows summing to 1.

    w = exp(-AIC / 2) with AIC = n log SSE + 2 p; a perfect fit is kept finite by a
    floor relative to the mean.
    """
    floor = 1e-12 * sse.mean(1, keepdims=True) + 1e-300
    score = count[:, None] * np.log(np.maximum(sse, floor)) + 2.0 * parameters
    weight = np.exp(-0.5 * (score - score.min(1, keepdims=True)))
    return np.asarray(weight / weight.sum(1, keepdims=True))
