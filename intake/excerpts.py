"""A piece of the line beside each problem that the rules find, as beside those of intake."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from ledger.commands import Command, Decision, Lookup
from ledger.state import State


@dataclass(frozen=True)
class Excerpted:
    """A command whose problems get a piece of the line that they are about."""

    command: Command
    excerpt: Callable[[int], str]

    @property
    def kind(self) -> str:
        """The command's own."""
        return self.command.kind

    @property
    def parts(self) -> tuple[Command, ...]:
        """The command that it is made of."""
        return (self.command,)

    def decide(self, state: State, look: Lookup) -> Decision:
        """What the command decides, its problems with their excerpts."""
        decision = self.command.decide(state, look)
        decision.problems = [
            p if p.excerpt or p.line is None else replace(p, excerpt=self.excerpt(p.line))
            for p in decision.problems
        ]
        return decision

    def key(self) -> str | None:
        """The command's own."""
        return self.command.key()
