"""The model's year-end adds up to the öre, whatever the table's rows."""

import math

import polars as pl
import pytest

from ledger.periods import months_between
from projections.forecast_parts import forecast_parts
from reporting.forecast_table import Model, details_of, year_end
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
