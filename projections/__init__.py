"""Projections: pure functions from the log to tables. Events in, a Polars frame out.

Every projection is ``name(book, through=None, known_at=None, *, …)``; amounts are Int64 öre in
result sign unless its docstring says otherwise, percentages are text. The same book, period and
known-at give the same frame, for ever. ::

    Book ── facts ──> one row an amount ── dimensions ──> keys ── a projection ──> frame

A new projection is one function in one module, marked with `registry.projection`; it is found
here by its name, and stands in `PROJECTIONS`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from projections.account_balance import balance as balance
    from projections.account_ledger import general_ledger as general_ledger
    from projections.accountability import batches as batches
    from projections.accountability import late_entries as late_entries
    from projections.accountability import roles as roles
    from projections.action_plans import action_plan as action_plan
    from projections.action_plans import actions as actions
    from projections.assignment_register import assignments as assignments
    from projections.assumed import assumed_months as assumed_months
    from projections.balanced_budget import balance_requirement as balance_requirement
    from projections.comparison import DIFF_AMOUNTS as DIFF_AMOUNTS
    from projections.comparison import diff as diff
    from projections.control_register import control_measures as control_measures
    from projections.control_register import internal_control as internal_control
    from projections.control_samples import sample_items as sample_items
    from projections.control_samples import samples as samples
    from projections.corrected import correction_rows as correction_rows
    from projections.corrected import corrections as corrections
    from projections.cost_growth import cost_development as cost_development
    from projections.event_history import HistoryPage as HistoryPage
    from projections.event_history import history as history
    from projections.event_history import history_page as history_page
    from projections.event_history import processing_topics as processing_topics
    from projections.explained_variances import attachments as attachments
    from projections.explained_variances import commentary as commentary
    from projections.explained_variances import variance_explanations as variance_explanations
    from projections.explained_variances import variances as variances
    from projections.finding_register import findings as findings
    from projections.forecast_rounds import assumptions as assumptions
    from projections.forecast_rounds import forecast_round as forecast_round
    from projections.forecast_rounds import rounds as rounds
    from projections.internal_items import eliminations as eliminations
    from projections.internal_items import internal as internal
    from projections.internal_items import internal_pairs as internal_pairs
    from projections.investment_frames import investments as investments
    from projections.marked_entries import follow_up as follow_up
    from projections.marked_entries import marked as marked
    from projections.marked_entries import marks as marks
    from projections.period_result import line_hierarchy as line_hierarchy
    from projections.period_result import result as result
    from projections.read_model import export_sqlite as export_sqlite
    from projections.read_model import program_version as program_version
    from projections.registry import PROJECTIONS as PROJECTIONS
    from projections.registry import Projection as Projection
    from projections.registry import projection as projection
    from projections.registry import rows as rows
    from projections.replaying import Adopted as Adopted
    from projections.replaying import Rebuilt as Rebuilt
    from projections.replaying import adopted_rounds as adopted_rounds
    from projections.replaying import canonical_rows as canonical_rows
    from projections.replaying import replay as replay
    from projections.reported_statistics import statistics as statistics
    from projections.risk_register import exposed_risks as exposed_risks
    from projections.risk_register import risks as risks
    from projections.scenario_runs import scenarios as scenarios
    from projections.scorecards import scorecard as scorecard
    from projections.sick_rates import sick_leave as sick_leave
    from projections.side_by_side import divisions as divisions
    from projections.side_by_side import published as published
    from projections.source_files import sources as sources
    from projections.special_costs import special_follow_up as special_follow_up
    from projections.staff_tables import headcount as headcount
    from projections.staff_tables import staff_time as staff_time
    from projections.staff_tables import staffing as staffing
    from projections.staff_tables import staffing_months as staffing_months
    from projections.statements import region_summary as region_summary
    from projections.statements import statement as statement
    from projections.timelines import budget_series as budget_series
    from projections.timelines import marked_series as marked_series
    from projections.timelines import monthly_series as monthly_series
    from projections.tracing import trace as trace
    from projections.variance_bridge import bridge as bridge
    from projections.variance_bridge import bridge_entries as bridge_entries
    from projections.variance_bridge import bridge_quantities as bridge_quantities
    from projections.voucher_journal import journal as journal


def __getattr__(name: str) -> Any:
    """What one of this package's modules says in its ``__all__``; that module alone is imported,
    when the name is first asked for."""
    from importlib import import_module

    from projections.registry import homes

    home = homes().get(name)
    if home is None:  # a submodule is found by the import system itself
        raise AttributeError(f"module 'projections' has no attribute {name!r}")
    return getattr(import_module(home), name)
