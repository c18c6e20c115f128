"""Measured values, and the stretches of time that they are of.

A value is an exact decimal, kept as text with the decimals that it was reported with: ``5.2`` of
percent, ``973`` of pieces. It is no money, and never a binary fraction.

An *interval* is named by one text, the same for all who mean the same days::

    2020-10-23  day            2020-T2  tertial       2020-01--2020-08  months, from one to another
    2020-W38    week (ISO)     2020-H1  half-year     2020-Q3           quarter
    2020-08     month          2020     year          2020-01--2020-04  is 2020-T1

Years are calendar years: others' statistics know no fiscal year of ours.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from ledger.money import BeyondRange, percent, read_decimal
from ledger.periods import (
    NotAPeriod,
    first_day,
    is_month,
    last_day,
    month_of,
    months_between,
    shift,
)

#: How people write an interval.
AS_WRITTEN = "2020-08, 2020-T2, 2020-H1, 2020, 2020-W38, 2020-Q3, 2020-10-23 or 2020-01--2020-08"
INTERVALS = ("day", "week", "month", "quarter", "tertial", "half_year", "year", "months")
#: Months of the intervals that part a year evenly, by the letter that names them.
_PARTS = {"Q": ("quarter", 3), "T": ("tertial", 4), "H": ("half_year", 6)}
_PART = re.compile(r"(\d{4})-?([QTH])([1-4])")
_WEEK = re.compile(r"(\d{4})-?W(\d{2})")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_MONTHS = re.compile(r"(\d{4}-\d{2})\s*(?:--|\u2013)\s*(\d{4}-\d{2})")
_DIGITS, _DECIMALS = 15, 6


def number(text: str) -> str:
    """A decimal as text, with the decimals that it was written with: ``3,50`` is ``3.50``.

    Raises `ledger.money.NotMoney` for text that is no number, or has more than 15 digits or 6
    decimals.
    """
    value = read_decimal(text)
    _, digits, exponent = value.as_tuple()
    if not isinstance(exponent, int) or -exponent > _DECIMALS or len(digits) > _DIGITS:
        raise BeyondRange(f"longer than {_DIGITS} digits or {_DECIMALS} decimals")
    return f"{abs(value) if value == 0 else value:f}"


def same(value: str | None, other: str | None) -> bool:
    """Whether two decimals are one number, however many decimals each has."""
    return value == other or (
        value is not None and other is not None and Decimal(value) == Decimal(other)
    )


def difference(value: str, other: str) -> str:
    """``value`` − ``other``, with the decimals of the finer one."""
    return f"{Decimal(value) - Decimal(other):f}"


def share(value: str, whole: str, decimals: int = 2) -> str | None:
    """100·value/whole as text, half-up; None where ``whole`` is 0.

    >>> share("973", "986")
    '98.68'
    """
    part, base = _whole(value, whole)
    return percent(part, base, decimals)


def growth(value: str, other: str, decimals: int = 2) -> str | None:
    """How much ``value`` is above ``other``, in percent of its size; None where that is 0.

    >>> growth("12", "4")
    '200.00'
    """
    new, old = _whole(value, other)
    return percent(new - old, abs(old), decimals)


def _whole(*values: str) -> list[int]:
    """The values as whole numbers of the finest decimal among them."""
    return [int(Decimal(value).scaleb(_DECIMALS)) for value in values]


@dataclass(frozen=True, slots=True)
class Interval:
    """A stretch of days: its one name, its kind (of `INTERVALS`), its first and last day."""

    text: str
    kind: str
    first: date
    last: date

    @property
    def month(self) -> str:
        """The month in which it ends: the period that an event of it belongs to."""
        return month_of(self.last)

    def a_year_before(self) -> Interval | None:
        """The same interval of the year before; None where there is none (29 February, week
        53)."""
        year = f"{int(self.text[:4]) - 1:04d}"
        if self.kind == "months":
            first, last = month_of(self.first), month_of(self.last)
            return interval(f"{shift(first, -12)}--{shift(last, -12)}")
        try:
            return interval(year + self.text[4:])
        except NotAPeriod:
            return None

    def following(self) -> Interval:
        """The next interval of the same kind; of ``months``, as many months.

        >>> interval("2020-T3").following().text, interval("2020-W53").following().text
        ('2021-T1', '2021-W01')
        """
        day = self.last + timedelta(days=1)
        match self.kind:
            case "day":
                text = day.isoformat()
            case "week":
                text = f"{day.isocalendar().year}-W{day.isocalendar().week:02d}"
            case "month":
                text = month_of(day)
            case "year":
                text = f"{day.year:04d}"
            case "months":
                count = len(months_between(month_of(self.first), month_of(self.last)))
                return _of_months(month_of(day), shift(month_of(day), count - 1))
            case kind:
                letter, size = next((i, n) for i, (name, n) in _PARTS.items() if name == kind)
                text = f"{day.year:04d}-{letter}{(day.month - 1) // size + 1}"
        return interval(text)


def interval(text: str) -> Interval:
    """The interval that a text names; `NotAPeriod` for text that names none."""
    bare = text.strip()
    if is_month(bare):
        return Interval(bare, "month", first_day(bare), last_day(bare))
    if found := _MONTHS.fullmatch(bare):
        first, last = found[1], found[2]
        if is_month(first) and is_month(last) and first <= last:
            return _of_months(first, last)
    elif (found := _PART.fullmatch(bare)) and is_month(f"{found[1]}-01"):
        kind, size = _PARTS[found[2]]
        begins = shift(f"{found[1]}-01", size * (int(found[3]) - 1))
        if begins[:4] == found[1]:
            ends = last_day(shift(begins, size - 1))
            return Interval(f"{found[1]}-{found[2]}{found[3]}", kind, first_day(begins), ends)
    elif re.fullmatch(r"\d{4}", bare) and is_month(f"{bare}-01"):
        return Interval(bare, "year", first_day(f"{bare}-01"), last_day(f"{bare}-12"))
    elif day := _day(bare):
        return day
    raise NotAPeriod(f"{text!r} is no interval: write {AS_WRITTEN}")


def _of_months(first: str, last: str) -> Interval:
    """Months from one to another, under the shorter name that they may have."""
    whole = len(months_between(first, last))
    year, begins = first[:4], int(first[5:]) - 1
    names = [f"{year}-{letter}{begins // size + 1}" for letter, (_, size) in _PARTS.items()
             if size == whole and begins % size == 0]  # fmt: skip
    if whole == 1:
        names = [first]
    elif whole == 12 and begins == 0:
        names = [year]
    if names:
        return interval(names[0])
    return Interval(f"{first}--{last}", "months", first_day(first), last_day(last))


def _day(text: str) -> Interval | None:
    """A day or a week, if the calendar has it."""
    try:
        if _DAY.fullmatch(text) and is_month(text[:7]):
            day = date.fromisoformat(text)
            return Interval(text, "day", day, day)
        if (found := _WEEK.fullmatch(text)) and is_month(f"{found[1]}-01"):
            monday = date.fromisocalendar(int(found[1]), int(found[2]), 1)
            name = f"{found[1]}-W{found[2]}"
            return Interval(name, "week", monday, monday + timedelta(days=6))
    except ValueError:
        pass
    return None
