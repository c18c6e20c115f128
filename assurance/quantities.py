"""Rates and amounts as sampling takes them: exact numbers, and named refusals of what is none.

The tree of refusals (all exit with code 2, as the question is wrong and not the record)::

    UsageError
    ├── SamplingRefused      a rate, a count, a population or a method that means nothing
    └── NoSuchSize           no sample of any size gives what was asked for
"""

from __future__ import annotations

from decimal import Decimal, localcontext
from fractions import Fraction

from ledger.errors import UsageError

#: What a rate, a taint or an amount is given as; text such as "0.05" or "1/30" too.
Exact = Decimal | Fraction | int | str


class SamplingRefused(UsageError):
    """A rate, a count, a population or a method of sampling means nothing."""

    code = "sampling-refused"


class NoSuchSize(UsageError):
    """No sample of any size gives the assurance that was asked for."""

    code = "no-such-size"


def exact(value: Exact, name: str) -> Fraction:
    """The number as a fraction, exactly. ``name`` is what the refusal calls it.

    A binary fraction, which the types do not allow and a notebook gives nonetheless, is taken as
    it prints: 0.05 is a twentieth, not the nearest number that the machine holds. Raises
    `SamplingRefused` for text that is no number, and for infinity and what is no number.
    """
    if isinstance(value, bool):
        raise SamplingRefused(f"{name} is {value!r}.", "Give a number.")
    given = value if isinstance(value, Decimal | Fraction | int) else str(value)
    try:
        return Fraction(given)
    except (ValueError, OverflowError, ZeroDivisionError) as error:
        raise SamplingRefused(
            f"{name} is {str(value)!r}, which is no number.", 'Write it as "0.05" or "1/30".'
        ) from error


def rate(value: Exact, name: str, *, zero: bool = False, one: bool = False) -> Fraction:
    """A rate between 0 and 1, each end only where it is allowed. Raises `SamplingRefused`."""
    found = exact(value, name)
    if not 0 <= found <= 1 or (found == 0 and not zero) or (found == 1 and not one):
        raise SamplingRefused(
            f"{name} is {value}, beyond 0 and 1.", "A rate of five percent is written 0.05."
        )
    return found


def count(value: int, name: str, least: int = 0) -> int:
    """A whole number that is at least ``least``. Raises `SamplingRefused`."""
    found = exact(value, name)
    if found.denominator != 1 or found < least:
        raise SamplingRefused(f"{name} is {value}.", f"Give a whole number from {least}.")
    return int(found)


def decimal(value: Fraction) -> Decimal:
    """The fraction as a decimal: exactly where its digits end, else to 28 of them."""
    with localcontext() as context:
        context.prec = 28
        return Decimal(value.numerator) / value.denominator
