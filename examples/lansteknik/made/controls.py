"""The division's internal control, August 2020.

FACT (`facts/internal_control.csv`) are the control activity, its method and that it goes on all the
time, its result, why there is none that can be assessed, and the measure. MADE are the board, the
decision, the risk with its classes, the roles, the day, and the list of assignments and projects
that a sample would be drawn from: the codes mean nothing.
"""

from __future__ import annotations

from pathlib import Path

from .basics import write_csv
from .organisation import DIVISION

PLAN = (
    *("K1", "2020", DIVISION, "Följa upp finansieringsprinciper kring uppdrag och projekt"),
    "Uppdrag och projekt utförs utan att någon betalar för dem",
    *("2", "3", "sample", "Uppdrag och projekt", "0.05", "0.95"),
    *("controller", "divisionens ledningsgrupp", "continuous", "2020-12-31"),
)
PERFORMED = (
    *("K1", "2020", "2020-08", "not_assessable", "2020-09-14"),
    "Följs upp på veckovisa ledningsgruppsmöten; kontroll vid månatliga uppföljningstillfällen.",
    "På grund av covid-19 har nivån av uppdrag och projekt varit väldigt låg; kontrollen jan-aug "
    "ger inte ett rättvisande utfall.",
)
MEASURE = (
    *("K1", "2020", "M1"),
    "Fortsätter löpande att följa upp finansieringsprinciper samt säkra att principerna är "
    "förstådda och används, ex. m.h.a. interna utbildningar.",
    *("divisionschef", "2020-12-31", "in_progress"),
)
#: item, what it is
POPULATION = tuple(
    (f"U-{number:02}", text)
    for number, text in enumerate(
        (
            "Införande av mobila lösningar",
            "Byte av nätverk i ett sjukhus",
            "Utrustning till vårdplatser för covid-19",
            "Distansmöten i primärvården",
            "Medicinteknik i en ny operationssal",
            "Samordnad inloggning",
            "Flytt av en vårdavdelning",
            "Utredning av gemensamt arkiv",
            "Stöd till digital kallelse",
        ),
        1,
    )
)


def write(folder: Path) -> None:
    """controls-2020, population-, controls-, control-measures- and materiality-2020-T2.csv."""
    header = "control,year,unit,text,risk_text,probability,consequence,method,population,tolerable,"
    header += "confidence,responsible,recipient,frequency,due"
    write_csv(folder / "control-2020.csv", header, [PLAN])
    header = "control,year,period,conclusion,performed_on,result,because"
    write_csv(folder / "control-2020-T2.csv", header, [PERFORMED])
    header = "control,year,measure,text,responsible,due,progress"
    write_csv(folder / "control_measure-2020-T2.csv", header, [MEASURE])
    header = "year,unit,overall,performance,trivial,basis"
    row = ("2020", DIVISION, "4000000", "3000000", "120000", "1 procent av kostnaderna")
    write_csv(folder / "materiality-2020.csv", header, [row])
    header = "population,item,text,origin,as_of,vouched_by"
    said = ("Projektregistret", "2020-08-31", "projektkontoret")
    rows = [
        ("Uppdrag och projekt", item, text, *(said if place == 0 else ("", "", "")))
        for place, (item, text) in enumerate(POPULATION)
    ]
    write_csv(folder / "population-2020-T2.csv", header, rows)
