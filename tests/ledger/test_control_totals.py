"""Control totals recomputed: a sound log adds up, and whatever was altered is found where it is."""

import json
import sqlite3
from collections.abc import Callable
from typing import Any

import pytest

from ledger.commands import Source
from ledger.events import canonical_json
from ledger.families.governance import ClosePeriods
from ledger.families.organisation_commands import ChangeSettings
from ledger.families.outcome_reversal import ReverseVouchers
from ledger.log import Book
from ledger.totals import control_totals
from tests.ledger.builders import ACTOR, new_store, post, wage

FROM = Source("test")


@pytest.fixture
def store(tmp_path):
    """A store with vouchers of two months, a row that stands alone, a correction and a closing."""
    store = new_store(tmp_path)
    post(store, *wage("1", 100_00), *wage("2", 10_00, "2020-07-15"), {"amount": -5_00})
    first = store.book().postings()["position"][0]
    wish = ReverseVouchers((first,), "fel", replacements={first: {"unit": "20"}}, kind="correct")
    store.record(wish, ACTOR, FROM)
    store.record(ClosePeriods(("2020-07",)), ACTOR, FROM)
    yield store
    store.close()


def alter(store, position: int, change: Callable[[dict[str, Any]], object]) -> None:
    """Somebody with the database's own client changes an event, and leaves it canonical."""
    with sqlite3.connect(store.path) as client:
        client.execute("DROP TRIGGER IF EXISTS events_never_change")
        [[state]] = client.execute(
            "SELECT state FROM stored_events WHERE rowid = ?", [position + 1]
        )
        content = json.loads(state)
        change(content)
        wish = (canonical_json(content), position + 1)
        client.execute("UPDATE stored_events SET state = ? WHERE rowid = ?", wish)
    client.close()


def found(store) -> list[tuple[str, int | None]]:
    return [(f.code, f.position) for f in control_totals(Book(store.path))]


def place(store, topic: str, nth: int = 0) -> int:
    position: int = store.book().events(topic)["position"][nth]
    return position


def test_a_sound_log_adds_up(store) -> None:
    assert found(store) == []


def test_a_count_or_a_sum_that_is_not_the_events_is_found_at_the_admission(store) -> None:
    admitted = store.book().events("governance.batch_admitted")
    august = admitted.filter(admitted["period"] == "2020-08")["position"].to_list()
    alter(store, august[0], lambda c: c.update(count=c["count"] + 1))
    alter(store, august[1], lambda c: c.update(total=c["total"] + 1))
    assert found(store) == [("control-total", august[0]), ("control-total", august[1])]
    [first, _] = control_totals(Book(store.path))
    assert "outcome 2020-08 with 4 events of -5.00, and has 3 events of -5.00" in first.text


def test_an_event_moved_to_another_period_was_not_admitted_there(store) -> None:
    last = place(store, "outcome.posted", 4)
    alter(store, last, lambda c: c.update(period="2020-06"))
    admitted = store.book().events("governance.batch_admitted")
    august = admitted.filter(admitted["period"] == "2020-08")["position"][0]
    assert found(store) == [("control-total", last), ("control-total", august)]


def test_an_event_that_no_batch_was_admitted_for_is_found(store) -> None:
    with sqlite3.connect(store.path) as client:
        [row] = client.execute(
            "SELECT topic, state FROM stored_events WHERE topic = 'outcome.posted' LIMIT 1"
        )
        client.execute(
            "INSERT INTO stored_events (originator_id, originator_version, topic, state) "
            "VALUES ('batch:x:1', 1, ?, ?)",
            row,
        )
    client.close()
    size = store.book().size
    assert ("control-total", size - 1) in found(store)


def test_a_batch_admitted_under_another_name_is_found(store) -> None:
    store.record(ChangeSettings((("a", "b", None),)), ACTOR, FROM)
    last = store.book().size - 1
    alter(store, last, lambda c: c.update(batch="batch:x:1"))
    assert found(store) == [("control-total", last - 1)]


def test_a_voucher_that_does_not_balance_is_found_at_its_first_row(store) -> None:
    second = place(store, "outcome.posted", 2)
    alter(store, second, lambda c: c.update(amount=c["amount"] + 100))
    codes = found(store)
    assert ("voucher-unbalanced", second) in codes
    assert [code for code, _ in codes].count("voucher-unbalanced") == 1
    [told] = [f for f in control_totals(Book(store.path)) if f.code == "voucher-unbalanced"]
    assert told.text == "the rows of the voucher sum to 1.00, not to zero"


def test_a_row_that_stands_alone_does_until_it_says_so_no_more(store) -> None:
    alone = place(store, "outcome.posted", 4)
    alter(store, alone, lambda c: c.pop("alone"))
    assert found(store) == [("voucher-unbalanced", alone)]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"reverses": 0}, "no posting"),
        ({"reverses": 10**6}, "no posting"),
        ({"amount": 99}, "negated"),
        ({"unit": "11"}, "code string"),
        ({"product": "0630"}, "code string"),
        ({"reverses": "next"}, "reversed before"),
    ],
)
def test_a_reversal_is_what_it_reverses_negated_and_once(store, change, said) -> None:
    back = place(store, "outcome.reversed")
    if change.get("reverses") == "next":
        change = {"reverses": place(store, "outcome.posted", 1)}
    alter(store, back, lambda c: c.update(change))
    told = {f.position: f.text for f in control_totals(Book(store.path)) if "revers" in f.code}
    assert set(told) <= {back, back + 1}
    assert any(said in f.text for f in control_totals(Book(store.path)))


def test_the_verification_asks_for_them(store) -> None:
    from assurance.verification import CHECKS

    assert control_totals in CHECKS
