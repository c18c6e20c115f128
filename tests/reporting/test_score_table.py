"""What the backtest calls the model is what `ledger forecast` shows."""

import random

import polars as pl
import pytest

from ledger.periods import first_day, months_between
from reporting.forecast_table import year_end
from reporting.score_table import past_forecasts
from tests.projections.builders import Books


@pytest.fixture
def books(tmp_path):
    """Four years of income, wages and rent in three units, and budgets of the last three."""
    made = Books(tmp_path)
    chance = random.Random(1)
    rows, plan = [], []
    for month in months_between("2017-01", "2020-12"):
        season = 130 if month.endswith(("06", "07")) else 100
        for unit, size in (("6101", 40), ("6102", 25), ("6201", 90)):
            for account, sign in (("3010", 11), ("4010", -7), ("5010", -3)):
                amount = sign * size * season
                rows.append((month, unit, account, amount + chance.randrange(-2000, 2000)))
                if month > "2018":
                    plan.append((month, unit, account, amount))
    made.post(*rows)
    made.budget(*plan)
    yield made
    made.store.close()


@pytest.mark.parametrize(
    ("by", "ask"),
    [
        (("unit",), {}),
        (("area",), {}),
        (("unit", "line"), {}),
        (("line",), {"unit": "610"}),
        (("area",), {"unit": "6101"}),
    ],
)
def test_the_model_is_asked_as_the_table_asks_it(books, by, ask):
    """Forecast and interval from August 2020, to the öre or the rounding of some parts."""
    told = past_forecasts(books.book, "2020-12", by, (8,), 1, ask)
    shown = year_end(books.book, "2020-08", by=by, **ask)
    keys = shown.columns[: shown.columns.index("name")]
    shown = shown.filter(pl.col(keys[0]).is_not_null()).with_columns(
        pl.concat_str(keys, separator="|").alias("series")
    )
    beside = told.filter(method="model").join(shown, on="series", suffix="_shown")
    assert beside.height == shown.height > 0
    assert beside["year"].unique().to_list() == [first_day("2020-01")]
    pairs = beside.select("forecast", "forecast_shown").rows()
    assert max(abs(a - b) for a, b in pairs) <= 12
    inside = beside["actual"].is_between(beside["p10"], beside["p90"])
    assert inside.to_list() == beside["held_80"].to_list()
    assert not beside["fallback"].any()
