"""Erasing a private value: it is gone from every file, and the record says so for ever."""

import multiprocessing
import os
import re
import sqlite3
from datetime import UTC, datetime
from random import Random

import pytest

from ledger import erasure, proof
from ledger.commands import Source
from ledger.erasure import missing
from ledger.errors import (
    AlreadyErased,
    LegalHold,
    SecondPersonMissing,
    StoreFull,
    Tampered,
    UsageError,
)
from ledger.families.erasure_commands import EraseTexts, HoldRow, PlaceHolds
from ledger.store import Store
from tests.ledger.builders import ACTOR, Clock, new_store, post, wage
from tests.ledger.erasing import APPROVER, DECISION, approval, erase, files_with, salts

NAME = "Resa Namn Namnsson"
MARKER = f"[gallrad 2020-09-01, {DECISION}]"


@pytest.fixture
def store(tmp_path):
    store = new_store(tmp_path)
    yield store
    store.close()


def texts(store, field="text"):
    return dict(store.book().private(field).select("position", "value").rows())


def last(store):
    """Positions of the last voucher's postings."""
    return store.book().postings()["position"].to_list()[-2:]


def test_an_erased_value_is_in_no_byte_of_the_store_nor_its_salt(store, tmp_path) -> None:
    post(store, *wage("1", 100_00, text=NAME), *wage("2", 5_00, text="Hyra"))
    first, second = store.book().postings()["position"].to_list()[:2]
    kept = salts(store)
    before = store.book()
    root, sums = proof.root(store.path, before.size), before.postings().to_dicts()
    assert files_with(tmp_path, NAME) == files_with(tmp_path, kept[(first, "text")]) != set()

    receipt = erase(store, first, "text", everywhere=True)

    assert receipt.notices == ()
    assert files_with(tmp_path, NAME, kept[(first, "text")], kept[(second, "text")]) == set()
    assert proof.root(store.path, before.size) == root, "the log of before is the log of before"
    assert store.book().postings().to_dicts() == sums
    assert texts(store) == {first: MARKER, second: MARKER, first + 2: "Hyra", first + 3: "Hyra"}
    assert proof.verify(store.book(), [missing]).findings == []


def test_only_the_field_of_the_event_goes_unless_it_is_to_go_everywhere(store) -> None:
    post(store, *wage("1", 100_00, text=NAME, counterparty=NAME))
    first, second = last(store)
    erase(store, first, "text")
    assert texts(store) == {first: MARKER, second: NAME}
    assert texts(store, "counterparty") == {first: NAME, second: NAME}
    erase(store, second, "text", everywhere=True)
    assert texts(store, "counterparty") == {first: MARKER, second: MARKER}


def test_without_a_field_all_private_fields_of_the_event_go(store) -> None:
    post(store, *wage("1", 100_00, text=NAME, registered_by="namnam", document="s. 1"))
    first, second = last(store)
    erase(store, first)
    for field in ("text", "registered_by", "document"):
        assert texts(store, field)[first] == MARKER
        assert texts(store, field)[second] != MARKER
    with pytest.raises(AlreadyErased):
        erase(store, first)


def test_who_approved_and_why_stand_once_in_a_batch_and_can_be_erased_too(store) -> None:
    post(store, *wage("1", 100_00, text=NAME))
    first, _ = last(store)
    erase(store, first, everywhere=True, approved=approval(reason="begäran den 3 maj"))
    erased = store.book().events("governance.text_erased")
    position = erased["position"][0]
    assert erased["approved_by"].null_count() == erased.height - 1
    assert texts(store, "approved_by") == {position: APPROVER}
    assert texts(store, "reason") == {position: "begäran den 3 maj"}
    erase(store, position, "approved_by", approved=approval(approved_by="Cilla"))
    assert texts(store, "approved_by")[position] == MARKER
    assert missing(store.book()) == []


def test_an_erasure_is_seen_whatever_was_known_then_and_dated_where_people_live(tmp_path) -> None:
    # 22:30 UTC on 31 August is 00:30 on 1 September in Stockholm
    times = iter(
        [datetime(2020, 8, 30, tzinfo=UTC)] * 4 + [datetime(2020, 8, 31, 22, 30, tzinfo=UTC)]
    )
    store = new_store(tmp_path, lambda: next(times))
    post(store, *wage("1", 100_00, text=NAME))
    before = store.book()
    first, _ = last(store)
    erase(store, first, "text")
    for book in (before, store.book(), store.book().at(f"@{before.size}")):
        frame = book.private("text")
        assert frame.row(0) == (first, f"[gallrad 2020-09-01, {DECISION}]", True)
        assert frame.row(1)[1:] == (NAME, False)
    store.close()


@pytest.mark.parametrize(
    ("fields", "changed", "error"),
    [
        (("colour",), {}, UsageError),
        (("reason",), {}, UsageError),
        (("document",), {}, UsageError),
        (("text",), {"approved_by": ACTOR}, SecondPersonMissing),
        (("text",), {"approved_by": f" {ACTOR.upper()} "}, SecondPersonMissing),
        (("text",), {"approved_by": ""}, SecondPersonMissing),
        (("text",), {"decision": " "}, UsageError),
        (("text",), {"decision": f"om {NAME}"}, UsageError),
        (("text",), {"reason": f"begärt av {NAME.lower()}, i maj"}, UsageError),
        (("text",), {"approved_by": NAME}, UsageError),
    ],
)
def test_what_is_refused_erases_nothing(store, fields, changed, error) -> None:
    post(store, *wage("1", 100_00, text=NAME))
    first, _ = last(store)
    with pytest.raises(error):
        erase(store, first, *fields, approved=approval(**changed))
    assert texts(store)[first] == NAME
    with pytest.raises(UsageError, match="no event"):
        erase(store, 9_999, "text")
    with pytest.raises(UsageError, match="no event"):
        erase(store, 0)


def test_erasing_twice_is_refused_and_what_is_gone_unexplained_is_tampering(store) -> None:
    post(store, *wage("1", 100_00, text=NAME))
    first, second = last(store)
    erase(store, first, "text")
    with pytest.raises(AlreadyErased):
        erase(store, first, "text")
    with store._datastore.transaction(commit=True) as cursor:
        cursor.execute("DELETE FROM private_values WHERE position = ?", (second,))
    with pytest.raises(Tampered, match="no erasure explains it"):
        erase(store, second, "text")


def test_a_hold_keeps_what_it_covers(store) -> None:
    post(store, *wage("1", 100_00, text=NAME), *wage("2", 100_00, text=NAME, unit="20"))
    held, other = store.book().postings()["position"].to_list()[1:3]
    hold = HoldRow("Mål 1", family="outcome", unit="10", first="2020-08", last="2020-09")
    store.record(PlaceHolds((hold,), "x"), ACTOR, Source("x"))
    for everywhere in (False, True):
        with pytest.raises(LegalHold, match="Mål 1"):
            erase(store, held, "text", everywhere=everywhere)
    with pytest.raises(LegalHold, match="and 1 more"):
        erase(store, other, "text", everywhere=True)
    erase(store, other, "text")
    lifted = HoldRow("Mål 1", state="lifted")
    store.record(PlaceHolds((lifted,), "x"), ACTOR, Source("x"))
    erase(store, held, "text")
    assert texts(store)[held] == MARKER


def test_the_keys_of_files_that_may_have_held_it_go_too(store) -> None:
    post(store, *wage("0", 1_00))
    earlier = len(texts(store, "key"))
    post(store, *wage("1", 100_00, text=NAME))
    post(store, *wage("1", 100_00, text=NAME), *wage("2", 5_00, text="Hyra"))  # cumulative
    keys = texts(store, "key")
    first = store.book().postings()["position"][2]
    erase(store, first, "text", everywhere=True)
    after = texts(store, "key")
    assert list(after.values()) == [
        *list(keys.values())[:earlier],
        *[MARKER] * (len(keys) - earlier),
    ]
    assert missing(store.book()) == []


def test_a_dry_run_erases_nothing(store, tmp_path) -> None:
    post(store, *wage("1", 100_00, text=NAME))
    first, _ = last(store)
    wish = EraseTexts(first, ("text",), approval())
    assert store.record(wish, ACTOR, Source("x"), dry_run=True).recorded == 3  # and two keys
    assert texts(store)[first] == NAME
    assert files_with(tmp_path, NAME) != set()


def test_the_voucher_index_is_the_same_made_anew(store, tmp_path) -> None:
    def index():
        with store._datastore.transaction(commit=False) as cursor:
            cursor.execute("SELECT * FROM index_vouchers ORDER BY first")
            return [tuple(row) for row in cursor.fetchall()]

    post(store, *wage("1", 100_00, text=NAME), *wage("2", 5_00, text="Hyra"))
    first = store.book().postings()["position"][0]
    post(store, *wage("3", 1_00))
    old = [row[5] for row in index()]
    erase(store, first, "text")
    kept = index()
    assert files_with(tmp_path, old[0]) == set(), "the digest was made of the text too"
    assert old[1] in str(kept)
    with store._datastore.transaction(commit=True) as cursor:
        cursor.execute("DELETE FROM index_vouchers")
        cursor.execute("DELETE FROM index_progress")
    post(store, *wage("4", 1_00))
    assert index()[: len(kept)] == kept


# ── the files ──────────────────────────────────────────────────────────────────────────────────


def test_no_copy_is_left_in_a_page_that_was_split(store, tmp_path) -> None:
    """SQLite zeroes a deleted cell, not the copies that it made when it moved cells about."""
    chance = Random(3)
    salt_of: dict[tuple[int, str], bytes] = {}
    gone: list[bytes] = []
    for batch in range(200):
        with store._datastore.transaction(commit=True) as cursor:
            for number in range(30):
                for field in ("comment", "counterparty", "document", "text"):
                    place = (batch * 30 + number, field)
                    if chance.random() < 0.6:
                        salt_of[place] = b"salt" + chance.randbytes(28)
                        long = "x" * chance.choice((5, 20, 60, 400, 3000))
                        row = (*place, salt_of[place], long)
                        cursor.execute("INSERT INTO private_values VALUES (?, ?, ?, ?)", row)
            for place in chance.sample(sorted(salt_of), 30):
                delete = "DELETE FROM private_values WHERE position = ? AND field = ?"
                cursor.execute(delete, place)
                gone.append(salt_of.pop(place))
    with store._datastore.transaction(commit=True) as cursor:
        store._recorder.rewrite(cursor, "private_values")
    with store._datastore.get_connection(commit=True) as connection:
        connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    data = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    found = {match[0] for match in re.finditer(rb"salt.{28}", data, re.DOTALL)}
    assert len(gone) == 6000
    assert found & set(gone) == set()
    assert found >= set(salt_of.values())


def test_who_reads_an_older_state_hinders_the_clean_up_and_it_is_said(
    store, tmp_path, monkeypatch
) -> None:
    monkeypatch.setattr(erasure, "PATIENCE", 10)
    post(store, *wage("1", 100_00, text=NAME))
    first, _ = last(store)
    reader = sqlite3.connect(store.path)
    reader.execute("BEGIN")
    reader.execute("SELECT COUNT(*) FROM stored_events").fetchone()
    receipt = erase(store, first, "text", everywhere=True)
    assert [n.code for n in receipt.notices] == ["not-cleaned"]
    assert "ledger erase --clean" in receipt.notices[0].text
    assert receipt.findings
    assert NAME not in texts(store).values()
    assert files_with(tmp_path, NAME) != set()
    assert [n.code for n in store.clean()] == ["not-cleaned"]
    reader.close()
    assert store.clean() == ()
    assert files_with(tmp_path, NAME) == set()


def test_the_next_writer_cleans_what_a_reader_hindered(store, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(erasure, "PATIENCE", 10)
    post(store, *wage("1", 100_00, text=NAME))
    reader = sqlite3.connect(store.path)
    reader.execute("BEGIN")
    reader.execute("SELECT COUNT(*) FROM stored_events").fetchone()
    erase(store, last(store)[0], "text", everywhere=True)
    reader.close()
    assert files_with(tmp_path, NAME) != set()
    post(store, *wage("2", 1_00))
    assert files_with(tmp_path, NAME) == set()


def test_a_writer_that_had_the_store_open_goes_on(store, tmp_path) -> None:
    other = Store(store.path, store.clock)
    post(other, *wage("1", 100_00, text=NAME))
    erase(store, last(store)[0], "text", everywhere=True)
    assert post(other, *wage("1", 100_00, text=NAME), *wage("2", 1_00, text="x")).recorded == 2
    erase(other, last(store)[0], "text")
    assert files_with(tmp_path, NAME) == set()
    assert proof.verify(store.book(), [missing]).findings == []
    other.close()


def test_on_a_full_disk_nothing_is_erased_and_nothing_recorded(store) -> None:
    post(store, *wage("1", 100_00, text=NAME))
    first, _ = last(store)
    size = store.book().size
    with store._datastore.get_connection(commit=True) as connection:
        cursor = connection.cursor()
        cursor.execute("PRAGMA max_page_count=1")  # SQLite makes it what is there
        cursor.fetchall()
    with pytest.raises(StoreFull):
        erase(store, first, "text")
    assert (texts(store)[first], store.book().size) == (NAME, size)
    with store._datastore.get_connection(commit=True) as connection:
        cursor = connection.cursor()
        cursor.execute("PRAGMA max_page_count=1000000")
        cursor.fetchall()
    erase(store, first, "text")
    assert texts(store)[first] == MARKER


def _killed_before_cleaning(path, position) -> None:
    store = Store(path, Clock(datetime(2020, 9, 2, tzinfo=UTC)))
    erasure.clean = lambda datastore: os._exit(9)
    erase(store, position, "text", everywhere=True)


def test_killed_before_the_clean_up_the_next_opening_cleans(store, tmp_path) -> None:
    post(store, *wage("1", 100_00, text=NAME))
    first, _ = last(store)
    kept = salts(store)[(first, "text")]
    store.close()
    process = multiprocessing.get_context("spawn").Process(
        target=_killed_before_cleaning, args=(store.path, first)
    )
    process.start()
    process.join(60)
    assert process.exitcode == 9
    assert files_with(tmp_path, NAME, kept) != set(), "the log holds old pages still"
    again = Store(store.path, Clock(datetime(2020, 9, 3, tzinfo=UTC)))
    assert set(texts(again).values()) == {f"[gallrad 2020-09-02, {DECISION}]"}
    assert files_with(tmp_path, NAME, kept) == set()
    again.close()


# ── verification ───────────────────────────────────────────────────────────────────────────────


def tamper(store, *statements: str) -> list[tuple[str, int | None]]:
    client = sqlite3.connect(store.path)
    client.execute("DROP TRIGGER IF EXISTS private_values_never_change")
    for statement in statements:
        client.execute(statement)
    client.commit()
    client.close()
    found = proof.verify(store.path, [missing]).findings
    assert all(f.tampering for f in found if f.code != "guard-wrong")
    return [(f.code, f.position) for f in found if f.code != "guard-wrong"]


def test_a_private_value_that_is_not_as_the_log_says_is_found(store) -> None:
    post(store, *wage("1", 100_00, text=NAME, counterparty="Kund"))
    first, second = last(store)
    assert missing(store.book()) == []
    gone = f"DELETE FROM private_values WHERE position = {first} AND field = 'text'"
    assert tamper(store, gone) == [("value-missing", first)]
    forged = f"UPDATE private_values SET value = 'x' WHERE position = {second} AND field = 'text'"
    assert tamper(store, forged) == [("value-missing", first), ("value-forged", second)]
    stray = "INSERT INTO private_values VALUES (0, 'text', x'00', 'x')"
    assert tamper(store, stray)[0] == ("value-stray", 0)


def test_an_erased_value_that_came_back_is_found_and_never_shown(store) -> None:
    post(store, *wage("1", 100_00, text=NAME))
    first, _ = last(store)
    salt = salts(store)[(first, "text")].hex()
    erase(store, first, "text")
    back = f"INSERT INTO private_values VALUES ({first}, 'text', x'{salt}', '{NAME}')"
    assert tamper(store, back) == [("value-kept", first)]
    assert texts(store)[first] == MARKER
