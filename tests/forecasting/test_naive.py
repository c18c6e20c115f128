"""The controllers' methods, worked out by hand on two years and three months."""

from __future__ import annotations

import numpy as np
import pytest

from forecasting import naive
from forecasting.window import Window

# Two whole years of 10 and 20 a month, then 30, 30, 60: k = 3, nine months left.
Y = np.array([[10.0] * 12 + [20.0] * 12 + [30.0, 30.0, 60.0]])
WINDOW = Window(Y, 3)


@pytest.mark.parametrize(
    ("method", "expected"),
    [
        ("run_rate", 40.0 * 9),
        ("seasonal_naive", 20.0 * 9),
        # 20 a month more than last year so far; half of it for nine months.
        ("last_year", 20.0 * 9 + 0.5 * 20.0 * 9),
        # A quarter of each year had come by March: 120 / 0.25 - 120.
        ("share", 360.0),
        # Half way between the two in the middle, 270 and 360.
        ("naive_median", 315.0),
    ],
)
def test_by_hand(method: str, expected: float) -> None:
    np.testing.assert_allclose(naive.METHODS[method](WINDOW), [expected], rtol=1e-12)


def test_budget_for_the_rest() -> None:
    plan = np.arange(12.0)[None, :]
    assert naive.budget_rest(Window(Y, 3, plan))[0] == sum(range(3, 12))
    assert np.isnan(naive.budget_rest(WINDOW)[0])


def test_share_has_no_ground_where_little_had_come_or_signs_are_mixed() -> None:
    """Below a quarter of the even part, or with a negative month in every whole year: NaN."""
    late = np.array([[0.1] * 3 + [10.0] * 9 + [1.0, 1.0, 1.0]])
    mixed = np.array([[10.0] * 11 + [-1.0] + [1.0, 1.0, 1.0]])
    assert np.isnan(naive.share(Window(late, 3))[0])
    assert np.isnan(naive.share(Window(mixed, 3))[0])


def test_run_rate_counts_from_the_first_month() -> None:
    y = np.array([[np.nan, 10.0, 20.0], [15.0, 15.0, 15.0]])
    np.testing.assert_allclose(naive.run_rate(Window(y, 3)), [135.0, 135.0])


def test_the_window_looks_back() -> None:
    assert WINDOW.horizon == 9
    assert WINDOW.year(1).tolist() == [[20.0] * 12]
    assert WINDOW.year(2).tolist() == [[10.0] * 12]
    assert np.isnan(WINDOW.year(3)).all()
    past = WINDOW.back(1)
    assert past is not None
    assert past.y.tolist() == [[10.0] * 12 + [20.0] * 3]
    assert WINDOW.back(3) is None
