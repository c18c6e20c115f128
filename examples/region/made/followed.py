"""The texts of the report's sections, as files: of the divisions' August, and of September.

Statistics, assignments, risks, and what explains Folktandvård's forecast are written by hand in the
files of those names: every figure of them is fact, their lags, classes, effects and roles are ours.
"""

from __future__ import annotations

from pathlib import Path

from .basics import write_csv
from .texts import DIVISIONS, MONTH, REGION_AUGUST


def write(folder: Path) -> None:
    """Every file of texts."""
    header = "section,unit,period,text"
    august = [(section, "RN", "2020-08", text) for section, text in REGION_AUGUST]
    august += [("sammanfattning", unit, "2020-08", text) for unit, text in DIVISIONS.items()]
    write_csv(folder / "commentary-2020-08.csv", header, august)
    month = [(section, "RN", "2020-09", text) for section, text in MONTH]
    write_csv(folder / "commentary-2020-09.csv", header, month)
