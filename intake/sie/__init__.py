"""SIE 1 to 4 and 4I, our own reader: bytes in, values and everything wrong with them out.

`parse` is pure and never raises for what a file holds. Amounts are öre in SIE sign (debit
positive): the caller flips. ``model`` says what comes out, ``text`` how bytes become fields,
``controls`` what may be added, ``codes`` what each problem and warning means.
"""

from intake.sie.codes import PROBLEMS, WARNINGS
from intake.sie.model import (
    AccountType,
    Kind,
    Objects,
    SieAccount,
    SieBalance,
    SieDimension,
    SieFile,
    SieRow,
    SieVoucher,
)
from intake.sie.reader import parse

__all__ = [
    "PROBLEMS",
    "WARNINGS",
    "AccountType",
    "Kind",
    "Objects",
    "SieAccount",
    "SieBalance",
    "SieDimension",
    "SieFile",
    "SieRow",
    "SieVoucher",
    "parse",
]
