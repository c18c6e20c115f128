"""Action plan: savings measures, what each is to give in a fiscal year, gives, and will give.

A measure is planned for a fiscal year with its savings assignment, which is phased over the
year's months when it is planned, to the öre. Its effect is reported as it stands: from the
year's first month to the end of the month reported; so the newest report says it all, and one
that was wrong is put right by the next, or restated with a reason. The effect forecast is of the
whole year. All amounts are öre in result sign: a saving betters the result, and is positive.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from ledger.commands import Decision, Lookup
from ledger.events import Event, Private
from ledger.families.budget import shares
from ledger.families.governance import Closed, closes
from ledger.families.organisation import Organisation
from ledger.money import spread, to_text
from ledger.periods import NotAPeriod, is_month, months_between, shift
from ledger.rows import Once, Row, row_by_row, wrong
from ledger.state import Slice, State

closes("action", ended=True)


class Assignment(Event):
    """What a measure is to give in the fiscal year that begins with ``first``.

    ``amount`` is the year's, öre, 0 or more; ``months`` its parts by month from ``first`` on, öre
    joined by commas, as ``phasing`` (even, from:MONTH, key:NAME) gave them then.
    """

    action: str
    unit: str
    first: str
    amount: int
    phasing: str
    months: str
    decision: str | None = None
    text: Private = None
    responsible: Private = None


class MeasurePlanned(Assignment):
    """A measure is planned for a fiscal year: on a unit, in an action area."""

    topic: ClassVar[str] = "action.measure_planned"
    action_area: str


class MeasureRevised(Assignment):
    """The assignment of a planned measure anew, and why; words only where they changed."""

    topic: ClassVar[str] = "action.measure_revised"
    reason: Private = None


class Reported(Event):
    """An amount in öre that is told of a measure at the end of the month ``period``, of the fiscal
    year that begins with ``first``; one that was told otherwise for that month says why."""

    action: str
    unit: str
    first: str
    period: str
    amount: int
    reason: Private = None


class EffectReported(Reported):
    """What the measure has given from the fiscal year's first month through ``period``."""

    topic: ClassVar[str] = "action.effect_reported"


class EffectForecast(Reported):
    """What the measure will give in the whole fiscal year, as seen at the end of ``period``."""

    topic: ClassVar[str] = "action.effect_forecast"


_WORDS = ("text", "responsible")


@dataclass
class Plan:
    """A measure in a fiscal year: how it was planned, what holds now (and where in the log), where
    its words are; effects and forecasts by month, the newest of each: position and öre."""

    planned: MeasurePlanned
    planned_at: int
    now: Assignment
    now_at: int
    words_at: dict[str, int]
    effects: dict[str, tuple[int, int]] = field(default_factory=dict)
    forecasts: dict[str, tuple[int, int]] = field(default_factory=dict)

    @property
    def phased(self) -> dict[str, int]:
        """The assignment by month, öre."""
        parts = [int(part) for part in self.now.months.split(",")]
        return {shift(self.planned.first, place): part for place, part in enumerate(parts)}

    def effect(self, last: str) -> tuple[str, int, int] | None:
        """The newest effect reported for ``last`` or earlier: month, position, öre."""
        return _newest(self.effects, last)

    def forecast(self, last: str) -> tuple[str, int, int] | None:
        """The newest forecast made at the end of ``last`` or earlier: month, position, öre."""
        return _newest(self.forecasts, last)


def _newest(told: Mapping[str, tuple[int, int]], last: str) -> tuple[str, int, int] | None:
    month = max((month for month in told if month <= last), default=None)
    return None if month is None else (month, *told[month])


@dataclass
class Actions(Slice):
    """All plans by measure and first month of the fiscal year, in the order of planning."""

    plans: dict[tuple[str, str], Plan] = field(default_factory=dict)

    def apply(self, event: Event, position: int) -> None:
        """Fold one event."""
        match event:
            case MeasurePlanned():
                words = {name: position for name in _WORDS if getattr(event, name) is not None}
                plan = Plan(event, position, event, position, words)
                self.plans[event.action, event.first] = plan
            case MeasureRevised():
                plan = self.plans[event.action, event.first]
                plan.now, plan.now_at = event, position
                for name in _WORDS:
                    if getattr(event, name) is not None:
                        plan.words_at[name] = position
            case EffectReported():
                told = self.plans[event.action, event.first].effects
                told[event.period] = (position, event.amount)
            case EffectForecast():
                told = self.plans[event.action, event.first].forecasts
                told[event.period] = (position, event.amount)
            case _:
                pass


@dataclass(frozen=True)
class RecordActions:
    """Plan and revise measures, report and forecast their effect, as each row says.

    Rows are mappings with ``line`` for the line of the file, ``action``, ``year`` (2020) or
    ``period``, and of ``unit``, ``action_area``, ``assignment``, ``phasing``, ``decision``,
    ``text``, ``responsible``, ``effect``, ``forecast``, ``reason`` what they have to say; amounts
    in öre. What a row leaves out stands; a row that says nothing new is known.
    """

    rows: tuple[Mapping[str, Any], ...]
    file: str
    kind: str = "action"
    digest: str | None = None

    def key(self) -> str | None:
        """None: a row that stands is known by itself."""
        return None

    def decide(self, state: State, look: Lookup) -> Decision:
        """The events of each row, or the problems of the whole file."""
        return row_by_row(self.rows, self.file, _Deciding(state, look).events)


class _Deciding:
    """Decides rows in order, each on what those before it leave."""

    def __init__(self, state: State, look: Lookup) -> None:
        self.organisation, self.look = state.of(Organisation), look
        self.closed = Closed(state, "action")
        self.ahead = copy.deepcopy(state.of(Actions))
        self.once = Once("action-repeated")

    def events(self, row: Row, line: int | None) -> Iterator[Event]:
        """What the row says anew; raises what is wrong with it."""
        first, last = self._year(row)
        found = list(self._plan(row, line, first, last))
        for event in found:
            self.ahead.apply(event, -1)
        plan = self.ahead.plans[row["action"], first]
        for name, kind, told in (
            ("effect", EffectReported, plan.effects),
            ("forecast", EffectForecast, plan.forecasts),
        ):
            if name in row:
                found += self._told(row, line, plan, name, kind, told)
        for event in found:
            if isinstance(event, Reported):
                self.ahead.apply(event, -1)
        yield from found

    def _year(self, row: Row) -> tuple[str, str]:
        """First and last month of the fiscal year that the row is of."""
        if not row.get("action"):
            raise _bad("the measure has no name", "Give each measure a short name of its own.")
        if "unit" in row and row["unit"] not in self.organisation.units:
            raise _bad(f"unit {row['unit']!r} is not registered", "Correct the code.")
        if "period" in row and not is_month(row["period"]):
            raise _bad(f"{row['period']!r} is no month", "Write it as 2020-08.")
        if ("effect" in row or "forecast" in row) and "period" not in row:
            found = "an effect or forecast without a period"
            raise _bad(found, "Write the month at whose end it holds, as 2020-08.")
        calendar, years = self.organisation.calendar, set[tuple[str, str]]()
        if "period" in row:
            years.add(calendar.year_of(row["period"]))
        if "year" in row:
            try:
                year = calendar.parse(row["year"])
            except NotAPeriod as error:
                raise _bad(str(error), "Write the year that it begins in, as 2020.") from error
            years.add((year.first, year.last))
        if len(years) != 1:
            found = f"{row['period']} is not in {row['year']}" if years else "no year and no period"
            raise _bad(found, "Write the fiscal year, or a month of it.")
        return years.pop()

    def _plan(self, row: Row, line: int | None, first: str, last: str) -> Iterator[Event]:
        """The measure planned, or its plan revised; nothing where it stands."""
        name, plan = row["action"], self.ahead.plans.get((row["action"], first))
        if plan is None and "assignment" not in row:
            found = f"measure {name!r} is not planned for the fiscal year from {first}"
            raise wrong("action-unplanned", found, "Plan it: unit, action_area, assignment.")
        if row.get("assignment", 0) < 0:
            found = f"an assignment of {to_text(row['assignment'])}"
            raise _bad(found, "A saving betters the result: write it without a minus.")
        if {"assignment", "phasing", "decision", *_WORDS} & row.keys():
            self.once.check(f"the plan of {name!r}", line, "plan", name, first)
        same = {"action": name, "first": first}
        if plan is None:
            missing = [each for each in ("unit", "action_area") if each not in row]
            if missing:
                found = f"measure {name!r} is new, and {', '.join(missing)} empty"
                raise _bad(found, "Fill it in.")
            phasing = row.get("phasing", "even")
            yield MeasurePlanned(
                **same,
                unit=row["unit"],
                action_area=row["action_area"],
                amount=row["assignment"],
                phasing=phasing,
                months=self._months(row["assignment"], phasing, first, last),
                decision=row.get("decision"),
                text=row.get("text"),
                responsible=row.get("responsible"),
            )
            return
        for fixed in ("unit", "action_area"):
            if fixed in row and row[fixed] != getattr(plan.planned, fixed):
                found = f"{fixed} of measure {name!r} is {getattr(plan.planned, fixed)!r}"
                raise _bad(found, "A measure stays where it is: plan another one.")
        now = (plan.now.amount, plan.now.phasing, plan.now.decision)
        amount = row.get("assignment", plan.now.amount)
        phasing = row.get("phasing", plan.now.phasing)
        then = (amount, phasing, row.get("decision", plan.now.decision))
        words = {n: row[n] for n in _WORDS if n in row and self._changed(n, row, plan)}
        if then == now and not words:
            return
        months = plan.now.months
        if then[:2] != now[:2]:
            months = self._months(amount, phasing, first, last)
        yield MeasureRevised(
            **same,
            unit=plan.planned.unit,
            amount=amount,
            phasing=phasing,
            months=months,
            decision=then[2],
            **words,
            reason=_why(row, f"the plan of measure {name!r} is changed"),
        )

    def _months(self, amount: int, phasing: str, first: str, last: str) -> str:
        months = months_between(first, last)
        if phasing.startswith("from:"):
            begins = phasing[5:].strip()
            weights: list[int] | None = [int(begins <= month) for month in months]
            if begins not in months:
                weights = None
        else:
            weights = shares(phasing, len(months), self.organisation)
        if weights is None or not any(weights):
            found = f"phasing {phasing!r} gives no shares for {len(months)} months"
            remedy = "Write even, from:MONTH (a month of the year) or key:NAME (a setting)."
            raise wrong("no-phasing", found, remedy)
        return ",".join(map(str, spread(amount, weights)))

    def _changed(self, name: str, row: Row, plan: Plan) -> bool:
        """True if the words are other than those that stand; what was erased is not told again."""
        at = plan.words_at.get(name)
        if at is None:
            return True
        held = self.look.private(at, name)
        return held is not None and held != row[name]

    def _told(
        self,
        row: Row,
        line: int | None,
        plan: Plan,
        name: str,
        kind: type[Reported],
        told: Mapping[str, tuple[int, int]],
    ) -> Iterator[Event]:
        """The effect or forecast of the row, unless it stands."""
        action, period, unit = row["action"], row["period"], plan.planned.unit
        what = f"the {name} of measure {action!r} at the end of {period}"
        self.once.check(what, line, name, action, period)
        known = told.get(period)
        if known is not None and known[1] == row[name]:
            return
        if self.closed(period, unit):
            raise wrong(
                "period-closed", f"{period} is closed for action in {unit}", "Reopen it.", "rule"
            )
        reason = row.get("reason")
        if known is not None:
            reason = _why(row, f"{what} was {to_text(known[1])}")
        yield kind(
            action=action,
            unit=unit,
            first=plan.planned.first,
            period=period,
            amount=row[name],
            reason=reason,
        )


def _bad(found: str, remedy: str) -> Exception:
    return wrong("bad-action", found, remedy)


def _why(row: Row, found: str) -> str:
    """The reason that a change wants."""
    if not row.get("reason"):
        raise wrong("reason-missing", found, "Say why in the column reason.")
    return str(row["reason"])
