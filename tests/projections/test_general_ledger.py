"""The general ledger: account by account, and the same figures as the balance."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cli.demo import example_folder, make
from ledger.families.outcome_reversal import ReverseVouchers
from ledger.families.outcome_totals import StateOpening
from ledger.log import Book
from projections import balance, general_ledger


def wage(books, number, month, ore, unit="6101", **more):
    """A wage paid from the bank."""
    postings = [(month, unit, "4010", -ore), (month, unit, "1930", ore)]
    return books.post(*postings, number=number, **more)


def ties_out(ledger, balances):
    """Each account from the opening through its entries to the closing that the balance has."""
    parts = ledger.partition_by("account", maintain_order=True)
    assert [part["account"][0] for part in parts] == balances["account"].to_list()
    for part, row in zip(parts, balances.iter_rows(named=True), strict=True):
        kinds, running = part["kind"].to_list(), part["balance"].to_list()
        assert (kinds[0], kinds[-1]) == ("opening", "closing")
        assert (running[0], running[-1]) == (row["opening"], row["closing"])
        entries = part[1:-1]
        assert (entries["debit"].sum(), entries["credit"].sum()) == (row["debit"], row["credit"])
        assert part["debit"][-1] == row["debit"]
        if row["opening"] is None:
            assert set(running) == {None}
            continue
        reached = row["opening"]
        for entry in entries.iter_rows(named=True):
            reached += (entry["debit"] or 0) + (entry["credit"] or 0)
            assert entry["balance"] == reached
        assert reached == row["closing"]


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """The example's store, as a book."""
    path = tmp_path_factory.mktemp("demo") / "ledger.db"
    make(path, example_folder("lansteknik"))
    return Book(path)


@pytest.mark.parametrize(
    "asked",
    [{}, {"year": "2019"}, {"year": "2020"}, {"unit": "640"}, {"through": "2019-05"}],
    ids=str,
)
def test_every_account_of_the_demo_ties_out(demo, asked):
    """Opening, entries and closing are those of the balance, to the öre."""
    ties_out(general_ledger(demo, **asked), balance(demo, **asked))


def test_entries_run_from_the_opening_by_date(books):
    """By the voucher's date, a month's totals first, then as recorded."""
    books.record(StateOpening("2020-01", (("1930", 500_00, None),)))
    wage(books, "2", "2020-01", 20_00, date="2020-01-20")
    wage(books, "1", "2020-01", 10_00, date="2020-01-10")
    rows = general_ledger(books.book, "2020-01", account="1930")
    assert rows.select("kind", "date", "voucher", "debit", "credit", "balance").rows() == [
        ("opening", None, None, None, None, -500_00),
        ("posted", "2020-01-10", "A 1", None, -10_00, -510_00),
        ("posted", "2020-01-20", "A 2", None, -20_00, -530_00),
        ("closing", None, None, 0, -30_00, -530_00),
    ]


def test_a_part_of_the_organisation_has_no_opening_that_was_stated_for_all(books):
    """Then the running balance is unknown too, as in the balance."""
    books.record(StateOpening("2020-01", (("1930", 500_00, None),)))
    wage(books, "1", "2020-01", 10_00)
    asked = {"through": "2020-01", "unit": "610"}
    ledger = general_ledger(books.book, **asked)
    assert ledger.filter(account="1930")["balance"].to_list() == [None, None, None]
    ties_out(ledger, balance(books.book, **asked))


def test_a_reversal_says_which_entry_it_is_of(books):
    """By its number."""
    wage(books, "1", "2020-01", 10_00)
    books.record(ReverseVouchers((books.book.postings()["position"][0],), "fel"))
    rows = general_ledger(books.book, "2020-01", account="4010-4010")
    assert rows.select("kind", "entry", "of_entry", "balance").rows() == [
        ("opening", None, None, 0),
        ("posted", 1, None, 10_00),
        ("reversed", 2, 1, 0),
        ("closing", None, None, 0),
    ]


amounts = st.integers(-(10**6), 10**6)
months = st.sampled_from(["2019-11", "2019-12", "2020-01", "2020-02"])
vouchers = st.lists(st.tuples(months, st.sampled_from(["6101", "6201"]), amounts), max_size=8)


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(vouchers=vouchers)
def test_any_vouchers_tie_out(tmp_path_factory, vouchers):
    """Whatever is posted, by year and in all."""
    from tests.projections.builders import Books

    books = Books(tmp_path_factory.mktemp("books"))
    wage(books, "0", "2020-02", 1)
    for number, (month, unit, ore) in enumerate(vouchers, 1):
        wage(books, str(number), month, ore, unit)
    book = books.book
    books.store.close()
    for asked in ({"through": "2020-02"}, {"through": "2020-02", "year": "2020"}):
        ties_out(general_ledger(book, **asked), balance(book, **asked))
