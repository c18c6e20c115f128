"""Restated in one tree, or as each month was: a unit that moved between two divisions."""

import pytest

from ledger.errors import UsageError
from ledger.families.organisation_commands import RegisterUnits, UnitRow
from projections import cost_development, divisions, eliminations, monthly_series, result
from projections.dimensions import moved
from tests.projections.builders import Books


@pytest.fixture
def books(tmp_path):
    """Area 620 of division 60 goes to division 70 in January 2020."""
    made = Books(tmp_path)
    made.record(
        RegisterUnits((UnitRow("70", "Vård", "RN", "division", "line", "2018-01"),), "units.csv")
    )
    made.totals(("2019-08", "6101", "4010", -100_00), ("2019-08", "6201", "4010", -40_00))
    made.record(
        RegisterUnits((UnitRow("620", "Drift", "70", "area", "line", "2020-01"),), "units.csv")
    )
    made.post(("2020-08", "6101", "4010", -90_00), ("2020-08", "6201", "4010", -30_00))
    return made


#: By tree: of division 60, 70 and both, this year and last.
TREES = {
    "line": ((-90_00, -100_00), (-30_00, -40_00), (-120_00, -140_00)),
    "line@2020-08": ((-90_00, -100_00), (-30_00, -40_00), (-120_00, -140_00)),
    "line@2019-08": ((-120_00, -140_00), (0, 0), (-120_00, -140_00)),
    "line@then": ((-90_00, -140_00), (-30_00, 0), (-120_00, -140_00)),
}


@pytest.mark.parametrize("tree", TREES)
def test_last_year_is_restated_or_as_it_was(books, tree):
    """The rows differ, their sums never; side by side says the same."""
    frames = (
        result(books.book, "2020-08", by=("division",), tree=tree),
        divisions(books.book, "2020-08", tree=tree),
    )
    for frame in frames:
        rows = {row["unit"]: (row["outcome"], row["last_year"]) for row in frame.to_dicts()}
        assert (rows["60"], rows["70"], rows[None]) == TREES[tree]


def test_a_unit_as_it_was_has_what_lay_under_it_each_month(books):
    """Division 60 had 620 under it in 2019, and not in 2020."""
    now = result(books.book, "2020-08", by=("area",), unit="60")
    then = result(books.book, "2020-08", by=("area",), unit="60", tree="line@then")
    assert now["last_year"][-1] == -100_00
    assert then["last_year"][-1] == -140_00
    assert then["outcome"][-1] == now["outcome"][-1] == -90_00
    costs = cost_development(books.book, "2020-08", unit="60", tree="line@then")
    assert costs["last_year"].sum() == -140_00


def test_internal_items_stand_so_too(books):
    """The whole is the same in any tree."""
    for tree in TREES:
        assert eliminations(books.book, "2020-08", tree=tree)["gross"][-1] == -120_00


def test_whether_anything_moved(books):
    """Between last year and now; within this year nothing."""
    assert moved(books.book, "line", "2019-08", "2020-08")
    assert not moved(books.book, "line", "2020-01", "2020-08")
    assert not moved(books.book, "line@2019-08", "2019-08", "2020-08")


def test_tables_of_one_tree_say_so(books):
    """A series is of one month's tree."""
    with pytest.raises(UsageError, match="stand in the tree of one month"):
        monthly_series(books.book, "2020-08", tree="line@then")
