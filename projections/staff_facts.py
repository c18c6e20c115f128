"""Staffing facts: one row a figure, which months a question is about, and their sums.

A measure is *known* in a month if anything of its kind (hours, or people) is on record for that
month, and the measure itself has been on record by then: what a month's report leaves out is 0,
what nobody has reported yet is not known. A sum over months is known if each of them is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import polars as pl

from ledger.errors import NothingKnown, UsageError
from ledger.families.staffing import AGE_GROUPS, HOURS, PARTS, SEXES, hours_per_fte
from ledger.log import Book
from ledger.money import percent
from ledger.periods import shift
from projections.amounts import narrowed, total
from projections.dimensions import (
    CODES,
    WITHOUT,
    Dimensions,
    Span,
    as_known,
    axes,
    fiscal_year,
    registered,
    span_of,
)

#: The months a question may be about: those of `dimensions.SPANS`, and the tertial so far.
SPANS = ("accumulated", "month", "tertial", "rolling12")
FACTS: dict[str, type[pl.DataType]] = {
    "position": pl.Int64,
    "period": pl.String,
    "unit": pl.String,
    "measure": pl.String,
    **dict.fromkeys(PARTS, pl.String),
    "value": pl.Int64,
}
#: The keys of a row, by the order of its dimensions.
Row = tuple[str | None, ...]


def staffing_facts(book: Book) -> pl.DataFrame:
    """What was reported and restated, a row an event, in log order: the columns of `FACTS`.

    ``value`` is hundredths of an hour, or people; its sum over a selection is the figure.
    """
    parts = [book.events(f"staffing.{kind}").select(*FACTS) for kind in ("reported", "restated")]
    return pl.concat(parts).sort("position")


def staffing_span(
    book: Book, through: str | None = None, year: str | None = None, span: str = "accumulated"
) -> Span:
    """The months asked for, and those of last year that they are compared with.

    As `dimensions.span_of`; ``tertial`` is the months of the fiscal year's tertial up to the last.
    Without ``through`` it ends with the latest month closed for staffing, else the latest (of the
    ``year``) on record. Raises `NothingKnown` where the last month has no staffing on record, and
    `UsageError` for a span that there is not.
    """
    if span not in SPANS:  # a mistaken question is one on an empty record too
        raise UsageError(f"There is no span {span!r}.", f"Known: {', '.join(SPANS)}.")
    months = sorted(staffing_facts(book)["period"].unique())
    if not months:
        raise NothingKnown("There is no staffing on record.", "Import some with `ledger import`.")
    if through is None:
        first, last = fiscal_year(book, year) if year is not None else (months[0], months[-1])
        within = [month for month in months if first <= month <= last]
        closed = book.closed_through("staffing")
        through = closed if closed in within else max(within, default=last)
    asked = span_of(book, through, year, "month" if span == "tertial" else span)
    if asked.last not in months:
        raise NothingKnown(
            f"There is no staffing for {asked.last}; it is on record from {months[0]} to "
            f"{months[-1]}.",
            f"Give --through {min(max(asked.last, months[0]), months[-1])}.",
        )
    if span != "tertial":
        return asked
    so_far = book.organisation.calendar.to_date(asked.last)
    so_far = so_far[(len(so_far) - 1) // 4 * 4 :]
    return replace(asked, months=tuple(so_far), last_year=tuple(shift(m, -12) for m in so_far))


def months_before(asked: Span, span: str) -> tuple[str, ...]:
    """The months just before those of a month or a tertial; none where what is just before them is
    last year, or no whole year."""
    back = {"month": -1, "tertial": -4}.get(span)
    return () if back is None else tuple(shift(month, back) for month in asked.months)


@dataclass(frozen=True)
class Staffing:
    """The staffing that a question is about: which part of the organisation, by which rows.

    ``facts`` are of the part asked for; ``by`` may be empty: one row for all of it.
    """

    book: Book
    asked: Span
    by: tuple[str, ...]
    dimensions: Dimensions
    facts: pl.DataFrame

    @classmethod
    def of(
        cls,
        book: Book,
        through: str | None = None,
        known_at: str | None = None,
        *,
        by: str | Iterable[str] = (),
        unit: str | None = None,
        tree: str = "line",
        year: str | None = None,
        span: str = "accumulated",
    ) -> Staffing:
        """The question in the projections' words; ``by`` is levels of the tree, sex, age_group and
        personnel_group. Raises `UsageError`, and `NothingKnown` where there is no staffing."""
        book = as_known(book, known_at)
        names = axes(by) if by else ()
        if wrong := [name for name in names if name in CODES]:
            raise UsageError(
                f"Staffing has no rows by {wrong[0]!r}.",
                f"Known: levels of the tree, {', '.join(PARTS)}.",
            )
        if unit is not None:
            registered(book.organisation, unit)
        asked = staffing_span(book, through, year, span)
        dimensions = Dimensions(
            book, asked.last, names or ("unit",), unit=unit, tree=tree, also=PARTS
        )
        facts = dimensions.within(staffing_facts(book).lazy()).collect()
        if facts.is_empty():
            raise NothingKnown(
                f"There is no staffing on unit {unit} or below.",
                "It may stand on a unit above: ask for that one.",
            )
        return cls(book, asked, names, dimensions, facts)

    @property
    def keys(self) -> list[str]:
        """The columns that name a row."""
        return list(self.dimensions.columns().values()) if self.by else []

    @cached_property
    def keyed(self) -> pl.DataFrame:
        """The facts with the keys of their rows, of which none is named like a part."""
        given = self.dimensions.keys() if self.by else []
        named = [each.alias(f"key_{name}") for name, each in zip(self.keys, given, strict=True)]
        return self.facts.with_columns(named)

    @cached_property
    def divisor(self) -> int:
        """A year's hours of one full-time equivalent."""
        return hours_per_fte(self.book.organisation.settings)

    @cached_property
    def _on_record(self) -> dict[bool, set[str]]:
        """The months of the whole record with any hours, and with any people."""
        is_hours = pl.col("measure").is_in(list(HOURS))
        every = (
            staffing_facts(self.book)
            .group_by(is_hours.alias("hours"))
            .agg(pl.col("period").unique())
        )
        return {bool(hours): set(months) for hours, months in every.rows()}

    @cached_property
    def _first(self) -> dict[str, str]:
        """The first month of each measure on record."""
        every = staffing_facts(self.book).group_by("measure").agg(pl.col("period").min())
        return {str(measure): str(month) for measure, month in every.rows()}

    def knows(self, measure: str, months: Iterable[str]) -> bool:
        """Whether the measure is known in all of the months; in none of none."""
        first, asked = self._first.get(measure), list(months)
        recorded = self._on_record.get(measure in HOURS, set())
        return bool(asked) and first is not None and all(first <= m in recorded for m in asked)

    def has_share(self, row: Row, measure: str) -> bool:
        """Whether the measure is parted as the row is: what is reported without sex has no share in
        the row of a sex."""
        given = {n: code for n, code in zip(self.by, row, strict=True) if n in PARTS}
        return all(
            code is None or (measure, name, code != WITHOUT) in self._parted
            for name, code in given.items()
        )

    @cached_property
    def _parted(self) -> set[tuple[str, str, bool]]:
        """Measure and part, with whether there are facts that name it, or that do not."""
        found = self.facts.select("measure", *(pl.col(n).is_not_null() for n in PARTS)).unique()
        return {
            (measure, name, given)
            for measure, *all_given in found.rows()
            for name, given in zip(PARTS, all_given, strict=True)
        }

    def reported(self, measures: Iterable[str]) -> list[str]:
        """Those of the measures that somebody ever reported."""
        return [measure for measure in measures if measure in self._first]

    def sums(self, spans: Mapping[str, Sequence[str]], where: pl.Expr | None = None) -> Sums:
        """The sums of each row over the months of each span, by name; of facts ``where`` only."""
        columns = [
            total(pl.col("value").filter(pl.col("period").is_in(list(months)))).alias(name)
            for name, months in spans.items()
        ]
        facts = self.keyed if where is None else self.keyed.filter(where)
        keys = [f"key_{name}" for name in self.keys]
        frames = [facts.group_by(*keys, "measure").agg(columns)]
        if len(keys) == 1:
            whole = facts.group_by("measure").agg(columns)
            frames.append(whole.select(pl.lit(None, pl.String).alias(keys[0]), pl.all()))
        frame = narrowed(pl.concat(frames), spans)
        values = {
            (row[: len(keys)], row[len(keys)], name): value
            for row in frame.iter_rows()
            for name, value in zip(spans, row[len(keys) + 1 :], strict=True)
        }
        return Sums(self, spans, values)

    @cached_property
    def rows(self) -> list[Row]:
        """The rows that occur in the months asked for or in those compared with, in order; those
        by one dimension end with the whole."""
        months = [*self.asked.months, *self.asked.last_year]
        keys = [f"key_{name}" for name in self.keys]
        if not keys:
            return [()]
        found = self.keyed.filter(pl.col("period").is_in(months)).select(keys).unique().rows()
        ranks = {name: place for place, name in enumerate((*SEXES, *AGE_GROUPS))}
        inner = sorted(
            found, key=lambda row: [(code == WITHOUT, ranks.get(code, 0), code) for code in row]
        )
        return [*inner, (None,)] if len(keys) == 1 else inner

    def named(self, row: Row) -> dict[str, str | None]:
        """The keys of a row, with the ``name`` of the first where it is a unit."""
        keys = dict(zip(self.keys, row, strict=True))
        if not self.by or self.by[0] not in self.dimensions.levels:
            return keys
        return keys | {"name": self._names.get(row[0] or "")}

    @cached_property
    def _names(self) -> dict[str, str]:
        return self.dimensions.tree.unit_names()

    @property
    def schema(self) -> dict[str, type[pl.DataType]]:
        """The columns of `named`."""
        return dict.fromkeys(self.named((None,) * len(self.keys)), pl.String)

    def fte(self, hours: int | None, months: int) -> str | None:
        """Hundredths of an hour over so many months as full-time equivalents: text with two
        decimals, half-up; null where unknown."""
        return None if hours is None else percent(hours * 12, 10_000 * self.divisor * months)


@dataclass(frozen=True)
class Sums:
    """Sums of a question's rows, by measure and span."""

    staffing: Staffing
    spans: Mapping[str, Sequence[str]]
    values: Mapping[tuple[Row, str, str], int]

    def of(self, row: Row, measure: str, span: str) -> int | None:
        """One sum: hundredths of an hour, or people; None where it is not known."""
        if not self.staffing.knows(measure, self.spans[span]):
            return None
        if not self.staffing.has_share(row, measure):
            return None
        return self.values.get((row, measure, span), 0)

    def together(self, row: Row, measures: Iterable[str], span: str) -> int | None:
        """The sum of those measures that anybody ever reported; None where one is not known."""
        found = [self.of(row, measure, span) for measure in self.staffing.reported(measures)]
        known = [value for value in found if value is not None]
        return sum(known) if found and len(known) == len(found) else None

    def at_least(self, row: Row, measures: Iterable[str], span: str) -> int | None:
        """The sum of those measures that are known; None where none is."""
        found = [self.of(row, measure, span) for measure in measures]
        known = [value for value in found if value is not None]
        return sum(known) if known else None


def change(now: int | None, then: int | None) -> int | None:
    """Now less then; None where one is not known."""
    return None if now is None or then is None else now - then
