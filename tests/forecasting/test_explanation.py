"""What lies behind a forecast: members, one-offs, the budget's weight."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl

from forecasting import forecast_year_end
from forecasting.explanation import explain_year_end
from forecasting.likelihood import FEW
from tests.forecasting.made import FIRST, organisation

THROUGH = date(FIRST + 4, 8, 1)


def test_the_forecast_is_half_the_median_and_half_the_mean_of_what_the_members_say() -> None:
    """As docs/forecasting.md says, of five years of months."""
    made = organisation("decisions", units=FEW, seed=2)
    told = explain_year_end(made.outcome, THROUGH).members
    forecast = forecast_year_end(made.outcome, THROUGH)
    wide = told.pivot("member", index="series", values="remaining").sort("series").drop("series")
    assert wide.columns == ["additive", "airline", "ratio", "logarithmic", "last_year", "share"]
    points = wide.to_numpy()
    expected = 0.5 * np.median(points, axis=1) + 0.5 * points[:, :4].mean(1)
    np.testing.assert_allclose(forecast["remaining"].to_numpy(), expected, rtol=1e-9)


def test_the_budget_moves_it_by_its_weight() -> None:
    made = organisation("decisions", units=FEW, seed=2)
    plain = forecast_year_end(made.outcome, THROUGH)["remaining"].to_numpy()
    moved = forecast_year_end(made.outcome, THROUGH, budget=made.budget)["remaining"].to_numpy()
    told = explain_year_end(made.outcome, THROUGH, made.budget)
    budget = told.members.filter(pl.col("member") == "budget").sort("series")["remaining"]
    weight = told.budget_weight
    assert weight is not None
    np.testing.assert_allclose(moved, plain + weight * (budget.to_numpy() - plain), rtol=1e-9)


def test_a_one_off_is_told_with_what_is_usual() -> None:
    made = organisation("nothing", units=3, seed=4)
    struck = pl.col("series") == "0001"
    month = pl.col("period") == date(FIRST + 3, 5, 1)
    five = pl.when(struck & month).then(6 * pl.col("value")).otherwise("value")
    told = explain_year_end(made.outcome.with_columns(five.alias("value")), THROUGH).one_offs
    assert told.select("series", "period").rows() == [("0001", date(FIRST + 3, 5, 1))]
    usual = made.outcome.filter(struck, month)["value"][0]
    np.testing.assert_allclose(told["value"][0], 6 * usual)
    assert abs(told["usual"][0] / usual - 1) < 0.3


def test_a_short_history_has_no_members() -> None:
    made = organisation("nothing", units=2, years=1)
    told = explain_year_end(made.outcome, date(FIRST, 8, 1))
    assert told.members.is_empty()
    assert told.budget_weight is None
