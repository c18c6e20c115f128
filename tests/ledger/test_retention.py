"""Retention: rules that are data say what is due, holds keep it, and what is due goes at once."""

import pytest

from ledger.commands import Source
from ledger.erasure import missing
from ledger.errors import InputRefused
from ledger.families.erasure_commands import HoldRow, PlaceHolds, RetentionRow, RuleRetention
from ledger.families.organisation_commands import Found, RegisterAccounts, RegisterUnits
from ledger.retention import due
from ledger.store import Store
from tests.ledger.builders import ACCOUNTS, ACTOR, UNITS, Clock, new_store, post, wage
from tests.ledger.erasing import DECISION, erase, erase_due, files_with

SOURCE = Source("ledger record")


@pytest.fixture
def store(tmp_path):
    """Texts of 2018, 2019 and 2020, and counterparties; texts are kept for seven years."""
    store = new_store(tmp_path)
    for year, unit in (("2018", "11"), ("2019", "20"), ("2020", "10")):
        who = f"Resenär {year}"
        post(store, *wage("1", 1_00, f"{year}-06-17", unit, text=who, counterparty=f"Kund {year}"))
    rule(store, "outcome", "text", 84)
    yield store
    assert missing(store.book()) == []
    store.close()


def rule(store, place, field, months, decision="KS 1"):
    row = RetentionRow(place, field, months, decision)
    return store.record(RuleRetention((row,), "r.csv"), ACTOR, SOURCE)


def hold(store, reference, **scope):
    return store.record(PlaceHolds((HoldRow(reference, **scope),), "h.csv"), ACTOR, SOURCE)


def listed(store, day):
    columns = ("family", "field", "kept", "oldest", "first_due", "count", "held")
    return due(store.book(), day).select(columns).rows()


def codes(refused) -> set[str]:
    return {p.code for p in refused.value.problems}


@pytest.mark.parametrize(
    ("day", "count"),
    [("2025-12-31", 0), ("2026-01-01", 2), ("2026-12-31", 2), ("2027-01-01", 4), ("2040-01-01", 6)],
)
def test_a_text_is_due_so_many_months_after_its_fiscal_year(store, day, count) -> None:
    assert listed(store, day) == [("outcome", "text", 6, "2018-06", "2026-01-01", count, 0)]


def test_what_is_due_goes_as_one_batch_and_nothing_else(store, tmp_path) -> None:
    before = store.book().postings().to_dicts()
    receipt = erase_due(store, "2026-01-01")
    erased = store.book().events("governance.text_erased")
    assert erased["stream"].n_unique() == 1
    assert receipt.recorded == erased.height == 2 + 3 * 2 + 0, "two texts, two keys a file"
    assert files_with(tmp_path, "Resenär 2018") == set()
    assert files_with(tmp_path, "Resenär 2019") == {"ledger.db"}
    assert files_with(tmp_path, "Kund 2018") == {"ledger.db"}, "no rule speaks of counterparties"
    assert store.book().postings().to_dicts() == before
    assert listed(store, "2026-01-01")[0][2:] == (4, "2019-06", "2027-01-01", 0, 0)
    assert erase_due(store, "2026-01-01").recorded == 0


def test_a_broken_fiscal_year_ends_when_it_ends(tmp_path) -> None:
    founded = Found("Region Nord", root="RN", first_month=7, clock="simulated")
    store = Store.create(tmp_path / "ledger.db", founded, ACTOR, Clock())
    store.record(RegisterUnits(UNITS, "units.csv"), ACTOR, SOURCE)
    store.record(RegisterAccounts(ACCOUNTS, "accounts.csv"), ACTOR, SOURCE)
    post(store, *wage("1", 1_00, "2018-06-17", text="a"), *wage("2", 1_00, "2018-07-17", text="b"))
    rule(store, "outcome", "text", 12)
    assert listed(store, "2019-07-01") == [("outcome", "text", 4, "2018-06", "2019-07-01", 2, 0)]
    store.close()


def test_a_newer_rule_takes_the_older_one_s_place_and_a_topic_s_goes_first(store) -> None:
    assert rule(store, "outcome", "text", 84).recorded == 0, "it stands already"
    rule(store, "outcome", "text", 24)
    rule(store, "outcome.posted", "counterparty", 0)
    rule(store, "outcome", "counterparty", 1200)
    assert listed(store, "2021-01-01") == [
        ("outcome", "counterparty", 0, None, None, 0, 0),
        ("outcome", "text", 6, "2018-06", "2021-01-01", 2, 0),
        ("outcome.posted", "counterparty", 6, "2018-06", "2019-01-01", 6, 0),
    ]
    erase_due(store, "2020-06-01")
    assert listed(store, "2021-01-01")[2][2:] == (2, "2020-06", "2021-01-01", 2, 0)


def test_what_has_no_period_is_of_the_month_it_was_recorded_in(store) -> None:
    erase(store, store.book().postings()["position"][0], "text")
    rule(store, "governance", "approved_by", 1)
    assert listed(store, "2021-02-01")[0] == (
        "governance", "approved_by", 1, "2020-09", "2021-02-01", 1, 0
    )  # fmt: skip


@pytest.mark.parametrize(
    ("scope", "held"),
    [
        ({}, 4),
        ({"family": "outcome"}, 4),
        ({"family": "forecast"}, 0),
        ({"unit": "RN"}, 4),
        ({"unit": "10"}, 2),  # 11 stands below 10
        ({"unit": "20"}, 2),
        ({"first": "2018-07"}, 2),
        ({"last": "2018-05"}, 0),
        ({"first": "2018-06", "last": "2018-06"}, 2),
        ({"unit": "20", "last": "2018-12"}, 0),
    ],
)
def test_a_hold_keeps_what_it_covers_and_no_more(store, scope, held) -> None:
    hold(store, "FT 1", reason="tvist", **scope)
    assert listed(store, "2027-01-01")[0][5:] == (4 - held, held)
    receipt = erase_due(store, "2027-01-01")
    assert [n.code for n in receipt.notices] == (["held-back"] if held else [])
    assert listed(store, "2027-01-01")[0][5:] == (0, held)
    assert hold(store, "FT 1", state="lifted").recorded == 1
    assert listed(store, "2027-01-01")[0][5:] == (held, 0)


def test_a_hold_covers_what_it_cannot_tell_apart(store) -> None:
    erase(store, store.book().postings()["position"][0], "text")
    rule(store, "governance", "approved_by", 0)
    hold(store, "FT 1", family="governance", unit="20")
    assert listed(store, "2021-01-01")[0][5:] == (0, 1), "an approval has no unit"


def test_rules_are_known_as_of_a_time_and_erasures_always(store) -> None:
    before = store.book()
    rule(store, "outcome", "text", 0)
    assert due(before, "2026-01-01")["count"].to_list() == [2]
    erase_due(store, "2026-01-01")
    assert due(before, "2026-01-01")["kept"].to_list() == [0]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (("moln", "text", 1, "KS"), "unknown-family"),
        (("organisation", "text", 1, "KS"), "unknown-family"),
        (("outcome", "comment", 1, "KS"), "unknown-private-field"),
        (("outcome.reversed", "text", 1, "KS"), "unknown-private-field"),
        (("governance", "key", 1, "KS"), "unknown-private-field"),
        (("outcome", "text", -1, "KS"), "bad-months"),
        (("outcome", "text", 1201, "KS"), "bad-months"),
        (("outcome", "text", 1, " "), "empty-field"),
    ],
)
def test_what_is_wrong_with_a_rule(store, row, code) -> None:
    with pytest.raises(InputRefused) as refused:
        rule(store, *row)
    assert codes(refused) == {code}


@pytest.mark.parametrize(
    ("row", "code", "exit_code"),
    [
        ({"family": "moln"}, "unknown-family", 3),
        ({"unit": "99"}, "unknown-unit", 3),
        ({"first": "2020"}, "bad-month", 3),
        ({"first": "2020-02", "last": "2020-01"}, "empty-range", 3),
        ({"state": "glömt"}, "unknown-state", 3),
        ({"unit": "20"}, "hold-stands", 4),
        ({"reference": "FT 2", "state": "lifted"}, "hold-unknown", 4),
    ],
)
def test_what_is_wrong_with_a_hold(store, row, code, exit_code) -> None:
    hold(store, "FT 1", unit="10")
    assert hold(store, "FT 1", unit="10").recorded == 0, "it stands already"
    with pytest.raises(InputRefused) as refused:
        hold(store, **({"reference": "FT 1"} | row))
    assert codes(refused) == {code}
    assert refused.value.exit_code == exit_code


def test_many_texts_due_at_once(tmp_path) -> None:
    store = new_store(tmp_path)
    post(store, *({"amount": -1, "date": "2018-01-31", "text": f"t{n}"} for n in range(3000)))
    rule(store, "outcome", "text", 0)
    assert erase_due(store, "2019-01-01").recorded == 3000 + 2
    values = store.book().private("text")
    assert values["value"].unique().to_list() == [f"[gallrad 2020-09-01, {DECISION}]"]
    file = ({"amount": -1, "date": "2018-01-31", "text": f"t{n}"} for n in range(3000))
    assert post(store, *file).recorded == 0
    store.close()
