"""Findings in words: in a report, and where words or facts are gone."""

import pytest

from assurance.controls import Finding, Result
from ledger.families.erasure_commands import Approval, EraseTexts
from ledger.families.finding import AssignFinding, RaiseFindings, Raising, ResolveFinding
from reporting.findings_table import REPORTED, in_report, raising, register
from tests.projections.builders import Books

FACTS = '{"each_amount": -12345, "count": 2, "first": "2020-06-01", '
FACTS += '"last": "2020-06-02", "names": "A 1, A 2"}'
TOLD = "−123,45 kr med Anna Ek i 2 verifikationer, 2020-06-01 till 2020-06-02: A 1, A 2"


@pytest.fixture
def raised(tmp_path):
    """A store with a voucher, and many findings about it."""
    made = Books(tmp_path)
    made.post(("2020-06", "6101", "4010", -12345, {"counterparty": "Anna Ek"}))
    (first,) = made.book.postings()["position"]
    many = tuple(
        Raising(f"{n:016x}", "duplicates", "high" if n else "low", (first,), -12345, "", FACTS)
        for n in range(REPORTED + 3)
    )
    made.record(RaiseFindings(many, made.book.size))
    made.record(AssignFinding(f"{1:016x}", "Berit"))
    made.record(ResolveFinding(f"{2:016x}", "krediterad"))
    yield made
    made.store.close()


def test_in_a_report(raised):
    """How many by what became of them; then the gravest that are left, the rest counted."""
    counts, left = in_report(raised.book, "sv", "2020-06", "60")
    assert counts.rows == (("duplicates", REPORTED + 3, REPORTED + 1, 1, 1),)
    assert len(left.rows) == REPORTED
    assert {row[0] for row in left.rows} == {"high"}
    assert left.rows[0][3] == TOLD
    assert left.notes == ("2 till står i ledger control findings --open.",)
    assert in_report(raised.book, "sv", "2020-06", "620") == []


def test_a_name_that_was_erased_from_its_event_is_gone_here(raised):
    """A finding holds no name of its own."""
    (first,) = raised.book.postings()["position"]
    raised.record(EraseTexts(first, ("counterparty",), Approval("RS 1/2020", "chef")))
    told = {str(row[5]) for row in register(raised.book, "sv").rows}
    assert len(told) == 1
    assert "Anna" not in told.pop()


def test_what_is_raised_holds_no_name():
    """Neither the counterparty's nor a person's; all else that its words need."""
    facts = {"name": "A 1", "date": "2020-06-01", "person": "Anna Ek"}
    finding = Finding("00", "same_person", "high", (3, 4), -5, facts)
    result = Result("same_person", {"days": "6"}, 1, 1, (finding,), 0, {}, {})
    (found,) = raising([result])
    assert found.facts == '{"date": "2020-06-01", "name": "A 1"}'
    assert (found.events, found.parameters) == ((3, 4), "days=6")


def test_facts_that_were_erased_are_told_so(raised):
    """The finding stays, its words give way to the marker."""
    at = next(e.position for e in raised.book.recorded() if e.event.topic == "finding.raised")
    raised.record(EraseTexts(at, ("facts",), Approval("RS 1/2020", "chef")))
    told = {row[0]: str(row[5]) for row in register(raised.book, "sv").rows}
    assert told[f"{0:016x}"].startswith("[gallrad ")
    assert told[f"{3:016x}"] == TOLD
