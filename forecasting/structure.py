"""Forecasts that add up: details made to sum to their part, and intervals of sums.

Parts (a unit's income, its costs) are forecast one by one and summed: over groups of unlike series
the sum of forecasts errs less than the forecast of the sum. Details of a part (its lines, accounts,
projects) are forecast too and then moved so that they sum to it, each by its share of their summed
variances: what is least sure gives way most (diagonal reconciliation). A detail that never had a
month of the other sign is moved to nothing at most, and the others take what it could not.

The interval of a row is the model's for the row's own months, moved to lie around the sum. Units
that rise and fall together, and income that follows costs, are in those months as they are; no
correlation needs to be assumed. It never reaches beyond nothing where the row's months never did.

Source: Wickramasuriya, Athanasopoulos & Hyndman, JASA 114 (2019), 804-819, with a diagonal
covariance and the part's own forecast kept.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

#: The central interval whose width stands for how unsure a detail is.
_LOW, _HIGH = "p10", "p90"


def limits(months: pl.DataFrame) -> pl.DataFrame:
    """On which side of nothing the months to come of a series stay.

    Args:
        months: columns `series` (String) and `value` (numeric), the months known or budgeted.

    Returns:
        `series`, and `at_least` and `at_most` (Boolean): true where the months left come to
        at least, or at most, 0, because no month was on the other side of it and one was on this.
    """
    least, most = pl.col("value").min(), pl.col("value").max()
    return months.group_by("series").agg(
        ((least >= 0) & (most > 0)).alias("at_least"), ((most <= 0) & (least < 0)).alias("at_most")
    )


def reconciled(
    parts: pl.DataFrame, details: pl.DataFrame, within: pl.DataFrame | None = None
) -> pl.DataFrame:
    """Move the details so that they sum to their parts.

    Args:
        parts: columns `series` (String) and `remaining` (Float64), as `forecast_year_end` gives.
        details: what `forecast_year_end` gave for the details, and `part` (String), the series of
            `parts` that each belongs to.
        within: what `limits` gave for the details; without it none has any.

    Returns:
        `details` with `moved` (Float64), what reconciliation added to `remaining`. Where no detail
        is unsure, each gives way by its share of the summed sizes, and where all are 0, alike. Of
        all moves that keep within the limits it is the least, squares divided by the variances;
        where none does (a part's limit is not its details'), the limits are left.
    """
    whole = parts.select(pl.col("series").alias("part"), pl.col("remaining").alias("whole"))
    frame = details.with_columns(
        ((pl.col(_HIGH) - pl.col(_LOW)) ** 2).alias("width"),
        pl.col("remaining").abs().alias("size"),
        pl.lit(0.0).alias("moved"),
        pl.lit(True).alias("free"),
    ).join(whole, on="part", how="left", maintain_order="left")
    if within is None:
        return frame.with_columns(_step()).select(*details.columns, "moved")
    frame = frame.join(within, on="series", how="left", maintain_order="left")
    # Each round moves those that are free as one, and stops at their limits those that would pass:
    # what they could not take is left to the next round, and goes the same way.
    while True:
        frame = frame.with_columns(_step())
        end = pl.col("remaining") + pl.col("moved")
        passed = (pl.col("at_least") & (end < 0)) | (pl.col("at_most") & (end > 0))
        frame = frame.with_columns(passed.fill_null(value=False).alias("passed"))
        if not frame["passed"].any():
            break
        frame = frame.with_columns(
            pl.when("passed").then(0.0 - pl.col("remaining")).otherwise("moved").alias("moved"),
            pl.col("free") & ~pl.col("passed"),
        )
    # Where all of a part's are at their limits, all give way again.
    stuck = ~pl.col("free").any().over("part")
    frame = frame.with_columns(stuck.alias("free"))
    frame = frame.with_columns(pl.when("free").then(_step()).otherwise("moved").alias("moved"))
    return frame.select(*details.columns, "moved")


def _step() -> pl.Expr:
    """`moved`, with what a part still lacks shared out to its details that are free."""
    share = pl.lit(0.0)
    free = pl.col("free")
    for weight in (pl.lit(1.0), pl.col("size"), pl.col("width")):
        mine = pl.when(free).then(weight).otherwise(0.0)
        total = mine.sum().over("part")
        share = pl.when(total > 0).then(mine / total).otherwise(share)
    left = pl.col("whole") - (pl.col("remaining") + pl.col("moved")).sum().over("part")
    return (pl.col("moved") + left * share).alias("moved")


def offsets(told: pl.DataFrame, within: pl.DataFrame, names: Sequence[str]) -> pl.DataFrame:
    """How far the quantiles of each series lie from its middle.

    Args:
        told: what `forecast_year_end` gave: `series`, `outcome`, `forecast` and the quantiles.
        within: what `limits` gave for the series.
        names: the quantiles in rising order, in mirrored pairs around the median.

    Returns:
        `series` and the quantiles, in the unit and type of `told`, below 0 under the middle. An
        end that lies at the series' limit was cut there, and is as far as its mirror image:
        so it can be moved, and cut again by `around`.
    """
    frame = told.join(within, on="series", how="left", maintain_order="left")
    middle = len(names) // 2
    columns = []
    for place, (name, mirror) in enumerate(zip(names, reversed(names), strict=True)):
        limit = "at_least" if place < middle else "at_most"
        cut = pl.col(limit).fill_null(value=False) & (pl.col(name) == pl.col("outcome"))
        aside = pl.col("forecast") - pl.col(mirror)
        columns.append(pl.when(cut).then(aside).otherwise(pl.col(name) - pl.col("forecast")))
    return frame.select("series", *(c.alias(n) for c, n in zip(columns, names, strict=True)))


def capped(
    own: pl.DataFrame, parts: pl.DataFrame, names: Sequence[str], fewest: int = 2
) -> pl.DataFrame:
    """The offsets of wholes, none wider than those of its parts together: no shocks go together
    more than wholly.

    Args:
        own: what `offsets` gave for the wholes.
        parts: the same of their parts, with the whole of each as `series`.
        names: the quantiles.
        fewest: a whole with fewer parts keeps its own: a part alone is the whole under another
            name, with the interval of another call.
    """
    sums = parts.group_by("series").agg(pl.col(names).sum().name.suffix("_sum"), pl.len())
    frame = own.join(sums, on="series", how="left", maintain_order="left")
    several = pl.col("len") >= fewest
    middle = len(names) // 2
    nearer = [
        (pl.max_horizontal if place < middle else pl.min_horizontal)(name, f"{name}_sum")
        for place, name in enumerate(names)
    ]
    return frame.select(
        "series",
        *(
            pl.when(several).then(e).otherwise(n).alias(n)
            for e, n in zip(nearer, names, strict=True)
        ),
    )


def around(
    rows: pl.DataFrame, spread: pl.DataFrame, within: pl.DataFrame, names: Sequence[str]
) -> pl.DataFrame:
    """The quantiles of the months left around what remains, none beyond the limits.

    Args:
        rows: `series` and `remaining`, and other columns, which stay.
        spread: `offsets` of the series; a series without any is certain.
        within: `limits` of the series.
        names: the quantiles.
    """
    frame = rows.join(spread, on="series", how="left", maintain_order="left").join(
        within, on="series", how="left", maintain_order="left"
    )
    middle, left = len(names) // 2, pl.col("remaining")
    ends = []
    for place, name in enumerate(names):
        end = left + pl.col(name).fill_null(0)
        if place < middle:
            end = pl.when("at_least").then(pl.max_horizontal(end, pl.lit(0))).otherwise(end)
            end = pl.min_horizontal(end, left)
        else:
            end = pl.when("at_most").then(pl.min_horizontal(end, pl.lit(0))).otherwise(end)
            end = pl.max_horizontal(end, left)
        ends.append(end.alias(name))
    return frame.select(*rows.columns, *ends)
