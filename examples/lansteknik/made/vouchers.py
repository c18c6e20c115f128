"""MADE: vouchers: their rows, numbers, times, signing roles and files."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from .basics import Chance, kronor, month_text, next_working_day, stamp, write_csv
from .organisation import AREA_NAMES, DIVISION, UNITS, area_of

HEADER = (
    "period,unit,account,amount,date,voucher,row,text,project,product,activity,"
    "counterparty,counterparty_unit,registered_at,registered_by,authorised_by,document"
)
FIRST_NUMBER = 1001
#: series → who registers, how many such there are, working days from date to registration
SERIES = {
    "A": ("redovisningsekonom", 2, 0),
    "D": ("redovisningsekonom", 1, 1),
    "I": ("ekonomiassistent", 2, 0),
    "K": ("ekonomiassistent", 3, 0),
    "L": ("ekonomiassistent", 4, 1),
    "P": ("löneadministratör", 2, 0),
    "U": ("redovisningsekonom", 2, 1),
}
DOCUMENTS = {
    "A": "bokföringsorder {year}-A{count:04d}.pdf",
    "D": "anläggningsregister {month}.pdf",
    "I": "internfaktura {year}-{count:04d}.pdf",
    "K": "kundfaktura {year}-{count:04d}.pdf",
    "L": "faktura {year}-{count:05d}.pdf",
    "P": "lönelista {month} {unit}.pdf",
    "U": "bokföringsorder {year}-U{count:04d}.pdf",
}
#: the largest amount, in öre, that the head of a unit and of an area may authorise
UNIT_LIMIT, AREA_LIMIT = 100_000_00, 500_000_00


@dataclass(frozen=True)
class Row:
    """One row of a voucher, amount in öre and result sign."""

    unit: str
    account: str
    amount: int
    text: str
    project: str = ""
    product: str = ""
    activity: str = ""
    counterparty: str = ""
    counterparty_unit: str = ""


@dataclass
class Voucher:
    """A booked document; number and times come when the year is numbered."""

    series: str
    day: date
    rows: list[Row] = field(default_factory=list)

    def close(self, account: str, text: str, counterparty: str = "") -> Voucher:
        """Balance the voucher with one row on the division's balance account."""
        missing = -sum(row.amount for row in self.rows)
        if missing:
            row = Row(DIVISION, account, missing, text, counterparty=counterparty)
            self.rows.append(row)
        return self

    def signer(self) -> str:
        """The role that authorises: by series and by size."""
        units = {row.unit for row in self.rows if row.unit != DIVISION}
        size = max(abs(row.amount) for row in self.rows)
        if self.series in "ADU" or not units:
            return "divisionscontroller"
        if len({area_of(unit) for unit in units}) > 1 or size > AREA_LIMIT:
            return "divisionschef"
        first = min(units)
        if self.series != "P" and (len(units) > 1 or size > UNIT_LIMIT):
            return f"områdeschef {AREA_NAMES[area_of(first)]}"
        return f"enhetschef {UNITS[first][0]}"


def result_row(
    unit: str,
    account: str,
    amount: int,
    text: str,
    *,
    project: str = "",
    product: str = "",
    counterparty: str = "",
    counterparty_unit: str = "",
) -> Row:
    """A row on an income or cost account, with the unit's own product and activity."""
    _, usual, activity = UNITS[unit]
    return Row(
        *(unit, account, amount, text),
        *(project, product or usual, activity, counterparty, counterparty_unit),
    )


def _numbered(vouchers: list[Voucher]) -> list[tuple[Voucher, int, str, str]]:
    """Each voucher with its number, the moment and the role of its registration."""
    found = []
    by_series: dict[str, list[Voucher]] = defaultdict(list)
    for voucher in vouchers:
        by_series[voucher.series].append(voucher)
    for series, own in sorted(by_series.items()):
        chance = Chance(f"registration {series}")
        role, people, lag = SERIES[series]
        last, second = date.min, 0
        for number, voucher in enumerate(sorted(own, key=lambda v: v.day), FIRST_NUMBER):
            day = voucher.day
            for _ in range(lag):
                day = next_working_day(day)
            if day != last:
                last, second = day, 8 * 3600 + chance.below(2400)
            second += chance.between(70, 840)
            who = f"{role} {1 + chance.below(people)}"
            found.append((voucher, number, stamp(day, second), who))
    return sorted(found, key=lambda one: (one[0].day, one[0].series, one[1]))


def write(vouchers: list[Voucher], folder: Path) -> None:
    """outcome-YYYY-MM.csv: January–August in `2020/`, what came after in `later/`."""
    files: dict[str, list[tuple[str, ...]]] = defaultdict(list)
    for voucher, number, moment, who in _numbered(vouchers):
        if sum(row.amount for row in voucher.rows):
            raise AssertionError(f"{voucher.series} {number} does not balance")
        month = month_text(voucher.day.year, voucher.day.month)
        document = DOCUMENTS[voucher.series].format(
            year=voucher.day.year,
            count=number - FIRST_NUMBER + 1,
            month=month,
            unit=voucher.rows[0].unit,
        )
        signer = voucher.signer()
        for index, row in enumerate(voucher.rows, 1):
            files[month].append(
                (
                    *(month, row.unit, row.account, kronor(row.amount)),
                    *(voucher.day.isoformat(), f"{voucher.series} {number}", str(index), row.text),
                    *(row.project, row.product, row.activity),
                    *(row.counterparty, row.counterparty_unit, moment, who, signer, document),
                )
            )
    for month, rows in sorted(files.items()):
        where = "2020" if month <= "2020-08" else "later"
        write_csv(folder / where / f"outcome-{month}.csv", HEADER, rows)
