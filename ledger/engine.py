"""The store's engine: eventsourcing's SQLite recorder, made strict.

What we add to the library: writing takes the lock first (``BEGIN IMMEDIATE``), every commit
reaches the disk (``synchronous=FULL``), and events cannot be updated, deleted or replaced
(triggers). Encoding and decoding, the library's mapper's work, are `ledger.events`'.
"""

from __future__ import annotations

import errno
import re
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from eventsourcing.persistence import StoredEvent
from eventsourcing.sqlite import (
    SQLiteApplicationRecorder,
    SQLiteConnection,
    SQLiteConnectionPool,
    SQLiteCursor,
    SQLiteDatastore,
)

import ledger.families  # noqa: F401  (so that EVENTS is complete)
from ledger.errors import (
    LedgerError,
    StoreBusy,
    StoreError,
    StoreFull,
    StoreReadOnly,
    Tampered,
)
from ledger.events import EVENTS
from ledger.private import ERASED
from ledger.seals import GUARDS as SEAL_GUARDS
from ledger.seals import TABLES as SEAL_TABLES

LOCK_TIMEOUT = 15
_PAGE = 16_384

BULK = tuple(sorted(topic for topic, kind in EVENTS.items() if kind.bulk))

#: Comparisons, not a list: SQLite would make a table of a list for each row that it checks.
SMALL_EVENTS = " AND ".join(f"topic <> '{topic}'" for topic in BULK)

#: By how many kinds it leaves out; below a thousand are those of earlier versions, with a list.
_SMALL_INDEX = f"small_events_{1_000 + len(BULK)}"

_GUARDS = [
    """CREATE TRIGGER IF NOT EXISTS events_never_change BEFORE UPDATE ON stored_events
       BEGIN SELECT RAISE(ABORT, 'events are never changed'); END""",
    """CREATE TRIGGER IF NOT EXISTS events_never_go BEFORE DELETE ON stored_events
       BEGIN SELECT RAISE(ABORT, 'events are never deleted'); END""",
    """CREATE TRIGGER IF NOT EXISTS events_never_replaced BEFORE INSERT ON stored_events
       WHEN EXISTS (SELECT 1 FROM stored_events WHERE originator_id = NEW.originator_id
                    AND originator_version = NEW.originator_version)
         OR EXISTS (SELECT 1 FROM stored_events WHERE rowid = NEW.rowid)
       BEGIN SELECT RAISE(ABORT, 'events are never replaced'); END""",
    """CREATE TRIGGER IF NOT EXISTS events_only_follow AFTER INSERT ON stored_events
       WHEN NEW.rowid < 1 OR (NEW.rowid > 1 AND NOT EXISTS
         (SELECT 1 FROM stored_events WHERE rowid = NEW.rowid - 1))
       BEGIN SELECT RAISE(ABORT, 'events are never inserted elsewhere'); END""",
    """CREATE TRIGGER IF NOT EXISTS private_values_never_change BEFORE UPDATE ON private_values
       BEGIN SELECT RAISE(ABORT, 'private values are never changed'); END""",
]

_TABLES = [
    # The only erasable table: values that can name a person, with the salt of their commitment.
    """CREATE TABLE IF NOT EXISTS private_values (
         position INTEGER NOT NULL, field TEXT NOT NULL, salt BLOB NOT NULL, value TEXT NOT NULL,
         PRIMARY KEY (position, field)) WITHOUT ROWID""",
    "CREATE INDEX IF NOT EXISTS private_keys ON private_values (value) WHERE field = 'key'",
    # Indexes: disposable, rebuilt from the log.
    """CREATE TABLE IF NOT EXISTS index_vouchers (
         first INTEGER PRIMARY KEY, rows INTEGER NOT NULL, series TEXT NOT NULL,
         number TEXT NOT NULL, date TEXT NOT NULL, digest TEXT NOT NULL, batch TEXT NOT NULL,
         source TEXT NOT NULL DEFAULT '', reversed INTEGER NOT NULL DEFAULT 0,
         erased INTEGER NOT NULL DEFAULT 0)""",
    "CREATE INDEX IF NOT EXISTS index_vouchers_number ON index_vouchers (series, number)",
    "CREATE INDEX IF NOT EXISTS index_vouchers_batch ON index_vouchers (batch)",
    "CREATE TABLE IF NOT EXISTS index_progress (name TEXT PRIMARY KEY, size INTEGER NOT NULL)",
    f"CREATE INDEX IF NOT EXISTS erasures ON stored_events (topic) WHERE topic = '{ERASED}'",
    # Few events are small; finding them must not read the many.
    f"CREATE INDEX IF NOT EXISTS {_SMALL_INDEX} ON stored_events (topic) WHERE {SMALL_EVENTS}",
]

#: Everything that a store has beside the library's table.
OUR_TABLES = (*_TABLES, *SEAL_TABLES)
OUR_GUARDS = (*_GUARDS, *SEAL_GUARDS)


@contextmanager
def named_errors() -> Iterator[None]:
    """Turn SQLite's and the system's errors into ours, by what they mean to whoever waits."""
    try:
        yield
    except LedgerError:
        raise
    except sqlite3.Error as error:
        text = str(error)
        if "malformed" in text or "not a database" in text:
            raise Tampered(f"The store is damaged: {text}.", "Restore a backup.") from error
        if "locked" in text or "busy" in text:
            raise StoreBusy("Another writer holds the store.", "Try again in a moment.") from error
        if "full" in text:
            raise StoreFull("The disk is full; nothing was recorded.", "Make room.") from error
        if "readonly" in text or "read-only" in text or "unable to open" in text:
            raise StoreReadOnly(
                "The store cannot be written here.", "Check the permissions of file and folder."
            ) from error
        raise StoreError(f"The store failed: {text}.") from error
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise StoreFull("The disk is full; nothing was recorded.", "Make room.") from error
        raise StoreReadOnly(f"The store cannot be written here: {error.strerror}.") from error


def lay_out(path: Path) -> None:
    """Lay out the empty file of a new store.

    Events are read by the thousand, so that few large pages are read in less time than many small
    ones; SQLite takes the size of a page for good with the first that it writes.
    """
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA page_size={_PAGE}")
        connection.execute("PRAGMA journal_mode=WAL")


class _Pool(SQLiteConnectionPool):
    def _create_connection(self) -> SQLiteConnection:
        connection = super()._create_connection()
        cursor = connection.cursor()
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute(f"PRAGMA busy_timeout={LOCK_TIMEOUT * 1000}")
        cursor.execute("PRAGMA secure_delete=ON")
        cursor.execute("PRAGMA temp_store=MEMORY")  # private values reach no file but the store's
        return connection


class Datastore(SQLiteDatastore):
    """The library's datastore with the write lock taken first."""

    def __init__(self, path: str) -> None:
        super().__init__(path, lock_timeout=LOCK_TIMEOUT, originator_id_type="text")
        self.pool.close()
        self.pool = _Pool(db_name=path, lock_timeout=LOCK_TIMEOUT)

    @contextmanager
    def transaction(self, *, commit: bool) -> Iterator[SQLiteCursor]:
        """A transaction that reads, or one that holds the write lock from its first statement."""
        with self.get_connection(commit=commit) as connection:
            cursor = connection.cursor()
            cursor.execute("BEGIN IMMEDIATE" if commit else "BEGIN")
            with closing(cursor.sqlite_cursor):  # an open query would keep tables from being moved
                try:
                    yield cursor
                except BaseException:
                    connection.rollback()
                    raise
                if commit:
                    connection.commit()
                else:
                    connection.rollback()


def library_statements() -> list[str]:
    """The statements with which the library makes its own table."""
    bare: Any = SQLiteApplicationRecorder.__new__(SQLiteApplicationRecorder)
    bare.events_table_name = "stored_events"
    return list(SQLiteApplicationRecorder.construct_create_table_statements(bare))


class Recorder(SQLiteApplicationRecorder):
    """The library's recorder: guarded tables, and many events in one statement."""

    def construct_create_table_statements(self) -> list[str]:
        """The library's table, our guards, the erasable table and the indexes."""
        return [*super().construct_create_table_statements(), *OUR_TABLES, *OUR_GUARDS]

    def _create_table(self, c: SQLiteCursor) -> None:
        """Make what is not there; an index of an older shape is thrown away, and comes back."""
        c.execute("SELECT name FROM pragma_table_info('index_vouchers')")
        columns = {name for (name,) in c.fetchall()}
        if columns and "erased" not in columns:
            c.execute("DROP TABLE index_vouchers")
            c.execute("DELETE FROM index_progress WHERE name = 'vouchers'")
        c.execute("SELECT name FROM sqlite_master WHERE type = 'index'")
        for (name,) in c.fetchall():
            if re.fullmatch(r"small_events_\d{1,3}", name):  # one with a list
                c.execute(f"DROP INDEX {name}")
        ours = {" ".join(sql.replace("IF NOT EXISTS ", "").split()) for sql in OUR_GUARDS}
        c.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        for name, sql in c.fetchall():
            if " ".join(sql.split()) not in ours:  # a guard that somebody replaced or added
                quoted = name.replace('"', '""')
                c.execute(f'DROP TRIGGER "{quoted}"')
        super()._create_table(c)

    def rewrite(self, cursor: SQLiteCursor, table: str) -> None:
        """Move a table's rows to new pages, inside the caller's transaction.

        What SQLite deletes it overwrites with zeros (secure_delete), but not the copies that it
        left in a page's unused space when it moved cells about. A page that is given back is
        overwritten whole.
        """
        cursor.execute("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = ?", (table,))
        shape: str = cursor.fetchone()[0]
        cursor.execute(shape.replace(table, f"{table}_kept", 1))
        cursor.execute(f"INSERT INTO {table}_kept SELECT * FROM {table}")
        cursor.execute(f"DROP TABLE {table}")
        cursor.execute(f"ALTER TABLE {table}_kept RENAME TO {table}")
        for statement in self.construct_create_table_statements():
            cursor.execute(statement)  # its indexes and guards, which went with it

    def _insert_events(
        self, c: SQLiteCursor, stored_events: Sequence[StoredEvent], **_: Any
    ) -> Sequence[int] | None:
        first = (self._max_notification_id(c) or 0) + 1
        c.executemany(
            "INSERT INTO stored_events (rowid, originator_id, originator_version, topic, state) "
            "VALUES (?, ?, ?, ?, ?)",
            [
                (first + i, str(s.originator_id), s.originator_version, s.topic, s.state)
                for i, s in enumerate(stored_events)
            ],
        )
        return range(first, first + len(stored_events))

    def append(self, cursor: SQLiteCursor, stored_events: Sequence[StoredEvent]) -> None:
        """Append inside the caller's transaction."""
        self._insert_events(cursor, stored_events)
