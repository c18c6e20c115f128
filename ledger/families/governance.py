"""Governance: batches admitted, periods closed and reopened, entries reviewed, comparisons
recorded. A period is open unless closed; it closes by family and by part of the organisation."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import ClassVar

from ledger.commands import Decision, Lookup
from ledger.errors import PeriodClosed, RuleBroken, SecondPersonMissing, UsageError
from ledger.events import Draft, Event, Private
from ledger.families.organisation import Organisation
from ledger.periods import shift
from ledger.state import Slice, State

#: Families of entries that close on their own, and the kinds of batches that enter them.
CLOSABLE = {"outcome": ("outcome", "sie", "balances", "correct", "reverse"), "budget": ("budget",)}


class BatchAdmitted(Event):
    """A batch entered a period (or none): how many events, and the sum of their amounts in öre.

    Stands in the small stream of each period touched, after the batch's own events; ``batch`` is
    that stream, ``key`` the digest by which the same batch is known when it comes again, and
    ``total`` the control total in result sign.
    """

    topic: ClassVar[str] = "governance.batch_admitted"
    batch: str
    kind: str
    key: str | None = None
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


class EntryReviewed(Event):
    """A second person looked at an entry or a whole batch (four eyes)."""

    topic: ClassVar[str] = "governance.entry_reviewed"
    batch: str
    position: int | None = None
    comment: Private = None


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


@dataclass
class Governance(Slice):
    """Which periods are closed, and which batches are known."""

    closed: dict[tuple[str, str], dict[str, bool]] = field(default_factory=dict)
    batches: dict[str, str] = field(default_factory=dict)
    periods: dict[str, set[str]] = field(default_factory=dict)

    def apply(self, event: Event, position: int) -> None:
        """Fold one event."""
        match event:
            case BatchAdmitted():
                if event.key:
                    self.batches[event.key] = event.batch
                if event.period:
                    self.periods.setdefault(event.kind, set()).add(event.period)
            case PeriodClosing():
                units = self.closed.setdefault((event.family_closed, event.period), {})
                units[event.unit] = event.preliminary
            case PeriodReopened():
                self.closed.get((event.family_closed, event.period), {}).pop(event.unit, None)
            case _:
                pass

    def is_closed(self, family: str, period: str, path: Iterable[str]) -> bool:
        """True if the period is closed for the unit whose path to the root is given."""
        units = self.closed.get((family, period), {})
        return any(unit in units for unit in path)

    def entered_periods(self, kinds: Iterable[str]) -> list[str]:
        """Periods that batches of these kinds have entered, sorted."""
        return sorted(set().union(*(self.periods.get(kind, set()) for kind in kinds)))


def require_open(state: State, family: str, period: str, unit: str) -> None:
    """Raise `PeriodClosed` if the period takes no entries of that family in that unit."""
    path = state.of(Organisation).ancestors(unit)
    if state.of(Governance).is_closed(family, period, path):
        raise PeriodClosed(
            f"{period} is closed for {family} in unit {unit}.",
            "Post it in an open period, or reopen the period with a second person's approval.",
        )


@dataclass(frozen=True)
class ClosePeriods:
    """Close months of a family for a unit (the root if None) and all below it."""

    periods: tuple[str, ...]
    family: str = "outcome"
    unit: str | None = None
    preliminary: bool = False
    kind: str = "close"

    def decide(self, state: State, look: Lookup) -> Decision:
        """One event a month; each month with entries before must be closed first."""
        organisation, governance = state.of(Organisation), state.of(Governance)
        root = organisation.require_founded().root
        unit = self.unit or root
        if self.family not in CLOSABLE:
            raise UsageError(f"No family {self.family!r} closes.", f"Known: {', '.join(CLOSABLE)}.")
        if unit not in organisation.units:
            raise UsageError(f"There is no unit {unit!r}.")
        path, decision, closing = organisation.ancestors(unit), Decision(), set(self.periods)
        entered = governance.entered_periods(CLOSABLE[self.family])
        for period in sorted(self.periods):
            units = governance.closed.get((self.family, period), {})
            if any(
                u in units and not (u == unit and units[u] and not self.preliminary) for u in path
            ):
                raise PeriodClosed(f"{period} is closed already for {self.family} in {unit}.")
            before = shift(period, -1)
            if (
                entered
                and entered[0] <= before
                and before not in closing
                and not governance.is_closed(self.family, before, path)
            ):
                raise RuleBroken(
                    f"{before} is still open for {self.family} in {unit}.",
                    f"Close {before} first.",
                )
            event = PeriodClosing(
                period=period, family_closed=self.family, unit=unit, preliminary=self.preliminary
            )
            decision.drafts.append(Draft(event, stream=f"period:{period}"))
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
    actor: str
    family: str = "outcome"
    unit: str | None = None
    kind: str = "reopen"

    def decide(self, state: State, look: Lookup) -> Decision:
        """The reopening; later closed months must be reopened first."""
        organisation, governance = state.of(Organisation), state.of(Governance)
        unit = self.unit or organisation.require_founded().root
        if not self.reason.strip():
            raise UsageError("Reopening wants a reason.", "Give --reason TEXT.")
        if not self.approved_by.strip() or self.approved_by == self.actor:
            raise SecondPersonMissing(
                "Another person than the one who reopens must approve.", "Give --approved-by NAME."
            )
        if unit not in governance.closed.get((self.family, self.period), {}):
            raise RuleBroken(f"{self.period} is not closed for {self.family} in {unit}.")
        later = [
            period
            for (family, period), units in governance.closed.items()
            if family == self.family and period > self.period and unit in units
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
