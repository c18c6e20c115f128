"""Marks: what may be marked, what is refused by name, and what a mark is when it is lifted."""

import pytest

from ledger.codes import Codes, VoucherName
from ledger.commands import Source
from ledger.errors import InputRefused, UsageError
from ledger.families.followup import MarkEntries, Marks, Unmark
from ledger.families.governance import ClosePeriods
from ledger.families.organisation_commands import CodeRow, RegisterCodes
from tests.ledger.builders import ACTOR, new_store, post, wage

SOURCE = Source("ledger mark")


@pytest.fixture
def store(tmp_path):
    """Wages of two years under one voucher number, and product 0630."""
    store = new_store(tmp_path)
    codes = tuple(CodeRow("product", code, "covid") for code in ("0630", "0640"))
    store.record(RegisterCodes(codes, "codes.csv"), ACTOR, SOURCE)
    post(store, *wage("1", 1_00, "2019-06-17"))
    post(store, *wage("1", 2_00, "2020-06-17"))
    post(store, *wage("2", 3_00, "2020-06-18"))
    yield store
    store.close()


def mark(store, name="covid", kind="special", reason="merkostnad", **selection):
    return store.record(MarkEntries(name, kind, reason, **selection), ACTOR, SOURCE)


def standing(store):
    return store.book().state.of(Marks).standing


def test_a_mark_stands_with_what_was_named(store):
    """Blanks between codes and codes named twice are nothing."""
    receipt = mark(store, products=" 0630, 0640,0630 ", first="2020-03")
    assert receipt.recorded == 1
    (selection,) = standing(store)["covid"].selections.values()
    assert (selection.products, selection.first, selection.last) == ("0630,0640", "2020-03", None)
    assert len(selection.reason) == 64, "a commitment: the reason is private"
    assert store.book().private("reason")["value"].to_list() == ["merkostnad"]


def test_the_same_selection_is_known_and_another_is_added(store):
    """Whatever reason is given the second time."""
    mark(store, products="0630")
    again = mark(store, products="0630", reason="annat")
    assert (again.recorded, again.known) == (0, 1)
    assert mark(store, accounts="4010").recorded == 1
    assert len(standing(store)["covid"].selections) == 2


def test_closed_months_are_marked(store):
    """A mark posts nothing."""
    store.record(ClosePeriods(("2019-06", "2020-06")), ACTOR, SOURCE)
    assert mark(store, accounts="4010", last="2019-12").recorded == 1


def test_a_mark_is_lifted_whole_and_its_name_is_free_again(store):
    """As known before, it stands."""
    mark(store, products="0630")
    mark(store, accounts="4010")
    before = store.book()
    store.record(Unmark("covid", "slut"), ACTOR, SOURCE)
    assert standing(store) == {}
    assert len(before.at(f"@{before.size}").state.of(Marks).standing["covid"].selections) == 2
    assert mark(store, kind="one_off", products="0630").recorded == 1
    assert standing(store)["covid"].kind == "one_off"
    with pytest.raises(UsageError, match=r"no mark 'rot'.*covid"):
        store.record(Unmark("rot", "slut"), ACTOR, SOURCE)


@pytest.mark.parametrize(
    ("named", "held"),
    [("1", None), ("A 2", "A 2@2020"), ("A-1@2019, A 2", "A 1@2019,A 2@2020"), ("A2", "A 2@2020")],
)
def test_a_voucher_is_held_with_its_fiscal_year(store, named, held):
    """A number that every year has must say which."""
    if held is None:
        with pytest.raises(InputRefused):
            mark(store, vouchers=named)
        return
    mark(store, vouchers=named)
    (selection,) = standing(store)["covid"].selections.values()
    assert selection.vouchers == held


@pytest.mark.parametrize(
    ("selection", "codes"),
    [
        ({}, {"mark-of-nothing"}),
        ({"first": "2020-03"}, {"mark-of-nothing"}),
        ({"products": " , "}, {"mark-of-nothing"}),
        ({"products": "0631", "accounts": "4010"}, {"unknown-code"}),
        ({"projects": "P1"}, {"unknown-code"}),
        ({"accounts": "4999,8000-8999", "units": "99"}, {"unknown-account", "unknown-unit"}),
        ({"vouchers": "B 1"}, {"unknown-voucher"}),
        ({"vouchers": "A 1@2018"}, {"unknown-voucher"}),
        ({"vouchers": "A 1"}, {"voucher-of-several-years"}),
        ({"accounts": "4010", "first": "2020-13"}, {"bad-month"}),
        ({"accounts": "4010", "first": "2020-05", "last": "2020-04"}, {"bad-month"}),
        ({"accounts": "4010", "kind": "other"}, {"mark-kind-unknown"}),
    ],
)
def test_what_names_nothing_is_refused_by_name(store, selection, codes):
    """All problems at once, and nothing is recorded."""
    size = store.book().size
    with pytest.raises(InputRefused) as refused:
        mark(store, **selection)
    assert {problem.code for problem in refused.value.problems} == codes
    assert refused.value.exit_code == 3
    assert store.book().size == size


def test_a_mark_has_one_kind(store):
    """What stands decides: exit code 4."""
    mark(store, products="0630")
    with pytest.raises(InputRefused) as refused:
        mark(store, kind="one_off", accounts="4010")
    assert [problem.code for problem in refused.value.problems] == ["mark-kind-differs"]
    assert refused.value.exit_code == 4


@pytest.mark.parametrize("name", ["", "  ", "a,b", "a|b", "a\nb", "x" * 61])
def test_a_name_is_short_and_plain(store, name):
    """It is a key of tables and series."""
    with pytest.raises(UsageError, match="no name of a mark"):
        mark(store, name=name, products="0630")


def test_a_reason_is_given(store):
    """On both ways."""
    with pytest.raises(UsageError, match="wants a reason"):
        mark(store, reason=" ", products="0630")
    mark(store, products="0630")
    with pytest.raises(UsageError, match="wants a reason"):
        store.record(Unmark("covid", ""), ACTOR, SOURCE)


def test_codes_and_ranges():
    """A code that looks like a range is that code; a range takes longer codes of its last one."""
    known = {"5010", "5999", "59991", "6000", "A-B"}
    asked = Codes.of("A-B, 5900-5999, 7", known)
    assert (asked.codes, asked.ranges, asked.unknown) == (("A-B",), (("5900", "5999"),), ("7",))
    assert asked.among(known) == {"A-B", "5999", "59991"}


@pytest.mark.parametrize("text", ["A 1001", "A-1001", "A1001", "A 1001@2020", "1001", "L 1-2"])
def test_a_voucher_s_name_reads_as_it_is_written(text):
    """So that what an event holds is what was meant."""
    voucher = VoucherName.of(text)
    assert voucher is not None
    assert VoucherName.of(str(voucher)) == voucher
