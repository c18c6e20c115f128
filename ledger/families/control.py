"""Internal control: the plan that a board adopts, what is controlled, how it went, and what came of
it; and the materiality by which errors are weighed.

A control activity is planned for a fiscal year, performed (a conclusion a month), and may lead to
measures, which are followed up until they are done, also in later years. Samples stand in
`ledger.families.control_sample`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Literal, get_args

from ledger.errors import UsageError
from ledger.events import Event, Private
from ledger.families.governance import closes
from ledger.periods import months_between
from ledger.state import Slice

closes("control", ended=True)

Method = Literal["sample", "all_items", "analysis", "observation", "self_assessment"]
METHODS: tuple[str, ...] = get_args(Method)
Frequency = Literal["continuous", "month", "quarter", "tertial", "half_year", "year"]
FREQUENCIES: tuple[str, ...] = get_args(Frequency)
Conclusion = Literal["adequate", "deficient", "not_performed", "not_assessable"]
CONCLUSIONS: tuple[str, ...] = get_args(Conclusion)
Progress = Literal["open", "in_progress", "done", "dropped"]
PROGRESS: tuple[str, ...] = get_args(Progress)
STATES = ("planned", "withdrawn")

#: The setting that says how many days after a month, tertial … its controls are to be concluded.
DAYS = "control.days"
_DAYS, _MOST_DAYS = "31", 366

#: Months from one performance to the next.
_EVERY = {"month": 1, "quarter": 3, "tertial": 4, "half_year": 6, "year": 12}


class ControlPlanAdopted(Event):
    """A board adopts the control plan of a unit and all below it for a fiscal year, by a decision
    on the day ``adopted_on``; again with a reason, where it adopts another."""

    topic: ClassVar[str] = "control.plan_adopted"
    unit: str
    year: str
    board: str
    decision: str
    adopted_on: str
    reason: Private = None


class ControlPlanned(Event):
    """A control activity of a fiscal year: what is controlled (``text``), against which risk, how,
    in what, by whom, how often, and who is told.

    ``risk`` names one of the register, ``risk_text`` says it in words; ``probability`` and
    ``consequence`` are classes of the matrix, counted from 1. Of a sample, ``population`` is what
    is drawn from, ``tolerable`` the rate of deviations that can be borne and ``confidence`` how
    sure the answer is to be (decimals between 0 and 1, as text). Planned again under the same name
    it stands as the newer says, whole but for texts that are absent because they stand; then with
    a reason, as what is added once the plan is adopted.
    """

    topic: ClassVar[str] = "control.activity_planned"
    control: str
    unit: str
    year: str
    control_method: Method
    frequency: Frequency
    risk: str | None = None
    probability: int | None = None
    consequence: int | None = None
    population: str | None = None
    tolerable: str | None = None
    confidence: str | None = None
    due: str | None = None
    text: Private = None
    risk_text: Private = None
    responsible: Private = None
    recipient: Private = None
    reason: Private = None


class ControlWithdrawn(Event):
    """The activity is no part of the plan any more, and why."""

    topic: ClassVar[str] = "control.activity_withdrawn"
    control: str
    unit: str
    year: str
    reason: Private = None


class ControlPerformed(Event):
    """What a control came to, through the month ``period``: the conclusion, the result in words,
    and, where it was not performed or cannot be assessed, ``because`` of what.

    ``sample`` names the sample that it stands on. A conclusion of the same month is concluded anew
    as a new ``version``, with a reason; texts that are absent stand.
    """

    topic: ClassVar[str] = "control.performed"
    control: str
    unit: str
    year: str
    period: str
    conclusion: Conclusion
    performed_on: str | None = None
    sample: str | None = None
    version: int = 1
    result: Private = None
    because: Private = None
    reason: Private = None


class ControlMeasureDecided(Event):
    """What is done about a control's result: by whom, by when. Again under the same name, with a
    reason, it stands as the newer says."""

    topic: ClassVar[str] = "control.measure_decided"
    measure: str
    control: str
    unit: str
    year: str
    due: str | None = None
    text: Private = None
    responsible: Private = None
    reason: Private = None


class ControlMeasureReported(Event):
    """How a measure goes, as told on the day ``reported_on``, of the control's year or later."""

    topic: ClassVar[str] = "control.measure_reported"
    measure: str
    control: str
    unit: str
    year: str
    measure_progress: Progress
    reported_on: str | None = None
    text: Private = None


class MaterialitySet(Event):
    """What is material in a unit and all below it, in a fiscal year: öre, without sign.

    ``overall`` is what would change a reader's mind, ``performance`` what samples are planned by,
    and errors below ``trivial`` are counted, not listed. ``basis`` says what they are reckoned
    from. Set anew with a reason.
    """

    topic: ClassVar[str] = "control.materiality_set"
    unit: str
    year: str
    overall: int
    performance: int
    trivial: int
    basis: str | None = None
    decision: str | None = None
    reason: Private = None


ACTIVITY_WORDS = ("text", "risk_text", "responsible", "recipient")
RESULT_WORDS = ("result", "because")
MEASURE_WORDS = ("text", "responsible")


@dataclass
class Performance:
    """A conclusion as it stands, its position, and where its texts are (-1: nowhere)."""

    event: ControlPerformed
    position: int
    words_at: dict[str, int]


@dataclass
class MeasureStanding:
    """A measure as decided, and as last reported (the event and its position)."""

    decided: ControlMeasureDecided
    position: int
    words_at: dict[str, int]
    reported: ControlMeasureReported | None = None
    reported_at: int = -1


@dataclass
class Activity:
    """A control activity as it stands: the newest plan of it, how often it was changed, what it
    came to by month, and its measures by name."""

    planned: ControlPlanned
    position: int
    words_at: dict[str, int]
    changes: int = 0
    performed: dict[str, Performance] = field(default_factory=dict)
    measures: dict[str, MeasureStanding] = field(default_factory=dict)
    withdrawn_at: int | None = None

    def occasions(self, first: str, last: str) -> list[tuple[str, str]]:
        """The first and last month of each stretch of the fiscal year (``first`` to ``last``)
        that wants a conclusion; none of a control that goes on all the time."""
        step = _EVERY.get(self.planned.frequency)
        if step is None:
            return []
        months = months_between(first, last)
        parts = [months[at : at + step] for at in range(0, len(months), step)]
        return [(part[0], part[-1]) for part in parts]

    def latest(self, last: str) -> Performance | None:
        """The latest conclusion through a month."""
        known = [period for period in self.performed if period <= last]
        return self.performed[max(known)] if known else None


@dataclass
class Controls(Slice):
    """Plans by year and unit, activities by year and name in the order in which they were planned,
    and materiality by year and unit, each with its position."""

    plans: dict[tuple[str, str], tuple[ControlPlanAdopted, int]] = field(default_factory=dict)
    activities: dict[tuple[str, str], Activity] = field(default_factory=dict)
    materiality: dict[tuple[str, str], tuple[MaterialitySet, int]] = field(default_factory=dict)

    def apply(self, event: Event, position: int) -> None:
        """Fold one event."""
        match event:
            case ControlPlanAdopted():
                self.plans[event.year, event.unit] = (event, position)
            case ControlPlanned():
                self._planned(event, position)
            case ControlWithdrawn():
                self.activities[event.year, event.control].withdrawn_at = position
            case ControlPerformed():
                performed = self.activities[event.year, event.control].performed
                was = performed.get(event.period)
                # What was said of another conclusion does not tell of this one.
                same = was is not None and was.event.conclusion == event.conclusion
                at = _words(event, position, RESULT_WORDS, was.words_at if was and same else None)
                performed[event.period] = Performance(event, position, at)
            case ControlMeasureDecided():
                measures = self.activities[event.year, event.control].measures
                known = measures.get(event.measure)
                at = _words(event, position, MEASURE_WORDS, known.words_at if known else None)
                measures[event.measure] = MeasureStanding(
                    event,
                    position,
                    at,
                    known.reported if known else None,
                    known.reported_at if known else -1,
                )
            case ControlMeasureReported():
                told = self.activities[event.year, event.control].measures[event.measure]
                told.reported, told.reported_at = event, position
            case MaterialitySet():
                self.materiality[event.year, event.unit] = (event, position)
            case _:
                pass

    def _planned(self, event: ControlPlanned, position: int) -> None:
        key = (event.year, event.control)
        known = self.activities.get(key)
        at = _words(event, position, ACTIVITY_WORDS, known.words_at if known else None)
        if known is None:
            self.activities[key] = Activity(event, position, at)
        else:
            known.planned, known.position, known.words_at = event, position, at
            known.changes += 1

    def adopted(self, year: str, path: list[str]) -> ControlPlanAdopted | None:
        """The plan that holds for the unit whose path to the root is given: the nearest one."""
        return next((self.plans[year, u][0] for u in path if (year, u) in self.plans), None)

    def material(self, year: str, path: list[str]) -> MaterialitySet | None:
        """The materiality that holds for the unit whose path to the root is given."""
        found = (self.materiality[year, u][0] for u in path if (year, u) in self.materiality)
        return next(found, None)


def _words(
    event: Event, position: int, names: tuple[str, ...], was: dict[str, int] | None
) -> dict[str, int]:
    """Where each text stands once the event is taken; -1 for nowhere."""
    said = {name: position for name in names if getattr(event, name) is not None}
    return dict.fromkeys(names, -1) | (was or {}) | said


def days_after(settings: Mapping[str, str]) -> int:
    """How many days after its stretch of the year a control is to be concluded; `UsageError` for
    a setting that is no number of days."""
    said = settings.get(DAYS) or _DAYS
    if not (said.isdecimal() and int(said) <= _MOST_DAYS):
        raise UsageError(f"{DAYS} cannot be {said!r}.", f"Write days, 0 to {_MOST_DAYS}.")
    return int(said)
