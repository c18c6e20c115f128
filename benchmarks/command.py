"""How long the command takes, as whole processes: medians of five after one warm-up.

    python benchmarks/command.py [DEMO_FOLDER]

Without a folder it makes the demo in a temporary one first. Each figure stands beside the floor
of the same run: an interpreter that does nothing, and one that imports Polars. Beside the seconds
that pass stand those of the processor in our own code: they hold on a machine that others use too.
The processes keep Python's bytecode, as an installed program has it; without it (a variable
PYTHONDONTWRITEBYTECODE) each would compile all that it imports anew, a third of a second.
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

RUNS = 5
LEDGER = [sys.executable, "-m", "cli.main"]
ROOT = Path(__file__).resolve().parents[1]


def seconds(command: list[str], folder: Path, kept: str) -> tuple[list[float], float]:
    """Wall seconds of each counted run, sorted, and the median of the processor's; ``kept`` is the
    folder of the bytecode."""
    env = os.environ | {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": kept}
    taken, worked = [], []
    for turn in range(RUNS + 1):
        begun, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
        subprocess.run(command, cwd=folder, check=True, capture_output=True, env=env)
        if turn:
            taken.append(time.perf_counter() - begun)
            worked.append(resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before)
    return sorted(taken), statistics.median(worked)


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
    print(f"{'':36} {'min':>7} {'median':>7} {'max':>7} {'user':>7}   seconds, {RUNS} runs")
    with tempfile.TemporaryDirectory() as kept:
        for name, command in commands.items():
            taken, worked = seconds(command, ROOT, kept)
            middle = statistics.median(taken)
            print(f"{name:36} {taken[0]:7.2f} {middle:7.2f} {taken[-1]:7.2f} {worked:7.2f}")


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
