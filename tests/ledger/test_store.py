"""The store: guarded, whole or not at all, one clock, one writer at a time."""

import multiprocessing
import os
import signal
import sqlite3
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import ledger
from ledger.commands import Occasion, Source
from ledger.errors import (
    ClockBehind,
    InputRefused,
    StoreError,
    StoreExists,
    StoreMissing,
    StoreReadOnly,
    Tampered,
    UnknownTime,
    UsageError,
)
from ledger.families.organisation_commands import ChangeSettings, Found
from ledger.families.outcome_reversal import ReverseVouchers
from ledger.identity import Who
from ledger.store import Store
from tests.ledger.builders import ACTOR, Clock, new_store, post, wage


@pytest.fixture
def store(tmp_path):
    store = new_store(tmp_path)
    yield store
    store.close()


def test_the_database_refuses_update_delete_and_replace(store) -> None:
    client = sqlite3.connect(store.path)
    before = client.execute("SELECT * FROM stored_events").fetchall()
    for attack in (
        "UPDATE stored_events SET state = x'00'",
        "UPDATE stored_events SET rowid = rowid + 100",
        "DELETE FROM stored_events WHERE rowid = (SELECT MAX(rowid) FROM stored_events)",
        "INSERT OR REPLACE INTO stored_events SELECT * FROM stored_events LIMIT 1",
        "INSERT OR REPLACE INTO stored_events (rowid, originator_id, originator_version, topic, "
        "state) VALUES (1, 'x', 1, 't', x'00')",
        "REPLACE INTO stored_events SELECT * FROM stored_events LIMIT 1",
        "INSERT INTO stored_events (rowid, originator_id, originator_version, topic, state) "
        "VALUES (-7, 'x', 1, 't', x'00')",
        "INSERT INTO stored_events (rowid, originator_id, originator_version, topic, state) "
        "VALUES (9000, 'x', 1, 't', x'00')",
    ):
        with pytest.raises(sqlite3.DatabaseError, match="events are never"):
            client.execute(attack)
        client.rollback()
    assert client.execute("SELECT * FROM stored_events").fetchall() == before
    client.close()


def test_a_private_value_cannot_be_changed_and_a_forged_one_is_tampering(store) -> None:
    post(store, *wage("1", 100_00, text="lön"))
    assert store.book().private("text")["value"].to_list() == ["lön", "lön"]
    client = sqlite3.connect(store.path)
    with pytest.raises(sqlite3.DatabaseError, match="never changed"):
        client.execute("UPDATE private_values SET value = 'bonus'")
    client.execute("DROP TRIGGER private_values_never_change")
    client.execute("UPDATE private_values SET value = 'bonus'")
    client.commit()
    client.close()
    with pytest.raises(Tampered, match="not what was recorded"):
        store.book().private("text")


def test_an_event_that_lost_its_fields_is_tampering_and_not_nothing(store) -> None:
    post(store, *wage("1", 100_00))
    client = sqlite3.connect(store.path)
    client.execute("DROP TRIGGER events_never_change")
    client.execute("UPDATE stored_events SET state = '{\"x\":1}' WHERE topic = 'outcome.posted'")
    client.commit()
    client.close()
    with pytest.raises(Tampered):
        store.book().postings()


def test_another_s_file_is_left_as_it_is(tmp_path) -> None:
    foreign = tmp_path / "foreign.db"
    client = sqlite3.connect(foreign)
    client.execute("CREATE TABLE t (a)")
    client.commit()
    client.close()
    before = foreign.read_bytes()
    empty = tmp_path / "empty.db"
    empty.touch()
    for path in (foreign, empty):
        with pytest.raises(StoreError, match="no store of ours"):
            Store(path)
    assert (foreign.read_bytes(), empty.read_bytes()) == (before, b"")


def test_a_new_store_may_stand_where_a_link_leads(tmp_path) -> None:
    link = tmp_path / "ledger.db"
    link.symlink_to(tmp_path / "real.db")
    Store.create(link, Found("A"), ACTOR).close()
    assert ledger.open(tmp_path / "real.db").size > 0
    with pytest.raises(StoreExists):
        Store.create(link, Found("A"), ACTOR)


def test_a_store_that_could_not_be_founded_is_not_there(tmp_path) -> None:
    for found in (Found("A", first_month=13), Found("A", time_zone="Europe/Stokholm")):
        with pytest.raises(UsageError):
            Store.create(tmp_path / "a.db", found, ACTOR)
        assert list(tmp_path.iterdir()) == []


def test_what_is_known_up_to_now_can_still_grow(tmp_path) -> None:
    Store.create(tmp_path / "real.db", Found("A"), ACTOR).close()
    book = ledger.open(tmp_path / "real.db")
    newest = book.boundaries[-1][1]
    assert book.at(newest.isoformat()).size == book.size
    for asked in (datetime.now(UTC).isoformat(), datetime.now(UTC).date().isoformat()):
        with pytest.raises(UnknownTime, match="too near"):
            book.at(asked)


def test_every_commit_reaches_the_disk(store) -> None:
    with store._datastore.transaction(commit=False) as cursor:
        cursor.execute("PRAGMA synchronous")
        assert cursor.fetchone()[0] == 2  # FULL
        cursor.execute("PRAGMA journal_mode")
        assert cursor.fetchone()[0] == "wal"


def test_every_event_says_who_when_and_from_where(store) -> None:
    post(store, *wage("1", 100_00))
    posted = store.book().events("outcome.posted")
    assert posted["actor"].unique().to_list() == [ACTOR]
    assert posted["user"].null_count() == 0
    assert posted["source"].unique().to_list() == ["outcome.csv"]
    assert posted["source_digest"].unique().to_list() == ["0" * 64]
    assert posted["source_line"].to_list() == [2, 3]
    assert posted["recorded_at"].n_unique() == 1, "one time for a whole batch"


def test_control_totals_stand_in_the_stream_of_each_period(store) -> None:
    post(store, *wage("1", 100_00), {"date": "2020-07-31", "amount": -5_00})
    admitted = store.book().events("governance.batch_admitted").tail(3)
    assert admitted.select("stream", "period", "count", "total").rows() == [
        ("organisation", None, 1, 0),  # the fiscal year's statement
        ("period:2020-07", "2020-07", 1, -5_00),
        ("period:2020-08", "2020-08", 2, 0),
    ]


def test_a_dry_run_is_the_real_path_rolled_back(store) -> None:
    size = store.book().size
    wish = ChangeSettings((("rounding", "half_up", None),))
    assert store.record(wish, ACTOR, Source("x"), dry_run=True).recorded == 1
    assert store.book().size == size
    assert store.record(wish, ACTOR, Source("x")).recorded == 1
    with pytest.raises(InputRefused):
        post(store, {"account": "9999"})


def test_time_never_goes_back(tmp_path) -> None:
    start = datetime(2020, 9, 1, tzinfo=UTC)
    times = iter([start] * 3 + [start - timedelta(minutes=4), start - timedelta(minutes=6)])
    store = new_store(tmp_path, lambda: next(times))
    wish = ChangeSettings((("a", "b", None),))
    store.record(wish, ACTOR, Source("x"))
    last = [when for _, when in store.book().boundaries]
    assert last == [start + timedelta(microseconds=n) for n in range(4)]
    with pytest.raises(ClockBehind):
        store.record(ChangeSettings((("a", "c", None),)), ACTOR, Source("x"))
    store.close()


def test_known_at_takes_days_times_and_sizes(store) -> None:
    post(store, *wage("1", 100_00))
    whole = store.book()
    ends = [size for size, _ in whole.boundaries]
    assert whole.at("2020-09-01").size == whole.size == ends[-1]
    assert whole.at(f"@{ends[1]}").size == ends[1]
    second = whole.boundaries[1][1]
    assert whole.at(second.isoformat()).size == ends[1]
    assert whole.at((second - timedelta(microseconds=1)).isoformat()).size == ends[0]
    with pytest.raises(UnknownTime, match=r"inside a batch.*Give @"):
        whole.at(f"@{ends[1] - 1}")
    with pytest.raises(UnknownTime, match="future"):
        whole.at("2999-01-01")
    with pytest.raises(UnknownTime, match="begins later"):
        whole.at("2020-08-31")
    with pytest.raises(UsageError, match="not a time"):
        whole.at("i går")
    with pytest.raises(UnknownTime):
        whole.at(f"@{whole.size + 1}")
    assert ledger.open(store.path, f"@{ends[1]}").size == ends[1]


def test_a_day_ends_in_the_organisation_s_time_zone(tmp_path) -> None:
    # 22:30 UTC on 31 August is 00:30 on 1 September in Stockholm
    late = datetime(2020, 8, 31, 22, 30, tzinfo=UTC)
    store = new_store(tmp_path, lambda: late)
    with pytest.raises(UnknownTime):
        store.book().at("2020-08-31")
    assert store.book().at("2020-09-01").size == store.book().size
    store.close()


def test_what_was_known_does_not_change_when_more_is_known(store) -> None:
    post(store, *wage("1", 100_00))
    book = store.book()
    before = book.postings()
    post(store, *wage("2", 100_00))
    store.record(ReverseVouchers((before["position"][0],), "fel"), ACTOR, Source("x"))
    again = store.book().at(f"@{book.size}")
    assert again.postings().equals(before)
    assert again.recorded_at == book.recorded_at


def test_the_index_comes_back_the_same(store) -> None:
    post(store, *wage("1", 100_00, text="lön"), *wage("2", 5_00))
    position = store.book().postings()["position"][0]
    store.record(ReverseVouchers((position,), "fel"), ACTOR, Source("x"))
    post(store, *wage("3", 5_00))

    def index():
        with store._datastore.transaction(commit=True) as cursor:
            from ledger.index import Index

            Index(cursor, Occasion("2020-09-01T00:00:00.000000Z", Who(ACTOR))).advance()
            cursor.execute("SELECT * FROM index_vouchers ORDER BY first")
            return [tuple(row) for row in cursor.fetchall()]

    before = index()
    client = sqlite3.connect(store.path)
    client.execute("DELETE FROM index_vouchers")
    client.execute("DELETE FROM index_progress")
    client.commit()
    client.close()
    assert len(before) == 3
    assert index() == before


def test_stores_that_are_not_there_or_are_there_already(tmp_path) -> None:
    with pytest.raises(StoreMissing):
        Store(tmp_path / "no.db")
    with pytest.raises(StoreMissing):
        ledger.open(tmp_path / "no.db")
    Store.create(tmp_path / "a.db", Found("A"), ACTOR).close()
    with pytest.raises(StoreExists):
        Store.create(tmp_path / "a.db", Found("A"), ACTOR)


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes everywhere")
def test_a_read_only_store_says_so(store) -> None:
    store.path.chmod(0o444)
    with pytest.raises(StoreReadOnly):
        post(store, *wage("1", 100_00))


def test_bytes_that_do_not_decode_are_tampering(store) -> None:
    client = sqlite3.connect(store.path)
    client.execute(
        "INSERT INTO stored_events VALUES ('organisation', 999, 'organisation.setting_changed', ?)",
        (b'{"v":1}',),
    )
    client.commit()
    client.close()
    with pytest.raises(Tampered, match=r"organisation\.setting_changed"):
        _ = store.book().state


def _post_for_ever(path: Path, begun) -> None:
    store = Store(path, Clock())
    begun.set()
    for number in range(10_000):
        post(store, *wage(str(number), 1_00))


@pytest.mark.parametrize("wait", [0.02, 0.1])
def test_killed_at_any_moment_the_store_holds_whole_batches(tmp_path, wait) -> None:
    new_store(tmp_path).close()
    path = tmp_path / "ledger.db"
    context = multiprocessing.get_context("spawn")
    begun = context.Event()
    process = context.Process(target=_post_for_ever, args=(path, begun))
    process.start()
    assert begun.wait(30)
    time.sleep(wait)
    assert process.pid is not None
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    book = ledger.open(path)
    assert (book.boundaries[-1][0] if book.boundaries else 0) == book.size
    frame = book.postings()
    assert frame["amount"].sum() == 0, "no half voucher"
    store = Store(path, Clock(book.boundaries[-1][1]))
    assert post(store, *wage("after", 1_00)).recorded >= 2
    store.close()
