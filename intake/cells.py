"""Cells to values: amounts to öre, months, dates, codes. What cannot be read is told and null.

Amounts go through `ledger.money` as decimal text, never through a binary fraction.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from unicodedata import normalize

from intake.columns import Column, Kind
from intake.kinds import plain
from intake.layout import Columns
from intake.table import Day, Inexact, Number, Teller, Unread, shown
from ledger.commands import Notice
from ledger.families.organisation import Organisation
from ledger.measures import interval, number
from ledger.money import BeyondRange, NotMoney, fits, round_to_ore, to_ore
from ledger.periods import NotAPeriod, is_month

_DATE = re.compile(r"(19|20|21)\d\d-\d\d-\d\d")
_WHOLE = re.compile(r"[+-]?\d{1,18}")
_SPACE = " \u00a0\u202f\u2007\u2009\ufeff\t\r\n"

#: Why an amount is none, as `ledger.money` says it, and the code we tell it by.
_AMOUNT_CODES = {
    "more than one decimal mark": "two-decimal-marks",
    "more decimals than whole öre": "too-many-decimals",
}
_AMOUNT_REMEDIES = {
    "two-decimal-marks": "Keep one decimal comma or point; thousands are parted by spaces.",
    "too-many-decimals": "Give at most two decimals of kronor, or let a profile round.",
    "bad-amount": "Write digits with one decimal comma or point, such as -1 234,50.",
    "amount-beyond-64-bits": "Look for an amount in the wrong unit of money.",
}


@dataclass(frozen=True)
class MoneyForm:
    """How the file writes money: unit, sign, and whether it is to be rounded to whole öre."""

    scale: str = "kr"
    debit: bool = False
    round: bool = False


@dataclass
class Values:
    """A file's values by our columns, row by row; null where empty or unread.

    Codes of units and accounts that are empty stay ``""``, since rules tell of those. ``unread``
    holds, by column, the places of cells that could not be read; of ``broken`` rows it is all.
    """

    teller: Teller
    lines: list[int]
    by_column: dict[str, list[Any]] = field(default_factory=dict)
    broken: dict[int, list[str]] = field(default_factory=dict)
    unread: dict[str, set[int]] = field(default_factory=dict)
    notices: list[Notice] = field(default_factory=list)

    def of(self, name: str) -> list[Any]:
        """The values of a column, all null if the file does not have it."""
        return self.by_column.get(name) or [None] * len(self.lines)

    def is_unread(self, place: int, *names: str) -> bool:
        """True if one of the columns (any, if none is named) could not be read in that row."""
        if place in self.broken:
            return True
        chosen = names or self.unread
        return any(place in self.unread.get(name, ()) for name in chosen)

    @property
    def rows(self) -> int:
        """How many rows."""
        return len(self.lines)

    @property
    def file(self) -> str:
        """The file's name."""
        return self.teller.file


class _Wrong(Exception):
    """A cell that cannot be read: code, found, remedy."""


Reader = Callable[[str], Any]


def convert(columns: Columns, kind: Kind, organisation: Organisation, money: MoneyForm) -> Values:
    """The columns' cells as values, each problem told with its line."""
    values = Values(columns.teller, columns.lines, broken=columns.broken)
    purse = _Purse(money)
    for column in kind.columns:
        cells = columns.cells.get(column.name)
        if cells is None:
            continue
        if column.of == "dimension":
            read = _code_reader(_any_code(organisation))
        else:
            read = _reader(column, organisation, purse)
        keep = column.type == "code" and column.of in ("unit", "account") and column.required
        values.by_column[column.name] = _read(cells, column, read, keep, values)
    if money.round:
        text = (
            f"{purse.rounded} amounts rounded to whole öre; "
            f"what was left out sums to {purse.remainder.normalize():f} öre"
        )
        values.notices.append(Notice("rounded", text))
    return values


def _read(cells: list[str], column: Column, read: Reader, keep: bool, values: Values) -> list[Any]:
    """One column's values. Equal cells are read once, but for amounts, whose remainders add up."""
    found: list[Any] = []
    once = column.type != "amount"
    seen: dict[tuple[type, str], Any] = {}
    lines, teller, broken = values.lines, values.teller, values.broken
    unread = values.unread.setdefault(column.name, set())
    for place, cell in enumerate(cells):
        text = (cell if cell.isascii() else normalize("NFC", cell)).strip(_SPACE)
        if isinstance(cell, Unread) or place in broken:
            unread.add(place)
            found.append(None)
            continue
        if not text:
            if column.filled:
                unread.add(place)
                teller.tell("empty-field", lines[place], f"{column.name} is empty", "Fill it in.")
            found.append("" if keep else None)
            continue
        key = (type(cell), text)
        value = seen.get(key)
        if value is None:
            try:
                value = read(text if type(cell) is str else cell)
            except _Wrong as wrong:
                value = wrong
            if once:
                seen[key] = value
        if isinstance(value, _Wrong):
            unread.add(place)
            code, what, remedy = value.args
            teller.tell(code, lines[place], f"{column.name} {what}", remedy)
            value = None
        found.append(value)
    return found


def _reader(column: Column, organisation: Organisation, purse: _Purse) -> Reader:
    """The function that reads a cell of the column, or raises `_Wrong`."""
    match column.type:
        case "amount":
            return purse.read
        case "code":
            return _code_reader(_registered(column.of, organisation))
        case "word":
            return _word_reader(column.words)
    return _READERS[column.type]


class _Purse:
    """Reads amounts, and keeps what rounding left out."""

    def __init__(self, form: MoneyForm) -> None:
        self.form = form
        self.rounded = 0
        self.remainder = Decimal(0)

    def read(self, cell: str) -> int:
        """Whole öre in result sign."""
        if isinstance(cell, Inexact):
            raise _Wrong(
                "excel-precision",
                f"{shown(cell)} has more digits than Excel keeps",
                "Write it as text, or export CSV.",
            )
        if isinstance(cell, Day):
            raise _wrong_amount("bad-amount", f"{shown(cell)} is a date")
        try:
            if not self.form.round:
                ore = to_ore(str(cell), self.form.scale)
            else:
                ore, rest = round_to_ore(str(cell), self.form.scale)
                self._leave(rest)
        except BeyondRange as error:
            found = f"{shown(cell)} is beyond 64 bits of öre"
            raise _wrong_amount("amount-beyond-64-bits", found) from error
        except NotMoney as error:
            code = _AMOUNT_CODES.get(str(error), "bad-amount")
            if code == "bad-amount":
                raise _wrong_amount(code, f"{shown(cell)} is no amount ({error})") from error
            raise _wrong_amount(code, f"{shown(cell)} has {error}") from error
        if not self.form.debit:
            return ore
        if not fits(-ore):
            found = f"{shown(cell)} is beyond 64 bits of öre"
            raise _wrong_amount("amount-beyond-64-bits", found)
        return -ore

    def _leave(self, rest: Decimal) -> None:
        if rest:
            self.rounded += 1
            self.remainder += -rest if self.form.debit else rest


def _wrong_amount(code: str, found: str) -> _Wrong:
    return _Wrong(code, found, _AMOUNT_REMEDIES[code])


def _month(cell: str) -> str:
    if isinstance(cell, Day) and cell[8:10] == "01":
        return cell[:7]
    if isinstance(cell, Number | Day) or not is_month(cell):
        raise _Wrong("bad-month", f"{shown(cell)} is no month", "Write it as 2020-08.")
    return cell


def _day(cell: str) -> str:
    text = cell[:10] if isinstance(cell, Day) else cell
    if _DATE.fullmatch(text) and not isinstance(cell, Number):
        try:
            return date.fromisoformat(text).isoformat()
        except ValueError:
            remedy = "Ask which day is meant, and write it as 2020-08-17."
            found = f"{shown(cell)} is a day that no calendar has"
            raise _Wrong("bad-date", found, remedy) from None
    raise _Wrong("bad-date", f"{shown(cell)} is no date", "Write it as 2020-08-17.")


def _time(cell: str) -> str:
    if not isinstance(cell, Number) and _DATE.match(cell):
        try:
            datetime.fromisoformat(cell)
            return str(cell)
        except ValueError:
            pass
    remedy = "Write it as 2020-08-17 or 2020-08-17T09:30:00+02:00."
    raise _Wrong("bad-time", f"{shown(cell)} is no date or time", remedy)


def _year(cell: str) -> str:
    if re.fullmatch(r"(19|20|21)\d\d", cell) and not isinstance(cell, Day):
        return str(cell)
    raise _Wrong("bad-year", f"{shown(cell)} is no year", "Write it as 2020.")


def _whole(cell: str) -> int:
    if _WHOLE.fullmatch(cell) and not isinstance(cell, Day):
        return int(cell)
    raise _Wrong("bad-number", f"{shown(cell)} is no whole number", "Write digits only.")


def _decimal(cell: str) -> str:
    """A number with the decimals that it is written with, as text."""
    if isinstance(cell, Inexact):
        remedy = "Write it as text, or export CSV."
        raise _Wrong("excel-precision", f"{shown(cell)} has more digits than Excel keeps", remedy)
    if not isinstance(cell, Day):
        try:
            return number(str(cell))
        except NotMoney:
            pass
    remedy = "Write digits with one decimal comma or point, such as 98,7."
    raise _Wrong("bad-decimal", f"{shown(cell)} is no number", remedy)


def _interval(cell: str) -> str:
    if isinstance(cell, Day) and cell[8:10] == "01":
        found = f"{shown(cell)} is a date in Excel, and may be a day or its month"
        raise _Wrong("bad-interval", found, "Format the column as text, and write 2020-08.")
    try:
        return interval(cell[:10] if isinstance(cell, Day) else str(cell)).text
    except NotAPeriod:
        remedy = "Write 2020-08, 2020-T2, 2020-H1, 2020, 2020-W38 or 2020-01--2020-08."
        raise _Wrong("bad-interval", f"{shown(cell)} is no period", remedy) from None


def _quantity(cell: str) -> int:
    """Hundredths of what is counted: the file's money form says nothing of it."""
    if not isinstance(cell, Day | Inexact):
        try:
            return to_ore(str(cell))
        except NotMoney:
            pass
    remedy = "Write digits with at most two decimals, such as 1 234,50."
    raise _Wrong("bad-quantity", f"{shown(cell)} is no quantity", remedy)


_READERS: dict[str, Reader] = {
    "decimal": _decimal,
    "interval": _interval,
    "month": _month,
    "date": _day,
    "time": _time,
    "year": _year,
    "number": _whole,
    "quantity": _quantity,
    "text": str,
}


def _word_reader(words: Mapping[str, str]) -> Reader:
    """Reads a value in our own word, from that or from another way to write it."""
    by_plain = {plain(theirs): ours for theirs, ours in words.items() if not theirs.endswith(":")}
    prefixes = {theirs: ours for theirs, ours in words.items() if theirs.endswith(":")}

    def read(cell: str) -> str:
        for theirs, ours in prefixes.items():
            if cell.casefold().startswith(theirs):
                return ours + cell[len(theirs) :].strip()
        return by_plain.get(plain(cell), str(cell))

    return read


def _registered(of: str, organisation: Organisation) -> frozenset[str]:
    if of == "unit" or of == "":
        return organisation.units
    if of == "account":
        return frozenset(organisation.accounts)
    return frozenset(organisation.codes.get(of, {}))


def _any_code(organisation: Organisation) -> frozenset[str]:
    return frozenset(code for codes in organisation.codes.values() for code in codes)


def _code_reader(registered: frozenset[str]) -> Reader:
    """Reads a code. A number of Excel's is one only if exactly one registered code, with its
    leading zeros, matches it."""
    bare: dict[str, list[str]] = {}
    for code in registered:
        if code.isdecimal():
            bare.setdefault(code.lstrip("0") or "0", []).append(code)

    def read(cell: str) -> str:
        if not isinstance(cell, Number | Day):
            return cell
        found = bare.get(cell, []) if isinstance(cell, Number) else []
        if len(found) == 1:
            return found[0]
        what = ", ".join(sorted(found)) or "no registered code"
        raise _Wrong(
            "numeric-code",
            f"{shown(cell)} is a number in Excel, and matches {what}",
            "Format the column as text and write the code with its leading zeros.",
        )

    return read
