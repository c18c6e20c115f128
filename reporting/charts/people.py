"""Figures of people: full-time equivalents, headcount, extra time, sick leave."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

import projections
from ledger.families.staffing import EXTRA
from ledger.periods import shift
from reporting.catalogue import label
from reporting.charts.money import fiscal_year, months_table
from reporting.charts.picture import Chart, Months, Number, Series, month_labels, told
from reporting.tables import Column, Table, Value

if TYPE_CHECKING:
    from typing import Any

    from reporting.report.document import Question

_HUNDRED = 100
#: Months of headcount and extra time: twelve and the same month of last year.
_BACK = 12


def fte(ask: Question) -> Chart | None:
    """Worked time as full-time equivalents, this year and last."""
    return _two_years(ask, "fte", "fte", "chart.unit_fte", 1)


def sick_leave(ask: Question) -> Chart | None:
    """Sick leave month by month, this year and last."""
    return _two_years(ask, "sick_leave", "sick_percent", "chart.unit_percent", 1)


def rolling_fte(ask: Question) -> Chart | None:
    """Worked time over twelve months to each month."""
    months, rows = _rows(ask)
    values = tuple(_decimal(row["rolling12_fte"]) for row in rows)
    known = [place for place, value in enumerate(values) if value is not None]
    if len(known) < 2:
        return None
    # The first year on record has no twelve months behind it.
    months, values = months[known[0] :], values[known[0] :]
    name = label("column.rolling12_fte", ask.lang)
    unit = label("chart.unit_fte", ask.lang)
    picture = Months(months, month_labels(months, ask.lang), (Series(name, values),), unit, 1)
    return _chart(ask, "rolling_fte", picture, "decimal", beside=False)


def headcount(ask: Question) -> Chart | None:
    """How many are employed, permanent on temporary."""
    return _stacked(ask, "headcount", ("permanent", "temporary"), "chart.unit_people", 1)


def extra_time(ask: Question) -> Chart | None:
    """Extra time by its four kinds, in hours."""
    names = tuple(f"{kind}_hours" for kind in EXTRA)
    return _stacked(ask, "extra_time", names, "chart.unit_hours", _HUNDRED)


def _rows(ask: Question) -> tuple[tuple[str, ...], list[dict[str, Any]]]:
    """The months on record, this fiscal year's and last year's, and their figures."""
    from reporting.report.people import through

    last = through(ask)
    if last is None:
        return (), []
    frame = ask.once(
        "staffing by month",
        lambda: projections.staffing_months(ask.book, last, unit=ask.unit),
    )
    return tuple(frame["month"]), frame.to_dicts()


def _decimal(text: str | None) -> Number:
    return None if text is None else Decimal(text)


def _two_years(ask: Question, key: str, column: str, unit_key: str, places: int) -> Chart | None:
    """A line for the fiscal year and one for the year before, over its twelve months."""
    months, rows = _rows(ask)
    known = {row["month"]: _decimal(row[column]) for row in rows}
    if not any(value is not None for value in known.values()):
        return None
    year = fiscal_year(ask, months[-1])
    ago = tuple(shift(month, -12) for month in year)
    series = [
        Series(_span(span), tuple(known.get(month) for month in span)) for span in (year, ago)
    ]
    series = [one for one in series if any(value is not None for value in one.values)]
    unit = label(unit_key, ask.lang)
    labels = month_labels(year, ask.lang, years=False)
    picture = Months(year, labels, tuple(series), unit, places, zero=True)
    kind = "percent" if column.endswith("percent") else "decimal"
    return _chart(ask, key, picture, kind)


def _span(months: Sequence[str]) -> str:
    """A fiscal year's name: its calendar year, or both."""
    first, last = months[0][:4], months[-1][:4]
    return first if first == last else f"{first}/{last[2:]}"


def _stacked(
    ask: Question, key: str, columns: Sequence[str], unit_key: str, size: int
) -> Chart | None:
    """Whole numbers on each other over the last months."""
    months, rows = _rows(ask)
    months, rows = months[-_BACK - 1 :], rows[-_BACK - 1 :]
    series = []
    for column in columns:
        values = [row[column] for row in rows]
        if any(values):
            found = tuple(None if v is None else Decimal(v) / size for v in values)
            series.append(Series(label(f"chart.{column}", ask.lang), found))
    if not series:
        return None
    labels = month_labels(months, ask.lang)
    unit = label(unit_key, ask.lang)
    picture = Months(months, labels, tuple(series), unit, 0, stacked=True)
    return _chart(ask, key, picture, "hours" if size > 1 else "count")


def _chart(ask: Question, key: str, picture: Months, kind: str, *, beside: bool = True) -> Chart:
    title = label(f"chart.{key}", ask.lang, unit=ask.unit_name)
    rows: list[tuple[Value, ...]] = [
        (one.name, *(_exact(value, kind) for value in one.values)) for one in picture.series
    ]
    if picture.months and not picture.labels[0][1:]:
        table = _by_name(title, picture, rows, kind)
    else:
        table = months_table(title, picture.months, rows, kind, picture.unit, ask.lang)
    words = told(picture, ask.lang)
    return Chart(key, title, words, picture, table, ask.lang, beside=beside)


def _exact(value: Number, kind: str) -> Value:
    """A number as its table has it: hours in hundredths, people whole."""
    if value is None:
        return None
    if kind == "hours":
        return int(value * _HUNDRED)
    return int(value) if kind == "count" else value


def _by_name(
    title: str, picture: Months, rows: Sequence[tuple[Value, ...]], kind: str
) -> Table:  # fmt: skip
    """A table over the months of two years: a column a month's name."""
    columns: list[Column] = [Column("series", word="chart.year")]
    for month, names in zip(picture.months, picture.labels, strict=True):
        columns.append(Column(month, kind, word=names[0]))  # type: ignore[arg-type]
    return Table(f"{title}, {picture.unit}", tuple(columns), tuple(rows))
