"""Where a year-end comes from: every step in öre, the last of them the figure that is explained."""

import random

import pytest

from ledger.families.followup import MarkEntries
from ledger.families.forecast import Assume
from ledger.periods import months_between
from reporting.forecast_explanation import Question, explain, left_out
from reporting.forecast_table import year_end
from tests.projections.builders import Books

LAST = "2020-08"
ROUND = "T2"


@pytest.fixture
def books(tmp_path):
    """Wages, rent and income of three units for 44 months, and a round through August."""
    books = Books(tmp_path)
    draw = random.Random(4)
    postings = []
    for month in months_between("2017-01", LAST):
        for unit, size in (("6101", 900), ("6102", 300), ("6201", 500)):
            postings.append((month, unit, "4010", -size * 100_00 - draw.randrange(20_000_00)))
            postings.append((month, unit, "3010", size * 90_00 + draw.randrange(9_000_00)))
        postings.append((month, "6201", "5010", -40_000_00))
    books.post(*postings)
    yield books
    books.store.close()


def steps(table) -> list[dict]:
    names = [column.key for column in table.columns]
    return [dict(zip(names, row, strict=True)) for row in table.rows]


def of_step(rows: list[dict], step: str) -> list[dict]:
    return [row for row in rows if row["step"] == step]


def one_off(books: Books, amount: int, *, marked: bool) -> None:
    """A sum booked in May, alone in its voucher row, and a mark on it."""
    books.post(("2020-05", "6101", "4010", amount, {"project": "brand"}))
    if marked:
        books.record(MarkEntries("vattenskada", "one_off", "läcka", units="6101", first="2020-05",
                                 last="2020-05", accounts="4010"))  # fmt: skip


def test_the_steps_sum_to_the_model_s_year_end(books):
    told = explain(books.book, "en", Question(LAST))
    rows = steps(told.waterfall)
    total = 0
    for row in rows:
        total += row["amount"] or 0
        assert row["total"] == total
    (forecast,) = of_step(rows, "forecast")
    assert forecast["total"] == year_end(books.book, LAST)["forecast"][-1]
    assert [row["name"] for row in of_step(rows, "model")] == ["Intäkter", "Personal", "Lokaler"]


def test_a_unit_is_explained_as_it_stands_in_the_table(books):
    told = steps(explain(books.book, "en", Question(LAST, unit="6201")).waterfall)
    table = year_end(books.book, LAST, by=("unit",))
    assert (
        of_step(told, "forecast")[0]["total"]
        == dict(table.select("unit", "forecast").rows())["6201"]
    )


def test_what_is_marked_is_a_step_of_its_own_and_nothing_of_it_is_expected(books):
    """A one-off of three normal months in May, and all else of May, is marked: what is left of the
    year moves by less than ten per cent, and a note says so."""
    usual = dict(year_end(books.book, LAST).select("unit", "remaining").rows())["6101"]
    one_off(books, -3 * 90_000_00, marked=True)
    struck = dict(year_end(books.book, LAST).select("unit", "remaining").rows())["6101"]
    assert abs(struck - usual) < abs(usual) // 10
    rows = steps(explain(books.book, "en", Question(LAST)).waterfall)
    (step,) = of_step(rows, "marked")
    assert step["name"] == "vattenskada (one-off)"
    assert step["amount"] < -3 * 90_000_00
    assert "vattenskada" in left_out(books.book, "en", LAST)[0]


def test_a_lone_month_nobody_marked_is_told(books):
    one_off(books, -9 * 90_000_00, marked=False)
    told = explain(books.book, "sv", Question(LAST))
    (row,) = steps(told.one_offs)
    assert (row["unit"], row["nature"], row["period"]) == ("6101", "cost", "2020-05")
    assert row["difference"] == row["amount"] - row["usual"]
    assert abs(row["difference"] + 9 * 90_000_00) < 30_000_00
    (note,) = left_out(books.book, "sv", LAST)
    assert "6101 kostnader 2020-05" in note
    assert left_out(books.book, "sv", LAST, unit="620") == []


def test_people_s_changes_lead_to_the_round(books):
    """Model, assumption, then what each line was entered differently; the end is the round's."""
    books.round(ROUND, LAST, [("6101", "Personal", -9_999_999_99)], adopt=False)
    assumption = {"round": ROUND, "unit": "6201", "report_line": "Lokaler", "amount": -4_000_00,
                  "assumption": "known_commitment", "text": "flytt"}  # fmt: skip
    books.record(Assume((assumption,), "assumptions.csv"))
    rows = steps(explain(books.book, "sv", Question(round=ROUND)).waterfall)
    assert [(r["name"], r["amount"]) for r in of_step(rows, "assumed")] == [("Lokaler", -4_000_00)]
    model, assumed = (year_end(books.book, LAST, assumed_in=name) for name in (None, ROUND))
    assert assumed["forecast"][-1] == model["forecast"][-1] - 4_000_00
    assert assumed["p10"][-1] == model["p10"][-1] - 4_000_00
    assert of_step(rows, "forecast")[0]["total"] == assumed["forecast"][-1]
    outcome = model["outcome"][-1]
    assert of_step(rows, "round")[0]["total"] == outcome - 9_999_999_99


def test_outside_the_interval_says_where_to_look(books):
    books.round(ROUND, LAST, [("6101", "Personal", -9_999_999_99)], adopt=False)
    notes = explain(books.book, "sv", Question(round=ROUND)).waterfall.notes
    outside = [note for note in notes if "80 %-intervall" in note]
    assert len(outside) == 1
    assert "under modellens" in outside[0]
    assert "Personal" in outside[0] or "Intäkter" in outside[0]


def test_members_are_summed_over_what_all_speak_of(books):
    told = explain(books.book, "en", Question(LAST))
    rows = steps(told.members)
    assert {row["member"] for row in rows} >= {"additive", "ratio", "logarithmic", "last_year"}
    income_and_wages = 6  # the rent is constant and needs no model
    assert f"the {income_and_wages} parts" in told.members.notes[0]
