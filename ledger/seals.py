"""Seals: the append-only side table in which every recording transaction ends.

A row holds the signed checkpoint of the log at its size, the leaf hashes of the events that it
sealed, and the frontier of the tree after them; extending costs a handful of hashes. Leaves and
frontier can be computed again from the events: they save time, and let `ledger.proof` name the
very event that was touched. An event beyond the newest checkpoint is tampering.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from eventsourcing.sqlite import SQLiteCursor

from ledger.errors import BadProof, Tampered
from ledger.families.sealing import Sealing
from ledger.hashing import EVENT_ROWS
from ledger.notes import Checkpoint, Note, PublicKey, SigningKey, signed
from ledger.tree import Frontier, leaf_hasher

TABLES = [
    """CREATE TABLE IF NOT EXISTS checkpoints (
         size INTEGER PRIMARY KEY, note TEXT NOT NULL, leaves BLOB NOT NULL,
         frontier BLOB NOT NULL)""",
]
GUARDS = [
    """CREATE TRIGGER IF NOT EXISTS checkpoints_never_change BEFORE UPDATE ON checkpoints
       BEGIN SELECT RAISE(ABORT, 'checkpoints are never changed'); END""",
    """CREATE TRIGGER IF NOT EXISTS checkpoints_never_go BEFORE DELETE ON checkpoints
       BEGIN SELECT RAISE(ABORT, 'checkpoints are never deleted'); END""",
    """CREATE TRIGGER IF NOT EXISTS checkpoints_only_follow BEFORE INSERT ON checkpoints
       WHEN EXISTS (SELECT 1 FROM checkpoints WHERE size >= NEW.size)
       BEGIN SELECT RAISE(ABORT, 'checkpoints are never replaced'); END""",
]

_AT_ONCE = 100_000


@dataclass(frozen=True, slots=True)
class Seal:
    """A row of the table, its note read."""

    size: int
    note: Note
    leaves: bytes
    frontier: bytes


def newest(cursor: SQLiteCursor) -> Seal | None:
    """The newest seal; `Tampered` where its note cannot be read."""
    cursor.execute(
        "SELECT size, note, leaves, frontier FROM checkpoints ORDER BY size DESC LIMIT 1"
    )
    row = cursor.fetchone()
    if row is None:
        return None
    try:
        return Seal(row[0], Note.parse(row[1]), row[2], row[3])
    except (BadProof, TypeError) as error:
        raise Tampered(f"The newest checkpoint, of {row[0]} events, cannot be read.") from error


def frontier_of(seal: Seal | None, size: int, sealing: Sealing) -> Frontier:
    """The frontier to extend, once the newest seal is found to be that of all ``size`` events,
    of this log, signed by one of its keys, and to have this root. Without any seal the log must
    be one that was never sealed: its frontier is the empty one. Raises `Tampered`."""
    remedy = "Stop recording and run `ledger verify`."
    if seal is None:
        if sealing.origin is not None:
            raise Tampered("The log's checkpoints are gone.", remedy)
        return Frontier()
    checkpoint = seal.note.checkpoint
    if seal.size != size or checkpoint.size != size:
        raise Tampered(f"The log holds {size} events, its checkpoint {checkpoint.size}.", remedy)
    try:
        frontier = Frontier(size, seal.frontier)
    except (TypeError, ValueError) as error:
        raise Tampered(f"The checkpoint's frontier is damaged: {error}.", remedy) from error
    if frontier.root() != checkpoint.root or checkpoint.origin != sealing.origin:
        raise Tampered("The newest checkpoint is not of this log's tree.", remedy)
    known = map(PublicKey.parse, (*sealing.keys, *sealing.retired))
    if seal.note.signed_by(known) is None:
        raise Tampered("The newest checkpoint is not signed by a key of this log.", remedy)
    return frontier


def seal(
    cursor: SQLiteCursor,
    frontier: Frontier,
    size: int,
    origin: str,
    keys: Sequence[SigningKey],
) -> Checkpoint:
    """Extend the tree to the log's first ``size`` events, as they stand in the table, and write
    the checkpoint, inside the caller's transaction."""
    leaves = b"".join(_leaf_hashes(cursor, frontier.size, size))
    frontier.extend(leaves)
    checkpoint = Checkpoint(origin, frontier.size, frontier.root())
    cursor.execute(
        "INSERT INTO checkpoints (size, note, leaves, frontier) VALUES (?, ?, ?, ?)",
        (checkpoint.size, signed(checkpoint, keys), leaves, bytes(frontier)),
    )
    return checkpoint


def _leaf_hashes(cursor: SQLiteCursor, first: int, size: int) -> Iterator[bytes]:
    """Leaf hashes of the events from position ``first`` to before ``size``."""
    hashed = leaf_hasher()
    for begin in range(first, size, _AT_ONCE):
        cursor.execute(EVENT_ROWS, (begin, min(begin + _AT_ONCE, size)))
        for row in cursor.fetchall():
            yield hashed(row[0] - 1, row[1], row[2], row[3], row[4])
