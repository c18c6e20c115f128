"""Decimals and intervals: one name for the same days, and nothing that is neither."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.measures import difference, growth, interval, number, same, share
from ledger.money import NotMoney
from ledger.periods import NotAPeriod, last_day, months_between, shift


@pytest.mark.parametrize(
    ("text", "kind", "first", "last"),
    [
        ("2020-08", "month", date(2020, 8, 1), date(2020, 8, 31)),
        ("2020-T2", "tertial", date(2020, 5, 1), date(2020, 8, 31)),
        ("2020H1", "half_year", date(2020, 1, 1), date(2020, 6, 30)),
        ("2020-Q4", "quarter", date(2020, 10, 1), date(2020, 12, 31)),
        ("2020", "year", date(2020, 1, 1), date(2020, 12, 31)),
        ("2020-W53", "week", date(2020, 12, 28), date(2021, 1, 3)),
        ("2020-10-23", "day", date(2020, 10, 23), date(2020, 10, 23)),
        ("2020-01--2020-08", "months", date(2020, 1, 1), date(2020, 8, 31)),
        ("2019-09–2020-08", "months", date(2019, 9, 1), date(2020, 8, 31)),
    ],
)
def test_an_interval_is_its_days(text, kind, first, last):
    found = interval(text)
    assert (found.kind, found.first, found.last) == (kind, first, last)
    assert interval(found.text) == found


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("2020-05--2020-08", "2020-T2"),
        ("2020-01--2020-06", "2020-H1"),
        ("2020-01--2020-12", "2020"),
        ("2020-10--2020-12", "2020-Q4"),
        ("2020-03--2020-03", "2020-03"),
        ("2020-02--2020-05", "2020-02--2020-05"),
    ],
)
def test_the_same_months_have_one_name(text, name):
    assert interval(text).text == name


@given(st.integers(0, 400), st.integers(0, 30))
def test_any_months_cover_their_days(begins, more):
    """From the first day of the first month to the last of the last, whatever name they have."""
    first = shift("1990-01", begins)
    last = shift(first, more)
    found = interval(f"{first}--{last}")
    assert (found.first.isoformat()[:7], found.last) == (first, last_day(last))
    ago = found.a_year_before()
    assert ago is not None
    assert (ago.month, len(months_between(first, last))) == (shift(last, -12), more + 1)
    assert ago.kind == found.kind


@pytest.mark.parametrize(
    "text",
    [
        *("", "augusti", "2020-13", "2020-T4", "2020-H3", "2020-W54", "2019-W53", "2021-04-31"),
        *("20-08", "2020-08--2020-01", "2020-02-30", "1850", "2020-W00", "2020-Q0"),
    ],
)
def test_what_is_no_interval(text):
    with pytest.raises(NotAPeriod):
        interval(text)


@pytest.mark.parametrize("text", ["2020-02-29", "2020-W53"])
def test_some_days_have_no_year_before(text):
    assert interval(text).a_year_before() is None


def test_decimals_keep_what_was_written():
    assert [number(t) for t in ("5,2", "3,50", "1 234", "\u221219", "-0", "100.0")] == [
        "5.2", "3.50", "1234", "-19", "0", "100.0",
    ]  # fmt: skip
    for wrong in ("", "x", "1,2,3", "1" * 16, "0,1234567"):
        with pytest.raises(NotMoney):
            number(wrong)
    assert same("5.2", "5.20")
    assert not same("5.2", None)


def test_changes_are_exact():
    """4 to 12 is +200 %, not the printed +33 (facts/arithmetic_checks.csv, 50); 32 to 17 is
    −46.9, not −53 (51)."""
    assert growth("12", "4") == "200.00"
    assert growth("17", "32", 1) == "-46.9"
    assert growth("1", "0") is None
    assert growth("-1", "-2") == "50.00"
    assert difference("5.2", "5.65") == "-0.45"
    assert share("973", "986") == "98.68"
    assert share("1", "0") is None


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("2020-02-28", "2020-02-29"),
        ("2020-W53", "2021-W01"),
        ("2020-12", "2021-01"),
        ("2020-Q4", "2021-Q1"),
        ("2020-T2", "2020-T3"),
        ("2020-H2", "2021-H1"),
        ("2020", "2021"),
        ("2020-01--2020-05", "2020-06--2020-10"),
    ],
)
def test_what_follows_an_interval(text, after):
    """The next of its kind, which begins the day after."""
    one = interval(text)
    assert one.following().text == after
    assert (one.following().first - one.last).days == 1
