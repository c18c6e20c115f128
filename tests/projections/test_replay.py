"""Every projection made again from the events: the same bytes, and rounds that do not move."""

import json
import sqlite3
from contextlib import closing

import pytest

from ledger.families.forecast import Assume
from ledger.families.forecast_approval import AdoptRound
from ledger.families.organisation_commands import (
    AccountRow,
    DecideStructures,
    RegisterAccounts,
    RegisterUnits,
    StructureRow,
    UnitRow,
)
from projections import PROJECTIONS, adopted_rounds, canonical_rows, forecast_round, replay, trace
from projections import replaying as module


@pytest.fixture
def reported(books):
    """Some outcome with a text, and an adopted round with an assumption."""
    books.post(("2020-01", "6101", "4010", -100_00), text="Lön Namn Namnsson")
    books.post(("2020-02", "6201", "3010", 30_00))
    books.round("T1", "2020-02", [("610", "Personal", -500_00), ("60", "Lokaler", -7_00)], False)
    made = {"round": "T1", "unit": "610", "assumption": "one_off", "text": "Namn slutar"}
    books.record(Assume((made,), "assumptions.csv"))
    books.enter("T1", [("610", "Personal", -450_00)])
    books.record(AdoptRound("T1"))
    return books


def test_the_bytes_are_canonical_json_without_what_may_be_erased(reported):
    """Öre as kronor in text, columns in their order, no spaces."""
    frame = trace(reported.book, through="2020-01")
    data = canonical_rows(frame, PROJECTIONS["trace"])
    rows = json.loads(data)
    assert data == json.dumps(rows, ensure_ascii=False, separators=(",", ":")).encode()
    assert list(rows[0]) == [name for name in frame.columns if name != "text"]
    assert [row["amount"] for row in rows] == ["-100.00", "-100.00"]
    assert b"Namn" not in data


def test_an_erased_text_changes_no_digest(reported):
    """Of the trace, the round and its assumptions, which show texts."""
    before = list(replay(reported.book))
    assert {each.name for each in before} == set(PROJECTIONS)
    with closing(sqlite3.connect(reported.path)) as store:
        assert store.execute("DELETE FROM private_values WHERE field <> 'key'").rowcount > 4
        store.commit()
    assert forecast_round(reported.book, "T1")["comment"].null_count() > 0
    assert list(replay(reported.book)) == before


def test_an_adopted_round_says_what_its_entries_say_whatever_comes_after(reported):
    """A late posting, a unit that moves, lines and an account's type decided anew."""
    (adopted,) = adopted_rounds(reported.book)
    assert adopted.recorded == adopted.shown
    assert json.loads(adopted.recorded) == {
        "outcome": "-70.00",
        "entered": {"60": "-7.00", "610": "-450.00"},
    }
    reported.post(("2020-02", "6101", "4010", -1_00))
    moved = UnitRow("6101", "Ledning", "620", "unit", "line", "2020-01")
    reported.record(RegisterUnits((moved,), "units.csv"))
    line = StructureRow("resultat", "Allt", None, "3000", "5999", 1, "2018-01")
    reported.record(DecideStructures((line,), "structures.csv"))
    reported.record(RegisterAccounts((AccountRow("4010", "Lön", "asset"),), "accounts.csv"))
    assert list(adopted_rounds(reported.book)) == [adopted]


def test_a_round_that_is_shown_otherwise_is_seen(reported, monkeypatch):
    """The comparison compares: another outcome, or another entry, is another figure."""
    frame = forecast_round(reported.book, "T1")
    for column in ("outcome", "entered"):
        wrong = frame.with_columns(frame[column] + 1)
        monkeypatch.setattr(module, "forecast_round", lambda book, name, wrong=wrong: wrong)
        (adopted,) = adopted_rounds(reported.book)
        assert adopted.recorded != adopted.shown


def test_what_cannot_be_answered_says_why(books):
    """Before any outcome."""
    found = {each.name: each for each in replay(books.book)}
    assert found["result"].digest is None
    assert found["result"].unanswered == "There is no outcome on record."
    assert found["rounds"].rows == 0
