"""Exact sums and percentages of öre in Polars.

Polars sums Int64 into Int64 and wraps silently; here sums are Int128 until they are known to
fit in 64 bits, and refused by name where they do not. Nothing is ever a binary fraction.
"""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from ledger.errors import BeyondSixtyFourBits
from ledger.money import INT64_MAX, INT64_MIN

WIDE = pl.Int128


def total(amount: pl.Expr | str) -> pl.Expr:
    """The sum of öre, wide: Int128, 0 for no rows."""
    expression = pl.col(amount) if isinstance(amount, str) else amount
    return expression.cast(WIDE).sum()


def narrowed(frame: pl.DataFrame, columns: Iterable[str]) -> pl.DataFrame:
    """The frame with wide columns as Int64; raises `BeyondSixtyFourBits` where one does not fit."""
    names = list(columns)
    for name in names:
        least, most = frame[name].min(), frame[name].max()
        if (isinstance(least, int) and least < INT64_MIN) or (
            isinstance(most, int) and most > INT64_MAX
        ):
            raise BeyondSixtyFourBits(
                f"The sum {name} does not fit in 64 bits of öre.",
                "Look for an amount in the wrong unit of money.",
            )
    return frame.with_columns(pl.col(names).cast(pl.Int64)) if names else frame


def percent(part: pl.Expr, whole: pl.Expr) -> pl.Expr:
    """100·part/whole as text with two decimals, half-up; null where ``whole`` is 0 or unknown.

    The same text as `ledger.money.percent`, from integers alone.
    """
    wide, base = part.cast(WIDE), whole.cast(WIDE)
    size = base.abs()
    units = (wide.abs() * 20_000 + size) // (size * 2)
    negative = ((wide < 0) != (base < 0)) & (units > 0)
    text = pl.concat_str(
        pl.when(negative).then(pl.lit("-")).otherwise(pl.lit("")),
        (units // 100).cast(pl.String),
        pl.lit("."),
        (units % 100).cast(pl.String).str.zfill(2),
    )
    return pl.when(base != 0).then(text)
