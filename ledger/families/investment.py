"""Investments: the frame that was decided, what was made of it and when that was decided, and what
the year will come to.

Investments are sorted by type; a type may be a detail of another, its group (two levels, no more).
Where a group has details, frames, investments and forecasts stand on one of the two levels, so
that nothing is counted twice. Amounts are öre spent, positive as frames are printed: investments
are no part of the result, and have no result sign; what is paid back is negative.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal, get_args

from ledger.commands import Decision, Lookup
from ledger.events import Event, Private
from ledger.families.governance import Closed, closes
from ledger.families.organisation import Organisation
from ledger.money import to_text
from ledger.periods import NotAPeriod, is_month
from ledger.rows import Once, Row, row_by_row, wrong
from ledger.state import Slice, State

closes("investment", ended=True)

#: The frame in force is the sum of all three: what was decided for the year, what was carried over
#: from earlier years' frames, and changes during the year.
Version = Literal["original", "carried_over", "revised"]
VERSIONS: tuple[Version, ...] = get_args(Version)


class TypeNamed(Event):
    """A type of investment, by whose division's or unit's wish; ``parent_type`` is its group."""

    topic: ClassVar[str] = "investment.type_named"
    investment_type: str
    parent_type: str | None = None
    unit: str | None = None


class FrameDecided(Event):
    """A frame of the fiscal year that begins with ``first``; ``revised`` is a change, ±."""

    topic: ClassVar[str] = "investment.frame_decided"
    investment_type: str
    unit: str
    first: str
    amount: int
    version: Version
    decision: str | None = None


class InvestmentMade(Event):
    """What was spent in a month on a type by the decision of a year (``decided``: the fiscal year,
    2019), on an ``item`` of its own where named; a second one of the same says why."""

    topic: ClassVar[str] = "investment.made"
    investment_type: str
    unit: str
    period: str
    decided: str
    item: str | None = None
    amount: int
    text: Private = None
    reason: Private = None


class InvestmentForecast(Event):
    """What a type will come to in the whole fiscal year that begins with ``first``, whatever year
    it was decided in, as seen at the end of ``period``."""

    topic: ClassVar[str] = "investment.forecast"
    investment_type: str
    unit: str
    first: str
    period: str
    amount: int
    reason: Private = None


#: Type, unit, first month of the fiscal year, version, decision (of an original: none).
FrameKey = tuple[str, str, str, str, str | None]
#: Type, unit, month, year of decision, item.
MadeKey = tuple[str, str, str, str, str | None]
#: Type, unit, first month of the fiscal year, month at whose end.
ForecastKey = tuple[str, str, str, str]


@dataclass
class Investments(Slice):
    """All types in the order they were named, and the newest amount of each key: position, öre."""

    types: dict[str, TypeNamed] = field(default_factory=dict)
    frames: dict[FrameKey, tuple[int, int]] = field(default_factory=dict)
    made: dict[MadeKey, tuple[int, int]] = field(default_factory=dict)
    forecasts: dict[ForecastKey, tuple[int, int]] = field(default_factory=dict)

    def apply(self, event: Event, position: int) -> None:
        """Fold one event."""
        match event:
            case TypeNamed():
                self.types[event.investment_type] = event
            case FrameDecided():
                self.frames[frame_key(event)] = (position, event.amount)
            case InvestmentMade():
                self.made[made_key(event)] = (position, event.amount)
            case InvestmentForecast():
                key = (event.investment_type, event.unit, event.first, event.period)
                self.forecasts[key] = (position, event.amount)
            case _:
                pass

    def group(self, name: str) -> str | None:
        """The group that a type is a detail of; None for one that is none."""
        return self.types[name].parent_type if name in self.types else None

    def details(self, name: str) -> list[str]:
        """The details of a group, in the order they were named."""
        return [each for each, named in self.types.items() if named.parent_type == name]


def frame_key(event: FrameDecided) -> FrameKey:
    """What a frame is of: there is one original, whatever decision it names."""
    decision = None if event.version == "original" else event.decision
    return event.investment_type, event.unit, event.first, event.version, decision


def made_key(event: InvestmentMade) -> MadeKey:
    """What an investment's amount is of."""
    return event.investment_type, event.unit, event.period, event.decided, event.item


@dataclass(frozen=True)
class RecordInvestments:
    """Name types, decide frames, record investments and their forecast, as each row says.

    Rows are mappings with ``line`` for the line of the file, ``investment_type``, and of
    ``parent_type``, ``unit``, ``year``, ``frame``, ``version``, ``decision``, ``period``,
    ``outcome``, ``decided``, ``item``, ``forecast``, ``text``, ``reason`` what they have to say;
    amounts in öre. A row that says nothing new is known.
    """

    rows: tuple[Mapping[str, Any], ...]
    file: str
    kind: str = "investment"
    digest: str | None = None

    def key(self) -> str | None:
        """None: a row that stands is known by itself."""
        return None

    def decide(self, state: State, look: Lookup) -> Decision:
        """The events of each row, or the problems of the whole file."""
        return row_by_row(self.rows, self.file, _Deciding(state).events)


class _Deciding:
    """Decides rows in order, each on what those before it leave."""

    def __init__(self, state: State) -> None:
        self.organisation = state.of(Organisation)
        self.closed = Closed(state, "investment")
        self.ahead = copy.deepcopy(state.of(Investments))
        self.once = Once("investment-repeated")

    def events(self, row: Row, line: int | None) -> Iterator[Event]:
        """What the row says anew; raises what is wrong with it."""
        found: list[Event] = []
        for part in (self._type, self._frame, self._made, self._forecast):
            for event in part(row, line):
                self.ahead.apply(event, -1)
                found.append(event)
        yield from found

    def _type(self, row: Row, line: int | None) -> Iterator[Event]:
        """The type, where it is new; what holds of all rows."""
        name, group = row.get("investment_type"), row.get("parent_type")
        if not name:
            raise _bad("the type is empty", "Write what is invested in.")
        if "unit" in row and row["unit"] not in self.organisation.units:
            raise _bad(f"unit {row['unit']!r} is not registered", "Correct the code.")
        amounts = {"frame", "outcome", "forecast"} & row.keys()
        if amounts and "unit" not in row:
            raise _bad(f"{', '.join(sorted(amounts))} without a unit", "Write whose it is.")
        if "period" in row and not is_month(row["period"]):
            raise _bad(f"{row['period']!r} is no month", "Write it as 2020-08.")
        known = self.ahead.types.get(name)
        if known is not None:
            if group is not None and known.parent_type != group:
                found = f"type {name!r} is {_place(known.parent_type)}, not of {group!r}"
                raise _bad(found, "A type stays where it is: give the new one another name.")
            return
        if group is not None:
            if group == name or self.ahead.group(group) is not None:
                found = f"{group!r} is no group that {name!r} can be a detail of"
                raise _bad(found, "There are two levels: a group, and its details.")
            if any(key[0] == group for key in self.ahead.made):
                raise _levels(f"{group!r} has investments of its own, and would get details")
            if group not in self.ahead.types:
                yield TypeNamed(investment_type=group, unit=row.get("unit"))
        yield TypeNamed(investment_type=name, parent_type=group, unit=row.get("unit"))

    def _frame(self, row: Row, line: int | None) -> Iterator[Event]:
        if "frame" not in row:
            return
        name, unit, first = row["investment_type"], row["unit"], self._first(row)
        version, decision = row.get("version", "original"), row.get("decision")
        if version not in VERSIONS:
            raise _bad(f"version {version!r}", f"Write one of {', '.join(VERSIONS)}.")
        if version == "original" and row["frame"] < 0:
            raise _bad(f"a frame of {to_text(row['frame'])}", "Write it without a minus.")
        event = FrameDecided(
            investment_type=name,
            unit=unit,
            first=first,
            amount=row["frame"],
            version=version,
            decision=decision,
        )
        key = frame_key(event)
        what = f"the frame ({version}) of {name!r} in {unit} for {first[:4]}"
        self.once.check(what, line, "frame", *key)
        if row["frame"]:
            self._one_level(name, self._framed(first), "a frame")
        known = self.ahead.frames.get(key)
        if known is None:
            yield event
        elif known[1] != row["frame"]:
            found = f"{what} was decided as {to_text(known[1])}"
            remedy = "Record the change as version revised, with its decision."
            raise wrong("frame-decided", found, remedy, "rule")

    def _made(self, row: Row, line: int | None) -> Iterator[Event]:
        if "outcome" not in row:
            return
        name, unit, period = row["investment_type"], row["unit"], row.get("period")
        if period is None or "decided" not in row:
            found = "an investment without the month, or the year of the decision"
            raise _bad(found, "Fill in period and decided.")
        if row["decided"] > self.organisation.calendar.year_of(period)[0][:4]:
            found = f"made in {period}, decided in {row['decided']}"
            raise _bad(found, "The decision comes first: correct one of them.")
        if self.ahead.details(name):
            raise _levels(f"{name!r} has details, and its investments stand on them")
        event = InvestmentMade(
            investment_type=name,
            unit=unit,
            period=period,
            decided=row["decided"],
            item=row.get("item"),
            amount=row["outcome"],
            text=row.get("text"),
            reason=row.get("reason"),
        )
        key = made_key(event)
        what = " ".join(part for part in (f"{name!r} in {unit},", period, event.item) if part)
        self.once.check(what, line, "made", *key)
        yield from self._anew(event, self.ahead.made.get(key), what)

    def _forecast(self, row: Row, line: int | None) -> Iterator[Event]:
        if "forecast" not in row:
            return
        name, unit, first = row["investment_type"], row["unit"], self._first(row)
        if "period" not in row:
            raise _bad("a forecast without a period", "Write the month at whose end it holds.")
        key = (name, unit, first, row["period"])
        what = f"the forecast of {name!r} in {unit} at the end of {row['period']}"
        self.once.check(what, line, "forecast", *key)
        if row["forecast"]:
            self._one_level(name, self._forecast_of(first), "a forecast")
        event = InvestmentForecast(
            investment_type=name,
            unit=unit,
            first=first,
            period=row["period"],
            amount=row["forecast"],
            reason=row.get("reason"),
        )
        yield from self._anew(event, self.ahead.forecasts.get(key), what)

    def _first(self, row: Row) -> str:
        """First month of the fiscal year that the row is of."""
        calendar, firsts = self.organisation.calendar, set[str]()
        if "period" in row:
            firsts.add(calendar.year_of(row["period"])[0])
        if "year" in row:
            try:
                firsts.add(calendar.parse(row["year"]).first)
            except NotAPeriod as error:
                raise _bad(str(error), "Write the year that it begins in, as 2020.") from error
        if len(firsts) != 1:
            found = f"{row['period']} is not in {row['year']}" if firsts else "no year, no period"
            raise _bad(found, "Write the fiscal year, or a month of it.")
        return firsts.pop()

    def _framed(self, first: str) -> Iterator[str]:
        """The types that have a frame in the fiscal year."""
        sums: dict[str, int] = {}
        for (name, _, year, *_), (_, ore) in self.ahead.frames.items():
            if year == first:
                sums[name] = sums.get(name, 0) + ore
        return (name for name, ore in sums.items() if ore)

    def _forecast_of(self, first: str) -> Iterator[str]:
        """The types whose newest forecast of the fiscal year is of any amount."""
        newest: dict[tuple[str, str], int] = {}
        for (name, unit, year, _), (_, ore) in sorted(self.ahead.forecasts.items()):
            if year == first:
                newest[name, unit] = ore
        return (name for (name, _), ore in newest.items() if ore)

    def _one_level(self, name: str, having: Iterable[str], what: str) -> None:
        """Raise where the type's group, or one of its details, has one in that year too."""
        others = {self.ahead.group(name), *self.ahead.details(name)}
        other = next((each for each in having if each in others), None)
        if other is not None:
            raise _levels(f"{other!r} has {what} for that year, and {name!r} would have one too")

    def _anew(
        self, event: InvestmentMade | InvestmentForecast, known: tuple[int, int] | None, what: str
    ) -> Iterator[Event]:
        """The event, unless it stands; one that stands otherwise is told anew with a reason."""
        if known is not None and known[1] == event.amount:
            return
        if self.closed(event.period, event.unit):
            found = f"{event.period} is closed for investment in {event.unit}"
            raise wrong("period-closed", found, "Reopen it.", "rule")
        if known is not None and event.reason is None:
            found = f"{what} was {to_text(known[1])}"
            raise wrong("reason-missing", found, "Say why in the column reason.")
        yield event


def _place(group: str | None) -> str:
    return "a group" if group is None else f"a detail of {group!r}"


def _bad(found: str, remedy: str) -> Exception:
    return wrong("bad-investment", found, remedy)


def _levels(found: str) -> Exception:
    remedy = "Let it stand on the group or on its details, never on both."
    return wrong("investment-on-two-levels", found, remedy)
