"""Workbooks that describe themselves: those that we wrote for somebody to fill in.

A hidden sheet says of each heading which column of ours it is, or that it only informs; so the
language of the headings, and what stands beside the cells to fill in, do not matter when the file
comes back. A row in which nothing is filled in says nothing::

    utfall | 1 | Prognos          the mark, the form, the sheet that holds the table
    Enhet  | unit
    Utfall |                      informs
    Belopp | amount | filled      somebody fills it in
    Bokfört| amount | held        held against the record, and never taken from here
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from intake.table import UNREAD, Table
from ledger.commands import Held

#: The hidden sheet's name, and what its first cell says.
SHEET = "utfall"
FORM = "1"
_FILLED, _HELD = "filled", "held"


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of the sheet: which column of ours it is (None: it informs), and whether somebody
    fills it in, or its cells are held against the record."""

    text: str
    column: str | None = None
    filled: bool = False
    held: bool = False

    @property
    def role(self) -> str:
        """What the hidden sheet says of it."""
        return _FILLED if self.filled else _HELD if self.held else ""


@dataclass(frozen=True)
class Description:
    """The sheet that holds the table, and its headings."""

    sheet: str
    headings: tuple[Heading, ...]

    def rows(self) -> list[tuple[str, str, str]]:
        """The cells of the hidden sheet."""
        told = [(h.text, h.column or "", h.role) for h in self.headings]
        return [(SHEET, FORM, self.sheet), *told]

    def informs(self, heading: str) -> bool:
        """Whether the heading's column is only there to be read."""
        return any(h.column is None and h.text == heading.strip() for h in self.headings)

    def taken(self, table: Table) -> None:
        """Leave of the table, in place, the columns of ours under our names and those that nobody
        described (so that they are told), and the rows in which something is filled in. What is
        held against the record is put aside, of all rows."""
        known = {h.text: h for h in self.headings}
        found = [known.get(text.strip()) for text in table.headers]
        kept = [i for i, h in enumerate(found) if h is None or (h.column and not h.held)]
        held = [i for i, h in enumerate(found) if h is not None and h.held]
        names = [h.column if h and h.column else table.headers[i] for i, h in enumerate(found)]
        filled = [i for i, h in enumerate(found) if h is not None and h.filled]
        broken = dict(table.broken)
        rows, lines = list(table.rows), list(table.lines)
        table.rows, table.lines, table.broken = [], [], {}
        for place, (row, line) in enumerate(zip(rows, lines, strict=True)):
            keys = {names[i]: row[i] for i in kept if i not in filled}
            table.held += [Held(line, _cell(i, line), names[i], row[i], keys) for i in held]
            blank = not any(row[i].strip() or row[i] is UNREAD for i in filled)
            if blank and place not in broken:
                table.blank += 1
                continue
            if place in broken:
                table.broken[len(table.rows)] = broken[place]
            table.rows.append([row[i] for i in kept])
            table.lines.append(line)
        table.headers = [names[i] for i in kept]


def _cell(column: int, line: int) -> str:
    """What Excel calls a cell; columns count from 0."""
    letters, rest = "", column + 1
    while rest:
        rest, letter = divmod(rest - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return f"{letters}{line}"


def description(rows: Iterable[Sequence[object]]) -> Description | None:
    """What the cells of a sheet of that name say; None where they are not ours."""
    told = [["" if cell is None else str(cell).strip() for cell in row] for row in rows]
    told = [[*row, "", "", ""][:3] for row in told]
    if not told or told[0][:2] != [SHEET, FORM]:
        return None
    headings = tuple(
        Heading(text, column or None, role == _FILLED, role == _HELD)
        for text, column, role in told[1:]
    )
    return Description(told[0][2], headings)
