"""Erasure in the store: values leave in the transaction that says so, and then the files.

::

    TextErased drafts ── remove ──> rows gone, tables in new pages, voucher digests made anew
      (one transaction)                     │ commit
                                            ▼
                        clean ──> write-ahead log cut to nothing; the store remembers that it is

Killed between the two, the store is cleaned when it is next opened for writing.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from hashlib import sha256
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


#: Every value with its salt before it, as it is hashed; null where they are not what we write.
_SALTED = (
    "SELECT position, field, CAST(CASE WHEN typeof(position) = 'integer' "
    "AND typeof(field) = 'text' AND typeof(salt) = 'blob' AND typeof(value) = 'text' "
    "THEN salt || value END AS BLOB) FROM private_values"
)

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
    stray: list[Finding] = []
    positions, names, digests = list[int](), list[str](), list[str]()
    with closing(connect(book.path)) as connection:
        connection.execute("BEGIN")  # values and erasures as of one moment
        erased = erasures(connection.cursor())
        newest = connection.execute("SELECT MAX(rowid) FROM stored_events").fetchone()[0] or 0
        # Row by row: a list of so many rows would keep Python's collector of garbage busy.
        for position, name, salted in connection.execute(_SALTED):
            if salted is None:
                where = position if isinstance(position, int) else None
                stray.append(Finding("value-damaged", where, _FAULTS["value-damaged"]))
            elif position >= newest:
                text = _FAULTS["value-stray"].format(field=name, position=position)
                stray.append(Finding("value-stray", position, text))
            elif position < book.size:
                positions.append(position)
                names.append(name)
                digests.append(sha256(salted).hexdigest())  # as `ledger.events.commitment`
    place = {"position": pl.Int64, "field": pl.String}
    found = pl.DataFrame([positions, names, digests], schema={**place, "found": pl.String})
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
