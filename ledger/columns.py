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
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from ledger.connection import connect

#: Rows of a stretch, and how many stretches may lie glued before they are read.
_AT_ONCE, _AHEAD = 20_000, 4

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
    at_once: int = _AT_ONCE,
    head: Sequence[str] = ("position", "stream"),
) -> pl.DataFrame:
    """The events in ``reach`` (first and last position) for which ``where`` is true, in log
    order: of ``position``, ``stream`` and ``topic`` those in ``head``, and ``fields`` of their
    bytes, null where an event has none.

    Raises `polars.exceptions.ComputeError` for bytes that do not decode as these.
    """
    schema = {name: dtype for name, (_, dtype) in _HEAD.items() if name in head}
    schema |= {name: dtype for name, dtype in fields.items() if name not in schema}
    parts: list[tuple[tuple[int, int], Future[pl.DataFrame | None]]] = []
    with closing(connect(path)) as connection, ThreadPoolExecutor(1) as reader:
        for first in range(reach[0], reach[1] + 1, at_once):
            limits = (first + 1, min(first + at_once, reach[1] + 1))
            glued = _glued(connection, where, (*parameters, *limits), head)
            parts.append((limits, reader.submit(_lines, glued, schema)))
            if len(parts) > _AHEAD:
                parts[-_AHEAD][1].result()
        frames = []
        for limits, part in parts:
            frame = part.result()
            if frame is None:
                frame = _one_by_one(connection, where, (*parameters, *limits), schema)
            frames.append(frame)
    return pl.concat(frames) if frames else pl.DataFrame(schema=schema)


@dataclass(frozen=True, slots=True)
class _Glued:
    """Rows of a stretch: how many, where the first and last stand, and of their columns all
    values in one, a line each; a column may not be there."""

    count: int
    first: int
    last: int
    states: bytes
    columns: Mapping[str, bytes]


def _glued(
    connection: sqlite3.Connection, where: str, parameters: Sequence[object], head: Sequence[str]
) -> _Glued | None:
    """The rows of a stretch; None where they are too large for one value."""

    def ask(columns: Iterable[str]) -> Sequence[Any]:
        lines = ", ".join(f"CAST(group_concat({each}, char(10)) AS BLOB)" for each in columns)
        return connection.execute(
            f"SELECT COUNT(*), MIN(rowid) - 1, MAX(rowid) - 1, {lines} "
            f"FROM stored_events WHERE {where} AND rowid BETWEEN ? AND ?",
            parameters,
        ).fetchone()

    names = [name for name in head if name != "position"]
    try:
        count, first, last, states, *found = ask(["state", *(_HEAD[name][0] for name in names)])
        held = dict(zip(names, found, strict=True))
        if count and last - first + 1 != count:  # other events stand between them
            held["position"] = ask([_HEAD["position"][0]])[-1]
    except sqlite3.DataError:
        return None
    return _Glued(count, first, last, states, held)


def _lines(glued: _Glued | None, schema: Fields) -> pl.DataFrame | None:
    """What was glued, read line by line; None where that may not be what each row says."""
    if glued is None:
        return None
    count, states = glued.count, glued.states
    if not count:
        return pl.DataFrame(schema=schema)
    try:
        # As many lines as rows, and as many braces: no line is empty, or holds another's part, nor
        # an object or a list within. A text that holds a brace is rare, and costs but time.
        if states.count(b"\n") != count - 1 or states.count(b"{") != count or b"[" in states:
            return None
        head = [
            pl.Series(name, [lines.decode()]).str.split("\n").explode().cast(schema[name])
            for name, lines in glued.columns.items()
        ]
        if "position" not in glued.columns:
            head.append(pl.int_range(glued.first, glued.last + 1, eager=True).alias("position"))
        frame = pl.read_ndjson(states, schema=schema).with_columns(head)
    except (pl.exceptions.PolarsError, UnicodeError, AttributeError):
        return None
    return frame if frame.height == count and frame["position"].is_sorted() else None


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
