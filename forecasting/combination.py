"""The forecast proper: many simple models, weighed and then the median taken.

Every series is seen on three scales (a season that multiplies, one that adds, logarithms), each
deseasonalised and smoothed by the whole grid; the airline model sees the season evolve; last
year's rest moved by half of this year's change and the share method are what controllers do. Where
series are few, a full likelihood fit by statsmodels joins them (`likelihood`).

The forecast is half the median of all, which no single member leads astray, and half the mean of
the models, which wastes nothing of what they know. Models that disagree are the best measure of
how little is known, so their spread enters the variance.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forecasting import naive
from forecasting.airline import THETA, airline, airline_response
from forecasting.intervals import SPENT, Estimate, month_variances, variance_of_sum
from forecasting.likelihood import credible, fitted_months
from forecasting.seasonal import YEAR, Floats, Season, deseasonalised, shrunken_season
from forecasting.smoothing import (
    HOLT,
    WARM_UP,
    akaike_weights,
    path,
    shock_response,
    smooth,
    starting_values,
)
from forecasting.spikes import without_spikes
from forecasting.window import Window

CHUNK = 1024
"""Series worked on at a time, so that the arrays stay in the processor's cache."""
EXPONENT = 50.0
"""Bound of a logarithmic forecast (series have mean size one): e^50 is absurd, yet finite."""
AIRLINE_MONTHS = 3 * YEAR
"""Months from which the airline model counts in the mean. Its differences use up thirteen; in
earlier years its error was 1.27 times the combination's below three years, 1.16 below four and
1.04 above (docs/forecasting.md)."""


@dataclass(frozen=True)
class _Member:
    """What one model says of the sum of the months to come, `(series,)` each."""

    remaining: Floats
    variance: Floats


@dataclass(frozen=True)
class _Said:
    """What each member says: the models with variances, the others without."""

    models: dict[str, _Member]
    others: dict[str, Floats]

    @property
    def points(self) -> dict[str, Floats]:
        """Every member's sum of the months to come, NaN where it has no ground."""
        return {name: model.remaining for name, model in self.models.items()} | self.others


def combine(window: Window, *, likelihood: bool = False) -> Estimate:
    """Forecast the sum of the remaining months of series with at least `SHORTEST` months.

    The series should be of about unit size; the rows may come in any order. With `likelihood`,
    statsmodels fits each series too.
    """
    remaining, variance = np.zeros(len(window.y)), np.zeros(len(window.y))
    freedom = np.asarray(window.length - (YEAR - 1) - SPENT, dtype=np.float64)
    for rows, part, positive in _chunks(window):
        member = _combined(part, _said(part, positive=positive, likelihood=likelihood))
        remaining[rows], variance[rows] = member.remaining, member.variance
    return Estimate(remaining, variance, freedom)


def members(window: Window, *, likelihood: bool = False) -> dict[str, Floats]:
    """What each member of the combination says of the same, by its stable name; NaN where it says
    nothing."""
    told: dict[str, Floats] = {}
    for rows, part, positive in _chunks(window):
        for name, points in _said(part, positive=positive, likelihood=likelihood).points.items():
            told.setdefault(name, np.full(len(window.y), np.nan))[rows] = points
    return told


def _chunks(window: Window) -> Iterator[tuple[NDArray[np.intp], Window, bool]]:
    """Row numbers, the cleaned window of those rows, longest first, and whether all its months are
    positive."""
    starts = range(0, len(window.y), CHUNK)
    chunks = [without_spikes(window.y[start : start + CHUNK], window.k) for start in starts]
    cleaned = np.concatenate(chunks)
    positive = np.where(np.isfinite(cleaned), cleaned, 1.0).min(1) > 0
    for scales in (True, False):
        chosen = np.flatnonzero(positive == scales)
        # Stable, so that the answer does not hang on the sorting algorithm.
        chosen = chosen[np.argsort(-window.length[chosen], kind="stable")]
        for start in range(0, len(chosen), CHUNK):
            rows = chosen[start : start + CHUNK]
            yield rows, Window(cleaned, window.k).rows(rows), scales


def _said(window: Window, *, positive: bool, likelihood: bool) -> _Said:
    """Every member asked, of series that are all positive or all not."""
    models = {"additive": _additive(window), "airline": _airline(window, log=positive)}
    others = {"last_year": naive.last_year(window)}
    if positive:
        models |= {"ratio": _ratio(window), "logarithmic": _logarithmic(window)}
        others["share"] = naive.share(window)
    if likelihood:
        others["likelihood"] = _fitted(window, positive=positive)
    return _Said(models, others)


def _combined(window: Window, said: _Said) -> _Member:
    """Median of the members and mean of the models; variance within members plus between them."""
    points = np.stack(list(said.points.values()))
    models = np.stack([model.remaining for model in said.models.values()])
    within = np.stack([model.variance for model in said.models.values()])
    voice = np.ones_like(models)
    voice[list(said.models).index("airline")] = window.length >= AIRLINE_MONTHS
    mean = (voice * models).sum(0) / voice.sum(0)
    middle = 0.5 * (np.nanmedian(points, axis=0) + mean)
    between = np.nanmedian(np.abs(points - middle), axis=0) ** 2 * 1.4826**2
    return _Member(middle, np.median(within, axis=0) + between)


def _ratio(window: Window) -> _Member:
    """Holt grid on months divided by their seasonal index."""
    season = shrunken_season(window.y, window.k, ratio=True)
    flat = deseasonalised(window.y, season, window.k, ratio=True)
    months, weights, sigma = _holt(flat, season, window)
    index, index_variance = season.ahead(window.k)
    level = (weights[:, :, None] * months).sum(1)
    return _mix(
        (months * index[:, None, :]).sum(2),
        weights,
        variance_of_sum(index, shock_response(HOLT, window.horizon), sigma),
        (index_variance * level**2).sum(1),
    )


def _additive(window: Window) -> _Member:
    """Holt grid on months less their seasonal index; the one scale that any sign can take."""
    season = shrunken_season(window.y, window.k, ratio=False)
    flat = deseasonalised(window.y, season, window.k, ratio=False)
    months, weights, sigma = _holt(flat, season, window)
    index, index_variance = season.ahead(window.k)
    return _mix(
        months.sum(2) + index.sum(1)[:, None],
        weights,
        variance_of_sum(np.ones_like(index), shock_response(HOLT, window.horizon), sigma),
        index_variance.sum(1),
    )


def _logarithmic(window: Window) -> _Member:
    """The additive model on logarithms. Errors there are relative, so in the sum a month's shock
    weighs as much as the month itself (delta method)."""
    y = np.log(window.y)
    season = shrunken_season(y, window.k, ratio=False)
    flat = deseasonalised(y, season, window.k, ratio=False)
    months, weights, sigma = _holt(flat, season, window)
    index, index_variance = season.ahead(window.k)
    amounts = np.exp(np.clip(months + index[:, None, :], -EXPONENT, EXPONENT))
    level = (weights[:, :, None] * amounts).sum(1)
    return _mix(
        amounts.sum(2),
        weights,
        variance_of_sum(level, shock_response(HOLT, window.horizon), sigma),
        (index_variance * level**2).sum(1),
    )


def _airline(window: Window, *, log: bool) -> _Member:
    """Airline grid; on logarithms where all months are positive."""
    y = np.log(window.y) if log else window.y
    fitted = airline(y, window.k, window.horizon)
    count = np.maximum(window.length - YEAR - 1, 1).astype(np.float64)
    sse = fitted.squares.sum(0)
    weights = akaike_weights(sse, count, np.zeros(len(THETA)))
    sigma = month_variances(fitted.squares, weights, count, np.zeros(len(y)), window.k)
    months = np.exp(np.clip(fitted.path, -EXPONENT, EXPONENT)) if log else fitted.path
    level = (weights[:, :, None] * months).sum(1)
    scale = level if log else np.ones_like(level)
    return _mix(
        months.sum(2),
        weights,
        variance_of_sum(scale, airline_response(window.horizon), sigma),
        np.zeros(len(y)),
    )


def _fitted(window: Window, *, positive: bool) -> Floats:
    """Sum of the months left by a likelihood fit; NaN where it is not to be used.

    On months divided by their index, or less it where a series has other than positive months.
    """
    season = shrunken_season(window.y, window.k, ratio=positive)
    flat = deseasonalised(window.y, season, window.k, ratio=positive)
    months, (index, _) = fitted_months(flat, window.horizon), season.ahead(window.k)
    remaining = (months * index if positive else months + index).sum(1)
    return credible(remaining, window.y, window.horizon)


def _holt(x: Floats, season: Season, window: Window) -> tuple[Floats, Floats, Floats]:
    """Forecast months, weights and shock variances `(series, grid, horizon)` of the Holt grid."""
    state = smooth(x, window.k, HOLT, *starting_values(x, HOLT))
    count = np.maximum(window.length - WARM_UP, 1).astype(np.float64)
    weights = akaike_weights(state.squares.sum(0), count, HOLT.parameters)
    sigma = month_variances(state.squares, weights, count, season.spent, window.k)
    return path(state, HOLT, window.horizon), weights, sigma


def _mix(sums: Floats, weights: Floats, variance: Floats, season: Floats) -> _Member:
    """The grid's weighed mean; the variance is within points, between them, and of the season."""
    mean = (weights * sums).sum(1)
    between = (weights * (sums - mean[:, None]) ** 2).sum(1)
    return _Member(mean, (weights * variance).sum(1) + between + season)
