"""One-off months: found and replaced for the fitting only. What is booked stays in the outcome."""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from forecasting.seasonal import YEAR, Floats, positions

DEVIATIONS = 6.0
"""Median absolute deviations from which a month is no longer of the common kind: about four
standard deviations of a normal distribution, one month in sixteen thousand."""
SHARE_OF_MONTH = 0.5
"""And it must matter: at least half a mean month."""
NEIGHBOURS = 6
"""Months on each side that give the level around a month."""


def _median(values: Floats) -> Floats:
    """Median along the last axis of what is not NaN; NaN where nothing is. Never warns."""
    ordered = np.sort(values, axis=-1)
    count = np.isfinite(ordered).sum(-1)
    low = np.take_along_axis(ordered, np.maximum((count - 1) // 2, 0)[..., None], -1)[..., 0]
    high = np.take_along_axis(ordered, np.minimum(count // 2, values.shape[-1] - 1)[..., None], -1)[
        ..., 0
    ]
    return np.where(count > 0, 0.5 * (low + high), np.nan)


def without_spikes(y: Floats, k: int) -> Floats:
    """`y` with isolated one-off months replaced by what the season and level around them suggest.

    A month is a spike if it lies more than 6 MAD and half a mean month both from the months around
    it and from the same month of other years, if its neighbours do not, and if such months are
    rare: at most one in two years, else they are the series' habit. The last known month is never
    touched, for nobody can know yet whether it is a spike or a new level. Months whose calendar
    month was seen only once are not judged: a December of five normal months may be a December.
    """
    columns = y.shape[1]
    if columns <= YEAR:
        return y
    padded = np.pad(y, ((0, 0), (NEIGHBOURS, NEIGHBOURS)), constant_values=np.nan)
    level = _median(sliding_window_view(padded, 2 * NEIGHBOURS + 1, axis=1))
    length = np.isfinite(y).sum(1)
    mean_month = np.nansum(np.abs(y), axis=1) / np.maximum(length, 1)
    with np.errstate(invalid="ignore"):
        far = np.abs(y - level) > SHARE_OF_MONTH * mean_month[:, None]
    # Most series have no month that far out, and need no further look.
    rows = np.flatnonzero(far.any(1))
    cleaned = y.copy()
    cleaned[rows] = _replaced(y[rows], level[rows], k)
    return cleaned


def _replaced(y: Floats, level: Floats, k: int) -> Floats:
    """`y` with its spikes, seen from the level around them, replaced."""
    columns = y.shape[1]
    away = y - level
    place = positions(columns, k)
    usual = np.full_like(y, np.nan)
    for column in range(columns):
        others = np.flatnonzero(place == place[column])
        others = others[others != column]
        if len(others):
            usual[:, column] = _median(away[:, others])
    strange = away - usual
    typical = _median(np.abs(strange))
    length = np.isfinite(y).sum(1)
    mean_month = np.nansum(np.abs(y), axis=1) / np.maximum(length, 1)
    bound = np.maximum(DEVIATIONS * typical, SHARE_OF_MONTH * mean_month)[:, None]

    with np.errstate(invalid="ignore"):
        far = (np.abs(strange) > bound) & (np.abs(away) > bound)
    isolated = far.copy()
    isolated[:, 1:] &= ~far[:, :-1]
    isolated[:, :-1] &= ~far[:, 1:]
    isolated[:, -1] = False
    rare = isolated.sum(1) <= np.maximum(length // (2 * YEAR), 1)
    mostly_zero = 2 * (y == 0).sum(1) > length
    spike = isolated & (rare & ~mostly_zero)[:, None]
    return np.where(spike, level + usual, y)
