"""Variance of the sum against simulation of the recursion, and the conformal factors by hand."""

from __future__ import annotations

import numpy as np
import pytest

from forecasting.intervals import (
    FACTOR_BOUNDS,
    Estimate,
    conformal_factors,
    half_widths,
    month_variances,
    variance_of_sum,
)
from forecasting.seasonal import Floats
from forecasting.smoothing import HOLT, Smoothed, path, shock_response

LEVELS = (0.8, 0.95)


def estimate(n: int) -> Estimate:
    return Estimate(np.zeros(n), np.ones(n), np.full(n, np.inf))


def test_variance_of_the_sum_is_that_of_the_recursion() -> None:
    """Feed each future shock alone through the smoothing equations: the sum must move by c_i."""
    horizon = 5
    weight = np.array([1.0, 2.0, 0.5, 3.0, 1.5])
    sigma = np.array([1.0, 4.0, 0.25, 1.0, 2.0])
    grid = len(HOLT.alpha)
    expected = np.zeros(grid)
    for i in range(horizon):
        # A shock of 1 in month i changes the state by alpha and beta; later months follow.
        state = Smoothed(HOLT.alpha[None], HOLT.beta[None], np.zeros(0))
        later = path(state, HOLT, horizon)[0, :, : horizon - 1 - i] @ weight[i + 1 :]
        expected += (weight[i] + later) ** 2 * sigma[i]
    ours = variance_of_sum(
        weight[None], shock_response(HOLT, horizon), np.broadcast_to(sigma, (1, grid, horizon))
    )
    np.testing.assert_allclose(ours[0], expected, rtol=1e-12)


def test_a_month_that_varies_more_gets_more() -> None:
    squares = np.ones((12, 1, 1))
    squares[11] = 25.0
    ahead = month_variances(squares, np.ones((1, 1)), np.array([60.0]), np.array([0.0]), 10)
    november, december = ahead[0, 0]
    assert 1.5 * november < december < 25 * november


def test_without_past_years_the_promise_stands() -> None:
    assert conformal_factors([], LEVELS).tolist() == [1.0, 1.0]


def ratios(values: Floats) -> list[tuple[Estimate, Floats]]:
    """A past year in which the errors were these multiples of the promised half width (80 %)."""
    promised = half_widths(estimate(len(values)), (0.8,))[:, 0]
    return [(estimate(len(values)), values * promised)]


def test_the_factor_is_the_finite_sample_quantile_half_believed() -> None:
    """199 units, one year: rank ceil(200 x 0.8) = 160; one year against Student's t as another."""
    values = np.linspace(0.01, 1.99, 199)
    (factor,) = conformal_factors(ratios(values), (0.8,))
    assert factor == pytest.approx(values[159] ** 0.5, rel=1e-9)


def test_two_years_are_believed_more_than_one_and_ten_units_less_than_all() -> None:
    values = np.full(200, 2.0)
    (one,) = conformal_factors(ratios(values), (0.8,))
    (two,) = conformal_factors(ratios(values) * 2, (0.8,))
    (few,) = conformal_factors(ratios(values[:10]), (0.8,))
    assert 1 < few < one < two < 2
    assert few == pytest.approx(2 ** (0.5 * 0.1))


def test_the_factor_is_bounded() -> None:
    (wide,) = conformal_factors(ratios(np.full(200, 1e6)), (0.8,))
    (narrow,) = conformal_factors(ratios(np.zeros(200)), (0.8,))
    assert (narrow, wide) == pytest.approx([bound**0.5 for bound in FACTOR_BOUNDS])
