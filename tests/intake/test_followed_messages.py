"""What is told of files of scorecards, statistics, assignments, commentary and explanations, beside
the messages of `tests/errors`."""

from pathlib import Path

import pytest

from ledger.commands import Source
from ledger.families.followup import MarkEntries
from ledger.families.governance import ClosePeriods
from ledger.store import Store
from tests.intake.samples import problems, take, the_problem, write
from tests.intake.workbooks import workbook
from tests.ledger.builders import ACTOR, new_store

SCORECARD = (
    "unit;perspective;success_factor;indicator;goal;target;measured_in;direction;period;value\n"
    "10;Medarbetare;God arbetsmiljö;Sjukfrånvaro;Högst 3,5 %;3,5;percent;max;2020-T2;5,2\n"
)
STATISTIC = "measure;subject;period;value;measured_in;comparator;comparator_value\n"
SKIN = "Ärenden;KC hud;2020-T2;12;st;2019-T2;4\n"
ASSIGNMENT = "assignment;unit;due;due_text;progress;report;state\nMDR;10;2021-05-26;;;;\n"
COMMENTARY = "section;unit;period;text\nekonomi;10;2020-08;Överskott\n"
VARIANCE = "unit;line;period;amount;text\n10;Kostnader;2020-08;7;Färre datorer\n"
ESTIMATE = "mark;unit;line;period;estimate;amount\ncovid;10;Kostnader;2020-08;uppskattat;-7\n"
HOURS = "mark;unit;period;estimate;hours\n"
ATTACHMENT = f"number;unit;period;title;digest\n1;10;2020-08;Beslut;{'ab' * 32}\n"
STRUCTURES = (
    "structure;line;parent;account_from;account_to;sign;valid_from\n"
    "prognos;Kostnader;;4000;8999;1;2018-01\n"
)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """A store with a structure, an indicator, figures, an assignment, a text, an explanation."""
    made = new_store(tmp_path)
    files = {
        "structures.csv": STRUCTURES,
        "scorecard.csv": SCORECARD,
        "statistic.csv": STATISTIC + "Ärenden;KC hud;2019-T2;4;st;;\n",
        "assignment.csv": ASSIGNMENT,
        "commentary.csv": COMMENTARY,
        "variance.csv": VARIANCE,
        "codes.csv": "dimension;code;name\nproduct;0630;covid-19\n",
        "attachment.csv": ATTACHMENT,
    }
    for name, text in files.items():
        assert take(made, write(tmp_path, text, name)).recorded
    mark = MarkEntries("covid", "special", "merkostnad", products="0630")
    assert made.record(mark, ACTOR, Source("ledger mark")).recorded
    assert take(made, write(tmp_path, ESTIMATE, "followup.csv")).recorded
    return made


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("scorecard", SCORECARD),
        ("statistic", STATISTIC + SKIN),
        ("assignment", ASSIGNMENT),
        ("commentary", COMMENTARY),
        ("variance", VARIANCE),
    ],
)
def test_the_same_row_twice_is_told(store, tmp_path, kind, text):
    """With the line in which it stands already."""
    row = text.splitlines()[-1] + "\n"
    problem = the_problem(store, write(tmp_path, text + row, f"{kind}.csv"), kind=kind)
    assert (problem.line, problem.code) == (3, "record-repeated")
    assert "stands in line 2 already" in problem.found


@pytest.mark.parametrize(
    ("family", "kind", "text", "found"),
    [
        ("scorecard", "scorecard", SCORECARD.replace("5,2", "5,6") , "scorecard"),
        ("statistic", "statistic", STATISTIC + SKIN, "statistic"),
        ("commentary", "commentary", COMMENTARY.replace("Över", "Under"), "commentary"),
        ("commentary", "variance", VARIANCE.replace(";Färre", ";Ännu färre"), "commentary"),
    ],
)  # fmt: skip
def test_a_closed_month_is_a_rule(store, tmp_path, family, kind, text, found):
    """Exit code 4: the file may be right, the record says no."""
    months = ("2019-08", "2020-08") if family == "statistic" else ("2020-08",)
    store.record(ClosePeriods(months, family), ACTOR, Source("ledger close"))
    problem = the_problem(store, write(tmp_path, text, f"{kind}.csv"), kind=kind)
    assert (problem.code, problem.kind) == ("period-closed", "rule")
    assert problem.found == f"2020-08 is closed for {found}"


def test_a_closed_assignment_is_a_rule(store, tmp_path):
    head = "assignment;state;reason;progress\n"
    take(store, write(tmp_path, head + "MDR;closed;Klart;\n", "assignment.csv"))
    path = write(tmp_path, head + "MDR;;;in_progress\n", "assignment.csv")
    problem = the_problem(store, path)
    assert (problem.code, problem.kind) == ("assignment-closed", "rule")


def test_all_that_is_wrong_with_a_file_is_told_at_once(store, tmp_path):
    text = "assignment;unit;due;due_text\nA;10;2021-04-31;\nB;99;;\nC;10;;31 april\n"
    told = problems(store, write(tmp_path, text, "assignment.csv"))
    assert told == [(2, "bad-date"), (3, "unknown-unit"), (4, "impossible-date")]


def test_the_same_file_again_and_in_swedish_is_known(store, tmp_path):
    text = (
        "enhet;perspektiv;framgångsfaktor;indikator;mått för måluppfyllelse;mål;måttenhet;"
        "riktning;period;utfall\n"
        "10;Medarbetare;God arbetsmiljö;Sjukfrånvaro;Högst 3,5 %;3,50;percent;högst;2020-T2;5,2\n"
    )
    receipt = take(store, write(tmp_path, text, "styrkort.csv"))
    assert (receipt.recorded, receipt.known) == (0, 1)


def test_a_workbook_s_cells(store, tmp_path):
    """Numbers are decimals; a date that may be a month or a day is refused."""
    from datetime import date

    header = ("measure", "unit", "period", "value", "measured_in")
    good = workbook(header, ("Besök", "10", "2020-08", 5.2, "st"))
    taken = take(store, write(tmp_path, good, "statistic.xlsx"))
    assert taken.recorded == 1
    assert store.book().events("statistic.reported")["value"].to_list()[-1] == "5.2"
    bad = workbook(header, ("Besök", "10", date(2020, 9, 1), 5.2, "st"))
    problem = the_problem(store, write(tmp_path, bad, "statistic.xlsx"))
    assert problem.code == "bad-interval"
    assert "may be a day or its month" in problem.found
    day = workbook(header, ("Besök", "10", date(2020, 10, 23), 48, "st"))
    take(store, write(tmp_path, day, "statistic.xlsx"))
    assert store.book().events("statistic.reported")["interval"].to_list()[-1] == "2020-10-23"
