"""What a sample says of its population: how often, and by how much, at most.

A *taint* is the share of a booked amount that was wrong, (booked − audited) / booked: 1 where
nothing of it was right, negative where too little was booked. Items without error may be left out
of the taints; ``sample_size`` counts them. Bounds of taints are rates of the book value that was
sampled: times the book value, they are amounts.

Everything is computed in exact numbers or in decimals of sixty digits. Only the answer of a bound
is a binary fraction (`float`), because it is an estimate that people read and draw: it is the one
nearest to the exact bound, no decision hangs on it, and no amount is computed from it here.

| bound | source |
|---|---|
| upper deviation limit | Clopper & Pearson (1934); AICPA *Audit Sampling* (2017), A-3, A-4 |
| Stringer | Stringer (1963); Bickel (1992) |
| offset of understatements | Leslie, Teitlebaum & Anderson (1979), *Dollar-Unit Sampling* |
| cell | Leslie, Teitlebaum & Anderson (1979) |
| Cox–Snell | Cox & Snell (1979), *On sampling and the estimation of rare errors* |
| moment | Dworin & Grimlund (1984), *Dollar Unit Sampling for Accounts Receivable and Inventory* |
| mean of taints | Touw & Hoogduin (2011), *Statistiek voor audit en controlling* |
| direct, difference, quotient, regression | Touw & Hoogduin (2011) |
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Context, Decimal, localcontext
from fractions import Fraction
from typing import Literal

from assurance.distributions import (
    DIGITS,
    beta_quantile,
    gamma_quantile,
    hypergeometric_within,
    normal_quantile,
    student_quantile,
)
from assurance.quantities import Exact, SamplingRefused, count, decimal, exact, rate
from assurance.sampling import Distribution

__all__ = [
    "Estimate",
    "MonetaryUnitBound",
    "cell_bound",
    "cox_snell_bound",
    "estimate",
    "mean_bound",
    "moment_bound",
    "monetary_unit_bound",
    "projected_misstatement",
    "stringer_bound",
    "taint",
    "upper_deviation_limit",
]


def _binary(value: Decimal | Fraction) -> float:
    """The binary fraction nearest to the exact value: where a bound leaves this module."""
    return float(value)


# ------------------------------------------------------------------------------------- how often


def upper_deviation_limit(
    deviations: int,
    sample_size: int,
    confidence: Exact,
    *,
    distribution: Distribution = "binomial",
    population: int | None = None,
) -> float:
    """The rate that the population's is at most, with that confidence.

    Binomial: the Clopper–Pearson limit. Poisson: gamma(confidence; k + 1) / n, not capped at 1.
    Hypergeometric: the largest number of deviating items in the ``population`` for which as few
    as these have a chance above 1 − ``confidence``, over the population. Raises
    `SamplingRefused` where there are more deviations than items, or more items than there are.
    """
    sure = rate(confidence, "the confidence")
    n = count(sample_size, "the sample size", 1)
    k = count(deviations, "the deviations")
    if k > n:
        raise SamplingRefused(f"There are {k} deviations in {n} items.", "Give at most as many.")
    if distribution != "hypergeometric":
        return _binary(_limit(k, n, sure, distribution))
    if population is None:
        raise SamplingRefused(
            "The hypergeometric distribution is that of a population, and none is given.",
            "Give the number of items in it.",
        )
    size = count(population, "the population", 1)
    if n > size:
        raise SamplingRefused(f"{n} items are more than the {size} there are.", "Give fewer.")
    low, high = k, size - (n - k)
    while low < high:
        middle = (low + high + 1) // 2
        if hypergeometric_within(k, n, middle, size, 1 - sure):
            high = middle - 1
        else:
            low = middle
    return _binary(Fraction(low, size))


def _limit(k: int, n: int, confidence: Fraction, distribution: str) -> Decimal:
    """The upper limit of a rate, k of n deviating."""
    if distribution == "poisson":
        with localcontext(Context(prec=DIGITS)):
            return gamma_quantile(confidence, Fraction(k + 1)) / n
    if distribution != "binomial":
        raise SamplingRefused(
            f"There is no distribution {distribution!r} for this.", "Known: binomial, poisson."
        )
    if k >= n:
        return Decimal(1)
    return beta_quantile(confidence, Fraction(k + 1), Fraction(n - k))


# ------------------------------------------------------------------- by how much: monetary units


def taint(booked: Exact, audited: Exact) -> Fraction:
    """(booked − audited) / booked, exactly. Raises `SamplingRefused` where nothing was booked."""
    book = exact(booked, "the booked amount")
    if book == 0:
        raise SamplingRefused("An item of zero has no taint.", "Look at it in a part of its own.")
    return (book - exact(audited, "the audited amount")) / book


def projected_misstatement(
    taints: Iterable[Exact], interval: Exact, *, known: Exact = 0
) -> Decimal:
    """The likeliest misstatement: each taint stands for its interval, ``interval`` · Σ taints, and
    ``known`` is that of the items taken whole, as it was found (AICPA 2017, ch. 6).

    In the unit of the interval, positive where too much was booked. The interval is that of the
    draw, book value / units; 1 / units gives the rate. Never for items chosen by judgement.
    """
    step = _interval(interval)
    total = sum(_exact_taints(taints), Fraction(0))
    return decimal(step * total + exact(known, "the known misstatement"))


def stringer_bound(
    taints: Iterable[Exact],
    sample_size: int,
    confidence: Exact,
    *,
    distribution: Literal["binomial", "poisson"] = "binomial",
    offset: bool = False,
) -> float:
    """Stringer's bound: p₀ + Σ (pᵢ − pᵢ₋₁)·tᵢ, the positive taints falling, pᵢ the upper limit of i
    deviations. Negative taints are left out; with ``offset`` their mean is taken off (Leslie,
    Teitlebaum & Anderson). A rate of the book value. Raises `SamplingRefused`."""
    found, n, sure = _sample(taints, sample_size, confidence)
    falling = sorted((each for each in found if each > 0), reverse=True)
    with localcontext(Context(prec=DIGITS)):
        before = total = _limit(0, n, sure, distribution)
        for i, each in enumerate(falling, start=1):
            after = _limit(i, n, sure, distribution)
            total += (after - before) * _wide(each)
            before = after
        if offset:
            total += _wide(sum((each for each in found if each < 0), Fraction(0)) / n)
        return _binary(total)


@dataclass(frozen=True, slots=True)
class MonetaryUnitBound:
    """The upper limit of misstatement in its three parts, in the unit of the interval:
    ``projected`` (with the known misstatement), ``basic`` precision, ``incremental`` allowance;
    ``upper`` is their sum."""

    projected: Decimal
    basic: Decimal
    incremental: Decimal
    upper: Decimal


def monetary_unit_bound(
    taints: Iterable[Exact],
    interval: Exact,
    confidence: Exact,
    *,
    known: Exact = 0,
    factors: Sequence[Exact] | None = None,
) -> MonetaryUnitBound:
    """The upper limit as auditors write it: I·Σt + I·R₀ + I·Σ (Rᵢ − Rᵢ₋₁ − 1)·tᵢ over the positive
    taints, falling; items at or above the interval enter by their ``known`` misstatement.

    Without ``known`` it is Stringer's Poisson bound times the book value. ``factors`` are the R of
    a printed table, from none to as many misstatements as there are taints; else they are exact.
    """
    sure, step = rate(confidence, "the confidence"), _interval(interval)
    falling = sorted((each for each in _exact_taints(taints) if each > 0), reverse=True)
    if factors is None:
        table = [Fraction(gamma_quantile(sure, Fraction(i + 1))) for i in range(len(falling) + 1)]
    else:
        table = [exact(factor, "a factor") for factor in factors]
    if len(table) <= len(falling):
        raise SamplingRefused(
            f"{len(table)} factors are given for {len(falling)} misstatements.",
            "Give one more than there are misstatements.",
        )
    projected = step * sum(falling, Fraction(0)) + exact(known, "the known misstatement")
    basic = step * table[0]
    widened = ((table[i] - table[i - 1] - 1) * each for i, each in enumerate(falling, start=1))
    incremental = step * sum(widened, Fraction(0))
    parts = (projected, basic, incremental, projected + basic + incremental)
    return MonetaryUnitBound(*map(decimal, parts))


def cell_bound(
    taints: Iterable[Exact],
    sample_size: int,
    confidence: Exact,
    *,
    distribution: Literal["binomial", "poisson"] = "binomial",
) -> float:
    """The cell bound: u₀ = p₀, uᵢ = max(uᵢ₋₁ + tᵢ/n, pᵢ · mean(t₁ … tᵢ)), the positive taints
    falling, pᵢ the upper limit of i deviations. For draws of one unit in each cell. A rate of the
    book value."""
    found, n, sure = _sample(taints, sample_size, confidence)
    falling = sorted((each for each in found if each > 0), reverse=True)
    with localcontext(Context(prec=DIGITS)):
        upper, total = _limit(0, n, sure, distribution), Fraction(0)
        for i, each in enumerate(falling, start=1):
            total += each
            spread = _limit(i, n, sure, distribution) * _wide(total / i)
            upper = max(upper + _wide(each) / n, spread)
        return _binary(upper)


def cox_snell_bound(
    taints: Iterable[Exact],
    sample_size: int,
    confidence: Exact,
    *,
    prior_rate: Exact = Fraction(1, 2),
    prior_taint: Exact = Fraction(1, 2),
    rate_weight: int = 1,
    taint_weight: int = 3,
) -> float:
    """The Bayesian bound of Cox & Snell: a gamma prior (weight a, mean ``prior_rate``) on how
    often, an inverse gamma prior (weight b, mean ``prior_taint``) on how much.

    (Σt + (b − 1)·μ) / (n + a/π) times the quantile of (M + a)/(M + b) · F with 2(M + a) and
    2(M + b) degrees of freedom, M the number of positive taints. A rate of the book value.
    """
    found, n, sure = _sample(taints, sample_size, confidence)
    positive = [each for each in found if each > 0]
    a, b = count(rate_weight, "the weight", 1), count(taint_weight, "the weight", 1)
    rarely = _interval(prior_rate, "the prior rate")
    typical = _interval(prior_taint, "the prior taint")
    size = (sum(positive, Fraction(0)) + (b - 1) * typical) / (n + a / rarely)
    share = beta_quantile(sure, Fraction(len(positive) + a), Fraction(len(positive) + b))
    with localcontext(Context(prec=DIGITS)):
        return _binary(_wide(size) * share / (1 - share))


def moment_bound(
    taints: Iterable[Exact],
    sample_size: int,
    confidence: Exact,
    *,
    kind: Literal["accounts", "inventory"] = "accounts",
) -> float:
    """The modified moment bound of Dworin & Grimlund: a three-parameter gamma distribution by the
    moments of taints, to which one made-up taint is added, and of the rate. ``kind`` chooses the
    made-up taint: of accounts, where errors are mostly overstatements, it grows with their number.
    A rate of the book value."""
    found, n, sure = _sample(taints, sample_size, confidence)
    errors = [each for each in found if each]
    with localcontext(Context(prec=DIGITS)):
        wide = [_wide(each) for each in errors]
        m = len(wide)
        mean = sum(wide, Decimal(0)) / m if m else Decimal(0)
        made_up = Decimal("0.81") * (1 - Decimal("0.667") * _tanh(10 * abs(mean)))
        if kind == "accounts":
            made_up *= 1 + Decimal("0.667") * _tanh(Decimal(m) / 10)
        elif kind != "inventory":
            raise SamplingRefused(f"There is no kind {kind!r}.", "Known: accounts, inventory.")
        z1, z2, z3 = (
            (made_up**power + sum((t**power for t in wide), Decimal(0))) / (m + 1)
            for power in (1, 2, 3)
        )
        e1 = Decimal(m + 1) / (n + 2)
        e2 = e1 * (m + 2) / (n + 3)
        e3 = e2 * (m + 3) / (n + 4)
        u1 = e1 * z1
        u2 = (e1 * z2 + (n - 1) * e2 * z1**2) / n
        u3 = (e1 * z3 + 3 * (n - 1) * e2 * z1 * z2 + (n - 1) * (n - 2) * e3 * z1**3) / Decimal(
            n
        ) ** 2
        c2 = u2 - u1**2
        c3 = u3 - 3 * u1 * u2 + 2 * u1**3
        shape, scale, shift = 4 * c2**3 / c3**2, c3 / (2 * c2), u1 - 2 * c2**2 / c3
        # Wilson & Hilferty (1931): the cube root of a gamma variable is nearly normal.
        root = 1 + normal_quantile(sure) / (9 * shape).sqrt() - 1 / (9 * shape)
        return _binary(shift + shape * scale * root**3)


def _tanh(x: Decimal) -> Decimal:
    grown = (2 * x).exp()
    return (grown - 1) / (grown + 1)


def mean_bound(
    taints: Iterable[Exact],
    sample_size: int,
    confidence: Exact,
    *,
    distribution: Literal["normal", "student"] = "normal",
) -> float:
    """The mean taint and its one-sided error: mean + q · s/√n over all n items.

    ``normal`` takes q from the normal distribution (mean per unit); ``student`` from Student's with
    one degree of freedom less than there are misstatements, of which it needs two. Where nothing
    was wrong, the normal one is 0 and says nothing: use Stringer's. A rate of the book value.
    """
    found, n, sure = _sample(taints, sample_size, confidence)
    errors = [each for each in found if each]
    mean, spread = _moments([*errors, *[Fraction(0)] * (n - len(errors))])
    if distribution == "student":
        if len(errors) < 2:
            raise SamplingRefused(
                f"{len(errors)} misstatements have no spread.", "Use Stringer's bound."
            )
        quantile = student_quantile(sure, len(errors) - 1)
    elif distribution == "normal":
        quantile = normal_quantile(sure)
    else:
        raise SamplingRefused(
            f"There is no distribution {distribution!r} for this.", "Known: normal, student."
        )
    with localcontext(Context(prec=DIGITS)):
        return _binary(_wide(mean) + quantile * _wide(spread / n).sqrt())


# ------------------------------------------------------------- by how much: estimates of amounts


@dataclass(frozen=True, slots=True)
class Estimate:
    """A misstatement with its two-sided interval, in the unit of the amounts; positive where too
    much was booked. ``misstatement`` is exact to 28 digits, the interval nearly so."""

    misstatement: Decimal
    lower: Decimal
    upper: Decimal


def estimate(
    booked: Sequence[Exact],
    audited: Sequence[Exact],
    population_items: int,
    population_value: Exact,
    confidence: Exact,
    *,
    method: Literal["direct", "difference", "quotient", "regression"] = "difference",
) -> Estimate:
    """The population's misstatement from a random sample of its items, all of them given.

    direct: the mean audited amount of all items; difference: the mean difference; quotient: what
    the audited are of the booked; regression: the audited amount as a line of the booked one.
    Student's t with n − 1 degrees of freedom, no correction for a finite population. Raises
    `SamplingRefused` for fewer than two items, or lists that do not match.
    """
    sure = (1 + rate(confidence, "the confidence")) / 2
    items = count(population_items, "the population's items", 1)
    value = exact(population_value, "the population's value")
    book = [exact(each, "a booked amount") for each in booked]
    audit = [exact(each, "an audited amount") for each in audited]
    n = len(book)
    if n < 2 or len(audit) != n:
        raise SamplingRefused(
            f"{n} booked and {len(audit)} audited amounts are given.", "Give both of each item."
        )
    (mean_book, spread_book), (mean_audit, spread_audit) = _moments(book), _moments(audit)
    if method == "direct":
        found, spread = value - items * mean_audit, spread_audit
    elif method == "difference":
        apart = [b - a for b, a in zip(book, audit, strict=True)]
        mean, spread = _moments(apart)
        found = items * mean
    elif method not in ("quotient", "regression"):
        raise SamplingRefused(
            f"There is no method {method!r}.", "Known: direct, difference, quotient, regression."
        )
    elif mean_book == 0 or (spread_book == 0 and method == "regression"):
        raise SamplingRefused("The booked amounts say nothing here.", "Use the difference.")
    elif method == "quotient":
        share = mean_audit / mean_book
        residuals = (a - share * b for a, b in zip(audit, book, strict=True))
        found = items * (mean_book - mean_audit)
        spread = sum((each**2 for each in residuals), Fraction(0)) / (n - 1)
    else:
        pairs = zip(book, audit, strict=True)
        shared = sum(((b - mean_book) * (a - mean_audit) for b, a in pairs), Fraction(0)) / (n - 1)
        slope = shared / spread_book
        found = value - items * (mean_audit + slope * (value / items - mean_book))
        spread = spread_audit - shared * slope
    with localcontext(Context(prec=DIGITS)):
        width = items * student_quantile(sure, n - 1) * _wide(spread / n).sqrt()
        lower, upper = _wide(found) - width, _wide(found) + width
    return Estimate(decimal(found), decimal(Fraction(lower)), decimal(Fraction(upper)))


# ---------------------------------------------------------------------------------- what is given


def _sample(
    taints: Iterable[Exact], sample_size: int, confidence: Exact
) -> tuple[list[Fraction], int, Fraction]:
    sure, n = rate(confidence, "the confidence"), count(sample_size, "the sample size", 1)
    found = _exact_taints(taints)
    if len([each for each in found if each]) > n:
        raise SamplingRefused(f"{len(found)} taints are more than {n} items.", "Give fewer.")
    return found, n, sure


def _exact_taints(taints: Iterable[Exact]) -> list[Fraction]:
    return [exact(each, "a taint") for each in taints]


def _interval(value: Exact, name: str = "the interval") -> Fraction:
    found = exact(value, name)
    if found <= 0:
        raise SamplingRefused(f"{name} is {value}.", "Give one above zero.")
    return found


def _moments(values: Sequence[Fraction]) -> tuple[Fraction, Fraction]:
    """Mean and variance (over n − 1; of a single value 0)."""
    n = len(values)
    mean = sum(values, Fraction(0)) / n
    squares = sum(((each - mean) ** 2 for each in values), Fraction(0))
    return mean, squares / max(1, n - 1)


def _wide(value: Fraction) -> Decimal:
    """The fraction with the digits of the context."""
    return Decimal(value.numerator) / value.denominator
