"""The write-side state: what commands look at before they decide.

Each family folds its events into a *slice* of its own; `State` holds one of each. Events that
come by the thousand (``bulk``) are not folded: what commands need of them is an index in the
store, brought forward in the same transaction and handed to the command as a lookup.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar, TypeVar

from ledger.events import Draft, Event, Recorded


class Slice:
    """One family's part of the state. Subclasses register themselves by being defined."""

    all: ClassVar[list[type[Slice]]] = []

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        Slice.all.append(cls)

    def apply(self, event: Event, position: int) -> None:
        """Fold one event; unknown kinds leave the slice as it is."""
        raise NotImplementedError


S = TypeVar("S", bound=Slice)


class State:
    """All slices at one position of the log."""

    def __init__(self) -> None:
        self._slices: dict[type[Slice], Slice] = {kind: kind() for kind in Slice.all}
        self.size = 0

    def of(self, kind: type[S]) -> S:
        """The slice of that kind."""
        found = self._slices[kind]
        assert isinstance(found, kind)
        return found

    def apply(self, recorded: Recorded) -> None:
        """Fold one recorded event."""
        for part in self._slices.values():
            part.apply(recorded.event, recorded.position)
        self.size = max(self.size, recorded.position + 1)

    def with_drafts(self, drafts: Iterable[Draft]) -> State:
        """A copy as it would be if these drafts were recorded, for commands in sequence."""
        ahead = copy.deepcopy(self)
        for draft in drafts:
            if not draft.event.bulk:
                for part in ahead._slices.values():
                    part.apply(draft.event, ahead.size)
        return ahead


@dataclass(frozen=True, slots=True)
class VoucherEntry:
    """What the voucher index holds of a recorded voucher.

    ``first`` is the position of its first posting, ``rows`` how many follow each other from
    there; ``digest`` is of its content; ``source`` the kind of batch that brought it; ``erased``
    says that a private value of it is gone.
    """

    series: str
    number: str
    date: str
    digest: str
    first: int
    rows: int
    source: str
    reversed: bool
    erased: bool = False


@dataclass(frozen=True, slots=True)
class KeptValue:
    """Of a private value that the store holds all but the value: its event, that event's kind,
    unit and period if it has any, when it was recorded (UTC), and of a batch's key the batch's
    kind and the family of what it entered."""

    position: int
    field: str
    topic: str
    unit: str | None
    period: str | None
    recorded_at: str
    batch_kind: str | None = None
    entries: str | None = None
