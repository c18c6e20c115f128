"""Staffing: hours and people of a month in a unit, reported, and restated for their own month.

What is worked, ordinary and sick time, extra time by its kinds, vacation; how many are employed
and hired. A measure of a unit and month is parted one way (by sex, age group, personnel group, or
not at all), so that nothing is counted twice. A month that changes is restated, with a reason:
the report stays, and the sum of both events is what is known now.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

import polars as pl

from ledger.commands import Decision, Lookup, Notice
from ledger.errors import Problem, ProblemKind, UsageError
from ledger.events import Draft, Event, Private
from ledger.families.governance import Closed, closes
from ledger.families.organisation import Organisation
from ledger.money import to_text
from ledger.state import State

closes("staffing", ended=True)

#: Jour, beredskap, övertid, fyllnadstid.
EXTRA = ("on_call", "standby", "overtime", "additional")
#: Measures in hours: ``worked`` is all time worked, extra time too; ``sick`` is of the ``ordinary``
#: hours, and ``sick_60`` the part of it in absences of 60 days or more.
HOURS = ("worked", "ordinary", "sick", "sick_60", *EXTRA, "vacation")
EMPLOYED = ("permanent", "temporary")
#: Measures in people at the month's end.
PEOPLE = (*EMPLOYED, "hired")
MEASURES = (*HOURS, *PEOPLE)
SEXES = ("female", "male")
AGE_GROUPS = ("up_to_29", "30_49", "50_and_over")
#: How a measure may be parted.
PARTS = ("sex", "age_group", "personnel_group")

#: A year's hours of one full-time equivalent; 1 760 and 1 980 are in use.
HOURS_PER_FTE = "staffing.hours_per_fte"
_DEFAULT_HOURS = "1760"

#: Rows of a staffing file; ``value`` in hundredths.
STAFFING_ROWS: dict[str, type[pl.DataType]] = {
    "line": pl.Int64,
    "period": pl.String,
    "unit": pl.String,
    "measure": pl.String,
    "sex": pl.String,
    "age_group": pl.String,
    "personnel_group": pl.String,
    "value": pl.Int64,
    "reason": pl.String,
}
#: What one figure is of; see `staffing_key`.
STAFFING_KEY = ("period", "unit", "measure", *PARTS)
Key = tuple[str | None, ...]


def staffing_key(content: Mapping[str, Any]) -> Key:
    """What a figure is of."""
    return tuple(content.get(name) or None for name in STAFFING_KEY)


def hours_per_fte(settings: Mapping[str, str]) -> int:
    """A year's hours of one full-time equivalent, as the setting says; `UsageError` for what is no
    number of hours."""
    said = settings.get(HOURS_PER_FTE, _DEFAULT_HOURS)
    if not said.isdecimal() or not 0 < int(said) <= 8784:
        raise UsageError(
            f"{HOURS_PER_FTE} cannot be {said!r}.", "Write a year's hours, such as 1760."
        )
    return int(said)


class _Figure(Event):
    """A month's figure in a unit: hundredths of an hour, or people. Its sum over all events of
    the same key is what is known."""

    bulk: ClassVar[bool] = True
    period: str
    unit: str
    measure: str
    sex: str | None = None
    age_group: str | None = None
    personnel_group: str | None = None
    value: int


class StaffingReported(_Figure):
    """A figure, for the first time."""

    topic: ClassVar[str] = "staffing.reported"


class StaffingRestated(_Figure):
    """A figure on record was ``old`` and is ``new``, and why; ``value`` is the change."""

    topic: ClassVar[str] = "staffing.restated"
    old: int
    new: int
    reason: Private = None


@dataclass(frozen=True)
class ReportStaffing:
    """Report a file's rows (`STAFFING_ROWS`), and restate what is on record otherwise.

    A figure on record is known if it is equal; else it is restated if the row gives a reason, or
    all changes are accepted with one, and refused if not.
    """

    rows: pl.DataFrame
    file: str
    accept_changes: bool = False
    reason: str | None = None
    kind: str = "staffing"

    def key(self) -> str | None:
        """None: a figure that stands as the row says is known by itself."""
        return None

    def decide(self, state: State, look: Lookup) -> Decision:
        """One event a new or changed figure, or the problems of the whole file."""
        if self.accept_changes and not (self.reason or "").strip():
            raise UsageError("Accepting changes wants a reason.", "Give --reason TEXT.")
        rows = self.rows.filter(pl.col("period").is_not_null())
        if rows.is_empty():
            return Decision()
        periods = rows["period"]
        known = look.staffing(str(periods.min()), str(periods.max()))
        settling = _Settling(self, Closed(state, "staffing"), known)
        units = state.of(Organisation).units
        for row in rows.iter_rows(named=True):
            settling.take(row, units)
        return settling.decided()

    def why(self, row: Mapping[str, Any]) -> str | None:
        """The reason for which the row may restate."""
        own = (row["reason"] or "").strip()
        return own or ((self.reason or "").strip() if self.accept_changes else "") or None


@dataclass
class _Settling:
    """A file's rows against what is known, one by one, and then as a whole."""

    wish: ReportStaffing
    closed: Closed
    known: Mapping[Key, int]
    decision: Decision = field(default_factory=Decision)
    lines: dict[Key, int | None] = field(default_factory=dict)
    now: dict[Key, int] = field(default_factory=dict)

    def _tell(
        self, code: str, line: int | None, found: str, remedy: str, kind: ProblemKind = "content"
    ) -> None:
        self.decision.problems.append(Problem(code, self.wish.file, line, found, remedy, kind))

    def take(self, row: Mapping[str, Any], units: Iterable[str]) -> None:
        """One row: an event, something known, or a problem."""
        line, value = row["line"], row["value"]
        wrong = _wrong(row, units)
        if wrong is not None:
            code, found, remedy = wrong
            self._tell(code, line, found, remedy)
            return
        if value is None or not row["measure"]:
            return  # told already
        key, hours = staffing_key(row), row["measure"] in HOURS
        value = value if hours else value // 100
        if key in self.lines:
            found = f"{_said(key)} stands in line {self.lines[key]} already"
            self._tell("staffing-repeated", line, found, "Keep one of the two rows.")
            return
        self.lines[key], self.now[key] = line, value
        old, why = self.known.get(key), self.wish.why(row)
        if old == value:
            self.decision.known += 1
        elif self.closed(row["period"], row["unit"]):
            found = f"{row['period']} is closed for staffing in unit {row['unit']}"
            remedy = "Reopen the month with a second person's approval."
            self._tell("period-closed", line, found, remedy, "rule")
        elif old is None:
            content = dict(zip(STAFFING_KEY, key, strict=True)) | {"value": value}
            self.decision.drafts.append(Draft(StaffingReported.model_validate(content), line))
        else:
            was, now = _shown(old, hours), _shown(value, hours)
            said = f"{_said(key)}: {was} on record, {now} in the file"
            if why is None:
                remedy = "Look at both; then give a reason, or --accept-changes --reason TEXT."
                self._tell("staffing-reported", line, said, remedy, "rule")
                return
            content = dict(zip(STAFFING_KEY, key, strict=True)) | {"old": old, "new": value}
            content |= {"value": value - old, "reason": why}
            self.decision.drafts.append(Draft(StaffingRestated.model_validate(content), line))
            self.decision.notices.append(Notice("staffing-restated", said, line))

    def decided(self) -> Decision:
        """The decision, when the rows have been held against each other too."""
        touched: dict[Key, list[Key]] = {}
        for key in self.now:
            touched.setdefault(key[:3], []).append(key)
        beside: dict[Key, list[Key]] = {}
        for key, value in self.known.items():
            if value and key not in self.now and key[:3] in touched:
                beside.setdefault(key[:3], []).append(key)
        for place, mine in touched.items():
            self._parted(mine, beside.get(place, []))
            for key in beside.get(place, []) if len(mine) > 1 else ():
                text = f"{_said(key)} is on record, and not in the file"
                self.decision.notices.append(Notice("staffing-missed", text, finding=True))
        for line, found in dict(self._beyond()).items():
            remedy = "A part is at most the whole: correct one of them."
            self._tell("staffing-beyond", line, found, remedy)
        return self.decision

    def _parted(self, mine: list[Key], beside: list[Key]) -> None:
        """Tell of a measure that is parted in two ways; what is zero parts nothing."""
        ways = {_way(key): key for key in [*beside, *mine] if self.now.get(key, 1)}
        if len(ways) < 2:
            return
        first, second = sorted(", ".join(way) or "nothing" for way in ways)[:2]
        last = [key for key in mine if self.now[key]][-1]
        found = f"{last[2]} of unit {last[1]} in {last[0]} is parted by {first} and by {second}"
        remedy = "Part it one way in all its rows, or the one would count the other twice."
        self._tell("staffing-parted", self.lines[last], found, remedy)

    def _beyond(self) -> Iterator[tuple[int | None, str]]:
        """Parts that are more than their whole, each once."""
        for key in self.now:
            for part, whole in (("sick_60", "sick"), ("sick", "ordinary")):
                if key[2] not in (part, whole):
                    continue
                pair = [(*key[:2], name, *key[3:]) for name in (part, whole)]
                less, more = (self.now.get(each, self.known.get(each)) for each in pair)
                if less is not None and more is not None and less > more:
                    line = self.lines.get(pair[0], self.lines.get(pair[1]))
                    found = f"{_said(pair[0])}: {_shown(less)} hours of {_shown(more)} {whole}"
                    yield line, found


def _wrong(row: Mapping[str, Any], units: Iterable[str]) -> tuple[str, str, str] | None:
    """What is wrong in the row alone: code, found, remedy."""
    unit, measure, value = row["unit"], row["measure"], row["value"]
    if unit == "":
        return "empty-unit", "unit is empty", "Write the unit's code."
    if unit is not None and unit not in units:
        remedy = "Correct the code, import a units file, or give --register."
        return "unknown-unit", f"unit {unit} is not registered", remedy
    for name, known in (("measure", MEASURES), ("sex", SEXES), ("age_group", AGE_GROUPS)):
        if row[name] is not None and row[name] not in known:
            return "bad-staffing", f"{name} {row[name]!r}", f"Write one of {', '.join(known)}."
    if value is not None and value < 0:
        remedy = "A correction of an earlier month restates that month."
        return "bad-staffing", f"{measure} is {to_text(value)}, less than nothing", remedy
    if value is not None and measure in PEOPLE and value % 100:
        return "bad-staffing", f"{to_text(value)} people", "Write a whole number of people."
    return None


def _way(key: Key) -> tuple[str, ...]:
    """What the figure's measure is parted by."""
    return tuple(name for name, code in zip(PARTS, key[3:], strict=True) if code is not None)


def _said(key: Key) -> str:
    """A figure's key in words."""
    period, unit, measure, *parts = key
    return f"{measure} of unit {unit} in {' '.join([str(period), *filter(None, parts)])}"


def _shown(value: int, hours: bool = True) -> str:
    return (to_text(value) or "") if hours else str(value)
