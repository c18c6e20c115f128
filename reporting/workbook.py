"""Excel workbooks as bytes, and what their formulas come to."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import quoteattr

from intake.described import SHEET, Description
from reporting.office import dated, sealed
from reporting.render import printable

if TYPE_CHECKING:
    from openpyxl import Workbook

#: What formulas come to: by sheet (its number, from 1) and cell.
Results = Mapping[tuple[int, str], Decimal]

_SHEET = re.compile(r"xl/worksheets/sheet(\d+)\.xml")
_DRAWING = re.compile(r"xl/drawings/drawing(\d+)\.xml")
_FRAME = re.compile(r'<(?:xdr:)?cNvPr id="\d+" name="Chart \d+"')
_FORMULA = re.compile(r'(<c r="([A-Z]+\d+)"[^>]*><f>[^<]*</f>)<v ?/?>(?:</v>)?')


def packed(
    workbook: Workbook,
    recorded_at: str,
    results: Results | None = None,
    drawn: Mapping[str, Sequence[str]] | None = None,
) -> bytes:
    """The workbook's bytes, its parts in order and of one time; the document is dated
    ``recorded_at`` (ISO), which is when what it shows was known.

    ``results`` are stored beside their formulas, so that readers which do not compute (previews,
    phones, screen readers, other programs) see the figures too. ``drawn`` has by sheet, in the
    order of its charts, what they show in words, for who does not see them.
    """
    workbook.properties.created = dated(recorded_at)
    loose = io.BytesIO()
    workbook.save(loose)
    known, told = results or {}, [] if drawn is None else [drawn[n] for n in _drawing(workbook)]

    def with_results(name: str, data: bytes) -> bytes:
        if drawing := _DRAWING.fullmatch(name):
            return _described(data.decode(), told[int(drawing.group(1)) - 1]).encode()
        sheet = _SHEET.fullmatch(name)
        if sheet is None or not known:
            return data
        number = int(sheet.group(1))

        def filled(found: re.Match[str]) -> str:
            result = known.get((number, found.group(2)))
            return found.group(0) if result is None else f"{found.group(1)}<v>{result:f}</v>"

        return _FORMULA.sub(filled, data.decode()).encode()

    return sealed(loose.getvalue(), recorded_at, with_results)


def _drawing(workbook: Workbook) -> list[str]:
    """The names of the sheets with charts, in the order in which their drawings are written."""
    return [sheet.title for sheet in workbook.worksheets if sheet._charts]


def _described(xml: str, words: Sequence[str]) -> str:
    """A drawing with what each of its charts shows in words."""
    left = iter(words)
    return _FRAME.sub(lambda found: f"{found[0]} descr={quoteattr(printable(next(left)))}", xml)


def put_text(cell: Any, text: str | None) -> None:
    """Text as text, whatever it begins with: a comment is no formula."""
    if text is None:
        return
    cell.value = printable(text)
    cell.data_type = "s"


def describe(workbook: Workbook, described: Description) -> None:
    """The hidden sheet by which intake knows the columns."""
    page = workbook.create_sheet(SHEET)
    for line, row in enumerate(described.rows(), 1):
        for at, text in enumerate(row, 1):
            put_text(page.cell(line, at), text)
    page.sheet_state = "hidden"
