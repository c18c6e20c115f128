"""Recorded times as people read them."""

from __future__ import annotations

import re
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


_MONTH = r"(?<![\d-])(\d{4})-(0[1-9]|1[0-2])(?![\d-])"
_SPAN = re.compile(rf"{_MONTH}(–| to ){_MONTH}")
_ALONE = re.compile(_MONTH)


def in_words(text: str, lang: Language) -> str:
    """A title with its months as people write them: ``t.o.m. 2020-08`` is t.o.m. augusti 2020, and
    ``2020-01–2020-08`` januari–augusti 2020. Dates, tertials and names like ``R-2020-08`` stay.
    """

    def span(found: re.Match[str]) -> str:
        year, month, between, last_year, last_month = found.groups()
        first = month_name(f"{year}-{month}", lang)
        if year == last_year:
            first = first.removesuffix(f" {year}")
        return f"{first}{between}{month_name(f'{last_year}-{last_month}', lang)}"

    return _ALONE.sub(lambda found: month_name(found[0], lang), _SPAN.sub(span, text))


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
