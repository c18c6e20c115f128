"""What a report leaves out, and says that it does; the mistaken question that it never forgives.

A good question of which nothing is on record raises `NothingKnown`; a mistaken one any other
`UsageError`. Only the first is caught.
"""

from collections.abc import Callable

import pytest

import projections
from ledger.errors import NothingKnown, UsageError
from ledger.families.organisation_commands import ChangeSettings
from ledger.periods import months_between
from reporting import plan_table, reports
from reporting.charts import registry as charts
from reporting.report import findings as asked_first
from reporting.report.document import Part, compose, left_out, missing, other, question
from reporting.report.registry import REPORTS
from tests.projections.builders import Books

THROUGH = "2020-08"


@pytest.fixture
def books(tmp_path):
    """Wages of a year and eight months, and nothing else."""
    books = Books(tmp_path)
    books.post(*((m, "6101", "4010", -100_00) for m in months_between("2019-01", THROUGH)))
    yield books
    books.store.close()


def ask(books, unit: str | None = "60"):
    return question(books.book, "sv", through=THROUGH, unit=unit)


#: Questions that no store answers: a unit, a choice of rows, a span, a structure, a tree, a time.
MISTAKEN: dict[str, Callable] = {
    "unit": lambda a: reports.result(a.book, "sv", through=a.through, by=("area",), unit="999"),
    "rows": lambda a: reports.result(a.book, "sv", through=a.through, by=("färg",)),
    "unit of nobody": lambda a: projections.staffing(a.book, a.through, unit="999"),
    "span": lambda a: projections.staffing(a.book, a.through, span="vecka"),
    "rows of nobody": lambda a: projections.staffing(a.book, a.through, by=("account",)),
    "structure": lambda a: projections.cost_development(a.book, a.through, structure="annan"),
    "tree": lambda a: projections.action_plan(a.book, a.through, tree="annat"),
    "plan": lambda a: plan_table.action_plan(a.book, "sv", through=a.through, unit="999"),
    "period": lambda a: projections.investments(a.book, "2020-13"),
    "time": lambda a: projections.result(a.book, a.through, "2999-01-01", by=("area",)),
}
#: Questions that the store holds nothing for.
EMPTY: dict[str, Callable] = {
    "month": lambda a: projections.result(a.book, "2021-01", by=("area",)),
    "year": lambda a: projections.result(a.book, year="2017", by=("area",)),
    "staffing": lambda a: projections.staffing(a.book, a.through),
    "sick leave": lambda a: projections.sick_leave(a.book, a.through, unit="6101"),
    "action plan": lambda a: projections.action_plan(a.book, a.through),
    "investments": lambda a: projections.investments(a.book, a.through, unit="60"),
    "balance": lambda a: projections.balance(a.book, "2018-12"),
    "journal": lambda a: projections.journal(a.book, "2018-12"),
    "structure": lambda a: projections.statement(a.book, a.through),
}


@pytest.mark.parametrize("wrong", MISTAKEN)
def test_a_mistaken_question_is_none_of_nothing_known(books, wrong):
    with pytest.raises(UsageError) as told:
        MISTAKEN[wrong](ask(books))
    assert not isinstance(told.value, NothingKnown)
    assert told.value.code in ("usage", "unknown-time")


@pytest.mark.parametrize("empty", EMPTY)
def test_a_good_question_of_nothing_is_told_apart(books, empty):
    """With an exit code of its caller's making: 2, as ever."""
    with pytest.raises(NothingKnown) as told:
        EMPTY[empty](ask(books))
    assert (told.value.code, told.value.exit_code) == ("nothing-known", 2)


@pytest.mark.parametrize("wrong", MISTAKEN)
def test_a_section_with_a_mistaken_question_fails_the_report(books, wrong):
    """In the page, in what is listed as missing, among the findings, and in a chart."""
    part = Part("result", 2, MISTAKEN[wrong])
    with pytest.raises(UsageError):
        compose("interim", (part,), ask(books))
    with pytest.raises(UsageError):
        missing((part,), ask(books))


def test_a_finding_s_and_a_chart_s_mistaken_question_fails_the_report(books, monkeypatch):
    parts = [part for part in REPORTS["interim"] if part.key == "result"]
    assert asked_first.findings(parts, ask(books))
    monkeypatch.setitem(asked_first._FIGURES, "result", MISTAKEN["rows"])
    with pytest.raises(UsageError, match="'färg'"):
        asked_first.findings(parts, ask(books))
    monkeypatch.setitem(charts.FIGURES, "result", (MISTAKEN["rows"],))
    with pytest.raises(UsageError, match="'färg'"):
        compose("interim", parts, ask(books))


@pytest.mark.parametrize("empty", EMPTY)
def test_a_section_of_nothing_is_left_out_and_said_to_be(books, empty):
    whole = [part for part in REPORTS["interim"] if part.key == "result"]
    parts = (*whole, Part("staffing", 2, EMPTY[empty]))
    document = compose("interim", parts, ask(books))
    assert [section.key for section in document.sections] == ["result"]
    assert [part.key for part in left_out(parts, document)] == ["staffing"]
    assert [(part.key, there) for part, there in missing(parts, ask(books))] == [
        ("result", True),
        ("staffing", False),
    ]


def test_what_an_interim_report_without_people_and_plans_leaves_out(books):
    """Every family that is empty, and none that is not."""
    parts = REPORTS["interim"]
    document = compose("interim", parts, ask(books))
    gone = {part.key for part in left_out(parts, document)}
    assert {"staffing", "sick_leave", "action_plan", "investments", "risks", "control"} <= gone
    assert gone.isdisjoint({"summary", "result", "forecast"})
    assert gone == {part.key for part, there in missing(parts, ask(books)) if not there}


def test_a_tree_that_a_setting_misnames_fails_the_director_s_report(books):
    books.record(ChangeSettings((("region.trees", "vårdcentraler", None),)))
    with pytest.raises(UsageError, match="There is no tree 'vårdcentraler'"):
        compose("director", REPORTS["director"], ask(books, None))


def test_a_section_of_a_time_that_lacks_the_unit_is_refused(books):
    """Where `--at` names a book that did not know the unit yet."""
    then = books.book.at("@5")  # before any unit is registered
    with pytest.raises(UsageError, match="There is no unit '60'") as told:
        other(ask(books), then, None)
    assert not isinstance(told.value, NothingKnown)
    assert other(ask(books), books.book, "2020-T1").through == "2020-04"
