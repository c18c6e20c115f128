"""Forecast: rounds in which people enter where the year ends, and what they assume.

A round is opened for months through one month, entered by unit and line, submitted, returned or
approved by parts of the organisation, adopted and locked. It keeps the position of the log at
which it was opened: the outcome so far is what was known then, so an adopted year-end does not
move when the log grows.

Here are its events, what they fold into, and what opens a round; `forecast_entry` has the command
that enters amounts, `forecast_approval` those that bring a round to its end.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, ClassVar, Literal

from ledger.commands import Decision, Lookup
from ledger.errors import ForecastError, Problem, ProblemKind, RuleBroken, UsageError
from ledger.events import Draft, Event, Private, Upcaster
from ledger.families.governance import Governance
from ledger.families.organisation import Organisation
from ledger.periods import is_month
from ledger.state import Slice, State

Method = Literal["manual", "model", "budget", "previous"]
METHODS: tuple[Method, ...] = ("manual", "model", "budget", "previous")
ASSUMPTIONS = ("one_off", "known_commitment", "end_of_special_costs")


class RoundOpened(Event):
    """A forecast round: outcome through a month, a structure's lines, a part of the organisation.

    ``log_size`` is the number of events that the outcome so far is read from.
    """

    topic: ClassVar[str] = "forecast.round_opened"
    round: str
    through: str
    structure: str
    unit: str
    deadline: str | None = None
    log_size: int


def _both(content: dict[str, Any]) -> dict[str, Any]:
    """Form 1 kept the model's figure where it was the one entered."""
    if content.get("method") == "model":
        content["model_amount"] = content["amount"]
    return content


class ForecastEntered(Event):
    """An amount entered for a unit and a line: öre, result sign, for ``period``, or without it
    for all months of the fiscal year after the round's.

    Whatever the method, the model's figure is kept beside it, so that both can be scored:
    ``model_amount`` (öre) and its 80 % interval for all months after the round's (also where the
    entry is of one of them: the model forecasts their sum), which model gave it, and from what:
    the log's size and root hash, seed, versions of the libraries. It is computed for all units
    and lines of the round's part together. Absent where the model says nothing of the place.
    """

    topic: ClassVar[str] = "forecast.entered"
    form: ClassVar[int] = 2
    upcasters: ClassVar[Mapping[int, Upcaster]] = {1: _both}
    round: str
    unit: str
    report_line: str
    period: str | None = None
    amount: int
    method: Method
    comment: Private = None
    model_amount: int | None = None
    model: str | None = None
    inputs_size: int | None = None
    inputs_root: str | None = None
    seed: int | None = None
    libraries: str | None = None
    p10: int | None = None
    p90: int | None = None


class ForecastSubmitted(Event):
    """A unit's and all lower units' entries are handed in: they stand still until returned."""

    topic: ClassVar[str] = "forecast.submitted"
    round: str
    unit: str
    comment: Private = None


class ForecastReturned(Event):
    """What was submitted or approved goes back to its unit, to be entered and submitted again."""

    topic: ClassVar[str] = "forecast.returned"
    round: str
    unit: str
    reason: Private = None


class ForecastApproved(Event):
    """A second person approved what a unit and all below it submitted."""

    topic: ClassVar[str] = "forecast.approved"
    round: str
    unit: str
    comment: Private = None


class ForecastAdopted(Event):
    """The round is adopted and locked."""

    topic: ClassVar[str] = "forecast.adopted"
    round: str
    comment: Private = None


class AssumptionMade(Event):
    """An assumption behind a round: what, how much (öre, result sign; absent where not put in
    figures), and from which month to which."""

    topic: ClassVar[str] = "forecast.assumption_made"
    round: str
    unit: str
    report_line: str | None = None
    assumption: str
    amount: int | None = None
    first: str | None = None
    last: str | None = None
    text: Private = None


#: How far a unit has come in a round.
UnitState = Literal["opened", "entered", "submitted", "returned", "approved", "adopted"]
#: In these a unit's entries stand still.
STILL: tuple[UnitState, ...] = ("submitted", "approved", "adopted")


@dataclass
class Round:
    """A round as it stands: its entries by (unit, line, period or None).

    ``marks`` holds, by unit, where it was last submitted, returned or approved, and which.
    """

    opened: RoundOpened
    opened_at: int
    adopted_at: int | None = None
    marks: dict[str, tuple[int, UnitState]] = field(default_factory=dict)
    entries: dict[tuple[str, str, str | None], ForecastEntered] = field(default_factory=dict)
    entry_positions: dict[tuple[str, str, str | None], int] = field(default_factory=dict)
    assumptions: dict[int, AssumptionMade] = field(default_factory=dict)

    @property
    def entered(self) -> set[str]:
        """The units that have entries."""
        return {unit for unit, _, _ in self.entries}


class Standing:
    """How far each unit has come in a round.

    The newest mark on a unit's path to the root decides, as it does for closed periods: handing
    in an area hands in its units, and returning one of them opens that one alone.
    """

    def __init__(self, round_: Round, organisation: Organisation) -> None:
        self.round, self._organisation = round_, organisation
        self._entered = round_.entered
        self._paths: dict[str, list[str]] = {}

    def path(self, unit: str) -> list[str]:
        """The unit, its parent, and so on up to the root."""
        if unit not in self._paths:
            self._paths[unit] = self._organisation.ancestors(unit)
        return self._paths[unit]

    def inside(self, unit: str) -> bool:
        """Whether the unit is registered and in the round's part of the organisation."""
        return unit in self._organisation.units and self.round.opened.unit in self.path(unit)

    def of(self, unit: str) -> UnitState:
        """How far the unit has come."""
        if self.round.adopted_at is not None:
            return "adopted"
        marks = [self.round.marks[above] for above in self.path(unit) if above in self.round.marks]
        if marks:
            return max(marks)[1]
        return "entered" if unit in self._entered else "opened"

    def entered(self, unit: str | None = None) -> dict[str, UnitState]:
        """The units with entries (among the unit and all below it, if one is named), and how far
        each has come."""
        found = [u for u in sorted(self._entered) if unit is None or unit in self.path(u)]
        return {u: self.of(u) for u in found}


@dataclass
class Forecasts(Slice):
    """All rounds, in the order they were opened."""

    rounds: dict[str, Round] = field(default_factory=dict)

    def apply(self, event: Event, position: int) -> None:
        """Fold one event."""
        match event:
            case RoundOpened():
                self.rounds[event.round] = Round(event, position)
            case ForecastEntered():
                key = (event.unit, event.report_line, event.period)
                self.rounds[event.round].entries[key] = event
                self.rounds[event.round].entry_positions[key] = position
            case AssumptionMade():
                self.rounds[event.round].assumptions[position] = event
            case ForecastSubmitted():
                self.rounds[event.round].marks[event.unit] = (position, "submitted")
            case ForecastReturned():
                self.rounds[event.round].marks[event.unit] = (position, "returned")
            case ForecastApproved():
                self.rounds[event.round].marks[event.unit] = (position, "approved")
            case ForecastAdopted():
                self.rounds[event.round].adopted_at = position
            case _:
                pass

    def round(self, name: str) -> Round:
        """A round by name; `ForecastError` if there is none."""
        if name not in self.rounds:
            known = f"Known: {', '.join(self.rounds)}."
            remedy = known if self.rounds else "Open it with `ledger forecast round`."
            raise ForecastError(f"There is no forecast round {name!r}.", remedy)
        return self.rounds[name]

    def adopted(self, first: str, last: str) -> list[Round]:
        """The rounds adopted through a month from first to last, the one adopted last first."""
        found = [
            (r.adopted_at, r)
            for r in self.rounds.values()
            if r.adopted_at is not None and first <= r.opened.through <= last
        ]
        return [r for _, r in sorted(found, key=lambda pair: -pair[0])]

    def latest_adopted(self, first: str, last: str) -> Round | None:
        """The round adopted last among those through a month from first to last."""
        return next(iter(self.adopted(first, last)), None)


@dataclass(frozen=True)
class OpenRound:
    """Open a round."""

    round: str
    through: str
    structure: str | None = None
    unit: str | None = None
    deadline: str | None = None
    kind: str = "forecast round"

    def key(self) -> str | None:
        """None: a round is opened once by rule."""
        return None

    def decide(self, state: State, look: Lookup) -> Decision:
        """One event."""
        organisation = state.of(Organisation)
        root = organisation.require_founded().root
        if not self.round.strip():
            raise UsageError("A round wants a name.")
        if self.round in state.of(Forecasts).rounds:
            raise RuleBroken(f"The round {self.round!r} is open or adopted already.")
        if not is_month(self.through):
            raise UsageError(f"{self.through!r} is not a month.", "Write it as 2020-08.")
        entered = state.of(Governance).entered_periods("outcome")
        if not entered or self.through > entered[-1]:
            raise ForecastError(
                f"There is no outcome in {self.through} yet.",
                f"The latest month with any is {entered[-1]}." if entered else "Import some first.",
            )
        if self.deadline is not None:
            try:
                date.fromisoformat(self.deadline)
            except ValueError as error:
                raise UsageError(
                    f"{self.deadline!r} is not a date.", "Write it as 2020-09-15."
                ) from error
        structure = self.structure or organisation.setting("structure.forecast")
        if structure is None:
            raise UsageError(
                "No report structure is the default for forecasts.",
                "Give --structure NAME, or set structure.forecast.",
            )
        organisation.structure(structure)
        unit = self.unit or root
        if unit not in organisation.units:
            raise UsageError(f"There is no unit {unit!r}.")
        event = RoundOpened(
            round=self.round,
            through=self.through,
            structure=structure,
            unit=unit,
            deadline=self.deadline,
            log_size=state.size,
        )
        return Decision([Draft(event)])


@dataclass(frozen=True)
class Assume:
    """Make assumptions in an open round; rows are mappings of `AssumptionMade`'s fields."""

    rows: tuple[Mapping[str, Any], ...]
    file: str
    kind: str = "assumption"
    digest: str | None = None

    def key(self) -> str | None:
        """None: an assumption that stands already is known by itself."""
        return None

    @staticmethod
    def _known(event: AssumptionMade, round_: Round, look: Lookup) -> bool:
        """True if the round holds the very same assumption, but for a text that was erased."""
        for at, made in round_.assumptions.items():
            held = look.private(at, "text")
            erased = made.text is not None and held is None
            said = event.model_copy(update={"text": None}) if erased else event
            if said == made.model_copy(update={"text": held}):
                return True
        return False

    def decide(self, state: State, look: Lookup) -> Decision:
        """One event a row."""
        decision, organisation = Decision(), state.of(Organisation)
        rounds = state.of(Forecasts).rounds
        for row in self.rows:
            content = {k: v for k, v in row.items() if k != "line" and v not in (None, "")}
            found = remedy = None
            name, code = content.get("round", ""), "bad-assumption"
            if name not in rounds:
                code, found = "unknown-round", f"there is no forecast round {name!r}"
                remedy = "Open it with `ledger forecast round`."
            elif rounds[name].adopted_at is not None:
                code, found = "round-adopted", f"round {name!r} is adopted and locked"
                remedy = "Open a new one."
            elif content.get("unit") not in organisation.units:
                found, remedy = f"unit {content.get('unit')!r} is not registered", "Correct it."
            elif (stands := Standing(rounds[name], organisation).of(content["unit"])) in STILL:
                code = "forecast-submitted"
                found = f"unit {content['unit']!r} is {stands} in round {name!r}"
                remedy = "Let it be returned first: `ledger forecast return`."
            elif content.get("assumption") not in ASSUMPTIONS:
                found = f"kind {content.get('assumption')!r}"
                remedy = f"Write one of {', '.join(ASSUMPTIONS)}."
            elif content.get("report_line") and content["report_line"] not in {
                x.line for x in organisation.structure(rounds[name].opened.structure)
            }:
                found, remedy = f"line {content['report_line']!r} is unknown", "Correct it."
            elif not all(is_month(content[k]) for k in ("first", "last") if k in content):
                found, remedy = "a month that is none", "Write months as 2020-08."
            elif content.get("first", "") > content.get("last", "9999-12"):
                found, remedy = f"from {content['first']} to {content['last']}", "Swap them."
            if found and remedy:
                # What the state of the round forbids is a rule, as for entries.
                kind: ProblemKind = "content" if code == "bad-assumption" else "rule"
                problem = Problem(code, self.file, row.get("line"), found, remedy, kind)
                decision.problems.append(problem)
            else:
                event = AssumptionMade.model_validate(content)
                if self._known(event, rounds[name], look):
                    decision.known += 1
                else:
                    decision.drafts.append(Draft(event, row.get("line")))
        return decision
