"""A region as it is read: units side by side, statements, internal items and their pairs.

People get the columns that a page has room for, data all of them. A pair that does not meet is a
finding: a code in its row, and in words under the table with both sides.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import projections
from ledger.money import rounded
from projections.dimensions import Tree, outcome_span
from projections.side_by_side import published
from reporting import numbers
from reporting.catalogue import Language, has, label
from reporting.notes import asked as asked_for
from reporting.notes import beyond, known, local
from reporting.numbers import Scale
from reporting.plan_table import Finding
from reporting.tables import Column, Table, Value, columns_of, table_of
from reporting.times import month_name

if TYPE_CHECKING:
    import polars as pl

    from ledger.log import Book

#: Columns that people see; data have all.
_SEEN = {
    "divisions": (
        *("unit", "name", "outcome", "budget", "variance", "change_published", "change_known"),
        *("change_last_year", "forecast", "forecast_change", "action_percent", "cost_percent"),
    ),
    "statement": (
        *("line", "gross", "internal", "net", "budget", "variance", "change_known", "last_year"),
        *("change_percent",),
    ),
    "region_summary": (
        *("figure", "outcome", "budget", "variance", "change_published", "change_known"),
        *("change_last_year", "change_percent", "cost_percent", "forecast"),
    ),
    "balance_requirement": ("line", "outcome", "budget", "annual_budget", "last_year"),
    "internal_pairs": (
        *("unit", "name", "counterparty", "counterparty_name"),
        *("booked", "counter_booked", "difference"),
    ),
}
_NOTES = {
    "divisions": ("sign", "as_published", "action_percent", "costs_grow"),
    "statement": ("sign", "statement"),
    "region_summary": ("sign", "as_published", "costs_grow"),
    "balance_requirement": ("balance_requirement",),
    "eliminations": ("internal",),
    "internal_pairs": ("internal_pairs",),
}
#: What the outcome of a table is held against, of those that its columns are.
_AGAINST = ("budget", "last_year")
#: Tables that end with the sum of their rows.
_TOTALS = ("divisions", "eliminations")
_PERCENTS = ("action_percent", "cost_percent")
#: Notes that are of a column, and said where it says anything.
_OF_COLUMN = {"action_percent": "action_percent", "costs_grow": "cost_percent"}


@dataclass(frozen=True)
class SummedTable(Table):
    """A table with sums among its rows; ``sums`` has the place of each, then of what it sums."""

    sums: tuple[tuple[int, ...], ...] = ()

    def off_by_rounding(self, scale: Scale) -> bool:
        """True if rows, rounded as they are shown, do not sum to the sum under them where they
        do exactly."""
        return any(
            _is_off([self.rows[place][at] for place in places], by)
            for at, column in enumerate(self.columns)
            if (by := self._rounding(column, scale)) is not None
            for places in self.sums
        )


def _is_off(values: Sequence[Value], by: tuple[Scale, int]) -> bool:
    """Whether a sum and what it sums, known and equal, are not when all are rounded."""
    exact = [value for value in values if isinstance(value, int)]
    if len(exact) < len(values) or exact[0] != sum(exact[1:]):
        return False
    whole, *parts = (rounded(ore, *by) for ore in exact)
    return whole != sum(parts)


def _sums(depths: Iterable[int]) -> tuple[tuple[int, ...], ...]:
    """The places of sums and their parts, one step in, where a sum stands after its parts."""
    waiting: list[tuple[int, int]] = []
    found = []
    for place, depth in enumerate(depths):
        parts = [at for at, deep in waiting if deep == depth + 1]
        waiting = [(at, deep) for at, deep in waiting if deep <= depth] + [(place, depth)]
        if parts:
            found.append((place, *parts))
    return tuple(found)


def _left(kinds: Iterable[str]) -> tuple[tuple[int, ...], ...]:
    """The places of what must balance and of its parts: what is left of the result where it is one
    row, and the last sum."""
    of = list(enumerate(kinds))
    left = [place for place, kind in of if kind in ("line", "unmapped")]
    found = [(left[0], *range(left[0]))] if len(left) == 1 else []
    last = len(of) - 1
    if last > 0 and of[last][1] == "sum":
        found.append((last, *(p for p, kind in of if kind in ("line", "unmapped", "reserve"))))
    return tuple(found)


@dataclass(frozen=True)
class Shown:
    """A table and its findings."""

    table: Table
    findings: tuple[Finding, ...]


def region(
    name: str,
    book: Book,
    lang: Language,
    *,
    through: str | None = None,
    brief: bool = False,
    unmet: bool = False,
    **ask: Any,
) -> Shown:
    """The table of a projection of this module, asked so; ``brief`` for a page, ``unmet`` the
    pairs alone that do not meet. What is None is not asked."""
    words = {key: value for key, value in ask.items() if value is not None}
    frame = projections.PROJECTIONS[name].function(book, through, **words)
    found = tuple(_findings(frame, lang)) if "finding" in frame.columns else ()
    if unmet:
        frame = frame.filter(frame["finding"].is_not_null())
    last = outcome_span(book, through, ask.get("year")).last
    shown = frame.select(_seen(frame, name)) if brief else frame
    amounts = projections.PROJECTIONS[name].amounts
    single = len(words.get("by", ("one",))) == 1
    table = table_of(
        shown,
        amounts,
        label(f"title.{name}", lang, through=last, scale="{scale}"),
        total=name in _TOTALS and single,
        columns=[_column(each) for each in columns_of(shown, amounts)],
        notes=[
            *asked_for(book, lang, **ask),
            *beyond(book, lang, last, [key for key in _AGAINST if key in frame.columns]),
            *(f"{label('message.finding', lang).capitalize()} [{f.code}]: {f.text}" for f in found),
            *_changed(frame, name, book, last, lang),
            *_notes(name, frame, book, last, lang, words),
            known(book, lang),
        ],
    )
    if name in ("statement", "balance_requirement"):
        sums = _sums(frame["depth"]) if name == "statement" else _left(frame["row_kind"])
        table = SummedTable(table.title, table.columns, table.rows, notes=table.notes, sums=sums)
    if brief and name == "statement":
        table = _indented(table, frame)
    if brief and name == "region_summary":
        table = _figures_named(table, book, last, lang)
    return Shown(table, found)


def _seen(frame: pl.DataFrame, name: str) -> list[str]:
    """The columns for people that say anything."""
    names = _SEEN.get(name, frame.columns)
    return [each for each in names if frame.is_empty() or frame[each].null_count() < frame.height]


def _column(column: Column) -> Column:
    if column.key in _PERCENTS:
        return replace(column, kind="percent", signed=column.key == "cost_percent")
    if column.key in ("internal", "figure"):
        return replace(column, word=f"column.region_{column.key}")
    return column


def _notes(
    name: str,
    frame: pl.DataFrame,
    book: Book,
    last: str,
    lang: Language,
    words: Mapping[str, Any],
) -> Iterable[str]:
    for note in _NOTES[name]:
        if note in _OF_COLUMN and frame[_OF_COLUMN[note]].null_count() == frame.height:
            continue
        if note == "as_published":
            then = _told(book, last, words)
            if then is not None:
                time = local(then, then.recorded_at)[:16]
                yield label("note.as_published", lang, time=time)
            continue
        yield label(f"note.{note}", lang)
    yield tree_note(lang, last, words.get("tree"))


def tree_note(lang: Language, last: str, tree: str | None = None) -> str:
    """In which tree, as of which month, the figures stand."""
    name, _, month = (tree or "line").partition("@")
    said = label("note.tree_line" if name == "line" else "note.tree_named", lang, tree=name)
    if month == "then":
        return label("note.tree_then", lang, tree=said)
    return label("note.tree_of", lang, tree=said, month=month_name(month or last, lang))


def _changed(
    frame: pl.DataFrame, name: str, book: Book, last: str, lang: Language
) -> Iterable[str]:
    """That the month before is another than it was published, for the sum of the rows; of key
    figures, for each."""
    rows = {"divisions": frame[-1:], "region_summary": frame}.get(name, frame[:0])
    for row in rows.to_dicts():
        told, now = row["before_published"], row["before_known"]
        if told is None or now is None or told == now:
            continue
        words = {"told": told, "now": now, "change": now - told}
        shown = {
            key: numbers.amount(ore, lang, signed=key == "change") for key, ore in words.items()
        }
        if name == "divisions":
            yield label("note.before_changed", lang, **shown)
        else:
            of = _figure_name(row["figure"], book, last, lang)
            yield label("note.before_changed_of", lang, row=of, **shown)


def _told(book: Book, last: str, words: Mapping[str, Any]) -> Book | None:
    """The book by which the month before was published."""
    from ledger.periods import shift

    if at := words.get("published_at"):
        return book.at(at)
    return published(book, shift(last, -1))


def _findings(frame: pl.DataFrame, lang: Language) -> Iterable[Finding]:
    """The pairs that do not meet, with both sides."""
    for row in frame.filter(frame["finding"].is_not_null()).to_dicts():
        one, other, less = (
            numbers.amount(row[key], lang, signed=True)
            for key in ("booked", "counter_booked", "difference")
        )
        names = {
            key: " ".join(part for part in (row[code], row[name]) if part)
            for key, code, name in (
                ("unit", "unit", "name"),
                ("counterparty", "counterparty", "counterparty_name"),
            )
        }
        text = label("note.pair_unmet", lang, **names, one=one, other=other, difference=less)
        yield Finding(row["finding"], text)


def _indented(table: Table, frame: pl.DataFrame) -> Table:
    """The statement with its sums to the left and what they sum set in."""
    deepest = max(frame["depth"].to_list(), default=0)
    kinds: Sequence[str] = frame["row_kind"].to_list()
    rows = tuple(
        (f"  {row[0]}" if kind == "line" and deepest else row[0], *row[1:])
        for row, kind in zip(table.rows, kinds, strict=True)
    )
    return replace(table, rows=rows)


def _figures_named(table: Table, book: Book, last: str, lang: Language) -> Table:
    """The key figures with trees by what they are called."""
    rows = tuple((_figure_name(str(row[0]), book, last, lang), *row[1:]) for row in table.rows)
    return replace(table, rows=rows)


def _figure_name(figure: str, book: Book, last: str, lang: Language) -> str:
    """What a key figure is called: a tree by its top."""
    key = f"value.{figure}"
    return label(key, lang) if has(key) else tree_name(book, figure, last)


def tree_name(book: Book, name: str, last: str) -> str:
    """What a tree's only top is called; else the name as it is."""
    if name not in book.organisation.trees:
        return name
    tops = [place.name for place in Tree(book, name, last).places.values() if not place.parent]
    return tops[0] if len(tops) == 1 else name
