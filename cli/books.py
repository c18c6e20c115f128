"""``ledger journal`` and ``ledger general-ledger``: the accountant's books."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.options import Known, bundled
from cli.output import bold_in, show, show_lines
from cli.session import book_of, is_simulated

if TYPE_CHECKING:
    from reporting.grouped import Grouped
    from reporting.tables import Table


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
        """The question in the reports' words."""
        return {
            "through": self.through,
            "year": self.year,
            "unit": self.unit,
            "tree": self.tree,
            "account": self.account,
            "people": self.form == "table",
            "ore": self.scale is None,
        }


@bundled
def journal(ask: Entries) -> None:
    """Every voucher in the order it was recorded.

    Registration order, with reversals, rows that came alone and month totals named as what they
    are. With --unit or --account the vouchers that have a row there, whole.
    """
    from reporting import books

    book = book_of(ask, ask.known_at)
    _show(books.journal(book, ask.spoken, **ask.words), ask, is_simulated(book))


@bundled
def general_ledger(ask: Entries) -> None:
    """Account by account: opening, entries, closing.

    With the running balance; opening and closing are those of `ledger balance`.
    """
    from reporting import books

    book = book_of(ask, ask.known_at)
    _show(books.general_ledger(book, ask.spoken, **ask.words), ask, is_simulated(book))


def _show(book: Table | Grouped, ask: Entries, simulated: bool) -> None:
    """For people in groups, as data flat."""
    from reporting import grouped

    if isinstance(book, grouped.Grouped):
        lines = grouped.to_lines(book, ask.spoken, ask.scale or "kr", bold=bold_in(ask))
        show_lines(lines, ask, simulated=simulated)
    else:
        show(book, ask, simulated=simulated)
