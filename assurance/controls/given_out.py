"""What was given out: tables whose rounded rows do not sum, and months that changed afterwards."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar

import polars as pl

from assurance.controls.control import Control, Examined, Found, Parameter, Severity
from assurance.controls.evidence import Evidence
from ledger.errors import RuleBroken, UsageError
from ledger.families.forecast import Forecasts
from ledger.log import Book
from ledger.money import SCALES, rounded
from projections.amounts import total
from projections.dimensions import THEN, Tree
from projections.facts import result_accounts
from projections.registry import PROJECTIONS

#: Decimals that a table of a scale is shown with.
_PLACES = {"kr": 0, "tkr": 0, "mnkr": 1}


@dataclass(frozen=True, slots=True)
class _GivenOut:
    """A table or a round given out: by the event at ``position``, of the first ``size`` events."""

    position: int
    report: str
    size: int
    question: dict[str, Any]

    @property
    def key(self) -> tuple[str, str, str]:
        """What a newer one must share to stand in its place."""
        asked = self.question
        return self.report, str(asked.get("unit")), str(asked.get("through") or asked.get("year"))


def _given_out(book: Book) -> Iterator[_GivenOut]:
    """Every publication, in log order."""
    columns = ("position", "report", "known_size", "question")
    for position, report, size, question in (
        book.events("governance.report_published").select(columns).iter_rows()
    ):
        asked = {name: value for name, value in json.loads(question).items() if value is not None}
        yield _GivenOut(position, report, size, asked)


class RoundedSums(Control):
    """A table that was given out and whose rows, rounded to ``scale``, do not sum to its total.

    The table is right to the öre; printed in thousands it looks wrong, and must say why. The events
    are the publication. *False positives*: none, and no fault either: rounding n rows puts their
    sum off by about √(n/12) of the last digit, so of ten tables of five rows in thousands about
    four are named. ``control.trivial`` silences them.
    """

    name = "rounded_sums"
    severity: ClassVar[Severity] = "low"
    parameters: ClassVar = {"scale": Parameter("tkr", "choice", ("kr", "tkr", "mnkr"))}

    def examine(self, evidence: Evidence) -> Examined:
        """Of each report, unit and period the newest table given out, if it ends with a total."""
        all_ = list({each.key: each for each in _given_out(evidence.book)}.values())
        found, tested, failed = list[Found](), 0, 0
        for each in all_:
            projection = PROJECTIONS.get(each.report)
            if projection is None:
                continue
            try:
                then = Book(evidence.book.path, each.size)
                frame = projection.function(then, **each.question)
            except (UsageError, RuleBroken, TypeError):  # of another program's table
                failed += 1
                continue
            if frame.height < 3 or frame[frame.columns[0]][-1] is not None:
                continue
            tested += 1
            off = dict(self._off(frame, projection.amounts))
            if off:
                worst = max(off.values(), key=abs)
                facts = {
                    "report": each.report,
                    "through": each.question.get("through"),
                    "columns": ", ".join(off),
                    "off_amount": worst,
                    "rows": frame.height - 1,
                }
                found.append(Found((each.position,), worst, facts))
        untested = {"cannot_be_asked": failed, "no_total": len(all_) - failed - tested}
        return Examined(len(all_), tested, found, untested)

    def _off(self, frame: pl.DataFrame, amounts: tuple[str, ...]) -> Iterator[tuple[str, int]]:
        """The columns whose rounded rows are off their rounded total, and by how many öre."""
        scale = self.value("scale")
        places = _PLACES[scale]
        for name in amounts:
            if name not in frame.columns or frame[name].null_count():
                continue
            values: list[int] = frame[name].to_list()
            shown = [rounded(value, scale, places) for value in values]
            off = sum(shown[:-1], Decimal(0)) - shown[-1]
            if off and sum(values[:-1]) == values[-1]:
                yield name, int(off * SCALES[scale])


class ShiftAfterPublication(Control):
    """A month whose result changed after a table or a forecast round that holds it was given out.

    Of each report, unit and period the newest publication, and every adopted round. The events are
    the later postings and what was given out. What sums to nothing on every unit and account moved
    nothing.

    *False positives*: late vouchers that everybody knows of, which is what ``ledger diff`` tells
    the reader. None where nothing is posted into months that were given out.
    """

    name = "shift_after_publication"
    severity: ClassVar[Severity] = "medium"
    parameters: ClassVar = {"least": Parameter("0", "amount")}

    def examine(self, evidence: Evidence) -> Examined:
        """Every publication with a period, and every adopted round."""
        book = evidence.book
        newest = {each.key: each for each in _given_out(book)}
        given = [*newest.values(), *_rounds(book)]
        dated = [(each, months) for each in given if (months := _months(book, each)) is not None]
        found: list[Found] = []
        for each, months in dated:
            found += self._shifts(evidence, each, months)
        untested = {"no_period": len(given) - len(dated)}
        return Examined(len(given), len(dated), found, untested)

    def _shifts(
        self, evidence: Evidence, each: _GivenOut, months: tuple[str, str]
    ) -> Iterator[Found]:
        """The months that changed, with what changed them."""
        book, unit = evidence.book, each.question.get("unit")
        later = book.postings().filter(pl.col("position") >= each.size)
        later = evidence.within(later.lazy()).collect()
        later = later.filter(pl.col("period").is_between(pl.lit(months[0]), pl.lit(months[1])))
        if each.report != "balance":
            later = later.filter(pl.col("account").is_in(result_accounts(book)))
        if unit is not None:
            tree = str(each.question.get("tree") or "line").removesuffix(THEN)
            below = Tree(book, tree, months[1]).below(unit)
            later = later.filter(pl.col("unit").is_in(sorted(below)))
        net = later.group_by("period", "unit", "account").agg(
            pl.col("position"), total("amount").alias("amount")
        )
        moved = net.filter(pl.col("amount").abs() > self.value("least"))
        by_month = moved.group_by("period").agg(
            pl.col("position").explode().alias("events"),
            total("amount").alias("amount"),
            total(pl.col("amount").abs()).alias("moved"),
        )
        for row in by_month.sort("period").to_dicts():
            facts = {
                "report": each.report,
                "name": str(each.question.get("round") or each.question.get("through")),
                "period": row["period"],
                "count": len(row["events"]),
                "shift_amount": row["amount"],
                "moved_amount": row["moved"],
            }
            yield Found((*row["events"], each.position), row["amount"] or row["moved"], facts)


def _rounds(book: Book) -> Iterator[_GivenOut]:
    """Every adopted round."""
    for name, each in book.state.of(Forecasts).rounds.items():
        if each.adopted_at is not None:
            opened = each.opened
            asked = {"round": name, "through": opened.through, "unit": opened.unit}
            yield _GivenOut(each.adopted_at, "forecast_round", opened.log_size, asked)


def _months(book: Book, each: _GivenOut) -> tuple[str, str] | None:
    """First and last month that it tells of: the fiscal year to its period; None without one."""
    text = each.question.get("through") or each.question.get("year")
    if text is None:
        return None
    last = book.period(str(text)).last
    return book.organisation.calendar.year_of(last)[0], last
