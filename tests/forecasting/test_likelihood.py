"""Full fits by statsmodels: they join where series are few, and never at any price.

Authority for the numbers: statsmodels itself, given the same months. Series are drawn by seed.
"""

from __future__ import annotations

import subprocess
import sys
import warnings
from datetime import date
from types import SimpleNamespace
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.tools.sm_exceptions import ConvergenceWarning
from statsmodels.tsa.exponential_smoothing.ets import ETSModel

from forecasting import forecast_year_end, year_end
from forecasting.likelihood import FEW, credible, fitted_months
from forecasting.seasonal import Floats

K, HORIZON = 8, 4
THROUGH = date(2023, K, 1)
QUANTILES = ["p2_5", "p10", "p50", "p90", "p97_5"]


def drawn(count: int, months: int = 44, seed: int = 3) -> Floats:
    """Levels that wander, a season, noise; positive, mean about 1."""
    rng = np.random.default_rng(seed)
    level = 1 + np.cumsum(rng.normal(0, 0.03, (count, months)), axis=1)
    season = 0.1 * rng.normal(0, 1, (count, 12))[:, np.arange(months) % 12]
    return np.asarray(np.abs(level + season + rng.normal(0, 0.05, (count, months))))


def frame(values: Floats) -> pl.DataFrame:
    """Costs: negative amounts, the last month is that of `THROUGH`."""
    count, months = values.shape
    ordinals = [THROUGH.year * 12 + K - 1 - i for i in reversed(range(months))]
    return pl.DataFrame(
        {
            "series": [f"{i:03d}" for i in range(count) for _ in ordinals],
            "period": [date(m // 12, m % 12 + 1, 1) for m in ordinals] * count,
            "value": (-100 * values).ravel(),
        }
    )


@pytest.fixture
def without(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The same forecast without full fits."""

    def call(history: pl.DataFrame) -> pl.DataFrame:
        with monkeypatch.context() as patch:
            patch.setattr(year_end, "FEW", 0)
            return forecast_year_end(history, THROUGH)

    return call


def test_a_fit_is_statsmodels_own() -> None:
    """Fitted to rounded months in units of their mean; so within what the optimiser leaves open."""
    for y in drawn(10):
        theirs = ETSModel(y, error="add", trend="add", damped_trend=True).fit(disp=False)
        ours = fitted_months(y[None], HORIZON)[0]
        np.testing.assert_allclose(ours, theirs.forecast(HORIZON), rtol=0.02)


def test_a_fit_has_a_voice_in_small_calls_only(without: Any) -> None:
    large = frame(drawn(FEW))
    small = large.filter(pl.col("series") != "000")
    assert forecast_year_end(large, THROUGH).equals(without(large))
    ours, theirs = forecast_year_end(small, THROUGH), without(small)
    moved = (ours["remaining"] - theirs["remaining"]).abs() > 1e-9
    assert moved.mean() > 0.5
    # One voice of seven in a median moves little.
    assert ((ours["remaining"] / theirs["remaining"] - 1).abs() < 0.05).all()
    assert set(ours["method"]) == {"combination"}


@pytest.mark.parametrize(
    "y",
    [
        np.full(40, 5.0),
        np.full(40, 1 / 3) + 1e-9 * np.arange(40.0),
        np.zeros(40),
    ],
)  # fmt: skip
def test_one_amount_is_not_fitted(y: Floats) -> None:
    assert np.isnan(fitted_months(y[None], HORIZON)).all()


GIVEN_UP = [
    *(0.975230382, 0.996927479, 1.005980878, 0.933560626, 0.964397591, 0.945563023, 0.953143529),
    *(0.980604945, 0.980902742, 0.983669582, 0.969695348, 0.996242019, 0.992122471, 0.969814692),
    *(0.981756445, 1.04357871, 1.013811886, 1.056661403, 0.992971532, 1.005859211, 1.022038894),
    *(1.027207875, 1.085771245, 1.064847853, 1.057639638),
]
"""Months, in units of their mean, to which statsmodels finds no best fit."""


def unconverged(self: Any, **options: Any) -> Any:
    """A fit that gave up, with the noise that statsmodels makes then."""
    warnings.warn("gave up", ConvergenceWarning, stacklevel=1)
    return SimpleNamespace(mle_retvals={"converged": False})


def failing(self: Any, **options: Any) -> Any:
    """A fit that ends in an error."""
    raise np.linalg.LinAlgError("singular")


def exploding(self: Any, **options: Any) -> Any:
    """A fit that says it converged, to nonsense."""
    return SimpleNamespace(mle_retvals={"converged": True}, forecast=lambda h: np.full(h, 1e9))


def infinite(self: Any, **options: Any) -> Any:
    """A fit that overflows."""
    return SimpleNamespace(mle_retvals={"converged": True}, forecast=lambda h: np.full(h, np.inf))


@pytest.mark.parametrize("fit", [unconverged, failing, exploding, infinite])
def test_a_bad_fit_is_an_answer_not_given(
    fit: Any, without: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other members decide, as if it had not been asked; warnings are errors here."""
    monkeypatch.setattr(ETSModel, "fit", fit)
    history = frame(drawn(4))
    assert forecast_year_end(history, THROUGH).equals(without(history))


def test_credible_is_within_the_range_of_months_widened_by_itself() -> None:
    """Months of 2 to 5 allow a mean month of -1 to 8; a series' unknown months do not count."""
    y = np.array([[np.nan, 2.0, 5.0, 3.0]] * 4)
    remaining = np.array([-1.01, -0.99, 7.99, 8.01]) * HORIZON
    expected = [np.nan, *remaining[1:3], np.nan]
    np.testing.assert_array_equal(credible(remaining, y, HORIZON), expected)


def test_large_calls_do_not_load_statsmodels() -> None:
    """It takes longer to import than a thousand series take to forecast."""
    script = (
        "import sys, polars as pl; from datetime import date; "
        "from forecasting import forecast_year_end as f; "
        "p = pl.date_range(date(2020, 1, 1), date(2023, 8, 1), '1mo', eager=True); "
        "s = pl.DataFrame({'series': [str(i) for i in range(50)]}); "
        "h = s.join(p.to_frame('period'), how='cross'); "
        "h = h.with_columns(value=pl.int_range(pl.len()).cast(pl.Float64) % 7 + 9); "
        "r = f(h, date(2023, 8, 1)); print('statsmodels' in sys.modules, set(r['method'])); "
        "r = f(h.head(440), date(2023, 8, 1)); print('statsmodels' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines() == ["False {'combination'}", "True"]
    assert done.stderr == ""


def test_the_first_fit_of_a_process_warns_of_nothing() -> None:
    """statsmodels, when it is first imported, asks Python to show its warnings always. The months
    are a division's costs to January 2020, in units of their mean, of which its search gives up."""
    script = (
        "import numpy as np; from forecasting.likelihood import fitted_months as f; "
        f"print(np.isnan(f(np.array([{GIVEN_UP}]), 11)).all())"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert (done.stdout, done.stderr) == ("True\n", "")


@st.composite
def panels(draw: st.DrawFn) -> pl.DataFrame:
    """One to three series of 32 months (no past year to calibrate on, so one fit each) of amounts
    of any size: zeros, both signs, repeated values."""
    amount = st.one_of(
        st.integers(-1000, 1000).map(float),
        st.integers(1, 100_000).map(lambda n: n / 100),
        st.sampled_from([0.0, 0.0, 1.0, -1.0, 1e13, 1e-9]),
    )
    base = draw(st.lists(amount, min_size=12, max_size=12))
    rows = []
    for _ in range(draw(st.integers(1, 3))):
        season = draw(st.one_of(st.just(base), st.lists(amount, min_size=12, max_size=12)))
        rng = np.random.default_rng(draw(st.integers(0, 9)))
        noise = draw(st.sampled_from([0.0, 0.01, 0.3]))
        rows.append(np.tile(season, 3)[:32] * (1 + noise * rng.normal(0, 1, 32)))
    return frame(np.array(rows))


@settings(max_examples=20, deadline=None, derandomize=True)
@given(panels(), st.randoms(use_true_random=False))
def test_promises_hold_with_fits(history: pl.DataFrame, random: Any) -> None:
    """Finite and ordered; the same again, in any order of rows, and alone beside no other."""
    once = forecast_year_end(history, THROUGH)
    table = once.select(QUANTILES).to_numpy()
    assert np.isfinite(table).all()
    assert (np.diff(table, axis=1) >= 0).all()
    order = list(range(history.height))
    random.shuffle(order)
    assert forecast_year_end(history[order], THROUGH).equals(once)
    for name, together in once.select("series", "forecast").iter_rows():
        alone = forecast_year_end(history.filter(pl.col("series") == name), THROUGH)
        assert abs(alone["forecast"][0] - together) <= 1e-9 * (1 + abs(together))


@pytest.mark.parametrize("factor", [-1.0, 0.001, 3.7, 1e9])
def test_unit_and_sign_go_through(factor: float) -> None:
    """What the optimiser is given is the same to the last bit, so its answer is."""
    history = frame(drawn(20))
    once = forecast_year_end(history, THROUGH)
    other = forecast_year_end(history.with_columns(pl.col("value") * factor), THROUGH)
    np.testing.assert_allclose(
        other["forecast"].to_numpy(), once["forecast"].to_numpy() * factor, rtol=1e-8
    )
