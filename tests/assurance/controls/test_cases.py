"""Every control on its cases: what it must find, and what it must leave alone."""

import inspect
from pathlib import Path

import pytest

from assurance.controls import CONTROLS
from reporting.catalogue import LANGUAGES, has
from reporting.findings_table import told, untested
from tests.assurance.controls.cases import booked, cases, ran

ROOT = Path(__file__).resolve().parents[3]
CASES = list(cases())


@pytest.mark.parametrize(
    ("control", "case"),
    CASES,
    ids=[f"{name}-{case['it'].replace(' ', '_')}" for name, case in CASES],
)
def test_case(control, case, tmp_path):
    """The events of its findings, exactly; and every finding is told in both languages."""
    result, found = ran(booked(tmp_path, case["steps"]), control, case)
    if "count" in case:
        assert len(found) == case["count"]
    else:
        assert found == sorted(map(sorted, case["found"]))
    if "tested" in case:
        assert result.tested == case["tested"]
    assert dict(result.untested) == case.get("untested", dict(result.untested))
    if "severities" in case:
        assert [each.severity for each in result.findings] == case["severities"]
    if "facts" in case:
        assert [dict(each.facts) for each in result.findings] == case["facts"]
    for lang in LANGUAGES:
        assert all(told(control, each.facts, lang) for each in result.findings)
        assert untested(result, lang) or not result.untested


@pytest.mark.parametrize("name", CONTROLS)
def test_every_control_is_told(name):
    """It has cases that it finds something in and cases that it does not, words, and a docstring
    that says what innocent things look the same."""
    mine = [case for control, case in CASES if control == name]
    assert any(case.get("found") or case.get("count") for case in mine), "nothing to find"
    assert any(case.get("found") == [] for case in mine), "nothing to leave alone"
    assert has(f"control.{name}")
    assert has(f"finding.{name}")
    assert "*False positives*" in (inspect.getdoc(CONTROLS[name]) or "")


@pytest.mark.parametrize("name", CONTROLS)
def test_the_page_names_every_control(name):
    """And what its findings are."""
    page = (ROOT / "docs" / "controls.md").read_text(encoding="utf-8")
    assert f"`{name}`" in page
