"""The director's statistics and assignments, as printed, out of the commands' JSON; and what the
print says that cannot be.

The files are ``examples/region``; the facts are copies in ``tests/examples/facts``.
"""

import csv
import json
from decimal import Decimal
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.main import app

ROOT = Path(__file__).parents[2]
REGION = ROOT / "examples" / "region"
DIRECTOR = "003_3bcf2fd7dff817ef"


def facts(name: str) -> list[dict[str, str]]:
    """A table of the director's report."""
    path = ROOT / "tests" / "examples" / "facts" / f"{name}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if row["source_doc"] == DIRECTOR]


@pytest.fixture(scope="module")
def ask(tmp_path_factory):
    """A command on a region that has taken the files."""
    store = str(tmp_path_factory.mktemp("region") / "ledger.db")

    def run(*arguments: str):
        return CliRunner().invoke(app, [*arguments, "--store", store], prog_name="ledger")

    folder = str(Path(store).parent)
    done = CliRunner().invoke(
        app, ["init", folder, "--organisation", "Region Norrbotten", "--root-unit", "RN"]
    )
    assert done.exit_code == 0, done.output
    for name in ("statistics", "assignments"):
        done = run("import", str(REGION / f"{name}-2020-10.csv"))
        assert done.exit_code == 0, done.output
    return run


@pytest.fixture(scope="module")
def statistics(ask):
    """Every statistic, as data."""
    return json.loads(ask("statistics", "--all", "--format", "json").stdout)


def found(rows, measure: str, **more: str):
    """The one statistic of that measure."""
    (row,) = [
        row
        for row in rows
        if measure in (row["measure"], row["subject"])
        and all(row[name] == value for name, value in more.items())
    ]
    return row


@pytest.mark.parametrize("fact", facts("production_access"), ids=lambda fact: fact["metric"])
def test_production_and_access(statistics, fact):
    """A change is stated where its values are not printed."""
    row = found(statistics, fact["metric"].removesuffix(" förändring"), interval=fact["period"])
    if fact["note"] == "jämfört med förra året":
        assert (row["change_percent"], row["change_by"]) == (fact["value"], "stated")
        assert row["comparator"] == "2019-01--2019-08"
    else:
        assert (row["value"], row["measured_in"]) == (fact["value"], fact["unit"])


@pytest.mark.parametrize("fact", facts("patient_board"), ids=lambda fact: fact["metric"])
def test_the_patient_board(statistics, fact):
    """Its changes are computed where both values are printed: +200 %, not +33 (check 50), and
    −46.9 %, not −53 (check 51)."""
    row = found(statistics, fact["metric"])
    assert row["interval"] == fact["period"].replace(" ", "-")
    assert (row["value"], row["measured_in"]) == (fact["value"], fact["unit"])
    assert (row["comparator_value"] or "") == fact["prior_value"]
    if fact["prior_value"]:
        new, old = Decimal(fact["value"]), Decimal(fact["prior_value"])
        assert row["change_by"] == "computed"
        assert abs(Decimal(row["change_percent"]) - (new / old - 1) * 100) <= Decimal("0.005")
        assert round(Decimal(row["change_percent"])) != int(fact["stated_change_percent"])
    else:
        assert (row["change_percent"] or "") == fact["stated_change_percent"]


def test_the_checks_that_the_printed_changes_fail_hold(statistics):
    """arithmetic_checks.csv, 50 and 51: the computed ones are ours."""
    changes = {row["subject"]: row["change_percent"] for row in statistics if row["subject"]}
    checks = {row["check_id"]: row for row in facts("arithmetic_checks")}
    for check, subject in (("50", "KC infektion/hud/lunga/reuma"), ("51", "Akut omhändertagande")):
        assert abs(Decimal(changes[subject]) - Decimal(checks[check]["computed"])) < Decimal("0.01")


@pytest.mark.parametrize("fact", facts("online_doctor_cost"), ids=lambda fact: fact["period"])
def test_the_cost_of_online_doctors(statistics, fact):
    """Half a year is no year, and is told to be late."""
    interval = "2020-H1" if fact["full_year"] == "0" else fact["period"]
    row = found(statistics, "Kostnad nätläkare", interval=interval)
    assert (row["value"], row["measured_in"], row["lag"]) == (fact["cost"], fact["unit"], 3)
    assert row["interval_kind"] == ("half_year" if fact["full_year"] == "0" else "year")


def test_their_increase_is_computed(statistics):
    """From 3 175 858 to 7 088 521 kr."""
    row = found(statistics, "Kostnad nätläkare", interval="2019")
    names = ("comparator", "change", "change_percent")
    assert [row[name] for name in names] == ["2018", "3912663", "123.20"]


SUBJECTS = {
    "Ökning privata nätläkare riket": "Riket",
    "Ökning privata nätläkare Norrbotten": "Norrbotten",
    "Ökning Västerbotten/Västernorrland": "Västerbotten/Västernorrland",
}
QUALIFIERS = {"": None, "ca": "about", "drygt": "over"}


@pytest.mark.parametrize("fact", facts("online_doctor_facts"), ids=lambda fact: fact["metric"])
def test_what_is_said_of_online_doctors(statistics, fact):
    """An increase is a change, stated of visits that are not; the others are values."""
    row = found(statistics, SUBJECTS.get(fact["metric"], fact["metric"]))
    if fact["metric"] in SUBJECTS:
        assert (row["change_percent"], row["change_by"]) == (fact["value"], "stated")
        assert (row["comparator"], row["interval"]) == ("2020-02", "2020-03")
    else:
        assert (row["value"], row["measured_in"]) == (fact["value"], fact["unit"])
        assert row["interval"] == fact["period"]
    assert row["qualifier"] == QUALIFIERS[fact["note"]]


def test_the_assignments(ask):
    """By a day or by words; 31 april 2021 is neither (arithmetic_checks.csv, 55)."""
    rows = json.loads(ask("assignments", "--format", "json").stdout)
    printed = facts("assignments")
    assert len(rows) == len(printed) == 6
    for row, fact in zip(rows, printed, strict=True):
        assert row["assignment"] == fact["assignment"]
        assert (row["ordered_by"] or "") == fact["ordered_by"]
        assert row["progress"] == fact["status"]
        assert (row["report"] or "") == fact["status_text"]
        if "not a real date" in fact["due"]:
            assert (row["due"], row["due_text"]) == (None, "april 2021")
        else:
            assert (row["due"] or row["due_text"] or "") == fact["due"]


@pytest.mark.parametrize(
    ("field", "code"),
    [("due=2021-04-31", "bad-date"), ("due_text=senast den 31 april 2021", "impossible-date")],
)
def test_a_day_that_does_not_exist_is_refused(ask, field, code):
    done = ask("record", "assignment", "assignment=Interreg", "unit=RN", field)
    assert done.exit_code == 3
    assert f"[{code}]" in done.stderr


def test_a_change_that_cannot_be_is_refused(ask):
    """The printed +33 % for 4 to 12."""
    done = ask(
        *("record", "statistic", "measure=Patientnämndsärenden", "subject=KC hud"),
        *("period=2020-T2", "value=12", "measured_in=ärenden", "comparator=2019-T2"),
        *("comparator_value=4", "change_percent=33"),
    )
    assert done.exit_code == 3
    assert "förändringen 33 % är angiven, men 4 till 12 är 200 %" in done.stderr


def test_people_see_words_and_the_lag(ask):
    """And in English."""
    table = ask("statistics", "--category", "nätläkare", "--lang", "en").stdout
    for words in ("over", "Riket", "+123.20%", "complete"):
        assert words in table
    late = json.loads(
        ask("statistics", "--through", "2020-08", "--category", "tillgänglighet", "--format",
            "json").stdout
    )  # fmt: skip
    assert {row["interval"]: row["behind"] for row in late} == {"2020-07": 1, "2020-08": 0}
