"""The main job, as its user does it: `ledger demo`, then the questions, as whole processes.

Expected figures are the printed report's, read from `tests/examples/facts/` (division's interim
report, August 2020). Where the report contradicts itself, its own arithmetic decides: the total
annual budget is −258 kr, not the 0 that is printed (arithmetic_checks.csv, checks 3 and 6).
"""

import csv
import io
import json
import sqlite3
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest

FACTS = Path(__file__).parents[1] / "examples" / "facts"


def facts(name: str) -> list[dict[str, str]]:
    """A table of the printed report."""
    text = (FACTS / f"{name}.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(io.StringIO(text)))


def run(*arguments: object, code: int = 0) -> str:
    """The command's standard output; its exit code must be the one given."""
    command = [sys.executable, "-m", "cli.main", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.returncode == code, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """The demo's store, made by the command, and what it printed."""
    folder = tmp_path_factory.mktemp("demo") / "demo"
    printed = run("demo", folder)
    return folder / "ledger.db", printed


def ask(demo, *question: str):
    """The JSON answer to a question about August 2020."""
    return json.loads(
        run(*question, "--through", "2020-08", "--format", "json", "--store", demo[0])
    )


def test_every_cell_of_the_result_by_area_to_the_krona(demo) -> None:
    answer = ask(demo, "result", "--by", "area")
    assert list(answer[0]) == [
        "unit", "name", "outcome", "budget", "variance", "annual_budget", "forecast",
        "forecast_variance", "last_year", "change_percent",
    ]  # fmt: skip
    printed = {
        "outcome": "actual_2020_08",
        "variance": "variance_actual_vs_budget",
        "annual_budget": "annual_budget_2020",
        "forecast": "annual_forecast",
        "forecast_variance": "variance_forecast_vs_budget",
    }
    rows = facts("result_by_area")
    assert [r["name"] for r in answer[:-1]] == [r["area"] for r in rows[:-1]]
    for row, fact in zip(answer, rows, strict=True):
        for key, column in printed.items():
            expected = (
                "-258" if fact["is_total"] == "1" and key == "annual_budget" else fact[column]
            )
            assert row[key] == f"{expected}.00", (row["name"], key)
    assert answer[-1]["unit"] is None
    assert (answer[-1]["annual_budget"], answer[-1]["forecast_variance"]) == (
        "-258.00",
        "7755842.00",
    )


def test_months_sum_to_the_accumulated_and_twelve_roll_over_the_year(demo) -> None:
    def total(*question: str) -> Decimal:
        answer = run("result", "--by", "area", "--format", "json", "--store", demo[0], *question)
        return Decimal(json.loads(answer)[-1]["outcome"])

    months = [total("--through", f"2020-{m:02d}", "--span", "month") for m in range(1, 9)]
    assert sum(months) == total("--through", "2020-08") == Decimal("12169358.00")
    rest = total("--year", "2019") - total("--through", "2019-08")
    rolled = total("--through", "2020-08", "--span", "rolling12")
    assert rolled == rest + Decimal("12169358.00")


def test_forty_percentages_and_five_amounts_of_cost_development(demo) -> None:
    answer = ask(demo, "cost-development")
    rows = facts("cost_development")
    assert [r["line"] for r in answer] == [r["cost_category"] for r in rows]
    compared = 0
    for row, fact in zip(answer, rows, strict=True):
        thousands = (Decimal(row["outcome"]) / 1000).quantize(Decimal(1), "ROUND_HALF_UP")
        assert thousands == Decimal(fact["accumulated_actual_2020_08"])
        for month in range(1, 9):
            printed = fact[f"change_vs_prior_year_month_{month:02d}"]
            assert row["change_percent"][f"2020-{month:02d}"] == printed, (row["line"], month)
            compared += 1
    assert compared == 40


def test_product_0630_is_what_was_booked_on_covid(demo) -> None:
    answer = ask(demo, "result", "--by", "product,line")
    booked = {r["line"]: Decimal(r["outcome"]) for r in answer if r["product"] == "0630"}
    personnel = booked.pop("Personalkostnader") + booked.pop("Personalomkostnader")
    printed = {r["row_label"]: Decimal(r["booked_on_product_0630"] or 0) for r in facts(
        "covid_followup"
    )}  # fmt: skip

    def mnkr(kronor: Decimal) -> Decimal:
        return (kronor / 1_000_000).quantize(Decimal("0.1"), "ROUND_HALF_UP")

    assert mnkr(personnel) == printed["Personalkostnader"]
    assert mnkr(sum(booked.values(), Decimal(0))) == printed["Övriga kostnader"]
    assert mnkr(personnel + sum(booked.values(), Decimal(0))) == printed["Summa"]


def test_the_demo_shows_the_three_tables_and_says_that_its_clock_is_simulated(demo) -> None:
    printed = demo[1].replace("\u00a0", " ")
    for figure in (
        "123 013 505",
        "+10 492 143",
        "−258",
        "7 755 584",
        "−60 436",
        "−40,91 %",
        "(21590 händelser)",
    ):
        assert figure in printed, figure
    readme = (FACTS.parents[2] / "README.md").read_text(encoding="utf-8")
    assert "rebuilt from 21 590 events" in readme, "what the demo prints"
    assert "imulerad klocka" in printed
    assert printed.count("    ledger ") == 4, "the most useful next commands"


def test_the_model_s_forecast_sums_and_brackets_itself(demo) -> None:
    answer = ask(demo, "forecast", "--by", "area")
    assert list(answer[0]) == [
        "unit", "name", "outcome", "remaining", "forecast", "p2_5", "p10", "p50", "p90", "p97_5",
        "annual_budget", "variance", "last_year", "method",
    ]  # fmt: skip
    amounts = [{k: Decimal(v) for k, v in row.items() if k[0] in "orfpa"} for row in answer]
    for row in amounts:
        assert row["outcome"] + row["remaining"] == row["forecast"] == row["p50"]
        assert row["p2_5"] <= row["p10"] <= row["p50"] <= row["p90"] <= row["p97_5"]
    for key in ("outcome", "remaining", "forecast", "annual_budget"):
        assert sum(row[key] for row in amounts[:-1]) == amounts[-1][key], key


def test_the_explanation_leads_from_the_outcome_to_the_round(demo) -> None:
    steps = json.loads(
        run("forecast", "explain", "--round", "2020-T2", "--format", "json", "--store", demo[0])
    )
    total = Decimal(0)
    for step in steps:
        total += Decimal(step["amount"] or 0)
        assert step["step"] in ("budget", "risk") or Decimal(step["total"]) == total
    ends = {step["step"]: Decimal(step["total"]) for step in steps}
    answer = ask(demo, "forecast", "--by", "area", "--round", "2020-T2")
    assert ends["forecast"] == Decimal(answer[-1]["forecast"])
    shown = ask(demo, "result", "--by", "area")
    assert ends["round"] == Decimal(shown[-1]["forecast"])


def test_what_was_known_before_is_told_again_to_the_byte(demo) -> None:
    question = ("result", "--by", "area", "--through", "2020-06", "--known-at", "2020-07-31")
    first = run(*question, "--format", "json", "--store", demo[0])
    assert json.loads(first)[-1]["forecast"] is None, "no round was adopted in July"
    assert run(*question, "--format", "json", "--store", demo[0]) == first
    run("result", "--known-at", "2999-01-01", "--store", demo[0], code=2)
    run("result", "--known-at", "2019-01-01", "--store", demo[0], code=2)


def test_importing_the_same_month_again_records_nothing(demo) -> None:
    example = Path(__file__).parents[2] / "examples" / "lansteknik" / "2020"
    said = run("import", example / "outcome-2020-08.csv", "--store", demo[0])
    assert said.strip().splitlines()[-1].startswith("recorded 0, already known")


def test_the_read_model_holds_the_same_figures(demo, tmp_path) -> None:
    out = tmp_path / "read.db"
    run("export", "sqlite", "-o", out, "--store", demo[0])
    model = sqlite3.connect(out)
    total = model.execute("SELECT outcome FROM result_by_area WHERE unit IS NULL").fetchone()
    assert total == (1_216_935_800,)
    found = model.execute("SELECT COUNT(*) FROM texts_fts WHERE texts_fts MATCH 'video'")
    assert found.fetchone()[0] > 0
    model.close()


def test_a_table_beyond_the_outcome_says_so_and_one_of_nothing_is_refused(demo) -> None:
    said = run("result", "--through", "2020-12", "--store", demo[0])
    assert "OBS! Det finns inget utfall efter 2020-08" in said
    assert "OBS!" not in run("result", "--through", "2020-08", "--store", demo[0])
    run("result", "--through", "2021-03", "--store", demo[0], code=2)
    run("result", "--through", "2017-06", "--store", demo[0], code=2)
    run("forecast", "--through", "2020-12", "--store", demo[0], code=7)
