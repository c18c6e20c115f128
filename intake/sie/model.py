"""What a SIE file says, as values.

Amounts are whole öre in **SIE sign** everywhere here: debit positive, credit negative, so
income is negative. The caller flips to result sign. Days and months are ISO text.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from intake.sie import controls
from intake.sie.text import Encoding
from ledger.errors import Problem

Kind = Literal["1", "2", "3", "4", "4I", ""]
AccountType = Literal["income", "cost", "asset", "liability"]
Objects = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class SieAccount:
    """An account: its code, its name ("" where the file gives none), its type from ``#KTYP``."""

    code: str
    name: str
    type: AccountType | None = None


@dataclass(frozen=True, slots=True)
class SieDimension:
    """A dimension: number, name ("" where not stated), and the dimension it is a part of.

    Dimension 2 (cost bearer) is a part of 1 by the standard, if the file says nothing else.
    """

    number: str
    name: str
    parent: str | None = None


@dataclass(frozen=True, slots=True)
class SieRow:
    """A counted row of a voucher.

    ``amount`` is öre in SIE sign (debit positive). ``date`` is ISO, None where it is the
    voucher's. ``quantity`` is the text of the field as written, None where empty.
    """

    account: str
    objects: Objects
    amount: int
    date: str | None
    text: str
    quantity: str | None
    registered_by: str
    line: int


@dataclass(frozen=True, slots=True)
class SieVoucher:
    """A voucher with at least one counted row; ``line`` is that of its ``#VER``.

    ``date`` and ``registered_at`` are ISO days. ``series`` and ``number`` may be empty in 4I.
    """

    series: str
    number: str
    date: str
    text: str
    registered_at: str | None
    registered_by: str
    rows: tuple[SieRow, ...]
    line: int


@dataclass(frozen=True, slots=True)
class SieBalance:
    """A balance, or the change in a month (``period`` as ``2020-08``, else None).

    ``year_index`` 0 is the file's year, -1 the one before. ``amount`` is öre in SIE sign (debit
    positive); ``quantity`` the text as written.
    """

    year_index: int
    period: str | None
    account: str
    objects: Objects
    amount: int
    quantity: str | None
    line: int


@dataclass(frozen=True, slots=True)
class SieFile:
    """Everything a SIE file says, and everything wrong (``problems``) or odd (``warnings``) in it.

    With any problem nothing of the file may be recorded; the rest is then what could be read.
    ``kind`` is "" where the file is not SIE 1 to 4. ``objects`` is keyed by (dimension, object).
    ``org_number`` is text as written. All amounts are öre in SIE sign (debit positive).
    """

    name: str
    kind: Kind = ""
    encoding: Encoding = "cp437"
    org_number: str = ""
    company: str = ""
    program: str = ""
    generated: str | None = None
    currency: str = "SEK"
    fiscal_years: dict[int, tuple[date, date]] = field(default_factory=dict)
    covers_to: date | None = None
    accounts: dict[str, SieAccount] = field(default_factory=dict)
    dimensions: dict[str, SieDimension] = field(default_factory=dict)
    objects: dict[tuple[str, str], str] = field(default_factory=dict)
    vouchers: tuple[SieVoucher, ...] = ()
    opening: tuple[SieBalance, ...] = ()
    closing: tuple[SieBalance, ...] = ()
    result: tuple[SieBalance, ...] = ()
    object_opening: tuple[SieBalance, ...] = ()
    object_closing: tuple[SieBalance, ...] = ()
    month_totals: tuple[SieBalance, ...] = ()
    budget: tuple[SieBalance, ...] = ()
    unknown_labels: dict[str, int] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()

    def month_totals_counted(self) -> tuple[SieBalance, ...]:
        """``#PSALDO`` rows that may be added without counting anything twice.

        See `intake.sie.controls.counted`. Öre in SIE sign, the change in each month.
        """
        return controls.counted(self.month_totals)

    def budget_counted(self) -> tuple[SieBalance, ...]:
        """``#PBUDGET`` rows that may be added without counting anything twice.

        See `intake.sie.controls.counted`. Öre in SIE sign, the budget of each month.
        """
        return controls.counted(self.budget)

    def control_differences(self) -> list[Problem]:
        """The file against itself: a warning for each account whose figures disagree.

        See `intake.sie.controls.differences`.
        """
        return controls.differences(self)
