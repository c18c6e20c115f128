"""Figures of accounts: the result by month and accumulated, costs, where the year ends."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import accumulate
from typing import TYPE_CHECKING, Any

import projections
from ledger.periods import months_between
from reporting.catalogue import Language, has, label
from reporting.charts.picture import (
    Chart,
    Fan,
    Months,
    Series,
    Step,
    Steps,
    in_unit,
    money_unit,
    month_labels,
    told,
)
from reporting.tables import Column, Table, Value
from reporting.times import month_name

if TYPE_CHECKING:
    import polars as pl

    from reporting.report.document import Question

#: Lines that a picture has room for; the section's table has them all.
MOST = 6
_MEASURES = ("outcome", "budget", "last_year")


def result_by_month(ask: Question) -> Chart | None:
    """Each month's result: outcome as bars, budget and last year as lines."""
    return _by_month(ask, "result_by_month", bars=True)


def result_accumulated(ask: Question) -> Chart | None:
    """The result from the fiscal year's first month on."""
    return _by_month(ask, "result_accumulated", bars=False)


def _by_month(ask: Question, key: str, *, bars: bool) -> Chart | None:
    months, amounts = _monthly(ask)
    if not months:
        return None
    if not bars:
        amounts = {name: _summed(values) for name, values in amounts.items()}
    known = {name: v for name, v in amounts.items() if any(ore is not None for ore in v)}
    unit, size, places = money_unit(*(ore for values in known.values() for ore in values))
    series = tuple(
        Series(
            label(f"column.{name}", ask.lang),
            tuple(in_unit(ore, size) for ore in values),
            "bar" if bars and name == "outcome" else "line",
        )
        for name, values in known.items()
    )
    picture = Months(months, month_labels(months, ask.lang), series, unit, places)
    rows = [(label(f"column.{name}", ask.lang), *values) for name, values in known.items()]
    title = label(f"chart.{key}", ask.lang, unit=ask.unit_name)
    table = months_table(title, months, rows, "amount", "{scale}", ask.lang)
    return Chart(key, title, told(picture, ask.lang), picture, table, ask.lang)


def months_table(
    title: str,
    months: Sequence[str],
    rows: Sequence[tuple[Value, ...]],
    kind: Any,
    unit: str,
    lang: Language,
) -> Table:
    """What a picture over months draws: a row a series, a column a month."""
    columns = (
        Column("series", word="column.series"),
        *(
            Column(month, kind, word=f"{label(f'month.m{month[5:7]}', lang)} {month[:4]}")
            for month in months
        ),
    )
    return Table(f"{title}, {unit}", columns, tuple(rows))


def _monthly(ask: Question) -> tuple[tuple[str, ...], dict[str, list[int | None]]]:
    """The fiscal year's months so far, and each measure's öre in them."""
    frame = ask.once(
        "result by month",
        lambda: projections.result(ask.book, ask.through, by=("month",), unit=ask.unit),
    ).filter(_known("month"))
    return tuple(frame["month"]), {name: frame[name].to_list() for name in _MEASURES}


def fiscal_year(ask: Question, month: str) -> tuple[str, ...]:
    """The months of the fiscal year that holds the month."""
    return tuple(months_between(*ask.book.organisation.calendar.year_of(month)))


def _known(key: str) -> pl.Expr:
    import polars as pl

    return pl.col(key).is_not_null()


def _summed(values: Sequence[int | None]) -> list[int | None]:
    """The running sum; nothing after a month that is not known."""
    return list(accumulate(values, lambda a, b: None if a is None or b is None else a + b))


# ── costs ──────────────────────────────────────────────────────────────────────────────────────


def cost_development(ask: Question) -> Chart | None:
    """Accumulated costs against the same months of last year, line by line."""
    frame = projections.cost_development(ask.book, ask.through, unit=ask.unit)
    flat = frame.unnest("change_percent")
    months = tuple(name for name in flat.columns if name not in frame.columns)
    lines = [row for row in flat.to_dicts() if any(row[month] is not None for month in months)]
    if not lines:
        return None
    title = label("chart.cost_development", ask.lang, unit=ask.unit_name)
    if len(lines) > MOST:
        largest = sorted(lines, key=lambda row: -abs(row["outcome"] or 0))[:MOST]
        lines = [row for row in lines if row in largest]
        title = label("chart.largest", ask.lang, title=title, count=MOST)
    rows = [(named(row["line"], ask.lang), [_decimal(row[m]) for m in months]) for row in lines]
    series = tuple(Series(name, tuple(values)) for name, values in rows)
    picture = Months(months, month_labels(months, ask.lang), series, "%", 1)
    told_rows = [(name, *values) for name, values in rows]
    table = months_table(title, months, told_rows, "percent", "%", ask.lang)
    words = told(picture, ask.lang)
    return Chart("cost_development", title, words, picture, table, ask.lang, beside=False)


def named(code: str, lang: Language) -> str:
    """A line or its like, in words where the catalogue has them."""
    return label(f"key.{code}", lang) if has(f"key.{code}") else code


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


# ── the year's end ─────────────────────────────────────────────────────────────────────────────


def forecast_fan(ask: Question) -> Chart | None:
    """The outcome so far, and how wide the model holds the year's end open."""
    from reporting.forecast_table import year_end

    months, amounts = _monthly(ask)
    path = _summed(amounts["outcome"])
    if not months:
        return None
    model = year_end(ask.book, ask.through, by=("area",), unit=ask.unit).row(-1, named=True)
    adopted = projections.result(ask.book, ask.through, by=("area",), unit=ask.unit)
    adopted_row = adopted.row(-1, named=True)
    lang = ask.lang
    marks = {
        "p2_5": model["p2_5"],
        "p10": model["p10"],
        "forecast": model["forecast"],
        "p90": model["p90"],
        "p97_5": model["p97_5"],
        "adopted": adopted_row["forecast"],
        "annual_budget": adopted_row["annual_budget"],
    }
    unit, size, places = money_unit(*path, *marks.values())

    def mark(name: str) -> tuple[str, Decimal]:
        return label(f"chart.{name}", lang), Decimal(marks[name]) / size

    year = fiscal_year(ask, ask.through)
    (low, low_at), (high, high_at) = mark("p2_5"), mark("p97_5")
    (low80, low80_at), (high80, high80_at) = mark("p10"), mark("p90")
    picture = Fan(
        year,
        month_labels(year, lang),
        Series(label("column.outcome", lang), tuple(in_unit(ore, size) for ore in path)),
        mark("forecast"),
        ((low, high, low_at, high_at), (low80, high80, low80_at, high80_at)),
        tuple(mark(name) for name in ("adopted", "annual_budget") if marks[name] is not None),
        unit,
        places,
    )
    title = label("chart.forecast_fan", lang, unit=ask.unit_name)
    rows: list[tuple[Value, ...]] = [
        (label("chart.outcome_through", lang, month=month_name(months[-1], lang)), path[-1]),
        *((label(f"chart.{name}", lang), ore) for name, ore in marks.items() if ore is not None),
    ]
    columns = (Column("what"), Column("amount", "amount"))
    notes = (label("chart.fan_note", lang),)
    table = Table(f"{title}, {{scale}}", columns, tuple(rows), notes=notes)
    return Chart("forecast_fan", title, told(picture, lang), picture, table, lang)


def forecast_steps(ask: Question) -> Chart | None:
    """From the outcome so far to the adopted year-end, line by line, and the budget beside."""
    frame = projections.result(ask.book, ask.through, by=("line",), unit=ask.unit)
    total = frame.row(-1, named=True)
    if total["forecast"] is None:
        return None
    rows: list[tuple[str, int]] = []
    for row in frame.to_dicts()[:-1]:
        rest = (row["forecast"] or 0) - (row["outcome"] or 0)
        if rest:
            rows.append((named(row["line"], ask.lang), rest))
    left = total["forecast"] - total["outcome"] - sum(rest for _, rest in rows)
    if left:
        rows.append((label("chart.without_line", ask.lang), left))
    return _waterfall(ask, total, rows)


def _waterfall(ask: Question, total: dict[str, Any], rows: Sequence[tuple[str, int]]) -> Chart:
    lang, begun = ask.lang, total["outcome"]
    first = label("chart.outcome_through", lang, month=month_name(ask.through, lang))
    last = label("chart.adopted", lang)
    stands = [begun, *accumulate((rest for _, rest in rows), initial=begun), total["forecast"]]
    unit, size, places = money_unit(*stands)
    steps = [Step(first, Decimal(0), Decimal(begun) / size, level=True)]
    at = begun
    for name, rest in rows:
        steps.append(Step(name, Decimal(at) / size, Decimal(at + rest) / size))
        at += rest
    steps.append(Step(last, Decimal(0), Decimal(at) / size, level=True))
    budget = total["annual_budget"]
    lines: list[tuple[Value, ...]] = [(first, begun), *rows, (last, at)]
    if budget is not None:
        name = label("column.annual_budget", lang)
        steps.append(Step(name, Decimal(0), Decimal(budget) / size, level=True))
        lines.append((name, budget))
    picture = Steps(tuple(steps), unit, places)
    title = label("chart.forecast_steps", lang, unit=ask.unit_name)
    columns = (Column("what"), Column("amount", "amount", signed=True))
    table = Table(f"{title}, {{scale}}", columns, tuple(lines))
    return Chart("forecast_steps", title, told(picture, lang), picture, table, lang)
