"""Rounds: the list, one by unit and line, and what it assumes."""

import polars as pl
import pytest

from ledger.errors import ForecastError
from ledger.families.erasure_commands import Approval, EraseTexts
from ledger.families.forecast import Assume
from ledger.families.forecast_approval import AdoptRound
from ledger.families.organisation_commands import (
    AccountRow,
    RegisterAccounts,
    RegisterUnits,
    UnitRow,
)
from projections import assumptions, facts, forecast_round, result, rounds
from tests.projections.builders import by_key


def test_the_list_of_rounds(books):
    """Open and adopted, in the order they were opened; as known before, none."""
    size = books.book.size
    books.post(("2020-08", "6101", "4010", -1_00))
    books.round("T1", "2020-04", [("6101", "Personal", -1_00)])
    books.round("T2", "2020-08", [("6101", "Personal", -1_00), ("620", "Lokaler", -2_00)], False)
    frame = rounds(books.book)
    assert frame.drop("opened_at", "adopted_at").rows() == [
        ("T1", "2020-04", "RN", "resultat", "adopted", 1, 1, 0, 0, 0),
        ("T2", "2020-08", "RN", "resultat", "open", 2, 2, 0, 0, 0),
    ]
    assert frame["adopted_at"].null_count() == 1
    assert frame["opened_at"][0] < frame["adopted_at"][0] < frame["opened_at"][1]
    assert rounds(books.book, "2020-05")["round"].to_list() == ["T1"]
    assert rounds(books.book, None, f"@{size}").is_empty()


def test_a_round_by_unit_and_line(books):
    """Outcome so far + entered = year's end; against the whole year's budget."""
    books.post(("2020-01", "6101", "4010", -10_00), ("2020-01", "6102", "5010", -3_00))
    books.budget(("2020-01", "6101", "4010", -100_00), ("2020-11", "6101", "4010", -15_00))
    books.round("R", "2020-01", [("6101", "Personal", -90_00)], adopt=False)
    books.post(("2020-01", "6101", "4010", -7_00))  # after the round was opened
    books.enter("R", [("6101", "Personal", -95_00)], comment="ny bedömning")
    books.enter("R", [("610", "Personal", 1_00)], method="previous")
    books.record(AdoptRound("R"))
    frame = forecast_round(books.book, "R")
    assert frame.columns == [
        "unit",
        "name",
        "line",
        "outcome",
        "entered",
        "year_end",
        "budget",
        "variance",
        "method",
        "comment",
    ]
    assert frame.rows() == [
        ("610", "Gemensamt", "Personal", 0, 1_00, 1_00, 0, 1_00, "previous", "plan"),
        # −10 − 95; −105 + 115
        ("6101", "Ledning", "Personal", -10_00, -95_00, -105_00, -115_00, 10_00, "manual",
         "ny bedömning"),
        ("6102", "Stab", "Lokaler", -3_00, None, -3_00, 0, -3_00, None, None),
    ]  # fmt: skip
    part = forecast_round(books.book, "R", unit="6102")
    assert part["unit"].to_list() == ["6102"]


def test_entries_by_month_are_summed(books):
    """November and December; without a budget in the year it is unknown."""
    books.post(("2020-10", "6101", "4010", -10_00))
    books.round("R", "2020-10", [], adopt=False)
    for month, amount in (("2020-11", -4_00), ("2020-12", -5_00)):
        books.enter("R", [("6101", "Personal", amount)], period=month, comment=month)
    row = forecast_round(books.book, "R").to_dicts()[0]
    assert (row["entered"], row["year_end"], row["comment"]) == (-9_00, -19_00, "2020-12")
    assert (row["budget"], row["variance"]) == (None, None)


def test_what_a_round_assumes(books):
    """In the order it was said, with its text in clear."""
    books.post(("2020-10", "6101", "4010", -1_00))
    books.round("R", "2020-10", [], adopt=False)
    books.round("S", "2020-10", [], adopt=False)
    made = {"assumption": "one_off", "unit": "620", "text": "Flytt"}
    books.record(
        Assume(
            (
                {"round": "R", **made, "amount": -5_00, "first": "2020-11", "last": "2020-12"},
                {"round": "S", **made},
                {"round": "R", **made, "report_line": "Lokaler"},
            ),
            "assumptions.csv",
        )
    )
    assert assumptions(books.book, "R").rows() == [
        ("620", "Drift", None, "one_off", -5_00, "2020-11", "2020-12", "Flytt"),
        ("620", "Drift", "Lokaler", "one_off", None, None, None, "Flytt"),
    ]


def test_a_round_that_there_is_not(books):
    """A named error, with those that there are."""
    for ask in (forecast_round, assumptions):
        with pytest.raises(ForecastError, match="no forecast round 'X'"):
            ask(books.book, "X")


def test_a_year_end_is_that_of_the_accounts_tree_and_calendar_then(books):
    """The account becomes an asset and 6201 moves to 610 after the round was opened."""
    books.post(("2020-01", "6201", "4010", -10_00), ("2020-01", "6201", "5010", -5_00))
    books.round("R", "2020-01", [("6201", "Personal", -90_00)], unit="620")
    year_end = forecast_round(books.book, "R").select("unit", "line", "outcome", "year_end")
    assert year_end.rows() == [
        ("6201", "Personal", -10_00, -100_00),
        ("6201", "Lokaler", -5_00, -5_00),
    ]
    books.record(RegisterAccounts((AccountRow("5010", "Hyra", "asset"),), "a.csv"))
    books.record(
        RegisterUnits(
            (
                UnitRow("6201", "Nät", "610", "unit", "line", "2018-01"),
                UnitRow("6202", "Ny", "620", "unit", "line", "2018-01"),
            ),
            "units.csv",
        )
    )
    books.post(("2020-01", "6202", "4010", -7_00))
    book = books.book
    rounds_now = forecast_round(book, "R").select("unit", "line", "outcome", "year_end")
    assert rounds_now.filter(pl.col("unit") == "6201").rows()[0] == year_end.rows()[0]
    assert rounds_now["year_end"].sum() == -105_00
    total = result(book, "2020-01", by="unit")
    assert by_key(total, "outcome", "forecast")[None] == (-17_00, -105_00)
    assert by_key(total, "forecast")["6202"] == 0  # inside, and new: nothing so far


def test_the_outcome_of_an_earlier_book_is_not_read_again(books):
    """What `facts.outcome` takes from the later book is what the earlier one says itself."""
    books.post(("2020-01", "6101", "4010", -10_00), ("2020-01", "6101", "1930", 10_00))
    then = books.book
    books.post(("2020-01", "6101", "4010", -3_00))
    books.record(RegisterAccounts((AccountRow("4010", "Lön", "asset"),), "a.csv"))
    assert facts.outcome(books.book, then).collect().equals(facts.outcome(then).collect())
    assert facts.outcome(books.book).collect().is_empty()


def test_an_erased_comment_or_assumption_reads_as_its_erasure(books):
    """Whatever was known then; the figures stay."""
    books.post(("2020-01", "6101", "4010", -10_00))
    books.round("R", "2020-01", [("6101", "Personal", -90_00)], adopt=False)
    row = {"round": "R", "unit": "60", "assumption": "one_off", "text": "Namn Namnsson slutar"}
    books.record(Assume((row,), "a.csv"))
    size, before = books.book.size, forecast_round(books.book, "R")
    for topic in ("forecast.entered", "forecast.assumption_made"):
        position = books.book.events(topic)["position"][0]
        books.record(EraseTexts(position, (), Approval("KS 1", "Bo")))
    for known_at in (None, f"@{size}"):
        frame = forecast_round(books.book, "R", known_at)
        assert frame.drop("comment").equals(before.drop("comment"))
        assert frame["comment"].drop_nulls().to_list() == ["[gallrad 2020-09-01, KS 1]"]
        texts = assumptions(books.book, "R", known_at)["text"].to_list()
        assert texts == ["[gallrad 2020-09-01, KS 1]"]
