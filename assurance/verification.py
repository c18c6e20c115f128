"""The whole-store verification: what `ledger verify` checks beyond the log's own bytes."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

from assurance.samples import redraw
from ledger.erasure import held_values
from ledger.events import EVENTS
from ledger.families.control_sample import Samples
from ledger.log import Book
from ledger.proof import Check, FileCheck, Finding
from ledger.surroundings import consistent, voucher_index
from ledger.totals import control_totals
from projections.replaying import replay

__all__ = ["CHECKS", "decoded", "drawn_again", "rebuilt"]


def decoded(book: Book) -> Iterator[Finding]:
    """Every event is of a kind that the program knows, and reads as that kind.

    Raises `ledger.errors.Tampered` for the first that does not.
    """
    for topic, (position, _) in sorted(book.reach.items(), key=lambda kind: kind[1]):
        if topic in EVENTS:
            book.events(topic)
        else:
            text = f"{topic} is no kind of event that this program knows"
            yield Finding("topic-unknown", position, text, tampering=False)


def rebuilt(book: Book) -> Iterator[Finding]:
    """Every table made twice from the events, by books that share nothing but the events' columns,
    is the same to the byte. Listings, which show the log's rows as they are, are left to `ledger
    replay`. Raises what a projection raises where its events are not what they must be.

    The columns are the events' bytes read as they must be (`decoded`), and held against what was
    said of them when they were recorded (`ledger.totals`): a second reading would say no more.
    """
    with ThreadPoolExecutor(2) as both:
        twice = both.map(lambda each: list(replay(each, listings=False)), (book, book.anew()))
    for one, other in zip(*twice, strict=True):
        if one != other:
            text = f"{one.name} made twice gives two results"
            yield Finding("rebuilt-differs", None, text, tampering=False)


def drawn_again(book: Book) -> Iterator[Finding]:
    """Every sample that was drawn by a seed comes out again as it is on record."""
    for name, drawn in book.state.of(Samples).named.items():
        if drawn.event.committed is not None and not redraw(book, name).same:
            text = f"sample {name!r} drawn again is not the one on record"
            yield Finding("sample-differs", drawn.position, text)


#: In the order in which they begin: what reads the file beside the reading of the log; then what
#: needs the events' columns.
CHECKS: tuple[Check | FileCheck, ...] = (
    FileCheck(held_values),
    FileCheck(consistent),
    decoded,
    rebuilt,
    voucher_index,
    control_totals,
    drawn_again,
)
