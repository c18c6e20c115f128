"""Giving a table out: ``--publish``, on the reports that can be asked again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.options import Known, Reading, Writing
from cli.output import say, word
from cli.session import record

if TYPE_CHECKING:
    from ledger.log import Book


@dataclass(frozen=True)
class Publishing(Writing):
    """That the table is given out, and by whom."""

    publish: Annotated[
        bool,
        typer.Option("--publish", help="Record that the table is given out, with its digest."),
    ] = False


@dataclass(frozen=True)
class Report(Reading, Publishing):
    """A report that can be given out."""


@dataclass(frozen=True)
class RoundReport(Known, Publishing):
    """A forecast round that can be given out."""


def publish(ask: Publishing, book: Book, report: str, question: Mapping[str, Any]) -> None:
    """Record that the report, asked so of this book, is given out; nothing where nobody wished."""
    if not ask.publish:
        return
    from reporting.publication import publication

    command = publication(book, report, question)
    receipt = record(ask, command, "ledger --publish")
    say(
        word(
            "message.published",
            position=receipt.first,
            size=command.known_size,
            digest=command.digest,
        )
    )
