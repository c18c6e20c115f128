"""Tables in Markdown, for documents."""

from __future__ import annotations

from reporting.catalogue import Language
from reporting.numbers import UNKNOWN
from reporting.render import shown
from reporting.tables import Table


def to_markdown(table: Table, lang: Language) -> str:
    """The table's columns and rows, figures to the right; without its title and notes. A dash
    where there are no rows."""
    if not table.rows:
        return UNKNOWN
    heads = [column.heading(lang) for column in table.columns]
    sides = ["---" if column.kind == "text" else "---:" for column in table.columns]
    rows = [
        [
            _cell(shown(value, column, lang, "kr"))
            for value, column in zip(row, table.columns, strict=True)
        ]
        for row in table.rows
    ]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (heads, sides, *rows))


def _cell(text: str) -> str:
    """Text that stays within its cell."""
    return text.replace("\\", "\\\\").replace("|", "\\|")
