"""Tables as text, JSON and CSV. The same table and options give the same bytes."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any, Literal
from unicodedata import category

from ledger.money import to_text
from reporting import numbers
from reporting.catalogue import Language, has, label
from reporting.numbers import Scale
from reporting.tables import SAID, Column, Table, Value

Format = Literal["table", "json", "csv"]

_GAP = "  "
_HEADING_WIDTH = 14


# ── JSON and CSV: exact ────────────────────────────────────────────────────────────────────────


def exact(value: Value, column: Column) -> Any:
    """A value as data: amounts as kronor text with two decimals, percentages as text."""
    if value is None:
        return None
    match column.kind:
        case "amount" | "hours":
            return to_text(int(value))
        case "percent" | "decimal":
            return f"{Decimal(value):f}"
        case "count" | "number":
            return int(value)
        case "numbers":
            return [int(part) for part in str(value).split()]
        case "texts":
            return str(value).split()
    return str(value)


def objects(table: Table) -> list[dict[str, Any]]:
    """The rows as objects, keys in the columns' order, grouped columns in an object of their
    own."""
    found: list[dict[str, Any]] = []
    for row in table.rows:
        item: dict[str, Any] = {}
        for value, column in zip(row, table.columns, strict=True):
            place = item if column.group is None else item.setdefault(column.group, {})
            place[column.key] = exact(value, column)
        found.append(item)
    return found


def to_json(table: Table) -> str:
    """A list of objects, one a row."""
    return json.dumps(objects(table), ensure_ascii=False, indent=2) + "\n"


def to_csv(table: Table, *, excel: bool = False) -> str:
    """Comma, decimal point and LF; for Excel in Sweden semicolon, decimal comma, CRLF and BOM."""
    out = io.StringIO()
    writer = csv.writer(
        out, delimiter=";" if excel else ",", lineterminator="\r\n" if excel else "\n"
    )
    writer.writerow([column.key for column in table.columns])
    for row in table.rows:
        writer.writerow([_cell(v, c, excel) for v, c in zip(row, table.columns, strict=True)])
    return ("\ufeff" if excel else "") + out.getvalue()


def _cell(value: Value, column: Column, excel: bool) -> str:
    known = value if column.kind in ("numbers", "texts") else exact(value, column)
    text = "" if known is None else str(known)
    decimal = excel and column.kind in ("amount", "hours", "percent", "decimal")
    return text.replace(".", ",") if decimal else text


# ── text: for people ───────────────────────────────────────────────────────────────────────────


#: Columns of periods that may be from one to another: data have two hyphens, people a dash.
_INTERVALS = ("interval", "comparator", "missing")


def shown(value: Value, column: Column, lang: Language, scale: Scale) -> str:
    """A value as people read it."""
    if value == SAID:
        return SAID
    match column.kind:
        case "amount":
            ore = None if value is None else int(value)
            if column.ore:
                return numbers.amount(ore, lang, "kr", 2, signed=column.signed)
            return numbers.amount(ore, lang, scale, signed=column.signed)
        case "percent":
            exact_value = None if value is None else Decimal(value)
            return numbers.percent(exact_value, lang, signed=column.signed)
        case "hours":
            hundredths = None if value is None else int(value)
            if column.ore:
                return numbers.amount(hundredths, lang, "kr", 2, signed=column.signed)
            return numbers.hours(hundredths, lang, signed=column.signed)
        case "decimal":
            known = None if value is None else Decimal(value)
            return "" if known is None else numbers.shown(known, lang, signed=column.signed)
        case "count":
            whole = None if value is None else int(value)
            return numbers.count(whole, lang, signed=column.signed)
        case "number":
            return numbers.UNKNOWN if value is None else str(value)
    if value is None:
        return ""
    key = f"{column.words}.{value}"
    if column.words and has(key):
        return label(key, lang)
    text = printable(str(value))
    return text.replace("--", "–") if column.key in _INTERVALS else text


def printable(text: str) -> str:
    """Text without control characters: what a file held must not steer the terminal."""
    return "".join("·" if category(sign) == "Cc" else sign for sign in text)


def to_lines(table: Table, lang: Language, scale: Scale = "kr", *, bold: bool = False) -> list[str]:
    """Title, headings, rows and notes as aligned lines: text to the left, figures to the right.

    ``{scale}`` in the title is the unit of money. ``bold`` is for terminals that
    show it; it adds nothing that the words do not say.
    """
    table = name_second(table)
    cells = [
        [shown(v, c, lang, scale) for v, c in zip(row, table.columns, strict=True)]
        for row in table.rows
    ]
    if table.total:
        name_total(cells[-1], table, lang)
    head, widths = heading_lines(table.columns, cells, lang)
    title = table.title.replace("{scale}", scale)
    lines = [strong(title, bold), ""] if title else []
    lines += [strong(line, bold) for line in head]
    rule = _GAP.join("─" * width for width in widths)
    lines.append(rule)
    for place, row in enumerate(cells):
        last = table.total and place == len(cells) - 1
        if last:
            lines.append(rule)
        lines.append(strong(aligned(row, table.columns, widths), bold and last))
    notes = [printable(note) for note in table.notes]
    if table.off_by_rounding(scale):
        notes.append(label("note.rounding", lang))
    if notes:
        lines += ["", *notes]
    return lines


def heading_lines(
    columns: Sequence[Column], cells: Sequence[Sequence[str]], lang: Language
) -> tuple[list[str], list[int]]:
    """The headings over as many lines as they need, and how wide each column is with its cells."""
    headings = [
        _wrapped(column.heading(lang), _narrowest(column, [row[place] for row in cells], lang))
        for place, column in enumerate(columns)
    ]
    widths = [
        max([len(line) for line in heading] + [len(row[place]) for row in cells])
        for place, heading in enumerate(headings)
    ]
    height = max((len(heading) for heading in headings), default=0)
    lines = [
        aligned([_level(heading, level, height) for heading in headings], columns, widths)
        for level in range(height)
    ]
    return lines, widths


def name_second(table: Table) -> Table:
    """The table with the name beside the code that it names, where people look for it, and
    without names that only say the code once more."""
    keys = [column.key for column in table.columns]
    place = keys.index("name") if "name" in keys else 0
    if place == 0:
        return table
    order = [0, place, *(i for i in range(1, len(keys)) if i != place)]
    if all(row[place] in (None, row[0]) for row in table.rows):
        order.remove(place)
    return replace(
        table,
        columns=tuple(table.columns[i] for i in order),
        rows=tuple(tuple(row[i] for i in order) for row in table.rows),
    )


def name_total(row: list[str], table: Table, lang: Language) -> None:
    """Say "total" in the first text column that is empty in the total row."""
    for place, column in enumerate(table.columns):
        if column.kind == "text" and not row[place]:
            row[place] = label("message.total", lang)
            return


def _narrowest(column: Column, cells: Sequence[str], lang: Language) -> int:
    """How wide the lines of a column's heading may be."""
    if not column.tight:
        return _HEADING_WIDTH
    return max(len(text) for text in (*column.heading(lang).split(" "), *cells))


def _wrapped(heading: str, width: int) -> list[str]:
    """A heading over as many lines as its words need."""
    lines: list[str] = []
    for word in heading.split(" "):
        if lines and len(lines[-1]) + 1 + len(word) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def _level(heading: list[str], level: int, height: int) -> str:
    """One line of a heading; headings stand on the rule."""
    place = level - (height - len(heading))
    return heading[place] if place >= 0 else ""


def aligned(cells: Sequence[str], columns: Sequence[Column], widths: Sequence[int]) -> str:
    """A line of cells: text to the left, figures to the right."""
    parts = [
        cell.ljust(width) if column.kind == "text" else cell.rjust(width)
        for cell, column, width in zip(cells, columns, widths, strict=True)
    ]
    return _GAP.join(parts).rstrip(" ")


def strong(text: str, bold: bool) -> str:
    """Bold, where the terminal shows it."""
    return f"\x1b[1m{text}\x1b[0m" if bold and text else text
