"""Governance: batches admitted, periods closed and reopened, comparisons recorded.

A period is open unless closed; it closes by family and by part of the organisation. A family that
closes says so itself (`closes`).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar

from ledger.commands import Decision, Lookup, Notice, Role
from ledger.errors import EarlierOpen, MonthNotEnded, PeriodClosed, RuleBroken, UsageError
from ledger.events import Draft, Event, Private
from ledger.families.organisation import Organisation, Place
from ledger.families.roles import second_person
from ledger.identity import Who
from ledger.periods import month_of
from ledger.state import Slice, State

#: Families of entries that close on their own, and whether for good only when the month has
#: ended: what is decided beforehand (a budget) can be closed before its months begin.
CLOSABLE: dict[str, bool] = {}


def closes(family: str, *, ended: bool) -> None:
    """Say that a family's periods close, and whether for good only after the month's end."""
    CLOSABLE[family] = ended


class BatchAdmitted(Event):
    """A batch entered a period (or none): how many events, and the sum of their amounts in öre.

    Stands in the small stream of each period touched, after the batch's own events; ``batch`` is
    that stream, ``entries`` the family of the events counted (one of these a family and period),
    ``total`` the control total in result sign. ``key`` is the digest by which the same batch is
    known when it comes again; since it is made from texts too, it is private as they are.
    """

    topic: ClassVar[str] = "governance.batch_admitted"
    batch: str
    kind: str
    key: Private = None
    entries: str | None = None
    period: str | None = None
    count: int
    total: int
    known: int = 0


class PeriodClosing(Event):
    """A period takes no more entries of a family in a unit and all below it."""

    topic: ClassVar[str] = "governance.period_closed"
    period: str
    family_closed: str
    unit: str
    preliminary: bool = False


class PeriodReopened(Event):
    """A closed period takes entries again: why, and which second person approved."""

    topic: ClassVar[str] = "governance.period_reopened"
    period: str
    family_closed: str
    unit: str
    reason: Private = None
    approved_by: Private = None


class ReconciliationRecorded(Event):
    """A comparison of the record with a file's balances; nothing was posted.

    ``compared`` pairs of account and month, ``different`` of them differ, by ``difference`` öre
    in all (sum of absolute differences, debit positive).
    """

    topic: ClassVar[str] = "governance.reconciliation_recorded"
    first: str
    last: str
    compared: int
    different: int
    difference: int


@dataclass(frozen=True, slots=True)
class Mark:
    """What was last decided of a period for a unit and all below it, and where in the log."""

    position: int
    closed: bool
    preliminary: bool = False


@dataclass
class Governance(Slice):
    """Which periods are closed, which hold entries of which family, and which batches there are.

    ``batches`` holds the position of each batch's last admission, in the order of the log.
    ``marks`` holds, by (family, period), the last mark of each unit that has one. For a unit the
    newest mark on its path to the root decides: closing the whole closes parts that were reopened
    before, reopening a part opens it alone.
    """

    marks: dict[tuple[str, str], dict[str, Mark]] = field(default_factory=dict)
    entered: dict[str, set[str]] = field(default_factory=dict)
    batches: dict[str, int] = field(default_factory=dict)

    def apply(self, event: Event, position: int) -> None:
        """Fold one event."""
        match event:
            case BatchAdmitted():
                self.batches[event.batch] = position
                if event.period and event.entries:
                    self.entered.setdefault(event.entries, set()).add(event.period)
            case PeriodClosing():
                units = self.marks.setdefault((event.family_closed, event.period), {})
                units[event.unit] = Mark(position, True, event.preliminary)
            case PeriodReopened():
                units = self.marks.setdefault((event.family_closed, event.period), {})
                units[event.unit] = Mark(position, False)
            case _:
                pass

    def mark(self, family: str, period: str, path: Iterable[str]) -> Mark | None:
        """The mark that decides for the unit whose path to the root is given."""
        units = self.marks.get((family, period), {})
        return max(
            (units[unit] for unit in path if unit in units),
            key=lambda mark: mark.position,
            default=None,
        )

    def is_closed(self, family: str, period: str, path: Iterable[str]) -> bool:
        """True if the period is closed for the unit whose path to the root is given."""
        mark = self.mark(family, period, path)
        return mark is not None and mark.closed

    def batch_of(self, position: int) -> str | None:
        """The batch that holds the event at that position."""
        names = list(self.batches)
        place = bisect_left(list(self.batches.values()), position)
        return names[place] if place < len(names) else None

    def entered_periods(self, family: str) -> list[str]:
        """Periods that hold entries of a family, sorted."""
        return sorted(self.entered.get(family, ()))


class Closed:
    """Whether a family's period takes no entries in a unit, as its tree stood in that period."""

    def __init__(self, state: State, family: str = "outcome") -> None:
        self._organisation, self._governance = state.of(Organisation), state.of(Governance)
        self._family = family
        self._known: dict[tuple[str, str], bool] = {}

    def __call__(self, period: str, unit: str) -> bool:
        """True if the period is closed for the unit."""
        place = (period, unit)
        if place not in self._known:
            marked = (self._family, period) in self._governance.marks
            path = self._organisation.ancestors(unit, at=period) if marked else ()
            self._known[place] = self._governance.is_closed(self._family, period, path)
        return self._known[place]


def closed_within(state: State, family: str, period: str, unit: str) -> bool:
    """True if the period is closed for the unit, or for any unit below it."""
    organisation, closed = state.of(Organisation), Closed(state, family)
    marked = state.of(Governance).marks.get((family, period), {})
    below = [u for u in marked if unit in organisation.ancestors(u, at=period)]
    return any(closed(period, u) for u in (unit, *below))


def closed_under_move(state: State, tree: str, to: Place, places: Sequence[Place]) -> str | None:
    """The first month, closed for outcome, in which a unit would get another parent or level, if
    it got the place ``to`` beside the ``places`` that it has. Only the line organisation, by which
    periods close, is asked."""
    until = min((p.valid_from for p in places if p.valid_from > to.valid_from), default="9999")
    for family, month in sorted(state.of(Governance).marks) if tree == "line" else ():
        begun = [p for p in places if p.valid_from <= month]
        if family != "outcome" or not begun or not to.valid_from <= month < until:
            continue
        stood = max(reversed(begun), key=lambda p: p.valid_from)
        moved = (stood.parent, stood.level) != (to.parent, to.level)
        if moved and closed_within(state, "outcome", month, to.unit):
            return month
    return None


@dataclass(frozen=True)
class ClosePeriods:
    """Close months of a family for a unit (the root if None) and all below it."""

    periods: tuple[str, ...]
    family: str = "outcome"
    unit: str | None = None
    preliminary: bool = False
    kind: str = "close"

    def decide(self, state: State, look: Lookup) -> Decision:
        """One event a month; each month with entries before must be closed first, and for good
        where this closes for good."""
        organisation, governance = state.of(Organisation), state.of(Governance)
        unit = self.unit or organisation.require_founded().root
        if self.family not in CLOSABLE:
            raise UsageError(f"No family {self.family!r} closes.", f"Known: {', '.join(CLOSABLE)}.")
        if unit not in organisation.units:
            raise UsageError(f"There is no unit {unit!r}.")
        now = datetime.fromisoformat(look.occasion.recorded_at).astimezone(organisation.zone)
        decision, entered = Decision(), governance.entered_periods(self.family)

        def done(period: str) -> bool:
            path = organisation.ancestors(unit, at=period)
            mark = governance.mark(self.family, period, path)
            return mark is not None and mark.closed and (self.preliminary or not mark.preliminary)

        for period in sorted(self.periods):
            if done(period):
                raise PeriodClosed(
                    f"{period} is closed already for {self.family} in {unit}.",
                    f"Nothing is to be done; `ledger reopen {period}` opens it again.",
                )
            if CLOSABLE[self.family] and not self.preliminary and period >= month_of(now.date()):
                raise MonthNotEnded(
                    f"{period} has not ended, and is not closed for good.",
                    "Close it when it has, or for now with --preliminary.",
                )
            before = [p for p in entered if p < period and p not in self.periods and not done(p)]
            if before:
                how = "" if self.preliminary else " or closed only preliminarily"
                raise EarlierOpen(
                    f"{before[0]} is still open{how} for {self.family} in {unit}.",
                    f"Close {before[0]} first.",
                )
            event = PeriodClosing(
                period=period, family_closed=self.family, unit=unit, preliminary=self.preliminary
            )
            decision.drafts.append(Draft(event, stream=f"period:{period}"))
            if self.family == "outcome" and period not in entered:
                text = f"{period} is closed, and has no outcome"
                decision.notices.append(Notice("closed-empty", text))
        return decision

    def key(self) -> str | None:
        """None: a rule refuses closing twice."""
        return None


@dataclass(frozen=True)
class ReopenPeriod:
    """Reopen a closed month, with a reason and a second person's approval."""

    period: str
    reason: str
    approved_by: str
    family: str = "outcome"
    unit: str | None = None
    kind: str = "reopen"
    needs: ClassVar[tuple[Role, ...]] = ("approver",)

    def decide(self, state: State, look: Lookup) -> Decision:
        """The reopening; later closed months must be reopened first."""
        organisation = state.of(Organisation)
        unit = self.unit or organisation.require_founded().root
        if not self.reason.strip():
            raise UsageError("Reopening wants a reason.", "Give --reason TEXT.")
        if self.family not in CLOSABLE:
            raise UsageError(f"No family {self.family!r} closes.", f"Known: {', '.join(CLOSABLE)}.")
        second_person(state, look.occasion.who, Who(self.approved_by))
        if unit not in organisation.units:
            raise UsageError(f"There is no unit {unit!r}.")
        if not Closed(state, self.family)(self.period, unit):
            raise RuleBroken(f"{self.period} is not closed for {self.family} in {unit}.")
        later = [
            period
            for family, period in state.of(Governance).marks
            if family == self.family
            and period > self.period
            and closed_within(state, self.family, period, unit)
        ]
        if later:
            raise RuleBroken(
                f"{max(later)} is closed after {self.period}.", f"Reopen {max(later)} first."
            )
        event = PeriodReopened(
            period=self.period,
            family_closed=self.family,
            unit=unit,
            reason=self.reason,
            approved_by=self.approved_by,
        )
        return Decision([Draft(event, stream=f"period:{self.period}")])

    def key(self) -> str | None:
        """None: a rule refuses reopening what is open."""
        return None


@dataclass(frozen=True)
class RecordReconciliation:
    """Record that balances were compared, and what came of it."""

    first: str
    last: str
    compared: int
    different: int
    difference: int
    kind: str = "reconcile"

    def decide(self, state: State, look: Lookup) -> Decision:
        """One event."""
        event = ReconciliationRecorded(
            first=self.first,
            last=self.last,
            compared=self.compared,
            different=self.different,
            difference=self.difference,
        )
        return Decision([Draft(event)])

    def key(self) -> str | None:
        """None: each comparison is a fact of its own."""
        return None
