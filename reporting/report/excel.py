"""A report as an Excel workbook: a sheet a table, numbers as numbers, sums that are live.

The first sheet is the title page and a list of the others with links. Amounts stand in kronor to
the öre whatever the report's scale is: a workbook is for computing on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from reporting.catalogue import label
from reporting.charts.picture import Chart
from reporting.render import name_second, printable, shown
from reporting.report.document import Document, Section
from reporting.report.excel_charts import cells, native
from reporting.tables import SAID, Column, Table, Value
from reporting.workbook import packed

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

_NAME_LENGTH = 31
_HEAD = 3
"""The row of the headings; the title stands in the first."""
_WIDEST = 44
_LINE = 15
"""Points of a line of text."""
_CHART_ROWS = 19
"""Rows that a chart stands over."""
_HUNDRED = 100
#: Kinds of columns whose cells are numbers, and of those the ones that are hundredths.
_NUMBERS = ("amount", "percent", "hours", "count", "number", "decimal")
_HUNDREDTHS = ("amount", "hours")
_LINK = "0B4F8A"
_BAND = "E8EDF2"


def to_excel(document: Document) -> bytes:
    """The workbook's bytes: a cover with contents, then a sheet for each table in the report's
    order; formulas carry what they come to."""
    made = _Made.begun(document)
    for section in document.sections:
        made.write(section)
    made.cover()
    return packed(made.book, document.recorded_at, made.results, made.drawn)


@dataclass
class _Made:
    """A workbook on its way: its sheets by what they are of, and what its formulas come to."""

    document: Document
    book: Workbook
    sheets: list[tuple[Section, str, str]] = field(default_factory=list)
    """Of each table its section, title and sheet."""
    results: dict[tuple[int, str], Decimal] = field(default_factory=dict)
    drawn: dict[str, list[str]] = field(default_factory=dict)
    """What the charts of a sheet, by its name, show in words."""

    @classmethod
    def begun(cls, document: Document) -> _Made:
        """An empty cover, and the words that a workbook says of itself."""
        from openpyxl import Workbook

        book = Workbook()
        front = book.active
        assert front is not None
        front.title = label("report.cover_sheet", document.lang)
        book.properties.title = printable(document.title)
        book.properties.creator = printable(document.cover.pairs[0][1])
        book.properties.language = document.lang
        return cls(document, book)

    def write(self, section: Section) -> None:
        """A sheet for each table of a section, and its charts where its sheets have the figures."""
        mine: list[tuple[Table, Worksheet]] = []
        for block in section.blocks:
            if isinstance(block, Table):
                mine.append((name_second(block), self.add(section, block)))
            elif isinstance(block, Chart):
                there = mine
                if block.beside:
                    there = [(block.table, self.add(section, block.table))]
                self._draw(block, there)

    def _draw(self, chart: Chart, there: Sequence[tuple[Table, Worksheet]]) -> None:
        """The chart, under the first table that has its figures."""
        for table, sheet in there:
            found = cells(chart, table, sheet, _HEAD)
            if found is not None:
                row = sheet.max_row + 2 + _CHART_ROWS * len(self.drawn.get(sheet.title, ()))
                sheet.add_chart(native(chart, found), f"A{row}")
                self.drawn.setdefault(sheet.title, []).append(chart.alt)
                return

    def add(self, section: Section, table: Table) -> Worksheet:
        """A sheet for a table, named as its section."""
        taken = {name.lower() for name in self.book.sheetnames}
        sheet = self.book.create_sheet(_free(section.plain or section.title, taken))
        table = name_second(table)
        title = printable(table.title.replace("{scale}", "kr"))
        self.sheets.append((section, title, sheet.title))
        number = len(self.book.sheetnames)
        _fill(sheet, table, title, self.document)
        for cell, result in _live(sheet, table).items():
            self.results[number, cell] = result
        _back(sheet, self.book.sheetnames[0], self.document)
        _printed(sheet, self.document)
        return sheet

    def cover(self) -> None:
        """The title page, the contents with links, and how the figures are proved."""
        from openpyxl.styles import Alignment

        sheet, document = self.book.worksheets[0], self.document
        _say(sheet, 1, 1, document.title, _font(bold=True, size=16))
        row = 3
        for name, value in document.cover.pairs:
            _say(sheet, row, 1, name, _font(color="57606A"))
            _say(sheet, row, 2, value)
            row += 1
        if document.simulated:
            _say(sheet, row + 1, 1, label("note.simulated", document.lang), _font(bold=True))
            row += 2
        _say(sheet, row + 1, 1, label("report.contents", document.lang), _font(bold=True, size=13))
        row += 2
        said = None
        for section, title, name in self.sheets:
            if section.key != said:
                _say(sheet, row, 1, section.title)
            said = section.key
            _link(sheet, row, 2, title, name)
            row += 1
        for line in document.colophon:
            row += 1
            cell = _say(sheet, row, 1, line, _font(color="57606A", size=9))
            sheet.merge_cells(start_row=row, end_row=row, start_column=1, end_column=2)
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            sheet.row_dimensions[row].height = 26
        sheet.column_dimensions["A"].width = 34
        sheet.column_dimensions["B"].width = 90
        sheet.sheet_view.showGridLines = False
        _printed(sheet, document)


def _font(**told: Any) -> Any:
    """A font that differs from the workbook's own in what is told."""
    from openpyxl.styles import Font

    return Font(**{"name": "Calibri", "size": 11, **told})


def _say(sheet: Worksheet, row: int, place: int, text: str, font: Any = None) -> Any:
    """Text in a cell, whatever it looks like: never a formula."""
    cell = sheet.cell(row, place, printable(text))
    cell.data_type = "s"
    if font is not None:
        cell.font = font
    return cell


def _link(sheet: Worksheet, row: int, place: int, text: str, target: str) -> None:
    from openpyxl.worksheet.hyperlink import Hyperlink

    cell = _say(sheet, row, place, text)
    where = "'" + target.replace("'", "''") + "'!A1"
    cell.hyperlink = Hyperlink(ref=cell.coordinate, location=where, display=cell.value)
    cell.font = _font(color=_LINK, underline="single")


def _back(sheet: Worksheet, front: str, document: Document) -> None:
    """The way back to the contents, in the row between title and headings."""
    _link(sheet, 2, 1, f"← {label('report.contents', document.lang)}", front)


def _printed(sheet: Worksheet, document: Document) -> None:
    """On paper: as wide as a page, the headings on each, named and numbered."""
    sheet.page_setup.paperSize = 9
    sheet.page_setup.orientation = "landscape" if sheet.max_column > 3 else "portrait"
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    if sheet.freeze_panes:
        sheet.print_title_rows = f"1:{_HEAD}"
    sheet.oddFooter.left.text = printable(document.title).replace("&", "&&")
    sheet.oddFooter.right.text = "&P (&N)"


def _free(title: str, taken: set[str]) -> str:
    """A sheet's name: the section's, short enough, and its own."""
    clean = "".join(" " if sign in r"[]:*?/\\" else sign for sign in printable(title))
    clean = clean[:_NAME_LENGTH].strip().strip("'")
    name, count = clean, 1
    while name.lower() in taken:
        count += 1
        name = f"{clean[: _NAME_LENGTH - 3].strip()} {count}"
    return name


def _fill(sheet: Worksheet, table: Table, title: str, document: Document) -> None:
    """Title, headings, rows and notes."""
    from openpyxl.styles import Alignment, Border, PatternFill, Side
    from openpyxl.utils import get_column_letter

    bold, top = _font(bold=True), Alignment(wrap_text=True, vertical="top")
    _say(sheet, 1, 1, title, _font(bold=True, size=13))
    sheet.freeze_panes = sheet.cell(_HEAD + 1, 2)
    band, rule = PatternFill("solid", fgColor=_BAND), Side("thin", color="1B1F24")
    high = 1
    for place, column in enumerate(table.columns, 1):
        cell = _say(sheet, _HEAD, place, column.heading(document.lang), bold)
        side = "left" if column.kind not in _NUMBERS else "right"
        cell.alignment = Alignment(wrap_text=True, vertical="bottom", horizontal=side)
        cell.fill, cell.border = band, Border(bottom=rule)
        width = _width(table, place - 1, document)
        sheet.column_dimensions[get_column_letter(place)].width = width
        high = max(high, _lines(column.heading(document.lang), width))
    sheet.row_dimensions[_HEAD].height = _LINE * high
    last = len(table.rows) - 1 if table.total else None
    for number, row in enumerate(table.rows):
        lines = 1
        for place, (value, column) in enumerate(zip(row, table.columns, strict=True), 1):
            cell = sheet.cell(_HEAD + 1 + number, place)
            _put(cell, value, column, document)
            if number == last:
                cell.font, cell.border = bold, Border(top=rule)
            if isinstance(cell.value, str):
                width = sheet.column_dimensions[get_column_letter(place)].width
                lines = max(lines, _lines(cell.value, int(width)))
        if lines > 1:
            sheet.row_dimensions[_HEAD + 1 + number].height = _LINE * lines
            for cell in sheet[_HEAD + 1 + number]:
                cell.alignment = top
    if table.total and table.rows and table.rows[-1][0] is None:
        _say(sheet, _HEAD + len(table.rows), 1, label("message.total", document.lang), bold)
    _under(sheet, table)


def _lines(text: str, width: int) -> int:
    """How many lines a text takes in a column so many signs wide, broken between words."""
    lines, used = 1, 0
    for word in text.split(" "):
        if used and used + len(word) >= width:
            lines, used = lines + 1, 0
        used += len(word) + 1
    return lines


def _under(sheet: Worksheet, table: Table) -> None:
    """The notes, each over the table's whole width, as many lines high as it needs."""
    from openpyxl.styles import Alignment

    columns = max(len(table.columns), 1)
    signs = sum(each.width for each in list(sheet.column_dimensions.values())[:columns])
    for line, note in enumerate(table.notes, _HEAD + len(table.rows) + 2):
        cell = _say(sheet, line, 1, note, _font(color="57606A", size=10))
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        sheet.merge_cells(start_row=line, end_row=line, start_column=1, end_column=columns)
        sheet.row_dimensions[line].height = 14 * (1 + len(note) * 10 // int(signs * 11))


def _width(table: Table, place: int, document: Document) -> int:
    """How wide a column is: its figures in full, its words up to where they wrap."""
    column = table.columns[place]
    told = [shown(row[place], column, document.lang, "kr") for row in table.rows]
    longest = max((len(text) for text in told), default=0) + 2
    heading = max(len(word) for word in column.heading(document.lang).split(" ")) + 3
    if column.kind in _NUMBERS:
        return max(14, heading, longest + (3 if column.kind == "amount" else 0))
    return min(max(8, heading, longest), _WIDEST)


def _put(cell: Any, value: Value, column: Column, document: Document) -> None:
    """Kronor and hours as numbers to the hundredth, percentages, counts and decimals as numbers,
    the rest as people read it; text that looks like a formula stays text."""
    if value is None or value == SAID:
        return
    if column.kind not in _NUMBERS:
        cell.value = shown(value, column, document.lang, document.scale)
        cell.data_type = "s"
        return
    cell.value = _number(value, column)
    cell.number_format = _format(value, column)


def _number(value: Value, column: Column) -> Decimal | int:
    """A value as Excel counts it: a percentage is a hundredth of what it says."""
    exact = Decimal(str(value))
    if column.kind in (*_HUNDREDTHS, "percent"):
        return exact / _HUNDRED
    return exact if column.kind == "decimal" else int(exact)


def _format(value: Value, column: Column) -> str:
    """The number's own decimals, a sign where the sign is the message."""
    if column.kind == "number":
        return "0"
    places = 0
    if column.kind in (*_HUNDREDTHS, "percent"):
        places = 2
    elif column.kind == "decimal":
        places = len(f"{Decimal(str(value)):f}".partition(".")[2])
    unit = "%" if column.kind == "percent" else ""
    plain = ("#,##0" if unit == "" else "0") + ("." + "0" * places if places else "") + unit
    return f"+{plain};-{plain};{plain}" if column.signed else plain


def _live(sheet: Worksheet, table: Table) -> dict[str, Decimal]:
    """Formulas for the totals that are the sums of the rows above them, set in the sheet; gives
    by cell what each comes to."""
    found: dict[str, Decimal] = {}
    if not table.total or len(table.rows) < 2:
        return found
    counted = [i for i in range(len(table.rows) - 1) if i not in table.inner]
    row = _HEAD + len(table.rows)
    for place, column in enumerate(table.columns):
        parts = [table.rows[i][place] for i in counted]
        total = table.rows[-1][place]
        if column.kind not in ("amount", "hours", "count") or total is None or None in parts:
            continue
        if sum(int(part) for part in parts if part is not None) != total:
            continue
        cell = sheet.cell(row, place + 1)
        letter = cell.column_letter
        runs = ",".join(
            f"{letter}{_HEAD + 1 + first}:{letter}{_HEAD + 1 + last}"
            for first, last in _runs(counted)
        )
        found[cell.coordinate] = Decimal(_number(total, column))
        cell.value = f"=SUM({runs})"
    return found


def _runs(places: list[int]) -> list[tuple[int, int]]:
    """Rising places as first and last of each unbroken run.

    >>> _runs([0, 1, 4])
    [(0, 1), (4, 4)]
    """
    runs: list[tuple[int, int]] = []
    for place in places:
        if runs and runs[-1][1] == place - 1:
            runs[-1] = (runs[-1][0], place)
        else:
            runs.append((place, place))
    return runs
