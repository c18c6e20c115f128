"""Proof: that the log is what was sealed, that an event is in it, that it only grew.

`verify` recomputes everything; `prove_event` and `prove_growth` write proofs that `check_proof`
checks without the store. Their files are the text forms of C2SP: ``tlog-proof`` (the leaf's
bytes as its extra data) and the body of ``add-checkpoint``, each ending in a signed checkpoint.
"""

from __future__ import annotations

import base64
import binascii
import os
import re
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from ledger.connection import connect
from ledger.errors import (
    BadProof,
    LedgerError,
    NothingKnown,
    StoreError,
    StoreMissing,
    Tampered,
    UsageError,
)
from ledger.hashing import EVENT_ROWS
from ledger.log import Book, gathering
from ledger.log_check import Anchor, Finding, LogCheck, check_log
from ledger.notes import Checkpoint, Note, PublicKey
from ledger.tree import (
    HASH,
    Tree,
    leaf,
    leaf_hash,
    leaf_hasher,
    root_from_inclusion,
    root_of,
    roots_from_consistency,
)

__all__ = ["Anchor", "Finding", "LogCheck", "check_proof", "prove_event", "root", "verify"]

#: A further check of a whole, sound log.
Check = Callable[[Book], Iterable[Finding]]


@dataclass(frozen=True, slots=True)
class FileCheck:
    """A check that begins with the store's file, while the log is read: what ``begin`` gives
    says, of the book, what it found."""

    begin: Callable[[Path], Check]


_EVENT_PROOF = "c2sp.org/tlog-proof@v1"


def verify(
    book: Book | Path,
    checks: Sequence[Check | FileCheck] = (),
    against: Sequence[Anchor] = (),
) -> LogCheck:
    """Check the whole log of the book's store, whatever the book's size; a path is a store that
    nothing has been read from yet.

    First the bytes, order, completeness and signatures, and consistency with every checkpoint
    and with those kept outside (``against``). If these are sound, the further checks side by
    side, each over a book of the very rows that were hashed; those of the file have begun by then.
    What a check raises as tampering is a finding too. Findings are in the order of their positions.
    Raises `BadProof` for a kept checkpoint that its key did not
    sign, and `StoreMissing`; a store that cannot be read at all is a finding.
    """
    path = book if isinstance(book, Path) else book.path
    # SQLite and Polars let other threads run: on two processors it takes little over half the time.
    # What may begin early comes one by one, not to slow the log, which all else waits for.
    early, pool = ThreadPoolExecutor(1), ThreadPoolExecutor(max(os.cpu_count() or 1, 2))
    with gathering() as gathered, early, pool:
        begun = [early.submit(c.begin, path) for c in checks if isinstance(c, FileCheck)]
        try:
            found = check_log(path, against, gathered.take if checks else None)
        except StoreMissing:
            raise
        except (StoreError, Tampered) as error:
            return LogCheck(findings=[Finding("store-unreadable", 0, error.message)])
        if any(finding.tampering for finding in found.findings):
            return found
        whole = Book(path, found.events, gathered)
        late = [c for c in checks if not isinstance(c, FileCheck)] + [_ending(f) for f in begun]
        for each in [pool.submit(_checked, check, whole) for check in late]:
            found.findings += each.result()
    found.findings.sort(key=lambda f: -1 if f.position is None else f.position)
    return found


def _ending(begun: Future[Check]) -> Check:
    """What a check of the file found; it comes last, as it may have to be waited for."""
    return lambda book: begun.result()(book)


def _checked(check: Check, book: Book) -> list[Finding]:
    """What a check finds, and what ends it."""
    found: list[Finding] = []
    try:
        found += check(book)
    except LedgerError as error:
        found.append(Finding(error.code, None, error.message))
    except (sqlite3.Error, TypeError, UnicodeError) as error:
        text = f"the store cannot be read as it was written: {error}"
        found.append(Finding("store-unreadable", None, text))
    return found


# ── what is sealed ─────────────────────────────────────────────────────────────────────────────


def newest_note(book: Book) -> Note:
    """The newest checkpoint's note up to the book's size; `NothingKnown` where none is."""
    with closing(connect(book.path)) as connection:
        row = _ask(
            connection,
            "SELECT note FROM checkpoints WHERE size <= ? ORDER BY size DESC LIMIT 1",
            book.size,
        )
    if row is None:
        raise NothingKnown("The log is not sealed yet.", "The next thing recorded seals it.")
    return _note(row[0])


def notes(book: Book) -> list[Note]:
    """The notes of all checkpoints up to the book's size, in order; none in a log that nobody
    sealed."""
    with closing(connect(book.path)) as connection:
        try:
            rows = connection.execute(
                "SELECT note FROM checkpoints WHERE size <= ? ORDER BY size", (book.size,)
            ).fetchall()
        except sqlite3.OperationalError as error:
            if "no such table" in str(error):
                return []
            raise
    return [_note(row[0]) for row in rows]


def note_at(book: Book, size: int) -> Note | None:
    """The note of the checkpoint of that size, if there is one."""
    with closing(connect(book.path)) as connection:
        row = _ask(connection, "SELECT note FROM checkpoints WHERE size = ?", size)
    return None if row is None else _note(row[0])


def keys_for(book: Book, note: Note) -> tuple[PublicKey, ...]:
    """The log's keys, the one that signed the note first; `Tampered` where none did."""
    from ledger.families.sealing import Sealing

    sealing = book.state.of(Sealing)
    keys = [PublicKey.parse(key) for key in (*sealing.keys, *sealing.retired)]
    signer = note.signed_by(keys)
    if signer is None:
        raise Tampered("The checkpoint is not signed by a key of this log.", "Run `ledger verify`.")
    return signer, *(key for key in keys if key != signer)


def _note(text: str) -> Note:
    try:
        return Note.parse(text)
    except BadProof as error:
        raise Tampered(f"A checkpoint of the store is damaged: {error.message}") from error


def _ask(connection: object, query: str, *parameters: object) -> tuple[str] | None:
    """One row of the table of checkpoints; None too in a store from before sealing."""
    assert isinstance(connection, sqlite3.Connection)
    try:
        row: tuple[str] | None = connection.execute(query, parameters).fetchone()
    except sqlite3.OperationalError as error:
        if "no such table" in str(error):
            return None
        raise
    return row


def leaves(book: Book) -> bytes:
    """Leaf hashes of the book's events side by side: as sealed, else computed."""
    with closing(connect(book.path)) as connection:
        try:
            rows = connection.execute(
                "SELECT leaves FROM checkpoints WHERE size <= ? ORDER BY size", (book.size,)
            ).fetchall()
        except sqlite3.OperationalError:
            rows = []
        if not all(isinstance(part, bytes) and len(part) % HASH == 0 for (part,) in rows):
            raise Tampered("The leaf hashes of a checkpoint are damaged.", "Run `ledger verify`.")
        sealed = b"".join(part for (part,) in rows)
        done, hashed = len(sealed) // HASH, leaf_hasher()
        more = connection.execute(EVENT_ROWS, (done, book.size))
        return sealed + b"".join([hashed(r[0] - 1, r[1], r[2], r[3], r[4]) for r in more])


def root(store: str | Path, size: int) -> str:
    """Root hash, in hex, of the log's first ``size`` events."""
    book = Book(store, size)
    note = note_at(book, size)
    if note is not None:
        return note.checkpoint.root.hex()
    whole = leaves(book)
    return root_of([whole]).hex()


class Inclusion(TypedDict):
    """Where an event stands in the tree of a checkpoint, hashes in hex."""

    index: int
    size: int
    leaf: str
    path: list[str]


def inclusion(book: Book, positions: Iterable[int]) -> Mapping[int, Inclusion]:
    """The inclusion proof of each event in the tree of the book's size."""
    whole = leaves(book)
    tree = Tree(whole)
    return {
        at: Inclusion(
            index=at,
            size=book.size,
            leaf=whole[at * HASH : (at + 1) * HASH].hex(),
            path=[each.hex() for each in tree.inclusion(at, book.size)],
        )
        for at in positions
    }


# ── proofs as files ────────────────────────────────────────────────────────────────────────────


def prove_event(book: Book, position: int) -> str:
    """The file that proves an event to be in the log: its leaf, its path, the checkpoint."""
    note = newest_note(book)
    size = note.checkpoint.size
    if not 0 <= position < size:
        raise UsageError(f"There is no event {position}.", f"The log holds {size} events.")
    with closing(connect(book.path)) as connection:
        row = connection.execute(EVENT_ROWS, (position, position + 1)).fetchone()
    data = leaf(position, *row[1:])
    path = Tree(leaves(Book(book.path, size))).inclusion(position, size)
    head = [_EVENT_PROOF, f"extra {_coded(data)}", f"index {position}"]
    return "\n".join([*head, *map(_coded, path), "", str(note)])


def prove_growth(book: Book, old: int) -> str:
    """The file that proves the log to have only grown since it held ``old`` events."""
    note = newest_note(book)
    size = note.checkpoint.size
    if not 1 <= old <= size:
        raise UsageError(f"There is no checkpoint of {old} events.", f"The log holds {size}.")
    path = Tree(leaves(Book(book.path, size))).consistency(old, size)
    return "\n".join([f"old {old}", *map(_coded, path), "", str(note)])


@dataclass(frozen=True, slots=True)
class Proven:
    """What a proof shows: an event (its position, stream, version, topic and stored bytes), or
    growth from ``old`` events; and the checkpoint that it leads to, with the key that signed."""

    checkpoint: Checkpoint
    key: PublicKey
    position: int | None = None
    stream: str | None = None
    version: int | None = None
    topic: str | None = None
    stored: bytes | None = None
    old: int | None = None


def check_proof(text: str, keys: Sequence[PublicKey], old: Checkpoint | None = None) -> Proven:
    """Check a proof without the store, with the keys that are trusted.

    A proof of growth needs the ``old`` checkpoint that was kept; one of an event is held against
    it, as far as their sizes are the same. Raises `Tampered` where the
    proof does not hold, `BadProof` for a file that is none.
    """
    head, gap, tail = text.partition("\n\n")
    if not gap:
        raise BadProof("The file is no proof: it has no checkpoint.")
    note = Note.parse(tail)
    checkpoint, lines = note.checkpoint, head.split("\n")
    key = note.signed_by(keys)
    if key is None:
        raise Tampered("The proof's checkpoint is not signed by the key given.")
    if lines[0] == _EVENT_PROOF:
        if old is not None and not _may_agree(checkpoint, old):
            raise Tampered(
                "The proof's checkpoint is not of the log of the one that is kept.",
                "Keep both: the log was forked, or another's.",
            )
        return _event_proven(lines, checkpoint, key)
    match = re.fullmatch(r"old ([1-9]\d*)", lines[0])
    if match is None:
        raise BadProof("The file is neither a proof of an event nor one of growth.")
    if old is None:
        raise UsageError("A proof of growth needs the older checkpoint.", "Give --against FILE.")
    size = int(match[1])
    if size != old.size or checkpoint.origin != old.origin:
        raise Tampered(f"The proof is from {size} events, the checkpoint given has {old.size}.")
    try:
        path = [_hash(line) for line in lines[1:]]
        roots = roots_from_consistency(size, checkpoint.size, old.root, path)
    except ValueError as error:
        raise Tampered(f"The proof does not hold: {error}.") from error
    if roots != (old.root, checkpoint.root):
        raise Tampered("The proof does not hold: the log did not only grow.")
    return Proven(checkpoint, key, old=size)


def _may_agree(one: Checkpoint, other: Checkpoint) -> bool:
    """Whether two checkpoints can be of one log; of other sizes, a proof of growth says more."""
    return one.origin == other.origin and (one.size != other.size or one.root == other.root)


def _event_proven(lines: Sequence[str], checkpoint: Checkpoint, key: PublicKey) -> Proven:
    extra = re.fullmatch(r"extra (\S+)", lines[1]) if len(lines) > 2 else None
    index = re.fullmatch(r"index (0|[1-9]\d*)", lines[2]) if extra else None
    if extra is None or index is None:
        raise BadProof("The proof names no event: `extra` and `index` are missing.")
    try:
        data = base64.b64decode(extra[1], validate=True)
        position, stream, version, topic, stored = _parts(data)
        path = [_hash(line) for line in lines[3:]]
        reached = root_from_inclusion(int(index[1]), checkpoint.size, leaf_hash(data), path)
    except ValueError as error:  # binascii's and Unicode's are such
        raise Tampered(f"The proof does not hold: {error}.") from error
    if reached != checkpoint.root or position != int(index[1]):
        raise Tampered("The proof does not hold: the event is not in the tree.")
    return Proven(checkpoint, key, position, stream, version, topic, stored)


def _parts(data: bytes) -> tuple[int, str, int, str, bytes]:
    """Position, stream, version, topic and stored bytes of a leaf."""
    pieces, at = list[bytes](), 8
    while at < len(data):
        length = int.from_bytes(data[at : at + 8], "big")
        pieces.append(data[at + 8 : at + 8 + length])
        at += 8 + length
    if len(pieces) != 4 or at != len(data) or len(pieces[1]) != 8:
        raise ValueError("the leaf is not position, stream, version, topic and bytes")
    position, version = int.from_bytes(data[:8], "big"), int.from_bytes(pieces[1], "big")
    return position, pieces[0].decode(), version, pieces[2].decode(), pieces[3]


def _hash(line: str) -> bytes:
    try:
        found = base64.b64decode(line, validate=True)
    except binascii.Error:
        found = b""
    if len(found) != HASH:
        raise ValueError(f"{line[:50]!r} is no hash")
    return found


def _coded(data: bytes) -> str:
    return base64.b64encode(data).decode()
