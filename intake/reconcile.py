"""Balances to compare the record with: read from a file by account and month, nothing posted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import polars as pl

from intake import sie
from intake.kinds import BALANCES
from intake.profiles import Profile, profile_from
from intake.reading import bytes_of, is_sie, table_of, values_of
from intake.sie import SieFile
from intake.wishes import ImportOptions
from ledger.errors import InputRefused, Problem
from ledger.families.organisation import Organisation
from ledger.money import INT64_MAX
from ledger.periods import month_of

#: One row an account and stretch of months: the change in öre, debit positive, in the months
#: ``first`` to ``month``. They are the same month, but where a SIE file has only the year's
#: opening and closing balances: then ``first`` is the year's first and ``month`` the last covered.
BALANCE_ROWS: dict[str, type[pl.DataType]] = {
    "account": pl.String,
    "month": pl.String,
    "amount": pl.Int64,
    "first": pl.String,
}


def read_balances(
    path: str | Path,
    organisation: Organisation,
    profile: Profile | Mapping[str, Any] | None = None,
    options: ImportOptions | None = None,
) -> pl.DataFrame:
    """The changes that a SIE or balances file states, with the columns of `BALANCE_ROWS`.

    From SIE: vouchers by month, else ``#PSALDO``, else ``#UB`` − ``#IB`` and ``#RES``. Raises
    `ledger.errors.InputRefused` with all problems, and what `intake.read` raises.
    """
    return read_stated(path, organisation, profile, options)[0]


def read_stated(
    path: str | Path,
    organisation: Organisation,
    profile: Profile | Mapping[str, Any] | None = None,
    options: ImportOptions | None = None,
) -> tuple[pl.DataFrame, list[Problem]]:
    """What `read_balances` gives, and where a SIE file's own figures disagree with each other:
    vouchers and month totals with its opening, closing and result balances."""
    chosen = profile if isinstance(profile, Profile) else profile_from(profile or {})
    data, name = bytes_of(path), Path(path).name
    if chosen.kind == "sie" or (chosen.kind is None and is_sie(data, name)):
        parsed = sie.parse(data, name)
        changes, problems = _of_sie(parsed, organisation)
        warnings = [] if problems else parsed.control_differences()
    else:
        changes, problems = _of_table(data, name, organisation, chosen, options)
        warnings = []
    sums: dict[tuple[str, str, str], int] = {}
    for account, first, month, amount in changes:
        place = (account, first, month)
        sums[place] = sums.get(place, 0) + amount
    if over := next((p for p, amount in sums.items() if abs(amount) > INT64_MAX), None):
        found = f"the change of {over[0]} in {over[2]} passes 64 bits of öre"
        remedy = "Look for an amount in the wrong unit of money."
        problems.append(Problem("sum-beyond-64-bits", name, None, found, remedy))
    if problems:
        raise InputRefused(sorted(problems, key=lambda p: (p.line or 0, p.code)))
    rows = [(a, month, amount, first) for (a, first, month), amount in sorted(sums.items())]
    return pl.DataFrame(rows, schema=BALANCE_ROWS, orient="row"), warnings


_Change = tuple[str, str, str, int]


def _of_sie(file: SieFile, organisation: Organisation) -> tuple[Iterable[_Change], list[Problem]]:
    if file.vouchers:
        by_month = [
            (row.account, voucher.date[:7], voucher.date[:7], row.amount)
            for voucher in file.vouchers
            for row in voucher.rows
        ]
        return by_month, list(file.problems)
    totals = file.month_totals_counted()
    if totals:
        return [
            (t.account, t.period, t.period, t.amount) for t in totals if t.period is not None
        ], list(file.problems)
    return _of_year(file, organisation), list(file.problems)


def _of_year(file: SieFile, organisation: Organisation) -> list[_Change]:
    """The change from the year's first month to the last that the file covers."""
    changes: list[_Change] = []
    for index, (begins, ends) in file.fiscal_years.items():
        last = month_of(min(file.covers_to, ends) if file.covers_to and index == 0 else ends)
        opened = any(b.year_index == index for b in file.opening)
        for sign, balances in ((-1, file.opening), (1, file.closing), (1, file.result)):
            if balances is not file.result and not opened:
                continue
            changes += [
                (b.account, month_of(begins), last, sign * b.amount)
                for b in balances
                if b.year_index == index
            ]
    return changes


def _of_table(
    data: bytes,
    name: str,
    organisation: Organisation,
    profile: Profile,
    options: ImportOptions | None,
) -> tuple[Iterable[_Change], list[Problem]]:
    table = table_of(data, name, profile)
    if not table.headers:
        if not table.teller.problems:
            table.teller.tell("empty-file", None, "the file holds nothing", "Export it again.")
        return [], table.teller.problems
    values = values_of(table, BALANCES, organisation, profile, options or ImportOptions())
    changes = [
        (account, period, period, -amount)
        for account, period, amount in zip(
            values.of("account"), values.of("period"), values.of("amount"), strict=True
        )
        if account and period and amount is not None
    ]
    for line, account in zip(values.lines, values.of("account"), strict=True):
        if account == "":
            values.teller.tell("empty-account", line, "account is empty", "Fill it in.")
    return changes, values.teller.problems
