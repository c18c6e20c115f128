"""The check of the log alone: bytes, order, completeness, signatures, what was kept outside.

It reads the rows as they lie in the file, trusts nothing that it can compute again, and goes on
where bytes no longer decode. One pass over the events gives their leaf hashes and the tree's root
at every size that somebody signed; then each checkpoint is held against them.

What was touched is named by the first position at which the log is not what was sealed. Within a
batch it is found by the stored leaf hashes; where these were changed too, it is the batch's first
event; where a whole log was made anew, it is the first event after the last that a kept
checkpoint, or the kept key's signature, still vouches for.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from ledger.connection import connect
from ledger.engine import BULK
from ledger.errors import BadProof
from ledger.families.sealing import KeyRegistered, KeyRotated
from ledger.hashing import BLOCK, Taker, read_parts
from ledger.notes import Note, PublicKey
from ledger.surroundings import Finding as Finding
from ledger.surroundings import surroundings
from ledger.tree import EMPTY, HASH, Frontier

_KEY_TOPICS = (KeyRegistered.topic, KeyRotated.topic)


@dataclass(frozen=True, slots=True)
class Anchor:
    """A checkpoint kept outside, and the keys kept with it: the log's own up to then."""

    note: Note
    keys: tuple[PublicKey, ...] = ()
    name: str = "the kept checkpoint"


@dataclass(frozen=True, slots=True)
class KeyPeriod:
    """A key of the log: from which position, and whether a key before it vouched for it."""

    key: str
    position: int
    vouched: bool


@dataclass
class LogCheck:
    """What the check found. ``root`` is that of all events in hex; ``sealed_from`` the position
    from which each batch was sealed as it was recorded; ``anchored`` the size up to which a kept
    checkpoint vouches."""

    events: int = 0
    root: str = EMPTY.hex()
    checkpoint: str | None = None
    origin: str | None = None
    sealed_from: int | None = None
    anchored: int | None = None
    keys: list[KeyPeriod] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def tampered(self, code: str, position: int | None, text: str) -> None:
        """Add a finding of tampering."""
        self.findings.append(Finding(code, position, text))


def check_log(path: Path, anchors: Sequence[Anchor] = (), taker: Taker | None = None) -> LogCheck:
    """Check the log of a store; see the module. A ``taker`` is given the rows that are hashed,
    whatever the check will say of them. Raises `BadProof` for a kept checkpoint that its
    own key did not sign, and the errors of a store that cannot be opened at all."""
    for anchor in anchors:
        if anchor.keys and anchor.note.signed_by(anchor.keys) is None:
            raise BadProof(f"{anchor.name} is not signed by the key that is kept with it.")
    found = LogCheck()
    with closing(connect(path)) as connection:
        connection.execute("BEGIN")  # all of it as of one moment, while others record
        seals = list(_seals(connection, found))
        events = _Events(connection, path, taker)
        events.build({seal.size for seal in seals} | {a.note.checkpoint.size for a in anchors})
        if events.misplaced is not None:
            text = f"event {events.misplaced} is not in its place"
            found.tampered("event-misplaced", events.misplaced, text)
        if events.fault is not None:
            text = f"event {events.size} cannot be read: {events.fault}"
            found.tampered("event-unreadable", events.size, text)
        sound_to = _hold(seals, events, found)
        sound = [seal for seal in seals if seal.size <= sound_to]
        trusted_to = _signatures(sound, events, anchors, found)
        _anchored(anchors, events, trusted_to, found)
        _unvouched(found)
        if not any(finding.tampering for finding in found.findings):
            sealed = bool(seals or events.key_rows)
            found.findings += surroundings(connection, events.small, sealed=sealed)
        found.sealed_from = _sealed_from(connection, events)
    found.events, found.root = events.size, events.roots[events.size].hex()
    newest = seals[-1] if seals else None
    if newest is not None:
        found.checkpoint, found.origin = newest.text, newest.note.text.split("\n")[0]
    found.findings.sort(key=lambda f: -1 if f.position is None else f.position)
    return found


# ── reading ────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class _Sealed:
    """A row of the table of checkpoints that can be read."""

    size: int
    before: int
    text: str
    note: Note
    leaves: bytes


def _seals(connection: sqlite3.Connection, found: LogCheck) -> Iterator[_Sealed]:
    """The checkpoints in order, up to the first that cannot be read or does not fit."""
    table = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'checkpoints'"
    if connection.execute(table).fetchone() is None:
        return
    before = 0
    try:
        for size, text, leaves in connection.execute(
            "SELECT size, note, leaves FROM checkpoints ORDER BY size"
        ):
            note = Note.parse(text)
            if note.checkpoint.size != size or len(leaves) != HASH * (size - before):
                raise BadProof(f"it says {note.checkpoint.size} events, and stands at {size}")
            if str(note) != text:
                raise BadProof("it is not written as checkpoints are")
            yield _Sealed(size, before, text, note, leaves)
            before = size
    except (BadProof, TypeError, sqlite3.Error) as error:
        text = f"the checkpoint after {before} events is damaged: {error}"
        found.tampered("checkpoint-damaged", before, text)


class _Events:
    """The events as they lie there: leaf hashes, roots at the sizes asked for, keys."""

    def __init__(self, connection: sqlite3.Connection, path: Path, taker: Taker | None) -> None:
        parts = read_parts(connection, path, BULK, _KEY_TOPICS, taker)
        self.fault = parts[-1].fault
        self.size = sum(part.count for part in parts)
        self.leaves = b"".join(part.leaves for part in parts)
        self._blocks = b"".join(part.blocks for part in parts)
        self.key_rows = [row for part in parts for row in part.key_rows]
        self.small = [rowid for part in parts for rowid in part.small]
        self.misplaced = parts[0].misplaced
        self.roots: dict[int, bytes] = {}

    def build(self, stops: Collection[int]) -> None:
        """The tree's roots at these sizes, as far as there are events, and at the end."""
        frontier = Frontier()
        for stop in sorted({0, *(s for s in stops if s < self.size), self.size}):
            while frontier.size < stop:
                at = frontier.size
                whole = (stop >> BLOCK << BLOCK) if at % (1 << BLOCK) == 0 else at
                if whole > at:
                    frontier.extend(_part(self._blocks, at >> BLOCK, whole >> BLOCK), BLOCK)
                else:
                    end = min(stop, (at >> BLOCK) + 1 << BLOCK)
                    frontier.extend(_part(self.leaves, at, end))
            self.roots[stop] = frontier.root()

    @property
    def unreadable(self) -> bool:
        """True if not every event could be read."""
        return self.fault is not None


def _part(hashes: bytes, first: int, end: int) -> bytes:
    return hashes[first * HASH : end * HASH]


# ── judging ────────────────────────────────────────────────────────────────────────────────────


def _hold(seals: Sequence[_Sealed], events: _Events, found: LogCheck) -> int:
    """Hold the events against what was sealed, up to the first difference; gives the size up to
    which they agree."""
    actual = events.leaves
    for seal in seals:
        part = actual[seal.before * HASH : seal.size * HASH]
        if part == seal.leaves and events.roots.get(seal.size) == seal.note.checkpoint.root:
            continue
        first = _first_difference(part, seal.leaves)
        if part == seal.leaves:
            text = f"the checkpoint of {seal.size} events is not that of the events"
            found.tampered("checkpoint-wrong", seal.before, text)
        elif seal.before * HASH + len(part) == len(actual) and first * HASH == len(part):
            if not events.unreadable:
                text = f"the log ends after {events.size} events, and {seal.size} were sealed"
                found.tampered("log-cut", events.size, text)
        elif events.roots.get(seal.size) == seal.note.checkpoint.root:
            text = f"the stored leaf hash of event {seal.before + first} was changed"
            found.tampered("leaves-altered", seal.before + first, text)
            continue
        else:
            position = seal.before + first
            text = f"event {position} is not the one that was sealed"
            found.tampered("event-altered", position, text)
        return seal.before
    sealed = seals[-1].size if seals else 0
    if seals and events.size > sealed:
        text = f"{events.size - sealed} events stand beyond the newest checkpoint"
        found.tampered("event-unsealed", sealed, text)
    if not seals and events.key_rows:
        found.tampered("checkpoints-gone", 0, "the log was sealed, and its checkpoints are gone")
    return sealed


def _first_difference(one: bytes, other: bytes) -> int:
    """The first hash at which two runs differ."""
    for at in range(0, max(len(one), len(other)), HASH):
        if one[at : at + HASH] != other[at : at + HASH]:
            return at // HASH
    return 0


def _signatures(
    seals: Sequence[_Sealed], events: _Events, anchors: Sequence[Anchor], found: LogCheck
) -> int:
    """Check every signature with the keys that the log knew then; gives the size up to which
    the kept keys (without any, the log's first) vouch for the checkpoints in turn.

    A checkpoint without a known key's signature is tampering. A key that no earlier one vouched
    for is told: whoever lost the key begins so, and so does a forger.
    """
    kept = {str(key) for anchor in anchors for key in anchor.keys}
    known: set[str] = set()
    trusted, trusted_to, unbroken = set(kept), 0, True
    origin = None
    for seal in seals:
        here = [row for row in events.key_rows if seal.before <= row[0] < seal.size]
        added, gone = _keys_of(here)
        if not seal.note.wholly_signed_by([PublicKey.parse(k) for k in known | added.keys()]):
            text = f"the checkpoint of {seal.size} events is not signed by a key of the log"
            found.tampered("signature-bad", seal.before, text)
            return trusted_to
        said = seal.note.checkpoint.origin
        origin = origin or said
        if said != origin:
            text = f"the checkpoint of {seal.size} events is of {said}, not of {origin}"
            found.tampered("origin-changed", seal.before, text)
        vouched = bool(known) and seal.note.signed_by(map(PublicKey.parse, known)) is not None
        for key, position in added.items():
            found.keys.append(KeyPeriod(key, position, vouched))
        if not trusted and not known:
            trusted = set(added)
        if unbroken and seal.note.signed_by(map(PublicKey.parse, trusted)) is not None:
            trusted_to, trusted = seal.size, (trusted | added.keys()) - gone
        else:
            unbroken = False
        known = (known | added.keys()) - gone
    return trusted_to


def _keys_of(rows: Sequence[tuple[int, str, str, bytes]]) -> tuple[dict[str, int], set[str]]:
    """Keys that events add, by position, and keys that they retire."""
    added: dict[str, int] = {}
    gone: set[str] = set()
    for position, _, topic, stored in rows:
        try:
            content = json.loads(stored)
            added[str(PublicKey.parse(content["public_key"]))] = position
            if topic == KeyRotated.topic:
                gone.add(content["replaces"])
        except (BadProof, KeyError, TypeError, ValueError, AttributeError):
            continue  # such an event vouches for nothing
    return added, gone


def _anchored(anchors: Sequence[Anchor], events: _Events, trusted_to: int, found: LogCheck) -> None:
    """Hold the log against each kept checkpoint, the smallest first."""
    sound = 0
    for anchor in sorted(anchors, key=lambda a: a.note.checkpoint.size):
        kept = anchor.note.checkpoint
        if kept.size > events.size:
            if not events.unreadable:
                text = f"the log ends after {events.size} events, and {anchor.name} has {kept.size}"
                found.tampered("log-cut", events.size, text)
            return
        if events.roots.get(kept.size) != kept.root:
            by_key = trusted_to if anchor.keys and trusted_to < kept.size else 0
            earliest = max(sound, by_key)
            touched = [f.position for f in found.findings if f.tampering and f.position is not None]
            if not touched or min(touched) > kept.size:
                text = (
                    f"the first {kept.size} events are not those of {anchor.name}: "
                    f"changed at event {earliest} or later, and sealed anew"
                )
                found.tampered("history-rewritten", earliest, text)
            return
        sound = kept.size
    found.anchored = sound or None


def _unvouched(found: LogCheck) -> None:
    """Keys that no earlier key vouched for, beyond what a kept checkpoint covers."""
    for key in found.keys[1:]:
        if not key.vouched and key.position >= (found.anchored or 0):
            text = (
                f"the key {key.key} of event {key.position} has no earlier key's word; "
                "whoever lost a key begins so, and so does a forger"
            )
            found.findings.append(Finding("key-unvouched", key.position, text, tampering=False))


def _sealed_from(connection: sqlite3.Connection, events: _Events) -> int | None:
    """The first position of the batch in which the log got its first key."""
    if not events.key_rows or events.unreadable:
        return None
    stream = events.key_rows[0][1]
    query = "SELECT MIN(rowid) - 1 FROM stored_events WHERE originator_id = ?"
    first: int | None = connection.execute(query, (stream,)).fetchone()[0]
    return first
