"""Special follow-up: what is booked under a mark, beside what is told."""

import pytest

from ledger.errors import InputRefused, UsageError
from ledger.families.estimate import ReportEstimates
from ledger.families.followup import MarkEntries
from ledger.families.governance import ClosePeriods
from ledger.log import Book
from projections import special_follow_up, trace
from tests.projections.builders import Books

THROUGH = "2020-08"


@pytest.fixture
def booked(tmp_path):
    """Wages and rent on account and unit, the wages of 6101 marked as covid."""
    books = Books(tmp_path)
    books.post(*((m, "6101", "4010", -10_00) for m in ("2020-03", "2020-08", "2020-09")))
    books.post(("2020-04", "6201", "5010", -5_00), ("2020-04", "6201", "4010", -7_00))
    books.record(MarkEntries("covid", "special", "Följs upp", accounts="4010", units="610"))
    books.record(MarkEntries("covid", "special", "Följs upp", accounts="5010"))
    yield books
    books.store.close()


def told(books, *rows):
    """Rows of (line, estimate, value), with more fields in a dict."""
    made = []
    for line, estimate, value, *more in rows:
        row = {"mark": "covid", "unit": "60", "period": THROUGH, "estimate": estimate}
        row |= {"report_line": line, "hours" if "hours" in estimate else "amount": value}
        made.append({**row, **(more[0] if more else {})})
    return books.record(ReportEstimates(tuple(made), "followup.csv"))


def rows(books, **ask):
    frame = special_follow_up(books.book, THROUGH, **ask)
    return {row["line"]: row for row in frame.to_dicts()}


def test_booked_and_not_booked_sum_by_line_and_in_the_total(booked):
    """20 of wages and 5 of rent are booked by August; 22 of wages are booked elsewhere."""
    told(
        booked,
        ("Personal", "booked_elsewhere", -22_00),
        ("Personal", "forecast", -60_00),
        ("Lokaler", "lost_income", -1_00),
        (None, "hours", 4779_00),
        (None, "overtime_hours", 76_00),
    )
    found = rows(booked)
    assert list(found) == ["Personal", "Lokaler", None]
    names = ("booked", "booked_elsewhere", "lost_income", "total", "forecast", "hours")
    assert [[found[line][name] for name in names] for line in found] == [
        [-20_00, -22_00, None, -42_00, -60_00, None],
        [-5_00, None, -1_00, -6_00, None, None],
        [-25_00, -22_00, -1_00, -48_00, -60_00, 4779_00],
    ]
    assert found[None]["overtime_hours"] == 76_00


def test_only_what_was_told_of_the_month_and_the_part_counts(booked):
    told(booked, ("Personal", "booked_elsewhere", -22_00))
    assert rows(booked, unit="620")[None]["total"] == -5_00
    september = special_follow_up(booked.book, "2020-09").to_dicts()[-1]
    assert (september["booked"], september["booked_elsewhere"]) == (-35_00, None)


def test_an_estimate_is_told_anew_with_a_reason(booked):
    """The same one is known; the earlier one stays what was known then."""
    assert told(booked, ("Personal", "forecast", -60_00)).recorded == 1
    assert told(booked, ("Personal", "forecast", -60_00)).recorded == 0
    assert refused(booked, ("Personal", "forecast", -70_00)) == "reason-missing"
    size = booked.book.size
    told(booked, ("Personal", "forecast", -70_00, {"reason": "Andra vågen"}))
    assert rows(booked)["Personal"]["forecast"] == -70_00
    then = special_follow_up(Book(booked.book.path, size), THROUGH)
    assert then["forecast"].to_list()[-1] == -60_00


def refused(books, *given) -> str:
    with pytest.raises(InputRefused) as caught:
        told(books, *given)
    return caught.value.problems[0].code


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (("Personal", "forecast", -1_00, {"mark": "okänd"}), "unknown-mark"),
        (("Resor", "forecast", -1_00), "unknown-line"),
        ((None, "forecast", -1_00), "bad-estimate"),
        (("Personal", "hours", 1_00), "bad-estimate"),
        (("Personal", "forecast", -1_00, {"hours": 5}), "bad-estimate"),
        (("Personal", "gissning", -1_00), "unknown-word"),
        (("Personal", "forecast", -1_00, {"period": "2020-13"}), "bad-month"),
        (("Personal", "forecast", -1_00, {"unit": "99"}), "unknown-unit"),
    ],
)
def test_what_cannot_be_is_refused(booked, row, code):
    assert refused(booked, row) == code


def test_a_closed_month_takes_no_estimate(booked):
    booked.record(ClosePeriods(("2020-08",), "followup"))
    assert refused(booked, ("Personal", "forecast", -1_00)) == "period-closed"


def test_estimates_are_traced_beside_what_is_booked(booked):
    """Öre of the line or of the mark; hours are of the mark alone; null is not traced."""
    told(
        booked,
        ("Personal", "booked_elsewhere", -22_00),
        ("Lokaler", "lost_income", -1_00),
        (None, "hours", 4779_00),
    )

    def behind(measure, **cell):
        frame = trace(
            booked.book, "special-follow-up", THROUGH, measure=measure, mark="covid", **cell
        )
        *events, figure = frame.select("topic", "amount").rows()
        assert sum(amount for _, amount in events) == figure[1]
        return figure[1], [topic for topic, _ in events]

    posted, estimated = "outcome.posted", "followup.estimate_reported"
    assert behind("total", line="Personal") == (-42_00, [posted, posted, estimated])
    assert behind("total") == (-48_00, [posted] * 3 + [estimated] * 2)
    assert behind("hours") == (4779_00, [estimated])
    assert behind("booked", line="Lokaler", unit="620") == (-5_00, [posted])
    with pytest.raises(UsageError, match="estimated of that cell is not known"):
        behind("estimated")
