"""Entering amounts into a forecast round, and when an entry wants a comment.

What stands beside an entry (the outcome so far, the previous round, the model) is computed above
this package and handed in as `Beside`, one for each unit and line; nothing is computed here::

    rows + beside ── rules ──> entries, each with the model's figure kept
                       └─────> problems: what stands still, what lacks its comment
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from ledger.commands import Decision, Lookup
from ledger.errors import Problem
from ledger.events import Draft
from ledger.families.forecast import METHODS, STILL, ForecastEntered, Forecasts, Round, Standing
from ledger.families.organisation import Organisation
from ledger.money import NotMoney, read_decimal, to_ore, to_text
from ledger.periods import months_between, shift
from ledger.state import State

#: Settings beyond which an entry wants a comment: kronor, and percent of the year-end that it is
#: compared with. Each demands for itself; one that is empty or not there demands nothing.
COMMENT_OVER, COMMENT_OVER_PERCENT = "forecast.comment_over", "forecast.comment_over_percent"

#: Round, unit and line.
Place = tuple[str, str, str]
_Row = Mapping[str, Any]
_Key = tuple[str, str, str, str | None]


def threshold(setting: str, value: str) -> int | Decimal | None:
    """What the setting's text says: öre, or percent; None for none. Raises `NotMoney`."""
    if not value.strip():
        return None
    found = to_ore(value) if setting == COMMENT_OVER else read_decimal(value)
    if found < 0:
        raise NotMoney("below zero")
    return found


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands beside an entry, öre in result sign: the ``outcome`` so far; what of the months
    left would keep the ``previous`` round's year-end; of the model, where it says anything of the
    place, the content that `ForecastEntered` keeps; and what the round has ``assumed`` of the
    months left, which the model does not know."""

    outcome: int = 0
    previous: int | None = None
    model: Mapping[str, Any] = field(default_factory=dict)
    assumed: int = 0


@dataclass(frozen=True)
class _Thresholds:
    """When an amount wants a comment."""

    ore: int | None
    percent: Decimal | None

    @classmethod
    def of(cls, organisation: Organisation) -> _Thresholds:
        """As the settings say."""
        ore = threshold(COMMENT_OVER, organisation.setting(COMMENT_OVER) or "")
        percent = threshold(COMMENT_OVER_PERCENT, organisation.setting(COMMENT_OVER_PERCENT) or "")
        return cls(None if ore is None else int(ore), None if percent is None else Decimal(percent))

    def demands(self, amount: int, beside: Beside) -> str | None:
        """Why the amount for all months left wants a comment; None where it does not."""
        low, high = beside.model.get("p10"), beside.model.get("p90")
        told = amount - beside.assumed
        if low is not None and high is not None and not low <= told <= high:
            aside = f" but for the assumed {to_text(beside.assumed)}" if beside.assumed else ""
            return (
                f"{to_text(amount)} is{aside} outside the model's 80 % interval, "
                f"{to_text(low)} to {to_text(high)}"
            )
        of, base, model = "the previous round", beside.previous, beside.model.get("model_amount")
        if base is None and model is not None:
            of, base = "the model", model + beside.assumed
        if base is None:
            return None
        moved, year_end = abs(amount - base), abs(beside.outcome + base)
        if self.ore is not None and moved > self.ore:
            return f"{to_text(moved)} from {of}, and {COMMENT_OVER} is {to_text(self.ore)}"
        if self.percent is not None and 100 * moved > self.percent * year_end:
            return (
                f"{to_text(moved)} from {of}, whose year-end is {to_text(beside.outcome + base)}, "
                f"and {COMMENT_OVER_PERCENT} is {self.percent}"
            )
        return None


@dataclass(frozen=True)
class EnterForecast:
    """Enter amounts into an open round.

    Each row is a mapping of `ForecastEntered`'s fields with ``line`` for the line of the file;
    an amount that is entered already is known, another one replaces it (the first stays in the
    log). With ``beside``, what stands beside each place, the model's figure is kept with the
    entry, and an amount that leaves its interval or passes a threshold wants a comment; without,
    only what is entered by hand does.
    """

    rows: tuple[_Row, ...]
    file: str
    kind: str = "forecast"
    digest: str | None = None
    beside: Mapping[Place, Beside] = field(default_factory=dict)

    def key(self) -> str | None:
        """None: what was entered may be entered again after another entry."""
        return None

    def decide(self, state: State, look: Lookup) -> Decision:
        """One event a row, or the problems of the whole file."""
        decision, rules = Decision(), _Rules(self.file, state)
        rounds = state.of(Forecasts).rounds
        taken: list[tuple[_Key, ForecastEntered, int | None]] = []
        for row in self.rows:
            content = {k: v for k, v in row.items() if k != "line" and v not in (None, "")}
            problem = rules.problem(content, row.get("line"))
            if problem:
                decision.problems.append(problem)
                continue
            kept = self.beside.get((content["round"], content["unit"], content["report_line"]))
            event = ForecastEntered.model_validate(
                {"method": "manual", **(kept.model if kept else {}), **content}
            )
            taken.append((_key(content), event, row.get("line")))
        known = [_is_known(rounds[key[0]], key, event, look) for key, event, _ in taken]
        decision.known = sum(known)
        fresh = [each for each, old in zip(taken, known, strict=True) if not old]
        decision.problems += self._uncommented(taken, fresh, state, look)
        decision.drafts += [Draft(event, line) for _, event, line in fresh]
        return decision

    def _uncommented(
        self,
        taken: list[tuple[_Key, ForecastEntered, int | None]],
        fresh: list[tuple[_Key, ForecastEntered, int | None]],
        state: State,
        look: Lookup,
    ) -> list[Problem]:
        """Problems of the new entries that want a comment, and have none in any of their months.

        An entry by month is judged with the others of its unit and line, once all months left
        have one: the model and the previous round speak of their sum.
        """
        thresholds = _Thresholds.of(state.of(Organisation))
        calendar, rounds = state.of(Organisation).calendar, state.of(Forecasts).rounds
        months: dict[Place, dict[str | None, ForecastEntered]] = {}
        for key, event, _ in taken:
            months.setdefault(key[:3], {})[key[3]] = event
        found: list[Problem] = []
        judged: set[Place] = set()
        for (*_, period), event, line in fresh:
            place = (event.round, event.unit, event.report_line)
            beside, round_ = self.beside.get(place), rounds[event.round]
            if beside is None or place in judged:
                continue
            judged.add(place)
            entries = months[place]
            said = any(each.comment for each in entries.values())
            if period is not None:
                through = round_.opened.through
                left = months_between(shift(through, 1), calendar.year_of(through)[1])
                for month in left:
                    held = (event.unit, event.report_line, month)
                    if month not in entries and held in round_.entries:
                        entries[month] = round_.entries[held]
                        at = round_.entry_positions[held]
                        said = said or look.private(at, "comment") is not None
                if not set(left) <= set(entries):
                    continue
            why = thresholds.demands(sum(each.amount for each in entries.values()), beside)
            if why and not said:
                found.append(
                    Problem(
                        "comment-demanded",
                        self.file,
                        line,
                        f"unit {event.unit} line {event.report_line!r} wants a comment: {why}",
                        "Say in a few words why it differs.",
                    )
                )
        return found


def _key(content: Mapping[str, Any]) -> _Key:
    return (
        content.get("round", ""),
        content.get("unit", ""),
        content.get("report_line", ""),
        content.get("period"),
    )


def _is_known(round_: Round, key: _Key, event: ForecastEntered, look: Lookup) -> bool:
    """True if the round holds the very same entry, but for a comment that was erased."""
    before = round_.entries.get(key[1:])
    if before is None or (before.amount, before.method) != (event.amount, event.method):
        return False
    held = look.private(round_.entry_positions[key[1:]], "comment")
    erased = before.comment is not None and held is None
    return erased or event.comment in (None, held)


class _Rules:
    """What must hold of each row, for the rows of one file in order."""

    def __init__(self, file: str, state: State) -> None:
        self.file, self.rounds = file, state.of(Forecasts).rounds
        self.organisation = state.of(Organisation)
        self._standing: dict[str, Standing] = {}
        self._lines: dict[str, set[str]] = {}
        self._seen: dict[_Key, int | None] = {}
        self._ways: dict[str, dict[tuple[str, str], bool]] = {}

    def problem(self, content: Mapping[str, Any], line: int | None) -> Problem | None:
        """What is wrong with the row, if anything."""
        found = self._of_round(content) or self._of_row(content)
        key = _key(content)
        if found is None and key in self._seen:
            found = (
                "entry-repeated",
                f"unit {key[1]} and line {key[2]!r} stand in line {self._seen[key]} already",
                "Keep one of the two rows.",
                False,
            )
        self._seen[key] = line
        if found is None:
            return None
        code, text, remedy, rule = found
        return Problem(code, self.file, line, text, remedy, "rule" if rule else "content")

    def _of_round(self, content: Mapping[str, Any]) -> tuple[str, str, str, bool] | None:
        """What is wrong with the round, or the unit's place in it."""
        name, unit = content.get("round", ""), content.get("unit", "")
        if name not in self.rounds:
            remedy = "Open it with `ledger forecast round`."
            return "unknown-round", f"there is no forecast round {name!r}", remedy, True
        round_ = self.rounds[name]
        if round_.adopted_at is not None:
            found = f"round {name!r} is adopted and locked"
            return "round-adopted", found, "Open a new one.", True
        standing = self._standing.setdefault(name, Standing(round_, self.organisation))
        if not standing.inside(unit):
            found = f"unit {unit!r} is not in the round's part"
            return "unknown-unit", found, "Correct the code.", False
        if (stands := standing.of(unit)) in STILL:
            return (
                "forecast-submitted",
                f"unit {unit} is {stands} in round {name!r}",
                "Let it be returned first: `ledger forecast return`.",
                True,
            )
        return None

    def _of_row(self, content: Mapping[str, Any]) -> tuple[str, str, str, bool] | None:
        """What is wrong with the line, the amount, the month or the method."""
        opened, unit = self.rounds[content["round"]].opened, content["unit"]
        report_line, period = content.get("report_line"), content.get("period")
        if opened.structure not in self._lines:
            lines = self.organisation.structure(opened.structure)
            self._lines[opened.structure] = {x.line for x in lines if x.account_from}
        ranged = self._lines[opened.structure]
        where = f"unit {unit} line {report_line!r}"
        if report_line not in ranged:
            found = f"line {report_line!r} is not in {opened.structure!r}"
            return "unknown-line", found, f"Write one of: {', '.join(sorted(ranged))}.", False
        if "amount" not in content:
            return "empty-field", "amount is empty", "Fill it in.", False
        end = self.organisation.calendar.year_of(opened.through)[1]
        if period is not None and not opened.through < period <= end:
            found = f"{period} is not after {opened.through} in its fiscal year"
            remedy = "A forecast is for the months after the round's."
            return "period-outside-round", found, remedy, False
        method = content.get("method", "manual")
        if method not in METHODS:
            remedy = f"Write one of {', '.join(METHODS)}."
            return "unknown-method", f"method {method!r}", remedy, False
        if method == "model" and not content.get("inputs_root"):
            found = f"{where} says model, and not from what"
            remedy = "Let `ledger forecast enter --method model` enter it, or say manual."
            return "model-without-inputs", found, remedy, False
        if method == "manual" and not content.get("comment"):
            found = f"{where} is entered by hand, without a comment"
            return "comment-missing", found, "Say in a few words what it stands on.", False
        if self._mixed(content):
            how = "by month" if period is None else "for the rest of the year"
            return (
                "entry-mixed",
                f"{where} is entered {how} already",
                "Enter it one way in a round.",
                True,
            )
        return None

    def _mixed(self, content: Mapping[str, Any]) -> bool:
        """Whether the place is entered by month there, and for the rest of the year here."""
        name, *place, period = _key(content)
        if name not in self._ways:
            ways = self._ways[name] = {}
            for unit, line, month in self.rounds[name].entries:
                ways[unit, line] = month is not None
        by_month = self._ways[name].setdefault((place[0], place[1]), period is not None)
        return by_month != (period is not None)
