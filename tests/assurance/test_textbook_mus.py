"""Worked examples of monetary-unit evaluation, with the factors that they print."""

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from assurance.evaluation import monetary_unit_bound, projected_misstatement
from tests.assurance.vectors import document

LECTURE, POSTED, _ = document("mus_textbook_examples")


def test_lecture_12_chapter_16_problem_7():
    """Interval 42 373, three taints and an item above the interval: printed 172 988, and exact."""
    of = LECTURE["taints"], LECTURE["interval_rounded"], Decimal("0.90")
    known = LECTURE["item_ge_interval_error"]
    factors = [Decimal(LECTURE["factors"][0])]
    for increment in LECTURE["increments"]:
        factors.append(factors[-1] + Decimal(increment))
    bound = monetary_unit_bound(*of, known=known, factors=factors)
    assert bound.upper.quantize(Decimal(1), ROUND_HALF_UP) == LECTURE["printed_total"]
    assert bound.basic.quantize(Decimal(1), ROUND_HALF_UP) == LECTURE["printed"]["basic"]
    exact = monetary_unit_bound(of[0], Fraction(2_500_000, 59), Decimal("0.90"), known=known)
    assert exact.upper.quantize(Decimal("0.01")) == Decimal(str(LECTURE["exact_gamma_total"]))


def test_interval_12_300_at_five_percent():
    """The corrected solution: 13 980 projected, 36 900 basic, 7 790 incremental, 58 670 upper."""
    taints, known = [Fraction(1, 3), Fraction(3, 5)], 2_500
    bound = monetary_unit_bound(
        taints, POSTED["interval"], "0.95", known=known, factors=["3.00", "4.75", "6.30"]
    )
    right = POSTED["correct"]
    assert (bound.projected, bound.basic, bound.incremental, bound.upper) == tuple(
        Decimal(right[part]) for part in ("projected", "basic", "incremental", "upper")
    )
    assert projected_misstatement(taints, 12_300, known=known) == right["projected"]
