"""Reading the log: a `Book` is the log up to one event, as columns.

A book never writes. Two books of the same size over the same log read the same, for ever.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Sequence
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from pathlib import Path
from threading import RLock

import polars as pl

from ledger.columns import Gathering, columns
from ledger.connection import connect as connect
from ledger.engine import BULK, SMALL_EVENTS
from ledger.errors import NothingKnown, Tampered, UnknownTime, UsageError
from ledger.events import (
    EVENTS,
    Event,
    Recorded,
    commitment,
    decode,
    fields_of,
    loaded,
    private_fields,
)
from ledger.families.governance import BatchAdmitted, Governance
from ledger.families.organisation import Organisation
from ledger.periods import NotAPeriod, Period
from ledger.private import erasures
from ledger.state import State

_DTYPES: dict[type, type[pl.DataType]] = {str: pl.String, int: pl.Int64, bool: pl.Boolean}
_ENVELOPE = {
    "v": pl.Int64,
    "recorded_at": pl.String,
    "actor": pl.String,
    "user": pl.String,
    "source": pl.String,
    "source_digest": pl.String,
    "source_line": pl.Int64,
}

#: Columns of `Book.postings`: every amount that counts as outcome.
POSTINGS: dict[str, type[pl.DataType]] = {
    "position": pl.Int64,
    "kind": pl.String,
    "period": pl.String,
    "date": pl.String,
    "unit": pl.String,
    "account": pl.String,
    "amount": pl.Int64,
    "project": pl.String,
    "product": pl.String,
    "activity": pl.String,
    "counterparty_unit": pl.String,
    "dimensions": pl.String,
    "series": pl.String,
    "number": pl.String,
    "row": pl.Int64,
    "reverses": pl.Int64,
    "corrects": pl.Int64,
}


def _schema(kind: type[Event]) -> dict[str, type[pl.DataType]]:
    return _ENVELOPE | {name: _DTYPES[t] for name, t in fields_of(kind).items()}


def gathering() -> Gathering:
    """What gathers, for a book, the events that come by the thousand."""
    return Gathering({topic: _schema(EVENTS[topic]) for topic in BULK})


class Book:
    """The log's first ``size`` events, read as columns and as state."""

    def __init__(
        self, store: str | Path, size: int | None = None, gathered: Gathering | None = None
    ) -> None:
        """The book of a store at a size, else the newest; ``gathered`` is what was read of just
        these events already (`gathering`)."""
        self.path = Path(store)
        with closing(connect(self.path)) as connection:
            newest = connection.execute("SELECT MAX(rowid) FROM stored_events").fetchone()[0] or 0
        if size is not None and not 0 <= size <= newest:
            raise UnknownTime(f"The log holds {newest} events, not {size}.")
        self.newest = newest
        self.size = newest if size is None else size
        self._frames: dict[str, pl.DataFrame] = {}
        self._gathered = gathered
        self._reading = RLock()  # who asks for the same meanwhile waits for it
        self._postings: pl.DataFrame | None = None
        #: What was made of the whole book once, by name, for whoever asks for the same.
        self.kept: dict[str, pl.DataFrame] = {}

    def anew(self) -> Book:
        """A book of the same events that computes everything again but their columns."""
        book = Book(self.path, self.size, self._gathered)
        book._frames, book._reading = self._frames, self._reading
        return book

    def earlier(self, size: int) -> Book:
        """The book of the first ``size`` events, which need not read its postings anew."""
        book = Book(self.path, size)
        book._postings = self.postings().filter(pl.col("position") < size)
        return book

    # ── state ──────────────────────────────────────────────────────────────────────────────

    @cached_property
    def state(self) -> State:
        """The write-side state as folded from the small events up to the book's size."""
        state = State()
        for recorded in self.recorded(small=True):
            state.apply(recorded)
        state.size = self.size
        return state

    @property
    def organisation(self) -> Organisation:
        """Units, accounts, structures and settings as known."""
        return self.state.of(Organisation)

    def recorded(self, small: bool = False, first: int = 0) -> Iterator[Recorded]:
        """Events one by one, in log order, from position ``first``; only the small kinds if
        asked. Raises `Tampered` where bytes do not decode."""
        # The few kinds that are small have an index; the sign before the column lets it be used.
        where, column = (f"AND {SMALL_EVENTS}", "+rowid") if small else ("", "rowid")
        with closing(connect(self.path)) as connection:
            rows = connection.execute(
                "SELECT rowid - 1, originator_id, originator_version, topic, state FROM "
                f"stored_events WHERE {column} > ? AND {column} <= ? {where} ORDER BY {column}",
                (first, self.size),
            )
            for position, stream, version, topic, stored in rows:
                yield loaded(position, stream, version, topic, stored)

    # ── time ───────────────────────────────────────────────────────────────────────────────

    @cached_property
    def boundaries(self) -> list[tuple[int, datetime]]:
        """Size of the log after each batch, and when that batch was recorded."""
        ends: list[tuple[int, datetime]] = []
        batch = None
        for recorded in self.recorded(small=True):
            if isinstance(recorded.event, BatchAdmitted):
                end = (recorded.position + 1, datetime.fromisoformat(recorded.envelope.recorded_at))
                if recorded.event.batch == batch:
                    ends[-1] = end
                else:
                    ends.append(end)
                batch = recorded.event.batch
        return ends

    def at(self, known_at: str | datetime) -> Book:
        """The book as it was known at a time: a date (its end, in the organisation's zone), a
        time (in that zone if it names none), or ``@N``, the first N events.

        Raises `UnknownTime` for the future, for a time before the first event, and for an N
        inside a batch.
        """
        whole = Book(self.path)
        if isinstance(known_at, str) and known_at.startswith("@"):
            return self._at_size(whole, known_at)
        moment = self._moment(known_at)
        if moment > whole.settled:
            raise UnknownTime(
                f"{known_at} is in the future, or too near: what is known then can still grow.",
                "Give an earlier time.",
            )
        known = [size for size, recorded_at in whole.boundaries if recorded_at <= moment]
        if not known:
            raise UnknownTime(
                f"Nothing was known at {known_at}; the log begins later.",
                "Give a later time.",
            )
        return Book(self.path, known[-1])

    @property
    def settled(self) -> datetime:
        """The last instant up to which nothing more can be recorded.

        Five minutes ago, for so far may another writer's clock be behind; or the newest event.
        A simulated clock is its maker's, who can still move it to any day after the newest event.
        """
        newest = self.boundaries[-1][1] if self.boundaries else datetime.min.replace(tzinfo=UTC)
        return max(newest, datetime.now(UTC) - timedelta(minutes=5))

    def _end_of(self, day: date) -> datetime:
        """The day's last microsecond in the organisation's time zone."""
        begins = datetime(day.year, day.month, day.day, tzinfo=self.organisation.zone)
        return (begins + timedelta(days=1)).astimezone(UTC) - timedelta(microseconds=1)

    @staticmethod
    def _at_size(whole: Book, text: str) -> Book:
        if not text[1:].isdecimal():
            raise UnknownTime(f"{text!r} is no position of the log.", "Write it as @1234.")
        size = int(text[1:])
        ends = [end for end, _ in whole.boundaries]
        if size > whole.size or size == 0 or not ends:
            raise UnknownTime(
                f"The log holds {whole.size} events, and its first batch is the least to know.",
                f"Give @{ends[0]} to @{ends[-1]}." if ends else "Record something first.",
            )
        if size not in ends:
            before, after = (
                max((e for e in ends if e < size), default=0),
                min(e for e in ends if e > size),
            )
            remedy = f"Give @{before} or @{after}." if before else f"Give @{after}."
            raise UnknownTime(f"{text} is inside a batch.", remedy)
        return Book(whole.path, size)

    def _moment(self, known_at: str | datetime) -> datetime:
        """The last instant that the question means."""
        zone = self.organisation.zone
        try:
            if isinstance(known_at, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", known_at):
                return self._end_of(date.fromisoformat(known_at))
            time = datetime.fromisoformat(known_at) if isinstance(known_at, str) else known_at
        except (ValueError, OverflowError) as error:
            raise UsageError(
                f"{known_at!r} is not a time.", "Write 2020-09-15, 2020-09-15T12:00 or @1234."
            ) from error
        aware = time if time.tzinfo else time.replace(tzinfo=zone)
        return aware.astimezone(UTC)

    @cached_property
    def recorded_at(self) -> str:
        """When the book's last event was recorded: UTC, ISO, or empty for an empty log."""
        with closing(connect(self.path)) as connection:
            row = connection.execute(
                "SELECT topic, state FROM stored_events WHERE rowid = ?", (self.size,)
            ).fetchone()
        return decode(*row)[1].recorded_at if row else ""

    def period(self, text: str | None = None) -> Period:
        """The period asked for; by default the latest closed month, else the last with outcome.

        Raises `UsageError` for text that is no period, `NothingKnown` where there is no outcome at
        all.
        """
        if text is not None:
            try:
                return self.organisation.calendar.parse(text)
            except NotAPeriod as error:
                raise UsageError(str(error)) from error
        last = self.closed_through("outcome") or max(self.months, default=None)
        if last is None:
            raise NothingKnown(
                "There is no outcome on record.", "Import some with `ledger import`."
            )
        return Period(last, last, last)

    def closed_through(self, family: str) -> str | None:
        """The latest month that is closed for good, for a family, in the whole organisation."""
        governance, root = self.state.of(Governance), self.organisation.require_founded().root
        closed = [
            period
            for each, period in governance.marks
            if each == family
            and (mark := governance.mark(family, period, (root,))) is not None
            and mark.closed
            and not mark.preliminary
        ]
        return max(closed, default=None)

    # ── columns ────────────────────────────────────────────────────────────────────────────

    def events(self, topic: str, *names: str) -> pl.DataFrame:
        """All events of one kind: ``position``, ``stream``, the envelope's columns and its own,
        or of these only the ``names`` given, which is cheaper where there are many events.

        Amounts are Int64 öre, flags Boolean, all else String; private fields are commitments.
        """
        with self._reading:
            if names:
                frame = self._held(topic)
                return (self._read(topic, names) if frame is None else frame).select(names)
            if topic not in self._frames:
                self._frames[topic] = self._read(topic)
            return self._frames[topic]

    def _held(self, topic: str) -> pl.DataFrame | None:
        """All columns of a kind, where they are at hand: read, or gathered by another."""
        return self._frames.get(topic) if self._gathered is None else self.events(topic)

    @cached_property
    def reach(self) -> dict[str, tuple[int, int]]:
        """First and last position of each kind of event in the book, whether known or not."""
        return self._reach | self._small_reach

    @cached_property
    def _reach(self) -> dict[str, tuple[int, int]]:
        """The same of the kinds that come by the thousand; it reads the whole log."""
        if self._gathered is not None:
            return self._gathered.reach
        return self._reaches(f"NOT ({SMALL_EVENTS})")

    @cached_property
    def _small_reach(self) -> dict[str, tuple[int, int]]:
        """The same of the small kinds, which have an index."""
        return self._reaches(SMALL_EVENTS)

    def _reaches(self, kinds: str) -> dict[str, tuple[int, int]]:
        log = f"FROM stored_events WHERE {kinds} AND rowid <= ?"
        with closing(connect(self.path)) as connection:
            # Each end is found where it is; together they would need every row sorted by topic.
            one = f"SELECT (SELECT MIN(rowid) - 1 {log} AND topic = t), "
            one += f"(SELECT MAX(rowid) - 1 {log} AND topic = t) FROM (SELECT ? AS t)"
            return {
                topic: connection.execute(one, (self.size, self.size, topic)).fetchone()
                for (topic,) in connection.execute(f"SELECT DISTINCT topic {log}", (self.size,))
            }

    def _read(self, topic: str, only: Collection[str] | None = None) -> pl.DataFrame:
        """The events of a kind, with all columns or ``only`` these and what checks them."""
        kind = EVENTS[topic]
        schema = _schema(kind)
        if only is not None:
            schema = {n: d for n, d in schema.items() if n in only or n in ("v", "recorded_at")}
        # The small kinds have an index, which only serves who says that it fits.
        where = "topic = ?" if kind.bulk else f"topic = ? AND {SMALL_EVENTS}"
        reach = (self._reach if kind.bulk else self._small_reach).get(topic, (0, -1))
        frame = None
        if kind.bulk and only is None and self._gathered is not None:
            frame = self._gathered.frame(topic)
        try:
            if frame is None:
                frame = columns(self.path, reach, where, (topic,), schema, few=not kind.bulk)
        except pl.exceptions.ComputeError as error:
            raise Tampered(f"An event of {topic} does not decode: {error}") from error
        if not frame.select((pl.col("v") == kind.form).all()).item():
            frame = self._upcast(frame, kind)
        required = [n for n, f in kind.model_fields.items() if f.is_required() and n in schema]
        if any(frame[name].null_count() for name in ("recorded_at", *required)):
            broken = frame.filter(pl.any_horizontal(pl.col("recorded_at", *required).is_null()))
            raise Tampered(f"Event {broken['position'][0]} ({topic}) does not decode.")
        return frame.select("position", "stream", *(n for n in schema if n != "position"))

    def _upcast(self, frame: pl.DataFrame, kind: type[Event]) -> pl.DataFrame:
        """Rows of older forms through the upcasters, one by one: the slow and exact path."""
        rows = frame.to_dicts()
        with closing(connect(self.path)) as connection:
            for row in rows:
                if row["v"] != kind.form:
                    query = "SELECT state FROM stored_events WHERE rowid = ?"
                    stored = connection.execute(query, (row["position"] + 1,)).fetchone()[0]
                    event, _ = decode(kind.topic, stored)
                    own = event.__dict__
                    row |= {name: own[name] for name in row.keys() & own.keys()}
        return pl.DataFrame(rows, schema=frame.schema)

    def postings(self) -> pl.DataFrame:
        """Every amount that counts as outcome, in log order, with the columns of `POSTINGS`.

        ``kind`` is posted, reversed or restated; ``amount`` is öre in result sign, and their sum
        over any selection is its figure. ``date`` is null for month totals.
        """
        if self._postings is None:
            parts = []
            for kind in ("posted", "reversed", "restated"):
                topic = {"restated": "outcome.balance_restated"}.get(kind, f"outcome.{kind}")
                read = self._held(topic)
                frame = self._read(topic, POSTINGS) if read is None else read
                missing = [
                    pl.lit(None, dtype).alias(name)
                    for name, dtype in POSTINGS.items()
                    if name not in frame.columns and name != "kind"
                ]
                parts.append(
                    frame.with_columns(pl.lit(kind).alias("kind"), *missing).select(*POSTINGS)
                )
            whole = pl.concat(part for part in parts if part.height or part is parts[0])
            in_order = whole["position"].is_sorted()
            self._postings = whole if in_order else whole.sort("position")
        return self._postings

    @cached_property
    def months(self) -> list[str]:
        """The months with outcome, in order."""
        return sorted(self.postings()["period"].unique())

    @cached_property
    def used_accounts(self) -> frozenset[str]:
        """The accounts that outcome or budget stands on."""
        frames = (self.postings(), self.events("budget.decided"))
        return frozenset().union(*(frame["account"].drop_nulls().unique() for frame in frames))

    def private(self, field: str, positions: Sequence[int] | None = None) -> pl.DataFrame:
        """A private field's values: ``position``, ``value`` (String) in clear, ``erased``
        (Boolean), in log order; those at some ``positions`` only, if given.

        Of what was erased, also after what the book knows, ``value`` is the marker of its
        erasure. Raises `Tampered` for a value that is not the one its event is committed to.
        """
        schema = {"position": pl.Int64, "value": pl.String, "erased": pl.Boolean}
        chosen = None if positions is None else set(positions)
        if chosen is not None and not chosen:
            return pl.DataFrame(schema=schema)
        wanted = [] if chosen is None else [json.dumps(sorted(chosen))]
        some = "" if chosen is None else "AND position IN (SELECT value FROM json_each(?))"
        with closing(connect(self.path)) as connection:
            connection.execute("BEGIN")  # values and erasures as of one moment
            erased = erasures(connection.cursor())
            held = connection.execute(
                "SELECT position, salt, value FROM private_values "
                f"WHERE field = ? AND position < ? {some} ORDER BY position",
                (field, self.size, *wanted),
            ).fetchall()
            committed = dict[int, str]()
            if held and chosen is not None:
                query = (
                    f"SELECT position, json_extract(state, '$.{field}') FROM (SELECT rowid - 1 "
                    "AS position, CAST(state AS TEXT) AS state FROM stored_events "
                    "WHERE rowid IN (SELECT value + 1 FROM json_each(?)))"
                )
                committed.update(connection.execute(query, wanted))
        for topic, kind in EVENTS.items():
            if chosen is None and field in private_fields(kind) and held:
                frame = self.events(topic)
                committed.update(zip(frame["position"], frame[field], strict=True))
        rows: list[tuple[int, str, bool]] = []
        for position, salt, value in held:
            if commitment(salt, value) != committed.get(position):
                raise Tampered(f"The {field} of event {position} is not what was recorded.")
            if (position, field) not in erased:
                rows.append((position, value, False))
        rows += [
            (each.position, each.marker(self.organisation.zone), True)
            for each in erased.values()
            if each.field == field
            and each.position < self.size
            and (chosen is None or each.position in chosen)
        ]
        return pl.DataFrame(rows, schema=schema, orient="row").sort("position")
