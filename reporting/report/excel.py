"""A report as an Excel workbook: a sheet a table, numbers as numbers, sums that are live."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from reporting.catalogue import label
from reporting.render import name_second, printable, shown
from reporting.report.document import Document
from reporting.tables import SAID, Column, Table
from reporting.workbook import packed

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

_FORMATS = {"amount": "#,##0.00;[Red]-#,##0.00", "percent": '0.00" %"', "count": "#,##0"}
_NAME_LENGTH = 31
_HEAD = 3
"""The row of the headings; the title stands in the first."""
_WIDEST = 60


def to_excel(document: Document) -> bytes:
    """The workbook's bytes: a cover, then a sheet for each table in the report's order."""
    from openpyxl import Workbook

    book = Workbook()
    cover = book.active
    assert cover is not None
    cover.title = label("report.cover_sheet", document.lang)
    for row in (
        (document.title,),
        (),
        *document.cover.pairs,
        (),
        *((t,) for t in document.colophon),
    ):
        cover.append([printable(cell) for cell in row])
    cover.column_dimensions["A"].width = 28
    if document.simulated:
        cover.append([label("note.simulated", document.lang)])
    names = {cover.title.lower()}
    for section in document.sections:
        for block in section.blocks:
            if isinstance(block, Table):
                sheet = book.create_sheet(_free(section.title, names))
                _fill(sheet, name_second(block), document)
    return packed(book, document.recorded_at)


def _free(title: str, taken: set[str]) -> str:
    """A sheet's name: the section's, short enough, and its own."""
    clean = "".join(" " if sign in r"[]:*?/\\" else sign for sign in title)[:_NAME_LENGTH].strip()
    name, count = clean, 1
    while name.lower() in taken:
        count += 1
        name = f"{clean[: _NAME_LENGTH - 3]} {count}"
    taken.add(name.lower())
    return name


def _fill(sheet: Worksheet, table: Table, document: Document) -> None:
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    lang = document.lang
    sheet["A1"] = table.title.replace("{scale}", "kr")
    sheet["A1"].font = Font(bold=True, size=13)
    sheet.freeze_panes = sheet.cell(_HEAD + 1, 2)
    for place, column in enumerate(table.columns, 1):
        cell = sheet.cell(_HEAD, place, column.heading(lang))
        cell.font = Font(bold=True)
        cell.alignment = Alignment(wrap_text=True, vertical="bottom")
        width = 14 if column.kind != "text" else 8
        longest = max((len(str(row[place - 1] or "")) for row in table.rows), default=0)
        wanted = width if column.kind != "text" else max(width, longest + 2)
        sheet.column_dimensions[get_column_letter(place)].width = min(wanted, _WIDEST)
    last = len(table.rows) - 1
    for number, row in enumerate(table.rows):
        for place, (value, column) in enumerate(zip(row, table.columns, strict=True), 1):
            cell = sheet.cell(_HEAD + 1 + number, place)
            total = table.total and number == last
            cell.value = _sum(table, place - 1, cell.column_letter) if total else None
            if cell.value is None:
                cell.value = _value(value, column, document)
            if column.kind in _FORMATS:
                cell.number_format = _FORMATS[column.kind]
            else:
                cell.data_type = "s" if isinstance(cell.value, str) else cell.data_type
            if total:
                cell.font = Font(bold=True)
    if table.total and table.rows and table.rows[-1][0] is None:
        sheet.cell(_HEAD + 1 + last, 1, label("message.total", lang)).font = Font(bold=True)
    for line, note in enumerate(table.notes):
        sheet.cell(_HEAD + len(table.rows) + 2 + line, 1, printable(note))


def _sum(table: Table, place: int, letter: str) -> str | None:
    """A live sum, where the total is the sum of the rows above it."""
    parts = [row[place] for row in table.rows[:-1]]
    total = table.rows[-1][place]
    if table.columns[place].kind != "amount" or total is None or not parts or None in parts:
        return None
    if sum(int(part) for part in parts if part is not None) != total:
        return None
    return f"=SUM({letter}{_HEAD + 1}:{letter}{_HEAD + len(parts)})"


def _value(value: Any, column: Column, document: Document) -> Any:
    """Kronor as a number to the öre, percentages and counts as numbers, the rest as people read
    it; text that looks like a formula stays text."""
    if value is None or value == SAID:
        return None
    if column.kind == "amount":
        return Decimal(int(value)) / 100
    if column.kind == "percent":
        return Decimal(str(value))
    if column.kind in ("count", "number"):
        return int(value)
    return shown(value, column, document.lang, document.scale)
