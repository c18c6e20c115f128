"""``ledger staffing``: worked time, extra time, headcount and sick leave."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import typer

from cli.options import bundled
from cli.output import show
from cli.publishing import Report, publish
from cli.session import book_of, is_simulated


@bundled
def staffing(
    ask: Report,
    table: Annotated[
        Literal["overview", "time", "headcount", "sick-leave", "months"],
        typer.Argument(metavar="[TABLE]", help="overview, time, headcount, sick-leave or months."),
    ] = "overview",
    span: Annotated[
        Literal["accumulated", "month", "tertial", "rolling12"] | None,
        typer.Option("--span", help="From the fiscal year's first month, or the month alone, …"),
    ] = None,
    since: Annotated[
        str | None,
        typer.Option("--since", metavar="PERIOD", help="Headcount: also the change since then."),
    ] = None,
) -> None:
    """Worked time, extra time, headcount, sick leave.

    overview: key figures by area; time: hours and full-time equivalents, extra time by kind;
    headcount: and its changes; sick-leave: the seven figures of the law, small groups withheld;
    months: each of this year and last. --by takes sex, age_group and personnel_group too.
    """
    from ledger.errors import UsageError
    from reporting import staffing_table

    if ask.structure is not None:
        raise UsageError("Staffing has no report lines.", "Leave --structure out.")
    if since is not None and ask.publish:
        raise UsageError("A table with --since is not published.", "Leave one of them out.")
    book = book_of(ask, ask.known_at)
    words: dict[str, Any] = {
        "table": table,
        "through": ask.through,
        "by": ask.levels("") or None,
        "unit": ask.unit,
        "tree": ask.tree,
        "year": ask.year,
        "span": span,
    }
    shown = staffing_table.staffing(
        book, ask.spoken, people=ask.form == "table", since=since, **words
    )
    show(shown, ask, simulated=is_simulated(book))
    publish(ask, book, "staffing", words)
