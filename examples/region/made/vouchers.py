"""The books as files: vouchers of 2020 by month, month totals of 2019, the budget.

A voucher of series E is a unit's month against the bank; one of series I is what a unit sold to
others, both sides in one voucher; M are single ones that the report, or a story, needs.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from .basics import kronor, mnkr, write_csv
from .books import Rows, budget, outcome
from .organisation import DENTAL, FINANCE, PROPERTY, STAFF
from .printed import LATE, REBUILDING, UNMET

_HEADER = "date,unit,account,amount,voucher,text,project,counterparty_unit"
Row = tuple[str, ...]


def write(folder: Path) -> None:
    """Every file of the books."""
    rows = outcome(2020)
    for month in range(1, 10):
        name = f"2020/outcome-2020-{month:02d}.csv"
        write_csv(folder / name, _HEADER, [*_external(rows, month), *_internal(rows, month),
                                           *_single(month)])  # fmt: skip
    write_csv(folder / "2020/outcome-2020-08-late.csv", _HEADER, _late())
    past = [
        (f"2019-{month + 1:02d}", unit, account, kronor(amount), other)
        for (unit, account, other), months in sorted(outcome(2019).items())
        for month, amount in enumerate(months)
        if amount
    ]
    header = "period,unit,account,amount,counterparty_unit"
    write_csv(folder / "balances-2019.csv", header, past)
    write_csv(folder / "budget-2020.csv", "year,period,unit,account,amount,phasing,decision",
              _budget())  # fmt: skip


def _external(rows: Rows, month: int) -> Iterator[Row]:
    day = f"2020-{month:02d}-25"
    units = sorted({unit for unit, _, _ in rows})
    for unit in units:
        voucher, sum_ = f"E {month:02d}{unit}", 0
        for (of, account, other), months in sorted(rows.items()):
            amount = months[month - 1]
            if of != unit or other or not amount:
                continue
            sum_ += amount
            yield (day, unit, account, kronor(amount), voucher, "", "", "")
        yield (day, unit, "1930", kronor(-sum_), voucher, "", "", "")


def _internal(rows: Rows, month: int) -> Iterator[Row]:
    """A voucher a seller: its income and the buyers' cost; of the grants the one who pays."""
    day = f"2020-{month:02d}-20"
    for (unit, account, other), months in sorted(rows.items()):
        if not other:
            continue
        income = account < "4"
        giver = FINANCE in (unit, other)
        seller = FINANCE if giver else unit if income else other
        text = "Regionersättning" if giver else "Intern fördelning"
        voucher = f"I {month:02d}{seller}"
        yield (day, unit, account, kronor(months[month - 1]), voucher, text, "", other)


def _single(month: int) -> Iterator[Row]:
    key = f"2020-{month:02d}"
    if key in REBUILDING:
        cost, text = mnkr(REBUILDING[key]), "Ombyggnation och återställning, pandemin"
        voucher = f"M {month:02d}01"
        yield (f"{key}-24", PROPERTY, "6610", kronor(cost), voucher, text, "P2020", "")
        yield (f"{key}-24", PROPERTY, "1930", kronor(-cost), voucher, text, "", "")
    if month == 9:
        text, voucher = "Akuta reparationer på kliniker, ej bokfört hos mottagaren", "M 0902"
        yield (f"{key}-29", PROPERTY, "3130", kronor(UNMET), voucher, text, "", DENTAL)
        yield (f"{key}-29", PROPERTY, "1610", kronor(-UNMET), voucher, text, "", "")


def _late() -> Iterator[Row]:
    day, voucher = "2020-08-31", "M 0803"
    text = "Patientförsäkring och gemensamma avtal januari–augusti"
    for unit, amount in LATE.items():
        yield (day, unit, "6030", kronor(-amount), voucher, text, "", STAFF)
        yield (day, STAFF, "3150", kronor(amount), voucher, text, "", unit)


def _budget() -> Iterator[Row]:
    """By year where every month is alike, else by month."""
    sums: dict[tuple[str, str], list[int]] = {}
    for (unit, account, _), months in budget().items():
        known = sums.setdefault((unit, account), [0] * 12)
        for month, amount in enumerate(months):
            known[month] += amount
    decision = "RF 2019-11-27 § 210 (påhittad)"
    for (unit, account), months in sorted(sums.items()):
        if len(set(months)) == 1:
            yield ("2020", "", unit, account, kronor(sum(months)), "even", decision)
            continue
        for month, amount in enumerate(months, 1):
            if amount:
                yield ("", f"2020-{month:02d}", unit, account, kronor(amount), "", decision)
