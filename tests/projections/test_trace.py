"""The events behind a figure: which, in which cell, and their sum."""

import json
import sqlite3
from contextlib import closing
from dataclasses import replace

import pytest

from ledger.errors import UsageError
from ledger.families.outcome_reversal import ReverseVouchers
from ledger.families.outcome_totals import StateOpening
from projections import result, trace
from projections.nouns import NOUNS


@pytest.fixture
def booked(books):
    """Two years of a little: a voucher of two rows, a late one, covid, the area's own."""
    books.post(
        ("2020-01", "6101", "4010", -100_00), ("2020-01", "6101", "1930", 100_00),
        number="1001", date="2020-01-17", text="Lön januari",
    )  # fmt: skip
    books.post(("2020-02", "6102", "5010", -20_00, {"product": "0630"}), date="2020-01-30")
    books.post(("2020-02", "610", "4010", -3_00))
    books.post(("2020-02", "60", "4010", -1_00))
    books.post(("2020-02", "6201", "3010", 500_00))
    books.totals(("2019-01", "6101", "4010", -90_00))
    books.budget(
        ("2020-01", "6101", "4010", -110_00),
        ("2020-02", "6101", None, -30_00, {"report_line": "Personal"}),
        ("2020-12", "6101", "4010", -7_00),
    )
    books.round("T1", "2020-02", [("610", "Personal", -1000_00)])
    return books


def events(frame):
    """(topic's last word, unit, account, amount) of each event, and the total."""
    rows = frame.select("topic", "unit", "account", "amount").rows()
    *behind, total = [((t or "").partition(".")[2], *rest) for t, *rest in rows]
    assert total[:3] == ("", None, None)
    assert sum(row[3] for row in behind) == total[3]
    return behind, total[3]


def test_what_is_known_of_an_event(booked):
    """From the log, with its private text; the total is all null but the amount."""
    frame = trace(booked.book, through="2020-01", unit="6101", line="Personal")
    assert frame.columns == [
        "position", "topic", "recorded_at", "actor", "source", "source_line", "source_digest",
        "period", "date", "unit", "account", "line", "voucher", "row", "amount", "text",
    ]  # fmt: skip
    row, total = frame.to_dicts()
    assert row["recorded_at"].startswith("2020-09-01T08:")
    del row["recorded_at"], row["position"]
    assert row == {
        "topic": "outcome.posted", "actor": "controller", "source": "test", "source_line": 2,
        "source_digest": None, "period": "2020-01", "date": "2020-01-17", "unit": "6101",
        "account": "4010", "line": "Personal", "voucher": "A 1001", "row": 1, "amount": -100_00,
        "text": "Lön januari",
    }  # fmt: skip
    assert {k: v for k, v in total.items() if v is not None} == {"amount": -100_00}


def test_a_unit_is_the_row_of_its_own_level(booked):
    """An area: itself and its units; the division: all below; the root: the whole."""
    book = booked.book
    assert events(trace(book, unit="610"))[1] == -123_00
    assert events(trace(book, unit="60"))[1] == 376_00
    assert events(trace(book, unit="RN")) == events(trace(book))
    assert events(trace(book))[1] == 376_00
    shown = {r["unit"]: r["outcome"] for r in result(book, by="area").to_dicts()}
    assert shown == {"60": -1_00, "610": -123_00, "620": 500_00, None: 376_00}


def test_by_names_the_rows_of_another_level(booked):
    """In the table by area the division's row is what stands on the division itself."""
    assert events(trace(booked.book, unit="60", by="area"))[0] == [("posted", "60", "4010", -1_00)]
    assert events(trace(booked.book, unit="610", by="unit"))[1] == -3_00


def test_codes_that_are_without_and_accounts_that_no_line_takes(booked):
    """By the names that the table has for them."""
    book = booked.book
    assert events(trace(book, product="0630"))[0] == [("posted", "6102", "5010", -20_00)]
    assert events(trace(book, product="without"))[1] == 396_00
    lines = trace(book, structure="kostnader", line="unmapped")
    assert events(lines)[0] == [("posted", "6201", "3010", 500_00)]


def test_a_month_of_last_year_is_the_one_it_is_compared_with(booked):
    """The event keeps its own period."""
    frame = trace(booked.book, measure="last_year", month="2020-01")
    assert frame["period"].to_list() == ["2019-01", None]
    assert events(frame)[0] == [("balance_restated", "6101", "4010", -90_00)]
    assert events(trace(booked.book, measure="last_year", month="2020-02")) == ([], 0)


def test_a_variance_says_which_sum_each_event_is_part_of(booked):
    """Budget decided by line stands on its line, with the opposite sign."""
    frame = trace(booked.book, through="2020-02", unit="6101", line="Personal", measure="variance")
    assert frame.select("measure", "account", "line", "amount").rows() == [
        ("outcome", "4010", "Personal", -100_00),
        ("budget", "4010", "Personal", 110_00),
        ("budget", None, "Personal", 30_00),
        (None, None, None, 40_00),
    ]


def test_the_year_end_of_the_adopted_round(booked):
    """Outcome so far and the entry; in the result as in the round itself."""
    asked = trace(booked.book, "forecast", unit="610")
    assert asked["measure"].to_list() == ["outcome", "outcome", "outcome", "entered", None]
    in_result = trace(booked.book, unit="610", measure="forecast")
    assert asked["position"].equals(in_result["position"])
    assert events(asked)[1] == events(in_result)[1] == -1123_00
    assert asked["text"].to_list()[-2:] == ["plan", None]
    assert events(trace(booked.book, "forecast", round="T1", line="Lokaler"))[1] == -20_00
    over = trace(booked.book, unit="610", measure="forecast_variance")
    assert events(over)[1] == -1123_00 + 147_00


def test_costs_of_this_year_and_last(booked):
    """Of cost accounts, by the noun's own structure; the unit is a part."""
    line = {"line": "Personal", "through": "2020-02"}
    assert events(trace(booked.book, "cost-development", **line))[1] == -104_00
    assert events(trace(booked.book, "cost-development", unit="610", **line))[1] == -103_00
    last = trace(booked.book, "cost-development", measure="last_year", **line)
    assert events(last)[0] == [("balance_restated", "6101", "4010", -90_00)]


def test_a_balance_with_its_opening_and_a_reversal(booked):
    """Debit positive, by the voucher's date; the statement is an event."""
    booked.record(StateOpening("2020-01", (("1930", -500_00, None),)))
    position = booked.book.postings()["position"][0]
    booked.record(ReverseVouchers((position,), "fel"))
    frame = trace(booked.book, "balance", "2020-02", account="1930")
    assert frame.select("measure", "topic", "period", "amount").rows() == [
        ("opening", "outcome.opening_balance_stated", "2020-01", 500_00),
        ("debit", "outcome.reversed", "2020-01", 100_00),
        ("credit", "outcome.posted", "2020-01", -100_00),
        (None, None, None, 500_00),
    ]
    assert frame["text"].to_list()[1] == "fel"
    january = trace(
        booked.book, "balance", "2020-02", account="5010", month="2020-01", measure="debit"
    )
    assert january["period"].to_list() == ["2020-02", None], "posted late, of the voucher's month"
    with pytest.raises(UsageError, match="closing of that cell is not known"):
        trace(booked.book, "balance", "2020-02", account="1930", unit="610")
    assert events(trace(booked.book, "balance", "2020-02", account="4010", unit="610"))[1] == 93_00


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        ({"noun": "nothing"}, "no table 'nothing'"),
        ({"measure": "change_percent"}, "no figure 'change_percent'"),
        ({"unit": "9"}, "no unit '9'"),
        ({"unit": "610", "by": "floor"}, "no level 'floor'"),
        ({"by": "area"}, "--by is the level of a unit"),
        ({"line": "Kostnader"}, "no row of line 'Kostnader'"),
        ({"account": "4999"}, "no row of account '4999'"),
        ({"month": "2020-11"}, "no row of month '2020-11'"),
        ({"product": "9"}, "no row of product '9'"),
        ({"month": "2020-01", "measure": "annual_budget"}, "of that cell is not known"),
        ({"account": "4010", "measure": "forecast"}, "forecast of that cell is not known"),
        ({"noun": "balance", "line": "Personal"}, "no rows by line"),
        ({"noun": "balance", "by": "area"}, "Only tables of units have rows by level"),
        ({"noun": "balance", "span": "month"}, "Only a result, .* or staffing has a span"),
        ({"noun": "cost-development", "round": "T1"}, "Only a forecast is of a round"),
        ({"noun": "forecast", "through": "2019-05"}, "No forecast round of 2019-01 to 2019-12"),
    ],
)  # fmt: skip
def test_questions_that_no_cell_answers(booked, ask, message):
    """Never an empty list for a cell that the table does not have."""
    with pytest.raises(UsageError, match=message):
        trace(booked.book, **{"through": "2020-02", **ask})


def test_a_cell_of_nothing_is_zero(booked):
    """A known account without amounts there."""
    assert events(trace(booked.book, through="2020-02", unit="620", account="4010")) == ([], 0)


def test_a_figure_that_its_events_do_not_sum_to_is_a_mistake_of_ours(booked, monkeypatch):
    """It is never shown."""

    def of_january(book, through, **ask):
        """Another table than the one asked for."""
        return result(book, "2020-01", by="unit")

    monkeypatch.setitem(NOUNS, "result", replace(NOUNS["result"], table=of_january))
    with pytest.raises(RuntimeError, match="sum to"):
        trace(booked.book, through="2020-02", unit="6102")


def test_the_amounts_are_those_of_the_stored_events(booked):
    """Read by other means."""
    book = booked.book
    frame = trace(book, through="2020-02")[:-1]
    with closing(sqlite3.connect(booked.path)) as store:
        rows = store.execute("SELECT rowid - 1, state FROM stored_events").fetchall()
    stored = {position: json.loads(state).get("amount") for position, state in rows}
    assert frame["amount"].to_list() == [stored[position] for position in frame["position"]]
