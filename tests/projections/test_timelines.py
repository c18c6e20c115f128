"""Monthly series: what history a forecast is made from."""

from datetime import date

import pytest

from ledger.errors import UsageError
from projections import budget_series, monthly_series


def test_series_run_from_their_first_month_with_zeros_between(books):
    """March has nothing of 6101: 0. April has nothing at all in the book: left out."""
    books.post(("2020-01", "6201", "4010", -1_00), ("2020-02", "6101", "4010", -2_00))
    books.post(("2020-03", "6201", "4010", -3_00), ("2020-05", "6101", "3010", 4_00))
    books.post(("2020-06", "6101", "4010", -5_00), ("2020-03", "6101", "1930", -9_00))
    frame = monthly_series(books.book, "2020-05")
    assert frame.columns == ["series", "name", "period", "value"]
    assert frame.rows() == [
        ("6101", "Ledning", date(2020, 2, 1), -2_00),
        ("6101", "Ledning", date(2020, 3, 1), 0),
        ("6101", "Ledning", date(2020, 5, 1), 4_00),
        ("6201", "Nät", date(2020, 1, 1), -1_00),
        ("6201", "Nät", date(2020, 2, 1), 0),
        ("6201", "Nät", date(2020, 3, 1), -3_00),
        ("6201", "Nät", date(2020, 5, 1), 0),
    ]


def test_several_dimensions_join_their_keys(books):
    """area|line, in the lines' order."""
    books.post(("2020-01", "6101", "4010", -1_00), ("2020-01", "6101", "3010", 2_00))
    frame = monthly_series(books.book, by=("area", "line"))
    assert frame.select("series", "value").rows() == [
        ("610|Intäkter", 2_00),
        ("610|Personal", -1_00),
    ]
    with pytest.raises(UsageError, match="'month'"):
        monthly_series(books.book, by=("unit", "month"))


def test_budget_has_every_month_of_the_year(books):
    """Two months are decided, twelve are there."""
    books.post(("2020-01", "6101", "4010", -1_00))
    books.budget(("2020-03", "6101", "4010", -5_00), ("2020-12", "6101", "4010", -7_00))
    frame = budget_series(books.book, by="area")
    assert frame["series"].unique().to_list() == ["610"]
    assert frame["value"].to_list() == [0, 0, -5_00, 0, 0, 0, 0, 0, 0, 0, 0, -7_00]
    assert budget_series(books.book, "2021-01").is_empty()
