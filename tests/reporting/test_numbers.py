"""Numbers as people read them, against Babel's patterns of the two languages."""

from decimal import Decimal

import pytest
from babel.numbers import format_decimal
from hypothesis import given
from hypothesis import strategies as st

from ledger.money import INT64_MAX, INT64_MIN, rounded
from reporting import numbers

ORE = st.integers(INT64_MIN, INT64_MAX)


@pytest.mark.parametrize(
    ("ore", "scale", "sv", "en"),
    [
        (-2943096350, "kr", "−29 430 964", "−29,430,964"),
        (-2943096350, "tkr", "−29 431", "−29,431"),
        (-2943096350, "mnkr", "−29,4", "−29.4"),
        (50, "kr", "1", "1"),
        (-50, "kr", "−1", "−1"),
        (49, "kr", "0", "0"),
        (-49, "kr", "0", "0"),
        (0, "mnkr", "0,0", "0.0"),
        (None, "kr", "–", "–"),
    ],
)
def test_amounts(ore, scale, sv, en):
    """Half-up, away from zero at a tie; nothing that rounds to zero has a sign."""
    assert numbers.amount(ore, "sv", scale).replace(numbers.NO_BREAK, " ") == sv
    assert numbers.amount(ore, "en", scale) == en


def test_a_signed_amount_says_plus():
    """Where the sign is the message, both signs are written; zero has none."""
    assert [numbers.amount(ore, "en", signed=True) for ore in (700, 0, -700)] == ["+7", "0", "−7"]


@given(ORE)
def test_swedish_is_as_babel_has_it(ore):
    """The pattern of CLDR for sv; its hyphen is our minus."""
    value = rounded(ore, "kr")
    theirs = format_decimal(abs(value), locale="sv_SE")
    assert numbers.amount(ore, "sv") == (f"{numbers.MINUS}{theirs}" if value < 0 else theirs)


@pytest.mark.parametrize(
    ("value", "sv", "en"),
    [
        ("8.25", "+8,25 %", "+8.25%"),
        ("-8.25", "−8,25 %", "−8.25%"),
        (Decimal(0), "0 %", "0%"),
        ("1234.50", "+1 234,50 %", "+1,234.50%"),
        (None, "–", "–"),
    ],
)
def test_percentages(value, sv, en):
    """The decimals it came with, never rounded anew, and the sign that each language uses."""
    assert numbers.percent(value, "sv", signed=True).replace(numbers.NO_BREAK, " ") == sv
    assert numbers.percent(value, "en", signed=True) == en


def test_counts():
    """Whole numbers are grouped too."""
    assert numbers.count(12345, "sv") == "12\u00a0345"
    assert numbers.count(None, "sv") == numbers.UNKNOWN
