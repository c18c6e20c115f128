"""The working paper of a sample in Excel: out with its items, back with what they were found to be.

A row an item, and a row more for each further attribute that was assessed. The result is chosen
from a list; the difference is a formula. A hidden sheet tells `intake` which column is which, so
``ledger control assess --from`` takes the file as it is; a row that nobody filled in says nothing,
but its booked amount is held against the sample.
A second sheet holds what the sample was drawn from and how.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import projections
from intake.described import Description, Heading
from ledger.families.control_draw import drawn_of
from ledger.families.control_sample import RESULTS, Samples
from ledger.money import to_decimal
from reporting.catalogue import Language, label
from reporting.sample_table import drawn_table
from reporting.workbook import describe, packed, put_text

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

    from ledger.log import Book

#: The columns: key of the projection, which column of an assessment file it is, whether somebody
#: fills it in, and how wide.
_COLUMNS: tuple[tuple[str, str | None, bool, int], ...] = (
    ("sample", "sample", False, 10),
    ("item", "item", False, 10),
    ("voucher", None, False, 14),
    ("date", None, False, 12),
    ("unit", None, False, 9),
    ("account", None, False, 10),
    ("text", None, False, 36),
    ("amount", "amount", False, 15),
    ("hits", None, False, 8),
    ("part", None, False, 14),
    ("attribute", "attribute", True, 16),
    ("assessment", "result", True, 18),
    ("audited", "audited", True, 15),
    ("misstatement", None, False, 15),
    ("evidence", "evidence", True, 22),
    ("assessed_on", "assessed_on", True, 12),
    ("cause", "cause", True, 28),
    ("consequence_text", "consequence", True, 28),
    ("remedy", "measure", True, 28),
    ("owner", "owner", True, 16),
    ("due", "due", True, 12),
    ("comment", "comment", True, 36),
    ("reason", "reason", True, 24),
)
#: What is on record, and must be as it is there.
_HELD = ("amount",)
_KEYS = tuple(key for key, *_ in _COLUMNS)
_HEADINGS = {"item": "column.sample_item"}
_ORE = "#,##0.00;-#,##0.00"


def working_paper(book: Book, lang: Language, name: str) -> bytes:
    """The workbook of a sample that was drawn; what is assessed already stands in its cells.

    Raises `ledger.errors.UsageError` for a sample that was not drawn.
    """
    from openpyxl import Workbook

    drawn = drawn_of(book.state.of(Samples), name)
    rows = projections.sample_items(book, sample=name).to_dicts()
    workbook = Workbook()
    headings = tuple(
        Heading(label(_HEADINGS.get(key, f"column.{key}"), lang), column, filled, key in _HELD)
        for key, column, filled, _ in _COLUMNS
    )
    title = label("sheet.working_paper", lang)
    page = workbook.active
    assert page is not None
    page.title = title
    _write(page, headings, rows, lang)
    facts = workbook.create_sheet(label("sheet.sample", lang))
    table = drawn_table(book, drawn, lang)
    for line, text in enumerate((table.title.replace("{scale}", "kr"), *table.notes), 1):
        put_text(facts.cell(line, 1), text)
    facts.column_dimensions["A"].width = 120
    describe(workbook, Description(title, headings))
    return packed(workbook, book.recorded_at)


def _write(
    page: Worksheet, headings: tuple[Heading, ...], rows: list[dict[str, Any]], lang: Language
) -> None:
    """The items: headings that stay, kronor as numbers, the cells to fill in on another ground."""
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    ground = PatternFill("solid", fgColor="FFF8DC")
    wrapped = Alignment(wrap_text=True, vertical="top")
    for at, heading in enumerate(headings, 1):
        cell = page.cell(1, at, heading.text)
        cell.font, cell.alignment = Font(bold=True), wrapped
        cell.fill = PatternFill("solid", fgColor="E4E9EF")
    letters = {key: get_column_letter(at) for at, key in enumerate(_KEYS, 1)}
    for line, row in enumerate(rows, 2):
        for at, (key, _, filled, _) in enumerate(_COLUMNS, 1):
            cell = page.cell(line, at)
            _put(cell, key, row, line, letters, lang)
            if filled:
                cell.fill = ground
    last = max(len(rows) + 1, 2)
    words = ",".join(label(f"assessment.{result}", lang) for result in RESULTS)
    choice = DataValidation("list", formula1=f'"{words}"', allow_blank=True)
    choice.add(f"{letters['assessment']}2:{letters['assessment']}{last}")
    page.add_data_validation(choice)
    for key, _, _, width in _COLUMNS:
        page.column_dimensions[letters[key]].width = width
    page.column_dimensions[letters["sample"]].hidden = True
    page.freeze_panes = f"{letters['voucher']}2"
    page.auto_filter.ref = f"A1:{get_column_letter(len(_KEYS))}{last}"
    page.page_setup.orientation = "landscape"
    page.page_setup.fitToHeight = 0
    page.sheet_properties.pageSetUpPr.fitToPage = True
    page.print_title_rows = "1:1"


def _put(
    cell: Any, key: str, row: dict[str, Any], line: int, letters: dict[str, str], lang: Language
) -> None:
    """One cell: öre as kronor, counts as numbers, our words in the language, text as text."""
    value = row.get(key)
    if key == "misstatement":
        booked, audited = f"{letters['amount']}{line}", f"{letters['audited']}{line}"
        cell.value = f'=IF({audited}="","",{booked}-{audited})'
        cell.number_format = _ORE
    elif key in ("amount", "audited"):
        cell.value = None if value is None else to_decimal(value)
        cell.number_format = _ORE
    elif key == "hits":
        cell.value = value
    else:
        word = {"assessment": "assessment", "part": "sample_part"}.get(key)
        known = word and value in ("drawn", "whole", "negative", "zero", "judgement", *RESULTS)
        put_text(cell, label(f"{word}.{value}", lang) if known else value)
        cell.number_format = "@"
