"""``ledger journal`` and ``ledger general-ledger``: the accountant's books."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.options import Known, Scoped, bundled
from cli.output import bold_in, show, show_lines
from cli.session import book_of, is_simulated

if TYPE_CHECKING:
    from reporting.grouped import Grouped


@dataclass(frozen=True)
class Entries(Scoped):
    """What a list of entries takes: everything dated up to a period."""

    account: Annotated[
        str | None,
        typer.Option("--account", metavar="CODES", help="5010, 5000-5999; several with commas."),
    ] = None

    @property
    def words(self) -> dict[str, Any]:
        """The question in the projections' words."""
        own = {each.name for each in fields(Entries)} - {each.name for each in fields(Known)}
        return {name: getattr(self, name) for name in sorted(own)}


@bundled
def journal(ask: Entries) -> None:
    """Every voucher in the order it was recorded.

    Registration order, with reversals, rows that came alone and month totals named as what they
    are. With --unit or --account the vouchers that have a row there, whole.
    """
    from reporting.books import journal as grouped

    _show("journal", grouped, ask)


@bundled
def general_ledger(ask: Entries) -> None:
    """Account by account: opening, entries, closing.

    With the running balance; opening and closing are those of `ledger balance`.
    """
    from reporting.books import general_ledger as grouped

    _show("general_ledger", grouped, ask)


def _show(name: str, grouped: Callable[..., Grouped], ask: Entries) -> None:
    """A book, for people in groups, as data flat."""
    from reporting.books import as_data
    from reporting.grouped import to_lines

    book = book_of(ask, ask.known_at)
    if ask.form != "table" or ask.excel:
        show(as_data(book, name, **ask.words), ask, simulated=is_simulated(book))
        return
    read = grouped(book, ask.spoken, ore=ask.scale is None, **ask.words)
    lines = to_lines(read, ask.spoken, ask.scale or "kr", bold=bold_in(ask))
    show_lines(lines, ask, simulated=is_simulated(book))
