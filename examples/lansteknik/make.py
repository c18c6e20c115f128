"""Make the files of the example: division Länsteknik, Region Norrbotten, August 2020.

FACT is every figure that the division's printed interim report gives (`made/printed.py`): result,
variance, annual budget and year-end forecast by area to the krona; cost by line to the thousand;
accumulated change against 2019 by line and month to a hundredth of a percent; the explanations of
variances, product 0630, the forecast by line, the action plan and the investments to a tenth of a
million.

MADE is everything else: units, accounts, suppliers, roles, vouchers, and the months. They are
shaped so that the facts come out of them exactly and the rest looks like a division's year;
nothing in them is known to be true, and nobody in them exists.

    python examples/lansteknik/make.py [FOLDER]

writes the same bytes every time (standard library only; seeds stand in `made/`). Without FOLDER the
files land beside this script.

    printed ─→ months ─┬─→ year2020 ─→ vouchers ─→ 2020/*.csv, later/*.csv
      shapes ─────┘    ├─→ history ─→ balances-2018.csv, balances-2019.csv
                       └─→ budget ─→ forecast ─→ budget, forecast, assumptions; risks
                       └─→ plans ─→ action-*, investment-*; followed ─→ scorecard and the rest;
                           controls ─→ control-* and the list that they look at
      staffing ─→ staffing/*.csv
"""

from __future__ import annotations

import sys
from pathlib import Path

from made import (  # type: ignore[import-not-found]  # found beside the script when it is run
    budget,
    controls,
    followed,
    forecast,
    history,
    months,
    organisation,
    plans,
    risks,
    staffing,
    vouchers,
    year2020,
)


def make(folder: Path) -> None:
    """Write every file of the example into a folder."""
    months.check()
    organisation.write(folder)
    history.write(folder)
    vouchers.write(year2020.vouchers(), folder)
    budget.write(folder)
    forecast.write(folder)
    risks.write(folder)
    plans.write(folder)
    followed.write(folder)
    controls.write(folder)
    staffing.write(folder)


if __name__ == "__main__":
    make(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent)
