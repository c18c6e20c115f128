"""Forecast: rounds in which people enter where the year ends, and what they assume.

A round is opened for months through one month, entered by unit and line, adopted and locked.
It keeps the position of the log at which it was opened: the outcome so far is what was known
then, so an adopted year-end does not move when the log grows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, ClassVar, Literal

from ledger.commands import Decision, Lookup, Role
from ledger.errors import ForecastError, Problem, RuleBroken, UsageError
from ledger.events import Draft, Event, Private
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


class ForecastEntered(Event):
    """An amount entered for a unit and a line: öre, result sign, for ``period``, or without it
    for all months of the fiscal year after the round's.

    With method ``model`` it says which model gave it and from what: the log's size and root
    hash, seed, versions of the libraries, and the model's 80 % interval for the same months.
    """

    topic: ClassVar[str] = "forecast.entered"
    round: str
    unit: str
    report_line: str
    period: str | None = None
    amount: int
    method: Method
    comment: Private = None
    model: str | None = None
    inputs_size: int | None = None
    inputs_root: str | None = None
    seed: int | None = None
    libraries: str | None = None
    p10: int | None = None
    p90: int | None = None


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


@dataclass
class Round:
    """A round as it stands: its entries by (unit, line, period or None)."""

    opened: RoundOpened
    opened_at: int
    adopted_at: int | None = None
    entries: dict[tuple[str, str, str | None], ForecastEntered] = field(default_factory=dict)
    entry_positions: dict[tuple[str, str, str | None], int] = field(default_factory=dict)
    assumptions: dict[int, AssumptionMade] = field(default_factory=dict)


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
            case ForecastAdopted():
                self.rounds[event.round].adopted_at = position
            case _:
                pass

    def round(self, name: str) -> Round:
        """A round by name; `ForecastError` if there is none."""
        if name not in self.rounds:
            known = ", ".join(self.rounds) or "none"
            raise ForecastError(f"There is no forecast round {name!r}.", f"Known: {known}.")
        return self.rounds[name]

    def latest_adopted(self, first: str, last: str) -> Round | None:
        """The round adopted last among those through a month from first to last."""
        adopted = [
            r
            for r in self.rounds.values()
            if r.adopted_at is not None and first <= r.opened.through <= last
        ]
        return max(adopted, key=lambda r: r.adopted_at or 0, default=None)


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
class EnterForecast:
    """Enter amounts into an open round.

    Each row is a mapping of `ForecastEntered`'s fields with ``line`` for the line of the file;
    an amount that is entered already is known, another one replaces it (the first stays in the
    log).
    """

    rows: tuple[Mapping[str, Any], ...]
    file: str
    kind: str = "forecast"
    digest: str | None = None

    def key(self) -> str | None:
        """None: what was entered may be entered again after another entry."""
        return None

    def decide(self, state: State, look: Lookup) -> Decision:
        """One event a row, or the problems of the whole file."""
        decision, organisation = Decision(), state.of(Organisation)
        seen: dict[tuple[str, str, str, str | None], int | None] = {}
        for row in self.rows:
            content = {k: v for k, v in row.items() if k != "line" and v not in (None, "")}
            problem = self._problem(content, row.get("line"), state, organisation, seen)
            place = (
                content.get("round", ""),
                content.get("unit", ""),
                content.get("report_line", ""),
                content.get("period"),
            )
            if problem is None and place in seen:
                problem = Problem(
                    "entry-repeated",
                    self.file,
                    row.get("line"),
                    f"unit {place[1]} and line {place[2]!r} stand in line {seen[place]} already",
                    "Keep one of the two rows.",
                )
            seen[place] = row.get("line")
            if problem:
                decision.problems.append(problem)
                continue
            event = ForecastEntered.model_validate({"method": "manual", **content})
            before = state.of(Forecasts).rounds[event.round].entries.get(place[1:])
            if before is not None and (before.amount, before.method) == (
                event.amount,
                event.method,
            ):
                at = state.of(Forecasts).rounds[event.round].entry_positions[place[1:]]
                held = look.private(at, "comment")
                erased = before.comment is not None and held is None
                if erased or event.comment in (None, held):
                    decision.known += 1
                    continue
            decision.drafts.append(Draft(event, row.get("line")))
        return decision

    def _problem(
        self,
        content: Mapping[str, Any],
        line: int | None,
        state: State,
        organisation: Organisation,
        seen: Mapping[tuple[str, str, str, str | None], int | None],
    ) -> Problem | None:
        def wrong(code: str, found: str, remedy: str, rule: bool = False) -> Problem:
            return Problem(code, self.file, line, found, remedy, "rule" if rule else "content")

        rounds, name = state.of(Forecasts).rounds, content.get("round", "")
        if name not in rounds:
            return wrong(
                "unknown-round",
                f"there is no forecast round {name!r}",
                "Open it with `ledger forecast round`.",
                rule=True,
            )
        round_ = rounds[name]
        if round_.adopted_at is not None:
            return wrong(
                "round-adopted", f"round {name!r} is adopted and locked", "Open a new one.", True
            )
        unit, known_lines = content.get("unit", ""), organisation.structure(round_.opened.structure)
        ranged = {x.line for x in known_lines if x.account_from}
        if round_.opened.unit not in organisation.ancestors(unit) or unit not in organisation.units:
            return wrong(
                "unknown-unit", f"unit {unit!r} is not in the round's part", "Correct the code."
            )
        if content.get("report_line") not in ranged:
            return wrong(
                "unknown-line",
                f"line {content.get('report_line')!r} is not in {round_.opened.structure!r}",
                f"Write one of: {', '.join(sorted(ranged))}.",
            )
        if "amount" not in content:
            return wrong("empty-field", "amount is empty", "Fill it in.")
        period = content.get("period")
        through = round_.opened.through
        end = organisation.calendar.year_of(through)[1]
        if period is not None and not through < period <= end:
            return wrong(
                "period-outside-round",
                f"{period} is not after {through} in its fiscal year",
                "A forecast is for the months after the round's.",
            )
        if content.get("method", "manual") not in METHODS:
            return wrong(
                "unknown-method",
                f"method {content['method']!r}",
                f"Write one of {', '.join(METHODS)}.",
            )
        if content.get("method") == "model" and not content.get("inputs_root"):
            return wrong(
                "model-without-inputs",
                f"unit {unit} line {content.get('report_line')!r} says model, and not from what",
                "Let `ledger forecast enter --method model` enter it, or say manual.",
            )
        if content.get("method", "manual") == "manual" and not content.get("comment"):
            return wrong(
                "comment-missing",
                f"unit {unit} line {content.get('report_line')!r} is entered by hand, "
                f"without a comment",
                "Say in a few words what it stands on.",
            )
        mixed = [
            k
            for k in (*round_.entries, *(place[1:] for place in seen if place[0] == name))
            if k[:2] == (unit, content.get("report_line")) and (k[2] is None) != (period is None)
        ]
        if mixed:
            return wrong(
                "entry-mixed",
                f"unit {unit} line {content.get('report_line')!r} is entered "
                f"{'by month' if period is None else 'for the rest of the year'} already",
                "Enter it one way in a round.",
                rule=True,
            )
        return None


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
            name = content.get("round", "")
            if name not in rounds or rounds[name].adopted_at is not None:
                found, remedy = f"round {name!r} is not open", "Open it first."
            elif content.get("unit") not in organisation.units:
                found, remedy = f"unit {content.get('unit')!r} is not registered", "Correct it."
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
                problem = Problem("bad-assumption", self.file, row.get("line"), found, remedy)
                decision.problems.append(problem)
            else:
                event = AssumptionMade.model_validate(content)
                if self._known(event, rounds[name], look):
                    decision.known += 1
                else:
                    decision.drafts.append(Draft(event, row.get("line")))
        return decision


@dataclass(frozen=True)
class AdoptRound:
    """Adopt a round and lock it."""

    round: str
    comment: str | None = None
    kind: str = "forecast adopt"
    needs: ClassVar[tuple[Role, ...]] = ("approver",)

    def key(self) -> str | None:
        """None: adopting twice is refused by rule."""
        return None

    def decide(self, state: State, look: Lookup) -> Decision:
        """One event; a round without entries cannot be adopted."""
        round_ = state.of(Forecasts).round(self.round)
        if round_.adopted_at is not None:
            raise RuleBroken(f"The round {self.round!r} is adopted already.")
        if not round_.entries:
            raise ForecastError(
                f"Nothing is entered in round {self.round!r}.", "Enter it with `forecast enter`."
            )
        return Decision([Draft(ForecastAdopted(round=self.round, comment=self.comment))])
