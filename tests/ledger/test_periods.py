"""Months, tertials, years, and fiscal years that are not the calendar's."""

import pytest

from ledger.periods import FiscalCalendar, NotAPeriod, Period, is_month, months_between, shift


def test_months_shift_over_the_year() -> None:
    assert shift("2020-01", -1) == "2019-12"
    assert shift("2020-12", 1) == "2021-01"
    assert months_between("2019-11", "2020-02") == ["2019-11", "2019-12", "2020-01", "2020-02"]
    assert months_between("2020-02", "2020-01") == []


def test_questions_name_months_tertials_and_years() -> None:
    calendar = FiscalCalendar()
    assert calendar.parse("2020-08") == Period("2020-08", "2020-08", "2020-08")
    assert calendar.parse("2020-T2") == Period("2020-T2", "2020-05", "2020-08")
    assert calendar.parse("2020") == Period("2020", "2020-01", "2020-12")


def test_fiscal_year_of_july() -> None:
    calendar = FiscalCalendar(7)
    assert calendar.year_of("2020-06") == ("2019-07", "2020-06")
    assert calendar.year_of("2020-07") == ("2020-07", "2021-06")
    assert calendar.parse("2019-T1") == Period("2019-T1", "2019-07", "2019-10")
    assert calendar.to_date("2019-09") == ["2019-07", "2019-08", "2019-09"]


def test_stated_years_rule_their_own_months() -> None:
    calendar = FiscalCalendar(1, (("2019-07", "2020-12"),))  # a long first year, as the law allows
    assert calendar.year_of("2020-12") == ("2019-07", "2020-12")
    assert calendar.year_of("2021-01") == ("2021-01", "2021-12")


def test_years_beside_a_stated_one_take_what_is_left() -> None:
    calendar = FiscalCalendar(1, (("2020-07", "2021-06"),))
    assert calendar.year_of("2020-03") == ("2020-01", "2020-06")
    assert calendar.year_of("2021-08") == ("2021-07", "2021-12")
    assert calendar.year_of("2022-01") == ("2022-01", "2022-12")
    assert calendar.parse("2020") == Period("2020", "2020-07", "2021-06")
    assert calendar.parse("2020-T1") == Period("2020-T1", "2020-07", "2020-10")


@pytest.mark.parametrize("text", ["2020-13", "2020-00", "20-08", "2020-T4", "aug", "", "2020-8"])
def test_what_is_no_period(text: str) -> None:
    assert not is_month(text)
    with pytest.raises(NotAPeriod):
        FiscalCalendar().parse(text)
