"""Benford's law: how often leading digits are expected, and how far from it a set of amounts is.

The digits are those of the whole number of öre, never of a logarithm: 0.29 kr begins with 2 and 9
however a machine holds it. Frequencies, distances and tails are decimals of sixty digits.

| measure | source |
|---|---|
| expected frequencies | Newcomb (1881); Benford (1938) |
| chi-square, Kolmogorov–Smirnov (1.36/√n at 95 %), mean absolute deviation | Nigrini (2012) |
| bounds of the mean absolute deviation | Nigrini (2012), *Benford's Law*, table 7.1 |
| mantissa arc | Alexander (2009), *Remarks on the use of Benford's Law*; Nigrini (2012) |

The mantissa arc alone is a statistic of logarithms in the machine's own numbers, rounded to nine
decimals: people read it, and no finding hangs on it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Context, Decimal, localcontext
from fractions import Fraction
from functools import cache
from typing import Literal, get_args

import polars as pl

from assurance.distributions import DIGITS, poisson_tail
from ledger.errors import UsageError

__all__ = [
    "MAD_BOUNDS",
    "TESTS",
    "Arc",
    "Conformity",
    "conformity",
    "counts",
    "digits",
    "expected",
    "leading",
    "mantissa_arc",
]

Test = Literal["first", "second", "first_two"]
TESTS: tuple[Test, ...] = get_args(Test)
Verdict = Literal["close", "acceptable", "marginal", "nonconforming"]
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)

_DIGITS: Mapping[str, range] = {
    "first": range(1, 10),
    "second": range(10),
    "first_two": range(10, 100),
}
#: Up to which mean absolute deviation a test's digits conform closely, acceptably, marginally.
MAD_BOUNDS: Mapping[str, tuple[Decimal, Decimal, Decimal]] = {
    "first": (Decimal("0.006"), Decimal("0.012"), Decimal("0.015")),
    "second": (Decimal("0.008"), Decimal("0.010"), Decimal("0.012")),
    "first_two": (Decimal("0.0012"), Decimal("0.0018"), Decimal("0.0022")),
}
#: Where a chi-square is so far out that its tail has no digit left.
_FAR = 2000


def digits(test: Test) -> range:
    """The digits that a test tells apart."""
    if test not in _DIGITS:
        raise UsageError(f"There is no test {test!r}.", f"Known: {', '.join(TESTS)}.")
    return _DIGITS[test]


@cache
def expected(test: Test) -> tuple[Decimal, ...]:
    """The share of each digit by the law, in the order of `digits`; they sum to 1."""
    with localcontext(Context(prec=DIGITS)):
        two = {d: (1 + Decimal(1) / d).log10() for d in _DIGITS["first_two"]}
        if test == "first_two":
            return tuple(two.values())
        if test == "first":
            return tuple((1 + Decimal(1) / d).log10() for d in digits(test))
        return tuple(
            sum((share for pair, share in two.items() if pair % 10 == d), Decimal(0))
            for d in digits(test)
        )


@dataclass(frozen=True, slots=True)
class Conformity:
    """How counts of digits lie to the law.

    ``chi_square`` with its ``freedom`` and ``p`` (0 where it is below 10⁻⁴⁰); ``mad`` the mean
    absolute deviation of the shares, with Nigrini's ``verdict``; ``ks`` the largest distance of
    the cumulated shares, critical at 95 % from ``ks_critical`` on.
    """

    test: Test
    n: int
    counts: tuple[int, ...]
    chi_square: Decimal
    freedom: int
    p: Decimal
    mad: Decimal
    verdict: Verdict
    ks: Decimal
    ks_critical: Decimal

    def z(self, place: int) -> Decimal:
        """How many standard errors the digit at that place is too frequent (below 0: too rare),
        less the correction for continuity (Nigrini 2012, 7.1)."""
        with localcontext(Context(prec=DIGITS)):
            share = expected(self.test)[place]
            off = Decimal(self.counts[place]) / self.n - share
            corrected = max(abs(off) - 1 / (2 * Decimal(self.n)), Decimal(0))
            return (corrected / (share * (1 - share) / self.n).sqrt()).copy_sign(off)


def conformity(test: Test, counted: Sequence[int]) -> Conformity:
    """The measures of counts in the order of `digits`. Raises `UsageError` for counts that are
    none, or not as many as the test has digits."""
    shares = expected(test)
    n = sum(counted)
    if len(counted) != len(shares) or n < 1 or min(counted) < 0:
        raise UsageError(
            f"{len(counted)} counts of {n} are none of {test}.",
            f"Give {len(shares)} counts from 0, and at least one amount.",
        )
    with localcontext(Context(prec=DIGITS)):
        found = [Decimal(count) / n for count in counted]
        off = [share - law for share, law in zip(found, shares, strict=True)]
        square = n * sum((d * d / law for d, law in zip(off, shares, strict=True)), Decimal(0))
        mad = sum(map(abs, off), Decimal(0)) / len(off)
        reached, far = Decimal(0), Decimal(0)
        for distance in off:
            reached += distance
            far = max(far, abs(reached))
        critical = Decimal("1.36") / Decimal(n).sqrt()
    within = [bound for bound in MAD_BOUNDS[test] if mad > bound]
    freedom = len(shares) - 1
    return Conformity(
        test,
        n,
        tuple(counted),
        square,
        freedom,
        _tail(square, freedom),
        mad,
        VERDICTS[len(within)],
        far,
        critical,
    )


def _tail(square: Decimal, freedom: int) -> Decimal:
    """The chance of a chi-square as large, or larger."""
    if square > _FAR + 20 * freedom:
        return Decimal(0)
    half, least = Fraction(square) / 2, Decimal(1).scaleb(-40)
    found = poisson_tail(Fraction(freedom, 2) - 1, half)
    return found if found > least else Decimal(0)


# --------------------------------------------------------------------------- from amounts in öre


def leading(test: Test, amount: str = "amount") -> pl.Expr:
    """The digits of a column of öre (Int64), as Int32; null for an amount of 0. An amount of a
    single öre digit has 0 for its second."""
    size = pl.col(amount).abs()
    text = size.cast(pl.String).str.pad_end(2, "0")
    first, length = {"first": (0, 1), "second": (1, 1), "first_two": (0, 2)}[test]
    return pl.when(size > 0).then(text.str.slice(first, length).cast(pl.Int32))


def counts(test: Test, amounts: pl.Series) -> tuple[int, ...]:
    """How many of the amounts (öre) have each digit, in the order of `digits`."""
    found = pl.DataFrame({"amount": amounts}).select(leading(test).alias("digit"))
    many = dict(found["digit"].drop_nulls().value_counts().rows())
    return tuple(many.get(digit, 0) for digit in digits(test))


@dataclass(frozen=True, slots=True)
class Arc:
    """The mean of the points that the amounts' mantissas are on a circle, how far it is from the
    middle (squared, 0 where they are spread as the law says), and the chance of that: e^(−n·l2)."""

    n: int
    x: Decimal
    y: Decimal
    l2: Decimal
    p: Decimal


def mantissa_arc(amounts: pl.Series) -> Arc:
    """The mantissa arc of amounts in öre, those of 0 left out. Raises `UsageError` for none."""
    frame = pl.DataFrame({"amount": amounts}).filter(pl.col("amount") != 0)
    if frame.is_empty():
        raise UsageError("There is no amount.", "Give at least one that is not 0.")
    angle = pl.col("amount").abs().log10() * math.tau
    x, y = (
        Decimal(str(round(value, 9)))
        for value in frame.select(angle.cos().mean().alias("x"), angle.sin().mean()).row(0)
    )
    with localcontext(Context(prec=28)):
        l2 = x * x + y * y
        return Arc(frame.height, x, y, l2, (-frame.height * l2).exp())
