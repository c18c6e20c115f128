"""Variances with what explains them, and what is left; and the texts of sections.

An explanation counts in the row of its unit, or of any unit above it; but where a unit above has
explanations of its own for the same line, those stand for all below it, so that nothing is
counted twice. In rows without lines the explanations of the whole result stand in the same way
for those of its lines. ::

    result ── outcome, budget ──> variance ──┐
    explanations that count ────> explained ─┴─> remainder
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

import polars as pl

from ledger.families.commentary import Commentary, Explanation
from ledger.log import Book
from ledger.money import to_ore
from projections import facts
from projections.amounts import narrowed, total
from projections.counted import Counted, Formulas, derived
from projections.dimensions import Dimensions, Tree, as_known, axes, outcome_span, span_of
from projections.period_result import counted_result, result
from projections.registry import projection
from projections.texts import texts

__all__ = ["attachments", "commentary", "variance_explanations", "variances"]

_RESULT = ("outcome", "budget", "annual_budget", "forecast")
_EXPLAINED = ("explained", "forecast_explained")
FORMULAS: Formulas = {
    "variance": {"outcome": 1, "budget": -1},
    "remainder": {"outcome": 1, "budget": -1, "explained": -1},
    "forecast_variance": {"forecast": 1, "annual_budget": -1},
    "forecast_remainder": {"forecast": 1, "annual_budget": -1, "forecast_explained": -1},
}
AMOUNTS = (
    *("outcome", "budget", "variance", "explained", "remainder"),
    *("annual_budget", "forecast", "forecast_variance", "forecast_explained"),
    "forecast_remainder",
)
#: Which measure an explanation is part of.
_MEASURES = {"variance": "explained", "forecast_variance": "forecast_explained"}


@projection(AMOUNTS)
def variances(
    book: Book,
    through: str | None = None,
    known_at: str | None = None,
    *,
    by: str | Iterable[str] = ("line",),
    unit: str | None = None,
    tree: str = "line",
    structure: str | None = None,
    year: str | None = None,
) -> pl.DataFrame:
    """The variance against budget of each row, what explains it, and what is left.

    Columns: the key or keys and ``name`` of the first as in `result`, ``outcome``, ``budget``,
    ``variance``, ``explained``, ``remainder`` (variance − explained), ``annual_budget``,
    ``forecast``, ``forecast_variance``, ``forecast_explained``, ``forecast_remainder`` (Int64 öre,
    result sign: a positive variance is better; null is unknown, as in `result`), ``state`` and
    ``forecast_state``: ties_out (what is left is within the setting ``variance.tolerance``, in
    kronor, else nothing), remainder, or unexplained; null where the variance is not known.

    Rows: ``by`` is one or several of unit, area, division or another level, and line; as in
    `result`, accumulated. Explanations are those of the last month of ``through``, memos apart.

    Raises `ledger.errors.UsageError`, `UnknownTime` and `BeyondSixtyFourBits`.
    """
    book = as_known(book, known_at)
    asked = _Question.of(book, through, by, unit, tree, structure, year)
    keys = list(asked.dimensions.columns().values())
    frame = result(
        book, through, by=asked.by, unit=unit, tree=tree, structure=structure, year=year
    ).select(*keys, "name", *_RESULT)
    frames = [frame]
    for measure, part in asked.explained().items():
        found = part.collect()
        sums = found.group_by(keys).agg(total("amount").alias(measure))
        if len(keys) == 1:  # the total row
            whole = found.select(pl.lit(None, pl.String).alias(keys[0]), "amount")
            sums = pl.concat([sums, whole.group_by(keys).agg(total("amount").alias(measure))])
        frames.append(sums)
    for sums in frames[1:]:
        frame = frame.join(sums, on=keys, how="full", nulls_equal=True, coalesce=True)
    frame = _zeros(frame).sort(pl.col(keys[0]).is_null(), *asked.dimensions.order())
    named = {
        "variance": ("explained", "state"),
        "forecast_variance": ("forecast_explained", "forecast_state"),
    }
    wide = frame.with_columns(
        *(pl.col(name).is_not_null().alias(f"{name}_any") for name in _EXPLAINED),
        *(pl.col(name).fill_null(0) for name in _EXPLAINED),
    ).with_columns(derived(FORMULAS))
    states = [
        _state(figure, explained, tolerance(book)).alias(state)
        for figure, (explained, state) in named.items()
    ]
    shown = wide.with_columns(states).select(*keys, "name", *AMOUNTS, "state", "forecast_state")
    return narrowed(shown, AMOUNTS)


def _zeros(frame: pl.DataFrame) -> pl.DataFrame:
    """A row that is only explained has nothing booked and nothing decided, where others have."""
    known = [name for name in _RESULT if frame[name].null_count() < frame.height]
    only = pl.all_horizontal(pl.col(name).is_null() for name in (*_RESULT, "name"))
    explained = pl.any_horizontal(pl.col(name).is_not_null() for name in _EXPLAINED)
    return frame.with_columns(
        pl.when(only & explained).then(0).otherwise(pl.col(name)).cast(pl.Int64).alias(name)
        for name in known
    )


def _state(figure: str, explained: str, within: int) -> pl.Expr:
    left = pl.col(figure) - pl.col(explained)
    found = pl.when(left.abs() <= within).then(pl.lit("ties_out")).otherwise(pl.lit("remainder"))
    any_ = pl.when(pl.col(f"{explained}_any")).then(found).otherwise(pl.lit("unexplained"))
    return pl.when(pl.col(figure).is_not_null()).then(any_)


def tolerance(book: Book) -> int:
    """What may be left of a variance that is explained, öre."""
    return to_ore((book.organisation.setting("variance.tolerance") or "").strip() or "0")


def counted_variances(
    book: Book,
    through: str | None = None,
    *,
    by: str | Iterable[str] = ("line",),
    unit: str | None = None,
    tree: str = "line",
    structure: str | None = None,
    year: str | None = None,
) -> Counted:
    """What `variances` counts, asked as it is."""
    asked = _Question.of(book, through, by, unit, tree, structure, year)
    counted = counted_result(
        book, through, by=asked.by, unit=unit, tree=tree, structure=structure, year=year
    )
    keys = counted.keys
    parts = {name: counted.facts[name] for name in _RESULT if name in counted.facts}
    told = {n: part.select("position", *keys, "amount") for n, part in asked.explained().items()}
    return Counted(keys, parts | told, counted.unshared)


@projection(("amount",), private=("text",))
def variance_explanations(
    book: Book,
    through: str | None = None,
    known_at: str | None = None,
    *,
    by: str | Iterable[str] = ("line",),
    unit: str | None = None,
    tree: str = "line",
    structure: str | None = None,
    year: str | None = None,
) -> pl.DataFrame:
    """The explanations behind `variances`, asked as it is, in log order within each row.

    Columns: the key or keys of the row in which it counts, ``figure`` (variance or
    forecast_variance), ``unit`` that it is of (under ``of_unit`` where ``unit`` is a key),
    ``memo`` (yes: the variance holds it already, and no sum counts it; else no), ``amount`` (Int64
    öre, result sign), ``text`` (String; the marker of its erasure where erased), ``position``
    (Int64: its event).

    Raises as `variances` does.
    """
    book = as_known(book, known_at)
    asked = _Question.of(book, through, by, unit, tree, structure, year)
    keys = list(asked.dimensions.columns().values())
    of_unit = "of_unit" if "unit" in keys else "unit"
    frame = asked.listed.with_columns(pl.col("home").alias(of_unit)).collect()
    said = texts(book, "text", frame["text_at"])
    words = pl.Series("text", [said.get(at) for at in frame["text_at"]], pl.String)
    memo = pl.when("memo").then(pl.lit("yes")).otherwise(pl.lit("no")).alias("memo")
    return (
        frame.with_columns(words, memo)
        .sort(*asked.dimensions.order(), "position", nulls_last=True)
        .select(*keys, "figure", of_unit, "memo", "amount", "text", "position")
    )


#: An explanation shaped as a fact, so that it finds its keys.
_SHAPED: dict[str, type[pl.DataType]] = {
    **facts.FACTS,
    "figure": pl.String,
    "memo": pl.Boolean,
    "text_at": pl.Int64,
    "home": pl.String,
}


@dataclass(frozen=True)
class _Question:
    """What is asked of the variances, and the explanations that count in its rows."""

    book: Book
    last: str
    by: tuple[str, ...]
    dimensions: Dimensions

    @classmethod
    def of(
        cls,
        book: Book,
        through: str | None,
        by: str | Iterable[str],
        unit: str | None,
        tree: str,
        structure: str | None,
        year: str | None,
    ) -> _Question:
        """The question in the book's terms; `UsageError` for what is unknown."""
        last = outcome_span(book, through, year).last
        levels = Tree(book, tree, last).levels | {"unit", "area", "division"}
        rows_by = axes(by, (*sorted(levels), "line"))
        dimensions = Dimensions(
            book, last, rows_by, unit=unit, tree=tree, structure=structure, noun="result"
        )
        return cls(book, last, rows_by, dimensions)

    def explained(self) -> dict[str, pl.LazyFrame]:
        """The explanations behind each measure: ``position``, the keys, ``amount``."""
        keys = list(self.dimensions.columns().values())
        return {
            measure: self.listed.filter(~pl.col("memo"), pl.col("figure") == figure).select(
                "position", *keys, "amount"
            )
            for figure, measure in _MEASURES.items()
        }

    @cached_property
    def listed(self) -> pl.LazyFrame:
        """All that counts, memos too, with the keys of its row."""
        rows = [
            {
                "position": one.position,
                "unit": one.event.unit,
                "report_line": one.event.report_line,
                "structure": one.event.structure,
                "period": one.event.period,
                "amount": one.event.amount,
                "figure": one.event.figure,
                "memo": one.event.memo,
                "text_at": one.text_at,
                "home": one.event.unit,
            }
            for one in self._counting()
        ]
        within = self.dimensions.within(pl.LazyFrame(rows, schema=_SHAPED))
        keep = ("position", "amount", "figure", "memo", "text_at", "home")
        return within.select(*self.dimensions.keys(), *keep)

    def _counting(self) -> Iterator[Explanation]:
        """The explanations of the month that no other one stands for."""
        all_ = self.book.state.of(Commentary).explanations.values()
        mine = [one for one in all_ if one.event.period == self.last]
        by_line = "line" in self.by
        own = defaultdict[tuple[str, str | None], set[str]](set)
        for one in mine:
            if not one.event.memo:
                own[one.event.figure, one.event.report_line].add(one.event.unit)
        for one in mine:
            if by_line and one.event.report_line is None:
                continue  # it is of no line: the rows without lines show it
            path = self._path(one.event.unit)
            if path is None:
                continue  # it is of a unit above the rows
            lines = {one.event.report_line} if by_line else {one.event.report_line, None}
            above = path[1:]
            if any(not own[one.event.figure, line].isdisjoint(above) for line in lines):
                continue
            whole = not by_line and one.event.report_line is not None
            if whole and one.event.unit in own[one.event.figure, None]:
                continue
            yield one

    def _path(self, unit: str) -> list[str] | None:
        """The unit and those above it, up to the one whose row it counts in; None for one above
        all rows."""
        path, ends = self.dimensions.tree.path(unit), {self.dimensions.unit}
        levels = [name for name in self.by if name != "line"]
        if levels:
            above = {self.dimensions.tree.at_level(level).get(unit) for level in levels}
            if None in above:
                return None
            ends |= above
        found = [place for place, one in enumerate(path) if one in ends]
        return path[: found[0] + 1] if found else path


_TEXTS: dict[str, type[pl.DataType]] = {
    "period": pl.String,
    "section": pl.String,
    "unit": pl.String,
    "name": pl.String,
    "text": pl.String,
    "version": pl.Int64,
    "position": pl.Int64,
}


@projection((), private=("text",))
def commentary(
    book: Book,
    through: str | None = None,
    known_at: str | None = None,
    *,
    unit: str | None = None,
    tree: str = "line",
    section: str | None = None,
) -> pl.DataFrame:
    """The texts of sections as they stand, by month, in the order in which they were written.

    Columns: ``period``, ``section``, ``unit`` and its ``name``, ``text`` (String; the marker of
    its erasure where erased), ``version`` (Int64: above 1 rewritten), ``position`` (Int64: its
    event). Of the last month of ``through`` (of all months without it), of the ``unit`` and all
    below it, of one ``section`` if asked.

    Raises `ledger.errors.UsageError`.
    """
    book = as_known(book, known_at)
    last = span_of(book, through).last if through is not None else None
    places = Tree(book, tree, last or "9999-12")
    inside = None if unit is None else places.below(unit)
    chosen = [
        one
        for one in book.state.of(Commentary).texts.values()
        if last in (None, one.event.period)
        and (inside is None or one.event.unit in inside)
        and section in (None, one.event.section)
    ]
    said = texts(book, "text", (one.position for one in chosen))
    names = places.unit_names()
    rows = [
        (
            one.event.period,
            one.event.section,
            one.event.unit,
            names.get(one.event.unit),
            said.get(one.position),
            one.event.version,
            one.position,
        )
        for one in chosen
    ]
    frame = pl.DataFrame(rows, schema=_TEXTS, orient="row")
    return frame.sort("period", maintain_order=True)


_ATTACHED: dict[str, type[pl.DataType]] = {
    "period": pl.String,
    "number": pl.String,
    "unit": pl.String,
    "title": pl.String,
    "digest": pl.String,
    "version": pl.Int64,
    "position": pl.Int64,
}


@projection((), private=("title",))
def attachments(
    book: Book,
    through: str | None = None,
    known_at: str | None = None,
    *,
    unit: str | None = None,
    tree: str = "line",
) -> pl.DataFrame:
    """The attachments as they stand, by month, in the order in which they were registered.

    Columns: ``period``, ``number`` (String, as it is cited), ``unit``, ``title`` (String; the
    marker of its erasure where erased), ``digest`` (SHA-256 in hex), ``version`` (Int64: above 1
    another document), ``position`` (Int64: its event). Months and units as in `commentary`.

    Raises `ledger.errors.UsageError`.
    """
    book = as_known(book, known_at)
    last = span_of(book, through).last if through is not None else None
    inside = None if unit is None else Tree(book, tree, last or "9999-12").below(unit)
    chosen = [
        one
        for one in book.state.of(Commentary).attachments.values()
        if last in (None, one.event.period) and (inside is None or one.event.unit in inside)
    ]
    said = texts(book, "text", (one.title_at for one in chosen))
    rows = []
    for one in chosen:
        event, title = one.event, said.get(one.title_at)
        rows.append(
            (event.period, event.number, event.unit, title, event.digest, event.version,
             one.position)
        )  # fmt: skip
    frame = pl.DataFrame(rows, schema=_ATTACHED, orient="row")
    return frame.sort("period", maintain_order=True)
