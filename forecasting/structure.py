"""Forecasts that add up: details made to sum to their part, and intervals of sums.

Parts (a unit's income, its costs) are forecast one by one and summed: over groups of unlike series
the sum of forecasts errs less than the forecast of the sum. Details of a part (its lines, accounts,
projects) are forecast too and then moved so that they sum to it, each by its share of their summed
variances: what is least sure gives way most (diagonal reconciliation).

The interval of a row is the model's for the row's own months, moved to lie around the sum. Units
that rise and fall together, and income that follows costs, are in those months as they are; no
correlation needs to be assumed.

Source: Wickramasuriya, Athanasopoulos & Hyndman, JASA 114 (2019), 804-819, with a diagonal
covariance and the part's own forecast kept.
"""

from __future__ import annotations

import polars as pl

#: The central interval whose width stands for how unsure a detail is.
_LOW, _HIGH = "p10", "p90"


def reconciled(parts: pl.DataFrame, details: pl.DataFrame) -> pl.DataFrame:
    """Move the details so that they sum to their parts.

    Args:
        parts: columns `series` (String) and `remaining` (Float64), as `forecast_year_end` gives.
        details: what `forecast_year_end` gave for the details, and `part` (String), the series of
            `parts` that each belongs to.

    Returns:
        `details` with `moved` (Float64), what reconciliation added to `remaining`. Where no detail
        is unsure, each gives way by its share of the summed sizes, and where all are 0, alike.
    """
    width = ((pl.col(_HIGH) - pl.col(_LOW)) ** 2).alias("width")
    size = pl.col("remaining").abs().alias("size")
    whole = parts.select(pl.col("series").alias("part"), pl.col("remaining").alias("whole"))
    frame = details.with_columns(width, size).join(whole, on="part", how="left")
    over = {name: pl.col(name).sum().over("part") for name in ("width", "size", "remaining")}
    share = (
        pl.when(over["width"] > 0)
        .then(pl.col("width") / over["width"])
        .when(over["size"] > 0)
        .then(pl.col("size") / over["size"])
        .otherwise(1 / pl.len().over("part"))
    )
    moved = (pl.col("whole") - over["remaining"]) * share
    return frame.with_columns(moved.alias("moved")).drop("width", "size", "whole")
