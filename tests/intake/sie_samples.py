"""SIE files of our own making: a strategy for what a file says, and a writer that says it oddly.

The writer uses everything that the standard leaves open: quotes where none are needed, tabs and
runs of spaces, LF or CRLF, blank lines, indentation, trailing fields, labels of tomorrow.
"""

from __future__ import annotations

import random
import zlib
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from hypothesis import strategies as st

from intake.sie import (
    Objects,
    SieAccount,
    SieBalance,
    SieDimension,
    SieFile,
    SieRow,
    SieVoucher,
)

#: an ordinary head of a file: year 0 is 2020
HEAD = """\
#FLAGGA 0
#FORMAT PC8
#SIETYP 4
#RAR 0 20200101 20201231
#RAR -1 20190101 20191231
"""

ACCOUNTS = {
    "1930": "Bank",
    "2440": "Leverantörsskulder",
    "3010": "Försäljning",
    "4010": "Inköp",
    "5010": "Hyra",
}
UNITS = {("1", "100"): "Länsteknik", ("1", "210"): "It-drift", ("6", "P 1"): 'Projekt "Nya" huset'}


@dataclass
class Writer:
    """Writes records in one of the many ways that the standard allows, chosen by ``seed``."""

    seed: int
    lines: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.any = random.Random(self.seed)
        self.end = self.any.choice(["\n", "\r\n"])

    def quoted(self, text: str) -> str:
        """The field as text, in quotes where it must be and at times where it need not."""
        plain = text and not set(text) & set(' \t"{}\\#')
        if plain and self.any.random() < 0.5:
            return text
        return '"' + text.replace('"', '\\"') + '"'

    def listed(self, objects: Objects) -> str:
        """An object list, spaced as vendors do."""
        inner = self.gap().join(self.quoted(each) for pair in objects for each in pair)
        room = self.any.choice(["", " "])
        return "{" + room + inner + room + "}"

    def amount(self, ore: int) -> str:
        """Kronor with as few decimals as will do, or with two."""
        sign, kronor, rest = "-" if ore < 0 else "", abs(ore) // 100, abs(ore) % 100
        if rest == 0 and self.any.random() < 0.5:
            return f"{sign}{kronor}"
        if rest % 10 == 0 and self.any.random() < 0.5:
            return f"{sign}{kronor}.{rest // 10}"
        return f"{sign}{kronor}.{rest:02d}"

    def gap(self) -> str:
        """What parts two fields."""
        return self.any.choice([" ", "  ", "\t", " \t "])

    def record(self, label: str, *fields: str, indent: str = "") -> None:
        """One record, with whatever may stand around it."""
        if self.any.random() < 0.1:
            self.lines.append(self.any.choice(["", "  ", "\t"]))
        if self.any.random() < 0.05:
            self.lines.append('#NYETIKETT "okänd" {} 1')
        parts = [label, *fields]
        self.lines.append(indent + self.gap().join(parts) + self.any.choice(["", " "]))

    def voucher(self, voucher: SieVoucher) -> None:
        """``#VER`` and its rows."""
        head = [voucher.series, voucher.number, day(voucher.date), voucher.text]
        head += [day(voucher.registered_at), voucher.registered_by]
        fields = [self.quoted(text) for text in head]
        brace_at_end = self.any.random() < 0.2
        self.record("#VER", *fields, *(["{"] if brace_at_end else []))
        if not brace_at_end:
            self.lines.append(self.any.choice(["", "  "]) + "{")
        for row in voucher.rows:
            self.row(row, voucher.date)
        self.lines.append("}")

    def row(self, row: SieRow, voucher_date: str) -> None:
        """``#TRANS``, at times announced by ``#RTRANS`` or beside a removed ``#BTRANS``."""
        start = [self.quoted(row.account), self.listed(row.objects), self.amount(row.amount)]
        own = self.any.choice(["", day(voucher_date)]) if row.date is None else day(row.date)
        texts = [own, row.text, row.quantity or "", row.registered_by]
        rest = [self.quoted(text) for text in texts]
        if not any(texts) and self.any.random() < 0.5:
            rest = []
        elif self.any.random() < 0.1:
            rest.append('"fält som kommit till"')
        chance = self.any.random()
        if chance < 0.1:
            self.record("#RTRANS", *start, *rest, indent="   ")
        elif chance < 0.2:
            self.record("#BTRANS", self.quoted("4010"), "{}", "77.00", indent="   ")
        self.record("#TRANS", *start, *rest, indent=self.any.choice(["", "   ", "\t"]))

    def balance(self, label: str, row: SieBalance) -> None:
        """Any balance record."""
        fields = [str(row.year_index)]
        fields += [row.period.replace("-", "")] if row.period else []
        fields += [self.quoted(row.account)]
        fields += [self.listed(row.objects)] if label in ("#OIB", "#PSALDO", "#PBUDGET") else []
        fields += [self.amount(row.amount)]
        fields += [self.quoted(row.quantity)] if row.quantity else []
        self.record(label, *fields)


def day(iso: str | None) -> str:
    """A day as SIE writes it."""
    return (iso or "").replace("-", "")


def text_of(file: SieFile, seed: int) -> str:
    """The file as a text that says exactly what ``file`` does, with its lines ended."""
    out = Writer(seed)
    out.record("#FLAGGA", "0")
    out.record("#FORMAT", out.quoted("PC8"))
    out.record("#SIETYP", "4")
    out.record("#ORGNR", out.quoted(file.org_number))
    out.record("#FNAMN", out.quoted(file.company))
    for index, (first, last) in file.fiscal_years.items():
        out.record("#RAR", str(index), day(first.isoformat()), day(last.isoformat()))
    for account in file.accounts.values():
        out.record("#KONTO", out.quoted(account.code), out.quoted(account.name))
    out.record("#DIM", "1", out.quoted("Enhet"))
    for (dimension, code), name in file.objects.items():
        out.record("#OBJEKT", dimension, out.quoted(code), out.quoted(name))
    kinds = {
        "#IB": file.opening,
        "#UB": file.closing,
        "#RES": file.result,
        "#OIB": file.object_opening,
        "#PSALDO": file.month_totals,
        "#PBUDGET": file.budget,
    }
    for label, rows in kinds.items():
        for row in rows:
            out.balance(label, row)
    for voucher in file.vouchers:
        out.voucher(voucher)
    return out.end.join([*out.lines, ""])


def without_lines(file: SieFile) -> SieFile:
    """The file with every line number 0, and without what the writer adds of itself."""
    rows: dict[str, Any] = {
        name: tuple(replace(row, line=0) for row in getattr(file, name))
        for name in ("opening", "closing", "result", "object_opening", "month_totals", "budget")
    }
    vouchers = tuple(
        replace(v, line=0, rows=tuple(replace(row, line=0) for row in v.rows))
        for v in file.vouchers
    )
    return replace(file, vouchers=vouchers, unknown_labels={}, warnings=(), **rows)


def checksum_of(*fields: str) -> int:
    """The sum of #KSUMMA over labels and fields given as their bare values."""
    return zlib.crc32("".join(fields).encode("cp437"))


# ------------------------------------------------------------------- what a file says, at random

# A field cannot end with a backslash: before the closing quote it would escape it.
_TEXT = st.text('abcåäöÅÄÖé ABC0123456789.,-+/\\"{}#:;&', max_size=20).map(
    lambda text: text.strip().rstrip("\\").strip()
)
_ORE = st.integers(-(10**13), 10**13)
_DAY = st.dates(date(2020, 1, 1), date(2020, 12, 31)).map(date.isoformat)
_OBJECTS = st.sampled_from(
    [(), (("1", "100"),), (("1", "210"), ("6", "P 1")), (("6", "P 1"),)],
)
_ACCOUNT = st.sampled_from(sorted(ACCOUNTS))


@st.composite
def _vouchers(draw: st.DrawFn) -> SieVoucher:
    dated = draw(_DAY)
    amounts = draw(st.lists(_ORE, min_size=1, max_size=5))
    rows = []
    for amount in [*amounts, -sum(amounts)]:
        own = draw(st.none() | _DAY)
        rows.append(
            SieRow(
                account=draw(_ACCOUNT),
                objects=draw(_OBJECTS),
                amount=amount,
                date=None if own == dated else own,
                text=draw(_TEXT),
                quantity=draw(st.sampled_from([None, "2", "1.50"])),
                registered_by=draw(_TEXT),
                line=0,
            )
        )
    return SieVoucher(
        series=draw(st.sampled_from(["A", "LF", "", "1"])),
        number=draw(st.sampled_from(["", "1", "2", "31"])),
        date=dated,
        text=draw(_TEXT),
        registered_at=draw(st.none() | _DAY),
        registered_by=draw(_TEXT),
        rows=tuple(rows),
        line=0,
    )


def _balances(*, monthly: bool, split: bool) -> st.SearchStrategy[tuple[SieBalance, ...]]:
    """Balance rows, each key once."""
    months = st.integers(1, 12).map("2020-{:02d}".format)
    row = st.builds(
        SieBalance,
        year_index=st.just(0) if monthly else st.sampled_from([0, -1]),
        period=months if monthly else st.none(),
        account=_ACCOUNT,
        objects=_OBJECTS if split else st.just(()),
        amount=_ORE,
        quantity=st.sampled_from([None, "6.00"]),
        line=st.just(0),
    )
    keyed = st.lists(
        row, max_size=6, unique_by=lambda r: (r.year_index, r.period, r.account, r.objects)
    )
    return keyed.map(tuple)


def files() -> st.SearchStrategy[SieFile]:
    """Valid files of type 4 for 2020, as values: what `text_of` writes and `parse` gives back."""
    return st.builds(
        SieFile,
        name=st.just("prov.se"),
        kind=st.just("4"),
        org_number=st.just("232100-0000"),
        company=_TEXT,
        fiscal_years=st.just(
            {
                0: (date(2020, 1, 1), date(2020, 12, 31)),
                -1: (date(2019, 1, 1), date(2019, 12, 31)),
            }
        ),
        accounts=st.just({code: SieAccount(code, name) for code, name in ACCOUNTS.items()}),
        dimensions=st.just({"1": SieDimension("1", "Enhet"), "6": SieDimension("6", "")}),
        objects=st.just(UNITS),
        vouchers=st.lists(_vouchers(), max_size=5).map(tuple),
        opening=_balances(monthly=False, split=False).filter(bool),
        closing=_balances(monthly=False, split=False),
        result=_balances(monthly=False, split=False),
        object_opening=_balances(monthly=False, split=True),
        month_totals=_balances(monthly=True, split=True),
        budget=_balances(monthly=True, split=True),
    )
