"""What every other module here leans on: öre, chance, working days and CSV.

Only the standard library, no float near money, and of `random` only `Random.random()`, whose
sequence Python promises to keep: the same bytes come out on every machine and version.
"""

from __future__ import annotations

import csv
import random
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")

#: Swedish holidays that fall on weekdays in 2020, and the first of 2021: nothing is booked then
HOLIDAYS = {
    date(2020, 1, 1),
    date(2020, 1, 6),
    date(2020, 4, 10),
    date(2020, 4, 13),
    date(2020, 5, 1),
    date(2020, 5, 21),
    date(2020, 6, 19),
    date(2020, 12, 24),
    date(2020, 12, 25),
    date(2020, 12, 31),
    date(2021, 1, 1),
    date(2021, 1, 6),
}
#: first day of summer time, and first day after it
SUMMER_TIME = (date(2020, 3, 29), date(2020, 10, 25))


class Chance:
    """A seeded source of chance; each topic has its own, so that one change stays local."""

    def __init__(self, topic: str) -> None:
        self._random = random.Random(f"Utfall, division Länsteknik, {topic}")

    def below(self, limit: int) -> int:
        """A whole number from 0 to ``limit`` − 1."""
        return int(self._random.random() * limit)

    def between(self, low: int, high: int) -> int:
        """A whole number from ``low`` to ``high``, both included."""
        return low + self.below(high - low + 1)

    def pick(self, options: Sequence[T]) -> T:
        """One of the options."""
        return options[self.below(len(options))]

    def near(self, amount: int, permille: int) -> int:
        """The amount give or take so many thousandths of it."""
        return amount * (1_000_000 + self.between(-permille, permille) * 1000) // 1_000_000


def spread(total: int, weights: Sequence[int]) -> list[int]:
    """``total`` over weights, exact: cumulative half-up rounding (as `ledger.money.spread`;
    written again so that the script runs without the product)."""
    whole = sum(weights)
    parts, reached, cumulative = [], 0, 0
    for weight in weights:
        cumulative += weight
        target = (2 * total * cumulative + whole) // (2 * whole)
        parts.append(target - reached)
        reached = target
    return parts


def half_up(numerator: int, denominator: int) -> int:
    """The quotient rounded half-up, away from zero; ``denominator`` is positive."""
    size = (2 * abs(numerator) + denominator) // (2 * denominator)
    return -size if numerator < 0 else size


def kronor(ore: int) -> str:
    """Öre as kronor with two decimals and a point."""
    return f"{'-' if ore < 0 else ''}{abs(ore) // 100}.{abs(ore) % 100:02d}"


def month_text(year: int, month: int) -> str:
    """``2020-08``; ``month`` counts from 1."""
    return f"{year}-{month:02d}"


def working_days(year: int, month: int) -> list[date]:
    """The days of a month on which somebody is at work."""
    day = date(year, month, 1)
    found = []
    while day.month == month:
        if day.weekday() < 5 and day not in HOLIDAYS:
            found.append(day)
        day += timedelta(days=1)
    return found


def next_working_day(day: date) -> date:
    """The first working day after a day."""
    day += timedelta(days=1)
    while day.weekday() > 4 or day in HOLIDAYS:
        day += timedelta(days=1)
    return day


def stamp(day: date, second: int) -> str:
    """A moment of a day in Swedish time, ISO with the zone's offset."""
    zone = timezone(timedelta(hours=2 if SUMMER_TIME[0] <= day < SUMMER_TIME[1] else 1))
    midnight = datetime(day.year, day.month, day.day, tzinfo=zone)
    return (midnight + timedelta(seconds=second)).isoformat()


def write_csv(path: Path, header: str, rows: Iterable[Sequence[str]]) -> None:
    """UTF-8, comma, LF; ``header`` is the first line as it stands."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header.split(","))
        writer.writerows(rows)
