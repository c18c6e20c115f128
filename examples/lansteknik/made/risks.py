"""MADE, on facts: the four risks of the interim report, put on a matrix.

FACT are what they are, of what kind, and which of them would worsen the forecast
(`facts/risks.csv`, in our own words). MADE are units, classes, amounts, months and roles: the
report prints none.
"""

from __future__ import annotations

from pathlib import Path

from .basics import write_csv
from .organisation import DIVISION

#: risk, unit, line, category, text, probability, consequence, effect, from, to, responsible
RISKS = (
    (
        *("R1", "640", "", "bemanning"),
        "Sämre leverans och driftsäkerhet när medarbetarna blir färre och sjukfrånvaron ökar",
        *("3", "4", "-1200000.00", "2020-09", "2020-12", "verksamhetschef Drift"),
    ),
    (
        *("R2", DIVISION, "Övriga kostnader", "covid-19"),
        "Andra vågen av covid-19: mer utrustning, fler transporter och övertid",
        *("3", "3", "-1500000.00", "2020-10", "2020-12", "divisionschef"),
    ),
    (
        *("R3", DIVISION, "", "bemanning"),
        "Några få nyckelpersoner bär för mycket",
        *("2", "3", "", "", "", "divisionschef"),
    ),
    (
        *("R4", DIVISION, "", "investering"),
        "Upphandlingar drar ut på tiden: planerade investeringar hinner inte köpas",
        *("3", "2", "", "", "", "divisionschef"),
    ),
)


def write(folder: Path) -> None:
    """risks-2020-T2.csv."""
    header = "risk,unit,line,category,text,probability,consequence,effect,from,to,responsible"
    write_csv(folder / "risks-2020-T2.csv", header, list(RISKS))
