"""Exponential smoothing fitted by maximum likelihood, by statsmodels itself, where series are few.

The grid of `smoothing` weighs settings; here statsmodels searches for the one best, start values
included, on the same deseasonalised months. It costs as much as some fifty forecasts of the grid,
so it joins only in calls of fewer than `FEW` series. It is one voice in the median and never the
only one: a fit that fails, does not converge or runs away gives no answer, and the others decide.

Of the fits tried, ETS(A,Ad,N) did no harm on the years before the scored one and Theta did
(docs/forecasting.md). statsmodels is imported with the first fit: large calls never wait for it.
"""

from __future__ import annotations

import warnings

import numpy as np

from forecasting.seasonal import Floats
from forecasting.smoothing import first_months

FEW = 50
"""Calls with fewer series than this get full fits."""
FLATTEST = 1e-6
"""Months that differ by less than this part of a mean month are one amount: there is nothing to
fit, and the grid has said it."""
DIGITS = 9
"""Decimals kept of the months, in units of a mean month. An optimiser turns a difference in the
sixteenth digit into one in the fifth; rounded, the same series in another unit or sign, or beside
other series, is the same to the last bit, and so is its fit."""


def fitted_months(x: Floats, horizon: int) -> Floats:
    """Forecasts of the next months, `(series, horizon)`, by ETS(A,Ad,N) fitted to each row.

    `x` is deseasonalised, NaN before a series' first month. NaN where the fit is not to be used.
    """
    months = np.full((len(x), horizon), np.nan)
    # Warnings speak to an analyst. What they say of a fit, `_fit` reads from its result.
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        for row, first in enumerate(first_months(x)):
            known = x[row, first:]
            size = float(np.abs(known).mean())
            if np.ptp(known) > FLATTEST * size:
                months[row] = size * _fit(np.round(known / size, DIGITS), horizon)
    return months


def _fit(y: Floats, horizon: int) -> Floats:
    """Forecasts of one series; NaN if statsmodels fails or has not converged. The caller catches
    warnings."""
    from statsmodels.tsa.exponential_smoothing.ets import ETSModel

    warnings.simplefilter("ignore")  # again: its first import puts filters of its own before ours
    try:
        fit = ETSModel(y, error="add", trend="add", damped_trend=True).fit(disp=False)
        if fit.mle_retvals["converged"]:
            return np.asarray(fit.forecast(horizon), dtype=np.float64)
    except (ArithmeticError, RuntimeError, ValueError):
        pass  # numpy's LinAlgError is a ValueError
    return np.full(horizon, np.nan)


def credible(remaining: Floats, y: Floats, horizon: int) -> Floats:
    """`remaining` with NaN where its mean month lies further outside the months known, `y`, than
    these lie apart. No level, trend or season of the past foretells that; a fit run away does.
    """
    known = np.isfinite(y)
    low, high = np.where(known, y, np.inf).min(1), np.where(known, y, -np.inf).max(1)
    month = remaining / horizon
    inside = (month >= low - (high - low)) & (month <= high + (high - low))
    return np.where(inside, remaining, np.nan)
