"""The border between the model's floats and öre."""

import polars as pl
import pytest

from ledger.errors import ForecastError
from reporting.forecast_model import quantiles, to_ore


def told(**columns) -> pl.DataFrame:
    """A model's answer for one series."""
    given = {"outcome": 0.0, "remaining": 0.0, "p10": -1.0, "p50": 0.0, "p90": 1.0} | columns
    return pl.DataFrame({"series": ["a"], **{k: [v] for k, v in given.items()}, "method": ["x"]})


@pytest.mark.parametrize(
    ("levels", "names"),
    [
        ((80, 95), ["p2_5", "p10", "p50", "p90", "p97_5"]),
        ((50, 90), ["p5", "p25", "p50", "p75", "p95"]),
        ((99,), ["p0_5", "p50", "p99_5"]),
    ],
)
def test_quantiles_are_named_as_the_model_names_them(levels, names):
    """In rising order, without a fraction in between."""
    assert quantiles(levels) == names


@pytest.mark.parametrize(
    ("value", "ore"), [(0.5, 1), (-0.5, -1), (0.49, 0), (-0.49, 0), (2.5, 3), (-1.5, -2)]
)
def test_rounding_is_half_up_away_from_zero(value, ore):
    """As everywhere else."""
    frame = to_ore(told(remaining=value, p90=9.0, p10=-9.0), ["p10", "p50", "p90"])
    assert frame["remaining"][0] == ore


def test_the_forecast_is_the_sum_of_its_rounded_parts_and_lies_inside():
    """Whatever rounding did to each: p10 ≤ p50 = forecast ≤ p90."""
    frame = to_ore(told(outcome=100.0, remaining=0.5, p10=100.9, p90=100.4), ["p10", "p50", "p90"])
    row = frame.row(0, named=True)
    assert row["forecast"] == row["p50"] == 101
    assert (row["p10"], row["p90"]) == (101, 101)


def test_what_does_not_fit_is_refused_by_name():
    """Never wrapped, never null."""
    with pytest.raises(ForecastError, match="64 bits"):
        to_ore(told(remaining=1e30), ["p10", "p50", "p90"])
