"""The model's year-end adds up to the öre, whatever the table's rows."""

import math

import polars as pl
import pytest

from ledger.families.forecast import Assume, OpenRound
from ledger.families.organisation_commands import AccountRow, RegisterAccounts
from ledger.periods import months_between
from projections.forecast_parts import forecast_parts
from reporting.forecast_model import Model, details_of
from reporting.forecast_table import year_end
from tests.projections.builders import Books

LAST = "2020-08"
TABLES = (
    "unit", "area", "division", "line", "account", "product", "project",
    "unit,line", "area,account", "line,unit", "division,product",
)  # fmt: skip


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    """32 months of three units: income that follows wages in one, a rent that never moves, wages
    with a product, a unit that began this year, and a budget of 2019 and 2020 in another account
    and by line."""
    books = Books(tmp_path_factory.mktemp("books"))
    postings, budget = [], []
    for i, month in enumerate(months_between("2018-01", LAST)):
        wage = -(100_000_00 + 7_777 * i + 1_000_00 * (i * 37 % 11))
        postings += [
            (month, "6101", "4010", wage),
            (month, "6101", "3010", -wage - 3_333_33),
            (month, "6102", "4010", wage // 3, {"product": "0630" if i % 2 else "0100"}),
            (month, "6201", "5010", -5_000_01),
            (month, "6201", "4010", round(30_000_00 * math.sin(i))),
        ]
        if month >= "2020-06":
            postings.append((month, "620", "4010", -777_77))
    for month in months_between("2019-01", "2020-12"):
        budget += [
            (month, "6101", "4010", -101_000_00),
            (month, "6102", None, -40_000_00, {"report_line": "Personal"}),
            (month, "6201", "3010", 1_00),
        ]
    books.post(*postings)
    books.budget(*budget)
    yield books.book
    books.store.close()


@pytest.fixture(scope="module")
def tables(book):
    return {by: year_end(book, LAST, by=by.split(",")) for by in TABLES}


@pytest.mark.parametrize("by", TABLES)
def test_every_table_adds_up_to_the_same_whole(tables, by):
    """Remaining and forecast by whatever rows sum to those by unit, in öre."""
    table = tables[by]
    rows = table.filter(pl.col(by).is_not_null()) if "," not in by and by in table else table
    rows = table[:-1] if "," not in by else table
    whole = tables["unit"].row(-1, named=True)
    for column in ("outcome", "remaining", "forecast"):
        assert rows[column].sum() == whole[column]
    if "," not in by:
        assert table.row(-1, named=True)["p10"] == whole["p10"]


def test_units_add_to_areas_and_lines_to_units(tables):
    """610 is 6101 and 6102; each unit is its lines."""
    units = dict(tables["unit"].select("unit", "remaining").rows())
    areas = dict(tables["area"].select("unit", "remaining").rows())
    assert areas["610"] == units["6101"] + units["6102"]
    assert areas["620"] == units["6201"] + units["620"]
    by_unit = tables["unit,line"].group_by("unit").agg(pl.col("remaining").sum())
    assert dict(by_unit.rows()) == {k: v for k, v in units.items() if k is not None}
    assert (
        tables["unit,line"]
        .sort("unit", "line")
        .select("remaining")
        .equals(tables["line,unit"].sort("unit", "line").select("remaining"))
    )


def test_a_part_of_the_organisation_is_forecast_as_in_the_whole(book, tables):
    """What is asked for 610 alone is what the whole's table has there."""
    alone = year_end(book, LAST, by=("unit",), unit="610")
    of_whole = tables["unit"].filter(pl.col("unit").is_in(["6101", "6102"]))
    for row, other in zip(alone[:-1].rows(named=True), of_whole.rows(named=True), strict=True):
        assert row["remaining"] == other["remaining"]


def test_income_and_costs_are_parts_of_their_own(book):
    """A unit with both has two; the budget by line falls on costs."""
    parts = forecast_parts(book, LAST, by=("unit",))
    assert set(parts.outcome["part"]) >= {"6101|income", "6101|cost", "6201|cost"}
    assert set(parts.budget["part"]) == {"6101|cost", "6102|cost", "6201|income"}
    assert set(parts.budget["period"].dt.year()) == {2019, 2020}


def test_details_say_what_reconciliation_moved(book):
    """Model and reconciled make remaining; the details of a part sum to the part's own forecast."""
    model = Model(book, LAST, (80, 95))
    parts = forecast_parts(book, LAST, by=("line",))
    details = details_of(model, parts)
    assert (details["model"] + details["reconciled"]).equals(details["remaining"])
    of_parts = details.group_by("part").agg(pl.col("remaining").sum()).sort("part")
    whole = details_of(model, forecast_parts(book, LAST, by=("unit",))).sort("part")
    assert of_parts.rows() == whole.select("part", "remaining").rows()
    assert details.filter(pl.col("reconciled") != 0).height > 0


def test_the_interval_lies_around_the_sum(tables):
    for table in tables.values():
        ends = table.select("p2_5", "p10", "p50", "p90", "p97_5")
        for row in ends.rows():
            assert list(row) == sorted(row)
        assert table["p50"].equals(table["forecast"])


def test_no_row_of_costs_ends_as_income_for_the_reconciliation(tmp_path):
    """Small accounts of one sign beside a large one that fell: what is moved to the unit's costs
    stops at nothing, points and intervals, and the sums still hold to the öre."""
    books = Books(tmp_path)
    postings = []
    for i, month in enumerate(months_between("2018-01", LAST)):
        wage = -(90_000_00 if month < "2020-03" else 60_000_00) + 1_111 * (i * 29 % 17)
        lump = -40_000_03 if i % 3 == 0 else -(10_07 + i % 5)
        postings += [(month, "6101", "4010", wage), (month, "6101", "5010", lump)]
        postings.append((month, "6101", "4990", -(3 + 100_000 * (i * 7 % 11 == 0))))
    books.record(RegisterAccounts((AccountRow("4990", "Övrigt", "cost"),), "accounts.csv"))
    books.post(*postings)
    try:
        unit = year_end(books.book, LAST, by=("unit",)).row(-1, named=True)
        for by in ("account", "line,account", "unit,account"):
            table = year_end(books.book, LAST, by=by.split(","))
            rows = table.filter(pl.col("name").is_not_null())
            assert rows["remaining"].sum() == unit["remaining"]
            for row in rows.to_dicts():
                ends = [row[name] for name in ("p2_5", "p10", "p50", "p90", "p97_5")]
                assert ends == sorted(ends)
                assert max(ends) <= row["outcome"]
    finally:
        books.store.close()


def test_no_level_is_wider_than_the_one_below(tables):
    """Beyond perfect correlation there is nothing."""

    def widths(by: str) -> list[int]:
        return (tables[by]["p90"] - tables[by]["p10"]).to_list()

    for by in ("unit", "area", "division"):
        *rows, whole = widths(by)
        assert whole == widths("unit")[-1] <= sum(rows)
    areas = dict(zip(tables["area"]["unit"], widths("area"), strict=True))
    units = dict(zip(tables["unit"]["unit"], widths("unit"), strict=True))
    assert areas["610"] <= units["6101"] + units["6102"]


def test_codes_that_are_new_take_what_stood_without(tmp_path):
    """Wages without product in 2018 and 2019, and with one in all of 2020: nothing more is expected
    without, and a budget that names no product is nobody's."""
    books = Books(tmp_path)
    for month in months_between("2018-01", LAST):
        code = {"product": "0100"} if month >= "2020-01" else {}
        books.post((month, "6101", "4010", -1_000_00 - 100 * int(month[5:]), code))
    books.budget(
        *((month, "6101", "4010", -1_050_00) for month in months_between("2020-01", "2020-12"))
    )
    try:
        coded, without, total = year_end(books.book, LAST, by=("product",)).to_dicts()
    finally:
        books.store.close()
    assert (without["product"], without["remaining"], without["method"]) == ("without", 0, "ended")
    assert coded["remaining"] == total["remaining"] < 0
    assert (coded["annual_budget"], coded["variance"]) == (None, None)
    assert (without["annual_budget"], total["annual_budget"]) == (None, -12 * 1_050_00)
    assert total["variance"] == total["forecast"] - total["annual_budget"]


def test_a_budget_with_products_is_that_of_the_products_it_names(tmp_path):
    """Of another product there is no budget, and no variance of 0."""
    books = Books(tmp_path)
    for month in months_between("2018-01", LAST):
        for code in ("0100", "0630"):
            books.post((month, "6101", "4010", -1_000_00, {"product": code}))
    months = months_between("2020-01", "2020-12")
    books.budget(*((month, "6101", "4010", -900_00, {"product": "0100"}) for month in months))
    try:
        named, other, total = year_end(books.book, LAST, by=("product",)).to_dicts()
    finally:
        books.store.close()
    assert (named["annual_budget"], other["annual_budget"]) == (-12 * 900_00, None)
    assert (other["variance"], total["annual_budget"]) == (None, -12 * 900_00)


@pytest.mark.parametrize("by", ["line", "account", "unit"])
def test_an_assumption_without_a_row_is_a_row(tmp_path, by):
    """Of no line, or of the division where rows are units: added to the sum, with no budget."""
    books = Books(tmp_path)
    for i, month in enumerate(months_between("2018-01", LAST)):
        books.post((month, "6101", "4010", -1_000_00 - 100 * (i % 7)))
    books.record(OpenRound("T2", LAST))
    books.record(
        Assume(({"round": "T2", "unit": "60", "assumption": "one_off", "amount": -4_00},), "x")
    )
    try:
        before = year_end(books.book, LAST, by=(by,)).row(-1, named=True)
        table = year_end(books.book, LAST, by=(by,), assumed_in="T2")
    finally:
        books.store.close()
    alone = table.filter(pl.col(by) == {"line": "unmapped", "account": "without"}.get(by, "60"))
    assert alone.select("outcome", "assumed", "remaining", "forecast", "p10", "annual_budget").row(
        0
    ) == (0, -4_00, -4_00, -4_00, -4_00, None)
    assert table.row(-1, named=True)["forecast"] == before["forecast"] - 4_00
