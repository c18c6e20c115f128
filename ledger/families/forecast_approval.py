"""Submitting, returning, approving and adopting: how a forecast round comes to its end.

::

    opened ── enter ──> entered ── submit ──> submitted ── approve ──> approved ── adopt ──> adopted
                           ^                      │                        │
                           └────── returned <─────┴──────── return ────────┘

Each step but the last is of a unit and all below it (`Standing`). Where the setting
``forecast.approval`` is ``approved``, every unit that has entries must be approved before the
round is adopted; where it is ``none`` (as when nobody says), entered is enough.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ledger.commands import Decision, Lookup, Notice, Role
from ledger.errors import ForecastError, NotApproved, RuleBroken, UsageError
from ledger.events import Draft
from ledger.families.forecast import (
    ForecastAdopted,
    ForecastApproved,
    ForecastReturned,
    Forecasts,
    ForecastSubmitted,
    Round,
    Standing,
    UnitState,
)
from ledger.families.organisation import Organisation
from ledger.families.roles import second_person
from ledger.identity import Who
from ledger.state import State

#: Values of the setting ``forecast.approval``; the first is the default.
APPROVAL = ("none", "approved")

#: Units named in an error; the rest are counted.
_NAMED = 8


def _standing(state: State, name: str, unit: str) -> tuple[Standing, dict[str, UnitState]]:
    """How the units of an open round stand, and those with entries in the unit's part."""
    round_ = state.of(Forecasts).round(name)
    if round_.adopted_at is not None:
        raise RuleBroken(f"The round {name!r} is adopted and locked.", "Open a new one.")
    standing = Standing(round_, state.of(Organisation))
    if not standing.inside(unit):
        raise UsageError(
            f"The unit {unit!r} is not in the part of round {name!r}.",
            f"The round is of {round_.opened.unit} and all below it.",
        )
    return standing, standing.entered(unit)


def _require(entered: dict[str, UnitState], name: str, unit: str) -> None:
    """Raise `ForecastError` where there is nothing to submit or approve."""
    if not entered:
        raise ForecastError(
            f"Nothing is entered for {unit} in round {name!r}.",
            "Enter it with `ledger forecast enter`.",
        )


def _named(units: list[str]) -> str:
    more = f" and {len(units) - _NAMED} more" if len(units) > _NAMED else ""
    return ", ".join(units[:_NAMED]) + more


@dataclass(frozen=True)
class SubmitForecast:
    """Submit what a unit and all below it entered; it stands still until returned."""

    round: str
    unit: str
    comment: str | None = None
    kind: str = "forecast submit"

    def key(self) -> str | None:
        """None: a rule refuses submitting twice."""
        return None

    def decide(self, state: State, look: Lookup) -> Decision:
        """One event; what units below submitted, had returned or approved is submitted with it."""
        standing, entered = _standing(state, self.round, self.unit)
        _require(entered, self.round, self.unit)
        now = standing.of(self.unit)
        if now in ("submitted", "approved") and set(entered.values()) <= {now}:
            raise RuleBroken(
                f"{self.unit} is {now} already in round {self.round!r}.",
                "Let it be returned before it is changed.",
            )
        event = ForecastSubmitted(round=self.round, unit=self.unit, comment=self.comment)
        return Decision([Draft(event)])


@dataclass(frozen=True)
class ReturnForecast:
    """Give back what a unit and all below it submitted, also where it was approved."""

    round: str
    unit: str
    reason: str
    kind: str = "forecast return"
    needs: ClassVar[tuple[Role, ...]] = ("approver",)

    def key(self) -> str | None:
        """None: a rule refuses returning what was not submitted."""
        return None

    def decide(self, state: State, look: Lookup) -> Decision:
        """One event, with its reason."""
        if not self.reason.strip():
            raise UsageError("Returning wants a reason.", "Give --reason TEXT.")
        standing, entered = _standing(state, self.round, self.unit)
        if not {standing.of(self.unit), *entered.values()} & {"submitted", "approved"}:
            raise RuleBroken(
                f"Nothing of {self.unit} is submitted in round {self.round!r}.",
                "What is not submitted can be entered as it is.",
            )
        event = ForecastReturned(round=self.round, unit=self.unit, reason=self.reason)
        return Decision([Draft(event)])


@dataclass(frozen=True)
class ApproveForecast:
    """Approve what a unit and all below it submitted: four eyes."""

    round: str
    unit: str
    comment: str | None = None
    kind: str = "forecast approve"
    needs: ClassVar[tuple[Role, ...]] = ("approver",)

    def key(self) -> str | None:
        """None: a rule refuses approving twice."""
        return None

    def decide(self, state: State, look: Lookup) -> Decision:
        """One event; never by one who entered any of it, or who submitted it."""
        standing, entered = _standing(state, self.round, self.unit)
        _require(entered, self.round, self.unit)
        open_ = [unit for unit, now in entered.items() if now in ("entered", "returned")]
        if open_:
            raise RuleBroken(
                f"Not submitted in round {self.round!r}: {_named(open_)}.",
                f"Submit {self.unit} whole, or approve the units that are submitted.",
            )
        waiting = [unit for unit, now in entered.items() if now == "submitted"]
        if not waiting:
            raise RuleBroken(f"{self.unit} is approved already in round {self.round!r}.")
        decision = Decision()
        shared: dict[Who, bool] = {}
        for position in _behind(standing, waiting):
            recorded = look.event(position)
            assert recorded is not None, "entries and marks stand at events"
            by = Who(recorded.envelope.actor, recorded.envelope.user)
            if by not in shared:
                shared[by] = second_person(state, by, look.occasion.who)
        decision.notices += [
            Notice(
                "four-eyes-one-account",
                f"{by.actor} and {look.occasion.who.actor} acted from the account "
                f"{by.user}; only their names tell them apart (four_eyes=actor)",
            )
            for by, one_account in shared.items()
            if one_account
        ]
        event = ForecastApproved(round=self.round, unit=self.unit, comment=self.comment)
        decision.drafts.append(Draft(event))
        return decision


def looked_at(state: State, approved: ForecastApproved) -> list[int]:
    """Positions of what an approval looked at, from the state just before it."""
    standing, entered = _standing(state, approved.round, approved.unit)
    return _behind(standing, [unit for unit, now in entered.items() if now == "submitted"])


def _behind(standing: Standing, units: list[str]) -> list[int]:
    """Positions of the entries of those units, and of what submitted them."""
    round_ = standing.round
    entries = {at for (unit, *_), at in round_.entry_positions.items() if unit in set(units)}
    marks = {
        max(round_.marks[above] for above in standing.path(unit) if above in round_.marks)[0]
        for unit in units
    }
    return sorted(entries | marks)


@dataclass(frozen=True)
class AdoptRound:
    """Adopt a round and lock it."""

    round: str
    comment: str | None = None
    kind: str = "forecast adopt"
    needs: ClassVar[tuple[Role, ...]] = ("approver",)

    def key(self) -> str | None:
        """None: adopting twice is refused by rule."""
        return None

    def decide(self, state: State, look: Lookup) -> Decision:
        """One event; a round without entries cannot be adopted, nor, where the setting demands
        it, one with entries that are not approved."""
        round_ = state.of(Forecasts).round(self.round)
        if round_.adopted_at is not None:
            raise RuleBroken(f"The round {self.round!r} is adopted already.")
        if not round_.entries:
            raise ForecastError(
                f"Nothing is entered in round {self.round!r}.",
                "Enter it with `ledger forecast enter`.",
            )
        self._approved(round_, state.of(Organisation))
        return Decision([Draft(ForecastAdopted(round=self.round, comment=self.comment))])

    def _approved(self, round_: Round, organisation: Organisation) -> None:
        if organisation.setting("forecast.approval", APPROVAL[0]) != "approved":
            return
        entered = Standing(round_, organisation).entered()
        missing = [f"{unit} ({now})" for unit, now in entered.items() if now != "approved"]
        if missing:
            raise NotApproved(
                f"Not approved in round {self.round!r}: {_named(missing)}.",
                "Submit and approve them, then adopt (the setting forecast.approval).",
            )
