"""Figures of statistics: what was reported of a measure, period by period."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import projections
from ledger.measures import Interval, interval
from reporting.catalogue import Language, has, label
from reporting.charts.money import MOST
from reporting.charts.picture import Chart, Months, Number, Series, month_labels, told
from reporting.tables import Column, Table, Value

if TYPE_CHECKING:
    from reporting.report.document import Question

#: Periods that a series must have on record to be drawn, and the latest that there is room for.
LEAST = 4
_LATEST = 24
#: Stretches of any months do not follow on each other.
_UNEVEN = "months"
_PLACES = 2
#: Whose a series is, of what kind of interval, counted in what.
Key = tuple[str, str | None, str | None, str, str | None]


def drawn(ask: Question, category: str | None, *, through: str | None) -> tuple[Chart, ...]:
    """A chart of each measure of the category, and kind of interval, of which at least one unit
    or other subject has four periods on record, and at most as many missing between them; those of
    the asked unit and below it, of a whole organisation everybody's where there is no ``through``.
    """
    return tuple(_charts(ask, series(ask, category, through=through)))


def series(
    ask: Question, category: str | None, *, through: str | None
) -> dict[Key, list[dict[str, Any]]]:
    """The rows of each series that is long enough, oldest first: by measure, unit, subject, kind
    of interval and what it is counted in."""
    unit = None if through is None and ask.is_whole else ask.unit
    frame = ask.once(
        f"statistics {through} {unit}",
        lambda: projections.statistics(ask.book, through, unit=unit, every=True),
    )
    found: dict[Key, list[dict[str, Any]]] = {}
    for row in frame.to_dicts():
        kind, counted = row["interval_kind"], row["measured_in"]
        if row["category"] == category and row["value"] is not None and kind != _UNEVEN:
            key = (row["measure"], row["unit"], row["subject"], kind, counted)
            found.setdefault(key, []).append(row)
    return {key: rows for key, rows in found.items() if _is_series(rows)}


def _is_series(rows: Sequence[dict[str, Any]]) -> bool:
    """Whether enough is known to be drawn: four periods, and no more gaps than figures."""
    known = [interval(row["interval"]) for row in rows]
    return len(rows) >= LEAST and len(rows) * 2 >= len(_periods(known, whole=True))


def _charts(ask: Question, found: dict[Key, list[dict[str, Any]]]) -> Iterator[Chart]:
    """One a measure and kind of interval, its series together."""
    together: dict[tuple[str, str, str | None], list[list[dict[str, Any]]]] = {}
    for (measure, _, _, kind, counted), rows in found.items():
        together.setdefault((measure, kind, counted), []).append(rows)
    for (measure, _, counted), lines in together.items():
        yield _chart(ask, measure, counted or "", lines[:MOST])


def _chart(
    ask: Question, measure: str, counted: str, lines: Sequence[list[dict[str, Any]]]
) -> Chart:
    lang = ask.lang
    periods = _periods([interval(row["interval"]) for rows in lines for row in rows])
    names = [rows[-1]["subject"] or rows[-1]["name"] or rows[-1]["unit"] for rows in lines]
    values: list[tuple[Number, ...]] = []
    for rows in lines:
        known = {row["interval"]: Decimal(row["value"]) for row in rows}
        values.append(tuple(known.get(period.text) for period in periods))
    title = label("chart.statistics", lang, measure=measure, of=names[0])
    if len(lines) > 1:
        title = measure
    unit = label(f"measured_in.{counted}", lang) if has(f"measured_in.{counted}") else counted
    codes = tuple(period.text for period in periods)
    picture = Months(
        codes,
        _labels(periods, lang),
        tuple(Series(name, numbers) for name, numbers in zip(names, values, strict=True)),
        unit,
        _decimals(values),
        zero=True,
    )
    heads = [label("column.value", lang)] if len(lines) == 1 else names
    columns = (
        Column("interval"),
        *(Column(f"series_{n}", "decimal", word=head) for n, head in enumerate(heads)),
    )
    cells: list[tuple[Value, ...]] = list(zip(codes, *values, strict=True))
    table = Table(f"{title}, {unit}", columns, tuple(cells))
    return Chart("statistics", title, told(picture, lang), picture, table, lang)


def _decimals(values: Sequence[Sequence[Number]]) -> int:
    """As many as the finest value was reported with, two at most."""
    exponents = [v.as_tuple().exponent for numbers in values for v in numbers if v is not None]
    return min(max((-int(e) for e in exponents), default=0), _PLACES)


def _periods(known: Sequence[Interval], *, whole: bool = False) -> list[Interval]:
    """Every period from the first known to the last, also those between them that nobody reported;
    the latest that there is room for, unless ``whole``. Days are those that are known."""
    ordered = sorted(dict.fromkeys(known), key=lambda one: one.first)
    if ordered[0].kind == "day":
        return ordered[-_LATEST:]
    periods = [ordered[0]]
    while periods[-1].first < ordered[-1].first:
        periods.append(periods[-1].following())
    return periods if whole else periods[-_LATEST:]


def _labels(periods: Sequence[Interval], lang: Language) -> tuple[tuple[str, ...], ...]:
    """What stands under the periods: short names, and the year under the first of each."""
    match periods[0].kind:
        case "month":
            return month_labels(tuple(period.text for period in periods), lang)
        case "year":
            return tuple((period.text,) for period in periods)
    found, before = [], ""
    for period in periods:
        name, year = _short(period, lang), period.text[:4]
        found.append((name, year) if year != before else (name,))
        before = year
    return tuple(found)


def _short(period: Interval, lang: Language) -> str:
    """A period without its year."""
    rest = period.text[5:]
    if period.kind == "week":
        return label("chart.week", lang, number=int(rest[1:]))
    if period.kind == "day":
        return f"{period.first.day} {label(f'month.m{rest[:2]}', lang)}"
    return rest
