"""The texts of the report's sections, as files: of the divisions' August, and of September; and
its attachments, short texts of ours in the places of the printed ones.

Statistics, assignments, risks, and what explains Folktandvård's forecast are written by hand in the
files of those names: every figure of them is fact but the months of access by telephone before
August's, which are ours, as lags, classes, effects and roles are.
"""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from .basics import write_csv
from .organisation import DIVISIONS as NAMES
from .texts import DIVISIONS, MONTH, REGION_AUGUST

#: The attachments after the divisions' own.
_MORE = {
    "Produktions- och tillgänglighetsrapport": "Statistiken står i rapportens eget avsnitt.",
    "Personalrapport": "Bemanningen står i rapportens eget avsnitt.",
}


def write(folder: Path) -> None:
    """Every file of texts."""
    texts = {f"Delårsrapport Division {NAMES[unit]}": text for unit, text in DIVISIONS.items()}
    rows = []
    for number, (title, text) in enumerate({**texts, **_MORE}.items(), 1):
        content = f"Bilaga {number}\n{title}\n\n{text}\n".encode()
        place = folder / "attachments" / f"{number}.txt"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
        rows.append((str(number), "RN", "2020-09", title, sha256(content).hexdigest()))
    write_csv(folder / "attachments-2020-09.csv", "number,unit,period,title,digest", rows)
    header = "section,unit,period,text"
    august = [(section, "RN", "2020-08", text) for section, text in REGION_AUGUST]
    august += [("sammanfattning", unit, "2020-08", text) for unit, text in DIVISIONS.items()]
    write_csv(folder / "commentary-2020-08.csv", header, august)
    month = [(section, "RN", "2020-09", text) for section, text in MONTH]
    write_csv(folder / "commentary-2020-09.csv", header, month)
