"""Periods: months, tertials and years, and the fiscal year that a month belongs to.

A month is text, ``2020-08``: it sorts, reads and travels as itself. A question may name a
tertial (``2020-T2``) or a year (``2020``); it stands for the months from the first to the last.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date

_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")
_TERTIAL = re.compile(r"(\d{4})-?T([123])")
_YEAR = re.compile(r"\d{4}")


class NotAPeriod(ValueError):
    """The text names no month, tertial or year."""


def is_month(text: str) -> bool:
    """True for ``2020-08`` and its like; years 1900 to 2199."""
    return bool(_MONTH.fullmatch(text)) and "1900" <= text[:4] <= "2199"


def month_of(day: date) -> str:
    """The month that holds a day."""
    return f"{day.year:04d}-{day.month:02d}"


def shift(month: str, months: int) -> str:
    """The month so many months later (or earlier, if negative)."""
    index = int(month[:4]) * 12 + int(month[5:]) - 1 + months
    return f"{index // 12:04d}-{index % 12 + 1:02d}"


def months_between(first: str, last: str) -> list[str]:
    """All months from first to last, both included; empty if last is before first."""
    months = []
    while first <= last:
        months.append(first)
        first = shift(first, 1)
    return months


def first_day(month: str) -> date:
    """The month's first day."""
    return date(int(month[:4]), int(month[5:]), 1)


def last_day(month: str) -> date:
    """The month's last day."""
    year, number = int(month[:4]), int(month[5:])
    return date(year, number, calendar.monthrange(year, number)[1])


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch of whole months, ``first`` to ``last`` included, as the question named it."""

    text: str
    first: str
    last: str


@dataclass(frozen=True, slots=True)
class FiscalCalendar:
    """Which fiscal year a month belongs to.

    ``first_month`` is the organisation's (1 for the calendar year); ``stated`` holds fiscal
    years given by the books themselves as (first, last) months, and they rule their own months.
    """

    first_month: int = 1
    stated: tuple[tuple[str, str], ...] = ()

    def year_of(self, month: str) -> tuple[str, str]:
        """First and last month of the fiscal year that holds ``month``: a stated one, else the
        organisation's own, as much of it as no stated year takes."""
        for first, last in self.stated:
            if first <= month <= last:
                return first, last
        back = (int(month[5:]) - self.first_month) % 12
        first = shift(month, -back)
        last = shift(first, 11)
        for begins, ends in self.stated:
            if begins > month:
                last = min(last, shift(begins, -1))
            else:
                first = max(first, shift(ends, 1))
        return first, last

    def to_date(self, month: str) -> list[str]:
        """The months of the fiscal year from its first to ``month``."""
        return months_between(self.year_of(month)[0], month)

    def parse(self, text: str) -> Period:
        """A period from ``2020-08``, ``2020-T2`` (four months of the fiscal year) or ``2020``.

        Raises `NotAPeriod`. A year is the fiscal year that begins in it.
        """
        text = text.strip()
        if is_month(text):
            return Period(text, text, text)
        if found := _TERTIAL.fullmatch(text):
            first = shift(self._beginning_in(found[1])[0], 4 * (int(found[2]) - 1))
            return Period(text, first, shift(first, 3))
        if _YEAR.fullmatch(text):
            return Period(text, *self._beginning_in(text))
        raise NotAPeriod(f"{text!r} is not a period: write 2020-08, 2020-T2 or 2020")

    def _beginning_in(self, year: str) -> tuple[str, str]:
        """First and last month of the fiscal year that begins in a calendar year."""
        for first, last in self.stated:
            if first[:4] == year:
                return first, last
        return self.year_of(f"{year}-{self.first_month:02d}")
