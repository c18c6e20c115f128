"""The variance bridge: every entry in one driver, all of them the variance to the öre."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.errors import UsageError
from ledger.families.commentary import ExplainVariances
from ledger.families.followup import MarkEntries
from ledger.families.organisation_commands import (
    CodeRow,
    RegisterCodes,
    RegisterUnits,
    UnitRow,
)
from ledger.periods import months_between
from projections import bridge, bridge_entries, result, variances
from reporting.bridge_table import draft
from tests.projections.builders import Books

THROUGH = "2020-08"
YEAR = months_between("2020-01", "2020-12")


CODES = (CodeRow("product", "0630", "Covid-19"), CodeRow("project", "P1", "Flytt"))


@pytest.fixture
def books(tmp_path):
    books = Books(tmp_path)
    books.record(RegisterCodes(CODES, "codes.csv"))
    books.budget(*((m, "6101", "4010", -10_00) for m in YEAR))
    books.budget(*((m, "6102", "3010", 15_00) for m in YEAR))
    yield books
    books.store.close()


def parts(books, unit="60", **ask):
    frame = bridge(books.book, THROUGH, unit=unit, **ask)
    return {(row["driver"], row["detail"]): row["amount"] for row in frame.to_dicts()}


def test_each_driver_has_its_own(books):
    """Marks first, then vouchers of other months, then internal accounts, then the rest by line."""
    books.post(("2020-03", "6101", "4010", -3_00, {"product": "0630"}))
    books.post(("2020-04", "6101", "4010", -40_00, {"project": "P1"}))
    books.record(MarkEntries("covid", "special", "x", products="0630"))
    books.record(MarkEntries("flytt", "one_off", "x", projects="P1"))
    books.post(("2020-02", "6101", "4010", -7_00, {"date": "2019-12-30"}))
    books.post(("2020-05", "6102", "3010", 20_00, {"counterparty_unit": "6201"}))
    books.post(("2020-06", "6101", "5010", -2_00))
    assert parts(books) == {
        ("special", "covid"): -3_00,
        ("one_off", "flytt"): -40_00,
        ("late", "2019-12"): -7_00,
        ("internal", "Intäkter"): 20_00 - 8 * 15_00,
        ("rest", "Personal"): 8 * 10_00,
        ("rest", "Lokaler"): -2_00,
        (None, None): result(books.book, THROUGH, by="line", unit="60")["variance"][-1],
    }


def test_a_unit_that_moved_here_stands_by_itself(books):
    """6201 comes to 610 in May: what it had booked and budgeted is no doing of 610."""
    books.post(("2020-02", "6201", "5010", -9_00), ("2020-06", "6101", "4010", -1_00))
    row = UnitRow("6201", "Nät", "610", "unit", "line", "2020-05")
    books.record(RegisterUnits((row,), "units.csv"))
    found = parts(books, unit="610")
    assert found["reorganised", "6201"] == -9_00
    assert ("reorganised", "6201") not in parts(books, unit="60")
    assert found[None, None] == result(books.book, THROUGH, by="line", unit="610")["variance"][-1]


AMOUNTS = st.integers(-10_000_00, 10_000_00)
POSTINGS = st.lists(
    st.tuples(
        st.sampled_from(months_between("2019-11", THROUGH)),
        st.sampled_from(("6101", "6102", "6201")),
        st.sampled_from(("3010", "4010", "5010")),
        AMOUNTS.filter(bool),
        st.fixed_dictionaries(
            {},
            optional={
                "product": st.just("0630"),
                "counterparty_unit": st.just("6201"),
                "date": st.sampled_from(("2019-12-30", "2020-03-31", "2020-08-02")),
            },
        ),
    ),
    min_size=1,
    max_size=20,
)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(postings=POSTINGS, unit=st.sampled_from(("60", "610", "6101", None)))
def test_whatever_is_booked_the_drivers_sum_to_the_variance(tmp_path_factory, postings, unit):
    """Against `result`; and the entries behind sum to each driver's outcome."""
    books = Books(tmp_path_factory.mktemp("bridge"))
    books.record(RegisterCodes(CODES, "codes.csv"))
    books.budget(*((m, "6101", "4010", -10_01) for m in YEAR))
    books.post(*postings, (THROUGH, "6101", "4010", -1))
    books.record(MarkEntries("covid", "special", "x", products="0630"))
    rows = bridge(books.book, THROUGH, unit=unit).to_dicts()
    whole = result(books.book, THROUGH, by="line", unit=unit)
    assert sum(row["amount"] for row in rows[:-1]) == rows[-1]["amount"] == whole["variance"][-1]
    behind = bridge_entries(books.book, THROUGH, unit=unit)
    for row in rows[:-1]:
        mine = behind.filter(driver=row["driver"], detail=row["detail"])
        assert (mine["amount"].sum(), mine.height) == (row["outcome"], row["entries"])
    books.store.close()


def test_a_draft_ties_out(books):
    """Imported as explanations, nothing is left."""
    books.post(("2020-03", "6101", "4010", -3_33), ("2020-06", "6102", "3010", 9_01))
    table = draft(books.book, "sv", through=THROUGH, unit="60")
    rows = [
        {"unit": unit, "period": period, "amount": amount, "text": text}
        for unit, period, amount, text in table.rows
    ]
    assert [row["text"] for row in rows] == ["Övrigt: Intäkter", "Övrigt: Personal"]
    books.record(ExplainVariances(tuple(rows), "variances.csv"))
    found = variances(books.book, THROUGH, by="division", unit="60").row(0, named=True)
    assert (found["state"], found["remainder"]) == ("ties_out", 0)


def test_without_a_budget_there_is_no_variance(books):
    books.post(("2019-03", "6101", "4010", -3_33))
    assert bridge(books.book, "2019-03")["amount"].to_list() == [None, None]
    assert draft(books.book, "sv", through="2019-03", unit="60").rows == ()
    books.post(("2020-03", "6101", "4010", -3_33))
    with pytest.raises(UsageError, match="There is no driver"):
        bridge_entries(books.book, "2020-03", driver="väder")
