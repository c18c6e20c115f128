"""``ledger bridge``: what a variance is made of."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from cli.options import Reading, bundled
from cli.output import put, show
from cli.reports import asked
from cli.session import book_of, is_simulated


@bundled
def bridge(
    ask: Reading,
    span: Annotated[
        Literal["accumulated", "month", "rolling12"],
        typer.Option("--span", help="From the fiscal year's first month, or the month alone, …"),
    ] = "accumulated",
    against: Annotated[
        Literal["budget", "last_year"],
        typer.Option("--against", help="What the outcome is held against."),
    ] = "budget",
    driver: Annotated[
        str | None,
        typer.Option("--driver", metavar="NAME", help="Instead: its entries, or quantities."),
    ] = None,
    draft: Annotated[
        bool, typer.Option("--draft", help="As CSV of explanations, to edit and import.")
    ] = False,
) -> None:
    """What a variance is made of, driver by driver.

    Special follow-up, one-offs, late vouchers, units that moved, internal accounts, volume and
    price of lines that are tied to a quantity, the rest by line; together the variance, to the öre.
    """
    from ledger.errors import UsageError
    from reporting import bridge_table
    from reporting.render import to_csv

    if ask.by:
        raise UsageError("A bridge has rows of its own.", "Leave --by out.")
    book = book_of(ask, ask.known_at)
    words = asked(ask) | {"span": span, "against": against}
    if draft:
        if driver is not None or ask.unit is None:
            raise UsageError("A draft is of all drivers of one unit.", "Give --unit CODE.")
        if against != "budget":
            raise UsageError(
                "A draft explains the variance against budget.", "Leave --against out."
            )
        put(to_csv(bridge_table.draft(book, ask.spoken, **words)), ask.output)
        return
    if driver is not None:
        table = bridge_table.entries(book, ask.spoken, driver=driver, **words)
    else:
        table = bridge_table.bridge(book, ask.spoken, **words)
    show(table, ask, simulated=is_simulated(book))
