"""The director's report of a large region, as a whole process of a warm store.

usage: python benchmarks/region.py [--units N] [--runs N] [FOLDER]

Six divisions of N units (400) and three years: an income account and two cost accounts a unit and
month from January 2018 to September 2020, budgets of 2019 and 2020, staffing from January 2019 (six
measures a unit and month) and twelve statistics a division and month. The store is made in FOLDER
(or a temporary one; it is kept and used again where it exists). Figures are wall and processor
seconds, after one warm-up; the aim is about twenty seconds on two quiet cores.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from benchmarks.processes import HEAD, LEDGER, ledger, timed
from ledger.periods import months_between

AIM = 20
DIVISIONS, THROUGH = 6, "2020-09"
ACCOUNTS = (("3010", 95_000), ("4010", -70_000), ("5010", -25_000))
#: Of a unit and month, at most so much.
STAFFING = {"worked": 4_000, "ordinary": 4_200, "sick": 200, "overtime": 60, "permanent": 30,
            "temporary": 4}  # fmt: skip
FIXED = {
    "accounts": "account,name,type\n3010,Income,income\n4010,Wages,cost\n5010,Other,cost\n",
    "structures": """structure,line,parent,account_from,account_to,sign,valid_from
lines,Income,,3000,3999,1,2018-01
lines,Wages,,4000,4999,1,2018-01
lines,Other,,5000,5999,1,2018-01
""",
    "settings": """setting,value
structure.result,lines
structure.forecast,lines
structure.cost_development,lines
structure.statement,lines
""",
}


def files(units: int) -> Iterator[tuple[str, list[str]]]:
    """The files that hang on the number of units, in the order in which they are imported."""
    draw = random.Random(1)
    divisions = [f"D{n}" for n in range(1, DIVISIONS + 1)]
    inside = {f"{d}{n:04d}": d for d in divisions for n in range(units)}
    rows = ["unit,name,parent,level,tree,valid_from"]
    rows += [f"{d},Division {d},R,division,line,2018-01" for d in divisions]
    yield "units", rows + [f"{u},Unit {u},{d},unit,line,2018-01" for u, d in inside.items()]
    outcome, budget = ["period,unit,account,amount"], ["period,unit,account,amount"]
    for unit in inside:
        size = draw.lognormvariate(0, 0.8)
        for month in months_between("2018-01", "2020-12"):
            for account, amount in ACCOUNTS:
                if month <= THROUGH:
                    outcome.append(
                        f"{month},{unit},{account},{size * amount * draw.gauss(1, 0.05):.2f}"
                    )
                if month >= "2019-01":
                    budget.append(f"{month},{unit},{account},{size * amount:.2f}")
    yield "balances", outcome
    yield "budget", budget
    staffing = ["period,unit,measure,value"]
    for unit in inside:
        for month in months_between("2019-01", THROUGH):
            share = draw.uniform(0.8, 1)
            staffing += [f"{month},{unit},{m},{int(most * share)}" for m, most in STAFFING.items()]
    yield "staffing", staffing
    statistics = ["measure,unit,period,value,measured_in,category"]
    for division in divisions:
        for month in months_between("2018-01", THROUGH):
            statistics += [
                f"Measure {n},{division},{month},{draw.randint(50, 100)},st,production"
                for n in range(12)
            ]
    yield "statistics", statistics


def make(folder: Path, units: int) -> None:
    """A store of that many units a division, by the command line."""
    ledger("init", str(folder), "--organisation", "Region", "--root-unit", "R")
    store = ("--store", str(folder / "ledger.db"))
    made = files(units)
    name, rows = next(made)
    for fixed, text in {name: "\n".join(rows) + "\n", **FIXED}.items():
        (folder / f"{fixed}.csv").write_text(text, encoding="utf-8")
        ledger("import", str(folder / f"{fixed}.csv"), *store)
    for name, rows in made:
        begun = time.perf_counter()
        (folder / f"{name}.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
        ledger("import", str(folder / f"{name}.csv"), *store)
        print(f"{name}: {len(rows) - 1} rows imported in {time.perf_counter() - begun:.0f} s")


def main() -> None:
    """Make the store where it is not, time, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--units", type=int, default=400)
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.folder or Path(temporary) / "region"
        if not (folder / "ledger.db").exists():
            folder.mkdir(parents=True, exist_ok=True)
            make(folder, options.units)
        asked = ["--through", THROUGH, "-o", str(folder), "--store", str(folder / "ledger.db")]
        report = [*LEDGER, "report", "director", *asked, "--to"]
        commands = {
            "floor: import polars": [sys.executable, "-c", "import polars"],
            "report director, html": [*report, "html"],
            "report director, all three": [*report, "html,docx,xlsx"],
        }
        print(f"{'':28}{HEAD}   {os.cpu_count()} cores")
        for name, command in commands.items():
            taken = timed(command, options.runs)
            print(f"{name:28}{taken.figures}")
        print(f"all three forms: {median(taken.wall) / AIM:.2f} of the aim of {AIM} seconds")


if __name__ == "__main__":
    main()
