"""Figures in rows: savings measures, investments against their frames, divisions side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import projections
from reporting.catalogue import label
from reporting.charts.money import named
from reporting.charts.picture import Chart, Plan, Plans, in_unit, money_unit, told
from reporting.tables import Column, Table, Value

if TYPE_CHECKING:
    import polars as pl

    from reporting.report.document import Question

#: Of each figure the columns of its projection: the whole, what was reached, what is due by now,
#: and the forecast.
_ACTIONS = ("assignment", "effect", "phased", "forecast")
_FRAMES = ("frame", "outcome", None, "forecast")
_DIVISIONS = (None, "variance", None, "forecast_variance")


def action_plan(ask: Question) -> Chart | None:
    """By area: the year's assignment, its phased part, the effect so far, the forecast."""
    frame = projections.action_plan(ask.book, ask.through, unit=ask.unit)
    return _plans(ask, "action_plan", frame, _ACTIONS)


def investments(ask: Question) -> Chart | None:
    """By group: the year's frame, what was spent of it, the forecast."""
    import polars as pl

    frame = projections.investments(ask.book, ask.through, unit=ask.unit)
    return _plans(ask, "investments", frame.filter(pl.col("parent_type").is_null()), _FRAMES)


def divisions(ask: Question) -> Chart | None:
    """By division: the variance so far, and that of the forecast for the year."""
    unit = None if ask.is_whole else ask.unit
    frame = projections.divisions(ask.book, ask.through, unit=unit)
    if frame["variance"].null_count() == frame.height:
        return None
    return _plans(ask, "divisions", frame, _DIVISIONS)


def _plans(
    ask: Question, key: str, frame: pl.DataFrame, columns: Sequence[str | None]
) -> Chart | None:
    """The rows and their total; none without a row beside the total."""
    if frame.height < 2:
        return None
    lang = ask.lang
    rows: list[tuple[str, list[int | None]]] = []
    for row in frame.to_dicts():
        code = row[frame.columns[0]]
        said = row.get("name") or (code and named(code, lang))
        name = said or label("message.total", lang)
        rows.append((name, [None if column is None else row[column] for column in columns]))
    unit, size, places = money_unit(*(ore for _, values in rows for ore in values))
    whole, reached, due, forecast = (
        "" if column is None else label(f"chart.{key}_{column}", lang) for column in columns
    )
    plans = []
    for name, values in rows:
        marks = [in_unit(ore, size) for ore in values]
        plans.append(Plan(name, marks[0], marks[1], marks[2], marks[3]))
    picture = Plans(tuple(plans), (whole, reached, due, forecast), unit, places)
    title = label(f"chart.{key}", lang, unit=ask.unit_name)
    seen = [column for column in columns if column is not None]
    told_rows: list[tuple[Value, ...]] = [
        (name, *(v for v, column in zip(values, columns, strict=True) if column is not None))
        for name, values in rows
    ]
    heads = (
        Column("what"),
        *(Column(column, "amount", word=f"chart.{key}_{column}") for column in seen),
    )
    table = Table(f"{title}, {{scale}}", heads, tuple(told_rows))
    return Chart(key, title, told(picture, lang), picture, table, lang, beside=False)
