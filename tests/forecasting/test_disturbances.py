"""Series as ledgers have them: disturbed, short, mixed. None is forecast worse than by the best
of the controllers' own methods, and a one-off that is marked costs next to nothing.

Provenance of the bounds: the series are drawn here by seed, so the assertions need no outside
data. The best naive method is chosen afterwards, with the answers in hand, which no controller
could; 3 % is left for chance.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import numpy as np
import polars as pl
import pytest

from forecasting import forecast_year_end
from forecasting.naive import last_year, run_rate, seasonal_naive, share
from forecasting.seasonal import YEAR, Floats
from forecasting.window import Window

SERIES, YEARS = 200, 4
ORIGINS = (3, 6, 9)
NAIVE = (run_rate, seasonal_naive, last_year, share)
Disturb = Callable[[Floats, np.random.Generator], Floats]


def plain(seed: int, growth: float = 0.002) -> Floats:
    """Costs of a unit: level that wanders, growth, season, noise; `(SERIES, months)`."""
    rng = np.random.default_rng(seed)
    n = YEAR * YEARS
    level = np.cumsum(rng.normal(growth, 0.015, (SERIES, n)), axis=1)
    season = 0.12 * rng.normal(0, 1, (SERIES, YEAR))[:, np.arange(n) % YEAR]
    return np.asarray(-100 * np.exp(level + season + rng.normal(0, 0.05, (SERIES, n))))


def december_of_five(y: Floats, rng: np.random.Generator) -> Floats:
    """Every December holds five normal months."""
    del rng
    z = y.copy()
    z[:, 11::YEAR] *= 5
    return z


def paid_late(y: Floats, rng: np.random.Generator) -> Floats:
    """15 % of the months are paid a month late: nothing, and then two months at once."""
    z = y.copy()
    late = rng.random(y.shape) < 0.15
    late[:, -1] = False
    for column in range(y.shape[1] - 1):
        rows = late[:, column]
        z[rows, column + 1] += z[rows, column]
        z[rows, column] = 0
    return z


def net_result(y: Floats, rng: np.random.Generator) -> Floats:
    """Income that follows the costs of other units: months of both signs."""
    return y - y[rng.permutation(len(y))] * rng.uniform(0.8, 1.2, (len(y), 1))


def mostly_zero(y: Floats, rng: np.random.Generator) -> Floats:
    """Something is booked in one month of four."""
    return np.where(rng.random(y.shape) < 0.25, y, 0.0)


def constant(y: Floats, rng: np.random.Generator) -> Floats:
    """A rent."""
    del rng
    return np.repeat(y[:, :1], y.shape[1], axis=1)


def zero(y: Floats, rng: np.random.Generator) -> Floats:
    """Nothing at all."""
    del rng
    return np.zeros_like(y)


def nothing(y: Floats, rng: np.random.Generator) -> Floats:
    """As drawn: all months negative."""
    del rng
    return y


def incomes(y: Floats, rng: np.random.Generator) -> Floats:
    """All months positive."""
    del rng
    return -y


def frame(y: Floats, through: date) -> pl.DataFrame:
    """The months up to `through`; the last row of `y` ends with December of its year."""
    n = y.shape[1]
    december = YEAR * through.year + YEAR - 1
    months = range(december - n + 1, december + 1)
    periods = [date(month // YEAR, month % YEAR + 1, 1) for month in months]
    names = [f"{i:03d}" for i in range(len(y))]
    return pl.DataFrame(
        {
            "series": np.repeat(names, n),
            "period": periods * len(y),
            "value": y.ravel(),
        }
    ).filter(pl.col("period") <= through)


def errors(y: Floats, months: int | None = None) -> tuple[float, dict[str, float]]:
    """Mean absolute error of ours and of each naive method, over the origins; with `months`, of
    histories of only so many months before the current year."""
    ours: list[float] = []
    theirs: dict[str, list[float]] = {}
    for k in ORIGINS:
        through = date(2023, k, 1)
        kept = y if months is None else y[:, -(YEAR + months) :]
        told = forecast_year_end(frame(kept, through), through)["remaining"].to_numpy()
        rest = y[:, k - YEAR :].sum(1)
        ours.append(float(np.abs(told - rest).mean()))
        for method in NAIVE:
            # The naive methods are for amounts of positive months: costs turned around.
            sign = -1.0 if y.sum() < 0 else 1.0
            answer = sign * method(Window(sign * kept[:, : k - YEAR], k))
            answer = np.where(np.isfinite(answer), answer, 0.0)
            theirs.setdefault(method.__name__, []).append(float(np.abs(answer - rest).mean()))
    return float(np.mean(ours)), {name: float(np.mean(e)) for name, e in theirs.items()}


@pytest.mark.parametrize(
    "disturb",
    [nothing, incomes, december_of_five, paid_late, net_result, mostly_zero, constant, zero],
)
def test_none_is_worse_than_the_best_naive_method(disturb: Disturb) -> None:
    ours, theirs = errors(disturb(plain(5), np.random.default_rng(6)))
    assert ours <= 1.03 * min(theirs.values()) + 1e-6, (ours, theirs)


@pytest.mark.parametrize("months", [0, 1, 12, 13])
def test_nor_with_a_year_or_a_month_more_of_history(months: int) -> None:
    """Over three draws: with one year the best method changes from draw to draw."""
    ours: list[float] = []
    theirs: dict[str, list[float]] = {}
    for seed in (7, 8, 9):
        own, naive = errors(plain(seed), months)
        ours.append(own)
        for name, error in naive.items():
            if months >= YEAR or name == "run_rate":
                theirs.setdefault(name, []).append(error)
    best = min(float(np.mean(e)) for e in theirs.values())
    assert np.mean(ours) <= 1.03 * best, (ours, theirs)


def test_a_one_off_nobody_marked_costs_little_once_it_is_past() -> None:
    """Three normal months booked in February. After March they may be a new level; by June the
    month stands alone between its neighbours and is left out of the fitting."""
    y = plain(8)
    struck = y.copy()
    struck[:, -11] += 3 * y.mean(1)
    for k, worse in ((3, 1.6), (6, 1.1), (9, 1.1)):
        rest, through = y[:, k - YEAR :].sum(1), date(2023, k, 1)
        plainly, strangely = (
            forecast_year_end(frame(z, through), through)["remaining"].to_numpy()
            for z in (y, struck)
        )
        assert np.abs(strangely - rest).mean() <= worse * np.abs(plainly - rest).mean(), k
