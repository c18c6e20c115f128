"""Higgins & Nandram (2009) and Lohr (2021): twenty of 87 accounts, book total 612 824."""

from decimal import Decimal

import pytest

from assurance.evaluation import estimate, taint
from tests.assurance.vectors import BOUNDS, document

CASE = document("accounts_evaluation")
BOOKED = [Decimal(repr(item[1])) for item in CASE["items"]]
AUDITED = [Decimal(repr(item[2])) for item in CASE["items"]]


@pytest.mark.parametrize("method", sorted(set(CASE["results"]) & set(BOUNDS)))
def test_bounds(method):
    """As a sample of monetary units."""
    taints = [taint(*pair) for pair in zip(BOOKED, AUDITED, strict=True)]
    bound = BOUNDS[method](taints, 20, Decimal("0.95"))
    assert bound == pytest.approx(float(CASE["results"][method]["independent"]), abs=1e-9)


@pytest.mark.parametrize("method", CASE["two_sided_for"])
def test_estimates(method):
    """As a random sample of items; the interval to 1e-9 of the amounts (the other program's
    double precision loses more in differences of squares)."""
    result = CASE["results"][method]
    found = estimate(BOOKED, AUDITED, 87, 612_824, Decimal("0.95"), method=method)
    assert float(found.misstatement) == pytest.approx(float(result["mle"]), abs=1e-9)
    assert [float(found.lower), float(found.upper)] == pytest.approx(
        result["independent"], rel=1e-9
    )
