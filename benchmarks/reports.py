"""How long a whole report takes, as a process: medians of three after one warm-up.

    python benchmarks/reports.py [DEMO_FOLDER]

The demo's interim report in each form and in all three, beside what they stand on: the year-end
forecast by area alone, and the start of the charts' engine. The aim is about six seconds for all
three forms on two cores.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from statistics import median

from benchmarks.processes import HEAD, LEDGER, ledger, timed

RUNS = 3
AIM = 6
ENGINE = """
import vl_convert
vl_convert.vegalite_to_svg({"data": {"values": [{}]}, "mark": "point"}, vl_version="6.4")
"""


def main(folder: Path) -> None:
    """Time the report on a demo store and print a table."""
    store = ["--store", str(folder / "ledger.db"), "--unit", "60"]
    through = ["--through", "2020-08", *store]
    with tempfile.TemporaryDirectory() as out:
        report = [*LEDGER, "report", "interim", *through, "-o", out, "--to"]
        commands = {
            "floor: python -c 'import polars'": [sys.executable, "-c", "import polars"],
            "floor: one chart": [sys.executable, "-c", ENGINE],
            "floor: ledger forecast --by area": [*LEDGER, "forecast", "--by", "area", *through],
            "ledger report interim --to html": [*report, "html"],
            "ledger report interim --to docx": [*report, "docx"],
            "ledger report interim --to xlsx": [*report, "xlsx"],
            "ledger report interim, all three": [*report, "html,docx,xlsx"],
        }
        print(f"{'':36}{HEAD}   seconds, {RUNS} runs")
        for name, command in commands.items():
            taken = timed(command, RUNS)
            print(f"{name:36}{taken.figures}")
        print(f"all three forms: {median(taken.wall) / AIM:.2f} of the aim of {AIM} seconds")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        main(Path(sys.argv[1]))
    else:
        with tempfile.TemporaryDirectory() as made:
            ledger("demo", str(Path(made) / "demo"))
            main(Path(made) / "demo")
