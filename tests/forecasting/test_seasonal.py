"""Shrunken indices and cleaned spikes: what must be kept is kept, what must go goes.

The series are drawn by seed from processes whose season is known, so the process is the authority.
"""

from __future__ import annotations

import numpy as np
import pytest

from forecasting.seasonal import YEAR, positions, shrunken_season, year_ages
from forecasting.spikes import without_spikes

K = 6
COLUMNS = 4 * YEAR + K


def made(season: float, noise: float, seed: int = 5) -> tuple[np.ndarray, np.ndarray]:
    """200 series around 1 and their true indices."""
    rng = np.random.default_rng(seed)
    index = rng.normal(0, season, (200, YEAR))
    index = 1 + index - index.mean(1, keepdims=True)
    shocks = rng.normal(0, noise, (200, COLUMNS))
    return index[:, positions(COLUMNS, K)] * (1 + shocks), index


@pytest.mark.parametrize("ratio", [True, False])
def test_noise_alone_is_no_season(ratio: bool) -> None:
    """Plain indices of four years of noise stray by noise / 2; shrunken ones by less than half."""
    y, _ = made(0.0, 0.1)
    season = shrunken_season(y, K, ratio=ratio)
    assert (season.index - (1 if ratio else 0)).std() < 0.5 * 0.1 / 2


@pytest.mark.parametrize("ratio", [True, False])
def test_a_loud_season_is_kept(ratio: bool) -> None:
    y, index = made(0.2, 0.02)
    season = shrunken_season(y, K, ratio=ratio)
    assert np.abs(season.index - (index if ratio else index - 1)).mean() < 0.015


def test_shrinking_comes_nearer_to_the_truth_than_means_do() -> None:
    """Season as loud as the noise of its mean: the gain of empirical Bayes is largest."""
    y, index = made(0.05, 0.1)
    season = shrunken_season(y, K, ratio=True)
    place = positions(COLUMNS, K)
    plain = np.stack([y[:, place == m].mean(1) for m in range(YEAR)], axis=1)
    plain /= plain.mean(1, keepdims=True)
    assert ((season.index - index) ** 2).mean() < 0.8 * ((plain - index) ** 2).mean()


def test_indices_are_neutral_on_average() -> None:
    y, _ = made(0.2, 0.1)
    np.testing.assert_allclose(shrunken_season(y, K, ratio=True).index.mean(1), 1, rtol=1e-12)
    np.testing.assert_allclose(shrunken_season(y, K, ratio=False).index.sum(1), 0, atol=1e-12)


def test_places_and_ages_count_from_the_origin() -> None:
    assert positions(15, 3).tolist() == [*range(12), 0, 1, 2]
    assert year_ages(15, 3).tolist() == [1] * 12 + [0] * 3


def spike_at(*columns: int) -> np.ndarray:
    y = 1 + np.random.default_rng(2).normal(0, 0.03, (1, COLUMNS))
    y[0, list(columns)] = 9.0
    return y


def test_a_lone_spike_is_replaced_by_what_is_usual() -> None:
    y = spike_at(30)
    cleaned = without_spikes(y, K)
    assert abs(cleaned[0, 30] - 1) < 0.15
    assert (np.delete(cleaned, 30) == np.delete(y, 30)).all()


@pytest.mark.parametrize(
    "columns",
    [
        (COLUMNS - 1,),  # the last month: nobody can know yet
        (30, 31),  # neighbours: a level, not a spike
        (11, 23, 35, 47),  # every December
        (5, 16, 29, 40),  # one a year, in differing months: a habit
    ],
)
def test_what_is_not_a_lone_spike_stays(columns: tuple[int, ...]) -> None:
    y = spike_at(*columns)
    assert (without_spikes(y, K) == y).all()


def test_a_december_seen_once_is_not_judged() -> None:
    y = spike_at(11)[:, : YEAR + 3]
    assert (without_spikes(y, 3) == y).all()
