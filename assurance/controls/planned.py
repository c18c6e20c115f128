"""The control plan itself: controls without the conclusion that it wants, late measures."""

from __future__ import annotations

from typing import Any, ClassVar

import polars as pl

from assurance.controls.control import Control, Examined, Found, Severity
from assurance.controls.evidence import Evidence
from ledger.families.control import Controls
from projections.control_register import control_measures, internal_control


class OverdueControl(Control):
    """A control of the plan that has no conclusion where the plan wants one.

    As `ledger control list` has it: ``control.days`` after each month, quarter, tertial, half-year
    or year, or past its due day. *False positives*: none; a control that was not performed is
    concluded as such, with the reason. The events are the plan of the control and the conclusions
    that there are.
    """

    name = "overdue_control"
    severity: ClassVar[Severity] = "medium"
    parameters: ClassVar = {}

    def examine(self, evidence: Evidence) -> Examined:
        """The controls of the fiscal year asked about, else of the newest."""
        frame = internal_control(evidence.book, **_asked(evidence))
        activities = evidence.book.state.of(Controls).activities
        found = []
        for row in frame.filter(pl.col("overdue") == "yes").iter_rows(named=True):
            activity = activities[row["year"], row["control"]]
            done = sorted(each.position for each in activity.performed.values())
            facts = {"row": row["control"], "missing": row["missing"] or row["due"]}
            found.append(Found((row["position"], *done), None, facts))
        return Examined(frame.height, frame.height, found)


class OverdueMeasure(Control):
    """A measure of a control that is neither done nor dropped, and whose day has passed.

    Of this year's controls, and of earlier years'. *False positives*: none; a measure that takes
    longer is decided anew, with another day and the reason. The event is the decision.
    """

    name = "overdue_measure"
    severity: ClassVar[Severity] = "medium"
    parameters: ClassVar = {}

    def examine(self, evidence: Evidence) -> Examined:
        """The measures of the fiscal year asked about, and those that earlier years left."""
        frame = control_measures(evidence.book, **_asked(evidence))
        late = frame.filter(pl.col("overdue") == "yes")
        found = [
            Found(
                (row["position"],),
                None,
                {"row": row["measure_name"], "control": row["control"], "due": row["due"]},
            )
            for row in late.iter_rows(named=True)
        ]
        tested = frame.height - frame["due"].null_count()
        return Examined(frame.height, tested, found, {"no_day": frame.height - tested})


def _asked(evidence: Evidence) -> dict[str, Any]:
    return {
        "through": evidence.through,
        "unit": evidence.unit,
        "tree": evidence.tree,
        "year": evidence.year,
    }
