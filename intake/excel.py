"""Excel: the cells of one sheet of an .xlsx file, exactly as they are typed.

An own small reader rather than a library's: it must tell, cell by cell, a number from text that
looks like one (630 is not "0630"), and take amounts as the decimal text that the file holds.
Excel keeps fifteen significant digits and writes seventeen; the two beyond are noise of binary
fractions and are rounded away, and an amount that would need them is refused.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Context, Decimal, InvalidOperation
from xml.etree import ElementTree

from intake.table import UNREAD, Day, Inexact, Number, Progress, Table, Teller, shortened

_DIGITS = Context(prec=15)
#: Below this an amount with two decimals fits in fifteen digits.
_EXACT = Decimal(10) ** 13
_LARGEST = 1 << 30
_DATE_FORMATS = frozenset([*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)])
_LITERAL = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.')
_CELL = re.compile(r"([A-Z]{1,3})([0-9]+)")
_STEP = 5_000


class _NotExcel(Exception):
    """The bytes are no workbook that can be read; the message says why."""


#: What reading a broken workbook may raise: of the archive, of the XML, of what refers to nothing.
_BROKEN = (
    _NotExcel,
    zipfile.BadZipFile,
    zlib.error,
    ElementTree.ParseError,
    EOFError,
    LookupError,
    OSError,
    RuntimeError,
    ValueError,
)


def read_excel(
    data: bytes,
    file: str,
    *,
    sheet: str | None = None,
    header: int | None = None,
    progress: Progress | None = None,
) -> Table:
    """The table of a sheet (the first, if None); line numbers are Excel's row numbers."""
    rows: dict[int, list[str]] = {}

    def excerpt(line: int) -> str:
        return shortened(" | ".join(rows.get(line, [])))

    table = Table(Teller(file, excerpt))
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            book = _Workbook(archive)
            cells = list(book.rows(sheet, table.teller, progress))
    except _BROKEN as error:
        table.teller.tell(
            "bad-excel",
            None,
            f"the file cannot be read as an Excel workbook ({error})",
            "Open it in Excel and save it as .xlsx, or as CSV UTF-8.",
        )
        return table
    for line, row in cells:
        rows[line] = row
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
    return table


class _Workbook:
    """The parts of a workbook that say what its cells mean."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self.archive = archive
        if sum(part.file_size for part in archive.infolist()) > _LARGEST:
            raise _NotExcel("unpacked it is larger than 1 GB")
        self.names = set(archive.namelist())
        if "xl/workbook.xml" not in self.names:
            raise _NotExcel("it holds no workbook")
        self.sheets, self.epoch = self._sheets()
        self.shared = self._shared()
        self.dated = self._dated()

    def _tree(self, name: str) -> ElementTree.Element:
        return ElementTree.fromstring(self.archive.read(name))

    def _sheets(self) -> tuple[dict[str, str], datetime]:
        targets = {
            relation.get("Id"): relation.get("Target", "")
            for relation in self._tree("xl/_rels/workbook.xml.rels")
        }
        sheets: dict[str, str] = {}
        epoch = datetime(1899, 12, 30)  # noqa: DTZ001  (a calendar's origin, not a moment)
        for element in self._tree("xl/workbook.xml").iter():
            kind = _local(element)
            if kind == "workbookPr" and element.get("date1904") in ("1", "true"):
                epoch = datetime(1904, 1, 1)  # noqa: DTZ001
            elif kind == "sheet":
                key = next((v for k, v in element.attrib.items() if k.endswith("}id")), "")
                target = targets.get(key, "").removeprefix("/")
                path = target if target.startswith("xl/") else f"xl/{target}"
                sheets[element.get("name", "")] = path
        return sheets, epoch

    def _shared(self) -> list[str]:
        if "xl/sharedStrings.xml" not in self.names:
            return []
        return [_text(item) for item in self._tree("xl/sharedStrings.xml")]

    def _dated(self) -> list[bool]:
        """Which cell formats show a number as a date."""
        if "xl/styles.xml" not in self.names:
            return []
        custom: dict[str, str] = {}
        formats: list[str] = []
        for element in self._tree("xl/styles.xml"):
            if _local(element) == "numFmts":
                custom |= {f.get("numFmtId", ""): f.get("formatCode", "") for f in element}
            elif _local(element) == "cellXfs":
                formats = [f.get("numFmtId", "0") for f in element]

        def is_date(key: str) -> bool:
            if key in custom:
                return re.search("[ymdhs]", _LITERAL.sub("", custom[key].lower())) is not None
            return key.isdecimal() and int(key) in _DATE_FORMATS

        return [is_date(key) for key in formats]

    def rows(
        self, sheet: str | None, teller: Teller, progress: Progress | None
    ) -> Iterator[tuple[int, list[str]]]:
        """The sheet's rows with Excel's row numbers."""
        if sheet is not None and sheet not in self.sheets:
            raise _NotExcel(f"it has no sheet {sheet!r}, but {', '.join(self.sheets)}")
        path = self.sheets[sheet] if sheet is not None else next(iter(self.sheets.values()), "")
        if path not in self.names:
            raise _NotExcel("it has no sheet with cells")
        line, total = 0, 0
        with self.archive.open(path) as stream:
            for _, element in ElementTree.iterparse(stream):
                kind = _local(element)
                if kind == "dimension":
                    last = _CELL.search(element.get("ref", "").rpartition(":")[2])
                    total = int(last[2]) if last else 0
                if kind != "row":
                    continue
                number = element.get("r")
                line = int(number) if number and number.isdecimal() else line + 1
                yield line, self._row(element, line, teller)
                element.clear()
                if progress and line % _STEP == 0:
                    progress(line, max(line, total))
        if progress:
            progress(line, line)

    def _row(self, element: ElementTree.Element, line: int, teller: Teller) -> list[str]:
        row: list[str] = []
        for cell in element:
            found = _CELL.fullmatch(cell.get("r", ""))
            place = _column(found[1]) if found else len(row)
            row += [""] * (place - len(row))
            row.append(self._cell(cell, line, teller))
        return row

    def _cell(self, cell: ElementTree.Element, line: int, teller: Teller) -> str:
        kind = cell.get("t", "n")
        if kind == "inlineStr":
            return _text(cell)
        value = next((part.text or "" for part in cell if _local(part) == "v"), "")
        match kind:
            case "s":
                return self.shared[int(value)] if value.isdecimal() else ""
            case "str":
                return value
            case "b":
                return "TRUE" if value == "1" else "FALSE"
            case "d":
                return Day(value)
            case "e":
                teller.tell(
                    "excel-error",
                    line,
                    f"cell {cell.get('r', '')} holds the error {value}",
                    "Correct the formula in Excel, or write the value.",
                )
                return UNREAD
        style = cell.get("s", "0")
        number = _number(value)
        if number is None:
            return value
        dated = style.isdecimal() and int(style) < len(self.dated) and self.dated[int(style)]
        return self._day(number) if dated else _decimal_text(number)

    def _day(self, number: Decimal) -> str:
        if not 0 <= number < 2_958_466:
            return _decimal_text(number)
        seconds = int((number % 1 * 86_400).to_integral_value())
        moment = self.epoch + timedelta(days=int(number), seconds=seconds)
        if self.epoch.year == 1899 and number < 60:  # Excel's own 29 February 1900
            moment += timedelta(days=1)
        return Day(moment.isoformat() if seconds else moment.date().isoformat())


def _number(value: str) -> Decimal | None:
    try:
        number = Decimal(value)
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number.adjusted()) < 400 else None


def _decimal_text(number: Decimal) -> Number:
    """The number to fifteen digits, as Excel shows it; `Inexact` where they do not hold öre."""
    if abs(number) < _EXACT:
        number = _DIGITS.plus(number)
    text = f"{number:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return Number(text) if abs(number) < _EXACT or _is_exact(number) else Inexact(text)


def _is_exact(number: Decimal) -> bool:
    """True for whole numbers that a binary fraction of 53 bits holds."""
    return number == number.to_integral_value() and abs(number) <= 1 << 53


def _local(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]


def _text(element: ElementTree.Element) -> str:
    """The text of a string item: all its runs, without phonetic guides."""
    if _local(element) == "t":
        return element.text or ""
    return "".join(_text(part) for part in element if _local(part) not in ("rPh", "phoneticPr"))


def _column(letters: str) -> int:
    """0 for A, 25 for Z, 26 for AA."""
    place = 0
    for letter in letters:
        place = place * 26 + ord(letter) - 64
    return place - 1
