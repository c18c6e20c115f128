"""The journal (verifikationslista, grundbok): every entry in the order in which it was recorded."""

from __future__ import annotations

import polars as pl

from ledger.errors import NothingKnown
from ledger.log import Book
from projections.amounts import narrowed
from projections.bookings import BOOKINGS, SIDES, bookings
from projections.dimensions import Tree, as_known, fiscal_year, span_of
from projections.registry import projection
from projections.selections import accounts_named

__all__ = ["journal"]

SIDED = ("debit", "credit")

#: Columns of the journal, in order.
JOURNAL: tuple[str, ...] = tuple(
    name
    for given in BOOKINGS
    if given != "month"
    for name in (SIDED if given == "amount" else (given,))
)


@projection(SIDED, private=("text",), listing=True)
def journal(
    book: Book,
    through: str | None = None,
    known_at: str | None = None,
    *,
    unit: str | None = None,
    tree: str = "line",
    year: str | None = None,
    account: str | None = None,
) -> pl.DataFrame:
    """Every voucher, reversal, row that came alone and month's total, in registration order.

    Columns `JOURNAL`: a row an event, with its entry's number, who recorded it and when, voucher,
    date, period, text, account and code string, ``debit`` and ``credit`` (Int64 öre, debit
    positive, so credit is a negative number; one of the two is null), and what it reverses or
    replaces; see `bookings.bookings`.

    Covers everything up to ``through`` by the voucher's date, as `balance` does, or the part of
    fiscal year ``year`` up to it. ``unit`` (with all below it, as the tree stands in the last
    month) and ``account`` (codes and ranges) take the entries that have a row there, whole, so
    that a voucher always shows that it balances.

    Raises `UsageError`, `NothingKnown` where nothing is on record there, and
    `BeyondSixtyFourBits`.
    """
    book = as_known(book, known_at)
    last = span_of(book, through, year).last
    first = fiscal_year(book, year)[0] if year is not None else ""
    rows = bookings(book)
    within = rows.filter(pl.col("month").is_between(pl.lit(first), pl.lit(last)))
    touched = within
    if unit is not None:
        below = sorted(Tree(book, tree, last).below(unit))
        touched = touched.filter(pl.col("unit").is_in(below))
    if account is not None:
        touched = touched.filter(pl.col("account").is_in(accounts_named(book, account)))
    if touched is not within:
        within = within.join(touched.select("entry").unique(), on="entry", how="semi")
    frame = within.with_columns(*SIDES).sort("entry", "position").select(*JOURNAL).collect()
    if frame.is_empty() and touched is within:
        begins = (
            rows.filter(pl.col("month") >= first).select(pl.col("month").min()).collect().item()
        )
        of_year = f" in the fiscal year {year}" if year else ""
        raise NothingKnown(
            f"Nothing is booked up to {last}{of_year}.",
            f"The first month with any is {begins}." if begins else "`ledger import` books.",
        )
    return narrowed(frame, SIDED)
