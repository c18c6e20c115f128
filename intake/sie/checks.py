"""What only the whole file tells: is it SIE, is it complete, and what does it use unstated."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import cast

from intake.sie.controls import uncertain_splits
from intake.sie.fields import FieldReader
from intake.sie.model import (
    AccountType,
    Kind,
    Objects,
    SieAccount,
    SieBalance,
    SieDimension,
    SieVoucher,
)
from intake.sie.text import Encoding, Notes, checksums, shown
from ledger.errors import Problem
from ledger.money import fits, to_text

_IS_SIE = re.compile(rb"^[ \t]*#(FLAGGA|SIETYP)\b", re.IGNORECASE | re.MULTILINE)
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
#: cost centre, cost bearer, project, employee, customer, supplier, invoice: need no #DIM
_RESERVED = frozenset(("1", "2", "6", "7", "8", "9", "10"))
_PARENTS = {"2": "1"}
_NAME_REMEDY = "It is known by its code alone."
_Balances = Mapping[str, Sequence[SieBalance]]


def not_sie(data: bytes, name: str) -> Problem | None:
    """Why the bytes are no SIE file of type 1 to 4, or None where they may be one."""
    head = data.removeprefix(b"\xef\xbb\xbf").lstrip()
    if head.startswith(b"<") and b"sie.se/sie5" in head[:4000]:
        return Problem(
            "sie-type-5",
            name,
            1,
            "the file is SIE 5 (XML), which is not read yet",
            "Export SIE 4 from the economy system instead.",
        )
    if _IS_SIE.search(data.replace(b"\r", b"\n").removeprefix(b"\xef\xbb\xbf")):
        return None
    if not data.strip():
        what = "the file is empty"
    elif data.startswith(_UTF16):
        what = "the file is UTF-16 text"
    else:
        what = "the file is not SIE: it has neither #FLAGGA nor #SIETYP"
    remedy = "Export SIE 1 to 4 in CP437 (PC8), or say with --as what the file is."
    return Problem("sie-not-sie", name, None, what, remedy)


@dataclass(slots=True)
class Seen:
    """What the file states, and where it first uses what it may not have stated."""

    accounts: dict[str, SieAccount] = field(default_factory=dict)
    types: dict[str, AccountType] = field(default_factory=dict)
    dimensions: dict[str, SieDimension] = field(default_factory=dict)
    objects: dict[tuple[str, str], str] = field(default_factory=dict)
    used_accounts: dict[str, int] = field(default_factory=dict)
    used_objects: dict[tuple[str, str], int] = field(default_factory=dict)
    used_dimensions: dict[str, int] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    checksums: list[tuple[int, str]] = field(default_factory=list)

    def use_objects(self, line: int, objects: Objects) -> None:
        """Remember where objects were first used."""
        for key in objects:
            self.used_objects.setdefault(key, line)

    def state_account(self, notes: Notes, line: int, code: str, name: str) -> None:
        """Take a ``#KONTO``."""
        known = self.accounts.get(code)
        _note_name(notes, line, f"account {code}", name, known.name if known else None)
        self.accounts[code] = SieAccount(code, name)

    def state_dimension(
        self, notes: Notes, line: int, number: str, name: str, parent: str | None
    ) -> None:
        """Take a ``#DIM`` or ``#UNDERDIM``."""
        known = self.dimensions.get(number)
        _note_name(notes, line, f"dimension {number}", name, known.name if known else None)
        parent = parent or _PARENTS.get(number)
        self.dimensions[number] = SieDimension(number, name, parent)
        if parent:
            self.used_dimensions.setdefault(parent, line)

    def state_object(self, notes: Notes, line: int, key: tuple[str, str], name: str) -> None:
        """Take an ``#OBJEKT``."""
        _note_name(
            notes, line, f"object {key[1]} of dimension {key[0]}", name, self.objects.get(key)
        )
        self.objects[key] = name
        self.used_dimensions.setdefault(key[0], line)


def _note_name(notes: Notes, line: int, what: str, name: str, known: str | None) -> None:
    if not name:
        notes.warning("sie-name-missing", line, f"{what} has no name", _NAME_REMEDY)
    elif known is not None and known != name:
        notes.warning("sie-repeated", line, f"{what} is stated twice", "The last name rules.")


def kind(
    notes: Notes, seen: Seen, headers: Mapping[str, str], kept: _Balances, *, has_vouchers: bool
) -> Kind:
    """The file's type; 4 without balances is 4I. Where not stated, what the records look like."""
    stated = headers.get("#SIETYP")
    line = seen.lines.get("#SIETYP")
    if stated is not None and stated not in ("1", "2", "3", "4"):
        notes.problem(
            "sie-type",
            line,
            f"#SIETYP {shown(stated)} is not 1, 2, 3 or 4",
            "Export SIE of type 1 to 4.",
        )
        return ""
    if stated is None:
        split = any(row.objects for row in (*kept["#PSALDO"], *kept["#OIB"], *kept["#OUB"]))
        stated = "4" if has_vouchers else "3" if split else "2" if kept["#PSALDO"] else "1"
        notes.warning(
            "sie-record-missing",
            None,
            "#SIETYP is missing",
            f"Read as type {stated} by its records.",
        )
    if stated != "4" and has_vouchers:
        notes.warning(
            "sie-kind",
            line,
            f"type {stated} should have no vouchers",
            "They are read as in type 4.",
        )
    if stated == "4" and not (kept["#IB"] or kept["#UB"] or kept["#RES"]):
        return "4I"
    return cast(Kind, stated)


def header(
    notes: Notes,
    seen: Seen,
    headers: Mapping[str, str],
    fiscal_years: Mapping[int, tuple[date, date]],
    kind: Kind,
) -> None:
    """Warnings of the head: flag, format, currency, and what is missing."""
    at = seen.lines.get
    flag, form, currency = (headers.get(x) for x in ("#FLAGGA", "#FORMAT", "#VALUTA"))
    if flag is None:
        notes.warning("sie-record-missing", None, "#FLAGGA is missing", "Read as not read before.")
    elif flag == "1":
        notes.warning(
            "sie-flag",
            at("#FLAGGA"),
            "the flag says that the file has been read before",
            "It is read again; known vouchers are recognised.",
        )
    if form is not None and form.upper() != "PC8":
        notes.warning(
            "sie-format",
            at("#FORMAT"),
            f"#FORMAT is {shown(form)}, not PC8",
            "The encoding is told by the bytes.",
        )
    if currency and currency.upper() != "SEK":
        notes.warning(
            "sie-currency",
            at("#VALUTA"),
            f"amounts are in {shown(currency)}, not SEK",
            "They are taken as they stand; make sure that they belong in these books.",
        )
    if 0 not in fiscal_years and kind not in ("4I", ""):
        notes.warning(
            "sie-record-missing",
            None,
            "no #RAR gives the dates of year 0",
            "The organisation's own fiscal year counts.",
        )


def register_used(notes: Notes, seen: Seen) -> None:
    """Register what is used without a record of its own, with a warning each."""
    for account, line in seen.used_accounts.items():
        if account not in seen.accounts:
            notes.warning(
                "sie-account-unknown", line, f"account {account} has no #KONTO", _NAME_REMEDY
            )
            seen.accounts[account] = SieAccount(account, "")
    for code, stated in seen.types.items():
        if code in seen.accounts:
            seen.accounts[code] = replace(seen.accounts[code], type=stated)
    for key, line in seen.used_objects.items():
        seen.used_dimensions.setdefault(key[0], line)
        if key not in seen.objects:
            what = f"object {key[1]} of dimension {key[0]} has no #OBJEKT"
            notes.warning("sie-object-unknown", line, what, _NAME_REMEDY)
            seen.objects[key] = ""
    for number, line in list(seen.used_dimensions.items()):
        if number not in seen.dimensions:
            if number not in _RESERVED:
                what = f"dimension {number} has no #DIM"
                notes.warning("sie-dimension-unknown", line, what, _NAME_REMEDY)
            seen.dimensions[number] = SieDimension(number, "", _PARENTS.get(number))


def years(
    notes: Notes,
    fiscal_years: Mapping[int, tuple[date, date]],
    vouchers: Iterable[SieVoucher],
    kept: _Balances,
) -> None:
    """Balances of years without dates, and vouchers or months outside the stated years."""
    unknown: dict[int, int] = {}
    outside: list[int] = []
    for row in (row for rows in kept.values() for row in rows):
        if row.year_index not in fiscal_years:
            unknown[row.year_index] = min(row.line, unknown.get(row.year_index, row.line))
        elif row.period is not None:
            first, last = fiscal_years[row.year_index]
            if not first.isoformat()[:7] <= row.period <= last.isoformat()[:7]:
                outside.append(row.line)
    for index, line in sorted(unknown.items()):
        notes.warning(
            "sie-year-unknown", line, f"year {index} has no #RAR", "Its dates are not known."
        )
    spans = [(a.isoformat(), b.isoformat()) for a, b in fiscal_years.values()]
    if spans:
        outside += [v.line for v in vouchers if not any(a <= v.date <= b for a, b in spans)]
    if outside:
        notes.warning(
            "sie-outside-year",
            min(outside),
            f"{len(outside)} vouchers or months lie outside the fiscal years that #RAR states, "
            "this the first",
            "They are read as they stand.",
        )


def totals(notes: Notes, vouchers: Iterable[SieVoucher], kept: _Balances) -> None:
    """The file's debit and credit, of vouchers and of each kind of balance, within 64 bits."""
    sums = {"vouchers": [row.amount for v in vouchers for row in v.rows]}
    sums |= {label: [row.amount for row in rows] for label, rows in kept.items()}
    for what, amounts in sums.items():
        debit = sum(amount for amount in amounts if amount > 0)
        if not (fits(debit) and fits(sum(amounts) - debit)):
            notes.problem(
                "sie-beyond-range",
                None,
                f"the debit or credit of all {what} is beyond 64 bits of öre",
                "Correct the amounts in the source system, or divide the file.",
            )


def splits(notes: Notes, kept: _Balances) -> None:
    """Object rows without a total, whose dimensions do not agree on the sum."""
    for label, rows in kept.items():
        for row, here, other in uncertain_splits(rows):
            dimensions = ", ".join(dimension for dimension, _ in row.objects)
            notes.warning(
                "sie-object-split",
                row.line,
                f"{label} {row.period} of account {row.account} has no total; dimension "
                f"{dimensions} gives {to_text(here)}, another {to_text(other)}",
                f"Dimension {dimensions} is counted; export with totals to be sure.",
            )


def checksum(notes: Notes, seen: Seen, data: bytes, encoding: Encoding) -> None:
    """``#KSUMMA``: both records there, and the sum of what stands between them."""
    if not seen.checksums:
        return
    (first, opening), (last, stated) = seen.checksums[0], seen.checksums[-1]
    if first == last:
        which = "the first #KSUMMA is missing" if opening else "the last #KSUMMA is missing"
        notes.problem(
            "sie-checksum-cut", first, f"{which}: the file is cut", "Export the file again."
        )
        return
    sums = checksums(data, encoding, first, last)
    if not re.fullmatch(r"-?[0-9]{1,10}", stated) or int(stated) % 2**32 not in sums:
        notes.problem(
            "sie-checksum",
            last,
            f"#KSUMMA says {shown(stated)}, the records give {min(sums)}",
            "The file was changed after it was made: export it again.",
        )


def amount_forms(notes: Notes, fields: FieldReader) -> None:
    """One warning for all amounts with comma or spaces."""
    if fields.odd_amounts:
        notes.warning(
            "sie-amount-form",
            fields.first_odd_amount,
            f"{fields.odd_amounts} amounts have a decimal comma or spaces, this the first",
            "Read as meant; the standard says point and no spaces.",
        )
