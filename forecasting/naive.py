"""The controllers' own methods, as models of the one contract: window in, remaining months out.

They are the yardstick, the fallback for short series, and some sit in the combination. Each
returns the sum of the months to come per series `(series,)`, NaN where the method has no ground.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from forecasting.seasonal import YEAR, Floats
from forecasting.window import Window

CARRIED = 0.5
"""Part of this year's change so far that last year's rest is moved by: between two noisy estimates
of the change, none and all of it, neither is preferred. On the two years before the scored one,
half was better by mean than all, and by median as good (docs/forecasting.md)."""
SHARE_YEARS = 3
SMALLEST_SHARE = 0.25
"""The share method divides by what part of a year had come by now. Below a quarter of the even
part (k/12) a small change this year would be blown up more than fourfold: no ground."""


def run_rate(window: Window) -> Floats:
    """Mean month of the year so far times the months left.

    A series that began this year counts from its first month.
    """
    months = window.y[:, -window.k :]
    return np.asarray(window.year_to_date / np.isfinite(months).sum(1) * window.horizon)


def seasonal_naive(window: Window) -> Floats:
    """The same months of last year, as they were."""
    return np.asarray(window.year(1)[:, window.k :].sum(1))


def last_year(window: Window) -> Floats:
    """The same months of last year, moved by how this year so far differs from last year's.

    `CARRIED` of the difference per month is carried on for each month left.
    """
    change = (window.year_to_date - window.year(1)[:, : window.k].sum(1)) / window.k
    moved = seasonal_naive(window) + CARRIED * window.horizon * change
    return np.where(np.isfinite(moved), moved, seasonal_naive(window))


def share(window: Window) -> Floats:
    """Year so far divided by the mean share it made up in the last three whole years."""
    shares = np.full((SHARE_YEARS, len(window.y)), np.nan)
    for age in range(1, SHARE_YEARS + 1):
        year = window.year(age)
        total = year.sum(1)
        usable = np.isfinite(total) & (year.min(1) >= 0) & (total > 0)
        part = year[:, : window.k].sum(1)
        shares[age - 1] = np.where(usable, part / np.where(usable, total, 1.0), np.nan)
    count = np.isfinite(shares).sum(0)
    mean = np.nansum(shares, axis=0) / np.where(count > 0, count, 1)
    ground = (count > 0) & (mean >= SMALLEST_SHARE * window.k / YEAR)
    ytd = window.year_to_date
    return np.where(ground, ytd / np.where(ground, mean, 1.0) - ytd, np.nan)


def budget_rest(window: Window) -> Floats:
    """The budget of the months left, however the year has gone so far."""
    return np.asarray(window.plan(0)[:, window.k :].sum(1))


def naive_median(window: Window) -> Floats:
    """The median of share, last year moved and as it was, and run rate, of those with ground.

    One whole year is too little to tell season from chance: the four err in different ways.
    """
    answers = [share(window), last_year(window), seasonal_naive(window), run_rate(window)]
    return np.asarray(np.nanmedian(np.stack(answers), axis=0))


METHODS: dict[str, Callable[[Window], Floats]] = {
    "run_rate": run_rate,
    "seasonal_naive": seasonal_naive,
    "last_year": last_year,
    "share": share,
    "budget_rest": budget_rest,
    "naive_median": naive_median,
}
"""Every naive method by its stable name."""
