"""How long the command takes, as whole processes: medians of five after one warm-up.

    python benchmarks/command.py [DEMO_FOLDER]

Without a folder it makes the demo in a temporary one first. Each figure stands beside the floor
of the same run: an interpreter that does nothing, and one that imports Polars.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

RUNS = 5
LEDGER = [sys.executable, "-m", "cli.main"]
ROOT = Path(__file__).resolve().parents[1]


def seconds(command: list[str], folder: Path) -> list[float]:
    """Wall seconds of each counted run, sorted."""
    taken = []
    for turn in range(RUNS + 1):
        begun = time.perf_counter()
        subprocess.run(command, cwd=folder, check=True, capture_output=True)
        if turn:
            taken.append(time.perf_counter() - begun)
    return sorted(taken)


def main(folder: Path) -> None:
    """Time the commands on a demo store and print a table."""
    store = ["--store", str(folder / "ledger.db")]
    through = ["--through", "2020-08", *store]
    commands = {
        "floor: python -c pass": [sys.executable, "-c", "pass"],
        "floor: python -c 'import polars'": [sys.executable, "-c", "import polars"],
        "ledger --help": [*LEDGER, "--help"],
        "ledger result --by area": [*LEDGER, "result", "--by", "area", *through],
        "ledger cost-development": [*LEDGER, "cost-development", *through],
        "ledger balance": [*LEDGER, "balance", *through],
        "ledger forecast --by unit": [*LEDGER, "forecast", "--by", "unit", *through],
    }
    print(f"{'':36} {'min':>7} {'median':>7} {'max':>7}   seconds, {RUNS} runs")
    for name, command in commands.items():
        taken = seconds(command, ROOT)
        middle = statistics.median(taken)
        print(f"{name:36} {taken[0]:7.2f} {middle:7.2f} {taken[-1]:7.2f}")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        main(Path(sys.argv[1]))
    else:
        with tempfile.TemporaryDirectory() as made:
            begun = time.perf_counter()
            demo = [*LEDGER, "demo", str(Path(made) / "demo")]
            subprocess.run(demo, check=True, capture_output=True, cwd=ROOT)
            print(f"ledger demo: {time.perf_counter() - begun:.1f} s, once")
            main(Path(made) / "demo")
