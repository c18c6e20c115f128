"""Erasures on their way to an older copy of the log, so that it does not bring the texts back.

A list of erasures holds no values: of each the event's position, the field, the commitment by
which another log is seen to be the same, the decision, and when. It comes from the store that a
backup takes the place of, or from a file that `ledger erase --list` wrote.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import asdict, dataclass
from typing import Any

from ledger import proof
from ledger.connection import connect
from ledger.errors import ErasuresMissing, UsageError
from ledger.log import Book
from ledger.private import erasures


@dataclass(frozen=True, slots=True)
class Carried:
    """One erasure: of the event at ``position`` the ``field``, whose ``commitment`` (hex) the
    event still holds; by what decision and when (UTC)."""

    position: int
    field: str
    commitment: str
    decision: str
    erased_at: str


@dataclass(frozen=True, slots=True)
class Listing:
    """All erasures of a log when it held ``size`` events, whose root hash was ``root``; ``log`` is
    the leaf hash of its first event, by which a log is told from another (both hex)."""

    log: str
    size: int
    root: str
    erasures: tuple[Carried, ...]

    @property
    def origin(self) -> str:
        """How an erasure that is carried over names where it comes from."""
        return f"@{self.size} {self.root}"

    def to_json(self) -> str:
        """The list as a file."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=2) + "\n"

    @classmethod
    def from_json(cls, text: str, name: str) -> Listing:
        """The list that a file holds; `UsageError` for a file that is none."""
        try:
            content: dict[str, Any] = json.loads(text)
            found = cls(
                str(content["log"]),
                int(content["size"]),
                str(content["root"]),
                tuple(Carried(**each) for each in content["erasures"]),
            )
        except (ValueError, KeyError, TypeError) as error:
            raise UsageError(
                f"{name} is no list of erasures.", "Write one with `ledger erase --list -o FILE`."
            ) from error
        return found


def listing(book: Book) -> Listing:
    """The erasures that the whole log of the book's store holds."""
    whole = Book(book.path)
    with closing(connect(whole.path)) as connection:
        found = erasures(connection.cursor())
        commitments = committed(whole, found)
    return Listing(
        log_of(whole),
        whole.size,
        proof.root(whole.path, whole.size),
        tuple(
            Carried(*place, commitments.get(place) or "", each.decision, each.erased_at)
            for place, each in sorted(found.items())
        ),
    )


def log_of(book: Book) -> str:
    """The leaf hash (hex) of a log's first event: when and by whom it was founded."""
    return proof.leaves(Book(book.path, min(book.size, 1))).hex()


def committed(book: Book, places: Iterable[tuple[int, str]]) -> dict[tuple[int, str], str | None]:
    """The commitments that the log's events hold at these positions and fields."""
    found: dict[tuple[int, str], str | None] = {}
    with closing(connect(book.path)) as connection:
        for position, field in places:
            row = connection.execute(
                "SELECT json_extract(CAST(state AS TEXT), '$.' || ?) FROM stored_events "
                "WHERE rowid = ?",
                (field, position + 1),
            ).fetchone()
            found[(position, field)] = row[0] if row else None
    return found


def for_copy(each: Listing, copy: Book, shared: int) -> Iterator[tuple[int, str, str, str, str]]:
    """What `CarryErasures` takes: the list's erasures of the first ``shared`` events, those that
    the copy has in common with the log that the list is of.

    Raises `ErasuresMissing` for a list of another log.
    """
    inside = [e for e in each.erasures if e.position < shared]
    held = committed(copy, [(e.position, e.field) for e in inside])
    strange = [e for e in inside if held[(e.position, e.field)] != e.commitment]
    if each.log != log_of(copy) or strange:
        raise ErasuresMissing(
            "The list of erasures is of another log than the backup.",
            "Give the list that this log's own store wrote.",
        )
    for e in inside:
        yield (e.position, e.field, e.decision, e.erased_at, each.origin)
