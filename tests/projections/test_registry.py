"""The registry: every projection is found, says what it is, and answers to its name."""

import inspect
import subprocess
import sys
import types

import polars as pl
import pytest

import projections
from ledger.errors import BeyondSixtyFourBits
from projections import PROJECTIONS
from projections.amounts import narrowed, percent
from projections.registry import exposed, homes, projection


def test_every_projection_stands_in_the_registry():
    """By name, with its columns of öre and percent, its title's key and its function."""
    assert sorted(PROJECTIONS) == [
        "action_plan",
        "actions",
        "assignments",
        "assumptions",
        "attachments",
        "balance",
        "balance_requirement",
        "batches",
        "bridge",
        "bridge_entries",
        "bridge_quantities",
        "budget_series",
        "commentary",
        "control_measures",
        "correction_rows",
        "corrections",
        "cost_development",
        "divisions",
        "eliminations",
        "findings",
        "follow_up",
        "forecast_round",
        "general_ledger",
        "headcount",
        "history",
        "internal_control",
        "internal_pairs",
        "investments",
        "journal",
        "late_entries",
        "marked_series",
        "marks",
        "monthly_series",
        "region_summary",
        "result",
        "risks",
        "roles",
        "rounds",
        "sample_items",
        "samples",
        "scenarios",
        "scorecard",
        "sick_leave",
        "sources",
        "special_follow_up",
        "staff_time",
        "staffing",
        "staffing_months",
        "statement",
        "statistics",
        "trace",
        "variance_explanations",
        "variances",
    ]
    for name, one in PROJECTIONS.items():
        assert one.name == name
        assert one.title.startswith("title.")
        assert one.function is getattr(projections, name)
        assert next(iter(inspect.signature(one.function).parameters)) == "book"


def test_each_name_has_its_home():
    """The list in the package names what the modules' ``__all__`` say, and nothing else."""
    assert sorted(homes()) == sorted(exposed())
    assert all(getattr(projections, name) is one for name, one in exposed().items())


def test_a_projection_alone_is_imported_alone():
    """By its name, from the package and from the registry."""
    code = "import sys, projections; projections.result; projections.PROJECTIONS['result']; "
    code += "print('projections.period_result' in sys.modules, 'projections.risk_register' in "
    code += "sys.modules, 'nothing' in projections.PROJECTIONS, len(projections.PROJECTIONS) > 40)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True", "False", "False", "True"]
    with pytest.raises(KeyError):
        _ = PROJECTIONS["nothing"]


def test_no_module_hides_a_function():
    """After all modules are imported every public name is still what it was."""
    for name in [*PROJECTIONS, "export_sqlite", "rows", "line_hierarchy"]:
        assert not isinstance(getattr(projections, name), types.ModuleType)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = projections.nothing


def test_two_of_one_name_are_refused():
    """A name belongs to one function."""

    assert "result" in PROJECTIONS

    def result(book):
        """Not the result."""

    with pytest.raises(TypeError, match="share the name"):
        projection(())(result)


def test_importing_the_package_is_light():
    """Polars is loaded when a projection is asked for."""
    code = "import sys, projections; print('polars' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_percent_of_unknown_is_unknown():
    """Null in, null out; no −0.00."""
    frame = pl.DataFrame(
        {"a": [None, 1, -1], "b": [1, None, 10**9]}, {"a": pl.Int64, "b": pl.Int64}
    )
    shown = frame.select(percent(pl.col("a"), pl.col("b"))).to_series()
    assert shown.to_list() == [None, None, "0.00"]


def test_narrowing_refuses_both_ends():
    """2⁶³ does not fit, 2⁶³ − 1 and −2⁶³ do."""
    frame = pl.DataFrame({"a": [2**63 - 1, -(2**63)]}, {"a": pl.Int128})
    assert narrowed(frame, ("a",)).schema == {"a": pl.Int64}
    for beyond in (2**63, -(2**63) - 1):
        with pytest.raises(BeyondSixtyFourBits):
            narrowed(pl.DataFrame({"a": [beyond]}, {"a": pl.Int128}), ("a",))
