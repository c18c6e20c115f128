"""Erasure in the store: values leave in the transaction that says so, and then the files.

::

    TextErased drafts ── remove ──> rows gone, tables in new pages, voucher digests made anew
      (one transaction)                     │ commit
                                            ▼
                        clean ──> write-ahead log cut to nothing; the store remembers that it is

Killed between the two, the store is cleaned when it is next opened for writing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from ledger.events import EVENTS, private_fields
from ledger.log_check import Finding
from ledger.private import ERASED, Cursor
from ledger.private_rows import PrivateRows, read_private

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


_PLACE = {"position": pl.Int64, "field": pl.String}

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
    return held_values(book.path)(book)


def held_values(path: Path) -> Callable[[Book], list[Finding]]:
    """`missing`, begun with what the store's file holds."""
    held = read_private(path)
    return lambda book: _held_against(book, held)


def _held_against(book: Book, held: PrivateRows) -> list[Finding]:
    if held.size < book.size:  # others have recorded since: what is held now is all of the book's
        held = read_private(book.path)
    damaged = [Finding("value-damaged", at, _FAULTS["value-damaged"]) for at in held.damaged]
    found, committed = held.values, _committed(book)
    if held.size != book.size:  # of what was recorded since, the book knows nothing
        found = found.filter((pl.col("position") < book.size) | (pl.col("position") >= held.size))
    gone = [place for place in held.erased if place[0] < book.size]
    # The table gives its rows in order, so that mostly there is nothing to look for.
    if not gone and found.equals(committed.rename({"committed": "found"})):
        return damaged
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
    erased = pl.DataFrame(gone, schema=_PLACE, orient="row").with_columns(gone=pl.lit(True))
    faults = (
        committed.join(found, on=[*_PLACE], how="full", coalesce=True)
        .join(erased, on=[*_PLACE], how="full", coalesce=True)
        .with_columns(code=code)
        .filter(pl.col("code").is_not_null())
        .sort(*_PLACE)
    )
    return damaged + [
        Finding(row["code"], row["position"], _FAULTS[row["code"]].format(**row))
        for row in faults.iter_rows(named=True)
    ]


def _committed(book: Book) -> pl.DataFrame:
    """Every commitment: ``position``, ``field``, ``committed`` (String, hex), in order."""
    parts = [pl.DataFrame(schema=_PLACE | {"committed": pl.String})]
    for topic, kind in EVENTS.items():
        for name in sorted(private_fields(kind)):
            part = book.events(topic).select("position", field=pl.lit(name), committed=name)
            parts.append(part.drop_nulls())
    whole = pl.concat(part for part in parts if part.height or part is parts[0])
    # An event is of one kind, so that its fields stand in order already.
    in_order = whole["position"].is_sorted()
    return whole if in_order else whole.sort("position", maintain_order=True)
