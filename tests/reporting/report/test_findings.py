"""What is asked before a report is given out, and what was given out."""

import json

import pytest

from ledger.families.action import RecordActions
from ledger.families.commentary import ExplainVariances, WriteCommentary
from ledger.families.governance import ClosePeriods
from ledger.families.publication import Publications, PublishDocument
from ledger.periods import months_between
from reporting.report.changes import changes
from reporting.report.document import Document, compose, question
from reporting.report.findings import findings
from reporting.report.registry import REPORTS
from reporting.tables import Table
from tests.projections.builders import Books

THROUGH = "2020-08"
PARTS = REPORTS["interim"]


@pytest.fixture
def books(tmp_path):
    """Wages and income of a year and eight months, and a budget of the wages."""
    books = Books(tmp_path)
    months = months_between("2019-01", THROUGH)
    books.post(*((m, "6101", "4010", -100_00) for m in months))
    books.post(*((m, "6102", "3010", 160_00) for m in months))
    books.budget(*((m, "6101", "4010", -101_00) for m in months_between("2020-01", "2020-12")))
    yield books
    books.store.close()


def ask(books, lang="sv"):
    return question(books.book, lang, through=THROUGH, unit="60")


def found(books, parts=PARTS):
    return [(one.code, one.section) for one in findings(parts, ask(books))]


def write(books, section, text):
    row = {"section": section, "unit": "60", "period": THROUGH, "text": text}
    books.record(WriteCommentary((row,), "c.csv"))


def test_open_months_missing_words_and_no_round(books):
    """Until they are closed and written."""
    wanted = [
        ("month-open", "result"),
        *(("commentary-missing", key) for key in ("summary", "operations", "people", "economy")),
        ("round-not-adopted", "forecast"),
    ]
    assert found(books) == wanted
    books.record(ClosePeriods(tuple(months_between("2019-01", "2020-07")), "outcome"))
    first = next(iter(findings(PARTS, ask(books))))
    assert first.text == "utfall: 2020-08 är inte stängda"
    books.record(ClosePeriods((THROUGH,), "outcome"))
    write(books, "Ekonomi", "Överskott.")
    assert found(books) == [each for each in wanted[1:] if each[1] != "economy"]


def test_figures_in_words_that_nobody_can_check(books):
    write(books, "economy", "Det är 10,5 mnkr, {cite:SCB|4 %} och {fig:result.699.outcome|kr}.")
    write(books, "Okänt", "Allt är bra.")
    mine = [each for each in found(books) if each[0].startswith(("figure", "commentary-un"))]
    assert mine == [
        ("figure-unknown", "economy"),
        ("figure-uncited", "economy"),
        ("commentary-unplaced", "Okänt"),
    ]


def test_a_variance_that_does_not_tie_out_says_what_is_left(books):
    """Wages are 8 better than budget, of which 5 are explained: 3 are not."""
    row = {"unit": "60", "report_line": "Personal", "period": THROUGH, "amount": 5_00}
    books.record(ExplainVariances((row | {"text": "Vakanser"},), "v.csv"))
    told = [one.text for one in findings(PARTS, ask(books)) if one.code == "does-not-tie-out"]
    assert told == [
        "Teknik: +1\u00a0283 kr av avvikelsen är oförklarat",  # the income has no budget
        "Personal: +3 kr av avvikelsen är oförklarat",
    ]


def test_a_forecast_below_its_effect(books):
    plan = {"action": "P1", "unit": "6101", "action_area": "Personal", "year": "2020"}
    books.record(RecordActions((plan | {"assignment": 10_00},), "a.csv"))
    told = {"action": "P1", "period": THROUGH, "effect": 9_00, "forecast": 4_00}
    books.record(RecordActions((told,), "a.csv"))
    assert ("forecast-below-effect", "action_plan") in found(books)


def publish(books, version: int):
    book = books.book
    return books.record(
        PublishDocument(
            "interim", "60", THROUGH, version, "{}", book.size, "00" * 32, (("html", "ab"),), 0
        )
    )


def changed(document: Document) -> Table:
    """The table of the last section."""
    (table,) = document.sections[-1].blocks
    assert isinstance(table, Table)
    return table


def test_a_version_given_out_is_numbered_and_compared(books):
    """The cover says which; the next one ends with every figure that is otherwise."""
    first = compose("interim", PARTS, ask(books))
    assert ("Version", "1") in first.cover.pairs
    publish(books, 1)
    again = compose("interim", PARTS, ask(books))
    assert ("Version", "2") in again.cover.pairs
    assert again.sections[-1].key == "changes"
    assert changed(again).rows == ()
    books.post((THROUGH, "6102", "3010", 1_000_000_00))
    write(books, "economy", "Nytt.")
    table = changed(compose("interim", PARTS, ask(books)))
    rows = [tuple(str(c).replace("\u00a0", " ") for c in row) for row in table.rows]
    assert ("Resultatutveckling", "610 Gemensamt", "Utfall", "0", "1 000") in rows
    assert ("Ekonomi", "text", "", "", "Nytt.") in rows or any(r[0] == "Ekonomi" for r in rows)


def test_nothing_else_changes_the_earlier_version(books):
    """As known then it is the same, and has no changes."""
    first = compose("interim", PARTS, ask(books))
    known = f"@{books.book.size}"
    publish(books, 1)
    then = question(books.book.at(known), "sv", through=THROUGH, unit="60")
    assert compose("interim", PARTS, then) == first
    assert changes(first, first).rows == ()


def test_a_version_is_given_out_once(books):
    """Two people: the later one asks anew."""
    publish(books, 1)
    with pytest.raises(Exception, match="Version 1 is given out"):
        publish(books, 1)
    event = books.book.state.of(Publications).of("interim", "60", THROUGH)[0]
    assert json.loads(event.files) == {"html": "ab"}
