"""Tables of who recorded what and when, who looked at it, what came late, and who may what."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import polars as pl

import projections
from ledger.families.roles import FOUR_EYES
from reporting.catalogue import Language, label
from reporting.tables import Column, Table, columns_of, table_of
from reporting.times import in_zone

if TYPE_CHECKING:
    from ledger.log import Book


def batches(book: Book, lang: Language, *, people: bool, **ask: Any) -> Table:
    """The batches of the log; a note where the name alone decides four eyes.

    For people a review from the recorder's own account says so beside the reviewer's name, and
    what nobody asked about is left out.
    """
    frame = projections.batches(book, **ask)
    setting = book.organisation.setting("four_eyes", FOUR_EYES[0])
    notes = [label("note.four_eyes_actor", lang)] if setting == "actor" else []
    if people:
        same = pl.when(pl.col("same_account") == "yes").then(
            pl.format("{} ({})", "reviewed_by", pl.lit(label("message.same_account", lang)))
        )
        frame = frame.with_columns(same.otherwise("reviewed_by").alias("reviewed_by"))
        frame = frame.drop("user", "same_account")
        for name in ("known", "entries_reviewed"):
            frame = frame if frame[name].sum() else frame.drop(name)
    return _table("batches", book, lang, frame, ("recorded_at", "reviewed_at"), people, notes)


def late_entries(book: Book, lang: Language, *, people: bool, through: str | None = None) -> Table:
    """Outcome whose own month was closed when it was recorded."""
    frame = projections.late_entries(book, through)
    return _table("late_entries", book, lang, frame, ("recorded_at",), people)


def roles(book: Book, lang: Language, *, people: bool) -> Table:
    """Who may do what, and since when; a note while everybody may do everything."""
    frame = projections.roles(book)
    key = "roles" if frame.height else "no_roles"
    return _table("roles", book, lang, frame, ("since",), people, [label(f"note.{key}", lang)])


def _column(column: Column) -> Column:
    """Positions are names, and amounts that control something show their öre."""
    kind = "number" if column.key == "position" else column.kind
    return replace(column, kind=kind, ore=kind == "amount")


def _table(
    name: str,
    book: Book,
    lang: Language,
    frame: pl.DataFrame,
    times: tuple[str, ...],
    people: bool,
    notes: list[str] | None = None,
) -> Table:
    """The projection's table; for people with times in their zone."""
    amounts = projections.PROJECTIONS[name].amounts
    columns = [_column(c) for c in columns_of(frame, amounts)]
    if people:
        frame = in_zone(frame, book, *times)
    return table_of(
        frame, amounts, label(f"title.{name}", lang), columns=columns, notes=notes or ()
    )
