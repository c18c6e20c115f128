"""Scenarios: sums that spread as they should, risks that shift as they must, the same each time."""

from datetime import date

import numpy as np
import polars as pl
import pytest
from scipy import special

from forecasting import forecast_year_end
from forecasting.scenarios import LONGEST, Scenario, _believed, _path, draw_year_ends

THROUGH = date(2020, 8, 1)
Z10 = float(special.ndtri(0.9))


def months_of(values: np.ndarray, name: str) -> pl.DataFrame:
    """A series of months that ends with August 2020."""
    last = 2020 * 12 + 7
    index = [last - len(values) + 1 + i for i in range(len(values))]
    return pl.DataFrame(
        {
            "series": name,
            "period": [date(i // 12, i % 12 + 1, 1) for i in index],
            "value": values.astype(float),
        }
    )


def normal_told(sizes: dict[str, float], budget: float | None = None) -> pl.DataFrame:
    """Year-ends of 1000, each normal with a standard deviation of its own."""
    z = special.ndtri([0.025, 0.1, 0.5, 0.9, 0.975])
    rows = [
        {
            "series": s,
            **dict(zip(("p2_5", "p10", "p50", "p90", "p97_5"), 1000 + d * z, strict=True)),
        }
        for s, d in sizes.items()
    ]
    return pl.DataFrame(rows).with_columns(assumed=pl.lit(0.0), budget=pl.lit(budget, pl.Float64))


def noise(n: int, months: int = 56, seed: int = 1) -> np.ndarray:
    """Independent months, `(n, months)`."""
    return np.random.default_rng(seed).normal(100, 10, (n, months))


def drawn(values: np.ndarray, **more) -> tuple[Scenario, pl.DataFrame]:
    """Scenario of series s00, s01, … with standard deviations 10, 20, …"""
    names = [f"s{i:02}" for i in range(len(values))]
    history = pl.concat([months_of(v, s) for v, s in zip(values, names, strict=True)])
    told = normal_told({s: 10.0 * (i + 1) for i, s in enumerate(names)}, more.pop("budget", None))
    return draw_year_ends(history, told, THROUGH, draws=20_000, **more), told


def half_width(frame: pl.DataFrame) -> float:
    """Half of P10 to P90, as a standard deviation of a normal."""
    return float((frame["p90"] - frame["p10"])[0]) / 2 / Z10


def test_without_risks_each_series_has_the_forecast_s_own_interval():
    """Within Monte-Carlo error: a quantile at 10 % of 20 000 draws is sure to about 1.2 %."""
    scenario, told = drawn(noise(5))
    for name in ("p10", "p90"):
        off = (scenario.rows[name] - told[name]) / ((told["p90"] - told["p10"]) / 2)
        assert np.abs(off.to_numpy()).max() < 0.04
    np.testing.assert_allclose(scenario.rows["p50"], told["p50"], rtol=1e-12)


def test_an_interval_that_leans_comes_out_as_it_leans():
    """The forecast's quantiles need not lie evenly around its middle."""
    told = pl.DataFrame(
        {
            "series": ["a"], "p2_5": [0.0], "p10": [0.0], "p50": [10.0], "p90": [40.0],
            "p97_5": [90.0], "assumed": [0.0], "budget": [None],
        },
        schema_overrides={"budget": pl.Float64},
    )  # fmt: skip
    found = draw_year_ends(months_of(noise(1)[0], "a"), told, THROUGH, draws=20_000).rows
    assert found["p10"][0] == pytest.approx(0.0, abs=0.3)
    assert found["p50"][0] == pytest.approx(10.0, abs=0.01)
    assert found["p90"][0] == pytest.approx(40.0, rel=0.04)
    assert found["chance"][0] is None


def test_independent_series_sum_as_independent_ones():
    """Squares add: sqrt(10² + … + 100²), a little more at most for what chance makes correlate."""
    scenario, _ = drawn(noise(10))
    alone = np.sqrt(np.square(10.0 * np.arange(1, 11)).sum())
    assert alone * 0.95 < half_width(scenario.whole) < alone * 1.25
    assert scenario.shared < 0.05
    many = [drawn(noise(10, seed=s))[0] for s in range(12)]
    mean = np.mean([half_width(one.whole) for one in many])
    assert mean == pytest.approx(alone, rel=0.1)


def test_series_that_always_go_together_add_their_spreads():
    """10 + 20 + … + 60, and the correlation is one."""
    scenario, _ = drawn(np.repeat(noise(1), 6, axis=0))
    assert scenario.shared == pytest.approx(1.0)
    assert half_width(scenario.whole) == pytest.approx(210, rel=0.03)


def test_series_of_opposite_moves_cancel():
    """Half of them mirrored: what one gains the other loses, as far as it is believed."""
    up = noise(1)[0]
    scenario, _ = drawn(np.stack([up, 200 - up]))
    assert half_width(scenario.whole) < np.sqrt(10**2 + 20**2)


def test_the_shared_correlation_is_found():
    """Half of the variance shared: correlation one half, within three standard errors."""
    rng = np.random.default_rng(3)
    shared = rng.normal(size=(1, LONGEST))
    values = np.sqrt(0.5) * (shared + rng.normal(size=(30, LONGEST)))
    scenario, _ = drawn(values)
    assert scenario.shared == pytest.approx(0.5, abs=0.2)


def test_the_weight_is_that_of_the_formula_pair_by_pair():
    """The sums over pairs, taken from the months' products, against a loop over the pairs."""
    rng = np.random.default_rng(4)
    z = rng.normal(size=(LONGEST, 7)) + rng.normal(size=(LONGEST, 1))
    z /= np.linalg.norm(z, axis=0)
    pairs = [(i, j) for i in range(7) for j in range(7) if i != j]
    r = {(i, j): float(z[:, i] @ z[:, j]) for i, j in pairs}
    mean = np.mean(list(r.values()))
    doubt = 0.0
    for (i, j), value in r.items():
        w = z[:, i] * z[:, j]
        doubt += LONGEST / (LONGEST - 1) * float(np.square(w - value / LONGEST).sum())
    weight = LONGEST / (LONGEST - 12) * doubt / sum((v - mean) ** 2 for v in r.values())
    np.testing.assert_allclose(_believed(z), (float(mean), min(float(weight), 1.0)))


@pytest.mark.parametrize("alpha", [0.05, 0.95])
def test_paths_are_those_of_exponential_smoothing(alpha):
    """Level plus shock, and a part of the shock stays (Hyndman et al. 2008, ETS(A,N,N))."""
    shocks = np.random.default_rng(5).normal(size=(4, 3))
    level, expected = np.zeros(3), np.zeros((4, 3))
    for month in range(4):
        expected[month] = level + shocks[month]
        level = level + alpha * shocks[month]
    np.testing.assert_allclose(_path(alpha, shocks), expected, atol=1e-9)


def risk(name="r", series="s00", probability=1.0, effect=-500.0, least=None, most=None):
    """One risk as a frame."""
    row = {"risk": name, "series": series, "probability": probability, "effect": effect}
    row |= {"least": effect if least is None else least, "most": effect if most is None else most}
    return pl.DataFrame([row])


def test_a_certain_risk_shifts_exactly_by_its_effect():
    """In its own series and in the whole; nowhere else."""
    before, _ = drawn(noise(4))
    after, _ = drawn(noise(4), risks=risk())
    for name in ("p10", "p50", "p90", "mean"):
        moved = (after.rows[name] - before.rows[name]).to_list()
        assert moved == pytest.approx([-500, 0, 0, 0], abs=1e-9)
        assert (after.whole[name] - before.whole[name])[0] == pytest.approx(-500, abs=1e-9)
    assert after.risks.row(0, named=True) == {
        "risk": "r", "expected": -500.0, "p10_gain": pytest.approx(500),
        "p50_gain": pytest.approx(500), "chance_gain": None,
    }  # fmt: skip


def test_an_assumed_amount_is_as_certain():
    """It shifts all quantiles."""
    before, told = drawn(noise(2))
    history = pl.concat([months_of(v, s) for v, s in zip(noise(2), ["s00", "s01"], strict=True)])
    more = told.with_columns(assumed=pl.Series([70.0, 0.0]))
    after = draw_year_ends(history, more, THROUGH, draws=20_000)
    assert (after.rows["p10"] - before.rows["p10"]).to_list() == pytest.approx([70, 0])


def test_a_likely_risk_happens_as_often_as_it_should():
    """A quarter of the draws; a triangle's mean is the mean of its corners."""
    found, _ = drawn(noise(2), risks=risk(probability=0.25, effect=-300.0, least=0.0, most=-900.0))
    assert found.risks["expected"][0] == 0.25 * -400
    assert found.rows["mean"][0] - 1000 == pytest.approx(0.25 * -400, rel=0.05)


def test_the_risk_that_matters_most_stands_first():
    """A grave one before a likelier small one; one that is worth nothing last."""
    three = pl.concat(
        [
            risk("small", "s00", 0.5, -20.0),
            risk("grave", "s01", 0.2, -2000.0),
            risk("nothing", "s01", 0.9, 0.0),
        ]
    )
    found, _ = drawn(noise(2), risks=three, budget=900.0)
    assert found.risks["risk"].to_list() == ["grave", "small", "nothing"]
    assert found.risks["chance_gain"][0] > 0.1


def test_the_chance_falls_as_the_budget_rises():
    """From nearly sure to hardly; half at the median."""
    chances = [drawn(noise(3), budget=b)[0].rows["chance"][0] for b in (970, 990, 1000, 1010, 1030)]
    assert chances == sorted(chances, reverse=True)
    assert chances[2] == pytest.approx(0.5, abs=0.001)
    assert chances[0] > 0.99 > 0.01 > chances[-1]


def test_the_same_seed_draws_the_same_and_another_another():
    """Bit for bit; and a series more beside it leaves a series' draws alone."""
    one, two = drawn(noise(3), seed=7)[0], drawn(noise(3), seed=7)[0]
    assert one.rows.equals(two.rows)
    assert one.whole.equals(two.whole)
    other = drawn(noise(3), seed=8)[0]
    assert not one.whole.equals(other.whole)


def test_odd_series_do_no_harm():
    """Constant, new, of a single month, without history at all, and a year that is over."""
    history = pl.concat(
        [
            months_of(np.full(40, 5.0), "constant"),
            months_of(noise(1)[0][:13], "new"),
            months_of(np.array([3.0]), "single"),
            months_of(noise(1)[0], "usual"),
        ]
    )
    told = normal_told(dict.fromkeys(("constant", "new", "none", "single", "usual"), 10.0), 1000.0)
    found = draw_year_ends(history, told, THROUGH, draws=1001)
    assert np.isfinite(found.rows.drop("series").to_numpy()).all()
    over = draw_year_ends(history, told, date(2020, 12, 1), draws=100).rows
    assert over["p10"].to_list() == over["p90"].to_list() == [1000.0] * 5
    assert over["chance"].to_list() == [1.0] * 5


def test_what_cannot_be_drawn_is_refused():
    """Too few draws, quantiles out of order."""
    told = normal_told({"a": 1.0})
    with pytest.raises(ValueError, match="draws"):
        draw_year_ends(months_of(noise(1)[0], "a"), told, THROUGH, draws=1)
    crossed = told.with_columns(p10=pl.lit(5000.0))
    with pytest.raises(ValueError, match="rise"):
        draw_year_ends(months_of(noise(1)[0], "a"), crossed, THROUGH)


def regions(count: int, units: int, seed: int) -> tuple[pl.DataFrame, dict[str, float]]:
    """Made regions of units with level, season and AR(1) months, a third of whose shocks the
    region shares; five years to August 2020, and what each region's year came to."""
    rng = np.random.default_rng(seed)
    frames, truth = [], {}
    for r in range(count):
        shape = (units, 72)
        shocks = np.sqrt(1 / 3) * rng.normal(size=(1, 72)) + np.sqrt(2 / 3) * rng.normal(size=shape)
        for month in range(1, 72):
            shocks[:, month] += 0.5 * shocks[:, month - 1]
        season = rng.normal(0, 8, (units, 12))
        level = rng.uniform(80, 200, (units, 1))
        values = level + np.tile(season, 6) + 6 * shocks
        truth[f"r{r}"] = float(values[:, 60:].sum())
        frames += [months_of(v[:68], f"r{r}/{u:02}") for u, v in enumerate(values)]
    return pl.concat(frames), truth


def test_the_interval_of_the_sum_holds_about_what_it_promises():
    """80 % of 60 made regions of eight units: binomial error is 5 points; the forecast's own
    calibration and five years of shared months add theirs."""
    history, truth = regions(60, 8, seed=11)
    told = forecast_year_end(history, THROUGH).with_columns(
        assumed=pl.lit(0.0), budget=pl.lit(None, pl.Float64)
    )
    held = alone = 0
    for region, came in truth.items():
        own = pl.col("series").str.starts_with(region + "/")
        units = told.filter(own)
        found = draw_year_ends(history.filter(own), units, THROUGH, draws=2000).whole
        held += found["p10"][0] <= came <= found["p90"][0]
        half = np.sqrt(np.square((units["p90"] - units["p10"]) / 2).sum())
        alone += abs(came - float(units["p50"].sum())) <= half
    assert 0.68 <= held / len(truth) <= 0.92
    assert alone < held, "as if independent, they hold less"
