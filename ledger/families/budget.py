"""Budget: what was decided, in versions, by month.

The budget in force is the sum of its versions. An annual amount is phased when it is decided,
to the öre, and the events say how; so a later change of last year's outcome moves no budget.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import polars as pl

from ledger import rules
from ledger.commands import Decision, Lookup
from ledger.errors import Problem, ProblemKind
from ledger.events import Draft, Event
from ledger.families.governance import Closed, closes
from ledger.families.organisation import Organisation
from ledger.money import spread, to_text
from ledger.periods import months_between, shift
from ledger.state import State

closes("budget", ended=False)

VERSIONS = (
    "original",
    "supplementary",
    "carried_over",
    "reallocated",
    "technical",
    "internal",
)

#: Rows of a budget file: by month (``period``) or by year (``year`` and ``phasing``).
BUDGET_ROWS: dict[str, type[pl.DataType]] = {
    "line": pl.Int64,
    "period": pl.String,
    "year": pl.String,
    "unit": pl.String,
    "account": pl.String,
    "report_line": pl.String,
    "product": pl.String,
    "amount": pl.Int64,
    "phasing": pl.String,
    "version": pl.String,
    "decision": pl.String,
}

#: What one budget amount is of; see `budget_key`.
BUDGET_KEY = ("version", "period", "unit", "account", "report_line", "product", "decision")


def budget_key(content: Mapping[str, Any]) -> tuple[str | None, ...]:
    """What a budget amount is of. There is one original budget, whatever decision it names; of the
    other versions each decision is one of its own."""
    values = {name: content.get(name) or None for name in BUDGET_KEY}
    if values["version"] == "original":
        values["decision"] = None
    return tuple(values.values())


class BudgetDecided(Event):
    """A month's budget on an account or a report line: öre, result sign.

    ``report_line`` is a line of the structure ``structure``, where the budget is decided by line.
    ``phasing`` says how a year's amount became this month's: even, last_year or key:NAME.
    """

    topic: ClassVar[str] = "budget.decided"
    bulk: ClassVar[bool] = True
    version: str
    period: str
    unit: str
    account: str | None = None
    report_line: str | None = None
    structure: str | None = None
    product: str | None = None
    amount: int
    phasing: str | None = None
    decision: str | None = None


def shares(phasing: str, months: int, organisation: Organisation) -> list[int] | None:
    """The shares of a year's months by ``even`` or ``key:NAME`` (a setting ``phasing.NAME`` with
    one share a month); None where that gives none."""
    if phasing == "even":
        return [1] * months
    if phasing.startswith("key:"):
        key = organisation.setting(f"phasing.{phasing[4:]}") or ""
        parts = [part.strip() for part in key.replace(";", ",").split(",")]
        if len(parts) == months and all(part.isdecimal() for part in parts):
            return [int(part) for part in parts]
    return None


@dataclass(frozen=True)
class DecideBudget:
    """Decide a budget from a file's rows (`BUDGET_ROWS`, amounts in öre, result sign).

    A month on record with the same amount is known; with another it is refused: a change is a
    version of its own, so that the decision behind it is kept.
    """

    rows: pl.DataFrame
    file: str
    kind: str = "budget"
    digest: str | None = None

    def key(self) -> str | None:
        """The digest of the file's canonical rows."""
        return self.digest

    def decide(self, state: State, look: Lookup) -> Decision:
        """One event a month and code string, or the problems of the whole file."""
        organisation, closed = state.of(Organisation), Closed(state, "budget")
        decision = Decision()
        structure = organisation.setting("structure.forecast") or organisation.setting(
            "structure.result"
        )
        by_line = pl.col("report_line").is_not_null() & (pl.col("report_line") != "")
        entry = [
            rules.Rule(r.code, r.breaks & ~by_line, r.found, r.remedy)
            if r.code == "empty-account"
            else r
            for r in rules.entry_rules(organisation.units, organisation.accounts)
        ]
        decision.problems += rules.check(self.rows, entry, self.file)
        decision.problems += rules.beyond_range(self.rows, self.file)
        months: list[dict[str, Any]] = []
        for row in self.rows.iter_rows(named=True):
            if row["amount"] is None or not row["unit"] or not (row["period"] or row["year"]):
                continue  # told already
            problem = self._problem(row, organisation, structure)
            if problem:
                decision.problems.append(problem)
            else:
                months += self._phased(row, organisation, look, decision)
        self._settle(months, look, closed, structure, decision)
        return decision

    def _problem(
        self, row: Mapping[str, Any], organisation: Organisation, structure: str | None
    ) -> Problem | None:
        def wrong(code: str, found: str, remedy: str) -> Problem:
            return Problem(code, self.file, row["line"], found, remedy)

        version = row["version"] or "original"
        if version not in VERSIONS:
            return wrong(
                "unknown-version", f"version {version!r}", f"Write one of {', '.join(VERSIONS)}."
            )
        if row["report_line"]:
            if structure is None:
                return wrong(
                    "no-structure",
                    f"line {row['report_line']!r}, and no structure is the default",
                    "Set structure.forecast to the name of a structure.",
                )
            lines = {line.line for line in organisation.structure(structure)}
            if row["report_line"] not in lines:
                return wrong(
                    "unknown-line",
                    f"line {row['report_line']!r} is not in structure {structure!r}",
                    f"Write one of: {', '.join(sorted(lines))}.",
                )
        return None

    def _phased(
        self, row: dict[str, Any], organisation: Organisation, look: Lookup, decision: Decision
    ) -> list[dict[str, Any]]:
        """The row's months: itself, or a year's amount spread to the öre."""
        if row["period"]:
            return [row]
        period = organisation.calendar.parse(row["year"])
        months = months_between(period.first, period.last)
        phasing = row["phasing"] or "even"
        weights = self._weights(phasing, months, row, organisation, look)
        if weights is None or sum(weights) == 0:
            decision.problems.append(
                Problem(
                    "no-phasing",
                    self.file,
                    row["line"],
                    f"phasing {phasing!r} gives no shares for {len(months)} months",
                    "Write even, last_year (with an outcome last year) or key:NAME "
                    "(a setting phasing.NAME with one share a month).",
                )
            )
            return []
        parts = spread(row["amount"], weights)
        return [
            {**row, "period": month, "amount": part, "phasing": phasing}
            for month, part in zip(months, parts, strict=True)
        ]

    def _weights(
        self,
        phasing: str,
        months: list[str],
        row: Mapping[str, Any],
        organisation: Organisation,
        look: Lookup,
    ) -> list[int] | None:
        if phasing == "last_year":
            before = [shift(month, -12) for month in months]
            booked = look.outcome_by_month(before[0], before[-1])
            profile = [booked.get((row["unit"], row["account"] or "", m), 0) for m in before]
            # Months of both signs have no shares: the parts would dwarf the whole.
            return profile if min(profile) >= 0 or max(profile) <= 0 else None
        return shares(phasing, len(months), organisation)

    def _settle(
        self,
        months: list[dict[str, Any]],
        look: Lookup,
        closed: Closed,
        structure: str | None,
        decision: Decision,
    ) -> None:
        if not months:
            return
        periods = [m["period"] for m in months]
        known = look.budget(min(periods), max(periods))
        seen: dict[tuple[str | None, ...], int] = {}
        moved: dict[str, int] = {}
        for row in months:
            version = row["version"] or "original"
            row = {**row, "version": version}
            key = budget_key(row)

            def refuse(code: str, found: str, remedy: str, row: Any = row) -> None:
                kind: ProblemKind = "content" if code == "budget-repeated" else "rule"
                decision.problems.append(Problem(code, self.file, row["line"], found, remedy, kind))

            what = f"budget {version} of {row['account'] or row['report_line']} in {row['period']}"
            if key in seen:
                refuse("budget-repeated", f"{what} stands in line {seen[key]} already", "Keep one.")
                continue
            seen[key] = row["line"]
            if key in known and known[key] == row["amount"]:
                decision.known += 1
                continue
            if key in known:
                refuse(
                    "budget-decided",
                    f"{what} was decided as {to_text(known[key])}",
                    "Record the change as a version of its own (technical, …), with its decision.",
                )
                continue
            if closed(row["period"], row["unit"]):
                refuse("period-closed", f"{row['period']} is closed for budget", "Reopen it.")
                continue
            moved[version] = moved.get(version, 0) + row["amount"]
            content = {n: row[n] for n in (*BUDGET_KEY, "phasing") if row[n]}
            content |= {"amount": row["amount"], "version": version}
            if row["report_line"]:
                content["structure"] = structure
            decision.drafts.append(Draft(BudgetDecided.model_validate(content), row["line"]))
        if moved.get("reallocated"):
            decision.problems.append(
                Problem(
                    "reallocation-not-zero",
                    self.file,
                    None,
                    f"the reallocation sums to {to_text(moved['reallocated'])}",
                    "A reallocation moves money between units and must sum to zero.",
                )
            )
