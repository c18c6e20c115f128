"""What stands around the events in the file: indexes, guards, and what nobody of ours put there.

None of it is hashed, and all of it decides what questions find: a forged index can answer in the
place of the table that it claims to be of.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import polars as pl

from ledger.connection import connect
from ledger.engine import OUR_GUARDS, OUR_TABLES, SMALL_EVENTS, library_statements
from ledger.log import Book

#: What SQLite makes itself, and indexes of other versions of ours: integrity_check holds them to
#: what they say they are.
_ALLOWED = re.compile(r"sqlite_.*|small_events_\d+")


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong, at the first position that it concerns; ``tampering`` says that the record
    was altered, else it is something to look at."""

    code: str
    position: int | None
    text: str
    tampering: bool = True


def surroundings(
    connection: sqlite3.Connection, small: Sequence[int], *, sealed: bool
) -> Iterator[Finding]:
    """The index of small events against the rowids of a full reading, and of a store that was
    ``sealed`` everything in it against what we put there."""
    index = connection.execute(
        f"SELECT rowid FROM stored_events WHERE {SMALL_EVENTS} ORDER BY topic, rowid"
    )
    by_index = sorted(row[0] for row in index)
    if by_index != small:
        pairs = zip([*by_index, 0], [*small, 0], strict=False)
        at = next(i for i, (a, b) in enumerate(pairs) if a != b)
        position = (small[at] if at < len(small) else by_index[at]) - 1
        text = f"event {position} is not found by the store's index"
        yield Finding("index-wrong", position, text)
    if not sealed:
        return
    present, wanted = _objects(connection), _ours()
    for name in sorted(wanted.keys() | present.keys()):
        allowed = _ALLOWED.fullmatch(name) and not (name in present and name in wanted)
        if present.get(name) == wanted.get(name) or allowed:
            continue
        kind = (present.get(name) or wanted[name])[0]
        what = "is missing" if name not in present else "is not one of ours"
        if kind == "trigger" and name in wanted:
            text = f"the guard {name} {what}; the next recording puts ours back"
            yield Finding("guard-wrong", None, text, tampering=False)
        elif name in present:
            text = f"the {kind} {name} is not one of ours"
            if name in wanted:
                text = f"the {kind} {name} has our name, and is another"
            yield Finding("schema-foreign", None, text, tampering=False)


Objects = dict[str, tuple[str, str]]


def _objects(connection: sqlite3.Connection) -> Objects:
    """Tables, indexes, views and triggers: kind and statement by name, single-spaced and without
    the quotes that SQLite puts round a name that it changed."""
    rows = connection.execute("SELECT name, type, sql FROM sqlite_master WHERE sql IS NOT NULL")
    return {name: (kind, " ".join(sql.replace('"', "").split())) for name, kind, sql in rows}


@cache
def _ours() -> Objects:
    """The same of a new store."""
    with closing(sqlite3.connect(":memory:")) as empty:
        for statement in (*library_statements(), *OUR_TABLES, *OUR_GUARDS):
            empty.execute(statement)
        return _objects(empty)


def consistent(path: Path) -> Callable[[Book], list[Finding]]:
    """SQLite's own check of a store's file, begun: pages, and every index against its table."""
    with closing(connect(path)) as connection:
        told = [row[0] for row in connection.execute("PRAGMA integrity_check(20)")]
    text = f"the file is not consistent: {'; '.join(map(str, told[:5]))}"
    found = [] if told == ["ok"] else [Finding("store-inconsistent", None, text)]
    return lambda _: found


def voucher_index(book: Book) -> Iterator[Finding]:
    """The table that tells known vouchers against the events: where each begins, how many rows,
    its name, and whether it was reversed."""
    columns = ("first", "rows", "series", "number", "date", "batch", "reversed")
    with closing(connect(book.path)) as connection:
        connection.execute("BEGIN")  # the table and how far it goes, as of one moment
        size = connection.execute(
            "SELECT size FROM index_progress WHERE name = 'vouchers'"
        ).fetchone()
        done = size[0] if size is not None and isinstance(size[0], int) else 0
        said = _vouchers_of(book, done).select(columns)
        # Mostly they are the same, and one text of each is soon compared.
        named = ", ".join(f"'{name}', {name}" for name in columns)
        try:
            (text,) = connection.execute(
                f"SELECT group_concat(json_object({named}), char(10)) FROM index_vouchers"
            ).fetchone()
        except sqlite3.Error:  # JSON holds no bytes, and no text is longer than SQLite allows
            text = None
        if text == said.select(pl.struct(columns).struct.json_encode().str.join("\n")).item():
            return
        rows = connection.execute(f"SELECT {', '.join(columns)} FROM index_vouchers").fetchall()
    held, expected = ({row[0]: row[1:] for row in each} for each in (rows, said.rows()))
    if held == expected:
        return
    first = min(k for k in held.keys() | expected.keys() if held.get(k) != expected.get(k))
    position = first if isinstance(first, int) else 0
    text = f"the index of vouchers is not what the events say at event {position}"
    yield Finding("index-wrong", position, text)


def _vouchers_of(book: Book, done: int) -> pl.DataFrame:
    """The table as the log's first ``done`` events make it, in order."""
    if done > book.size:  # others have recorded since the book was opened
        book = Book(book.path)
    names = ("position", "stream", "voucher", "series", "number", "date")
    posted = book.events("outcome.posted", *names)
    reversals = book.events("outcome.reversed", "position", "reverses")
    gone = set(reversals.filter(pl.col("position") < done)["reverses"])
    return (
        posted.filter(pl.col("position") < done)
        .with_columns(gone=pl.col("position").is_in(sorted(gone)))
        .group_by(pl.col("stream").alias("batch"), "voucher", maintain_order=True)
        .agg(
            pl.col("position").min().alias("first"),
            pl.len().cast(pl.Int64).alias("rows"),
            pl.col("series", "number").first().fill_null(""),
            pl.col("date").first(),
            pl.col("gone").any().cast(pl.Int64).alias("reversed"),
        )
        .sort("first")
    )
