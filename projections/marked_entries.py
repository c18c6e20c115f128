"""Marked entries: what stands under special follow-up or is a one-off, and what it sums to.

An entry counts under one mark alone: of those that cover it, the one whose selection was made
first. So what is marked later moves no figure of an earlier mark, and the marks can be summed.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, reduce
from itertools import groupby
from operator import or_

import polars as pl

from ledger.codes import Codes, VoucherName, pieces
from ledger.families.followup import DIMENSIONS, EntriesMarked, Marks
from ledger.log import Book
from ledger.periods import shift
from projections import facts
from projections.amounts import WIDE, narrowed, total
from projections.counted import Counted
from projections.dimensions import Dimensions, Span, Tree, as_known, axes, outcome_span
from projections.registry import projection

__all__ = ["follow_up", "marked", "marks"]

SUMS = ("outcome", "last_year")
#: The columns of `marked`: those of facts, the mark, its kind, and the selection's event.
MARKED = facts.FACTS | {"mark": pl.String, "kind": pl.String, "marking": pl.Int64}


def marked(book: Book) -> pl.LazyFrame:
    """The outcome on income and cost accounts that stands under a mark, a row an entry, lazily.

    Columns: those of `facts.FACTS`, ``mark``, ``kind`` (special or one_off), and ``marking``
    (Int64: the position of the event that selects it). An entry that several selections cover is
    there once, under the one made first. Amounts are Int64 öre in result sign.
    """
    selections = _selections(book)
    if not selections:
        return pl.LazyFrame(schema=MARKED)
    covering = _Covering(book)
    conditions = [covering.of(event) for _, event in selections]
    first = pl.coalesce(
        [
            pl.when(condition).then(pl.lit(position, pl.Int64))
            for (position, _), condition in zip(selections, conditions, strict=True)
        ]
    )
    told = pl.LazyFrame(
        [(position, event.mark, event.mark_kind) for position, event in selections],
        schema={name: MARKED[name] for name in ("marking", "mark", "kind")},
        orient="row",
    )
    return (
        facts.outcome(book)
        .join(
            book.postings()
            .lazy()
            .filter(reduce(or_, conditions))
            .select("position", first.alias("marking")),
            on="position",
            how="inner",
            maintain_order="left",
        )
        .join(told, on="marking", how="left", maintain_order="left")
        .select(*MARKED)
    )


def covered(book: Book, event: EntriesMarked) -> pl.DataFrame:
    """The entries that a selection covers, whether it is recorded or not: ``position``,
    ``period``, ``amount`` (Int64 öre), and the ``mark`` under which each counts now, if any."""
    found = facts.outcome(book).join(
        book.postings().lazy().filter(_Covering(book).of(event)).select("position"),
        on="position",
        how="semi",
    )
    return (
        found.join(marked(book).select("position", "mark"), on="position", how="left")
        .select("position", "period", "amount", "mark")
        .sort("position")
        .collect()
    )


@projection(("amount",), private=("reason",), listing=True)
def marks(book: Book, through: str | None = None, known_at: str | None = None) -> pl.DataFrame:
    """The marks that stand, a row a selection, in the order in which they were made.

    Columns: ``position`` of the event, ``mark``, ``kind``, the dimensions as they were named
    (``accounts``, ``projects``, ``products``, ``activities``, ``units``, ``vouchers``), ``first``
    and ``last`` month (String or null), ``entries`` (Int64) and ``amount`` (Int64 öre, result
    sign) that count under it, of all months or those to ``through``; ``recorded_at``, ``actor``,
    and ``reason`` (String; the marker of its erasure where erased).

    Raises `ledger.errors.UsageError` and `ledger.errors.BeyondSixtyFourBits`.
    """
    book = as_known(book, known_at)
    counting = marked(book)
    if through is not None:
        counting = counting.filter(pl.col("period") <= book.period(through).last)
    sums = counting.group_by("marking").agg(
        pl.len().cast(pl.Int64).alias("entries"), total("amount").alias("amount")
    )
    standing = [position for position, _ in _selections(book)]
    texts = book.private("reason", standing).select("position", pl.col("value").alias("reason"))
    frame = (
        book.events("followup.marked")
        .lazy()
        .filter(pl.col("position").is_in(standing))
        .drop("reason")
        .rename({"mark_kind": "kind"})
        .join(sums, left_on="position", right_on="marking", how="left")
        .join(texts.lazy(), on="position", how="left")
        .sort("position")
        .with_columns(pl.col("entries").fill_null(0), pl.col("amount").fill_null(0))
        .select(
            *("position", "mark", "kind", *DIMENSIONS, "first", "last", "entries", "amount"),
            *("recorded_at", "actor", "reason"),
        )
    )
    return narrowed(frame.collect(), ("amount",))


@projection(SUMS)
def follow_up(
    book: Book,
    through: str | None = None,
    known_at: str | None = None,
    *,
    by: str | Iterable[str] = ("mark", "line"),
    unit: str | None = None,
    tree: str = "line",
    structure: str | None = None,
    year: str | None = None,
    span: str = "accumulated",
) -> pl.DataFrame:
    """What is marked, this year and last: special follow-up and one-offs by any dimension.

    Columns: the keys (String), after ``mark`` its ``kind`` (special or one_off), ``name`` of the
    first key (String or null; not there where that is the mark, which is its own name),
    ``outcome`` and ``last_year`` (Int64 öre, result sign).

    Rows: ``by`` is one or several of mark and what `result` knows; a row is there where something
    is marked, and a mark that covers nothing of what is asked has one with its other keys null.
    One dimension ends with a total whose keys are null. Months, ``span``, units and structure as
    in `result`. Balance accounts are never counted.

    Raises `ledger.errors.UsageError` and `ledger.errors.BeyondSixtyFourBits`.
    """
    book = as_known(book, known_at)
    dimensions, counted = _question(book, through, by, unit, tree, structure, year, span)
    keys = list(counted.keys)
    every = counted.sums()
    sums = [total(pl.col("amount").filter(pl.col("measure") == name)).alias(name) for name in SUMS]
    standing = {name: mark.kind for name, mark in book.state.of(Marks).standing.items()}
    grouped = every.group_by(keys).agg(sums)
    if "mark" in keys:
        known = pl.LazyFrame({"mark": list(standing)}, schema={"mark": pl.String})
        none = known.join(grouped, on="mark", how="anti")
        zeros = [pl.lit(0, WIDE).alias(name) for name in SUMS]
        grouped = pl.concat([grouped, none.with_columns(zeros)], how="diagonal")
    frames = [grouped.sort(dimensions.order(), nulls_last=True)]
    if len(keys) == 1:
        frames.append(every.select(pl.lit(None, pl.String).alias(keys[0]), *sums))
    frame = pl.concat(pl.collect_all(frames))
    kind = pl.col("mark").replace_strict(standing, default=None, return_dtype=pl.String)
    shown: list[str | pl.Expr] = []
    for key in keys:
        shown += [key, kind.alias("kind")] if key == "mark" else [key]
    if keys[0] != "mark":
        shown.append(dimensions.name().alias("name"))
    return narrowed(frame.select(*shown, *SUMS), SUMS)


def counted_follow_up(
    book: Book,
    through: str | None = None,
    *,
    by: str | Iterable[str] = ("mark", "line"),
    unit: str | None = None,
    tree: str = "line",
    structure: str | None = None,
    year: str | None = None,
    span: str = "accumulated",
) -> Counted:
    """What `follow_up` counts, asked as it is."""
    return _question(book, through, by, unit, tree, structure, year, span)[1]


def _question(
    book: Book,
    through: str | None,
    by: str | Iterable[str],
    unit: str | None,
    tree: str,
    structure: str | None,
    year: str | None,
    span: str,
) -> tuple[Dimensions, Counted]:
    """The rows that are asked for, and the facts behind them."""
    asked = outcome_span(book, through, year, span)
    dimensions = Dimensions(
        book, asked.last, axes(by), unit=unit, tree=tree, structure=structure, also=("mark",)
    )
    found = dimensions.within(marked(book).collect().lazy())  # once, for both years
    parts = {
        name: part.select("position", *dimensions.keys(), "amount")
        for name, part in _parts(found, asked).items()
    }
    return dimensions, Counted(tuple(dimensions.columns().values()), parts)


def _parts(found: pl.LazyFrame, asked: Span) -> dict[str, pl.LazyFrame]:
    """The marked facts of the months asked for, and of those that they are compared with."""
    ago = pl.col("period").replace_strict(asked.year_ago, return_dtype=pl.String)
    return {
        "outcome": facts.months_in(found, asked.months),
        "last_year": facts.months_in(found, asked.last_year).with_columns(ago),
    }


# ── what a selection covers ────────────────────────────────────────────────────────────────────


def _selections(book: Book) -> list[tuple[int, EntriesMarked]]:
    """The selections that stand, by position, in log order."""
    standing = book.state.of(Marks).standing.values()
    return sorted(
        ((at, event) for mark in standing for at, event in mark.selections.items()),
        key=lambda each: each[0],
    )


@dataclass(frozen=True)
class _Covering:
    """Selections as conditions on the postings of a book."""

    book: Book

    def of(self, event: EntriesMarked) -> pl.Expr:
        """Whether a posting is of the selection: never null."""
        conditions = [condition.fill_null(False) for condition in self._conditions(event)]
        return pl.all_horizontal(conditions)

    def _conditions(self, event: EntriesMarked) -> Iterator[pl.Expr]:
        organisation = self.book.organisation
        if event.first is not None:
            yield pl.col("period") >= event.first
        if event.last is not None:
            yield pl.col("period") <= event.last
        for name in ("accounts", "projects", "products", "activities"):
            text, column = getattr(event, name), DIMENSIONS[name]
            registered = organisation.codes.get(column, {})
            if text is not None:
                known = organisation.accounts if column == "account" else registered
                yield _named(Codes.of(text, known), column)
        if event.units is not None:
            known_units = organisation.units
            yield self._below(Codes.of(event.units, known_units).among(known_units))
        if event.vouchers is not None:
            yield reduce(or_, map(self._of_voucher, pieces(event.vouchers)))

    def _below(self, units: set[str]) -> pl.Expr:
        """Whether the unit stands at or below one of these in the line tree of the entry's
        month."""
        found = []
        for months, paths in self._standing:
            below = [unit for unit, path in paths.items() if not units.isdisjoint(path)]
            found.append(pl.col("period").is_in(months) & pl.col("unit").is_in(below))
        return reduce(or_, found, pl.lit(False))

    @cached_property
    def _standing(self) -> list[tuple[list[str], dict[str, list[str]]]]:
        """The months that have postings, by stretches in which the line tree stands still, and
        each unit's way up in it."""
        organisation = self.book.organisation
        places = [place for each in organisation.trees.get("line", {}).values() for place in each]
        changes = {place.valid_from for place in places}
        changes |= {shift(place.valid_to, 1) for place in places if place.valid_to is not None}
        months, turns = self.book.months, sorted(changes)
        found = []
        for _, stretch in groupby(months, key=lambda month: bisect_right(turns, month)):
            same = list(stretch)
            tree = Tree(self.book, "line", same[0])
            found.append((same, {unit: tree.path(unit) for unit in sorted(organisation.units)}))
        return found

    def _of_voucher(self, name: str) -> pl.Expr:
        """Whether the entry is of the voucher, its reversal included."""
        voucher = VoucherName.of(name)
        assert voucher is not None, "the command refuses what names no voucher"
        series, number = pl.col("series").fill_null(""), pl.col("number")
        same = (series == voucher.series) & (number == voucher.number)
        if voucher.year is None:  # of a selection that is not recorded yet
            return same
        year = self.book.organisation.calendar.parse(voucher.year)
        month = pl.col("date").str.slice(0, 7)
        return same & month.is_between(pl.lit(year.first), pl.lit(year.last))


def _named(codes: Codes, column: str) -> pl.Expr:
    """Whether the column has one of the codes, or one within the ranges."""
    value = pl.col(column)
    within = [(value >= low) & (value <= f"{high}\uffff") for low, high in codes.ranges]
    return reduce(or_, within, value.is_in(list(codes.codes)))
