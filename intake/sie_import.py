"""SIE to the record: what a SIE file says, as the commands that record it.

A file with vouchers gives vouchers and opening balances; its month totals, results and closing
balances are control totals. A file without gives month totals; one with balances of the year
only gives its opening balances. SIE has debit positive: every amount is flipped to result sign.

Dimension 1 is the unit, 2 the product, 6 the project, 8 and 9 the counterparty; 7 (a person) is
dropped; others are free dimensions, written ``20=A;21=B``. A profile may say otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import polars as pl

from intake import sie
from intake.excerpts import Excerpted
from intake.profiles import Profile
from intake.sie import SieBalance, SieFile, SieRow, SieVoucher
from intake.table import Teller, excerpts_of
from intake.wishes import ImportOptions
from ledger.commands import Command, Notice, Several, Told, digest_of
from ledger.families.budget import BUDGET_ROWS, DecideBudget
from ledger.families.organisation import Organisation
from ledger.families.organisation_commands import (
    AccountRow,
    BindEntity,
    CodeRow,
    RegisterAccounts,
    RegisterCodes,
    RegisterUnits,
    UnitRow,
)
from ledger.families.outcome import TOTAL_KEY
from ledger.families.outcome_commands import PostOutcome
from ledger.families.outcome_totals import RestateTotals, StateOpening, StateYears
from ledger.money import INT64_MIN
from ledger.periods import month_of
from ledger.rules import OUTCOME_ROWS

KIND = "sie"
TARGETS = {
    "1": "unit",
    "2": "product",
    "6": "project",
    "7": "drop",
    "8": "counterparty",
    "9": "counterparty",
}
_CODED = ("product", "project", "activity")


def read_sie(
    data: bytes, name: str, organisation: Organisation, profile: Profile, options: ImportOptions
) -> tuple[Several, int]:
    """The command that records a SIE file, and how many rows and balances it has."""
    file = sie.parse(data, name)
    encoding = {"latin-1": "cp1252"}.get(file.encoding, file.encoding)
    teller = Teller(name, excerpts_of(lambda: data.decode(encoding, "replace")))
    return _Import(file, organisation, profile, options, teller).command(), counted_rows(file)


def counted_rows(file: SieFile) -> int:
    """Rows of vouchers, or else balances and totals of months."""
    rows = sum(len(voucher.rows) for voucher in file.vouchers)
    return rows or len(file.opening) + len(file.month_totals) + len(file.budget)


@dataclass(frozen=True)
class CodeString:
    """Where the objects of a row lead: a unit, codes, a counterparty, free dimensions."""

    unit: str
    codes: Mapping[str, str]
    dimensions: str | None

    def get(self, name: str) -> str | None:
        """The code of product, project, activity, counterparty or counterparty_unit."""
        return self.codes.get(name)


@dataclass
class _Import:
    """One file on its way to commands."""

    file: SieFile
    organisation: Organisation
    profile: Profile
    options: ImportOptions
    teller: Teller
    notices: list[Notice] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.root = self.organisation.require_founded().root
        self.targets = {**TARGETS, **self.profile.dimensions}
        self._strings: dict[sie.Objects, CodeString] = {}
        self._dropped = False

    def command(self) -> Several:
        """All of it, as one batch."""
        file, name = self.file, self.file.name
        first: list[Command] = [BindEntity(_number(file.org_number), name)]
        taken = self._vouchers() if file.vouchers else self._totals()
        budget = self._budget()
        registered = self._registered()
        self._tell_warnings()
        problems = (*file.problems, *self.teller.problems)
        told = Told(problems, tuple(self.notices))
        if not file.kind:
            return Several(KIND, (told,))
        commands = (*first, *registered, *self._years(), *taken, *budget)
        excerpt = self.teller.excerpt
        return Several(KIND, (told, *(Excerpted(c, excerpt) for c in commands)), self._key())

    # ── what the file registers ────────────────────────────────────────────────────────────

    def _registered(self) -> list[Command]:
        """Accounts, and objects as units or codes. A unit that we know keeps its place."""
        file, name = self.file, self.file.name
        commands: list[Command] = []
        if file.accounts:
            rows = tuple(AccountRow(a.code, a.name, a.type) for a in file.accounts.values())
            commands.append(RegisterAccounts(rows, name))
        known = self.organisation.units
        units: dict[str, str] = {}
        codes: list[CodeRow] = []
        for (dimension, code), text in file.objects.items():
            target = self.targets.get(dimension, "free")
            if target in ("unit", "counterparty_unit"):
                if code not in known:
                    units.setdefault(code, text or code)
            elif target in _CODED:
                codes.append(CodeRow(target, code, text))
            elif target == "free":
                codes.append(CodeRow(dimension, code, text))
        if units:
            valid_from = self._first_month()
            commands.append(
                RegisterUnits(
                    tuple(
                        UnitRow(code, text, self.root, "unit", "line", valid_from)
                        for code, text in units.items()
                    ),
                    name,
                )
            )
        if codes:
            commands.append(RegisterCodes(tuple(codes), name))
        return commands

    def _first_month(self) -> str:
        """From when the file's units hold: its earliest fiscal year, else its earliest month."""
        file = self.file
        if file.fiscal_years:
            return month_of(min(first for first, _ in file.fiscal_years.values()))
        months = [v.date[:7] for v in file.vouchers]
        months += [b.period for b in (*file.month_totals, *file.budget) if b.period]
        return min(months, default="1900-01")

    # ── years and openings ─────────────────────────────────────────────────────────────────

    def _stated(self) -> dict[int, tuple[str, str]]:
        """The file's fiscal years as months."""
        return {
            index: (month_of(first), month_of(last))
            for index, (first, last) in self.file.fiscal_years.items()
        }

    def _years(self) -> list[Command]:
        """The fiscal years of which the file gives data."""
        months = {v.date[:7] for v in self.file.vouchers} or {
            b.period for b in self._counted() if b.period
        }
        years = tuple(
            sorted(
                (first, last)
                for first, last in self._stated().values()
                if any(first <= month <= last for month in months)
            )
        )
        basis = "vouchers" if self.file.vouchers else "totals"
        return [StateYears(years, basis, self.file.name)] if years else []  # type: ignore[arg-type]

    def _opening(self) -> list[Command]:
        """``#IB`` of the file's year, by account."""
        sums: dict[str, int] = {}
        lines: dict[str, int] = {}
        for balance in self.file.opening:
            if balance.year_index == 0:
                sums[balance.account] = sums.get(balance.account, 0) + balance.amount
                lines.setdefault(balance.account, balance.line)
        if not sums:
            return []
        year = self._year_zero()
        if year is None:
            text = "opening balances without a fiscal year are not recorded"
            self.notices.append(Notice("sie-no-year", text, min(lines.values())))
            return []
        balances = tuple(
            (account, self._flipped(amount, lines[account]) or 0, lines[account])
            for account, amount in sums.items()
        )
        return [StateOpening(year, balances)]

    def _year_zero(self) -> str | None:
        """The first month of the file's year: as stated, else of the year of its first month."""
        stated = self._stated()
        if 0 in stated:
            return stated[0][0]
        months = [v.date[:7] for v in self.file.vouchers]
        months += [b.period for b in self.file.month_totals if b.period and b.year_index == 0]
        if self.file.covers_to:
            months.append(month_of(self.file.covers_to))
        return self.organisation.calendar.year_of(min(months))[0] if months else None

    # ── vouchers ───────────────────────────────────────────────────────────────────────────

    def _vouchers(self) -> list[Command]:
        """Opening balances and vouchers; those told as unbalanced are left out here."""
        unbalanced = {p.line for p in self.file.problems}
        rows = [
            self._posting(group, voucher, place, row)
            for group, voucher in enumerate(self.file.vouchers)
            if voucher.line not in unbalanced
            for place, row in enumerate(voucher.rows, 1)
        ]
        columns = {name: [row.get(name) for row in rows] for name in OUTCOME_ROWS}
        post = PostOutcome(
            pl.DataFrame(columns, schema=OUTCOME_ROWS),
            self.file.name,
            kind=KIND,
            strict=False,
            accept_changes=self.options.accept_changes,
            reason=self.options.reason,
            late_to=self.options.late_to,
            again=self.options.again,
        )
        return [*self._opening(), post]

    def _posting(self, group: int, voucher: SieVoucher, place: int, row: SieRow) -> dict[str, Any]:
        string = self._string(row.objects, row.line)
        return {
            "line": row.line,
            "group": group,
            "alone": False,
            "series": voucher.series,
            "number": voucher.number,
            "date": voucher.date,
            "row": place,
            "row_date": row.date if row.date != voucher.date else None,
            "period": voucher.date[:7],
            "unit": string.unit,
            "account": row.account,
            "amount": self._flipped(row.amount, row.line),
            "text": row.text or voucher.text or None,
            "dimensions": string.dimensions,
            "registered_at": voucher.registered_at,
            "registered_by": row.registered_by or voucher.registered_by or None,
            **string.codes,
        }

    def _flipped(self, amount: int, line: int) -> int | None:
        """The amount in result sign."""
        if amount == INT64_MIN:
            self.teller.tell(
                "amount-beyond-64-bits",
                line,
                f"{amount} is beyond 64 bits of öre",
                "Look for an amount in the wrong unit of money.",
            )
            return None
        return -amount

    def _string(self, objects: sie.Objects, line: int) -> CodeString:
        """The code string of a row's objects."""
        if objects in self._strings:
            return self._strings[objects]
        found: dict[str, str] = {}
        free: dict[str, str] = {}
        for dimension, code in objects:
            target = self.targets.get(dimension, "free")
            if target == "drop":
                self._dropped = self._dropped or dimension == "7"
            elif target == "free":
                free[dimension] = code
            elif target == "counterparty":
                text = self.file.objects.get((dimension, code)) or code
                found[target] = f"{found[target]}; {text}" if target in found else text
            elif target in found and found[target] != code:
                self.teller.tell(
                    "sie-two-objects",
                    line,
                    f"objects {found[target]} and {code} both are {target}",
                    "Correct `dimensions` in the profile.",
                )
            else:
                found[target] = code
        unit = found.pop("unit", self.root)
        order = sorted(free.items(), key=lambda pair: _order(pair[0]))
        dimensions = ";".join(f"{dimension}={code}" for dimension, code in order) or None
        string = CodeString(unit, found, dimensions)
        self._strings[objects] = string
        return string

    # ── month totals and budget ────────────────────────────────────────────────────────────

    def _counted(self) -> tuple[SieBalance, ...]:
        """Month totals to take: not of a year that is kept by vouchers here."""
        kept = {y for y, basis in self.organisation.years.items() if basis == "vouchers"}
        stated = self._stated()
        return tuple(
            total
            for total in self.file.month_totals_counted()
            if total.year_index == 0 or stated.get(total.year_index) not in kept
        )

    def _totals(self) -> list[Command]:
        """Opening balances and month totals of a file without vouchers."""
        file, counted = self.file, self._counted()
        if left := len(file.month_totals_counted()) - len(counted):
            text = f"{left} month totals of a year that is kept by vouchers are not recorded"
            self.notices.append(Notice("sie-year-kept", text))
        commands = self._opening()
        if not counted:
            if file.kind and (file.closing or file.result):
                text = (
                    "the file has balances of the year and no months: #UB and #RES are not recorded"
                )
                self.notices.append(Notice("sie-no-months", text))
            return commands
        rows = self._summed(counted, TOTAL_KEY)
        schema = {"line": pl.Int64, "amount": pl.Int64} | dict.fromkeys(TOTAL_KEY, pl.String)
        columns = {name: [row.get(name) for row in rows] for name in schema}
        frame = pl.DataFrame(columns, schema=schema)
        return [*commands, RestateTotals(frame, file.name, kind=KIND)]

    def _budget(self) -> list[Command]:
        """``#PBUDGET`` as a version of the budget."""
        counted = self.file.budget_counted()
        if not counted:
            return []
        if self.profile.budget == "skip":
            self.notices.append(Notice("sie-budget-skipped", "the file's #PBUDGET is left out"))
            return []
        rows = self._summed(counted, ("period", "unit", "account", "product"))
        columns: dict[str, list[Any]] = {n: [row.get(n) for row in rows] for n in BUDGET_ROWS}
        columns["version"] = [self.profile.budget] * len(rows)
        return [DecideBudget(pl.DataFrame(columns, schema=BUDGET_ROWS), self.file.name)]

    def _summed(self, balances: Iterable[SieBalance], key: tuple[str, ...]) -> list[dict[str, Any]]:
        """Rows summed by the key, in result sign, each with the line that it begins with."""
        sums: dict[tuple[str | None, ...], list[int]] = {}
        for balance in balances:
            string = self._string(balance.objects, balance.line)
            content = {
                "period": balance.period,
                "unit": string.unit,
                "account": balance.account,
                "dimensions": string.dimensions,
                **string.codes,
            }
            place = tuple(content.get(name) for name in key)
            found = sums.setdefault(place, [0, balance.line])
            found[0] += balance.amount
        rows: list[dict[str, Any]] = []
        for place, (amount, line) in sums.items():
            row = dict(zip(key, place, strict=True))
            rows.append({**row, "amount": self._flipped(amount, line), "line": line})
        return rows

    # ── told ───────────────────────────────────────────────────────────────────────────────

    def _tell_warnings(self) -> None:
        """The reader's warnings, and the control totals that do not agree."""
        warnings = [*self.file.warnings]
        if not self.file.problems:
            warnings += self.file.control_differences()
        self.notices[:0] = [Notice(w.code, w.found, w.line) for w in warnings]
        if self._dropped:
            text = "objects of dimension 7 name a person and are not recorded"
            self.notices.append(Notice("sie-person-dropped", text))

    def _key(self) -> str:
        """The digest of what the file says, whatever program wrote it and when."""
        file = self.file
        return digest_of(
            KIND,
            _number(file.org_number),
            sorted(self._stated().items()),
            [asdict(account) for account in file.accounts.values()],
            [[*key, text] for key, text in file.objects.items()],
            [_content(voucher) for voucher in file.vouchers],
            [_balance(b) for b in (*file.opening, *file.month_totals, *file.budget)],
            sorted(self.targets.items()),
            self.profile.budget,
        )


def _number(text: str) -> str:
    """An organisation number without hyphen and spaces."""
    return re.sub(r"[\s-]", "", text)


def _order(dimension: str) -> tuple[int, str]:
    return (int(dimension) if dimension.isdecimal() else 10**9, dimension)


def _content(voucher: SieVoucher) -> list[Any]:
    rows = [[r.account, r.objects, r.amount, r.date, r.text, r.registered_by] for r in voucher.rows]
    head = [voucher.series, voucher.number, voucher.date, voucher.text]
    return [*head, voucher.registered_at, voucher.registered_by, rows]


def _balance(balance: SieBalance) -> list[Any]:
    return [
        balance.year_index,
        balance.period,
        balance.account,
        balance.objects,
        balance.amount,
    ]
