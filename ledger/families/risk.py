"""Risk: what could go wrong, how likely and how bad, until it is closed.

A risk is named, stands on a unit, and is assessed on the organisation's matrix
(`ledger.risk_matrix`); with an effect in money it takes part in scenarios.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from ledger.commands import Decision, Lookup
from ledger.errors import Problem, ProblemKind
from ledger.events import Draft, Event, Private
from ledger.families.organisation import Organisation
from ledger.periods import is_month
from ledger.risk_matrix import Matrix, matrix_of
from ledger.state import Slice, State

STATES = ("open", "closed")


class Assessment(Event):
    """How a risk is judged: classes of the matrix, counted from 1; ``percent`` where somebody
    says how likely it is, else its class does.

    ``effect`` is what it does to the result if it happens: öre, result sign, a cost is negative;
    absent where not put in figures. ``least`` and ``most`` are the mildest and the worst it can
    be. The effect is spread over ``first`` to ``last``; without them over the months left of the
    fiscal year that is asked about.
    """

    probability: int
    consequence: int
    percent: int | None = None
    effect: int | None = None
    least: int | None = None
    most: int | None = None
    first: str | None = None
    last: str | None = None


ASSESSED = tuple(Assessment.model_fields)


class RiskIdentified(Assessment):
    """A risk is named, on a unit and, if it is of one, a line of a report structure."""

    topic: ClassVar[str] = "risk.identified"
    risk: str
    unit: str
    report_line: str | None = None
    structure: str | None = None
    category: str | None = None
    text: Private = None
    responsible: Private = None


class RiskReassessed(Assessment):
    """The whole assessment of an open risk anew, and why; words only where they changed."""

    topic: ClassVar[str] = "risk.reassessed"
    risk: str
    unit: str
    text: Private = None
    responsible: Private = None
    reason: Private = None


class RiskClosed(Event):
    """The risk is one no more, and why."""

    topic: ClassVar[str] = "risk.closed"
    risk: str
    unit: str
    reason: Private = None


@dataclass
class Standing:
    """A risk as it stands: its identification, the newest assessment, and where its words are."""

    identified: RiskIdentified
    identified_at: int
    now: Assessment
    words_at: dict[str, int]
    closed_at: int | None = None


_WORDS = ("text", "responsible")


@dataclass
class Risks(Slice):
    """All risks by name, in the order they were identified."""

    named: dict[str, Standing] = field(default_factory=dict)

    def apply(self, event: Event, position: int) -> None:
        """Fold one event."""
        match event:
            case RiskIdentified():
                words = {name: position for name in _WORDS if getattr(event, name) is not None}
                self.named[event.risk] = Standing(event, position, event, words)
            case RiskReassessed():
                standing = self.named[event.risk]
                standing.now = event
                for name in _WORDS:
                    if getattr(event, name) is not None:
                        standing.words_at[name] = position
            case RiskClosed():
                self.named[event.risk].closed_at = position
            case _:
                pass


@dataclass(frozen=True)
class RecordRisks:
    """Identify, reassess or close risks, as each row's name and ``state`` say.

    Rows are mappings of the events' fields with ``line`` for the line of the file and ``state``
    open or closed. A name that is new is identified; one that is known and assessed otherwise is
    reassessed, and says why; what a row leaves out stands. A row that changes nothing is known.
    """

    rows: tuple[Mapping[str, Any], ...]
    file: str
    kind: str = "risk"
    digest: str | None = None

    def key(self) -> str | None:
        """None: a risk that stands as the row says is known by itself."""
        return None

    def decide(self, state: State, look: Lookup) -> Decision:
        """One event a row that says something new, or the problems of the whole file."""
        decision, organisation = Decision(), state.of(Organisation)
        matrix, seen = matrix_of(organisation.settings), dict[str, int | None]()
        for row in self.rows:
            content = {k: v for k, v in row.items() if k != "line" and v not in (None, "")}
            name, line = content.get("risk", ""), row.get("line")
            wrong = self._wrong(content, organisation, matrix)
            if wrong is None and name in seen:
                found = f"risk {name!r} stands in line {seen[name]} already"
                wrong = ("risk-repeated", found, "Keep one of the two rows.", "content")
            seen.setdefault(name, line)
            event: Event | None = None
            if wrong is None:
                event, wrong = self._decided(content, state, look)
            if wrong is not None:
                code, found, remedy, kind = wrong
                decision.problems.append(Problem(code, self.file, line, found, remedy, kind))
            elif event is None:
                decision.known += 1
            else:
                decision.drafts.append(Draft(event, line))
        return decision

    def _wrong(
        self, content: Mapping[str, Any], organisation: Organisation, matrix: Matrix
    ) -> _Wrong | None:
        """What is wrong in the row alone."""

        def bad(found: str, remedy: str) -> _Wrong:
            return ("bad-risk", found, remedy, "content")

        classes = {"probability": len(matrix.percents), "consequence": len(matrix.consequences)}
        for name, count in classes.items():
            if name in content and not 1 <= content[name] <= count:
                return bad(
                    f"{name} {content[name]} is no class of the matrix",
                    f"Write 1 to {count}; the setting risk.{name} says the classes.",
                )
        if not content.get("risk"):
            return bad("the risk has no name", "Give each risk a short name of its own.")
        if "unit" in content and content["unit"] not in organisation.units:
            return bad(f"unit {content['unit']!r} is not registered", "Correct the code.")
        if not 0 <= content.get("percent", 0) <= 100:
            return bad(f"{content['percent']} percent", "Write a whole percentage from 0 to 100.")
        if content.get("state", "open") not in STATES:
            return bad(f"state {content['state']!r}", f"Write one of {', '.join(STATES)}.")
        if not all(is_month(content[k]) for k in ("first", "last") if k in content):
            return bad("a month that is none", "Write months as 2020-08.")
        return None

    def _decided(
        self, content: Mapping[str, Any], state: State, look: Lookup
    ) -> tuple[Event | None, _Wrong | None]:
        """The event that the row asks for, None where it changes nothing, or what forbids it."""
        standing = state.of(Risks).named.get(content["risk"])
        if standing is None:
            return _identified(content, state.of(Organisation))
        fixed = standing.identified
        for ours in ("unit", "report_line", "category"):
            if ours in content and content[ours] != getattr(fixed, ours):
                found = f"{ours} of risk {fixed.risk!r} is {getattr(fixed, ours)!r}"
                remedy = "A risk stays where it is: close it, and identify a new one."
                return None, ("bad-risk", found, remedy, "content")
        now = {name: getattr(standing.now, name) for name in ASSESSED}
        then = now | {name: content[name] for name in ASSESSED if name in content}
        words = {
            n: content[n] for n in _WORDS if n in content and _changed(n, content, standing, look)
        }
        closing = content.get("state") == "closed"
        if closing and standing.closed_at is not None:
            return None, None
        if not closing and then == now and not words:
            return None, None
        if standing.closed_at is not None:
            found = f"risk {fixed.risk!r} is closed"
            return None, ("risk-closed", found, "Identify a new one.", "rule")
        if not content.get("reason"):
            found = f"risk {fixed.risk!r} is {'closed' if closing else 'assessed otherwise'}"
            return None, ("reason-missing", found, "Say why in the column reason.", "content")
        same = {"risk": fixed.risk, "unit": fixed.unit, "reason": content["reason"]}
        if closing:
            return RiskClosed(**same), None
        wrong = _range(then)
        return (None, wrong) if wrong else (RiskReassessed(**same, **then, **words), None)


_Wrong = tuple[str, str, str, ProblemKind]


def _identified(
    content: Mapping[str, Any], organisation: Organisation
) -> tuple[Event | None, _Wrong | None]:
    """A new risk, or what is wrong with it."""
    missing = [n for n in ("unit", "probability", "consequence", "text") if n not in content]
    if missing:
        found = f"risk {content['risk']!r} is new, and {', '.join(missing)} empty"
        return None, ("bad-risk", found, "Fill it in.", "content")
    if content.get("state") == "closed":
        found = f"risk {content['risk']!r} was never identified"
        return None, ("bad-risk", found, "Only a risk on record is closed.", "content")
    structure = None
    if "report_line" in content:
        structure = organisation.setting("structure.forecast")
        lines = (
            {x.line for x in organisation.structure(structure) if x.account_from}
            if structure
            else set()
        )
        if content["report_line"] not in lines:
            found = f"line {content['report_line']!r} is not in {structure!r}"
            return None, (
                "bad-risk",
                found,
                f"Write one of: {', '.join(sorted(lines))}.",
                "content",
            )
    wrong = _range(content)
    if wrong:
        return None, wrong
    kept = {k: v for k, v in content.items() if k in RiskIdentified.model_fields}
    return RiskIdentified(**{**kept, "structure": structure}), None


def _changed(name: str, content: Mapping[str, Any], standing: Standing, look: Lookup) -> bool:
    """True if the words are other than those that stand; what was erased is not told again."""
    at = standing.words_at.get(name)
    if at is None:
        return True
    held = look.private(at, name)
    return held is not None and held != content[name]


def _range(content: Mapping[str, Any]) -> _Wrong | None:
    """The effect lies between its mildest and its worst, which come together; months in order."""
    effect, least, most = (content.get(name) for name in ("effect", "least", "most"))
    first, last = content.get("first"), content.get("last")
    if first and last and first > last:
        return ("bad-risk", f"from {first} to {last}", "Write the earlier month first.", "content")
    if least is None and most is None:
        return None
    if effect is None or least is None or most is None:
        return (
            "bad-risk",
            "effect, least and most are not all there",
            "Give all three, or only effect.",
            "content",
        )
    if not min(least, most) <= effect <= max(least, most):
        return (
            "bad-risk",
            "the effect is not between least and most",
            "Correct one of them.",
            "content",
        )
    return None
