"""Series as ledgers hold them, and input that is refused. Amounts are made up; expectations are
worked out by hand or follow from the documented rule named in each test."""

from __future__ import annotations

import math
import subprocess
import sys
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
import polars as pl
import pytest

from forecasting import forecast_year_end
from forecasting.explanation import explain_year_end

THROUGH = date(2023, 8, 1)
QUANTILES = ["p2_5", "p10", "p50", "p90", "p97_5"]


def months(values: Sequence[object], last: date = THROUGH, name: str = "a") -> pl.DataFrame:
    """One series whose last month is `last`; None is a month without a row."""
    end = last.year * 12 + last.month - 1
    rows = [
        {"series": name, "period": date(m // 12, m % 12 + 1, 1), "value": value}
        for m, value in enumerate(values, end - len(values) + 1)
        if value is not None
    ]
    return pl.DataFrame(rows).cast({"period": pl.Date})


def forecast(values: Sequence[object], **options: Any) -> dict[str, Any]:
    return forecast_year_end(months(values), THROUGH, **options).row(0, named=True)


def noise(n: int, seed: int = 7) -> np.ndarray:
    return np.random.default_rng(seed).normal(0, 4, n)


def test_the_columns_and_their_types() -> None:
    result = forecast_year_end(months([-10.0] * 44), THROUGH)
    assert result.columns == ["series", "outcome", "remaining", "forecast", *QUANTILES, "method"]
    assert result.dtypes == [pl.String] + [pl.Float64] * 8 + [pl.String]


def test_further_levels_add_their_quantiles() -> None:
    result = forecast_year_end(months(list(noise(44))), THROUGH, levels=(0.5, 0.9))
    wanted = ["p2_5", "p5", "p10", "p25", "p50", "p75", "p90", "p95", "p97_5"]
    assert result.columns[4:-1] == wanted
    row = result.select(wanted).row(0)
    assert list(row) == sorted(row)


def test_a_flat_rent_goes_on_and_keeps_a_little_doubt() -> None:
    row = forecast([-5.0] * 40)
    assert (row["method"], row["outcome"], row["remaining"]) == ("constant", -40.0, -20.0)
    # FLOOR: 1 % of a month times the root of four months, by the normal distribution.
    np.testing.assert_allclose(row["p10"], -60 - 1.2815515655 * 0.01 * 5 * 2, rtol=1e-9)
    np.testing.assert_allclose(row["p97_5"], -60 + 1.9599639845 * 0.01 * 5 * 2, rtol=1e-9)


def test_nothing_but_zeros() -> None:
    row = forecast([0.0] * 30)
    assert row["method"] == "constant"
    assert {row[q] for q in [*QUANTILES, "outcome", "remaining"]} == {0.0}


def test_an_indexed_rent_does_not_jump() -> None:
    values = [-(100.0 + 2 * (i // 12)) for i in range(44)]
    assert abs(forecast(values)["remaining"] - 4 * -106.0) < 2


def test_a_one_off_stays_in_the_outcome_and_out_of_the_rest() -> None:
    plain = -100 + noise(44)
    spiky = plain.copy()
    spiky[40] -= 800
    row, usual = forecast(list(spiky)), forecast(list(plain))
    assert abs(row["outcome"] - usual["outcome"] + 800) < 1e-9
    assert abs(row["remaining"] - usual["remaining"]) < 20


def test_an_october_spike_of_last_year_does_not_return() -> None:
    values = -100 + noise(44)
    values[33] -= 800
    assert abs(forecast(list(values))["remaining"] + 400) < 20


def test_a_december_of_five_months_returns() -> None:
    values = -100 + noise(44)
    values[11::12] *= 5
    assert abs(forecast(list(values))["remaining"] + 800) < 40


def test_quarterly_grants_come_in_their_quarters() -> None:
    values = [300.0 if i % 3 == 2 else 0.0 for i in range(44)]
    row = forecast(values)
    assert abs(row["remaining"] - 600) < 30


def test_a_closed_unit_dies_out() -> None:
    values = -100 + noise(44)
    values[38:] = 0
    row = forecast(list(values))
    assert abs(row["remaining"]) < 60
    assert row["p97_5"] <= row["outcome"]


def test_costs_never_turn_into_income() -> None:
    """A series of one sign keeps it: what remains is at most 0 for costs, also at the far end."""
    values = -np.abs(np.random.default_rng(3).lognormal(0, 2, 44))
    row = forecast(list(values))
    assert row["p97_5"] <= row["outcome"]


@pytest.mark.parametrize(
    ("count", "method"),
    [
        (1, "run_rate"),
        (8, "run_rate"),
        (11, "run_rate"),
        (13, "last_year"),
        (20, "naive_median"),
        (23, "naive_median"),
        (24, "combination"),
        (120, "combination"),
    ],
)
def test_the_method_says_what_the_length_allows(count: int, method: str) -> None:
    row = forecast(list(-100 + noise(count)))
    assert row["method"] == method
    assert row["p10"] < row["p50"] < row["p90"]
    assert abs(row["remaining"] + 400) < 30


def test_one_month_is_carried_on() -> None:
    row = forecast([-100.0])
    assert (row["outcome"], row["remaining"], row["method"]) == (-100.0, -400.0, "run_rate")


def test_thirteen_months_take_last_years_autumn() -> None:
    """Months August 2022 to August 2023: the rest of last year is known, its spring is not."""
    values = [-1.0, -10.0, -20.0, -30.0, -40.0, *[-1.0] * 8]
    assert forecast(values)["remaining"] == -100.0


def test_a_short_series_leans_on_the_budget() -> None:
    plan = months([-9.0] * 8 + [-11.0, -12.0, -13.0, -14.0], last=date(2023, 12, 1))
    row = forecast([-10.0, -11.0, -9.0], budget=plan)
    assert (row["method"], row["remaining"]) == ("budget_rest", -50.0)
    other = forecast([-10.0, -11.0, -9.0], budget=plan.with_columns(series=pl.lit("b")))
    assert other["method"] == "run_rate"


def test_a_budget_never_seen_to_be_followed_is_one_voice_within_reach() -> None:
    """Five times the usual month: a seventh of one standard deviation, and no further."""
    values = list(-100 + noise(44))
    plan = months([-500.0] * 12, last=date(2023, 12, 1))
    alone, beside = forecast(values), forecast(values, budget=plan)
    moved = alone["remaining"] - beside["remaining"]
    assert 0 < moved < (alone["p90"] - alone["p10"]) / 7


def test_a_series_that_begins_later_is_listed() -> None:
    history = pl.concat([months([-1.0] * 30), months([-5.0], date(2023, 11, 1), "later")])
    row = forecast_year_end(history, THROUGH).row(1, named=True)
    assert (row["series"], row["method"], row["forecast"], row["p90"]) == (
        "later", "no_history", 0.0, 0.0,
    )  # fmt: skip


def test_a_whole_year_leaves_nothing_open() -> None:
    result = forecast_year_end(
        months(list(-100 + noise(44)), date(2023, 12, 1)), date(2023, 12, 31)
    )
    row = result.row(0, named=True)
    assert (row["method"], row["remaining"]) == ("complete", 0.0)
    assert {row[q] for q in QUANTILES} == {row["outcome"]}


def test_another_fiscal_year() -> None:
    """July to June: in August two months are known, ten are left."""
    row = forecast(list(-100 + noise(45)), first_month=7)
    assert abs(row["outcome"] + 200) < 30
    assert abs(row["remaining"] + 1000) < 60


def test_gaps_are_zeros_between_first_booking_and_through() -> None:
    gappy = [None if i % 7 == 3 else -100.0 - i for i in range(44)]
    filled = [0.0 if v is None else v for v in gappy]
    assert forecast(gappy) == forecast(filled)
    assert forecast([-1.0, -1.0, -1.0, None, None]) == forecast([-1.0, -1.0, -1.0, 0.0, 0.0])


@pytest.mark.parametrize("size", [1e-12, 1e13, 1e100])
def test_size_does_not_matter(size: float) -> None:
    values = -100 + noise(44)
    plain, sized = forecast(list(values)), forecast(list(values * size))
    for column in ["forecast", *QUANTILES]:
        np.testing.assert_allclose(sized[column], np.multiply(plain[column], size), rtol=1e-9)


def test_sizes_far_apart_stay_finite_and_bounded() -> None:
    values = 10.0 ** np.random.default_rng(1).uniform(-5, 13, 44)
    row = forecast(list(values))
    assert np.isfinite([row[q] for q in QUANTILES]).all()
    assert row["p97_5"] < 100 * values.max()


def test_decimals_and_integers_are_numbers_too() -> None:
    values = [-100 + i % 5 for i in range(44)]
    expected = forecast([float(v) for v in values])
    assert forecast(values) == expected
    assert forecast([Decimal(v) for v in values]) == expected


def test_an_empty_frame_gives_an_empty_frame() -> None:
    empty = months([-1.0]).clear()
    result = forecast_year_end(empty, THROUGH)
    assert result.height == 0
    assert result.columns[:2] == ["series", "outcome"]


def test_one_odd_unit_does_not_widen_the_others_beyond_bounds() -> None:
    """Conformal factors are bounded and, with few units, near 1: compare with being alone."""
    quiet = [months(list(-100 + noise(44, i)), name=f"u{i}") for i in range(10)]
    jump = -100 + noise(44, 99)
    jump[26:] *= 5
    together = forecast_year_end(pl.concat([*quiet, months(list(jump), name="x")]), THROUGH)
    alone = forecast_year_end(quiet[0], THROUGH)
    ratio = (together["p97_5"] - together["p2_5"])[0] / (alone["p97_5"] - alone["p2_5"])[0]
    assert 0.8 < ratio < 1.25


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda f: f.drop("value"), "missing column value"),
        (lambda f: f.with_columns(pl.col("value").cast(pl.String)), "value must be numeric"),
        (lambda f: f.with_columns(pl.col("period").cast(pl.String)), "period must be Date"),
        (lambda f: f.with_columns(pl.lit(1).alias("series")), "series must be String"),
        (lambda f: pl.concat([f, f]), "more than one row"),
        (lambda f: f.with_columns(pl.lit(float("inf")).alias("value")), "not a finite amount"),
        (lambda f: f.with_columns(pl.lit(float("nan")).alias("value")), "not a finite amount"),
        (lambda f: f.with_columns(pl.lit(None, pl.Float64).alias("value")), "not a finite amount"),
        (lambda f: f.with_columns(pl.lit(None, pl.Date).alias("period")), "period holds nulls"),
        (lambda f: f.with_columns(pl.col("period").dt.offset_by("3d")), "not the first of a month"),
    ],
)  # fmt: skip
def test_wrong_input_is_refused_by_name(
    change: Callable[[pl.DataFrame], pl.DataFrame], message: str
) -> None:
    frame = months([-1.0, -2.0, -3.0], date(2023, 7, 1))
    with pytest.raises(ValueError, match=message):
        forecast_year_end(change(frame), THROUGH)
    with pytest.raises(ValueError, match=message):
        forecast_year_end(frame, THROUGH, budget=change(frame))


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("size", [1e-300, 1e-310, 1e-150, 1e-100])
@pytest.mark.parametrize("budgeted", [1e-300, 1.0, 1e149])
def test_amounts_of_no_size_and_budgets_of_any_say_nothing_odd(
    size: float, budgeted: float
) -> None:
    """No warning, and a finite answer."""
    frame = months([size * (1 + i % 5) for i in range(32)])
    plan = months([budgeted] * 36, date(2023, 12, 1))
    told = forecast_year_end(frame, THROUGH, budget=plan).drop("series", "method")
    assert all(math.isfinite(value) for value in told.row(0))


@pytest.mark.parametrize("value", [1e300, -1e151])
def test_amounts_beyond_squares_are_refused_by_name(value: float) -> None:
    with pytest.raises(ValueError, match="is beyond 1e"):
        forecast_year_end(months([value]), THROUGH)


@pytest.mark.parametrize("through", ["2023-09", "2023-09-01", None, 202309])
def test_a_through_that_is_no_day_is_refused_by_name(through: Any) -> None:
    with pytest.raises(ValueError, match="through must be a date"):
        forecast_year_end(months([-1.0]), through)
    with pytest.raises(ValueError, match="through must be a date"):
        explain_year_end(months([-1.0]), through)


def test_wrong_options_are_refused() -> None:
    frame = months([-1.0])
    for levels in ("80", [None], 0.8):
        with pytest.raises(ValueError, match="levels must"):
            forecast_year_end(frame, THROUGH, levels=levels)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="must be a Polars DataFrame"):
        forecast_year_end({"series": []}, THROUGH)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="first_month"):
        forecast_year_end(frame, THROUGH, first_month="4")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="levels"):
        forecast_year_end(frame, THROUGH, levels=(1.0,))
    with pytest.raises(ValueError, match="first_month"):
        forecast_year_end(frame, THROUGH, first_month=0)


def test_the_package_imports_without_the_heavy_libraries() -> None:
    script = (
        "import sys, forecasting; "
        "print(sorted({'polars', 'numpy', 'scipy', 'pandas', 'statsmodels'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
