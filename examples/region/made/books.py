"""The months of every unit: outcome of 2019 and of 2020 to September, budget of 2020.

Costs by August come from a unit's weight and its division's growth; the region's grants to the
divisions (regionersättning) are the same every month and make the printed result by August, and
costs after August make the later ones. `9004` takes what is left, so that the whole meets the
printed net cost. Internal items are pairs: one voucher, two units, each the other's counterparty.
"""

from __future__ import annotations

from collections.abc import Mapping

from .basics import Chance, mnkr, spread
from .organisation import (
    CARE,
    CENTRES,
    FINANCE,
    KITCHEN,
    LABORATORY,
    PROFILES,
    PROPERTY,
    STAFF,
    TECHNOLOGY,
    UNITS,
)
from .printed import CENTRES as CENTRE_RESULTS
from .printed import (
    DIVISIONS,
    GAINS,
    LATE,
    NET_COST,
    REBUILDING,
    UNMET,
)
from .printed import FINANCE as FINANCE_ITEMS
from .printed import TECHNOLOGY as TECHNOLOGY_COSTS

#: A row: unit, account, counterparty unit (or empty) → öre by month (index 0 is January).
Rows = dict[tuple[str, str, str], list[int]]

#: Months that cost more or less than others, in thousandths.
SEASON = (1010, 985, 1015, 1000, 1005, 990, 975, 1005, 1000, 1010, 1005, 1020)
_AUGUST, _SEPTEMBER = 8, 9
#: What a unit's own income is of its cost, in thousandths, by kind: account → share.
_OWN = {
    "care": {"3210": 18, "3310": 24, "3510": 12},
    "centre": {"3210": 32, "3310": 6},
    "staff": {"3310": 10},
    "dental": {"3210": 330, "3310": 40},
    "property": {"3310": 60},
    "service": {"3310": 80},
    "technology": {"3310": 20},
    "development": {"3510": 90},
    "bought": {"3510": 60},
}
#: Internal sales by seller: income account, cost account, share of the buyer's cost in 1/10 000,
#: kinds of buyers.
_SALES = {
    PROPERTY: ("3120", "5010", 600, ("care", "centre", "staff", "dental", "technology")),
    TECHNOLOGY: ("3110", "6010", 150, ("care", "centre", "staff", "dental", "service")),
    KITCHEN: ("3130", "6020", 240, ("care",)),
    LABORATORY: ("3140", "6040", 420, ("care", "centre")),
}


def _costs(unit: str, year: int) -> int:
    """The unit's whole cost by August, öre, negative."""
    division, _, _, _, weight = UNITS[unit]
    if unit == TECHNOLOGY:
        return sum(pair[2020 - year] for pair in TECHNOLOGY_COSTS.values())
    cost = -mnkr(str(weight))
    growth = DIVISIONS[division].cost_growth if division in DIVISIONS else -150
    return cost if year == 2020 else cost * 10_000 // (10_000 + growth)


def _results(division: str, unit: str, totals: list[int], centres: list[int]) -> list[int]:
    """The unit's part of its division's results: a health centre's own, of the rest by weight."""
    if unit in CENTRES:
        return centres
    others = [u for u, row in UNITS.items() if row[0] == division and u not in CENTRES]
    mine = [u for u in CENTRES if UNITS[u][0] == division]
    found = []
    for place, total in enumerate(totals):
        left = total - sum(_centre(u)[place] for u in mine) if place < 5 else total
        parts = spread(left, [UNITS[u][4] for u in others])
        found.append(parts[others.index(unit)])
    return found


def _centre(unit: str) -> list[int]:
    """A centre's results: August and September 2020, August, September and December 2019."""
    august, september, before, december = CENTRE_RESULTS[unit]
    return [august, september, before, before + (december - before) // 4, december]


def results(unit: str) -> list[int]:
    """Accumulated: August (as told) and September 2020; August, September, December 2019."""
    division = UNITS[unit][0]
    of = DIVISIONS[division]
    autumn = of.august_2019 + (of.december_2019 - of.august_2019) // 4
    totals = [of.august, of.september, of.august_2019, autumn, of.december_2019]
    return _results(division, unit, totals, _centre(unit) if unit in CENTRES else [])


def budget_results(unit: str) -> list[int]:
    """Budget accumulated to August, to September and for the year."""
    division = UNITS[unit][0]
    of = DIVISIONS[division]
    totals = [of.budget_august, of.budget_september, of.year_budget]
    units = [u for u, row in UNITS.items() if row[0] == division]
    weights = [UNITS[u][4] for u in units]
    return [spread(total, weights)[units.index(unit)] for total in totals]


def _path(cumulated: Mapping[int, int], season: list[int]) -> list[int]:
    """Twelve months (or fewer) that reach the amounts by the months given."""
    months, last, reached = [], 0, 0
    for month, total in sorted(cumulated.items()):
        months += spread(total - reached, season[last:month])
        last, reached = month, total
    return months


def _season(topic: str, noise: int) -> list[int]:
    chance = Chance(topic)
    return [weight * 10 + chance.between(-noise, noise) for weight in SEASON]


def _divided(rows: Rows, unit: str, year: int, months: list[int]) -> None:
    """A unit's external cost of each month over the accounts of its kind."""
    kind = UNITS[unit][3]
    if unit == TECHNOLOGY:
        weights = {"4010": 0, "5020": 0, "5310": 0, "6610": 0, "7810": 0}
        for account, line in zip(weights, TECHNOLOGY_COSTS, strict=True):
            weights[account] = -TECHNOLOGY_COSTS[line][2020 - year]
        weights["5020"] += sum(r[0] for k, r in rows.items() if k[:2] == (unit, "5010")) * 8
        weights["5310"] += sum(r[0] for k, r in rows.items() if k[:2] == (unit, "6010")) * 8
    else:
        weights = dict(PROFILES[kind])
    chance = Chance(f"accounts {unit} {year}")
    for month, amount in enumerate(months):
        # Länsteknik's lines are printed: there every month is parted alike, and August settles
        shares = [
            weight * 1000 if unit == TECHNOLOGY else weight * chance.between(960, 1040)
            for weight in weights.values()
        ]
        for account, part in zip(weights, spread(amount, shares), strict=True):
            rows.setdefault((unit, account, ""), [0] * len(months))[month] += part


def _internal(year: int, length: int) -> Rows:
    """Both sides of what units sell to each other: the same every month, negotiated in budget."""
    rows: Rows = {}
    permille = 1000 if year == 2020 else 985
    for seller, (income, cost, share, kinds) in _SALES.items():
        for buyer, (_, _, _, kind, weight) in UNITS.items():
            if kind not in kinds or buyer == seller:
                continue
            part = share // 2 if kind == "technology" else share
            monthly = mnkr(str(weight)) * part * permille // (10_000 * 1000 * 8)
            rows[buyer, cost, seller] = [-monthly] * length
            rows[seller, income, buyer] = [monthly] * length
    return rows


def outcome(year: int) -> Rows:
    """The year's outcome to its last month, without what came late."""
    length = 12 if year == 2019 else _SEPTEMBER
    rows = _internal(year, length)
    for unit in (u for u in UNITS if UNITS[u][0] in DIVISIONS):
        _unit(rows, unit, year, length)
    _joint(rows, year, length)
    return rows


def _unit(rows: Rows, unit: str, year: int, length: int) -> None:
    """A division's unit: its own income, its grant, and external costs that meet its results."""
    kind = UNITS[unit][3]
    whole = _costs(unit, year)
    if unit == PROPERTY and year == 2020:
        whole += sum(mnkr(text) for text in REBUILDING.values())
    august, september, before, autumn, december = results(unit)
    told = {8: august, 9: september} if year == 2020 else {8: before, 9: autumn, 12: december}
    late = LATE.get(unit, 0) if year == 2020 else 0
    for account, share in _OWN[kind].items():
        months = _path({8: -whole * share // 1000}, _season(f"{unit} {account} {year}", 250))
        if length > _AUGUST:
            months += months[3 : 3 + length - _AUGUST]
        rows[unit, account, ""] = months
    mine = [r for (u, a, _), r in rows.items() if u == unit]
    income = [sum(r[m] for r in mine if r[m] > 0) for m in range(length)]
    inside = [sum(r[m] for r in mine if r[m] < 0) for m in range(length)]
    grant = (told[8] - whole - sum(income[:_AUGUST])) // _AUGUST
    rows[unit, "3010", FINANCE] = [grant] * length
    rows[FINANCE, "6910", unit] = [-grant] * length
    # what a grant in whole öre leaves over goes to the costs
    external = {8: told[8] - grant * _AUGUST - sum(income[:_AUGUST]) - sum(inside[:_AUGUST])}
    for month in (m for m in (9, 12) if m in told):
        reached = told[month] + late - grant * month
        external[month] = reached - sum(income[:month]) - sum(inside[:month])
    months = _path(external, _season(f"{unit} {year}", 160))
    rebuilt = [mnkr(REBUILDING.get(f"{year}-{m:02d}", "0")) for m in range(1, length + 1)]
    if unit == PROPERTY:
        unmet = [UNMET if (year, m) == (2020, _SEPTEMBER) else 0 for m in range(1, length + 1)]
        months = [a - b - c for a, b, c in zip(months, rebuilt, unmet, strict=True)]
    _divided(rows, unit, year, months)


def _joint(rows: Rows, year: int, length: int) -> None:
    """What the region has in common: tax, grants and finance, and its own units."""
    for account, (august, september, _, whole_2019) in FINANCE_ITEMS.items():
        path = {8: august, 9: september} if year == 2020 else {12: whole_2019}
        noise = 600 if account.startswith("84") else 30
        rows[FINANCE, account, ""] = _path(path, _season(f"{account} {year}", noise))[:length]
    for unit in (STAFF, "9003"):
        months = _path({8: _costs(unit, year)}, _season(f"{unit} {year}", 200))
        months += [months[m] for m in range(4, 4 + length - _AUGUST)]
        mine = [r for (u, _, other), r in rows.items() if u == unit and other]
        _own_income(rows, unit, year, length)
        _divided(rows, unit, year, [t - sum(r[m] for r in mine) for m, t in enumerate(months)])
    gains = {month: gain for month, gain in GAINS.items() if month.startswith(str(year))}
    for month, gain in gains.items():
        rows.setdefault((STAFF, "3990", ""), [0] * length)[int(month[5:]) - 1] += gain
    _own_income(rows, CARE, year, length)
    wanted = (
        {8: NET_COST["august"], 9: NET_COST["september"]}
        if year == 2020
        else {
            8: NET_COST["august_2019"],
            9: NET_COST["september_2019"],
            12: NET_COST["december_2019"],
        }
    )
    operating = [
        sum(r[m] for (_, account, _), r in rows.items() if account < "8") for m in range(length)
    ]
    rebuilt = [mnkr(REBUILDING.get(f"{year}-{m:02d}", "0")) for m in range(1, length + 1)]
    known = [a + b for a, b in zip(operating, rebuilt, strict=True)]
    if year == 2020:
        known[_SEPTEMBER - 1] += UNMET
    left = {m: total - sum(known[:m]) for m, total in wanted.items()}
    _divided(rows, CARE, year, _path(left, _season(f"{CARE} {year}", 120)))


def _own_income(rows: Rows, unit: str, year: int, length: int) -> None:
    for account, share in _OWN[UNITS[unit][3]].items():
        whole = -_costs(unit, year) * share // 1000
        months = _path({8: whole}, _season(f"{unit} {account} {year}", 250))
        rows[unit, account, ""] = months + months[2 : 2 + length - _AUGUST]


def budget() -> Rows:
    """The budget of 2020: internal items and grants as they were agreed, the rest to meet the
    results decided."""
    rows = _internal(2020, 12)
    granted = {u: r[0] for (u, account, _), r in outcome(2020).items() if account == "3010"}
    for unit in (u for u in UNITS if UNITS[u][0] in DIVISIONS):
        kind = UNITS[unit][3]
        for account, share in _OWN[kind].items():
            rows[unit, account, ""] = spread(-_costs(unit, 2020) * share * 15 // 10_000, [1] * 12)
        rows[unit, "3010", FINANCE] = [granted[unit]] * 12
        rows[FINANCE, "6910", unit] = [-granted[unit]] * 12
        mine = [r for (u, _, _), r in rows.items() if u == unit]
        given = [sum(r[m] for r in mine) for m in range(12)]
        told = dict(zip((8, 9, 12), budget_results(unit), strict=True))
        left = {m: total - sum(given[:m]) for m, total in told.items()}
        _divided(rows, unit, 2020, _path(left, [w * 10 for w in SEASON]))
    for account, (_, _, nine, _) in FINANCE_ITEMS.items():
        rows[FINANCE, account, ""] = spread(nine * 4 // 3, [1] * 12)
    for unit in (STAFF, "9003"):
        mine = [r for (u, _, other), r in rows.items() if u == unit and other]
        months = spread(_costs(unit, 2020) * 152 // 100, [w * 10 for w in SEASON])
        _divided(rows, unit, 2020, [t - sum(r[m] for r in mine) for m, t in enumerate(months)])
    for unit in (STAFF, "9003", CARE):
        for account, share in _OWN[UNITS[unit][3]].items():
            rows[unit, account, ""] = spread(-_costs(unit, 2020) * share * 15 // 10_000, [1] * 12)
    known = [sum(r[m] for (_, a, _), r in rows.items() if a < "8") for m in range(12)]
    wanted = {8: "budget_august", 9: "budget_september", 12: "year_budget"}
    left = {m: NET_COST[name] - sum(known[:m]) for m, name in wanted.items()}
    _divided(rows, CARE, 2020, _path(left, [w * 10 for w in SEASON]))
    return rows
