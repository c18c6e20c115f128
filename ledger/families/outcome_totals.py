"""Outcome kept by month totals, opening balances, and the fiscal years that the books state."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import polars as pl

from ledger import rules
from ledger.commands import Decision, Lookup, Notice
from ledger.errors import Problem
from ledger.events import Draft
from ledger.families.governance import Closed
from ledger.families.organisation import Basis, FiscalYearStated, Organisation
from ledger.families.outcome import (
    TOTAL_KEY,
    BalanceRestated,
    OpeningBalanceStated,
    Openings,
)
from ledger.money import to_text
from ledger.state import State


def year_drafts(
    state: State,
    months: Iterable[str],
    basis: Basis,
    file: str,
    decision: Decision,
    stated: Sequence[tuple[str, str]] = (),
) -> list[Draft]:
    """Fiscal years that the batch is the first to enter; a year kept the other way is a problem."""
    organisation = state.of(Organisation)
    drafts: list[Draft] = []
    years = {organisation.calendar.year_of(month) for month in months}.union(stated)
    for first, last in sorted(years):
        kept = organisation.years.get((first, last))
        overlap = [y for y in organisation.years if y[0] <= last and first <= y[1]]
        if kept == basis:
            continue
        if kept is None and not overlap:
            drafts.append(Draft(FiscalYearStated(first=first, last=last, basis=basis)))
        elif kept is None:
            other = "–".join(overlap[0])
            decision.problems.append(
                Problem(
                    "fiscal-year-overlap",
                    file,
                    None,
                    f"fiscal year {first}–{last} overlaps {other}, which is on record",
                    "Correct #RAR or the organisation's first month.",
                )
            )
        else:
            decision.problems.append(
                Problem(
                    "year-basis",
                    file,
                    None,
                    f"fiscal year {first}–{last} is kept by {kept}, and the file holds {basis}",
                    "Keep a year one way only; `ledger reconcile` compares the other.",
                    "rule",
                )
            )
    return drafts


@dataclass(frozen=True)
class StateYears:
    """Fiscal years as the books' file states them, before its rows are taken."""

    years: tuple[tuple[str, str], ...]
    basis: Basis
    file: str
    kind: str = "fiscal years"

    def decide(self, state: State, look: Lookup) -> Decision:
        """Years that are new to the record."""
        decision = Decision()
        decision.drafts = year_drafts(state, (), self.basis, self.file, decision, self.years)
        return decision

    def key(self) -> str | None:
        """None: part of an import."""
        return None


@dataclass(frozen=True)
class StateOpening:
    """Opening balances of a fiscal year by account (öre, result sign); equal ones are known."""

    year: str
    balances: tuple[tuple[str, int, int | None], ...]
    kind: str = "opening balances"

    def decide(self, state: State, look: Lookup) -> Decision:
        """One event an account with a balance that is new or differs."""
        decision, known = Decision(), state.of(Openings).balances
        for account, amount, line in self.balances:
            old = known.get((self.year, account))
            if old == amount or (old is None and amount == 0):
                continue
            event = OpeningBalanceStated(year=self.year, account=account, amount=amount, old=old)
            decision.drafts.append(Draft(event, line))
            if old is not None:
                text = f"opening balance of {account} {to_text(old)} is now {to_text(amount)}"
                decision.notices.append(Notice("opening-restated", text, line, finding=True))
        return decision

    def key(self) -> str | None:
        """None: part of an import."""
        return None


@dataclass(frozen=True)
class RestateTotals:
    """Month totals of a file: new and differing ones recorded with old and new, visibly.

    ``rows`` has the columns of `TOTAL_KEY`, ``line`` and ``amount`` (öre, result sign).
    """

    rows: pl.DataFrame
    file: str
    kind: str = "balances"
    digest: str | None = None

    def key(self) -> str | None:
        """The digest of the file's canonical rows."""
        return self.digest

    def decide(self, state: State, look: Lookup) -> Decision:
        """One event a changed total; a total repeated in the file is a problem."""
        organisation, closed = state.of(Organisation), Closed(state)
        decision = Decision()
        asked = [
            *rules.entry_rules(organisation.units, organisation.accounts),
            rules.counterparty_rule(organisation.units),
        ]
        decision.problems += rules.check(self.rows, asked, self.file)
        decision.problems += rules.beyond_range(self.rows, self.file)
        told = pl.col("amount").is_null() | pl.col("period").is_null()
        rows = self.rows.filter(~told & (pl.col("unit") != "") & (pl.col("account") != ""))
        if rows.is_empty():
            return decision
        months = sorted(set(rows["period"].to_list()))
        known = look.totals(months[0], months[-1])
        seen: dict[tuple[str | None, ...], int] = {}
        for row in rows.iter_rows(named=True):
            key = tuple(row.get(name) or None for name in TOTAL_KEY)
            if key in seen:
                decision.problems.append(
                    Problem(
                        "total-repeated",
                        self.file,
                        row["line"],
                        f"the total of {row['account']} in {row['period']} for unit {row['unit']} "
                        f"stands in line {seen[key]} already",
                        "Keep one of the two rows.",
                    )
                )
                continue
            seen[key] = row["line"]
            old, new = known.get(key, 0), row["amount"]
            if old == new:
                decision.known += 1
                continue
            if closed(row["period"], row["unit"]):
                decision.problems.append(
                    Problem(
                        "period-closed",
                        self.file,
                        row["line"],
                        f"{row['period']} is closed for outcome in unit {row['unit']}",
                        "Reopen the month with a second person's approval.",
                        "rule",
                    )
                )
                continue
            content = {n: v for n, v in zip(TOTAL_KEY, key, strict=True) if v is not None}
            content |= {"old": old, "new": new, "amount": new - old}
            decision.drafts.append(Draft(BalanceRestated.model_validate(content), row["line"]))
            if key in known:
                text = f"{row['account']} {row['period']}: {to_text(old)} is now {to_text(new)}"
                decision.notices.append(Notice("total-restated", text, row["line"], finding=True))
        for key, old in known.items():
            if old and key not in seen:
                text = f"the total {to_text(old)} of {key[2]} in {key[0]} is not in the file"
                decision.notices.append(Notice("total-missed", text, finding=True))
        decision.drafts[:0] = year_drafts(state, months, "totals", self.file, decision)
        return decision
