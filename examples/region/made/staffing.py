"""MADE, on facts: hours and people by division and month.

FACT are the changes that the report prints (`facts/staffing_facts.csv`): 275 fewer employed in
August (13 permanent, 262 temporary), 46 fewer in September (54 temporary, so 8 permanent more),
259 and 305 fewer than in September 2019; worked time −124 and −277 full-time equivalents, overtime
+32; in division Service −47 from January to August, sick leave 5.6 percent, 8.3 in April. MADE are
all levels, and what divisions have of the changes.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from .basics import Chance, spread, write_csv
from .organisation import DIVISIONS, JOINT

#: Full-time equivalents in an ordinary month, by unit.
_FTE = {"10": 1900, "20": 1800, "30": 1350, "40": 420, "50": 900, "60": 130, JOINT: 320}
#: Worked of ordinary time by month, in thousandths.
_WORKED = (960, 950, 965, 955, 940, 900, 590, 760, 960, 965, 960, 900)
#: Worked time against the same month of 2019, in full-time equivalents; division 50's is −47.
_CHANGE = (-62, -58, -95, -140, -118, -102, -90, -124, -277)
_SERVICE = -47
#: Permanent and temporary by month: 2019, then 2020.
_PERMANENT = (
    *(6530, 6528, 6535, 6541, 6538, 6531, 6529, 6548, 6560, 6563, 6566, 6561),
    *(6556, 6552, 6549, 6540, 6533, 6525, 6520, 6507, 6515),
)
_TEMPORARY = (
    *(868, 861, 870, 882, 905, 1120, 1178, 852, 845, 851, 846, 838),
    *(802, 790, 781, 806, 822, 905, 901, 639, 585),
)
#: All overtime in 2020, full-time equivalents: extra time falls in June and July and then rises
#: again; in August it is 32 above last year's.
_OVERTIME = (72, 69, 84, 102, 99, 78, 74, 100, 103)
#: Division 60's employed, December 2019 to September 2020: 141 permanent in August and eight
#: employed fewer than at the turn of the year, as its own interim report prints.
_LANSTEKNIK = {
    "permanent": (147, 146, 146, 145, 144, 143, 142, 141, 141, 141),
    "temporary": (8, 8, 8, 7, 7, 7, 7, 7, 6, 6),
}
#: Its sick leave in 2020: 5.57 percent from January to August, 5.20 in August.
_LANSTEKNIK_SICK = (600, 610, 620, 590, 530, 500, 486, 520, 515)
#: Sick leave in hundredths of a percent: Service in 2020, and all units else by month.
_SERVICE_SICK = (540, 550, 630, 830, 560, 460, 420, 490, 505)
_SICK = (520, 540, 510, 470, 440, 400, 360, 430, 480, 500, 520, 530)
_YEARS = (2019, 2020)
#: Hours of a full-time equivalent in a month, in hundredths: 1 760 hours a year.
_MONTH = 1_760_00


def _hours(fte: int) -> int:
    """Hundredths of an hour of so many full-time equivalents in a month."""
    return (fte * _MONTH + 6) // 12


def write(folder: Path) -> None:
    """A file of 2019, and one a month of 2020."""
    header = "period,unit,measure,value"
    write_csv(folder / "staffing/staffing-2019.csv", header,
              [row for month in range(12) for row in _month(2019, month)])  # fmt: skip
    for month in range(9):
        name = f"staffing/staffing-2020-{month + 1:02d}.csv"
        write_csv(folder / name, header, _month(2020, month))


def _month(year: int, month: int) -> Iterator[tuple[str, ...]]:
    """A month's measures of every division."""
    units, period = [*DIVISIONS, JOINT], f"{year}-{month + 1:02d}"
    weights = [_FTE[unit] for unit in units]
    place = month if year == 2019 else 12 + month
    people = {
        "permanent": _people(_PERMANENT[place], "permanent", place, units),
        "temporary": _people(_TEMPORARY[place], "temporary", place, units),
    }
    changes = _changes(units, month) if year == 2020 else dict.fromkeys(units, 0)
    overtime = dict(zip(units, spread(_overtime(year, month), weights), strict=True))
    for unit in units:
        chance = Chance(f"{unit} {period}")
        ordinary = _hours(_FTE[unit])
        worked = ordinary * _WORKED[month] // 1000 + changes[unit]
        rate = _SICK[month] + (chance.between(-40, 40) if unit != "50" else -30)
        if year == 2020:
            rate = {"50": _SERVICE_SICK, "60": _LANSTEKNIK_SICK}.get(unit, (rate + 60,) * 9)[month]
        sick = ordinary * rate // 10_000
        measures = {
            "worked": worked,
            "ordinary": ordinary,
            "sick": sick,
            "sick_60": sick * (380 + chance.between(-30, 30)) // 1000,
            "on_call": _extra(unit, 9, chance),
            "standby": _extra(unit, 4, chance),
            "overtime": overtime[unit],
            "additional": _extra(unit, 6, chance),
            "vacation": _vacation(ordinary, month, year),
        }
        for measure, hours in measures.items():
            yield period, unit, measure, f"{hours // 100}.{hours % 100:02d}"
        for measure, parts in people.items():
            yield period, unit, measure, str(parts[unit])
        yield period, unit, "hired", str(_FTE[unit] * (14 if unit < "40" else 3) // 1000)


def _people(whole: int, kind: str, place: int, units: list[str]) -> dict[str, int]:
    """Employed of a kind by unit, exact in the whole; ``place`` counts months from 2019."""
    own = _LANSTEKNIK[kind][max(0, place - 11)]
    others = [unit for unit in units if unit != "60"]
    parts = spread(whole - own, [_FTE[unit] for unit in others])
    return {**dict(zip(others, parts, strict=True)), "60": own}


def _changes(units: list[str], month: int) -> dict[str, int]:
    """Worked time against last year by unit, hundredths of an hour, exact in the whole."""
    whole, service = -_hours(-_CHANGE[month]), -_hours(-_SERVICE)
    others = [unit for unit in units if unit != "50"]
    parts = spread(whole - service, [_FTE[unit] for unit in others])
    return {**dict(zip(others, parts, strict=True)), "50": service}


def _overtime(year: int, month: int) -> int:
    """All overtime of a month: in August 32 full-time equivalents above last year's."""
    last = (61, 58, 63, 60, 66, 84, 92, 68, 64, 62, 61, 70)
    return _hours(last[month] if year == 2019 else _OVERTIME[month])


def _extra(unit: str, permille: int, chance: Chance) -> int:
    if unit > "30":
        permille //= 3
    return _hours(_FTE[unit]) * (permille * 10 + chance.between(-8, 8)) // 10_000


def _vacation(ordinary: int, month: int, year: int) -> int:
    share = (20, 30, 20, 35, 40, 130, 380, 230, 30, 40, 35, 90)[month]
    if year == 2020 and month in (5, 6, 7):
        share = share * 82 // 100
    return ordinary * share // 1000
