"""Numbers as people read them in Swedish and English tables.

Rounding is half-up, from öre, once, here. Swedish groups thousands with a no-break space and has
a decimal comma; both languages get a true minus (U+2212), so that a sign is never a hyphen.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from ledger.money import rounded
from reporting.catalogue import Language

Scale = Literal["kr", "tkr", "mnkr"]

MINUS = "\u2212"
NO_BREAK = "\u00a0"
UNKNOWN = "\u2013"

#: Decimals shown in each scale.
DECIMALS: dict[str, int] = {"kr": 0, "tkr": 0, "mnkr": 1}

_MARKS: dict[Language, tuple[str, str, str]] = {
    "sv": (NO_BREAK, ",", f"{NO_BREAK}%"),
    "en": (",", ".", "%"),
}


def shown(value: Decimal, lang: Language, *, signed: bool = False) -> str:
    """A decimal with its own number of decimals; ``signed`` writes the plus too."""
    thousands, point, _ = _MARKS[lang]
    whole, _, part = f"{abs(value):f}".partition(".")
    groups = f"{int(whole):,}".replace(",", thousands)
    sign = "" if value == 0 else MINUS if value < 0 else "+" if signed else ""
    return f"{sign}{groups}{point}{part}" if part else f"{sign}{groups}"


def amount(
    ore: int | None,
    lang: Language,
    scale: Scale = "kr",
    decimals: int | None = None,
    *,
    signed: bool = False,
) -> str:
    """An amount in öre, in kronor, thousands or millions.

    >>> amount(-2943096350, "sv").replace(NO_BREAK, " ")
    '−29 430 964'
    >>> amount(-2943096350, "en", "mnkr")
    '−29.4'
    """
    if ore is None:
        return UNKNOWN
    places = DECIMALS[scale] if decimals is None else decimals
    return shown(rounded(ore, scale, places), lang, signed=signed)


def percent(value: Decimal | str | None, lang: Language, *, signed: bool = False) -> str:
    """A percentage with the decimals it has: it was rounded once, from öre, and never again.

    >>> percent("8.25", "sv", signed=True).replace(NO_BREAK, " ")
    '+8,25 %'
    """
    if value is None:
        return UNKNOWN
    return shown(Decimal(value), lang, signed=signed) + _MARKS[lang][2]


def count(value: int | None, lang: Language, *, signed: bool = False) -> str:
    """A whole number of something.

    >>> count(12345, "en")
    '12,345'
    """
    return UNKNOWN if value is None else shown(Decimal(value), lang, signed=signed)


def hours(hundredths: int | None, lang: Language, *, signed: bool = False) -> str:
    """Hundredths of an hour, in whole hours.

    >>> hours(123450, "en")
    '1,235'
    """
    if hundredths is None:
        return UNKNOWN
    return shown(rounded(hundredths), lang, signed=signed)
