"""Promises that hold for any numbers: hypothesis looks for a counterexample.

Without the full fits of small calls, which would take most of the time; `test_likelihood` holds
them to the same promises.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from datetime import date

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from forecasting import forecast_year_end, year_end

LAST = date(2023, 12, 1)
QUANTILES = ["p2_5", "p10", "p50", "p90", "p97_5"]
NUMBERS = ["outcome", "remaining", "forecast", *QUANTILES]


@pytest.fixture(autouse=True, scope="module")
def no_fits() -> Iterator[None]:
    """The grid's members only."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(year_end, "FEW", 0)
        yield


amounts = st.one_of(
    st.floats(-1e13, 1e13, allow_nan=False),
    st.integers(-1000, 1000).map(float),
    st.sampled_from([0.0, 0.0, 1.0, -1.0, 1e13, 1e-9, 5e-324]),
)
ordinary = st.integers(-10_000, 10_000).map(lambda n: n / 100)
one_sided = st.integers(1, 100_000).map(lambda n: -n / 100)


def frame(
    values: dict[str, list[float | None]], first: tuple[int, int] = (2018, 1)
) -> pl.DataFrame:
    """Series from their months, the first of them in `first`; None is a month without a row."""
    rows = [
        (name, date(first[0] + (first[1] - 1 + i) // 12, (first[1] - 1 + i) % 12 + 1, 1), value)
        for name, months in values.items()
        for i, value in enumerate(months)
        if value is not None
    ]
    return pl.DataFrame(
        rows, schema={"series": pl.String, "period": pl.Date, "value": pl.Float64}, orient="row"
    )


def months(values: st.SearchStrategy[float]) -> st.SearchStrategy[list[float | None]]:
    """One to six years of months, a fifth of them without a row; also with a season and growth."""
    free = st.integers(1, 72).flatmap(
        lambda n: st.lists(
            st.one_of(values, values, values, values, st.none()), min_size=n, max_size=n
        )
    )
    seasonal = st.tuples(
        st.lists(values, min_size=12, max_size=12),
        st.integers(1, 72),
        st.floats(0.5, 2.0),
        st.lists(values, min_size=0, max_size=3),
    ).map(lambda t: [t[0][i % 12] * t[2] ** (i / 12) for i in range(t[1])] + t[3])
    return st.one_of(free, seasonal)


def panels(values: st.SearchStrategy[float]) -> st.SearchStrategy[pl.DataFrame]:
    series = st.dictionaries(st.sampled_from("abcdef"), months(values), min_size=1, max_size=4)
    return series.map(frame)


throughs = st.dates(date(2018, 1, 1), LAST)
modest = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)


def check(result: pl.DataFrame, history: pl.DataFrame) -> None:
    assert result["series"].to_list() == sorted(set(history["series"]))
    table = result.select(NUMBERS).to_numpy()
    assert np.isfinite(table).all()
    assert (result["forecast"] == result["outcome"] + result["remaining"]).all()
    assert (result["forecast"] == result["p50"]).all()
    assert (np.diff(result.select(QUANTILES).to_numpy(), axis=1) >= 0).all()


@modest
@given(panels(amounts), throughs, st.integers(1, 12))
def test_any_numbers_give_finite_ordered_quantiles(
    history: pl.DataFrame, through: date, first_month: int
) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # also where the project's settings are not read
        check(forecast_year_end(history, through, first_month=first_month), history)


@modest
@given(panels(amounts), panels(amounts), throughs)
def test_any_budget_does_no_harm(
    history: pl.DataFrame, budget: pl.DataFrame, through: date
) -> None:
    check(forecast_year_end(history, through, budget=budget), history)


@modest
@given(panels(ordinary), st.randoms(use_true_random=False), throughs)
def test_row_order_and_repetition_change_nothing(
    history: pl.DataFrame, random: object, through: date
) -> None:
    order = list(range(history.height))
    random.shuffle(order)  # type: ignore[attr-defined]
    once = forecast_year_end(history, through)
    assert forecast_year_end(history, through).equals(once)
    assert forecast_year_end(history[order], through).equals(once)


@modest
@given(panels(ordinary), st.sampled_from([0.001, 3.7, 1e9]), throughs)
def test_scale_and_sign_go_through(history: pl.DataFrame, factor: float, through: date) -> None:
    once = forecast_year_end(history, through)
    size = max(1.0, float(np.abs(once.select(NUMBERS).to_numpy()).max(initial=0.0)))
    scaled = forecast_year_end(history.with_columns(pl.col("value") * factor), through)
    np.testing.assert_allclose(
        scaled.select(NUMBERS).to_numpy(),
        once.select(NUMBERS).to_numpy() * factor,
        rtol=1e-6,
        atol=1e-6 * size * factor,
    )


@modest
@given(panels(one_sided), throughs)
def test_costs_mirror_incomes(history: pl.DataFrame, through: date) -> None:
    costs = forecast_year_end(history, through)
    incomes = forecast_year_end(history.with_columns(-pl.col("value")), through)
    np.testing.assert_allclose(
        incomes.select("forecast", *QUANTILES).to_numpy(),
        -costs.select("forecast", *reversed(QUANTILES)).to_numpy(),
        rtol=1e-12,
    )
    assert costs["method"].equals(incomes["method"])


@modest
@given(panels(ordinary), throughs)
def test_what_came_after_is_not_looked_at(history: pl.DataFrame, through: date) -> None:
    later = pl.col("period") > through
    changed = history.with_columns(
        pl.when(later).then(float("nan")).otherwise("value").alias("value")
    )
    assert forecast_year_end(changed, through).equals(forecast_year_end(history, through))


@modest
@given(panels(ordinary), throughs)
def test_outcome_is_the_plain_sum_of_the_year(history: pl.DataFrame, through: date) -> None:
    booked = (
        history.filter(pl.col("period").is_between(date(through.year, 1, 1), through))
        .group_by("series")
        .agg(pl.col("value").sum())
    )
    expected = dict(booked.iter_rows())
    result = forecast_year_end(history, through)
    for name, outcome in result.select("series", "outcome").iter_rows():
        assert abs(outcome - expected.get(name, 0.0)) < 1e-6


@modest
@given(panels(ordinary), throughs)
def test_a_forecast_does_not_hang_on_its_neighbours(history: pl.DataFrame, through: date) -> None:
    together = forecast_year_end(history, through)
    for name in together["series"]:
        alone = forecast_year_end(history.filter(pl.col("series") == name), through)
        mine = together.filter(pl.col("series") == name)
        assert alone["method"].equals(mine["method"])
        size = 1 + abs(mine["forecast"][0])
        assert abs(alone["forecast"][0] - mine["forecast"][0]) < 1e-9 * size


@modest
@given(panels(ordinary), throughs)
def test_a_month_of_zero_is_a_month_without_a_row(history: pl.DataFrame, through: date) -> None:
    """Where something is booked at all: dense and sparse tables of one ledger say the same."""
    alive = history.filter(pl.col("value") != 0, pl.col("period") <= through)
    dense = history.filter(pl.col("series").is_in(alive["series"].implode()))
    if alive.height:
        assert forecast_year_end(alive, through).equals(forecast_year_end(dense, through))
