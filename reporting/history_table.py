"""The history as it is read: pages of events, and one event whole with all that hangs on it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import TYPE_CHECKING, Any

import polars as pl

import projections
from ledger.connection import connect
from ledger.errors import UsageError
from ledger.events import private_fields
from ledger.families.outcome import OutcomePosted, OutcomeReversed
from ledger.hashing import EVENT_ROWS
from ledger.money import to_ore
from ledger.tree import leaf, leaf_hash
from projections.accountability import same_account
from projections.event_history import AMOUNTS, COLUMNS, plain
from reporting.catalogue import Language, has, label
from reporting.notes import asked as asked_for
from reporting.notes import known, local
from reporting.render import printable, to_lines
from reporting.tables import Column, Table, table_from

if TYPE_CHECKING:
    from ledger.events import Recorded
    from ledger.log import Book

_NUMBERS = ("position", "source_line")

#: Columns of data: all of the projection's.
DATA = tuple(
    Column(name, "amount" if name == "amount" else "number" if name in _NUMBERS else "text")
    for name in COLUMNS
)
#: Columns for people; the text is last, since it may be long.
PEOPLE = (
    Column("position", "number"),
    Column("recorded_at"),
    Column("actor"),
    Column("topic", words="topic"),
    Column("period"),
    Column("unit"),
    Column("account"),
    Column("amount", "amount", signed=True),
    Column("voucher"),
    Column("source"),
    Column("text"),
)


def history(
    book: Book,
    lang: Language,
    *,
    limit: int | None,
    page: int = 1,
    through: str | None = None,
    people: bool = True,
    **asked: Any,
) -> Table:
    """A page of the history, for people or as data; its notes say which page it is."""

    def told(name: str, value: Any) -> str:
        return f"{field_word(name, lang).lower()}: {value_word(name, value, lang)}"

    found = projections.history_page(
        book, limit, page, through, told=told if people else None, **asked
    )
    rows = found.rows.to_dicts()
    if people:
        for row in rows:
            row["recorded_at"] = local(book, row["recorded_at"])
            line = row["source_line"]
            row["source"] += f":{line}" if line is not None else ""
    notes = asked_for(book, lang, unit=asked.get("unit"), tree=asked.get("tree"))
    if found.pages > 1:
        notes.append(paging(found, book.size, lang))
    notes.append(known(book, lang))
    title = label("title.processing" if asked.get("processing") else "title.history", lang)
    held = {name for row in rows for name, value in row.items() if value is not None}
    columns = [c for c in PEOPLE if c.key in held] if people and rows else PEOPLE
    return table_from(rows, columns if people else DATA, title, notes)


def paging(found: projections.HistoryPage, size: int, lang: Language) -> str:
    """Which page of how many, and how to get the next one."""
    text = label("note.page", lang, page=found.page, pages=found.pages, found=found.found)
    if found.page < found.pages:
        text += " " + label("note.next_page", lang, page=found.page + 1, size=size)
    return text


def field_word(name: str, lang: Language, topic: str = "") -> str:
    """The word for the name of an event's field: that of events of the topic where it means
    something of its own there, else the catalogue's, else the name itself."""
    keys = (f"event_field.{topic}.{name}", f"field.{name}", f"column.{name}")
    key = next((k for k in keys if has(k)), None)
    return label(key, lang) if key else name


def value_word(name: str, value: Any, lang: Language) -> str:
    """A field's value for people: words for what is a word of ours, öre as kronor."""
    if isinstance(value, bool):
        return label("message.yes" if value else "message.no", lang)
    if name == "report":  # a whole report or a table; the section [report] has titles to fill in
        name = "whole_report" if has(f"whole_report.{value}") else "projection"
    for key in (f"value.{name}.{value}", f"{name}.{value}"):
        if has(key):
            return label(key, lang)
    return plain(name, value)


# ── one event ──────────────────────────────────────────────────────────────────────────────────


def event(book: Book, position: int | None, text: str) -> dict[str, Any]:
    """One event whole, as data: stream and version, leaf hash, envelope, batch, its own fields
    (amounts in kronor as text, private ones in clear or as erased), the other rows of its
    voucher, what reverses or corrects it, and of a review from the account of the one whose work
    it looked at, that it was (``same_account``).

    Raises `UsageError` for a position that the log does not hold, as it was written in ``text``.
    """
    recorded = None
    if position is not None and position < book.size:
        recorded = next(iter(book.recorded(first=position)), None)
    if recorded is None:
        raise UsageError(f"There is no event {text}.", f"The log holds {book.size} events.")
    content = _head(book, recorded) | _fields(book, recorded) | _around(book, recorded)
    content["same_account"] = same_account(book, recorded.position) or None
    return {name: value for name, value in content.items() if value not in (None, [])}


def _head(book: Book, recorded: Recorded) -> dict[str, Any]:
    """Where the event stands, who recorded it, and from what."""
    envelope = recorded.envelope
    batches = book.events("governance.batch_admitted")
    ends = batches.filter(pl.col("position") >= recorded.position)
    return {
        "position": recorded.position,
        "stream": recorded.stream,
        "version": recorded.stream_version,
        "topic": recorded.event.topic,
        "leaf": _leaf_hash(book, recorded.position),
        "recorded_at": envelope.recorded_at,
        "actor": envelope.actor,
        "user": envelope.user,
        "source": envelope.source,
        "source_digest": envelope.source_digest,
        "source_line": envelope.source_line,
        "batch": ends["batch"][0] if ends.height else None,
    }


def _leaf_hash(book: Book, position: int) -> str:
    """The event's leaf hash in the log's tree, in hex, from the stored bytes."""
    with closing(connect(book.path)) as connection:
        row = connection.execute(EVENT_ROWS, (position, position + 1)).fetchone()
    return leaf_hash(leaf(position, *row[1:])).hex()


def _fields(book: Book, recorded: Recorded) -> dict[str, Any]:
    """The event's own fields."""
    hidden = private_fields(type(recorded.event))
    content: dict[str, Any] = {}
    for name, value in recorded.event.__dict__.items():
        if value is None:
            continue
        if name in hidden:
            clear = book.private(name, [recorded.position])["value"].to_list()
            value = clear[0] if clear else None
        elif name in AMOUNTS:
            value = plain(name, value)
        content["of_position" if name == "position" else name] = value
    return content


def _around(book: Book, recorded: Recorded) -> dict[str, Any]:
    """The voucher's other rows, and the events that reverse or replace this one."""
    event, position = recorded.event, recorded.position
    if not isinstance(event, OutcomePosted | OutcomeReversed):
        return {}
    rows = list(_voucher(book, recorded, event.voucher))
    return {
        "voucher_rows": [row for row in rows if row["position"] != position],
        "reversed_by": _naming(book, OutcomeReversed.topic, "reverses", position),
        "corrected_by": _naming(book, OutcomePosted.topic, "corrects", rows[0]["position"]),
    }


def _voucher(book: Book, recorded: Recorded, number: int) -> Iterator[dict[str, Any]]:
    """The rows of a voucher: those of its kind and number in the batch's stream."""
    topic = recorded.event.topic
    names = ("row", "unit", "account", "amount")
    fields = ", ".join(f"json_extract(state, '$.{name}')" for name in names)
    with closing(connect(book.path)) as connection:
        rows = connection.execute(
            f"SELECT rowid - 1, {fields} FROM (SELECT rowid, CAST(state AS TEXT) AS state "
            "FROM stored_events WHERE originator_id = ? AND topic = ?) "
            "WHERE json_extract(state, '$.voucher') = ? ORDER BY rowid",
            (recorded.stream, topic, number),
        ).fetchall()
    for position, row, unit, account, amount in rows:
        content = {"position": position, "row": row, "unit": unit, "account": account}
        yield content | {"amount": plain("amount", amount)}


def _naming(book: Book, topic: str, field: str, position: int) -> list[int]:
    """Positions of later events of a kind that name a position in a field. What is canonical JSON
    can be searched as bytes: no text that stands in it can look like this."""
    with closing(connect(book.path)) as connection:
        rows = connection.execute(
            "SELECT rowid - 1 FROM stored_events WHERE rowid > ? AND rowid <= ? AND topic = ? "
            "AND instr(state, ?) ORDER BY rowid",
            (position + 1, book.size, topic, f'"{field}":{position},'.encode()),
        )
        return [row[0] for row in rows]


def event_lines(book: Book, content: dict[str, Any], lang: Language) -> list[str]:
    """One event for people: a line a field, in words; the voucher's other rows under it."""
    topic = content["topic"]
    shown: dict[str, str] = {}
    for name, value in content.items():
        if name == "topic":
            shown[name] = f"{label(f'topic.{topic}', lang)} ({topic})"
        elif name == "recorded_at":
            shown[name] = f"{local(book, value)} ({value})"
        elif not isinstance(value, list):
            shown[name] = value_word(name, value, lang)
        elif name != "voucher_rows":
            shown[name] = ", ".join(str(each) for each in value)
    words = {name: field_word(name, lang, topic) for name in shown}
    width = max(len(text) for text in words.values())
    lines = [f"{words[name].ljust(width)}  {printable(value)}" for name, value in shown.items()]
    return [*lines, *_rows_lines(content.get("voucher_rows", ()), lang)]


def _rows_lines(rows: Sequence[dict[str, Any]], lang: Language) -> list[str]:
    """The voucher's other rows, as a small table."""
    if not rows:
        return []
    columns = (
        Column("position", "number"),
        Column("row", "number"),
        Column("unit"),
        Column("account"),
        Column("amount", "amount", signed=True, ore=True),
    )
    kronor = [row | {"amount": to_ore(row["amount"])} for row in rows]
    title = label("title.voucher_rows", lang)
    return ["", *to_lines(table_from(kronor, columns, title), lang)]


def event_table(content: dict[str, Any]) -> Table:
    """One event as two columns, field and value, for CSV."""
    rows = [
        {"field": name, "value": value if isinstance(value, str) else plain("", value)}
        for name, value in content.items()
    ]
    return table_from(rows, (Column("field"), Column("value")), "")
