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
        """The postings asked about: of `whole` those within."""
        return self.within(self.whole.lazy()).collect()

    @cached_property
    def whole(self) -> pl.DataFrame:
        """Every posting of the book, in log order, with the columns of `ENTRIES`: ``day`` counts
        the days of ``date`` from 1970, ``amount`` is öre in result sign."""
        reversed_ = self.book.events("outcome.reversed", "reverses")["reverses"]
        # Read whole, once: private values and postings are read beside it.
        posted = self.book.events("outcome.posted").lazy().select(_READ)
        # The postings of a voucher follow each other.
        same = [pl.col(name) == pl.col(name).shift(1) for name in ("stream", "voucher")]
        begins = ~pl.all_horizontal(same).fill_null(False)
        return (
            posted.with_columns(
                voucher=pl.when(begins).then("position").forward_fill(),
                day=pl.col("date").str.to_date("%Y-%m-%d", strict=False).to_physical(),
                stands=~pl.col("position").is_in(reversed_.implode()),
            )
            .select(*ENTRIES)
            .collect()
        )

    @cached_property
    def vouchers(self) -> pl.DataFrame:
        """Every voucher of the book, in log order: `by_voucher`, ``series`` (empty for none),
        ``number``, ``n`` (the number as a whole one, null where it is none), ``year`` (the first
        month of its date's fiscal year), ``stands``."""
        plain = pl.col("number").str.contains(r"^\d{1,15}$")
        return by_voucher(
            self.whole,
            series=pl.col("series").first().fill_null(""),
            number=pl.col("number").first(),
            stands=pl.col("stands").first(),
        ).with_columns(
            year=self.year_of(pl.col("date").str.slice(0, 7)),
            n=pl.when(plain).then(pl.col("number")).cast(pl.Int64),
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

    def with_counterparty(self, frame: pl.DataFrame, *, text: bool = False) -> pl.DataFrame:
        """The rows whose counterparty is known, an external one or a unit of ours, with ``called``
        (its name or code) and ``who``, the same whole number for the same counterparty. The
        posting's ``text``, if asked, stands for a counterparty that is not known."""
        fields = ["counterparty", "counterparty_unit", *["text"] * text]
        known = self.with_values(frame, "counterparty", *["text"] * text)
        known = known.with_columns(called=pl.coalesce(fields))
        known = known.filter(pl.col("called").is_not_null())
        number: dict[tuple[str, str], int] = {}
        who = []
        for field in fields:
            names = sorted(known[field].drop_nulls().unique().to_list())
            alike = person if field != "counterparty_unit" else str
            numbers = [number.setdefault((field, alike(name)), len(number)) for name in names]
            who.append(
                pl.col(field).replace_strict(names, numbers, default=None, return_dtype=pl.Int64)
            )
        return known.with_columns(who=pl.coalesce(who))

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
        dates = self.whole["date"].str.slice(0, 7).unique().to_list()
        months = {*dates, *self.whole["period"].unique().to_list()}
        return {month: calendar.year_of(month)[0] for month in sorted(months)}

    def year_of(self, month: pl.Expr) -> pl.Expr:
        """The first month of the fiscal year of a month of a posting."""
        years = self.fiscal_years
        return month.replace_strict(list(years), list(years.values()), return_dtype=pl.String)

    @cached_property
    def registered(self) -> pl.DataFrame:
        """When the source registered the standing postings that say it: ``position``,
        ``registered_day`` (days from 1970) and ``minute`` of the day, null where the source has
        no time of day; both in the organisation's time zone."""
        zone = str(self.book.organisation.zone)
        text = pl.col("registered_at").str.replace(" ", "T", literal=True)
        offset = text.str.extract(r"T.*?([+-]\d\d:?\d\d|Z)$").str.replace("Z", "+0000")
        bare = offset.str.replace(":", "", literal=True)
        away = bare.str.slice(1, 2).cast(pl.Int32) * 60 + bare.str.slice(3, 2).cast(pl.Int32)
        away = pl.when(bare.str.starts_with("-")).then(-away).otherwise(away)
        local = text.str.slice(0, 16).str.to_datetime("%Y-%m-%dT%H:%M", strict=False)
        there = (
            (local - pl.duration(minutes=away))
            .dt.replace_time_zone("UTC")
            .dt.convert_time_zone(zone)
            .dt.replace_time_zone(None)
        )
        time = pl.when(offset.is_null()).then(local).otherwise(there)
        day = text.str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False)
        return (
            self.standing.lazy()
            .filter(pl.col("registered_at").is_not_null())
            .with_columns(_time=time, _day=day)
            .select(
                "position",
                registered_day=pl.coalesce(pl.col("_time").dt.date(), "_day").to_physical(),
                minute=pl.col("_time").dt.hour().cast(pl.Int32) * 60 + pl.col("_time").dt.minute(),
            )
            .filter(pl.col("registered_day").is_not_null())
            .collect()
        )


def voucher_name() -> pl.Expr:
    """Series and number as people write them; empty for a row that came alone."""
    return pl.concat_str("series", "number", separator=" ", ignore_nulls=True).str.strip_chars()


def undone(frame: pl.DataFrame, keys: list[str], days: int | None = None) -> pl.Series:
    """Which rows are met by a later one of the same ``keys`` and size with the opposite sign, or
    meet an earlier one: the latest that stands open first, within so many ``days`` if given.

    The frame has ``amount`` and ``day``, and any order; the answer is in its order.
    """
    size, group = pl.col("amount").abs(), [*keys, "_size"]
    ordered = (
        frame.lazy()
        .select(*keys, "amount", "day", _size=size)
        .with_row_index("_row")
        .sort(*group, "day", "_row", nulls_last=True)
        .with_columns(_after=pl.col("amount").sign().cum_sum().over(group))
        .with_columns(_before=pl.col("_after") - pl.col("amount").sign())
        .with_columns(
            # The row opens or closes the level that is further from nothing.
            _level=pl.when(pl.col("_after").abs() > pl.col("_before").abs())
            .then("_after")
            .otherwise("_before")
        )
        .with_columns(_pair=pl.int_range(pl.len()).over([*group, "_level"]) // 2)
    )
    pair = [*group, "_level", "_pair"]
    met = pl.len().over(pair) == 2
    if days is not None:
        met &= pl.col("day").max().over(pair) - pl.col("day").min().over(pair) <= days
    return ordered.select("_row", undone=met).sort("_row").collect()["undone"]


def by_voucher(frame: pl.DataFrame, **more: pl.Expr) -> pl.DataFrame:
    """A row a voucher of the frame's postings, in log order: ``voucher``, ``events``, ``name``,
    ``date``, ``day``, ``period``, ``unit`` (of its first posting), ``amount``: what it turns over,
    the larger of its sides, öre without sign; and what else is asked for of its rows."""
    gain = pl.col("amount").clip(lower_bound=0).sum()
    loss = -pl.col("amount").clip(upper_bound=0).sum()
    return (
        frame.lazy()
        .group_by("voucher", maintain_order=True)
        .agg(
            events=pl.col("position"),
            name=voucher_name().first(),
            date=pl.col("date").first(),
            day=pl.col("day").first(),
            period=pl.col("period").first(),
            unit=pl.col("unit").first(),
            amount=pl.max_horizontal(gain, loss),
            **more,
        )
        .collect()
    )
