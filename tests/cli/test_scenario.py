"""``ledger risks`` and ``ledger scenario`` as a controller meets them."""

import json
import os
import subprocess
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.cli.conftest import Run

ROOT = Path(__file__).resolve().parents[2]
RISKS = """\
risk;unit;line;text;probability;consequence;percent;effect;from;to
R1;6101;Personalkostnader;Rekrytering tar tid;3;3;100;-5000;2020-09;2020-12
R2;60;;Andra vågen;2;4;25;-8000;;
R3;620;;Nyckelpersoner;2;3;;;;
"""


@pytest.fixture
def years(founded: Run, folder) -> Run:
    """Three years of wages of three units, a budget of 2020, and three risks."""
    rng = np.random.default_rng(1)
    rows, budget = [], []
    for unit, size in (("6101", 1000), ("6102", 2000), ("6201", 500)):
        months = [date(2018 + m // 12, m % 12 + 1, 1) for m in range(32)]
        rows += [
            f"{month:%Y-%m},{unit},4010,{-size + int(rng.normal(0, size / 20))}.00"
            for month in months
        ]
        budget += [f"2020-{m:02},{unit},4010,{-size}.00" for m in range(1, 13)]
    head = "period,unit,account,amount\n"
    (folder / "balances.csv").write_text(head + "\n".join(rows) + "\n", encoding="utf-8")
    (folder / "budget.csv").write_text(head + "\n".join(budget) + "\n", encoding="utf-8")
    (folder / "risks.csv").write_text(RISKS, encoding="utf-8")
    for name in ("balances.csv", "budget.csv"):
        taken = founded("import", name)
        assert taken.exit_code == 0, taken.output
    return founded


@pytest.fixture
def risky(years: Run) -> Run:
    """The same, and the risks on record."""
    taken = years("import", "risks.csv")
    assert taken.exit_code == 0, taken.output
    return years


def data(result) -> list[dict[str, Any]]:
    """What JSON says."""
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


AUGUST = ("--through", "2020-08", "--format", "json")


def test_risks_are_shown_with_their_level(risky):
    """Few columns for people, all of them as data."""
    table = risky("risks", "--through", "2020-08").stdout
    assert "Andra vågen" in table
    assert "Matris: sannolikhet 1 (5 %), 2 (20 %)" in table
    rows = data(risky("risks", *AUGUST, "--unit", "610"))
    assert [(row["risk"], row["level"], row["effect"]) for row in rows] == [
        ("R1", "high", "-5000.00")
    ]
    assert list(rows[0]) == [
        "risk", "unit", "name", "line", "category", "text", "probability", "consequence",
        "risk_value", "level", "probability_percent", "effect", "least", "most", "first", "last",
        "responsible", "status",
    ]  # fmt: skip


def test_a_scenario_without_risks_is_the_forecast(years):
    """Row by row: the same middle, P10 and P90 within what ten thousand draws can tell."""
    drawn = data(years("scenario", "run", *AUGUST))
    model = data(years("forecast", *AUGUST))
    for one, other in zip(drawn[:-1], model[:-1], strict=True):
        assert one["forecast"] == one["p50"] == other["forecast"]
        width = Decimal(other["p90"]) - Decimal(other["p10"])
        for end in ("p10", "p90"):
            assert abs(Decimal(one[end]) - Decimal(other[end])) < width * 3 / 100
    assert drawn[-1]["forecast"] == model[-1]["forecast"]
    assert list(drawn[0]) == [
        "unit", "name", "forecast", "assumed", "expected_risk", "p10", "p50", "p90",
        "annual_budget", "chance_percent",
    ]  # fmt: skip


def test_a_certain_risk_shifts_its_unit_and_the_whole(years, risky):
    """R1 is certain; R2 stands on the division, in a row of its own without a budget."""
    rows = {row["unit"]: row for row in data(risky("scenario", "run", *AUGUST))}
    unit = rows["6101"]
    assert Decimal(unit["p50"]) - Decimal(unit["forecast"]) == -5000
    assert unit["expected_risk"] == "-5000.00"
    assert (rows["60"]["annual_budget"], rows["60"]["chance_percent"]) == (None, None)
    assert rows[None]["expected_risk"] == "-7000.00"
    assert rows[None]["chance_percent"] == "0.00"


def test_which_risk_matters_most(risky):
    """R2 hits the worst tenth harder than its mean; what R1 is worth is exact."""
    first, second = data(risky("scenario", "run", *AUGUST, "--risks", "--seed", "3"))
    assert (first["risk"], second["risk"]) == ("R2", "R1")
    assert second["p10_gain"] == second["p50_gain"] == "5000.00"
    assert (first["effect_left"], first["expected_effect"]) == ("-8000.00", "-2000.00")
    assert Decimal(first["p10_gain"]) > 5000
    table = risky("scenario", "run", "--through", "2020-08").stdout
    assert table.index("Scenario t.o.m. 2020-08") < table.index("Vilken risk som betyder mest")


def test_assumptions_of_the_round_are_added(years):
    """−1 200 over the year: a third is left after August; or left out if asked."""
    assert years("forecast", "round", "T2", "--through", "2020-08").exit_code == 0
    assumed = ("--unit", "6201", "--amount", "-1200", "--first", "2020-01", "--last", "2020-12")
    made = years("forecast", "assume", "--round", "T2", *assumed)
    assert made.exit_code == 0, made.output
    for more, amount in (((), "-400.00"), (("--no-assumptions",), "0.00")):
        rows = {row["unit"]: row for row in data(years("scenario", "run", *AUGUST, *more))}
        assert rows["6201"]["assumed"] == rows[None]["assumed"] == amount
        shift = Decimal(rows["6201"]["p50"]) - Decimal(rows["6201"]["forecast"])
        assert shift == Decimal(amount)
    refused = years("scenario", "run", *AUGUST, "--round", "T9")
    assert refused.exit_code == 7


def test_rows_by_line_and_by_several(risky):
    """A risk without a line is unmapped; several dimensions stand under their own names."""
    lines = data(risky("scenario", "run", *AUGUST, "--by", "line"))
    found = {row["line"]: row["expected_risk"] for row in lines}
    assert found["Personalkostnader"] == "-5000.00"
    assert found["unmapped"] == "-2000.00"
    both = data(risky("scenario", "run", *AUGUST, "--by", "area,line"))
    assert list(both[0])[:3] == ["area", "line", "name"]
    refused = risky("scenario", "run", *AUGUST, "--by", "account")
    assert refused.exit_code == 2


def test_a_recorded_scenario_is_listed_and_drawn_again(risky):
    """To the öre, also when more is known since; a name is taken once."""
    kept = risky("scenario", "run", *AUGUST, "--record", "augusti", "--seed", "5")
    whole = data(kept)[-1]
    assert risky("record", "risk", "risk=R1", "state=closed", "reason=klar").exit_code == 0
    (run_,) = data(risky("scenario", "list", "--recompute", "--format", "json"))
    assert (run_["scenario"], run_["seed"], run_["difference"]) == ("augusti", "5", "0.00")
    for name in ("forecast", "p10", "p50", "p90", "chance_percent"):
        assert run_[name] == whole[name]
    again = risky("scenario", "run", *AUGUST, "--record", "augusti")
    assert again.exit_code == 4
    moved = data(risky("scenario", "run", *AUGUST, "--seed", "5"))[-1]
    assert Decimal(moved["p50"]) - Decimal(whole["p50"]) == 5000


def test_what_cannot_be_drawn_is_said(years):
    """Draws, seeds and months that are not."""
    for wrong in (("--draws", "5"), ("--seed", "-1"), ("--draws", "2000000")):
        assert years("scenario", "run", *AUGUST, *wrong).exit_code == 2
    late = years("scenario", "run", "--through", "2020-11")
    assert late.exit_code == 7
    assert "2020-08" in late.stderr


def test_statsmodels_loads_for_scenarios_only(years):
    """Neither the register nor the list of runs waits for it."""
    code = (
        "import sys; from typer.testing import CliRunner; from cli.main import app;"
        "r = CliRunner().invoke(app, sys.argv[1:]); assert r.exit_code == 0, r.output;"
        "print('statsmodels' in sys.modules)"
    )
    for command, loaded in ((("risks",), "False"), (("scenario", "list"), "False")):
        done = subprocess.run(
            [sys.executable, "-c", code, *command],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout.strip() == loaded
