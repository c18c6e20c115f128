"""MADE, on facts: the year-end forecast of August 2020 and its assumptions.

Forecast of September–December = budget of these months + a difference set by hand by area and
line; income closes every area to its printed year-end forecast.
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

from . import printed
from .basics import kronor, spread, write_csv
from .budget import autumn_budget
from .organisation import DIVISION, area_of, line_of

ROUND = "2020-T2"

#: forecast − budget September–December by line of `prognos` and area, thousands of kronor
DIFFERENCE = {
    "Personalkostnader": {"610": 580, "620": 360, "630": 390, "640": 700},
    "Personalomkostnader": {"610": 195, "620": 110, "630": 125, "640": 220},
    "Lokalkostnader": {"610": 0, "620": 0, "630": 0, "640": 0},
    "Övriga kostnader": {"610": 1_670, "620": -740, "630": -250, "640": -4_100},
    "Avskrivningar": {"610": -1_010, "620": -30, "630": -10, "640": -350},
}
#: the same for single units, where the report says whose assumption it is
UNIT_DIFFERENCE = {
    ("6403", "Övriga kostnader"): -1_450,
    ("6402", "Övriga kostnader"): -720,
    ("6401", "Övriga kostnader"): -480,
    ("6405", "Övriga kostnader"): -760,
}
COMMENTS = {
    "Intäkter": "Enligt överenskommelser; färre uppdrag och projekt än budgeterat",
    "Personalkostnader": "Vakanser och uppsägningar ersätts inte fullt ut under hösten",
    "Personalomkostnader": "Följer lönekostnaden",
    "Lokalkostnader": "Enligt budget",
    "Övriga kostnader": "Återhållsamhet med utbildning, konferenser och resor fortsätter",
    "Avskrivningar": "Fem års avskrivningstid; nya investeringar aktiveras under hösten",
}
UNIT_COMMENTS = {
    ("6102", "Övriga kostnader"): "Medel reserverade för omställning i höst används inte",
    ("6403", "Övriga kostnader"): "Datorer byts efter behov, högst 800 st under året",
    ("6402", "Övriga kostnader"): "Support för video fjärde kvartalet, konsult nätverksteknik",
    ("6401", "Övriga kostnader"): "Konsulter i Datacenter behövs även under hösten",
    ("6303", "Övriga kostnader"): "Konsulter på VAS-test behövs även under hösten",
    ("6405", "Övriga kostnader"): "Sterilteknik, engångskostnad; covid-19 t.o.m. kvartal 3",
    ("6406", "Övriga kostnader"): "Sterilteknik, engångskostnad; återlämning av utrustning kv 3",
}
#: unit, line, kind, amount, from, to, text: `facts/forecast_assumptions.csv` in our own words
ASSUMPTIONS = (
    (
        *("6403", "Övriga kostnader", "known_commitment", "-4000000.00", "2020-01", "2020-12"),
        "Datorer byts efter behov: högst 800 datorer köps under året, ca 4 mnkr",
    ),
    (
        *("6401", "Övriga kostnader", "known_commitment", "", "2020-09", "2020-12"),
        "Konsulter i Datacenter behövs även under hösten; belopp anges inte",
    ),
    (
        *("6303", "Övriga kostnader", "known_commitment", "", "2020-09", "2020-12"),
        "Konsulter på VAS-test behövs även under hösten; belopp anges inte",
    ),
    (
        *("6402", "Övriga kostnader", "known_commitment", "", "2020-09", "2020-12"),
        "Utökning med konsulter inom nätverksteknik; belopp anges inte",
    ),
    (
        *("6402", "Övriga kostnader", "one_off", "-400000.00", "2020-10", "2020-12"),
        "Support för videoutrustning kvartal 4 som eventuellt behöver tecknas, ca 0,4 mnkr",
    ),
    (
        *("6405", "Övriga kostnader", "one_off", "-1300000.00", "2020-01", "2020-12"),
        "Sterilteknik: eftersläpande underhåll arbetas bort, engångskostnad ca 1,3 mnkr för 2020",
    ),
    (
        *(DIVISION, "Övriga kostnader", "end_of_special_costs", "", "2020-03", "2020-09"),
        "Covid-19 (produkt 0630) pågår t.o.m. kvartal 3; utrustning återställs och återlämnas då",
    ),
)

Cell = tuple[str, str]


def rest_of_year() -> dict[Cell, int]:
    """Forecast of September–December by unit and line, whole kronor."""
    found: dict[Cell, int] = defaultdict(int)
    for (unit, account), amount in autumn_budget().items():
        found[unit, line_of(account, "prognos")] += amount
    for line, by_area in DIFFERENCE.items():
        for area, tkr in by_area.items():
            cells = {cell: -v for cell, v in found.items() if cell[1] == line and v < 0}
            cells = {cell: v for cell, v in cells.items() if area_of(cell[0]) == area}
            amount = tkr * 1000
            for cell in cells:
                own = UNIT_DIFFERENCE.get(cell, 0) * 1000
                found[cell] += own
                amount -= own
            for cell, part in zip(cells, spread(amount, list(cells.values())), strict=True):
                found[cell] += part
    for area in printed.AREAS:
        missing = printed.FORECAST[area] - printed.OUTCOME[area]
        missing -= sum(value for cell, value in found.items() if area_of(cell[0]) == area)
        incomes = {c: v for c, v in found.items() if c[1] == "Intäkter" and area_of(c[0]) == area}
        for cell, part in zip(incomes, spread(missing, list(incomes.values())), strict=True):
            found[cell] += part
    return {cell: found[cell] for cell in sorted(found) if found[cell]}


def write(folder: Path) -> None:
    """forecast-2020-T2.csv and assumptions-2020-T2.csv."""
    write_csv(
        folder / "forecast-2020-T2.csv",
        "round,unit,line,amount,method,comment",
        [
            (
                *(ROUND, unit, line, kronor(amount * 100), "manual"),
                UNIT_COMMENTS.get((unit, line), COMMENTS[line]),
            )
            for (unit, line), amount in rest_of_year().items()
        ],
    )
    write_csv(
        folder / "assumptions-2020-T2.csv",
        "round,unit,line,kind,amount,from,to,text",
        [(ROUND, *assumption) for assumption in ASSUMPTIONS],
    )
