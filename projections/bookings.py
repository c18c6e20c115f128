"""Bookings: every amount that counts as outcome, as the accountant's books list it.

An *entry* is what was entered as one: a voucher, its reversal, a row that came alone, or a month's
totals from one file. Entries are numbered from 1 in the order in which they were recorded; the
log only grows, so a number never moves, whatever a list leaves out.
"""

from __future__ import annotations

import polars as pl

from ledger.log import Book
from projections.amounts import WIDE

#: Columns of `bookings`; ``amount`` is öre, wide, **debit positive**.
BOOKINGS: dict[str, type[pl.DataType]] = {
    "entry": pl.Int64,
    "position": pl.Int64,
    "recorded_at": pl.String,
    "actor": pl.String,
    "batch": pl.String,
    "kind": pl.String,
    "voucher": pl.String,
    "date": pl.String,
    "period": pl.String,
    "registered_at": pl.String,
    "text": pl.String,
    "row": pl.Int64,
    "account": pl.String,
    "name": pl.String,
    "unit": pl.String,
    "project": pl.String,
    "product": pl.String,
    "activity": pl.String,
    "counterparty_unit": pl.String,
    "dimensions": pl.String,
    "amount": WIDE,
    "reverses": pl.Int64,
    "corrects": pl.Int64,
    "of_entry": pl.Int64,
    "of_voucher": pl.String,
    "source": pl.String,
    "source_line": pl.Int64,
    "month": pl.String,
}

#: What an amount may be: a voucher's posting, one that came alone, a reversal, a month's total.
KINDS = ("posted", "alone", "reversed", "restated")
_TOPICS = {"posted": "outcome.posted", "reversed": "outcome.reversed"}
_TOPICS["restated"] = "outcome.balance_restated"
_HELD: tuple[str, ...] = (
    "date",
    "registered_at",
    "series",
    "number",
    "row",
    "voucher",
    "alone",
    "reverses",
    "corrects",
)


def bookings(book: Book) -> pl.LazyFrame:
    """All of them, entry by entry in the order recorded, with the columns of `BOOKINGS`.

    ``kind`` is one of `KINDS`, ``voucher`` series and number, ``text`` the posting's text or the
    reason of a reversal, ``month`` that of the voucher's date (of a month's total, its own), by
    which the books go. ``of_entry`` and ``of_voucher`` name what a reversal reverses and what a
    corrected voucher replaces, ``reverses`` and ``corrects`` its position.
    """
    rows = pl.concat([_rows(book, kind) for kind in _TOPICS]).sort("position")
    rows = rows.join_asof(
        book.events("governance.batch_admitted").lazy().select("position", "batch"),
        on="position",
        strategy="forward",
    )
    # Of month totals, one entry a batch and month; else the voucher that the batch numbered.
    together = pl.concat_str(
        "stream", pl.coalesce(pl.col("voucher").cast(pl.String), "period"), separator="|"
    )
    first = pl.col("position").min().over(together)
    rows = rows.with_columns(
        entry=first.rank("dense").cast(pl.Int64),
        named=pl.concat_str("series", "number", separator=" ", ignore_nulls=True).replace("", None),
    )
    known = rows.select("position", of_entry="entry", of_voucher="named")
    names = {code: account.name for code, account in book.organisation.accounts.items()}
    return (
        rows.with_columns(of=pl.coalesce("reverses", "corrects"))
        .join(known, left_on="of", right_on="position", how="left")
        .join(_texts(book), on="position", how="left")
        .with_columns(
            voucher=pl.col("named"),
            month=pl.coalesce(pl.col("date").str.slice(0, 7), "period"),
            amount=pl.col("amount").cast(WIDE) * -1,
            name=pl.col("account").replace_strict(
                list(names), list(names.values()), default=None, return_dtype=pl.String
            ),
        )
        .sort("entry", "position")
        .select(*BOOKINGS)
    )


def _rows(book: Book, kind: str) -> pl.LazyFrame:
    """The events of one kind, with a null for each column that the kind has not."""
    frame = book.events(_TOPICS[kind]).lazy()
    have = set(frame.collect_schema().names())
    wanted = {"stream": pl.String, "alone": pl.Boolean, "voucher": pl.Int64}
    wanted |= {name: BOOKINGS.get(name, pl.String) for name in _HELD if name not in wanted}
    wanted |= {
        name: pl.Int64 if name == "amount" else dtype
        for name, dtype in BOOKINGS.items()
        if name not in ("entry", "batch", "kind", "text", "name", "month", "of_entry", "of_voucher")
        and name not in wanted
    }
    alone = pl.col("alone").fill_null(False)
    return frame.select(
        (pl.col(name) if name in have else pl.lit(None, dtype)).alias(name)
        for name, dtype in wanted.items()
    ).with_columns(kind=pl.when(alone).then(pl.lit("alone")).otherwise(pl.lit(kind)))


def _texts(book: Book) -> pl.LazyFrame:
    """Private texts in clear by position: a posting's text, a reversal's reason."""
    return (
        pl.concat([book.private("text").lazy(), book.private("reason").lazy()])
        .select("position", text="value")
        .unique("position", keep="first")
    )


#: ``amount`` as ``debit`` (above zero) and ``credit`` (below, a negative number), each null on the
#: other's rows; a row of nothing is a debit of 0.
SIDES = (
    pl.when(pl.col("amount") >= 0).then("amount").alias("debit"),
    pl.when(pl.col("amount") < 0).then("amount").alias("credit"),
)
