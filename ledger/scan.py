"""Scanning: a few fields of many events, of all kinds together, in log order.

`Book.events` reads everything of one kind; here one pass over the log reads what a question needs
of every kind, a stretch at a time, so that a million events never lie in memory at once.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from contextlib import closing

import polars as pl

from ledger.columns import columns
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
    where = "TRUE" if wanted is None else f"topic IN ({', '.join('?' * len(wanted))})"
    if small:  # the few kinds that are small have an index
        where += f" AND {SMALL_EVENTS}"
    step = max(end - first, 1) if small else _AT_ONCE
    head = ("position", "stream", "topic")
    asked: dict[str, type[pl.DataType]] = {"v": pl.Int64, "recorded_at": pl.String, **fields}
    for begin in range(first, end, step):
        reach = (begin, min(begin + step, end) - 1)
        try:
            frame = columns(book.path, reach, where, wanted or (), asked, few=small, head=head)
        except pl.exceptions.ComputeError as error:
            raise Tampered(f"An event from {begin} on does not decode: {error}") from error
        if frame.height:
            yield _as_today(book, frame).select(*head, *fields)


def _as_today(book: Book, frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with rows of older forms through the upcasters, one by one; `Tampered` where a
    kind is not known, or an event has not what every event has."""
    strange = frame.filter(~pl.col("topic").is_in(list(EVENTS)))
    if strange.height:
        at = strange["position"][0]
        raise Tampered(f"Event {at} is of a kind that this program does not know.")
    if frame["recorded_at"].null_count():
        at = frame.filter(pl.col("recorded_at").is_null())["position"][0]
        raise Tampered(f"Event {at} does not decode.")
    forms = {topic: EVENTS[topic].form for topic in frame["topic"].unique()}
    newest = pl.col("topic").replace_strict(forms, return_dtype=pl.Int64)
    old = frame.filter(pl.col("v") != newest)["position"]
    if old.is_empty():
        return frame
    events = {each.position: each.event for each in recorded_at_positions(book, old.to_list())}
    head = {"v", "position", "stream", "topic", "recorded_at"}
    rows = frame.to_dicts()
    for row in rows:
        if row["position"] in events:
            own = events[row["position"]].__dict__
            row |= {name: own.get(name, row[name]) for name in row.keys() - head}
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
