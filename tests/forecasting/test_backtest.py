"""The backtest, worked out by hand on steps of ten a year, and that it sees no later month."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl
import pytest

from forecasting.backtest import CONTROLLERS, METHODS, ORIGINS, rolling_origin, scores


def months(first: date, count: int) -> list[date]:
    start = first.year * 12 + first.month - 1
    return [date(at // 12, at % 12 + 1, 1) for at in range(start, start + count)]


def frame(values: dict[str, list[float]], first: date = date(2018, 1, 1)) -> pl.DataFrame:
    parts = [
        pl.DataFrame({"series": [name] * len(v), "period": months(first, len(v)), "value": v})
        for name, v in values.items()
    ]
    return pl.concat(parts)


STEPS = [10.0] * 12 + [20.0] * 12 + [30.0] * 12
"""A normal year before 2019 is 120; before 2020 it is (120 + 240) / 2 = 180."""


def errors(told: pl.DataFrame, year: int) -> dict[str, float]:
    rows = told.filter(pl.col("year").dt.year() == year)
    return dict(rows.select("method", "error").rows())


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_by_hand(sign: float) -> None:
    """k = 3. 2019 ends at 240: last year's rest says 60 + 90, moved by half of ten a month 45
    more; 2020 ends at 360: 90 + 180, and 45 more; a budget of 25 a month says 90 + 225. As costs
    all is mirrored."""
    history = frame({"a": [sign * v for v in STEPS]})
    plan = frame({"a": [sign * 25.0] * 12}, date(2020, 1, 1))
    told = rolling_origin(history, date(2020, 12, 1), origins=(3,), budget=plan)
    assert told["actual"].abs().unique().sort().to_list() == [240.0, 360.0]
    wanted = {
        2019: {"run_rate": 0, "seasonal_naive": -90 / 1.2, "last_year": -45 / 1.2, "share": 0},
        2020: {
            "run_rate": 0,
            "budget_rest": -45 / 1.8,
            "seasonal_naive": -90 / 1.8,
            "last_year": -45 / 1.8,
            "share": 0,
        },
    }
    for year, each in wanted.items():
        found = errors(told, year)
        assert np.isfinite(found.pop("model"))
        assert found == pytest.approx({k: sign * v for k, v in each.items()}, abs=1e-9)
    table = {row["method"]: row for row in scores(told).to_dicts()}
    assert table["budget_rest"]["forecasts"] == 1
    rest = table["seasonal_naive"]
    assert (rest["mean_error"], rest["median_error"]) == pytest.approx((62.5, 62.5))
    assert rest["bias"] == pytest.approx(-62.5 * sign)
    assert table["run_rate"]["share_best"] == table["share"]["share_best"] == 100.0
    assert rest["share_best"] == 0.0
    assert rest["held_80"] is None
    assert table["run_rate"]["ratio"] is None, "never wrong"


def told_of(rows: list[tuple[str, str, float]]) -> pl.DataFrame:
    """Forecasts of (series, method, error); the model's intervals hold below ten."""
    return pl.DataFrame(
        [
            {
                "series": series,
                "year": date(2020, 1, 1),
                "origin": 3,
                "method": method,
                "error": error,
                "held_80": abs(error) < 10 if method == "model" else None,
                "held_95": abs(error) < 20 if method == "model" else None,
            }
            for series, method, error in rows
        ]
    )


def test_ratios_are_of_the_forecasts_that_both_made() -> None:
    """Of a, b, c and d the model misses 2, 4, 6, 12. Share answers a and b, by 4 and 8: 6 / 12.
    Run rate answers all, by 6 each: 24 / 24. The budget answers d alone and better, 12 / 6; too
    little to be the hardest."""
    rows = [("a", "model", 2.0), ("b", "model", -4.0), ("c", "model", 6.0), ("d", "model", 12.0)]
    rows += [("a", "share", 4.0), ("b", "share", 8.0)]
    rows += [(series, "run_rate", -6.0) for series in "abcd"]
    rows += [("d", "budget_rest", 6.0)]
    table = {row["method"]: row for row in scores(told_of(rows)).to_dicts()}
    assert {m: row["ratio"] for m, row in table.items()} == pytest.approx(
        {"model": 100.0, "share": 50.0, "run_rate": 100.0, "budget_rest": 200.0}
    )
    assert table["model"]["share_best"] == 75.0, "a, b, and c together with run rate"
    assert table["run_rate"]["share_best"] == 50.0, "c, and d together with the budget"
    assert (table["model"]["held_80"], table["model"]["held_95"]) == (75.0, 100.0)
    assert table["model"]["bias"] == 4.0
    by_series = scores(told_of(rows), ["series"])
    assert by_series.filter(series="a")["method"].to_list() == ["model", "share", "run_rate"]
    assert by_series.filter(series="d", method="model")["ratio"].to_list() == [200.0]


def noisy(count: int, years: int, seed: int = 1) -> dict[str, list[float]]:
    """Costs with a season, a little growth and noise."""
    random = np.random.default_rng(seed)
    at = np.arange(12 * years)
    season = 1 + 0.3 * np.sin(2 * np.pi * at / 12)
    level = random.uniform(50, 150, (count, 1)) * (1 + 0.02 * at / 12)
    values = -level * season * (1 + 0.03 * random.standard_normal((count, len(at))))
    return {f"s{i:03d}": row.tolist() for i, row in enumerate(values)}


@pytest.mark.parametrize("first_month", [1, 7])
def test_nothing_after_the_origin_is_seen(first_month: int) -> None:
    """Every later month is changed a thousandfold: each forecast from that origin is the same,
    to the bit, and what came is not."""
    first = date(2017, first_month, 1)
    history = frame(noisy(6, 4), first)
    last = months(first, 48)[-1]
    for k in (3, 8):
        origin = months(first, 48)[35 + k]
        changed = history.with_columns(
            value=pl.when(pl.col("period") > origin)
            .then(pl.col("value") * -1000)
            .otherwise("value")
        )
        both = [
            rolling_origin(each, last, first_month=first_month, origins=(k,), years=1)
            for each in (history, changed)
        ]
        said = [each.select("series", "method", "forecast", "normal", "fallback") for each in both]
        assert said[0].equals(said[1])
        assert said[0].height == 6 * 5
        assert (both[0]["actual"] != both[1]["actual"]).all()


def test_only_whole_years_with_a_year_before_them_count() -> None:
    """The year that began in July 2018 is the first with a year before it, that of 2020 is not
    over in May; b begins too late for the first; c never had an amount."""
    first = date(2017, 7, 1)
    history = pl.concat(
        [
            frame({"a": [5.0, 7.0] * 23, "c": [0.0] * 46}, first),
            frame({"b": [1.0] * 35}, date(2018, 6, 1)),
        ]
    )
    told = rolling_origin(history, date(2021, 4, 1), first_month=7, origins=(4,))
    years = {
        series: sorted(part["year"].unique().to_list())
        for (series,), part in told.group_by("series")
    }
    assert years == {
        "a": [date(2018, 7, 1), date(2019, 7, 1)],
        "b": [date(2019, 7, 1)],
    }
    newest = rolling_origin(history, date(2021, 4, 1), first_month=7, origins=(4,), years=1)
    assert newest.equals(told.filter(pl.col("year") == date(2019, 7, 1)))
    assert told.filter(series="a")["normal"].unique().to_list() == [72.0]


def test_nothing_to_compare_is_an_empty_frame() -> None:
    history = frame({"a": [1.0] * 23})
    told = rolling_origin(history, date(2019, 11, 1))
    assert told.is_empty()
    assert scores(told).is_empty()
    assert rolling_origin(history.clear(), date(2019, 11, 1)).columns == told.columns


def test_where_there_is_a_season_the_model_ranks_before_run_rate() -> None:
    """And every method is there, once a month known where asked so."""
    told = rolling_origin(frame(noisy(60, 5)), date(2022, 12, 1), years=2)
    ranking = scores(told)["method"].to_list()
    assert set(ranking) == set(METHODS) - {"budget_rest"}
    assert ranking[0] in ("model", "share")
    assert ranking[-1] == "run_rate"
    table = scores(told, ["origin"])
    assert table.filter(method="model")["origin"].to_list() == list(ORIGINS)
    assert table["forecasts"].unique().to_list() == [120]
    errors = table.filter(method="model")["mean_error"].to_list()
    assert errors[-1] < errors[0], "with more months known less is left to miss"


@pytest.mark.parametrize("origins", [(0,), (12,), (3, -1)])
def test_an_origin_outside_the_year_is_refused(origins: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="origins must lie between 1 and 11"):
        rolling_origin(frame({"a": STEPS}), date(2020, 12, 1), origins=origins)


def test_the_controllers_methods_are_those_of_the_package() -> None:
    from forecasting import naive

    assert set(CONTROLLERS) <= set(naive.METHODS)
