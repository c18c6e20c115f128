"""Findings of analytic controls, and their life: raised, assigned, resolved, reopened.

A finding is known by a key that follows from its control and the events behind it, so that a
control that runs again raises nothing twice, whatever became of it. ::

    raised ──> open ──assigned──> assigned ──resolved──> resolved
                 └──────────────resolved──────────────────┘  │
                 <──────────────reopened─────────────────────┘
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar, Literal

from ledger.commands import Decision, Lookup
from ledger.errors import FindingOpen, FindingResolved, UsageError
from ledger.events import Draft, Event, Private
from ledger.state import Slice, State

FindingState = Literal["open", "assigned", "resolved"]
#: Positions that an event holds of the events behind a finding; its digest is over all.
HELD = 1000
#: Signs of a key that suffice to name a finding, where no other begins so.
_LEAST = 4


class FindingRaised(Event):
    """A control found something.

    ``finding`` is its key, ``events`` the positions behind it with commas between, the first
    thousand of ``count``; ``digest`` is the SHA-256 in hex of all of them, written so. ``amount``
    is what is at stake, öre in result sign. ``parameters`` are those of the run, ``known_size`` the
    events that it looked through. ``facts`` is the JSON of what fills its words, which may name a
    person.
    """

    topic: ClassVar[str] = "finding.raised"
    finding: str
    control: str
    severity: str
    events: str
    count: int
    digest: str
    amount: int | None = None
    parameters: str | None = None
    known_size: int
    facts: Private = None


class FindingAssigned(Event):
    """Somebody is to look into the finding, by a day if given."""

    topic: ClassVar[str] = "finding.assigned"
    finding: str
    due: str | None = None
    responsible: Private = None


class FindingSettled(Event):
    """What came of the finding: the measure that was taken, or why none is needed."""

    topic: ClassVar[str] = "finding.resolved"
    finding: str
    remedy: Private = None


class FindingReopened(Event):
    """A finding that was resolved is looked into once more, and why."""

    topic: ClassVar[str] = "finding.reopened"
    finding: str
    reason: Private = None


@dataclass
class Standing:
    """A finding as it stands: what was raised, where, its state, by when, and where its latest
    words are (-1: nowhere)."""

    raised: FindingRaised
    position: int
    state: FindingState = "open"
    due: str | None = None
    assigned_at: int = -1
    settled_at: int = -1
    reopened_at: int = -1


@dataclass
class Findings(Slice):
    """All findings by key, in the order in which they were raised."""

    raised: dict[str, Standing] = field(default_factory=dict)

    def apply(self, event: Event, position: int) -> None:
        """Fold one event."""
        match event:
            case FindingRaised():
                self.raised[event.finding] = Standing(event, position)
            case FindingAssigned():
                one = self.raised[event.finding]
                one.state, one.due, one.assigned_at = "assigned", event.due, position
            case FindingSettled():
                one = self.raised[event.finding]
                one.state, one.settled_at = "resolved", position
            case FindingReopened():
                one = self.raised[event.finding]
                one.reopened_at = position
                one.state = "open" if one.assigned_at < 0 else "assigned"
            case _:
                pass

    def named(self, text: str) -> Standing:
        """The finding whose key the text is, or begins. Raises `UsageError`."""
        key = text.strip().casefold()
        found = [one for name, one in self.raised.items() if name.startswith(key)]
        if len(key) < _LEAST or not found:
            raise UsageError(
                f"There is no finding {text!r}.", "`ledger control findings` lists those recorded."
            )
        if len(found) > 1:
            raise UsageError(f"{len(found)} findings begin with {text!r}.", "Give more of the key.")
        return found[0]


@dataclass(frozen=True, slots=True)
class Raising:
    """A finding to raise: the fields of `FindingRaised`, its ``events`` all."""

    finding: str
    control: str
    severity: str
    events: tuple[int, ...]
    amount: int | None
    parameters: str
    facts: str


@dataclass(frozen=True)
class RaiseFindings:
    """Raise what controls found among the first ``known_size`` events; what was raised before is
    known, whatever became of it."""

    findings: tuple[Raising, ...]
    known_size: int
    kind: str = "findings"

    def key(self) -> str | None:
        """None: each finding is known by itself."""
        return None

    def decide(self, state: State, look: Lookup) -> Decision:
        """One event a new finding."""
        decision, known = Decision(), set(state.of(Findings).raised)
        for each in self.findings:
            if each.finding in known:
                decision.known += 1
                continue
            known.add(each.finding)
            positions = ",".join(map(str, each.events))
            event = FindingRaised(
                finding=each.finding,
                control=each.control,
                severity=each.severity,
                events=",".join(map(str, each.events[:HELD])),
                count=len(each.events),
                digest=hashlib.sha256(positions.encode()).hexdigest(),
                amount=each.amount,
                parameters=each.parameters or None,
                known_size=self.known_size,
                facts=each.facts,
            )
            decision.drafts.append(Draft(event))
        return decision


@dataclass(frozen=True)
class AssignFinding:
    """Somebody is to look into a finding; anew to somebody else, or by another day."""

    finding: str
    responsible: str
    due: str | None = None
    kind: str = "finding"

    def key(self) -> str | None:
        """None: what changes nothing is known by itself."""
        return None

    def decide(self, state: State, look: Lookup) -> Decision:
        """One event, or none where it says what stands. Raises `FindingResolved`, `UsageError`."""
        one = state.of(Findings).named(self.finding)
        who = _said(self.responsible, "Who is to look into it?", "Give --to NAME.")
        if self.due is not None:
            try:
                date.fromisoformat(self.due)
            except ValueError as error:
                raise UsageError(f"{self.due!r} is no day.", "Write 2020-10-31.") from error
        _unresolved(one)
        held = look.private(one.assigned_at, "responsible") if one.assigned_at >= 0 else None
        if held == who and one.due == self.due:
            return Decision(known=1)
        event = FindingAssigned(finding=one.raised.finding, due=self.due, responsible=who)
        return Decision([Draft(event)])


@dataclass(frozen=True)
class ResolveFinding:
    """The finding is settled by a measure, or by why none is needed."""

    finding: str
    measure: str
    kind: str = "finding"

    def key(self) -> str | None:
        """None: a finding that is resolved is refused."""
        return None

    def decide(self, state: State, look: Lookup) -> Decision:
        """One event. Raises `FindingResolved`, `UsageError`."""
        one = state.of(Findings).named(self.finding)
        measure = _said(self.measure, "What was done?", "Give --measure TEXT.")
        _unresolved(one)
        return Decision([Draft(FindingSettled(finding=one.raised.finding, remedy=measure))])


@dataclass(frozen=True)
class ReopenFinding:
    """A resolved finding is looked into once more."""

    finding: str
    reason: str
    kind: str = "finding"

    def key(self) -> str | None:
        """None: a finding that is open is refused."""
        return None

    def decide(self, state: State, look: Lookup) -> Decision:
        """One event. Raises `FindingOpen`, `UsageError`."""
        one = state.of(Findings).named(self.finding)
        reason = _said(self.reason, "Reopening wants a reason.", "Give --reason TEXT.")
        if one.state != "resolved":
            raise FindingOpen(f"Finding {one.raised.finding} is not resolved.")
        return Decision([Draft(FindingReopened(finding=one.raised.finding, reason=reason))])


def _said(text: str, question: str, remedy: str) -> str:
    """The text, which must say something."""
    if not text.strip():
        raise UsageError(question, remedy)
    return text.strip()


def _unresolved(one: Standing) -> None:
    if one.state == "resolved":
        raise FindingResolved(
            f"Finding {one.raised.finding} is resolved.",
            "`ledger control reopen` opens it, with a reason.",
        )
