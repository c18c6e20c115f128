"""Workbooks for tests: made by openpyxl, with their texts in a part of their own as Excel does."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from typing import Any

from openpyxl import Workbook

SHEET = "xl/worksheets/sheet1.xml"
TEXTS = "xl/sharedStrings.xml"
_INLINE = re.compile(r't="inlineStr"><is><t(?: xml:space="preserve")?>(.*?)</t></is>', re.DOTALL)
_TYPES = "[Content_Types].xml"
_SHARED = (
    f'<Override PartName="/{TEXTS}" ContentType='
    '"application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/></Types>'
)
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def workbook(*rows: Sequence[Any], title: str = "Sheet1") -> bytes:
    """A workbook of one sheet: text as text, numbers as numbers, dates as dates."""
    book = Workbook()
    book.active.title = title
    for row in rows:
        book.active.append(row)
    return saved(book)


def saved(book: Workbook) -> bytes:
    """The workbook as bytes, with its texts in a part of their own."""
    data = io.BytesIO()
    book.save(data)
    parts = unpacked(data.getvalue())
    texts: dict[str, int] = {}

    def share(found: re.Match[str]) -> str:
        return f't="s"><v>{texts.setdefault(found[1], len(texts))}</v>'

    for name, content in parts.items():
        if name.startswith("xl/worksheets/"):
            parts[name] = _INLINE.sub(share, content.decode()).encode()
    items = "".join(f'<si><t xml:space="preserve">{text}</t></si>' for text in texts)
    parts[TEXTS] = f'<sst xmlns="{_MAIN}">{items}</sst>'.encode()
    parts[_TYPES] = parts[_TYPES].replace(b"</Types>", _SHARED.encode())
    return packed(parts.items())


def changed(data: bytes, part: str, old: str, new: str) -> bytes:
    """The workbook with something else in one of its parts."""
    parts = unpacked(data)
    content = parts[part].decode()
    assert old in content
    parts[part] = content.replace(old, new, 1).encode()
    return packed(parts.items())


def unpacked(data: bytes) -> dict[str, bytes]:
    """The parts of a workbook by their names."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(parts: Iterable[tuple[str, bytes]]) -> bytes:
    """The parts as one workbook."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name, content in parts:
            archive.writestr(name, content)
    return data.getvalue()
