"""The store: takes commands, records what they decide, whole or not at all.

One transaction: take the write lock, bring the indexes and the state forward, let the command
decide, stamp, encode, append the batch's stream and one *batch admitted* to the small stream of
each period touched, seal, commit. Two writers therefore never see the same state, and closing a
period cannot race with posting into it.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from eventsourcing.persistence import StoredEvent
from eventsourcing.sqlite import SQLiteCursor

from ledger import erasure, seals
from ledger.commands import Command, Decision, Notice, Occasion, Source
from ledger.engine import SMALL_EVENTS, Datastore, Recorder, lay_out, named_errors
from ledger.errors import (
    ClockBehind,
    InputRefused,
    KeyRefused,
    StoreError,
    StoreExists,
    StoreMissing,
)
from ledger.events import Draft, Envelope, decode, encode, loaded, seal_private
from ledger.families.erasure import TextErased
from ledger.families.governance import BatchAdmitted
from ledger.families.organisation import Organisation
from ledger.families.organisation_commands import Found
from ledger.families.outcome import VoucherMissed
from ledger.families.processing import ProfileStated, program_drafts
from ledger.families.roles import authorise
from ledger.families.sealing import KeyRegistered, KeyRotated, RotateKey, Sealing
from ledger.identity import Who, system_user
from ledger.index import Index
from ledger.log import Book, connect
from ledger.notes import SigningKey, key_path, origin_of
from ledger.state import State

Clock = Callable[[], datetime]

#: Stream of *batch admitted* for batches that touch no period.
NO_PERIOD = "organisation"


def real_clock() -> datetime:
    """Now, in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Receipt:
    """What came of a command: events recorded (``first`` is the position of the first of them),
    how many were known already, warnings and findings, and the batch's stream."""

    recorded: int
    known: int
    notices: tuple[Notice, ...]
    batch: str | None
    first: int | None

    @property
    def findings(self) -> tuple[Notice, ...]:
        """Notices that are findings: exit code 1."""
        return tuple(n for n in self.notices if n.finding)


class _DryRun(Exception):
    """Raised at the end of a dry run, so that the transaction rolls back."""


class Store:
    """A store open for writing. Reading is a `Book`'s; ``book()`` gives the newest.

    ``origin`` names the log where its first batch seals it; later ones keep that name. The key
    that seals lies where `ledger.notes.key_path` says, and is made where nothing was sealed yet.
    """

    def __init__(
        self,
        path: str | Path,
        clock: Clock = real_clock,
        *,
        new: bool = False,
        origin: str | None = None,
    ) -> None:
        self.path = Path(path)
        self._origin, self._keys = origin, tuple[SigningKey, ...]()
        if not self.path.is_file():
            raise StoreMissing(
                f"There is no store at {self.path}.",
                "Run `ledger init` or `ledger demo`, or give --store.",
            )
        self.clock = clock
        if not new:
            connect(self.path).close()  # refuses what is no store of ours, and touches nothing
        with named_errors():
            self._datastore = Datastore(str(self.path))
            self._recorder = Recorder(self._datastore)
            self._recorder.create_table()
        self._unclean = not self._cleaned()
        self._state = State()

    @classmethod
    def create(
        cls,
        path: str | Path,
        found: Found,
        actor: str,
        clock: Clock = real_clock,
        *,
        origin: str | None = None,
    ) -> Store:
        """Make a new store and found its organisation; `StoreExists` if a file is there."""
        path, key = Path(path), key_path(Path(path))
        had_key = key.exists()
        with named_errors():
            path.parent.mkdir(parents=True, exist_ok=True)
            try:
                path.resolve().touch(exist_ok=False)  # also where a link leads
            except FileExistsError as error:
                there = f"{path} exists already."
                raise StoreExists(there, "Choose another folder or --store.") from error
            lay_out(path)
        store = cls(path, clock, new=True, origin=origin)
        try:
            store.record(found, actor, Source("ledger init"))
        except BaseException:
            store.close()
            for left in (
                path,
                path.with_name(f"{path.name}-wal"),
                path.with_name(f"{path.name}-shm"),
                *(() if had_key else (key,)),
            ):
                left.unlink(missing_ok=True)
            raise
        return store

    def close(self) -> None:
        """Close the connections."""
        self._datastore.close()

    def book(self) -> Book:
        """The log as it is now, for reading."""
        return Book(self.path)

    def record(
        self,
        command: Command,
        actor: str,
        source: Source,
        *,
        dry_run: bool = False,
        again: bool = False,
    ) -> Receipt:
        """Let the command decide on the state under the lock, and record what it decides.

        Raises `InputRefused` with all problems, or the named rule that forbids it; nothing is
        recorded then. A batch whose key is known records nothing, unless ``again``. A dry run is
        the real path, rolled back.
        """
        receipt = Receipt(0, 0, (), None, None)
        try:
            with named_errors(), self._datastore.transaction(commit=True) as cursor:
                receipt = self._record(cursor, command, actor, source, again)
                if dry_run:
                    raise _DryRun
        except _DryRun:
            self._state = State()
        return replace(receipt, notices=(*receipt.notices, *self.clean()))

    def clean(self) -> tuple[Notice, ...]:
        """See to it that what was erased is in no file of the store; a notice if others hinder
        it, or the disk. The next writer tries again."""
        if not self._unclean:
            return ()
        self._unclean = not self._cleaned()
        if not self._unclean:
            return ()
        text = "somebody reads the store, and its files still hold what was erased"
        remedy = "close other programs that use it, then run `ledger erase --clean`"
        return (Notice("not-cleaned", f"{text}; {remedy}", finding=True),)

    def _cleaned(self) -> bool:
        """True once the files hold nothing that was erased. What was recorded stands in any case:
        no error of the clean-up may say otherwise."""
        try:
            with named_errors():
                return erasure.clean(self._datastore)
        except StoreError:
            return False

    def _record(
        self, cursor: SQLiteCursor, command: Command, actor: str, source: Source, again: bool
    ) -> Receipt:
        state = self._brought_forward(cursor)
        who = Who(" ".join(actor.split()), system_user())
        recorded_at = self._now(cursor, state.size)
        index = Index(cursor, Occasion(recorded_at, who))
        index.advance()
        authorise(state, command, who)
        key = command.key()
        attempts = index.attempts(key) if key else 0
        decision = command.decide(state, index)
        if decision.problems:
            raise InputRefused(_in_order(decision.problems))
        drafts = decision.drafts
        notices = tuple(decision.notices)
        if attempts and not (again or decision.anew):
            # The same batch once more: its findings were told, and it is taken once.
            told = (VoucherMissed, ProfileStated)
            lasting = [d for d in drafts if not isinstance(d.event, told)]
            if lasting:  # and what they would have changed stands as it was
                notices = tuple(notice for notice in notices if not notice.finding)
                text = "this very batch was taken before, and is not taken again"
                notices += (Notice("batch-known", f"{text} without --again", finding=True),)
            decision.known += len(lasting)
            drafts = []
        if not drafts:
            return Receipt(0, decision.known, notices, None, None)
        frontier = seals.frontier_of(seals.newest(cursor), state.size, state.of(Sealing))
        origin, facts = self._sealing(state, drafts)
        stream = f"batch:{secrets.token_hex(16)}:{attempts + 1}"
        batch = _Batch(who, source, recorded_at, state.size, stream)
        for draft in (*drafts, *facts, *program_drafts(state)):
            batch.add(draft)
        batch.admit(command.kind, None if decision.keyless else key, decision)
        stored = self._stored(cursor, batch)
        self._recorder.append(cursor, stored)
        cursor.executemany(
            "INSERT INTO private_values (position, field, salt, value) VALUES (?, ?, ?, ?)",
            batch.private,
        )
        erased = [d.event for d in drafts if isinstance(d.event, TextErased)]
        if erased:
            erasure.remove(cursor, self._recorder, index, erased)
            self._unclean = True
        seals.seal(cursor, frontier, state.size + len(stored), origin, self._keys)
        return Receipt(len(drafts), decision.known, notices, stream, state.size)

    def rotate_key(self, actor: str, source: Source) -> Receipt:
        """Let a new key take the place of the one that lies there; both sign that checkpoint.

        The new key lies beside the old until the log knows it, and is put in its place then: by
        the next command, if this one is killed in between.
        """
        state, path = self.book().state, key_path(self.path)
        old = self._signer(state.of(Sealing))
        new = SigningKey.new(old.name)
        aside = path.with_name(f"{path.name}.new")
        new.write(aside)
        self._keys = (old, new)
        try:
            receipt = self.record(RotateKey(str(new.public), str(old.public)), actor, source)
        except BaseException:
            self._keys = (old,)
            aside.unlink()
            raise
        os.replace(aside, path)
        self._keys = (new,)
        return receipt

    def _sealing(self, state: State, drafts: Sequence[Draft]) -> tuple[str, tuple[Draft, ...]]:
        """The log's name, with the key at hand to seal the batch, and what is to be recorded of
        them: a log that nobody sealed yet gets its name and first key.

        Raises `KeyMissing`, and `KeyRefused` for a key that the log does not know.
        """
        sealing = state.of(Sealing)
        if sealing.origin is None:
            return self._first_sealing(state, drafts)
        keys = {
            d.event.public_key for d in drafts if isinstance(d.event, KeyRegistered | KeyRotated)
        }
        if not self._keys:
            self._keys = (self._signer(sealing),)
        signs = {str(key.public) for key in self._keys}
        if not signs <= keys | set(sealing.keys):
            raise KeyRefused(
                "The key that lies here is retired, or another log's.",
                "Name this log's key in LEDGER_KEY, or register a new one with `ledger key add`.",
            )
        return sealing.origin, ()

    def _first_sealing(
        self, state: State, drafts: Sequence[Draft]
    ) -> tuple[str, tuple[Draft, ...]]:
        ahead = state if state.of(Organisation).founded else state.with_drafts(drafts)
        founded = ahead.of(Organisation).require_founded()
        simulated = founded.clock == "simulated"
        origin = self._origin or origin_of(founded.name, founded.root, simulated=simulated)
        path = key_path(self.path)
        if not path.exists():
            SigningKey.new(origin).write(path)
        self._keys = (SigningKey.read(path),)
        event = KeyRegistered(origin=origin, public_key=str(self._keys[0].public))
        return origin, (Draft(event),)

    def _signer(self, sealing: Sealing) -> SigningKey:
        """The key that lies there; a rotation that was killed at its end is finished first."""
        path = key_path(self.path)
        aside = path.with_name(f"{path.name}.new")
        if aside.exists():
            if str(SigningKey.read(aside).public) in sealing.keys:
                os.replace(aside, path)
            else:
                aside.unlink()
        return SigningKey.read(path)

    def _brought_forward(self, cursor: SQLiteCursor) -> State:
        """The state folded from the small events up to the end of the log."""
        state = self._state
        cursor.execute(
            "SELECT rowid - 1, originator_id, originator_version, topic, state "
            # With the sign the index of small events is used, not a reading of the whole log.
            f"FROM stored_events WHERE +rowid > ? AND {SMALL_EVENTS} ORDER BY +rowid",
            (state.size,),
        )
        for position, stream, version, topic, stored in cursor.fetchall():
            state.apply(loaded(position, stream, version, topic, stored))
        cursor.execute("SELECT MAX(rowid) FROM stored_events")
        state.size = cursor.fetchone()[0] or 0
        return state

    def _now(self, cursor: SQLiteCursor, size: int) -> str:
        """max(now, last + 1 µs); `ClockBehind` if the clock is five minutes behind the log."""
        now = self.clock().astimezone(UTC)
        cursor.execute("SELECT topic, state FROM stored_events WHERE rowid = ?", (size,))
        row = cursor.fetchone()
        if row is not None:
            last = datetime.fromisoformat(decode(row[0], row[1])[1].recorded_at)
            if now < last - timedelta(minutes=5):
                raise ClockBehind(
                    f"The clock says {now.isoformat()}, and the log ends at {last.isoformat()}.",
                    "Set the machine's clock.",
                )
            now = max(now, last + timedelta(microseconds=1))
        return now.strftime("%Y-%m-%dT%H:%M:%S.%fZ")

    @staticmethod
    def _stored(cursor: SQLiteCursor, batch: _Batch) -> Sequence[StoredEvent]:
        """The batch's events, each with the next version of its stream."""
        versions: dict[str, int] = {}
        stored = []
        for stream, topic, state in batch.events:
            if stream not in versions:
                cursor.execute(
                    "SELECT MAX(originator_version) FROM stored_events WHERE originator_id = ?",
                    (stream,),
                )
                versions[stream] = cursor.fetchone()[0] or 0
            versions[stream] += 1
            stored.append(StoredEvent(stream, versions[stream], topic, state))
        return stored


class _Batch:
    """Drafts on their way to the log: stamped, sealed, counted by period."""

    def __init__(self, who: Who, source: Source, recorded_at: str, size: int, stream: str) -> None:
        self.who, self.source, self.recorded_at = who, source, recorded_at
        self.size, self.stream = size, stream
        self.events: list[tuple[str, str, bytes]] = []
        self.private: list[tuple[int, str, bytes, str]] = []
        self.totals: dict[tuple[str, str], tuple[int, int]] = {}

    def _append(self, stream: str, draft: Draft) -> dict[str, Any]:
        """Stamp one event; its private values go aside. Gives its sealed content."""
        position = self.size + len(self.events)
        content, private = seal_private(draft.event)
        self.private += [(position, p.field, p.salt, p.value) for p in private]
        envelope = Envelope(
            self.recorded_at,
            self.who.actor,
            self.who.user or "",
            self.source.name,
            self.source.digest,
            draft.line,
        )
        stored = encode(content, draft.event.form, envelope)
        self.events.append((stream, draft.event.topic, stored))
        return content

    def add(self, draft: Draft) -> None:
        """Take one draft, and count it in its period."""
        content = self._append(draft.stream or self.stream, draft)
        period = content.get("period")
        if isinstance(period, str):
            place = (draft.event.family(), period)
            count, total = self.totals.get(place, (0, 0))
            self.totals[place] = (count + 1, total + content.get("amount", 0))

    def admit(self, kind: str, key: str | None, decision: Decision) -> None:
        """One *batch admitted* a family and period touched, or one without a period."""
        counted = sum(count for count, _ in self.totals.values())
        others = len(self.events) - counted
        periods: list[tuple[str | None, str | None, int, int]] = [
            (*place, *self.totals[place]) for place in sorted(self.totals)
        ]
        if others:
            periods.insert(0, (None, None, others, 0))
        for entries, period, count, total in periods:
            event = BatchAdmitted(
                batch=self.stream,
                kind=kind,
                key=key,
                entries=entries,
                period=period,
                count=count,
                total=total,
                known=decision.known,
            )
            self._append(f"period:{period}" if period else NO_PERIOD, Draft(event))


def _in_order(problems: Iterable[Any]) -> list[Any]:
    """In the order of the file, problems without a line first; what several parts of a batch found
    alike is told once."""
    return sorted(dict.fromkeys(problems), key=lambda p: (p.file, p.line or 0, p.code))
