"""The assignments as they stand: who ordered what, by when, and how it goes."""

from __future__ import annotations

from datetime import date, datetime

import polars as pl

from ledger.families.assignment import Assignments, Standing
from ledger.log import Book
from ledger.periods import last_day
from projections.dimensions import Tree, as_known, span_of
from projections.registry import projection
from projections.texts import texts

__all__ = ["assignments"]

_COLUMNS: dict[str, type[pl.DataType]] = {
    "assignment": pl.String,
    "unit": pl.String,
    "name": pl.String,
    "ordered_by": pl.String,
    "decision": pl.String,
    "responsible": pl.String,
    "text": pl.String,
    "due": pl.String,
    "due_text": pl.String,
    "days_left": pl.Int64,
    "overdue": pl.String,
    "progress": pl.String,
    "report": pl.String,
    "reason": pl.String,
    "reported_on": pl.String,
    "reports": pl.Int64,
    "status": pl.String,
    "position": pl.Int64,
}
_PRIVATE = ("ordered_by", "responsible", "text", "report", "reason")


@projection((), private=_PRIVATE)
def assignments(
    book: Book,
    through: str | None = None,
    known_at: str | None = None,
    *,
    unit: str | None = None,
    tree: str = "line",
    closed: bool = False,
) -> pl.DataFrame:
    """The assignments that stand, in the order in which they were given, closed ones last.

    Columns: ``assignment``, ``unit`` and its ``name``, ``ordered_by``, ``decision`` (reference),
    ``responsible``, ``text``; ``due`` (ISO day) or ``due_text``; ``days_left`` (Int64: from the
    last day of ``through``, without it the day of the book's last event; negative is late) and
    ``overdue`` (yes or no; null without a day, and where it is reported or closed); ``progress``
    (open, in_progress, stalled, deprioritised, reported; null: never reported back), ``report``
    and ``reason`` in words, ``reported_on`` (ISO day), ``reports`` (Int64: how many there were),
    ``status`` (open or closed), ``position`` (Int64: the event that gave it, as it stands). Texts
    are String, of what was erased the marker; what is not known is null. Closed ones only if asked
    for, of the ``unit`` and all below it in the tree as it stands then.

    Raises `ledger.errors.UsageError`.
    """
    book = as_known(book, known_at)
    last = span_of(book, through).last if through is not None else None
    places = Tree(book, tree, last or "9999-12")
    inside = None if unit is None else places.below(unit)
    chosen = [
        one
        for one in book.state.of(Assignments).named.values()
        if (closed or one.closed_at is None) and (inside is None or one.given.unit in inside)
    ]
    chosen.sort(key=lambda one: one.closed_at is not None)
    at = [position for one in chosen for position in (*one.words_at.values(), one.reported_at)]
    words = {name: texts(book, name, at) for name in ("ordered_by", "responsible", "text")}
    words["reason"] = texts(book, "reason", (one.reported_at for one in chosen))
    today = last_day(last) if last else _last_day(book)
    names = places.unit_names()
    rows = [_row(one, words, names.get(one.given.unit), today) for one in chosen]
    return pl.DataFrame(rows, schema=_COLUMNS, orient="row")


def _last_day(book: Book) -> date:
    """The day of the book's last event, in the organisation's zone."""
    moment = datetime.fromisoformat(book.recorded_at)
    return moment.astimezone(book.organisation.zone).date()


def _row(
    one: Standing, words: dict[str, dict[int, str]], name: str | None, today: date
) -> tuple[object, ...]:
    given, last = one.given, one.reported
    left = (date.fromisoformat(given.due) - today).days if given.due else None
    done = one.closed_at is not None or (last is not None and last.progress == "reported")
    late = None if left is None or done else "yes" if left < 0 else "no"
    said = {n: words[n].get(one.words_at[n]) for n in ("ordered_by", "responsible", "text")}
    return (
        given.assignment,
        given.unit,
        name,
        said["ordered_by"],
        given.decision,
        said["responsible"],
        said["text"],
        given.due,
        given.due_text,
        left,
        late,
        last.progress if last else None,
        words["text"].get(one.reported_at),
        words["reason"].get(one.reported_at),
        last.reported_on if last else None,
        one.reports,
        "open" if one.closed_at is None else "closed",
        one.position,
    )
