"""Tables that read as a book: rows in groups, each with a heading and sums of its own. They are
for people; as data a book is flat rows, a `reporting.tables.Table`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from reporting.catalogue import Language
from reporting.numbers import Scale
from reporting.render import aligned, heading_lines, printable, shown, strong
from reporting.tables import Column, Value

_INDENT = "  "


@dataclass(frozen=True, slots=True)
class Group:
    """Lines of a heading, rows under it, and the rows that sum them up."""

    heading: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...] = ()
    sums: tuple[tuple[Value, ...], ...] = ()


@dataclass(frozen=True)
class Grouped:
    """A title, columns, and rows in groups; notes under them."""

    title: str
    columns: tuple[Column, ...]
    groups: tuple[Group, ...]
    notes: tuple[str, ...] = ()


def to_lines(
    table: Grouped, lang: Language, scale: Scale = "kr", *, bold: bool = False
) -> list[str]:
    """Title, headings and the groups as aligned lines. A column in which no group has anything is
    left out; a value that is not there is an empty cell."""
    rows = [row for group in table.groups for row in (*group.rows, *group.sums)]
    kept = [i for i, _ in enumerate(table.columns) if any(row[i] is not None for row in rows)]
    columns = [table.columns[i] for i in kept]

    def cells(row: tuple[Value, ...]) -> list[str]:
        return [
            "" if row[i] is None else shown(row[i], table.columns[i], lang, scale) for i in kept
        ]

    texts = [
        ([cells(row) for row in group.rows], [cells(row) for row in group.sums])
        for group in table.groups
    ]
    every = [line for body, sums in texts for line in (*body, *sums)]
    head, widths = heading_lines(columns, every, lang)
    lines = [strong(table.title.replace("{scale}", scale), bold), ""]
    lines += [strong(_INDENT + line, bold) for line in head]
    lines.append(_INDENT + "  ".join("─" * width for width in widths))
    for group, (body, sums) in zip(table.groups, texts, strict=True):
        lines += [strong(printable(line), bold and not at) for at, line in enumerate(group.heading)]
        lines += [_INDENT + aligned(row, columns, widths) for row in body]
        lines += [strong(_INDENT + aligned(row, columns, widths), bold) for row in sums]
        lines.append("")
    return [*lines, *(printable(note) for note in table.notes)]


def spread(columns: Sequence[Column], **values: Value) -> tuple[Value, ...]:
    """A row with the values of some columns, by their keys; nothing in the others."""
    return tuple(values.get(column.key) for column in columns)
