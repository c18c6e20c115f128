"""An erased text never comes back with a file: not with a change accepted, not anew, not later."""

from typing import Any

import pytest

from ledger.commands import Source
from ledger.erasure import missing
from ledger.errors import InputRefused
from ledger.families.forecast import Assume, OpenRound
from ledger.families.forecast_entry import EnterForecast
from ledger.families.organisation_commands import DecideStructures, StructureRow
from ledger.families.outcome_reversal import ReverseVouchers
from ledger.store import Store
from tests.ledger.builders import ACTOR, new_store, post, voucher, wage
from tests.ledger.erasing import DECISION, erase, files_with

NAME = "Resa Namn Namnsson"
MARKER = f"[gallrad 2020-09-01, {DECISION}]"
ACCEPT: dict[str, Any] = {"accept_changes": True, "reason": "rättad i böckerna"}


@pytest.fixture
def store(tmp_path):
    """Voucher A 1, both of whose texts are erased, and A 2, which is whole."""
    store = new_store(tmp_path)
    post(store, *wage("1", 100_00, text=NAME), *wage("2", 5_00, "2020-08-20", text="Hyra"))
    erase(store, store.book().postings()["position"][0], "text", everywhere=True)
    yield store
    assert files_with(tmp_path, NAME) == set()
    assert missing(store.book()) == []
    store.close()


def texts(store, number):
    """What the rows of a voucher say, those that stand now and before."""
    clear = dict(store.book().private("text").select("position", "value").rows())
    rows = store.book().events("outcome.posted")
    return [clear.get(p) for p, n in rows.select("position", "number").rows() if n == number]


def codes(receipt):
    return [n.code for n in receipt.notices]


def reopened(store):
    """The store, as the next process opens it, with its indexes thrown away."""
    with store._datastore.transaction(commit=True) as cursor:
        cursor.execute("DELETE FROM index_vouchers")
        cursor.execute("DELETE FROM index_progress")
    store.close()
    return Store(store.path, store.clock)


@pytest.mark.parametrize("options", [{}, ACCEPT, {"again": True}, {**ACCEPT, "again": True}])
@pytest.mark.parametrize("anew", [False, True])
def test_the_same_voucher_is_known_and_records_nothing(store, options, anew) -> None:
    store = reopened(store) if anew else store
    file = [*wage("1", 100_00, text=NAME), *wage("2", 5_00, "2020-08-20", text="Hyra")]
    for order in (file, list(reversed(file)), file[:2]):
        receipt = post(store, *order, **options)
        assert (receipt.recorded, receipt.known, receipt.notices) == (0, len(order), ())
    assert texts(store, "1") == [MARKER, MARKER]


def test_a_longer_file_records_the_new_and_is_not_known_by_its_texts(store) -> None:
    file = [
        *wage("1", 100_00, text=NAME),
        *wage("2", 5_00, "2020-08-20", text="Hyra"),
        *wage("3", 7_00),
    ]
    assert post(store, *file).recorded == 2
    assert post(store, *file).recorded == 0
    admitted = store.book().events("governance.batch_admitted")
    assert admitted["key"][-1] is None, "a key would be a digest of the erased text"


def test_a_voucher_that_the_file_lacks_is_missed_once(store) -> None:
    post(store, *wage("3", 7_00))
    for recorded in (1, 0):
        receipt = post(store, *wage("1", 100_00, text=NAME))
        assert receipt.recorded == recorded
        assert codes(receipt) == ["voucher-missed"]


def test_other_fields_are_compared(store) -> None:
    for change in ({"project": "P"}, {"counterparty": "Kund"}):
        with pytest.raises(InputRefused) as refused:
            post(store, *wage("1", 100_00, text=NAME, **change))
        assert {p.code for p in refused.value.problems} == {"voucher-changed"}
    with pytest.raises(InputRefused):
        post(store, *wage("1", 101_00, text=NAME))
    with pytest.raises(InputRefused):
        post(store, *wage("2", 5_00, "2020-08-20", text="Hyra augusti"))


@pytest.mark.parametrize("anew", [False, True])
def test_an_accepted_change_takes_the_amount_and_not_the_text(store, anew) -> None:
    store = reopened(store) if anew else store
    receipt = post(store, *wage("1", 120_00, text=NAME), **ACCEPT)
    assert codes(receipt) == ["text-withheld"]
    assert texts(store, "1") == [MARKER, MARKER, None, None]
    posted = store.book().events("outcome.posted")
    assert posted["withheld"].to_list()[-2:] == ["text", "text"]
    assert posted.filter(posted["account"] == "4010")["amount"].to_list()[-1] == -120_00
    # and it is known from then on, also after another change
    assert post(store, *wage("1", 120_00, text=NAME)).known == 2
    assert codes(post(store, *wage("1", 130_00, text=NAME), **ACCEPT)) == ["text-withheld"]
    assert post(reopened(store), *wage("1", 130_00, text=NAME)).recorded == 0


def test_a_reversed_voucher_taken_anew_comes_without_the_text(store) -> None:
    first = store.book().postings()["position"][0]
    store.record(ReverseVouchers((first,), "fel"), ACTOR, Source("ledger reverse"))
    assert codes(post(store, *wage("1", 100_00, text=NAME))) == ["reversed-here"]
    receipt = post(store, *wage("1", 100_00, text=NAME), again=True)
    assert receipt.recorded == 2
    assert codes(receipt) == ["text-withheld"]
    assert texts(store, "1") == [MARKER, MARKER, None, None]
    assert post(store, *wage("1", 100_00, text=NAME), again=True).recorded == 0


def test_a_correction_made_here_is_still_known(store) -> None:
    first, second = store.book().postings()["position"].to_list()[:2]
    amounts: dict[int, dict[str, Any]] = {
        first: {"amount": -90_00},
        second: {"amount": 90_00, "text": "rättad"},
    }
    wish = ReverseVouchers((first,), "fel", replacements=amounts, kind="correct")
    store.record(wish, ACTOR, Source("ledger correct"))
    assert texts(store, "1") == [MARKER, MARKER, None, "rättad"]
    assert store.book().events("outcome.posted")["withheld"].to_list()[-2:] == ["text", None]
    # the books correct it likewise: what was erased is not compared, what was said here is
    file = wage("1", 90_00, text=NAME)
    file[1]["text"] = "rättad"
    assert post(store, *file).recorded == 0


def test_in_a_changed_voucher_what_is_still_held_elsewhere_stays(tmp_path) -> None:
    store = new_store(tmp_path)
    lines = [("10", "4010", -100_00), ("10", "5010", -1_00), ("10", "1930", 101_00)]
    file = voucher("1", lines)
    for row, text in zip(file, (NAME, "Hyra", "Bank"), strict=True):
        row["text"] = text
    post(store, *file)
    erase(store, store.book().postings()["position"][0], "text")
    changed = [row | {"amount": row["amount"] * 2} for row in file]
    changed.append(changed[2] | {"row": 4, "amount": 0, "text": "Ny rad"})
    post(store, *changed, **ACCEPT)
    assert texts(store, "1")[3:] == [None, "Hyra", "Bank", None], "the new row's may be the erased"
    assert post(store, *changed).recorded == 0
    store.close()


@pytest.mark.parametrize("field", ["registered_by", "authorised_by", "document"])
def test_what_is_no_content_does_not_come_back_either(tmp_path, field) -> None:
    store = new_store(tmp_path)
    post(store, *wage("1", 100_00, **{field: NAME}))
    erase(store, store.book().postings()["position"][0], field, everywhere=True)
    file = wage("1", 100_00, **{field: NAME})
    assert post(store, *file, *wage("2", 1_00, "2020-08-20")).recorded == 2
    assert store.book().events("governance.batch_admitted")["key"][-1] is None
    assert codes(post(store, *wage("1", 110_00, **{field: NAME}), **ACCEPT)) == ["text-withheld"]
    assert files_with(tmp_path, NAME) == set()
    store.close()


def test_rows_without_voucher_are_met_by_what_is_left_of_them(tmp_path) -> None:
    store = new_store(tmp_path)
    file = [{"amount": -ore, "text": f"{NAME} {ore}"} for ore in (1_00, 2_00, 2_00, 3_00)]
    file[2]["text"] = "Annat"
    post(store, *file)
    erase(store, store.book().postings()["position"][1], "text")
    assert post(store, *file, {"amount": -4_00}).recorded == 1
    assert store.book().postings()["amount"].to_list() == [-1_00, -2_00, -2_00, -3_00, -4_00]
    assert files_with(tmp_path, f"{NAME} 200") == set()
    store.close()


def test_a_forecast_s_comment_and_an_assumption_s_text_stay_away(tmp_path) -> None:
    store = new_store(tmp_path)
    post(store, {"date": "2020-08-31", "amount": -100})
    lines = (StructureRow("s", "Allt", None, "3000", "8999", 1, "2018-01"),)
    store.record(DecideStructures(lines, "s.csv"), ACTOR, Source("s.csv"))
    store.record(OpenRound("T2", "2020-08", "s"), ACTOR, Source("test"))
    entry = {"round": "T2", "unit": "10", "report_line": "Allt", "amount": -5_00, "comment": NAME}
    assumed = {"round": "T2", "unit": "10", "assumption": "one_off", "text": NAME}
    wishes = (EnterForecast((entry,), "f.csv"), Assume((assumed,), "a.csv"))
    first = [store.record(wish, ACTOR, Source("f.csv")).first or 0 for wish in wishes]
    erase(store, first[0], "comment", everywhere=True)
    assert files_with(tmp_path, NAME) == set()
    for wish in wishes:
        receipt = store.record(wish, ACTOR, Source("f.csv"))
        assert (receipt.recorded, receipt.known) == (0, 1)
    assert files_with(tmp_path, NAME) == set()
    assert store.book().private("comment").row(0) == (first[0], MARKER, True)
    assert store.book().private("text").row(0) == (first[1], MARKER, True)
    store.close()
