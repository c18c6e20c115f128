"""How many to look at: sizes of samples, planned by risk, decided in exact numbers.

Attribute sampling asks how often something went wrong; monetary-unit sampling by how much.
What is then drawn, and how, is `draw` (from `assurance.draws`); what the sample says when it has
been looked at is `assurance.evaluation`.

Sources: AICPA Audit Guide *Audit Sampling* (2017), appendices A and C; Touw & Hoogduin (2011),
*Statistiek voor audit en controlling*; Stewart (2012), *Technical Notes on the AICPA Audit Guide
Audit Sampling*; PCAOB AS 2315, appendix.

Sufficiency is not monotone in n: where a deviation more is tolerated from n = 100, 99 may suffice
and 100 not. The smallest n is found without supposing it: in a range of sizes, no tail is smaller
than that of the fewest deviations and the most items, so a range for which that one is above the
risk is left at once, and any other is halved.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from assurance.distributions import (
    binomial_within,
    gamma_quantile,
    hypergeometric_within,
    poisson_within,
)
from assurance.draws import Draw, draw, ticket
from assurance.quantities import (
    Exact,
    NoSuchSize,
    SamplingRefused,
    count,
    decimal,
    exact,
    rate,
)

__all__ = [
    "Distribution",
    "Draw",
    "MonetaryUnitSize",
    "NoSuchSize",
    "SampleSize",
    "SamplingRefused",
    "allowed_risk",
    "attribute_sample_size",
    "confidence_factor",
    "draw",
    "monetary_unit_sample_size",
    "ticket",
]

Distribution = Literal["binomial", "poisson", "hypergeometric"]

#: Who needs a larger sample than this needs no sample.
LARGEST = 1_000_000


@dataclass(frozen=True, slots=True)
class SampleSize:
    """How many items to look at, how many may deviate, and why.

    ``n`` items suffice if at most ``k`` of them deviate. ``k`` is a whole number, but for the
    Poisson distribution, where expected deviations are not rounded. ``reason`` is the inequality
    that decides, in symbols.
    """

    n: int
    k: int | Decimal
    reason: str


@dataclass(frozen=True, slots=True)
class MonetaryUnitSize(SampleSize):
    """The size of a monetary-unit sample: ``factor`` is the confidence factor rounded up to two
    decimals, as tables print it, and ``interval`` the book value behind each of the ``n`` units
    (in the unit of the book value)."""

    factor: Decimal
    interval: Fraction


def attribute_sample_size(
    confidence: Exact,
    tolerable_rate: Exact,
    expected_rate: Exact = 0,
    *,
    expected_deviations: int | None = None,
    distribution: Distribution = "binomial",
    population: int | None = None,
) -> SampleSize:
    """The smallest n for which at most k deviations have a chance of at most 1 − ``confidence``
    if the population's rate is the tolerable one.

    Rates are given exactly (`Decimal`, `Fraction`, text). k is ⌈expected_rate · n⌉, or
    ``expected_deviations`` whatever n; for Poisson expected_rate · n, not rounded. In a
    ``population`` of N, which the hypergeometric distribution needs, ⌈tolerable_rate · N⌉ deviate;
    with any distribution no sample is larger than it.

    Raises `NoSuchSize` where no n suffices (the expected rate is not below the tolerable one, the
    population is too small), or only one beyond a million; `SamplingRefused` for rates
    and counts that mean nothing.
    """
    risk = 1 - rate(confidence, "the confidence")
    tolerable = rate(tolerable_rate, "the tolerable rate", one=True)
    expected = rate(expected_rate, "the expected rate", zero=True, one=True)
    fixed = None
    if expected_deviations is not None:
        if expected:
            raise SamplingRefused(
                "Both an expected rate and expected deviations are given.", "Give one of them."
            )
        fixed = count(expected_deviations, "the expected deviations")
    size = None if population is None else count(population, "the population", 1)
    bound = LARGEST if size is None else min(size, LARGEST)
    within = _decision(distribution, tolerable, risk, size)

    def allowed(n: int) -> Fraction:
        if fixed is not None:
            return Fraction(fixed)
        at_most = expected * n
        return at_most if distribution == "poisson" else Fraction(-(-at_most // 1))

    remedy = "Raise the tolerable rate, lower the confidence, or look at the whole population."
    endless = distribution != "hypergeometric" and fixed is None and expected >= tolerable
    if endless and risk < Fraction(1, 2):
        # The allowed deviations are at or above the median: no risk below a half is ever reached.
        # (In a population ⌈tolerable · N⌉ / N may lie above the expected rate: there we look.)
        raise NoSuchSize(
            f"The expected rate {expected_rate} is not below the tolerable one, {tolerable_rate}: "
            "however large, no sample tells them apart.",
            remedy,
        )
    n = _smallest(lambda low, high: within(allowed(low), high), bound)
    if n is None:
        raise NoSuchSize(
            f"No sample of up to {bound} items gives confidence {confidence} that the rate is "
            f"below {tolerable_rate} ({distribution}).",
            remedy,
        )
    k = allowed(n)
    shown = decimal(k) if distribution == "poisson" else int(k)
    given = f"n = {n}, {distribution}, rate = {tolerable_rate}"
    if size is not None:
        given += f", N = {size}"
    reason = f"P(X ≤ {shown} | {given}) ≤ {decimal(risk)}"
    return SampleSize(n, shown, reason)


def _decision(
    distribution: str, tolerable: Fraction, risk: Fraction, population: int | None
) -> Callable[[Fraction, int], bool]:
    """Whether at most k of n has a chance of at most the risk, as a function of k and n."""
    if distribution == "binomial":
        return lambda k, n: binomial_within(int(k), n, tolerable, risk)
    if distribution == "poisson":
        return lambda k, n: poisson_within(k, n * tolerable, risk)
    if distribution != "hypergeometric":
        raise SamplingRefused(
            f"There is no distribution {distribution!r}.",
            "Known: binomial, poisson, hypergeometric.",
        )
    if population is None:
        raise SamplingRefused(
            "The hypergeometric distribution is that of a population, and none is given.",
            "Give the number of items in it.",
        )
    marked = -(-(tolerable * population) // 1)
    return lambda k, n: hypergeometric_within(int(k), n, marked, population, risk)


def _smallest(enough: Callable[[int, int], bool], bound: int) -> int | None:
    """The smallest n up to ``bound`` for which ``enough(n, n)``, or None.

    ``enough(low, high)`` takes the deviations of ``low`` and the items of ``high``: where that is
    not enough, no n between them is.
    """
    low, high = 1, 1
    while low <= bound:
        found = _within_range(enough, low, min(high, bound))
        if found is not None:
            return found
        low, high = high + 1, 2 * high + 1
    return None


def _within_range(enough: Callable[[int, int], bool], low: int, high: int) -> int | None:
    waiting = [(low, high)]
    while waiting:
        low, high = waiting.pop()
        if not enough(low, high):
            continue
        if low == high:
            return low
        middle = (low + high) // 2
        waiting += [(middle + 1, high), (low, middle)]
    return None


def confidence_factor(confidence: Exact, deviations: int = 0) -> Decimal:
    """The monetary-unit factor of that many full misstatements: the quantile of the gamma
    distribution with shape deviations + 1, to thirty digits. Printed tables round it up to two
    decimals (AICPA 2017, table C-2)."""
    shape = Fraction(count(deviations, "the deviations") + 1)
    return gamma_quantile(rate(confidence, "the confidence"), shape)


def monetary_unit_sample_size(
    confidence: Exact,
    tolerable_misstatement: Exact,
    expected_misstatement: Exact,
    book_value: Exact,
) -> MonetaryUnitSize:
    """How many monetary units to draw (Stewart 2012): the factor F solves
    F = gamma(confidence; 1 + F · expected/tolerable), and n = ⌈F₂ · book/tolerable⌉ with F₂ the
    factor rounded up to two decimals.

    The three amounts are in one unit, öre or kronor, exactly; the book value is the sum of what
    can be drawn, debit positive. ``k`` is what the sample may hold of misstatement, in whole
    units' worth: F₂ · expected/tolerable.

    Raises `NoSuchSize` where the expected misstatement is not below the tolerable one, or so near
    it that more than a million units would be drawn; `SamplingRefused` for amounts that are not
    positive (the expected one not negative).
    """
    risk = 1 - rate(confidence, "the confidence")
    tolerable = _positive(tolerable_misstatement, "the tolerable misstatement")
    book = _positive(book_value, "the book value")
    expected = exact(expected_misstatement, "the expected misstatement")
    if expected < 0:
        raise SamplingRefused(
            f"The expected misstatement is {expected_misstatement}.", "Give it without a sign."
        )
    share = expected / tolerable
    hundredths = None
    if share < 1:
        hundredths = _smallest(
            lambda low, high: poisson_within(share * low / 100, Fraction(high, 100), risk),
            int(100 * LARGEST * tolerable / book) + 1,
        )
    if hundredths is None:
        raise NoSuchSize(
            f"No sample gives confidence {confidence} of less than {tolerable_misstatement} "
            f"misstated where {expected_misstatement} is expected.",
            "The expected misstatement must be well below the tolerable one.",
        )
    factor = Fraction(hundredths, 100)
    n = int(-(-(factor * book / tolerable) // 1))
    k, shown = decimal(factor * share), decimal(factor)
    reason = f"n ≥ {shown} · {book_value} / {tolerable_misstatement}"
    return MonetaryUnitSize(n, k, reason, shown, book / n)


def _positive(value: Exact, name: str) -> Fraction:
    found = exact(value, name)
    if found <= 0:
        raise SamplingRefused(f"{name} is {value}.", "Give an amount above zero.")
    return found


def allowed_risk(
    audit_risk: Exact, inherent_risk: Exact, control_risk: Exact, analytical_risk: Exact
) -> Fraction:
    """The risk of incorrect acceptance that a test of details may run: AR / (IR · CR · AP),
    exactly (PCAOB AS 2315, appendix). One or more says that no test of details is needed."""
    product = Fraction(1)
    for value, name in (
        (inherent_risk, "the inherent risk"),
        (control_risk, "the control risk"),
        (analytical_risk, "the risk of analytical procedures"),
    ):
        product *= rate(value, name, one=True)
    return rate(audit_risk, "the audit risk") / product
