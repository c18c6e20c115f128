"""Sealing: whose log this is, and which keys seal it.

Each writer has a key of its own. Its public half is an event; the checkpoint that seals the event
is signed by a key that the log knew before, or stands alone (the first key, or one made where
every earlier one was lost), and `ledger verify` says which.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from ledger.commands import Decision, Lookup, Role
from ledger.errors import RuleBroken
from ledger.events import Draft, Event
from ledger.state import Slice, State


class KeyRegistered(Event):
    """A key that may seal from now on, written as ``name+id+base64``; ``origin`` names the log."""

    topic: ClassVar[str] = "governance.key_registered"
    origin: str
    public_key: str


class KeyRotated(Event):
    """A key that takes another's place: ``replaces`` seals no more."""

    topic: ClassVar[str] = "governance.key_rotated"
    public_key: str
    replaces: str


@dataclass
class Sealing(Slice):
    """The log's name, and the keys that may seal it, each with the position of its event."""

    origin: str | None = None
    keys: dict[str, int] = field(default_factory=dict)
    retired: dict[str, int] = field(default_factory=dict)

    def apply(self, event: Event, position: int) -> None:
        """Fold one event."""
        match event:
            case KeyRegistered():
                self.origin = self.origin or event.origin
                self.keys[event.public_key] = position
            case KeyRotated():
                self.keys[event.public_key] = position
                self.keys.pop(event.replaces, None)
                self.retired[event.replaces] = position
            case _:
                pass


@dataclass(frozen=True)
class RegisterKey:
    """Let one more key seal the log."""

    public: str
    kind: str = "key add"
    needs: ClassVar[tuple[Role, ...]] = ("approver",)

    def decide(self, state: State, look: Lookup) -> Decision:
        """One event; a key that seals already, or no more, is refused."""
        sealing = state.of(Sealing)
        _require_new(sealing, self.public)
        if sealing.origin is None:  # the store registers its writer's key in its first batch
            raise RuleBroken("The log is not sealed yet.", "Record something first.")
        return Decision([Draft(KeyRegistered(origin=sealing.origin, public_key=self.public))])

    def key(self) -> str | None:
        """None: a rule refuses the same key twice."""
        return None


@dataclass(frozen=True)
class RotateKey:
    """Let a key take another's place."""

    new: str
    old: str
    kind: str = "key rotate"
    needs: ClassVar[tuple[Role, ...]] = ("approver",)

    def decide(self, state: State, look: Lookup) -> Decision:
        """One event; the old key must be one that seals."""
        sealing = state.of(Sealing)
        _require_new(sealing, self.new)
        if self.old not in sealing.keys:
            raise RuleBroken("The key to replace does not seal this log.", "See `ledger key list`.")
        return Decision([Draft(KeyRotated(public_key=self.new, replaces=self.old))])

    def key(self) -> str | None:
        """None: a rule refuses the same key twice."""
        return None


def _require_new(sealing: Sealing, key: str) -> None:
    if key in sealing.keys:
        raise RuleBroken("The key seals this log already.", "See `ledger key list`.")
    if key in sealing.retired:
        raise RuleBroken("The key was retired and seals no more.", "Make a new one.")
