"""Retention: what the rules say is due to be erased, and what a hold keeps."""

from __future__ import annotations

from contextlib import closing

import polars as pl

from ledger.connection import connect
from ledger.families.erasure import Reach, Retention
from ledger.log import Book
from ledger.private import kept_values

_DUE = {
    "family": pl.String,
    "field": pl.String,
    "months": pl.Int64,
    "decision": pl.String,
    "kept": pl.Int64,
    "oldest": pl.String,
    "first_due": pl.String,
    "count": pl.Int64,
    "held": pl.Int64,
}


def due(book: Book, day: str) -> pl.DataFrame:
    """What is due on a day (ISO), a row a rule, by family or topic and field.

    Columns: ``family`` (or topic), ``field``, ``months`` kept after the fiscal year's end,
    ``decision``; ``kept`` (how many values the store still holds), ``oldest`` (the oldest of
    their months) and ``first_due`` (the first day on which any of them may go; both null where
    none is kept); ``count`` of those due and free to go, ``held`` of those due that a hold keeps.
    The rules and holds are those that the book knows; what is erased is kept no more.
    """
    reach, rules = Reach(book.state), book.state.of(Retention)
    found = {place: _Counted() for place in rules.rules}
    with closing(connect(book.path)) as connection:
        for field in sorted({field for _, field in rules.rules}):
            where = "p.field = ? AND p.position < ?"
            for value in kept_values(connection.cursor(), where, (field, book.size)):
                rule, first = rules.rule_of(value), reach.due_on(value)
                if rule is not None and first is not None:
                    held = first <= day and reach.hold_on(value) is not None
                    counted = found[(rule.place, rule.field)]
                    counted.take(reach.month(value), first, first <= day, held)
    rows = [
        (place, field, rule.months, rule.decision, *found[(place, field)].row())
        for (place, field), rule in sorted(rules.rules.items())
    ]
    return pl.DataFrame(rows, schema=_DUE, orient="row")


class _Counted:
    """The values of one rule, counted."""

    def __init__(self) -> None:
        self.kept = self.due = self.held = 0
        self.oldest: str | None = None
        self.first_due: str | None = None

    def take(self, month: str, first_due: str, due: bool, held: bool) -> None:
        self.kept += 1
        self.due += due and not held
        self.held += held
        self.oldest = min(month, self.oldest or month)
        self.first_due = min(first_due, self.first_due or first_due)

    def row(self) -> tuple[int, str | None, str | None, int, int]:
        return self.kept, self.oldest, self.first_due, self.due, self.held
