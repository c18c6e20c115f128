"""Small stores for the tests of projections: a region, a division, two areas, three units.

    RN region ── 60 division ─┬─ 610 area ─┬─ 6101 unit
                              │            └─ 6102 unit
                              └─ 620 area ─── 6201 unit

Accounts: 1930 bank (asset), 2990 accrued (liability), 3010 income, 4010 wages, 5010 rent.
Structure ``resultat``: Intäkter 3000–3999; under the heading Kostnader, Personal 4000–4999 and
Lokaler 5000–5999. Structure ``kostnader``: Personal and Lokaler alone.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import polars as pl

from ledger.commands import Command, Several, Source
from ledger.families.budget import BUDGET_ROWS, DecideBudget
from ledger.families.forecast import OpenRound
from ledger.families.forecast_approval import AdoptRound
from ledger.families.forecast_entry import EnterForecast
from ledger.families.organisation_commands import (
    AccountRow,
    ChangeSettings,
    DecideStructures,
    Found,
    RegisterAccounts,
    RegisterUnits,
    StructureRow,
    UnitRow,
)
from ledger.families.outcome import TOTAL_KEY
from ledger.families.outcome_commands import PostOutcome
from ledger.families.outcome_totals import RestateTotals
from ledger.log import Book
from ledger.rules import OUTCOME_ROWS
from ledger.store import Receipt, Store

UNITS = (
    UnitRow("60", "Teknik", "RN", "division", "line", "2018-01"),
    UnitRow("610", "Gemensamt", "60", "area", "line", "2018-01"),
    UnitRow("620", "Drift", "60", "area", "line", "2018-01"),
    UnitRow("6101", "Ledning", "610", "unit", "line", "2018-01"),
    UnitRow("6102", "Stab", "610", "unit", "line", "2018-01"),
    UnitRow("6201", "Nät", "620", "unit", "line", "2018-01"),
)
ACCOUNTS = (
    AccountRow("1930", "Bank", "asset"),
    AccountRow("2990", "Upplupet", "liability"),
    AccountRow("3010", "Ersättning", "income"),
    AccountRow("4010", "Lön", "cost"),
    AccountRow("5010", "Hyra", "cost"),
)
STRUCTURES = (
    StructureRow("resultat", "Intäkter", None, "3000", "3999", 1, "2018-01"),
    StructureRow("resultat", "Kostnader", None, None, None, 1, "2018-01"),
    StructureRow("resultat", "Personal", "Kostnader", "4000", "4999", 1, "2018-01"),
    StructureRow("resultat", "Lokaler", "Kostnader", "5000", "5999", 1, "2018-01"),
    StructureRow("kostnader", "Personal", None, "4000", "4999", 1, "2018-01"),
    StructureRow("kostnader", "Lokaler", None, "5000", "5999", 1, "2018-01"),
)
SETTINGS = (
    ("structure.result", "resultat", None),
    ("structure.forecast", "resultat", None),
    ("structure.cost_development", "kostnader", None),
)

#: What a posting is: (period, unit, account, öre), or with a dict of further fields.
Posting = tuple[Any, ...]
_numbers = count(1)


class Clock:
    """A clock that goes one minute a look."""

    def __init__(self) -> None:
        self.now = datetime(2020, 9, 1, 8, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.now += timedelta(minutes=1)
        return self.now


class Books:
    """A store and short ways to record in it; every way returns the receipt."""

    def __init__(self, folder: Path, first_month: int = 1, name: str = "ledger.db") -> None:
        found = Found("Region Nord", root="RN", first_month=first_month, clock="simulated")
        self.path = folder / name
        self.store = Store.create(self.path, found, "controller", Clock())
        basics: tuple[Command, ...] = (
            RegisterUnits(UNITS, "units.csv"),
            RegisterAccounts(ACCOUNTS, "accounts.csv"),
            DecideStructures(STRUCTURES, "structures.csv"),
            ChangeSettings(SETTINGS),
        )
        self.record(Several("basics", basics))

    def record(self, command: Command) -> Receipt:
        """Any command."""
        return self.store.record(command, "controller", Source("test"))

    @property
    def book(self) -> Book:
        """The log as it is now."""
        return self.store.book()

    def post(self, *postings: Posting, number: str | None = None, **more: Any) -> Receipt:
        """Postings without vouchers, or with ``number`` as the rows of one that balances."""
        return self.record(PostOutcome(outcome_rows(postings, number, **more), "outcome.csv"))

    def totals(self, *postings: Posting) -> Receipt:
        """Month totals."""
        schema = dict.fromkeys(TOTAL_KEY, pl.String) | {"line": pl.Int64, "amount": pl.Int64}
        return self.record(RestateTotals(_frame(postings, schema), "balances.csv"))

    def budget(self, *rows: Posting, **more: Any) -> Receipt:
        """Budget by month; ``report_line=…`` in a row's dict decides by line."""
        frame = _frame(rows, BUDGET_ROWS, **more)
        return self.record(DecideBudget(frame, "budget.csv"))

    def round(
        self,
        name: str,
        through: str,
        entries: Iterable[tuple[str, str, int]],
        adopt: bool = True,
        **options: Any,
    ) -> None:
        """Open a round, enter (unit, line, öre), adopt."""
        self.record(OpenRound(name, through, **options))
        self.enter(name, entries)
        if adopt:
            self.adopt(name)

    def adopt(self, name: str) -> Receipt:
        """Adopt an open round."""
        return self.record(AdoptRound(name))

    def enter(self, name: str, entries: Iterable[tuple[str, str, int]], **more: Any) -> Receipt:
        """Enter (unit, line, öre) into an open round."""
        rows = tuple(
            {"round": name, "unit": u, "report_line": li, "amount": a, "comment": "plan"} | more
            for u, li, a in entries
        )
        return self.record(EnterForecast(rows, "forecast.csv"))


def outcome_rows(
    postings: Sequence[Posting], number: str | None = None, **more: Any
) -> pl.DataFrame:
    """Rows of an outcome file; the date is the period's first day unless given."""
    rows = []
    for place, posting in enumerate(postings):
        period, unit, account, amount = posting[:4]
        row: dict[str, Any] = {
            "line": place + 2,
            "group": 0 if number else place,
            "alone": number is None,
            "series": "A" if number else None,
            # A row that stands alone needs a name, else equal rows are one row twice.
            "number": number or f"R{next(_numbers)}",
            "row": place + 1,
            "date": f"{period}-01",
            "period": period,
            "unit": unit,
            "account": account,
            "amount": amount,
        }
        rows.append(row | more | (posting[4] if len(posting) > 4 else {}))
    return pl.DataFrame(
        [[r.get(n) for n in OUTCOME_ROWS] for r in rows], OUTCOME_ROWS, orient="row"
    )


def _frame(rows: Sequence[Posting], schema: Any, **more: Any) -> pl.DataFrame:
    full = []
    for place, (period, unit, account, amount, *rest) in enumerate(rows):
        row = {"line": place + 2, "period": period, "unit": unit, "account": account}
        row |= {"amount": amount} | more | (rest[0] if rest else {})
        full.append([row.get(name) for name in schema])
    return pl.DataFrame(full, schema, orient="row")


def by_key(frame: pl.DataFrame, *columns: str) -> dict[Any, Any]:
    """Rows by their first column: the value of one further column, or a tuple of several."""
    key = frame.columns[0]
    rows = frame.select(key, *columns).rows()
    return {row[0]: row[1] if len(columns) == 1 else row[1:] for row in rows}
