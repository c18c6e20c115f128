"""Marked entries: which they are, that each counts once, and what they sum to."""

from datetime import date

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.errors import UsageError
from ledger.families.followup import EntriesMarked, MarkEntries, Marks, Unmark
from ledger.families.organisation_commands import CodeRow, RegisterCodes, RegisterUnits, UnitRow
from ledger.families.outcome_reversal import ReverseVouchers
from projections import follow_up, marked, marked_series, marks, monthly_series, trace
from projections.comparison import diff
from projections.facts import FACTS
from projections.marked_entries import covered
from tests.ledger.erasing import erase


@pytest.fixture
def booked(books):
    """Two years; product P in March 2020, a project, a voucher that balances over two units."""
    codes = [("product", "P"), ("product", "Q"), ("project", "1"), ("activity", "9")]
    rows = tuple(CodeRow(dimension, code, code) for dimension, code in codes)
    books.record(RegisterCodes(rows, "codes.csv"))
    books.post(("2019-03", "6101", "4010", -1_00, {"product": "P"}))
    books.post(("2020-02", "6101", "4010", -2_00), ("2020-02", "6201", "5010", -4_00))
    books.post(
        ("2020-03", "6101", "4010", -8_00, {"product": "P"}),
        ("2020-03", "6101", "5010", -16_00, {"product": "P", "project": "1"}),
        ("2020-03", "6102", "3010", 32_00, {"product": "Q", "activity": "9"}),
        ("2020-03", "6201", "5010", -64_00),
    )
    rent = (("2020-03", "6101", "5010", -128_00), ("2020-03", "60", "1930", 128_00))
    books.post(*rent, number="7")
    return books


def mark(books, name, kind="special", **selection):
    return books.record(MarkEntries(name, kind, "skäl", **selection))


def sums(books):
    """Öre under each mark, of all months."""
    frame = marked(books.book).group_by("mark").agg(pl.col("amount").sum()).collect()
    return dict(frame.iter_rows())


@pytest.mark.parametrize(
    ("selection", "ore"),
    [
        ({"products": "P"}, -25_00),
        ({"products": "P,Q"}, 7_00),
        ({"products": "P", "first": "2020-01"}, -24_00),
        ({"products": "P", "last": "2019-12"}, -1_00),
        ({"products": "P", "accounts": "5000-5999"}, -16_00),
        ({"accounts": "4010,5010", "first": "2020-03", "last": "2020-03"}, -216_00),
        ({"projects": "1"}, -16_00),
        ({"activities": "9"}, 32_00),
        ({"units": "610"}, -8_00 - 16_00 + 32_00 - 128_00 - 1_00 - 2_00),
        ({"units": "6102,620"}, 32_00 - 68_00),
        ({"units": "6100-6102", "products": "Q"}, 32_00),
        ({"vouchers": "A 7"}, -128_00),
        ({"accounts": "1930"}, None),
    ],
)
def test_a_selection_is_what_fits_all_of_it(booked, selection, ore):
    """Balance accounts are on no mark."""
    mark(booked, "m", **selection)
    assert sums(booked).get("m") == ore


def test_facts_keep_their_columns_and_say_which_mark(booked):
    """And the event that selects each."""
    position = mark(booked, "m", products="Q").first
    row = marked(booked.book).collect().row(0, named=True)
    assert list(row) == [*FACTS, "mark", "kind", "marking"]
    assert (row["mark"], row["kind"], row["marking"]) == ("m", "special", position)
    assert (row["unit"], row["account"], row["product"]) == ("6102", "3010", "Q")
    assert marked(booked.book).collect_schema() == marked(booked.book).collect().schema


def test_without_marks_nothing_is_marked(booked):
    """With the columns all the same."""
    assert marked(booked.book).collect().is_empty()
    assert follow_up(booked.book).rows() == []
    assert follow_up(booked.book, by="mark").rows() == [(None, None, 0, 0)]
    assert marks(booked.book).is_empty()


def test_an_entry_counts_under_the_mark_that_was_made_first(booked):
    """A mark made later moves no figure; when the first is lifted, the other has it."""
    mark(booked, "first", products="P")
    mark(booked, "second", "one_off", accounts="5010", first="2020-03")
    mark(booked, "first", units="6201")
    assert sums(booked) == {"first": -25_00 - 4_00, "second": -64_00 - 128_00}
    listed = marks(booked.book)
    assert listed["mark"].to_list() == ["first", "second", "first"]
    assert listed["entries"].to_list() == [3, 2, 1]
    assert listed["amount"].sum() == -25_00 - 4_00 - 64_00 - 128_00
    booked.record(Unmark("first", "slut"))
    assert sums(booked) == {"second": -16_00 - 64_00 - 128_00}


def test_later_entries_and_reversals_count(booked):
    """A mark is no list of entries; what is reversed leaves nothing."""
    mark(booked, "m", vouchers="A 7")
    mark(booked, "p", products="P", first="2020-04")
    assert sums(booked) == {"m": -128_00}
    booked.post(("2020-04", "6101", "4010", -5_00, {"product": "P"}))
    (position,) = booked.book.postings().filter(pl.col("number") == "7")["position"][:1]
    booked.record(ReverseVouchers((position,), "fel"))
    assert sums(booked) == {"m": 0, "p": -5_00}


def test_a_unit_counts_where_it_stood_in_the_entry_s_month(booked):
    """6102 moves from 610 to 620 in March."""
    booked.post(("2020-02", "6102", "4010", -3_00))
    booked.record(
        RegisterUnits((UnitRow("6102", "Stab", "620", "unit", "line", "2020-03"),), "units.csv")
    )
    mark(booked, "m", units="620")
    assert sums(booked)["m"] == -68_00 + 32_00


def test_a_mark_is_read_as_it_was_known(booked):
    """Before it was made there is none, and no booked figure ever moves."""
    before, told = booked.book.size, monthly_series(booked.book)
    mark(booked, "m", products="P")
    assert follow_up(booked.book, known_at=f"@{before}", by="mark").height == 1
    assert follow_up(booked.book, by="mark")["mark"].to_list() == ["m", None]
    assert monthly_series(booked.book).equals(told)


def test_the_follow_up_by_mark_and_by_dimension(booked):
    """This year and last; a mark that covers nothing is there; one dimension has a total."""
    mark(booked, "covid", products="P,Q")
    mark(booked, "later", "one_off", accounts="4010", first="2021-01")
    assert follow_up(booked.book, "2020-03").rows() == [
        ("covid", "special", "Intäkter", 32_00, 0),
        ("covid", "special", "Personal", -8_00, -1_00),
        ("covid", "special", "Lokaler", -16_00, 0),
        ("later", "one_off", None, 0, 0),
    ]
    assert follow_up(booked.book, "2020-03", by="mark").rows() == [
        ("covid", "special", 8_00, -1_00),
        ("later", "one_off", 0, 0),
        (None, None, 8_00, -1_00),
    ]
    assert follow_up(booked.book, "2020-03", by="area", unit="60").rows() == [
        ("610", "Gemensamt", 8_00, -1_00),
        (None, None, 8_00, -1_00),
    ]
    with_mark = follow_up(booked.book, "2020-03", by=("unit", "mark"))
    assert with_mark.columns == ["unit", "mark", "kind", "name", "outcome", "last_year"]
    assert with_mark.rows()[0] == ("6101", "covid", "special", "Ledning", -24_00, -1_00)
    with pytest.raises(UsageError, match="'colour'"):
        follow_up(booked.book, by="colour")


def test_every_figure_is_traced(booked):
    """By mark and by any row; a mark that there is not is an error."""
    mark(booked, "covid", products="P,Q")
    whole = trace(booked.book, "follow-up", "2020-03")
    assert whole["amount"].to_list() == [-8_00, -16_00, 32_00, 8_00]
    line = trace(booked.book, "follow-up", "2020-03", mark="covid", line="Lokaler")
    assert line["amount"].to_list() == [-16_00, -16_00]
    year_ago = trace(booked.book, "follow-up", "2020-03", mark="covid", measure="last_year")
    assert year_ago["amount"].to_list() == [-1_00, -1_00]
    unit = trace(booked.book, "follow-up", "2020-03", unit="6102")
    assert unit["amount"].to_list() == [32_00, 32_00]
    with pytest.raises(UsageError, match="no row of mark 'flytt'"):
        trace(booked.book, "follow-up", mark="flytt")
    with pytest.raises(UsageError, match="not compared by cause"):
        diff(booked.book, booked.book, "follow-up")


def test_a_series_less_its_marked_part_is_what_nobody_marked(booked):
    """Months without anything marked are not there."""
    mark(booked, "covid", products="P")
    mark(booked, "rent", "one_off", vouchers="A 7")
    by = ("unit", "account")
    assert marked_series(booked.book, by=by).rows() == [
        ("6101|4010", "Ledning", date(2019, 3, 1), -1_00),
        ("6101|4010", "Ledning", date(2020, 3, 1), -8_00),
        ("6101|5010", "Ledning", date(2020, 3, 1), -16_00 - 128_00),
    ]
    once = marked_series(booked.book, by=by, kind="one_off")
    assert once["value"].to_list() == [-128_00]
    assert marked_series(booked.book, "2020-02", by=by)["value"].to_list() == [-1_00]
    assert marked_series(booked.book, by=by, year="2019")["value"].to_list() == [-1_00]
    whole = monthly_series(booked.book, by=by)
    rest = whole.join(
        marked_series(booked.book, by=by).rename({"value": "marked"}),
        on=["series", "period"],
        how="left",
    )
    assert rest.height == whole.height
    left = rest.select((pl.col("value") - pl.col("marked").fill_null(0)).sum()).item()
    assert left == -2_00 - 4_00 + 32_00 - 64_00


def test_a_reason_that_was_erased_reads_as_erased(booked):
    """The mark stands all the same, and marking the same again does not bring it back."""
    position = mark(booked, "m", products="P").first
    erase(booked.store, position, "reason")
    assert mark(booked, "m", products="P").known == 1
    assert marks(booked.book)["reason"].to_list() == ["[gallrad 2020-09-01, KS 2020/12]"]
    assert sums(booked) == {"m": -25_00}


def test_what_a_selection_would_cover(booked):
    """Before it is recorded, with the mark under which each entry counts now."""
    mark(booked, "covid", products="P")
    event = EntriesMarked(mark="x", mark_kind="one_off", accounts="5010", vouchers=None)
    assert covered(booked.book, event).select("amount", "mark").rows() == [
        (-4_00, None),
        (-16_00, "covid"),
        (-64_00, None),
        (-128_00, None),
    ]


SELECTIONS = st.fixed_dictionaries(
    {},
    optional={
        "accounts": st.sampled_from(["4010", "5010,3010", "4000-5999"]),
        "products": st.sampled_from(["P", "P,Q"]),
        "units": st.sampled_from(["610", "6101,620", "60"]),
        "first": st.sampled_from(["2019-01", "2020-03"]),
    },
).filter(lambda selection: set(selection) - {"first"})


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(chosen=st.lists(SELECTIONS, min_size=1, max_size=3))
def test_marks_sum_as_a_naive_reader_would(booked, chosen):
    """Entry by entry, in a loop: the first selection that fits has it."""
    for name in booked.book.state.of(Marks).standing:
        booked.record(Unmark(name, "om igen"))
    for number, selection in enumerate(chosen):
        mark(booked, f"m{number}", **selection)
    below = {"610": {"610", "6101", "6102"}, "6101,620": {"6101", "620", "6201"}}
    accounts = {"4010": {"4010"}, "5010,3010": {"5010", "3010"}, "4000-5999": {"4010", "5010"}}
    expected: dict[str, int] = {}
    for row in booked.book.postings().to_dicts():
        if row["account"] == "1930":
            continue
        for number, asked in enumerate(chosen):
            fits = (
                ("accounts" not in asked or row["account"] in accounts[asked["accounts"]])
                and ("products" not in asked or row["product"] in asked["products"].split(","))
                and (asked.get("units", "60") == "60" or row["unit"] in below[asked["units"]])
                and row["period"] >= asked.get("first", "")
            )
            if fits:
                name = f"m{number}"
                expected[name] = expected.get(name, 0) + row["amount"]
                break
    assert sums(booked) == expected
