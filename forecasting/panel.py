"""From the caller's frame to arrays: checked, cut at the origin, gaps filled, of one size."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from forecasting.seasonal import YEAR, Floats
from forecasting.window import SHORTEST, Window

PRIOR_YEARS = 10
"""Older fiscal years are not read: with weights of 0.9 a year they would hardly count."""
LARGEST = 1e150
"""Beyond this no sum of squares is finite, and no amount of money is that large."""
SMALLEST = 1e-150
"""Under this squares vanish, and no amount of money is that small: it is read as 0."""
APART = 1e70
"""A budget more times its series' months than this says no more than one of so many times."""


@dataclass(frozen=True)
class Panel:
    """All series of a call, sorted by name."""

    names: pl.Series
    outcome: Floats
    """Booked in the fiscal year up to the origin, in the caller's units and sign."""
    window: Window
    """The months, each series divided by `scale`, so that values are mostly positive, of size 1."""
    scale: Floats
    """Sign and size, a power of two (dividing by it loses nothing)."""


def fiscal_month(through: date, first_month: int) -> int:
    """Number of the month of `through` in its fiscal year, 1 to 12; `ValueError` for what is no day
    or no month."""
    if not isinstance(through, date):
        raise ValueError(f"through must be a date, such as date(2020, 8, 1), got {through!r}")
    if first_month not in range(1, YEAR + 1):
        raise ValueError(f"first_month must be 1 to 12, got {first_month!r}")
    return (through.month - first_month) % YEAR + 1


def read_panel(
    history: pl.DataFrame, through: date, first_month: int, budget: pl.DataFrame | None
) -> Panel:
    """Check the frames and lay them out; see `forecast_year_end` for the rules and the errors."""
    _check_columns(history, "history")
    k = fiscal_month(through, first_month)
    last = through.year * YEAR + through.month - 1
    names = history.get_column("series").unique().sort()
    known = _months(history, "history", last).filter(
        pl.col("ahead").is_between(-(PRIOR_YEARS * YEAR + k) + 1, 0)
    )
    span = 1 - int(known["ahead"].min()) if known.height else 1  # type: ignore[arg-type]
    columns = max(span, k)
    y = np.zeros((len(names), columns))
    row = names.search_sorted(known.get_column("series")).to_numpy()
    y[row, columns - 1 + known["ahead"].to_numpy()] = known["value"].to_numpy()
    outcome = y[:, columns - k :].sum(1)
    y = _without_leading_zeros(y, row, columns - 1 + known["ahead"].to_numpy())
    if budget is None:
        scale = _scale(y)
        return Panel(names, outcome, Window(y / scale[:, None], k), scale)
    plan = _budget(budget, names, k, last)
    # A series long enough for the models must not take its scale from there.
    short = np.isfinite(y).sum(1) < SHORTEST
    scale = _scale(np.concatenate([y, np.where(short[:, None], plan[:, -YEAR:], np.nan)], axis=1))
    plan = np.clip(plan / scale[:, None], -APART, APART)
    return Panel(names, outcome, Window(y / scale[:, None], k, plan), scale)


def _check_columns(frame: pl.DataFrame, name: str) -> None:
    if not isinstance(frame, pl.DataFrame):
        raise ValueError(f"{name}: must be a Polars DataFrame, is {type(frame).__name__}")
    missing = [c for c in ("series", "period", "value") if c not in frame.columns]
    if missing:
        raise ValueError(f"{name}: missing column {', '.join(missing)}")
    schema = frame.schema
    if schema["series"] != pl.String:
        raise ValueError(f"{name}: column series must be String, is {schema['series']}")
    if schema["period"] != pl.Date:
        raise ValueError(f"{name}: column period must be Date, is {schema['period']}")
    if not schema["value"].is_numeric():
        raise ValueError(f"{name}: column value must be numeric, is {schema['value']}")
    if frame["series"].null_count():
        raise ValueError(f"{name}: column series holds nulls")
    if frame["period"].null_count():
        raise ValueError(f"{name}: column period holds nulls")


def _months(frame: pl.DataFrame, name: str, last: int) -> pl.DataFrame:
    """Checked rows: series, value (Float64) and ahead (how many months after `last`)."""
    month = pl.col("period").dt.year().cast(pl.Int64) * YEAR + pl.col("period").dt.month() - 1
    rows = frame.select("series", "period", "value", (month - last).alias("ahead"))
    if name == "history":  # what came after the origin is not looked at, not even to complain
        rows = rows.filter(pl.col("ahead") <= 0)
    rows = rows.with_columns(pl.col("value").cast(pl.Float64))
    late = rows.filter(pl.col("period").dt.day() != 1)
    if late.height:
        raise ValueError(f"{name}: period {late['period'][0]} is not the first of a month")
    size = pl.col("value").abs()
    odd = rows.filter(pl.col("value").is_null() | ~(size <= LARGEST))
    if odd.height:
        value = odd["value"][0]
        finite = value is not None and math.isfinite(value)
        what = f"is beyond {LARGEST:.0e}" if finite else "is not a finite amount"
        raise ValueError(
            f"{name}: value {value} of series {odd['series'][0]!r}, {odd['period'][0]}, {what}"
        )
    rows = rows.with_columns(pl.when(size >= SMALLEST).then("value").otherwise(0.0).alias("value"))
    twice = rows.filter(pl.struct("series", "ahead").is_duplicated())
    if twice.height:
        raise ValueError(
            f"{name}: series {twice['series'][0]!r} has more than one row for {twice['period'][0]}"
        )
    return rows


def _without_leading_zeros(
    y: Floats, row: np.ndarray[tuple[int], np.dtype[np.int64]], column: np.ndarray
) -> Floats:
    """NaN before a series' first booking; a month of zero is the same as a month without entries.

    A series with nothing but zeros begins with its first row; one without rows is all NaN.
    """
    columns = y.shape[1]
    index = np.arange(columns)
    booked = y != 0
    first_booked = np.where(booked.any(1), booked.argmax(1), columns)
    first_row = np.full(len(y), columns)
    np.minimum.at(first_row, row, column)
    first = np.where(first_booked < columns, first_booked, first_row)
    return np.where(index >= first[:, None], y, np.nan)


def _budget(budget: pl.DataFrame, names: pl.Series, k: int, last: int) -> Floats:
    """`(series, 12 x years)`: the budgets by month of the fiscal years that any series has, the
    current one last; a year of NaN for series without a budget of it."""
    _check_columns(budget, "budget")
    rows = _months(budget, "budget", last).filter(
        pl.col("ahead").is_between(1 - k - PRIOR_YEARS * YEAR, YEAR - k),
        pl.col("series").is_in(names.implode()),
    )
    row = names.search_sorted(rows.get_column("series")).to_numpy()
    age = (YEAR - k - rows["ahead"].to_numpy()) // YEAR
    years = int(age.max()) + 1 if len(age) else 1
    plan = np.full((len(names), years, YEAR), np.nan)
    plan[row, years - 1 - age] = 0.0
    plan[row, years - 1 - age, (k - 1 + rows["ahead"].to_numpy()) % YEAR] = rows["value"].to_numpy()
    return plan.reshape(len(names), years * YEAR)


def _scale(values: Floats) -> Floats:
    """Signed power of two near the mean size of what is not zero; 1 where there is nothing.

    Negative where the sum is: costs are modelled as positive amounts.
    """
    known = np.where(np.isfinite(values), values, 0.0)
    size = np.abs(known).sum(1) / np.maximum((known != 0).sum(1), 1)
    exponent = np.frexp(np.where(size > 0, size, 1.0))[1]
    sign = np.where(known.sum(1) < 0, -1.0, 1.0)
    return np.where(size > 0, sign * np.ldexp(1.0, exponent), 1.0)
