"""Erasures on their way to an older copy of the log, so that it does not bring the texts back.

A list of erasures holds no values: of each the event's position, the field, the commitment by
which another log is seen to be the same, the decision, and when. It comes from the store that a
backup takes the place of, or from a file that `ledger erase --list` wrote.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from contextlib import closing
from dataclasses import asdict, dataclass
from typing import Any

from ledger import proof
from ledger.errors import ErasuresMissing, UsageError
from ledger.log import Book, connect
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
    """All erasures of a log when it held ``size`` events, whose root hash was ``root`` (hex)."""

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
        whole.size,
        proof.root(whole.path, whole.size),
        tuple(
            Carried(*place, commitments.get(place) or "", each.decision, each.erased_at)
            for place, each in sorted(found.items())
        ),
    )


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


def for_copy(listings: Iterable[Listing], copy: Book) -> tuple[tuple[int, str, str, str, str], ...]:
    """What `CarryErasures` takes: the erasures of what an older copy of the log holds.

    Raises `ErasuresMissing` for a list of another log, or one from before the copy's end.
    """
    found: dict[tuple[int, str], tuple[int, str, str, str, str]] = {}
    for each in listings:
        if each.size < copy.size:
            raise ErasuresMissing(
                f"The list of erasures is from when the log held {each.size} events, and the "
                f"backup holds {copy.size}: what was erased after it is not in the list.",
                "Write a newer list with `ledger erase --list -o FILE`.",
            )
        inside = [e for e in each.erasures if e.position < copy.size]
        held = committed(copy, [(e.position, e.field) for e in inside])
        for e in inside:
            if held[(e.position, e.field)] != e.commitment:
                raise ErasuresMissing(
                    f"The list of erasures is of another log: its event {e.position} is not the "
                    "backup's.",
                    "Give the list of this log's store.",
                )
            place = (e.position, e.field)
            found.setdefault(place, (*place, e.decision, e.erased_at, each.origin))
    return tuple(found[place] for place in sorted(found))
