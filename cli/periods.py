"""``ledger close`` and ``ledger reopen``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import Writing, bundled
from cli.output import say, word
from cli.session import book_of, record

if TYPE_CHECKING:
    from ledger.log import Book

Family = Annotated[
    str,
    typer.Option(
        "--family",
        metavar="FAMILY",
        help="What closes: outcome, budget, staffing, action, investment, scorecard, statistic, "
        "followup, control or commentary.",
    ),
]
Unit = Annotated[
    str | None, typer.Option("--unit", metavar="CODE", help="Only that unit and all below.")
]


@bundled
def close(
    write: Writing,
    period: Annotated[str, typer.Argument(metavar="PERIOD", help="2020-08, 2020-T2 or 2020.")],
    family: Family = "outcome",
    unit: Unit = None,
    preliminary: Annotated[
        bool, typer.Option("--preliminary", help="Closed for now; closing again makes it final.")
    ] = False,
) -> None:
    """Close a month, a tertial or a year.

    No more entries there; the months of a longer period are closed in order, but
    for those that are closed already.
    """
    from ledger.families.governance import ClosePeriods
    from ledger.periods import months_between

    book = book_of(write)
    asked = book.period(period)
    months = tuple(months_between(asked.first, asked.last))
    done = _closed_already(book, months, family, unit, preliminary)
    if len(done) < len(months):
        months = tuple(month for month in months if month not in done)
    record(write, ClosePeriods(months, family, unit, preliminary), "ledger close")
    if done:
        say(word("message.closed_already", what=", ".join(done)))
    say(word("message.closed", what=", ".join(months)))


def _closed_already(
    book: Book, months: tuple[str, ...], family: str, unit: str | None, preliminary: bool
) -> list[str]:
    """Months that are closed for the family and unit; one closed preliminarily can still be
    closed for good."""
    from ledger.families.governance import Governance

    governance, organisation = book.state.of(Governance), book.organisation
    where = unit or organisation.require_founded().root
    found = []
    for month in months:
        mark = governance.mark(family, month, organisation.ancestors(where, at=month))
        if mark is not None and mark.closed and (preliminary or not mark.preliminary):
            found.append(month)
    return found


@bundled
def reopen(
    write: Writing,
    period: Annotated[str, typer.Argument(metavar="PERIOD", help="A closed month.")],
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why.")],
    approved_by: Annotated[
        str, typer.Option("--approved-by", metavar="NAME", help="The second person.")
    ],
    family: Family = "outcome",
    unit: Unit = None,
) -> None:
    """Reopen a closed month.

    With a reason and a second person's approval; of several closed months the last first.
    """
    from ledger.errors import UsageError
    from ledger.families.governance import ReopenPeriod

    asked = book_of(write).period(period)
    if asked.first != asked.last:
        raise UsageError(f"{period} is several months.", "Reopen one at a time, the last first.")
    command = ReopenPeriod(asked.first, reason, approved_by, family, unit)
    record(write, command, "ledger reopen")
    say(word("message.reopened", what=asked.first))
