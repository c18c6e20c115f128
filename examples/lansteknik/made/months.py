"""MADE, on facts: öre by month, unit and account for 2018, 2019 and 2020.

The order: 2020's five cost lines to their printed totals; 2019's accumulated sums from the printed
percentages; each line to accounts (one account takes what remains of the month), each account to
units; income last, which closes every area to its printed result of January–August.
"""

from __future__ import annotations

from collections import defaultdict
from functools import cache

from . import printed
from .basics import Chance, half_up, spread
from .organisation import UNITS, area_of
from .shapes import (
    BASES,
    BEARERS,
    COVID,
    COVID_BEARERS,
    COVID_MONTHS,
    EARLIER,
    FTE,
    GRANT,
    INCOME,
    INCOME_AUTUMN,
    INCOME_SEASON,
    INCOME_YEAR,
    INTERNAL,
    LINE_MONTHS,
    NOISE,
    PAY,
    PO_ACCOUNTS,
    PO_SHARE,
    SEASONS,
    SEASONS_2020,
    SPORADIC,
    SUNDERBY,
    USUAL_NOISE,
    WAGES,
    WAGES_2020,
)

TKR = 100_000  # öre
#: month (from 1), unit, account
Place = tuple[int, str, str]


@cache
def line_months(year: int, line: str) -> tuple[int, ...]:
    """Cost by month in öre (positive): twelve months of one of the five lines."""
    chance = Chance(f"{line} {year}")
    table = [amount * TKR for amount in LINE_MONTHS[year, line]]
    loose = 2 if line in ("Lokalkostnader", "Avskrivningar") else 9
    noisy = [chance.near(amount, loose) for amount in table]
    if year == 2020:
        total = printed.COST_TKR[line] * TKR + chance.between(-350_00, 350_00)
        noisy[7] = total - sum(noisy[:7])
    elif year == 2019:
        noisy = _last_year(line) + noisy
    return tuple(noisy)


def _last_year(line: str) -> list[int]:
    """January–August 2019, so that every printed percentage is met after rounding."""
    chance = Chance(f"percentages {line}")
    reached, this_year, months = 0, 0, []
    for amount, change in zip(line_months(2020, line), printed.CHANGE[line], strict=False):
        this_year += amount
        accumulated = half_up(this_year * 100_000, 100_000 + 10 * change + chance.between(-4, 4))
        months.append(accumulated - reached)
        reached = accumulated
    return months


@cache
def covid() -> dict[Place, int]:
    """Cost booked on product 0630 (positive): to the öre to August, and what autumn brought."""
    found: dict[Place, int] = {}
    for account, total in COVID.items():
        bearers = COVID_BEARERS.get(account)
        if bearers is None:
            bearers = COVID_BEARERS["4010" if account[0] == "4" else ""]
        parts = spread(total, COVID_MONTHS[:8])
        parts += [total * percent // 100 for percent in COVID_MONTHS[8:]]
        for month, part in enumerate(parts, 1):
            shares = spread(part, list(bearers.values()))
            for unit, share in zip(bearers, shares, strict=True):
                if share:
                    found[month, unit, account] = share
    return found


@cache
def special() -> dict[Place, int]:
    """Cost of 2020 that stands on top of the ordinary: covid-19 and the building at Sunderby."""
    found = dict(covid())
    for month, unit, account, amount in SUNDERBY:
        found[month, unit, account] = found.get((month, unit, account), 0) + amount
    return found


def _ordinary(year: int, line: str, accounts: set[str]) -> list[int]:
    """The line's months without what `special` puts on top."""
    months = list(line_months(year, line))
    if year == 2020:
        for (month, _, account), amount in special().items():
            if account in accounts:
                months[month - 1] -= amount
    return months


def _by_account(year: int, line: str) -> dict[str, list[int]]:
    """A line other than personnel: account → cost by month."""
    bases = BASES[line]
    chance = Chance(f"accounts {line} {year}")
    totals = _ordinary(year, line, set(bases))
    wanted = {
        account: [_base(chance, year, account, base, month) for month in range(12)]
        for account, base in bases.items()
    }
    rest = next(iter(bases))
    if bases[rest]:
        columns = [spread(total, [wanted[a][m] for a in bases]) for m, total in enumerate(totals)]
        return {account: [column[i] for column in columns] for i, account in enumerate(bases)}
    for month, total in enumerate(totals):
        wanted[rest][month] = total - sum(wanted[a][month] for a in bases if a != rest)
        if wanted[rest][month] < 0:
            raise AssertionError(f"{line} {year}-{month + 1:02d}: nothing remains for {rest}")
    return wanted


def _base(chance: Chance, year: int, account: str, base: int, month: int) -> int:
    """What an account costs in a month before the line's total is known."""
    season = SEASONS.get(account, (100,) * 12)
    if year == 2020:
        season = SEASONS_2020.get(account, season)
    level = {2020: 100, 2019: 97, 2018: 95}[year]
    level = EARLIER.get((year, account), level)
    amount = base * TKR * season[month] * level // 10_000
    return chance.near(amount, NOISE.get(account, USUAL_NOISE))


def _personnel(year: int) -> dict[str, list[int]]:
    """Personnel: account → cost by month; wages first, fees and pensions on top."""
    chance = Chance(f"wages {year}")
    found: dict[str, list[int]] = {account: [] for account in ("4010", *WAGES, *PO_ACCOUNTS)}
    totals = _ordinary(year, "Personalkostnader", set(found))
    for month, total in enumerate(totals):
        fees = chance.near(total * PO_SHARE // 1000, 6)
        wages = total - fees
        rest = wages
        for account, shares in WAGES.items():
            percent = WAGES_2020[account][month] if year == 2020 and account in WAGES_2020 else 100
            amount = chance.near(wages * shares[month] * percent // 100_000, 60)
            found[account].append(amount)
            rest -= amount
        found["4010"].append(rest)
        parts = spread(fees, list(PO_ACCOUNTS.values()))
        for account, part in zip(PO_ACCOUNTS, parts, strict=True):
            found[account].append(part)
    return found


def _bearers(account: str) -> dict[str, int]:
    """unit → weight, in millions so that noise has room."""
    if account in BEARERS:
        return {unit: weight * 1_000_000 for unit, weight in BEARERS[account].items()}
    return {unit: count * PAY.get(unit, 100) * 10_000 for unit, count in FTE.items()}


def _by_unit(year: int, account: str, months: list[int]) -> dict[Place, int]:
    """An account's months over the units that bear it."""
    chance = Chance(f"units {account} {year}")
    bearers = _bearers(account)
    found: dict[Place, int] = {}
    for month, total in enumerate(months, 1):
        loose = 12 if account < "5100" or account >= "7800" else 70
        weights = [chance.near(weight, loose) for weight in bearers.values()]
        if account in SPORADIC:
            kept = [weight if chance.below(100) < 45 else 0 for weight in weights]
            weights = kept if any(kept) else weights
        for unit, part in zip(bearers, spread(total, weights), strict=True):
            if part:
                found[month, unit, account] = part
    return found


def _fees_by_unit(months: dict[str, list[int]], wages: dict[Place, int]) -> dict[Place, int]:
    """Fees and pensions follow each unit's own wages."""
    found: dict[Place, int] = {}
    for month in range(1, 13):
        base: dict[str, int] = defaultdict(int)
        for (when, unit, _), amount in wages.items():
            if when == month:
                base[unit] += amount
        for account in PO_ACCOUNTS:
            parts = spread(months[account][month - 1], list(base.values()))
            for unit, part in zip(base, parts, strict=True):
                found[month, unit, account] = part
    return found


def internal_pairs(year: int) -> dict[tuple[int, str, str], int]:
    """Sales within the division: (month, seller, buyer) → öre, from account 6910's months."""
    shares = [share for _, _, share in INTERNAL]
    found = {}
    for month, total in enumerate(_by_account(year, "Övriga tjänster")["6910"], 1):
        for (seller, buyer, _), part in zip(INTERNAL, spread(total, shares), strict=True):
            found[month, seller, buyer] = part
    return found


@cache
def costs(year: int) -> dict[Place, int]:
    """Cost (positive) by month, unit and account, without what `special` puts on top."""
    found: dict[Place, int] = {}
    personnel = _personnel(year)
    for account in ("4010", *WAGES):
        found |= _by_unit(year, account, personnel[account])
    found |= _fees_by_unit(personnel, found)
    for line in BASES:
        for account, months in _by_account(year, line).items():
            if account != "6910":
                found |= _by_unit(year, account, months)
    for (month, _, buyer), amount in internal_pairs(year).items():
        found[month, buyer, "6910"] = amount
    return found


def _area_costs_to_august(area: str) -> int:
    """All costs of an area January–August 2020."""
    total = 0
    for source in (costs(2020), special()):
        total += sum(v for (m, unit, _), v in source.items() if m <= 8 and area_of(unit) == area)
    return total


def income_to_august(area: str) -> int:
    """What an area must have had in income January–August 2020: its result + its costs."""
    return printed.OUTCOME[area] * 100 + _area_costs_to_august(area)


def _area_income(year: int, area: str) -> list[int]:
    """Income of an area by month; 2020's first eight sum to `income_to_august`."""
    chance = Chance(f"income {area} {year}")
    whole = income_to_august(area)
    weights = [chance.near(percent * 1000, 12) for percent in INCOME_SEASON]
    if year == 2020:
        autumn = whole * INCOME_AUTUMN[area] // 2000
        return spread(whole, weights[:8]) + spread(autumn, weights[8:])
    return spread(whole * 3 * INCOME_YEAR[year] // 2000, weights)


@cache
def incomes(year: int) -> dict[Place, int]:
    """Income by month, unit and account."""
    found: dict[Place, int] = defaultdict(int)
    for (month, seller, _), amount in internal_pairs(year).items():
        found[month, seller, "3190"] += amount
    for area in printed.AREAS:
        chance = Chance(f"income accounts {area} {year}")
        for month, total in enumerate(_area_income(year, area), 1):
            rest = total - sum(
                amount
                for (when, unit, account), amount in found.items()
                if when == month and account == "3190" and area_of(unit) == area
            )
            if area == "610":
                found[month, "6103", "3010"] = GRANT[year] * TKR
                rest -= GRANT[year] * TKR
            weights = [chance.near(weight * 1_000_000, 40) for _, _, weight in INCOME[area]]
            for (unit, account, _), part in zip(INCOME[area], spread(rest, weights), strict=True):
                found[month, unit, account] += part
    return dict(found)


@cache
def outcome(year: int) -> dict[Place, int]:
    """The whole outcome in result sign by month, unit and account, sorted."""
    found: dict[Place, int] = defaultdict(int)
    for place, amount in incomes(year).items():
        found[place] += amount
    for place, amount in costs(year).items():
        found[place] -= amount
    if year == 2020:
        for place, amount in special().items():
            found[place] -= amount
    return {place: found[place] for place in sorted(found) if found[place]}


def to_august() -> dict[tuple[str, str], int]:
    """Outcome January–August 2020 by unit and account, in result sign."""
    found: dict[tuple[str, str], int] = defaultdict(int)
    for (month, unit, account), amount in outcome(2020).items():
        if month <= 8:
            found[unit, account] += amount
    return {key: found[key] for key in sorted(found)}


def check() -> None:
    """What must hold before anything is written."""
    for area in printed.AREAS:
        total = sum(v for (unit, _), v in to_august().items() if area_of(unit) == area)
        if total != printed.OUTCOME[area] * 100:
            raise AssertionError(f"area {area}: {total}")
    for (month, unit, account), amount in outcome(2020).items():
        turns = account == "4220" or (account[:2] == "78" and month == 6)
        if unit not in UNITS or ((amount > 0) != (account[0] == "3") and not turns):
            raise AssertionError(f"{month} {unit} {account}: {amount}")
