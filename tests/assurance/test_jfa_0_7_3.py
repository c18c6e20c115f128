"""jfa 0.7.3 (Derks), its statistical tables and its functions run under R 4.2.2."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

import polars as pl
import pytest

from assurance.evaluation import projected_misstatement
from assurance.sampling import draw
from tests.assurance.vectors import BOUNDS, document, rows, wrong_limits, wrong_sizes

SELECTIONS = document("selection_interval")["selections"]


@pytest.mark.parametrize("number", range(1, 21))
def test_sample_sizes(number):
    """Binomial (1–4), Poisson (5–8) and hypergeometric (9–20) sizes; where jfa's double precision
    gives another n, the exact one."""
    assert wrong_sizes(f"jfa-f7-v0.5.5-t{number}") == []


@pytest.mark.parametrize("number", range(21, 41))
def test_upper_limits(number):
    """Binomial (21–24), Poisson (25–28) and hypergeometric (29–40) limits."""
    assert wrong_limits(f"jfa-f7-v0.5.5-{number}") == []


@pytest.mark.parametrize("method", BOUNDS)
def test_bounds_of_taints(method):
    """Seven bounds over seven made samples, at four levels."""
    for row in rows("upper_bounds_taints", method=method):
        taints, n = row["taints"].split(), int(row["n"])
        bound = BOUNDS[method](taints, n, Decimal(row["confidence"]))
        assert bound == pytest.approx(float(row["independent"]), abs=1e-9), row
        if method != "coxsnell":  # whose likeliest rate is the mode of its posterior
            likely = projected_misstatement(taints, Fraction(1, n))
            assert float(likely) == pytest.approx(float(row["mle"]), abs=1e-9)


@pytest.mark.parametrize(
    "case", [each for each in SELECTIONS if each["dataset"] == "LCG1000"], ids=str
)
def test_intervals_over_the_made_population(case):
    """Every row and its hits; where jfa's double precision overshoots, the exact ones."""
    frame = pl.DataFrame(
        {
            "id": [row["id"] for row in rows("population_lcg1000")],
            "amount": [int(row["amount_ore"]) for row in rows("population_lcg1000")],
        }
    )
    method: Any = "monetary_unit" if case["units"] == "values" else "systematic"
    drawn = draw(frame, method, size=case["n"], start=case["start"])
    hit = zip(map(int, drawn.items["id"]), drawn.items["hits"], strict=True)
    assert [list(each) for each in hit] == case.get("rows_exact", case["rows"])
    assert drawn.interval == Fraction(case["interval_exact"])
    assert (drawn.count, drawn.sum) == (1000, 253_753_738)


@pytest.mark.parametrize(
    "case",
    [each for each in SELECTIONS if each["dataset"] == "BuildIt" and each["units"] == "items"],
    ids=str,
)
def test_intervals_over_the_items_of_buildit(case):
    """3 500 items; their amounts are not needed."""
    frame = pl.DataFrame({"id": range(1, 3501)})
    drawn = draw(frame, "systematic", size=case["n"], start=case["start"])
    hit = zip(drawn.items["id"], drawn.items["hits"], strict=True)
    assert [list(each) for each in hit] == case["rows"]


def test_items_longer_than_the_interval_hit_twice():
    """jfa's reference vector of 238 amounts with up to four decimals."""
    (case,) = (each for each in SELECTIONS if each["dataset"] == "jfa-Ist238")
    amounts = pl.Series([Decimal(each) for each in case["book"]], dtype=pl.Decimal(18, 4))
    frame = pl.DataFrame({"id": range(238), "amount": amounts})
    drawn = draw(frame, "monetary_unit", size=case["n"], start=case["start"], whole=False)
    hits = dict(zip(drawn.items["id"], drawn.items["hits"], strict=True))
    assert [hits.get(row, 0) for row in range(238)] == case["times_per_item"]
