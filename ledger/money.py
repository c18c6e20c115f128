"""Money: whole öre inside, ``Decimal`` at the edges, text in JSON.

Sign is result sign everywhere inside: income positive, cost negative. An amount is an ``int``
number of öre that fits in 64 bits; anything else is refused, never rounded silently.
Rounding happens once, at display, half-up (away from zero at a tie).
"""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal, Inexact, Overflow, localcontext

INT64_MAX = 2**63 - 1
INT64_MIN = -(2**63)

#: öre per unit of display
SCALES = {"öre": 1, "kr": 100, "tkr": 100_000, "mnkr": 100_000_000}

_SPACES = " \u00a0\u202f\u2007\u2009\t"
_MINUS = str.maketrans(dict.fromkeys("\u2212\u2013\u2012\ufe63\uff0d", "-"))
_NUMBER = re.compile(r"[0-9]+([.,][0-9]*)?|[.,][0-9]+")
_GROUPED = re.compile(r"[0-9]{1,3}( [0-9]{3})+([.,][0-9]*)?")


class NotMoney(ValueError):
    """The text is not an amount; the message says why in a few words."""


class BeyondRange(NotMoney):
    """The amount does not fit in 64 bits of öre."""


def fits(ore: int) -> bool:
    """True if the number of öre fits in a signed 64-bit integer."""
    return INT64_MIN <= ore <= INT64_MAX


def read_decimal(text: str) -> Decimal:
    """A ``Decimal`` from text as people and systems write it.

    Takes decimal comma or point, spaces or no-break spaces between groups of three digits, a
    leading (or trailing) minus in any of its code points. Raises `NotMoney` on anything else:
    two decimal marks, letters, an empty field, groups that are not of three.
    """
    bare = text.strip(_SPACES + "\r\n").translate(_MINUS)
    if not bare:
        raise NotMoney("empty")
    if bare.endswith("-") and not bare.startswith("-"):
        bare = "-" + bare[:-1].rstrip(_SPACES)
    sign = ""
    if bare[0] in "+-":
        sign, bare = bare[0], bare[1:].lstrip(_SPACES)
    for space in _SPACES:
        bare = bare.replace(space, " ")
    if " " in bare:
        if not _GROUPED.fullmatch(bare):
            raise NotMoney("spaces that do not part thousands")
        bare = bare.replace(" ", "")
    if bare.count(",") + bare.count(".") > 1:
        raise NotMoney("more than one decimal mark")
    if not _NUMBER.fullmatch(bare):
        raise NotMoney("not a number")
    return Decimal(sign + bare.replace(",", "."))


def to_ore(amount: Decimal | int | str, scale: str = "kr") -> int:
    """Whole öre from an amount in ``scale`` (öre, kr, tkr, mnkr), exactly.

    Raises `NotMoney` if the amount has a part smaller than an öre and `BeyondRange` if it does
    not fit in 64 bits. `round_to_ore` is the one that rounds, for files that say so.
    """
    exact = _in_ore(amount, scale)
    if exact != exact.to_integral_value():
        raise NotMoney("more decimals than whole öre")
    return _ranged(int(exact))


def round_to_ore(amount: Decimal | int | str, scale: str = "kr") -> tuple[int, Decimal]:
    """Öre rounded half-up, and the remainder in öre (exact − rounded) that rounding left out."""
    exact = _in_ore(amount, scale)
    rounded = int(exact.to_integral_value(ROUND_HALF_UP))
    return _ranged(rounded), exact - rounded


def _in_ore(amount: Decimal | int | str, scale: str) -> Decimal:
    if isinstance(amount, str) and len(amount) > 60:
        raise NotMoney("longer than any amount")
    value = read_decimal(amount) if isinstance(amount, str) else Decimal(amount)
    with localcontext() as context:
        context.prec = 60
        context.traps[Inexact] = True
        try:
            return value * SCALES[scale]
        except (Inexact, Overflow) as error:
            raise NotMoney("more digits than any amount") from error


def _ranged(ore: int) -> int:
    if not fits(ore):
        raise BeyondRange("beyond 64 bits of öre")
    return ore


def to_decimal(ore: int) -> Decimal:
    """Kronor with two decimals, exactly."""
    return Decimal(ore).scaleb(-2)


def to_text(ore: int | None) -> str | None:
    """Kronor as JSON text with two decimals and a point: ``-29430963.00``; None stays None."""
    if ore is None:
        return None
    sign, whole = ("-", -ore) if ore < 0 else ("", ore)
    return f"{sign}{whole // 100}.{whole % 100:02d}"


def rounded(ore: int, scale: str = "kr", decimals: int = 0) -> Decimal:
    """The amount in ``scale`` rounded half-up to ``decimals``: for display only."""
    with localcontext() as context:
        context.prec = 60
        value = Decimal(ore) / SCALES[scale]
        return value.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)


def percent(part: int, whole: int, decimals: int = 2) -> str | None:
    """100·part/whole as text rounded half-up, computed from öre; None where ``whole`` is 0.

    >>> percent(-100_00, 80_00)
    '-125.00'
    """
    if whole == 0:
        return None
    scaled = 100 * part * 10**decimals
    sign = -1 if (scaled < 0) != (whole < 0) else 1
    units = sign * ((2 * abs(scaled) + abs(whole)) // (2 * abs(whole)))
    return f"{Decimal(units).scaleb(-decimals):.{decimals}f}"


def proportion(amount: int, part: int, whole: int) -> int:
    """``amount`` · ``part`` / ``whole`` in whole öre, half-up; ``whole`` is above 0.

    >>> proportion(-100, 1, 3), proportion(-1, 1, 2)
    (-33, -1)
    """
    sign, product = (-1 if amount * part < 0 else 1), abs(amount * part)
    return sign * ((2 * product + whole) // (2 * whole))


def spread(total: int, weights: list[int]) -> list[int]:
    """``total`` öre over weights, exact to the öre: cumulative half-up rounding, so that the
    parts sum to the total and no part is more than one öre from its share.

    Raises `ValueError` if the weights sum to 0.
    """
    whole = sum(weights)
    if whole == 0:
        raise ValueError("weights sum to zero")
    parts, reached, cumulative = [], 0, 0
    for weight in weights:
        cumulative += weight
        target = (2 * total * cumulative + whole) // (2 * whole)
        parts.append(target - reached)
        reached = target
    return parts
