"""MADE, on facts: the forecast round of August and the divisions' action plans.

FACT are the divisions' year-ends, and of the action plans assignment, effect and percentage where
the report prints them (`facts/divisions.csv`). MADE are lines, single measures, Service's amounts
(the report prints 104 percent alone), and the year-end of what the region has in common.
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

from .basics import kronor, mnkr, spread, write_csv
from .books import outcome
from .organisation import CARE, CENTRES, FINANCE, PROPERTY, UNITS
from .printed import DIVISIONS, REBUILDING

#: measure, unit, area, assignment, phasing, text, effect by August, forecast
_ACTIONS = (
    ("L1", "10", "Personalkostnader", "98", "even", "Effektiv bemanning", "24.3", "46"),
    ("L2", "10", "Inhyrd personal", "38", "even", "Färre inhyrda", "16.1", "24"),
    ("L3", "10", "Övriga kostnader", "23", "even", "Läkemedel och material", "9.0", "14"),
    ("Ö1", "20", "Personalkostnader", "70", "key:omstallning", "Bemanning", "33.2", "55"),
    ("Ö2", "20", "Inhyrd personal", "42", "key:omstallning", "Färre inhyrda", "22.8", "34"),
    ("S1", "50", "Övriga kostnader", "24", "even", "Fastigheter och sjukresor", "16.64", "25"),
    ("T1", "60", "Personalkostnader", "1.6", "from:2020-05", "Vakanser", "1.3", "3.1"),
    ("T2", "60", "Övriga kostnader", "4.76", "from:2020-05", "Datorer och avtal", "6.64", "6.2"),
)
_LINES = (
    ("Intäkter", "3000", "3999"),
    ("Personalkostnader", "4000", "4999"),
    ("Lokalkostnader", "5000", "5099"),
    ("Övriga kostnader", "5100", "7799"),
    ("Avskrivningar", "7800", "7999"),
    ("Skatter och statsbidrag", "8000", "8199"),
    ("Finansiella poster", "8200", "8499"),
)
#: Of what the region has in common: what 9004 takes, so that the whole ends here.
_WHOLE_YEAR = mnkr("260.2")
#: Own health centres: the whole year.
_CENTRE_YEARS = dict(zip(CENTRES, ("-9.7", "-6.8", "-9.6", "-5.6", "-5.4", "-4.0"), strict=True))
_COMMENT = "Takten hittills; resten enligt divisionens bedömning"


def write(folder: Path) -> None:
    """The round's entries, and the plans as decided and as told in August."""
    header = "round,unit,line,amount,method,comment"
    write_csv(folder / "forecast-2020-T2.csv", header, _forecast())
    header = "action,unit,action_area,year,assignment,phasing,text,decision"
    decision = "RS 2019-12-11 § 240 (påhittad)"
    rows = [
        (name, unit, area, "2020", kronor(mnkr(amount)), phasing, text, decision)
        for name, unit, area, amount, phasing, text, _, _ in _ACTIONS
    ]
    write_csv(folder / "action-2020.csv", header, rows)
    told = [
        (name, "2020-08", kronor(mnkr(effect)), kronor(mnkr(year)))
        for name, *_, effect, year in _ACTIONS
    ]
    write_csv(folder / "action-2020-T2.csv", "action,period,effect,forecast", told)


def _forecast() -> list[tuple[str, ...]]:
    """September to December by unit and line; other costs take what is left."""
    so_far: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for (unit, account, _), months in outcome(2020).items():
        line = next(name for name, low, high in _LINES if low <= account <= high)
        so_far[unit][line] += sum(months[:8])
    so_far[PROPERTY]["Övriga kostnader"] += sum(mnkr(text) for text in REBUILDING.values())
    years = _years({unit: sum(lines.values()) for unit, lines in so_far.items()})
    rows: list[tuple[str, ...]] = []
    for unit, lines in sorted(so_far.items()):
        rest = {n: a // 2 // 10_000_000 * 10_000_000 for n, a in lines.items()}
        if "Finansiella poster" in rest:
            rest["Finansiella poster"] = mnkr("-30")
        rest["Övriga kostnader"] = 0
        rest["Övriga kostnader"] = years[unit] - sum(lines.values()) - sum(rest.values())
        for name, _, _ in _LINES:
            if name in rest:
                amount = kronor(rest[name])
                rows.append(("2020-T2", unit, name, amount, "manual", _COMMENT))
    return rows


def _years(so_far: dict[str, int]) -> dict[str, int]:
    """Each unit's whole year: the printed one of its division, parted by size."""
    found = {unit: mnkr(text) for unit, text in _CENTRE_YEARS.items()}
    for division, of in DIVISIONS.items():
        mine = [unit for unit, row in UNITS.items() if row[0] == division]
        others = [unit for unit in mine if unit not in found]
        left = of.forecast - sum(found[unit] for unit in mine if unit in found)
        found |= zip(others, spread(left, [UNITS[u][4] for u in others]), strict=True)
    for unit in (FINANCE, "9002", "9003"):
        found[unit] = so_far[unit] * 3 // 2 // 10_000_000 * 10_000_000
    found[CARE] = _WHOLE_YEAR - sum(found.values())
    return found
