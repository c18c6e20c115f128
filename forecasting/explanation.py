"""Why a forecast is what it is: what each member says, and which months were left out as one-offs.

The figures are those that `forecast_year_end` worked with, asked again; nothing here is another
model.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from forecasting.budget import answers, learn
from forecasting.combination import members
from forecasting.fallback import choose
from forecasting.likelihood import FEW
from forecasting.panel import Panel, read_panel
from forecasting.seasonal import YEAR, Floats
from forecasting.spikes import without_spikes
from forecasting.year_end import past_forecasts


@dataclass(frozen=True)
class Explanation:
    """Frames in the caller's unit and sign, sorted by series."""

    members: pl.DataFrame
    """`series`, `member` (String), `remaining` (Float64): what each says of the months left, of
    series that the combination forecasts. Members: additive, airline, ratio, logarithmic,
    last_year, share, likelihood, budget."""
    one_offs: pl.DataFrame
    """`series`, `period` (Date), `value`, `usual` (Float64): months that were taken for one-offs
    and replaced by what is usual, for the fitting only."""
    budget_weight: float | None
    """How far the forecast went from the models' answer to the budget's; None without budget."""
    budget_learned: bool = False
    """Whether past years with budgets told that, or it is assumed."""


def explain_year_end(
    history: pl.DataFrame,
    through: date,
    budget: pl.DataFrame | None = None,
    *,
    first_month: int = 1,
) -> Explanation:
    """Say what lies behind `forecast_year_end` with the same arguments; the same errors."""
    panel = read_panel(history, through, first_month, budget)
    window, rows = panel.window, _combined(panel)
    if not len(rows):
        empty = {"series": pl.String, "member": pl.String, "remaining": pl.Float64}
        return Explanation(pl.DataFrame(schema=empty), _one_offs(panel, rows, through), None)
    part, few = window.rows(rows), len(window.y) < FEW
    told, weight, learned = members(part, likelihood=few), None, False
    if part.budget is not None and np.isfinite(part.plan(0)).any():
        following = learn(past_forecasts(part, likelihood=few))
        told["budget"], weight = answers(part, following.carried), following.weight
        learned = following.learned
    frames = [_member(panel, rows, name, points) for name, points in told.items()]
    found = pl.concat(frames).filter(pl.col("remaining").is_not_nan())
    return Explanation(
        found.sort("series", maintain_order=True), _one_offs(panel, rows, through), weight, learned
    )


def one_offs(history: pl.DataFrame, through: date, first_month: int = 1) -> pl.DataFrame:
    """`Explanation.one_offs` alone, which takes no model; the same errors."""
    panel = read_panel(history, through, first_month, None)
    return _one_offs(panel, _combined(panel), through)


def _combined(panel: Panel) -> np.ndarray:
    """The rows of the series that the combination forecasts."""
    if panel.window.horizon == 0:
        return np.zeros(0, dtype=np.intp)
    return np.flatnonzero(choose(panel.window) == "combination")


def _member(panel: Panel, rows: np.ndarray, name: str, points: Floats) -> pl.DataFrame:
    """One member's answers as the caller counts."""
    return pl.DataFrame(
        {
            "series": panel.names.gather(rows.tolist()),
            "member": pl.repeat(name, len(rows), eager=True),
            "remaining": points * panel.scale[rows],
        }
    )


def _one_offs(panel: Panel, rows: np.ndarray, through: date) -> pl.DataFrame:
    """The months that the fitting replaced."""
    y = panel.window.y[rows]
    cleaned = without_spikes(y, panel.window.k) if len(rows) else y
    # NaN is equal to nothing, itself included: only months that are known can have been replaced.
    row, column = np.nonzero((cleaned != y) & np.isfinite(y))
    last = through.year * YEAR + through.month - 1
    months = [last - (y.shape[1] - 1 - int(c)) for c in column]
    scale = panel.scale[rows][row]
    return pl.DataFrame(
        {
            "series": panel.names.gather(rows[row].tolist()),
            "period": pl.Series([date(m // YEAR, m % YEAR + 1, 1) for m in months], dtype=pl.Date),
            "value": y[row, column] * scale,
            "usual": cleaned[row, column] * scale,
        }
    )
