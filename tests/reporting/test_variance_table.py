"""The table of variances: parts under their whole, and the note where rounding puts them off."""

import pytest

from ledger.families.commentary import ExplainVariances
from reporting.render import objects, to_lines
from reporting.variance_table import variances_table
from tests.projections.builders import Books


@pytest.fixture
def books(tmp_path):
    """A variance of 1 000 kr on wages, 400 and 500 of it explained."""
    made = Books(tmp_path)
    made.post(("2020-08", "6101", "4010", -100_000))
    made.budget(("2020-08", "6101", "4010", -200_000))
    rows = tuple(
        {"unit": "60", "report_line": "Personal", "period": "2020-08", "text": t, "amount": ore}
        for t, ore in (("Vakanser", 40_000), ("Sjuklön", 50_000))
    )
    made.record(ExplainVariances(rows, "variances.csv"))
    yield made
    made.store.close()


def test_parts_and_what_is_left_stand_under_their_variance(books):
    rows = [
        (row["line"], row["row_kind"], row["text"], row["amount"])
        for row in objects(variances_table(books.book, "sv"))
    ]
    assert rows == [
        ("Intäkter", "variance", None, "0.00"),
        ("Personal", "variance", None, "1000.00"),
        ("Personal", "explanation", "Vakanser", "400.00"),
        ("Personal", "explanation", "Sjuklön", "500.00"),
        ("Personal", "remainder", None, "100.00"),
        ("Lokaler", "variance", None, "0.00"),
        (None, "variance", None, "1000.00"),
    ]


def test_people_see_what_is_said_once_and_the_total_named(books):
    lines = to_lines(variances_table(books.book, "sv", brief=True), "sv")
    (part,) = [line for line in lines if "Vakanser" in line]
    assert part.split() == ["förklaring", "Vakanser", "+400"]
    assert any(line.startswith("Totalt") and "+1\u00a0000" in line for line in lines)


def test_rounding_that_shows_is_said(books):
    """0.4, 0.5 and 0.1 thousands are 0, 1 and 0 of 1; 0.4, 0.5, 0.45, 0.45 and −0.8 are not 1."""
    table = variances_table(books.book, "en", brief=True)
    assert not table.off_by_rounding("kr")
    assert not table.off_by_rounding("tkr")
    rows = tuple(
        {"unit": "60", "report_line": "Personal", "period": "2020-08", "text": t, "amount": 45_000}
        for t in ("Övertid", "Resor")
    )
    books.record(ExplainVariances(rows, "variances.csv"))
    table = variances_table(books.book, "en", brief=True)
    assert table.off_by_rounding("tkr")  # 0 + 1 + 0 + 0 and −1 left, of 1
    assert any("round" in line for line in to_lines(table, "en", "tkr"))


def test_what_the_whole_explains_is_not_called_unexplained(books):
    """A line without words of its own points to the whole, once that is explained; in data, and
    where a part is asked about that nobody explained, it is unexplained."""

    def states(**ask):
        table = variances_table(books.book, "sv", **ask)
        return [(row[0], row[-1]) for row in table.rows if row[-1]], table.notes[0]

    assert ("Intäkter", "unexplained") in states(brief=True)[0]
    row = {"unit": "60", "period": "2020-08", "text": "Helheten", "amount": 90_000}
    books.record(ExplainVariances((row,), "whole.csv"))
    told, note = states(brief=True)
    assert ("Intäkter", "explained_whole") in told
    assert ("Personal", "remainder") in told
    assert "unexplained" not in dict(told).values()
    assert "Helhetens avvikelse förklaras för sig, med `--by division`" in note
    in_report, note = states(brief=True, above=True)
    assert in_report == told  # the report's table and the command's say the same
    assert "Helhetens avvikelse förklaras ovan" in note
    assert ("Intäkter", "unexplained") in states()[0]
    assert ("Intäkter", "unexplained") in states(brief=True, unit="6101")[0]
