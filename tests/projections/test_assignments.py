"""Assignments from being given to being closed, by a day or by words, never by 31 April."""

import pytest

from ledger.errors import InputRefused
from ledger.families.assignment import RecordAssignments, impossible_day
from ledger.families.erasure_commands import Approval, EraseTexts
from projections import assignments

NEW = {
    "assignment": "MDR", "unit": "610", "ordered_by": "Regionstyrelsen", "due": "2021-05-26",
    "text": "Utse regulatoriskt ansvarig person", "decision": "RS 2020-10-14 § 5",
}  # fmt: skip


def record(books, *rows):
    """Rows recorded; how many events came of them but the batch's own."""
    return books.record(RecordAssignments(rows, "assignments.csv")).recorded


def told(books, *rows):
    """Code and kind of each problem of a file."""
    with pytest.raises(InputRefused) as refused:
        record(books, *rows)
    return [(problem.code, problem.kind) for problem in refused.value.problems]


def shown(books, *names, **ask):
    """Columns of all rows."""
    return assignments(books.book, **ask).select(*names).rows()


def test_an_assignment_is_given_reported_back_and_closed(books):
    assert record(books, NEW | {"progress": "in_progress", "report": "Påbörjat"}) == 2
    (row,) = assignments(books.book, "2020-08").to_dicts()
    assert row == {
        "assignment": "MDR", "unit": "610", "name": "Gemensamt", "ordered_by": "Regionstyrelsen",
        "decision": "RS 2020-10-14 § 5", "responsible": None,
        "text": "Utse regulatoriskt ansvarig person", "due": "2021-05-26", "due_text": None,
        "days_left": 268, "overdue": "no", "progress": "in_progress", "report": "Påbörjat",
        "reason": None, "reported_on": None, "reports": 1, "status": "open",
        "position": row["position"],
    }  # fmt: skip
    was = books.book
    done = {"assignment": "MDR", "progress": "reported", "report": "Utsedd"}
    assert record(books, done | {"reported_on": "2021-03-01"}) == 1
    found = shown(books, "progress", "report", "reports", "overdue", "text")
    assert found == [("reported", "Utsedd", 2, None, "Utse regulatoriskt ansvarig person")]
    assert record(books, {"assignment": "MDR", "state": "closed", "reason": "Klart"}) == 1
    assert shown(books, "status") == []
    assert shown(books, "status", closed=True) == [("closed",)]
    assert assignments(was)["progress"].to_list() == ["in_progress"]


def test_what_is_late(books):
    """Counted from the last day of the period, else from what is known."""
    record(books, NEW | {"due": "2020-08-30"}, NEW | {"assignment": "Annat", "due": "2020-08-31"})
    found = shown(books, "days_left", "overdue", through="2020-T2")
    assert found == [(-1, "yes"), (0, "no")]
    assert shown(books, "days_left") == [(-2,), (-1,)]  # the test's clock: 1 September


def test_the_same_again_is_known_and_a_change_wants_a_reason(books):
    row = NEW | {"progress": "stalled", "report": "Väntar", "reason": "resursbrist"}
    record(books, row)
    assert record(books, row) == 0
    assert record(books, {"assignment": "MDR"}) == 0
    later = {"assignment": "MDR", "due": "2021-06-30"}
    assert told(books, later) == [("reason-missing", "content")]
    assert record(books, later | {"reason": "Uppskjutet"}) == 1
    worded = {"assignment": "MDR", "due_text": "när avtalet upphör", "reason": "Ändrat"}
    assert record(books, worded) == 1
    found = shown(books, "due", "due_text", "ordered_by", "days_left", "reason")
    assert found == [(None, "när avtalet upphör", "Regionstyrelsen", None, "resursbrist")]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"assignment": ""}, "bad-assignment"),
        ({"unit": None}, "empty-unit"),
        ({"unit": "99"}, "unknown-unit"),
        ({"due_text": "snart"}, "bad-assignment"),
        ({"state": "closed", "reason": "x"}, "bad-assignment"),
        ({"state": "pausat"}, "unknown-word"),
        ({"progress": "snart"}, "unknown-word"),
        ({"report": "Går bra"}, "bad-assignment"),
        ({"due": None, "due_text": "senast den 31 april 2021"}, "impossible-date"),
        ({"report": "Lämnas 2021-02-29", "progress": "in_progress"}, "impossible-date"),
    ],
)
def test_what_does_not_hold_is_refused(books, change, code):
    assert told(books, NEW | change) == [(code, "content")]


def test_what_is_closed_stays_closed_and_where_it_is(books):
    record(books, NEW)
    assert told(books, {"assignment": "MDR", "unit": "620"}) == [("bad-assignment", "content")]
    closing = {"assignment": "MDR", "state": "closed"}
    assert told(books, closing) == [("reason-missing", "content")]
    record(books, closing | {"reason": "Klart"})
    assert record(books, closing) == 0
    again = {"assignment": "MDR", "progress": "in_progress", "report": "Igen"}
    assert told(books, again) == [("assignment-closed", "rule")]
    assert told(books, NEW, NEW) == [("record-repeated", "content")]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("senast den 31 april 2021", "31 april 2021"),
        ("30 feb", "30 feb"),
        ("den 29 februari 2021", "29 februari 2021"),
        ("2021-04-31", "2021-04-31"),
        ("The 31 September 2020", "31 September 2020"),
        ("den 30 april 2021, dock senast 2021-05-26", None),
        ("29 februari", None),
        ("årsskiftet 2022/2023", None),
        ("99 röda ballonger", None),
        ("31 marsvin", None),
    ],
)
def test_a_day_that_no_calendar_has_is_seen_in_words(text, day):
    assert impossible_day(text) == day


def test_an_erased_text_stays_erased(books):
    record(books, NEW)
    position = int(assignments(books.book)["position"][0])
    books.record(EraseTexts(position, (), Approval("RN 2020/9", "Bo")))
    assert shown(books, "ordered_by")[0][0].startswith("[gallrad ")
    assert record(books, NEW) == 0
