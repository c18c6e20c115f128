"""Stored events as columns: thousands of rows at a time, and exactly.

::

    rows of a stretch ── SQLite glues ──> their bytes, a line each ── Polars ──> columns
                                                     │ a line is not plainly one flat object
                                                     └──> the same rows one by one

Gluing saves a Python object a row, and Polars reads lines on all processors while SQLite, which
waits for nobody either, glues the next. One by one is what says what an event's bytes mean. Lines
may only take its place where both must say the same: Polars skips empty lines, takes an object for
text and knows no line break within a row. It refuses more than the reading one by one does, which
costs nothing but time: what it refuses is read one by one.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import polars as pl

from ledger.connection import connect
from ledger.hashing import Chunk, Run

#: Rows of a stretch, and how many stretches may lie glued before they are read.
_AT_ONCE, _AHEAD = 50_000, 4

Fields = Mapping[str, type[pl.DataType]]
#: What stands beside an event's bytes: its column in the table, and its type.
_HEAD: Mapping[str, tuple[str, type[pl.DataType]]] = {
    "position": ("rowid - 1", pl.Int64),
    "stream": ("originator_id", pl.String),
    "topic": ("topic", pl.String),
}


def columns(
    path: Path,
    reach: tuple[int, int],
    where: str,
    parameters: Sequence[object],
    fields: Fields,
    *,
    few: bool = False,
    head: Sequence[str] = ("position", "stream"),
) -> pl.DataFrame:
    """The events in ``reach`` (first and last position) for which ``where`` is true, in log
    order: ``position``, ``stream`` and what else is in ``head`` (``topic``), and ``fields`` of
    their bytes, null where an event has none. ``few`` says that an index leads to few events.

    Raises `polars.exceptions.ComputeError` for bytes that do not decode as these.
    """
    schema = {name: dtype for name, (_, dtype) in _HEAD.items() if name in head}
    schema |= {name: dtype for name, dtype in fields.items() if name not in schema}
    at_once = max(reach[1] + 1 - reach[0], 1) if few else _AT_ONCE
    parts: list[tuple[tuple[int, int], Future[pl.DataFrame | None]]] = []
    with closing(connect(path)) as connection, ThreadPoolExecutor(1) as reader:
        for first in range(reach[0], reach[1] + 1, at_once):
            limits = (first + 1, min(first + at_once, reach[1] + 1))
            glued = _glued(connection, where, (*parameters, *limits), head)
            parts.append((limits, reader.submit(_unglued, glued, schema, head)))
            if len(parts) > _AHEAD:
                parts[-_AHEAD][1].result()
        frames = []
        for limits, part in parts:
            frame = part.result()
            if frame is None:
                frame = _one_by_one(connection, where, (*parameters, *limits), schema)
            frames.append(frame)
    return pl.concat(frames) if frames else pl.DataFrame(schema=schema)


#: How many rows, and of each column all values in one, a line each; that of the bytes last.
Glued = tuple[int, tuple[bytes, ...]]


def _glued(
    connection: sqlite3.Connection, where: str, parameters: Sequence[object], head: Sequence[str]
) -> Glued | None:
    """The rows of a stretch; None where they are too large for one value."""
    columns = [*(_HEAD[name][0] for name in head), "state"]
    lines = ", ".join(f"CAST(group_concat({each}, char(10)) AS BLOB)" for each in columns)
    try:
        count, *glued = connection.execute(
            f"SELECT COUNT(*), {lines} FROM stored_events WHERE {where} AND rowid BETWEEN ? AND ?",
            parameters,
        ).fetchone()
    except sqlite3.DataError:
        return None
    return count, tuple(glued)


def _unglued(glued: Glued | None, schema: Fields, head: Sequence[str]) -> pl.DataFrame | None:
    """What was glued, read line by line; None where that may not be what each row says."""
    if glued is None:
        return None
    count, (*beside, states) = glued
    if not count:
        return pl.DataFrame(schema=schema)
    try:
        columns = [
            pl.Series(name, [lines.decode()]).str.split("\n").explode().cast(schema[name])
            for name, lines in zip(head, beside, strict=True)
        ]
    except (pl.exceptions.PolarsError, UnicodeError, AttributeError):
        return None
    if states.count(b"\n") != count - 1:
        return None
    return _lines(states, columns, count, schema)


def _lines(
    states: bytes, columns: Sequence[pl.Series], count: int, schema: Fields
) -> pl.DataFrame | None:
    """The bytes of ``count`` events, as many lines, read line by line, beside ``columns`` of them;
    None where that may not be what each row says."""
    # As many braces as rows: no line is empty, or holds another's part, nor an object or a list
    # within. A text that holds a brace is rare, and costs but time.
    if states.count(b"{") != count or b"[" in states:
        return None
    beside = {each.name for each in columns}
    fields = {name: dtype for name, dtype in schema.items() if name not in beside}
    try:
        frame = pl.read_ndjson(states, schema=fields).with_columns(columns).select(*schema)
    except pl.exceptions.PolarsError:
        return None
    if frame.height != count or any(len(each) != count for each in columns):
        return None
    return _in_order(frame)


def _in_order(frame: pl.DataFrame) -> pl.DataFrame:
    """By position, as rows come that no index gives."""
    return frame if frame["position"].is_sorted() else frame.sort("position")


def _one_by_one(
    connection: sqlite3.Connection, where: str, parameters: Sequence[object], schema: Fields
) -> pl.DataFrame:
    """The same, of rows that come one by one: the exact path."""
    rows = connection.execute(
        "SELECT rowid - 1, originator_id, topic, CAST(state AS TEXT) FROM stored_events "
        f"WHERE {where} AND rowid BETWEEN ? AND ? ORDER BY rowid",
        parameters,
    ).fetchall()
    *heads, states = zip(*rows, strict=True)
    wanted = pl.Struct([pl.Field(name, dtype) for name, dtype in schema.items()])
    frame = pl.Series("s", states, pl.String).str.json_decode(wanted).struct.unnest()
    return frame.with_columns(
        pl.Series(name, values, schema[name])
        for (name, values) in zip(_HEAD, heads, strict=True)
        if name in schema
    )


class Gathering:
    """Events as columns out of rows that somebody reads anyhow, in log order: the check of the
    log, which hashes the very bytes that are read here.

    ``wanted`` are the topics that are gathered, each with the fields of its events.
    """

    def __init__(self, wanted: Mapping[str, Fields]) -> None:
        #: First and last position of each topic met.
        self.reach: dict[str, tuple[int, int]] = {}
        self._schemas = {
            topic: {"position": pl.Int64, "stream": pl.String} | dict(fields)
            for topic, fields in wanted.items()
        }
        self._waiting: dict[str, list[Chunk]] = {topic: [] for topic in wanted}
        self._parts: dict[str, list[Future[pl.DataFrame | None]]] = {topic: [] for topic in wanted}
        self._reader = ThreadPoolExecutor(1)

    def __enter__(self) -> Gathering:
        return self

    def __exit__(self, *_: object) -> None:
        self._reader.shutdown(cancel_futures=True)

    def take(self, chunk: Chunk) -> None:
        """Some more of the log, what follows the chunks before."""
        if isinstance(chunk, Run):
            if chunk.topic in self._waiting:
                self._add(chunk.topic, chunk.first, chunk.first + chunk.count - 1, chunk)
            return
        topics = {row[3] for row in chunk}
        for topic in topics & self._waiting.keys():
            own = chunk if len(topics) == 1 else [row for row in chunk if row[3] == topic]
            self._add(topic, own[0][0] - 1, own[-1][0] - 1, own)

    def _add(self, topic: str, first: int, last: int, chunk: Chunk) -> None:
        self.reach[topic] = (self.reach.get(topic, (first,))[0], last)
        waiting = self._waiting[topic]
        waiting.append(chunk)
        if last - _first(waiting[0]) >= _AT_ONCE:
            self._send(topic)

    def frame(self, topic: str) -> pl.DataFrame | None:
        """All that was taken of a topic, like `columns`; None where its rows must be read one by
        one, and to who asks again, for it is given away. To be asked when all is taken."""
        if self._waiting.get(topic):
            self._send(topic)
        parts = self._parts.pop(topic, None)
        if parts is None:
            return None
        frames = list[pl.DataFrame]()
        for part in parts:
            frame = part.result()
            if frame is None:
                return None
            frames.append(frame)
        return pl.concat(frames) if frames else pl.DataFrame(schema=self._schemas[topic])

    def _send(self, topic: str) -> None:
        chunks, self._waiting[topic] = self._waiting[topic], []
        parts = self._parts[topic]
        parts.append(self._reader.submit(_of_chunks, chunks, self._schemas[topic]))
        if len(parts) > _AHEAD:
            parts[-_AHEAD].result()


def _first(chunk: Chunk) -> int:
    return chunk.first if isinstance(chunk, Run) else chunk[0][0] - 1


def _of_chunks(chunks: Sequence[Chunk], schema: Fields) -> pl.DataFrame | None:
    """Chunks of one topic as columns; None where line by line may not be what each row says."""
    positions, streams, states, count = [], [], [], 0
    for chunk in chunks:
        if isinstance(chunk, Run):
            count += chunk.count
            end = chunk.first + chunk.count
            positions.append(pl.int_range(chunk.first, end, dtype=pl.Int64, eager=True))
            streams.append(pl.repeat(chunk.stream, chunk.count, dtype=pl.String, eager=True))
            states.append(chunk.states)  # whoever made the run has counted its lines
        else:
            count += len(chunk)
            if any(b"\n" in row[4] for row in chunk):
                return None
            positions.append(pl.Series([row[0] - 1 for row in chunk], dtype=pl.Int64))
            streams.append(pl.Series([row[1] for row in chunk], dtype=pl.String))
            states += [row[4] for row in chunk]
    head = [pl.concat(positions).alias("position"), pl.concat(streams).alias("stream")]
    return _lines(b"\n".join(states), head, count, schema)
