"""Statistics as pictures: series that are long enough, from their first period to the last."""

from decimal import Decimal

import pytest

from ledger.families.statistic import RecordStatistics
from reporting.charts import drawing
from reporting.charts.picture import Chart, Months
from reporting.charts.statistics import drawn
from reporting.report.director import statistics
from reporting.report.document import compose, question
from reporting.report.registry import REPORTS
from reporting.tables import Table
from tests.projections.builders import Books

THROUGH = "2020-08"


@pytest.fixture
def books(tmp_path):
    books = Books(tmp_path)
    books.post((THROUGH, "6101", "4010", -100_00))
    yield books
    books.store.close()


def reported(books, measure, values, **more):
    """A value a period, of unit 6101 in the category drift unless said otherwise."""
    fields = {"measure": measure, "unit": "6101", "measured_in": "st", "category": "drift"} | more
    rows = tuple(fields | {"interval": p, "value": v} for p, v in values.items() if v is not None)
    books.record(RecordStatistics(rows, "statistics.csv"))


def months_of(chart):
    """The picture of one that is drawn over periods."""
    assert isinstance(chart.picture, Months)
    return chart.picture


def charts(books, lang="sv", unit="60", **more):
    asked = question(books.book, lang, through=THROUGH, unit=unit)
    return drawn(asked, "drift", **({"through": THROUGH} | more))


TERTIALS = {"2018-T3": "4", "2019-T1": "5", "2019-T2": None, "2019-T3": "7.5", "2020-T1": "8"}


def test_four_periods_are_drawn_and_a_gap_is_a_gap(books):
    """Three are a table's; the period that nobody reported is there, and empty."""
    reported(books, "Fel", TERTIALS)
    reported(books, "Möten", dict(list(TERTIALS.items())[:4]))
    (chart,) = charts(books)
    assert chart.title == "Fel, Ledning"
    assert months_of(chart).months == tuple(TERTIALS)
    assert months_of(chart).labels == (
        ("T3", "2018"),
        ("T1", "2019"),
        ("T2",),
        ("T3",),
        ("T1", "2020"),
    )
    (one,) = months_of(chart).series
    assert one.values == (4, 5, None, Decimal("7.5"), 8)
    assert (months_of(chart).unit, months_of(chart).places) == ("st", 1)
    assert [row[0] for row in chart.table.rows] == list(TERTIALS)
    assert [column.heading("sv") for column in chart.table.columns] == ["Period", "Värde"]
    assert chart.alt.startswith("Diagram period för period, 2018-T3 till 2020-T1, st. ")
    assert "högst 8,0 i 2020-T1" in chart.alt
    assert drawing.to_svg(chart).count(">T3<") == 2


@pytest.mark.parametrize(
    ("periods", "labels"),
    [
        (("2020-W52", "2020-W53", "2021-W01", "2021-W02"),
         (("v. 52", "2020"), ("v. 53",), ("v. 1", "2021"), ("v. 2",))),
        (("2017", "2018", "2019", "2020"), (("2017",), ("2018",), ("2019",), ("2020",))),
        (("2019-Q3", "2019-Q4", "2020-Q1", "2020-Q2"),
         (("Q3", "2019"), ("Q4",), ("Q1", "2020"), ("Q2",))),
        (("2019-12", "2020-01", "2020-02", "2020-03"),
         (("dec", "2019"), ("jan", "2020"), ("feb",), ("mar",))),
        (("2020-03-01", "2020-05-09", "2020-06-30", "2020-08-01"),
         (("1 mar", "2020"), ("9 maj",), ("30 jun",), ("1 aug",))),
    ],
)  # fmt: skip
def test_periods_of_any_kind(books, periods, labels):
    """Under each its short name, and the year under the first of each."""
    reported(books, "Fel", dict.fromkeys(periods, "1"))
    asked = question(books.book, "sv", through=THROUGH, unit=None)
    (chart,) = drawn(asked, "drift", through=None)
    assert months_of(chart).months == periods
    assert months_of(chart).labels == labels


def test_more_gaps_than_figures_are_no_series(books):
    """Two summers a year apart are compared by their change, not by a line between them."""
    summers = {f"{year}-{month}": "1" for year in (2019, 2020) for month in ("06", "07", "08")}
    reported(books, "Fel", summers)
    assert charts(books) == ()
    reported(books, "Fel", {f"2020-{month:02}": "1" for month in range(4, 6)})
    (chart,) = charts(books)
    assert len(months_of(chart).months) == 15


def test_stretches_that_overlap_are_no_series(books):
    """January to March holds January to February."""
    reported(books, "Fel", {f"2020-01--2020-{m:02}": "1" for m in (2, 3, 5, 7, 8)})
    assert charts(books) == ()


def test_series_of_one_measure_stand_together(books):
    """A line each, under the measure's own title; percentages by their sign."""
    months = {f"2020-{m:02}": str(80 + m) for m in range(1, 9)}
    reported(books, "Tillgänglighet", months, measured_in="percent")
    reported(books, "Tillgänglighet", months, measured_in="percent", unit="6102")
    (chart,) = charts(books, "en")
    assert chart.title == "Tillgänglighet"
    assert months_of(chart).unit == "%"
    assert [one.name for one in months_of(chart).series] == ["Ledning", "Stab"]
    assert [column.heading("en") for column in chart.table.columns] == ["Period", "Ledning", "Stab"]
    assert "81 in January 2020" in chart.alt


def test_a_report_has_them_after_their_table(books):
    """The table has the latest figure, of drawn series in the director's too, which has all."""
    reported(books, "Fel", TERTIALS)
    reported(books, "Möten", {"2019": "3", "2020": "4"})
    asked = question(books.book, "sv", through=THROUGH, unit="60")
    for name in ("production", "interim"):
        document = compose(name, REPORTS[name], asked)
        (section,) = [one for one in document.sections if one.key == "production"]
        assert [type(block) for block in section.blocks] == [Table, Chart]
    whole = question(books.book, "sv", through=THROUGH, unit=None)
    table, chart = statistics("production_access")(whole)
    assert isinstance(table, Table)
    assert isinstance(chart, Chart)
    at = [column.key for column in table.columns].index("interval")
    assert [row[at] for row in table.rows] == ["2020-T1", "2019", "2020"]
