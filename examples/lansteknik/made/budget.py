"""MADE, on facts: the annual budget 2020 by month, unit and account, in whole kronor.

Budget January–August = outcome − variance. The variance by area and kind of cost is set by hand in
thousands of kronor so that the report's explanations come out; income closes every area to its
printed variance, and again to its printed annual budget.
"""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from pathlib import Path

from . import printed
from .basics import half_up, kronor, month_text, spread, write_csv
from .months import to_august
from .organisation import area_of, line_of

DECISION = "RS 2019-11-27 § 210 (påhittad)"

#: kind of cost → its accounts, as the report's explanations of variances part them
KINDS = {
    "Personalkostnader": ("4010", "4020", "4110", "4120", "4130", "4210", "4220", "4230", "4390"),
    "Personalomkostnader": ("4510", "4520", "4530", "4540"),
    "IT-utrustning": ("5510", "5520", "5530"),
    "Serviceavtal": ("6510", "6520"),
    "Kringkostnader": ("5810", "5820", "5830", "5840"),
    "MT-serviceavtal": ("6530",),
    "Programlicenser": ("5610",),
    "Konsulter": ("6610",),
    "Resten": ("5310", "5320", "5330", "5710", "5910", "5990", "6710", "6790", "6910"),
    "Avskrivningar": ("7810", "7820", "7830"),
    "Lokalkostnader": ("5010", "5020", "5030"),
}
#: variance January–August by kind and area, thousands of kronor; income closes the area
VARIANCE = {
    "Personalkostnader": {"610": 480, "620": 420, "630": 350, "640": 1_700},
    "Personalomkostnader": {"610": 170, "620": 150, "630": 120, "640": 590},
    "IT-utrustning": {"610": 300, "620": 0, "630": 130, "640": 6_580},
    "Serviceavtal": {"610": 120, "620": 260, "630": 60, "640": 1_270},
    "Kringkostnader": {"610": 620, "620": 520, "630": 330, "640": 1_020},
    "MT-serviceavtal": {"610": 0, "620": -150, "630": 0, "640": -1_860},
    "Programlicenser": {"610": 0, "620": -900, "630": 0, "640": -790},
    "Konsulter": {"610": 0, "620": -190, "630": -700, "640": -520},
    "Resten": {"610": 60, "620": 50, "630": 20, "640": 80},
    "Avskrivningar": {"610": 1_900, "620": 150, "630": 20, "640": 530},
    "Lokalkostnader": {"610": 0, "620": -10, "630": -5, "640": -10},
}
#: of these, what single accounts stand for by area, thousands of kronor: overtime, sick pay and MT
#: material of the pandemic, the agreement on video that was never signed, projects that rest
SINGLE = {
    ("610", "4230"): -12,
    ("620", "4230"): -35,
    ("630", "4230"): -20,
    ("640", "4110"): 70,
    ("640", "4120"): -45,
    ("640", "4130"): -150,
    ("640", "4230"): -120,
    ("610", "5010"): 15,
    ("610", "5030"): -15,
    ("640", "5310"): -640,
    ("640", "5320"): -310,
    ("640", "5330"): 330,
    ("640", "5710"): -190,
    ("640", "5910"): -85,
    ("640", "6520"): 890,
    ("640", "6710"): 780,
    ("640", "6790"): -250,
    ("610", "3130"): -180,
    ("610", "3510"): 60,
    ("630", "3510"): -40,
}
#: accounts that carry the rest of a kind, where not all of them do
CARRIERS = {
    "Personalkostnader": ("4010", "4020", "4210", "4390"),
    "Serviceavtal": ("6510",),
    "Resten": ("5990", "6790"),
}
#: budget September–December in thousandths of January–August, by line of `prognos` and area
AUTUMN = {
    "Personalkostnader": {"610": 525, "620": 527, "630": 548, "640": 526},
    "Personalomkostnader": {"610": 525, "620": 527, "630": 548, "640": 526},
    "Lokalkostnader": {"610": 500, "620": 500, "630": 500, "640": 500},
    "Övriga kostnader": {"610": 1_000, "620": 520, "630": 555, "640": 519},
    "Avskrivningar": {"610": 450, "620": 460, "630": 465, "640": 462},
}
#: phasing of the budget over the year's months by line; flat where nothing is said
PHASING = {
    "Personalkostnader": (101, 100, 102, 101, 104, 102, 92, 90, 101, 102, 103, 104),
    "Personalomkostnader": (101, 100, 102, 101, 104, 102, 92, 90, 101, 102, 103, 104),
    "Övriga kostnader": (100, 100, 104, 100, 100, 104, 82, 96, 104, 100, 100, 112),
    "Avskrivningar": (109, 107, 105, 103, 101, 99, 97, 95, 94, 93, 92, 91),
}
#: where an area's income closes, and the accounts that share it
CLOSING = {
    "610": (("6103", "3110"), ("6102", "3310")),
    "620": (("6202", "3130"), ("6204", "3310")),
    "630": (("6301", "3130"), ("6302", "3310")),
    "640": (("6405", "3120"), ("6406", "3120"), ("6402", "3310")),
}
Cell = tuple[str, str]


@cache
def variances() -> dict[Cell, int]:
    """Variance January–August by unit and account, whole kronor, before income closes."""
    found: dict[Cell, int] = defaultdict(int)
    for (area, account), tkr in SINGLE.items():
        _over_cells(found, area, (account,), tkr * 1000)
    for cell, amount in to_august().items():
        if cell[1] == "4220":  # the change in holiday debt is not budgeted
            found[cell] += half_up(amount, 100)
    for kind, by_area in VARIANCE.items():
        for area, tkr in by_area.items():
            accounts = KINDS[kind]
            single = sum(
                amount
                for (unit, account), amount in found.items()
                if area_of(unit) == area and account in accounts
            )
            _over_cells(found, area, CARRIERS.get(kind, accounts), tkr * 1000 - single)
    return dict(found)


def _over_cells(found: dict[Cell, int], area: str, accounts: tuple[str, ...], amount: int) -> None:
    """An amount over the area's cells of these accounts, by the size of their outcome."""
    if not amount:
        return
    cells = {
        cell: abs(value)
        for cell, value in to_august().items()
        if area_of(cell[0]) == area and cell[1] in accounts
    }
    if not cells:
        raise AssertionError(f"area {area} has nothing on {accounts}")
    for cell, part in zip(cells, spread(amount, list(cells.values())), strict=True):
        found[cell] += part


def _close(found: dict[Cell, int], area: str, total: int) -> None:
    """Let the area's income cells take what is missing to the total."""
    missing = total - sum(value for cell, value in found.items() if area_of(cell[0]) == area)
    cells = CLOSING[area]
    weights = [abs(to_august()[cell]) for cell in cells]
    for cell, part in zip(cells, spread(missing, weights), strict=True):
        found[cell] += part


@cache
def to_august_budget() -> dict[Cell, int]:
    """Budget January–August by unit and account, whole kronor."""
    found: dict[Cell, int] = defaultdict(int)
    for cell, amount in to_august().items():
        found[cell] = half_up(amount, 100) - variances().get(cell, 0)
        if cell[1] in ("3190", "6910"):  # agreed between the units, in tens of thousands
            found[cell] = half_up(found[cell], 10_000) * 10_000
    for area in printed.AREAS:
        _close(found, area, printed.OUTCOME[area] - printed.VARIANCE[area])
    return {cell: found[cell] for cell in sorted(found)}


@cache
def autumn_budget() -> dict[Cell, int]:
    """Budget September–December by unit and account, whole kronor."""
    found: dict[Cell, int] = defaultdict(int)
    for cell, amount in to_august_budget().items():
        line = line_of(cell[1], "prognos")
        share = 500 if line == "Intäkter" else AUTUMN[line][area_of(cell[0])]
        found[cell] = half_up(amount * share, 1000)
    for area in printed.AREAS:
        so_far = printed.OUTCOME[area] - printed.VARIANCE[area]
        _close(found, area, printed.ANNUAL_BUDGET[area] - so_far)
    return dict(found)


def months() -> dict[tuple[int, str, str], int]:
    """The budget by month, unit and account, whole kronor."""
    found = {}
    for cell, amount in to_august_budget().items():
        phasing = PHASING.get(line_of(cell[1], "prognos"), (100,) * 12)
        parts = spread(amount, phasing[:8]) + spread(autumn_budget()[cell], phasing[8:])
        for month, part in enumerate(parts, 1):
            if part:
                found[month, *cell] = part
    return {place: found[place] for place in sorted(found)}


def write(folder: Path) -> None:
    """budget-2020.csv."""
    write_csv(
        folder / "budget-2020.csv",
        "period,unit,account,amount,version,decision",
        [
            (month_text(2020, month), unit, account, kronor(amount * 100), "original", DECISION)
            for (month, unit, account), amount in months().items()
        ],
    )
