"""Rounds: the list, one by unit and line, and what it assumes."""

import pytest

from ledger.errors import ForecastError
from ledger.families.forecast import AdoptRound, Assume
from projections import assumptions, forecast_round, rounds


def test_the_list_of_rounds(books):
    """Open and adopted, in the order they were opened; as known before, none."""
    size = books.book.size
    books.round("T1", "2020-04", [("6101", "Personal", -1_00)])
    books.round("T2", "2020-08", [("6101", "Personal", -1_00), ("620", "Lokaler", -2_00)], False)
    frame = rounds(books.book)
    assert frame.drop("opened_at", "adopted_at").rows() == [
        ("T1", "2020-04", "RN", "resultat", "adopted", 1),
        ("T2", "2020-08", "RN", "resultat", "open", 2),
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
    books.enter("R", [("610", "Personal", 1_00)], method="model")
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
        ("610", "Gemensamt", "Personal", 0, 1_00, 1_00, 0, 1_00, "model", "plan"),
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
