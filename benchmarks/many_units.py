"""`ledger forecast --by unit` over 2,000 units and three years, as a whole process of a warm store.

usage: python benchmarks/many_units.py [--units N] [FOLDER]

The store is made in FOLDER (or a temporary one; it is kept and used again where it exists): an
income account and two cost accounts a unit and month, January 2018 to August 2020, and budgets of
2019 and 2020. Figures are wall and processor seconds of five runs after one, beside the floor of
the same run: an interpreter that imports Polars.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.processes import HEAD, LEDGER, ledger, timed
from ledger.periods import months_between

RUNS = 5
THROUGH = "2020-08"
ACCOUNTS = (("3010", 95_000), ("4010", -70_000), ("5010", -25_000))


def make(folder: Path, units: int) -> None:
    """A store of that many units, by the command line."""
    draw = random.Random(1)
    codes = [f"U{n:05d}" for n in range(units)]
    rows = ["unit,name,parent,level,tree,valid_from", "D,Division,R,division,line,2018-01"]
    rows += [f"A{n:03d},Area {n},D,area,line,2018-01" for n in range(units // 50 + 1)]
    rows += [f"{c},Unit {c},A{n // 50:03d},unit,line,2018-01" for n, c in enumerate(codes)]
    accounts = "account,name,type\n3010,Income,income\n4010,Wages,cost\n5010,Other,cost\n"
    outcome, budget = ["period,unit,account,amount"], ["period,unit,account,amount"]
    for code in codes:
        size = draw.lognormvariate(0, 0.8)
        season = [1 + draw.gauss(0, 0.1) for _ in range(12)]
        for i, month in enumerate(months_between("2018-01", "2020-12")):
            for account, amount in ACCOUNTS:
                usual = size * amount * season[i % 12] * 1.002**i
                if month <= THROUGH:
                    outcome.append(f"{month},{code},{account},{usual * draw.gauss(1, 0.05):.2f}")
                if month >= "2019-01":
                    budget.append(f"{month},{code},{account},{usual:.2f}")
    for name, lines in (("units", rows), ("outcome", outcome), ("budget", budget)):
        (folder / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (folder / "accounts.csv").write_text(accounts, encoding="utf-8")
    run = [
        ["init", str(folder), "--organisation", "Region", "--root-unit", "R"],
        ["import", *(str(folder / f"{n}.csv") for n in ("units", "accounts")), "--register"],
        ["import", str(folder / "outcome.csv"), "--as", "balances"],
        ["import", str(folder / "budget.csv")],
    ]
    for command in run:
        store = [] if command[0] == "init" else ["--store", str(folder / "ledger.db")]
        ledger(*command, *store)


def main() -> None:
    """Make the store where it is not, time, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--units", type=int, default=2000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.folder or Path(temporary) / "many"
        if not (folder / "ledger.db").exists():
            folder.mkdir(parents=True, exist_ok=True)
            begun = time.perf_counter()
            make(folder, options.units)
            print(f"store made in {time.perf_counter() - begun:.0f} s")
        forecast = ["forecast", "--through", THROUGH, "--store", str(folder / "ledger.db")]
        commands = {
            "floor: import polars": [sys.executable, "-c", "import polars"],
            "forecast --by unit": [*LEDGER, *forecast, "--by", "unit", "--format", "json"],
            "forecast --by area": [*LEDGER, *forecast, "--by", "area", "--format", "json"],
        }
        print(f"{'':24}{HEAD}   {os.cpu_count()} cores")
        for name, command in commands.items():
            print(f"{name:24}{timed(command, RUNS).figures}")


if __name__ == "__main__":
    main()
