"""The budget as information: what it says of the months left, and how far that has been worth.

A budget knows what no history does: a unit that opens in September, a saving decided in June, an
agreed rise of wages. How far outcomes follow it is a habit of the organisation, so it is measured
on its own past years and not assumed: the same month of each past year that had a budget is asked
what the budget would have said there, what the models said, and what came.

The budget's answer is the budget of the months left, moved by a part of how this year so far
differs from its budget. A budget spread evenly over the year has no phasing; it is phased as last
year's outcome was. The forecast moves from the models' answer towards the budget's by a weight.
Both the part and the weight are learned from all series of the call together and pulled towards
what is assumed where nothing is known: half of the difference, and one voice among seven. Where no
past year had a budget, the voice reaches no further than the models' own standard deviation.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from forecasting.intervals import Estimate
from forecasting.seasonal import YEAR, Floats
from forecasting.window import Window

CARRIED = 0.5
"""Part of the difference to the budget that goes on, where no past year tells: see `naive`."""
WEIGHT = 1 / 7
"""The budget's weight where no past year tells: one voice beside the six of the combination."""
WORTH = 20.0
"""Forecasts of past years that these two beliefs are worth."""
FLAT = 1e-3
"""Months that differ by less than this part of the mean month are a year spread evenly."""
STEPS = 50
"""The weight is looked for among this many steps from 0 to 1."""
LARGEST_GAP = 1.0
"""A year so far that differs from its budget by more than all of it says nothing of what follows:
such a difference counts as that much."""


@dataclass(frozen=True)
class Past:
    """One past year seen from the same month: the window then, the models' answer, what came."""

    window: Window
    estimate: Estimate
    actual: Floats


@dataclass(frozen=True)
class Following:
    """How outcomes follow budgets: the part of the gap that goes on, and the budget's weight."""

    carried: float = CARRIED
    weight: float = WEIGHT
    reach: float = 1.0
    """Standard deviations of the models' answer beyond which the budget's is not followed."""

    @property
    def learned(self) -> bool:
        """True if past years told it."""
        return bool(np.isinf(self.reach))


def phased(window: Window) -> Floats:
    """The fiscal year's budget by month, `(series, 12)`, NaN where there is none.

    An even budget takes the profile of last year's outcome, where that is whole and of one sign.
    """
    plan, before = window.plan(0), window.year(1)
    total = plan.sum(1)
    even = np.ptp(plan, axis=1) <= FLAT * np.abs(total) / YEAR
    year = before.sum(1)
    sound = even & (before.min(1) >= 0) & (year > 0)
    profile = before / np.where(sound, year, 1.0)[:, None]
    return np.where(sound[:, None], total[:, None] * profile, plan)


def answers(window: Window, carried: float) -> Floats:
    """The budget's answer for the months left, `(series,)`; NaN without budget."""
    rest, gap, _ = _seen(window)
    return np.asarray(rest + carried * gap)


def learn(past: list[Past]) -> Following:
    """What the past years that had budgets tell; the assumed where there are none."""
    gaps, errors, sizes, rests, models, actuals = [], [], [], [], [], []
    for then in past:
        rest, gap, size = _seen(then.window)
        known = np.isfinite(rest) & (size > 0)
        gaps.append(np.clip(gap / np.where(known, size, 1.0), -LARGEST_GAP, LARGEST_GAP)[known])
        errors.append(((then.actual - rest) / np.where(known, size, 1.0))[known])
        sizes.append(size[known])
        rests.append(rest[known])
        models.append(then.estimate.remaining[known])
        actuals.append(then.actual[known])
    x, y = _joined(gaps), _joined(errors)
    if not len(x):
        return Following()
    carried = _carried(x, y)
    size, rest = _joined(sizes), _joined(rests)
    budget = rest + carried * x * size
    weight = _weight(budget / size, _joined(models) / size, _joined(actuals) / size)
    return Following(carried, weight, np.inf)


def follow(window: Window, estimate: Estimate, following: Following) -> Estimate:
    """The models' answer moved towards the budget's where there is one.

    That the two differ adds to the variance as for two members of those weights.
    """
    told = answers(window, following.carried)
    weight = np.where(np.isfinite(told), following.weight, 0.0)
    reach = following.reach * np.sqrt(estimate.variance) if np.isfinite(following.reach) else np.inf
    apart = np.clip(np.where(np.isfinite(told), told - estimate.remaining, 0.0), -reach, reach)
    return replace(
        estimate,
        remaining=estimate.remaining + weight * apart,
        variance=estimate.variance + weight * (1 - weight) * apart**2,
    )


def _seen(window: Window) -> tuple[Floats, Floats, Floats]:
    """Budget of the months left; how the year so far differs from its budget, for as many months
    as are left; and the size of the year's budget."""
    plan, k = phased(window), window.k
    gap = (window.year_to_date - plan[:, :k].sum(1)) / k * window.horizon
    return plan[:, k:].sum(1), gap, np.abs(plan).sum(1)


def _joined(parts: list[Floats]) -> Floats:
    return np.concatenate(parts) if parts else np.zeros(0)


def _carried(x: Floats, y: Floats) -> float:
    """Slope through the origin of `y` on `x`, least absolute errors' way, pulled towards CARRIED.

    Least squares weighed by 1 / |error| again and again (Schlossmacher, JASA 68, 1973).
    """
    slope, strength = CARRIED, WORTH * float(np.mean(x * x))
    if strength == 0:
        return CARRIED
    for _ in range(STEPS):
        error = np.abs(y - slope * x)
        weight = 1 / np.maximum(error, max(float(np.median(error)), 1e-9))
        weight = weight / weight.mean()
        slope = (float(weight @ (x * y)) + strength * CARRIED) / (
            float(weight @ (x * x)) + strength
        )
    return float(np.clip(slope, 0.0, 1.0))


def _weight(budget: Floats, models: Floats, actual: Floats) -> float:
    """The weight with the least mean absolute error, pulled towards WEIGHT."""
    steps: NDArray[np.float64] = np.linspace(0.0, 1.0, STEPS + 1)
    errors = [float(np.abs(models + w * (budget - models) - actual).mean()) for w in steps]
    best = float(steps[int(np.argmin(errors))])
    return (len(actual) * best + WORTH * WEIGHT) / (len(actual) + WORTH)
