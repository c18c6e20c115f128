"""Scorecard: indicators with their targets, what they were measured at, and what that comes to.

An indicator stands on a unit, in a perspective, under a success factor. It is measured of an
interval (`ledger.measures`), which is its period basis: a tertial alone, the year so far, twelve
months. Whether the target is reached, and whether things go better, is *derived* where value,
target, direction and history say it; where they cannot, somebody *judges*. Where they can, nobody
may judge otherwise.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import ClassVar, Literal, get_args

from ledger.commands import Lookup
from ledger.events import Event, Private
from ledger.families.governance import closes
from ledger.measures import Interval, interval
from ledger.periods import is_month
from ledger.row_commands import Row, RowCommand, Work, refuse
from ledger.state import Slice, State

closes("scorecard", ended=True)

#: max and min: the target bounds the value. decrease and increase: against the base, else the
#: same interval of the year before. milestone and judged: somebody says.
Direction = Literal["max", "min", "decrease", "increase", "milestone", "judged"]
DIRECTIONS: tuple[str, ...] = get_args(Direction)
Fulfilment = Literal["reached", "partly", "not"]
FULFILMENTS: tuple[str, ...] = get_args(Fulfilment)
Trend = Literal["improving", "unchanged", "worsening"]
TRENDS: tuple[str, ...] = get_args(Trend)
_LOWER, _HIGHER = ("max", "decrease"), ("min", "increase")


class IndicatorDefined(Event):
    """An indicator and its target, from the month ``valid_from`` on (always, where absent).

    ``goal`` is the target in words. ``target``, ``partly`` (from where it counts as partly
    reached) and ``base`` (what decrease and increase are against) are decimals as text, in
    ``measured_in``; ``due`` is a milestone's month. A later one of the same ``valid_from`` takes
    the earlier one's place.
    """

    topic: ClassVar[str] = "scorecard.indicator_defined"
    indicator: str
    unit: str
    perspective: str
    success_factor: str
    goal: str | None = None
    target: str | None = None
    partly: str | None = None
    base: str | None = None
    measured_in: str | None = None
    direction: Direction
    due: str | None = None
    valid_from: str | None = None
    reason: Private = None


class IndicatorMeasured(Event):
    """What an indicator was measured at, of an ``interval`` that ends in the month ``period``.

    ``value`` is a decimal as text; ``fulfilment`` and ``trend`` are what somebody judged.
    ``version`` counts from 1: a later one is a restatement of the same interval, whole, and says
    why; its comment is there only where it is another.
    """

    topic: ClassVar[str] = "scorecard.indicator_measured"
    indicator: str
    unit: str
    period: str
    interval: str
    value: str | None = None
    fulfilment: Fulfilment | None = None
    trend: Trend | None = None
    version: int = 1
    comment: Private = None
    reason: Private = None


DEFINED = (
    *("perspective", "success_factor", "goal", "target", "partly", "base"),
    *("measured_in", "direction", "due"),
)
MEASURED = ("value", "fulfilment", "trend")


@dataclass
class Measure:
    """An indicator's measure of one interval as it stands: the newest version, where it stands in
    the log, and where its comment does (-1: nowhere)."""

    event: IndicatorMeasured
    position: int
    comment_at: int = -1

    @property
    def interval(self) -> Interval:
        """The interval that it is of."""
        return interval(self.event.interval)


@dataclass
class Indicator:
    """An indicator: its definitions by the month they hold from, and its measures by interval."""

    definitions: dict[str, IndicatorDefined] = field(default_factory=dict)
    measures: dict[str, Measure] = field(default_factory=dict)

    def definition(self, month: str | None = None) -> IndicatorDefined:
        """The definition in force in a month (the newest, if None); the first where none is yet."""
        begun = [at for at in self.definitions if month is None or at <= month]
        return self.definitions[max(begun) if begun else min(self.definitions)]

    def before(self, of: Interval) -> Measure | None:
        """The measure that a trend is seen from: of several months (the year so far, twelve
        months) the same of the year before; else the latest earlier one of the same kind."""
        if of.kind == "months":
            return self.a_year_before(of)
        earlier = [
            measure
            for measure in self.measures.values()
            if measure.event.value is not None
            and measure.interval.kind == of.kind
            and measure.interval.last < of.first
        ]
        return max(earlier, key=lambda measure: measure.interval.last, default=None)

    def a_year_before(self, of: Interval) -> Measure | None:
        """The measure of the same interval of the year before."""
        ago = of.a_year_before()
        return self.measures.get(ago.text) if ago else None

    def base(self, of: Interval) -> str | None:
        """What decrease and increase are against: as defined, else as it was a year before."""
        ago = self.a_year_before(of)
        return self.definition(of.month).base or (ago.event.value if ago else None)

    def fulfilment(self, of: Interval, value: str | None) -> str | None:
        """Whether a value reaches the target of the interval; None where that is for somebody to
        judge."""
        defined = self.definition(of.month)
        sign = 1 if defined.direction in _HIGHER else -1
        if value is None or defined.direction not in (*_LOWER, *_HIGHER):
            return None
        if defined.direction in ("max", "min"):
            over = _over(value, defined.target, sign)
            partly = _over(value, defined.partly, sign)
            if over is None:
                return None
            near = partly is not None and partly >= 0
            return "reached" if over >= 0 else "partly" if near else "not"
        over = _over(value, self.base(of), sign)
        return None if over is None else "reached" if over > 0 else "not"

    def trend(self, of: Interval, value: str | None) -> str | None:
        """Whether a value is better than the one before it; None for somebody to judge."""
        defined, before = self.definition(of.month), self.before(of)
        if value is None or before is None or defined.direction not in (*_LOWER, *_HIGHER):
            return None
        sign = 1 if defined.direction in _HIGHER else -1
        better = _over(value, before.event.value, sign)
        if better is None:
            return None
        return "unchanged" if better == 0 else "improving" if better > 0 else "worsening"


def _over(value: str, limit: str | None, sign: int) -> Decimal | None:
    """How far on the good side of a limit; ``sign`` is 1 where more is better."""
    return None if limit is None else (Decimal(value) - Decimal(limit)) * sign


@dataclass
class Scorecard(Slice):
    """All indicators by unit and name, in the order in which they were defined."""

    indicators: dict[tuple[str, str], Indicator] = field(default_factory=dict)

    def apply(self, event: Event, position: int) -> None:
        """Fold one event."""
        match event:
            case IndicatorDefined():
                one = self.indicators.setdefault((event.unit, event.indicator), Indicator())
                one.definitions[event.valid_from or ""] = event
            case IndicatorMeasured():
                measures = self.indicators[event.unit, event.indicator].measures
                was = measures.get(event.interval)
                at = position if event.comment is not None else was.comment_at if was else -1
                measures[event.interval] = Measure(event, position, at)
            case _:
                pass


@dataclass(frozen=True)
class RecordScorecard(RowCommand):
    """Define and measure indicators, as each row says.

    An indicator that is new is defined; one on record is defined anew where the row says
    otherwise, with a reason. A row with an ``interval`` measures it; an interval on record is
    restated, with a reason. What a row leaves out stands.
    """

    kind: str = "scorecard"

    def work(self, state: State, look: Lookup) -> Work:
        """What takes the rows."""
        return _Taking(state, look)


class _Taking(Work):
    """Takes the rows of a scorecard on a copy of it."""

    def __init__(self, state: State, look: Lookup) -> None:
        super().__init__(state, look)
        self.known = copy.deepcopy(state.of(Scorecard))

    def take(self, row: Row, line: int | None) -> list[Event]:
        """A definition, a measure, both or neither."""
        unit = self.unit(row)
        if not row.get("indicator"):
            refuse("bad-indicator", "the indicator has no name", "Give it a name of its own.")
        of = self.interval(row["interval"]) if "interval" in row else None
        what = (unit, row["indicator"])
        self.once((*what, of.text if of else None), f"{row['indicator']!r} of {unit}", line)
        found = list(self._defined(row, of))
        for event in found:
            self.known.apply(event, -1)
        measured = self._measured(row, of) if of else None
        if measured:
            self.known.apply(measured, -1)
            found.append(measured)
        return found

    def _defined(self, row: Row, of: Interval | None) -> Iterator[Event]:
        """The definition, where the row has another than stands."""
        name = row["indicator"]
        one = self.known.indicators.get((row["unit"], name))
        self.word(row, "direction", DIRECTIONS)
        for month in ("valid_from", "due"):
            if month in row and not is_month(row[month]):
                refuse("bad-month", f"{month} {row[month]!r}", "Write months as 2020-08.")
        given = {field: row[field] for field in DEFINED if field in row}
        at = row.get("valid_from")
        if one is None:
            lacking = [n for n in ("perspective", "success_factor", "direction") if n not in row]
            if lacking:
                found = f"indicator {name!r} is new, and {', '.join(lacking)} empty"
                refuse("bad-indicator", found, "Fill it in.")
            now, reason = given, row.get("reason")
        else:
            stands = one.definition(at or (of.month if of else None))
            was = {field: getattr(stands, field) for field in DEFINED}
            now = self.merged(given, was, ("target", "partly", "base"))
            if now == was:
                return
            at = at or stands.valid_from
            reason = self.why(row, f"indicator {name!r} is defined otherwise on record")
        _check(now)
        yield IndicatorDefined.model_validate(
            {**now, "indicator": name, "unit": row["unit"], "valid_from": at, "reason": reason}
        )

    def _measured(self, row: Row, of: Interval) -> Event | None:
        """The measure, where the row has another than stands."""
        name = row["indicator"]
        self.word(row, "fulfilment", FULFILMENTS)
        self.word(row, "trend", TRENDS)
        one = self.known.indicators[row["unit"], name]
        stands = one.measures.get(of.text)
        was = {field: getattr(stands.event, field) if stands else None for field in MEASURED}
        now = self.merged(row, was, ("value",))
        words = self.new_words(row, {"comment": stands.comment_at if stands else -1})
        if now == was and not words:
            if stands is None:
                found = f"indicator {name!r} of {of.text} has neither value, judgement nor comment"
                refuse("bad-indicator", found, "Fill one in, or leave the period out.")
            return None
        self.open("scorecard", of.month, row["unit"])
        for what, derived in (
            ("fulfilment", one.fulfilment(of, now["value"])),
            ("trend", one.trend(of, now["value"])),
        ):
            if now[what] is not None and derived not in (None, now[what]):
                found = f"{what} {now[what]!r}, and value, target and history give {derived!r}"
                refuse("judgement-differs", found, "Leave it empty, or correct the value.")
        reason = self.why(row, f"{name!r} of {of.text} is on record otherwise") if stands else None
        return IndicatorMeasured.model_validate(
            {
                **now,
                **words,
                "indicator": name,
                "unit": row["unit"],
                "period": of.month,
                "interval": of.text,
                "version": stands.event.version + 1 if stands else 1,
                "reason": reason,
            }
        )


def _check(defined: Row) -> None:
    """Refuse a definition that does not hold together."""

    def bad(found: str, remedy: str) -> None:
        refuse("bad-indicator", found, remedy)

    direction, target, partly = (defined.get(n) for n in ("direction", "target", "partly"))
    if direction in ("max", "min") and target is None:
        bad(f"{direction} without a target", "Give the target as a number, or judge it.")
    if partly is not None and direction not in ("max", "min"):
        bad(f"partly with {direction}", "Only max and min know a limit of partly reached.")
    over = _over(partly, target, 1 if direction == "min" else -1) if partly else None
    if over is not None and over >= 0:
        bad(f"partly reached at {partly}, and the target is {target}", "Correct one of them.")
    if defined.get("base") is not None and direction not in ("decrease", "increase"):
        bad(f"a base with {direction}", "Only decrease and increase are against a base.")
    if defined.get("due") is not None and direction != "milestone":
        bad(f"due with {direction}", "Only a milestone is due.")
