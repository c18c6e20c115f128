"""Erasure and retention: which private values have left the store, by what decision, and by which
rules they are due to leave. A legal hold keeps what it covers.

A value goes with the fields it stands in; with it go the keys of the files that may have held it,
since a key is a digest of texts (`ledger.families.governance.BatchAdmitted`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar

from ledger.events import Event, Private
from ledger.families.organisation import Organisation
from ledger.periods import first_day, month_of, shift
from ledger.state import KeptValue, Slice, State

#: The private field by which a batch is known again: it goes with the texts it is a digest of.
KEY = "key"


class TextErased(Event):
    """A private value and its salt left the store: of which event and field, by what decision.

    ``entry`` is that event's position. Who approved it and why stand in the first of a batch, for
    all of it. ``erased_at`` (UTC) and ``carried_from`` (size and root hash of a log) say when and
    where it was first recorded, if that was in a log that a restored backup took the place of.
    """

    topic: ClassVar[str] = "governance.text_erased"
    bulk: ClassVar[bool] = True
    entry: int
    field: str
    decision: str
    approved_by: Private = None
    reason: Private = None
    erased_at: str | None = None
    carried_from: str | None = None


class RetentionRuled(Event):
    """A private field of a family (or of one kind of event, by its topic) is kept so many months
    after the end of its fiscal year. A newer rule of the same place takes the older one's."""

    topic: ClassVar[str] = "governance.retention_ruled"
    place: str
    field: str
    months: int
    decision: str


class HoldPlaced(Event):
    """Nothing that the hold covers may be erased: of a family, of a unit and all below it, of
    the months from first to last; what is absent limits nothing."""

    topic: ClassVar[str] = "governance.hold_placed"
    reference: str
    family_held: str | None = None
    unit: str | None = None
    first: str | None = None
    last: str | None = None
    reason: Private = None


class HoldLifted(Event):
    """A hold no longer stands."""

    topic: ClassVar[str] = "governance.hold_lifted"
    reference: str
    reason: Private = None


@dataclass
class Retention(Slice):
    """The rules in force by (place, field), and the holds that stand by their reference."""

    rules: dict[tuple[str, str], RetentionRuled] = field(default_factory=dict)
    holds: dict[str, HoldPlaced] = field(default_factory=dict)

    def apply(self, event: Event, position: int) -> None:
        """Fold one event."""
        match event:
            case RetentionRuled():
                self.rules[(event.place, event.field)] = event
            case HoldPlaced():
                self.holds[event.reference] = event
            case HoldLifted():
                self.holds.pop(event.reference, None)
            case _:
                pass

    def rule_of(self, value: KeptValue) -> RetentionRuled | None:
        """The rule that decides for a value: that of its topic, else that of its family."""
        family = value.topic.partition(".")[0]
        return self.rules.get((value.topic, value.field)) or self.rules.get((family, value.field))


class Reach:
    """What the rules and the holds say of each value; asked of many."""

    def __init__(self, state: State) -> None:
        self._organisation = state.of(Organisation)
        self._retention = state.of(Retention)
        self._paths: dict[tuple[str, str | None], list[str]] = {}

    def month(self, value: KeptValue) -> str:
        """The month that the value is of: its event's period, else when it was recorded."""
        if value.period:
            return value.period
        recorded = datetime.fromisoformat(value.recorded_at)
        return month_of(recorded.astimezone(self._organisation.zone).date())

    def due_on(self, value: KeptValue) -> str | None:
        """The first day (ISO) on which the value may go: the rule's months after the end of the
        fiscal year that holds its month. None where no rule is."""
        rule = self._retention.rule_of(value)
        if rule is None:
            return None
        end = self._organisation.calendar.year_of(self.month(value))[1]
        return first_day(shift(end, rule.months + 1)).isoformat()

    def hold_on(self, value: KeptValue) -> HoldPlaced | None:
        """A hold that covers the value, if any; what a hold cannot tell apart it covers. Keys
        are digests, evidence of nothing: no hold covers them."""
        if value.field == KEY:
            return None
        return next((h for h in self._retention.holds.values() if self._covers(h, value)), None)

    def _covers(self, hold: HoldPlaced, value: KeptValue) -> bool:
        month = self.month(value)
        return (
            hold.family_held in (None, value.topic.partition(".")[0])
            and (hold.first is None or month >= hold.first)
            and (hold.last is None or month <= hold.last)
            and (hold.unit is None or value.unit is None or hold.unit in self._path(value))
        )

    def _path(self, value: KeptValue) -> Sequence[str]:
        """The value's unit and all above it, as the tree stood in the value's month."""
        assert value.unit is not None
        place = (value.unit, self.month(value))
        if place not in self._paths:
            self._paths[place] = self._organisation.ancestors(value.unit, at=place[1])
        return self._paths[place]
