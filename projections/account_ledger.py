"""The general ledger (huvudbok): account by account, opening, entries with running balance,
closing."""

from __future__ import annotations

import polars as pl

from ledger.log import Book
from projections.account_balance import balance
from projections.amounts import WIDE, narrowed
from projections.bookings import BOOKINGS, SIDES, bookings
from projections.dimensions import Tree, as_known, fiscal_year, span_of
from projections.registry import projection
from projections.selections import accounts_named

__all__ = ["general_ledger"]

AMOUNTS = ("debit", "credit", "balance")

_CODES = ("unit", "project", "product", "activity", "counterparty_unit", "dimensions")
#: Columns of the general ledger, in order.
GENERAL_LEDGER: tuple[str, ...] = (
    "account",
    "name",
    "kind",
    "date",
    "period",
    "voucher",
    "text",
    *_CODES,
    *AMOUNTS,
    "entry",
    "position",
    "recorded_at",
    "of_entry",
    "of_voucher",
)


@projection(AMOUNTS, private=("text",), listing=True)
def general_ledger(
    book: Book,
    through: str | None = None,
    known_at: str | None = None,
    *,
    unit: str | None = None,
    tree: str = "line",
    year: str | None = None,
    account: str | None = None,
) -> pl.DataFrame:
    """What `balance` says of each account, with the entries between opening and closing.

    Columns `GENERAL_LEDGER`. An account's first row has ``kind`` opening and its last closing, as
    `balance` has them; between them its entries (kinds as `bookings.KINDS`) by the voucher's date,
    then in the order recorded, each month's totals first. ``debit`` and ``credit`` (a negative
    number) are the entry's, or on the closing row their sums; ``balance`` runs from the opening
    (Int64 öre, **debit positive**). Where the opening is null, since it was stated for the whole
    organisation and a part was asked for, ``balance`` is null too.

    ``through``, ``year``, ``unit`` and ``tree`` are as in `balance`; ``account`` takes codes and
    ranges. Raises `ledger.errors.UsageError` and `ledger.errors.BeyondSixtyFourBits`.
    """
    book = as_known(book, known_at)
    last = span_of(book, through, year).last
    first = fiscal_year(book, year)[0] if year is not None else ""
    sums = balance(book, through, unit=unit, tree=tree, year=year).lazy()
    rows = bookings(book).filter(pl.col("month").is_between(pl.lit(first), pl.lit(last)))
    if unit is not None:
        rows = rows.filter(pl.col("unit").is_in(sorted(Tree(book, tree, last).below(unit))))
    if account is not None:
        chosen = pl.col("account").is_in(accounts_named(book, account))
        sums, rows = sums.filter(chosen), rows.filter(chosen)
    entries = (
        rows.sort("account", "month", "date", "position", nulls_last=False)
        .join(sums.select("account", "opening"), on="account", how="left", maintain_order="left")
        .with_columns(
            *SIDES,
            balance=pl.col("opening").cast(WIDE) + pl.col("amount").cum_sum().over("account"),
            place=pl.int_range(pl.len()).over("account"),
        )
    )
    openings = sums.select("account", "name", balance="opening", kind=pl.lit("opening"), place=-1)
    closings = sums.select(
        "account",
        "name",
        "debit",
        "credit",
        balance="closing",
        kind=pl.lit("closing"),
        place=pl.lit(None, pl.Int64),
    )
    frame = (
        pl.concat([_whole(part) for part in (openings, entries, closings)])
        .sort("account", "place", nulls_last=True, maintain_order=True)
        .select(*GENERAL_LEDGER)
        .collect()
    )
    return narrowed(frame, AMOUNTS)


def _whole(part: pl.LazyFrame) -> pl.LazyFrame:
    """A part with all columns of the ledger and its place within the account; null where it has
    none. Amounts are wide."""
    have = set(part.collect_schema().names())
    types: dict[str, type[pl.DataType]] = {
        **BOOKINGS,
        **dict.fromkeys(AMOUNTS, WIDE),
        "place": pl.Int64,
    }
    return part.select(
        (pl.col(name) if name in have else pl.lit(None)).cast(types[name]).alias(name)
        for name in (*GENERAL_LEDGER, "place")
    )
