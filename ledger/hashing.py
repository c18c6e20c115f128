"""Hashing the log's rows as they lie in the file: what the check of the log costs, it costs here.

A *part* is the rows of a range. A large log is read in several parts at once, each in a process
of its own, which imports this module and little else (``python -m ledger.hashing``). Where
anything is out of place, one part reads everything and finds the first place.
"""

from __future__ import annotations

import gc
import os
import pickle
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from struct import error as StructError

from ledger.connection import connect
from ledger.tree import leaf_hasher, run_hashes, subtrees

#: Level of the subtrees whose roots a part gives beside its leaf hashes: 4,096 leaves each.
BLOCK = 12
#: Rows for which another process is worth its start.
LARGE = 150_000

#: An event as a row of the store: rowid, stream, version, topic, stored bytes.
StoredRow = tuple[int, str, int, str, bytes]
EVENT_ROWS = (
    "SELECT rowid, originator_id, originator_version, topic, state FROM stored_events "
    "WHERE rowid > ? AND rowid <= ? ORDER BY rowid"
)
_FIRST, _LAST = -(1 << 63), (1 << 63) - 1
_AT_ONCE = 1_024
_UNHASHABLE = (AttributeError, TypeError, StructError, UnicodeError)


@dataclass(frozen=True, slots=True)
class Run:
    """Events that follow each other in one stream, all of one topic: ``count`` from the position
    ``first`` on, their versions ahead of their positions by ``ahead``, and their stored bytes, a
    line each."""

    first: int
    count: int
    stream: str
    topic: str
    ahead: int
    states: bytes


#: Some of the log's rows, in order.
Chunk = Run | list[StoredRow]
#: Who is given them too.
Taker = Callable[[Chunk], None]


@dataclass
class Part:
    """The rows of a range. ``leaves`` are their hashes, ``blocks`` the roots of the subtrees of
    level `BLOCK` among them; ``key_rows`` (position, stream, topic, bytes) are the events of keys,
    ``small`` the rowids of the events that are not bulk. ``misplaced`` is the first position whose
    row is another's, ``fault`` why the row after the last one here cannot be read."""

    count: int = 0
    leaves: bytes = b""
    blocks: bytes = b""
    key_rows: list[tuple[int, str, str, bytes]] = field(default_factory=list)
    small: list[int] = field(default_factory=list)
    misplaced: int | None = None
    fault: str | None = None


def read_parts(
    connection: sqlite3.Connection,
    path: Path,
    bulk: Collection[str],
    keys: Collection[str],
    taker: Taker | None = None,
) -> list[Part]:
    """All rows in order: one part, or for a large sound log as many as there are processors. One
    where a ``taker`` wants the rows, for it has work for the others."""
    if taker is not None:
        return [read_part(connection, 0, _FIRST, _LAST, bulk, keys, taker)]
    size = connection.execute("SELECT MAX(rowid) FROM stored_events").fetchone()[0] or 0
    workers = min(os.cpu_count() or 1, 8) if LARGE < size < _LAST else 1
    if workers > 1:
        parts = _side_by_side(connection, path, _bounds(size, workers), bulk, keys)
        if all(part.misplaced is None and part.fault is None for part in parts):
            return parts
    return [read_part(connection, 0, _FIRST, _LAST, bulk, keys)]


def _bounds(size: int, workers: int) -> list[int]:
    """Where parts end, at whole blocks; the first is larger, as the others have to start."""
    step = (size // workers >> BLOCK) + 1 << BLOCK
    return [*range(0, size, step), size]


def _side_by_side(
    connection: sqlite3.Connection,
    path: Path,
    bounds: Sequence[int],
    bulk: Collection[str],
    keys: Collection[str],
) -> list[Part]:
    """The first part here, each other in a process of its own."""
    home = str(Path(__file__).resolve().parents[1])
    known = os.pathsep.join(filter(None, (home, os.environ.get("PYTHONPATH"))))
    workers = [
        subprocess.Popen(
            [sys.executable, "-m", "ledger.hashing"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=os.environ | {"PYTHONPATH": known},
        )
        for _ in bounds[2:]
    ]
    for worker, first, last in zip(workers, bounds[1:], bounds[2:], strict=False):
        assert worker.stdin is not None
        worker.stdin.write(pickle.dumps((path, first, first, last, tuple(bulk), tuple(keys))))
        worker.stdin.close()
    parts = [read_part(connection, 0, 0, bounds[1], bulk, keys)]
    for worker in workers:
        with worker:
            assert worker.stdout is not None
            told = worker.stdout.read()
        # What a worker could not tell, one part for all will find out.
        parts.append(pickle.loads(told) if worker.returncode == 0 else Part(fault="no answer"))
    return parts


def read_part(
    connection: sqlite3.Connection,
    first: int,
    after: int,
    last: int,
    bulk: Collection[str],
    keys: Collection[str],
    taker: Taker | None = None,
) -> Part:
    """The rows with a rowid beyond ``after`` up to ``last``, the first at position ``first``."""
    part, hashed, leaves = Part(), leaf_hasher(), list[bytes]()
    position, wanted = first, frozenset(keys)
    many = frozenset(bulk)
    for read in _chunks(connection, after, last, many):
        if isinstance(read, str):
            part.fault = read
            break
        chunk: Chunk
        if isinstance(read, tuple):
            run, states = read
            chunk = run
            leaves += run_hashes(position, run.stream, position + run.ahead, run.topic, states)
            if part.misplaced is None and run.first != position:
                part.misplaced = min(position, run.first)
            position += run.count
        else:
            chunk = rows = _hash_rows(read, position, hashed, leaves, part)
            part.key_rows += [(r[0] - 1, r[1], r[3], r[4]) for r in rows if r[3] in wanted]
            part.small += [r[0] for r in rows if r[3] not in many]
            position += len(rows)
        if taker is not None and chunk:
            taker(chunk)
        if part.fault is not None:
            break
    part.count, part.leaves = position - first, b"".join(leaves)
    part.blocks = subtrees(part.leaves, BLOCK)
    return part


def _hash_rows(
    rows: list[StoredRow],
    position: int,
    hashed: Callable[[int, str, int, str, bytes], bytes],
    leaves: list[bytes],
    part: Part,
) -> list[StoredRow]:
    """Add the hashes of rows, the first at a position, and what is wrong with them; gives those
    that can be hashed."""
    try:
        leaves += [hashed(i, r[1], r[2], r[3], r[4]) for i, r in enumerate(rows, position)]
    except _UNHASHABLE:
        bad = next(i for i, row in enumerate(rows) if not _hashable(row))
        rows = rows[:bad]
        leaves += [hashed(i, r[1], r[2], r[3], r[4]) for i, r in enumerate(rows, position)]
        part.fault = "its columns are not text, number, text and bytes"
    if part.misplaced is None:
        part.misplaced = _misplaced(rows, position)
    return rows


def _misplaced(chunk: Sequence[StoredRow], position: int) -> int | None:
    """The first position from which the rows are not numbered as they follow each other."""
    ids = [row[0] for row in chunk]
    expected = range(position + 1, position + 1 + len(ids))
    if ids == list(expected):
        return None
    at = next(i for i, (a, b) in enumerate(zip(ids, expected, strict=True)) if a != b)
    return min(position + at, max(ids[at] - 1, 0))


#: A stretch as a run: how many of its rows are as the first, their versions following their
#: rowids, and their bytes. The signs before two columns keep SQLite from looking the stream up.
_RUN = (
    "SELECT COUNT(*), CAST(group_concat(state, char(10)) AS BLOB) FROM stored_events "
    "WHERE rowid BETWEEN ? AND ? AND +originator_id = ? AND +topic = ? "
    "AND originator_version = rowid + ? AND typeof(originator_version) = 'integer' "
    "AND typeof(state) = 'blob'"
)
_FIRST_ROW = (
    "SELECT originator_id, topic, originator_version - rowid FROM stored_events WHERE rowid = ?"
)


def _run(
    connection: sqlite3.Connection, after: int, last: int, bulk: Collection[str]
) -> tuple[Run, list[bytes]] | None:
    """The next rows as a run, and the bytes of each; None where they are none, or where one row
    might not be what it seems in it. SQLite glues the bytes together, which spares four Python
    objects a row."""
    first, end = after + 1, min(after + _AT_ONCE, last)
    if first > end:
        return None
    try:
        row = connection.execute(_FIRST_ROW, (first,)).fetchone()
        if row is None or [type(each) for each in row] != [str, str, int] or row[1] not in bulk:
            return None
        stream, topic, ahead = row
        same, states = connection.execute(_RUN, (first, end, stream, topic, ahead)).fetchone()
    except (sqlite3.Error, OverflowError):
        return None
    count = end - first + 1
    if same != count or len(each := states.split(b"\n")) != count:
        return None
    return Run(first - 1, count, stream, topic, ahead + 1, states), each


def _chunks(
    connection: sqlite3.Connection, after: int, last: int, bulk: Collection[str]
) -> Iterator[tuple[Run, list[bytes]] | list[StoredRow] | str]:
    """All rows of a range in order, many at once; an error's text at the end where the file is
    damaged. Text that is no UTF-8 comes with surrogates in its place: no such row is hashed."""
    newest = connection.execute("SELECT MAX(rowid) FROM stored_events").fetchone()[0] or 0
    while True:
        run = _run(connection, max(after, 0), min(last, newest), bulk) if after >= -1 else None
        if run is not None:
            yield run
            after = run[0].first + run[0].count
            continue
        try:
            chunk: list[StoredRow] = connection.execute(
                EVENT_ROWS + " LIMIT ?", (after, last, _AT_ONCE)
            ).fetchall()
        except sqlite3.Error as error:
            if "decode" not in str(error) or connection.text_factory is not str:
                yield str(error)
                return
            connection.text_factory = lambda data: data.decode(errors="surrogateescape")
            continue
        if not chunk:
            return
        after = chunk[-1][0]
        yield chunk


def _hashable(row: StoredRow) -> bool:
    try:
        leaf_hasher()(0, row[1], row[2], row[3], row[4])
    except _UNHASHABLE:
        return False
    return True


def work() -> None:
    """One part for the process that started this one: its range on stdin, the part on stdout."""
    gc.disable()  # nothing here is a cycle
    path, *asked = pickle.loads(sys.stdin.buffer.read())
    with closing(connect(path)) as connection:
        part = read_part(connection, *asked)
    sys.stdout.buffer.write(pickle.dumps(part))


if __name__ == "__main__":
    import ledger.hashing  # under its name, so that the other side knows what it is sent

    ledger.hashing.work()
