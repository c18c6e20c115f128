"""PCAOB AS 2315, appendix: the allowed risk of incorrect acceptance."""

from fractions import Fraction

import pytest

from assurance.sampling import allowed_risk
from tests.assurance.vectors import rows


@pytest.mark.parametrize("row", rows("pcaob_as2315_td"), ids=str)
def test_allowed_risk(row):
    """Sixteen of sixteen: exactly, and as printed (whole percent, * where no test is needed)."""
    risk = allowed_risk("0.05", 1, row["CR"], row["AP"])
    assert risk == Fraction(row["TD_exact"])
    assert ("*" if risk >= 1 else str(int(100 * risk))) == row["TD_published_pct"]
