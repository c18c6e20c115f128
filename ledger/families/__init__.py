"""The families of events.

Each family is one module with its events and the slice of the state they fold into, and beside
it its commands. Importing this package registers them all; a new family is a module and a line.
"""

from ledger.families import (
    action,
    assignment,
    budget,
    commentary,
    control,
    control_sample,
    erasure,
    estimate,
    followup,
    forecast,
    governance,
    investment,
    organisation,
    outcome,
    processing,
    publication,
    review,
    risk,
    roles,
    scenario,
    scorecard,
    sealing,
    staffing,
    statistic,
)

__all__ = [
    "action",
    "assignment",
    "budget",
    "commentary",
    "control",
    "control_sample",
    "erasure",
    "estimate",
    "followup",
    "forecast",
    "governance",
    "investment",
    "organisation",
    "outcome",
    "processing",
    "publication",
    "review",
    "risk",
    "roles",
    "scenario",
    "scorecard",
    "sealing",
    "staffing",
    "statistic",
]
