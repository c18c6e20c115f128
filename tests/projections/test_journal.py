"""The journal: every entry in the order recorded, with what it is and whether it balances."""

import pytest

from ledger.errors import UsageError
from ledger.families.outcome_reversal import ReverseVouchers
from projections import journal


def wage(books, number, month, ore, unit="6101", **more):
    """A wage paid from the bank."""
    postings = [(month, unit, "4010", -ore), (month, unit, "1930", ore)]
    return books.post(*postings, number=number, **more)


def test_entries_stand_in_the_order_recorded_and_not_of_their_dates(books):
    """A voucher of January recorded after February's comes after it."""
    wage(books, "2", "2020-02", 200_00)
    wage(books, "1", "2020-01", 100_00)
    frame = journal(books.book, "2020-02")
    assert frame.select("entry", "voucher", "date", "account", "debit", "credit").rows() == [
        (1, "A 2", "2020-02-01", "4010", 200_00, None),
        (1, "A 2", "2020-02-01", "1930", None, -200_00),
        (2, "A 1", "2020-01-01", "4010", 100_00, None),
        (2, "A 1", "2020-01-01", "1930", None, -100_00),
    ]


def test_a_number_does_not_move_when_others_are_left_out(books):
    """Through January the second entry is still the second."""
    wage(books, "2", "2020-02", 200_00)
    wage(books, "1", "2020-01", 100_00)
    assert set(journal(books.book, "2020-01")["entry"]) == {2}


def test_a_reversal_and_a_correction_name_what_they_are_of(books):
    """By the entry, the voucher and the position, with the reason as the text."""
    first = wage(books, "1", "2020-01", 100_00).first
    posted = books.book.postings()["position"][0]
    replaced = {posted: {"amount": -90_00}, posted + 1: {"amount": 90_00}}
    books.record(ReverseVouchers((posted,), "fel belopp", replacements=replaced, kind="correct"))
    assert first is not None
    rows = journal(books.book, "2020-01").filter(account="4010")
    columns = ("entry", "kind", "debit", "credit", "text", "of_entry", "of_voucher")
    assert rows.select(columns).rows() == [
        (1, "posted", 100_00, None, None, None, None),
        (2, "reversed", None, -100_00, "fel belopp", 1, "A 1"),
        (3, "posted", 90_00, None, None, 1, "A 1"),
    ]
    assert rows["reverses"].to_list() == [None, posted, None]
    assert rows["corrects"].to_list() == [None, None, posted]


def test_a_row_that_came_alone_and_a_month_s_total_are_called_so(books):
    """One entry each row, and one for a month of a file."""
    books.post(("2020-01", "6101", "5010", -70_00))
    books.totals(("2019-03", "6101", "5010", -10_00), ("2019-03", "6102", "5010", -20_00))
    books.totals(("2019-03", "6101", "5010", -15_00))
    rows = journal(books.book, "2020-01").select("entry", "kind", "date", "period", "debit").rows()
    assert rows == [
        (1, "alone", "2020-01-01", "2020-01", 70_00),
        (2, "restated", None, "2019-03", 10_00),
        (2, "restated", None, "2019-03", 20_00),
        (3, "restated", None, "2019-03", 5_00),
    ]


def test_what_counts_later_stands_under_its_date(books):
    """As in the balance: January's voucher counts in February, and is in January's book."""
    wage(books, "1", "2020-02", 100_00, date="2020-01-15")
    frame = journal(books.book, "2020-01")
    assert frame["period"].unique().to_list() == ["2020-02"]
    assert journal(books.book, "2020-02", year="2020").equals(frame)


def test_a_unit_or_an_account_takes_whole_vouchers(books):
    """A voucher that has a row there shows that it balances."""
    mixed = [("2020-01", "6101", "4010", -100_00), ("2020-01", "6201", "1930", 100_00)]
    books.post(*mixed, number="1")
    wage(books, "2", "2020-01", 50_00, unit="6102")
    book = books.book
    assert journal(book, "2020-01", unit="620")["voucher"].to_list() == ["A 1", "A 1"]
    assert journal(book, "2020-01", unit="610")["entry"].to_list() == [1, 1, 2, 2]
    assert journal(book, "2020-01", account="4000-4999")["entry"].to_list() == [1, 1, 2, 2]
    assert journal(book, "2020-01", account="3010").is_empty()
    with pytest.raises(UsageError, match="no account '9999'"):
        journal(book, "2020-01", account="9999")
    with pytest.raises(UsageError, match="No account is in 8000-8999"):
        journal(book, "2020-01", account="8000-8999")


def test_a_time_without_any_is_an_error_and_says_when_there_is(books):
    """Never an empty book."""
    wage(books, "1", "2020-03", 100_00)
    with pytest.raises(UsageError, match=r"2020-02.* The first month with any is 2020-03"):
        journal(books.book, "2020-02")
    with pytest.raises(UsageError, match="fiscal year 2019"):
        journal(books.book, year="2019")
