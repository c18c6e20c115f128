"""Copies of a store: backup, restore, migration. A copy appears whole or not at all, and proved.

::

    backup    store ──pages──> .NAME.part ──checked──> FILE
    restore   FILE ──pages──> STORE.restoring ──checked, erasures carried over──┐
              the store that stands there ──pages──> STORE.replaced-TIME        │
              the store, in one transaction <───────────────pages───────────────┘
    migrate   store ──rows──> .NAME.part ──proved equal──> NEW STORE

The private key is in none of them.
"""

from __future__ import annotations

import glob
import os
import re
import sqlite3
import stat
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import zip_longest
from pathlib import Path

from ledger import proof
from ledger.carried import Listing, for_copy, listing
from ledger.commands import Command, Role, Several, Source
from ledger.connection import connect
from ledger.engine import LOCK_TIMEOUT, Datastore, Recorder, lay_out, named_errors
from ledger.erasure import missing
from ledger.errors import (
    ErasuresMissing,
    LedgerError,
    NotSupported,
    StoreBusy,
    StoreExists,
    StoreMissing,
    StoreNewer,
    Tampered,
    UsageError,
)
from ledger.families.erasure_commands import CarryErasures
from ledger.families.roles import permit
from ledger.families.sealing import RegisterKey, Sealing
from ledger.identity import Who, system_user
from ledger.log import Book
from ledger.notes import SigningKey, key_path
from ledger.store import Clock, Store, real_clock
from ledger.tree import HASH


def backup(store: Path, to: Path) -> Book:
    """Copy a store, while others read and write it, to a new file; the copy's log, checked.

    Raises `StoreExists` if something stands there, `StoreMissing` for a folder that is not
    there, `Tampered` for a copy that is not sound, and the named errors of disks.
    """
    with _appearing(to, store) as made:
        with closing(connect(store)) as source:
            _copy_pages(source, made)
        book = Book(made)
        _sound(made, "The store")
        if proof.root(store, book.size) != proof.root(made, book.size):
            raise Tampered("The copy is not the store.", "Run `ledger verify`.")
    return Book(to)


@contextmanager
def _appearing(to: Path, store: Path) -> Iterator[Path]:
    """A path beside ``to`` to write at; what is there at the end is put in place, whole, on the
    disk, and never over another's file. Who may read the store may read it, nobody else."""
    if os.path.lexists(to):
        raise StoreExists(f"{to} exists already.", "Choose another path, or move it away.")
    if not to.parent.is_dir():
        raise StoreMissing(f"There is no folder {to.parent}.", "Make it first.")
    if not store.is_file():
        raise StoreMissing(f"There is no store at {store}.", "Give --store.")
    made = to.with_name(f".{to.name}.part")
    with named_errors():
        _remove(made)
        try:
            made.touch(mode=stat.S_IMODE(store.stat().st_mode))
            yield made
            place(made, to)
        finally:
            _remove(made)


def place(made: Path, to: Path) -> None:
    """Give a whole file its name, on the disk, and never over another's; `StoreExists`."""
    ahead = made.with_name(f"{made.name}-wal")
    if ahead.exists() and ahead.stat().st_size:
        raise StoreBusy(f"Somebody has {made} open.", "Try again.")
    _flush(made)
    try:
        os.link(made, to)  # unlike a rename
    except FileExistsError as error:
        raise StoreExists(f"{to} exists already.", "Choose another path.") from error
    except OSError:  # a file system without links
        os.rename(made, to)
    _flush(to.parent)


def _remove(path: Path) -> None:
    """Remove a file that is being made, and what SQLite keeps beside it."""
    for end in ("", "-wal", "-shm", "-journal"):
        path.with_name(path.name + end).unlink(missing_ok=True)


def _flush(path: Path) -> None:
    """Bring a file, or a folder's names, to the disk."""
    number = os.open(path, os.O_RDONLY)
    try:
        os.fsync(number)
    except OSError:
        if not path.is_dir():  # some file systems cannot for a folder
            raise
    finally:
        os.close(number)


def _copy_pages(source: sqlite3.Connection, to: Path) -> None:
    """All pages of a store as of one moment, to a file with nothing beside it."""
    with closing(sqlite3.connect(to)) as target:
        source.backup(target)


def _sound(path: Path, what: str) -> None:
    """Raise `Tampered` unless the log is what was sealed, and the private values its own."""
    wrong = [f for f in proof.verify(path, [missing]).findings if f.tampering]
    if wrong:
        raise Tampered(
            f"{what} is not sound: [{wrong[0].code}] {wrong[0].text}.", "Run `ledger verify`."
        )


# ── restore ────────────────────────────────────────────────────────────────────────────────────


_MAY_RESTORE: tuple[Role, ...] = ("approver",)


@dataclass(frozen=True, slots=True)
class Restored:
    """What came of a restore: the log's size, erasures carried over into it, where the store that
    stood there is now, how many events of that one the backup does not hold, and from which
    position the two logs differ, if they do; ``key_registered`` if the key that lies here was not
    the log's before."""

    events: int
    carried: int = 0
    aside: Path | None = None
    lost: int = 0
    differs_at: int | None = None
    key_registered: bool = False


def restore(
    file: Path,
    store: Path,
    actor: str,
    listings: Sequence[Listing] = (),
    *,
    replace: bool = False,
    accept_missing: bool = False,
    clock: Clock = real_clock,
) -> Restored:
    """Put a backup where the store is, or is to be; killed at any moment either is there.

    Erased stays what was erased after the backup, by the store that it takes the place of and by
    the ``listings``; what they say is recorded anew. The old store is copied aside.

    Raises `StoreMissing`, `Tampered` for a backup that is not sound, `StoreNewer` for a store
    with events that the backup does not hold unless ``replace``, `ErasuresMissing` where nothing
    tells of later erasures unless ``accept_missing``, `StoreBusy` while others use the store, and
    `NotAllowed` where the store that is replaced has roles and ``actor`` is no approver.
    """
    if store.exists() and file.exists() and store.samefile(file):
        raise UsageError(f"{file} is the store itself.", "Give the backup's file.")
    made = _restoring(store)
    with named_errors():
        sweep(store)
        store.parent.mkdir(parents=True, exist_ok=True)
        try:
            with closing(connect(file)) as source:
                made.touch(mode=stat.S_IMODE(file.stat().st_mode))
                _copy_pages(source, made)
            _sound(made, "The backup")
            copy = Book(made)
            before = _Before(store, copy)
            before.permit(copy, actor)
            if before.lost and not replace:
                raise StoreNewer(
                    f"{store} holds {before.lost} events that the backup does not.",
                    "With --replace the backup takes its place, and it is kept aside.",
                )
            told = [*before.listings(), *((each, copy.size) for each in listings)]
            if not (before.tells or accept_missing or _told_later(listings, copy)):
                raise ErasuresMissing(
                    "What was erased after the backup was made is not known.",
                    "Give --erasures FILE, as `ledger erase --list` wrote it, or let it come back "
                    "with --accept-missing-erasures.",
                )
            carried, registered = _carry(Store(made, clock), copy, told, actor)
            aside = _put(made, store, before)
        finally:
            _remove(made)
    size = Book(store).size
    return Restored(size, carried, aside, before.lost, before.differs_at, registered)


def _restoring(store: Path) -> Path:
    """Where a restore makes the store to be; its key is the store's."""
    return store.with_suffix(".restoring")


def sweep(store: Path) -> None:
    """Remove what a restore that was killed left beside the store: it may hold texts that are
    erased."""
    _remove(_restoring(store))
    for left in store.parent.glob(f".{glob.escape(store.name)}.replaced-*.part*"):
        left.unlink(missing_ok=True)


def _told_later(listings: Sequence[Listing], copy: Book) -> bool:
    """True if a list is from when the log was as long as the copy, or longer."""
    for each in listings:
        if each.size < copy.size:
            raise ErasuresMissing(
                f"The list of erasures is from when the log held {each.size} events, and the "
                f"backup holds {copy.size}: what was erased after it is not in the list.",
                "Write a newer list with `ledger erase --list -o FILE`.",
            )
    return bool(listings)


class _Before:
    """The store that a backup is to take the place of, held against the backup."""

    def __init__(self, store: Path, copy: Book) -> None:
        self.book: Book | None = None
        self.lost, self.shared, self.tells = 0, 0, False
        self.differs_at: int | None = None
        if not store.exists():
            return
        try:
            self.book = Book(store)
            mine, other = proof.leaves(self.book), proof.leaves(copy)
        except LedgerError as error:
            raise type(error)(
                f"{store} stands there and cannot be read: {error.message}",
                f"Move it away, with {store.name}-wal and {store.name}-shm, and restore again.",
            ) from error
        ends = min(self.book.size, copy.size)
        differing = (
            at
            for at in range(ends)
            if mine[at * HASH : (at + 1) * HASH] != other[at * HASH : (at + 1) * HASH]
        )
        self.shared = next(differing, ends)
        if self.shared < ends:
            self.differs_at = self.shared
        self.lost = self.book.size - self.shared
        # Only a log that goes on from the backup knows what was erased after it.
        self.tells = self.shared == copy.size and not any(
            f.tampering for f in proof.verify(self.book, [missing]).findings
        )

    def permit(self, copy: Book, actor: str) -> None:
        """Raise `NotAllowed` unless the person is approver, where the store that is replaced has
        roles; by the copy's where the store's cannot be read any more."""
        if self.book is None:
            return
        try:
            state = self.book.state
        except (Tampered, sqlite3.Error):
            state = copy.state
        permit(state, "restore", _MAY_RESTORE, Who(" ".join(actor.split()), system_user()))

    def listings(self) -> Iterator[tuple[Listing, int]]:
        """Its erasures, and how many events it has in common with the backup."""
        if self.book is not None and self.shared:
            yield listing(self.book), self.shared


def _carry(
    made: Store, copy: Book, told: Sequence[tuple[Listing, int]], actor: str
) -> tuple[int, bool]:
    """Record in the copy the erasures that it does not know; how many, and whether the key that
    seals it had to be registered first."""
    with closing(made):
        found = {e[:2]: e for one, shared in reversed(told) for e in for_copy(one, copy, shared)}
        erased = {(e.position, e.field) for e in listing(copy).erasures}
        new = tuple(found[place] for place in sorted(found.keys() - erased))
        if not new:
            return 0, False
        commands: list[Command] = [CarryErasures(new)]
        sealing, path = copy.state.of(Sealing), key_path(made.path)
        if sealing.origin is not None:
            if not path.exists():
                SigningKey.new(sealing.origin).write(path)
            public = str(SigningKey.read(path).public)
            if public not in sealing.keys:
                commands.insert(0, RegisterKey(public))
        made.record(Several("restore", tuple(commands)), actor, Source("ledger restore"))
        return len(new), len(commands) > 1


def _put(made: Path, store: Path, before: _Before) -> Path | None:
    """Put the copy in the store's place; where the store that stood there is now."""
    if before.book is None:
        place(made, store)
        return None
    with closing(sqlite3.connect(store, timeout=LOCK_TIMEOUT, isolation_level=None)) as live:
        live.execute("PRAGMA locking_mode=EXCLUSIVE")  # no other program may have it open
        live.execute("PRAGMA synchronous=FULL")
        live.execute("BEGIN EXCLUSIVE")
        size = live.execute("SELECT MAX(rowid) FROM stored_events").fetchone()[0] or 0
        live.execute("COMMIT")
        if size != before.book.size:
            raise StoreBusy("Somebody recorded something meanwhile.", "Restore again.")
        aside = _free(store)
        _with_pages(made, live.execute("PRAGMA page_size").fetchone()[0])
        with _appearing(aside, store) as kept:
            _copy_pages(live, kept)
        try:
            with closing(connect(made)) as source:
                source.backup(live)  # one transaction of the store's own: whole, or not at all
        except BaseException:
            aside.unlink(missing_ok=True)  # the store is what it was
            raise
        live.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return aside


def _with_pages(made: Path, size: int) -> None:
    """Give a copy that nobody else has pages of that size: SQLite puts no others in a store."""
    with closing(sqlite3.connect(made, isolation_level=None)) as copy:
        if copy.execute("PRAGMA page_size").fetchone()[0] == size:
            return
        copy.execute("PRAGMA temp_store=MEMORY")  # private values reach no other file
        copy.execute("PRAGMA journal_mode=DELETE")
        copy.execute(f"PRAGMA page_size={size}")
        copy.execute("VACUUM")
        copy.execute("PRAGMA journal_mode=WAL")
    _sound(made, "The backup")


def _free(store: Path) -> Path:
    """A name beside the store that nobody has, with the time in it."""
    now = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    names = (f"{store.name}.replaced-{now}{end}" for end in ("", *(f"-{n}" for n in range(2, 100))))
    return next(path for name in names if not (path := store.with_name(name)).exists())


# ── migration ──────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Migrated:
    """What was copied to a new store, and proved equal: events, checkpoints, private values."""

    events: int
    checkpoints: int
    private: int
    root: str


#: What is copied, in its order, beside what can be made again; the first is the log.
_COPIED = {
    "stored_events": ("rowid", "originator_id", "originator_version", "topic", "state"),
    "private_values": ("position", "field", "salt", "value"),
    "checkpoints": ("size", "note", "leaves", "frontier"),
}
_AT_ONCE = 20_000


def migrate(store: Path, to: str) -> Migrated:
    """Copy log, private values and checkpoints to a new store, row by row, and prove it equal:
    the root at every checkpoint and of all, and each row of the rest.

    Raises `NotSupported` for a store of another kind than SQLite's, `StoreExists`, `Tampered` for
    a store that is not sound, and the named errors of disks.
    """
    if re.match(r"\w+://", to):
        raise NotSupported(
            f"{to.partition(':')[0]} is no kind of store that this version writes.",
            "Give the path of a new file.",
        )
    target = Path(to)
    _sound(store, "The store")
    with _appearing(target, store) as made, closing(connect(store)) as source:
        source.execute("BEGIN")  # all of it as of one moment
        counts = _copy_rows(source, made)
        found = proof.verify(made, [missing])
        if found.findings or found.events != counts["stored_events"]:
            raise Tampered("The copy is not sound.", "Migrate again, to another disk.")
        with closing(connect(made)) as copied:
            for table in _COPIED:
                _equal(source, copied, table)
    return Migrated(
        counts["stored_events"], counts["checkpoints"], counts["private_values"], found.root
    )


def _copy_rows(source: sqlite3.Connection, made: Path) -> dict[str, int]:
    """All rows of the tables, in one transaction; how many of each."""
    lay_out(made)
    datastore = Datastore(str(made))
    counts = {}
    with closing(datastore):
        Recorder(datastore).create_table()
        with datastore.transaction(commit=True) as cursor:
            for table, columns in _COPIED.items():
                rows, counts[table] = _rows(source, table), 0
                marks = ", ".join("?" * len(columns))
                while some := rows.fetchmany(_AT_ONCE):
                    names = ", ".join(columns)
                    cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", some)
                    counts[table] += len(some)
    return counts


def _rows(connection: sqlite3.Connection, table: str) -> sqlite3.Cursor:
    """A table's rows in their order; none where an older store does not have the table."""
    known = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?"
    if connection.execute(known, (table,)).fetchone() is None:
        return connection.execute("SELECT 1 WHERE 0")
    columns = _COPIED[table]
    return connection.execute(f"SELECT {', '.join(columns)} FROM {table} ORDER BY 1, 2")


def _equal(one: sqlite3.Connection, other: sqlite3.Connection, table: str) -> None:
    """Raise `Tampered` unless both hold the same rows."""
    for mine, copied in zip_longest(_rows(one, table), _rows(other, table)):
        if mine != copied:
            raise Tampered(f"The copy's {table} are not the store's.", "Migrate again.")
