"""Commands of the control plan: adopt it, plan activities, say what they came to, decide and
follow up measures, set materiality."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from ledger.commands import Decision, Lookup
from ledger.errors import UsageError
from ledger.events import Draft, Event
from ledger.families.control import (
    ACTIVITY_WORDS,
    CONCLUSIONS,
    FREQUENCIES,
    MEASURE_WORDS,
    METHODS,
    PROGRESS,
    RESULT_WORDS,
    STATES,
    Activity,
    ControlMeasureDecided,
    ControlMeasureReported,
    ControlPerformed,
    ControlPlanAdopted,
    ControlPlanned,
    Controls,
    ControlWithdrawn,
    MaterialitySet,
    MeasureStanding,
)
from ledger.families.control_sample import Samples
from ledger.families.organisation import Organisation
from ledger.families.risk import Risks
from ledger.money import to_text
from ledger.periods import is_month
from ledger.risk_matrix import matrix_of
from ledger.row_commands import Row, RowCommand, Work, refuse
from ledger.state import State

_PLANNED = (
    *("control_method", "frequency", "risk", "probability", "consequence", "population"),
    "tolerable",
    *("confidence", "due"),
)
_RATES = ("tolerable", "confidence")
_NEW = ("text", "control_method", "frequency", "responsible")
#: A conclusion that has to say why.
_WITHOUT_ANSWER = ("not_performed", "not_assessable")


@dataclass(frozen=True)
class AdoptControlPlan:
    """Adopt the control plan of a unit and all below it for a fiscal year."""

    year: str
    unit: str
    board: str
    decision: str
    adopted_on: str
    reason: str | None = None
    kind: str = "control plan"

    def key(self) -> str | None:
        """None: a plan that is adopted so already is known by itself."""
        return None

    def decide(self, state: State, look: Lookup) -> Decision:
        """One event; raises `UsageError` for what is missing."""
        if self.unit not in state.of(Organisation).units:
            raise UsageError(f"There is no unit {self.unit!r}.", "`ledger status` lists them.")
        for name in ("board", "decision"):
            if not getattr(self, name).strip():
                raise UsageError(f"A plan is adopted with its {name}.", f"Give --{name} TEXT.")
        if not _is_year(self.year):
            raise UsageError(f"{self.year!r} is no fiscal year.", "Write 2020.")
        try:
            date.fromisoformat(self.adopted_on)
        except ValueError:
            raise UsageError(f"{self.adopted_on!r} is no day.", "Write 2020-02-17.") from None
        said = {n: getattr(self, n).strip() for n in ("year", "unit", "board", "decision")}
        said["adopted_on"] = self.adopted_on
        known = state.of(Controls).plans.get((self.year, self.unit))
        if known and all(getattr(known[0], name) == value for name, value in said.items()):
            return Decision(known=1)
        if known and not (self.reason or "").strip():
            raise UsageError(
                f"The plan of {self.year} was adopted: {known[0].decision}.",
                "Give --reason TEXT, if another takes its place.",
            )
        event = ControlPlanAdopted.model_validate({**said, "reason": self.reason or None})
        return Decision([Draft(event)])


def _is_year(text: str) -> bool:
    return is_month(f"{text}-01")


class _Planning(Work):
    """What the rows of controls have in common: a copy of the controls that they are taken on."""

    def __init__(self, state: State, look: Lookup) -> None:
        super().__init__(state, look)
        self.known = copy.deepcopy(state.of(Controls))

    def year(self, row: Row) -> str:
        """The row's fiscal year."""
        year = str(row.get("year", ""))
        if not _is_year(year):
            refuse("bad-control", f"year {year!r}", "Write the fiscal year, as 2020.")
        return year

    def activity(self, row: Row) -> Activity:
        """The activity that the row names, which is planned."""
        year, name = self.year(row), row.get("control", "")
        found = self.known.activities.get((year, name))
        if found is None:
            what = f"control {name!r} is not planned for {year}"
            refuse("control-unplanned", what, "Plan it: unit, text, method, frequency.")
        if "unit" in row and self.unit(row) != found.planned.unit:
            what = f"control {name!r} is planned for unit {found.planned.unit!r}"
            refuse("bad-control", what, "Correct the unit, or leave it empty.")
        return found

    def taken(self, event: Event | None) -> list[Event]:
        """The event, known from now on."""
        if event is None:
            return []
        self.known.apply(event, -1)
        return [event]


@dataclass(frozen=True)
class RecordControls(RowCommand):
    """Plan control activities, change and withdraw them, and say what they came to, as each row
    says.

    A name that is new in its year is planned; one on record is planned anew where the row says
    otherwise (with a reason), withdrawn where ``state`` says so (with a reason), and concluded
    where it has a ``conclusion``. What a row leaves out stands.
    """

    kind: str = "control"

    def work(self, state: State, look: Lookup) -> Work:
        """What takes the rows."""
        return _Activities(state, look)


class _Activities(_Planning):
    """Takes rows of activities and their conclusions."""

    def take(self, row: Row, line: int | None) -> list[Event]:
        """Planned, withdrawn, performed: up to three events."""
        year, name = self.year(row), row.get("control", "")
        if not name:
            refuse("bad-control", "the control has no name", "Give it a short one, as K1.")
        period = row.get("period")
        said = f"control {name!r} of {year}" + (f", {period}," if period else "")
        self.once((year, name, period), said, line)
        self._words(row)
        standing = self.known.activities.get((year, name))
        events = self.taken(self._new(row) if standing is None else self._anew(row))
        standing = self.known.activities[year, name]
        asks = {"conclusion", "result", "because", "performed_on", "sample"} & row.keys()
        withdrawn = row.get("state") == "withdrawn"
        if standing.withdrawn_at is not None and (events or asks):
            what = f"control {name!r} of {year} is withdrawn"
            refuse("control-withdrawn", what, "Plan another.", "rule")
        if asks:
            events += self.taken(self._performed(row, standing))
        if withdrawn and standing.withdrawn_at is None:
            reason = self.why(row, f"control {name!r} is withdrawn")
            unit = standing.planned.unit
            gone = ControlWithdrawn(control=name, unit=unit, year=year, reason=reason)
            events += self.taken(gone)
        return events

    def _words(self, row: Row) -> None:
        self.word({"method": row.get("control_method")}, "method", METHODS)
        self.word(row, "frequency", FREQUENCIES)
        self.word(row, "conclusion", CONCLUSIONS)
        self.word(row, "state", STATES)

    def _new(self, row: Row) -> ControlPlanned:
        name, year = row["control"], self.year(row)
        missing = [n.removeprefix("control_") for n in ("unit", *_NEW) if n not in row]
        if missing:
            what = f"control {name!r} is new in {year}, and {', '.join(missing)} empty"
            refuse("bad-control", what, "Fill it in.")
        if row.get("state") == "withdrawn":
            refuse("bad-control", f"control {name!r} was never planned", "Only one that was goes.")
        unit = self.unit(row)
        content = {n: row[n] for n in (*_PLANNED, *ACTIVITY_WORDS) if n in row}
        adopted = self.known.adopted(year, list(self.organisation.ancestors(unit)))
        if adopted is not None:
            content["reason"] = self.why(row, f"the plan of {year} is adopted: {adopted.decision}")
        return self._plan({**content, "control": name, "unit": unit, "year": year})

    def _anew(self, row: Row) -> ControlPlanned | None:
        standing = self.activity(row)
        was = {n: getattr(standing.planned, n) for n in _PLANNED}
        now = self.merged(row, was, _RATES)
        words = self.new_words(row, {n: standing.words_at[n] for n in ACTIVITY_WORDS})
        if now == was and not words:
            return None
        name, year = row["control"], self.year(row)
        reason = self.why(row, f"control {name!r} is planned otherwise on record")
        same_ = {"control": name, "unit": standing.planned.unit, "year": year, "reason": reason}
        return self._plan({**now, **words, **same_})

    def _plan(self, content: dict[str, Any]) -> ControlPlanned:
        """The plan of an activity, if it holds together."""
        for name in _RATES:
            value = content.get(name)
            if value is not None and not 0 < Decimal(value) < 1:
                what = f"{name} {value} is not between 0 and 1"
                refuse("bad-control", what, "Five percent is written 0.05.")
        matrix = matrix_of(self.organisation.settings)
        classes = {"probability": len(matrix.percents), "consequence": len(matrix.consequences)}
        given = [n for n in classes if content.get(n) is not None]
        if len(given) == 1:
            refuse("bad-control", f"only {given[0]} is given", "Give both classes, or none.")
        for name in given:
            if not 1 <= content[name] <= classes[name]:
                what = f"{name} {content[name]} is no class of the matrix"
                remedy = f"Write 1 to {classes[name]}; the setting risk.{name} says the classes."
                refuse("bad-control", what, remedy)
        risk = content.get("risk")
        if risk is not None and risk not in self.state.of(Risks).named:
            what = f"risk {risk!r} is not in the register"
            refuse("bad-control", what, "Identify it, or say it in risk_text.")
        if content["control_method"] == "sample" and not content.get("population"):
            refuse("bad-control", "a sample of nothing", "Name the population.")
        return ControlPlanned.model_validate(content)

    def _answered(self, row: Row) -> None:
        """Refuse to conclude that a control is adequate from a sample that does not say so."""
        name, remedy = row["sample"], "See `ledger control evaluate`."
        samples = self.state.of(Samples)
        evaluated = samples.evaluated.get(name)
        newest = max((a.position for a in samples.assessed.get(name, {}).values()), default=None)
        if evaluated is None or evaluated[0].through != newest:
            refuse("sample-unanswered", f"sample {name!r} is not evaluated", remedy, "rule")
        if evaluated[0].sample_verdict == "beyond" and not row.get("because"):
            what = f"sample {name!r} is beyond what can be borne, and because is empty"
            remedy = (
                "Say why it is adequate all the same, in the column because (of a command: "
                "--because)."
            )
            refuse("sample-unanswered", what, remedy, "rule")

    def _performed(self, row: Row, standing: Activity) -> ControlPerformed | None:
        name, year, unit = row["control"], self.year(row), standing.planned.unit
        period, conclusion = row.get("period", ""), row.get("conclusion")
        if not is_month(period):
            refuse("bad-control", f"a conclusion of period {period!r}", "Write its month, 2020-08.")
        first, last = self.organisation.calendar.year_of(period)
        if first[:4] != year:
            what = f"{period} is in the fiscal year {first} to {last}, and the plan is of {year}"
            refuse("bad-control", what, "Correct year or period.")
        if conclusion is None:
            known = ", ".join(CONCLUSIONS)
            refuse("bad-control", "a result without a conclusion", f"Say which: {known}.")
        if "sample" in row and row["sample"] not in self.state.of(Samples).named:
            what = f"sample {row['sample']!r} is not on record"
            refuse("unknown-sample", what, "See `ledger control list --samples`.")
        if "sample" in row and conclusion == "adequate":
            self._answered(row)
        if conclusion in _WITHOUT_ANSWER and not row.get("because"):
            refuse("bad-control", f"{conclusion}, and because is empty", "Say because of what.")
        was = standing.performed.get(period)
        same = was is not None and was.event.conclusion == conclusion
        nowhere = dict.fromkeys(RESULT_WORDS, -1)
        words = self.new_words(row, was.words_at if was and same else nowhere)
        plain = ("conclusion", "performed_on", "sample")
        now = {n: row.get(n, getattr(was.event, n) if was else None) for n in plain}
        content = {"control": name, "unit": unit, "year": year, "period": period, **now, **words}
        if was is not None:
            if now == {n: getattr(was.event, n) for n in plain} and not words:
                return None
            content["version"] = was.event.version + 1
            what = f"control {name!r} of {period} is concluded otherwise on record"
            content["reason"] = self.why(row, what)
        self.open("control", period, unit)
        return ControlPerformed.model_validate(content)


@dataclass(frozen=True)
class RecordControlMeasures(RowCommand):
    """Decide measures of controls, and report how they go: a new name is decided; one on record
    is decided anew where due, text or responsible are others (with a reason), and reported where
    the row has ``measure_progress`` or ``report``."""

    kind: str = "control_measure"

    def work(self, state: State, look: Lookup) -> Work:
        """What takes the rows."""
        return _Measures(state, look)


class _Measures(_Planning):
    """Takes rows of measures."""

    def take(self, row: Row, line: int | None) -> list[Event]:
        """Decided, reported: up to two events."""
        activity, name = self.activity(row), row.get("measure", "")
        planned = activity.planned
        if not name:
            refuse("bad-control-measure", "the measure has no name", "Give it a short one.")
        self.once((planned.year, planned.control, name), f"measure {name!r}", line)
        self.word({"progress": row.get("measure_progress")}, "progress", PROGRESS)
        about = {"measure": name, "control": planned.control, "unit": planned.unit}
        about["year"] = planned.year
        events = self.taken(self._decided(row, activity.measures.get(name), about))
        standing = activity.measures[name]
        return events + self.taken(self._reported(row, standing, about))

    def _decided(
        self, row: Row, known: MeasureStanding | None, about: dict[str, str]
    ) -> ControlMeasureDecided | None:
        said = {n: row[n] for n in ("due", *MEASURE_WORDS) if n in row}
        if known is None:
            if "text" not in row:
                what = f"measure {row['measure']!r} is new, and its text is empty"
                refuse("bad-control-measure", what, "Say what is to be done.")
            return ControlMeasureDecided.model_validate({**about, **said})
        words = self.new_words(row, known.words_at)
        due = row.get("due", known.decided.due)
        if due == known.decided.due and not words:
            return None
        reason = self.why(row, f"measure {row['measure']!r} is decided otherwise on record")
        return ControlMeasureDecided.model_validate(
            {**about, **words, "due": due, "reason": reason}
        )

    def _reported(
        self, row: Row, known: MeasureStanding, about: dict[str, str]
    ) -> ControlMeasureReported | None:
        if not {"measure_progress", "report", "reported_on"} & row.keys():
            return None
        last = known.reported
        progress = row.get("measure_progress") or (last.measure_progress if last else None)
        if progress is None:
            what = f"a report without progress; known are {', '.join(PROGRESS)}"
            refuse("bad-control-measure", what, "Say how it goes.")
        said = {"text": row["report"]} if "report" in row else {}
        day = row.get("reported_on")
        again = last and progress == last.measure_progress and day in (None, last.reported_on)
        if again and not self.new_words(said, {"text": known.reported_at}):
            return None
        return ControlMeasureReported.model_validate(
            {**about, **said, "measure_progress": progress, "reported_on": day}
        )


@dataclass(frozen=True)
class SetMateriality(RowCommand):
    """Set what is material: ``year``, ``unit``, ``overall``, ``performance``, ``trivial`` (öre),
    ``basis``, ``decision``, ``reason``; set otherwise than on record with a reason."""

    kind: str = "materiality"

    def work(self, state: State, look: Lookup) -> Work:
        """What takes the rows."""
        return _Material(state, look)


class _Material(_Planning):
    """Takes rows of materiality."""

    def take(self, row: Row, line: int | None) -> list[Event]:
        """One event, or none where it is on record."""
        year, unit = self.year(row), self.unit(row)
        self.once((year, unit), f"materiality of {unit}, {year},", line)
        amounts = {n: row.get(n) for n in ("overall", "performance", "trivial")}
        missing = [name for name, amount in amounts.items() if amount is None]
        if missing:
            refuse("bad-materiality", f"{', '.join(missing)} empty", "Give all three.")
        trivial, performance, overall = (amounts[n] or 0 for n in reversed(list(amounts)))
        if not 0 <= trivial < performance <= overall:
            shown = ", ".join(to_text(x) or "" for x in (trivial, performance, overall))
            what = f"trivial, performance and overall are {shown}"
            refuse("bad-materiality", what, "They rise, and none is below zero.")
        said = {**amounts, **{n: row[n] for n in ("basis", "decision") if n in row}}
        content = {**said, "year": year, "unit": unit}
        known = self.known.materiality.get((year, unit))
        if known is not None:
            if all(getattr(known[0], name) == value for name, value in said.items()):
                return []
            content["reason"] = self.why(row, f"materiality of {unit}, {year}, is another")
        return self.taken(MaterialitySet.model_validate(content))
