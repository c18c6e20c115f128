"""Every cell of the demos' tables: the events behind it sum to it, to the öre.

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
def region(tmp_path_factory):
    """The region's store."""
    folder = tmp_path_factory.mktemp("region") / "region"
    run("demo", folder, "--example", "region")
    return folder / "ledger.db"


def amounts_of(path) -> dict[int, int]:
    """The amount of each event that has one, by its position, from the stored bytes."""
    with closing(sqlite3.connect(path)) as store:
        rows = store.execute("SELECT rowid - 1, state FROM stored_events").fetchall()
    contents = {position: json.loads(state) for position, state in rows}
    return {position: c["amount"] for position, c in contents.items() if "amount" in c}


@pytest.fixture(scope="module")
def stored(demo):
    """What the demo's events say."""
    return amounts_of(demo)


@pytest.fixture(scope="module")
def stored_region(region):
    """What the region's events say."""
    return amounts_of(region)


def cells(demo, noun, *question, command=None):
    """Every cell of the table that the command prints a figure in: (key, measure, öre)."""
    asked = command or (noun.replace("_", "-"),)
    table = json.loads(run(*asked, *question, "--format", "json", "--store", demo))
    key = next(iter(table[0]))
    for row in table:
        for measure in NOUNS[noun].figures:
            if row[measure] is not None:
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


HANDED_IN = ("--through", "2020-08", "--known-at", "2020-09-30")


@pytest.mark.parametrize(
    ("noun", "command", "asked", "count"),
    [
        ("divisions", ("region", "divisions"), HANDED_IN, 98),
        ("divisions", ("region", "divisions"), ("--through", "2020-09"), 98),
        ("statement", ("region", "statement"), ("--through", "2020-09"), 132),
        ("region_summary", ("region", "summary"), ("--through", "2020-09"), 52),
        ("eliminations", ("region", "internal"), ("--through", "2020-09"), 99),
    ],
)
def test_the_events_behind_every_cell_of_the_region_sum_to_it(
    region, stored_region, noun, command, asked, count
) -> None:
    """Six divisions and their sum, each with 14 figures, as handed in and as known now; and the
    tables beside them."""
    kind, book = NOUNS[noun], Book(region)
    words = dict(zip(asked[::2], asked[1::2], strict=True))
    known = book.at(words["--known-at"]) if "--known-at" in words else book
    counted = kind.counted(known, words["--through"])
    behind = {name: facts(counted, kind, name) for name in kind.figures}
    compared = 0
    for key, measure, ore in cells(region, noun, *asked, command=command):
        rows = [r for r in behind[measure] if key in (None, r[counted.keys[0]])]
        signs = kind.formulas.get(measure, {measure: 1})
        assert sum(stored_region[r["position"]] * signs[r["measure"]] for r in rows) == ore, (
            key,
            measure,
        )
        assert len({(r["measure"], r["position"]) for r in rows}) == len(rows), "each event once"
        compared += 1
    assert compared == count


@pytest.mark.parametrize(
    "cell",
    [
        ("divisions", "--unit", "40", "--measure", "forecast_variance"),
        ("statement", "--line", "Verksamhetens nettokostnader", "--measure", "net"),
        ("region-summary", "--row", "figure=divisions", "--measure", "change_published"),
        ("internal-pairs", "--unit", "40", "--row", "counterparty=50"),
    ],
    ids=lambda cell: cell[0],
)
def test_a_cell_of_the_region_by_the_command_line(region, stored_region, cell) -> None:
    options = ("--through", "2020-09", "--format", "json", "--store", region)
    *behind, total = json.loads(run("trace", *cell, *options))
    figure = cell[cell.index("--measure") + 1] if "--measure" in cell else "difference"
    signs = NOUNS[cell[0].replace("-", "_")].formulas[figure]
    amounts = [stored_region[row["position"]] * signs[row["measure"]] for row in behind]
    assert amounts == [int(Decimal(row["amount"]) * 100) for row in behind]
    assert sum(amounts) == int(Decimal(total["amount"]) * 100) != 0


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
