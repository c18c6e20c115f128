"""The result, by hand: every expected figure has its arithmetic beside it. Amounts are öre."""

import polars as pl
import pytest

import projections
from ledger.errors import RuleBroken, UnknownTime, UsageError
from ledger.families.organisation_commands import (
    AccountRow,
    CodeRow,
    DecideStructures,
    RegisterAccounts,
    RegisterCodes,
    RegisterUnits,
    StructureRow,
    UnitRow,
)
from ledger.families.outcome_reversal import ReverseVouchers
from ledger.families.outcome_totals import StateYears
from projections import result
from tests.projections.builders import Books, by_key

COLUMNS = [
    "outcome",
    "budget",
    "variance",
    "annual_budget",
    "forecast",
    "forecast_variance",
    "last_year",
    "change_percent",
]


def test_columns_and_figures_by_area(books):
    """All columns at once, for an area, another and the total."""
    books.post(("2019-01", "6101", "4010", -80_00), ("2019-03", "6101", "4010", -999_00))
    books.post(("2020-01", "6101", "4010", -50_00), ("2020-02", "6102", "4010", -50_00))
    books.post(("2020-02", "6201", "3010", 300_00), ("2020-02", "6201", "1930", -300_00))
    books.budget(
        ("2020-01", "6101", "4010", -45_00),
        ("2020-02", "610", "4010", -45_00),
        ("2020-09", "6101", "4010", -200_00),
        ("2020-02", "6201", "3010", 250_00),
    )
    books.round("R", "2020-02", [("6101", "Personal", -150_00), ("620", "Intäkter", 10_00)])
    frame = result(books.book, "2020-02")
    assert frame.columns == ["unit", "name", *COLUMNS]
    assert frame.rows() == [
        # −50 − 50; −45 − 45; −100 + 90; −90 − 200; −100 − 150; −250 + 290; January 2019;
        # (−100 + 80) / 80
        ("610", "Gemensamt", -100_00, -90_00, -10_00, -290_00, -250_00, 40_00, -80_00, "-25.00"),
        # the bank is no result; 300 + 10; 310 − 250
        ("620", "Drift", 300_00, 250_00, 50_00, 250_00, 310_00, 60_00, 0, None),
        # (200 + 80) / 80 = 350 %
        (None, None, 200_00, 160_00, 40_00, -40_00, 60_00, 100_00, -80_00, "350.00"),
    ]
    assert frame.schema["outcome"] == pl.Int64
    assert frame.schema["forecast"] == pl.Int64


def test_areas_without_amounts_are_listed_and_those_above_keep_their_code(books):
    """610 and 620 are the areas; 60 and RN are above them."""
    books.post(("2020-01", "60", "4010", -7_00), ("2020-01", "RN", "4010", -1_00))
    assert by_key(result(books.book, "2020-01"), "name", "outcome") == {
        "60": ("Teknik", -7_00),
        "610": ("Gemensamt", 0),
        "620": ("Drift", 0),
        "RN": ("Region Nord", -1_00),
        None: (None, -8_00),
    }


def test_any_level_of_the_tree_stands_under_unit(books):
    """Division, region and unit."""
    books.post(("2020-01", "6101", "4010", -7_00), ("2020-01", "620", "4010", -1_00))
    for level, expected in {
        "division": {"60": -8_00, None: -8_00},
        "region": {"RN": -8_00, None: -8_00},
        "unit": {"6101": -7_00, "6102": 0, "620": -1_00, "6201": 0, None: -8_00},
    }.items():
        frame = result(books.book, "2020-01", by=level)
        assert frame.columns[0] == "unit"
        assert by_key(frame, "outcome") == expected


def test_lines_come_in_order_with_what_no_line_takes_last(books):
    """A heading is no row; an account outside every range is unmapped."""
    books.record(RegisterAccounts((AccountRow("9010", "Övrigt", "cost"),), "a.csv"))
    books.post(("2020-01", "6101", "9010", -3_00), ("2020-01", "6101", "3010", 10_00))
    frame = result(books.book, "2020-01", by="line")
    assert frame.select("line", "name", "outcome").rows() == [
        ("Intäkter", "Intäkter", 10_00),
        ("Personal", "Personal", 0),
        ("Lokaler", "Lokaler", 0),
        ("unmapped", None, -3_00),
        (None, None, 7_00),
    ]


def test_codes_have_names_and_amounts_without_a_code_a_row(books):
    """Product 0630 keeps its zero; a posting without product is `without`, last."""
    books.record(RegisterCodes((CodeRow("product", "0630", "Covid-19"),), "codes.csv"))
    books.post(("2020-01", "6101", "4010", -3_00, {"product": "0630"}))
    books.post(("2020-01", "6101", "4010", -4_00))
    frame = result(books.book, "2020-01", by="product")
    assert frame.select("product", "name", "outcome").rows() == [
        ("0630", "Covid-19", -3_00),
        ("without", None, -4_00),
        (None, None, -7_00),
    ]


def test_months_compare_with_the_same_month_last_year(books):
    """A year's budget and forecast are of no month; the total has them."""
    books.post(("2019-02", "6101", "4010", -5_00), ("2020-01", "6101", "4010", -1_00))
    books.post(("2020-02", "6101", "4010", -10_00))
    books.budget(("2020-02", "6101", "4010", -8_00))
    books.round("R", "2020-02", [("6101", "Personal", -1_00)])
    frame = result(books.book, "2020-02", by="month")
    assert by_key(frame, "outcome", "last_year", "budget", "annual_budget", "forecast") == {
        "2020-01": (-1_00, 0, 0, None, None),
        "2020-02": (-10_00, -5_00, -8_00, None, None),
        None: (-11_00, -5_00, -8_00, -8_00, -12_00),  # −11 − 1
    }


def test_several_dimensions_stand_under_their_own_names_without_total(books):
    """area, line, month; the name is the area's."""
    books.post(("2020-01", "6101", "4010", -1_00), ("2020-02", "6101", "4010", -2_00))
    frame = result(books.book, "2020-02", by=("area", "line", "month"))
    assert frame.columns == ["area", "line", "month", "name", *COLUMNS]
    assert frame.select("area", "line", "month", "name", "outcome").rows() == [
        ("610", "Personal", "2020-01", "Gemensamt", -1_00),
        ("610", "Personal", "2020-02", "Gemensamt", -2_00),
    ]


def test_no_budget_at_all_is_unknown_and_not_zero(books):
    """2019 has none; 2020 has one, for another unit."""
    books.post(("2019-01", "6101", "4010", -1_00), ("2020-01", "6101", "4010", -1_00))
    books.budget(("2020-05", "6201", "4010", -8_00))
    budget = ("budget", "variance", "annual_budget")
    assert by_key(result(books.book, "2019-01"), *budget)["610"] == (None, None, None)
    assert by_key(result(books.book, "2020-01"), *budget)["610"] == (0, -1_00, 0)
    rolling = result(books.book, "2020-01", span="rolling12")  # touches 2019, which has none
    assert by_key(rolling, *budget)["620"] == (None, None, -8_00)


def test_budget_decided_by_line_counts_in_totals_and_under_its_line(books):
    """A heading's budget shows on a row of its own; by account it has none."""
    books.post(("2020-01", "6101", "4010", -1_00))
    books.budget(
        ("2020-01", "6101", None, -5_00, {"report_line": "Personal"}),
        ("2020-01", "6101", None, -2_00, {"report_line": "Kostnader"}),
        ("2020-01", "6101", "4010", -1_00),
    )
    assert by_key(result(books.book, "2020-01", by="line"), "budget") == {
        "Intäkter": 0,
        "Kostnader": -2_00,
        "Personal": -6_00,
        "Lokaler": 0,
        None: -8_00,
    }
    assert by_key(result(books.book, "2020-01"), "budget")["610"] == -8_00
    by_account = by_key(result(books.book, "2020-01", by="account"), "budget")
    assert by_account == {"4010": -1_00, "without": -7_00, None: -8_00}
    other = result(books.book, "2020-01", by="line", structure="kostnader")
    assert by_key(other, "budget")["unmapped"] == -7_00  # lines of another structure


def test_an_adopted_year_end_does_not_move_when_the_log_grows(books):
    """Outcome so far is that of the events that were there when the round was opened."""
    books.post(("2020-01", "6101", "4010", -10_00))
    books.round("R", "2020-01", [("610", "Personal", -90_00)])
    books.post(("2020-01", "6101", "4010", -3_00), ("2020-02", "6101", "4010", -4_00))
    by_unit = by_key(result(books.book, "2020-02", by="unit"), "outcome", "forecast")
    assert by_unit == {
        "610": (0, -90_00),  # what was entered on the area
        "6101": (-17_00, -10_00),  # what was booked on the unit then
        "6102": (0, 0),
        "6201": (0, 0),
        None: (-17_00, -100_00),
    }
    assert by_key(result(books.book, "2020-02"), "forecast")["610"] == -100_00
    assert by_key(result(books.book, "2020-02", by="line"), "forecast")["Personal"] == -100_00


def test_a_forecast_that_cannot_be_shared_out_is_null_but_in_the_total(books):
    """By account, and by the lines of another structure."""
    books.post(("2020-01", "6101", "4010", -10_00))
    books.round("R", "2020-01", [("6101", "Personal", -90_00)])
    for by, structure in (("account", None), ("line", "kostnader")):
        found = by_key(result(books.book, "2020-01", by=by, structure=structure), "forecast")
        assert found.pop(None) == -100_00
        assert set(found.values()) == {None}


def test_no_forecast_before_adoption_of_another_year_or_above_the_unit(books):
    """An open round says nothing yet; an area's entry cannot be told apart for a unit."""
    books.post(("2020-01", "6101", "4010", -10_00))
    books.round("R", "2020-01", [("610", "Personal", -90_00)], adopt=False)
    assert by_key(result(books.book, "2020-01"), "forecast")[None] is None
    books.round("R2", "2020-01", [("610", "Personal", -90_00)])
    assert by_key(result(books.book, "2020-01"), "forecast")[None] == -100_00
    assert by_key(result(books.book, "2020-01", unit="610"), "forecast")[None] == -100_00
    assert by_key(result(books.book, "2020-01", unit="6101"), "forecast")[None] is None
    books.post(("2021-01", "6101", "4010", -10_00))
    assert by_key(result(books.book, "2021-01"), "forecast")[None] is None


def test_a_round_of_a_part_says_nothing_of_the_rest(books):
    """A round of area 620: 610 is unknown, and so is a total that holds it."""
    books.post(("2020-01", "6201", "4010", -10_00))
    books.round("R", "2020-01", [("6201", "Personal", -90_00)], unit="620")
    assert by_key(result(books.book, "2020-01"), "forecast") == {
        "610": None,
        "620": -100_00,
        None: -100_00,  # nothing is booked or decided outside
    }
    books.post(("2020-01", "6101", "4010", -1_00))
    assert by_key(result(books.book, "2020-01"), "forecast") == {
        "610": None,
        "620": -100_00,
        None: None,
    }
    assert by_key(result(books.book, "2020-01", unit="620"), "forecast")[None] == -100_00


def test_spans(books):
    """The fiscal year to date, the month alone, twelve months; and each a year before."""
    for month, amount in (("2018-12", 1), ("2019-03", 20), ("2019-12", 300), ("2020-02", 4000)):
        books.post((month, "6101", "3010", amount))
    for span, expected in {
        "accumulated": (4000, 0),
        "month": (4000, 0),
        "rolling12": (4320, 1),  # 2019-03 to 2020-02; 2018-03 to 2019-02
    }.items():
        found = result(books.book, "2020-02", span=span)
        assert by_key(found, "outcome", "last_year")[None] == expected
    assert by_key(result(books.book, "2019-T1"), "outcome")[None] == 20
    assert by_key(result(books.book, year="2019"), "outcome")[None] == 320
    assert by_key(result(books.book, "2019-11", year="2019"), "outcome")[None] == 20


def test_a_fiscal_year_that_begins_in_july(tmp_path):
    """To date from July; last year the same months."""
    books = Books(tmp_path, first_month=7)
    for month, amount in (("2019-06", 1), ("2019-07", 20), ("2020-06", 300), ("2020-07", 4000)):
        books.post((month, "6101", "3010", amount))
    assert by_key(result(books.book, "2020-06"), "outcome", "last_year")[None] == (320, 1)
    assert by_key(result(books.book, "2020-07"), "outcome", "last_year")[None] == (4000, 20)
    books.store.close()


def test_the_tree_is_that_of_the_last_month(books):
    """6102 moves to 620 in March; a tree of a month can be asked for."""
    books.post(("2020-01", "6102", "4010", -5_00), ("2020-03", "6101", "1930", 1))
    moved = UnitRow("6102", "Stab", "620", "unit", "line", "2020-03")
    books.record(RegisterUnits((moved,), "units.csv"))
    assert by_key(result(books.book, "2020-02"), "outcome")["610"] == -5_00
    assert by_key(result(books.book, "2020-03"), "outcome")["620"] == -5_00
    assert by_key(result(books.book, "2020-03", tree="line@2020-02"), "outcome")["610"] == -5_00
    assert by_key(result(books.book, "2020-03", unit="620"), "outcome")[None] == -5_00


def test_another_tree_keeps_what_is_outside_it(books):
    """A tree of boards with one unit: the others stand under their own codes."""
    board = (
        UnitRow("N1", "Nämnd", None, "board", "boards", "2018-01"),
        UnitRow("6101", "Ledning", "N1", "unit", "boards", "2018-01"),
    )
    books.record(RegisterUnits(board, "boards.csv"))
    books.post(("2020-01", "6101", "4010", -5_00), ("2020-01", "6201", "4010", -7_00))
    found = result(books.book, "2020-01", by="board", tree="boards")
    assert by_key(found, "outcome") == {"6201": -7_00, "N1": -5_00, None: -12_00}
    areas = result(books.book, "2020-01", by="area", tree="boards")  # a tree without areas
    assert by_key(areas, "outcome") == {"6101": -5_00, "6201": -7_00, None: -12_00}


def test_a_forecast_by_unit_and_line_sums_to_the_whole(books):
    """Rows come of outcome, of budget, or of entries alone."""
    books.post(("2020-01", "6101", "4010", -10_00))
    books.round("R", "2020-01", [("6101", "Personal", -1_00), ("620", "Intäkter", 5_00)])
    found = result(books.book, "2020-01", by=("unit", "line"))
    assert found.select("unit", "line", "forecast").rows() == [
        ("6101", "Personal", -11_00),
        ("620", "Intäkter", 5_00),
    ]


def test_a_reversal_restores(books):
    """The voucher and its reversal are two facts, and sum to nothing."""
    books.post(("2020-01", "6101", "4010", -5_00))
    before = result(books.book, "2020-01")
    books.post(("2020-01", "6101", "4010", -9_00), ("2020-01", "6101", "1930", 9_00), number="7")
    position = books.book.postings()["position"].max()
    assert not result(books.book, "2020-01").equals(before)
    books.record(ReverseVouchers((position,), "fel"))
    assert result(books.book, "2020-01").equals(before)


def test_a_sum_beyond_64_bits_is_refused_by_name(books):
    """Two amounts that fit, whose sum does not; the difference from a budget neither."""
    books.post(("2020-01", "6101", "3010", 2**62))
    books.post(("2020-01", "6201", "3010", 2**62))
    assert by_key(result(books.book, "2020-01", unit="620"), "outcome")[None] == 2**62
    with pytest.raises(RuleBroken, match="sum outcome does not fit") as failure:
        result(books.book, "2020-01")
    assert failure.value.code == "sum-beyond-64-bits"
    books.budget(("2020-01", "6201", "3010", -(2**62) - 1))
    with pytest.raises(RuleBroken, match="sum variance does not fit"):
        result(books.book, "2020-01", unit="620")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"by": "colour"}, "'colour'"),
        ({"by": ()}, "no choice of rows"),
        ({"by": ("unit", "unit")}, "no choice of rows"),
        ({"unit": "77"}, "no unit '77'"),
        ({"tree": "boards"}, "no tree 'boards'"),
        ({"tree": "line@2010-01"}, "no units in 2010-01"),
        ({"structure": "x"}, "no report structure 'x'"),
        ({"by": "line", "structure": "x"}, "no report structure 'x'"),
        ({"span": "decade"}, "no span 'decade'"),
        ({"year": "2020-01"}, "no fiscal year"),
        ({"year": "2019"}, "not in the fiscal year 2019"),
    ],
)
def test_questions_that_cannot_be_answered(books, options, message):
    """Each is a usage error that says what was wrong."""
    books.post(("2020-01", "6101", "4010", -1_00))
    with pytest.raises(UsageError, match=message):
        result(books.book, "2020-01", **options)


def test_nothing_on_record_is_an_error_and_no_empty_table(books):
    """Also when asked of a time before the first posting."""
    with pytest.raises(UsageError, match="no outcome"):
        result(books.book, "2020-01")
    size = books.book.size
    books.post(("2020-01", "6101", "4010", -1_00))
    with pytest.raises(UsageError, match="no outcome"):
        result(books.book, "2020-01", f"@{size}")
    with pytest.raises(UnknownTime):
        result(books.book, "2020-01", "2099-01-01")


def test_the_only_structure_is_the_default(tmp_path):
    """With two and no setting there is none."""
    books = Books(tmp_path)
    books.post(("2020-01", "6101", "4010", -1_00))
    book = books.book
    book.organisation.settings.clear()
    with pytest.raises(UsageError, match="No report structure is the default"):
        result(book, "2020-01", by="line")
    del book.organisation.structures["resultat"]
    assert "Personal" in by_key(result(book, "2020-01", by="line"), "outcome")
    books.store.close()


def test_the_hierarchy_of_lines(books):
    """Lines with their headings, in order."""
    assert projections.line_hierarchy(books.book, "resultat").rows() == [
        ("Intäkter", None, 0, False),
        ("Kostnader", None, 0, True),
        ("Personal", "Kostnader", 1, False),
        ("Lokaler", "Kostnader", 1, False),
    ]


def test_longer_accounts_fall_into_the_range_of_their_first_digits(books):
    """49991 is within 4000–4999, whose ends have four digits."""
    books.record(RegisterAccounts((AccountRow("49991", "Under", "cost"),), "a.csv"))
    books.post(("2020-01", "6101", "49991", -1_00))
    assert by_key(result(books.book, "2020-01", by="line"), "outcome")["Personal"] == -1_00


def test_a_structure_holds_from_its_month(books):
    """From March rent is Hyra; what is asked of February keeps the old lines."""
    rows = [
        StructureRow("resultat", "Intäkter", None, "3000", "3999", 1, "2020-03"),
        StructureRow("resultat", "Hyra", None, "5000", "5999", 1, "2020-03"),
        StructureRow("resultat", "Personal", None, "4000", "4999", 1, "2020-03"),
    ]
    books.post(("2020-01", "6101", "5010", -1_00), ("2020-03", "6101", "1930", 1))
    books.record(DecideStructures(tuple(rows), "s.csv"))
    assert by_key(result(books.book, "2020-02", by="line"), "outcome")["Lokaler"] == -1_00
    assert list(by_key(result(books.book, "2020-03", by="line"), "outcome")) == [
        "Intäkter",
        "Hyra",
        "Personal",
        None,
    ]


@pytest.mark.parametrize("ask", [result, projections.cost_development])
@pytest.mark.parametrize(
    ("options", "message", "remedy"),
    [
        ({"through": "2021-02"}, "2021-02; the latest month with any is 2020-08", "2020-08."),
        ({"through": "2021"}, "2021-12; the latest month with any is 2020-08", "2020-08."),
        ({"through": "2018-12"}, "2018-12; the first month with any is 2019-03", "2019-03 or"),
        ({"year": "2021"}, "fiscal year 2021; the latest month with any is 2020-08", "2020-08"),
    ],
)
def test_a_month_without_outcome_to_come_or_gone_is_an_error(books, ask, options, message, remedy):
    """Never a table of nothing; a month between two with outcome is one of zeros."""
    books.post(("2019-03", "6101", "4010", -1_00), ("2020-08", "6101", "4010", -2_00))
    with pytest.raises(UsageError, match=message) as failure:
        ask(books.book, **options)
    assert f"Give --through {remedy}" in failure.value.remedy
    assert ask(books.book, "2020-05")["outcome"].sum() == 0


def test_months_beyond_the_latest_are_answered_with_what_there_is(books):
    """The whole year is asked for when eight of its months have come; one to come alone is not."""
    books.post(("2020-08", "6101", "4010", -2_00))
    assert by_key(result(books.book, "2020-12"), "outcome")[None] == -2_00
    with pytest.raises(UsageError, match="2020-09; the latest month with any is 2020-08"):
        result(books.book, "2020-09", span="month")


def test_a_year_ends_with_its_latest_month_that_has_outcome(books):
    """And is compared with the same months of last year, as known."""
    books.post(("2019-02", "6101", "4010", -5_00), ("2019-12", "6101", "4010", -7_00))
    books.post(("2020-02", "6101", "4010", -1_00))
    size = books.book.size
    books.post(("2020-12", "6101", "4010", -3_00))
    first = result(books.book, None, f"@{size}", year="2020")
    assert by_key(first, "outcome", "last_year")[None] == (-1_00, -5_00)
    whole = result(books.book, year="2020")
    assert by_key(whole, "outcome", "last_year")[None] == (-4_00, -12_00)


def test_a_unit_asked_for_stands_under_its_own_name(books):
    """Not as the area or the division that it is a part of."""
    books.post(("2020-01", "6101", "4010", -7_00), ("2020-01", "6102", "4010", -1_00))
    for level in ("area", "division"):
        found = by_key(result(books.book, "2020-01", unit="6101", by=level), "name", "outcome")
        assert found == {"6101": ("Ledning", -7_00), None: (None, -7_00)}
    part = by_key(result(books.book, "2020-01", unit="610", by="division"), "name", "outcome")
    assert part == {"610": ("Gemensamt", -8_00), None: (None, -8_00)}


def test_a_fiscal_year_of_eighteen_months_is_compared_with_the_year_before(books):
    """2019-01 to 2020-06: its first twelve months have a counterpart, the others none."""
    books.record(StateYears((("2019-01", "2020-06"),), "vouchers", "year.se"))
    for month, amount in (("2018-02", 1), ("2018-12", 20), ("2019-03", 300), ("2020-02", 4000)):
        books.post((month, "6101", "3010", amount))
    found = by_key(result(books.book, "2020-02", by="month"), "outcome", "last_year")
    assert found[None] == (4300, 21)
    assert (found["2019-02"], found["2019-12"], found["2020-02"]) == ((0, 1), (0, 20), (4000, 0))
    assert by_key(result(books.book, "2019-03"), "outcome", "last_year")[None] == (300, 1)
