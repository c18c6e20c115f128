"""Files of internal control: activities, results, measures, materiality, populations, beside the
messages of `tests/errors`."""

from pathlib import Path

import pytest

from ledger.commands import Source
from ledger.families.control import Controls
from ledger.families.control_plan import AdoptControlPlan
from ledger.families.control_sample import Samples
from ledger.families.governance import ClosePeriods
from ledger.periods import months_between
from ledger.store import Store
from tests.intake.samples import problems, take, the_problem, write
from tests.ledger.builders import ACTOR, new_store

PLAN = (
    "control;year;unit;text;method;population;tolerable;responsible;frequency\n"
    "K1;2020;10;Attest av fakturor;stickprov;Fakturor;0,05;ekonom;tertial\n"
)
PERFORMED = (
    "control;year;period;conclusion;result;because\n"
    "K1;2020;2020-04;ej bedömbar;Få fakturor;Covid-19\n"
)
MEASURE = "control;year;measure;text;due\nK1;2020;M1;Utbilda attestanter;2020-12-31\n"
MATERIAL = "year;unit;overall;performance;trivial\n2020;10;2000;1500;60\n"
POPULATION = (
    "population;item;amount;origin;vouched_by\n"
    "Projekt;P-1;250,50;Registret;projektkontoret\n"
    "Projekt;P-2;-90;;\n"
)
FILES = {
    "control.csv": PLAN,
    "control-T1.csv": PERFORMED,
    "control_measure.csv": MEASURE,
    "materiality.csv": MATERIAL,
    "population.csv": POPULATION,
}


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """A store with a control, a conclusion of it, a measure, materiality and a population."""
    made = new_store(tmp_path)
    for name, text in FILES.items():
        assert take(made, write(tmp_path, text, name)).recorded
    return made


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (POPULATION + "Projekt;P-3;;;\n", "some items of 'Projekt' have amounts, and others none"),
        (POPULATION + "Projekt;P-1;1;;\n", "item 'P-1' of 'Projekt' stands in line 2 already"),
        (
            POPULATION + "Projekt;P-3;1;Ett annat;\n",
            "origin of 'Projekt' is 'Registret' above, and 'Ett annat' here",
        ),
    ],
)
def test_a_list_says_one_thing(store, tmp_path, text, found):
    problem = the_problem(store, write(tmp_path, text, "population.csv"))
    assert (problem.line, problem.found) == (4, found)


@pytest.mark.parametrize("name", FILES)
def test_the_same_file_again_is_known(store, tmp_path, name):
    receipt = take(store, write(tmp_path, FILES[name], name))
    assert (receipt.recorded, receipt.known) == (0, FILES[name].count("\n") - 1)


@pytest.mark.parametrize("name", ["control.csv", "control_measure.csv", "materiality.csv"])
def test_the_same_row_twice_is_told(store, tmp_path, name):
    row = FILES[name].splitlines()[-1] + "\n"
    path = write(tmp_path, FILES[name] + row, name)
    assert problems(store, path) == [(3, "record-repeated")]


def test_a_list_is_recorded_with_count_sum_and_root(store, tmp_path):
    """The root is RFC 6962's over item, tab, öre; another list is a version of its own."""
    from hashlib import sha256

    event, _ = store.book().state.of(Samples).populations["Projekt"][-1]
    assert (event.version, event.count, event.amount) == (1, 2, 250_50 - 90_00)
    first, second = (sha256(b"\0" + b).digest() for b in (b"P-1\t25050", b"P-2\t-9000"))
    assert event.population_root == sha256(b"\1" + first + second).hexdigest()
    items = store.book().events("control.item_listed")
    assert items.select("item", "amount", "version").rows() == [
        ("P-1", 25050, 1),
        ("P-2", -9000, 1),
    ]
    take(store, write(tmp_path, POPULATION + "Projekt;P-3;1;;\n", "population.csv"))
    event, _ = store.book().state.of(Samples).populations["Projekt"][-1]
    assert (event.version, event.count) == (2, 3)


def test_a_closed_month_is_a_rule(store, tmp_path):
    """As of other families; so is a control that was withdrawn."""
    store.record(
        ClosePeriods(tuple(months_between("2020-04", "2020-08")), "control"),
        ACTOR,
        Source("ledger close"),
    )
    text = PERFORMED.replace("2020-04", "2020-08")
    problem = the_problem(store, write(tmp_path, text, "control.csv"))
    assert (problem.code, problem.kind) == ("period-closed", "rule")
    gone = "control;year;state;reason\nK1;2020;avförd;Rutinen är borta\n"
    take(store, write(tmp_path, gone, "control.csv"))
    text = PERFORMED.replace("2020-04", "2020-07")
    problem = the_problem(store, write(tmp_path, text, "control.csv"))
    assert (problem.code, problem.kind) == ("control-withdrawn", "rule")


def test_what_is_added_to_an_adopted_plan_says_why(store, tmp_path):
    """An adopted plan of the unit, or of one above it."""
    adopt = AdoptControlPlan("2020", "10", "Nämnden", "2020-02-17 § 9", "2020-02-17")
    assert store.record(adopt, ACTOR, Source("ledger control plan")).recorded == 1
    assert store.record(adopt, ACTOR, Source("ledger control plan")).known == 1
    text = PLAN.replace("K1", "K2")
    problem = the_problem(store, write(tmp_path, text, "control.csv"))
    assert problem.found == "the plan of 2020 is adopted: 2020-02-17 § 9"
    head, row = text.splitlines()
    more = f"{head};reason\n{row};Ny rutin\n"
    assert take(store, write(tmp_path, more, "control.csv")).recorded == 1


def test_an_activity_changes_with_a_reason_and_keeps_its_words(store, tmp_path):
    text = "control;year;frequency;responsible;reason\nK1;2020;månad;controller;För sällan\n"
    assert take(store, write(tmp_path, text, "control.csv")).recorded == 1
    activity = store.book().state.of(Controls).activities["2020", "K1"]
    assert (activity.planned.frequency, activity.changes) == ("month", 1)
    assert activity.words_at["responsible"] > activity.words_at["text"] >= 0
    assert activity.planned.tolerable == "0.05"
