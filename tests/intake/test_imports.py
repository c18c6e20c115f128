"""Importing a file, and importing it again: new, known, changed, vanished, late."""

from pathlib import Path

import pytest

from ledger.commands import Source
from ledger.errors import UsageError
from ledger.families.governance import ClosePeriods
from ledger.families.outcome_reversal import ReverseVouchers
from ledger.store import Store
from tests.intake.samples import OUTCOME, problems, refused, take, the_problem, wage, write
from tests.ledger.builders import ACTOR, new_store

JULY = OUTCOME + wage(1, "100,00", "2020-07-01") + wage(2, "200,00", "2020-07-02")
AUGUST = JULY + wage(3, "300,00", "2020-08-03")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """A store with July taken."""
    store = new_store(tmp_path)
    assert take(store, write(tmp_path, JULY, "july.csv")).recorded == 5  # with the fiscal year
    return store


def total(store: Store) -> int:
    """What wages are on record, in öre."""
    postings = store.book().postings()
    return sum(postings.filter(account="4010")["amount"].to_list())


def test_the_same_file_again_records_nothing(store, tmp_path):
    size = store.book().size
    receipt = take(store, write(tmp_path, JULY, "july.csv"))
    assert (receipt.recorded, receipt.known, receipt.notices) == (0, 4, ())
    assert store.book().size == size


def test_the_same_rows_in_another_dress_are_the_same(store, tmp_path):
    dressed = JULY.replace(",", ".").replace(";", ",").replace("period", "Period")
    receipt = take(store, write(tmp_path, dressed, "other.csv"))
    assert (receipt.recorded, receipt.known) == (0, 4)


def test_a_longer_cumulative_export_records_only_what_is_new(store, tmp_path):
    receipt = take(store, write(tmp_path, AUGUST, "august.csv"))
    assert (receipt.recorded, receipt.known, receipt.findings) == (2, 4, ())
    assert total(store) == -600_00


def test_a_changed_voucher_is_refused_unless_accepted(store, tmp_path):
    path = write(tmp_path, AUGUST.replace("200,00", "250,00"))
    error = refused(store, path)
    assert error.exit_code == 4
    assert [(p.line, p.code) for p in error.problems] == [(4, "voucher-changed")]
    assert error.problems[0].excerpt.startswith("2020-07;10;4010;-250,00")
    with pytest.raises(UsageError, match="reason"):
        take(store, path, accept_changes=True)
    receipt = take(store, path, accept_changes=True, reason="rättad faktura")
    assert receipt.recorded == 2 + 2 + 2  # reversal, new, and the new voucher
    assert total(store) == -650_00


def test_a_vanished_voucher_is_a_finding(store, tmp_path):
    text = OUTCOME + wage(1, "100,00", "2020-07-01") + wage(3, "300,00", "2020-08-03")
    receipt = take(store, write(tmp_path, text))
    assert [n.code for n in receipt.findings] == ["voucher-missed"]
    assert total(store) == -600_00


def test_late_vouchers_land_in_an_open_month_if_told_so(store, tmp_path):
    store.record(ClosePeriods(("2020-07",)), ACTOR, Source("ledger close"))
    path = write(tmp_path, AUGUST + wage(4, "400,00", "2020-07-31"))
    assert problems(store, path) == [(9 - 1, "period-closed")]
    receipt = take(store, path, late_to="2020-08")
    assert [n.code for n in receipt.findings] == ["late-posting"]
    late = store.book().postings().filter(number="4", account="4010").row(0, named=True)
    assert (late["period"], late["date"]) == ("2020-08", "2020-07-31")


def test_what_was_reversed_is_taken_again_only_on_request(store, tmp_path):
    path = write(tmp_path, JULY, "july.csv")
    position = store.book().postings()["position"][0]
    store.record(ReverseVouchers((position,), "fel enhet"), ACTOR, Source("ledger reverse"))
    receipt = take(store, path)
    assert receipt.recorded == 0
    assert [n.code for n in receipt.notices] == ["reversed-here"]
    assert take(store, path, again=True).recorded == 2
    assert total(store) == -300_00


def test_month_totals_are_restated_visibly(tmp_path):
    store = new_store(tmp_path)
    text = "period;unit;account;amount\n2019-01;10;4010;-100\n2019-02;10;4010;-200\n"
    path = write(tmp_path, text, "balances.csv")
    assert take(store, path).recorded == 3
    assert take(store, path).recorded == 0
    newer = write(tmp_path, text.replace("-200", "-250"), "balances.csv")
    receipt = take(store, newer)
    assert (receipt.recorded, receipt.known) == (1, 1)
    assert [n.code for n in receipt.findings] == ["total-restated"]
    restated = store.book().events("outcome.balance_restated").row(-1, named=True)
    assert (restated["old"], restated["new"], restated["amount"]) == (-20000, -25000, -5000)


def test_a_year_is_kept_one_way(store, tmp_path):
    text = "period;unit;account;amount\n2020-01;10;4010;-100\n"
    error = refused(store, write(tmp_path, text, "balances.csv"))
    assert [p.code for p in error.problems] == ["year-basis"]
    assert error.exit_code == 4


def test_a_row_without_voucher_stands_alone_and_a_date_is_the_months_last(store, tmp_path):
    text = "period;unit;account;amount\n2020-08;10;4010;-100\n2020-08;10;4010;-200\n"
    assert take(store, write(tmp_path, text, "utfall.csv")).recorded == 2
    alone = store.book().postings().tail(2)
    assert alone["date"].to_list() == ["2020-08-31"] * 2
    assert alone["number"].to_list() == [None, None]


def test_unknown_codes_of_other_dimensions_are_registered_with_a_warning(store, tmp_path):
    text = "period;unit;account;amount;text;product\n2020-08;10;4010;-100;x;0630\n"
    receipt = take(store, write(tmp_path, text))
    assert [(n.code, n.finding) for n in receipt.notices] == [("code-by-use", False)]
    assert store.book().organisation.codes == {"product": {"0630": ""}}


def test_units_and_accounts_are_registered_only_if_asked(store, tmp_path):
    text = "period;unit;account;amount\n2020-08;77;4777;-100\n2020-09;77;4777;-100\n"
    path = write(tmp_path, text, "utfall.csv")
    assert {code for _, code in problems(store, path)} == {"unknown-account", "unknown-unit"}
    receipt = take(store, path, register=True)
    assert {n.code for n in receipt.notices} == {"account-by-code", "unit-by-code"}
    organisation = store.book().organisation
    assert organisation.accounts["4777"].type == "cost"
    place = organisation.places()["77"]
    assert (place.parent, place.level, place.valid_from) == ("RN", "unit", "2020-08")


def test_an_unknown_counterparty_unit_is_never_registered(store, tmp_path):
    text = "period;unit;account;amount;counterparty_unit\n2020-08;10;4010;-1;99\n"
    problem = the_problem(store, write(tmp_path, text), register=True)
    assert problem.code == "unknown-counterparty-unit"
