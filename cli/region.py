"""``ledger region``: the whole side by side, its statements, and what its parts owe each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

import typer

from cli.options import Scoped, bundled
from cli.output import say, show, word
from cli.publishing import Publishing, publish
from cli.session import book_of, is_simulated

app = typer.Typer(help="Divisions side by side, statements, internal items.", rich_markup_mode=None)

#: Exit code where a table has findings.
FINDINGS = 1


@dataclass(frozen=True)
class Whole(Scoped, Publishing):
    """A table of the region, that can be given out."""


@dataclass(frozen=True)
class Asked(Whole):
    """A table by units."""

    by: Annotated[
        str | None,
        typer.Option("--by", metavar="LEVEL", help="Else division: area, unit, and the like."),
    ] = None


Published = Annotated[
    str | None,
    typer.Option(
        "--published",
        metavar="TIME",
        help="When the month before was told. Else when it was first closed.",
    ),
]
Structure = Annotated[
    str | None, typer.Option("--structure", metavar="NAME", help="The report structure.")
]


@app.command()
@bundled
def summary(ask: Whole, published: Published = None) -> None:
    """The figures that are told first: the statement's sums, and each tree's."""
    _show("region_summary", ask, published_at=published)


@app.command()
@bundled
def divisions(ask: Asked, published: Published = None) -> None:
    """Divisions side by side, or the units of another tree.

    The change since last month both as it was published and as it is known now.
    """
    by = tuple(part.strip() for part in ask.by.split(",")) if ask.by else None
    _show("divisions", ask, by=by, published_at=published)


@app.command()
@bundled
def statement(ask: Whole, structure: Structure = None, published: Published = None) -> None:
    """Net cost, tax and grants, financial items, the result.

    Gross, internal items eliminated, and net; the structure is the setting structure.statement.
    """
    _show("statement", ask, structure=structure, published_at=published)


@app.command("balance-requirement")
@bundled
def balance_requirement(ask: Whole, structure: Structure = None) -> None:
    """From the result to what must balance (balanskravsutredning).

    The structure is the setting structure.balance_requirement: its lines of sign -1 are taken away.
    """
    _show("balance_requirement", ask, structure=structure)


@app.command()
@bundled
def internal(ask: Asked, structure: Structure = None) -> None:
    """Income and cost gross, eliminated internal items, and net."""
    by = tuple((ask.by or "division").split(","))
    _show("eliminations", ask, by=by, structure=structure)


@app.command()
@bundled
def pairs(
    ask: Asked,
    unmet: Annotated[
        bool, typer.Option("--unmet", help="Only the pairs that do not meet.")
    ] = False,
) -> None:
    """What units have booked against each other, both sides.

    Exit code 1 says that there are findings: pairs that do not meet.
    """
    _show("internal_pairs", ask, by=((ask.by or "division"),), unmet=unmet or None)


def _show(name: str, ask: Whole, **more: Any) -> None:
    """Show a table, tell its findings, and give it out where asked to."""
    from reporting.region_tables import region

    book = book_of(ask, ask.known_at)
    words = {
        "through": ask.through,
        "unit": ask.unit,
        "tree": None if ask.tree == "line" else ask.tree,
        "year": ask.year,
        **more,
    }
    made = region(name, book, ask.spoken, brief=ask.form == "table", **words)
    show(made.table, ask, scale="mnkr", simulated=is_simulated(book))
    if ask.form != "table":
        for finding in made.findings:
            say(f"{word('message.finding')} [{finding.code}] {finding.text}")
    publish(ask, book, name, words)
    if made.findings:
        raise typer.Exit(FINDINGS)
