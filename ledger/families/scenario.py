"""Scenario: a run of draws that somebody wants to keep, so that it can be drawn again."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from ledger.commands import Decision, Lookup
from ledger.errors import RuleBroken, UsageError
from ledger.events import Draft, Event
from ledger.state import Slice, State


class ScenarioRun(Event):
    """A run by name: what was asked, of which events, and what came of the whole (öre, result
    sign; ``chance`` of meeting the budget in hundredths of a percent).

    ``through``, ``by``, ``unit``, ``tree``, ``structure``, ``round``, ``assumptions``, ``draws``
    and ``seed`` are the question; ``inputs_size`` and ``inputs_root`` the log it was drawn from.
    """

    topic: ClassVar[str] = "scenario.run"
    scenario: str
    through: str
    by: str
    unit: str | None = None
    tree: str
    structure: str | None = None
    round: str | None = None
    assumptions: bool
    draws: int
    seed: int
    inputs_size: int
    inputs_root: str
    libraries: str
    forecast: int
    p10: int
    p50: int
    p90: int
    budget: int | None = None
    chance: int | None = None


@dataclass
class Scenarios(Slice):
    """All runs by name with their positions, in log order."""

    runs: dict[str, tuple[ScenarioRun, int]] = field(default_factory=dict)

    def apply(self, event: Event, position: int) -> None:
        """Fold one event."""
        if isinstance(event, ScenarioRun):
            self.runs[event.scenario] = (event, position)


@dataclass(frozen=True)
class RecordScenario:
    """Keep a run under its name."""

    run: ScenarioRun
    kind: str = "scenario"

    def key(self) -> str | None:
        """None: a name is taken once by rule."""
        return None

    def decide(self, state: State, look: Lookup) -> Decision:
        """One event; a name that is taken is refused."""
        if not self.run.scenario.strip():
            raise UsageError("A scenario that is recorded wants a name.")
        if self.run.scenario in state.of(Scenarios).runs:
            raise RuleBroken(
                f"There is a scenario {self.run.scenario!r} already.", "Give it another name."
            )
        return Decision([Draft(self.run)])
