"""Fields with a meaning: amounts, dates, periods, year indexes and object lists.

Each reader gives None where the field is wrong, and has then noted the problem.
"""

from __future__ import annotations

import re
from datetime import date

from intake.sie.model import Objects
from intake.sie.text import Notes, Token, pairs, shown, split
from ledger.money import BeyondRange, NotMoney, to_ore

_AMOUNT = re.compile(r"(-?)(\d{1,16})(?:\.(\d\d?))?", re.ASCII)
_POINTED = re.compile(r"[-+]?[\d.]+", re.ASCII)
_DAY = re.compile(r"\d{8}", re.ASCII)
_MONTH = re.compile(r"\d{6}", re.ASCII)
_INDEX = re.compile(r"[-+]?\d{1,3}", re.ASCII)
_OPEN = re.compile(r'"(?:\\"|[^"])*+')
#: longer than any 64-bit amount; beyond it exact arithmetic would be wasted on nonsense
_LONGEST = 50

REMEDY_DATE = "Write it YYYYMMDD, a day that is in the calendar."


class FieldReader:
    """Reads fields of one file; remembers dates and object lists, which repeat endlessly."""

    def __init__(self, notes: Notes) -> None:
        self._notes = notes
        self._days: dict[str, str | None] = {}
        self._lists: dict[str, Objects | None] = {}
        #: amounts written otherwise than the standard says, and the line of the first
        self.odd_amounts = 0
        self.first_odd_amount: int | None = None

    def tokens(self, line: int, record: str, start: int, label: str, least: int) -> list[Token]:
        """The record's fields, or [] where it is broken or has fewer than ``least``."""
        tokens = split(record, start)
        if tokens and (rest := tokens[-1][3]):
            if len(tokens) > least and _OPEN.fullmatch(rest):
                # cut in the middle of a text, as some programs do: nothing that counts is lost
                self._notes.warning(
                    "sie-quote-open",
                    line,
                    f"{label}: the quote before {shown(rest[1:])} is never closed",
                    "The field is read to the end of the line.",
                )
                return [*tokens[:-1], (rest[1:], "", "", "")]
            if rest.startswith("{"):
                self._notes.problem(
                    "sie-objects",
                    line,
                    f"{label}: an object list is not closed",
                    "Write dimensions and objects in pairs between { and }.",
                )
            else:
                self._notes.problem(
                    "sie-quote",
                    line,
                    f"{label}: a quote mark out of place at {shown(rest)}",
                    'Close every quote, and write \\" for a quote mark inside a field.',
                )
            return []
        if len(tokens) < least:
            self.missing(line, f"{label}: {len(tokens)} fields, not {least}")
            return []
        return tokens

    def missing(self, line: int, found: str) -> None:
        """Note that a record lacks a field that the standard requires."""
        self._notes.problem(
            "sie-fields", line, found, "Add what the standard requires of the record."
        )

    def amount(self, line: int, text: str) -> int | None:
        """Öre in SIE sign (debit positive)."""
        if plain := _AMOUNT.fullmatch(text):
            sign, kronor, decimals = plain.groups()
            ore = int(kronor) * 100 + (int(decimals.ljust(2, "0")) if decimals else 0)
            return -ore if sign else ore
        try:
            if len(text) > _LONGEST:
                raise (
                    BeyondRange("beyond 64 bits of öre") if text.isdigit() else NotMoney("too long")
                )
            ore = to_ore(text)
        except BeyondRange as why:
            self._notes.problem(
                "sie-beyond-range",
                line,
                f"amount {shown(text)} is {why}",
                "Correct the amount in the source system and export again.",
            )
            return None
        except NotMoney as why:
            self._notes.problem(
                "sie-amount",
                line,
                f"amount {shown(text)}: {why}",
                "Write digits, at most two decimals after a point, and a minus for credit.",
            )
            return None
        if not _POINTED.fullmatch(text):
            self.odd_amounts += 1
            self.first_odd_amount = self.first_odd_amount or line
        return ore

    def day(self, line: int, text: str, what: str) -> str | None:
        """A day as ISO text."""
        iso = self._days.get(text)
        if iso is None:
            iso = self._days[text] = iso_day(text)
            if iso is None:
                found = f"{what}: {shown(text)} is no day"
                self._notes.problem("sie-date", line, found, REMEDY_DATE)
        return iso

    def period(self, line: int, text: str) -> str | None:
        """A month as ``2020-08``."""
        iso = iso_day(text + "01") if _MONTH.fullmatch(text) else None
        if iso is None:
            self._notes.problem(
                "sie-date", line, f"period {shown(text)}", "Write a month as YYYYMM."
            )
            return None
        return iso[:7]

    def year_index(self, line: int, label: str, text: str) -> int | None:
        """0 for the file's year, -1 for the one before."""
        if not _INDEX.fullmatch(text):
            self._notes.problem(
                "sie-year",
                line,
                f"{label}: year index {shown(text)}",
                "Write 0 for this year, -1 for the one before.",
            )
            return None
        return int(text)

    def objects(self, line: int, token: Token, label: str) -> Objects | None:
        """Dimension and object pairs in the file's order."""
        braced = token[1]
        if not braced:
            self.missing(line, f"{label}: the object list is missing ({{}} where there is none)")
            return None
        if braced not in self._lists:
            self._lists[braced] = pairs(braced)
        found = self._lists[braced]
        if found is None:
            self._notes.problem(
                "sie-objects",
                line,
                f"{label}: {shown(braced)} is not pairs of dimension and object, each dimension "
                "once",
                "Write dimensions and objects in pairs between { and }.",
            )
        return found


def iso_day(text: str) -> str | None:
    """``20200831`` as ``2020-08-31``; None where it is no day of the years 1900 to 2199."""
    if not _DAY.fullmatch(text) or not "1900" <= text[:4] <= "2199":
        return None
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:])).isoformat()
    except ValueError:
        return None
