"""`ledger control plan`, `perform` and `list`: what is controlled, how it went, what is late."""

import csv
import json
import re
from pathlib import Path

import pytest

from reporting.internal_control import interim
from tests.cli.test_demo import made  # noqa: F401

FACTS = Path(__file__).parents[1] / "examples" / "facts" / "internal_control.csv"
PLAN = """\
control,year,unit,text,risk_text,probability,consequence,method,population,responsible,frequency,due
K1,2020,60,Attest av fakturor,Fel person attesterar,3,3,sample,Fakturor,ekonom,tertial,
K2,2020,6101,Behörigheter,Obehöriga kommer in,2,4,all_items,,systemägare,year,2020-08-01
K3,2020,610,Jämför kostnader,,,,analysis,,controller,continuous,
"""


@pytest.fixture
def planned(booked, folder):
    """A plan of three controls, recorded."""
    (folder / "plan.csv").write_text(PLAN, encoding="utf-8")
    taken = booked("control", "plan", "--from", "plan.csv")
    assert taken.exit_code == 0, taken.output
    assert taken.stdout == "recorded 3, already known 0, refused 0\n"
    return booked


def listed(run, *more):
    """The register as data, by control, and the exit code."""
    shown = run("control", "list", "--format", "json", *more)
    return {row["control"]: row for row in json.loads(shown.stdout)}, shown.exit_code


def test_a_plan_is_adopted_and_shown(planned):
    """With the decision; before it a note says that it is not."""
    shown = planned("control", "plan").stdout
    assert "inte fastställd" in shown
    assert "Fel person attesterar" in shown
    asked = ("--year", "2020", "--board", "Nämnden", "--decision", "2020 § 4", "--on", "2020-02-17")
    done = planned("control", "plan", *asked)
    assert done.stdout == "Internkontrollplanen 2020 för RN är fastställd av Nämnden: 2020 § 4.\n"
    rows = json.loads(planned("control", "plan", "--format", "json").stdout)
    assert [row["decision"] for row in rows] == ["2020 § 4"] * 3
    assert (rows[0]["risk_value"], rows[0]["level"]) == (9, "high")
    again = planned("control", "plan", *asked[:-1], "2020-02-18")
    assert again.exit_code == 2
    assert "--reason" in again.stderr


def test_what_can_be_borne_has_the_decimals_of_the_language(booked, folder):
    """A comma for people who read Swedish; data has its point, as recorded."""
    head, row = PLAN.splitlines()[:2]
    both = f"{head},tolerable,confidence\n{row},0.05,0.9\n"
    (folder / "borne.csv").write_text(both, encoding="utf-8")
    taken = booked("control", "plan", "--from", "borne.csv")
    assert taken.exit_code == 0, taken.output
    shown = booked("control", "plan").stdout
    assert re.search(r" 0,05 +0,9 ", shown), shown
    assert re.search(r" 0\.05 +0\.9 ", booked("control", "plan", "--lang", "en").stdout)
    (data,) = json.loads(booked("control", "plan", "--format", "json").stdout)
    assert (data["tolerable"], data["confidence"]) == ("0.05", "0.9")


def test_what_is_late_is_a_finding(planned):
    """A tertial without a conclusion, 31 days after it; a due day that has passed. What goes on
    all the time and has no day is never late."""
    rows, code = listed(planned, "--through", "2020-05")
    assert ({name: row["overdue"] for name, row in rows.items()}, code) == (
        {"K1": "no", "K2": "no", "K3": "no"},
        0,
    )
    rows, code = listed(planned, "--through", "2020-08")
    assert (rows["K1"]["missing"], rows["K1"]["overdue"]) == ("2020-01--2020-04", "yes")
    assert (rows["K2"]["overdue"], rows["K3"]["overdue"], code) == ("yes", "no", 1)
    done = planned(
        *("control", "perform", "K1", "--through", "2020-04", "--conclusion", "adequate"),
        *("--result", "Tre av tre attesterade", "--on", "2020-05-12"),
    )
    assert done.stdout == "K1 2020-04: tillräcklig\n"
    planned("control", "perform", "K2", "--through", "2020-07", "--conclusion", "not_performed",
            "--because", "Systemägaren slutade")  # fmt: skip
    rows, code = listed(planned, "--through", "2020-08")
    assert (rows["K1"]["missing"], rows["K1"]["conclusion"], code) == (None, "adequate", 0)
    assert rows["K2"]["because"] == "Systemägaren slutade"
    rows, code = listed(planned, "--through", "2020-10")
    assert (rows["K1"]["missing"], code) == ("2020-05--2020-08", 1)
    shown = planned("control", "list", "--through", "2020-10")
    assert "Iakttagelse [control-overdue]: kontroll K1 saknar slutsats: 2020-05--2020-08" in (
        shown.stdout
    )
    planned("record", "setting", "setting=control.days", "value=90")
    assert listed(planned, "--through", "2020-10")[1] == 0


def test_a_conclusion_says_why_it_is_none_and_why_it_changes(planned):
    asked = ("control", "perform", "K1", "--through", "2020-04", "--conclusion")
    refused = planned(*asked, "not_assessable")
    assert (refused.exit_code, "[bad-control]" in refused.stderr) == (3, True)
    told = ("--result", "En av tre saknas")
    assert planned(*asked, "deficient", *told).exit_code == 0
    assert planned(*asked, "deficient").exit_code == 0
    assert listed(planned, "--through", "2020-05")[0]["K1"]["result"] == "En av tre saknas"
    refused = planned(*asked, "adequate")
    assert (refused.exit_code, "[reason-missing]" in refused.stderr) == (3, True)
    assert planned(*asked, "adequate", "--reason", "Underlaget hittades").exit_code == 0
    rows, _ = listed(planned, "--through", "2020-05")
    assert rows["K1"]["conclusion"] == "adequate"
    assert rows["K1"]["result"] is None, "that was said of another conclusion"


def test_measures_are_followed_up_into_the_next_year(planned, folder):
    """Last year's that were open when the year began stand in this year's list, until done."""
    next_year = PLAN.replace(",2020,", ",2021,").replace("2020-08-01", "")
    files = {
        "m1.csv": "control,year,measure,text,due\nK1,2020,M1,Utbilda,2020-12-31\n"
        "K3,2020,M2,Räkna om,2020-10-31\n",
        "m2.csv": "control,year,measure,progress,report,reported_on\n"
        "K3,2020,M2,done,Klart,2020-11-02\n",
        "plan-2021.csv": next_year,
    }
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
        kind = "control" if name.startswith("plan") else "control_measure"
        done = planned("import", name, "--as", kind)
        assert done.exit_code == 0, done.output
    shown = planned("control", "list", "--measures", "--year", "2021", "--format", "json")
    (row,) = json.loads(shown.stdout)
    assert (row["measure_name"], row["of_last_year"], row["overdue"]) == ("M1", "yes", "yes")
    assert shown.exit_code == 1
    shown = planned("control", "list", "--measures", "--year", "2020", "--format", "json")
    assert [row["measure_progress"] for row in json.loads(shown.stdout)] == [None, "done"]


def test_the_printed_table_comes_out_to_the_letter(made):  # noqa: F811
    """facts/internal_control.csv, of the division's interim report 2020-08."""
    import ledger

    (fact,) = csv.DictReader(FACTS.read_text(encoding="utf-8").splitlines())
    table = interim(ledger.open(made[0] / "ledger.db"), "sv", through="2020-08", unit="60")
    (row,) = table.rows
    said = {column.key: cell for column, cell in zip(table.columns, row, strict=True)}
    assert said.pop("conclusion") == "not_assessable", "a column of ours beside the printed ones"
    words = {"sample": "Stickprov", "continuous": "Löpande"}
    assert [words.get(str(cell), cell) for cell in said.values()] == [
        fact["control_activity"],
        fact["control_method"],
        fact["performed"],
        fact["result"],
        fact["actions"],
    ]
