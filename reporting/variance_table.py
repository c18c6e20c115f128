"""Variances as a table: each with what explains it under it, and what is left.

::

    Övriga kostnader   avvikelse                       budget  outcome  +6 280
                       förklaring   färre datorer                       +7 000
                       därav        covid-19                            −1 700
                       oförklarat                                         +180
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import projections
from ledger.log import Book
from ledger.money import rounded
from projections.dimensions import Tree, outcome_span
from reporting.catalogue import Language, label
from reporting.notes import asked, known
from reporting.numbers import DECIMALS, Scale
from reporting.tables import SAID, Column, Table, table_from

if TYPE_CHECKING:
    import polars as pl

#: Of each figure: plan, actual, variance, remainder and state in `projections.variances`.
_FIGURES = {
    "variance": ("budget", "outcome", "variance", "remainder", "state"),
    "forecast_variance": (
        *("annual_budget", "forecast", "forecast_variance"),
        *("forecast_remainder", "forecast_state"),
    ),
}


@dataclass(frozen=True)
class ExplainedTable(Table):
    """Variances with parts under them: rounding may put a sum off in more places than one."""

    def off_by_rounding(self, scale: Scale) -> bool:
        """True if the variances, rounded, do not sum to their total, or the parts of one, with
        its remainder, not to it."""
        keys = [column.key for column in self.columns]
        kind, amount, last = keys.index("row_kind"), keys.index("amount"), len(self.rows) - 1
        parts: list[int] = []
        for place in range(last, -1, -1):
            row = self.rows[place]
            if row[kind] in ("explanation", "remainder"):
                parts.append(int(row[amount] or 0))
            elif row[kind] == "variance":
                whole = None if row[amount] is None else int(row[amount] or 0)
                if parts and whole == sum(parts) and _off(whole, parts, scale):
                    return True
                parts = []
        tops = [row[amount] for row in self.rows if row[kind] == "variance"]
        exact = [int(value) for value in tops if value is not None]
        summed = len(exact) == len(tops) > 2 and sum(exact[:-1]) == exact[-1]
        return summed and _off(exact[-1], exact[:-1], scale)

    def remainders(self) -> list[tuple[str, int]]:
        """What is left of each variance that is explained in part: its row's name, and öre."""
        keys = [column.key for column in self.columns]
        kind, amount = keys.index("row_kind"), keys.index("amount")
        found, name = [], ""
        for row in self.rows:
            if row[kind] == "variance":
                names = (row[keys.index(key)] for key in ("name", keys[0]))
                name = str(next((each for each in names if each), ""))
            elif row[kind] == "remainder":
                found.append((name, int(row[amount] or 0)))
        return found


def _off(whole: int, parts: list[int], scale: Scale) -> bool:
    """Whether parts that sum to the whole do not when all are rounded."""
    places = DECIMALS[scale]
    shown = sum(rounded(part, scale, places) for part in parts)
    return shown != rounded(whole, scale, places)


def variances_table(
    book: Book,
    lang: Language,
    *,
    figure: str = "variance",
    brief: bool = False,
    above: bool = False,
    **ask: Any,
) -> Table:
    """The variances of a figure (variance or forecast_variance), asked as
    `projections.variances`; the row of each, its explanations, memos, and the remainder, as
    ``row_kind`` says. ``brief`` leaves empty, for people, what the row above says already, and
    points lines that nobody explained to the whole where that is explained: ``above``, or with a
    command."""
    frame = projections.variances(book, **ask)
    told = projections.variance_explanations(book, **ask)
    keys = frame.columns[: frame.columns.index("name")]
    plan, actual, _, _, state = _FIGURES[figure]
    rows = list(_rows(frame.to_dicts(), told.to_dicts(), keys, figure))
    through = outcome_span(book, ask.get("through"), ask.get("year")).last
    columns = [
        *(Column(key, words="key" if key == "line" else None) for key in keys),
        Column("name"),
        Column("row_kind", words="variance_row", word="column.variance_row"),
        Column("text"),
        Column(plan, "amount"),
        Column(actual, "amount"),
        Column("amount", "amount", signed=True),
        Column(state, words="state"),
    ]
    if brief:
        _abbreviate(rows, [*keys, "name", plan, actual, state], keys, lang)
    notes = [*asked(book, lang, **ask), label(f"note.{figure}_rows", lang), known(book, lang)]
    whole = None
    if brief and keys == ["line"]:
        whole = _explained_whole(book, figure, through, told, ask)
    if whole is not None:
        for row in rows:
            if row.get(state) == "unexplained":
                row[state] = "explained_whole"
        pointed = "explained_above" if above else "explained_whole"
        notes.insert(0, label(f"note.{pointed}", lang, level=whole))
    key = "variances" if figure == "variance" else "forecast_variances"
    title = label(f"title.{key}", lang, through=through, year=through[:4], scale="{scale}")
    table = table_from(rows, columns, title, notes)
    return ExplainedTable(table.title, table.columns, table.rows, notes=table.notes)


def _explained_whole(
    book: Book, figure: str, last: str, told: pl.DataFrame, ask: Mapping[str, Any]
) -> str | None:
    """The level on which the figure of all that is asked about is explained as a whole, by words
    of no line (``told`` are those of lines); None where it is not, or in part."""
    unit = ask.get("unit") or book.organisation.require_founded().root
    level = level_of(book, unit, last)
    if level is None or ask.get("tree") not in (None, "line"):
        return None
    more = projections.variance_explanations(book, last, by=(level,), unit=unit)
    of_line = set(told["position"])
    homes = {
        row["of_unit"]
        for row in more.filter(more["figure"] == figure).to_dicts()
        if row["position"] not in of_line
    }
    levels = {level_of(book, home, last) for home in homes}
    whole = levels.pop() if len(levels) == 1 else None
    if whole is None:
        return None
    states = projections.variances(book, last, by=(whole,), unit=unit)[_FIGURES[figure][-1]]
    return None if "unexplained" in states.to_list() else whole


def level_of(book: Book, unit: str, last: str) -> str | None:
    """The level of a unit in the line organisation of a month, None where it is on none."""
    tree = Tree(book, "line", last)
    return next((name for name in tree.levels if tree.at_level(name).get(unit) == unit), None)


def _abbreviate(
    rows: list[dict[str, Any]], said: list[str], keys: list[str], lang: Language
) -> None:
    """Leave empty, in place, what the row above says; name the total."""
    for row in rows:
        if row["row_kind"] != "variance":
            row |= dict.fromkeys(said, SAID)
        elif len(keys) == 1 and row[keys[0]] is None:
            row[keys[0]] = label("message.total", lang)


def _rows(
    frame: list[dict[str, Any]], told: list[dict[str, Any]], keys: list[str], figure: str
) -> Iterator[dict[str, Any]]:
    """Each variance with what is under it; the total row has none of the others' explanations."""
    plan, actual, variance, remainder, state = _FIGURES[figure]
    for row in frame:
        place = {key: row[key] for key in keys}
        mine = [t for t in told if t["figure"] == figure and place == {k: t[k] for k in keys}]
        yield {
            **place,
            "name": row["name"],
            "row_kind": "variance",
            plan: row[plan],
            actual: row[actual],
            "amount": row[variance],
            state: row[state],
        }
        for memo, kind in (("no", "explanation"), ("yes", "memo")):
            for each in mine:
                if each["memo"] == memo:
                    amount, text = each["amount"], each["text"]
                    yield {**place, "row_kind": kind, "text": text, "amount": amount}
        if row[state] == "remainder" and mine:
            yield {**place, "row_kind": "remainder", "amount": row[remainder]}
