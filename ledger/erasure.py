"""Erasure in the store: values leave in the transaction that says so, and then the files.

::

    TextErased drafts ── remove ──> rows gone, tables in new pages, voucher digests made anew
      (one transaction)                     │ commit
                                            ▼
                        clean ──> write-ahead log cut to nothing; the store remembers that it is

Killed between the two, the store is cleaned when it is next opened for writing.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from hashlib import sha256
from itertools import accumulate
from typing import TYPE_CHECKING

import polars as pl

from ledger.connection import connect
from ledger.events import EVENTS, private_fields
from ledger.log_check import Finding
from ledger.private import ERASED, Cursor, erasures

if TYPE_CHECKING:
    from eventsourcing.sqlite import SQLiteCursor

    from ledger.engine import Datastore, Recorder
    from ledger.families.erasure import TextErased
    from ledger.index import Index
    from ledger.log import Book

#: How long a clean-up waits for those who read, in milliseconds.
PATIENCE = 2_000


def remove(
    cursor: SQLiteCursor, recorder: Recorder, index: Index, erased: Sequence[TextErased]
) -> None:
    """Take the values and salts out of the store, inside the transaction that records it."""
    cursor.executemany(
        "DELETE FROM private_values WHERE position = ? AND field = ?",
        [(event.entry, event.field) for event in erased],
    )
    index.rebuild({event.entry for event in erased})
    for table in ("private_values", "index_vouchers"):
        recorder.rewrite(cursor, table)


def unclean(cursor: Cursor) -> int:
    """Size of the log after its last erasure, if old bytes may still lie in the store's files;
    else 0."""
    cursor.execute(f"SELECT MAX(rowid) FROM stored_events WHERE topic = '{ERASED}'")
    last: int = cursor.fetchall()[0][0] or 0
    cursor.execute("SELECT MAX(size) FROM index_progress WHERE name = 'cleaned'")
    return last if last > (cursor.fetchall()[0][0] or 0) else 0


def clean(datastore: Datastore) -> bool:
    """Bring the write-ahead log into the store's file and cut it to nothing. False if somebody
    who reads an older state of the store hinders it."""
    with datastore.get_connection(commit=True) as connection:
        cursor = connection.cursor()
        size = unclean(cursor)
        if not size:
            return True
        cursor.execute("PRAGMA busy_timeout")
        usual = cursor.fetchone()[0]
        cursor.execute(f"PRAGMA busy_timeout={PATIENCE}")
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        hindered = cursor.fetchone()[0]
        cursor.execute(f"PRAGMA busy_timeout={usual}")
    if hindered:
        return False
    with datastore.transaction(commit=True) as cursor:
        cursor.execute(
            "INSERT OR REPLACE INTO index_progress (name, size) VALUES ('cleaned', ?)", (size,)
        )
    return True


#: Whether a value is kept as we write it.
_OURS = (
    "typeof(position) = 'integer' AND typeof(field) = 'text' AND typeof(salt) = 'blob' "
    "AND typeof(value) = 'text'"
)
#: Every value with its salt before it, as it is hashed; null where they are not what we write.
_SALTED = (
    f"SELECT position, field, CAST(CASE WHEN {_OURS} THEN salt || value END AS BLOB) "
    "FROM private_values"
)
#: The same of many, in one piece: how many, positions and fields a line each, where each ends.
_GLUED = (
    "SELECT COUNT(*), group_concat(position, char(10)), group_concat(field, char(10)), "
    "group_concat(length(CAST(salt || value AS BLOB)), char(10)), "
    "CAST(group_concat(salt || value, '') AS BLOB) "
    f"FROM private_values WHERE position BETWEEN ? AND ? AND {_OURS}"
)
_AT_ONCE = 10_000
_FOUND = {"position": pl.Int64, "field": pl.String, "found": pl.String}

_FAULTS = {
    "value-missing": "the {field} of event {position} is gone, and no erasure explains it",
    "value-kept": "the {field} of event {position} is erased by the log, and still there",
    "value-forged": "the {field} of event {position} is not what was recorded",
    "value-stray": "there is a {field} to event {position}, which has none",
    "value-damaged": "a private value is not kept as number, text, bytes and text",
    "erasure-stray": "an erasure names the {field} of event {position}, which has none",
}


def missing(book: Book) -> list[Finding]:
    """Where the private values are not what the log says, by position and field.

    A commitment without a value that no erasure explains (``value-missing``), a value that is
    not the one committed to (``value-forged``), one that was erased (``value-kept``), one that no
    event knows (``value-stray``), an erasure of what no event has (``erasure-stray``).
    """
    with closing(connect(book.path)) as connection:
        connection.execute("BEGIN")  # values and erasures as of one moment
        erased = erasures(connection.cursor())
        newest = connection.execute("SELECT MAX(rowid) FROM stored_events").fetchone()[0] or 0
        stray, found = list[Finding](), _glued_values(connection, newest)
        if found is None:
            stray, found = _each_value(connection, newest)
    found = found.filter(pl.col("position") < book.size)
    place = {"position": pl.Int64, "field": pl.String}
    gone = pl.DataFrame(
        [key for key in erased if key[0] < book.size], schema=place, orient="row"
    ).with_columns(gone=pl.lit(True))
    code = (
        pl.when(pl.col("committed").is_null() & pl.col("found").is_not_null())
        .then(pl.lit("value-stray"))
        .when(pl.col("committed").is_null())
        .then(pl.lit("erasure-stray"))
        .when(pl.col("found").is_null() & pl.col("gone").is_null())
        .then(pl.lit("value-missing"))
        .when(pl.col("found").is_not_null() & pl.col("gone").is_not_null())
        .then(pl.lit("value-kept"))
        .when(pl.col("found") != pl.col("committed"))
        .then(pl.lit("value-forged"))
    )
    faults = (
        _committed(book)
        .join(found, on=["position", "field"], how="full", coalesce=True)
        .join(gone, on=["position", "field"], how="full", coalesce=True)
        .with_columns(code=code)
        .filter(pl.col("code").is_not_null())
        .sort("position", "field")
    )
    return stray + [
        Finding(row["code"], row["position"], _FAULTS[row["code"]].format(**row))
        for row in faults.iter_rows(named=True)
    ]


def _glued_values(connection: sqlite3.Connection, newest: int) -> pl.DataFrame | None:
    """Every private value's ``position``, ``field`` and digest, ``found`` (String, hex); None
    where not every row is one of ours, of an event that there is.

    SQLite glues the values of a stretch together, which spares a Python object for each part.
    """
    parts, rows = [pl.DataFrame(schema=_FOUND)], 0
    for first in range(0, newest, _AT_ONCE):
        try:
            count, positions, names, lengths, salted = connection.execute(
                _GLUED, (first, min(first + _AT_ONCE, newest) - 1)
            ).fetchone()
        except (sqlite3.DataError, sqlite3.OperationalError):  # too large, or no text
            return None
        if not count:
            continue
        ends = list(accumulate(map(int, lengths.split("\n"))))
        begins = [0, *ends[:-1]]
        columns = [
            pl.Series(positions.split("\n"), dtype=pl.String).cast(pl.Int64),
            pl.Series(names.split("\n"), dtype=pl.String),
            # As `ledger.events.commitment`.
            pl.Series(
                [sha256(salted[a:b]).hexdigest() for a, b in zip(begins, ends, strict=True)],
                dtype=pl.String,
            ),
        ]
        if any(len(column) != count for column in columns) or ends[-1] != len(salted):
            return None
        parts.append(pl.DataFrame(columns, schema=_FOUND))
        rows += count
    whole = connection.execute("SELECT COUNT(*) FROM private_values").fetchone()[0]
    return pl.concat(parts) if rows == whole else None


def _each_value(connection: sqlite3.Connection, newest: int) -> tuple[list[Finding], pl.DataFrame]:
    """The same row by row, and what is wrong with single rows."""
    stray, rows = list[Finding](), list[tuple[int, str, str]]()
    for position, name, salted in connection.execute(_SALTED):
        if salted is None:
            where = position if isinstance(position, int) else None
            stray.append(Finding("value-damaged", where, _FAULTS["value-damaged"]))
        elif position >= newest:
            text = _FAULTS["value-stray"].format(field=name, position=position)
            stray.append(Finding("value-stray", position, text))
        else:
            rows.append((position, name, sha256(salted).hexdigest()))
    return stray, pl.DataFrame(rows, schema=_FOUND, orient="row")


def _committed(book: Book) -> pl.DataFrame:
    """Every commitment: ``position``, ``field``, ``committed`` (String, hex)."""
    parts = [
        pl.DataFrame(schema={"position": pl.Int64, "field": pl.String, "committed": pl.String})
    ]
    for topic, kind in EVENTS.items():
        names = private_fields(kind)
        if names:
            frame = book.events(topic).select("position", *names)
            parts.append(
                frame.unpivot(
                    index="position", variable_name="field", value_name="committed"
                ).drop_nulls()
            )
    return pl.concat(parts)
