"""Statistics: figures of any interval, of our own units or of others, beside what they are
compared with.

A change is computed from two values wherever both are known: nobody states one then. A *lag* says
how many months after its interval a figure is complete; one reported earlier is preliminary.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal, NamedTuple, get_args

from ledger.commands import Lookup
from ledger.events import Event, Private
from ledger.families.governance import closes
from ledger.measures import Interval, growth, interval, same
from ledger.periods import NotAPeriod
from ledger.row_commands import Row, RowCommand, Work, refuse
from ledger.state import Slice, State

closes("statistic", ended=True)

#: How exact a figure is, where its source says so.
Qualifier = Literal["about", "over", "under"]
QUALIFIERS: tuple[str, ...] = get_args(Qualifier)
_LONGEST_LAG = 60


class StatisticReported(Event):
    """A figure of ``measure``, of an own ``unit`` or of a ``subject`` outside, of an ``interval``
    that ends in the month ``period``.

    ``value``, ``comparator_value`` and ``change_percent`` are decimals as text, the first two in
    ``measured_in``. ``comparator`` is an interval, a subject or a unit, or words;
    ``change_percent`` is a change that the source states of values it does not give. ``lag`` is in
    months, ``origin`` who says so. ``version`` counts from 1: a later one restates the same
    interval, whole, and says why; its comment is there only where it is another.
    """

    topic: ClassVar[str] = "statistic.reported"
    measure: str
    unit: str | None = None
    subject: str | None = None
    period: str
    interval: str
    category: str | None = None
    measured_in: str | None = None
    value: str | None = None
    comparator: str | None = None
    comparator_value: str | None = None
    change_percent: str | None = None
    qualifier: Qualifier | None = None
    lag: int | None = None
    origin: str | None = None
    version: int = 1
    comment: Private = None
    reason: Private = None


REPORTED = (
    *("category", "measured_in", "value", "comparator", "comparator_value", "change_percent"),
    *("qualifier", "lag", "origin"),
)


class Of(NamedTuple):
    """What a series of figures is of: the measure, and whose; a subject begins with a colon, so
    that no subject is a unit."""

    measure: str
    whose: str


def of(event: StatisticReported) -> Of:
    """The series that a figure is of."""
    return Of(event.measure, event.unit if event.unit is not None else f":{event.subject}")


@dataclass
class Reported:
    """A figure as it stands: the newest version, where it stands in the log, and where its
    comment does (-1: nowhere)."""

    event: StatisticReported
    position: int
    comment_at: int = -1


class Comparison(NamedTuple):
    """What a figure is compared with: what it is called, its value if known, and the interval, if
    it is another."""

    comparator: str | None
    value: str | None


@dataclass
class Statistics(Slice):
    """All figures, by series and interval."""

    series: dict[Of, dict[str, Reported]] = field(default_factory=dict)

    def apply(self, event: Event, position: int) -> None:
        """Fold one event."""
        if isinstance(event, StatisticReported):
            figures = self.series.setdefault(of(event), {})
            was = figures.get(event.interval)
            at = position if event.comment is not None else was.comment_at if was else -1
            figures[event.interval] = Reported(event, position, at)

    def compared(self, event: StatisticReported) -> Comparison:
        """What a figure is compared with: what its comparator names, on record if it is there,
        else as it was stated; without a comparator the same interval of the year before, if that
        is on record."""
        named = event.comparator
        if named is None:
            ago = interval(event.interval).a_year_before()
            held = self._value(of(event), ago.text) if ago else None
            return Comparison(ago.text if ago and held is not None else None, held)
        held = None
        for series, text in self._meant(event, named):
            held = held or self._value(series, text)
        return Comparison(named, held or event.comparator_value)

    def on_record(self, event: StatisticReported) -> str | None:
        """The value that the comparator has on record; None where it is only stated."""
        if event.comparator is None:
            return None
        found = self.compared(event.model_copy(update={"comparator_value": None}))
        return found.value

    def _meant(self, event: StatisticReported, named: str) -> list[tuple[Of, str]]:
        """The figures that a comparator may name."""
        try:
            return [(of(event), interval(named).text)]
        except NotAPeriod:
            whose = (named, f":{named}")
            return [(Of(event.measure, each), event.interval) for each in whose]

    def _value(self, series: Of, text: str) -> str | None:
        figure = self.series.get(series, {}).get(text)
        return figure.event.value if figure else None


def _named(comparator: str) -> str:
    """A comparator, under its one name where it is an interval."""
    try:
        return interval(comparator).text
    except NotAPeriod:
        return comparator


@dataclass(frozen=True)
class RecordStatistics(RowCommand):
    """Report statistics, as each row says; an interval on record is restated, with a reason.
    What a row leaves out stands."""

    kind: str = "statistic"

    def work(self, state: State, look: Lookup) -> Work:
        """What takes the rows."""
        return _Taking(state, look)


class _Taking(Work):
    """Takes the rows on a copy of the statistics."""

    def __init__(self, state: State, look: Lookup) -> None:
        super().__init__(state, look)
        self.known = copy.deepcopy(state.of(Statistics))
        self.counted_in = {
            series.measure: figure.event.measured_in
            for series, figures in self.known.series.items()
            for figure in figures.values()
            if figure.event.measured_in is not None
        }

    def take(self, row: Row, line: int | None) -> list[Event]:
        """One figure, or none where it is on record."""
        who = self._whose(row)
        within = self.interval(str(row.get("interval", "")))
        key = Of(row.get("measure", ""), row["unit"] if "unit" in row else f":{row['subject']}")
        if not key.measure:
            refuse("bad-statistic", "the measure is empty", "Say what is counted.")
        self.once((key, within.text), f"{key.measure!r} of {who}, {within.text},", line)
        self.word(row, "qualifier", QUALIFIERS)
        stands = self.known.series.get(key, {}).get(within.text)
        was = {name: getattr(stands.event, name) if stands else None for name in REPORTED}
        now = self.merged(row, was, ("value", "comparator_value", "change_percent"))
        words = self.new_words(row, {"comment": stands.comment_at if stands else -1})
        event = self._event(now, row, within, stands, words)
        now = {name: getattr(event, name) for name in REPORTED}
        if stands and now == was and not words:
            return []
        root = self.organisation.require_founded().root
        self.open("statistic", within.month, row.get("unit", root))
        if stands:
            found = f"{key.measure!r} of {who}, {within.text}, is on record otherwise"
            event = event.model_copy(update={"reason": self.why(row, found)})
        self.known.apply(event, -1)
        if event.measured_in is not None:
            self.counted_in[key.measure] = event.measured_in
        return [event]

    def _whose(self, row: Row) -> str:
        """The unit or the subject: one of the two."""
        if ("unit" in row) == ("subject" in row):
            both = "both unit and subject" if "unit" in row else "neither unit nor subject"
            refuse("bad-statistic", both, "Name an own unit, or a subject outside.")
        return self.unit(row) if "unit" in row else str(row["subject"])

    def _event(
        self,
        now: dict[str, Any],
        row: Row,
        within: Interval,
        stands: Reported | None,
        words: dict[str, str],
    ) -> StatisticReported:
        """The figure, its change left out where it can be computed."""

        def bad(found: str, remedy: str) -> None:
            refuse("bad-statistic", found, remedy)

        if now["value"] is None and now["change_percent"] is None:
            bad("neither a value nor a change", "Fill one of them in.")
        if now["value"] is not None and not now["measured_in"]:
            bad("a value without measured_in", "Say what it is counted in, as st or percent.")
        counted_in = self.counted_in.get(row["measure"], now["measured_in"])
        if now["measured_in"] not in (None, counted_in):
            found = f"{row['measure']!r} in {now['measured_in']}, and on record in {counted_in}"
            bad(found, "Keep what a measure is counted in, or give it another name.")
        if now["comparator"] is not None:
            now["comparator"] = _named(now["comparator"])
        if now["comparator"] == within.text:
            bad(f"{within.text} is compared with itself", "Name another interval.")
        if now["comparator_value"] is not None and not now["comparator"]:
            bad("comparator_value without comparator", "Say what it is compared with.")
        if not 0 <= (now["lag"] or 0) <= _LONGEST_LAG:
            bad(f"a lag of {now['lag']}", f"Write whole months from 0 to {_LONGEST_LAG}.")
        event = StatisticReported.model_validate(
            {
                **now,
                **words,
                "measure": row["measure"],
                "unit": row.get("unit"),
                "subject": row.get("subject"),
                "period": within.month,
                "interval": within.text,
                "version": stands.event.version + 1 if stands else 1,
            }
        )
        return self._settled(event, row)

    def _settled(self, event: StatisticReported, row: Row) -> StatisticReported:
        """The event without what is known otherwise: the comparator's value, where that has a
        figure of its own on record, and the change, where both values are known. Refused where
        the row says otherwise."""
        held, stated = self.known.on_record(event), event.comparator_value
        if held is not None and stated is not None:
            if not same(held, stated):
                found = f"comparator_value {stated}, and {event.comparator} is on record as {held}"
                refuse("comparator-differs", found, f"Restate {event.comparator}, or leave it out.")
            event = event.model_copy(update={"comparator_value": None})
        against = self.known.compared(event).value
        if event.value is None or against is None or event.change_percent is None:
            return event
        change = event.change_percent
        decimals = len(change.partition(".")[2])
        computed = growth(event.value, against, decimals)
        if "change_percent" in row and change.removeprefix("+") != computed:
            stated = f"a change of {change} % is stated"
            found = f"{stated}, and {against} to {event.value} is {computed} %"
            if computed is None:
                found = f"{stated}, and {against} to {event.value} is a change from 0"
            refuse("change-differs", found, "Leave the change empty: it is computed.")
        return event.model_copy(update={"change_percent": None})
