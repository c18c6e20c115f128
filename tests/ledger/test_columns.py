"""Events read many at a time say what they say one by one, whatever bytes somebody put there."""

import itertools
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import polars as pl
import pytest

from ledger import columns as module
from ledger.columns import columns
from ledger.connection import connect
from ledger.scan import scan
from tests.ledger.builders import new_store, post, wage

FIELDS = {"a": pl.Int64, "s": pl.String, "b": pl.Boolean, "v": pl.Int64}
GOOD = b'{"a":1,"b":true,"s":"x","v":1}'

#: Bytes that an event never has, and that parsers of JSON read each in their own way.
ODD = [
    b"", b"   ", b"\n", b"{}", b"[]", b"1", b"null", b'"x"', b"[" + GOOD + b"]",
    b'{"a":1}\n', b'\n{"a":1}', b'{"a":1}\n{"a":2}', b'{"a":\n1}', b'{"a":1}\r', b'{"a":1} {"a":2}',
    b'{"a":1}x', b'{"a":1},', b'{"a":1', b'"a":1}', b'{"a":1}\x00', b"\xef\xbb\xbf{}",
    b'{"a":1,"a":2}', b'{"A":1}', b'{"\\u0061":7}', b'{"z":{"q":[1]},"a":3}', b'{"z":"\xff"}',
    b'{"a":9223372036854775807}', b'{"a":9223372036854775808}', b'{"a":18446744073709551616}',
    b'{"a":-9223372036854775809}', b'{"a":1.0}', b'{"a":1.5}', b'{"a":1e3}', b'{"a":1e400}',
    b'{"a":"12"}', b'{"a":true}', b'{"a":null}', b'{"a":01}', b'{"a":-0}', b'{"a":NaN}',
    b'{"a":{"q":1}}', b'{"a":[1]}', b'{"b":1}', b'{"b":"true"}', b'{"b":null}',
    b'{"s":1}', b'{"s":1.50}', b'{"s":true}', b'{"s":null}', b'{"s":{"x":1}}', b'{"s":[1,2]}',
    b'{"s":"\\ud800"}', b'{"s":"a\\nb"}', b'{"s":"a\tb"}', b'{"s":"\\u0000"}', b'{"s":"{[]}"}',
    b'{"s":"\xff"}', b'{"s":"\xc3\xa5"}', b'{"s":"x","position":99,"stream":"y","topic":"z"}',
]  # fmt: skip


def stored(path: Path, states: list[bytes], streams: list[object] | None = None) -> Path:
    """A file with a table of such events, and nothing more."""
    connection = sqlite3.connect(path)
    connection.execute(
        "CREATE TABLE stored_events (originator_id TEXT, originator_version INTEGER, "
        "topic TEXT, state BLOB)"
    )
    connection.executemany(
        "INSERT INTO stored_events VALUES (?, 1, 'some.topic', ?)",
        zip(streams or itertools.repeat("batch:1"), states, strict=False),
    )
    connection.commit()
    connection.close()
    return path


def read(path: Path, size: int) -> list[tuple] | str:
    """What is read, or the name of what reading raised."""
    try:
        return columns(path, (0, size - 1), "topic = ?", ("some.topic",), FIELDS).rows()
    except (pl.exceptions.PolarsError, sqlite3.Error, UnicodeError) as error:
        return type(error).__name__


@pytest.mark.parametrize("odd", ODD, ids=repr)
def test_many_at_a_time_say_what_each_says_alone(tmp_path, monkeypatch, odd) -> None:
    for number, states in enumerate(([odd], [GOOD, odd, GOOD], [odd, b"", GOOD], [b"", odd])):
        path = stored(tmp_path / f"{number}.db", states)
        glued = read(path, len(states))
        with monkeypatch.context() as one_by_one:
            one_by_one.setattr(module, "_lines", lambda *_: None)
            assert glued == read(path, len(states)), states


def test_the_quick_way_is_the_one_that_is_taken(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(module, "_one_by_one", lambda *_: pytest.fail("read one by one"))
    path = stored(tmp_path / "x.db", [GOOD, b'{"a":2,"s":"\xc3\xa5\\n\\"","zzz":"u"}'])
    assert read(path, 2) == [(0, "batch:1", 1, "x", True, 1), (1, "batch:1", 2, 'å\n"', None, None)]


@pytest.mark.parametrize("stream", ["a\nb", "", "å", "x\r"])
def test_a_stream_is_read_as_it_is_named(tmp_path, stream) -> None:
    path = stored(tmp_path / "x.db", [GOOD] * 3, ["one", stream, "three"])
    assert [row[1] for row in read(path, 3)] == ["one", stream, "three"]


def test_stretches_stand_in_the_order_of_the_log(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(module, "_AT_ONCE", 7)
    states = [b'{"a":%d}' % n for n in range(100)]
    states[50] = b'{"a":50,"s":"{"}'  # its stretch is read one by one
    frame = columns(stored(tmp_path / "x.db", states), (3, 97), "TRUE", (), FIELDS)
    assert frame["a"].to_list() == frame["position"].to_list() == list(range(3, 98))


def test_kinds_that_an_index_gives_one_after_the_other_come_in_log_order(tmp_path) -> None:
    store = new_store(tmp_path)
    post(store, *wage("1", 1_00))
    topics = ["governance.batch_admitted", "organisation.account_registered"]
    frame = pl.concat(scan(store.book(), {"count": pl.Int64, "account": pl.String}, topics))
    every = {each.position: each for each in store.book().recorded(small=True)}
    expected = {n: e for n, e in every.items() if e.event.topic in topics}
    assert frame["position"].to_list() == sorted(expected)
    assert frame["topic"].to_list() == [e.event.topic for e in expected.values()]
    assert frame["stream"].to_list() == [e.stream for e in expected.values()]
    accounts = frame.filter(pl.col("topic") == topics[1])
    codes = [vars(e.event)["account"] for e in expected.values() if e.event.topic == topics[1]]
    assert accounts["account"].to_list() == codes
    store.close()


def test_who_opens_while_the_last_reader_leaves_is_let_in(tmp_path) -> None:
    """The last one takes the write-ahead log away, maybe at the very moment."""
    store = new_store(tmp_path)
    store.close()
    with ThreadPoolExecutor(4) as pool:
        opened = list(pool.map(lambda _: connect(store.path).close(), range(400)))
    assert opened == [None] * 400
