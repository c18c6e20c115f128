"""The tables of a replay: projections made again, and what was given out beside what it is now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import projections
from ledger.events import canonical_json
from reporting.catalogue import Language, has, label
from reporting.messages import told
from reporting.notes import known, local
from reporting.publication import rounds_again, tables_again
from reporting.replayed import Replayed
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
    Column("compared"),
    Column("because", "texts"),
    Column("program"),
)
_CHECKED_PEOPLE = (
    Column("report"),
    Column("question"),
    Column("recorded_at", word="column.published_at"),
    Column("actor"),
    Column("size", "count", word="column.events"),
    Column("compared", words="replay_of"),
    Column("state", words="replayed"),
)


def replay(book: Book, lang: Language, *, people: bool) -> Table:
    """Every projection made again from the book's events: its question, rows, and SHA-256."""
    rows = [
        {
            "projection": each.name,
            "question": asked(each.question, people=people),
            "rows": each.rows,
            "digest": told(each.unanswered or "", lang)
            if people and not each.digest
            else each.digest,
            "unanswered": each.unanswered,
        }
        for each in projections.replay(book)
    ]
    notes = (label("note.replay", lang), known(book, lang))
    return table_from(rows, _PEOPLE if people else _DATA, label("title.replay", lang), notes)


def replayed(book: Book) -> list[Replayed]:
    """What was given out up to the book, asked again: tables, then whole reports file by file; then
    what was adopted."""
    from reporting.report.given_out import documents_again

    return [*tables_again(book), *documents_again(book), *rounds_again(book)]


def checked(book: Book, found: Sequence[Replayed], lang: Language, *, people: bool) -> Table:
    """What was given out or adopted, and whether it says the same today."""
    rows = [
        {
            "report": _named(each.report, lang) if people else each.report,
            "question": asked(each.question, people=people),
            "position": each.position,
            "recorded_at": local(book, each.recorded_at)[:16] if people else each.recorded_at,
            "actor": each.actor,
            "size": each.size,
            "expected": each.expected,
            "found": each.found,
            "state": each.state,
            "failure": each.failure,
            "compared": each.compared,
            "because": " ".join(each.because) or None,
            "program": each.program,
        }
        for each in found
    ]
    notes = [known(book, lang)]
    if not found:
        notes.insert(0, label("note.nothing_published", lang))
    columns = _CHECKED_PEOPLE if people else _CHECKED
    return table_from(rows, columns, label("title.replay_check", lang), notes)


def _named(report: str, lang: Language) -> str:
    """What a table or a whole report is called."""
    for section in ("whole_report", "projection"):
        if has(f"{section}.{report}"):
            return label(f"{section}.{report}", lang)
    return report


def asked(question: Mapping[str, Any], *, people: bool) -> str | None:
    """A question as canonical JSON, or as the command's options, which is how people ask it."""
    if not people:
        return canonical_json(question).decode()
    said = []
    for name, value in question.items():
        usual = {"tree": "line", "span": "accumulated", "lang": "sv", "scale": "tkr"}.get(name)
        if value is None or value == usual:
            continue
        option = {"published_at": "published"}.get(name, name)
        if name == "at":
            said += [f"--at {each}" for each in value]
        elif name == "round":
            said.append(str(value))
        elif value is True:
            said.append(f"--{option}")
        else:
            text = ",".join(value) if isinstance(value, list | tuple) else str(value)
            said.append(f"--{option} {text}")
    return " ".join(said) or None
