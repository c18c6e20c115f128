"""Excel: the cells of one sheet of an .xlsx file, as what they are typed.

openpyxl tells, cell by cell, a number from text that looks like one: 630 is not "0630". Excel
keeps fifteen significant digits and writes seventeen; the two beyond are noise of binary
fractions and are rounded away, and an amount that would need them is refused.
"""

from __future__ import annotations

import io
import warnings
import zipfile
from contextlib import closing
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any

from intake import described
from intake.described import Description
from intake.table import UNREAD, Day, Inexact, Number, Progress, Table, Teller, shortened

#: Below this an amount with two decimals fits in fifteen digits.
_EXACT = 10**13
#: Whole numbers up to this are binary fractions of 53 bits.
_WHOLE = 1 << 53
_LARGEST = 1 << 30
_LAST_ROW = 1 << 20
_STRICT = b"purl.oclc.org/ooxml/spreadsheetml"
_STEP = 5_000


class _NotExcel(Exception):
    """The bytes are no workbook that can be read; the message says why."""


def read_excel(
    data: bytes,
    file: str,
    *,
    sheet: str | None = None,
    header: int | None = None,
    progress: Progress | None = None,
) -> Table:
    """The table of a sheet (the first, if None); line numbers are Excel's row numbers.

    Of a workbook that describes itself (`intake.described`) the table is what was filled in.
    """
    read = _Sheet()

    def excerpt(line: int) -> str:
        return shortened(" | ".join(read.rows.get(line, [])))

    table = Table(Teller(file, excerpt))
    try:
        # What openpyxl warns of, such as a style that it does not know, is not in the cells.
        with warnings.catch_warnings(action="ignore"):
            read.take(data, sheet, progress)
    except Exception as error:  # a broken part may break openpyxl in any way
        why = f" ({error})" if isinstance(error, _NotExcel) else ""
        table.teller.tell(
            "bad-excel",
            None,
            f"the file cannot be read as an Excel workbook{why}",
            "Open it in Excel and save it as .xlsx, or as CSV UTF-8.",
        )
        return table
    ours = read.described
    if ours is not None:
        table.teller.file = f"{file}!{read.title}"
    for line, column, found, remedy in read.faults:
        if ours is None or not ours.informs(read.heading(column)):
            table.teller.tell("excel-error", line, found, remedy)
    for line, row in read.rows.items():
        if header is not None and line < header:
            continue
        if not any(cell.strip() or cell is UNREAD for cell in row):
            continue
        if not table.headers:
            while row and not row[-1].strip():
                row.pop()
            table.headers, table.header_line = row, line
            continue
        # Excel has no ragged rows: what a row lacks is empty cells.
        row += [""] * (len(table.headers) - len(row))
        while len(row) > len(table.headers) and not row[-1].strip():
            row.pop()
        table.add(row, line)
    if ours is not None:
        ours.taken(table)
    return table


class _Sheet:
    """The rows of a sheet by Excel's row numbers, and what its cells hold instead of values."""

    def __init__(self) -> None:
        self.rows: dict[int, list[str]] = {}
        self.faults: list[tuple[int, int, str, str]] = []
        self.described: Description | None = None
        self.title = ""
        self.blank: set[tuple[int, int]] = set()

    def heading(self, column: int) -> str:
        """What the first row that says anything has in that column."""
        first = next((row for row in self.rows.values() if any(c.strip() for c in row)), [])
        return first[column - 1] if column <= len(first) else ""

    def take(self, data: bytes, name: str | None, progress: Progress | None) -> None:
        """Read the sheet of that name, or the first."""
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(part.file_size for part in archive.infolist()) > _LARGEST:
                raise _NotExcel("unpacked it is larger than 1 GB")
            if _STRICT in archive.read("xl/workbook.xml"):  # of which openpyxl sees no cells
                raise _NotExcel("it is a Strict Open XML workbook")
        with closing(_workbook(data, values=True)) as book:
            if name is None and described.SHEET in book.sheetnames:
                told = book[described.SHEET].iter_rows(values_only=True)
                self.described = described.description(told)
            page = _page(book, name, self.described)
            self.title = page.title
            line, total = 0, page.max_row or 0
            for line, cells in _numbered(page):
                if cells:
                    self.rows[line] = [self._text(cell, line, book.epoch) for cell in cells]
                if progress and line % _STEP == 0:
                    progress(line, max(line, total))
        if self.blank:
            self._find_formulas(data, name)
        if progress:
            progress(line, line)

    def _text(self, cell: Any, line: int, epoch: datetime) -> str:
        value = cell.value
        if cell.data_type == "e":
            remedy = "Correct the formula in Excel, or write the value."
            found = f"cell {cell.coordinate} holds the error {value or ''}"
            return self._fault(cell, line, found, remedy)
        if isinstance(value, str):
            return value
        if value is None:
            # Text that a formula makes may be empty (type "str"); a formula without a value is not.
            if cell.data_type == "n" and hasattr(cell, "row"):
                self.blank.add((line, cell.column))
            return ""
        if isinstance(value, bool):
            return "TRUE" if value else "FALSE"
        if cell.data_type == "n":
            return _decimal_text(value)
        if isinstance(value, timedelta):
            return Day(timedelta(seconds=round(value.total_seconds())))
        if not isinstance(value, datetime):
            return Day(value.isoformat())
        if value < epoch:
            found = f"cell {cell.coordinate} holds a date before Excel's calendar"
            return self._fault(cell, line, found, "Write the date.")
        moment = (value + timedelta(milliseconds=500)).replace(microsecond=0)
        return Day((moment if moment.time() > time() else moment.date()).isoformat())

    def _fault(self, cell: Any, line: int, found: str, remedy: str) -> str:
        self.faults.append((line, cell.column, found, remedy))
        return UNREAD

    def _find_formulas(self, data: bytes, name: str | None) -> None:
        """Which cells without a value are formulas that nothing has computed."""
        remedy = "Open the file in Excel and save it, or write the value."
        with closing(_workbook(data, values=False)) as book:
            for line, cells in _numbered(_page(book, name, self.described)):
                for cell in cells:
                    if cell.data_type == "f" and (line, cell.column) in self.blank:
                        found = f"cell {cell.coordinate} holds a formula without a value"
                        self.rows[line][cell.column - 1] = self._fault(cell, line, found, remedy)


def _workbook(data: bytes, *, values: bool) -> Any:
    """The workbook, with what its formulas gave, or with the formulas themselves."""
    from openpyxl import load_workbook  # here, as only Excel files need it

    return load_workbook(io.BytesIO(data), read_only=True, data_only=values, keep_links=False)


def _page(book: Any, name: str | None, ours: Description | None) -> Any:
    sheets = {sheet.title: sheet for sheet in book.worksheets}
    if ours is not None:
        del sheets[described.SHEET]
        name = ours.sheet if ours.sheet in sheets else name
    if name is not None and name not in sheets:
        raise _NotExcel(f"it has no sheet {name!r}, but {', '.join(sheets)}")
    if not sheets:
        raise _NotExcel("it has no sheet with cells")
    return sheets[name] if name is not None else next(iter(sheets.values()))


def _numbered(page: Any) -> Any:
    """The sheet's rows with Excel's row numbers, all of them whatever size the file claims."""
    page.reset_dimensions()
    for line, cells in enumerate(page.iter_rows(), 1):
        if line > _LAST_ROW:
            raise _NotExcel("it has more rows than Excel")
        yield line, cells


def _decimal_text(value: Any) -> Number:
    """The number to fifteen digits, as Excel shows it; `Inexact` where they do not hold öre."""
    if isinstance(value, int):
        return Number(value) if abs(value) <= _WHOLE else Inexact(value)
    exact = abs(value) < _EXACT
    text = f"{Decimal(format(value, '.15g') if exact else repr(value)):f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return Number(text) if exact else Inexact(text)
