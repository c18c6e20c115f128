"""What stands under a table: as known when, and what part of the organisation was asked for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from reporting.catalogue import Language, label

if TYPE_CHECKING:
    from ledger.log import Book


def known(book: Book, lang: Language) -> str:
    """As known when: the log's last event in the book, in the organisation's time."""
    return label("note.known_at", lang, time=local(book, book.recorded_at)[:16], size=book.size)


def local(book: Book, recorded_at: str) -> str:
    """A recorded time in the organisation's zone, to the second, as people read it."""
    time = datetime.fromisoformat(recorded_at).astimezone(book.organisation.zone)
    return f"{time:%Y-%m-%d %H:%M:%S}"


def asked(book: Book, lang: Language, **ask: Any) -> list[str]:
    """What part of the organisation, which tree and which structure were asked for, if not all
    of it, the line and the default."""
    told = []
    if unit := ask.get("unit"):
        names = [
            units[unit][-1].name for units in book.organisation.trees.values() if unit in units
        ]
        name = names[0] if names else ""
        told.append(label("note.unit", lang, unit=unit, name=name).rstrip())
    if (tree := ask.get("tree")) not in (None, "line"):
        name, _, month = tree.partition("@")
        told.append(
            label("note.tree_each", lang, tree=name)
            if month == "then"
            else label("note.tree", lang, tree=tree)
        )
    if structure := ask.get("structure"):
        told.append(label("note.structure", lang, structure=structure))
    return [f"{', '.join(told)}."] if told else []


def own_lines(book: Book, lang: Language, noun: str, asked_for: str | None = None) -> list[str]:
    """That the table's lines are those of another structure than the result's, where nobody
    asked for it."""
    own, results = (book.organisation.setting(f"structure.{each}") for each in (noun, "result"))
    if asked_for is not None or own is None or own == results:
        return []
    return [label("note.own_lines", lang, structure=own)]


def beyond(
    book: Book, lang: Language, last: str, against: Sequence[str] = ("budget", "last_year")
) -> list[str]:
    """That the months asked for go beyond the outcome on record, if they do; ``against`` is what
    the table holds it against."""
    latest = max(book.months, default=last)
    if latest >= last:
        return []
    if len(against) > 1:
        return [label("note.beyond", lang, last=last, latest=latest)]
    if against:
        of = label(f"column.{against[0]}", lang).lower()
        return [label("note.beyond_of", lang, last=last, latest=latest, against=of)]
    return [label("note.beyond_alone", lang, last=last, latest=latest)]


def restated(book: Book, lang: Language, tree: str | None, first: str, last: str) -> list[str]:
    """That units have moved since the first month of those compared, and stand as in the last."""
    from projections.dimensions import THEN, moved

    asked_for = tree or "line"
    if asked_for.endswith(THEN) or not moved(book, asked_for, first, last):
        return []
    name, _, month = asked_for.partition("@")
    return [label("note.restated", lang, tree=name, month=month or last)]
