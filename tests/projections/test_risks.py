"""Risks from their first naming to their closing, and what is left of them and of assumptions."""

from datetime import date

import polars as pl
import pytest

from ledger.errors import ForecastError, InputRefused, UsageError
from ledger.families.erasure_commands import Approval, EraseTexts
from ledger.families.forecast import Assume, OpenRound
from ledger.families.organisation_commands import ChangeSettings
from ledger.families.risk import RecordRisks
from ledger.periods import FiscalCalendar
from ledger.risk_matrix import matrix_of
from projections import assumed_months, exposed_risks, history, risks
from projections.assumed import remaining
from projections.dimensions import Dimensions

NEW = {"risk": "R1", "unit": "6101", "text": "Namn Namnsson slutar", "probability": 3}
NEW |= {"consequence": 4, "effect": -120_000_00, "first": "2020-09", "last": "2021-02"}


@pytest.fixture
def booked(books):
    """Outcome of August 2020, for which questions are asked."""
    books.post(("2020-08", "6101", "4010", -100))
    return books


def told(books, *rows):
    """Codes of the problems of a risk file."""
    with pytest.raises(InputRefused) as refused:
        books.record(RecordRisks(tuple(rows), "risks.csv"))
    return [problem.code for problem in refused.value.problems]


def record(books, **row):
    """One row recorded; how many events came of it but the batch's own."""
    receipt = books.record(RecordRisks((row,), "risks.csv"))
    return receipt.recorded


def test_a_risk_stands_as_it_was_last_assessed_and_as_it_was_known(booked):
    """Identified, reassessed, closed: each at its own time."""
    record(booked, **NEW)
    before = booked.book
    record(booked, risk="R1", probability=4, percent=95, reason="Uppsagd")
    (row,) = risks(booked.book, "2020-08").to_dicts()
    assert row == {
        "risk": "R1", "unit": "6101", "name": "Ledning", "line": None, "category": None,
        "text": "Namn Namnsson slutar", "probability": 4, "consequence": 4, "risk_value": 16,
        "level": "high", "probability_percent": "95.00", "effect": -120_000_00, "least": None,
        "most": None, "first": "2020-09", "last": "2021-02", "responsible": None,
        "status": "open",
    }  # fmt: skip
    (was,) = risks(before, "2020-08").to_dicts()
    assert (was["probability"], was["probability_percent"], was["risk_value"]) == (3, "50.00", 12)
    record(booked, risk="R1", state="closed", reason="Ersatt")
    assert risks(booked.book).is_empty()
    assert risks(booked.book, closed=True)["status"].to_list() == ["closed"]
    topics = [topic for topic in history(booked.book)["topic"] if topic.startswith("risk.")]
    assert sorted(topics) == ["risk.closed", "risk.identified", "risk.reassessed"]


def test_what_stands_is_known_and_says_nothing_new(booked):
    """The same row again, a row that leaves things out, a closed risk closed."""
    assert record(booked, **NEW) == 1
    assert record(booked, **NEW) == 0
    assert record(booked, risk="R1", consequence=4) == 0
    assert record(booked, risk="R1", text="Andra ord", reason="Tydligare") == 1
    assert risks(booked.book)["text"].to_list() == ["Andra ord"]
    assert record(booked, risk="R1", state="closed", reason="Klart") == 1
    assert record(booked, risk="R1", state="closed") == 0


def test_an_erased_text_is_shown_as_erased_and_stays_away(booked):
    """The same file again neither differs nor brings it back."""
    record(booked, **NEW)
    position = int(booked.book.events("risk.identified")["position"][0])
    booked.record(EraseTexts(position, (), Approval("RN 2020/9", "Bo")))
    assert record(booked, **NEW) == 0
    assert risks(booked.book)["text"][0].startswith("[gallrad ")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"probability": 5}, "bad-risk"),
        ({"consequence": 0}, "bad-risk"),
        ({"unit": "99"}, "bad-risk"),
        ({"unit": None}, "bad-risk"),
        ({"text": ""}, "bad-risk"),
        ({"percent": 101}, "bad-risk"),
        ({"risk": ""}, "bad-risk"),
        ({"state": "paused"}, "bad-risk"),
        ({"state": "closed", "reason": "x"}, "bad-risk"),
        ({"report_line": "Kostnader"}, "bad-risk"),
        ({"first": "2020-13"}, "bad-risk"),
        ({"first": "2021-03"}, "bad-risk"),
        ({"least": -1}, "bad-risk"),
        ({"least": -1, "most": -2}, "bad-risk"),
        ({"effect": None, "least": -1, "most": -2}, "bad-risk"),
    ],
)
def test_a_risk_that_does_not_hold_is_refused(booked, change, code):
    """By name, and nothing is recorded."""
    size = booked.book.size
    assert told(booked, NEW | change) == [code]
    assert booked.book.size == size


def test_who_changes_a_risk_says_why(booked):
    """And one that is closed is not reopened, nor moved to another unit."""
    record(booked, **NEW)
    assert told(booked, {"risk": "R1", "probability": 1}) == ["reason-missing"]
    assert told(booked, {"risk": "R1", "state": "closed"}) == ["reason-missing"]
    assert told(booked, {"risk": "R1", "unit": "6201"}) == ["bad-risk"]
    assert told(booked, NEW | {"risk": "R2"}, NEW | {"risk": "R2"}) == ["risk-repeated"]
    record(booked, risk="R1", state="closed", reason="Klart")
    assert told(booked, {"risk": "R1", "probability": 1, "reason": "x"}) == ["risk-closed"]


def test_the_gravest_stands_first_and_a_part_shows_its_own(booked):
    """By the product of the classes; a unit's part and all below."""
    for name, unit, consequence in (("A", "6101", 1), ("B", "6201", 4), ("C", "610", 4)):
        record(booked, **NEW | {"risk": name, "unit": unit, "consequence": consequence})
    assert risks(booked.book)["risk"].to_list() == ["B", "C", "A"]
    assert risks(booked.book, "2020-08", unit="610")["risk"].to_list() == ["C", "A"]


def test_the_matrix_is_data(booked):
    """Classes with names, percent and levels; one that cannot be read is refused when it is set."""
    changed = (
        ("risk.probability", "Osannolik 10%; Trolig 60 %", None),
        ("risk.consequence", "Liten; Stor; Mycket stor", None),
        ("risk.levels", "grön 1; röd 5", None),
    )
    booked.record(ChangeSettings(changed))
    record(booked, **NEW | {"probability": 2, "consequence": 3})
    row = risks(booked.book).row(0, named=True)
    assert (row["level"], row["probability_percent"]) == ("röd", "60.00")
    matrix = matrix_of(booked.book.organisation.settings)
    assert matrix.consequences == ("Liten", "Stor", "Mycket stor")
    booked.record(ChangeSettings((("risk.probability", "Trolig 60", None),)))
    row = risks(booked.book).row(0, named=True)
    assert (row["level"], row["probability_percent"]) == (None, None)
    for setting, value in (
        ("risk.probability", "Trolig"),
        ("risk.probability", "A 50; B 20"),
        ("risk.probability", "A 150"),
        ("risk.consequence", "A;;B"),
        ("risk.levels", "låg 2"),
        ("risk.levels", "1"),
    ):
        with pytest.raises(UsageError, match=setting):
            booked.record(ChangeSettings(((setting, value, None),)))


# ------------------------------------------------------------------------- what is left of amounts


@pytest.mark.parametrize(
    ("amount", "months", "parts"),
    [
        (100, ("2020-10", "2020-12"), [33, 34, 33]),
        (-1200, ("2020-01", "2020-12"), [-100] * 4),
        (-1200, (None, None), [-300] * 4),
        (-1200, ("2020-11", None), [-600] * 2),
        (-1200, (None, "2020-10"), [-600] * 2),
        (-1200, ("2020-11", "2021-02"), [-300] * 2),
        (-1200, ("2020-01", "2020-08"), []),
        (-1200, ("2021-01", "2021-12"), []),
        (-1200, ("2019-10", None), []),
    ],
)
def test_an_amount_is_the_total_of_its_months(amount, months, parts):
    """Through August: months that have passed are in the outcome, those of next year wait."""
    assert [*remaining(amount, months, "2020-08", FiscalCalendar()).values()] == parts


def assume(books, name, **row):
    """One assumption in a round."""
    row = {"round": name, "unit": "6101", "assumption": "one_off"} | row
    books.record(Assume((row,), "assumptions.csv"))


def months(frame: pl.DataFrame) -> dict[tuple[str, ...], int]:
    """Sums by the keys, without month."""
    keys = [name for name in frame.columns if name not in ("period", "amount")]
    sums = frame.group_by(keys).agg(pl.col("amount").sum()).rows()
    return {row[:-1]: row[-1] for row in sums}


def test_assumptions_come_by_unit_line_and_month(booked):
    """What has no amount adds nothing; what has no line is unmapped by line."""
    booked.record(OpenRound("T2", "2020-08"))
    assume(booked, "T2", amount=-1200, first="2020-01", last="2020-12", report_line="Personal")
    assume(booked, "T2", amount=-900)
    assume(booked, "T2", assumption="end_of_special_costs")
    found = assumed_months(booked.book, "2020-08")
    assert found.schema == {
        "unit": pl.String, "line": pl.String, "period": pl.Date, "amount": pl.Int64,
    }  # fmt: skip
    assert months(found) == {("6101", "Personal"): -400, ("6101", "unmapped"): -900}
    assert set(found["period"]) == {date(2020, month, 1) for month in (9, 10, 11, 12)}
    assert months(assumed_months(booked.book, "2020-08", by=("area",))) == {("610",): -1300}
    assert assumed_months(booked.book, "2020-08", unit="620").is_empty()


def test_the_newest_round_that_holds_the_unit_rules(booked):
    """A later round takes the earlier one's place in its own part, and nowhere else."""
    booked.record(OpenRound("Alla", "2020-08"))
    assume(booked, "Alla", amount=-100)
    assume(booked, "Alla", amount=-10, unit="6201")
    booked.record(OpenRound("Bara 610", "2020-08", unit="610"))
    assume(booked, "Bara 610", amount=-7)
    newest = assumed_months(booked.book, by=("unit",))
    assert months(newest) == {("6101",): -7, ("6201",): -10}
    named = assumed_months(booked.book, round="Alla", by=("unit",))
    assert months(named) == {("6101",): -100, ("6201",): -10}
    with pytest.raises(ForecastError, match="no forecast round"):
        assumed_months(booked.book, round="T9")


def test_months_in_the_wrong_order_are_refused(booked):
    """They would spread over nothing."""
    booked.record(OpenRound("T2", "2020-08"))
    with pytest.raises(InputRefused) as refused:
        assume(booked, "T2", amount=-1, first="2020-12", last="2020-10")
    assert [problem.code for problem in refused.value.problems] == ["bad-assumption"]


def test_only_open_risks_with_an_amount_in_the_months_left_are_exposed(booked):
    """Two thirds of six months' effect fall in the year; a class gives the percent."""
    record(booked, **NEW)
    record(booked, **NEW | {"risk": "words", "effect": None, "first": None, "last": None})
    record(booked, **NEW | {"risk": "past", "first": "2020-01", "last": "2020-08"})
    record(booked, **NEW | {"risk": "over"})
    record(booked, risk="over", state="closed", reason="Klart")
    wide = {"risk": "wide", "percent": 7, "first": None, "last": None, "unit": "6201"}
    record(booked, **NEW | wide | {"least": 0, "most": -300_000_00, "report_line": "Personal"})
    dimensions = Dimensions(booked.book, "2020-08", ("area",))
    assert exposed_risks(booked.book, "2020-08", dimensions).rows() == [
        ("R1", "6101", "610", 50, -80_000_00, -80_000_00, -80_000_00),
        ("wide", "6201", "620", 7, -120_000_00, 0, -300_000_00),
    ]
