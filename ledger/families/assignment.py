"""Assignments: what the organisation was told to do, by when, how it goes, until it is closed.

When is a date, or words ("when the agreement ends"); words that hold a day which no calendar has
are refused as a date is.
"""

from __future__ import annotations

import copy
import re
from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar, Literal, get_args

from ledger.commands import Lookup
from ledger.events import Event, Private
from ledger.row_commands import Row, RowCommand, Work, refuse
from ledger.state import Slice, State

Progress = Literal["open", "in_progress", "stalled", "deprioritised", "reported"]
PROGRESS: tuple[str, ...] = get_args(Progress)
STATES = ("open", "closed")

_MONTHS = {
    name: number
    for names in (
        "januari februari mars april maj juni juli augusti september oktober november december",
        "january february march april may june july august september october november december",
        "jan feb mar apr maj jun jul aug sep okt nov dec",
    )
    for number, name in enumerate(names.split(), 1)
}
_IN_WORDS = re.compile(rf"\b(\d{{1,2}})(?: |:e )({'|'.join(_MONTHS)})\b\.?(?: (\d{{4}}))?", re.I)
_IN_DIGITS = re.compile(r"\b(\d{4})-(\d{2})-(\d{2})\b")
#: A year that has a 29 February, for days named without one.
_LEAP = 2020


class AssignmentGiven(Event):
    """An assignment on a unit: by whom, what, and by when: ``due``, a day, or ``due_text``.

    Given again under the same name it stands as the newer says, whole but for texts that are
    absent because they stand; then with a reason. ``decision`` refers to it.
    """

    topic: ClassVar[str] = "assignment.given"
    assignment: str
    unit: str
    due: str | None = None
    due_text: str | None = None
    decision: str | None = None
    ordered_by: Private = None
    responsible: Private = None
    text: Private = None
    reason: Private = None


class AssignmentReported(Event):
    """How an assignment goes, as reported back on the day ``reported_on``: its progress, in
    words, and why so."""

    topic: ClassVar[str] = "assignment.reported_back"
    assignment: str
    unit: str
    progress: Progress
    reported_on: str | None = None
    text: Private = None
    reason: Private = None


class AssignmentClosed(Event):
    """The assignment is one no more, and why."""

    topic: ClassVar[str] = "assignment.closed"
    assignment: str
    unit: str
    reason: Private = None


@dataclass
class Standing:
    """An assignment as it stands: as given, as last reported back, how often, and where in the
    log its texts are (-1: nowhere)."""

    given: AssignmentGiven
    position: int
    words_at: dict[str, int]
    reported: AssignmentReported | None = None
    reported_at: int = -1
    reports: int = 0
    closed_at: int | None = None


_WORDS = ("ordered_by", "responsible", "text")
_DUE = ("due", "due_text", "decision")


@dataclass
class Assignments(Slice):
    """All assignments by name, in the order in which they were given."""

    named: dict[str, Standing] = field(default_factory=dict)

    def apply(self, event: Event, position: int) -> None:
        """Fold one event."""
        match event:
            case AssignmentGiven():
                words = {n: position for n in _WORDS if getattr(event, n) is not None}
                if event.assignment not in self.named:
                    empty = dict.fromkeys(_WORDS, -1)
                    self.named[event.assignment] = Standing(event, position, empty | words)
                else:
                    standing = self.named[event.assignment]
                    standing.given, standing.position = event, position
                    standing.words_at |= words
            case AssignmentReported():
                standing = self.named[event.assignment]
                standing.reported, standing.reported_at = event, position
                standing.reports += 1
            case AssignmentClosed():
                self.named[event.assignment].closed_at = position
            case _:
                pass


@dataclass(frozen=True)
class RecordAssignments(RowCommand):
    """Give assignments, report them back and close them, as each row says.

    A name that is new is given; one on record is given anew where due, decision or texts are
    others (with a reason), reported back where the row has ``progress`` or ``report``, and closed
    where its ``state`` says so (with a reason). What a row leaves out stands.
    """

    kind: str = "assignment"

    def work(self, state: State, look: Lookup) -> Work:
        """What takes the rows."""
        return _Taking(state, look)


class _Taking(Work):
    """Takes the rows on a copy of the assignments."""

    def __init__(self, state: State, look: Lookup) -> None:
        super().__init__(state, look)
        self.known = copy.deepcopy(state.of(Assignments))

    def take(self, row: Row, line: int | None) -> list[Event]:
        """Given, reported back, closed: up to three events."""
        name = row.get("assignment", "")
        if not name:
            refuse("bad-assignment", "the assignment has no name", "Give it a short one.")
        self.once(name, f"assignment {name!r}", line)
        self.word(row, "progress", PROGRESS)
        self.word(row, "state", STATES)
        for column in ("text", "due_text", "report"):
            _possible(row.get(column, ""), column)
        standing = self.known.named.get(name)
        found: list[Event] = []
        if standing is None:
            found.append(self._new(row))
        elif "unit" in row and self.unit(row) != standing.given.unit:
            was = f"assignment {name!r} is on unit {standing.given.unit!r}"
            refuse("bad-assignment", was, "Close it, and give a new one.")
        elif again := self._anew(row, standing):
            found.append(again)
        for event in found:
            self.known.apply(event, -1)
        standing = self.known.named[name]
        found += filter(None, (self._reported(row, standing), self._closed(row, standing)))
        if found and standing.closed_at is not None:
            refuse("assignment-closed", f"assignment {name!r} is closed", "Give a new one.", "rule")
        for event in found:
            if not isinstance(event, AssignmentGiven):
                self.known.apply(event, -1)
        return found

    def _new(self, row: Row) -> AssignmentGiven:
        name, unit = row["assignment"], self.unit(row)
        if row.get("state") == "closed":
            found = f"assignment {name!r} was never given"
            refuse("bad-assignment", found, "Only one on record is closed.")
        if "due" in row and "due_text" in row:
            refuse("bad-assignment", "both due and due_text", "Keep the day, or the words.")
        given = {field: row[field] for field in (*_DUE, *_WORDS) if field in row}
        return AssignmentGiven.model_validate({**given, "assignment": name, "unit": unit})

    def _anew(self, row: Row, standing: Standing) -> AssignmentGiven | None:
        """The assignment given anew, where the row says otherwise of it."""
        was = {field: getattr(standing.given, field) for field in _DUE}
        now = was | {field: row[field] for field in _DUE if field in row}
        if "due" in row and "due_text" in row:
            refuse("bad-assignment", "both due and due_text", "Keep the day, or the words.")
        if "due" in row or "due_text" in row:
            now |= {"due": row.get("due"), "due_text": row.get("due_text")}
        words = self.new_words(row, standing.words_at)
        if now == was and not words:
            return None
        name = row["assignment"]
        reason = self.why(row, f"assignment {name!r} was given otherwise")
        same = {"assignment": name, "unit": standing.given.unit, "reason": reason}
        return AssignmentGiven.model_validate({**now, **words, **same})

    def _reported(self, row: Row, standing: Standing) -> AssignmentReported | None:
        """What is reported back, where it is other than last time."""
        if not {"progress", "report", "reported_on"} & row.keys():
            return None
        last, at = standing.reported, standing.reported_at
        progress = row.get("progress") or (last.progress if last else None)
        if progress is None:
            refuse("bad-assignment", "a report without progress", f"Say which: {_known()}.")
        texts = {"text": row.get("report"), "reason": row.get("reason")}
        said = {field: value for field, value in texts.items() if value is not None}
        day = row.get("reported_on")
        if last and progress == last.progress and day in (None, last.reported_on):
            new = self.new_words(said, {"text": at})
            if at >= 0 and not new:
                return None
        return AssignmentReported.model_validate(
            {
                **said,
                "assignment": standing.given.assignment,
                "unit": standing.given.unit,
                "progress": progress,
                "reported_on": day,
            }
        )

    def _closed(self, row: Row, standing: Standing) -> AssignmentClosed | None:
        if row.get("state") != "closed" or standing.closed_at is not None:
            return None
        name = standing.given.assignment
        reason = self.why(row, f"assignment {name!r} is closed")
        return AssignmentClosed(assignment=name, unit=standing.given.unit, reason=reason)


def _known() -> str:
    return ", ".join(PROGRESS)


def impossible_day(text: str) -> str | None:
    """The first day that a text names and no calendar has, as it is written; None for none.

    >>> impossible_day("senast den 31 april 2021")
    '31 april 2021'
    """
    for found in _IN_WORDS.finditer(text):
        year = int(found[3]) if found[3] else _LEAP
        if not _exists(year, _MONTHS[found[2].lower()], int(found[1])):
            return found[0]
    for found in _IN_DIGITS.finditer(text):
        if not _exists(int(found[1]), int(found[2]), int(found[3])):
            return found[0]
    return None


def _exists(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def _possible(text: str, column: str) -> None:
    """Refuse a text that names a day which does not exist."""
    day = impossible_day(text)
    if day is not None:
        found = f"{column} names {day}, a day that does not exist"
        refuse("impossible-date", found, "Ask which day is meant.")
