"""Variances, what explains them, and what is left; and the texts of sections."""

import pytest

from ledger.errors import InputRefused, UsageError
from ledger.families.commentary import ExplainVariances, WriteCommentary
from ledger.families.erasure_commands import Approval, EraseTexts
from ledger.families.governance import ClosePeriods
from ledger.families.organisation_commands import ChangeSettings
from projections import commentary, trace, variance_explanations, variances

ROW = {"unit": "60", "report_line": "Personal", "period": "2020-08", "text": "Vakanser"}


@pytest.fixture
def booked(books):
    """Wages 1 000 and rent 500 under budget 1 300 and 450, in two areas, and a forecast."""
    books.post(("2020-08", "6101", "4010", -600_00), ("2020-08", "6201", "4010", -400_00))
    books.post(("2020-08", "6201", "5010", -500_00))
    books.budget(
        ("2020-08", "6101", "4010", -800_00),
        ("2020-08", "6201", "4010", -500_00),
        ("2020-08", "6201", "5010", -450_00),
    )
    return books


def explain(books, *rows):
    """Rows recorded; how many events came of them but the batch's own."""
    return books.record(ExplainVariances(rows, "variances.csv")).recorded


def told(books, *rows, command=ExplainVariances):
    """Code and kind of each problem of a file."""
    with pytest.raises(InputRefused) as refused:
        books.record(command(rows, "variances.csv"))
    return [(problem.code, problem.kind) for problem in refused.value.problems]


def shown(books, *names, **ask):
    """Columns of all rows."""
    return variances(books.book, **ask).select(*names).rows()


COLUMNS = ("line", "variance", "explained", "remainder", "state")


def test_what_is_left_of_a_variance_is_shown(booked):
    explain(
        booked,
        ROW | {"amount": 250_00},
        ROW | {"amount": -30_00, "text": "Övertid"},
        ROW | {"amount": -99_00, "text": "Covid, ingår", "memo": "yes"},
    )
    assert shown(booked, *COLUMNS) == [
        ("Intäkter", 0, 0, 0, "unexplained"),
        ("Personal", 300_00, 220_00, 80_00, "remainder"),
        ("Lokaler", -50_00, 0, -50_00, "unexplained"),
        (None, 250_00, 220_00, 30_00, "remainder"),
    ]
    rows = variance_explanations(booked.book).drop("position").rows()
    assert rows == [
        ("Personal", "variance", "60", "no", 250_00, "Vakanser"),
        ("Personal", "variance", "60", "no", -30_00, "Övertid"),
        ("Personal", "variance", "60", "yes", -99_00, "Covid, ingår"),
    ]


def test_what_ties_out_does_so_within_the_tolerance(booked):
    explain(booked, ROW | {"amount": 299_00})
    assert shown(booked, "state")[1] == ("remainder",)
    booked.record(ChangeSettings((("variance.tolerance", "1", None),)))
    assert shown(booked, "state")[1] == ("ties_out",)
    with pytest.raises(UsageError):
        booked.record(ChangeSettings((("variance.tolerance", "lite", None),)))


def test_parts_explain_the_whole_where_it_does_not_explain_itself(booked):
    """Nothing is counted twice: a unit above with explanations of its own stands for all."""
    explain(booked, ROW | {"unit": "610", "amount": 200_00}, ROW | {"unit": "6201", "amount": 1_00})
    by_area = ("area", "line", "explained")
    assert shown(booked, *COLUMNS)[1] == ("Personal", 300_00, 201_00, 99_00, "remainder")
    assert shown(booked, *by_area, by="area,line") == [
        ("610", "Personal", 200_00),
        ("620", "Personal", 1_00),
        ("620", "Lokaler", 0),
    ]
    explain(booked, ROW | {"unit": "60", "amount": 300_00, "text": "I stort"})
    assert shown(booked, *COLUMNS)[1] == ("Personal", 300_00, 300_00, 0, "ties_out")
    assert shown(booked, "explained", unit="610")[1] == (200_00,)
    assert shown(booked, *by_area, by="area,line")[0] == ("610", "Personal", 200_00)


def test_the_whole_result_is_explained_without_lines(booked):
    """In rows without lines; there it stands for the lines' explanations."""
    explain(booked, ROW | {"amount": 250_00})
    whole = ("unit", "variance", "explained", "remainder")
    assert shown(booked, *whole, by="division")[0] == ("60", 250_00, 250_00, 0)
    explain(booked, ROW | {"report_line": None, "amount": 240_00})
    assert shown(booked, *whole, by="division")[0] == ("60", 250_00, 240_00, 10_00)
    assert shown(booked, *COLUMNS)[1][2] == 250_00
    assert shown(booked, "unit", "explained", by="area") == [("610", 0), ("620", 0), (None, 0)]


def test_an_explanation_of_what_nothing_is_booked_on_is_there(booked):
    explain(booked, ROW | {"unit": "610", "report_line": "Lokaler", "amount": 7_00})
    found = shown(booked, "area", "line", "outcome", "remainder", by="area,line")
    assert ("610", "Lokaler", 0, -7_00) in found


def test_the_forecasts_variance_is_explained_too(booked):
    booked.round("T2", "2020-08", [("6201", "Personal", -100_00)])
    explain(booked, ROW | {"figure": "forecast_variance", "amount": 150_00})
    names = ("forecast_variance", "forecast_explained", "forecast_remainder", "forecast_state")
    assert shown(booked, *names, "explained")[1] == (200_00, 150_00, 50_00, "remainder", 0)


def test_the_remainder_is_traced(booked):
    """To outcome, budget and explanations, with their signs."""
    explain(booked, ROW | {"amount": 250_00})
    rows = trace(booked.book, "variances", measure="remainder", line="Personal").rows(named=True)
    assert [(row["measure"], row["amount"]) for row in rows] == [
        ("outcome", -600_00),
        ("outcome", -400_00),
        ("budget", 800_00),
        ("budget", 500_00),
        ("explained", -250_00),
        (None, 50_00),
    ]
    assert rows[4]["text"] == "Vakanser"


def test_another_amount_takes_the_place_and_a_withdrawal_takes_away(booked):
    row = ROW | {"amount": 250_00}
    assert explain(booked, row) == 1
    assert explain(booked, row) == 0
    was = booked.book
    other = row | {"amount": 260_00}
    assert told(booked, other) == [("reason-missing", "content")]
    assert explain(booked, other | {"reason": "Räknat om"}) == 1
    assert variance_explanations(booked.book).select("amount", "text").rows() == [
        (260_00, "Vakanser")
    ]
    gone = {k: v for k, v in row.items() if k != "amount"} | {"state": "withdrawn"}
    assert told(booked, gone) == [("reason-missing", "content")]
    assert explain(booked, gone | {"reason": "Fel"}) == 1
    assert told(booked, gone | {"reason": "Fel"}) == [("explanation-unknown", "content")]
    assert variance_explanations(booked.book).is_empty()
    assert variance_explanations(was)["amount"].to_list() == [250_00]
    assert explain(booked, row) == 1


def test_an_erased_explanation_stays_erased(booked):
    row = ROW | {"amount": 250_00}
    explain(booked, row)
    position = int(variance_explanations(booked.book)["position"][0])
    booked.record(EraseTexts(position, (), Approval("RN 2020/9", "Bo")))
    assert explain(booked, row) == 0
    (shown_,) = variance_explanations(booked.book).select("amount", "text").rows()
    assert shown_[0] == 250_00
    assert shown_[1].startswith("[gallrad ")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"unit": ""}, "empty-unit"),
        ({"unit": "99"}, "unknown-unit"),
        ({"report_line": "Kostnader"}, "unknown-line"),
        ({"period": "2020-T2"}, "bad-month"),
        ({"amount": None}, "bad-variance"),
        ({"text": ""}, "bad-variance"),
        ({"figure": "utfall"}, "unknown-word"),
        ({"state": "kanske"}, "unknown-word"),
    ],
)
def test_what_does_not_hold_is_refused(booked, change, code):
    assert told(booked, ROW | {"amount": 1} | change) == [(code, "content")]


def test_rows_are_by_levels_and_line_alone(booked):
    with pytest.raises(UsageError):
        variances(booked.book, by="account")


def test_texts_of_sections_have_versions(booked):
    text = {"section": "ekonomi", "unit": "60", "period": "2020-08", "text": "Överskott"}

    def write(*rows):
        return booked.record(WriteCommentary(rows, "commentary.csv")).recorded

    assert (write(text), write(text)) == (1, 0)
    was = booked.book
    assert write(text | {"text": "Underskott"}, text | {"section": "personal"}) == 2
    found = commentary(booked.book, "2020-08").select("section", "text", "version").rows()
    assert found == [("ekonomi", "Underskott", 2), ("personal", "Överskott", 1)]
    assert commentary(was)["text"].to_list() == ["Överskott"]
    assert commentary(booked.book, section="personal")["unit"].to_list() == ["60"]
    assert commentary(booked.book, "2020-07").is_empty()
    assert commentary(booked.book, unit="610").is_empty()


def test_a_closed_month_takes_no_commentary(booked):
    text = {"section": "ekonomi", "unit": "60", "period": "2020-08", "text": "Överskott"}
    booked.record(ClosePeriods(("2020-08",), "commentary"))
    assert told(booked, text, command=WriteCommentary) == [("period-closed", "rule")]
    assert told(booked, ROW | {"amount": 1}) == [("period-closed", "rule")]
    assert told(booked, text | {"text": ""}, command=WriteCommentary) == [
        ("empty-field", "content")
    ]
    assert told(booked, text, text, command=WriteCommentary)[0] == ("period-closed", "rule")
