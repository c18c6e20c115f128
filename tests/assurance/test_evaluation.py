"""Bounds: their edges, how they hang together, and how often they hold."""

from decimal import Decimal
from fractions import Fraction
from math import comb
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assurance.distributions import binomial_tail
from assurance.evaluation import (
    cell_bound,
    cox_snell_bound,
    estimate,
    mean_bound,
    moment_bound,
    monetary_unit_bound,
    projected_misstatement,
    stringer_bound,
    taint,
    upper_deviation_limit,
)
from assurance.sampling import SamplingRefused, draw
from tests.assurance.vectors import rows

#: No distribution, no method, no kind.
OTHER: Any = "other"
LEVEL = st.sampled_from([Decimal("0.8"), Decimal("0.9"), Decimal("0.95"), Decimal("0.99")])
TAINTS = st.lists(st.integers(1, 100).map(lambda whole: Fraction(whole, 100)), max_size=8)


def test_a_poisson_limit_is_not_capped():
    """Three of three deviate: more than every item."""
    assert upper_deviation_limit(3, 3, "0.95", distribution="poisson") > 1
    assert upper_deviation_limit(3, 3, "0.95") == 1


def test_a_population_that_was_looked_at_whole_is_known():
    """n = N: the limit is what was found."""
    limit = upper_deviation_limit(2, 50, "0.99", distribution="hypergeometric", population=50)
    assert limit == 2 / 50


@given(n=st.integers(1, 300), share=st.integers(0, 99), confidence=LEVEL)
def test_a_binomial_limit_leaves_exactly_the_risk(n, share, confidence):
    """At the limit, as few deviations have a chance of 1 − confidence."""
    k = n * share // 100
    limit = upper_deviation_limit(k, n, confidence)
    assert float(binomial_tail(k, n, Fraction(limit))) == pytest.approx(
        1 - float(confidence), abs=1e-9
    )
    assert k / n < limit < upper_deviation_limit(k, n, confidence, distribution="poisson")


@given(taints=TAINTS, n=st.integers(8, 200), confidence=LEVEL)
def test_bounds_hang_together(taints, n, confidence):
    """Stringer lies above the likeliest, below the limit that takes every taint as full, and its
    Poisson form is the auditors' sum of three parts."""
    bound = stringer_bound(taints, n, confidence)
    assert float(projected_misstatement(taints, Fraction(1, n))) < bound
    assert bound <= upper_deviation_limit(len(taints), n, confidence) + 1e-12
    poisson = stringer_bound(taints, n, confidence, distribution="poisson")
    assert bound <= poisson
    parts = monetary_unit_bound(taints, Fraction(1, n), confidence)
    assert float(parts.upper) == pytest.approx(poisson, rel=1e-12)
    assert parts.upper == pytest.approx(parts.projected + parts.basic + parts.incremental)


@given(taints=TAINTS.filter(bool), n=st.integers(8, 200), confidence=LEVEL)
def test_order_and_items_without_error_say_nothing(taints, n, confidence):
    """Taints in any order, with or without the zeros between them."""
    spread = [each for pair in zip(taints[::-1], [0] * len(taints), strict=True) for each in pair]
    for bound in (stringer_bound, cell_bound, cox_snell_bound, moment_bound, mean_bound):
        assert bound(spread, n, confidence) == bound(taints, n, confidence)


def test_an_understatement_is_offset_only_when_asked():
    """Its mean is taken off."""
    plain = stringer_bound(["0.5", "-0.2"], 100, "0.95")
    assert plain == stringer_bound(["0.5"], 100, "0.95")
    offset = stringer_bound(["0.5", "-0.2"], 100, "0.95", offset=True)
    assert offset == pytest.approx(plain - 0.002)


def test_taints_are_exact():
    """(booked − audited) / booked, of öre or kronor."""
    assert taint(300, 200) == Fraction(1, 3)
    assert taint(Decimal("10.00"), Decimal("12.50")) == Fraction(-1, 4)
    with pytest.raises(SamplingRefused, match="zero"):
        taint(0, 10)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: upper_deviation_limit(4, 3, "0.95"),
        lambda: upper_deviation_limit(1, 3, "95"),
        lambda: upper_deviation_limit(1, 3, "0.95", distribution=OTHER),
        lambda: upper_deviation_limit(1, 3, "0.95", distribution="hypergeometric"),
        lambda: upper_deviation_limit(1, 9, "0.9", distribution="hypergeometric", population=8),
        lambda: stringer_bound([1, 1], 1, "0.95"),
        lambda: stringer_bound(["a"], 1, "0.95"),
        lambda: mean_bound([1], 60, "0.95", distribution="student"),
        lambda: mean_bound([1], 60, "0.95", distribution=OTHER),
        lambda: moment_bound([1], 60, "0.95", kind=OTHER),
        lambda: monetary_unit_bound([1], 100, "0.95", factors=[3]),
        lambda: projected_misstatement([1], 0),
        lambda: estimate([1], [1], 10, 10, "0.95"),
        lambda: estimate([1, 2], [1], 10, 10, "0.95"),
        lambda: estimate([1, 2], [1, 2], 10, 10, "0.95", method=OTHER),
        lambda: estimate([2, 2], [1, 2], 10, 20, "0.95", method="regression"),
    ],
)
def test_what_means_nothing_is_refused(wrong):
    """Named, with a remedy."""
    with pytest.raises(SamplingRefused) as raised:
        wrong()
    assert raised.value.remedy


def test_stringer_covers_a_known_error_at_least_as_often_as_it_says():
    """1 000 seeded monetary-unit samples of 60 from the made population, every ninth item of which
    is overstated by a tenth, a quarter, half or all of it."""
    chosen = rows("population_lcg1000")
    amounts = [int(row["amount_ore"]) for row in chosen]
    shares = [Fraction(1, 10), Fraction(1, 4), Fraction(1, 2), Fraction(1)]
    taints = [shares[i // 9 % 4] if i % 9 == 0 else Fraction(0) for i in range(1000)]
    error = sum(amount * share for amount, share in zip(amounts, taints, strict=True))
    rate = float(error / sum(amounts))
    frame = pl.DataFrame({"id": range(1000), "amount": amounts})
    covered = 0
    for seed in range(1000):
        drawn = draw(frame, "monetary_unit", size=60, seed=seed)
        hit = drawn.items.select("id", "hits").rows()
        found = [taints[row] for row, hits in hit for _ in range(hits)]
        covered += rate <= stringer_bound(found, 60, Decimal("0.9"))
    assert 0.03 < rate < 0.08
    assert covered >= 900


@pytest.mark.parametrize("distribution", ["binomial", "hypergeometric"])
def test_the_attribute_limit_holds_at_least_as_often_as_it_says(distribution):
    """Of 400 items 24 deviate. Over all samples of 50 the limit holds in 95 % or more, counted
    exactly; 1 000 seeded samples hold it as often, within three standard errors."""
    n, population, deviating = 50, 400, 24
    asked = {"distribution": distribution, "population": population}
    holds = {
        k: upper_deviation_limit(k, n, "0.95", **asked) >= deviating / population
        for k in range(deviating + 1)
    }
    ways = sum(comb(deviating, k) * comb(population - deviating, n - k) for k in holds if holds[k])
    share = ways / comb(population, n)
    assert share >= 0.95
    frame = pl.DataFrame({"id": range(population)})
    covered = 0
    for seed in range(1000):
        drawn = draw(frame, size=n, seed=seed).items["id"]
        covered += holds[int((drawn < deviating).sum())]
    assert abs(covered - 1000 * share) <= 3 * (1000 * share * (1 - share)) ** 0.5
