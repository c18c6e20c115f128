"""SIE files as texts, and what the reader says of them."""

from __future__ import annotations

from intake.sie import SieFile, parse
from tests.intake.sie_samples import HEAD

KNOWN = '#KONTO 1930 "Bank"\n#KONTO 3010 "Försäljning"\n#IB 0 1930 0\n'
SALE = '#VER A 1 20200131 "Försäljning"\n{\n#TRANS 1930 {} 100\n#TRANS 3010 {} -100\n}\n'


def read(text: str, encoding: str = "cp437") -> SieFile:
    """The file that the text is."""
    return parse(text.encode(encoding), "prov.se")


def voucher(*rows: str, head: str = "#VER A 7 20200131") -> SieFile:
    """A file with one voucher of these rows; the accounts are known."""
    return read("\n".join([HEAD + KNOWN + head, "{", *rows, "}", ""]))


def codes(file: SieFile) -> list[str]:
    """The codes of the problems, in order."""
    return [problem.code for problem in file.problems]


def warned(file: SieFile) -> list[str]:
    """The codes of the warnings, in order."""
    return [warning.code for warning in file.warnings]
