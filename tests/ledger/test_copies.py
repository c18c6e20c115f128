"""Backup, restore, migration: a copy is the store, and brings back nothing that was erased."""

import json
import multiprocessing
import os
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

import projections
from ledger import copies, proof
from ledger.carried import Listing, listing
from ledger.commands import Source
from ledger.copies import backup, migrate, restore
from ledger.erasure import missing
from ledger.errors import (
    ErasuresMissing,
    NotAllowed,
    NotSupported,
    StoreBusy,
    StoreError,
    StoreExists,
    StoreFull,
    StoreMissing,
    StoreNewer,
    StoreReadOnly,
    Tampered,
    UsageError,
)
from ledger.log import Book
from ledger.store import Store
from tests.ledger.builders import ACTOR, Clock, new_store, post, wage
from tests.ledger.erasing import DECISION, erase, files_with
from tests.ledger.people import role, roles

NAME = "Resa Namn Namnsson"
MARKER = f"[gallrad 2020-09-01, {DECISION}]"
LATER = datetime(2020, 9, 2, tzinfo=UTC)


@pytest.fixture
def store(tmp_path):
    (tmp_path / "s").mkdir()
    store = new_store(tmp_path / "s")
    post(store, *wage("1", 100_00, text=NAME), *wage("2", 5_00, text="Hyra"))
    yield store
    store.close()


def content(path: Path) -> dict[str, list]:
    """All rows of the tables that hold the record."""
    queries = {
        "stored_events": "SELECT rowid, * FROM stored_events ORDER BY rowid",
        "private_values": "SELECT * FROM private_values ORDER BY position, field",
        "checkpoints": "SELECT * FROM checkpoints ORDER BY size",
    }
    with closing(sqlite3.connect(path)) as connection:
        return {table: connection.execute(query).fetchall() for table, query in queries.items()}


def sound(path: Path) -> bool:
    return proof.verify(path, [missing]).findings == []


def put_back(file, store, *listings, **options):
    return restore(file, store.path, ACTOR, listings, clock=Clock(LATER), **options)


def answers(book: Book, size: int) -> list[str]:
    """What the tables say of August as known at a size of the log, as JSON."""
    then = book.at(f"@{size}")
    found = [
        projections.rows(projections.result(then, "2020-08", by=("unit",)), ("outcome",)),
        projections.rows(projections.balance(then, "2020-08"), ("closing",)),
        then.private("text").to_dicts(),
    ]
    return [json.dumps(each, ensure_ascii=False, default=str) for each in found]


# ── backup ─────────────────────────────────────────────────────────────────────────────────────


def test_a_backup_is_a_store_with_the_same_content(store, tmp_path) -> None:
    os.chmod(store.path, 0o600)
    book = backup(store.path, tmp_path / "b.db")
    assert book.size == store.book().size
    assert content(tmp_path / "b.db") == content(store.path)
    assert sound(tmp_path / "b.db")
    assert (tmp_path / "b.db").stat().st_mode & 0o777 == 0o600
    assert sorted(p.name for p in tmp_path.iterdir()) == ["b.db", "s"], "nothing beside it"


def test_a_backup_is_taken_while_somebody_reads_and_another_writes(store, tmp_path) -> None:
    reader = sqlite3.connect(store.path)
    reader.execute("BEGIN")
    reader.execute("SELECT COUNT(*) FROM stored_events").fetchone()
    with store._datastore.transaction(commit=True):  # the writer's lock
        book = backup(store.path, tmp_path / "b.db")
    post(store, *wage("3", 1_00, "2020-08-23"))
    assert book.size < store.book().size
    reader.close()


def test_nothing_is_overwritten_and_no_half_file_left(store, tmp_path, monkeypatch) -> None:
    (tmp_path / "b.db").write_text("mine")
    with pytest.raises(StoreExists):
        backup(store.path, tmp_path / "b.db")
    assert (tmp_path / "b.db").read_text() == "mine"
    with pytest.raises(StoreMissing):
        backup(store.path, tmp_path / "nowhere" / "b.db")
    with pytest.raises(StoreMissing):
        backup(tmp_path / "none.db", tmp_path / "c.db")

    def full(*_):
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(copies, "_copy_pages", full)
    with pytest.raises(StoreFull):
        backup(store.path, tmp_path / "c.db")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["b.db", "s"]


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is read-only to root")
def test_a_folder_that_cannot_be_written_is_said(store, tmp_path) -> None:
    (tmp_path / "s").chmod(0o500)
    with pytest.raises(StoreReadOnly):
        backup(store.path, tmp_path / "s" / "b.db")
    (tmp_path / "s").chmod(0o700)


def test_a_damaged_store_is_not_backed_up(store, tmp_path) -> None:
    damage(store.path)
    with pytest.raises(Tampered, match="event-altered"):
        backup(store.path, tmp_path / "b.db")
    with pytest.raises(Tampered, match="event-altered"):
        migrate(store.path, str(tmp_path / "m.db"))
    assert [p.name for p in tmp_path.iterdir()] == ["s"]


def damage(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("DROP TRIGGER events_never_change")
    connection.execute("UPDATE stored_events SET topic = 'x' WHERE rowid = 5")
    connection.commit()
    connection.close()


# ── restore ────────────────────────────────────────────────────────────────────────────────────


def test_the_same_question_has_the_same_answer_after_backup_restore_and_rebuild(
    store, tmp_path
) -> None:
    size = store.book().size
    before = answers(store.book(), size)
    backup(store.path, tmp_path / "b.db")
    post(store, *wage("3", 70_00, "2020-08-23"))
    store.close()
    done = put_back(tmp_path / "b.db", store, replace=True)
    assert (done.lost, done.carried, done.differs_at) == (3, 0, None)
    connection = sqlite3.connect(store.path)
    for table in ("index_vouchers", "index_progress"):
        connection.execute(f"DELETE FROM {table}")
    connection.commit()
    connection.close()
    again = Store(store.path, Clock(LATER))
    assert answers(again.book(), size) == before
    post(again, *wage("4", 1_00, "2020-08-24"))
    assert answers(again.book(), size) == before
    assert sound(store.path), "and it is sealed on"
    again.close()


def test_what_was_erased_after_the_backup_stays_erased(store, tmp_path) -> None:
    backup(store.path, tmp_path / "b.db")
    first = store.book().postings()["position"][0]
    erase(store, first, "text", everywhere=True)
    marked = answers(store.book(), Book(tmp_path / "b.db").size)
    store.close()
    with pytest.raises(StoreNewer):
        put_back(tmp_path / "b.db", store)
    done = put_back(tmp_path / "b.db", store, replace=True)
    assert (done.carried, done.events) == (2 + 2, Book(tmp_path / "b.db").size + 4 + 1)
    assert files_with(tmp_path / "s", NAME) == set()
    assert files_with(tmp_path, NAME) == {"b.db"}
    book = Book(store.path)
    assert answers(book, Book(tmp_path / "b.db").size) == marked
    erased = book.events("governance.text_erased")
    assert set(erased["carried_from"]) == {listing(Book(done.aside)).origin}
    assert set(erased["decision"]) == {DECISION}
    assert sound(store.path)
    assert sound(done.aside)


def test_without_a_store_a_list_tells_what_was_erased_else_it_is_refused(store, tmp_path) -> None:
    backup(store.path, tmp_path / "b.db")
    early = listing(store.book())
    post(store, *wage("3", 1_00, "2020-08-23"))
    backup(store.path, tmp_path / "c.db")
    erase(store, store.book().postings()["position"][0], "text", everywhere=True)
    late = Listing.from_json(listing(store.book()).to_json(), "late.json")
    assert NAME not in late.to_json()
    store.close()
    (tmp_path / "new").mkdir()
    os.link(store.path.with_suffix(".key"), tmp_path / "new" / "ledger.key")
    store.path = tmp_path / "new" / "ledger.db"
    with pytest.raises(ErasuresMissing, match="not known"):
        put_back(tmp_path / "c.db", store)
    with pytest.raises(ErasuresMissing, match="not in the list"):
        put_back(tmp_path / "c.db", store, early)
    assert not store.path.exists()
    assert put_back(tmp_path / "c.db", store, late).carried == 5
    assert files_with(tmp_path / "new", NAME) == set()
    store.path.unlink()
    assert put_back(tmp_path / "c.db", store, accept_missing=True).carried == 0
    assert files_with(tmp_path / "new", NAME) == {"ledger.db"}


def test_a_list_of_another_log_is_refused(store, tmp_path) -> None:
    backup(store.path, tmp_path / "b.db")
    (tmp_path / "t").mkdir()
    other = new_store(tmp_path / "t", Clock(LATER))
    post(other, *wage("1", 100_00, text=NAME), *wage("2", 5_00), *wage("3", 5_00))
    with pytest.raises(ErasuresMissing, match="another log"):
        put_back(tmp_path / "b.db", store, listing(other.book()), replace=True)
    other.close()
    for text in ("", "{}", '{"log": "", "size": 1, "root": "", "erasures": [{}]}', "[]"):
        with pytest.raises(UsageError, match="no list of erasures"):
            Listing.from_json(text, "x.json")


def test_a_backup_of_another_branch_is_said(store, tmp_path) -> None:
    backup(store.path, tmp_path / "b.db")
    shared = store.book().size
    post(store, *wage("3", 1_00, "2020-08-23"))
    backup(store.path, tmp_path / "c.db")
    store.close()
    put_back(tmp_path / "b.db", store, replace=True)
    branch = Store(store.path, Clock(LATER))
    post(branch, *wage("4", 4_00, "2020-08-24"))
    branch.close()
    with pytest.raises(StoreNewer, match="holds 3 events"):
        put_back(tmp_path / "c.db", store)
    with pytest.raises(ErasuresMissing):
        put_back(tmp_path / "c.db", store, replace=True)
    done = put_back(tmp_path / "c.db", store, replace=True, accept_missing=True)
    assert (done.differs_at, done.lost) == (shared, 3)
    assert content(store.path) == content(tmp_path / "c.db")


def test_a_store_that_is_an_older_copy_does_not_tell_of_later_erasures(store, tmp_path) -> None:
    backup(store.path, tmp_path / "b.db")
    post(store, *wage("3", 1_00, "2020-08-23"))
    backup(store.path, tmp_path / "c.db")
    store.close()
    put_back(tmp_path / "b.db", store, replace=True)
    with pytest.raises(ErasuresMissing):
        put_back(tmp_path / "c.db", store)
    done = put_back(tmp_path / "c.db", store, accept_missing=True)
    assert (done.lost, done.differs_at) == (0, None)


def test_the_old_store_is_kept_aside_whole(store, tmp_path) -> None:
    backup(store.path, tmp_path / "b.db")
    post(store, *wage("3", 1_00, "2020-08-23"))
    old = content(store.path)
    store.close()
    done = put_back(tmp_path / "b.db", store, replace=True)
    assert done.aside is not None
    assert done.aside.parent == store.path.parent
    assert content(done.aside) == old
    assert content(store.path) == content(tmp_path / "b.db")
    second = put_back(tmp_path / "b.db", store)
    assert second.aside not in (None, done.aside)
    names = {p.name for p in store.path.parent.iterdir()}
    assert names == {"ledger.db", "ledger.key", done.aside.name, second.aside.name}


@pytest.mark.parametrize("size", [4_096, 32_768])
def test_a_backup_with_other_pages_takes_a_store_s_place(store, tmp_path, size) -> None:
    """As those of earlier versions have, which SQLite by itself refuses to put there."""
    backup(store.path, tmp_path / "b.db")
    with closing(sqlite3.connect(tmp_path / "b.db", isolation_level=None)) as copy:
        for step in ("journal_mode=DELETE", f"page_size={size}"):
            copy.execute(f"PRAGMA {step}")
        copy.execute("VACUUM")
    assert pages(tmp_path / "b.db") == size
    post(store, *wage("3", 1_00, "2020-08-23"))
    store.close()
    own = pages(store.path)
    done = put_back(tmp_path / "b.db", store, replace=True)
    assert content(store.path) == content(tmp_path / "b.db")
    assert sound(store.path)
    assert pages(store.path) == own == pages(done.aside) != size
    migrate(tmp_path / "b.db", str(tmp_path / "m.db"))
    assert pages(tmp_path / "m.db") == own, "a store made now"


def test_where_people_have_roles_an_approver_restores(store, tmp_path) -> None:
    """With an older store roles would go back, too: who only reads or records puts none there."""
    backup(store.path, tmp_path / "b.db")
    given = (role("Bo", "approver"), role("Anna", "recorder"), role("Rut", "auditor"))
    store.record(roles(*given), ACTOR, Source("x"))
    store.close()
    before = content(store.path)
    for who in ("Rut", "Anna", "Vem"):
        with pytest.raises(NotAllowed):
            restore(tmp_path / "b.db", store.path, who, clock=Clock(LATER), replace=True)
    assert content(store.path) == before
    assert not [*store.path.parent.glob("*.re*")], "nothing is left beside it"
    restore(tmp_path / "b.db", store.path, "Bo", clock=Clock(LATER), replace=True)
    assert content(store.path) == content(tmp_path / "b.db")


def pages(path: Path) -> int:
    """How large the pages of a store are, in bytes."""
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute("PRAGMA page_size").fetchone()[0]


def test_a_damaged_backup_replaces_nothing(store, tmp_path) -> None:
    backup(store.path, tmp_path / "b.db")
    damage(tmp_path / "b.db")
    before = store.path.read_bytes()
    store.close()
    with pytest.raises(Tampered, match="The backup is not sound"):
        put_back(tmp_path / "b.db", store, replace=True, accept_missing=True)
    (tmp_path / "n.db").write_bytes(b"SQLite format 3\0" + b"x" * 5000)
    for name in ("n.db", "none.db"):
        with pytest.raises((StoreError, Tampered)):
            put_back(tmp_path / name, store, replace=True, accept_missing=True)
    with pytest.raises(UsageError):
        put_back(store.path, store)
    assert Store(store.path, Clock(LATER)).book().size > 0
    assert len(before) > 0


def test_a_damaged_store_does_not_tell_of_erasures_and_is_kept_aside(store, tmp_path) -> None:
    backup(store.path, tmp_path / "b.db")
    store.close()
    damage(store.path)
    with pytest.raises(ErasuresMissing):
        put_back(tmp_path / "b.db", store)
    done = put_back(tmp_path / "b.db", store, accept_missing=True)
    assert sound(store.path)
    assert not sound(done.aside)
    store.path.write_bytes(b"no database")
    with pytest.raises((StoreError, Tampered), match="cannot be read"):
        put_back(tmp_path / "b.db", store, replace=True, accept_missing=True)
    assert store.path.read_bytes() == b"no database"


def test_a_store_that_another_has_open_is_not_replaced(store, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(copies, "LOCK_TIMEOUT", 0.05)
    backup(store.path, tmp_path / "b.db")
    old = content(store.path)
    with pytest.raises(StoreBusy):
        put_back(tmp_path / "b.db", store)
    assert content(store.path) == old
    store.close()
    put_back(tmp_path / "b.db", store)


def test_a_key_that_the_backup_does_not_know_is_registered_and_said(store, tmp_path) -> None:
    backup(store.path, tmp_path / "b.db")
    erase(store, store.book().postings()["position"][0], "text")
    store.rotate_key(ACTOR, Source("ledger key rotate"))
    store.close()
    done = put_back(tmp_path / "b.db", store, replace=True)
    assert done.key_registered
    found = proof.verify(store.path, [missing]).findings
    assert [(f.code, f.tampering) for f in found] == [("key-unvouched", False)]
    again = Store(store.path, Clock(datetime(2020, 9, 3, tzinfo=UTC)))
    assert post(again, *wage("5", 1_00, "2020-08-25")).recorded == 2
    again.close()


_PLACES = ("_sound", "_carry", "_put", "_flush", "_free", "place")


def _killed_in(name: str, file: Path, path: Path) -> None:
    setattr(copies, name, lambda *_: os._exit(9))
    restore(file, path, ACTOR, replace=True, clock=Clock(LATER))


@pytest.mark.parametrize("place", _PLACES)
def test_killed_in_a_restore_the_old_store_is_there(store, tmp_path, place) -> None:
    backup(store.path, tmp_path / "b.db")
    erase(store, store.book().postings()["position"][0], "text", everywhere=True)
    old = content(store.path)
    store.close()
    process = multiprocessing.get_context("spawn").Process(
        target=_killed_in, args=(place, tmp_path / "b.db", store.path)
    )
    process.start()
    process.join(60)
    assert process.exitcode == 9
    assert content(store.path) == old
    assert sound(store.path)
    if place in ("_sound", "_put"):
        copies.sweep(store.path)
        assert {p.name for p in store.path.parent.iterdir()} == {"ledger.db", "ledger.key"}
    assert put_back(tmp_path / "b.db", store, replace=True).carried == 4
    assert files_with(tmp_path / "s", NAME) == set(), "what was left half made is gone too"
    assert not [p for p in store.path.parent.iterdir() if "part" in p.name or "ing" in p.suffix]


# ── migration ──────────────────────────────────────────────────────────────────────────────────


def test_a_migrated_store_is_equal_and_goes_on(store, tmp_path) -> None:
    erase(store, store.book().postings()["position"][0], "text")
    done = migrate(store.path, str(tmp_path / "m.db"))
    assert content(tmp_path / "m.db") == content(store.path)
    assert (done.events, done.root) == (store.book().size, proof.root(store.path, done.events))
    assert done.checkpoints == len(content(store.path)["checkpoints"])
    assert done.private == len(content(store.path)["private_values"])
    assert sound(tmp_path / "m.db")
    size = done.events
    assert answers(Book(tmp_path / "m.db"), size) == answers(store.book(), size)
    os.link(store.path.with_suffix(".key"), tmp_path / "m.key")
    moved = Store(tmp_path / "m.db", Clock(LATER))
    file = [*wage("1", 100_00, text=NAME), *wage("2", 5_00, text="Hyra")]
    assert post(moved, *file).recorded == 0
    moved.close()


@pytest.mark.parametrize("to", ["postgresql://host/ledger", "postgres://host/ledger"])
def test_other_kinds_of_stores_are_not_there_yet(store, to) -> None:
    with pytest.raises(NotSupported):
        migrate(store.path, to)


def test_a_migration_that_is_not_equal_is_not_there(store, tmp_path, monkeypatch) -> None:
    rows = copies._rows

    def lossy(connection, table):
        if table == "private_values":
            return connection.execute(
                "SELECT position, field, salt, value FROM private_values "
                "WHERE position > (SELECT MIN(position) FROM private_values) ORDER BY 1, 2"
            )
        return rows(connection, table)

    monkeypatch.setattr(copies, "_rows", lossy)
    with pytest.raises(Tampered):
        migrate(store.path, str(tmp_path / "m.db"))
    assert [p.name for p in tmp_path.iterdir()] == ["s"]
