"""What a list of entries may be narrowed to: accounts, moments, a unit and what stood below it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

import polars as pl

from ledger.codes import Codes
from ledger.errors import UsageError
from ledger.log import Book
from projections.dimensions import Tree


def accounts_named(book: Book, text: str) -> list[str]:
    """The accounts that a text names, in code order: codes and ranges, joined by commas.

    ``5000-5999`` takes the accounts whose first digits, as many as the ends have, lie between
    them, both included. Raises `UsageError` for a code that nobody registered, and for a range
    that holds none.
    """
    known = book.organisation.accounts
    asked = Codes.of(text, known)
    for code in asked.unknown or ("",) * (not asked.codes and not asked.ranges):
        raise UsageError(f"There is no account {code!r}.", "`ledger balance` lists them.")
    for ends in asked.ranges:
        if not Codes.within(ends, known):
            raise UsageError(f"No account is in {'-'.join(ends)}.", "`ledger balance` lists them.")
    return sorted(asked.among(known))


def moment(book: Book, text: str, *, end: bool = False) -> str:
    """A day's beginning (or its ``end``), or a time, in the organisation's zone, as UTC text that
    compares with what the log holds. Raises `UsageError`."""
    zone = book.organisation.zone
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
            day = date.fromisoformat(text)
            time = datetime(day.year, day.month, day.day, tzinfo=zone)
            if end:
                time = (time + timedelta(days=1)).astimezone(UTC) - timedelta(microseconds=1)
        else:
            time = datetime.fromisoformat(text)
    except (ValueError, OverflowError) as error:
        raise UsageError(
            f"{text!r} is not a time.", "Write 2020-09-15 or 2020-09-15T12:00."
        ) from error
    aware = time if time.tzinfo else time.replace(tzinfo=zone)
    return aware.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def units_below(book: Book, unit: str, tree: str, periods: Iterable[str | None]) -> pl.DataFrame:
    """The unit and what stands below it, for each of the periods in its own: ``period``, ``unit``.

    An entry without a period (null) counts where its unit stood below in any of the periods, or
    stands there now. Raises `UsageError` for a unit or a tree that there is not.
    """
    asked = sorted({period for period in periods if period is not None})
    pairs = [(period, code) for period in asked for code in Tree(book, tree, period).below(unit)]
    ever = {code for _, code in pairs} | Tree(book, tree, _LAST).below(unit)
    return pl.DataFrame(
        sorted(pairs) + [(None, code) for code in sorted(ever)],
        schema={"period": pl.String, "unit": pl.String},
        orient="row",
    )


#: A month after every other: a tree as it stands with all that has been decided.
_LAST = "9999-12"
