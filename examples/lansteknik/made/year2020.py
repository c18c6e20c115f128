"""MADE, on facts: the vouchers of 2020, adding up to `months.outcome(2020)` to the öre.

A month's cost in a cell (unit, account) is its invoices, plus this month's accrual, minus the
reversal of last month's, plus its share of what was paid in advance.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from .basics import Chance, half_up, month_text, spread, working_days
from .months import Place, costs, covid, incomes, internal_pairs, outcome, special
from .organisation import DIVISION, UNITS, area_of
from .suppliers import (
    COVID_TEXTS,
    INSIDE,
    OUTSIDE,
    STERILE,
    STERILE_FROM,
    STERILE_ONE_IN,
    STERILE_UNITS,
    SUNDERBY_TEXT,
    TRADES,
    UNIT_TEXTS,
)
from .vouchers import Row, Voucher, result_row

YEAR = 2020
COVID, SUNDERBY = "0630", "20003"
PROJECTS = {("6301", "6610"): "20001", ("6301", "3510"): "19002", ("6301", "3130"): "18004"}
#: cells with a yearly agreement invoiced in January and dissolved month by month, öre a month
PREPAID = {("6204", "5610"): 310_000_00, ("6401", "5610"): 95_000_00, ("6202", "6510"): 160_000_00}
#: cells that close the month with an accrued cost, reversed the next
ACCRUED = (
    ("6203", "6530"),
    ("6303", "6610"),
    ("6401", "6610"),
    ("6402", "6710"),
    ("6405", "6530"),
    ("6406", "6530"),
)
ACCUMULATED = {"7810": "1219", "7820": "1229", "7830": "1019"}
#: tax withheld from wages, thousandths
TAX = 305


class Year:
    """The vouchers of the year as they come, and the division's balance accounts with them."""

    def __init__(self) -> None:
        self.vouchers: list[Voucher] = []
        self.balance: dict[str, int] = defaultdict(int)
        self.accrued: dict[tuple[str, str], int] = {}

    def add(self, voucher: Voucher) -> None:
        """Take a voucher and follow its balance accounts."""
        self.vouchers.append(voucher)

    def settle_month(self, first: int) -> None:
        """Bring the balances forward by the vouchers since position ``first``."""
        for voucher in self.vouchers[first:]:
            for row in voucher.rows:
                if row.account < "3000":
                    self.balance[row.account] += row.amount


def vouchers() -> list[Voucher]:
    """All vouchers of 2020."""
    year = Year()
    for month in range(1, 13):
        first = len(year.vouchers)
        days = working_days(YEAR, month)
        _payments(year, month, days)
        _payroll(year, month, days)
        _holiday_debt(year, month, days)
        _depreciation(year, month, days)
        _premises(year, month, days)
        _income(year, month, days)
        _internal(year, month, days)
        reversal = dict(year.accrued)
        _accruals(year, month, days)
        _prepaid(year, month, days)
        _invoices(year, month, days, reversal)
        _special(year, month, days)
        year.settle_month(first)
    _check(year.vouchers)
    return year.vouchers


def _check(found: list[Voucher]) -> None:
    """The vouchers are the outcome, cell by cell."""
    totals: dict[Place, int] = defaultdict(int)
    for voucher in found:
        for row in voucher.rows:
            if row.account >= "3000":
                totals[voucher.day.month, row.unit, row.account] += row.amount
    if {place: amount for place, amount in totals.items() if amount} != outcome(YEAR):
        raise AssertionError("the vouchers do not add up to the outcome")


def _on_or_before(days: list[date], day: int) -> date:
    """The last working day up to a day of the month."""
    return max((one for one in days if one.day <= day), default=days[0])


def _payments(year: Year, month: int, days: list[date]) -> None:
    """Pay and collect what last month left on the balance accounts."""
    last = month_text(YEAR, month - 1) if month > 1 else ""
    for day, accounts, text in (
        (12, ("2710", "2730"), f"Skatter och avgifter {last}"),
        (15, ("1610", "2470"), f"Avräkning interna mellanhavanden {last}"),
        (19, ("2440",), f"Leverantörsbetalningar {last}"),
        (20, ("2740",), f"Pensioner och försäkringar {last}"),
        (26, ("1640", "2610"), f"Momsavräkning {last}"),
        (28, ("1510",), f"Kundinbetalningar {last}"),
    ):
        voucher = Voucher("A", _on_or_before(days, day))
        for account in accounts:
            if year.balance[account]:
                row = Row(DIVISION, account, -year.balance[account], text)
                voucher.rows.append(row)
        if voucher.rows:
            year.add(voucher.close("1930", text))


def _payroll(year: Year, month: int, days: list[date]) -> None:
    """One payroll voucher a unit, with rows on 0630 where the pandemic took the hours."""
    text = f"Lön {month_text(YEAR, month)}"
    for unit in UNITS:
        voucher = Voucher("P", _on_or_before(days, 25))
        for source, codes in ((costs(YEAR), {}), (covid(), {"product": COVID})):
            for (when, who, account), amount in sorted(source.items()):
                personnel = account[0] == "4" and account != "4220"
                if when == month and who == unit and personnel:
                    voucher.rows.append(result_row(unit, account, -amount, text, **codes))
        if not voucher.rows:
            continue
        by_account: dict[str, int] = defaultdict(int)
        for row in voucher.rows:
            by_account["wages" if row.account < "4500" else row.account] -= row.amount
        tax = half_up(by_account["wages"] * TAX, 1000) // 100 * 100
        fees = by_account["4510"] + by_account["4530"]
        pensions = by_account["4520"] + by_account["4540"]
        for account, amount in (("2710", tax), ("2730", fees), ("2740", pensions)):
            voucher.rows.append(Row(DIVISION, account, amount, text))
        year.add(voucher.close("1930", text))


def _cells(source: dict[Place, int], month: int, accounts: set[str]) -> list[tuple[str, str, int]]:
    """The month's cells on these accounts: unit, account, amount."""
    return [
        (unit, account, amount)
        for (when, unit, account), amount in sorted(source.items())
        if when == month and account in accounts
    ]


def _holiday_debt(year: Year, month: int, days: list[date]) -> None:
    """The change in holiday debt: one voucher for all units."""
    text = f"Förändring semesterlöneskuld {month_text(YEAR, month)}"
    voucher = Voucher("U", days[-1])
    for unit, account, amount in _cells(costs(YEAR), month, {"4220"}):
        voucher.rows.append(result_row(unit, account, -amount, text))
    year.add(voucher.close("2920", text))


def _depreciation(year: Year, month: int, days: list[date]) -> None:
    """The month's depreciation; in June also what three years became five gives back."""
    cells = _cells(costs(YEAR), month, set(ACCUMULATED))
    usual = {(unit, account): amount for unit, account, amount in cells}
    if month == 6:
        chance = Chance("depreciation June")
        july = _cells(costs(YEAR), 7, set(ACCUMULATED))
        regular = {(unit, account): chance.near(amount, 4) for unit, account, amount in july}
        change = {cell: amount - regular[cell] for cell, amount in usual.items()}
        text = "Ändrad avskrivningstid 3 till 5 år, anskaffat 2018-2020"
        year.add(_depreciation_voucher(days[-1], change, text))
        usual = regular
    text = f"Avskrivning {month_text(YEAR, month)}"
    year.add(_depreciation_voucher(days[-1], usual, text))


def _depreciation_voucher(day: date, cells: dict[tuple[str, str], int], text: str) -> Voucher:
    voucher = Voucher("D", day)
    for (unit, account), amount in cells.items():
        voucher.rows.append(result_row(unit, account, -amount, text))
    for account, counter in ACCUMULATED.items():
        total = sum(amount for cell, amount in cells.items() if cell[1] == account)
        voucher.rows.append(Row(DIVISION, counter, total, text))
    return voucher


def _premises(year: Year, month: int, days: list[date]) -> None:
    """Rent and cleaning, invoiced internally: one voucher an area."""
    who = "Division Service"
    text = f"Lokaler {month_text(YEAR, month)}"
    by_area: dict[str, Voucher] = {}
    for unit, account, amount in _cells(costs(YEAR), month, {"5010", "5030"}):
        voucher = by_area.setdefault(area_of(unit), Voucher("I", days[1]))
        voucher.rows.append(result_row(unit, account, -amount, text, counterparty=who))
    for voucher in by_area.values():
        year.add(voucher.close("2470", text, who))


def _income(year: Year, month: int, days: list[date]) -> None:
    """The regional grant, internal invoices by division, invoices to customers outside."""
    chance = Chance(f"income vouchers {month}")
    accounts = {account for _, _, account in incomes(YEAR)}
    pairs = internal_pairs(YEAR)
    for unit, account, amount in _cells(incomes(YEAR), month, accounts):
        if account == "3190":
            sold = sum(v for (when, who, _), v in pairs.items() if when == month and who == unit)
            if sold != amount:
                raise AssertionError("sales within the division do not meet")
            continue
        text = f"{_INCOME_TEXTS[account]} {month_text(YEAR, month)}"
        series = "K" if account in ("3310", "3510") else "I"
        buyers = _buyers(chance, account, amount)
        for (who, _), part in zip(buyers, spread(amount, [w for _, w in buyers]), strict=True):
            if not part:
                continue
            day = days[-3] if series == "I" else days[chance.between(4, len(days) - 2)]
            codes = {"counterparty": who, "project": PROJECTS.get((unit, account), "")}
            voucher = Voucher(series, day, [result_row(unit, account, part, text, **codes)])
            if account == "3310":
                voucher.rows.append(Row(DIVISION, "2610", half_up(part, 4), text, counterparty=who))
            year.add(voucher.close("1510" if series == "K" else "1610", text, who))


_INCOME_TEXTS = {
    "3010": "Regionersättning",
    "3110": "IT-tjänster",
    "3120": "Medicinsk teknik",
    "3130": "Uppdrag och projekt",
    "3310": "IT-tjänster extern",
    "3510": "Bidrag",
}


def _buyers(chance: Chance, account: str, amount: int) -> list[tuple[str, int]]:
    """Who pays an income, with weights; small sums have fewer payers."""
    if account in ("3010", "3510"):
        return [("Regionstyrelsen" if account == "3010" else "Bidragsgivare A", 1)]
    whom = OUTSIDE if account == "3310" else INSIDE
    count = min(len(whom), 1 + amount // 60_000_00)
    start = chance.below(len(whom)) if count < len(whom) else 0
    names = [list(whom)[(start + i) % len(whom)] for i in range(count)]
    return [(name, chance.near(whom[name] * 1_000_000, 60)) for name in names]


def _internal(year: Year, month: int, days: list[date]) -> None:
    """Sales between units of the division: both sides on one voucher."""
    text = f"Internt köp {month_text(YEAR, month)}"
    for (when, seller, buyer), amount in internal_pairs(YEAR).items():
        if when == month:
            bought = result_row(buyer, "6910", -amount, text, counterparty_unit=seller)
            sold = result_row(seller, "3190", amount, text, counterparty_unit=buyer)
            year.add(Voucher("I", days[-4], [bought, sold]))


def _accruals(year: Year, month: int, days: list[date]) -> None:
    """Reverse last month's accrued costs and book this month's; the texts pair them."""
    for (unit, account), amount in year.accrued.items():
        text = f"Upplupen kostnad {month_text(YEAR, month - 1)} {UNITS[unit][0]} {account}"
        rows = [result_row(unit, account, amount, f"Återföring: {text}")]
        year.add(Voucher("U", days[0], rows).close("2990", f"Återföring: {text}"))
    year.accrued = {}
    chance = Chance(f"accruals {month}")
    for unit, account in ACCRUED:
        whole = costs(YEAR)[month, unit, account]
        amount = whole * chance.between(25, 50) // 100 // 100_00 * 100_00
        year.accrued[unit, account] = amount
        text = f"Upplupen kostnad {month_text(YEAR, month)} {UNITS[unit][0]} {account}"
        rows = [result_row(unit, account, -amount, text)]
        year.add(Voucher("U", days[-1], rows).close("2990", text))


def _prepaid(year: Year, month: int, days: list[date]) -> None:
    """Yearly agreements: paid in January, one twelfth a month."""
    for (unit, account), amount in PREPAID.items():
        trade = TRADES[account]
        who = trade.suppliers[-1]
        if month == 1:
            text = f"{trade.texts[0]} 2020, helår"
            rows = [Row(DIVISION, "1710", -12 * amount, text, counterparty=who)]
            rows.append(Row(DIVISION, "1640", -12 * amount * trade.vat // 100, text))
            year.add(Voucher("L", days[5], rows).close("2440", text, who))
        text = f"Förutbetalt {trade.texts[0].lower()} 2020, {month}/12"
        rows = [result_row(unit, account, -amount, text)]
        year.add(Voucher("U", days[-1], rows).close("1710", text))


def _invoices(
    year: Year, month: int, days: list[date], reversal: dict[tuple[str, str], int]
) -> None:
    """Suppliers' invoices: what a cell costs beyond accruals and prepaid shares."""
    chance = Chance(f"invoices {month}")
    for unit, account, cost in _cells(costs(YEAR), month, set(TRADES)):
        amount = cost - PREPAID.get((unit, account), 0)
        amount += reversal.get((unit, account), 0) - year.accrued.get((unit, account), 0)
        if amount < 0:
            raise AssertionError(f"{month} {unit} {account}: {amount} left to invoice")
        project = PROJECTS.get((unit, account), "")
        for part in _parts(chance, amount, TRADES[account].size * 100):
            text = chance.pick(UNIT_TEXTS.get((unit, account), TRADES[account].texts))
            codes = {"project": project}
            late = account == "6530" and unit in STERILE_UNITS and month >= STERILE_FROM
            if late and not chance.below(STERILE_ONE_IN):
                text, codes["counterparty"] = STERILE
            _invoice(year, chance, days, (unit, account, part, text), codes)


def _parts(chance: Chance, amount: int, usual: int) -> list[int]:
    """An amount as invoices: mostly whole kronor, now and then with a credit note."""
    if not amount:
        return []
    count = min(6, 1 + (amount + usual // 3) // usual)
    parts = [
        part // 100 * 100 if chance.below(3) else part
        for part in spread(amount, [chance.between(30, 170) for _ in range(count)])
    ]
    parts[-1] += amount - sum(parts)
    if len(parts) > 2 and chance.below(100) < 3:
        credit = parts[0] * chance.between(10, 40) // 100
        parts = [*parts, -credit]
        parts[1] += credit
    return [part for part in parts if part]


def _invoice(
    year: Year,
    chance: Chance,
    days: list[date],
    what: tuple[str, str, int, str],
    codes: dict[str, str],
) -> None:
    """One invoice; once in a while on the wrong unit, and moved by a manual voucher."""
    unit, account, part, text = what
    trade = TRADES[account]
    codes = {"counterparty": chance.pick(trade.suppliers), **codes}
    who = codes["counterparty"]
    place = chance.below(len(days) - 1)
    if part < 0:
        text = f"Kreditfaktura, {text[0].lower()}{text[1:]}"
    near = [one for one in UNITS if area_of(one) == area_of(unit) and one != unit]
    wrong = chance.pick(near)
    astray = 4_000_00 < part < 60_000_00 and place < len(days) - 6 and chance.below(1000) < 14
    booked = wrong if astray else unit
    day = days[place]
    row = result_row(booked, account, -part, text, **codes)
    voucher = Voucher("L", day, [row])
    vat = half_up(part * trade.vat, 100)
    voucher.rows.append(Row(DIVISION, "1640", -vat, text, counterparty=who))
    year.add(voucher.close("2440", text, who))
    if astray:
        text = f"Rättad enhet, faktura {day.isoformat()}"
        year.add(
            Voucher(
                "A",
                days[place + chance.between(2, 5)],
                [
                    result_row(booked, account, part, text, **codes),
                    result_row(unit, account, -part, text, **codes),
                ],
            )
        )


def _special(year: Year, month: int, days: list[date]) -> None:
    """Invoices for covid-19 (product 0630) and for the building at Sunderby (project)."""
    chance = Chance(f"special {month}")
    of_covid = covid()
    for (when, unit, account), amount in sorted(special().items()):
        if when != month or account[0] == "4":
            continue
        pandemic = of_covid.get((when, unit, account), 0)
        for part in _parts(chance, pandemic, TRADES[account].size * 150):
            what = (unit, account, part, COVID_TEXTS[account])
            _invoice(year, chance, days, what, {"product": COVID})
        for part in _parts(chance, amount - pandemic, TRADES[account].size * 150):
            what = (unit, account, part, SUNDERBY_TEXT)
            _invoice(year, chance, days, what, {"project": SUNDERBY})
