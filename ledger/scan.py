"""Scanning: a few fields of many events, of all kinds together, in log order.

`Book.events` reads everything of one kind; here one pass over the log reads what a question needs
of every kind, a stretch at a time, so that a million events never lie in memory at once.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import closing

import polars as pl

from ledger.connection import connect
from ledger.engine import BULK, SMALL_EVENTS
from ledger.errors import Tampered
from ledger.events import EVENTS, Envelope, Event, Recorded, decode
from ledger.log import Book

_AT_ONCE = 100_000


def scan(
    book: Book,
    fields: Mapping[str, type[pl.DataType]],
    topics: Collection[str] | None = None,
    first: int = 0,
    end: int | None = None,
) -> Iterator[pl.DataFrame]:
    """The book's events from position ``first`` to before ``end``, of some kinds or of all.

    Columns: ``position``, ``stream``, ``topic``, and the fields asked for, of the envelope or of
    the kinds' own, each null where a kind has none. Events of older forms are read as today's.
    Raises `Tampered` for a kind that the program does not know, and for bytes that do not decode.
    """
    end = book.size if end is None else min(end, book.size)
    wanted = None if topics is None else sorted(topics)
    small = wanted is not None and not set(wanted) & set(BULK)
    where = "" if wanted is None else f"AND topic IN ({', '.join('?' * len(wanted))})"
    # The few kinds that are small have an index; the sign before the column lets it be used.
    column, step = ("+rowid", end - first) if small else ("rowid", _AT_ONCE)
    query = (
        "SELECT rowid - 1, originator_id, topic, CAST(state AS TEXT) FROM stored_events "
        f"WHERE {column} > ? AND {column} <= ? {where} {f'AND {SMALL_EVENTS}' if small else ''} "
        "ORDER BY rowid"
    )
    with closing(connect(book.path)) as connection:
        for begin in range(first, end, max(step, 1)):
            limits = (begin, min(begin + step, end))
            rows = connection.execute(query, (*limits, *(wanted or ()))).fetchall()
            if rows:
                yield _columns(rows, fields)


def _columns(
    rows: Sequence[tuple[int, str, str, str]], fields: Mapping[str, type[pl.DataType]]
) -> pl.DataFrame:
    positions, streams, topics, states = zip(*rows, strict=True)
    if strange := set(topics) - EVENTS.keys():
        at = positions[next(i for i, topic in enumerate(topics) if topic in strange)]
        raise Tampered(f"Event {at} is of a kind that this program does not know.")
    schema: dict[str, type[pl.DataType]] = {"v": pl.Int64, "recorded_at": pl.String, **fields}
    shape = pl.Struct([pl.Field(name, dtype) for name, dtype in schema.items()])
    try:
        content = pl.Series("s", states, pl.String).str.json_decode(shape)
    except pl.exceptions.ComputeError as error:
        raise Tampered(f"An event from {positions[0]} on does not decode: {error}") from error
    frame = content.struct.unnest().with_columns(
        pl.Series("position", positions, pl.Int64),
        pl.Series("stream", streams, pl.String),
        pl.Series("topic", topics, pl.String),
    )
    if frame["recorded_at"].null_count():
        at = frame.filter(pl.col("recorded_at").is_null())["position"][0]
        raise Tampered(f"Event {at} does not decode.")
    forms = {topic: EVENTS[topic].form for topic in set(topics)}
    newest = pl.col("topic").replace_strict(forms, return_dtype=pl.Int64)
    if frame.select((pl.col("v") != newest).any()).item():
        frame = _as_today(frame, states)
    return frame.select("position", "stream", "topic", *fields)


def _as_today(frame: pl.DataFrame, states: Sequence[str]) -> pl.DataFrame:
    """Rows of older forms through the upcasters, one by one."""
    rows = frame.to_dicts()
    for row, state in zip(rows, states, strict=True):
        if row["v"] != EVENTS[row["topic"]].form:
            own = _decoded(row["position"], row["topic"], state.encode())[0].__dict__
            head = {"v", "position", "stream", "topic", "recorded_at"}
            row |= {n: own.get(n, row[n]) for n in row.keys() - head}
    return pl.DataFrame(rows, schema=frame.schema)


def recorded_at_positions(book: Book, positions: Collection[int]) -> Iterator[Recorded]:
    """The events at some positions, whole, in log order; `Tampered` where one does not decode."""
    with closing(connect(book.path)) as connection:
        rows = connection.execute(
            "SELECT rowid - 1, originator_id, originator_version, topic, state FROM stored_events "
            "WHERE rowid IN (SELECT value + 1 FROM json_each(?)) AND rowid <= ? ORDER BY rowid",
            (json.dumps(sorted(positions)), book.size),
        )
        for position, stream, version, topic, stored in rows:
            event, envelope = _decoded(position, topic, stored)
            yield Recorded(position, stream, version, event, envelope)


def _decoded(position: int, topic: str, stored: bytes) -> tuple[Event, Envelope]:
    try:
        return decode(topic, stored)
    except (KeyError, ValueError, TypeError) as error:
        raise Tampered(f"Event {position} ({topic}) does not decode.") from error
