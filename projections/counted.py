"""What a table counts: the events behind each of its figures, by the keys of its rows.

Every noun has one function that says so (`Counted`). Its table sums the amounts, a trace lists
them, a diff compares them between two times: three readings of one selection, so that a figure
and the events behind it cannot part.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add

import polars as pl

from projections.amounts import WIDE, total

#: Figures that are sums of others, by name: which, and with which sign.
Formulas = Mapping[str, Mapping[str, int]]


@dataclass(frozen=True)
class Counted:
    """The facts that a table sums.

    ``facts`` holds, by measure, a frame with one row an event (or, where only sums are asked for,
    a row for all that count alike, without position): ``position`` (its place in the log), the
    columns of ``keys`` (String: the row of the table in which it counts), ``amount`` (öre, in the
    table's sign), and what else the table needs. A measure that the table does not know is not
    there. Those in ``unshared`` have a total, and no share in the rows.
    """

    keys: tuple[str, ...]
    facts: Mapping[str, pl.LazyFrame]
    unshared: frozenset[str] = frozenset()

    def sums(self, *flags: str) -> pl.LazyFrame:
        """The sums of the table: a row a key and measure with any facts, ``measure`` (String),
        the keys, ``amount`` (wide öre), and of each of the ``flags`` (Boolean columns of the
        facts) whether any fact has it."""
        kept = [total("amount").alias("amount"), *(pl.col(flag).any() for flag in flags)]
        return pl.concat(
            [
                part.group_by(self.keys).agg(kept).with_columns(measure=pl.lit(name))
                for name, part in self.facts.items()
            ]
        )

    def behind(self, measure: str, formulas: Formulas) -> pl.LazyFrame | None:
        """The facts behind a figure: ``measure`` (the sum that each is part of), ``position``,
        the keys, ``amount`` (wide öre, with the formula's sign); None where a part is unknown."""
        signs = formulas.get(measure, {measure: 1})
        if not signs.keys() <= self.facts.keys():
            return None
        return pl.concat(
            [
                self.facts[name].select(
                    pl.lit(name).alias("measure"),
                    "position",
                    *self.keys,
                    pl.col("amount").cast(WIDE) * sign,
                )
                for name, sign in signs.items()
            ]
        )


def in_rows(by_line: pl.LazyFrame, rows: Sequence[tuple[str | None, str, int]]) -> pl.LazyFrame:
    """Facts by line as those of the rows of a statement, each row given as its name, a line that it
    counts, and with which sign: ``position``, ``line`` (the row), ``part`` (the line), ``amount``
    (wide öre)."""
    schema = {"row": pl.String, "line": pl.String, "sign": pl.Int64}
    places = pl.LazyFrame(list(rows), schema=schema, orient="row")
    signed = pl.col("amount").cast(WIDE) * pl.col("sign")
    return (
        by_line.select("position", "line", "amount")
        .join(places, on="line", how="inner")
        .select("position", pl.col("row").alias("line"), pl.col("line").alias("part"), signed)
    )


def derived(formulas: Formulas) -> list[pl.Expr]:
    """The columns of formulas from those of their parts; null where a part is unknown."""
    return [
        reduce(add, (pl.col(name) * sign for name, sign in signs.items())).alias(figure)
        for figure, signs in formulas.items()
    ]
