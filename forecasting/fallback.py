"""Series too short for the combination, and those that need no model at all.

In this order, the first that applies:

| method        | when                                       | the months left are              |
|---------------|--------------------------------------------|----------------------------------|
| `no_history`  | nothing up to the origin, no budget        | 0                                |
| `constant`    | at least three known months, all alike     | that amount a month              |
| `combination` | at least 24 months                         | (see `combination`)              |
| `budget_rest` | a budget is given                          | the budget of those months       |
| `naive_median`| last year whole                            | median of the naive methods      |
| `last_year`   | the same months of last year known         | those                            |
| `run_rate`    | else                                       | the mean month so far            |
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from forecasting import naive
from forecasting.intervals import Estimate
from forecasting.seasonal import YEAR, Floats
from forecasting.window import SHORTEST, Window

FEWEST_CONSTANT = 3
"""Months from which equal amounts are taken for a fixed amount and not for chance."""
USUAL_SPREAD = 0.25
"""Before a series has shown its own spread: months are taken to differ by a quarter of a month."""
USUAL_WORTH = 2.0
"""Months that this belief is worth against the series' own."""


def choose(window: Window) -> NDArray[np.str_]:
    """Name of the method for each series of the window."""
    y, length = window.y, window.length
    known = np.isfinite(y)
    low, high = np.where(known, y, np.inf).min(1), np.where(known, y, -np.inf).max(1)
    # A row of NaN has length "all columns" by the rule of the first known month.
    empty = ~known.any(1)
    budgeted = np.isfinite(naive.budget_rest(window))
    one_prior_year = length >= YEAR + window.k
    conditions = [
        empty & ~budgeted,
        ~empty & (low == high) & (length >= FEWEST_CONSTANT),
        ~empty & (length >= SHORTEST),
        budgeted,
        one_prior_year,
        length >= YEAR,
    ]
    names = ["no_history", "constant", "combination", "budget_rest", "naive_median", "last_year"]
    return np.select(conditions, names, default="run_rate")


def fall_back(window: Window, method: str) -> Estimate:
    """Forecast all series of the window by one method of `choose` other than the combination.

    The variance of the sum of h months is s^2 h (1 + h / m), with s^2 the spread of the m months
    that the method could be compared with: their own error and that of the level they give.
    """
    n, k, h = len(window.y), window.k, window.horizon
    this_year = window.y[:, -k:]
    if method in ("no_history", "constant"):
        remaining = np.zeros(n) if method == "no_history" else window.y[:, -1] * h
        return Estimate(remaining, np.zeros(n), np.full(n, np.inf))
    remaining = naive.METHODS[method](window)
    if method == "budget_rest":
        plan = window.plan(0)
        errors = this_year - plan[:, :k]
        size = np.abs(plan[:, k:]).mean(1)
    elif method == "run_rate":
        errors = this_year - remaining[:, None] / h
        size = np.abs(remaining) / h
    else:
        whole = method == "naive_median"
        errors = this_year - (_last_year_moved(window) if whole else window.year(1)[:, :k])
        size = np.nanmean(np.abs(window.y), axis=1)
    return _spread(remaining, errors, size, h)


def _last_year_moved(window: Window) -> Floats:
    """Last year's months up to now at this year's level: by ratio where that is sound, else not."""
    before = window.year(1)[:, : window.k]
    past = before.sum(1)
    sound = (before.min(1) >= 0) & (past > 0)
    ratio = np.where(sound, window.year_to_date / np.where(sound, past, 1.0), 1.0)
    return ratio[:, None] * before


def _spread(remaining: Floats, errors: Floats, size: Floats, horizon: int) -> Estimate:
    known = np.isfinite(errors)
    months = known.sum(1)
    squares = np.where(known, errors, 0.0) ** 2
    believed = (USUAL_SPREAD * size) ** 2
    monthly = (squares.sum(1) + USUAL_WORTH * believed) / (months + USUAL_WORTH)
    variance = monthly * horizon * (1 + horizon / np.maximum(months, 1))
    return Estimate(remaining, variance, (months + USUAL_WORTH).astype(np.float64))
