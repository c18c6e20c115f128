"""MADE, on facts: the division's action plan and investments of 2020.

FACT are the printed tables of both (`facts/action_plan.csv`, `facts/investments.csv`), met at the
decimals printed: areas, assignments, effects and forecasts; types, frames, forecasts (whole
millions, as printed) and what was spent by the year of the decision. MADE are the single measures,
months, items, öre, and what was told in April.

The plan begins in May: half of the year's assignment falls by August, as the report has it. The
forecast of other costs is below what was reached by August, and that of MSB above its frame: so
the report prints them, and Utfall finds them.
"""

from __future__ import annotations

from pathlib import Path

from .basics import write_csv
from .organisation import DIVISION

_STAFF, _OTHER = "Personalkostnader", "Övriga kostnader"
#: measure, area, assignment, text, responsible; kronor
PLAN = (
    ("P1", _STAFF, "1600000.00", "Vakanser tillsätts inte", "divisionschef"),
    (
        *("Ö1", _OTHER, "3000000.00"),
        *("Datorer byts efter behov, inte efter ålder", "verksamhetschef Drift"),
    ),
    (
        *("Ö2", _OTHER, "1200000.00"),
        *("Återhållsamhet med utbildning, konferenser och resor", "divisionschef"),
    ),
    ("Ö3", _OTHER, "560000.00", "Licenser sägs upp", "verksamhetschef Utveckling"),
)
#: what the April forecast added to the plan, without an assignment of its own
ADDED = ("P2", _STAFF, "0.00", "Fem uppsägningar, tillagda vid aprilprognosen", "divisionschef")
#: by month told: measure → effect so far, forecast of the year
TOLD = {
    "2020-04": {
        "P1": ("310000.00", "1600000.00"),
        "P2": ("0.00", "900000.00"),
        "Ö1": ("1850000.00", "3900000.00"),
        "Ö2": ("520000.00", "1200000.00"),
        "Ö3": ("180000.00", "560000.00"),
    },
    "2020-08": {
        "P1": ("880000.00", "1900000.00"),
        "P2": ("420000.00", "1200000.00"),
        "Ö1": ("4980000.00", "4200000.00"),
        "Ö2": ("1100000.00", "1300000.00"),
        "Ö3": ("560000.00", "700000.00"),
    },
}
_DECISION = "RS 2019-11-27 § 210 (påhittad)"

#: type, group, frame of the year, forecasts of April and August
FRAMES = (
    ("IT", "", "21000000.00", "14000000.00", "10000000.00"),
    ("Datacenter (nät och server)", "IT", "", "", ""),
    ("Skrivare", "IT", "", "", ""),
    ("Telefoni", "IT", "", "", ""),
    ("Video", "IT", "", "", ""),
    ("Tystvårdmiljö", "", "3000000.00", "3000000.00", "3000000.00"),
    ("MSB", "", "4500000.00", "4500000.00", "5000000.00"),
    ("MT", "", "87000000.00", "70000000.00", "60000000.00"),
)
#: type, month, kronor, year of the decision, item
MADE = (
    ("Datacenter (nät och server)", "2020-02", "131400.00", "2019", "Nät i Malmfälten, etapp 1"),
    ("Datacenter (nät och server)", "2020-05", "82900.00", "2019", "Nät i Malmfälten, etapp 2"),
    ("Skrivare", "2020-03", "96450.00", "2019", ""),
    ("Telefoni", "2020-06", "88900.00", "2020", ""),
    ("Tystvårdmiljö", "2020-01", "604800.00", "2018", ""),
    ("Tystvårdmiljö", "2020-06", "989400.00", "2019", ""),
    ("MT", "2020-01", "4312700.00", "2018", "Övervakning"),
    ("MT", "2020-02", "3750200.00", "2019", "Ultraljud"),
    ("MT", "2020-03", "2948600.00", "2019", "Infusionspumpar"),
    ("MT", "2020-04", "2204300.00", "2018", "Endoskopi"),
    ("MT", "2020-05", "3127400.00", "2019", "Dialys"),
    ("MT", "2020-05", "1893500.00", "2020", "Ventilatorer"),
    ("MT", "2020-06", "2386100.00", "2019", "Operationsbord"),
    ("MT", "2020-06", "2741800.00", "2020", "Övervakning"),
    ("MT", "2020-08", "1261100.00", "2019", "Ultraljud"),
    ("MT", "2020-08", "3248600.00", "2020", "Sterilteknik"),
)


def write(folder: Path) -> None:
    """The plan and the frames of the year, then what was told in April and in August."""
    planned = "action,unit,action_area,year,assignment,phasing,text,responsible,decision"
    rows = [_planned(one, _DECISION) for one in PLAN]
    write_csv(folder / "action-2020.csv", planned, rows)
    for month, effects in TOLD.items():
        added = {ADDED[0]: _planned(ADDED, "")} if month == "2020-04" else {}
        empty = ("",) * 8
        tertial = _tertial(month)
        write_csv(
            folder / f"action-{tertial}.csv",
            f"{planned},period,effect,forecast",
            [
                (*added.get(name, (name, *empty)), month, *amounts)
                for name, amounts in effects.items()
            ],
        )
    frame = "investment_type,parent_type,unit,year,frame,decision"
    write_csv(
        folder / "investment-2020.csv",
        frame,
        [
            (name, group, DIVISION, "2020", ore, _DECISION if ore else "")
            for name, group, ore, *_ in FRAMES
        ],
    )
    for place, (month, earlier) in enumerate((("2020-04", "2020-01"), ("2020-08", "2020-05"))):
        made = [
            (name, DIVISION, period, kronor, decided, item, "")
            for name, period, kronor, decided, item in MADE
            if earlier <= period <= month
        ]
        told = [
            (row[0], DIVISION, month, "", "", "", row[3 + place])
            for row in FRAMES
            if row[3 + place]
        ]
        header = "investment_type,unit,period,outcome,decided,item,forecast"
        write_csv(folder / f"investment-{_tertial(month)}.csv", header, [*made, *told])


def _planned(one: tuple[str, ...], decision: str) -> tuple[str, ...]:
    name, area, kronor, text, responsible = one
    return (name, DIVISION, area, "2020", kronor, "from:2020-05", text, responsible, decision)


def _tertial(month: str) -> str:
    return f"{month[:4]}-T{int(month[5:]) // 4}"
