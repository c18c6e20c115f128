"""The nouns: ``ledger result``, ``balance`` and ``cost-development``."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import typer

from cli.options import Reading, bundled
from cli.output import show
from cli.publishing import Report, publish
from cli.session import book_of, is_simulated


def asked(ask: Reading, *, by: str | None = None) -> dict[str, Any]:
    """The question in the projections' words; ``by`` where the command has a default."""
    words: dict[str, Any] = {
        "through": ask.through,
        "unit": ask.unit,
        "tree": ask.tree,
        "structure": ask.structure,
        "year": ask.year,
    }
    if by is not None:
        words["by"] = ask.levels(by)
    return words


@bundled
def result(
    ask: Report,
    span: Annotated[
        Literal["accumulated", "month", "rolling12"],
        typer.Option("--span", help="From the fiscal year's first month, or the month alone, …"),
    ] = "accumulated",
) -> None:
    """Outcome against budget and last year."""
    from reporting import reports

    book = book_of(ask, ask.known_at)
    words = asked(ask, by="area") | {"span": span}
    show(reports.result(book, ask.spoken, **words), ask, simulated=is_simulated(book))
    publish(ask, book, "result", words)


@bundled
def balance(ask: Report) -> None:
    """The trial balance, debit positive."""
    from reporting import reports

    book = book_of(ask, ask.known_at)
    words = asked(ask, by="account")
    show(reports.balance(book, ask.spoken, **words), ask, simulated=is_simulated(book))
    publish(ask, book, "balance", words)


@bundled
def cost_development(ask: Report) -> None:
    """Accumulated cost against last year."""
    from reporting import reports

    book = book_of(ask, ask.known_at)
    words = asked(ask, by="line")
    table = reports.cost_development(book, ask.spoken, **words)
    show(table, ask, simulated=is_simulated(book), scale="tkr")
    publish(ask, book, "cost_development", words)
