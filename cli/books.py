"""``ledger journal`` and ``ledger general-ledger``: the accountant's books."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

import typer

from cli.options import Known, bundled
from cli.output import show
from cli.session import book_of, is_simulated


@dataclass(frozen=True)
class Entries(Known):
    """What a list of entries takes."""

    through: Annotated[
        str | None,
        typer.Option(
            "--through",
            metavar="PERIOD",
            help="Everything dated up to it. Else the latest closed month.",
        ),
    ] = None
    year: Annotated[
        str | None, typer.Option("--year", metavar="YEAR", help="Only that fiscal year.")
    ] = None
    unit: Annotated[
        str | None, typer.Option("--unit", metavar="CODE", help="Only that unit and all below.")
    ] = None
    tree: Annotated[
        str, typer.Option("--tree", metavar="TREE[@PERIOD]", help="The tree of units.")
    ] = "line"
    account: Annotated[
        str | None,
        typer.Option("--account", metavar="CODES", help="5010, 5000-5999; several with commas."),
    ] = None

    @property
    def words(self) -> dict[str, Any]:
        """The question in the projections' words."""
        return {
            "through": self.through,
            "year": self.year,
            "unit": self.unit,
            "tree": self.tree,
            "account": self.account,
        }


@bundled
def journal(ask: Entries) -> None:
    """Every voucher in the order it was recorded.

    Registration order, with reversals, rows that came alone and month totals named as what they
    are. With --unit or --account the vouchers that have a row there, whole.
    """
    from reporting import books

    book = book_of(ask, ask.known_at)
    table = books.journal(book, ask.spoken, ore=ask.scale is None, **ask.words)
    show(table, ask, simulated=is_simulated(book))


@bundled
def general_ledger(ask: Entries) -> None:
    """Account by account: opening, entries, closing.

    With the running balance; opening and closing are those of `ledger balance`.
    """
    from reporting import books

    book = book_of(ask, ask.known_at)
    table = books.general_ledger(book, ask.spoken, ore=ask.scale is None, **ask.words)
    show(table, ask, simulated=is_simulated(book))
