"""Touw & Hoogduin (2011), *Statistiek voor audit en controlling*: sizes, limits, bounds, draws."""

from decimal import Decimal

import polars as pl
import pytest

from assurance.evaluation import projected_misstatement, stringer_bound
from assurance.sampling import draw
from tests.assurance.vectors import document, rows, wrong_limits, wrong_sizes


@pytest.mark.parametrize("table", ["TH-p17", "TH-p23", "TH-p126", "TH-p134"])
def test_sample_sizes(table):
    """Poisson sizes (p. 17, 23) and binomial ones by expected deviations (p. 126, 134)."""
    assert wrong_sizes(table) == []


@pytest.mark.parametrize("table", ["TH-p125", "TH-p137"])
def test_upper_limits(table):
    """A hypergeometric limit, and a binomial one printed as an amount."""
    assert wrong_limits(table) == []


@pytest.mark.parametrize(("case", "printed"), [("THp.138", 469_616.5), ("THp.144", 439_009.3)])
def test_stringer_of_a_book_of_13_500_000(case, printed):
    """Pages 138 and 144, whose factors are rounded: within three euro of the exact bound."""
    (row,) = rows("upper_bounds_taints", case=case)
    taints, n = row["taints"].split(), int(row["n"])
    bound = stringer_bound(taints, n, Decimal(row["confidence"]))
    assert bound == pytest.approx(float(row["independent"]), abs=1e-9)
    assert bound * 13_500_000 == pytest.approx(printed, abs=3)
    likely = projected_misstatement(taints, Decimal(1) / n)
    assert float(likely) == pytest.approx(float(row["mle"]), abs=1e-9)


def test_systematic_draw_of_page_31():
    """Two of five items from the start 1.2: B and D."""
    (case,) = (
        each for each in document("selection_interval")["selections"] if each["dataset"] == "TH-p31"
    )
    frame = pl.DataFrame({"id": list("ABCDE")})
    drawn = draw(frame, "systematic", size=case["n"], start=case["start"])
    assert drawn.items["id"].to_list() == case["rows"]


def test_monetary_unit_draw_of_page_34():
    """Five units of ten items, one of which is zero and stands apart."""
    (case,) = (
        each for each in document("selection_interval")["selections"] if each["dataset"] == "TH-p34"
    )
    frame = pl.DataFrame({"id": list("ABCDEFGHIJ"), "amount": case["book"]})
    drawn = draw(frame, "monetary_unit", size=case["n"], start=case["start"], whole=False)
    assert drawn.items["id"].to_list() == case["rows"]
    assert [(part.name, part.count) for part in drawn.parts if part.count] == [
        ("drawn", 9),
        ("zero", 1),
    ]
