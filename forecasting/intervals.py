"""How sure we are: the variance of the sum of the months left, then calibrated on past years."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import special

from forecasting.seasonal import Floats

FACTOR_BOUNDS = (0.5, 3.0)
"""A few units that broke away last year shall not make the intervals of all others absurd."""
MONTH_PRIOR = 6.0
"""Sightings that the belief "this month varies like the others" is worth."""
FULL_TRUST = 100.0
"""Units from which past years' hits decide alone; with fewer the factor is pulled towards 1."""
SPENT = 3.0
"""Degrees of freedom that a fit uses up besides the season: level, trend, smoothing."""


def month_variances(
    squares: Floats, weights: Floats, count: Floats, spent: Floats, k: int
) -> Floats:
    """One-step variances of the months to come, `(series, grid, horizon)`.

    `count` squared errors were summed and `spent` degrees of freedom used by the season. Each grid
    point has its own overall variance; how much more or less the single calendar month
    varies is estimated from the weighed residuals and pulled towards 1.
    """
    total = squares.sum(0)
    overall = total / np.maximum(count - SPENT - spent, 1.0)[:, None]
    by_month = np.einsum("mng,ng->nm", squares, weights)
    pooled = by_month.sum(1, keepdims=True)
    per_month = count[:, None] / 12.0
    expected = np.where(pooled > 0, pooled / 12.0, 1.0)
    ratio = (by_month / expected * per_month + MONTH_PRIOR) / (per_month + MONTH_PRIOR)
    return np.asarray(overall[:, :, None] * ratio[:, None, k:])


def variance_of_sum(weight: Floats, response: Floats, sigma: Floats) -> Floats:
    """Variance of the weighted sum of the months to come, `(series, grid)`.

    A shock of month i lives on in later months by `response[g, i, j]`; in the sum it counts
    c_i = sum over j of weight_j response_ij, and the variance is the sum of c_i^2 sigma_i. Adding
    the months' own margins, or their variances as if independent, would be wrong: they
    share shocks.
    """
    grid, horizon, _ = response.shape
    flat = response.transpose(2, 0, 1).reshape(horizon, grid * horizon)
    counts = (weight @ flat).reshape(len(weight), grid, horizon)
    return np.asarray((counts * counts * sigma).sum(2))


@dataclass(frozen=True)
class Estimate:
    """Sum of the months to come, per series `(series,)`, before calibration."""

    remaining: Floats
    variance: Floats
    freedom: Floats
    """Degrees of freedom behind the variance, for Student's t."""


def half_widths(estimate: Estimate, levels: Sequence[float]) -> Floats:
    """Half the width of each central interval by Student's t, `(series, levels)`."""
    deviation = np.sqrt(estimate.variance)
    tails = special.stdtrit(estimate.freedom[:, None], 0.5 + np.asarray(levels) / 2)
    return np.asarray(deviation[:, None] * tails)


def conformal_factors(past: Sequence[tuple[Estimate, Floats]], levels: Sequence[float]) -> Floats:
    """By how much to widen or narrow each level so that it would have held in past years.

    `past` holds, for one or more past years, the estimates made at the same month `k` and what
    came. Per level: the error is divided by the half width that was promised; the factor is the
    finite-sample quantile of these ratios (rank ceil((n + 1) level)). Below `FULL_TRUST` units the
    factor is pulled towards 1 (its logarithm towards 0) in proportion; and since the units of one
    year share what that year brought, Student's t itself counts as one more year beside those seen.

    Source: split conformal prediction; Vovk, Gammerman & Shafer, Algorithmic Learning in a Random
    World (2005); Lei et al., JASA 113 (2018), section 2.
    """
    factors = np.ones(len(levels))
    if not past:
        return factors
    widths = np.concatenate([half_widths(estimate, levels) for estimate, _ in past])
    errors = np.concatenate([np.abs(actual - estimate.remaining) for estimate, actual in past])
    usable = widths.min(1) > 0
    n = int(usable.sum())
    if n == 0:
        return factors
    units = max(len(actual) for _, actual in past)
    trust = min(1.0, units / FULL_TRUST) * len(past) / (len(past) + 1)
    ratios = np.sort(errors[usable, None] / widths[usable], axis=0)
    for j, level in enumerate(levels):
        rank = min(math.ceil((n + 1) * level), n)
        factors[j] = np.clip(ratios[rank - 1, j], *FACTOR_BOUNDS) ** trust
    return factors
