"""Posting, knowing again, changing, reversing, correcting: the record only grows."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.commands import Source
from ledger.errors import (
    AlreadyReversed,
    BeyondSixtyFourBits,
    InputRefused,
    PeriodClosed,
    RuleBroken,
    UsageError,
)
from ledger.families.governance import ClosePeriods
from ledger.families.outcome import Incoming, match_vouchers
from ledger.families.outcome_reversal import ReverseVouchers
from ledger.families.outcome_totals import RestateTotals
from ledger.money import INT64_MAX
from ledger.state import VoucherEntry
from tests.ledger.builders import ACTOR, new_store, post, rows, voucher, wage

REVERSE = Source("ledger reverse")


@pytest.fixture
def store(tmp_path):
    store = new_store(tmp_path)
    yield store
    store.close()


def total(store, account="4010"):
    frame = store.book().postings()
    return sum(frame.filter(frame["account"] == account)["amount"])


def codes(refused) -> set[str]:
    return {p.code for p in refused.value.problems}


def test_posting_twice_records_nothing_the_second_time(store) -> None:
    first = post(store, *wage("1", 100_00), *wage("2", 200_00))
    size = store.book().size
    second = post(store, *wage("1", 100_00), *wage("2", 200_00))
    assert first.recorded == 5  # four postings and the fiscal year's statement
    assert (second.recorded, second.known, store.book().size) == (0, 4, size)


def test_a_longer_export_records_only_the_new(store) -> None:
    post(store, *wage("1", 100_00))
    receipt = post(store, *wage("1", 100_00), *wage("2", 200_00))
    assert (receipt.recorded, receipt.known) == (2, 2)
    assert total(store) == -300_00


def test_row_order_and_registration_do_not_make_a_voucher_another(store) -> None:
    post(store, *wage("1", 100_00))
    turned = list(reversed(wage("1", 100_00, registered_by="annan", document="x.pdf")))
    assert post(store, *turned).recorded == 0


def test_a_changed_voucher_is_refused_until_accepted(store) -> None:
    post(store, *wage("1", 100_00))
    with pytest.raises(InputRefused) as refused:
        post(store, *wage("1", 150_00))
    assert codes(refused) == {"voucher-changed"}
    assert refused.value.exit_code == 4
    receipt = post(store, *wage("1", 150_00), accept_changes=True, reason="rättad i källan")
    assert receipt.recorded == 4  # two reversals, two postings
    assert total(store) == -150_00
    kinds = store.book().postings()["kind"].to_list()
    assert kinds == ["posted"] * 2 + ["reversed"] * 2 + ["posted"] * 2
    assert post(store, *wage("1", 150_00)).recorded == 0


def test_a_changed_text_is_a_change(store) -> None:
    post(store, *wage("1", 100_00, text="lön augusti"))
    with pytest.raises(InputRefused) as refused:
        post(store, *wage("1", 100_00, text="lön juli"))
    assert codes(refused) == {"voucher-changed"}


def test_a_voucher_that_went_from_the_export_is_a_finding_told_once(store) -> None:
    post(store, *wage("1", 100_00, "2020-08-01"), *wage("2", 1_00), *wage("3", 1_00, "2020-08-30"))
    export = (*wage("1", 100_00, "2020-08-01"), *wage("3", 1_00, "2020-08-30"))
    assert [n.code for n in post(store, *export).findings] == ["voucher-missed"]
    size = store.book().size
    post(store, *export)
    assert store.book().size == size, "the same batch is taken once"
    assert total(store) == -102_00, "what was booked stays until somebody reverses it"


def test_all_problems_of_a_file_come_together_and_nothing_is_recorded(store) -> None:
    size = store.book().size
    with pytest.raises(InputRefused) as refused:
        post(
            store,
            {"account": "9999", "amount": 1},
            {"unit": "", "amount": 2},
            {"unit": "77", "amount": 3},
            *voucher("1", [("10", "4010", 5), ("10", "1930", -4)]),
            {"amount": INT64_MAX},
            {"amount": INT64_MAX},
        )
    assert codes(refused) == {
        "unknown-account", "empty-unit", "unknown-unit", "voucher-out-of-balance",
        "voucher-repeated", "sum-beyond-64-bits",
    }  # fmt: skip
    assert refused.value.exit_code == 3
    assert store.book().size == size


def test_a_closed_month_takes_a_late_voucher_only_where_asked(store) -> None:
    post(store, *wage("1", 100_00))
    store.record(ClosePeriods(("2020-08",)), ACTOR, Source("ledger close"))
    with pytest.raises(InputRefused) as refused:
        post(store, *wage("2", 5_00, "2020-08-20"))
    assert (codes(refused), refused.value.exit_code) == ({"period-closed"}, 4)
    receipt = post(store, *wage("2", 5_00, "2020-08-20"), late_to="2020-09")
    assert [n.code for n in receipt.findings] == ["late-posting"]
    late = store.book().postings().tail(2)
    assert late["period"].to_list() == ["2020-09"] * 2, "it counts in the open month"
    assert late["date"].to_list() == ["2020-08-20"] * 2, "and keeps its own day"


def test_reversal_restores_and_is_refused_twice(store) -> None:
    post(store, *wage("1", 100_00))
    before = total(store)
    post(store, *wage("2", 7_00))
    position = store.book().postings()["position"][-1]
    store.record(ReverseVouchers((position,), "dubbel"), ACTOR, REVERSE)
    assert (total(store), total(store, "1930")) == (before, 100_00)
    with pytest.raises(AlreadyReversed):
        store.record(ReverseVouchers((position,), "igen"), ACTOR, REVERSE)


def test_a_voucher_reversed_here_is_known_and_taken_anew_on_request(store) -> None:
    post(store, *wage("1", 100_00))
    position = store.book().postings()["position"][0]
    store.record(ReverseVouchers((position,), "fel"), ACTOR, REVERSE)
    receipt = post(store, *wage("1", 100_00))
    assert (receipt.recorded, [n.code for n in receipt.notices]) == (0, ["reversed-here"])
    assert post(store, *wage("1", 100_00), again=True).recorded == 2
    assert total(store) == -100_00


def test_reversing_in_a_closed_month_lands_in_an_open_one(store) -> None:
    post(store, *wage("1", 100_00))
    store.record(ClosePeriods(("2020-08",)), ACTOR, Source("ledger close"))
    position = store.book().postings()["position"][0]
    with pytest.raises(PeriodClosed):
        store.record(ReverseVouchers((position,), "fel"), ACTOR, REVERSE)
    store.record(ReverseVouchers((position,), "fel", "2020-09"), ACTOR, REVERSE)
    back = store.book().postings().tail(2)
    assert back["period"].to_list() == ["2020-09"] * 2
    assert back["date"].to_list() == ["2020-09-01"] * 2, "so that August's balances stand"


def test_a_correction_keeps_original_reversal_and_new(store) -> None:
    post(store, *wage("1", 100_00))
    frame = store.book().postings()
    first = frame["position"][0]
    wish = ReverseVouchers((first,), "fel enhet", replacements={first: {"unit": "20"}})
    store.record(wish, ACTOR, Source("ledger correct"))
    frame = store.book().postings()
    assert frame["kind"].to_list() == ["posted"] * 2 + ["reversed"] * 2 + ["posted"] * 2
    assert frame.tail(2)["corrects"].to_list() == [first] * 2
    wages = frame.filter(frame["account"] == "4010")
    sums = {u: sum(wages.filter(wages["unit"] == u)["amount"]) for u in ("10", "20")}
    assert sums == {"10": 0, "20": -100_00}
    last = frame["position"][-1]
    wish = ReverseVouchers((last,), "fel", replacements={last: {"amount": 1}})
    with pytest.raises(RuleBroken, match="miss balance"):
        store.record(wish, ACTOR, Source("ledger correct"))


def test_month_totals_are_restated_visibly_and_never_mixed_with_vouchers(store) -> None:
    def totals(amount):
        frame = rows({"amount": amount, "date": "2019-03-31"})
        return RestateTotals(frame, "balances-2019.csv")

    store.record(totals(-500_00), ACTOR, Source("balances-2019.csv"))
    receipt = store.record(totals(-450_00), ACTOR, Source("balances-2019.csv"))
    assert [n.code for n in receipt.findings] == ["total-restated"]
    restated = store.book().events("outcome.balance_restated")
    assert restated.select("old", "new", "amount").rows() == [
        (0, -500_00, -500_00),
        (-500_00, -450_00, 50_00),
    ]
    assert store.record(totals(-450_00), ACTOR, Source("again.csv")).known == 1
    with pytest.raises(InputRefused) as refused:
        post(store, *wage("1", 1_00, "2019-03-04"))
    assert codes(refused) == {"year-basis"}


def _entry(number: str, date: str, digest: str, first: int) -> VoucherEntry:
    return VoucherEntry("A", number, date, digest, first, 1, "sie", False)


def _same_year(one: str, other: str) -> bool:
    return one[:4] == other[:4]


def _same_content(voucher: Incoming, entry: VoucherEntry) -> bool:
    return voucher.digest == entry.digest


def test_matching_finds_known_changed_and_new() -> None:
    recorded = [
        _entry("1", "2020-01-31", "a", 0),
        _entry("1", "2020-02-29", "b", 1),
        _entry("2", "2020-02-29", "c", 2),
        _entry("3", "2019-05-01", "d", 3),
    ]
    incoming = [
        Incoming("A", "1", "2020-01-31", [], "a"),  # equal
        Incoming("A", "1", "2020-02-29", [], "B"),  # same day, other content
        Incoming("A", "1", "2020-03-31", [], "e"),  # a third of that number: new
        Incoming("A", "2", "2020-02-28", [], "c"),  # one each of that number: the day was changed
        Incoming("A", "3", "2020-05-01", [], "d"),  # another fiscal year: new
    ]
    found = match_vouchers(incoming, recorded, _same_year, _same_content)
    assert [(v.digest, e.first) for v, e in found.known] == [("a", 0)]
    assert [(v.digest, e.first) for v, e in found.changed] == [("B", 1), ("c", 2)]
    assert [v.digest for v in found.new] == ["e", "d"]


@given(st.lists(st.tuples(st.sampled_from("123"), st.sampled_from("ab"), st.sampled_from("xyz"))))
@settings(max_examples=100)
def test_every_voucher_meets_exactly_one_fate_and_what_was_recorded_is_known(draws) -> None:
    incoming = [Incoming("A", n, f"2020-01-0{1 + 'ab'.index(d)}", [], c) for n, d, c in draws]
    recorded = [
        VoucherEntry("A", v.number, v.date, v.digest, i, 1, "sie", False)
        for i, v in enumerate(incoming)
    ]
    again = match_vouchers(incoming, recorded, _same_year, _same_content)
    assert len(again.known) == len(incoming)
    assert sorted(e.first for _, e in again.known) == list(range(len(incoming)))
    half = match_vouchers(incoming, recorded[::2], _same_year, _same_content)
    assert len(half.known) + len(half.changed) + len(half.new) == len(incoming)
    used = [e.first for _, e in (*half.known, *half.changed)]
    assert len(used) == len(set(used))


ACCEPT: dict = {"accept_changes": True, "reason": "rättad i källan"}


def test_a_voucher_may_change_again_and_again(store) -> None:
    for ore in (100_00, 150_00, 170_00):
        post(store, *wage("1", ore), **ACCEPT)
    assert total(store) == -170_00
    post(store, *wage("1", 100_00), **ACCEPT)  # and back to what it was at first
    assert total(store) == -100_00
    post(store, *wage("1", 100_00, "2020-08-20"), **ACCEPT)  # and to another day
    assert (total(store), total(store, "1930")) == (-100_00, 100_00)


def test_a_change_back_is_a_change_and_never_taken_for_the_reversed(store) -> None:
    post(store, *wage("1", 100_00))
    post(store, *wage("1", 150_00), **ACCEPT)
    with pytest.raises(InputRefused) as refused:
        post(store, *wage("1", 100_00), *wage("2", 1_00))
    assert codes(refused) == {"voucher-changed"}


def test_a_change_in_the_source_after_a_correction_here(store) -> None:
    post(store, *wage("1", 100_00))
    first = store.book().postings()["position"][0]
    wish = ReverseVouchers(
        (first,), "fel enhet", replacements={first: {"unit": "20"}}, kind="correct"
    )
    store.record(wish, ACTOR, Source("ledger correct"))
    assert post(store, *wage("1", 100_00)).recorded == 0, "the source's own is known still"
    post(store, *wage("1", 130_00), **ACCEPT)
    assert total(store) == -130_00


def test_again_takes_what_was_reversed_once(store) -> None:
    post(store, *wage("1", 100_00))
    position = store.book().postings()["position"][0]
    store.record(ReverseVouchers((position,), "fel"), ACTOR, REVERSE)
    assert post(store, *wage("1", 100_00), again=True).recorded == 2
    for again in (False, True, True):
        receipt = post(store, *wage("1", 100_00), again=again)
        assert (receipt.recorded, receipt.notices) == (0, ()), "it stands"
    assert total(store) == -100_00


def test_balances_of_a_closed_month_after_a_change_in_the_books_and_one_made_here(store) -> None:
    post(store, *wage("1", 100_00), *wage("2", 10_00))
    store.record(ClosePeriods(("2020-08",)), ACTOR, Source("ledger close"))

    def by_month() -> dict[str, int]:
        frame = store.book().postings()
        wages = frame.filter(frame["account"] == "4010")
        sums: dict[str, int] = {}
        for day, ore in wages.select("date", "amount").iter_rows():
            sums[day[:7]] = sums.get(day[:7], 0) + ore
        return {month: ore for month, ore in sums.items() if ore}

    post(store, *wage("1", 150_00), *wage("2", 10_00), late_to="2020-09", **ACCEPT)
    assert by_month() == {"2020-08": -160_00}, "by the voucher's day the books say 150 + 10"
    last = store.book().postings()
    second = last.filter(last["number"] == "2")["position"].to_list()
    amounts = {second[0]: {"amount": -12_00}, second[1]: {"amount": 12_00}}
    wish = ReverseVouchers((second[0],), "fel", "2020-09", replacements=amounts, kind="correct")
    store.record(wish, ACTOR, Source("ledger correct"))
    assert by_month() == {"2020-08": -160_00, "2020-09": -2_00}, "a closed month stands"


def test_a_correction_lands_in_no_closed_unit_and_names_its_own_voucher(store) -> None:
    post(store, *wage("1", 100_00, unit="20"))
    store.record(ClosePeriods(("2020-08",), unit="10"), ACTOR, Source("ledger close"))
    first = store.book().postings()["position"][0]
    for new, error in (
        ({first: {"unit": "10"}}, PeriodClosed),
        ({999: {"unit": "20"}}, UsageError),
    ):
        wish = ReverseVouchers((first,), "fel", replacements=new)
        with pytest.raises(error):
            store.record(wish, ACTOR, Source("ledger correct"))
    with pytest.raises(UsageError, match="not a month"):
        store.record(ReverseVouchers((first,), "fel", "2020-9"), ACTOR, REVERSE)


def test_what_does_not_fit_in_64_bits_is_never_recorded(store) -> None:
    def totals(amount):
        return RestateTotals(rows({"amount": amount, "date": "2019-03-31"}), "b.csv")

    store.record(totals(INT64_MAX), ACTOR, Source("b.csv"))
    with pytest.raises(BeyondSixtyFourBits):
        store.record(totals(-INT64_MAX), ACTOR, Source("b.csv"))
    assert store.book().postings()["amount"].to_list() == [INT64_MAX]


def test_an_erased_value_is_left_out_of_the_comparison_and_only_that(store) -> None:
    post(store, *wage("1", 100_00, text="Resa Namn"))
    position = store.book().postings()["position"][0]
    with store._datastore.transaction(commit=True) as cursor:
        cursor.execute("DELETE FROM private_values WHERE position = ?", (position,))
        cursor.execute("DELETE FROM index_vouchers")
        cursor.execute("DELETE FROM index_progress")
    turned = list(reversed(wage("1", 100_00, text="Resa Namn")))
    assert post(store, *turned).recorded == 0
    other = wage("1", 100_00, text="Resa Namn")
    other[1]["text"] = "en annan text"
    with pytest.raises(InputRefused) as refused:
        post(store, *other)
    assert codes(refused) == {"voucher-changed"}
