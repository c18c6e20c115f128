"""Statistics: changes are computed from two values, and lateness is told."""

import pytest

from ledger.errors import InputRefused
from ledger.families.governance import ClosePeriods
from ledger.families.statistic import RecordStatistics
from projections import statistics

#: The patient board's figures as printed, `facts/patient_board.csv`: 4 → 12, and 32 → 17.
CASES = {"measure": "Ärenden", "measured_in": "ärenden", "interval": "2020-T2"}
SKIN = CASES | {"subject": "KC infektion/hud/lunga/reuma", "value": "12"}


def record(books, *rows):
    """Rows recorded; how many events came of them but the batch's own."""
    return books.record(RecordStatistics(rows, "statistics.csv")).recorded


def told(books, *rows):
    """Code and kind of each problem of a file."""
    with pytest.raises(InputRefused) as refused:
        record(books, *rows)
    return [(problem.code, problem.kind) for problem in refused.value.problems]


def shown(books, *names, **ask):
    """Columns of all rows."""
    return statistics(books.book, **ask).select(*names).rows()


def test_a_figure_and_all_that_is_known_of_it(books):
    row = SKIN | {"category": "patientnämnd", "comparator": "2019-T2", "comparator_value": "4"}
    assert record(books, row | {"origin": "Patientnämnden", "lag": 1, "comment": "Fler"}) == 1
    (found,) = statistics(books.book, "2020-09").to_dicts()
    assert found == {
        "category": "patientnämnd", "measure": "Ärenden", "unit": None, "name": None,
        "subject": "KC infektion/hud/lunga/reuma", "interval": "2020-T2",
        "interval_kind": "tertial", "qualifier": None, "value": "12", "measured_in": "ärenden",
        "comparator": "2019-T2", "comparator_value": "4", "change": "8",
        "change_percent": "200.00", "change_by": "computed", "source": "Patientnämnden",
        "lag": 1, "behind": 1, "maturity": "complete", "comment": "Fler", "version": 1,
        "position": found["position"],
    }  # fmt: skip


@pytest.mark.parametrize("stated", ["33", "201", "199.9"])
def test_a_change_that_the_values_do_not_give_is_refused(books, stated):
    """The printed +33 % for 4 to 12 (facts/arithmetic_checks.csv, 50) cannot happen."""
    row = SKIN | {"comparator": "2019-T2", "comparator_value": "4", "change_percent": stated}
    assert told(books, row) == [("change-differs", "content")]


def test_a_change_that_they_do_give_is_not_kept(books):
    row = CASES | {"subject": "Akut", "value": "17", "comparator": "2019-T2"}
    row |= {"comparator_value": "32", "change_percent": "-46.9"}
    assert record(books, row) == 1
    event = books.book.events("statistic.reported").row(0, named=True)
    assert event["change_percent"] is None
    assert record(books, row) == 0
    assert shown(books, "change_percent", "change_by") == [("-46.88", "computed")]


def test_a_change_without_values_is_stated(books):
    record(books, CASES | {"unit": "RN", "value": "194", "change_percent": "-21"})
    found = shown(books, "value", "comparator_value", "change", "change_percent", "change_by")
    assert found == [("194", None, None, "-21", "stated")]


def test_the_comparator_is_on_record_where_it_can_be(books):
    """A year ago without being named, an earlier period, another unit or subject; what is
    restated there moves the change."""
    own = {"measure": "Besök", "measured_in": "st", "unit": "610"}
    record(
        books,
        own | {"interval": "2019-08", "value": "100"},
        own | {"interval": "2020-07", "value": "110"},
        own | {"interval": "2020-08", "value": "121"},
        own | {"unit": "620", "interval": "2020-08", "value": "50", "comparator": "610"},
        {"measure": "Besök", "measured_in": "st", "subject": "Riket", "interval": "2020-08",
         "value": "200", "comparator": "610"},
    )  # fmt: skip
    columns = ("comparator", "comparator_value", "change", "change_percent")
    assert shown(books, *columns, through="2020-08") == [
        ("2019-08", "100", "21", "21.00"),
        ("610", "121", "-71", "-58.68"),
        ("610", "121", "79", "65.29"),
    ]
    record(books, own | {"interval": "2020-08", "comparator": "2020-07"} | {"reason": "Månad"})
    record(books, own | {"interval": "2020-07", "value": "120", "reason": "Sena poster"})
    assert shown(books, *columns, unit="610") == [("2020-07", "120", "1", "0.83")]
    assert shown(books, "version", unit="610", every=True) == [(1,), (2,), (2,)]


def test_a_comparator_on_record_is_not_stated_otherwise(books):
    record(books, SKIN | {"interval": "2019-T2", "value": "4"})
    row = SKIN | {"comparator": "2019-T2", "comparator_value": "5"}
    assert told(books, row) == [("comparator-differs", "content")]
    assert record(books, row | {"comparator_value": "4.0"}) == 1
    assert shown(books, "comparator_value", "change_percent") == [("4", "200.00")]


def test_what_comes_too_early_is_preliminary(books):
    """The test's clock records in September 2020: June with a lag of four months is not settled."""
    cost = {"measure": "Kostnad", "measured_in": "kr", "unit": "RN", "lag": 4}
    record(
        books,
        cost | {"interval": "2019", "value": "7088521"},
        cost | {"interval": "2020-H1", "value": "5420396"},
    )
    found = shown(books, "interval", "maturity", "lag", "behind", through="2020-08")
    assert found == [("2019", "complete", 4, 8), ("2020-H1", "preliminary", 4, 2)]


def test_the_latest_of_each_kind_of_interval_or_all(books):
    for interval in ("2020-W35", "2020-W36", "2020-08", "2020-T2"):
        record(books, CASES | {"unit": "610", "interval": interval, "value": "1"})
    assert {row[0] for row in shown(books, "interval")} == {"2020-W36", "2020-08", "2020-T2"}
    assert len(shown(books, "interval", every=True)) == 4
    assert shown(books, "interval", interval_kind="week") == [("2020-W36",)]
    assert [
        row[0] for row in shown(books, "interval", interval_kind="week", through="2020-08")
    ] == ["2020-W35"]
    assert shown(books, "interval", measure="Annat") == []
    assert shown(books, "interval", unit="620") == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"subject": None}, "bad-statistic"),
        ({"unit": "610"}, "bad-statistic"),
        ({"subject": None, "unit": "99"}, "unknown-unit"),
        ({"value": None}, "bad-statistic"),
        ({"measured_in": None}, "bad-statistic"),
        ({"measured_in": "tusental"}, "bad-statistic"),
        ({"comparator_value": "4"}, "bad-statistic"),
        ({"comparator": "2020-T2"}, "bad-statistic"),
        ({"lag": -1}, "bad-statistic"),
        ({"measure": ""}, "bad-statistic"),
        ({"qualifier": "nästan"}, "unknown-word"),
        ({"interval": "hösten"}, "bad-interval"),
    ],
)
def test_what_does_not_hold_is_refused(books, change, code):
    record(books, SKIN | {"interval": "2019-T2"})
    assert told(books, SKIN | change) == [(code, "content")]


def test_who_restates_says_why_and_not_in_a_closed_month(books):
    record(books, SKIN)
    assert told(books, SKIN | {"value": "13"}) == [("reason-missing", "content")]
    assert told(books, SKIN, SKIN) == [("record-repeated", "content")]
    books.record(ClosePeriods(("2020-08",), "statistic"))
    assert told(books, SKIN | {"value": "13", "reason": "x"}) == [("period-closed", "rule")]
    assert record(books, SKIN | {"value": "12.0"}) == 0
