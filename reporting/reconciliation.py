"""The record against balances from elsewhere, account by account and month by month."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

import projections
from reporting.tables import Column

if TYPE_CHECKING:
    from ledger.log import Book

AMOUNTS = ("amount", "recorded", "difference")

#: How the rows are shown: to the öre, or what differs by less than a krona looks equal.
COLUMNS = (
    Column("account"),
    Column("name"),
    Column("first"),
    Column("month"),
    Column("amount", "amount", word="column.in_file", ore=True),
    Column("recorded", "amount", word="column.booked", ore=True),
    Column("difference", "amount", signed=True, ore=True),
)


@dataclass(frozen=True)
class Comparison:
    """What was compared, from which month to which, and the rows that differ."""

    first: str
    last: str
    compared: int
    rows: pl.DataFrame

    @property
    def difference(self) -> int:
        """The sum of all differences, each without its sign, in öre."""
        return sum(abs(ore) for ore in self.rows["difference"])


def compare(book: Book, balances: pl.DataFrame) -> Comparison:
    """Compare the record with changes by account and stretch of months (``account``, ``first``,
    ``month``, ``amount``; öre, debit positive), as `intake.read_balances` gives them.

    An account that only the record has, in a month that the file covers, is compared with 0. The
    rows that differ have ``account``, ``name``, ``first``, ``month``, and in öre, debit positive,
    ``amount`` (the file's), ``recorded`` (ours) and ``difference`` (ours − the file's).
    """
    spans = balances.select("first", "month").unique()
    first, last = str(spans["first"].min()), str(spans["month"].max())
    booked = projections.balance(book, last, by=("account", "month")).select(
        "account", "change", at=pl.col("month")
    )
    ours = (
        booked.join(spans, how="cross")
        .filter(pl.col("at").is_between(pl.col("first"), pl.col("month")))
        .group_by("account", "first", "month")
        .agg(pl.col("change").sum().alias("recorded"))
    )
    both = (
        balances.join(ours, on=["account", "first", "month"], how="full", coalesce=True)
        .with_columns(pl.col("amount", "recorded").fill_null(0))
        .with_columns((pl.col("recorded") - pl.col("amount")).alias("difference"))
    )
    names = {code: account.name for code, account in book.organisation.accounts.items()}
    name = pl.col("account").replace_strict(
        list(names), list(names.values()), default=None, return_dtype=pl.String
    )
    rows = (
        both.filter(pl.col("difference") != 0)
        .sort("account", "first", "month")
        .select("account", name.alias("name"), "first", "month", *AMOUNTS)
    )
    return Comparison(first, last, both.height, rows)
