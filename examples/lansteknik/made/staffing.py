"""MADE, on facts: hours and people of the four areas, month by month from 2018 to August 2020.

FACT is what the interim report's text says (`facts/staffing_facts.csv`): 141 permanent in August
2020 and eight employed fewer than at the turn of the year; sick leave 5.6 % of January to August
and 5.2 % in the scorecard (here: August alone), lower in the second tertial than in the first;
overtime lower in the second tertial than in the first, and higher than the year before. `check`
says so. MADE are the months: the report's charts have no data.

Staffing stands on the areas, not on their units, so that few cells are of a single person.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from .basics import Chance, half_up, spread, write_csv

AREAS = ("610", "620", "630", "640")
CELLS = tuple(
    (sex, age) for sex in ("female", "male") for age in ("up_to_29", "30_49", "50_and_over")
)
#: permanent by area at the end of 2019, by the cells: 149 in all
PERMANENT = {
    "610": (0, 4, 3, 0, 2, 2),
    "620": (1, 7, 7, 2, 8, 7),
    "630": (2, 4, 3, 3, 7, 4),
    "640": (4, 10, 9, 9, 30, 21),
}
#: who left in 2020 and was not replaced: month, area, cell (eight)
LEFT = (
    *((1, "640", 4), (2, "620", 2), (3, "640", 5), (3, "630", 3)),
    *((5, "640", 4), (6, "610", 5), (6, "620", 4), (8, "640", 1)),
)
#: who came before: year, month, area, cell
CAME = (
    *((2018, 3, "640", 3), (2018, 9, "640", 4), (2019, 2, "630", 4), (2019, 4, "620", 1)),
    *((2019, 9, "640", 0), (2019, 10, "640", 3)),
)
#: temporary by month (all areas), the same each year but for 2020's spring; six at both ends
TEMPORARY = (6, 6, 6, 6, 7, 11, 12, 6, 6, 6, 6, 6)
TEMPORARY_SHARES = {"620": (3, 0), "630": (1, 3), "640": (8, 3)}
HIRED = {2018: (7, 6), 2019: (8, 7), 2020: (6, 5)}

#: public holidays on weekdays, by year and month
HOLIDAYS = {
    2018: {1: 1, 3: 1, 4: 1, 5: 2, 6: 2, 12: 4},
    2019: {1: 1, 4: 2, 5: 2, 6: 2, 12: 4},
    2020: {1: 2, 4: 2, 5: 2, 6: 1},
}
#: sick leave of the division by month, hundredths of a percent
SICK = {
    2018: (492, 521, 498, 463, 431, 402, 371, 405, 452, 470, 481, 477),
    2019: (478, 507, 489, 455, 428, 398, 362, 411, 446, 468, 472, 465),
    2020: (535, 572, 688, 655, 531, 498, 462, 520),
}
#: sick leave against the division's, percent, by the cells
SICKER = (80, 120, 135, 60, 85, 110)
#: cells with somebody away for 60 days or more, and how much of their sick hours that is, percent
LONG = {("620", 2): 70, ("630", 1): 55, ("640", 1): 48, ("640", 2): 62, ("640", 5): 58}
#: share of the year's vacation, thousandths
VACATION = (40, 45, 40, 45, 45, 120, 385, 160, 30, 30, 25, 35)
#: overtime of the division by month, hours
OVERTIME = {
    2018: (98, 104, 110, 101, 96, 84, 62, 88, 104, 112, 118, 96),
    2019: (102, 108, 116, 104, 98, 88, 64, 92, 108, 118, 121, 99),
    2020: (148, 157, 231, 196, 142, 118, 87, 109),
}
OVERTIME_SHARES = {"610": 2, "620": 12, "630": 8, "640": 78}
#: hours a month: on-call and standby of the operation, additional time of part-timers
ON_CALL, STANDBY, ADDITIONAL = 64, {"620": 168, "640": 1_060}, {"620": 6, "630": 3, "640": 11}

#: a part-timer's share, and other absence, per mille of ordinary hours
DEGREE, ELSEWHERE = 965, 31
#: what July 2020 lacked until the doctors' certificates came: sick hours of men over 50 in 640
LATE = 4_800
LATE_CELL = ("640", 5)

Rows = list[tuple[str, ...]]
_HEAD = "period,unit,measure,value,sex,age_group"


def permanent(year: int, month: int, area: str) -> list[int]:
    """Permanent employees of an area at a month's end, by the cells."""
    now = list(PERMANENT[area])
    for left, where, cell in LEFT:
        if year == 2020 and left <= month and where == area:
            now[cell] -= 1
    for came_year, came, where, cell in CAME:
        if (year, month) < (came_year, came) and where == area:
            now[cell] -= 1
    return now


def temporary(month: int, area: str) -> list[int]:
    """Temporary employees of an area, women and men of 30 to 49 and under."""
    found = [0] * len(CELLS)
    if area in TEMPORARY_SHARES:
        parts = spread(TEMPORARY[month - 1], [sum(s) for s in TEMPORARY_SHARES.values()])
        here = parts[list(TEMPORARY_SHARES).index(area)]
        found[4], found[0] = spread(here, list(TEMPORARY_SHARES[area]))
    return found


def days(year: int, month: int) -> int:
    """Working days of a month."""
    day, found = date(year, month, 1), 0
    while day.month == month:
        found += day.weekday() < 5
        day += timedelta(days=1)
    return found - HOLIDAYS[year].get(month, 0)


def ordinary(year: int, month: int, area: str) -> list[int]:
    """Ordinary hours by the cells, hundredths."""
    full = days(year, month) * 8 * 100
    people = zip(permanent(year, month, area), temporary(month, area), strict=True)
    return [half_up(sum(both) * full * DEGREE, 1000) for both in people]


def sick(year: int, month: int) -> dict[str, list[int]]:
    """Sick hours of the areas by the cells, hundredths: the division's rate parted."""
    hours = {area: ordinary(year, month, area) for area in AREAS}
    total = half_up(sum(map(sum, hours.values())) * SICK[year][month - 1], 10_000)
    chance = Chance(f"sick {year}-{month}")
    weights = [
        chance.near(each * SICKER[cell] // 100, 150)
        for area in AREAS
        for cell, each in enumerate(hours[area])
    ]
    parts = iter(spread(total, weights))
    return {area: [next(parts) for _ in CELLS] for area in AREAS}


def long_term(year: int, month: int) -> dict[str, list[int]]:
    """Sick hours in absences of 60 days or more."""
    return {
        area: [half_up(hours * LONG.get((area, c), 0), 100) for c, hours in enumerate(cells)]
        for area, cells in sick(year, month).items()
    }


def overtime(year: int, month: int) -> dict[str, int]:
    """Overtime of the areas, hundredths of an hour."""
    parts = spread(OVERTIME[year][month - 1] * 100, list(OVERTIME_SHARES.values()))
    return dict(zip(OVERTIME_SHARES, parts, strict=True))


def vacation(year: int, month: int, area: str) -> int:
    """Vacation of an area, hundredths of an hour: thirty days a year and person."""
    people = sum(permanent(year, month, area))
    return half_up(people * 30 * 8 * 100 * VACATION[month - 1], 1000)


def month_rows(year: int, month: int, *, early: bool = False) -> Rows:
    """A month's rows; ``early`` as it was first reported, without what came late."""
    period = f"{year}-{month:02d}"
    rows: Rows = []

    def put(area: str, measure: str, value: int, cell: int | None = None) -> None:
        parts = CELLS[cell] if cell is not None else ("", "")
        people = measure in ("permanent", "temporary", "hired")
        text = str(value) if people else f"{value // 100}.{value % 100:02d}"
        if value:
            rows.append((period, area, measure, text, *parts))

    ill, long = sick(year, month), long_term(year, month)
    extra = overtime(year, month)
    for place, area in enumerate(AREAS):
        late = LATE if early and area == LATE_CELL[0] else 0
        for cell in range(len(CELLS)):
            put(area, "permanent", permanent(year, month, area)[cell], cell)
            put(area, "temporary", temporary(month, area)[cell], cell)
            put(area, "ordinary", ordinary(year, month, area)[cell], cell)
            less = late if cell == LATE_CELL[1] else 0
            put(area, "sick", ill[area][cell] - less, cell)
            put(area, "sick_60", long[area][cell] - less, cell)
        scheduled = sum(ordinary(year, month, area))
        away = sum(ill[area]) - late + vacation(year, month, area)
        away += half_up(scheduled * ELSEWHERE, 1000)
        more = extra[area] + ADDITIONAL.get(area, 0) * 100
        put(area, "worked", scheduled - away + more)
        put(area, "overtime", extra[area])
        put(area, "additional", ADDITIONAL.get(area, 0) * 100)
        put(area, "standby", STANDBY.get(area, 0) * 100)
        put(area, "on_call", ON_CALL * 100 if area == "640" else 0)
        put(area, "vacation", vacation(year, month, area))
        if place >= 2:
            put(area, "hired", HIRED[year][place - 2])
    return rows


def months() -> Iterator[tuple[int, int]]:
    """Every month of the example."""
    for year, rates in SICK.items():
        for month in range(1, len(rates) + 1):
            yield year, month


def check() -> None:
    """The report's statements, in the figures above."""
    heads = {ym: sum(sum(permanent(*ym, area)) for area in AREAS) for ym in months()}
    assert (heads[2019, 12], heads[2020, 8]) == (149, 141)
    assert TEMPORARY[11] == TEMPORARY[7]
    ill = [sum(map(sum, sick(2020, month).values())) for month in range(1, 9)]
    of = [sum(sum(ordinary(2020, m, area)) for area in AREAS) for m in range(1, 9)]
    assert half_up(sum(ill) * 1000, sum(of)) == 56
    assert half_up(ill[7] * 1000, of[7]) == 52
    assert sum(ill[4:]) * sum(of[:4]) < sum(ill[:4]) * sum(of[4:])
    assert sum(OVERTIME[2020][4:]) < sum(OVERTIME[2020][:4])
    assert sum(OVERTIME[2020]) > sum(OVERTIME[2019][:8])


def write(folder: Path) -> None:
    """Two whole years, the months of 2020 as they were reported, and what July became."""
    check()
    for year in (2018, 2019):
        rows = [row for month in range(1, 13) for row in month_rows(year, month)]
        write_csv(folder / f"staffing/{year}.csv", _HEAD, rows)
    for month in range(1, 9):
        rows = month_rows(2020, month, early=month == 7)
        write_csv(folder / f"staffing/2020-{month:02d}.csv", _HEAD, rows)
    first, then = (month_rows(2020, 7, early=early) for early in (True, False))
    restated = [(*row, "Läkarintyg kom i augusti") for row in then if row not in first]
    write_csv(folder / "staffing/2020-07-restated.csv", f"{_HEAD},reason", restated)
