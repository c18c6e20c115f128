"""Estimates of special follow-up: what no entry under the mark says.

What is booked elsewhere, what is only estimated, income that was lost, hours, and where the year
ends. An estimate is told as it stands: from the fiscal year's first month through ``period``, a
forecast for the whole year; the next one tells it anew.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import ClassVar, Literal, cast, get_args

from ledger.commands import Lookup
from ledger.events import Event, Private
from ledger.families.followup import Marks
from ledger.families.governance import closes
from ledger.money import to_text
from ledger.periods import is_month
from ledger.row_commands import Row, RowCommand, Work, refuse
from ledger.state import Slice, State

closes("followup", ended=True)

EstimateKind = Literal[
    "booked_elsewhere", "estimated", "lost_income", "forecast", "hours", "overtime_hours"
]
KINDS: tuple[str, ...] = get_args(EstimateKind)
#: Kinds that are amounts of a report line; the others are hours of the whole.
MONEY = KINDS[:4]
#: The setting that names the structure of special follow-up; else that of the result.
STRUCTURE = "structure.special_follow_up"


class EstimateReported(Event):
    """An estimate under a mark, of a unit and all below it: ``amount`` in öre (result sign) of a
    line, or ``hours`` in hundredths and no amount.

    Of what is on record already a new one takes the place, with a reason.
    """

    topic: ClassVar[str] = "followup.estimate_reported"
    mark: str
    unit: str
    report_line: str | None = None
    period: str
    estimate: EstimateKind
    amount: int = 0
    hours: int | None = None
    text: Private = None
    reason: Private = None

    @property
    def about(self) -> tuple[str, str, str | None, str, str]:
        """What it is an estimate of."""
        return (self.mark, self.unit, self.report_line, self.period, self.estimate)


@dataclass
class Estimates(Slice):
    """The estimates as they stand, with the position of their event, by what they are of."""

    standing: dict[tuple[str, str, str | None, str, str], tuple[EstimateReported, int]] = field(
        default_factory=dict
    )

    def apply(self, event: Event, position: int) -> None:
        """Fold one event."""
        if isinstance(event, EstimateReported):
            self.standing[event.about] = (event, position)


@dataclass(frozen=True)
class ReportEstimates(RowCommand):
    """Report estimates: ``mark``, ``unit``, ``report_line``, ``period``, ``estimate``, ``amount``
    (öre) or ``hours`` (hundredths), ``text``, ``reason``."""

    kind: str = "followup"

    def work(self, state: State, look: Lookup) -> Work:
        """What takes the rows."""
        return _Taking(state, look)


class _Taking(Work):
    """Takes rows of estimates."""

    def __init__(self, state: State, look: Lookup) -> None:
        super().__init__(state, look)
        self.known = copy.copy(state.of(Estimates).standing)

    def take(self, row: Row, line: int | None) -> list[Event]:
        """The estimate, or none where it is on record."""
        unit, period = self.unit(row), str(row.get("period", ""))
        if not is_month(period):
            refuse("bad-month", f"period {period!r}", "Write the month as 2020-08.")
        kind = self.word(row, "estimate", KINDS)
        mark, marks = str(row.get("mark", "")), self.state.of(Marks).standing
        if mark not in marks:
            known = ", ".join(marks) or "none: see `ledger mark`"
            refuse("unknown-mark", f"there is no mark {mark!r}", f"Write one of: {known}.")
        if kind is None:
            refuse("bad-estimate", "estimate is empty", f"Write one of {', '.join(KINDS)}.")
        self._measured(row, kind)
        chosen = cast("EstimateKind", kind)
        about = (mark, unit, row.get("report_line"), period, kind)
        self.once(about, f"{kind} of {mark}, {unit}, {period},", line)
        stands = self.known.get(about)
        value = row.get("amount") if kind in MONEY else row.get("hours")
        words = self.new_words(row, {"text": stands[1] if stands else -1})
        if stands is not None and value == self._value(stands[0]) and not words:
            return []
        self.open("followup", period, unit)
        if stands is not None:
            was = to_text(self._value(stands[0]))
            words |= {"reason": self.why(row, f"{kind} is {was} on record")}
        return [
            EstimateReported(
                mark=mark,
                unit=unit,
                report_line=about[2],
                period=period,
                estimate=chosen,
                amount=row.get("amount", 0),
                hours=row.get("hours"),
                **words,
            )
        ]

    @staticmethod
    def _value(event: EstimateReported) -> int:
        """Öre, or hundredths of hours."""
        return event.amount if event.hours is None else event.hours

    def _measured(self, row: Row, kind: str) -> None:
        """Refuse an estimate that has not what its kind has: an amount of a line, or hours."""
        if (kind in MONEY) != ("amount" in row) or (kind in MONEY) == ("hours" in row):
            what = "an amount" if kind in MONEY else "hours"
            refuse("bad-estimate", f"{kind} without {what}", f"{kind} has {what}, and no other.")
        if (kind in MONEY) != ("report_line" in row):
            if kind in MONEY:
                refuse("bad-estimate", f"{kind} without a line", "Say of which line it is.")
            found = f"{kind} of line {row['report_line']!r}"
            refuse("bad-estimate", found, "Leave the line empty: they are of the whole.")
        if kind in MONEY:
            self.structure_of(row["report_line"], STRUCTURE, "structure.result")
