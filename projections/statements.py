"""The statutory statement of a region, and its key figures.

The statement is a report structure, such as `resultaträkning`, with its subtotals as headings.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import polars as pl

from ledger.families.organisation import Line
from ledger.log import Book
from ledger.money import percent
from projections.amounts import WIDE
from projections.counted import Counted, Formulas, in_rows
from projections.dimensions import UNMAPPED, Span, as_known, outcome_span, structure_name
from projections.internal_items import counted_eliminations, eliminations
from projections.period_result import counted_result, result
from projections.registry import projection
from projections.side_by_side import counted_divisions, divisions, month_before, outcome_before

__all__ = ["region_summary", "statement"]

#: The setting that names other trees to show beside the line organisation, joined by commas.
TREES = "region.trees"

_SINCE = ("before_published", "before_known", "change_published", "change_known")
AMOUNTS = (
    *("gross", "internal", "net", "budget", "variance", "annual_budget"),
    *("last_year", "change_last_year", *_SINCE),
)
FORMULAS: Formulas = {
    "net": {"gross": 1, "internal": -1},
    "variance": {"gross": 1, "budget": -1},
    "change_last_year": {"gross": 1, "last_year": -1},
    "change_published": {"gross": 1, "before_published": -1},
    "change_known": {"gross": 1, "before_known": -1},
}
_STATEMENT: dict[str, Any] = {
    "line": pl.String,
    "depth": pl.Int64,
    "row_kind": pl.String,
    **dict.fromkeys(AMOUNTS, pl.Int64),
    "change_percent": pl.String,
    "cost_percent": pl.String,
}


@projection(AMOUNTS, ("change_percent", "cost_percent"))
def statement(
    book: Book,
    through: str | None = None,
    known_at: str | None = None,
    *,
    unit: str | None = None,
    tree: str = "line",
    structure: str | None = None,
    year: str | None = None,
    published_at: str | None = None,
) -> pl.DataFrame:
    """A report structure as a statement: its lines, each heading after the lines that it sums.

    Columns: ``line`` (String), ``depth`` (Int64, 0 is the last sum), ``row_kind`` (String: line,
    sum, or unmapped: accounts without line), ``gross``, ``internal`` and ``net`` of the months
    (`eliminations`), ``budget``, ``variance`` (gross − budget, for a budget has no counterparties),
    ``annual_budget``, ``last_year`` and ``change_last_year`` (gross), the month before as
    published and as known with the changes since (as in `divisions`), all Int64 öre in result
    sign; ``change_percent`` (String: change_last_year of last year's size; plus is better) and of
    costs ``cost_percent`` (String: the same as cost development, plus is grown).

    The structure is the one asked for, or the setting ``structure.statement``. Months, unit, tree
    as in `result`. Raises `ledger.errors.UsageError` and `BeyondSixtyFourBits`.
    """
    book = as_known(book, known_at)
    asked, ask = _question(book, through, unit, tree, structure, year)
    now = _lines(result(book, asked.last, **ask))
    inside = _lines(eliminations(book, asked.last, **ask))
    known, told = (
        _lines(frame) if frame is not None else {}
        for frame in month_before(book, asked, published_at, ask)
    )
    found = {
        line: {
            "gross": row["outcome"],
            "internal": inside.get(line, {}).get("internal", 0),
            **{key: row[key] for key in ("budget", "annual_budget", "last_year")},
            "before_published": told.get(line, {}).get("outcome", 0) if told else None,
            "before_known": known.get(line, {}).get("outcome", 0) if known else None,
        }
        for line, row in now.items()
    }
    lines = book.organisation.structure(ask["structure"], asked.last)
    rows = []
    for line, depth, parts in _in_order(lines):
        kept = [found[part] for part in parts if part in found]
        kind = _kind(line, parts)
        rows.append({"line": line, "depth": depth, "row_kind": kind, **_finished(_sum(kept))})
    if UNMAPPED in found:
        row = {"line": UNMAPPED, "depth": 0, "row_kind": UNMAPPED}
        rows.append(row | _finished(found[UNMAPPED]))
    return pl.DataFrame(rows, schema=_STATEMENT)


def counted_statement(
    book: Book,
    through: str | None = None,
    *,
    unit: str | None = None,
    tree: str = "line",
    structure: str | None = None,
    year: str | None = None,
    published_at: str | None = None,
) -> Counted:
    """What `statement` counts, asked as it is: an event once in each row that it is part of;
    ``part`` is its own line."""
    asked, ask = _question(book, through, unit, tree, structure, year)
    now = counted_result(book, asked.last, **ask).facts
    inside = counted_eliminations(book, asked.last, **ask).facts
    internal = [inside[name].select("position", "line", "amount") for name in _INTERNAL]
    found = {
        "gross": now["outcome"],
        "internal": pl.concat(internal),
        **{name: now[name] for name in ("budget", "annual_budget", "last_year") if name in now},
        **outcome_before(book, asked, published_at, ask),
    }
    lines = book.organisation.structure(ask["structure"], asked.last)
    rows = [(line, part, 1) for line, _, parts in _in_order(lines) for part in parts]
    rows.append((UNMAPPED, UNMAPPED, 1))
    parts = {key: in_rows(part, rows) for key, part in found.items()}
    return Counted(("line", "part"), parts)


#: What is internal of income and of cost.
_INTERNAL = ("income_internal", "cost_internal")


def _question(
    book: Book,
    through: str | None,
    unit: str | None,
    tree: str,
    structure: str | None,
    year: str | None,
) -> tuple[Span, dict[str, Any]]:
    """The months, and how the result by line is asked."""
    asked = outcome_span(book, through, year)
    name = structure_name(book, "statement", structure)
    return asked, {"by": ("line",), "unit": unit, "tree": tree, "structure": name}


def _kind(line: str, parts: Sequence[str]) -> str:
    """Whether a row is a line of its own or a sum."""
    return "line" if list(parts) == [line] else "sum"


def _lines(frame: pl.DataFrame) -> dict[str, dict[str, Any]]:
    return {row["line"]: row for row in frame.to_dicts() if row["line"] is not None}


def _in_order(lines: Sequence[Line]) -> Iterator[tuple[str, int, tuple[str, ...]]]:
    """Each line with its depth and the lines that make it: those under a heading, then itself."""
    parents = {line.line: line.parent for line in reversed(lines)}
    names = list(dict.fromkeys(line.line for line in lines))
    ranged = {line.line for line in lines if line.account_from}

    def under(parent: str | None, depth: int) -> Iterator[tuple[str, int, tuple[str, ...]]]:
        for name in names:
            if parents[name] != parent:
                continue
            below = list(under(name, depth + 1))
            yield from below
            leaves = [leaf for leaf, _, parts in below if parts == (leaf,)]
            own = (name,) if name in ranged else ()
            yield name, depth, (*leaves, *own)

    yield from under(None, 0)


def _sum(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    keys = (
        *("gross", "internal", "budget", "annual_budget", "last_year"),
        *("before_published", "before_known"),
    )
    found: dict[str, Any] = {}
    for key in keys:
        parts = [row[key] for row in rows]
        found[key] = None if None in parts else sum(parts)
    return found


def _less(row: dict[str, Any], of: str, less: str) -> int | None:
    known = row[of] is not None and row[less] is not None
    return row[of] - row[less] if known else None


def _finished(row: dict[str, Any]) -> dict[str, Any]:
    """A row with what is computed of its sums."""
    change = _less(row, "gross", "last_year")
    return {
        **row,
        "net": _less(row, "gross", "internal"),
        "variance": _less(row, "gross", "budget"),
        "change_last_year": change,
        "change_published": _less(row, "gross", "before_published"),
        "change_known": _less(row, "gross", "before_known"),
        **_growth(change, row["last_year"], row["gross"]),
    }


def _growth(change: int | None, ago: int | None, now: int | None) -> dict[str, str | None]:
    """The change in percent of last year's size: plus is better, and of a cost plus is grown."""
    if change is None or not ago:
        return {"change_percent": None, "cost_percent": None}
    costs = ago < 0 and now is not None and now < 0
    return {
        "change_percent": percent(change, abs(ago)),
        "cost_percent": percent(-change, abs(ago)) if costs else None,
    }


SUMMARY_AMOUNTS = (
    *("outcome", "budget", "variance", *_SINCE, "last_year", "change_last_year"),
    *("annual_budget", "forecast"),
)


SUMMARY_FORMULAS: Formulas = {
    "variance": {"outcome": 1, "budget": -1},
    "change_published": {"outcome": 1, "before_published": -1},
    "change_known": {"outcome": 1, "before_known": -1},
    "change_last_year": {"outcome": 1, "last_year": -1},
}


@projection(SUMMARY_AMOUNTS, ("change_percent", "cost_percent"))
def region_summary(
    book: Book,
    through: str | None = None,
    known_at: str | None = None,
    *,
    unit: str | None = None,
    tree: str = "line",
    year: str | None = None,
    published_at: str | None = None,
) -> pl.DataFrame:
    """The figures that a director tells first: the statement's sums, and each tree's.

    Columns: ``figure`` (String: a sum of the statement, or ``divisions``, or another tree's name),
    ``outcome``, ``budget``, ``variance``, the month before as published and as known with the
    changes since, ``last_year``, ``change_last_year``, ``annual_budget``, ``forecast`` (Int64 öre,
    result sign, as in `statement` and `divisions`), ``change_percent`` and ``cost_percent``
    (String, as in `statement`; the latter of its costs alone). Other trees are those of the
    setting ``region.trees``.

    Raises `ledger.errors.UsageError` and `BeyondSixtyFourBits`.
    """
    book = as_known(book, known_at)
    asked = outcome_span(book, through, year)
    told = {"published_at": published_at}
    structure = structure_name(book, "statement", asked=False)
    whole = statement(book, asked.last, unit=unit, tree=tree, structure=structure, **told)
    rows = [
        {**row, "figure": row["line"], "outcome": row["gross"], "forecast": None}
        for row in whole.to_dicts()
        if row["row_kind"] == "sum"
    ]
    for name in _trees(book, tree):
        frame = divisions(book, asked.last, unit=unit, tree=name, **told)
        if frame.is_empty():
            continue
        total = frame.row(-1, named=True)
        grown = _growth(total["change_last_year"], total["last_year"], total["outcome"])
        figure = "divisions" if name == tree else name
        rows.append({**total, "figure": figure, **grown, "cost_percent": None})
    schema: dict[str, Any] = {"figure": pl.String, **dict.fromkeys(SUMMARY_AMOUNTS, pl.Int64)}
    schema |= dict.fromkeys(("change_percent", "cost_percent"), pl.String)
    return pl.DataFrame([{key: row[key] for key in schema} for row in rows], schema=schema)


def _trees(book: Book, tree: str) -> Iterable[str]:
    """The tree asked for, and those that stand beside it."""
    others = (book.organisation.setting(TREES) or "").split(",")
    return (tree, *(other.strip() for other in others if other.strip()))


def counted_summary(
    book: Book,
    through: str | None = None,
    *,
    unit: str | None = None,
    tree: str = "line",
    year: str | None = None,
    published_at: str | None = None,
) -> Counted:
    """What `region_summary` counts, asked as it is; ``part`` is the statement's line."""
    asked = outcome_span(book, through, year)
    ask: dict[str, Any] = {"unit": unit, "published_at": published_at}
    parts: dict[str, list[pl.LazyFrame]] = {}
    name = structure_name(book, "statement", asked=False)
    lines = book.organisation.structure(name, asked.last)
    sums = [line for line, _, under in _in_order(lines) if _kind(line, under) == "sum"]
    whole = counted_statement(book, asked.last, tree=tree, structure=name, **ask)
    for key, part in whole.facts.items():
        shown = part.filter(pl.col("line").is_in(sums)).rename({"line": "figure"})
        parts.setdefault("outcome" if key == "gross" else key, []).append(shown)
    for other in _trees(book, tree):
        figure = pl.lit("divisions" if other == tree else other).alias("figure")
        for key, part in counted_divisions(book, asked.last, tree=other, **ask).facts.items():
            amount = pl.col("amount").cast(WIDE)
            own = pl.lit(None, pl.String).alias("part")
            shown = part.select("position", figure, own, amount)
            parts.setdefault(key, []).append(shown)
    return Counted(("figure", "part"), {key: pl.concat(found) for key, found in parts.items()})
