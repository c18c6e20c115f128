"""How long the command takes, as whole processes: medians of five after one warm-up.

    python benchmarks/command.py [DEMO_FOLDER]

Without a folder it makes the demo in a temporary one first. Each figure stands beside the floor
of the same run: an interpreter that does nothing, and one that imports Polars. Beside the seconds
that pass stand those of the processor: they hold on a machine that others use too.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from benchmarks.processes import HEAD, LEDGER, ledger, timed

RUNS = 5


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
    print(f"{'':36}{HEAD}   seconds, {RUNS} runs")
    for name, command in commands.items():
        print(f"{name:36}{timed(command, RUNS).figures}")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        main(Path(sys.argv[1]))
    else:
        with tempfile.TemporaryDirectory() as made:
            begun = time.perf_counter()
            ledger("demo", str(Path(made) / "demo"))
            print(f"ledger demo: {time.perf_counter() - begun:.1f} s, once")
            main(Path(made) / "demo")
