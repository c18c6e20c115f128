"""Private texts of the events that a table shows, and of no others."""

from __future__ import annotations

from collections.abc import Iterable

from ledger.log import Book


def texts(book: Book, field: str, positions: Iterable[int]) -> dict[int, str]:
    """The values of a private field by position, at those positions (negative ones are none); of
    what was erased the marker of its erasure."""
    wanted = sorted({position for position in positions if position >= 0})
    clear = book.private(field, wanted)
    return dict(zip(clear["position"], clear["value"], strict=True))
