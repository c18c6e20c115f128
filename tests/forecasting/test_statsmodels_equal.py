"""The batch recursions are statsmodels' models: equal to its public results to 1e-9.

Authority: statsmodels (ETSModel, SARIMAX, seasonal_decompose) run on the same numbers with the
same parameters and start values. The series are random walks with seasons, made here by seed.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from statsmodels.tsa.exponential_smoothing.ets import ETSModel
from statsmodels.tsa.seasonal import seasonal_decompose
from statsmodels.tsa.statespace.sarimax import SARIMAX

from forecasting.airline import LOST, SEASONAL_THETA, THETA, airline, airline_response
from forecasting.intervals import variance_of_sum
from forecasting.seasonal import YEAR, Floats, centred_mean
from forecasting.smoothing import (
    HOLT,
    WARM_UP,
    akaike_weights,
    first_months,
    path,
    shock_response,
    smooth,
    starting_values,
)

SERIES, COLUMNS, K = 120, 63, 3
HORIZON = YEAR - K


def close(ours: Any, theirs: Any) -> None:
    np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=1e-9)


@pytest.fixture(scope="module")
def panel() -> Floats:
    """Random series of 27 to 63 months, longest first, right-aligned."""
    rng = np.random.default_rng(20201231)
    walk = 10 + np.cumsum(rng.normal(0, 0.3, (SERIES, COLUMNS)), axis=1)
    season = rng.normal(0, 1, (SERIES, YEAR))[:, np.arange(COLUMNS) % YEAR]
    y = walk + season + rng.normal(0, 0.5, (SERIES, COLUMNS))
    lengths = np.sort(rng.integers(27, COLUMNS + 1, SERIES))[::-1]
    for row, length in enumerate(lengths):
        y[row, : COLUMNS - length] = np.nan
    return np.asarray(y)


def test_damped_holt_equals_etsmodel(panel: Floats) -> None:
    """State, one-step errors, log-likelihood, forecasts and their variances; three points each."""
    level, trend = starting_values(panel, HOLT)
    state = smooth(panel, K, HOLT, level, trend)
    months = path(state, HOLT, HORIZON)
    response = shock_response(HOLT, HORIZON)
    first = first_months(panel)
    rng = np.random.default_rng(1)
    for i in range(SERIES):
        series = panel[i, first[i] :]
        for g in rng.choice(len(HOLT.alpha), 3, replace=False):
            damped = HOLT.phi[g] > 0
            start = {"initial_level": level[i, g]}
            parameters = [HOLT.alpha[g]]
            if damped:
                start["initial_trend"] = trend[i, g]
                parameters += [HOLT.beta[g], HOLT.phi[g]]
            model = ETSModel(
                pd.Series(series),  # get_prediction asks for an index
                error="add",
                trend="add" if damped else None,
                damped_trend=damped,
                initialization_method="known",
                **start,
            )
            result = model.smooth(np.array([*parameters, *start.values()]))
            close(state.level[i, g], result.level.iloc[-1])
            if damped:
                close(state.trend[i, g], result.slope.iloc[-1])
            errors = np.asarray(result.resid)
            close(state.squares[:, i, g].sum(), (errors[WARM_UP:] ** 2).sum())
            # The Gaussian likelihood with the variance profiled out, from all our errors.
            sse = (errors**2).sum()
            n = len(series)
            close(result.llf, -0.5 * n * (np.log(2 * np.pi * sse / n) + 1))
            close(months[i, g], result.forecast(HORIZON))
            predicted = result.get_prediction(n, n + HORIZON - 1)
            sigma = np.full((1, 1, HORIZON), sse / n)
            ours = [
                variance_of_sum(unit[None, :], response[g : g + 1], sigma)[0, 0]
                for unit in np.eye(HORIZON)
            ]
            close(ours, predicted.forecast_variance)


def test_airline_equals_sarimax(panel: Floats) -> None:
    """Errors and forecasts of every month, two grid points a series.

    SARIMAX with `simple_differencing` is started where ours starts: no shocks before the first
    month, hence a known state of zero whose covariance is that of the first shock alone.
    """
    fitted = airline(panel, K, HORIZON)
    first = first_months(panel)
    rng = np.random.default_rng(2)
    for i in range(SERIES):
        series = panel[i, first[i] :]
        for g in rng.choice(len(THETA), 2, replace=False):
            model = SARIMAX(
                series,
                order=(0, 1, 1),
                seasonal_order=(0, 1, 1, YEAR),
                simple_differencing=True,
                enforce_invertibility=False,
            )
            parameters = np.array([-THETA[g], -SEASONAL_THETA[g], 1.0])
            model.update(parameters)
            selection = model.ssm["selection", :, :]
            model.ssm.initialize_known(
                np.zeros(model.k_states), np.asarray(selection @ selection.T)
            )
            result = model.smooth(parameters)
            close(fitted.squares[:, i, g].sum(), (result.filter_results.forecasts_error**2).sum())
            whole = np.concatenate([series, fitted.path[i, g]])
            twice = whole[LOST:] - whole[YEAR:-1] - whole[1:-YEAR] + whole[:-LOST]
            close(twice[-HORIZON:], result.forecast(HORIZON))


def test_airline_response_equals_sarimax_impulse() -> None:
    """What a shock adds to later months: statsmodels' impulse response of the integrated model."""
    response = airline_response(HORIZON)
    for g in range(0, len(THETA), 5):
        model = SARIMAX(
            np.arange(40.0),
            order=(0, 1, 1),
            seasonal_order=(0, 1, 1, YEAR),
            enforce_invertibility=False,
        )
        impulse = model.impulse_responses(
            np.array([-THETA[g], -SEASONAL_THETA[g], 1.0]), steps=HORIZON - 1
        )
        close(response[g, 0], np.ravel(impulse))


def test_centred_mean_equals_seasonal_decompose(panel: Floats) -> None:
    ours = centred_mean(panel)
    for row, start in enumerate(first_months(panel)):
        theirs = seasonal_decompose(panel[row, start:], period=YEAR).trend
        np.testing.assert_allclose(ours[row, start:], theirs, rtol=1e-9, atol=1e-9)


def test_akaike_weights_are_those_of_the_definition() -> None:
    sse = np.array([[2.0, 3.0, 5.0]])
    weights = akaike_weights(sse, np.array([30.0]), np.array([1.0, 3.0, 3.0]))
    raw = np.exp(-(30 * np.log(sse[0]) + 2 * np.array([1.0, 3.0, 3.0])) / 2)
    close(weights[0], raw / raw.sum())
