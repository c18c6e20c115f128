"""What controls look at: the postings of the log as columns, and who and when beside them.

Everything is read once and shared by the controls of a run. A posting *stands* unless it has been
reversed; a voucher is known by the position of its first posting.
"""

from __future__ import annotations

from functools import cached_property

import polars as pl

from ledger.identity import person
from ledger.log import Book
from projections.dimensions import Tree, fiscal_year
from projections.facts import result_accounts

#: Columns of `Evidence.entries`.
ENTRIES: dict[str, type[pl.DataType]] = {
    "position": pl.Int64,
    "voucher": pl.Int64,
    "period": pl.String,
    "date": pl.String,
    "day": pl.Int32,
    "unit": pl.String,
    "account": pl.String,
    "amount": pl.Int64,
    "series": pl.String,
    "number": pl.String,
    "counterparty_unit": pl.String,
    "registered_at": pl.String,
    "corrects": pl.Int64,
    "stands": pl.Boolean,
}
_READ: tuple[str, ...] = (
    "position",
    "stream",
    "voucher",
    "period",
    "date",
    "unit",
    "account",
    "amount",
    "series",
)
_READ += ("number", "counterparty_unit", "registered_at", "corrects")


class Evidence:
    """A book, narrowed to what is asked about: periods up to ``through``, of a fiscal ``year``,
    of a ``unit`` and all below it in the ``tree``; everything that is known where nothing is said.

    Raises `UsageError` for a period, year, unit or tree that there is not.
    """

    def __init__(
        self,
        book: Book,
        through: str | None = None,
        *,
        year: str | None = None,
        unit: str | None = None,
        tree: str = "line",
    ) -> None:
        self.book, self.through, self.year, self.unit, self.tree = book, through, year, unit, tree
        months = fiscal_year(book, year) if year is not None else (None, None)
        self.first: str | None
        self.first, last = months
        through_month = book.period(through).last if through is not None else None
        self.last = min((m for m in (last, through_month) if m is not None), default=None)
        self.units: frozenset[str] | None = None
        if unit is not None:
            self.units = Tree(book, tree, self.last or "9999-12").below(unit)

    def within(self, frame: pl.LazyFrame) -> pl.LazyFrame:
        """The rows (``period``, ``unit``) that are asked about."""
        if self.first is not None:
            frame = frame.filter(pl.col("period") >= self.first)
        if self.last is not None:
            frame = frame.filter(pl.col("period") <= self.last)
        if self.units is not None:
            frame = frame.filter(pl.col("unit").is_in(sorted(self.units)))
        return frame

    @cached_property
    def entries(self) -> pl.DataFrame:
        """The postings asked about, in log order, with the columns of `ENTRIES`: ``day`` counts
        the days of ``date`` from 1970, ``amount`` is öre in result sign."""
        reversed_ = self.book.events("outcome.reversed", "reverses")["reverses"]
        posted = self.book.events("outcome.posted", *_READ).lazy()
        return (
            posted.with_columns(
                voucher=pl.col("position").min().over("stream", "voucher"),
                day=pl.col("date").str.to_date("%Y-%m-%d", strict=False).to_physical(),
                stands=~pl.col("position").is_in(reversed_.implode()),
            )
            .pipe(self.within)
            .select(*ENTRIES)
            .collect()
        )

    @cached_property
    def standing(self) -> pl.DataFrame:
        """The entries that stand."""
        return self.entries.filter("stands")

    @cached_property
    def result(self) -> pl.DataFrame:
        """The entries that stand on accounts of income and cost, and are not of nothing."""
        accounts = result_accounts(self.book)
        return self.standing.filter(pl.col("account").is_in(accounts), pl.col("amount") != 0)

    def value(self, field: str) -> pl.DataFrame:
        """A private field of the postings in clear: ``position`` and the field's name (String),
        only where there is one; what was erased is none."""
        frame = self._values.get(field)
        if frame is None:
            read = self.book.private(field)
            frame = read.filter(~pl.col("erased")).select("position", pl.col("value").alias(field))
            self._values[field] = frame
        return frame

    @cached_property
    def _values(self) -> dict[str, pl.DataFrame]:
        return {}

    def with_values(self, frame: pl.DataFrame, *fields: str) -> pl.DataFrame:
        """The rows with private fields in clear beside them, null where there is none."""
        for field in fields:
            frame = frame.join(self.value(field), on="position", how="left", maintain_order="left")
        return frame

    def with_people(self, frame: pl.DataFrame, *fields: str) -> pl.DataFrame:
        """As `with_values`, and under ``FIELD_person`` the name as people are told apart."""
        frame = self.with_values(frame, *fields)
        for field in fields:
            names = [name for name in frame[field].unique().to_list() if name is not None]
            alike = [person(name) for name in names]
            frame = frame.with_columns(
                pl.col(field)
                .replace_strict(names, alike, default=None, return_dtype=pl.String)
                .replace("", None)
                .alias(f"{field}_person")
            )
        return frame

    @cached_property
    def fiscal_years(self) -> dict[str, str]:
        """The first month of the fiscal year of each month that a posting has."""
        calendar = self.book.organisation.calendar
        months = self.entries["date"].str.slice(0, 7).unique().to_list()
        return {month: calendar.year_of(month)[0] for month in months}


def voucher_name() -> pl.Expr:
    """Series and number as people write them; empty for a row that came alone."""
    return pl.concat_str("series", "number", separator=" ", ignore_nulls=True).str.strip_chars()
