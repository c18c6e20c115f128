"""Quantities of a part of the organisation over months: hours of its staffing, or a statistic.

A quantity is a whole number of millionths, and known or not: hours where every month has any in
the part; a statistic where figures of whole months follow each other from the first month to the
last. Of several ways that figures do so the one with the longest intervals counts, from the first
month on. Figures that say about, over or under, and shares of a hundred, are no quantity.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import polars as pl

from ledger.families.staffing import HOURS
from ledger.families.statistic import Of, Reported, Statistics
from ledger.log import Book
from ledger.measures import interval
from ledger.money import percent
from ledger.periods import first_day, last_day
from ledger.quantities import Quantity
from projections.dimensions import Tree
from projections.staff_facts import staffing_facts

_MILLIONTHS = 6
#: What hours are counted in, as the statistics beside them may say it.
_HOURS = ("hours", "timmar", "h", "tim")


@dataclass(frozen=True, slots=True)
class Measured:
    """A quantity in millionths of what it is ``counted_in``; None where it is not known."""

    amount: int | None
    counted_in: str | None = None

    @property
    def text(self) -> str | None:
        """The quantity as a decimal, with the decimals that it needs."""
        if self.amount is None:
            return None
        return f"{Decimal(self.amount).scaleb(-_MILLIONTHS).normalize():f}"

    def price(self, ore: int | None) -> str | None:
        """Öre by the quantity: kronor a piece as text with two decimals, half-up; None where one
        is not known, or the quantity is 0."""
        if ore is None or not self.amount:
            return None
        return percent(ore * 10 ** (_MILLIONTHS - 4), self.amount)

    def alike(self, other: Measured) -> bool:
        """Whether both are counted in the same."""
        return self.counted_in == other.counted_in


@dataclass(frozen=True)
class Part:
    """The units that quantities are asked of: some of a tree, without those ``apart``."""

    book: Book
    tree: Tree
    units: frozenset[str]
    apart: frozenset[str]

    def measured(self, quantity: Quantity, months: Sequence[str]) -> Measured:
        """The quantity of the part over months that follow each other."""
        if quantity.source == "staffing":
            return self._hours(quantity.measure, months)
        return self._statistic(quantity.measure, months)

    def _hours(self, measure: str, months: Sequence[str]) -> Measured:
        found = staffing_facts(self.book).filter(
            pl.col("measure").is_in(list(HOURS)),
            pl.col("unit").is_in(sorted(self.units - self.apart)),
            pl.col("period").is_in(list(months)),
        )
        if set(found["period"]) != set(months):
            return Measured(None, "hours")
        hundredths = sum(found.filter(pl.col("measure") == measure)["value"].to_list())
        return Measured(hundredths * 10 ** (_MILLIONTHS - 2), "hours")

    def _statistic(self, measure: str, months: Sequence[str]) -> Measured:
        """The sum of the units that stand highest of those with figures."""
        series = self.book.state.of(Statistics).series
        having = {unit for unit in self.units if Of(measure, unit) in series}
        highest = {u for u in having if having.isdisjoint(self.tree.path(u)[1:])} - self.apart
        if any(not highest.isdisjoint(self.tree.path(unit)) for unit in self.apart):
            return Measured(None)  # the figure holds the unit that is told apart
        found = [_through(series[Of(measure, unit)], months) for unit in sorted(highest)]
        counted = {each.counted_in for each in found}
        if len(counted) != 1:
            return Measured(None)
        amounts = [each.amount for each in found if each.amount is not None]
        in_ = counted.pop()
        if len(amounts) < len(found) or in_ == "percent":
            return Measured(None, in_)
        return Measured(sum(amounts), in_)


def _through(figures: Mapping[str, Reported], months: Sequence[str]) -> Measured:
    """The sum of figures that follow each other from the first month through the last."""
    counted_in = next((f.event.measured_in for f in figures.values() if f.event.measured_in), None)
    counted_in = "hours" if counted_in in _HOURS else counted_in
    spans: dict[date, list[tuple[date, int]]] = {}
    for text, figure in figures.items():
        within, event = interval(text), figure.event
        if event.value is not None and event.qualifier is None:
            amount = int(Decimal(event.value).scaleb(_MILLIONTHS))
            spans.setdefault(within.first, []).append((within.last, amount))
    begins = [first_day(month) for month in months]
    after = {last_day(month): place + 1 for place, month in enumerate(months)}
    reached: list[int | None] = [None] * len(months) + [0]
    for place in reversed(range(len(months))):
        for last, amount in sorted(spans.get(begins[place], [])):
            rest = reached[after[last]] if last in after else None
            if rest is not None:
                reached[place] = amount + rest  # the longest that can go on is the last one here
    return Measured(reached[0], counted_in)
