"""Tables of forecasts as a window has room for them. Data, JSON and CSV, always has all columns.

A table that is too wide first wraps its headings as narrow as their words, then puts its texts
under it, leaves out what its caller can spare, and last cuts names.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from reporting.catalogue import Language
from reporting.numbers import Scale
from reporting.render import heading_lines, name_second, name_total, shown
from reporting.tables import Table

#: Columns of a window that tables are made for.
WIDTH = 120
#: What is left of a name that is cut, at least.
_SHORTEST = 8
_CUT = "…"
#: The column of texts, and those that say whose a text is.
_TEXT = "text"
_CODES = ("risk", "unit", "line")


def fitted(
    table: Table, lang: Language, scale: Scale, spare: Sequence[str] = (), width: int = WIDTH
) -> Table:
    """The table no wider than that, if it can be: without columns of ``spare``, in that order, as
    many as need be. What stands in a column ``text`` is put under the table first."""
    if _width(table, lang, scale) <= width:
        return table
    table = replace(table, columns=tuple(replace(c, tight=True) for c in table.columns))
    if _width(table, lang, scale) > width:
        table = _texts_below(table)
    for key in spare:
        if _width(table, lang, scale) <= width:
            return table
        table = without(table, key)
    return _cut(table, lang, scale, width)


def _texts_below(table: Table) -> Table:
    """The table with its texts as notes, each after the codes that its row begins with."""
    keys = [column.key for column in table.columns]
    if _TEXT not in keys:
        return table
    place = keys.index(_TEXT)
    codes = [i for i, key in enumerate(keys) if key in _CODES and i < place]
    said = [
        f"{' '.join(str(row[i]) for i in codes if row[i] is not None)}: {row[place]}"
        for row in table.rows
        if row[place]
    ]
    return replace(without(table, _TEXT), notes=(*dict.fromkeys(said), *table.notes))


def without(table: Table, *keys: str) -> Table:
    """The table without those columns."""
    kept = [i for i, column in enumerate(table.columns) if column.key not in keys]
    return replace(
        table,
        columns=tuple(table.columns[i] for i in kept),
        rows=tuple(tuple(row[i] for i in kept) for row in table.rows),
    )


def _cells(table: Table, lang: Language, scale: Scale) -> list[list[str]]:
    cells = [
        [shown(v, c, lang, scale) for v, c in zip(row, table.columns, strict=True)]
        for row in table.rows
    ]
    if table.total:
        name_total(cells[-1], table, lang)
    return cells


def _widths(table: Table, lang: Language, scale: Scale) -> list[int]:
    return heading_lines(table.columns, _cells(table, lang, scale), lang)[1]


def _width(table: Table, lang: Language, scale: Scale) -> int:
    """As it is shown, with two spaces between columns."""
    widths = _widths(name_second(table), lang, scale)
    return sum(widths) + 2 * (len(widths) - 1)


def _cut(table: Table, lang: Language, scale: Scale, width: int) -> Table:
    """The table with its longest texts cut, the widest column first."""
    over = _width(table, lang, scale) - width
    while over > 0:
        widths = _widths(table, lang, scale)
        texts = [i for i, c in enumerate(table.columns) if c.kind == "text"]
        place = max(texts, key=lambda i: widths[i], default=0)
        least = max(_SHORTEST, len(max(table.columns[place].heading(lang).split(), key=len)))
        room = max(widths[place] - over, least)
        if not texts or room >= widths[place]:
            break
        rows = [list(row) for row in table.rows]
        for row, cells in zip(rows, _cells(table, lang, scale), strict=True):
            if len(cells[place]) > room:
                row[place] = cells[place][: room - 1].rstrip() + _CUT
        table = replace(table, rows=tuple(map(tuple, rows)))
        over = _width(table, lang, scale) - width
    return table
