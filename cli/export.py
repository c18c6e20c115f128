"""``ledger export``: the record as files that others read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import Common, bundled
from cli.output import put, put_folder, say, word
from cli.session import book_of

if TYPE_CHECKING:
    from ledger.log import Book

Output = Annotated[str, typer.Option("-o", "--output", metavar="PATH", help="Where to.")]
KnownAt = Annotated[str | None, typer.Option("--known-at", metavar="TIME", help="As known then.")]

app = typer.Typer(help="The record as files, for others.", no_args_is_help=True)


@app.command()
@bundled
def sqlite(ask: Common, output: Output, known_at: KnownAt = None) -> None:
    """A SQLite file for other tools to query."""
    from pathlib import Path

    from ledger.errors import StoreExists
    from projections import export_sqlite

    if Path(output).exists():
        raise StoreExists(f"{output} exists already.", "Choose another -o PATH.")
    export_sqlite(book_of(ask, known_at), output)
    say(word("message.wrote", path=output))


@app.command()
@bundled
def events(ask: Common, output: Output = "-", known_at: KnownAt = None) -> None:
    """The events as JSON lines, in log order."""
    book = book_of(ask, known_at)
    put("".join(_lines(book)), output)


@app.command()
@bundled
def archive(ask: Common, output: Output, known_at: KnownAt = None) -> None:
    """Everything in open formats, to be kept and verified without Utfall.

    One zip file: events, texts, checkpoints, books, tables, system documentation, and verify.py,
    which needs nothing but Python.
    """
    from reporting.archive import write_archive

    count = write_archive(book_of(ask, known_at), output, ask.spoken)
    say(word("message.wrote_files", count=count, path=output))


@app.command()
@bundled
def tables(ask: Common, output: Output, known_at: KnownAt = None) -> None:
    """The tables as CSV files in a folder, amounts in kronor."""
    from projections.read_tables import TABLES
    from reporting.read_tables import as_table
    from reporting.render import to_csv

    book = book_of(ask, known_at)
    put_folder({f"{t.name}.csv": to_csv(as_table(t, book)).encode() for t in TABLES}, output)


@app.command()
@bundled
def parquet(ask: Common, output: Output, known_at: KnownAt = None) -> None:
    """The tables as Parquet files in a folder, amounts in whole öre."""
    from projections.read_tables import TABLES, parquet_of

    book = book_of(ask, known_at)
    put_folder({f"{t.name}.parquet": parquet_of(t, book) for t in TABLES}, output)


def _lines(book: Book) -> Iterator[str]:
    """Each event's stored bytes as they are, after its position, stream, version and topic."""
    import json
    from contextlib import closing

    from ledger.log import connect

    query = (
        "SELECT rowid - 1, originator_id, originator_version, topic, CAST(state AS TEXT) "
        "FROM stored_events WHERE rowid <= ? ORDER BY rowid"
    )
    with closing(connect(book.path)) as connection:
        for position, stream, version, topic, stored in connection.execute(query, (book.size,)):
            head = {"position": position, "stream": stream, "version": version, "topic": topic}
            text = json.dumps(head, ensure_ascii=False)
            yield f'{text[:-1]}, "event": {stored}}}\n'
