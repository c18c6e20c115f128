"""Sizes of four programs for auditors: SRA, SMASH21, EZ-Quant and AuditSampler."""

import pytest

from tests.assurance.vectors import FACTS, rows, wrong_sizes


@pytest.mark.parametrize(
    "table", ["SRA", "SMASH21", "EZ-Quant", "AuditSampler-binom", "AuditSampler-hyper"]
)
def test_sample_sizes(table):
    """n and k of every row."""
    assert wrong_sizes(table) == []


def test_no_table_is_left_out():
    """Every table of the facts is named by a test, but for jfa's, which are numbered."""
    named = "".join(p.read_text(encoding="utf-8") for p in FACTS.parent.glob("test_*.py"))
    tables = {row["table"] for name in ("sample_sizes", "upper_limits") for row in rows(name)}
    assert {table for table in tables if f'"{table}"' not in named} == {
        f"jfa-f7-v0.5.5-{number}" for number in [*(f"t{n}" for n in range(1, 21)), *range(21, 41)]
    }
