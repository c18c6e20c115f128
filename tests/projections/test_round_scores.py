"""Adopted rounds against what came, worked out by hand."""

import pytest

from ledger.errors import ForecastError
from ledger.periods import months_between
from projections import forecast_round
from projections.round_scores import accuracy

KEYS = [
    "round", "unit", "name", "line", "compared", "entered", "model", "outcome", "base",
    "error_entered", "error_model", "closer", "inside_80",
]  # fmt: skip


def year(year: str, unit: str, account: str, amount: int, months: int = 12) -> list[tuple]:
    """The same amount in each of a year's first months."""
    last = f"{year}-{months:02d}"
    return [(m, unit, account, amount) for m in months_between(f"{year}-01", last)]


def silent(found):
    """A model that has nothing to say."""
    return {}


@pytest.fixture
def rounds(books):
    """2019: 10 kr a month for wages in 6101. 2020: the same to August, where R is opened and says
    44 kr for the rest; 620 says 30 kr for its own and its units' rent."""
    books.post(*year("2019", "6101", "4010", -10_00))
    books.post(*year("2020", "6101", "4010", -10_00, 8), *year("2020", "6201", "5010", -5_00, 8))
    entries = [("6101", "Personal", -44_00), ("620", "Lokaler", -30_00)]
    books.round("R", "2020-08", entries)
    return books


def close_year(books) -> None:
    """Wages of 12 kr a month and rent of 5 kr come; of January's wages 1 kr is corrected."""
    for month in months_between("2020-09", "2020-12"):
        books.post((month, "6101", "4010", -12_00), (month, "6201", "5010", -5_00))
    books.post(("2020-01", "6101", "4010", -1_00))


def model(found):
    """40 kr for the wages, from 35 to 46; 21 kr for the rent."""
    assert found.opened.round == "R"
    return {
        ("6101", "Personal"): (-40_00, -46_00, -35_00),
        ("6201", "Lokaler"): (-21_00, -25_00, -15_00),
    }


def test_a_year_end_waits_for_the_year(rounds):
    """In August, and in December for one who looks no further than November."""
    told = accuracy(rounds.book, "2020-08", model)
    assert told.frame.columns == KEYS
    assert told.frame["compared"].to_list() == ["pending", "pending"]
    assert told.frame["outcome"].null_count() == 2
    assert (told.rounds, told.scored) == (1, 0)
    close_year(rounds)
    assert accuracy(rounds.book, "2020-11", model).scored == 0
    assert accuracy(rounds.book, "2020-12", model).scored == 2


def test_both_figures_are_scored_when_the_year_is_over(rounds):
    """Wages: entered 80 + 44 = 124, the model 80 + 40 = 120 (115 to 126), came 128 + 1; a normal
    year is 120: 5 / 120 and 9 / 120. Rent, entered on the area: 40 + 30 = 70, the model of the one
    unit that it knows 40 + 21 = 61 (55 to 65), came 60; no budget, no year before: no percent."""
    close_year(rounds)
    told = accuracy(rounds.book, "2020-12", model)
    assert told.frame.rows() == [
        ("R", "6101", "Ledning", "Personal", "year", -124_00, -120_00, -129_00, 120_00,
         "4.17", "7.50", "entered", "no"),
        ("R", "620", "Drift", "Lokaler", "year", -70_00, -61_00, -60_00, None,
         None, None, "model", "yes"),
        # Only the first row can be put in percent: what is summed is not all.
        (None, None, None, None, None, None, None, None, None,
         "4.17", "7.50", "entered", None),
    ]  # fmt: skip
    assert (told.intervals, told.held) == (2, 1)
    year_end = forecast_round(rounds.book, "R")
    assert year_end["year_end"].to_list()[0] == -124_00, "as the round itself has it"


def test_a_budget_is_the_measure_where_there_is_one(rounds):
    """200 kr for wages and 100 for rent: 5 / 200, 9 / 200, 10 / 100, 1 / 100; the sums 15 / 300 and
    10 / 300. By round |−194 + 189| / 300 and |−181 + 189| / 300."""
    rounds.budget(("2020-03", "6101", "4010", -200_00), ("2020-03", "6201", "5010", -100_00))
    close_year(rounds)
    frame = accuracy(rounds.book, "2020-12", model).frame
    assert frame["base"].to_list() == [200_00, 100_00, 300_00]
    assert frame["outcome"].to_list() == [-129_00, -60_00, -189_00]
    assert frame["error_entered"].to_list() == ["2.50", "10.00", "5.00"]
    assert frame["error_model"].to_list() == ["4.50", "1.00", "3.33"]
    assert frame["closer"].to_list() == ["entered", "model", "model"]
    whole = accuracy(rounds.book, "2020-12", model, by="round").frame
    assert whole.columns == ["round", *KEYS[4:]]
    assert whole.row(0) == (
        "R", "year", -194_00, -181_00, -189_00, 300_00, "1.67", "2.67", "entered", None
    )  # fmt: skip
    lines = accuracy(rounds.book, "2020-12", model, by="line").frame
    assert lines["line"].to_list() == ["Personal", "Lokaler", None]
    units = accuracy(rounds.book, "2020-12", model, by="unit", unit="620").frame
    assert units["unit"].to_list() == ["620", None]


def test_a_unit_with_an_entry_of_its_own_is_not_the_area_s(books):
    """610 answers for 6102 alone: 6101 has its own entry."""
    books.post(*year("2020", "6101", "4010", -1_00, 6), *year("2020", "6102", "4010", -2_00, 6))
    books.round("R", "2020-06", [("6101", "Personal", -6_00), ("610", "Personal", -10_00)])
    books.post(("2020-12", "6101", "4010", -7_00), ("2020-12", "6102", "4010", -11_00))
    books.post(("2020-12", "6201", "4010", -500_00))  # nobody entered anything for it
    frame = accuracy(books.book, "2020-12", silent).frame
    assert frame.select("unit", "entered", "outcome").rows() == [
        ("610", -22_00, -23_00),
        ("6101", -12_00, -13_00),
    ]


def test_entries_by_month_are_scored_as_their_months_come(books):
    """October has come, of 11 kr; November and December have not. The unit without months waits."""
    books.post(*year("2019", "6101", "4010", -10_00), *year("2020", "6101", "4010", -10_00, 9))
    books.round("R", "2020-09", [("6102", "Lokaler", -1_00)], adopt=False)
    for month in months_between("2020-10", "2020-12"):
        books.enter("R", [("6101", "Personal", -9_00)], period=month, comment=month)
    books.adopt("R")
    books.post(("2020-10", "6101", "4010", -11_00))
    told = accuracy(books.book, "2020-10", silent, round="R")
    rows = told.frame.select("unit", "compared", "entered", "outcome", "error_entered", "closer")
    assert rows.rows() == [
        ("6101", "months", -9_00, -11_00, "1.67", None),
        ("6102", "pending", None, None, None, None),
        (None, None, None, None, "1.67", None),
    ]
    assert (told.scored, told.intervals) == (1, 0)
    assert accuracy(books.book, "2020-09", silent, round="R").scored == 0
    books.post(*[(month, "6101", "4010", -11_00) for month in ("2020-11", "2020-12")])
    over = accuracy(books.book, "2020-12", silent, round="R").frame
    assert over.row(0, named=True)["entered"] == -117_00


def test_the_model_s_figure_is_that_kept_with_the_entry(books):
    """Nobody asks again: what it said then stands."""
    books.post(*year("2020", "6101", "4010", -1_00, 6))
    books.round("R", "2020-06", [], adopt=False)
    made = {"method": "model", "model": "run_rate", "inputs_root": "0" * 64, "inputs_size": 1}
    books.enter("R", [("6101", "Personal", -6_00)], **made, p10=-8_00, p90=-5_00)
    books.adopt("R")
    books.post(("2020-12", "6101", "4010", -7_00))

    def never(found):
        raise AssertionError("the model was asked again")

    row = accuracy(books.book, "2020-12", never).frame.row(0, named=True)
    assert (row["entered"], row["model"], row["outcome"]) == (-12_00, -12_00, -13_00)
    assert (row["closer"], row["inside_80"]) == ("equal", "yes")


def test_no_adopted_round_is_nothing_to_score(books):
    """An open one is not scored; one that there is not is a named error."""
    books.post(*year("2020", "6101", "4010", -1_00))
    books.round("R", "2020-06", [("6101", "Personal", -6_00)], adopt=False)
    for name in (None, "R"):
        told = accuracy(books.book, "2020-12", silent, round=name)
        assert told.frame.is_empty()
        assert told.frame.columns == KEYS
        assert told.rounds == 0
    with pytest.raises(ForecastError, match="no forecast round 'X'"):
        accuracy(books.book, "2020-12", silent, round="X")


def test_two_rounds_of_a_year_are_not_summed(rounds):
    """R of August misses by 5 of 120; S of October, 105 so far and 25, by 1 of 120; 6 of 240."""
    close_year(rounds)
    rounds.round("S", "2020-10", [("6101", "Personal", -25_00)])
    told = accuracy(rounds.book, "2020-12", silent, by="unit", unit="610")
    assert told.rounds == 2
    assert told.frame.select("round", "unit", "entered", "error_entered", "error_model").rows() == [
        ("R", "6101", -124_00, "4.17", None),
        ("S", "6101", -130_00, "0.83", None),
        (None, None, None, "2.50", None),
    ]


def test_an_earlier_time_knows_no_later_month(rounds):
    """As known before the year was over, nothing was scored."""
    size = rounds.book.size
    close_year(rounds)
    assert accuracy(rounds.book, "2020-12", model).scored == 2
    assert accuracy(rounds.book.at(f"@{size}"), "2020-12", model).scored == 0
