"""``ledger history``: the events themselves, one by one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.options import Known, bundled
from cli.output import put, show, word
from cli.session import book_of, is_simulated, position_of

if TYPE_CHECKING:
    from ledger.events import Recorded
    from ledger.log import Book

#: Events shown in a table unless --limit says otherwise; data formats give all.
LIMIT = 50


@bundled
def history(
    ask: Known,
    event: Annotated[
        str | None, typer.Argument(metavar="[EVENT]", help="One event, by its position.")
    ] = None,
    unit: Annotated[
        str | None, typer.Option("--unit", metavar="CODE", help="Events of that unit.")
    ] = None,
    account: Annotated[
        str | None, typer.Option("--account", metavar="CODE", help="Events of that account.")
    ] = None,
    actor_: Annotated[
        str | None, typer.Option("--actor", metavar="NAME", help="Recorded by that person.")
    ] = None,
    since: Annotated[
        str | None, typer.Option("--since", metavar="TIME", help="Recorded then or later.")
    ] = None,
    topic: Annotated[
        str | None, typer.Option("--topic", metavar="TOPIC", help="Of that kind or family.")
    ] = None,
    limit: Annotated[
        int | None, typer.Option("--limit", metavar="N", help="The last N only; 0 for all.")
    ] = None,
) -> None:
    """What happened, in order.

    All events, those that the filters let by, or one of them whole.
    """
    from reporting.tables import Column, table_from

    book = book_of(ask, ask.known_at)
    if event is not None:
        _one(book, event, ask)
        return
    begin = _moment(book, since) if since else None
    zone = book.organisation.zone if ask.form == "table" else None
    wanted = [
        row(recorded, zone)
        for recorded in book.recorded()
        if _fits(recorded, unit, account, actor_, begin, topic)
    ]
    most = limit if limit is not None else (LIMIT if ask.form == "table" else 0)
    shown = wanted[-most:] if most > 0 else wanted
    columns = (
        Column("position", "number"),
        Column("recorded_at"),
        Column("actor"),
        Column("topic", words="topic"),
        Column("period"),
        Column("unit"),
        Column("account"),
        Column("amount", "amount", signed=True),
        Column("source"),
    )
    notes = (f"{len(shown)} / {len(wanted)} (--limit)",) if len(shown) < len(wanted) else ()
    table = table_from(shown, columns, word("title.history"), notes)
    show(table, ask, simulated=is_simulated(book))


def row(recorded: Recorded, zone: tzinfo | None) -> dict[str, Any]:
    """An event as a row of the history, its time as people in a zone read it, or as recorded."""
    event, envelope = recorded.event, recorded.envelope
    content = event.__dict__
    return {
        "position": recorded.position,
        "recorded_at": _local(envelope.recorded_at, zone) if zone else envelope.recorded_at,
        "actor": envelope.actor,
        "topic": event.topic,
        "period": content.get("period"),
        "unit": content.get("unit"),
        "account": content.get("account"),
        "amount": content.get("amount"),
        "source": envelope.source
        + (f":{envelope.source_line}" if envelope.source_line is not None else ""),
    }


def _local(time: str, zone: tzinfo) -> str:
    """A recorded time in the organisation's zone, to the second."""
    return f"{datetime.fromisoformat(time).astimezone(zone):%Y-%m-%d %H:%M:%S}"


def _fits(
    recorded: Recorded,
    unit: str | None,
    account: str | None,
    actor: str | None,
    begin: datetime | None,
    topic: str | None,
) -> bool:
    content, envelope = recorded.event.__dict__, recorded.envelope
    return (
        (unit is None or content.get("unit") == unit)
        and (account is None or content.get("account") == account)
        and (actor is None or envelope.actor == actor)
        and (begin is None or datetime.fromisoformat(envelope.recorded_at) >= begin)
        and (topic is None or topic in (recorded.event.topic, recorded.event.family()))
    )


def _moment(book: Book, text: str) -> datetime:
    """A day's beginning, or a time, in the organisation's zone."""
    from ledger.errors import UsageError

    try:
        time = datetime.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"{text!r} is not a time.", "Write 2020-09-15 or a time.") from error
    return time if time.tzinfo else time.replace(tzinfo=book.organisation.zone)


def whole(recorded: Recorded, private: dict[str, str]) -> dict[str, Any]:
    """An event with its envelope, amounts as kronor text, private values in clear."""
    from ledger.events import private_fields
    from ledger.money import to_text

    event, envelope = recorded.event, recorded.envelope
    content: dict[str, Any] = {
        "position": recorded.position,
        "stream": recorded.stream,
        "version": recorded.stream_version,
        "topic": event.topic,
        "recorded_at": envelope.recorded_at,
        "actor": envelope.actor,
        "user": envelope.user,
        "source": envelope.source,
        "source_digest": envelope.source_digest,
        "source_line": envelope.source_line,
    }
    hidden = private_fields(type(event))
    for name, value in event.__dict__.items():
        if value is None:
            continue
        if name in ("amount", "old", "new", "total", "difference", "p10", "p90"):
            content[name] = to_text(value)
        else:
            content[name] = private.get(name) if name in hidden else value
    return {name: value for name, value in content.items() if value is not None}


def _one(book: Book, text: str, ask: Known) -> None:
    """One event, whole."""
    import json

    from ledger.errors import UsageError

    position = position_of(text)
    recorded = None
    if position is not None:
        recorded = next(iter(book.recorded(first=position)), None)
    if recorded is None:
        raise UsageError(f"There is no event {text}.", f"The log holds {book.size} events.")
    content = whole(recorded, dict(_private(book, recorded)))
    if ask.form == "json":
        put(json.dumps([content], ensure_ascii=False, indent=2) + "\n", ask.output)
        return
    if ask.form == "table":
        content["topic"] = word(f"topic.{content['topic']}")
        content["recorded_at"] = _local(content["recorded_at"], book.organisation.zone)
    width = max(len(name) for name in content)
    lines = [f"{name.ljust(width)}  {value}" for name, value in content.items()]
    put("\n".join(lines) + "\n", ask.output)


def _private(book: Book, recorded: Recorded) -> Iterator[tuple[str, str]]:
    """The private values of an event that have not been erased."""
    import polars as pl

    from ledger.events import private_fields

    for name in private_fields(type(recorded.event)):
        for value in book.private(name).filter(pl.col("position") == recorded.position)["value"]:
            yield name, value
