"""How long a whole report takes, as a process: medians of three after one warm-up.

    python benchmarks/reports.py [DEMO_FOLDER]

The demo's interim report in each form and in all three, beside what they stand on: the year-end
forecast by area alone, and the start of the charts' engine. The aim is about six seconds for all
three forms on two cores.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

RUNS = 3
AIM = 6
LEDGER = [sys.executable, "-m", "cli.main"]
ROOT = Path(__file__).resolve().parents[1]
ENGINE = """
import vl_convert
vl_convert.vegalite_to_svg({"data": {"values": [{}]}, "mark": "point"}, vl_version="6.4")
"""


def seconds(command: list[str]) -> list[float]:
    """Wall seconds of each counted run, sorted."""
    taken = []
    for turn in range(RUNS + 1):
        begun = time.perf_counter()
        subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
        if turn:
            taken.append(time.perf_counter() - begun)
    return sorted(taken)


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
        print(f"{'':36} {'min':>7} {'median':>7} {'max':>7}   seconds, {RUNS} runs")
        for name, command in commands.items():
            taken = seconds(command)
            middle = statistics.median(taken)
            print(f"{name:36} {taken[0]:7.2f} {middle:7.2f} {taken[-1]:7.2f}")
        print(f"all three forms: {middle / AIM:.2f} of the aim of {AIM} seconds")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        main(Path(sys.argv[1]))
    else:
        with tempfile.TemporaryDirectory() as made:
            demo = [*LEDGER, "demo", str(Path(made) / "demo")]
            subprocess.run(demo, cwd=ROOT, check=True, capture_output=True)
            main(Path(made) / "demo")
