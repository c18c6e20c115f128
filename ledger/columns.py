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

#: Rows of a stretch, and how many stretches may lie glued before they are read.
_AT_ONCE, _AHEAD = 20_000, 4

Fields = Mapping[str, type[pl.DataType]]
_HEAD: Fields = {"position": pl.Int64, "stream": pl.String, "topic": pl.String}


def columns(
    path: Path,
    reach: tuple[int, int],
    where: str,
    parameters: Sequence[object],
    fields: Fields,
    at_once: int = _AT_ONCE,
) -> pl.DataFrame:
    """The events in ``reach`` (first and last position) for which ``where`` is true, in log
    order: ``position``, ``stream``, ``topic``, and ``fields`` of their bytes, null where an event
    has none.

    Raises `polars.exceptions.ComputeError` for bytes that do not decode as these.
    """
    parts: list[tuple[tuple[int, int], Future[pl.DataFrame | None]]] = []
    with closing(connect(path)) as connection, ThreadPoolExecutor(1) as reader:
        for first in range(reach[0], reach[1] + 1, at_once):
            limits = (first + 1, min(first + at_once, reach[1] + 1))
            glued = _glued(connection, where, (*parameters, *limits))
            parts.append((limits, reader.submit(_lines, glued, fields)))
            if len(parts) > _AHEAD:
                parts[-_AHEAD][1].result()
        frames = []
        for limits, part in parts:
            frame = part.result()
            if frame is None:
                frame = _one_by_one(connection, where, (*parameters, *limits), fields)
            frames.append(frame)
    return pl.concat(frames) if frames else pl.DataFrame(schema={**_HEAD, **fields})


#: How many rows, and of each column all values in one, a line each.
Glued = tuple[int, bytes, bytes, bytes, bytes]


def _glued(
    connection: sqlite3.Connection, where: str, parameters: Sequence[object]
) -> Glued | None:
    """The rows of a stretch; None where they are too large for one value."""
    lines = ", ".join(
        f"CAST(group_concat({column}, char(10)) AS BLOB)"
        for column in ("rowid - 1", "originator_id", "topic", "state")
    )
    query = f"SELECT COUNT(*), {lines} FROM stored_events WHERE {where} AND rowid BETWEEN ? AND ?"
    try:
        found: Glued = connection.execute(query, parameters).fetchone()
    except sqlite3.DataError:
        return None
    return found


def _lines(glued: Glued | None, fields: Fields) -> pl.DataFrame | None:
    """What was glued, read line by line; None where that may not be what each row says."""
    if glued is None:
        return None
    count, *heads, states = glued
    if not count:
        return pl.DataFrame(schema={**_HEAD, **fields})
    try:
        # As many lines as rows, and as many braces: no line is empty, or holds another's part, nor
        # an object or a list within. A text that holds a brace is rare, and costs but time.
        if states.count(b"\n") != count - 1 or states.count(b"{") != count or b"[" in states:
            return None
        frame = pl.read_ndjson(states, schema=fields)
        split = [pl.Series([head.decode()]).str.split("\n").explode() for head in heads]
        head = pl.DataFrame(split, schema=list(_HEAD)).cast(dict(_HEAD))
    except (pl.exceptions.PolarsError, UnicodeError, AttributeError):
        return None
    if head.height != count or frame.height != count or not head["position"].is_sorted():
        return None
    return frame.drop(_HEAD, strict=False).hstack(head)


def _one_by_one(
    connection: sqlite3.Connection, where: str, parameters: Sequence[object], fields: Fields
) -> pl.DataFrame:
    """The same, of rows that come one by one: the exact path."""
    rows = connection.execute(
        "SELECT rowid - 1, originator_id, topic, CAST(state AS TEXT) FROM stored_events "
        f"WHERE {where} AND rowid BETWEEN ? AND ? ORDER BY rowid",
        parameters,
    ).fetchall()
    *heads, states = zip(*rows, strict=True)
    wanted = pl.Struct([pl.Field(name, dtype) for name, dtype in fields.items()])
    frame = pl.Series("s", states, pl.String).str.json_decode(wanted).struct.unnest()
    head = pl.DataFrame(heads, schema=_HEAD)
    return frame.drop(_HEAD, strict=False).hstack(head)
