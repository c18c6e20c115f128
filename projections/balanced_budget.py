"""The balanced-budget statement (balanskravsutredning): from the result to what must balance.

It is a report structure, in the form of kommunallagen (2017:725) ch. 11 and the recommendations on
the management report: what the requirement leaves out, then what is put into a reserve or used from
it. The law names the reserve resultatutjämningsreserv to 2023 and resultatreserv from 2024
(prop. 2022/23:119); a structure that is decided anew from 2024-01 has the new name from then on. ::

    Årets resultat                                  heading: all income and cost
      Samtliga realisationsvinster             −1   heading, or a line with accounts: taken away
        Övriga realisationsvinster             −1
        Vissa vinster enligt undantag           1   taken back of what the heading takes away
      Orealiserade förändringar                −1
      Årets resultat efter justeringar          1   all other accounts
    Årets balanskravsresultat                       second heading: what is left after reserves
      Reservering till reserven                −1   accounts of the reserve, in equity: what was
      Användning av reserven                   −1   put there in the year is taken away
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeVar

import polars as pl

from ledger.families.organisation import Line
from ledger.log import Book
from projections import facts
from projections.amounts import WIDE, narrowed
from projections.counted import Counted, in_rows
from projections.dimensions import (
    UNMAPPED,
    Dimensions,
    Span,
    as_known,
    outcome_span,
    structure_name,
)
from projections.period_result import counted_result, result
from projections.registry import projection

__all__ = ["balance_requirement"]

AMOUNTS = ("outcome", "budget", "annual_budget", "last_year")
_BALANCE = ("asset", "liability")
K = TypeVar("K")
#: The figures of a line; None is unknown.
Figures = Mapping[str, int | None]


@projection(AMOUNTS)
def balance_requirement(
    book: Book,
    through: str | None = None,
    known_at: str | None = None,
    *,
    unit: str | None = None,
    tree: str = "line",
    structure: str | None = None,
    year: str | None = None,
) -> pl.DataFrame:
    """The balanced-budget statement: from the result to what must balance.

    Columns: ``line`` (String), ``row_kind`` (sum: the period's result, and the last row where the
    structure has a second heading; less: taken away, with the sign turned; back: taken back of
    that; line: what is left; unmapped: of it, accounts without line, where several lines are left;
    reserve: put into a reserve or used from it), ``outcome``, ``budget``, ``annual_budget``,
    ``last_year`` (Int64 öre, result sign).

    The structure is the one asked for, or the setting ``structure.balance_requirement``, as decided
    for the last month. Its lines of sign −1 are taken away from the sum of all; a heading of sign
    −1 is what its lines are together, of which those of sign 1 are taken back. Lines under a second
    heading take balance accounts: what was booked (or budgeted) on them in the months, opening
    balances apart, with the sign turned.

    Raises `ledger.errors.UsageError` and `BeyondSixtyFourBits`.
    """
    book = as_known(book, known_at)
    asked, ask = _question(book, through, unit, tree, structure, year)
    frame = result(book, asked.last, **ask)
    whole = {key: frame[key][-1] for key in AMOUNTS}
    found = {row["line"]: {key: row[key] for key in AMOUNTS} for row in frame[:-1].to_dicts()}
    moved = _moved(book, asked, ask, whole)
    lines = book.organisation.structure(ask["structure"], asked.last)

    def figures(names: Iterable[str]) -> Figures:
        parts = [part[line] for line in names for part in (found, moved) if line in part]
        return _sum(parts) if parts else dict.fromkeys(AMOUNTS, 0)

    rows = [
        {"line": line, "row_kind": kind, **{key: amounts[key] for key in AMOUNTS}}
        for line, kind, amounts in _rows(_Form(lines), figures, whole)
    ]
    schema = {"line": pl.String, "row_kind": pl.String} | dict.fromkeys(AMOUNTS, WIDE)
    return narrowed(pl.DataFrame(rows, schema), AMOUNTS)


def counted_requirement(
    book: Book,
    through: str | None = None,
    *,
    unit: str | None = None,
    tree: str = "line",
    structure: str | None = None,
    year: str | None = None,
) -> Counted:
    """What `balance_requirement` counts, asked as it is: an event once in each row that it is part
    of, with the row's sign; ``part`` is its own line."""
    asked, ask = _question(book, through, unit, tree, structure, year)
    form = _Form(book.organisation.structure(ask["structure"], asked.last))
    names = [*form.sign, UNMAPPED]

    def figures(lines: Iterable[str]) -> dict[tuple[str, str], int | None]:
        """How often each line's own figure and what was moved on it count, instead of a sum."""
        return {(kind, line): 1 for line in lines for kind in ("found", "moved")}

    whole: dict[tuple[str, str], int | None] = {("found", line): 1 for line in names}
    rows: dict[str, list[tuple[str | None, str, int]]] = {"found": [], "moved": []}
    for name, _, times in _rows(form, figures, whole):
        for (kind, line), sign in times.items():
            if sign:
                rows[kind].append((name, line, sign))
    now = counted_result(book, asked.last, **ask).facts
    moved = _moved_facts(book, asked, ask)
    parts = {
        key: pl.concat([in_rows(now[key], rows["found"]), in_rows(moved[key], rows["moved"])])
        for key in AMOUNTS
        if key in now
    }
    return Counted(("line", "part"), parts)


def _question(
    book: Book,
    through: str | None,
    unit: str | None,
    tree: str,
    structure: str | None,
    year: str | None,
) -> tuple[Span, dict[str, Any]]:
    """The months, and how the result by line is asked."""
    name = structure_name(book, "balance_requirement", structure)
    ask = {"by": ("line",), "unit": unit, "tree": tree, "structure": name}
    return outcome_span(book, through, year), ask


class _Form:
    """A structure as a statement: which lines take away, take back, are left, are reserves."""

    def __init__(self, lines: list[Line]) -> None:
        first = {line.line: line for line in reversed(lines)}
        names = list(dict.fromkeys(line.line for line in lines))
        self.sign = {name: first[name].sign for name in names}
        self.parent = {name: first[name].parent for name in names}
        self.leaves = [name for name in names if first[name].account_from]
        headings = [n for n in names if not first[n].account_from and self.parent[n] is None]
        self.top, self.closing = (*headings, None, None)[:2]
        self.reserves = [n for n in self.leaves if self.closing and self.closing in self._above(n)]
        taken = [name for name in names if self.sign[name] == -1 and name not in self.reserves]
        #: What is taken away, outermost only, with the lines that it is made of.
        self.less = {
            name: [leaf for leaf in self.leaves if name in (leaf, *self._above(leaf))]
            for name in taken
            if not any(above in taken for above in self._above(name))
        }
        away = {leaf for leaves in self.less.values() for leaf in leaves}
        self.left = [n for n in self.leaves if n not in away and n not in self.reserves]

    def back(self, name: str) -> list[str]:
        """The lines that are taken back of what ``name`` takes away."""
        return [leaf for leaf in self.less[name] if self.sign[leaf] == 1]

    def _above(self, name: str) -> list[str]:
        found: list[str] = []
        while (above := self.parent.get(name)) is not None and above not in found:
            found.append(above)
            name = above
        return found


def _rows(
    form: _Form,
    figures: Callable[[Iterable[str]], Mapping[K, int | None]],
    whole: Mapping[K, int | None],
) -> Iterator[tuple[str | None, str, Mapping[K, int | None]]]:
    """The statement's rows in order: name, kind, figures."""
    yield form.top, "sum", whole
    adjusted = [whole]
    for name, leaves in form.less.items():
        adjusted.append(_turned(figures(leaves)))
        yield name, "less", adjusted[-1]
        for leaf in form.back(name):
            adjusted.append(figures([leaf]))
            yield leaf, "back", adjusted[-1]
    after = _sum(adjusted)
    if len(form.left) == 1:
        yield form.left[0], "line", after
    else:
        yield from ((name, "line", figures([name])) for name in form.left)
        if any(figures([UNMAPPED]).values()):
            yield UNMAPPED, UNMAPPED, figures([UNMAPPED])
    reserves = [(name, _turned(figures([name]))) for name in form.reserves]
    yield from ((name, "reserve", amounts) for name, amounts in reserves)
    if form.closing is not None:
        yield form.closing, "sum", _sum([after, *(amounts for _, amounts in reserves)])


def _sum(parts: Iterable[Mapping[K, int | None]]) -> dict[K, int | None]:
    """The figures' sums; unknown where a part is."""
    every = list(parts)
    found: dict[K, int | None] = {}
    for key in dict.fromkeys(key for part in every for key in part):
        values = [part.get(key, 0) for part in every]
        known = [value for value in values if value is not None]
        found[key] = sum(known) if len(known) == len(values) else None
    return found


def _turned(amounts: Mapping[K, int | None]) -> dict[K, int | None]:
    return {key: None if value is None else -value for key, value in amounts.items()}


def _moved(
    book: Book, asked: Span, ask: Mapping[str, Any], whole: Figures
) -> dict[str, dict[str, int | None]]:
    """What was booked and budgeted on the balance accounts of each line; unknown where the
    ``whole`` is."""
    found: dict[str, dict[str, int | None]] = defaultdict(
        lambda: {key: None if whole[key] is None else 0 for key in AMOUNTS}
    )
    for key, part in _moved_facts(book, asked, ask).items():
        sums = part.group_by("line").agg(pl.col("amount").cast(WIDE).sum()).collect()
        for line, amount in sums.iter_rows():
            if (before := found[line][key]) is not None:
                found[line][key] = before + amount
    return dict(found)


def _moved_facts(book: Book, asked: Span, ask: Mapping[str, Any]) -> dict[str, pl.LazyFrame]:
    """The entries and budgets of balance accounts that lines take: ``position``, ``line``,
    ``amount``."""
    words = {key: value for key, value in ask.items() if key != "by"}
    dimensions = Dimensions(book, asked.last, ask["by"], **words)
    assert dimensions.structure is not None
    booked, decided = facts.outcome(book, types=_BALANCE), facts.budget(book, _BALANCE)
    parts = {
        "outcome": (booked, asked.months),
        "budget": (decided, asked.months),
        "annual_budget": (decided, asked.whole_year),
        "last_year": (booked, asked.last_year),
    }
    taken = dimensions.structure.line_of
    line = pl.col("account").replace_strict(
        list(taken), list(taken.values()), default=None, return_dtype=pl.String
    )
    return {
        key: dimensions.within(facts.months_in(part, months))
        .select("position", line.alias("line"), "amount")
        .drop_nulls("line")
        for key, (part, months) in parts.items()
    }
