"""``ledger batches``, ``corrections`` and ``roles``: who did what; ``ledger review``: four eyes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import Known, Writing, bundled
from cli.output import put, say, show, word
from cli.session import book_of, is_simulated, position_of, record

if TYPE_CHECKING:
    from ledger.log import Book

Through = Annotated[
    str | None,
    typer.Option("--through", metavar="PERIOD", help="Of that period or earlier ones."),
]


@bundled
def batches(
    ask: Known,
    through: Through = None,
    period: Annotated[
        str | None, typer.Option("--period", metavar="PERIOD", help="With entries of that period.")
    ] = None,
    unit: Annotated[
        str | None,
        typer.Option("--unit", metavar="CODE", help="With entries of that unit or below it."),
    ] = None,
    actor: Annotated[
        str | None, typer.Option("--actor", metavar="NAME", help="Recorded by that person.")
    ] = None,
    late: Annotated[
        bool, typer.Option("--late", help="Instead: outcome of months that were closed.")
    ] = False,
) -> None:
    """What was recorded together.

    Each batch with its control totals, who recorded it and who reviewed it.
    """
    from ledger.errors import UsageError
    from reporting import accountability

    book, people = book_of(ask, ask.known_at), ask.form == "table"
    if late:
        if period or unit or actor:
            raise UsageError("--late lists all late entries.", "Leave out the other choices.")
        table = accountability.late_entries(book, ask.spoken, people=people, through=through)
    else:
        chosen = {"through": through, "period": period, "unit": unit, "actor": actor}
        table = accountability.batches(book, ask.spoken, people=people, **chosen)
    show(table, ask, simulated=is_simulated(book))


@bundled
def corrections(
    ask: Known,
    what: Annotated[
        str | None,
        typer.Argument(
            metavar="[EVENT|VOUCHER|BATCH]", help="Those of a posting, a voucher or a batch."
        ),
    ] = None,
    through: Through = None,
) -> None:
    """What was corrected, by whom and why.

    All corrections in a list; those of an event, a voucher or a batch in full: the original, its
    reversal and the new rows side by side.
    """
    from reporting import corrections as report
    from reporting.render import to_lines

    book, people = book_of(ask, ask.known_at), ask.form == "table"
    if what is None:
        table = report.listed(book, ask.spoken, through, people=people)
        show(table, ask, simulated=is_simulated(book))
        return
    originals = _originals(book, what)
    if not people:
        show(report.rows_of(book, ask.spoken, originals), ask, simulated=is_simulated(book))
        return
    lines = [
        line
        for table in report.printed(book, ask.spoken, originals=originals)
        for line in (*to_lines(table, ask.spoken), "")
    ]
    put("\n".join(lines), ask.output)


@bundled
def roles(ask: Known) -> None:
    """Who may do what, and since when."""
    from reporting import accountability

    book = book_of(ask, ask.known_at)
    table = accountability.roles(book, ask.spoken, people=ask.form == "table")
    show(table, ask, simulated=is_simulated(book))


@bundled
def review(
    write: Writing,
    what: Annotated[str, typer.Argument(metavar="EVENT|VOUCHER|BATCH", help="What you looked at.")],
    comment: Annotated[
        str | None, typer.Option("--comment", metavar="TEXT", help="With what words.")
    ] = None,
) -> None:
    """Say that you have looked at it: four eyes.

    Never by the one who recorded it: neither the name nor the account behind it.
    """
    from cli.entries import positions_of
    from ledger.families.review import Review

    target: str | int = what
    if not what.startswith("batch:"):
        position = position_of(what)
        target = positions_of(book_of(write), what)[0] if position is None else position
    record(write, Review(target, comment), "ledger review")
    say(word("message.reviewed", what=what, actor=write.who))


def _originals(book: Book, what: str) -> list[int]:
    """The vouchers that were corrected, by the first position of each, that are meant; an error
    where there are none."""
    import polars as pl

    import projections
    from cli.entries import named
    from ledger.errors import UsageError

    found, position = projections.corrections(book), position_of(what)
    if position is not None:
        rows = projections.correction_rows(book)
        parts = ("position", "reversal_position", "new_position")
        here = pl.any_horizontal(pl.col(name) == position for name in parts)
        found = rows.filter(here.fill_null(False))
    elif what.startswith("batch:"):
        batches = ("reversal_batch", "new_batch", "batch")
        found = found.filter(
            pl.any_horizontal(pl.col(name) == what for name in batches).fill_null(False)
        )
    else:
        found = named(found, what, book)
    if found.is_empty():
        raise UsageError(f"Nothing was corrected in {what}.", "`ledger corrections` lists all.")
    return sorted(set(found["original"].to_list()))
