"""A forecast round as the book was when it was opened: what it holds, and its outcome so far.

An adopted year-end does not move (decision 0005): not when the log grows, nor when an account
changes type, a unit moves or a fiscal year is stated afterwards.

Where a year has several adopted rounds, each unit is answered for by one of them (`answering`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from weakref import WeakKeyDictionary

import polars as pl

from ledger.families.forecast import Forecasts, Round
from ledger.log import Book
from projections import facts
from projections.dimensions import Tree

#: The earlier books that a book has been asked about, by their size.
_BOOKS: WeakKeyDictionary[Book, dict[int, Book]] = WeakKeyDictionary()


@dataclass(frozen=True)
class OpenedRound:
    """A round, the units inside it, and the outcome so far of those, as facts; ``left`` are units
    that it leaves to other rounds, and that are no longer inside."""

    round: Round
    inside: frozenset[str]
    so_far: pl.LazyFrame
    _trees: tuple[Tree, Tree]
    left: frozenset[str] = frozenset()

    @property
    def year_end(self) -> pl.LazyFrame:
        """Outcome so far, and what was entered for the rest."""
        every = pl.concat([self.so_far, facts.entries(self.round)])
        return every.filter(~pl.col("unit").is_in(sorted(self.left))) if self.left else every

    @property
    def entered(self) -> set[str]:
        """The units that have entries, but for those left."""
        return self.round.entered - self.left

    def without(self, units: frozenset[str]) -> OpenedRound:
        """The round, leaving those units to others."""
        return replace(self, inside=self.inside - units, left=self.left | units)

    def above(self, units: frozenset[str]) -> set[str]:
        """What stands above those units, then or now, and is none of them."""
        return {above for tree in self._trees for u in units for above in tree.path(u)} - units


def as_opened(book: Book, found: Round) -> OpenedRound:
    """The round by the accounts, tree and calendar of the book that it was opened in.

    A unit registered since is inside if it now stands below the round's unit; it has no outcome
    so far.
    """
    opened = found.opened
    then = _book_of(book, opened.log_size)
    trees = Tree(then, "line", opened.through), Tree(book, "line", opened.through)
    inside = trees[0].below(opened.unit)
    since = trees[1].below(opened.unit) - then.organisation.units
    months = then.organisation.calendar.to_date(opened.through)
    so_far = facts.months_in(facts.outcome(book, then), months).filter(
        pl.col("unit").is_in(sorted(inside))
    )
    return OpenedRound(found, inside | since, so_far, trees)


def answering(book: Book, first: str, last: str) -> tuple[OpenedRound, ...]:
    """The adopted rounds that answer for the year-end of a fiscal year, the newest first, each
    with the units that it answers for: those inside it that no round adopted later holds.

    So a round of one area, adopted after that of the whole, takes that area's units, and the
    whole's round keeps the others; all together they sum to the whole. An earlier round with an
    entry on a unit above the part of a later one may mean that part with it, which nobody can
    take out again: it answers for nothing, and its units are unknown until a round holds them.
    """
    found: list[OpenedRound] = []
    taken: frozenset[str] = frozenset()
    for each in book.state.of(Forecasts).adopted(first, last):
        opened = as_opened(book, each)
        mine = opened.inside - taken
        parted = opened.inside & taken
        if mine and not (parted and opened.above(parted) & opened.without(taken).entered):
            found.append(opened.without(taken))
        taken |= opened.inside
    return tuple(found)


def _book_of(book: Book, size: int) -> Book:
    """The book's first ``size`` events; itself where it has no more."""
    if size == book.size:
        return book
    known = _BOOKS.setdefault(book, {})
    if size not in known:
        known[size] = Book(book.path, size)
    return known[size]
