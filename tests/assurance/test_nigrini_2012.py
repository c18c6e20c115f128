"""Nigrini, *Benford's Law* (2012), and the programs that print its figures: benford.analysis 0.1.5,
jfa 0.7.3; expected shares as in Newcomb (1881) and Benford (1938).

Counts of digits are facts; every measure that follows from them is reproduced. The mantissa arc,
the distortion factor and the sums of amounts need the amounts themselves, which are not ours to
keep: they are tested on amounts that are made.
"""

from decimal import Decimal
from fractions import Fraction
from typing import Any

import polars as pl
import pytest

from assurance.benford import (
    MAD_BOUNDS,
    conformity,
    counts,
    digits,
    expected,
    mantissa_arc,
)
from ledger.errors import UsageError
from tests.assurance.vectors import document, rows

SETS = document("benford_datasets")
COUNTED = [
    (name, part)
    for name, each in SETS.items()
    for part in ("result", "first", "first_two")
    if isinstance(each.get(part), dict)
]


def test_expected_shares():
    """All 109 of them, to a unit in the last of the fifteen decimals given (that of the second
    digit 5, 0.09667723580232253, is cut and not rounded there), and to the three printed."""
    table = rows("benford_expected")
    assert len(table) == 109
    for row in table:
        test: Any = row["test"]
        share = expected(test)[digits(test).index(int(row["digit"]))]
        assert abs(share - Decimal(row["expected"])) <= Decimal("6e-16"), row
        if row["published_3dp"]:
            assert share.quantize(Decimal("0.001")) == Decimal(row["published_3dp"]), row


@pytest.mark.parametrize("test", ["first", "second", "first_two"])
def test_shares_sum_to_one(test):
    """To the last of sixty digits but rounding."""
    assert abs(sum(map(Fraction, expected(test)), Fraction(-1))) < Fraction(1, 10**57)


@pytest.mark.parametrize(("name", "part"), COUNTED)
def test_published_sets(name, part):
    """Chi-square, its tail, MAD, Kolmogorov–Smirnov: to 1e-9, and as the source prints them."""
    facts = SETS[name][part]
    told = conformity("first" if len(facts["counts"]) == 9 else "first_two", facts["counts"])
    assert (told.n, told.freedom) == (facts["n"], facts["df"])
    for ours, theirs in (
        (told.chi_square, facts["chi2"]),
        (told.p, facts["p"]),
        (told.mad, facts["mad"]),
        (told.ks, facts["ks"]),
        (told.ks_critical, facts["ks_crit_136"]),
    ):
        assert float(ours) == pytest.approx(theirs, rel=1e-12, abs=1e-12)


def test_as_printed():
    """What the sources print: of the payments chi-square by exact digits (their 32 094 comes of
    digits from logarithms, 146 of which are wrong)."""
    payments = conformity("first_two", SETS["corporate.payment.2digits"]["result"]["counts"])
    printed = SETS["corporate.payment.2digits"]["published"]
    exact = SETS["corporate.payment.2digits"]["chi2_exact_digits"]
    assert round(float(payments.chi_square), 6) == round(exact, 6)
    assert round(float(payments.mad), 9) == printed["mad"]
    assert round(float(payments.ks), 6) == printed["ks"]
    assert round(float(payments.ks_critical), 7) == printed["ks_crit"]
    larger = SETS["corporate.payment.ge10"]
    first = conformity("first", larger["first"]["counts"])
    two = conformity("first_two", larger["first_two"]["counts"])
    assert float(first.mad) == pytest.approx(larger["published"]["mad1"], rel=0.001)
    assert float(two.mad) == pytest.approx(larger["published"]["mad2"], rel=0.001)
    towns = conformity("first_two", SETS["census.2009.ge10"]["result"]["counts"])
    assert round(towns.chi_square) == SETS["census.2009.ge10"]["published"]["chi2_rounded"]
    forest = conformity("first", SETS["sinoForest.first"]["result"]["counts"])
    assert float(forest.p) == pytest.approx(SETS["sinoForest.first"]["published"]["p"], rel=1e-12)


@pytest.mark.parametrize("test", ["first", "second", "first_two"])
def test_bounds(test):
    """Nigrini's bounds of the mean absolute deviation."""
    assert [float(bound) for bound in MAD_BOUNDS[test]] == SETS["mad_thresholds"][test]


def test_verdicts():
    """The payments do not conform (Nigrini's own example), the towns do, closely."""
    verdicts = {
        name: conformity("first_two", SETS[name]["result"]["counts"]).verdict
        for name in ("corporate.payment.2digits", "census.2009.ge10")
    }
    assert verdicts == {
        "corporate.payment.2digits": "nonconforming",
        "census.2009.ge10": "close",
    }


def test_fibonacci():
    """The first 500 Fibonacci numbers, counted here from the whole numbers (those that fit in 64
    bits from Polars, all of them from their text)."""
    numbers = [1, 1]
    while len(numbers) < 500:
        numbers.append(numbers[-1] + numbers[-2])
    facts = SETS["fibonacci500.first"]["result"]["counts"]
    assert [sum(str(n)[0] == str(d) for n in numbers) for d in range(1, 10)] == facts
    small = [n for n in numbers if n < 2**63]
    found = counts("first", pl.Series(small))
    assert list(found) == [sum(str(n)[0] == str(d) for n in small) for d in range(1, 10)]


def test_digits_are_those_of_the_ore():
    """0.58 kr and 0.29 kr, which a logarithm takes for 57 and 28; one öre is 10 hundredths of an
    öre; a cost has the digits of its size; nothing has none."""
    amounts = pl.Series([58, 29, 1, -58, 0, 100_00])
    two = dict(zip(digits("first_two"), counts("first_two", amounts), strict=True))
    assert {digit: count for digit, count in two.items() if count} == {10: 2, 29: 1, 58: 2}
    second = dict(zip(digits("second"), counts("second", amounts), strict=True))
    assert {digit: count for digit, count in second.items() if count} == {0: 2, 8: 2, 9: 1}


def test_mantissas():
    """A geometric series over whole powers of ten lies in the middle of the circle; amounts that
    all begin alike on its edge: log10(10) is 0, log10(√10) half a turn."""
    spread = mantissa_arc(pl.Series([round(10 ** (5 + i / 500)) for i in range(1000)]))
    assert spread.l2 < Decimal("1e-8")
    assert spread.p > Decimal("0.99")
    alike = mantissa_arc(pl.Series([1000, -10_000]))
    assert (alike.n, int(alike.x), int(alike.y), int(alike.l2)) == (2, 1, 0, 1)
    assert alike.p == pytest.approx(Decimal("0.1353352832366127"))
    with pytest.raises(UsageError):
        mantissa_arc(pl.Series([0]))


def test_too_frequent_digits():
    """Nigrini's z, with continuity: 50 of 100 amounts begin with 1 where 30.103 would.
    (0.5 − 0.30103 − 0.005) / √(0.30103 · 0.69897 / 100) = 4.229"""
    told = conformity("first", [50, 10, 10, 10, 5, 5, 5, 3, 2])
    assert round(told.z(0), 3) == Decimal("4.229")
    assert told.z(1) < 0


@pytest.mark.parametrize("wrong", [[], [1] * 8, [0] * 9, [-1] + [1] * 8])
def test_counts_that_are_none(wrong):
    """Refused by name."""
    with pytest.raises(UsageError):
        conformity("first", wrong)
    with pytest.raises(UsageError):
        digits("third")  # type: ignore[arg-type]
