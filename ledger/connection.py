"""A connection that reads a store, and never changes it."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

from ledger.errors import StoreError, StoreMissing


def connect(path: Path) -> sqlite3.Connection:
    """A connection that only reads; also to a store on a read-only medium.

    Where it may write it still opens the file for writing and forbids itself to (``query_only``):
    so the last reader cleans away the write-ahead log that a plain read-only one leaves behind.
    """
    if not path.is_file():
        raise StoreMissing(
            f"There is no store at {path}.", "Run `ledger init` or `ledger demo`, or give --store."
        )
    uri = path.resolve().as_uri()
    modes = ["?mode=ro"]
    try:
        outside = path.with_name(f"{path.name}-wal").stat().st_size
    except FileNotFoundError:  # also where its last reader cleans it away at this moment
        outside = 0
    if not outside:
        modes.append("?mode=ro&immutable=1")  # nothing stands outside the file itself
    if os.access(path, os.W_OK) and os.access(path.parent, os.W_OK):
        modes.insert(0, "?mode=rw")
    for mode in modes:
        connection = sqlite3.connect(uri + mode, uri=True, timeout=15)
        try:
            connection.execute("PRAGMA query_only=ON")
            kind = connection.execute(
                "SELECT type FROM sqlite_master WHERE name = 'stored_events'"
            ).fetchone()
        except sqlite3.DatabaseError as error:
            connection.close()
            if not isinstance(error, sqlite3.OperationalError):
                raise StoreError(f"{path} is no store of ours: {error}.") from error
            failure = error
        else:
            if kind == ("table",):
                return connection
            connection.close()
            raise StoreError(f"{path} is no store of ours: it has no table of events.")
    raise StoreError(f"{path} cannot be read: {failure}.") from failure
