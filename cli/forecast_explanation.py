"""``ledger forecast explain``: where the year-end comes from."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.forecast_face import show_fitted
from cli.options import Known, bundled
from cli.output import put
from cli.session import book_of, is_simulated


@bundled
def explain(
    ask: Known,
    through: Annotated[
        str | None,
        typer.Option("--through", metavar="PERIOD", help="Else the latest closed month."),
    ] = None,
    round_: Annotated[
        str | None, typer.Option("--round", metavar="ROUND", help="Go on to what people entered.")
    ] = None,
    unit: Annotated[
        str | None, typer.Option("--unit", metavar="CODE", help="Only that unit and all below.")
    ] = None,
    tree: Annotated[
        str, typer.Option("--tree", metavar="TREE[@PERIOD]", help="The tree of units.")
    ] = "line",
    structure: Annotated[
        str | None, typer.Option("--structure", metavar="NAME", help="The report structure.")
    ] = None,
    members: Annotated[
        bool, typer.Option("--members", help="Only what each model and method says.")
    ] = False,
    one_offs: Annotated[
        bool, typer.Option("--one-offs", help="Only odd months that the model leaves out.")
    ] = False,
) -> None:
    """Where the year-end comes from, step by step.

    Outcome so far, the model line by line, what is assumed and what people changed; what each
    model says; and odd months that it leaves out.
    """
    from ledger.errors import UsageError
    from reporting.forecast_explanation import Question, explain

    if members and one_offs:
        raise UsageError("--members and --one-offs are two tables.", "Ask for one at a time.")
    if round_ is not None and (through, structure) != (None, None):
        raise UsageError(
            "A round has its own month and structure.", "Leave out --through and --structure."
        )
    book = book_of(ask, ask.known_at)
    told = explain(book, ask.spoken, Question(through, round_, unit, tree, structure))
    chosen = told.members if members else told.one_offs if one_offs else told.waterfall
    if ask.form == "table" and ask.output is None and not (members or one_offs):
        *first, chosen = [t for t in (told.waterfall, told.members, told.one_offs) if t.rows]
        for table in first:
            show_fitted(table, ask, scale="kr")
            put("\n")
    show_fitted(chosen, ask, scale="kr", simulated=is_simulated(book))
