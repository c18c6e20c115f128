"""The tables of a replay: projections made again, and what was given out beside what it is now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import projections
from ledger.events import canonical_json
from reporting.catalogue import Language, label
from reporting.notes import known, local
from reporting.publication import Replayed
from reporting.tables import Column, Table, table_from

if TYPE_CHECKING:
    from ledger.log import Book

_DATA = (
    Column("projection"),
    Column("question"),
    Column("rows", "count"),
    Column("digest"),
    Column("unanswered"),
)
_PEOPLE = (
    Column("projection", words="projection"),
    Column("question"),
    Column("rows", "count"),
    Column("digest", word="column.sha256"),
)
_CHECKED = (
    Column("report"),
    Column("question"),
    Column("position", "number"),
    Column("recorded_at"),
    Column("actor"),
    Column("size", "number"),
    Column("expected"),
    Column("found"),
    Column("state"),
    Column("failure"),
)
_CHECKED_PEOPLE = (
    Column("report", words="projection"),
    Column("question"),
    Column("recorded_at", word="column.published_at"),
    Column("actor"),
    Column("size", "count", word="column.events"),
    Column("state", words="replayed"),
)


def replay(book: Book, lang: Language, *, people: bool) -> Table:
    """Every projection made again from the book's events: its question, rows, and SHA-256."""
    rows = [
        {
            "projection": each.name,
            "question": asked(each.question, people=people),
            "rows": each.rows,
            "digest": each.unanswered if people and each.digest is None else each.digest,
            "unanswered": each.unanswered,
        }
        for each in projections.replay(book)
    ]
    notes = (label("note.replay", lang), known(book, lang))
    return table_from(rows, _PEOPLE if people else _DATA, label("title.replay", lang), notes)


def checked(book: Book, found: Sequence[Replayed], lang: Language, *, people: bool) -> Table:
    """What was given out or adopted, and whether it says the same today."""
    rows = [
        {
            "report": each.report,
            "question": asked(each.question, people=people),
            "position": each.position,
            "recorded_at": local(book, each.recorded_at)[:16] if people else each.recorded_at,
            "actor": each.actor,
            "size": each.size,
            "expected": each.expected,
            "found": each.found,
            "state": "same" if each.same else "differs",
            "failure": each.failure,
        }
        for each in found
    ]
    notes = [known(book, lang)]
    if all(each.report == "adopted_round" for each in found):
        notes.insert(0, label("note.nothing_published", lang))
    columns = _CHECKED_PEOPLE if people else _CHECKED
    return table_from(rows, columns, label("title.replay_check", lang), notes)


def asked(question: Mapping[str, Any], *, people: bool) -> str | None:
    """A question as canonical JSON, or as the command's options, which is how people ask it."""
    if not people:
        return canonical_json(question).decode()
    said = []
    for name, value in question.items():
        default = {"tree": "line", "span": "accumulated"}.get(name)
        if value is not None and value != default:
            text = ",".join(value) if isinstance(value, list | tuple) else str(value)
            said.append(text if name == "round" else f"--{name} {text}")
    return " ".join(said) or None
