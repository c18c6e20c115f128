"""``ledger trace``: the events behind a figure."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any, Literal

import typer

from cli.options import Reading, bundled
from cli.output import show
from cli.session import book_of, is_simulated


@dataclass(frozen=True)
class Cell(Reading):
    """A cell of a noun's table: how the table is asked, and which row and column."""

    unit: Annotated[
        str | None,
        typer.Option("--unit", metavar="CODE", help="The row of that unit: it and all below."),
    ] = None
    by: Annotated[
        str | None,
        typer.Option("--by", metavar="LEVEL", help="Rows of that level, not of the unit's own."),
    ] = None
    line: Annotated[
        str | None,
        typer.Option("--line", metavar="LINE", help="The row of that line, or unmapped."),
    ] = None
    account: Annotated[
        str | None, typer.Option("--account", metavar="CODE", help="The row of that account.")
    ] = None
    project: Annotated[
        str | None,
        typer.Option("--project", metavar="CODE", help="The row of that project, or without."),
    ] = None
    product: Annotated[
        str | None,
        typer.Option("--product", metavar="CODE", help="The row of that product, or without."),
    ] = None
    activity: Annotated[
        str | None,
        typer.Option("--activity", metavar="CODE", help="The row of that activity, or without."),
    ] = None
    month: Annotated[
        str | None, typer.Option("--month", metavar="MONTH", help="The row of that month.")
    ] = None
    mark: Annotated[
        str | None, typer.Option("--mark", metavar="NAME", help="Of a follow-up: that mark's row.")
    ] = None
    row: Annotated[
        list[str] | None,
        typer.Option(
            "--row",
            metavar="KEY=CODE",
            help="The row of any other key of the table, as in JSON: action_area=…, action=…, "
            "investment_type=…, decided=…, figure=…, counterparty=….",
        ),
    ] = None
    measure: Annotated[
        str | None,
        typer.Option(
            "--measure",
            metavar="COLUMN",
            help="The table's column, as in JSON. Else outcome, closing, effect or year_end.",
        ),
    ] = None

    @property
    def question(self) -> dict[str, Any]:
        """The question in the projections' words."""
        names = ("through", "year", "tree", "structure", "measure", "by", "unit", "line", "account")
        more = ("project", "product", "activity", "month", "mark")
        return {name: getattr(self, name) for name in (*names, *more)} | self._rows()

    def _rows(self) -> dict[str, str]:
        """The keys given with ``--row``; `UsageError` for what is none."""
        from ledger.errors import UsageError

        found: dict[str, str] = {}
        for text in self.row or ():
            name, equals, code = text.partition("=")
            if not (name and equals and code) or hasattr(self, name):
                raise UsageError(f"{text!r} names no row.", "Write --row KEY=CODE.")
            found[name] = code
        return found


@bundled
def trace(
    ask: Cell,
    noun: Annotated[
        str,
        typer.Argument(
            metavar="NOUN",
            help="The table: result, cost-development, balance, variances, follow-up, "
            "special-follow-up, action-plan, investments, staffing or forecast; of a region "
            "divisions, statement, balance-requirement, eliminations, internal-pairs or "
            "region-summary.",
        ),
    ],
    span: Annotated[
        Literal["accumulated", "month", "tertial", "rolling12"],
        typer.Option("--span", help="Of a result, follow-up or staffing: which months it covers."),
    ] = "accumulated",
    round_: Annotated[
        str | None,
        typer.Option("--round", metavar="ROUND", help="Of a forecast: else the adopted one."),
    ] = None,
    published: Annotated[
        str | None,
        typer.Option(
            "--published", metavar="TIME", help="Of a region: when the month before was told."
        ),
    ] = None,
    proof: Annotated[
        bool, typer.Option("--proof", help="In JSON, with each event's proof of inclusion.")
    ] = False,
) -> None:
    """The events behind a figure, with their sum.

    The figure is a cell of the noun's table: name its row by --unit, --line, --account …, its
    column by --measure. `ledger trace result --unit 640 --line Lokalkostnader --through 2020-08`
    """
    from ledger.errors import UsageError
    from reporting.trace_table import trace as table_of_trace

    if proof and ask.form != "json":
        raise UsageError("Proofs are data.", "Give --format json, or leave --proof out.")
    book = book_of(ask, ask.known_at)
    prove = None
    if proof:
        from ledger.proof import inclusion

        prove = partial(inclusion, book)
    table = table_of_trace(
        book,
        ask.spoken,
        noun,
        people=ask.form == "table",
        prove=prove,
        span=span,
        round=round_,
        published_at=published,
        **ask.question,
    )
    show(table, ask, simulated=is_simulated(book))
