"""Money goes through every form and comes back to the öre."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger import money

ORE = st.integers(money.INT64_MIN, money.INT64_MAX)


@given(ORE)
def test_text_and_decimal_come_back(ore: int) -> None:
    text = money.to_text(ore)
    assert text is not None
    assert money.to_ore(text) == ore
    assert money.to_ore(money.to_decimal(ore)) == ore


@given(ORE, st.sampled_from([" ", "\u00a0", "\u202f"]), st.sampled_from(["-", "\u2212"]))
def test_swedish_writing_comes_back(ore: int, space: str, minus: str) -> None:
    whole, part = divmod(abs(ore), 100)
    text = f"{whole:,}".replace(",", space) + f",{part:02d}"
    assert money.to_ore((minus if ore < 0 else "") + text) == ore


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "empty"),
        ("1,2,3", "more than one decimal mark"),
        ("1.234,50", "more than one decimal mark"),
        ("tolv", "not a number"),
        ("12 34", "spaces that do not part thousands"),
        ("1,005", "more decimals than whole öre"),
        ("92233720368547758.08", "beyond 64 bits of öre"),
        ("1e5", "not a number"),
        ("NaN", "not a number"),
        ("--5", "not a number"),
        ("-+5", "not a number"),
        ("٣", "not a number"),
        ("1." + "0" * 60 + "1", "longer than any amount"),
    ],
)
def test_what_is_no_amount_says_why(text: str, why: str) -> None:
    with pytest.raises(money.NotMoney, match=why):
        money.to_ore(text)


def test_scales_are_exact_and_rounding_reports_its_remainder() -> None:
    assert money.to_ore("1,5", "tkr") == 150_000
    # 100.469332 mnkr = 10 046 933 200 öre exactly
    assert money.to_ore("100,469332", "mnkr") == 10_046_933_200
    # 2857.52268328 mnkr = 285 752 268 328 öre; a ninth decimal is a tenth of an öre
    assert money.round_to_ore("0.000000015", "mnkr") == (2, Decimal("-0.500000000"))
    with pytest.raises(money.NotMoney):
        money.to_ore("0.000000015", "mnkr")


def test_rounding_at_display_is_half_up_away_from_zero() -> None:
    assert money.rounded(150) == 2
    assert money.rounded(-150) == -2
    assert money.rounded(1_049_214_300, "mnkr", 1) == Decimal("10.5")


def test_percent_is_exact_where_doubles_are_not() -> None:
    # 1.005 % exactly: half-up gives 1.01, a double (1.00499…) gives 1.00
    assert money.percent(1005, 100_000) == "1.01"
    assert money.percent(-1005, 100_000) == "-1.01"
    assert money.percent(1, 0) is None
    assert money.percent(-1, 3_000_000) == "0.00"


@given(ORE, st.lists(st.integers(0, 10**6), min_size=1, max_size=12).filter(any))
def test_spread_sums_to_the_whole_and_strays_no_more_than_an_ore(ore, weights) -> None:
    parts = money.spread(ore, weights)
    assert sum(parts) == ore
    whole = sum(weights)
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part * whole - ore * weight) <= whole
