"""Review: a second person looks at what somebody recorded (four eyes), and says so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from ledger.commands import Decision, Lookup, Notice, Role
from ledger.errors import NotReviewable, ReviewedAlready
from ledger.events import Draft, Event, Private, Recorded, Upcaster
from ledger.families.governance import BatchAdmitted, Governance
from ledger.families.outcome import OutcomeReversed
from ledger.families.roles import second_person
from ledger.identity import Who, person
from ledger.state import Slice, State


def _entry(content: dict[str, Any]) -> dict[str, Any]:
    """Form 1 called the entry's position ``position``, which every event has of its own."""
    if "position" in content:
        content["entry"] = content.pop("position")
    return content


class EntryReviewed(Event):
    """A second person looked at an entry or a whole batch (four eyes).

    ``entry`` is the entry's position, for outcome that of its voucher's first row; without it the
    whole batch was looked at.
    """

    topic: ClassVar[str] = "governance.entry_reviewed"
    form: ClassVar[int] = 2
    upcasters: ClassVar[Mapping[int, Upcaster]] = {1: _entry}
    batch: str
    entry: int | None = None
    comment: Private = None


@dataclass
class Reviews(Slice):
    """The positions of the reviews of each batch (None) and entry (its position)."""

    of: dict[tuple[str, int | None], list[int]] = field(default_factory=dict)

    def apply(self, event: Event, position: int) -> None:
        """Fold one event."""
        if isinstance(event, EntryReviewed):
            self.of.setdefault((event.batch, event.entry), []).append(position)


@dataclass(frozen=True)
class Review:
    """Review a batch by its name, or the entry at a position; an outcome event stands for its
    voucher, a batch's admission for the batch."""

    target: str | int
    comment: str | None = None
    kind: str = "review"
    needs: ClassVar[tuple[Role, ...]] = ("approver",)

    def decide(self, state: State, look: Lookup) -> Decision:
        """One event; never by the one who recorded it, and by each person once."""
        batch, position, entry = self._found(state, look)
        by = Who(entry.envelope.actor, entry.envelope.user)
        shared = second_person(state, by, look.occasion.who)
        for at in state.of(Reviews).of.get((batch, position), ()):
            earlier = look.event(at)
            if earlier and person(earlier.envelope.actor) == look.occasion.who.person:
                raise ReviewedAlready(
                    f"{look.occasion.who.actor} reviewed it at {earlier.envelope.recorded_at}.",
                    f"See event {at}; another person can review it too.",
                )
        event = EntryReviewed(batch=batch, entry=position, comment=self.comment)
        decision = Decision([Draft(event)])
        if shared:
            decision.notices.append(
                Notice(
                    "four-eyes-one-account",
                    f"{by.actor} and {look.occasion.who.actor} acted from the account "
                    f"{by.user}; only their names tell them apart (four_eyes=actor)",
                )
            )
        return decision

    def _found(self, state: State, look: Lookup) -> tuple[str, int | None, Recorded]:
        """The batch, the position where an entry was named, and an event of it that says who."""
        governance = state.of(Governance)
        at = governance.batches.get(self.target) if isinstance(self.target, str) else self.target
        found = None if at is None else look.event(at)
        if at is None or found is None:
            what = self.target if isinstance(self.target, str) else f"event {self.target}"
            raise NotReviewable(f"There is no {what}.", "See `ledger batches`.")
        event = found.event
        kind = event.kind if isinstance(event, BatchAdmitted) else None
        if isinstance(event, EntryReviewed) or kind == self.kind:
            raise NotReviewable("A review is not reviewed itself.", "Review what was recorded.")
        if isinstance(event, BatchAdmitted):
            return event.batch, None, found
        batch = governance.batch_of(at)
        assert batch is not None, "every event is followed by its batch's admission"
        return batch, self._first(found, look), found

    @staticmethod
    def _first(entry: Recorded, look: Lookup) -> int:
        """The first row of the voucher, or of its reversal; any other event stands for itself."""
        voucher, first = look.voucher_of(entry.position), entry.position
        if voucher is not None:
            return voucher.first
        while isinstance(entry.event, OutcomeReversed):
            before = look.event(first - 1)
            if not (
                before
                and isinstance(before.event, OutcomeReversed)
                and (before.stream, before.event.voucher) == (entry.stream, entry.event.voucher)
            ):
                break
            first -= 1
        return first

    def key(self) -> str | None:
        """None: a rule refuses the same person's second review."""
        return None
