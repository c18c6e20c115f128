"""How far the whole's interval reaches: along the tree, level by level, from the parts up.

A unit's interval is never wider than those of its income and its costs together, an area's never
than its units', the whole's never than its divisions'. So it is the same in every table, and holds
together in those by unit, area and division. ::

    parts ──> units ──> areas ──> divisions ──> the whole        each capped by those before it
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from forecasting.structure import capped
from projections.dimensions import Dimensions
from projections.forecast_parts import Parts
from reporting.forecast_model import TOTAL, Asked, Model


def along_tree(
    model: Model, asked: Asked, unit: str | None, tree: str
) -> Mapping[str, pl.DataFrame]:
    """By level of the tree, and of the whole (`TOTAL`), how far each quantile lies from the
    middle: the columns of `Model.offsets`, each series a key of that level."""
    keys = _keys(model, asked, unit, tree)
    found: dict[str, pl.DataFrame] = {}
    below, before = "part", asked.bases
    for level in keys.columns[1:]:
        found[level] = _capped(model, asked.parts, before, keys, (below, level))
        below, before = level, found[level]
    return found


def _keys(model: Model, asked: Asked, unit: str | None, tree: str) -> pl.DataFrame:
    """By ``part``, its key at each level of the tree, the finest first: those levels whose keys
    are made of whole keys of the one before."""
    parts = asked.bases.select(
        pl.col("series").alias("part"), pl.col("series").str.replace(r"\|[^|]*$", "").alias("unit")
    )
    levels = Dimensions(model.book, model.last, ("unit",), unit=unit, tree=tree).levels
    keys = {
        level: parts.select(
            Dimensions(model.book, model.last, (level,), unit=unit, tree=tree).key(level)
        ).to_series()
        for level in sorted(levels)
    }
    found = parts.select("part")
    for level in sorted(keys, key=lambda name: (-keys[name].n_unique(), name)):
        finer = found.with_columns(keys[level].alias(level))
        if finer.group_by(found.columns[-1]).agg(pl.col(level).n_unique() > 1)[level].any():
            continue
        found = finer
    return found.with_columns(pl.lit(TOTAL).alias(TOTAL))


def _capped(
    model: Model, parts: Parts, before: pl.DataFrame, keys: pl.DataFrame, step: tuple[str, str]
) -> pl.DataFrame:
    """The offsets of the parts summed by the keys of a level, capped by those of the level below,
    which are ``before``."""
    below, level = step
    by_part = keys.select("part", pl.col(level).alias("key"))
    summed = Parts(*(f.join(by_part, on="part") for f in (parts.outcome, parts.budget)))
    above = keys.select(pl.col(below).alias("series"), pl.col(level).alias("key")).unique()
    finer = before.join(above, on="series").drop("series").rename({"key": "series"})
    # An area alone in its division is the division: their intervals are one.
    fewest = 2 if below == "part" else 1
    return capped(model.offsets(summed, "key"), finer, model.quantiles, fewest)
