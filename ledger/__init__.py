"""The truth: events, money, periods, commands, write-side state, store, proof, erasable texts.

Imports nothing else of ours. One row's way::

    command ── decide(state, lookup) ──> drafts ── Store.record ──> the log ──> Book ──> frames
                 (pure)                  or problems  (one transaction)  (read only)

>>> import ledger
>>> book = ledger.open("ledger.db")        # doctest: +SKIP
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from ledger.log import Book

__all__ = ["open"]


def open(store: str | Path, known_at: str | None = None) -> Book:
    """Open a store for reading, as it is now or as it was known at a time.

    ``known_at`` is a date (its end, in the organisation's time zone), a time, or ``@N``: the
    first N events. Raises `ledger.errors.StoreMissing` and `ledger.errors.UnknownTime`.
    """
    from ledger.log import Book

    book = Book(store)
    return book if known_at is None else book.at(known_at)
