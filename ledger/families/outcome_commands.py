"""Outcome: posting the vouchers of a file, new ones, known ones and changed ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import polars as pl

from ledger import rules
from ledger.commands import Decision, Lookup, Notice
from ledger.errors import Problem, UsageError
from ledger.events import Draft, private_fields
from ledger.families.governance import Closed
from ledger.families.organisation import Organisation
from ledger.families.outcome import (
    CONTENT,
    CONTENT_PRIVATE,
    Incoming,
    Matched,
    Missed,
    OutcomePosted,
    VoucherMissed,
    match_vouchers,
    voucher_digest,
)
from ledger.families.outcome_reversal import reversal_drafts
from ledger.families.outcome_totals import year_drafts
from ledger.money import to_text
from ledger.periods import FiscalCalendar, is_month
from ledger.state import State, VoucherEntry


@dataclass(frozen=True)
class PostOutcome:
    """Post the vouchers of a file: new ones recorded, known ones counted, changed ones refused
    unless accepted, dated in a closed month only with ``late_to``.

    ``rows`` has the columns of `rules.OUTCOME_ROWS`. ``strict`` refuses a voucher repeated in
    the file (CSV, Excel), else it is a warning (SIE).
    """

    rows: pl.DataFrame
    file: str
    kind: str = "outcome"
    strict: bool = True
    accept_changes: bool = False
    reason: str | None = None
    late_to: str | None = None
    again: bool = False
    digest: str | None = None

    def key(self) -> str | None:
        """The digest of the file's canonical rows."""
        return self.digest

    def decide(self, state: State, look: Lookup) -> Decision:
        """Events of new and accepted vouchers; all problems of content and of state."""
        organisation, decision = state.of(Organisation), Decision()
        if self.accept_changes and not (self.reason or "").strip():
            raise UsageError("Accepting changes wants a reason.", "Give --reason TEXT.")
        if self.late_to is not None and not is_month(self.late_to):
            raise UsageError(f"{self.late_to!r} is not a month.", "Write it as 2020-09.")
        decision.problems += rules.check(
            self.rows,
            [
                *rules.entry_rules(organisation.units, organisation.accounts),
                rules.counterparty_rule(organisation.units),
            ],
            self.file,
        )
        decision.problems += rules.beyond_range(self.rows, self.file)
        incoming = self._vouchers(decision)
        calendar = organisation.calendar
        numbers = sorted({(v.series, v.number) for v in incoming})

        def same_year(one: str, other: str) -> bool:
            return calendar.year_of(one[:7]) == calendar.year_of(other[:7])

        recorded = cache(look.voucher_rows)
        lasting = cache(lambda first: voucher_digest(recorded(first), private=False))

        def same_content(voucher: Incoming, entry: VoucherEntry) -> bool:
            return voucher.digest == entry.digest or (
                entry.erased
                and voucher.lasting == lasting(entry.first)
                and equal_but_erased(voucher.rows, recorded(entry.first), entry.rows)
            )

        matched = match_vouchers(incoming, look.vouchers(numbers), same_year, same_content)
        self._repeats(incoming, calendar, decision)
        decision.known += sum(len(v.rows) for v, _ in matched.known)
        decision.keyless = any(e.erased for _, e in (*matched.known, *matched.changed))
        again: list[tuple[Incoming, VoucherEntry]] = []
        for voucher, entry in matched.known:
            if entry.reversed:
                if self.again:
                    again.append((voucher, entry))
                    decision.known -= len(voucher.rows)
                else:
                    text = f"voucher {voucher.label} is known, and was reversed here"
                    decision.notices.append(Notice("reversed-here", text, voucher.line))
        poster = _Poster(self, state, look, decision)
        for voucher, entry in matched.changed:
            poster.change(voucher, entry)
        for voucher in matched.new:
            poster.post(voucher)
        for voucher, entry in again:
            poster.post(voucher, before=look.voucher_rows(entry.first) if entry.erased else ())
        decision.drafts[:0] = year_drafts(state, poster.months, "vouchers", self.file, decision)
        self._missed(state, look, incoming, matched, decision)
        return decision

    def _vouchers(self, decision: Decision) -> list[Incoming]:
        """Group rows into vouchers; a voucher with an unread cell is left out, its problem
        being told already, and one that does not balance is a problem."""
        vouchers: list[Incoming] = []
        groups: dict[int, list[dict[str, Any]]] = {}
        for row in self.rows.iter_rows(named=True):
            groups.setdefault(row["group"], []).append(row)
        for rows in groups.values():
            head = rows[0]
            if any(r["amount"] is None or not r["date"] or not r["period"] for r in rows):
                continue
            voucher = Incoming(
                head["series"] or "", head["number"] or "", head["date"], rows, voucher_digest(rows)
            )
            balance = sum(r["amount"] for r in rows)
            if balance and not head["alone"]:
                decision.problems.append(
                    Problem(
                        "voucher-out-of-balance",
                        self.file,
                        voucher.line,
                        f"voucher {voucher.label} of {voucher.date} does not sum to zero: "
                        f"debit − credit is {to_text(-balance)}",
                        "Correct the voucher in the books and export it again.",
                    )
                )
            vouchers.append(voucher)
        return vouchers

    def _repeats(
        self, incoming: Sequence[Incoming], calendar: FiscalCalendar, decision: Decision
    ) -> None:
        """A voucher number that the file holds more than once, or equal rows without number."""
        seen: dict[tuple[str, str, str], Incoming] = {}
        for voucher in incoming:
            if voucher.number:
                year = calendar.year_of(voucher.date[:7])[0]
                place = (voucher.series, voucher.number, year)
            elif self.strict:
                place = ("", voucher.date, voucher.digest)
            else:
                continue
            first = seen.setdefault(place, voucher)
            if first is voucher:
                continue
            found = f"voucher {voucher.label} stands in line {first.line} already"
            if voucher.digest != first.digest or voucher.date != first.date:
                found = (
                    f"voucher {voucher.label} stands in line {first.line} already, "
                    "with other content"
                )
            if self.strict:
                remedy = "Keep one of the two, or give each a number of its own."
                decision.problems.append(
                    Problem("voucher-repeated", self.file, voucher.line, found, remedy)
                )
            else:
                decision.notices.append(Notice("voucher-repeated", found, voucher.line))

    def _missed(
        self,
        state: State,
        look: Lookup,
        incoming: Sequence[Incoming],
        matched: Matched,
        decision: Decision,
    ) -> None:
        """Recorded vouchers in the file's series and span of days that it no longer holds. A file
        without a key may be one that was taken before: it records none of them twice."""
        numbered = [v for v in incoming if v.number]
        if not numbered:
            return
        series = {v.series for v in numbered}
        met = {e.first for _, e in (*matched.known, *matched.changed)}
        first, last = min(v.date for v in numbered), max(v.date for v in numbered)
        for entry in look.vouchers_between(self.kind, first, last):
            if entry.number and entry.series in series and entry.first not in met:
                if entry.reversed:
                    continue
                event = VoucherMissed(
                    series=entry.series, number=entry.number, date=entry.date, first=entry.first
                )
                if not (decision.keyless and entry.first in state.of(Missed).vouchers):
                    decision.drafts.append(Draft(event))
                text = (
                    f"voucher {entry.series} {entry.number} of {entry.date} was recorded before "
                    f"and is not in the file"
                )
                decision.notices.append(Notice("voucher-missed", text, finding=True))


def equal_but_erased(
    rows: Sequence[Mapping[str, Any]], recorded: Sequence[Mapping[str, Any]], count: int
) -> bool:
    """True if the rows, in any order, are the recorded ones but for values that were erased."""
    if len(rows) != count or not any(r["erased"] for r in recorded):
        return False
    free = list(rows)
    for old in recorded:
        kept = [f for f in (*CONTENT, *CONTENT_PRIVATE) if f not in old["erased"]]
        same = next((r for r in free if all(_same(r.get(f), old.get(f)) for f in kept)), None)
        if same is None:
            return False
        free.remove(same)
    return True


def withheld_fields(row: Mapping[str, Any], before: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """The private fields of a file's row that may hold what was erased from the voucher as it was
    recorded before, sorted.

    The erased value is gone, and cannot be compared with: of an erased field only what the
    voucher still holds elsewhere in clear is let by, and not in the row that lost it.
    """
    gone = set()
    for field in private_fields(OutcomePosted):
        lost = {old["row"] for old in before if field in old["erased"]}
        clear = {old.get(field) for old in before if field not in old["erased"]}
        if lost and row.get(field) and (row["row"] in lost or row[field] not in clear):
            gone.add(field)
    return tuple(sorted(gone))


def _same(one: object, other: object) -> bool:
    """Equal, where empty is nothing."""
    return (one or None) == (other or None)


class _Poster:
    """Turns vouchers into drafts, and finds the period in which each may stand."""

    def __init__(self, wish: PostOutcome, state: State, look: Lookup, decision: Decision) -> None:
        self.wish, self.look, self.decision = wish, look, decision
        self.closed = Closed(state)
        self.months: set[str] = set()
        self.ordinal = 0

    def _refuse(self, code: str, voucher: Incoming, found: str, remedy: str) -> None:
        self.decision.problems.append(
            Problem(code, self.wish.file, voucher.line, found, remedy, "rule")
        )

    def _late(self, voucher: Incoming) -> str | None:
        """The period to post in if a row's own is closed; None to keep; problem if it cannot."""
        shut = sorted({r["period"] for r in voucher.rows if self.closed(r["period"], r["unit"])})
        if not shut:
            return None
        late = self.wish.late_to
        if late is None or any(self.closed(late, r["unit"]) for r in voucher.rows):
            which = shut[0] if late is None else f"{shut[0]}, {late}"
            self._refuse(
                "period-closed",
                voucher,
                f"voucher {voucher.label} of {voucher.date} falls in {which}, closed for outcome",
                "Give --late-to PERIOD with an open period, or reopen the month.",
            )
            return None
        text = f"voucher {voucher.label} of {voucher.date} posted late, in {late}"
        self.decision.notices.append(Notice("late-posting", text, voucher.line, finding=True))
        return late

    def post(
        self,
        voucher: Incoming,
        corrects: int | None = None,
        before: Sequence[Mapping[str, Any]] = (),
    ) -> None:
        """Drafts of a new voucher. What was erased from the rows that it was recorded with
        ``before`` is withheld, and told."""
        late = self._late(voucher)
        self.ordinal += 1
        self.months.update(r["date"][:7] for r in voucher.rows)
        self.months.update((late,) if late else ())
        names = OutcomePosted.model_fields.keys() & self.wish.rows.columns
        withheld = False
        for row in voucher.rows:
            content = {name: row[name] for name in names if row[name] not in (None, "")}
            if gone := withheld_fields(row, before):
                content = {n: v for n, v in content.items() if n not in gone}
                content["withheld"], withheld = ",".join(gone), True
            content |= {
                "period": late or row["period"],
                "unit": row["unit"] or "",
                "account": row["account"] or "",
                "amount": row["amount"],
                "voucher": self.ordinal,
                "corrects": corrects,
            }
            if not row["alone"]:
                content.pop("alone", None)
            self.decision.drafts.append(Draft(OutcomePosted.model_validate(content), row["line"]))
        if withheld:
            text = f"of voucher {voucher.label} what was erased here before is not taken again"
            self.decision.notices.append(Notice("text-withheld", text, voucher.line))

    def change(self, voucher: Incoming, entry: VoucherEntry) -> None:
        """Reversal and new voucher where changes are accepted, else a problem."""
        if not self.wish.accept_changes:
            self._refuse(
                "voucher-changed",
                voucher,
                f"voucher {voucher.label} of {entry.date} is recorded with other content",
                "Look at both; then give --accept-changes --reason TEXT.",
            )
            return
        rows = self.look.voucher_rows(entry.first)
        if not entry.reversed:
            shut, late = any(self.closed(r["period"], r["unit"]) for r in rows), self.wish.late_to
            if shut and (late is None or any(self.closed(late, r["unit"]) for r in rows)):
                self._refuse(
                    "period-closed",
                    voucher,
                    f"voucher {voucher.label} stands in a closed period",
                    "Give --late-to PERIOD with an open period, or reopen the month.",
                )
                return
            self.ordinal += 1
            self.decision.drafts += reversal_drafts(
                rows, self.ordinal, self.wish.reason or "", late if shut else None
            )
        self.decision.anew = True
        self.post(voucher, corrects=entry.first, before=rows)
