"""Sizes of samples: ties, traps, edges, and the smallest n against a search of every n."""

from decimal import Decimal
from fractions import Fraction
from math import ceil, comb
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from assurance.sampling import (
    NoSuchSize,
    SamplingRefused,
    allowed_risk,
    attribute_sample_size,
    confidence_factor,
    monetary_unit_sample_size,
)
from ledger.errors import UsageError

PERCENT = st.integers(1, 99).map(lambda whole: Fraction(whole, 100))


def binomial(k: int, n: int, p: Fraction) -> Fraction:
    """P(X ≤ k) by the definition."""
    return sum((comb(n, i) * p**i * (1 - p) ** (n - i) for i in range(k + 1)), Fraction(0))


def hypergeometric(k: int, n: int, marked: int, population: int) -> Fraction:
    """P(X ≤ k) by the definition."""
    ways = sum(comb(marked, i) * comb(population - marked, n - i) for i in range(min(k, n) + 1))
    return Fraction(ways, comb(population, n))


def test_what_a_size_says():
    """n, k, and the inequality that decides."""
    size = attribute_sample_size(Decimal("0.95"), Decimal("0.04"), Decimal("0.0025"))
    assert (size.n, size.k) == (117, 1)
    assert size.reason == "P(X ≤ 1 | n = 117, binomial, rate = 0.04) ≤ 0.05"


@pytest.mark.parametrize(
    ("tolerable", "expected", "n", "k"),
    [("0.05", "0.035", 400, 14), ("0.08", "0.07", 1300, 91)],
)
def test_deviations_are_counted_without_binary_fractions(tolerable, expected, n, k):
    """In double precision 0.035 · 400 is a little more than 14, 15 would be tolerated, and n
    becomes 423, and 1313 for 0.07 · 1300 (as jfa 0.7.3 gives)."""
    size = attribute_sample_size("0.90", tolerable, expected)
    assert (size.n, size.k) == (n, k)
    assert binomial(k, n, Fraction(tolerable)) <= Fraction(1, 10)


def test_a_tie_is_enough():
    """N = 100 with one deviating item, 90 %: P = 0.1 exactly at n = 90."""
    size = attribute_sample_size("0.90", "0.01", distribution="hypergeometric", population=100)
    assert size.n == 90
    # 0.1 ≤ 0.1: a single item that deviates with certainty but for one time in ten.
    assert attribute_sample_size("0.9", "0.9").n == 1


def test_sufficiency_is_not_monotone():
    """n is the smallest that suffices, though a larger one does not."""
    size = attribute_sample_size("0.95", "0.05", "0.01")
    assert size.n == 93
    assert size.k == 1
    assert binomial(1, 93, Fraction("0.05")) <= Fraction("0.05")
    assert binomial(2, 101, Fraction("0.05")) > Fraction("0.05")


def test_poisson_keeps_deviations_unrounded():
    """k = expected · n as a decimal."""
    size = attribute_sample_size("0.80", "0.30", "0.12", distribution="poisson")
    assert (size.n, size.k) == (12, Decimal("1.44"))


@pytest.mark.parametrize(
    "asked",
    [
        {"tolerable_rate": "0.05", "expected_rate": "0.05"},
        {"tolerable_rate": "0.05", "expected_rate": "0.06", "distribution": "poisson"},
        {"tolerable_rate": "0.01", "population": 100},
        {
            "tolerable_rate": "0.06",
            "expected_rate": "0.0525",
            "distribution": "hypergeometric",
            "population": 100,
        },
        {"tolerable_rate": "0.0000001"},
    ],
)
def test_no_such_size_is_a_named_error(asked):
    """At or above the tolerable rate, beyond the population, beyond a million."""
    with pytest.raises(NoSuchSize) as raised:
        attribute_sample_size("0.95", **asked)
    assert (raised.value.code, raised.value.exit_code) == ("no-such-size", 2)
    assert isinstance(raised.value, UsageError)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"confidence": "95"}, "beyond 0 and 1"),
        ({"confidence": 1}, "beyond 0 and 1"),
        ({"confidence": "0,95"}, "no number"),
        ({"confidence": Decimal("NaN")}, "no number"),
        ({"tolerable_rate": 0}, "beyond 0 and 1"),
        ({"expected_rate": "-0.01"}, "beyond 0 and 1"),
        ({"expected_rate": "0.01", "expected_deviations": 1}, "Both"),
        ({"expected_deviations": -1}, "expected deviations is -1"),
        ({"distribution": "normal"}, "no distribution 'normal'"),
        ({"distribution": "hypergeometric"}, "none is given"),
        ({"population": 0}, "population is 0"),
        ({"tolerable_rate": True}, "True"),
    ],
)
def test_what_means_nothing_is_refused(asked, said):
    """Each with its words and a remedy."""
    with pytest.raises(SamplingRefused, match=said) as raised:
        attribute_sample_size(**{"confidence": "0.95", "tolerable_rate": "0.05"} | asked)
    assert raised.value.remedy


def test_rates_are_taken_as_they_print():
    """A notebook's binary fraction is the decimal that it shows."""
    exact = attribute_sample_size(Decimal("0.95"), Decimal("0.04"), Fraction(1, 400))
    assert attribute_sample_size("0.95", "1/25", "1/400").n == exact.n
    shown: list[Any] = [0.95, 0.04, 0.0025]
    assert attribute_sample_size(*shown) == exact


@given(
    confidence=PERCENT,
    tolerable=PERCENT,
    expected=st.integers(0, 30).map(lambda whole: Fraction(whole, 100)),
)
def test_the_smallest_of_all_binomial(confidence, tolerable, expected):
    """Against every n, by the definition in fractions."""
    assume(tolerable >= expected + Fraction(8, 100))
    risk = 1 - confidence
    found = attribute_sample_size(confidence, tolerable, expected, population=400)
    for n in range(1, found.n + 1):
        enough = binomial(ceil(expected * n), n, tolerable) <= risk
        assert enough == (n == found.n)


@given(
    confidence=PERCENT,
    tolerable=PERCENT,
    expected=st.integers(0, 60).map(lambda whole: Fraction(whole, 200)),
    population=st.integers(1, 120),
)
def test_the_smallest_of_all_hypergeometric(confidence, tolerable, expected, population):
    """Against every n of the population, by the definition in fractions."""
    marked = ceil(tolerable * population)
    enough = [
        n
        for n in range(1, population + 1)
        if hypergeometric(ceil(expected * n), n, marked, population) <= 1 - confidence
    ]
    asked = {"distribution": "hypergeometric", "population": population}
    if not enough:
        with pytest.raises(NoSuchSize):
            attribute_sample_size(confidence, tolerable, expected, **asked)
    else:
        assert attribute_sample_size(confidence, tolerable, expected, **asked).n == enough[0]


def test_a_population_may_deviate_more_than_the_tolerable_rate():
    """0.5 % of 100 is one item, 1 %: if it is in none of 95, the rate is 0."""
    asked: dict[str, Any] = {"distribution": "hypergeometric", "population": 100}
    size = attribute_sample_size("0.95", "0.005", 0, **asked)
    assert (size.n, size.k) == (95, 0)
    # 1.01 % of 1 000 is eleven items, 1.1 %: above the 1.02 % that is expected.
    asked["population"] = 1000
    size = attribute_sample_size("0.75", "0.0101", "0.0102", **asked)
    assert hypergeometric(int(size.k), size.n, 11, 1000) <= Fraction(1, 4)
    with pytest.raises(NoSuchSize):
        attribute_sample_size("0.75", "0.0101", "0.0102")


def test_monetary_units_with_their_interval():
    """The factor rounded up, the interval it gives, and what may be wrong."""
    size = monetary_unit_sample_size("0.95", 202_963, 5_074, 2_537_041)
    assert (size.n, size.factor) == (40, Decimal("3.15"))
    assert size.interval == Fraction(2_537_041, 40)
    assert float(size.k) == pytest.approx(3.15 * 5_074 / 202_963)


@pytest.mark.parametrize("expected", [100, 150, Decimal("99.99")])
def test_no_monetary_unit_size(expected):
    """Expected at, above or too near the tolerable."""
    with pytest.raises(NoSuchSize):
        monetary_unit_sample_size("0.95", 100, expected, 10_000)


@pytest.mark.parametrize("amounts", [(0, 0, 1), (1, -1, 1), (1, 0, 0), (-5, 0, 10)])
def test_amounts_that_mean_nothing(amounts):
    """Not positive, or an expected one below zero."""
    with pytest.raises(SamplingRefused):
        monetary_unit_sample_size("0.95", *amounts)


def test_factors_and_risks_at_their_edges():
    """−ln 0.05 to thirty digits (OEIS A016607 is ln 20), and risks beyond 1 refused."""
    assert str(confidence_factor("0.95"))[:31] == "2.99573227355399099343522357614"
    with pytest.raises(SamplingRefused):
        allowed_risk("0.05", "1.1", 1, 1)
