"""Seasonality, shrunk: how far each calendar month lies from the level around it.

Three or four years give three or four sightings of a month, so a plain mean of them is half
noise. Each index is therefore pulled towards "no season" by as much as the series' own noise says
(empirical Bayes): a series with a loud season keeps it, a series without one loses it.

Arrays: rows are series, columns months, the last column is the last known month and holds position
`k - 1` of the fiscal year. Months before a series' first entry are NaN, and only they.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

YEAR = 12
FORGETTING = 0.9
"""Weight of a year relative to the next younger one: habits move, slowly."""
PRIOR_FREEDOM = 2.0
"""Degrees of freedom given to the belief that half of the ratios' variance is noise. Without it a
series of two years would trust the noise estimate of a handful of months."""

END_MONTHS = 6
"""Months at each end that the centred mean does not reach."""
END_SLOPE = 0.5
"""Part of the slope of the first or last year that is believed at the ends: a slope seen in twelve
noisy months is half noise, and without it growth would be taken for season."""
END_WEIGHT = 0.5
"""Weight of these months against the others: their level is seen from one side only."""
LEAST_LEVEL = 0.05
"""Nothing is divided by a level below this part of the series' mean size, nor by an index below
it: such a ratio says nothing of the season."""


@dataclass(frozen=True)
class Season:
    """Seasonal indices and their uncertainty, `(series, 12)` by position in the fiscal year."""

    index: Floats
    """Factor with mean 1 (ratio scale) or addend with mean 0 (difference scale)."""
    variance: Floats
    """Posterior variance of each index, in squared units of the index."""
    spent: Floats
    """Degrees of freedom the indices use up, `(series,)`: 11 less what shrinkage gives back."""

    def of_past(self, columns: int, k: int) -> Floats:
        """The index of each known month, `(series, columns)`."""
        return self.index[:, positions(columns, k)]

    def ahead(self, k: int) -> tuple[Floats, Floats]:
        """Indices of the months to come and their variances, `(series, 12 - k)` each."""
        return self.index[:, k:], self.variance[:, k:]


def positions(columns: int, k: int) -> NDArray[np.intp]:
    """Position in the fiscal year, 0 to 11, of each of `columns` months that end with month `k`."""
    return np.arange(k - columns, k, dtype=np.intp) % YEAR


def year_ages(columns: int, k: int) -> NDArray[np.intp]:
    """Age of each column's fiscal year: 0 for the current one, 1 for the last, and so on."""
    return -(np.arange(k - columns, k, dtype=np.intp) // YEAR)


def centred_mean(y: Floats) -> Floats:
    """The 2 x 12 centred moving mean; NaN where the window is not whole (six months at each end).

    Source: the trend filter of classical decomposition; equals
    `statsmodels.tsa.filters.filtertools.convolution_filter` with weights 1/24, 1/12 x 11, 1/24.
    """
    n = y.shape[1]
    mean = np.full_like(y, np.nan)
    if n > YEAR:
        inner = sum(y[:, j : n - YEAR + j] for j in range(1, YEAR))
        mean[:, 6 : n - 6] = (inner + 0.5 * (y[:, : n - YEAR] + y[:, YEAR:])) / YEAR
    return mean


def shrunken_season(y: Floats, k: int, *, ratio: bool) -> Season:
    """Seasonal indices per position of the fiscal year, shrunk towards none.

    With `ratio`, values are divided by the level around them (all must be above 0, of mean size
    about 1), else the level is taken away. In a first pass the level is the centred mean. It misses
    six months at each end, and among the last six are, early in a year, the very months of last
    year that are to be forecast: so a second pass adds them, their level read from a half-sloped
    straight line through the deseasonalised year at that end. Rows need 24 months.
    """
    level = centred_mean(y)
    season = _season(y, level, np.ones_like(y), k, ratio=ratio)
    flat = deseasonalised(y, season, k, ratio=ratio)
    rows = np.arange(len(y))[:, None]
    first = np.argmax(np.isfinite(y), axis=1)[:, None]
    head = first + np.arange(END_MONTHS)
    level[rows, head] = _line(flat[rows, first + np.arange(YEAR)])[:, :END_MONTHS]
    level[:, -END_MONTHS:] = _line(flat[:, -YEAR:])[:, -END_MONTHS:]
    trust = np.ones_like(y)
    trust[rows, head] = END_WEIGHT
    trust[:, -END_MONTHS:] = END_WEIGHT
    return _season(y, level, trust, k, ratio=ratio)


def deseasonalised(y: Floats, season: Season, k: int, *, ratio: bool) -> Floats:
    """`y` without its season; an index next to nothing is not divided by."""
    index = season.of_past(y.shape[1], k)
    return y / np.maximum(index, LEAST_LEVEL) if ratio else y - index


def _line(months: Floats) -> Floats:
    """Straight line through the months by least squares, with `END_SLOPE` of its slope."""
    time = np.arange(months.shape[1]) - (months.shape[1] - 1) / 2
    slope = END_SLOPE * (months @ time) / (time @ time)
    return np.asarray(months.mean(1)[:, None] + slope[:, None] * time)


def _season(y: Floats, level: Floats, trust: Floats, k: int, *, ratio: bool) -> Season:
    """One pass: indices from a given level (NaN where it is unknown) and trust in it.

    Per position the weighted mean over years (weights 0.9 to the power of the age, times trust) is
    pulled towards the neutral index by lambda = A / (A + s), where s is the mean sampling variance
    of the indices and A = max(variance of the indices - s, 0).
    """
    columns = y.shape[1]
    ratios = y / np.where(level > LEAST_LEVEL, level, np.nan) if ratio else y - level
    neutral = 1.0 if ratio else 0.0
    seen = np.isfinite(ratios)
    ratios = np.where(seen, ratios, 0.0)
    weight = np.where(seen, FORGETTING ** year_ages(columns, k), 0.0) * trust
    member = (positions(columns, k)[:, None] == np.arange(YEAR)).astype(np.float64)

    total = weight @ member
    sighted = total > 0
    safe = np.where(sighted, total, 1.0)
    raw = np.where(sighted, (weight * ratios) @ member / safe, neutral)
    inverse_count = np.where(sighted, (weight * weight) @ member / safe**2, 1.0)

    # The noise of a single sighting, pooled over the months of the series.
    deviation = np.where(seen, ratios - raw @ member.T, 0.0)
    freedom = np.maximum(seen.sum(1) - sighted.sum(1), 0)
    spread = np.where(seen, ratios - neutral, 0.0)
    prior = 0.5 * (spread**2).sum(1) / np.maximum(seen.sum(1), 1)
    noise = ((deviation**2).sum(1) + PRIOR_FREEDOM * prior) / (freedom + PRIOR_FREEDOM)

    centre = raw.mean(1, keepdims=True)
    raw = raw / np.where(centre > 0, centre, 1.0) if ratio else raw - centre
    sampling = noise * inverse_count.mean(1)
    signal = np.maximum(((raw - neutral) ** 2).sum(1) / (YEAR - 1) - sampling, 0.0)
    both = signal + sampling
    keep = np.where(both > 0, signal / np.where(both > 0, both, 1.0), 0.0)[:, None]
    return Season(
        index=neutral + keep * (raw - neutral),
        variance=keep * noise[:, None] * inverse_count,
        spent=(YEAR - 1) * keep[:, 0],
    )
