"""Tails and quantiles of the distributions that sampling rests on, to any precision.

Everything is `Decimal` or whole numbers. Two functions carry the rest: the incomplete gamma
function (Poisson, normal) and the incomplete beta function (binomial, Student's t, F), each as
a series of positive terms, in which no digits are lost; the hypergeometric tail is a quotient of
whole numbers. With `DIGITS` = 60, the thousands of roundings of such a series, and of the
logarithms before it, leave more than 45 digits right.

That is how a decision "is this tail at most the risk?" is proved: a tail that differs from the
risk by more than 10⁻⁴⁰ is decided as it stands. One that does not is computed again as an exact
fraction (binomial: such ties exist), or with more digits until it differs (Poisson: for whole
numbers of deviations the tail is transcendental, and never equals a rational risk).

Formulas: Abramowitz & Stegun (1964) 6.1.40 (Stirling), 6.5.29 and 26.4 (gamma, Poisson),
26.5.4, 26.5.24 and 26.7.1 (beta, binomial, t).
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Context, Decimal, getcontext, localcontext
from fractions import Fraction
from functools import lru_cache
from math import comb, factorial

__all__ = [
    "beta_quantile",
    "binomial_tail",
    "binomial_within",
    "gamma_quantile",
    "hypergeometric_within",
    "normal_quantile",
    "poisson_tail",
    "poisson_within",
    "student_quantile",
]

DIGITS = 60
#: Digits of a tail that are trusted, and digits of a quantile.
_TRUSTED, _FOUND = 40, 30


# ------------------------------------------------------------------------------------- decisions


def binomial_within(k: int, n: int, p: Fraction, risk: Fraction) -> bool:
    """Whether at most ``k`` of ``n``, each with chance ``p``, have a chance of at most ``risk``."""
    if k >= n or p == 0:
        return risk >= 1
    if p == 1:
        return risk >= 0
    tail = binomial_tail(k, n, p)
    if _apart(tail, risk, _TRUSTED):
        return Fraction(tail) < risk
    a, b = p.numerator, p.denominator
    ways: int = sum(comb(n, i) * a**i * (b - a) ** (n - i) for i in range(k + 1))
    all_ways: int = b**n
    return ways * risk.denominator <= risk.numerator * all_ways


def hypergeometric_within(k: int, n: int, marked: int, population: int, risk: Fraction) -> bool:
    """Whether at most ``k`` of ``n`` drawn from a population, ``marked`` of which deviate, have a
    chance of at most ``risk``."""
    if k >= min(n, marked):
        return risk >= 1
    good = population - marked
    if n - k > good:  # more than k are certain
        return risk >= 0
    ways = term = comb(marked, k) * comb(good, n - k)
    for i in range(k, max(0, n - good), -1):
        term = term * (i * (good - n + i)) // ((marked - i + 1) * (n - i + 1))
        ways += term
    return ways * risk.denominator <= risk.numerator * comb(population, n)


def poisson_within(k: Fraction, mean: Fraction, risk: Fraction) -> bool:
    """Whether at most ``k`` events have a chance of at most ``risk`` where ``mean`` are expected.

    ``k`` need not be whole: the tail is that of the gamma distribution.
    """
    digits, tail = DIGITS, poisson_tail(k, mean)
    while not _apart(tail, risk, digits - 20) and digits < 16 * DIGITS:
        digits *= 2
        tail = poisson_tail(k, mean, digits)
    return Fraction(tail) <= risk


def _apart(tail: Decimal, risk: Fraction, digits: int) -> bool:
    return abs(Fraction(tail) - risk) > Fraction(1, 10**digits)


# ----------------------------------------------------------------------------------------- tails


def binomial_tail(k: int, n: int, p: Fraction) -> Decimal:
    """P(X ≤ k), X binomial; 0 ≤ k < n, 0 < p < 1."""
    with localcontext(Context(prec=DIGITS)):
        return 1 - _beta(_wide(p), Fraction(k + 1), Fraction(n - k))


def poisson_tail(k: Fraction, mean: Fraction, digits: int = DIGITS) -> Decimal:
    """P(X ≤ k), X Poisson; for a ``k`` that is not whole, Q(k + 1, mean) of the gamma function."""
    with localcontext(Context(prec=digits)):
        return 1 - _gamma(_wide(mean), k + 1) if mean > 0 else Decimal(1)


def _wide(value: Fraction) -> Decimal:
    """The fraction with the digits of the context."""
    return Decimal(value.numerator) / value.denominator


def _gamma(x: Decimal, a: Fraction) -> Decimal:
    """The regularised lower incomplete gamma function P(a, x), x > 0."""
    shape = _wide(a)
    first = (shape * x.ln() - x - _ln_gamma(a + 1)).exp()
    return first * _series(x, Decimal(0), shape + 1)


def _beta(x: Decimal, a: Fraction, b: Fraction) -> Decimal:
    """The regularised incomplete beta function I_x(a, b), 0 < x < 1."""
    if 2 * x > 1:
        return 1 - _beta_series(1 - x, b, a)
    return _beta_series(x, a, b)


def _beta_series(x: Decimal, a: Fraction, b: Fraction) -> Decimal:
    first = _wide(a) * x.ln() + _wide(b) * (1 - x).ln()
    ways = _ln_gamma(a + b) - _ln_gamma(a + 1) - _ln_gamma(b)
    return (first + ways).exp() * _series(x, _wide(a + b), _wide(a + 1))


def _series(x: Decimal, top: Decimal, bottom: Decimal) -> Decimal:
    """1 + x·t/b + x²·t(t+1)/b(b+1) + …, until the rest has no digit left; x/b + x²/b(b+1) where
    ``top`` is 0. All terms are positive, and their ratios fall, or rise towards x < ½."""
    term = total = Decimal(1)
    least = Decimal(1).scaleb(-_digits() - 3)
    step = 1 if top else 0
    while True:
        ratio = x * (top or 1) / bottom
        term *= ratio
        total += term
        bottom += 1
        top += step
        if ratio * 4 < 3 and term < total * least:
            return total


def _digits() -> int:
    return getcontext().prec


@lru_cache(maxsize=4096)
def _ln_gamma_of(z: Fraction, digits: int) -> Decimal:
    """ln Γ(z), z > 0: of small whole numbers by the factorial; else moved up to where Stirling's
    series, whose error is less than the first term left out, has all digits."""
    if z.denominator == 1 and z <= digits:
        return Decimal(factorial(int(z) - 1)).ln()
    steps = max(0, digits - int(z))
    moved, product = z + steps, Fraction(1)
    for step in range(steps):
        product *= z + step
    wide = _wide(moved)
    total = (wide - Decimal("0.5")) * wide.ln() - wide + (2 * _pi()).ln() / 2
    for m in range(1, digits // 2):
        total += _wide(_bernoulli(2 * m) / (2 * m * (2 * m - 1))) / wide ** (2 * m - 1)
    return total - _wide(product).ln()


def _ln_gamma(z: Fraction) -> Decimal:
    return _ln_gamma_of(z, _digits())


@lru_cache(maxsize=1024)
def _bernoulli(n: int) -> Fraction:
    if n == 0:
        return Fraction(1)
    if n > 1 and n % 2:
        return Fraction(0)
    return -sum((comb(n + 1, i) * _bernoulli(i) for i in range(n)), Fraction(0)) / (n + 1)


def _pi() -> Decimal:
    """π by Machin's formula, with the digits of the context."""
    one: int = 10 ** (_digits() + 10)

    def arctan(inverse: int) -> int:
        term, total, odd, sign = one // inverse, 0, 1, 1
        while term:
            total += sign * (term // odd)
            term //= inverse * inverse
            odd, sign = odd + 2, -sign
        return total

    return Decimal(4 * (4 * arctan(5) - arctan(239))) / one


# ------------------------------------------------------------------------------------- quantiles


@lru_cache(maxsize=4096)
def gamma_quantile(confidence: Fraction, shape: Fraction) -> Decimal:
    """The x that a gamma variable of that shape (scale 1) stays below with that confidence."""
    with localcontext(Context(prec=DIGITS)):
        wide, target = _wide(shape), _wide(confidence)
        scale = _ln_gamma(shape)
        high = wide + 1
        while _gamma(high, shape) < target:
            high *= 2

        def density(x: Decimal) -> Decimal:
            return ((wide - 1) * x.ln() - x - scale).exp()

        return _root(lambda x: _gamma(x, shape) - target, density, Decimal(0), high)


@lru_cache(maxsize=4096)
def beta_quantile(confidence: Fraction, a: Fraction, b: Fraction) -> Decimal:
    """The x that a beta variable with those parameters stays below with that confidence."""
    with localcontext(Context(prec=DIGITS)):
        wide_a, wide_b, target = _wide(a), _wide(b), _wide(confidence)
        scale = _ln_gamma(a) + _ln_gamma(b) - _ln_gamma(a + b)

        def density(x: Decimal) -> Decimal:
            return ((wide_a - 1) * x.ln() + (wide_b - 1) * (1 - x).ln() - scale).exp()

        return _root(lambda x: _beta(x, a, b) - target, density, Decimal(0), Decimal(1))


def normal_quantile(confidence: Fraction) -> Decimal:
    """The z that a standard normal variable stays below with that confidence."""
    if 2 * confidence < 1:
        return -normal_quantile(1 - confidence)
    if 2 * confidence == 1:
        return Decimal(0)
    half = gamma_quantile(2 * confidence - 1, Fraction(1, 2))
    with localcontext(Context(prec=DIGITS)):
        return (2 * half).sqrt()


def student_quantile(confidence: Fraction, freedom: int) -> Decimal:
    """The t that a variable of Student's distribution stays below with that confidence."""
    if 2 * confidence < 1:
        return -student_quantile(1 - confidence, freedom)
    if 2 * confidence == 1:
        return Decimal(0)
    share = beta_quantile(2 * confidence - 1, Fraction(1, 2), Fraction(freedom, 2))
    with localcontext(Context(prec=DIGITS)):
        return (freedom * share / (1 - share)).sqrt()


def _root(
    rising: Callable[[Decimal], Decimal],
    slope: Callable[[Decimal], Decimal],
    low: Decimal,
    high: Decimal,
) -> Decimal:
    """Where a rising function is zero: Newton's steps, and halving where they leave the bracket."""
    near = Decimal(1).scaleb(-_FOUND - 5)
    x = (low + high) / 2
    while True:
        value = rising(x)
        if value < 0:
            low = x
        else:
            high = x
        step = value / slope(x)
        after = x - step if low < x - step < high else (low + high) / 2
        if abs(after - x) <= near * abs(x):
            return after
        x = after
