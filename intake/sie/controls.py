"""What may be added together, and the file against itself.

Amounts are öre in SIE sign: debit positive.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from ledger.errors import Problem
from ledger.money import to_text

if TYPE_CHECKING:  # `model` imports this module
    from intake.sie.model import SieBalance, SieFile, SieVoucher

_BALANCE_TYPES = ("asset", "liability")
_REMEDY = "The rows count; ask the source system why its total differs."


def counted(rows: Iterable[SieBalance]) -> tuple[SieBalance, ...]:
    """The rows of month totals or budget that may be added, in the file's order.

    For each year, month and account: a row with ``{}`` is the total and rows with objects split
    it, once for every dimension, so one set of dimensions is kept: the lowest (dimension 1
    before 6, and alone before together with others). What it leaves of the total stands on no
    object, so the sum is the total to the öre. Where there is no total row, the lowest set is
    all that can be counted; `sie-object-split` warns where another set has another sum.
    """
    result: list[SieBalance] = []
    for group in _grouped(rows):
        totals = [row for row in group if not row.objects]
        kept = _lowest_split(group)
        if not kept:
            result += totals
            continue
        result += kept
        if totals:
            rest = sum(row.amount for row in totals) - sum(row.amount for row in kept)
            if rest:
                result.append(replace(totals[0], amount=rest, quantity=None))
    return tuple(result)


def uncertain_splits(rows: Iterable[SieBalance]) -> Iterator[tuple[SieBalance, int, int]]:
    """Months of accounts with object rows only, whose dimensions have different sums.

    Gives the first row kept, the sum kept and the sum that is furthest from it.
    """
    for group in _grouped(rows):
        if all(row.objects for row in group):
            kept = _lowest_split(group)
            sums = [sum(r.amount for r in part) for part in _splits(group).values()]
            here = sum(row.amount for row in kept)
            furthest = max(sums, key=lambda other: abs(other - here))
            if furthest != here:
                yield kept[0], here, furthest


def _grouped(rows: Iterable[SieBalance]) -> Iterable[list[SieBalance]]:
    groups: dict[tuple[int, str | None, str], list[SieBalance]] = defaultdict(list)
    for row in rows:
        groups[row.year_index, row.period, row.account].append(row)
    return groups.values()


def _splits(group: list[SieBalance]) -> dict[tuple[tuple[int, str], ...], list[SieBalance]]:
    splits: dict[tuple[tuple[int, str], ...], list[SieBalance]] = defaultdict(list)
    for row in group:
        if row.objects:
            splits[tuple(sorted(_order(dim) for dim, _ in row.objects))].append(row)
    return splits


def _lowest_split(group: list[SieBalance]) -> list[SieBalance]:
    splits = _splits(group)
    return splits[min(splits)] if splits else []


def _order(dimension: str) -> tuple[int, str]:
    """Dimensions by number, 2 before 10; what is not a number comes last."""
    plain = dimension.isascii() and dimension.isdigit() and len(dimension) < 10
    number = int(dimension) if plain else 10**9
    return number, dimension


def differences(file: SieFile) -> list[Problem]:
    """A warning for each account whose figures in the file disagree.

    With vouchers, for year 0: opening balance + rows against ``#UB``, rows against ``#RES``;
    and, for accounts that agree there, the rows of each month (the voucher's) against
    ``#PSALDO``. Without vouchers, for each year that has month totals: opening balance + months
    against ``#UB``, months against ``#RES``. What the file states nothing of is not compared,
    nor an account that has no record, no type and no BAS class.
    """
    if file.vouchers:
        moved: dict[str, int] = defaultdict(int)
        for voucher in _of_year(file, 0):
            for row in voucher.rows:
                moved[row.account] += row.amount
        found = _against_balances(file, 0, moved, "rows")
        return [*found.values(), *_against_months(file, told=set(found))]
    by_year: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for total in counted(file.month_totals):
        by_year[total.year_index][total.account] += total.amount
    return [
        warning
        for year in sorted(by_year, reverse=True)
        for warning in _against_balances(file, year, by_year[year], "months").values()
    ]


def _of_year(file: SieFile, index: int) -> Iterable[SieVoucher]:
    if index not in file.fiscal_years:
        return file.vouchers
    first, last = (day.isoformat() for day in file.fiscal_years[index])
    return (v for v in file.vouchers if first <= v.date <= last)


def _against_balances(
    file: SieFile, year: int, moved: Mapping[str, int], what: str
) -> dict[str, Problem]:
    opening, closing, result = (
        _by_account(rows, year) for rows in (file.opening, file.closing, file.result)
    )
    # a past year is often given closing balances only: nothing to compare them with
    opened = bool(closing) and (year == 0 or bool(opening))
    found = {}
    for account in sorted({*opening, *closing, *result, *moved}):
        reached = moved.get(account, 0)
        side = _side(file, account, result, {*opening, *closing})
        if side == "result" and result:
            stated, basis, label = result.get(account, 0), what, "#RES"
        elif side == "balance" and opened:
            reached += opening.get(account, 0)
            stated, basis, label = closing.get(account, 0), f"#IB and {what}", "#UB"
        else:
            continue
        if stated != reached:
            found[account] = Problem(
                "sie-control-difference",
                file.name,
                None,
                f"account {account}, year {year}: {basis} give {to_text(reached)}, "
                f"{label} says {to_text(stated)}",
                _REMEDY,
            )
    return found


def _side(
    file: SieFile, account: str, result: Mapping[str, int], balances: set[str]
) -> Literal["result", "balance", ""]:
    """Where an account belongs: by its records, else its type, else the BAS classes 1 to 8."""
    if account in result:
        return "result"
    if account in balances:
        return "balance"
    stated = file.accounts.get(account)
    if stated is not None and stated.type is not None:
        return "balance" if stated.type in _BALANCE_TYPES else "result"
    if account[:1] in ("1", "2"):
        return "balance"
    return "result" if account[:1] in tuple("345678") else ""


def _by_account(rows: Iterable[SieBalance], year: int) -> dict[str, int]:
    sums: dict[str, int] = defaultdict(int)
    for row in rows:
        if row.year_index == year:
            sums[row.account] += row.amount
    return sums


def _against_months(file: SieFile, told: set[str]) -> list[Problem]:
    stated: dict[tuple[str, str], int] = defaultdict(int)
    for total in counted(file.month_totals):
        if total.year_index == 0 and total.period is not None:
            stated[total.account, total.period] += total.amount
    compared = {account for account, _ in stated} - told
    reached: dict[tuple[str, str], int] = defaultdict(int)
    for voucher in _of_year(file, 0):
        for row in voucher.rows:
            reached[row.account, voucher.date[:7]] += row.amount
    return [
        Problem(
            "sie-control-month",
            file.name,
            None,
            f"account {account}, {month}: rows give {to_text(reached.get((account, month), 0))}, "
            f"#PSALDO says {to_text(stated.get((account, month), 0))}",
            _REMEDY,
        )
        for account, month in sorted({*stated, *reached})
        if account in compared
        and reached.get((account, month), 0) != stated.get((account, month), 0)
    ]
