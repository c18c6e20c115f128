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


class Page(HTMLParser):
    """A page as it is read: ``tables`` by caption, each its rows of texts, the headings first; and
    its paragraphs, ``said``."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tables: list[tuple[str, list[list[str]]]] = []
        self.said: list[str] = []
        self._into: list[str] | None = None
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        del attrs
        if tag == "table":
            self.tables.append(("", []))
        elif tag == "tr":
            self.tables[-1][1].append([])
        elif tag in ("td", "th", "caption", "p"):
            self._into = []

    def handle_endtag(self, tag):
        text = "".join(self._into or ()).replace("\u00ad", "").strip()
        if tag in ("td", "th"):
            self.tables[-1][1][-1].append(text)
        elif tag == "caption":
            self.tables[-1] = (text, self.tables[-1][1])
        elif tag == "p":
            self.said.append(text)
        else:
            return
        self._into = None

    def handle_data(self, data):
        if self._into is not None:
            self._into.append(data)


def html_tables(path: Path) -> list[ReadTable]:
    """Every table of a page."""
    return [
        ReadTable(caption, heads, [[_cell(text) for text in row] for row in rows])
        for caption, (heads, *rows) in Page(path.read_text(encoding="utf-8")).tables
    ]


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
