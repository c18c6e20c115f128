"""Made organisations with budgets, drawn by seed: what the budget's worth is measured on.

A unit's monthly cost is level × season × noise. Its level wanders, and now and then a decision
moves it for good: a unit opens a ward, a saving takes hold. Budgets are decided before the year
begins. What they know is the world's `knows`:

- ``decisions``: the year's decided steps, each phased from its month, and the season
- ``even``: the same yearly amounts, spread evenly over the months
- ``nothing``: last year's outcome with two per cent on it, by last year's months
- ``noise``: a yearly amount drawn anew, unrelated to the unit
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np
import polars as pl

from forecasting.seasonal import YEAR, Floats

Knows = Literal["decisions", "even", "nothing", "noise"]
FIRST = 2018
STEP_CHANCE, STEP = 0.35, 0.15
"""A year's chance of a decided step in a unit, and the step's standard deviation."""


@dataclass(frozen=True)
class Made:
    """`outcome` and `budget` in the columns series, period, value (costs negative), and `months`
    `(units, months)` as they will have been."""

    outcome: pl.DataFrame
    budget: pl.DataFrame
    months: Floats


def organisation(
    knows: Knows, *, units: int = 150, years: int = 5, seed: int = 1, follows: float = 0.03
) -> Made:
    """Draw one. `follows` is how far a year's outcome strays from its plan, as a part of it."""
    rng = np.random.default_rng(seed)
    n = YEAR * years
    steps = np.zeros((units, n))
    for year in range(years):
        taken = rng.random(units) < STEP_CHANCE
        month = YEAR * year + rng.integers(0, YEAR, units)
        size = rng.normal(0, STEP, units)
        for unit in np.flatnonzero(taken):
            steps[unit, month[unit] :] += size[unit]
    season = 0.12 * rng.normal(0, 1, (units, YEAR))[:, np.arange(n) % YEAR]
    drift = np.cumsum(rng.normal(0.0015, 0.008, (units, n)), axis=1)
    size = np.exp(rng.normal(0, 0.8, units))[:, None]
    planned = size * np.exp(steps + season)
    stray = np.repeat(rng.normal(0, follows, (units, years)), YEAR, axis=1)
    months = planned * np.exp(drift + stray + rng.normal(0, 0.05, (units, n)))

    # What is known when the year begins: the level there, and what the world lets it know.
    begun = np.repeat(np.exp(drift[:, ::YEAR]), YEAR, axis=1)
    plan = planned * begun
    whole = np.repeat(plan.reshape(units, years, YEAR).sum(2) / YEAR, YEAR, axis=1)
    if knows == "even":
        plan = whole
    elif knows == "nothing":
        plan = np.concatenate([plan[:, :YEAR], 1.02 * months[:, :-YEAR]], axis=1)
    elif knows == "noise":
        plan = whole[rng.permutation(units)] * np.exp(rng.normal(0, 0.5, (units, 1)))
    return Made(_frame(months), _frame(plan), months)


def _frame(months: Floats) -> pl.DataFrame:
    units, n = months.shape
    periods = [date(FIRST + i // YEAR, i % YEAR + 1, 1) for i in range(n)]
    return pl.DataFrame(
        {
            "series": [f"{unit:04d}" for unit in range(units) for _ in range(n)],
            "period": periods * units,
            "value": -months.ravel(),
        }
    )
