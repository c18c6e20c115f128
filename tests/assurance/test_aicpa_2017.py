"""AICPA Audit Guide *Audit Sampling* (2017): appendices A and C, and the factors of its exhibit."""

from decimal import ROUND_CEILING, Decimal

import pytest

from assurance.sampling import confidence_factor
from tests.assurance.vectors import rows, wrong_limits, wrong_sizes


@pytest.mark.parametrize("table", ["AICPA2017-A-1", "AICPA2017-A-2", "AICPA2017-C-1"])
def test_sample_sizes(table):
    """Attribute sizes (binomial), and monetary-unit sizes by ratio (Poisson)."""
    assert wrong_sizes(table) == []


@pytest.mark.parametrize("table", ["AICPA2017-A-3", "AICPA2017-A-4"])
def test_upper_limits(table):
    """Upper deviation limits, exact and rounded up to a tenth of a percent."""
    assert wrong_limits(table) == []


@pytest.mark.parametrize("source", ["AICPA PPS confidence factors", "Whittington & Pany (2006)"])
def test_confidence_factors(source):
    """Exact to the ten decimals given, and rounded up to two; where the table prints another
    rounding (``match_ceil`` 0), it is the nearest."""
    chosen = [row for row in rows("confidence_factors") if row["source"].startswith(source)]
    assert len(chosen) > 50
    for row in chosen:
        factor = confidence_factor(1 - Decimal(row["risk_pct"]) / 100, int(row["k"]))
        assert abs(factor - Decimal(row["gamma_exact"])) <= Decimal("5.1e-11"), row
        up = factor.quantize(Decimal("0.01"), ROUND_CEILING)
        assert up == Decimal(row["ceil2"]), row
        assert (up == Decimal(row["published"])) == (row["match_ceil"] == "1"), row
