"""Findings: raised once, assigned, resolved, reopened."""

import hashlib

import pytest

import projections
from ledger.errors import FindingOpen, FindingResolved, UsageError
from ledger.families.commentary import ExplainVariances
from ledger.families.finding import (
    HELD,
    AssignFinding,
    Findings,
    RaiseFindings,
    Raising,
    ReopenFinding,
    ResolveFinding,
)
from tests.projections.builders import Books

KEY = "a1b2c3d4e5f60718"


def raising(key: str = KEY, events: tuple[int, ...] = (3, 5)) -> Raising:
    """A finding of duplicates."""
    return Raising(key, "duplicates", "high", events, -500, "days=6", '{"count": 2}')


@pytest.fixture
def books(tmp_path):
    """The region of the projections' tests."""
    made = Books(tmp_path)
    yield made
    made.store.close()


@pytest.fixture
def raised(books: Books) -> Books:
    """A store with one finding."""
    books.record(RaiseFindings((raising(),), 9))
    return books


def row(books: Books) -> dict:
    """The one finding, as the register has it."""
    (found,) = projections.findings(books.book).to_dicts()
    return found


def test_a_finding_is_raised_once(raised):
    """Whatever became of it."""
    again = raised.record(RaiseFindings((raising(), raising("ffff" + KEY[4:])), 12))
    assert (again.recorded, again.known) == (1, 1)
    raised.record(ResolveFinding(KEY, "krediterad"))
    assert raised.record(RaiseFindings((raising(),), 15)).known == 1
    assert raised.book.state.of(Findings).raised[KEY].state == "resolved"


def test_what_a_raised_finding_holds(raised):
    """The events with spaces between, its amount in öre, its facts; its digest is over all."""
    found = row(raised)
    assert (found["events"], found["count"], found["amount"]) == ("3 5", 2, -500)
    assert (found["finding_state"], found["facts"]) == ("open", '{"count": 2}')
    event = raised.book.state.of(Findings).raised[KEY].raised
    assert event.digest == hashlib.sha256(b"3,5").hexdigest()
    assert (event.known_size, event.parameters) == (9, "days=6")


def test_many_events_are_held_by_their_digest(books):
    """The first thousand by position, all by count and digest."""
    events = tuple(range(3000))
    books.record(RaiseFindings((raising(events=events),), 3000))
    event = books.book.state.of(Findings).raised[KEY].raised
    assert event.events.split(",") == [str(n) for n in range(HELD)]
    assert event.count == 3000
    assert event.digest == hashlib.sha256(",".join(map(str, events)).encode()).hexdigest()


def test_its_life(raised):
    """Assigned, assigned anew, resolved, reopened to who had it, resolved again."""
    raised.record(AssignFinding("a1b2", "Anna", "2020-10-31"))
    assert raised.record(AssignFinding(KEY, "Anna", "2020-10-31")).known == 1
    found = row(raised)
    assert (found["finding_state"], found["responsible"], found["due"]) == (
        "assigned", "Anna", "2020-10-31",
    )  # fmt: skip
    raised.record(AssignFinding(KEY, "Berit"))
    assert (row(raised)["responsible"], row(raised)["due"]) == ("Berit", None)
    raised.record(ResolveFinding(KEY, "krediterad av leverantören"))
    found = row(raised)
    assert (found["finding_state"], found["remedy"]) == ("resolved", "krediterad av leverantören")
    assert projections.findings(raised.book, unresolved=True).is_empty()
    raised.record(ReopenFinding(KEY, "krediten kom aldrig"))
    found = row(raised)
    assert (found["finding_state"], found["reason"], found["remedy"]) == (
        "assigned", "krediten kom aldrig", "krediterad av leverantören",
    )  # fmt: skip
    raised.record(ResolveFinding(KEY, "återbetald"))
    assert row(raised)["remedy"] == "återbetald"


def test_as_known_before(raised):
    """The register at an earlier time is what it was."""
    size = raised.book.size
    raised.record(ResolveFinding(KEY, "krediterad"))
    (then,) = projections.findings(raised.book, known_at=f"@{size}").to_dicts()
    assert then["finding_state"] == "open"


@pytest.mark.parametrize(
    ("command", "error"),
    [
        (AssignFinding("beef", "Anna"), UsageError),
        (AssignFinding("a1", "Anna"), UsageError),
        (AssignFinding(KEY, " "), UsageError),
        (AssignFinding(KEY, "Anna", "2020-02-30"), UsageError),
        (ResolveFinding(KEY, ""), UsageError),
        (ReopenFinding(KEY, ""), UsageError),
        (ReopenFinding(KEY, "varför inte"), FindingOpen),
    ],
)
def test_what_is_refused(raised, command, error):
    """By name, with nothing recorded."""
    size = raised.book.size
    with pytest.raises(error):
        raised.record(command)
    assert raised.book.size == size


def test_a_resolved_one_is_reopened_first(raised):
    """Else neither assigned nor resolved again."""
    raised.record(ResolveFinding(KEY, "krediterad"))
    for command in (ResolveFinding(KEY, "igen"), AssignFinding(KEY, "Anna")):
        with pytest.raises(FindingResolved):
            raised.record(command)


def test_a_beginning_that_two_share_names_neither(raised):
    """More of the key is asked for."""
    raised.record(RaiseFindings((raising("a1b2" + "0" * 12),), 12))
    with pytest.raises(UsageError, match="2 findings begin"):
        raised.record(AssignFinding("a1b2", "Anna"))


def test_of_months_and_units(books):
    """By the postings behind; what no posting is behind is of the whole and of every month."""
    books.post(("2020-06", "6101", "4010", -5), ("2020-08", "6201", "4010", -7))
    june, august = books.book.postings()["position"]
    for key, events in (("aaaa", (june,)), ("bbbb", (august,)), ("cccc", (0,))):
        books.record(RaiseFindings((raising(key + "0" * 12, events),), books.book.size))

    def keys(**ask):
        found = projections.findings(books.book, ask.pop("through", None), **ask)
        return [key[0] for key in found["finding"]]

    assert keys() == ["a", "b", "c"]
    assert keys(through="2020-06") == ["a", "c"]
    assert keys(unit="620") == ["b"]
    assert keys(unit="610", through="2020-08") == ["a"]
    assert keys(unit="RN") == ["a", "b", "c"]


def test_an_explanation_is_of_its_unit(books):
    """Behind a comment that does not tie out there is no posting."""
    rows = ({"unit": "6101", "period": "2020-06", "amount": -100, "text": "vikarier"},)
    at = books.record(ExplainVariances(rows, "variance.csv")).first
    assert at is not None
    books.record(RaiseFindings((raising(events=(at,)),), books.book.size))
    for unit, found in (("610", 1), ("620", 0)):
        assert projections.findings(books.book, unit=unit).height == found
