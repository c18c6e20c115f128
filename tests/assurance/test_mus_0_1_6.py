"""The R package MUS 0.1.6: planning, extraction and the cell evaluation."""

from decimal import Decimal

import polars as pl
import pytest

from assurance.evaluation import cell_bound
from assurance.sampling import draw, monetary_unit_sample_size
from tests.assurance.vectors import document, rows


@pytest.mark.parametrize("row", rows("mus_planning"), ids=str)
def test_planning(row):
    """n exactly, and the factor, which MUS solves to six digits, rounded up to two decimals."""
    amounts = (int(row[name]) for name in ("tolerable", "expected", "book"))
    size = monetary_unit_sample_size(Decimal(row["confidence"]), *amounts)
    assert size.n == int(row["independent_n"])
    assert 0 < size.factor - Decimal(row["independent_factor"]) < Decimal("0.01")


@pytest.mark.parametrize("row", rows("mus_evaluation_oracle"), ids=str)
def test_cell_evaluation(row):
    """Within 2e-4: MUS takes the hypergeometric factors of a made population."""
    n, confidence = int(row["sample_n"]), row["key"].split()[2]
    bound = cell_bound(row["taints"].split(), n, confidence)
    upper = bound * n * float(row["interval"])
    assert upper == pytest.approx(float(row["independent_uel"]), rel=2e-4)


@pytest.mark.parametrize(
    "case", document("selection_interval")["mus_package"], ids=lambda c: c["key"]
)
def test_extraction(case):
    """The item that passes the rounded unit, over whole kronor of the made population."""
    chosen = rows("population_lcg1000")
    frame = pl.DataFrame(
        {
            "id": [row["id"] for row in chosen],
            "amount": [max(1, int(row["amount_ore"]) // 100) for row in chosen],
        }
    )
    start = int(case["start"])
    drawn = draw(frame, "monetary_unit", size=case["n"], start=start, rule="passes")
    ids = [each for each, hits in drawn.items.select("id", "hits").rows() for _ in range(hits)]
    assert ids == case["ids"]
