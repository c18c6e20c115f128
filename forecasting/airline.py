"""The airline model, ARIMA(0,1,1)(0,1,1)12, over a grid of its two parameters, for all series.

It sees the season evolve, which the shrunken indices do not, and so keeps the combination honest
where habits change. Equal to statsmodels' `SARIMAX` with `simple_differencing` on the differenced
series, started with shocks of zero before the first (conditional sum of squares).

Source: Box & Jenkins, Time Series Analysis (1976), ch. 9.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from forecasting.seasonal import YEAR, Floats, positions
from forecasting.smoothing import first_months

LOST = YEAR + 1
"""Months that the differences use up."""

THETA = np.repeat([0.0, 0.2, 0.4, 0.6, 0.8, 0.95], 4)
SEASONAL_THETA = np.tile([0.1, 0.4, 0.7, 0.9], 6)


@dataclass(frozen=True)
class Airline:
    """Forecast path, one-step squared errors and response, for each series and grid point."""

    path: Floats
    """`(series, grid, horizon)`, on the scale of the input."""
    squares: Floats
    """Squared errors by position of the year, `(12, series, grid)`."""


def airline(y: Floats, k: int, horizon: int) -> Airline:
    """Run the grid; rows sorted longest first, NaN before the first month, at least 14 months."""
    n, columns = y.shape
    first = first_months(y) + LOST
    w = y[:, LOST:] - y[:, YEAR:-1] - y[:, 1:-YEAR] + y[:, :-LOST]
    # One year and a month of zero shocks lie before the first: no special case at the start.
    shocks = np.zeros((columns + LOST, n, len(THETA)))
    squares = np.zeros((YEAR, n, len(THETA)))
    place = positions(columns, k)
    for t in range(int(first[0]), columns):
        alive = int(np.searchsorted(first, t, side="right"))
        now = t + LOST
        e = (
            w[:alive, t - LOST, None]
            + THETA * shocks[now - 1, :alive]
            + SEASONAL_THETA * shocks[now - YEAR, :alive]
            - THETA * SEASONAL_THETA * shocks[now - LOST, :alive]
        )
        shocks[now, :alive] = e
        squares[place[t], :alive] += e * e

    future = np.empty((n, len(THETA), horizon))
    for h in range(horizon):
        now = columns + h + LOST
        # Known shocks only: the future ones are zero in expectation.
        ahead = -SEASONAL_THETA * shocks[now - YEAR] + THETA * SEASONAL_THETA * shocks[now - LOST]
        if h == 0:
            ahead = ahead - THETA * shocks[now - 1]
        before = y[:, -1, None] if h == 0 else future[:, :, h - 1]
        year_ago = y[:, columns + h - YEAR, None]
        month_before_that = y[:, columns + h - LOST, None]
        future[:, :, h] = ahead + before + year_ago - month_before_that
    return Airline(future, squares)


def airline_response(horizon: int) -> Floats:
    """What a shock of 1 in month `i` adds to month `j`, `(grid, horizon, horizon)`.

    For less than twelve months ahead: the season's parameter does not come into it.
    """
    upper = np.triu(np.ones((horizon, horizon)), 1)
    return np.eye(horizon) + (1.0 - THETA)[:, None, None] * upper
