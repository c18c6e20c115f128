"""The whole-store verification: what `ledger verify` checks beyond the log's own bytes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

from ledger.erasure import missing
from ledger.events import EVENTS
from ledger.log import Book, connect
from ledger.proof import Check, Finding
from ledger.surroundings import consistent, voucher_index
from ledger.totals import control_totals
from projections.replaying import replay

__all__ = ["CHECKS", "decoded", "rebuilt"]


def decoded(book: Book) -> Iterator[Finding]:
    """Every event is of a kind that the program knows, and reads as that kind.

    Raises `ledger.errors.Tampered` for the first that does not.
    """
    with closing(connect(book.path)) as connection:
        rows = connection.execute(
            "SELECT topic, MIN(rowid) - 1 FROM stored_events GROUP BY topic ORDER BY 2"
        ).fetchall()
    for topic, position in rows:
        if topic in EVENTS:
            book.events(topic)
        else:
            text = f"{topic} is no kind of event that this program knows"
            yield Finding("topic-unknown", position, text, tampering=False)


def rebuilt(book: Book) -> Iterator[Finding]:
    """Every table made twice from the events, by books that share nothing, is the same to the
    byte. Listings, which show the log's rows as they are, are left to `ledger replay`. Raises what
    a projection raises where its events are not what they must be."""
    twice = replay(book, listings=False), replay(Book(book.path), listings=False)
    for one, other in zip(*twice, strict=True):
        if one != other:
            text = f"{one.name} made twice gives two results"
            yield Finding("rebuilt-differs", None, text, tampering=False)


def indexed(book: Book) -> Iterator[Finding]:
    """Every index answers as its table would, and known vouchers are those of the events."""
    yield from consistent(book.path)
    posted = ("position", "stream", "voucher", "series", "number", "date")
    yield from voucher_index(
        book.path,
        book.events("outcome.posted", *posted),
        book.events("outcome.reversed", "position", "reverses"),
    )


CHECKS: tuple[Check, ...] = (decoded, indexed, control_totals, missing, rebuilt)
