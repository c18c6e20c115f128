"""Volume and price in the variance bridge: a line tied to hours or to a statistic, to the öre."""

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.errors import UsageError
from ledger.families.organisation_commands import (
    AccountRow,
    ChangeSettings,
    RegisterAccounts,
    RegisterUnits,
    UnitRow,
)
from ledger.families.staffing import STAFFING_ROWS, ReportStaffing
from ledger.families.statistic import RecordStatistics
from ledger.periods import months_between
from projections import bridge, bridge_entries, bridge_quantities, result
from tests.projections.builders import Books

THROUGH = "2020-03"
NOW, THEN = (months_between(f"{year}-01", f"{year}-03") for year in (2020, 2019))
WAGES = "bridge.quantity.resultat.Personal"
RENT = "bridge.quantity.resultat.Lokaler"
PLAN = "bridge.planned.resultat.Personal"


def set_(books, **values):
    books.record(ChangeSettings(tuple((name, value, None) for name, value in values.items())))


def hours(books, *rows):
    """Report (period, unit, hundredths of an hour worked)."""
    full = [
        {"line": place, "period": month, "unit": unit, "measure": "worked", "value": value}
        for place, (month, unit, value) in enumerate(rows, 2)
    ]
    frame = pl.DataFrame(full, schema=STAFFING_ROWS)
    books.record(ReportStaffing(frame, "staffing.csv"))


def statistic(books, measure, unit, *rows, **more):
    """Report (interval, value) of a measure, counted in st."""
    fields = {"measure": measure, "unit": unit, "measured_in": "st"} | more
    books.record(
        RecordStatistics(
            tuple(fields | {"interval": within, "value": value} for within, value in rows),
            "statistics.csv",
        )
    )


@pytest.fixture
def books(tmp_path):
    books = Books(tmp_path)
    yield books
    books.store.close()


def parts(books, unit="60", against="last_year", **ask):
    frame = bridge(books.book, THROUGH, unit=unit, against=against, **ask)
    return {(row["driver"], row["detail"]): row["amount"] for row in frame.to_dicts()}


def told(books, unit="60", against="last_year", **ask):
    frame = bridge_quantities(books.book, THROUGH, unit=unit, against=against, **ask)
    return frame.to_dicts()


def test_hours_part_wages_in_volume_and_price(books):
    """2019: 3 months × 100.00 kr for 3 × 100 hours, 1.00 kr an hour. 2020: 3 × 121.00 kr for
    3 × 110 hours, 1.10 kr an hour.

    Change: −363.00 − −300.00 = −63.00. Volume: (330 − 300) × −300.00 / 300 = −30.00. Price: the
    rest, −33.00, which is 330 hours × −0.10.
    """
    books.post(*((month, "6101", "4010", -100_00) for month in THEN))
    books.post(*((month, "6101", "4010", -121_00) for month in NOW))
    hours(books, *((month, "610", 100_00) for month in THEN))
    hours(books, *((month, "610", 110_00) for month in NOW))
    set_(books, **{WAGES: "staffing:worked"})
    assert parts(books) == {
        ("volume", "Personal"): -30_00,
        ("price", "Personal"): -33_00,
        (None, None): -63_00,
    }
    assert told(books) == [
        {
            "line": "Personal",
            "source": "staffing",
            "measure": "worked",
            "measured_in": "hours",
            "quantity": "330",
            "base_quantity": "300",
            "unit_price": "-1.10",
            "base_unit_price": "-1.00",
            "volume": -30_00,
            "price": -33_00,
            "state": "parted",
        }
    ]
    frame = bridge(books.book, THROUGH, unit="60", against="last_year")
    # Price is held against last year's price of the quantity now: −300.00 − 30.00.
    assert frame.select("outcome", "last_year", "entries").rows() == [
        (0, 30_00, 0),
        (-363_00, -330_00, 3),
        (-363_00, -300_00, 3),
    ]
    behind = bridge_entries(books.book, THROUGH, unit="60", driver="price", against="last_year")
    assert behind["amount"].to_list() == [-121_00] * 3


def test_what_rounding_leaves_is_price(books):
    """2019: 10.00 kr for 3 pieces; 2020: 10.01 for 4. Volume: 1 × −1000 / 3 = −333.33 öre, half-up
    −333. Price: −1 − −333 = +332 öre. At a tie: −1 öre for 2, then 3: −0.5 is −1."""
    books.post(("2019-02", "6201", "5010", -10_00), ("2020-02", "6201", "5010", -10_01))
    statistic(books, "Kvm", "6201", ("2019-01--2019-03", "3"), ("2020-01--2020-03", "4"))
    set_(books, **{RENT: "statistic:Kvm"})
    assert parts(books, "6201") == {
        ("volume", "Lokaler"): -3_33,
        ("price", "Lokaler"): 3_32,
        (None, None): -1,
    }
    books.post(("2019-03", "6102", "5010", -1))
    statistic(books, "Kvm", "6102", ("2019-01--2019-03", "2"), ("2020-01--2020-03", "3"))
    assert parts(books, "6102") == {
        ("volume", "Lokaler"): -1,
        ("price", "Lokaler"): 2,
        (None, None): 1,
    }


def test_only_what_other_drivers_leave_is_parted(books):
    """Internal rent keeps its own driver: the 50.00 of account 5020 are no price of square
    metres. 2019: 90.00 for 9, 2020: 100.00 for 8: volume −1 × −10.00 = +10.00, price −20.00."""
    books.post(("2019-01", "6101", "5010", -90_00), ("2020-01", "6101", "5010", -100_00))
    books.record(RegisterAccounts((AccountRow("5020", "Internhyra", "cost"),), "accounts.csv"))
    books.post(("2020-01", "6101", "5020", -50_00, {"counterparty_unit": "6201"}))
    statistic(books, "Kvm", "610", ("2019-01--2019-03", "9"), ("2020-01--2020-03", "8"))
    set_(books, **{RENT: "statistic:Kvm"})
    assert parts(books, "610") == {
        ("internal", "Lokaler"): -50_00,
        ("volume", "Lokaler"): 10_00,
        ("price", "Lokaler"): -20_00,
        (None, None): -60_00,
    }


def test_a_quantity_that_is_not_known_parts_nothing_and_says_why(books):
    """The months must all have figures; a share, or about as many, is no quantity."""
    books.post(("2019-01", "6101", "5010", -90_00), ("2020-01", "6101", "5010", -100_00))
    books.budget(*((month, "6101", "5010", -95_00) for month in NOW))
    set_(books, **{RENT: "statistic:Kvm"})
    whole = {("rest", "Lokaler"): -10_00, (None, None): -10_00}

    def state(against="last_year"):
        assert against == "budget" or parts(books, "610") == whole
        return [row["state"] for row in told(books, "610", against)]

    assert state() == ["quantity_missing"]
    statistic(books, "Kvm", "610", ("2020-01", "8"), ("2020-02", "8"))
    assert state() == ["quantity_missing"]
    statistic(books, "Kvm", "610", ("2020-03", "8"))
    assert state() == ["base_missing"]
    assert state("budget") == ["not_planned"]
    statistic(books, "Kvm", "610", ("2019-01--2019-03", "9"), qualifier="about")
    assert state() == ["base_missing"]
    statistic(books, "Kvm", "610", ("2019-01", "0"), ("2019-02", "0"), ("2019-03", "0"))
    assert state() == ["not_positive"]
    statistic(books, "Andel", "610", ("2019-T1", "9"), ("2020-T1", "8"), measured_in="percent")
    set_(books, **{RENT: "statistic:Andel"})
    assert state() == ["quantity_missing"]
    set_(books, **{RENT: ""})
    assert state() == []


def test_against_budget_a_planned_quantity_is_a_statistic(books):
    """Budget 3 × 100.00 for 300 planned hours, outcome 3 × 121.00 for 330: −30.00 and −33.00, as
    against last year above. Planned in other than hours, nothing is parted."""
    books.post(*((month, "6101", "4010", -121_00) for month in NOW))
    books.budget(*((month, "6101", "4010", -100_00) for month in NOW))
    hours(books, *((month, "610", 110_00) for month in NOW))
    set_(books, **{WAGES: "staffing:worked", PLAN: "statistic:Planerat"})
    statistic(books, "Planerat", "60", *((month, "100") for month in NOW), measured_in="timmar")
    assert parts(books, against="budget") == {
        ("volume", "Personal"): -30_00,
        ("price", "Personal"): -33_00,
        (None, None): -63_00,
    }
    statistic(books, "Heltider", "60", ("2020-01--2020-03", "2"), measured_in="årsarbetare")
    set_(books, **{PLAN: "statistic:Heltider"})
    assert [row["state"] for row in told(books, against="budget")] == ["counted_differently"]
    assert [row["state"] for row in told(books)] == ["base_missing"]


def test_a_unit_above_stands_for_all_below_and_units_that_moved_are_apart(books):
    """The area's 10 pieces hold its units'. 6201 comes to 610 in 2020: its wages and its hours
    are no volume of 610, whose own went from 300 to 330 hours."""
    books.post(("2019-01", "6101", "5010", -90_00), ("2020-01", "6101", "5010", -100_00))
    statistic(books, "Kvm", "610", ("2019-01--2019-03", "9"), ("2020-01--2020-03", "10"))
    statistic(books, "Kvm", "6101", ("2019-01--2019-03", "4"), ("2020-01--2020-03", "5"))
    set_(books, **{RENT: "statistic:Kvm", WAGES: "staffing:worked"})
    rent = next(row for row in told(books) if row["line"] == "Lokaler")
    assert (rent["quantity"], rent["base_quantity"]) == ("10", "9")
    hours(books, *((m, "6101", 100_00) for m in THEN), *((m, "6101", 110_00) for m in NOW))
    hours(books, *((m, "6201", 500_00) for m in (*THEN, *NOW)))
    row = UnitRow("6201", "Nät", "610", "unit", "line", "2020-01")
    books.record(RegisterUnits((row,), "units.csv"))
    books.post(("2019-01", "6101", "4010", -300_00), ("2020-01", "6101", "4010", -330_00))
    books.post(("2019-01", "6201", "4010", -7_00), ("2020-01", "6201", "4010", -9_00))
    found = parts(books, "610")
    assert found["reorganised", "6201"] == -2_00
    assert (found["volume", "Personal"], found["price", "Personal"]) == (-30_00, 0)
    # What is on the area itself cannot be told apart from the unit that came.
    assert found["rest", "Lokaler"] == -10_00
    assert [row["state"] for row in told(books, "610")] == ["parted", "quantity_missing"]


def test_a_tie_is_to_a_line_that_is_there(books):
    """A heading, an unknown line, a measure in people, hours as a plan: refused, with what would
    be right."""
    wrong = {
        "bridge.quantity.resultat.Kostnader": "staffing:worked",
        "bridge.quantity.annat.Personal": "staffing:worked",
        WAGES: "staffing:permanent",
        RENT: "kvadratmeter",
        PLAN: "staffing:worked",
    }
    for setting, value in wrong.items():
        with pytest.raises(UsageError) as error:
            set_(books, **{setting: value})
        assert error.value.remedy
    books.post(("2020-01", "6101", "4010", -1))
    with pytest.raises(UsageError, match="No variance is against"):
        bridge(books.book, THROUGH, against="prognos")


AMOUNTS = st.integers(-10_000_00, 10_000_00).filter(bool)
POSTINGS = st.lists(
    st.tuples(
        st.sampled_from((*THEN, *NOW)),
        st.sampled_from(("6101", "6102", "6201")),
        st.sampled_from(("3010", "4010", "5010")),
        AMOUNTS,
        st.fixed_dictionaries(
            {}, optional={"counterparty_unit": st.just("6201"), "date": st.just("2019-12-30")}
        ),
    ),
    max_size=20,
)
QUANTITIES = st.tuples(*(st.integers(0, 10**6) for _ in range(4)))


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    postings=POSTINGS,
    quantities=QUANTITIES,
    unit=st.sampled_from(("60", "610", "6101", None)),
    against=st.sampled_from(("budget", "last_year")),
)
def test_whatever_the_quantities_the_bridge_sums(
    tmp_path_factory, postings, quantities, unit, against
):
    """To the variance, or the change, of `result`; each row is its outcome less its base."""
    books = Books(tmp_path_factory.mktemp("bridge"))
    books.budget(*((month, "6101", "4010", -10_01) for month in NOW))
    books.post(*postings, (THROUGH, "6101", "4010", -1))
    then, now, before, planned = quantities
    hours(books, *((m, "6101", then) for m in THEN), *((m, "6101", now) for m in NOW))
    pieces = (("2019-01--2019-03", str(before)), ("2020-01--2020-03", str(planned)))
    statistic(books, "Antal", "60", *pieces, measured_in="timmar")
    ties = {WAGES: "staffing:worked", PLAN: "statistic:Antal", RENT: "statistic:Antal"}
    set_(books, **ties)
    *rows, whole = bridge(books.book, THROUGH, unit=unit, against=against).to_dicts()
    table = result(books.book, THROUGH, by="line", unit=unit)
    base = table[against][-1]
    assert (whole["outcome"], whole[against]) == (table["outcome"][-1], base)
    for name in ("outcome", against, "amount", "entries"):
        assert sum(row[name] for row in rows) == whole[name]
    for row in (*rows, whole):
        assert row["amount"] == row["outcome"] - row[against]
    behind = bridge_entries(books.book, THROUGH, unit=unit, against=against)
    for row in rows:
        mine = behind.filter(driver=row["driver"], detail=row["detail"])
        assert (mine["amount"].sum(), mine.height) == (row["outcome"], row["entries"])
    books.store.close()
