"""The private values of a store as they lie there, each with the digest that it gives.

SQLite glues the values of a stretch together, which spares a Python object for each part of a
row; a stretch of which that might not say what each row says is read row by row.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from struct import iter_unpack

import polars as pl

from ledger.connection import connect
from ledger.private import Erasure, erasures

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
_SALT, _AT_ONCE = 32, 10_000
#: A stretch of those kept as we write them: how many, how many salts are as long as ours,
#: positions and fields a line each, salts side by side, values a line each.
_GLUED = (
    f"SELECT COUNT(*), TOTAL(length(salt) = {_SALT}), group_concat(position, char(10)), "
    "group_concat(field, char(10)), CAST(group_concat(salt, '') AS BLOB), "
    "CAST(group_concat(value, char(10)) AS BLOB) "
    f"FROM private_values WHERE position BETWEEN ? AND ? AND {_OURS}"
)
#: The position of the value that stands so many after another.
_END = (
    "SELECT position FROM private_values WHERE position > ? AND typeof(position) = 'integer' "
    "ORDER BY position LIMIT 1 OFFSET ?"
)
_LEAST, _MOST = -(1 << 63), (1 << 63) - 1
_VALUES = {"position": pl.Int64, "field": pl.String, "found": pl.String}


@dataclass(frozen=True, slots=True)
class PrivateRows:
    """The values as of one moment, when the log held ``size`` events.

    ``values``, in the table's order: ``position``, ``field`` and digest, ``found`` (String, hex, as
    `ledger.events.commitment`). ``damaged`` are the positions, as far as they are some, of rows
    that are not kept as number, text, bytes and text; ``erased`` what `erasures` gave.
    """

    size: int
    erased: dict[tuple[int, str], Erasure]
    values: pl.DataFrame
    damaged: list[int | None]


def read_private(path: Path) -> PrivateRows:
    """All private values of a store, and the erasures on record. Raises `sqlite3.Error` where
    they cannot be read, and the errors of a store that cannot be opened."""
    with closing(connect(path)) as connection:
        connection.execute("BEGIN")  # values and erasures as of one moment
        erased = erasures(connection.cursor())
        size = connection.execute("SELECT MAX(rowid) FROM stored_events").fetchone()[0] or 0
        parts = [_stretch(connection, *limits) for limits in _stretches(connection)]
        values, damaged = pl.concat(parts), list[int | None]()
        whole = connection.execute("SELECT COUNT(*) FROM private_values").fetchone()[0]
        if values.height != whole:  # some are damaged, or of no event that there is
            values, damaged = _one_by_one(connection, _SALTED)
    return PrivateRows(size, erased, values, damaged)


def _stretches(connection: sqlite3.Connection) -> Iterator[tuple[int, int]]:
    """First and last position of so many values at a time, until there can be no more."""
    last = _LEAST
    while last < _MOST:
        end = connection.execute(_END, (last, _AT_ONCE - 1)).fetchone()
        first, last = last + 1, _MOST if end is None else end[0]
        yield first, last


def _stretch(connection: sqlite3.Connection, first: int, last: int) -> pl.DataFrame:
    """The values of the events from ``first`` to ``last`` that are kept as we write them."""
    values = _glued(connection, first, last)
    if values is None:
        within = f"{_SALTED} WHERE position BETWEEN ? AND ? AND {_OURS}"
        values, _ = _one_by_one(connection, within, first, last)
    return values


def _glued(connection: sqlite3.Connection, first: int, last: int) -> pl.DataFrame | None:
    try:
        count, salted, positions, fields, salts, values = connection.execute(
            _GLUED, (first, last)
        ).fetchone()
    except sqlite3.Error:  # too large for one value, or no text
        return None
    if not count:
        return pl.DataFrame(schema=_VALUES)
    texts, names = values.split(b"\n"), fields.split("\n")
    if not salted == len(texts) == len(names) == count:
        return None
    pairs = zip(iter_unpack(f"{_SALT}s", salts), texts, strict=True)
    columns = [
        pl.Series(positions.split("\n"), dtype=pl.String).cast(pl.Int64),
        pl.Series(names, dtype=pl.String),
        # As `ledger.events.commitment`.
        pl.Series([sha256(salt + text).hexdigest() for (salt,), text in pairs], dtype=pl.String),
    ]
    return pl.DataFrame(columns, schema=_VALUES)


def _one_by_one(
    connection: sqlite3.Connection, query: str, *parameters: int
) -> tuple[pl.DataFrame, list[int | None]]:
    """The values that a query gives, and the positions of the damaged ones."""
    damaged, rows = list[int | None](), list[tuple[int, str, str]]()
    for position, name, salted in connection.execute(query, parameters):
        if salted is None:
            damaged.append(position if isinstance(position, int) else None)
        else:
            rows.append((position, name, sha256(salted).hexdigest()))
    return pl.DataFrame(rows, schema=_VALUES, orient="row"), damaged
