"""The scorecard: what is derived, what is judged, and that nobody judges against the figures."""

import pytest

from ledger.errors import InputRefused
from ledger.families.erasure_commands import Approval, EraseTexts
from ledger.families.governance import ClosePeriods
from ledger.families.scorecard import RecordScorecard
from projections import scorecard

NEW = {
    "unit": "610", "perspective": "Medarbetare", "success_factor": "God arbetsmiljö",
    "indicator": "Sjukfrånvaro", "goal": "Högst 3,5 %", "target": "3.5",
    "measured_in": "percent", "direction": "max",
}  # fmt: skip
SAME = {"unit": "610", "indicator": "Sjukfrånvaro"}


def record(books, *rows):
    """Rows recorded; how many events came of them but the batch's own."""
    return books.record(RecordScorecard(rows, "scorecard.csv")).recorded


def told(books, *rows):
    """Code and kind of each problem of a file."""
    with pytest.raises(InputRefused) as refused:
        record(books, *rows)
    return [(problem.code, problem.kind) for problem in refused.value.problems]


def shown(books, *names, **ask):
    """Columns of the one indicator."""
    (row,) = scorecard(books.book, **ask).select(*names).rows()
    return row


def test_an_indicator_and_its_measure_in_one_row(books):
    assert record(books, NEW | {"interval": "2020-T2", "value": "5.2", "comment": "Många"}) == 2
    (row,) = scorecard(books.book, "2020-08").to_dicts()
    assert row == {
        "unit": "610", "name": "Gemensamt", "perspective": "Medarbetare",
        "success_factor": "God arbetsmiljö", "indicator": "Sjukfrånvaro", "goal": "Högst 3,5 %",
        "direction": "max", "target": "3.5", "partly": None, "base": None,
        "measured_in": "percent", "due": None, "interval": "2020-T2", "basis": "tertial",
        "value": "5.2", "target_percent": "148.57", "fulfilment": "not",
        "fulfilment_by": "derived", "previous_interval": None, "previous": None, "trend": None,
        "trend_by": None, "comment": "Många", "version": 1, "position": row["position"],
    }  # fmt: skip
    event = books.book.events("scorecard.indicator_measured").row(0, named=True)
    assert (event["position"], event["period"]) == (row["position"], "2020-08")


@pytest.mark.parametrize(
    ("direction", "target", "partly", "value", "fulfilment"),
    [
        ("max", "3.5", None, "3.5", "reached"),
        ("max", "3.5", "4", "4", "partly"),
        ("max", "3.5", "4", "4.1", "not"),
        ("min", "986", None, "973", "not"),
        ("min", "986", "937", "973", "partly"),
        ("min", "0", "-1", "-1", "partly"),
        ("min", "10", None, "10.0", "reached"),
        ("max", "0", None, "0.1", "not"),
    ],
)
def test_fulfilment_is_derived_from_value_target_and_direction(
    books, direction, target, partly, value, fulfilment
):
    row = {"direction": direction, "target": target, "partly": partly}
    record(books, NEW | row | {"interval": "2020-T2", "value": value})
    assert shown(books, "fulfilment", "fulfilment_by") == (fulfilment, "derived")


@pytest.mark.parametrize(
    ("direction", "values", "verdict"),
    [
        ("max", ("5.0", "5.0", "4.9"), ("not", "improving")),
        ("max", ("5.0", "5.0", "5.00"), ("not", "unchanged")),
        ("decrease", ("5.0", "4.0", "4.5"), ("reached", "worsening")),
        ("increase", ("5.0", "4.0", "4.5"), ("not", "improving")),
    ],
)
def test_trend_is_seen_from_the_measure_before(books, direction, values, verdict):
    """Of 2019-T2, 2020-T1, 2020-T2: the base of decrease and increase is a year before, the trend
    is since the tertial before."""
    target = {"target": "3.5"} if direction == "max" else {"target": None}
    rows = [
        NEW | target | {"direction": direction, "interval": interval, "value": value}
        for interval, value in zip(("2019-T2", "2020-T1", "2020-T2"), values, strict=True)
    ]
    record(books, *rows)
    found = shown(books, "fulfilment", "trend", "previous_interval", "trend_by")
    assert found == (*verdict, "2020-T1", "derived")
    assert scorecard(books.book, every=True)["interval"].to_list() == [
        "2019-T2", "2020-T1", "2020-T2",
    ]  # fmt: skip


def test_a_year_so_far_is_compared_with_the_year_before_alone(books):
    """Another length of months says nothing of it; the basis is named."""
    record(
        books,
        NEW | {"interval": "2020-01--2020-05", "value": "5.0"},
        SAME | {"interval": "2020-01--2020-08", "value": "4.0", "trend": "unchanged"},
        SAME | {"interval": "2019-09--2020-08", "value": "4.0"},
    )
    rows = scorecard(books.book, every=True).select("basis", "trend", "trend_by").rows()
    assert rows == [
        ("accumulated", None, None),
        ("accumulated", "unchanged", "judged"),
        ("rolling12", None, None),
    ]
    record(books, SAME | {"interval": "2019-01--2019-08", "value": "3.0"})
    rows = scorecard(books.book, every=True).select("interval", "trend", "trend_by").rows()
    assert ("2020-01--2020-08", "worsening", "derived") in rows


def test_what_cannot_be_derived_is_judged_or_unknown(books):
    words = {"direction": "judged", "target": None, "interval": "2020-T2"}
    record(
        books,
        NEW | words | {"indicator": "Rutiner", "fulfilment": "partly", "trend": "improving"},
        NEW | words | {"indicator": "Mobilt", "direction": "milestone", "due": "2021-03",
                       "comment": "Pågår"},
    )  # fmt: skip
    columns = ("indicator", "fulfilment", "fulfilment_by", "trend_by", "due")
    assert scorecard(books.book).select(*columns).rows() == [
        ("Rutiner", "partly", "judged", "judged", None),
        ("Mobilt", None, None, None, "2021-03"),
    ]


def test_nobody_judges_against_the_figures(books):
    measured = NEW | {"interval": "2020-T2", "value": "5.2"}
    assert told(books, measured | {"fulfilment": "reached"}) == [("judgement-differs", "content")]
    record(books, measured | {"fulfilment": "not"}, SAME | {"interval": "2020-T1", "value": "5.0"})
    worse = SAME | {"interval": "2020-T3", "value": "6"}
    assert told(books, worse | {"trend": "improving"}) == [("judgement-differs", "content")]


def test_a_restatement_is_a_version_with_a_reason(books):
    record(books, NEW | {"interval": "2020-T2", "value": "5.2", "comment": "Först"})
    was = books.book
    again = SAME | {"interval": "2020-T2", "value": "5.20"}
    assert record(books, again) == 0
    changed = again | {"value": "5.6"}
    assert told(books, changed) == [("reason-missing", "content")]
    assert record(books, changed | {"reason": "Ny uppgift"}) == 1
    assert shown(books, "value", "version", "comment") == ("5.6", 2, "Först")
    assert scorecard(was)["value"].to_list() == ["5.2"]


def test_a_target_changes_from_a_month_on(books):
    """What was measured before is judged by the target of its time."""
    record(books, NEW | {"interval": "2019-T2", "value": "3.9"})
    change = SAME | {"target": "4", "valid_from": "2020-01", "reason": "Nytt mål"}
    assert told(books, {k: v for k, v in change.items() if k != "reason"}) == [
        ("reason-missing", "content")
    ]
    record(books, change, SAME | {"interval": "2020-T2", "value": "3.9"})
    rows = scorecard(books.book, every=True).select("target", "fulfilment").rows()
    assert rows == [("3.5", "not"), ("4", "reached")]
    assert record(books, SAME | {"target": "4.0", "valid_from": "2020-01"}) == 0


def test_a_closed_month_takes_no_measure(books):
    record(books, NEW | {"interval": "2020-T2", "value": "5.2"})
    books.record(ClosePeriods(("2020-08",), "scorecard"))
    restated = SAME | {"interval": "2020-T2", "value": "5.6", "reason": "x"}
    assert told(books, restated) == [("period-closed", "rule")]
    assert record(books, SAME | {"interval": "2020-07", "value": "5.6"}) == 1


def test_rows_are_those_of_the_unit_the_period_and_the_perspective(books):
    record(
        books,
        NEW | {"interval": "2020-T1", "value": "1"},
        NEW | {"interval": "2020-T2", "value": "2"},
        NEW | {"unit": "620", "perspective": "Ekonomi"},
        NEW | {"indicator": "Övertid"},
    )
    names = scorecard(books.book)["indicator"].to_list()
    assert names == ["Sjukfrånvaro", "Övertid", "Sjukfrånvaro"]  # perspective by perspective
    assert scorecard(books.book, unit="620")["value"].to_list() == [None]
    assert scorecard(books.book, "2020-07", unit="610")["value"].to_list() == ["1", None]
    assert scorecard(books.book, perspective="Ekonomi")["unit"].to_list() == ["620"]


def test_an_interval_that_is_asked_for_goes_first(books):
    record(
        books,
        NEW | {"interval": "2020-T2", "value": "0"},
        SAME | {"interval": "2020-01--2020-08", "value": "2"},
    )
    assert shown(books, "value", through="2020-T2") == ("0",)
    assert shown(books, "value", through="2020-08") == ("2",)


def test_an_erased_comment_stays_erased(books):
    row = NEW | {"interval": "2020-T2", "value": "5.2", "comment": "Namn Namnsson"}
    record(books, row)
    position = int(scorecard(books.book)["position"][0])
    books.record(EraseTexts(position, (), Approval("RN 2020/9", "Bo")))
    assert shown(books, "comment")[0].startswith("[gallrad ")
    assert record(books, row) == 0
