"""Make the files of the example: Region Norrbotten, September 2020, for the director's report.

FACT is every figure that the report prints of the region, its divisions and its health centres
(`made/printed.py`), at the precision printed. MADE is everything else: units, accounts, the months,
how a figure parts into units and accounts, and levels where the report gives changes alone.

    python examples/region/make.py [FOLDER]

writes the same bytes every time (standard library only). Without FOLDER the files land beside this
script.

    printed ─→ books ─┬─→ vouchers ─→ 2020/*.csv, balances-2019.csv, budget-2020.csv
                      └─→ plans ─→ forecast-2020-T2.csv, action-*.csv
    staffing ─→ staffing/*.csv; texts ─→ followed ─→ commentary-*.csv, attachments
"""

from __future__ import annotations

import sys
from pathlib import Path

from made import (  # type: ignore[import-not-found]  # found beside the script when it is run
    followed,
    organisation,
    plans,
    staffing,
    vouchers,
)


def make(folder: Path) -> None:
    """Write every file of the example into a folder."""
    organisation.write(folder)
    vouchers.write(folder)
    plans.write(folder)
    staffing.write(folder)
    followed.write(folder)


if __name__ == "__main__":
    make(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent)
