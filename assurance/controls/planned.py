"""The control plan itself: controls without the conclusion that it wants, late measures, samples
that say more than can be borne."""

from __future__ import annotations

from decimal import ROUND_CEILING, Decimal
from typing import Any, ClassVar

import polars as pl

from assurance.controls.control import Control, Examined, Found, Severity
from assurance.controls.evidence import Evidence
from ledger.families.control import Controls
from ledger.families.control_sample import Samples
from projections.control_register import control_measures, internal_control
from projections.control_samples import of_months, samples


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


class SampleBeyond(Control):
    """A sample whose evaluation says more than can be borne.

    As `ledger control evaluate` has it: the upper limit is above the tolerable rate or amount.
    *False positives*: as often as the sample's confidence leaves open, up to one in twenty at 95 %,
    where the population is just within. The events are the draw and the evaluation: another
    evaluation is another finding.
    """

    name = "sample_beyond"
    severity: ClassVar[Severity] = "high"
    parameters: ClassVar = {}

    def examine(self, evidence: Evidence) -> Examined:
        """The samples of the months asked about; tested are those held against something."""
        book = evidence.book
        drawn = samples(book, unit=evidence.unit, tree=evidence.tree)
        frame = of_months(drawn, evidence.first, evidence.last)
        state, found = book.state.of(Samples), []
        measured = frame.filter(pl.col("sample_verdict").is_in(["within", "beyond"]))
        for row in measured.filter(pl.col("sample_verdict") == "beyond").to_dicts():
            committed = state.committed.get(row["sample"])
            turned = committed is not None and committed[0].turned
            upper = row["upper_amount"]
            facts: dict[str, str | int | None] = {
                "row": row["sample"],
                "errors": row["deviations"] + row["misstated"],
                "items": row["drawn"],
            }
            if upper is not None and row["tolerable_amount"] is not None:
                facts |= {"upper_amount": upper, "borne_amount": row["tolerable_amount"]}
            else:
                percents = (_percent(row["upper_rate"]), _percent(row["tolerable"]))
                facts |= {"upper_percent": percents[0], "borne_percent": percents[1]}
                facts["form"] = "rate"
            events = (state.named[row["sample"]].position, row["evaluated_at"])
            at_stake = -upper if turned and upper is not None else upper
            if "form" in facts:
                at_stake = None
            found.append(Found(events, at_stake, facts))
        waiting = frame["sample_verdict"].null_count()
        others = frame.height - measured.height - waiting
        reasons = {"not_evaluated": waiting, "no_limit": others}
        return Examined(frame.height, measured.height, found, reasons)


def _percent(share: str | None) -> str | None:
    """A share in percent, two decimals, rounded up as a limit must be."""
    if share is None:
        return None
    percent = (Decimal(share) * 100).quantize(Decimal("0.01"), ROUND_CEILING)
    return f"{percent:f}"


def _asked(evidence: Evidence) -> dict[str, Any]:
    return {
        "through": evidence.through,
        "unit": evidence.unit,
        "tree": evidence.tree,
        "year": evidence.year,
    }
