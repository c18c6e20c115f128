"""The example division through the projections: the printed report's figures, to the öre.

The example's files go in by commands, not by intake, so that a failure here is the projections'.
What the figures are, and which of them the report misprints, stands in `tests/examples/facts`.
"""

import csv
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import polars as pl
import pytest

from ledger.commands import Source
from ledger.families.budget import BUDGET_ROWS, DecideBudget
from ledger.families.forecast import OpenRound
from ledger.families.forecast_approval import AdoptRound
from ledger.families.forecast_entry import EnterForecast
from ledger.families.organisation_commands import (
    AccountRow,
    ChangeSettings,
    DecideStructures,
    Found,
    RegisterAccounts,
    RegisterUnits,
    StructureRow,
    UnitRow,
)
from ledger.families.outcome import TOTAL_KEY
from ledger.families.outcome_commands import PostOutcome
from ledger.families.outcome_totals import RestateTotals
from ledger.money import to_ore
from ledger.rules import OUTCOME_ROWS
from ledger.store import Store
from projections import balance, cost_development, result

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "examples" / "lansteknik"
FACTS = ROOT / "tests" / "examples" / "facts"


def read(path: Path):
    """Rows of a file, empty cells as None."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [{k: v or None for k, v in row.items()} for row in csv.DictReader(file)]


def frame(rows, schema):
    """Rows as a frame of a schema, with lines and amounts in öre."""
    full = [{"line": n} | row | {"amount": to_ore(row["amount"])} for n, row in enumerate(rows, 2)]
    return pl.DataFrame([[row.get(name) for name in schema] for row in full], schema, orient="row")


def vouchers(path: Path):
    """Rows of an outcome file; the voucher's name parts into series and number."""
    rows = read(path)
    groups: dict[str | None, int] = {}
    for row in rows:
        series, _, number = (row["voucher"] or "").partition(" ")
        group = groups.setdefault(row["voucher"], len(groups))
        row |= {"series": series, "number": number, "group": group, "alone": False}
        row["row"] = int(row["row"])
    return rows


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    """The division's store, through August 2020 and the adopted round."""
    found = Found("Region Norrbotten", root="RN", clock="simulated")
    store = Store.create(tmp_path_factory.mktemp("example") / "ledger.db", found, "a")

    def record(command):
        store.record(command, "a", Source("example"))

    units = [row for row in read(EXAMPLE / "units.csv") if row["parent"]]
    record(RegisterUnits(tuple(UnitRow(**row) for row in units), "u"))
    accounts = read(EXAMPLE / "accounts.csv")
    record(RegisterAccounts(tuple(AccountRow(**row) for row in accounts), "a"))
    lines = [row | {"sign": int(row["sign"])} for row in read(EXAMPLE / "structures.csv")]
    record(DecideStructures(tuple(StructureRow(**row) for row in lines), "s"))
    settings = read(EXAMPLE / "settings.csv")
    record(ChangeSettings(tuple((row["setting"], row["value"], None) for row in settings)))
    schema = dict.fromkeys(TOTAL_KEY, pl.String) | {"line": pl.Int64, "amount": pl.Int64}
    record(RestateTotals(frame(read(EXAMPLE / "balances-2019.csv"), schema), "b"))
    record(DecideBudget(frame(read(EXAMPLE / "budget-2020.csv"), BUDGET_ROWS), "b"))
    for path in sorted((EXAMPLE / "2020").glob("*.csv")):
        record(PostOutcome(frame(vouchers(path), OUTCOME_ROWS), path.name))
    record(OpenRound("2020-T2", "2020-08"))
    entries = [
        {
            "round": row["round"],
            "unit": row["unit"],
            "report_line": row["line"],
            "amount": to_ore(row["amount"]),
            "method": row["method"],
            "comment": row["comment"],
        }
        for row in read(EXAMPLE / "forecast-2020-T2.csv")
    ]
    record(EnterForecast(tuple(entries), "f"))
    record(AdoptRound("2020-T2"))
    yield store.book()
    store.close()


def test_result_by_area(book):
    """Five figures of four areas; the total is computed, where the report prints 0 for −258."""
    printed = {row["area"]: row for row in read(FACTS / "result_by_area.csv")}
    rows = result(book, "2020-08").to_dicts()
    assert [row["name"] for row in rows] == [*list(printed)[:-1], None]
    for row in rows:
        fact = printed[row["name"] or "Totalt"]
        assert row["outcome"] == to_ore(fact["actual_2020_08"])
        assert row["variance"] == to_ore(fact["variance_actual_vs_budget"])
        assert row["forecast"] == to_ore(fact["annual_forecast"])
        assert row["forecast_variance"] == to_ore(fact["variance_forecast_vs_budget"])
        if row["unit"]:
            assert row["annual_budget"] == to_ore(fact["annual_budget_2020"])
    assert rows[-1]["annual_budget"] == -258_00


def test_cost_development(book):
    """Five lines, eight months, to a hundredth of a percent."""
    printed = read(FACTS / "cost_development.csv")
    rows = cost_development(book, "2020-08").to_dicts()
    assert [row["line"] for row in rows] == [fact["cost_category"] for fact in printed]
    for row, fact in zip(rows, printed, strict=True):
        thousands = (Decimal(row["outcome"]) / 100_000).quantize(Decimal(1), ROUND_HALF_UP)
        assert thousands == Decimal(fact["accumulated_actual_2020_08"])
        assert row["change_percent"] == {
            f"2020-{month:02d}": fact[f"change_vs_prior_year_month_{month:02d}"]
            for month in range(1, 9)
        }


def test_the_books_balance(book):
    """Every voucher of 2020 sums to zero, so the year's trial balance does."""
    assert balance(book, year="2020")["change"].sum() == 0
