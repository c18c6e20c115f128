"""Batches, late entries, roles and corrections, as tables of the log."""

import pytest

import projections
from ledger.commands import Source
from ledger.families.governance import ClosePeriods, ReopenPeriod
from ledger.families.outcome_reversal import ReverseVouchers
from ledger.families.review import Review
from ledger.families.roles import ChangeRoles, RoleRow

WAGE = (("2020-08", "6101", "4010", -100_00), ("2020-08", "6101", "1930", 100_00))
RENT = (("2020-09", "6201", "5010", -30_00), ("2020-09", "6201", "1930", 30_00))


@pytest.fixture
def booked(books, monkeypatch):
    """A wage of August and a rent of September, by the controller from an account of its own."""
    monkeypatch.setattr("ledger.store.system_user", lambda: "control")
    books.post(*WAGE, number="1")
    books.post(*RENT, number="2")
    return books


def first(books) -> int:
    """The position of the first posting."""
    position: int = books.book.events("outcome.posted")["position"][0]
    return position


def as_another(books, monkeypatch, command, actor="Bo", account="bo"):
    monkeypatch.setattr("ledger.store.system_user", lambda: account)
    receipt = books.store.record(command, actor, Source("test"))
    monkeypatch.setattr("ledger.store.system_user", lambda: "control")
    return receipt


def outcome(books, *columns, **ask):
    frame = projections.batches(books.book, **ask)
    return frame.filter(frame["entries"] == "outcome").select(*columns).rows()


# ── batches ───────────────────────────────────────────────────────────────────────────────────


def test_a_batch_says_who_when_what_and_how_much(booked):
    booked.post(("2020-08", "6101", "4010", -5_00))
    assert outcome(booked, "kind", "actor", "user", "source", "period", "count", "total") == [
        ("outcome", "controller", "control", "test", "2020-08", 2, 0),
        ("outcome", "controller", "control", "test", "2020-09", 2, 0),
        ("outcome", "controller", "control", "test", "2020-08", 1, -5_00),
    ]
    frame = projections.batches(booked.book)
    assert frame["recorded_at"].is_sorted()
    assert frame["position"].to_list() == sorted(
        booked.book.events("governance.batch_admitted")["position"]
    )


def test_batches_are_chosen_by_period_unit_and_person(booked):
    assert outcome(booked, "period", period="2020-08") == [("2020-08",)]
    assert outcome(booked, "period", period="2020-T2") == [("2020-08",)]
    assert outcome(booked, "period", through="2020-08") == [("2020-08",)]
    assert outcome(booked, "period", unit="620") == [("2020-09",)]
    assert outcome(booked, "period", unit="60") == [("2020-08",), ("2020-09",)]
    assert len(outcome(booked, "period", actor=" Controller")) == 2
    assert outcome(booked, "period", actor="Bo") == []


def test_reviews_stand_beside_what_they_are_of(booked, monkeypatch):
    batch = booked.book.events("outcome.posted")["stream"][0]
    assert outcome(booked, "reviewed_by", "same_account")[0] == (None, None)
    at = booked.book.size
    as_another(booked, monkeypatch, Review(batch))
    as_another(booked, monkeypatch, Review(batch), "Eva", "eva")
    as_another(booked, monkeypatch, Review(first(booked)), "Eva", "eva")
    shown = ("reviewed_by", "same_account", "entries_reviewed")
    assert outcome(booked, *shown) == [("Bo, Eva", "no", 1), (None, None, 0)]
    reviewed = booked.book.events("governance.entry_reviewed")["recorded_at"][0]
    assert outcome(booked, "reviewed_at")[0] == (reviewed,)
    assert outcome(booked, *shown, known_at=f"@{at}") == [(None, None, 0), (None, None, 0)]


def test_a_review_from_the_recorder_s_own_account_is_seen(booked, monkeypatch):
    from ledger.families.organisation_commands import ChangeSettings

    booked.record(ChangeSettings((("four_eyes", "actor", None),)))
    as_another(booked, monkeypatch, Review(first(booked)), "Bo", "control")
    batch = booked.book.events("outcome.posted")["stream"][0]
    as_another(booked, monkeypatch, Review(batch), "Bo", "control")
    assert outcome(booked, "reviewed_by", "same_account")[0] == ("Bo", "yes")


def test_whether_a_batch_was_reversed(booked):
    booked.post(
        *WAGE, ("2020-08", "6102", "4010", -7_00, {"number": "9", "group": 1, "alone": True}),
        number="3",
    )  # fmt: skip
    last = booked.book.events("outcome.posted")["position"].to_list()[-1]
    assert [word for (word,) in outcome(booked, "reversed")] == ["no", "no", "no"]
    booked.record(ReverseVouchers((last,), "fel"))
    booked.record(ReverseVouchers((first(booked),), "fel"))
    assert [word for (word,) in outcome(booked, "reversed")] == ["yes", "no", "partly", None, None]


# ── late entries ──────────────────────────────────────────────────────────────────────────────


def late(books, *columns, **ask):
    return projections.late_entries(books.book, **ask).select(*columns).rows()


SHOWN = ("how", "month", "period", "unit", "amount", "reason")


def test_in_time_is_not_late(booked):
    assert late(booked, *SHOWN) == []
    booked.record(ClosePeriods(("2020-08",)))
    booked.post(("2020-09", "6101", "4010", -1_00))
    assert late(booked, *SHOWN) == []


def test_a_voucher_of_a_closed_month_posted_in_a_later_one(booked):
    from ledger.families.outcome_commands import PostOutcome
    from tests.projections.builders import outcome_rows

    booked.record(ClosePeriods(("2020-08",)))
    rows = outcome_rows([("2020-08", "6101", "4010", -3_00)])
    booked.record(PostOutcome(rows, "late.csv", late_to="2020-09"))
    assert late(booked, *SHOWN) == [("late", "2020-08", "2020-09", "6101", -3_00, None)]
    assert late(booked, *SHOWN, through="2020-08") == []
    frame = projections.late_entries(booked.book)
    posted = booked.book.events("outcome.posted")
    assert frame.select("position", "batch", "actor", "user").row(0) == (
        posted["position"][-1], posted["stream"][-1], "controller", "control",
    )  # fmt: skip


def test_a_correction_of_a_closed_month_and_its_reason(booked):
    at = first(booked)
    booked.record(ClosePeriods(("2020-08",)))
    booked.record(
        ReverseVouchers((at,), "fel enhet", "2020-09", replacements={at: {"unit": "6102"}})
    )
    rows = late(booked, *SHOWN)
    assert [(how, month, period) for how, month, period, *_ in rows] == [
        ("correction", "2020-08", "2020-09")
    ] * 4
    assert [row[4] for row in rows] == [100_00, -100_00, -100_00, 100_00]
    assert {row[5] for row in rows} == {"fel enhet"}


def test_a_correction_in_the_month_itself_is_not_late(booked):
    at = first(booked)
    booked.record(ReverseVouchers((at,), "fel", replacements={at: {"unit": "6102"}}))
    booked.record(ClosePeriods(("2020-08",)))
    assert late(booked, *SHOWN) == []


def test_what_comes_into_a_month_that_was_opened_again(booked):
    booked.record(ClosePeriods(("2020-08",)))
    booked.record(ReopenPeriod("2020-08", "sen faktura", "Bo", unit="610"))
    booked.post(("2020-08", "6102", "4010", -2_00))
    booked.record(ClosePeriods(("2020-08",), unit="610"))
    assert late(booked, *SHOWN) == [
        ("reopened", "2020-08", "2020-08", "6102", -2_00, "sen faktura")
    ]


def test_a_month_closed_in_another_part_makes_nothing_late(booked):
    booked.record(ClosePeriods(("2020-08",), unit="620"))
    booked.post(("2020-08", "6101", "4010", -2_00))
    assert late(booked, *SHOWN) == []


def test_a_total_restated_in_a_month_that_was_opened_again(books):
    books.totals(("2019-08", "6101", "4010", -10_00))
    books.record(ClosePeriods(("2019-08",)))
    books.record(ReopenPeriod("2019-08", "rättad", "Bo"))
    books.totals(("2019-08", "6101", "4010", -12_00))
    assert late(books, *SHOWN) == [("reopened", "2019-08", "2019-08", "6101", -2_00, "rättad")]


# ── roles ─────────────────────────────────────────────────────────────────────────────────────


def test_who_may_do_what_and_since_when(books):
    assert projections.roles(books.book).is_empty()
    rows = (
        RoleRow("Bo", "approver", "RS § 1"),
        RoleRow("Anna", "recorder", "RS § 1", "annaek"),
        RoleRow("Bo", "recorder", "RS § 1"),
    )
    books.record(ChangeRoles(rows, "roles.csv"))
    at = books.book.size
    given = books.book.events("governance.role_given")["recorded_at"][0]
    changes = (RoleRow("anna", "recorder", "RS § 2", None, "taken"),)
    books.store.record(ChangeRoles(changes, "r.csv"), "Bo", Source("test"))
    shown = ("person", "role", "user", "decision", "since", "given_by")
    assert projections.roles(books.book).select(shown).rows() == [
        ("Bo", "approver", None, "RS § 1", given, "controller"),
        ("Bo", "recorder", None, "RS § 1", given, "controller"),
    ]
    then = projections.roles(books.book, known_at=f"@{at}")
    assert then["person"].to_list() == ["Anna", "Bo", "Bo"]


# ── corrections ───────────────────────────────────────────────────────────────────────────────


def test_a_correction_shows_original_reversal_and_new_side_by_side(booked):
    at = first(booked)
    booked.record(ReverseVouchers((at,), "fel enhet", replacements={at: {"unit": "6102"}}))
    rows = projections.correction_rows(booked.book)
    sides = ("account", "unit", "amount", "reversal", "new")
    assert rows.select(sides).rows() == [
        ("4010", "6101", -100_00, 100_00, None),
        ("1930", "6101", 100_00, -100_00, 100_00),
        ("4010", "6102", None, None, -100_00),
    ]
    back, new = (booked.book.events(t)["position"] for t in ("outcome.reversed", "outcome.posted"))
    assert rows.select("position", "reversal_position", "new_position").rows() == [
        (at, back[0], None),
        (at + 1, back[1], new[-1]),
        (None, None, new[-2]),
    ]
    assert projections.correction_rows(booked.book, originals=[]).is_empty()


def test_the_list_says_who_when_why_and_what_it_did_to_the_result(booked, monkeypatch):
    at = first(booked)
    wish = {at: {"amount": -90_00}, at + 1: {"amount": 90_00}}
    as_another(booked, monkeypatch, ReverseVouchers((at,), "fel belopp", replacements=wish))
    frame = projections.corrections(booked.book)
    [row] = frame.to_dicts()
    assert (row["original"], row["series"], row["number"], row["date"]) == (
        at, "A", "1", "2020-08-01",
    )  # fmt: skip
    assert (row["actor"], row["reversed_by"], row["new_by"]) == ("controller", "Bo", "Bo")
    assert (row["reason"], row["effect"]) == ("fel belopp", 10_00)
    assert row["reversal_batch"] == row["new_batch"] != row["batch"]
    assert projections.corrections(booked.book, "2020-07").is_empty()


def test_a_plain_reversal_has_nothing_new(booked):
    booked.record(ReverseVouchers((first(booked),), "dubbel"))
    [row] = projections.corrections(booked.book).to_dicts()
    assert (row["new"], row["effect"]) == (None, 100_00)
    assert projections.correction_rows(booked.book)["new"].null_count() == 2


def test_a_correction_of_a_correction_is_its_own(booked):
    at = first(booked)
    booked.record(ReverseVouchers((at,), "ett", replacements={at: {"unit": "6102"}}))
    new = booked.book.events("outcome.posted")["position"][-2]
    booked.record(ReverseVouchers((new,), "två", replacements={new: {"unit": "6201"}}))
    frame = projections.corrections(booked.book)
    assert frame.select("original", "reason").rows() == [(at, "ett"), (new, "två")]
    assert frame["new"].to_list()[0] == new


def test_equal_rows_of_a_voucher_meet_one_each(booked):
    booked.post(*WAGE, *WAGE, number="7")
    at = booked.book.events("outcome.posted")["position"].to_list()[-4]
    wish = {at: {"account": "5010"}}
    booked.record(ReverseVouchers((at,), "fel konto", replacements=wish))
    rows = projections.correction_rows(booked.book).select("account", "amount", "new").rows()
    assert sorted(rows, key=str) == sorted(
        [
            ("4010", -100_00, -100_00),
            ("4010", -100_00, None),
            ("1930", 100_00, 100_00),
            ("1930", 100_00, 100_00),
            ("5010", None, -100_00),
        ],
        key=str,
    )


def test_changes_accepted_from_a_file_are_corrections_too(booked):
    from ledger.families.outcome_commands import PostOutcome
    from tests.projections.builders import outcome_rows

    changed = [("2020-08", "6101", "4010", -80_00), ("2020-08", "6101", "1930", 80_00)]
    wish = PostOutcome(
        outcome_rows(changed, "1"), "x.csv", accept_changes=True, reason="rättad i källan"
    )
    receipt = booked.record(wish)
    [row] = projections.corrections(booked.book).to_dicts()
    assert (row["reason"], row["effect"], row["new_batch"]) == (
        "rättad i källan", 20_00, receipt.batch,
    )  # fmt: skip
