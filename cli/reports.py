"""The nouns: ``ledger result``, ``balance`` and ``cost-development``."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import typer

from cli.options import Reading, bundled
from cli.output import show
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
    ask: Reading,
    span: Annotated[
        Literal["accumulated", "month", "rolling12"],
        typer.Option("--span", help="From the fiscal year's first month, or the month alone, …"),
    ] = "accumulated",
) -> None:
    """Outcome against budget and last year."""
    from reporting import reports

    book = book_of(ask, ask.known_at)
    table = reports.result(book, ask.spoken, span=span, **asked(ask, by="area"))
    show(table, ask, simulated=is_simulated(book))


@bundled
def balance(ask: Reading) -> None:
    """The trial balance, debit positive."""
    from reporting import reports

    book = book_of(ask, ask.known_at)
    table = reports.balance(book, ask.spoken, **asked(ask, by="account"))
    show(table, ask, simulated=is_simulated(book))


@bundled
def cost_development(ask: Reading) -> None:
    """Accumulated cost against last year."""
    from reporting import reports

    book = book_of(ask, ask.known_at)
    words = asked(ask, by="line")
    table = reports.cost_development(book, ask.spoken, **words)
    show(table, ask, simulated=is_simulated(book), scale="tkr")
