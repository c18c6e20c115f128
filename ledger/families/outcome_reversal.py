"""Outcome: reversing vouchers and correcting them. The original stays, the reversal names it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ledger.commands import Decision, Lookup
from ledger.errors import (
    AlreadyReversed,
    BeforeOriginal,
    NotReversible,
    OutOfBalance,
    PeriodClosed,
    UsageError,
)
from ledger.events import Draft
from ledger.families.governance import Closed
from ledger.families.organisation import Organisation
from ledger.families.outcome import BalanceRestated, OutcomePosted, OutcomeReversed
from ledger.families.outcome_totals import year_drafts
from ledger.money import to_text
from ledger.periods import first_day, is_month
from ledger.state import State


def reversal_drafts(
    rows: Sequence[Mapping[str, Any]],
    ordinal: int,
    reason: str,
    period: str | None,
    date: str | None = None,
) -> list[Draft]:
    """One reversal a row, in the row's own period, or in ``period`` where that is closed.

    ``date`` is that of the reversal where it is not the row's own: a correction made here is of
    the day it lands on, so that the closed month's balances stand; one that the books made keeps
    their day."""
    drafts = []
    for row in rows:
        content = {
            name: row[name]
            for name in OutcomeReversed.model_fields.keys() & row.keys()
            if row[name] is not None
        }
        content |= {
            "reverses": row["position"],
            "amount": -row["amount"],
            "voucher": ordinal,
            "reason": reason,
        }
        if period is not None:
            content["period"] = period
        if date is not None:
            content["date"] = date
        drafts.append(Draft(OutcomeReversed.model_validate(content)))
    return drafts


#: Fields of a posting that a correction may give; those that every posting has are never emptied.
CORRECTABLE = (
    "amount",
    "unit",
    "account",
    "text",
    "project",
    "product",
    "activity",
    "counterparty",
    "counterparty_unit",
    "document",
)
_FILLED = ("amount", "unit", "account")


@dataclass(frozen=True)
class ReverseVouchers:
    """Reverse the vouchers that hold the given postings: whole, once, with a reason.

    With ``replacements`` (new values of `CORRECTABLE` fields by position; None empties one) each
    is posted anew, corrected. ``in_period`` is where both count, where the vouchers' own periods
    do not; ``skip_reversed`` leaves out those that are reversed already.
    """

    positions: tuple[int, ...]
    reason: str
    in_period: str | None = None
    skip_reversed: bool = False
    replacements: Mapping[int, Mapping[str, Any]] | None = None
    kind: str = "reverse"

    def key(self) -> str | None:
        """None: reversing twice is refused by rule."""
        return None

    def decide(self, state: State, look: Lookup) -> Decision:
        """The reversals, and with ``replacements`` (by position) the corrected vouchers."""
        if not self.reason.strip():
            raise UsageError("A reversal wants a reason.", "Give --reason TEXT.")
        if self.in_period is not None and not is_month(self.in_period):
            raise UsageError(f"{self.in_period!r} is not a month.", "Write it as 2020-09.")
        decision, ordinal, done, closed = Decision(), 0, set[int](), Closed(state)
        for position in self.positions:
            entry = look.voucher_of(position)
            if entry is None:
                raise _not_reversible(position, look)
            if entry.first in done:
                continue
            done.add(entry.first)
            if entry.reversed:
                if self.skip_reversed:
                    continue
                raise AlreadyReversed(
                    f"The voucher of event {position} is reversed already.",
                    f"See `ledger corrections {position}`; what took its place can be corrected.",
                )
            rows = look.voucher_rows(entry.first)
            period = self._period(rows, position, closed)
            ordinal += 1
            date = first_day(period).isoformat() if period else None
            decision.drafts += reversal_drafts(rows, ordinal, self.reason, period, date)
            if self.replacements:
                ordinal += 1
                decision.drafts += self._corrected(rows, ordinal, entry.first, period, state)
        if not decision.drafts:
            raise AlreadyReversed(
                "Everything named is reversed already.", "See it with `ledger corrections`."
            )
        months = [self.in_period] if self.in_period else []
        decision.drafts[:0] = year_drafts(state, months, "vouchers", self.kind, decision)
        return decision

    def _period(
        self, rows: Sequence[Mapping[str, Any]], position: int, closed: Closed
    ) -> str | None:
        """The period that takes the reversal of these rows; None for the rows' own."""
        shut = sorted({r["period"] for r in rows if closed(r["period"], r["unit"])})
        if self.in_period is None:
            if shut:
                raise PeriodClosed(
                    f"The voucher of event {position} stands in {shut[0]}, closed for outcome.",
                    "Give --in PERIOD with an open period.",
                )
            return None
        latest = max(row["period"] for row in rows)
        if self.in_period < latest:
            raise BeforeOriginal(
                f"The voucher of event {position} counts in {latest}, after {self.in_period}.",
                f"Give --in {latest} or later.",
            )
        if any(closed(self.in_period, r["unit"]) for r in rows):
            raise PeriodClosed(f"{self.in_period} is closed for outcome.", "Give an open period.")
        return self.in_period

    def _corrected(
        self,
        rows: Sequence[Mapping[str, Any]],
        ordinal: int,
        first: int,
        period: str | None,
        state: State,
    ) -> list[Draft]:
        drafts, closed, balance, changed = list[Draft](), Closed(state), 0, False
        wishes = self.replacements or {}
        if strange := sorted(set(wishes) - {row["position"] for row in rows}):
            raise UsageError(f"Event {strange[0]} is not of the voucher that is corrected.")
        for row in rows:
            wish = wishes.get(row["position"], {})
            self._check(wish, state)
            changed = changed or any(row.get(name) != value for name, value in wish.items())
            content = {
                n: row[n]
                for n in OutcomePosted.model_fields.keys() & row.keys()
                if row[n] is not None
            }
            content |= {"voucher": ordinal, "corrects": first}
            content["withheld"] = ",".join(sorted(row["erased"] - wish.keys())) or None
            content |= dict(wish)
            if period is not None:
                content |= {"period": period, "date": first_day(period).isoformat()}
                content.pop("row_date", None)
            if closed(content["period"], content["unit"]):
                raise PeriodClosed(
                    f"{content['period']} is closed for outcome in unit {content['unit']}.",
                    "Give --in PERIOD with an open period.",
                )
            balance += content["amount"]
            drafts.append(Draft(OutcomePosted.model_validate(content)))
        if not changed:
            raise UsageError(
                "The correction changes nothing.", "Give a FIELD=VALUE that differs, or reverse it."
            )
        if balance and not rows[0].get("alone"):
            raise OutOfBalance(
                f"The corrected voucher would miss balance by {to_text(-balance)}.",
                "Correct the other rows too.",
            )
        return drafts

    @staticmethod
    def _check(wish: Mapping[str, Any], state: State) -> None:
        """Raise `UsageError` for a field that is not corrected, or a code that nobody knows."""
        organisation = state.of(Organisation)
        known: dict[str, Collection[str]] = {
            "unit": organisation.units,
            "counterparty_unit": organisation.units,
            "account": organisation.accounts,
        }
        for name in ("project", "product", "activity"):
            known[name] = organisation.codes.get(name, {})
        for name, value in wish.items():
            if name not in CORRECTABLE:
                raise UsageError(
                    f"A posting's {name} is not corrected.",
                    f"Give one of: {', '.join(CORRECTABLE)}. Reverse the voucher for all else.",
                )
            if value is None and name in _FILLED:
                raise UsageError(f"A posting has {name}, and it cannot be emptied.")
            if value is not None and name in known and value not in known[name]:
                raise UsageError(
                    f"There is no {name} {value!r}.", f"Correct the code, or register the {name}."
                )


def _not_reversible(position: int, look: Lookup) -> NotReversible:
    """Why the event at a position is not reversed, and what to do instead."""
    found = look.event(position)
    match found and found.event:
        case None:
            return NotReversible(f"There is no event {position}.", "See `ledger history`.")
        case OutcomeReversed():
            return NotReversible(
                f"Event {position} is a reversal, and a reversal stands.",
                "Post the voucher anew: `ledger import FILE --again`, or record it.",
            )
        case BalanceRestated():
            return NotReversible(
                f"Event {position} restates a month's total, which is no voucher.",
                "Import the right totals: they are restated, and both figures are kept.",
            )
    return NotReversible(
        f"Event {position} is no posting of a voucher.",
        "Only outcome is reversed; record anew what has changed.",
    )
