"""Recorded times as people read them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from reporting.catalogue import Language, has, label

if TYPE_CHECKING:
    from ledger.log import Book


def month_name(period: str, lang: Language) -> str:
    """A month as it is said in a sentence: september 2020; any other period as it is written."""
    year, _, month = period.partition("-")
    key = f"month_name.m{month}"
    return f"{label(key, lang)} {year}" if has(key) else period


def minutes(frame: pl.DataFrame, book: Book, *columns: str) -> pl.DataFrame:
    """As `in_zone`, to the minute."""
    return in_zone(frame, book, *columns).with_columns(pl.col(columns).str.head(16))


def in_zone(frame: pl.DataFrame, book: Book, *columns: str) -> pl.DataFrame:
    """The frame with those columns (UTC, ISO) in the organisation's time zone, to the second."""
    zone = book.organisation.zone.key
    return frame.with_columns(
        pl.col(name)
        .str.to_datetime("%Y-%m-%dT%H:%M:%S%.fZ", time_unit="us", time_zone="UTC")
        .dt.convert_time_zone(zone)
        .dt.strftime("%Y-%m-%d %H:%M:%S")
        for name in columns
    )
