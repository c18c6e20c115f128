"""The trial balance: debit positive, by the voucher's date, with opening balances."""

import pytest

from ledger.errors import RuleBroken, UsageError
from ledger.families.outcome_reversal import ReverseVouchers
from ledger.families.outcome_totals import StateOpening
from projections import balance


def wage(books, number, month, ore, **more):
    """A wage paid from the bank."""
    postings = [(month, "6101", "4010", -ore), (month, "6101", "1930", ore)]
    return books.post(*postings, number=number, **more)


def test_debit_is_positive_and_credit_negative(books):
    """Result sign turned: a cost is debit, what the bank pays is credit."""
    wage(books, "1", "2020-01", 100_00)
    frame = balance(books.book)
    assert frame.columns == ["account", "name", "opening", "debit", "credit", "change", "closing"]
    assert frame.rows() == [
        ("1930", "Bank", 0, 0, -100_00, -100_00, -100_00),
        ("4010", "Lön", 0, 100_00, 0, 100_00, 100_00),
    ]


def test_by_month_of_the_voucher_and_not_of_the_result(books):
    """A late voucher of January counts in February's result, and in January's balance."""
    wage(books, "1", "2020-02", 100_00, date="2020-01-15")
    frame = balance(books.book, by=("account", "month"))
    assert frame.columns == ["account", "name", "month", "debit", "credit", "change"]
    assert frame.rows() == [
        ("1930", "Bank", "2020-01", 0, -100_00, -100_00),
        ("4010", "Lön", "2020-01", 100_00, 0, 100_00),
    ]
    assert balance(books.book, "2020-01", by="account,month").equals(frame)


def test_a_year_of_month_totals_goes_by_their_month(books):
    """The total of 2019 is in its own month; restated, the difference stands beside it."""
    books.totals(("2019-03", "6101", "5010", -70_00))
    books.totals(("2019-03", "6101", "5010", -60_00))  # 10.00 less cost: credit
    assert balance(books.book, by=("account", "month")).rows() == [
        ("5010", "Hyra", "2019-03", 70_00, -10_00, 60_00)
    ]


def test_a_reversal_shows_on_the_other_side(books):
    """Debit and credit both grow, the change is nothing."""
    wage(books, "1", "2020-01", 100_00)
    books.record(ReverseVouchers((books.book.postings()["position"][0],), "fel"))
    assert balance(books.book, by=("account", "month")).rows() == [
        ("1930", "Bank", "2020-01", 100_00, -100_00, 0),
        ("4010", "Lön", "2020-01", 100_00, -100_00, 0),
    ]


def opened(books):
    """Bank 500 in, and −500 on a liability, at the start of 2019; wages of two years."""
    opening = (("1930", -500_00, None), ("2990", 500_00, None))  # result sign
    books.record(StateOpening("2019-01", opening))
    wage(books, "1", "2019-05", 100_00)
    wage(books, "2", "2020-02", 30_00)
    return books.book


def test_opening_of_everything_is_the_earliest_statement(books):
    """500 − 100 − 30 = 370."""
    assert balance(opened(books), "2020-02").rows() == [
        ("1930", "Bank", 500_00, 0, -130_00, -130_00, 370_00),
        ("2990", "Upplupet", -500_00, 0, 0, 0, -500_00),
        ("4010", "Lön", 0, 130_00, 0, 130_00, 130_00),
    ]


def test_opening_of_a_year_carries_the_balance_and_not_the_result(books):
    """2020 begins with 500 − 100 in the bank; wages begin at 0."""
    assert balance(opened(books), year="2020").rows() == [
        ("1930", "Bank", 400_00, 0, -30_00, -30_00, 370_00),
        ("2990", "Upplupet", -500_00, 0, 0, 0, -500_00),
        ("4010", "Lön", 0, 30_00, 0, 30_00, 30_00),
    ]


def test_a_year_that_states_its_own_opening_begins_there(books):
    """The books say 410 at the start of 2020; the record would carry 400."""
    opened(books)
    books.record(StateOpening("2020-01", (("1930", -410_00, None),)))
    frame = balance(books.book, year="2020")
    assert frame.select("account", "opening", "closing").rows()[0] == ("1930", 410_00, 380_00)


def test_postings_before_the_first_statement_come_before_it(books):
    """2018 paid 20: 520 was there before, so that 2019 begins with 500."""
    wage(books, "0", "2018-12", 20_00)
    frame = balance(opened(books), "2020-02")
    assert frame.rows()[0] == ("1930", "Bank", 520_00, 0, -150_00, -150_00, 370_00)


def test_a_part_has_no_opening_where_the_whole_stated_one(books):
    """The statement names no unit; the root is the whole."""
    book = opened(books)
    part = balance(book, "2020-02", unit="610")
    assert part.rows()[0] == ("1930", "Bank", None, 0, -130_00, -130_00, None)
    assert balance(book, "2020-02", unit="RN").equals(balance(book, "2020-02"))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"tree": "boards"}, "no tree 'boards'"),
        ({"tree": "line@2010-01"}, "no units in 2010-01"),
        ({"structure": "x"}, "no report structure 'x'"),
        ({"through": "2018-11"}, "no balance for 2018-11; the first month with any is 2018-12"),
    ],
)
def test_questions_that_cannot_be_answered(books, options, message):
    """Also where the answer would not depend on it; later than the last posting is answered."""
    book = opened(books)
    with pytest.raises(UsageError, match=message):
        balance(book, **options)
    assert balance(book, "2020-12").equals(balance(book, "2020-02"))
    assert balance(book, "2018-12").rows()[0] == ("1930", "Bank", 500_00, 0, 0, 0, 500_00)


def test_refusals(books):
    """By month alone, and a sum beyond 64 bits on one side."""
    wage(books, "1", "2020-01", 2**62)
    with pytest.raises(UsageError, match="account first"):
        balance(books.book, by="month")
    wage(books, "2", "2020-01", 2**62)
    with pytest.raises(RuleBroken, match="does not fit in 64 bits"):
        balance(books.book)
