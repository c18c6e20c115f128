"""Cost development, by hand: accumulated against the same months, positive is grown."""

from ledger.families.organisation_commands import AccountRow, RegisterAccounts
from projections import cost_development, rows


def test_percentages_accumulate_and_round_half_up(books):
    """Wages 100 + 100 against 90 + 120; rent 80.01 against 80; nothing last year in January."""
    books.post(("2019-01", "6101", "4010", -90_00), ("2019-02", "6101", "4010", -120_00))
    books.post(("2019-02", "6101", "5010", -80_00))
    books.post(("2020-01", "6101", "4010", -100_00), ("2020-02", "6101", "4010", -100_00))
    books.post(("2020-01", "6101", "5010", -1), ("2020-02", "6101", "5010", -80_00))
    books.post(("2020-02", "6101", "3010", 500_00))  # income is no cost
    frame = cost_development(books.book, "2020-02")
    assert rows(frame, ("outcome", "last_year")) == [
        {
            "line": "Personal",
            "outcome": "-200.00",
            "last_year": "-210.00",
            # (100 − 90) / 90 = 11.11; (200 − 210) / 210 = −4.7619
            "change_percent": {"2020-01": "11.11", "2020-02": "-4.76"},
        },
        {
            "line": "Lokaler",
            "outcome": "-80.01",
            "last_year": "-80.00",
            # nothing to compare with; 0.01 / 80 = 0.0125
            "change_percent": {"2020-01": None, "2020-02": "0.01"},
        },
    ]


def test_lines_without_amounts_are_there_and_costs_outside_are_too(books):
    """An unmapped cost is a row, an unmapped income is not; income lines are left out."""
    books.record(RegisterAccounts((AccountRow("9010", "Övrigt", "cost"),), "a.csv"))
    books.post(("2020-01", "6101", "9010", -1_00), ("2020-01", "6101", "3010", 9_00))
    assert cost_development(books.book, "2020-01")["line"].to_list() == [
        "Personal",
        "Lokaler",
        "unmapped",
    ]
    whole = cost_development(books.book, "2020-01", structure="resultat")
    assert whole["line"].to_list() == ["Personal", "Lokaler", "unmapped"]


def test_a_cost_that_was_an_income_still_grows_upwards(books):
    """Last year's net was +50, this year's cost is 100: 150 more, over 50."""
    books.post(("2019-01", "6101", "4010", 50_00), ("2020-01", "6101", "4010", -100_00))
    first = cost_development(books.book, "2020-01").to_dicts()[0]
    assert first["change_percent"] == {"2020-01": "300.00"}


def test_a_part_of_the_organisation(books):
    """The unit and what is below it."""
    books.post(("2020-01", "6101", "4010", -100_00), ("2020-01", "6201", "4010", -7_00))
    assert cost_development(books.book, "2020-01", unit="620")["outcome"].to_list() == [-7_00, 0]
