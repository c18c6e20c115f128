"""What a reversal and a correction refuse: each rule by its name, with what to do instead."""

import pytest

from ledger.commands import Source
from ledger.errors import (
    AlreadyReversed,
    BeforeOriginal,
    NotReversible,
    OutOfBalance,
    PeriodClosed,
    UsageError,
)
from ledger.families.governance import ClosePeriods
from ledger.families.organisation_commands import CodeRow, RegisterCodes
from ledger.families.outcome_reversal import CORRECTABLE, ReverseVouchers
from ledger.families.outcome_totals import RestateTotals
from tests.ledger.builders import ACTOR, new_store, post, rows, wage

FROM = Source("ledger correct")


@pytest.fixture
def store(tmp_path):
    """A store with one voucher: a wage of 100 kr in August, unit 10."""
    store = new_store(tmp_path)
    post(store, *wage("1", 100_00, text="lön"))
    yield store
    store.close()


def positions(store) -> list[int]:
    return store.book().postings()["position"].to_list()


def reverse(store, position, **more):
    return store.record(ReverseVouchers((position,), "fel", **more), ACTOR, FROM)


def correct(store, position, **values):
    period = values.pop("period", None)
    return reverse(store, position, in_period=period, replacements={position: values})


def close(store, *periods, **more):
    store.record(ClosePeriods(periods, **more), ACTOR, FROM)


def refused(error, call, *arguments, **more) -> str:
    """What the rule says; it always says what to do instead."""
    with pytest.raises(error) as caught:
        call(*arguments, **more)
    assert type(caught.value) is error
    assert caught.value.exit_code == (2 if error is UsageError else 4)
    assert caught.value.remedy or error is UsageError
    return str(caught.value)


def test_nothing_is_reversed_or_corrected_twice(store) -> None:
    first, second = positions(store)
    correct(store, first, unit="20")
    refused(AlreadyReversed, reverse, store, second)
    said = refused(AlreadyReversed, correct, store, first, unit="11")
    assert f"ledger corrections {first}" in said
    new = positions(store)[-2]
    assert correct(store, new, unit="11").recorded == 4, "what took its place can be"


def test_a_reversal_stands(store) -> None:
    reverse(store, positions(store)[0])
    back = store.book().events("outcome.reversed")["position"].to_list()
    for position in back:
        assert "--again" in refused(NotReversible, reverse, store, position)


def test_a_month_s_total_is_restated_and_not_reversed(store) -> None:
    totals = RestateTotals(rows({"amount": -5_00, "date": "2019-03-31"}), "b.csv")
    store.record(totals, ACTOR, FROM)
    restated = store.book().events("outcome.balance_restated")["position"][0]
    assert "Import the right totals" in refused(NotReversible, reverse, store, restated)


def test_only_outcome_is_reversed(store) -> None:
    assert "Only outcome" in refused(NotReversible, reverse, store, 0)
    assert "no event" in refused(NotReversible, reverse, store, 10**6)


def test_a_closed_month_wants_an_open_one_and_a_later(store) -> None:
    first = positions(store)[0]
    close(store, "2020-07")
    close(store, "2020-08")
    assert "2020-08" in refused(PeriodClosed, reverse, store, first)
    assert "2020-08" in refused(PeriodClosed, correct, store, first, unit="20")
    assert "Give an open period" in refused(
        PeriodClosed, reverse, store, first, in_period="2020-08"
    )
    refused(BeforeOriginal, reverse, store, first, in_period="2020-06")
    assert correct(store, first, unit="20", period="2020-09").recorded == 4


def test_a_batch_over_closed_and_open_months_lands_in_one_open(store) -> None:
    post(store, *wage("2", 1_00, "2020-07-15"), *wage("3", 2_00, "2020-09-01"))
    close(store, "2020-07")
    whole = tuple(positions(store)[2:])
    size = store.book().size
    wish = ReverseVouchers(whole, "fel fil", skip_reversed=True)
    with pytest.raises(PeriodClosed, match="2020-07"):
        store.record(wish, ACTOR, FROM)
    late = ReverseVouchers(whole, "fel fil", "2020-08", skip_reversed=True)
    with pytest.raises(BeforeOriginal, match="2020-09"):
        store.record(late, ACTOR, FROM)
    assert store.book().size == size, "whole or not at all"
    done = ReverseVouchers(whole, "fel fil", "2020-09", skip_reversed=True)
    assert store.record(done, ACTOR, FROM).recorded == 4
    back = store.book().events("outcome.reversed")
    assert back["period"].unique().to_list() == ["2020-09"]
    with pytest.raises(AlreadyReversed, match="Everything named"):
        store.record(done, ACTOR, FROM)


def test_a_corrected_voucher_balances(store) -> None:
    said = refused(OutOfBalance, correct, store, positions(store)[0], amount=-99_00)
    assert "1.00" in said
    first, second = positions(store)
    both = {first: {"amount": -99_00}, second: {"amount": 99_00}}
    assert reverse(store, first, replacements=both).recorded == 4


def test_a_row_that_stands_alone_needs_no_balance(store) -> None:
    post(store, {"date": "2020-08-31", "amount": -7_00})
    last = positions(store)[-1]
    assert correct(store, last, amount=-8_00).recorded == 2


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"period": "2020-09", "colour": "röd"}, "colour is not corrected"),
        ({"date": "2020-08-01"}, "date is not corrected"),
        ({"unit": "99"}, "no unit '99'"),
        ({"account": "9999"}, "no account '9999'"),
        ({"counterparty_unit": "99"}, "no counterparty_unit '99'"),
        ({"product": "0630"}, "no product '0630'"),
        ({"unit": None}, "cannot be emptied"),
        ({"amount": None}, "cannot be emptied"),
        ({"unit": "10", "text": "lön"}, "changes nothing"),
    ],
)
def test_a_correction_says_something_that_can_be_said(store, values, said) -> None:
    size = store.book().size
    assert said in refused(UsageError, correct, store, positions(store)[0], **values)
    assert store.book().size == size


def test_codes_that_are_registered_and_texts_are_corrected(store) -> None:
    code = RegisterCodes((CodeRow("product", "0630", "Covid-19"),), "codes.csv")
    store.record(code, ACTOR, FROM)
    correct(store, positions(store)[0], product="0630", text=None)
    new = store.book().events("outcome.posted").tail(2)
    assert new["product"].to_list() == ["0630", None]
    texts = dict(store.book().private("text").select("position", "value").iter_rows())
    assert [texts.get(position) for position in new["position"]] == [None, "lön"]
    assert {"amount", "text", "product"} <= set(CORRECTABLE)


def test_what_was_reversed_whole_can_be_taken_again_and_reversed_again(store) -> None:
    for _ in range(2):
        reverse(store, positions(store)[-1])
        assert post(store, *wage("1", 100_00, text="lön")).recorded == 0, "known, reversed here"
        assert post(store, *wage("1", 100_00, text="lön"), again=True).recorded == 2
    frame = store.book().postings()
    assert frame.filter(frame["account"] == "4010")["amount"].sum() == -100_00


def test_a_reversal_wants_a_reason_and_a_month(store) -> None:
    first = positions(store)[0]
    with pytest.raises(UsageError, match="--reason"):
        store.record(ReverseVouchers((first,), "  "), ACTOR, FROM)
    refused(UsageError, reverse, store, first, in_period="2020-9")
