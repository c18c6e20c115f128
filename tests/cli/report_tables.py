"""The tables of a written report, read back: out of its HTML and out of its Excel cells.

A cell is a number (amounts in millions of kronor, percentages as such) or text.
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path

Cell = Decimal | str | None
_NUMBER = re.compile(r"[+\-]?\d[\d ]*(?:,\d+)?(?: ?%)?")


@dataclass
class ReadTable:
    """A table as its reader sees it: title, headings, rows."""

    title: str
    heads: list[str]
    rows: list[list[Cell]]


def _cell(text: str) -> Cell:
    """What people read as a number is one."""
    plain = text.replace("\u00a0", " ").replace("\u202f", " ").replace("\u2212", "-").strip()
    if _NUMBER.fullmatch(plain):
        return Decimal(plain.rstrip("% ").replace(" ", "").replace(",", "."))
    return plain or None


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tables: list[ReadTable] = []
        self._text: list[str] | None = None
        self._row: list[str] = []

    def handle_starttag(self, tag, attrs):
        del attrs
        if tag == "table":
            self.tables.append(ReadTable("", [], []))
        if tag == "tr":
            self._row = []
        if tag in ("caption", "th", "td"):
            self._text = []

    def handle_data(self, data):
        if self._text is not None:
            self._text.append(data)

    def handle_endtag(self, tag):
        if tag in ("caption", "th", "td") and self._text is not None:
            text, self._text = "".join(self._text), None
            if tag == "caption":
                self.tables[-1].title = text.strip()
            else:
                self._row.append(text)
        if tag == "tr":
            table = self.tables[-1]
            if not table.heads:
                table.heads = [text.strip() for text in self._row]
            else:
                table.rows.append([_cell(text) for text in self._row])


def html_tables(path: Path) -> list[ReadTable]:
    """Every table of a page."""
    page = _Page()
    page.feed(path.read_text(encoding="utf-8"))
    return page.tables


def excel_tables(path: Path) -> list[ReadTable]:
    """Every sheet that is a table, its formulas by what they come to."""
    from openpyxl import load_workbook

    found = []
    for sheet in load_workbook(path, data_only=True).worksheets[1:]:
        title = str(sheet["A1"].value)
        heads = [str(cell.value) for cell in sheet[3]]
        rows = []
        for cells in sheet.iter_rows(min_row=4):
            if cells[0].value is None and len([c for c in cells if c.value is not None]) == 0:
                break
            rows.append([_number(cell, title.endswith(", kr")) for cell in cells])
        found.append(ReadTable(title, heads, rows))
    return found


def _number(cell, kronor: bool) -> Cell:
    """A cell's number: kronor in millions, a share in percent."""
    if isinstance(cell.value, str) or cell.value is None:
        return cell.value
    value = Decimal(str(cell.value))
    if "%" in cell.number_format:
        return value * 100
    return value / 1_000_000 if kronor and "0.00" in cell.number_format else value


def one(tables: list[ReadTable], title: str, row: tuple[str, ...], head: str) -> Cell:
    """The cell under a heading in the row that has all the texts (one as ``HEADING=TEXT`` under
    that heading), in the table so called."""
    (table,) = [table for table in tables if table.title.startswith(title)]

    def has(cells: list[Cell]) -> bool:
        said = [str(cell).strip() for cell in cells]
        named = {f"{name}={text}" for name, text in zip(table.heads, said, strict=True)}
        return named | set(said) >= set(row)

    (found,) = [cells for cells in table.rows if has(cells)]
    return found[table.heads.index(head)]
