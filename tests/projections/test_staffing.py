"""Staffing: full-time equivalents, headcount, extra time, and sick leave of groups large enough."""

import itertools
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.errors import UsageError
from ledger.families.governance import ClosePeriods
from ledger.families.organisation_commands import ChangeSettings
from ledger.families.staffing import AGE_GROUPS, STAFFING_ROWS, ReportStaffing
from projections import headcount, sick_leave, staff_time, staffing, staffing_months, trace
from projections.sick_rates import AGE_FIGURES, FIGURES, SEX_FIGURES, SMALL, Cell
from projections.sick_rates import _withhold_derivable as withhold
from projections.staff_facts import staffing_span


def report(books, *rows, **more):
    """Rows of (period, unit, measure, value in hours or people), and a dict of parts."""
    full = []
    for line, (period, unit, measure, value, *parts) in enumerate(rows, 2):
        row = {"line": line, "period": period, "unit": unit, "measure": measure}
        row |= {"value": round(value * 100)} | (parts[0] if parts else {})
        full.append([row.get(name) for name in STAFFING_ROWS])
    frame = pl.DataFrame(full, STAFFING_ROWS, orient="row")
    return books.record(ReportStaffing(frame, "staffing.csv", **more))


def months(year, first, last):
    """Months of a year as text."""
    return [f"{year}-{month:02d}" for month in range(first, last + 1)]


@pytest.fixture
def staffed(books):
    """Two years to August 2020: 6101 works 160 hours a month and then 144, 6201 always 320."""
    every = [*months(2019, 1, 12), *months(2020, 1, 8)]
    rows = []
    for month in every:
        rows += [
            (month, "6101", "worked", 160 if month < "2020" else 144),
            (month, "6201", "worked", 320),
            (month, "6201", "overtime", 10 if month < "2020-05" else 4),
            (month, "6201", "standby", 20),
            (month, "6101", "permanent", 15 if month < "2020-02" else 14),
            (month, "6201", "permanent", 30),
            (month, "6201", "temporary", 5 if month[5:] == "07" else 2),
        ]
    report(books, *rows)
    return books


def by(frame, *keys):
    """Rows as dicts by those columns."""
    return {tuple(row[key] for key in keys): row for row in frame.to_dicts()}


def test_full_time_equivalents_are_hours_over_a_setting(staffed):
    """144 + 320 hours a month are 464 × 12 / 1760; other hours a year, other equivalents."""
    row = by(staff_time(staffed.book, "2020-08"), "measure")["worked",]
    assert (row["hours"], row["fte"]) == (464_00 * 8, "3.16")
    assert (row["last_year_hours"], row["last_year_fte"]) == (480_00 * 8, "3.27")
    assert (row["change_hours"], row["change_fte"]) == (-16_00 * 8, "-0.11")
    assert row["change_percent"] == "-3.33"
    staffed.record(ChangeSettings((("staffing.hours_per_fte", "1980", None),)))
    assert by(staff_time(staffed.book, "2020-08"), "measure")["worked",]["fte"] == "2.81"
    for wrong in ("0", "1 760", "full", "9999"):
        with pytest.raises(UsageError, match=r"staffing\.hours_per_fte"):
            staffed.record(ChangeSettings((("staffing.hours_per_fte", wrong, None),)))


@pytest.mark.parametrize(
    ("span", "hours", "last_year", "before"),
    [
        ("month", 4, 10, 4),
        ("tertial", 16, 40, 40),
        ("accumulated", 56, 80, None),
        ("rolling12", 96, None, None),
    ],
)
def test_extra_time_by_kind_and_span(staffed, span, hours, last_year, before):
    """Overtime went from 10 to 4 hours in May 2020; twelve months to August 2019 are not known."""
    rows = by(staff_time(staffed.book, "2020-08", span=span), "measure")
    row = rows["overtime",]
    known = [value and value * 100 for value in (hours, last_year, before)]
    assert [row["hours"], row["last_year_hours"], row["before_hours"]] == known
    count = len(staffing_span(staffed.book, "2020-08", span=span).months)
    assert rows["extra",]["hours"] == known[0] + rows["standby",]["hours"]
    assert rows["extra",]["hours"] == known[0] + 20_00 * count
    assert ("additional",) not in rows
    assert ("on_call",) not in rows


def test_the_tertial_ends_with_the_month_asked_for(staffed):
    """July is in the second tertial's third month; it is compared with the first three."""
    asked = staffing_span(staffed.book, "2020-07", span="tertial")
    assert (asked.months, asked.last_year) == (
        ("2020-05", "2020-06", "2020-07"),
        ("2019-05", "2019-06", "2019-07"),
    )
    row = by(staff_time(staffed.book, "2020-07", span="tertial"), "measure")["overtime",]
    assert (row["hours"], row["before_hours"]) == (12_00, 30_00)


def test_headcount_and_its_three_changes(staffed):
    """Of August against July, December and last August; of units and of the whole."""
    rows = by(headcount(staffed.book, "2020-08", by="unit"), "unit", "measure")
    names = ("people", "change_month_before", "change_year_start", "change_year_before")
    assert [rows[None, "permanent"][name] for name in names] == [44, 0, -1, -1]
    assert [rows[None, "temporary"][name] for name in names] == [2, -3, 0, 0]
    assert [rows[None, "employed"][name] for name in names] == [46, -3, -1, -1]
    assert [rows["6201", "employed"][name] for name in names] == [32, -3, 0, 0]
    first = by(headcount(staffed.book, "2019-01"), "measure")["employed",]
    assert [first[name] for name in names] == [47, None, None, None]
    since = by(headcount(staffed.book, "2020-08", since="2020-07"), "measure")["employed",]
    assert (since["since"], since["change_since"]) == (49, -3)


def test_what_nobody_reported_is_not_known_and_what_a_month_leaves_out_is_zero(staffed):
    """Hired in August only: no change is known. Overtime left out of September is none."""
    report(staffed, ("2020-08", "6101", "hired", 3), ("2020-09", "6101", "worked", 144))
    hired = by(headcount(staffed.book, "2020-08"), "measure")["hired",]
    assert (hired["people"], hired["month_before"], hired["change_year_start"]) == (3, None, None)
    september = by(staff_time(staffed.book, "2020-09", span="month"), "measure")
    assert september["overtime",]["hours"] == 0
    (row,) = staffing(staffed.book, "2020-09", by=()).to_dicts()
    assert (row["permanent"], row["employed"], row["hired"]) == (None, None, None)
    assert row["worked_hours"] == 464_00 * 8 + 144_00


def test_key_figures_by_area_end_with_the_whole(staffed):
    """Sums of the rows; a unit that has none is not there."""
    frame = staffing(staffed.book, "2020-08")
    assert frame["unit"].to_list() == ["610", "620", None]
    assert frame["name"].to_list() == ["Gemensamt", "Drift", None]
    assert frame["worked_hours"].to_list() == [144_00 * 8, 320_00 * 8, 464_00 * 8]
    assert frame["fte"].to_list() == ["0.98", "2.18", "3.16"]
    assert frame["extra_fte"].to_list() == ["0.00", "0.18", "0.18"]
    assert frame["change_year_start"].to_list() == [-1, 0, -1]
    assert frame["sick_percent"].to_list() == [None] * 3
    alone = staffing(staffed.book, "2020-08", unit="620", by="unit")
    assert alone["unit"].to_list() == ["6201", None]


def test_months_hold_what_the_charts_show(staffed):
    """Each month of both years, and twelve months rolled where they are known."""
    frame = staffing_months(staffed.book, "2020-08")
    assert frame["month"].to_list() == [*months(2019, 1, 12), *months(2020, 1, 8)]
    rows = by(frame, "month")
    assert rows["2019-11",]["rolling12_fte"] is None
    assert rows["2019-12",]["rolling12_fte"] == "3.27"  # 480 × 12 / 1760
    assert rows["2020-08",]["rolling12_fte"] == "3.20"  # (4 × 480 + 8 × 464) / 1760
    assert rows["2020-08",]["fte"] == "3.16"
    assert (rows["2020-07",]["permanent"], rows["2020-07",]["temporary"]) == (44, 5)
    assert (rows["2020-05",]["extra_hours"], rows["2020-05",]["extra_fte"]) == (24_00, "0.16")
    assert frame["sick_percent"].null_count() == frame.height


def test_a_restated_month_is_told_as_it_was_known(staffed):
    """The report stays; the newest sum counts; each time has its own."""
    before = staffed.book.size
    report(staffed, ("2020-08", "6101", "worked", 150, {"reason": "Tid kom sent"}))
    now = by(staff_time(staffed.book, "2020-08"), "measure")["worked",]
    then = by(staff_time(staffed.book, "2020-08", f"@{before}"), "measure")["worked",]
    assert (now["hours"], then["hours"]) == (464_00 * 8 + 6_00, 464_00 * 8)


def test_the_events_behind_a_figure_sum_to_it(staffed):
    """Reported and restated; people of the last month alone; the whole and a unit."""
    report(staffed, ("2020-08", "6101", "worked", 150, {"reason": "Tid kom sent"}))
    frame = trace(staffed.book, "staffing", "2020-08", unit="6101")
    assert frame["topic"].to_list()[:-1] == ["staffing.reported"] * 8 + ["staffing.restated"]
    assert frame["amount"].to_list() == [144_00] * 8 + [6_00, 144_00 * 8 + 6_00]
    assert frame["text"].to_list()[-2:] == ["Tid kom sent", None]
    people = trace(staffed.book, "staffing", "2020-08", measure="permanent")
    assert people["amount"].to_list() == [14, 30, 44]
    one = trace(staffed.book, "staffing", "2020-08", measure="overtime_hours", span="month")
    assert one["amount"].to_list() == [4_00, 4_00]


def test_the_default_is_the_latest_month_closed_for_staffing(staffed):
    """Else the latest on record; outcome's closing says nothing of it."""
    staffed.post(("2020-08", "6101", "4010", -100))
    assert staffing_span(staffed.book).last == "2020-08"
    year = tuple(months(2019, 1, 12))
    staffed.record(ClosePeriods((*year, *months(2020, 1, 6)), "staffing"))
    assert staffing_span(staffed.book).last == "2020-06"
    assert staffing_span(staffed.book, year="2019").last == "2019-12"


def test_what_cannot_be_answered_is_an_error(staffed, books):
    """Months, spans, rows and units without any."""
    for ask in (
        {"through": "2020-09"},
        {"through": "2018-12"},
        {"span": "week"},
        {"by": "account"},
        {"by": "month"},
        {"by": "nothing"},
        {"unit": "6102"},
        {"unit": "9"},
        {"structure": "resultat"},
    ):
        with pytest.raises(UsageError):
            staffing(staffed.book, **{"through": "2020-08"} | ask)


# ─────────────────────────────────────────────────────────────────────────────────── sick leave


def cells(month, unit, people, sick, long=0):
    """Rows of a group: how many, of whom each has 100 ordinary hours; parts are equal in all."""
    rows = []
    for (sex, age), count in people.items():
        parts = {"sex": sex, "age_group": age}
        rows.append((month, unit, "permanent", count, parts))
        rows.append((month, unit, "ordinary", count * 100, parts))
        rows.append((month, unit, "sick", sick.get((sex, age), 0), parts))
        rows.append((month, unit, "sick_60", min(long, sick.get((sex, age), 0)), parts))
    return rows


LARGE = {(sex, age): 20 for sex in ("female", "male") for age in AGE_GROUPS}


def test_the_seven_figures_are_sums_over_sums(books):
    """Two months: 60 and 300 sick hours of 2 × 12 000; by sex and age; 40 hours in long ones."""
    report(
        books,
        *cells("2020-07", "6101", LARGE, {("female", "30_49"): 60}),
        *cells("2020-08", "6101", LARGE, {("male", "30_49"): 200, ("female", "up_to_29"): 100}, 20),
    )
    rows = by(sick_leave(books.book, "2020-08", span="month"), "figure")
    assert [rows[figure,]["percent"] for figure in FIGURES] == [
        "2.50", "13.33", "1.67", "3.33", "2.50", "5.00", "0.00",
    ]  # fmt: skip
    assert {row["status"] for row in rows.values()} == {"stated"}
    assert {row["people"] for row in rows.values()} == {120, 60, 40}
    assert (rows["long_term",]["sick_hours"], rows["long_term",]["of_hours"]) == (40_00, 300_00)
    partial = by(sick_leave(books.book, "2020-08"), "figure")
    assert {row["status"] for row in partial.values()} == {"not_known"}  # January to June
    (row,) = staffing(books.book, "2020-08", by=(), span="month").to_dicts()
    assert (row["sick_percent"], row["sick_60_hours"]) == ("2.50", 40_00)


def test_the_change_is_in_percentage_points_from_the_hours(books):
    """1/3 − 1/6 of a percent, half-up: 0.17, not the 0.16 of the rounded 0.33 and 0.17."""
    people = {("female", "30_49"): 60, ("male", "30_49"): 60}
    report(books, *cells("2019-08", "6101", people, {("male", "30_49"): 20}))
    report(books, *cells("2020-08", "6101", people, {("male", "30_49"): 40}))
    row = by(sick_leave(books.book, "2020-08", span="month"), "figure")["total",]
    assert (row["percent"], row["last_year_percent"], row["change_points"]) == (
        "0.33", "0.17", "0.17",
    )  # fmt: skip


@pytest.mark.parametrize(("women", "status"), [(10, "small_group"), (11, "stated")])
def test_a_group_of_at_most_ten_is_not_stated_nor_its_rest(books, women, status):
    """Lag 2002:1065; with women withheld, men and the total would tell of them."""
    people = {("female", "30_49"): women, ("male", "30_49"): 40}
    report(books, *cells("2020-08", "6101", people, {("female", "30_49"): 30}))
    rows = by(sick_leave(books.book, "2020-08", span="month"), "figure")
    assert rows["women",]["status"] == status
    assert rows["men",]["status"] == ("derivable" if women == 10 else "stated")
    assert rows["total",]["status"] == rows["30_49",]["status"] == "stated"
    assert rows["up_to_29",]["status"] == "no_hours"
    hidden = [row for row in rows.values() if row["status"] != "stated"]
    assert all(row["percent"] is row["sick_hours"] is row["of_hours"] is None for row in hidden)


def test_hours_without_people_are_not_stated(books):
    """Nobody can know that they are more than ten."""
    report(books, ("2020-08", "6101", "ordinary", 900), ("2020-08", "6101", "sick", 9))
    rows = by(sick_leave(books.book, "2020-08", span="month"), "figure")
    assert (rows["total",]["status"], rows["total",]["people"]) == ("size_unknown", None)
    assert (rows["total",]["percent"], rows["total",]["sick_hours"]) == (None, None)


def test_a_small_unit_is_withheld_with_another_and_not_traced(books):
    """6102 has nine people; the whole is stated, so 6101, the smaller of the others, goes too."""
    for unit, count in (("6101", 15), ("6102", 9), ("6201", 30)):
        people = {("female", "30_49"): count}
        report(books, *cells("2020-08", unit, people, {("female", "30_49"): 18}))
    ask = {"span": "month", "by": "unit"}
    rows = by(sick_leave(books.book, "2020-08", **ask), "unit", "figure")
    found = {unit: rows[unit, "total"]["status"] for unit in ("6101", "6102", "6201", None)}
    assert found == {
        "6101": "derivable", "6102": "small_group", "6201": "stated", None: "stated",
    }  # fmt: skip
    table = by(staffing(books.book, "2020-08", **ask), "unit")
    assert [table[unit,]["sick_hours"] for unit in found] == [None, None, 18_00, 54_00]
    with pytest.raises(UsageError, match="not known"):
        trace(books.book, "staffing", "2020-08", measure="sick_hours", unit="6102", span="month")
    whole = trace(books.book, "staffing", "2020-08", measure="sick_hours", span="month")
    assert whole["amount"][-1] == 54_00


def test_rows_by_sex_have_what_is_parted_by_sex(books):
    """Worked hours, which are not, stand in the row without; nothing is shown as zero."""
    people = {("female", "30_49"): 12, ("male", "30_49"): 14}
    report(
        books,
        ("2020-08", "6101", "worked", 160),
        *cells("2020-08", "6101", people, {("male", "30_49"): 14}),
    )
    table = by(staffing(books.book, "2020-08", by="sex", span="month"), "sex")
    assert [table[sex,]["worked_hours"] for sex in ("female", "male", "without", None)] == [
        None, None, 160_00, 160_00,
    ]  # fmt: skip
    assert [table[sex,]["permanent"] for sex in ("female", "male", "without", None)] == [
        12, 14, None, 26,
    ]  # fmt: skip
    assert table["male",]["sick_percent"] == "1.00"


sizes = st.lists(st.integers(0, 40), min_size=6, max_size=6)


@settings(max_examples=60, deadline=None)
@given(st.lists(sizes, min_size=1, max_size=4))
def test_nothing_withheld_is_the_rest_of_what_is_stated(units):
    """Against the definition: of the parts of a stated whole none is withheld alone, nor parts
    that are together at most ten people."""
    rows: list[tuple[str | None, ...]] = [(str(place),) for place in range(len(units))]
    crossed = list(itertools.product(SEX_FIGURES, AGE_FIGURES))
    count: dict[tuple[tuple[str | None, ...], str], int] = {}
    for row, people in zip(rows, units, strict=True):
        held = dict(zip(crossed, people, strict=True))
        for figure in FIGURES:
            mine = [n for parts, n in held.items() if figure in (*parts, "total", "long_term")]
            count[row, figure] = sum(mine)
    for figure in FIGURES:
        count[(None,), figure] = sum(count[row, figure] for row in rows)
    found = {}
    for place, people in count.items():
        status = "no_hours" if not people else "small_group" if people <= SMALL else "stated"
        found[place] = Cell(people, people, people * 100, status)
    before = {place: cell.status for place, cell in found.items()}
    withhold(found, [*rows, (None,)])
    wholes = [((row, "total"), [(row, f) for f in parts]) for row in [*rows, (None,)]
              for parts in (tuple(SEX_FIGURES), AGE_FIGURES)]  # fmt: skip
    wholes += [(((None,), figure), [(row, figure) for row in rows]) for figure in FIGURES]
    for whole, parts in wholes:
        hidden = [found[part] for part in parts if found[part].is_withheld]
        shown = [part for part in parts if found[part].is_stated]
        if found[whole].is_stated and hidden and shown:
            assert len(hidden) > 1
            assert sum(cell.people or 0 for cell in hidden) > SMALL
    assert all(found[p].status == s for p, s in before.items() if s != "stated")
    if all(status != "small_group" for status in before.values()):
        assert before == {place: cell.status for place, cell in found.items()}
    assert Decimal(found[(None,), "total"].percent or "1.00") == 1
