"""Corrections: what was reversed, why and by whom, and what took its place."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from ledger.log import Book
from projections import facts
from projections.amounts import WIDE, narrowed
from projections.dimensions import as_known
from projections.registry import projection

__all__ = ["correction_rows", "corrections"]

#: The code string of a row, by which an original row meets the one that took its place.
_CODES = ("account", "unit", "project", "product", "activity", "counterparty_unit", "dimensions")

#: What a voucher's reversal, or what took its place, is told by.
_TOLD = ("position", "recorded_at", "actor", "user", "stream", "source", "period")


@projection(("effect",), listing=True)
def corrections(
    book: Book, through: str | None = None, known_at: str | None = None
) -> pl.DataFrame:
    """The vouchers that were reversed, each with what took its place, in the order of reversing.

    Columns: ``original`` (Int64: position of the voucher's first posting), ``series``,
    ``number``, ``date``, ``period`` of the original, ``recorded_at``, ``actor``, ``batch`` of
    its recording; ``reversal`` (position of the first row), ``reversal_period``,
    ``reversed_at``, ``reversed_by``, ``reversal_batch``, ``reason`` (null where erased); ``new``
    (position, null where nothing took its place), ``new_period``, ``new_at``, ``new_by``,
    ``new_batch``; ``effect`` (Int64 öre, result sign: the change on income and cost accounts).
    Times are UTC, ISO. With ``through``, reversals that count in that period or earlier ones.
    """
    book = as_known(book, known_at)
    last = book.period(through).last if through is not None else None
    originals, reversals, replaced = _parts(book)
    found = (
        _heads(originals)
        .join(_heads(reversals), on="original", suffix="_reversal")
        .join(_heads(replaced), on="original", how="left", suffix="_new")
        .join(book.private("reason").rename({"value": "reason"}),
              left_on="position_reversal", right_on="position", how="left")
        .join(_effect(book, reversals, replaced), on="original", how="left")
    )  # fmt: skip
    if last is not None:
        found = found.filter(pl.col("period_reversal") <= last)
    frame = found.sort("position_reversal").select(
        "original",
        "series",
        "number",
        "date",
        "period",
        "recorded_at",
        "actor",
        pl.col("stream").alias("batch"),
        pl.col("position_reversal").alias("reversal"),
        pl.col("period_reversal").alias("reversal_period"),
        pl.col("recorded_at_reversal").alias("reversed_at"),
        pl.col("actor_reversal").alias("reversed_by"),
        pl.col("stream_reversal").alias("reversal_batch"),
        "reason",
        pl.col("position_new").alias("new"),
        pl.col("period_new").alias("new_period"),
        pl.col("recorded_at_new").alias("new_at"),
        pl.col("actor_new").alias("new_by"),
        pl.col("stream_new").alias("new_batch"),
        pl.col("effect").fill_null(0),
    )
    return narrowed(frame, ("effect",))


@projection(("amount", "reversal", "new"), listing=True)
def correction_rows(
    book: Book, known_at: str | None = None, *, originals: Iterable[int] | None = None
) -> pl.DataFrame:
    """Corrections row by row: the original, its reversal and what took its place side by side.

    Columns: ``original`` (position of the voucher's first posting), the code string, ``text`` (of
    the new row, else of the original; null where erased), ``position`` and ``amount`` of the
    original row, ``reversal_position`` and ``reversal``, ``new_position`` and ``new`` (Int64
    öre, result sign; null where there is none). A new row stands beside the original row of the
    same code string, else on a line of its own. ``originals`` are the vouchers asked for, else
    all that were reversed.
    """
    book = as_known(book, known_at)
    before, reversals, replaced = _parts(book)
    if originals is not None:
        wanted = pl.col("original").is_in(list(originals))
        before, reversals, replaced = (f.filter(wanted) for f in (before, reversals, replaced))
    place = ["original", *_CODES, "nth"]
    nth = pl.int_range(pl.len()).over("original", *_CODES).alias("nth")
    old = before.with_columns(nth).join(
        reversals.select(
            pl.col("reverses").alias("position"),
            pl.col("position").alias("reversal_position"),
            pl.col("amount").alias("reversal"),
        ),
        on="position",
        how="left",
    )
    new = replaced.with_columns(nth).select(
        *place, pl.col("position").alias("new_position"), pl.col("amount").alias("new")
    )
    texts = book.private("text")
    rows = old.select(*place, "position", "amount", "reversal_position", "reversal").join(
        new, on=place, how="full", coalesce=True, nulls_equal=True
    )
    for at in ("new_position", "position"):
        text = texts.rename({"position": at, "value": f"text_{at}"})
        rows = rows.join(text, on=at, how="left")
    order = pl.coalesce("position", pl.lit(2**62)), "new_position"
    return rows.sort("original", *order).select(
        "original",
        *_CODES,
        pl.coalesce("text_new_position", "text_position").alias("text"),
        "position",
        "amount",
        "reversal_position",
        "reversal",
        "new_position",
        "new",
    )


def _parts(book: Book) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Postings of vouchers that were reversed, their reversals, and what took their place: events
    with ``original``, the position of the first posting of the voucher that was reversed."""
    posted = book.events("outcome.posted").with_columns(
        pl.col("position").min().over("stream", "voucher").alias("original")
    )
    reversals = book.events("outcome.reversed").join(
        posted.select(pl.col("position").alias("reverses"), "original"), on="reverses"
    )
    gone = reversals.select("original").unique()
    replaced = posted.filter(pl.col("corrects").is_not_null()).with_columns(
        pl.col("corrects").alias("original")
    )
    return posted.join(gone, on="original", how="semi"), reversals, replaced


def _heads(rows: pl.DataFrame) -> pl.DataFrame:
    """The first row of each original's part, with what tells of it."""
    more = [name for name in ("series", "number", "date") if "reverses" not in rows.columns]
    return (
        rows.sort("position")
        .group_by("original", maintain_order=True)
        .first()
        .select("original", *_TOLD, *more)
    )


def _effect(book: Book, *parts: pl.DataFrame) -> pl.DataFrame:
    """The sum of the parts on income and cost accounts, by original."""
    both = pl.concat([part.select("original", "account", "amount") for part in parts])
    return (
        both.filter(pl.col("account").is_in(facts.result_accounts(book)))
        .group_by("original")
        .agg(pl.col("amount").cast(WIDE).sum().alias("effect"))
    )
