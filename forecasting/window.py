"""What every model is given: months up to an origin, right-aligned, and how to look at them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from forecasting.seasonal import YEAR, Floats
from forecasting.smoothing import first_months

SHORTEST = 2 * YEAR
"""Months a series needs for the models: each calendar month then has been compared with the level
around it at least once."""


@dataclass(frozen=True)
class Window:
    """Months up to the origin.

    `y` is `(series, months)`: the last column is month `k` of the fiscal year, NaN stands before a
    series' first month and nowhere else. Models answer with the sum of the `12 - k` months to come.
    `budget` is `(series, 12 x years)`: whole fiscal years, the current one last; a year of NaN
    where a series has none.
    """

    y: Floats
    k: int
    budget: Floats | None = None

    @property
    def horizon(self) -> int:
        """Months left of the fiscal year."""
        return YEAR - self.k

    @cached_property
    def length(self) -> NDArray[np.intp]:
        """Months known, per series."""
        return np.asarray(self.y.shape[1] - first_months(self.y), dtype=np.intp)

    @property
    def year_to_date(self) -> Floats:
        """Sum of the current fiscal year's months; a month before the first entry adds nothing."""
        return np.asarray(np.nansum(self.y[:, -self.k :], axis=1))

    def year(self, age: int) -> Floats:
        """The fiscal year `age` years ago (1 = last year), `(series, 12)`, NaN where unknown."""
        end = self.y.shape[1] - self.k - YEAR * (age - 1)
        months = np.full((len(self.y), YEAR), np.nan)
        if end > 0:
            have = min(YEAR, end)
            months[:, YEAR - have :] = self.y[:, end - have : end]
        return months

    def plan(self, age: int) -> Floats:
        """The budget of the fiscal year `age` years ago (0 = the current one), `(series, 12)`; NaN
        where there is none."""
        end = 0 if self.budget is None else self.budget.shape[1] - YEAR * age
        if self.budget is None or end <= 0:
            return np.full((len(self.y), YEAR), np.nan)
        return self.budget[:, end - YEAR : end]

    def rows(self, chosen: NDArray[np.intp]) -> Window:
        """The window of some of the series, in the order given.

        Columns before the current year that none of them knows are left out.
        """
        y = self.y[chosen]
        known = np.isfinite(y).any(0)
        first = min(int(known.argmax()), y.shape[1] - self.k)
        budget = None if self.budget is None else self.budget[chosen]
        return Window(y[:, first:], self.k, budget)

    def back(self, years: int) -> Window | None:
        """The window as it stood the same month `years` years ago; None if that is before all."""
        columns = self.y.shape[1] - YEAR * years
        if columns <= 0:
            return None
        plans = 0 if self.budget is None else self.budget.shape[1] - YEAR * years
        budget = None if self.budget is None or plans <= 0 else self.budget[:, :plans]
        return Window(self.y[:, :columns], self.k, budget)
