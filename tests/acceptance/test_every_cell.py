"""Every cell of the demo's tables: the events behind it sum to it, to the öre.

The tables are what the command prints as JSON; the amounts are read from the stored events
themselves, by the standard library alone.
"""

import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from decimal import Decimal

import pytest

from ledger.log import Book
from projections.nouns import NOUNS

BUDGETS = ("budget", "annual_budget")


def run(*arguments: object) -> str:
    """The command's standard output."""
    command = [sys.executable, "-m", "cli.main", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """The demo's store, made by the command."""
    folder = tmp_path_factory.mktemp("demo") / "demo"
    run("demo", folder)
    return folder / "ledger.db"


@pytest.fixture(scope="module")
def stored(demo):
    """The amount of each event that has one, by its position, from the stored bytes."""
    with closing(sqlite3.connect(demo)) as store:
        rows = store.execute("SELECT rowid - 1, state FROM stored_events").fetchall()
    contents = {position: json.loads(state) for position, state in rows}
    return {position: c["amount"] for position, c in contents.items() if "amount" in c}


def cells(demo, noun, *question):
    """Every cell of the table as the command prints it: (key, measure, öre)."""
    table = json.loads(run(noun.replace("_", "-"), *question, "--format", "json", "--store", demo))
    key = next(iter(table[0]))
    for row in table:
        for measure in NOUNS[noun].figures:
            yield row[key], measure, int(Decimal(row[measure]) * 100)


def facts(counted, kind, measure):
    """The facts behind a figure, all rows of its table at once."""
    behind = counted.behind(measure, kind.formulas)
    assert behind is not None
    return behind.collect().rows(named=True)


@pytest.mark.parametrize(
    ("noun", "by", "count"),
    [("result", "area", 35), ("result", "unit", 119), ("result", "line", 49),
     ("cost_development", "line", 10)],
)  # fmt: skip
def test_the_events_behind_every_cell_sum_to_it(demo, stored, noun, by, count) -> None:
    kind = NOUNS[noun]
    counted = kind.counted(Book(demo), "2020-08", by=(by,))
    behind = {name: facts(counted, kind, name) for name in kind.figures}
    asked = ("--through", "2020-08", *(("--by", by) if noun == "result" else ()))
    compared = 0
    for key, measure, ore in cells(demo, noun, *asked):
        rows = [r for r in behind[measure] if key in (None, r[counted.keys[0]])]
        signs = kind.formulas.get(measure, {measure: 1})
        assert sum(stored[r["position"]] * signs[r["measure"]] for r in rows) == ore, (key, measure)
        assert len({(r["measure"], r["position"]) for r in rows}) == len(rows), "each event once"
        compared += 1
    assert compared == count


@pytest.mark.parametrize(
    "cell",
    [
        ("--unit", "640", "--measure", "variance"),
        ("--unit", "610", "--measure", "forecast_variance"),
        ("--line", "Personalkostnader", "--measure", "last_year"),
    ],
)
def test_a_cell_by_the_command_line(demo, stored, cell) -> None:
    options = ("--through", "2020-08", "--format", "json", "--store", demo)
    *behind, total = json.loads(run("trace", "result", *cell, *options))
    assert total["position"] is None
    amounts = [int(Decimal(row["amount"]) * 100) for row in behind]
    assert sum(amounts) == int(Decimal(total["amount"]) * 100)
    turned = {"variance": BUDGETS, "forecast_variance": BUDGETS}.get(cell[-1], ())
    for row, ore in zip(behind, amounts, strict=True):
        assert stored[row["position"]] == (-ore if row.get("measure") in turned else ore)
    by = {"--unit": "area", "--line": "line"}[cell[0]]
    table = cells(demo, "result", "--by", by, "--through", "2020-08")
    assert {(key, measure): ore for key, measure, ore in table}[cell[1], cell[-1]] == sum(amounts)


def test_every_row_of_the_trial_balance(demo, stored) -> None:
    kind = NOUNS["balance"]
    counted = kind.counted(Book(demo), "2020-08")
    behind = facts(counted, kind, "closing")
    for account, measure, ore in cells(demo, "balance", "--through", "2020-08"):
        if measure == "closing":
            rows = [r for r in behind if r["account"] == account]
            assert -sum(stored[r["position"]] for r in rows) == ore
