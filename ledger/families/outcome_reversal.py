"""Outcome: reversing vouchers and correcting them. The original stays, the reversal names it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ledger.commands import Decision, Lookup
from ledger.errors import AlreadyReversed, PeriodClosed, RuleBroken, UsageError
from ledger.events import Draft
from ledger.families.governance import Closed
from ledger.families.organisation import Organisation
from ledger.families.outcome import OutcomePosted, OutcomeReversed
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


@dataclass(frozen=True)
class ReverseVouchers:
    """Reverse the vouchers that hold the given postings: whole, once, with a reason."""

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
                raise RuleBroken(f"Event {position} is no posting of a voucher.")
            if entry.first in done:
                continue
            done.add(entry.first)
            if entry.reversed:
                if self.skip_reversed:
                    continue
                raise AlreadyReversed(f"The voucher of event {position} is reversed already.")
            rows = look.voucher_rows(entry.first)
            shut = any(closed(r["period"], r["unit"]) for r in rows)
            period = self.in_period if shut or self.in_period else None
            if shut and period is None:
                raise PeriodClosed(
                    f"The voucher of event {position} stands in a closed period.",
                    "Give --in PERIOD with an open period.",
                )
            if period and any(closed(period, r["unit"]) for r in rows):
                raise PeriodClosed(f"{period} is closed for outcome.", "Give an open period.")
            ordinal += 1
            date = first_day(period).isoformat() if period else None
            decision.drafts += reversal_drafts(rows, ordinal, self.reason, period, date)
            if self.replacements:
                ordinal += 1
                decision.drafts += self._corrected(rows, ordinal, entry.first, period, state)
        if not decision.drafts:
            raise AlreadyReversed("Everything named is reversed already.")
        months = [self.in_period] if self.in_period else []
        decision.drafts[:0] = year_drafts(state, months, "vouchers", self.kind, decision)
        return decision

    def _corrected(
        self,
        rows: Sequence[Mapping[str, Any]],
        ordinal: int,
        first: int,
        period: str | None,
        state: State,
    ) -> list[Draft]:
        organisation, drafts, balance = state.of(Organisation), list[Draft](), 0
        closed, held = Closed(state), {row["position"] for row in rows}
        if strange := sorted(set(self.replacements or {}) - held):
            raise UsageError(f"Event {strange[0]} is not of the voucher that is corrected.")
        for row in rows:
            content = {
                n: row[n]
                for n in OutcomePosted.model_fields.keys() & row.keys()
                if row[n] is not None
            }
            content |= {"voucher": ordinal, "corrects": first}
            new = (self.replacements or {}).get(row["position"], {})
            content["withheld"] = ",".join(sorted(row["erased"] - new.keys())) or None
            content |= dict(new)
            if period is not None:
                content |= {"period": period, "date": first_day(period).isoformat()}
                content.pop("row_date", None)
            for name in ("unit", "counterparty_unit"):
                if content.get(name) and content[name] not in organisation.units:
                    raise UsageError(f"There is no unit {content[name]!r}.")
            if closed(content["period"], content["unit"]):
                raise PeriodClosed(
                    f"{content['period']} is closed for outcome in unit {content['unit']}.",
                    "Give --in PERIOD with an open period.",
                )
            if content["account"] not in organisation.accounts:
                raise UsageError(f"There is no account {content['account']!r}.")
            balance += content["amount"]
            drafts.append(Draft(OutcomePosted.model_validate(content)))
        if balance and not rows[0].get("alone"):
            raise RuleBroken(
                f"The corrected voucher would miss balance by {to_text(-balance)}.",
                "Correct the other rows too.",
            )
        return drafts
