"""Erasing private values: one, all of an event, a value wherever it stands, or all that is due;
and the rules and holds that say which.

A decision stands behind every erasure, and another person than the one who erases approves it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ledger.commands import Decision, Lookup, Notice
from ledger.errors import (
    AlreadyErased,
    LegalHold,
    Problem,
    ProblemKind,
    Tampered,
    UsageError,
)
from ledger.events import EVENTS, Draft, Event, private_fields
from ledger.families.erasure import (
    KEY,
    HoldLifted,
    HoldPlaced,
    Reach,
    Retention,
    RetentionRuled,
    TextErased,
)
from ledger.families.organisation import Organisation
from ledger.families.roles import second_person
from ledger.identity import Who, person
from ledger.periods import is_month
from ledger.state import KeptValue, State


@dataclass(frozen=True)
class Approval:
    """The decision behind an erasure, who approves it, and why."""

    decision: str
    approved_by: str
    reason: str | None = None

    def check(self, state: State, eraser: Who) -> None:
        """Raise `UsageError` without a decision, and what `second_person` raises."""
        if not self.decision.strip():
            raise UsageError("An erasure wants a decision.", "Give --decision REF.")
        second_person(state, eraser, Who(self.approved_by))

    def must_not_hold(self, value: str) -> None:
        """Raise `UsageError` where the words of the erasure would keep what it erases."""
        words = rf"(?<!\w){re.escape(person(value))}(?!\w)"
        for option, text in (
            ("decision", self.decision),
            ("reason", self.reason or ""),
            ("approved-by", self.approved_by),
        ):
            if any(c.isalpha() for c in value) and re.search(words, person(text)):
                raise UsageError(
                    f"--{option} holds the very text that is to be erased.",
                    "Say it in other words, or let another person approve.",
                )

    def drafts(self, places: Iterable[tuple[int, str]]) -> list[Draft]:
        """One event a place, in order; who and why stand in the first."""
        who: dict[str, str | None] = {
            "approved_by": self.approved_by,
            "reason": self.reason or None,
        }
        found: list[Draft] = []
        for position, field in sorted(set(places)):
            more = who if not found else {}
            event = TextErased(entry=position, field=field, decision=self.decision, **more)
            found.append(Draft(event))
        return found


@dataclass(frozen=True)
class EraseTexts:
    """Erase private fields of one event (all, if none is named), ``everywhere`` also from every
    other place that holds the same value."""

    position: int
    fields: tuple[str, ...]
    approval: Approval
    everywhere: bool = False
    kind: str = "erase"

    def key(self) -> str | None:
        """None: erasing twice is refused by rule."""
        return None

    def decide(self, state: State, look: Lookup) -> Decision:
        """The erasures; raises `UsageError` for a field that the event does not have,
        `AlreadyErased`, `LegalHold`, and `Tampered` for a value that is gone unexplained."""
        self.approval.check(state, look.occasion.who)
        state.of(Organisation).require_founded()
        committed = look.committed(self.position)
        if committed is None:
            raise UsageError(
                f"There is no event {self.position} with private fields.",
                "See `ledger history EVENT`.",
            )
        values: dict[str, KeptValue] = {}
        for field in self._fields(committed):
            kept = look.kept(self.position, field)
            if kept is not None:
                values[field] = kept
            elif not look.is_erased(self.position, field):
                raise Tampered(
                    f"The {field} of event {self.position} is gone, and no erasure explains it.",
                    "Run `ledger verify`.",
                )
            elif self.fields:
                raise AlreadyErased(f"The {field} of event {self.position} is erased already.")
        if not values:
            raise AlreadyErased(f"Every private field of event {self.position} is erased already.")
        found = list(values.values())
        for field in values:
            value = look.private(self.position, field) or ""
            if field != KEY:
                self.approval.must_not_hold(value)
            if self.everywhere:
                found += look.holding(value)
        _refuse_held(found, Reach(state))
        return Decision(self.approval.drafts(_with_keys(found, look)))

    def _fields(self, committed: Sequence[str]) -> Sequence[str]:
        """The fields asked for, each of which the event holds a commitment to."""
        for field in self.fields:
            if field not in committed:
                raise UsageError(
                    f"Event {self.position} has no private field {field!r}.",
                    f"It has: {', '.join(committed)}.",
                )
        return self.fields or committed


@dataclass(frozen=True)
class EraseDue:
    """Erase all that is due on a day (ISO) by the rules of retention, but for what a hold
    covers: that is left, and told."""

    day: str
    approval: Approval
    kind: str = "erase due"

    def key(self) -> str | None:
        """None: what is erased is due no more."""
        return None

    def decide(self, state: State, look: Lookup) -> Decision:
        """One batch of erasures; none where nothing is due."""
        self.approval.check(state, look.occasion.who)
        state.of(Organisation).require_founded()
        reach, due, held = Reach(state), list[KeptValue](), 0
        for field in sorted({field for _, field in state.of(Retention).rules}):
            for value in look.kept_of(field):
                day = reach.due_on(value)
                if day is None or day > self.day:
                    continue
                if reach.hold_on(value) is None:
                    due.append(value)
                else:
                    held += 1
        decision = Decision(self.approval.drafts(_with_keys(due, look)) if due else [])
        if held:
            text = f"{held} values are due, and left where they are by a hold"
            decision.notices.append(Notice("held-back", text))
        return decision


def _refuse_held(values: Sequence[KeptValue], reach: Reach) -> None:
    held = [(value, hold) for value in values if (hold := reach.hold_on(value)) is not None]
    if held:
        value, hold = held[0]
        more = f" (and {len(held) - 1} more)" if len(held) > 1 else ""
        raise LegalHold(
            f"The {value.field} of event {value.position}{more} is held by {hold.reference}.",
            "Lift the hold first, with `ledger record hold`.",
        )


def _with_keys(values: Sequence[KeptValue], look: Lookup) -> set[tuple[int, str]]:
    """The values' places, and those of the keys of files that may have held them: keys of the
    same kinds of files as brought such events, recorded with the first of them or later."""
    places = {(value.position, value.field) for value in values}
    first: dict[str, int] = {}
    for value in values:
        family = value.topic.partition(".")[0]
        first[family] = min(value.position, first.get(family, value.position))
    keys = look.kept_of(KEY)
    for family, since in first.items():
        kinds = {key.batch_kind for key in keys if key.entries == family}
        places |= {(k.position, KEY) for k in keys if k.batch_kind in kinds and k.position > since}
    return places


@dataclass(frozen=True)
class CarryErasures:
    """Record anew erasures that another log holds and this one, an older copy of it, does not.

    Each is (position, field, decision, when, from where); nothing is recorded of those that are
    erased here.
    """

    erasures: tuple[tuple[int, str, str, str, str], ...]
    kind: str = "restore"

    def key(self) -> str | None:
        """None: what is erased here is known by itself."""
        return None

    def decide(self, state: State, look: Lookup) -> Decision:
        """One event an erasure whose value is still held."""
        decision = Decision()
        for position, field, reference, erased_at, origin in self.erasures:
            if look.kept(position, field) is None:
                decision.known += 1
                continue
            event = TextErased(
                entry=position,
                field=field,
                decision=reference,
                erased_at=erased_at,
                carried_from=origin,
            )
            decision.drafts.append(Draft(event))
        return decision


@dataclass(frozen=True)
class RetentionRow:
    """A rule as entered: ``place`` is a family or a topic."""

    place: str
    field: str
    months: int | None
    decision: str
    line: int | None = None


@dataclass(frozen=True)
class RuleRetention:
    """Decide how long private fields are kept."""

    rows: tuple[RetentionRow, ...]
    file: str
    kind: str = "retention"

    def key(self) -> str | None:
        """None: a rule that stands is known by itself."""
        return None

    def decide(self, state: State, look: Lookup) -> Decision:
        """One event a new or changed rule; all problems of the rows."""
        decision, rules = Decision(), dict(state.of(Retention).rules)
        for row in self.rows:
            if wrong := _wrong_rule(row):
                decision.problems.append(Problem(wrong[0], self.file, row.line, *wrong[1:]))
                continue
            assert row.months is not None
            event = RetentionRuled(
                place=row.place, field=row.field, months=row.months, decision=row.decision
            )
            if rules.get((row.place, row.field)) == event:
                decision.known += 1
                continue
            rules[(row.place, row.field)] = event
            decision.drafts.append(Draft(event, row.line))
        return decision


def _wrong_rule(row: RetentionRow) -> tuple[str, str, str] | None:
    """What is wrong with a rule: code, what was found, what would be right."""
    kinds = [k for t, k in EVENTS.items() if row.place in (t, k.family())]
    fields = sorted({f for kind in kinds for f in private_fields(kind)} - {KEY})
    if not fields:
        known = sorted({k.family() for k in EVENTS.values() if set(private_fields(k)) - {KEY}})
        found = f"no family or kind of event {row.place!r} has private fields"
        return "unknown-family", found, f"Write one of: {', '.join(known)}, or a topic."
    if row.field not in fields:
        found = f"{row.place} has no private field {row.field!r}"
        return "unknown-private-field", found, f"It has: {', '.join(fields)}."
    if row.months is None or not 0 <= row.months <= 1200:
        return "bad-months", f"months is {row.months}", "Write a whole number from 0 to 1200."
    if not row.decision.strip():
        return "empty-field", "decision is empty", "Write the reference of the decision."
    return None


@dataclass(frozen=True)
class HoldRow:
    """A hold as entered; ``state`` is placed (or nothing) or lifted."""

    reference: str
    family: str | None = None
    unit: str | None = None
    first: str | None = None
    last: str | None = None
    reason: str | None = None
    state: str | None = None
    line: int | None = None


@dataclass(frozen=True)
class PlaceHolds:
    """Place and lift legal holds."""

    rows: tuple[HoldRow, ...]
    file: str
    kind: str = "hold"

    def key(self) -> str | None:
        """None: a hold that stands is known by itself."""
        return None

    def decide(self, state: State, look: Lookup) -> Decision:
        """One event a row; all problems of the rows."""
        decision, standing = Decision(), dict(state.of(Retention).holds)
        for row in self.rows:
            if wrong := self._wrong(row, standing, state.of(Organisation)):
                kind: ProblemKind = "rule" if wrong[0].startswith("hold-") else "content"
                decision.problems.append(Problem(wrong[0], self.file, row.line, *wrong[1:], kind))
            elif row.state == "lifted":
                del standing[row.reference]
                event: Event = HoldLifted(reference=row.reference, reason=row.reason)
                decision.drafts.append(Draft(event, row.line))
            else:
                placed = HoldPlaced(
                    reference=row.reference,
                    family_held=row.family,
                    unit=row.unit,
                    first=row.first,
                    last=row.last,
                    reason=row.reason,
                )
                before = standing.get(row.reference)
                if before is not None:  # its reason is not compared: it may have been erased
                    decision.known += 1
                    continue
                standing[row.reference] = placed
                decision.drafts.append(Draft(placed, row.line))
        return decision

    @staticmethod
    def _wrong(
        row: HoldRow, standing: dict[str, HoldPlaced], organisation: Organisation
    ) -> tuple[str, str, str] | None:
        before = standing.get(row.reference)
        if row.state not in (None, "placed", "lifted"):
            return "unknown-state", f"state {row.state!r}", "Write placed or lifted."
        if row.state == "lifted":
            if before is None:
                return "hold-unknown", f"no hold {row.reference!r} stands", "Correct the reference."
            return None
        families = {kind.family() for kind in EVENTS.values()}
        if row.family is not None and row.family not in families:
            known = ", ".join(sorted(families))
            return "unknown-family", f"there is no family {row.family!r}", f"Write one of: {known}."
        if row.unit is not None and row.unit not in organisation.units:
            return "unknown-unit", f"unit {row.unit!r} is not registered", "Correct the code."
        for month in (row.first, row.last):
            if month is not None and not is_month(month):
                return "bad-month", f"{month!r} is not a month", "Write it as 2020-08."
        if row.first and row.last and row.last < row.first:
            return "empty-range", f"{row.last} is before {row.first}", "Swap them."
        scope = (row.family, row.unit, row.first, row.last)
        if before and (before.family_held, before.unit, before.first, before.last) != scope:
            found = f"hold {row.reference!r} stands already, of something else"
            return "hold-stands", found, "Give it a reference of its own, or lift the other."
        return None
