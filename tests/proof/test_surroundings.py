"""Altered is also what stands around the events: indexes that lie, values, guards, views.

Each of these changed what a report said, or what the next command recorded, while every event
was as it had been sealed.
"""

import shutil
import sqlite3
import threading
from pathlib import Path

import pytest

from assurance.verification import CHECKS
from ledger import hashing
from ledger.commands import Source
from ledger.erasure import held_values
from ledger.errors import StoreError
from ledger.families.outcome_reversal import ReverseVouchers
from ledger.identity import person
from ledger.log import Book
from ledger.proof import verify
from ledger.store import Store
from tests.ledger.builders import ACTOR, Clock, new_store, post, wage
from tests.proof.alterations import open_wide


@pytest.fixture
def path(tmp_path) -> Path:
    """A store with two vouchers, one of them reversed, with texts."""
    store = new_store(tmp_path)
    post(store, *wage("1", 100_00, text="lön"), *wage("2", 5_00, text="hyra"))
    position = store.book().postings()["position"][2]
    store.record(ReverseVouchers((position,), "fel"), ACTOR, Source("x"))
    post(store, *wage("3", 7_00))
    store.close()
    assert verify(store.path, CHECKS).findings == []
    return store.path


def codes(path: Path) -> list[tuple[str, bool]]:
    """What a verification finds."""
    return [(f.code, f.tampering) for f in verify(path, CHECKS).findings]


def forge_index(path: Path, columns: str, change: str, table: str = "stored_events") -> None:
    """An index of other content than its table: made on an altered copy, then bound to it."""
    client = sqlite3.connect(path, isolation_level=None)
    client.execute("PRAGMA writable_schema=ON")
    names = [row[1] for row in client.execute(f"PRAGMA table_info({table})")]
    shape = ", ".join(names)
    client.execute(f"CREATE TABLE fake ({shape})")
    client.execute(f"INSERT INTO fake (rowid, {shape}) SELECT rowid, {shape} FROM {table}")
    client.execute(change)
    client.execute(f"CREATE INDEX forged ON fake ({columns})")
    client.execute(
        "UPDATE sqlite_master SET tbl_name = ?, sql = replace(sql, 'ON fake', 'ON ' || ?) "
        "WHERE name = 'forged'",
        (table, table),
    )
    version = client.execute("PRAGMA schema_version").fetchone()[0]
    client.execute(f"PRAGMA schema_version={version + 1}")
    client.close()
    client = sqlite3.connect(path)
    client.execute("DROP TABLE fake")
    client.commit()
    client.close()


def test_an_index_that_answers_in_the_events_place_is_found(path) -> None:
    honest = Book(path).postings()["amount"].to_list()
    forge_index(
        path,
        "topic, originator_id, state",
        "UPDATE fake SET state = CAST(replace(state, '-10000', '-90000') AS BLOB)",
    )
    lied = Book(path).postings()["amount"].to_list()
    assert lied != honest, "the forgery works"
    assert ("store-inconsistent", True) in codes(path)
    assert ("schema-foreign", False) in codes(path)


def test_a_voucher_index_that_forgets_or_shortens_is_found(path) -> None:
    for change in (
        "DELETE FROM index_vouchers WHERE number = '1'",
        "UPDATE index_vouchers SET rows = 1 WHERE number = '1'",
        "UPDATE index_vouchers SET reversed = 0",
        "UPDATE index_vouchers SET number = '9' WHERE number = '1'",
    ):
        copy = path.with_name("copy.db")
        shutil.copy(path, copy)
        client = sqlite3.connect(copy)
        client.execute(change)
        client.commit()
        client.close()
        assert codes(copy) == [("index-wrong", True)], change


@pytest.mark.parametrize("name", ["erasures", "small_events_%", "private_keys"])
def test_an_index_of_another_definition_is_told(path, name) -> None:
    """One that finds less than ours: nothing in the record is touched, and questions may miss."""
    client = sqlite3.connect(path, isolation_level=None)
    query = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND name LIKE ?"
    name, sql = client.execute(query, (name,)).fetchone()
    client.execute(f"DROP INDEX {name}")
    client.execute(sql.replace("WHERE ", "WHERE 1 = 0 AND "))
    client.close()
    assert ("schema-foreign", False) in codes(path)


def test_an_index_that_was_set_back_is_brought_forward_again(path) -> None:
    for size in (5, -3, 10_000):
        client = sqlite3.connect(path)
        client.execute("UPDATE index_progress SET size = ? WHERE name = 'vouchers'", (size,))
        client.commit()
        client.close()
        store = Store(path, Clock(Book(path).boundaries[-1][1]))
        post(store, *wage(f"new{size}", 1_00))
        store.close()
        assert codes(path) == [], size


@pytest.mark.parametrize(
    "change",
    [
        "INSERT INTO private_values VALUES (10, 'text', x'00', CAST(x'ff00' AS TEXT))",
        "INSERT INTO private_values VALUES (99999, 'text', x'00', 'gömt')",
        "INSERT INTO private_values VALUES ('abc', 'text', x'00', 'gömt')",
        "UPDATE private_values SET salt = 'text' WHERE field = 'text'",
        "UPDATE private_values SET value = 'annan' WHERE field = 'text'",
        "DELETE FROM private_values WHERE field = 'text'",
        "DROP TABLE private_values",
    ],
)
def test_private_values_that_were_touched_are_found_and_never_a_bug(path, change) -> None:
    client = open_wide(path)
    client.execute(change)
    client.close()
    assert any(tampering for _, tampering in codes(path)), codes(path)


def test_a_guard_that_was_replaced_is_put_back_by_the_next_recording(path) -> None:
    client = sqlite3.connect(path, isolation_level=None)
    client.execute("DROP TRIGGER checkpoints_never_change")
    client.execute(
        "CREATE TRIGGER checkpoints_never_change BEFORE UPDATE ON checkpoints BEGIN SELECT 1; END"
    )
    client.execute("CREATE TRIGGER mine AFTER INSERT ON stored_events BEGIN SELECT 1; END")
    client.close()
    assert {code for code, _ in codes(path)} == {"guard-wrong", "schema-foreign"}
    store = Store(path, Clock(Book(path).boundaries[-1][1]))
    post(store, *wage("4", 1_00))
    store.close()
    assert codes(path) == []


def test_a_view_in_the_place_of_the_events_is_no_store(path) -> None:
    client = open_wide(path)
    client.execute("ALTER TABLE stored_events RENAME TO hidden")
    client.execute(
        "CREATE VIEW stored_events AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 "
        "FROM n) SELECT i AS rowid, '' AS originator_id FROM n"
    )
    client.close()
    assert codes(path) == [("store-unreadable", True)]
    with pytest.raises(StoreError):
        Book(path)


def test_who_records_meanwhile_is_no_tampering(path, monkeypatch) -> None:
    """A commit between the reading of checkpoints and of events."""
    read = hashing.read_parts

    def after_a_commit(*arguments):
        def record() -> None:
            store = Store(path, Clock(Book(path).boundaries[-1][1]))
            post(store, *wage("meanwhile", 1_00))
            store.close()

        other = threading.Thread(target=record)
        other.start()
        other.join()
        return read(*arguments)

    monkeypatch.setattr("ledger.log_check.read_parts", after_a_commit)
    before = Book(path).size
    assert verify(path).findings == []
    assert Book(path).size > before


def test_who_records_after_the_private_values_were_read_is_no_tampering(path) -> None:
    """They are read beside the log, which may be longer by then."""
    ended = held_values(path)
    store = Store(path, Clock(Book(path).boundaries[-1][1]))
    post(store, *wage("meanwhile", 1_00, text="Lön"))
    store.close()
    assert ended(Book(path)) == []


@pytest.mark.parametrize("name", ["Воris", "BORIS ", "b\u00adoris", "boris", "ΒORIS"])
def test_letters_that_look_the_same_make_nobody_another_person(name) -> None:
    assert person(name) == person("Boris")
    assert person("Åsa Öst") == "åsa öst"
