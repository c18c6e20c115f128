"""Sources: what was recorded from files, batch by batch, and where their rows went."""

from __future__ import annotations

import polars as pl

from ledger.log import Book
from ledger.scan import scan
from projections.dimensions import as_known
from projections.registry import projection

__all__ = ["sources"]


@projection((), title="title.sources", listing=True)
def sources(book: Book, through: str | None = None, known_at: str | None = None) -> pl.DataFrame:
    """The files that were imported, a row a batch, in the order they came.

    Columns: ``file`` (its name), ``digest`` (SHA-256 in hex), ``kind`` of batch, ``recorded_at``,
    ``actor``, ``user``, ``rows`` (rows of the file that something was recorded of), ``events``
    (how many), ``known`` (rows that were known already), ``first`` and ``last`` (positions of its
    events in the log), ``batch``. With ``through``, the batches that have an event of a period up
    to it, or none with a period.
    """
    book = as_known(book, known_at)
    admitted = book.events("governance.batch_admitted").lazy()
    parts = [part.filter(pl.col("source_digest").is_not_null()) for part in scan(book, _SCANNED)]
    events = (
        pl.concat(parts)
        .lazy()
        .join_asof(admitted.select("position", "batch"), on="position", strategy="forward")
    )
    told = admitted.group_by("batch").agg(pl.col("kind").first(), pl.col("known").first())
    entered = pl.col("topic") != "governance.batch_admitted"
    frame = (
        events.group_by("batch")
        .agg(
            pl.col("source").first().alias("file"),
            pl.col("source_digest").first().alias("digest"),
            pl.col("recorded_at", "actor", "user").first(),
            pl.col("source_line").drop_nulls().n_unique().cast(pl.Int64).alias("rows"),
            entered.sum().cast(pl.Int64).alias("events"),
            pl.col("position").filter(entered).min().alias("first"),
            pl.col("position").filter(entered).max().alias("last"),
            pl.col("period").min().alias("earliest"),
        )
        .join(told, on="batch", how="left")
        .sort("first")
    )
    if through is not None:
        last = book.period(through).last
        frame = frame.filter(pl.col("earliest").is_null() | (pl.col("earliest") <= last))
    return frame.select(
        "file",
        "digest",
        "kind",
        "recorded_at",
        "actor",
        "user",
        "rows",
        "events",
        "known",
        "first",
        "last",
        "batch",
    ).collect()


_SCANNED: dict[str, type[pl.DataType]] = {
    **dict.fromkeys(("recorded_at", "actor", "user", "source", "source_digest"), pl.String),
    "source_line": pl.Int64,
    "period": pl.String,
}
