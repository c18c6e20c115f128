"""``ledger scorecard``, ``statistics``, ``assignments``, ``commentary`` and ``variances``: what is
followed up beside the books."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import typer

from cli.options import Reading, Scoped, bundled
from cli.output import show
from cli.reports import asked
from cli.session import book_of, is_simulated

Every = Annotated[bool, typer.Option("--all", help="Earlier ones too, not the latest alone.")]


def _show(noun: str, ask: Scoped, **more: Any) -> None:
    """The noun's table; without a period or a year all that is known."""
    from reporting import followed_tables

    book = book_of(ask, ask.known_at)
    table = followed_tables.table(
        noun,
        book,
        ask.spoken,
        brief=ask.form == "table",
        through=ask.through or ask.year,
        unit=ask.unit,
        tree=ask.tree,
        **more,
    )
    show(table, ask, simulated=is_simulated(book))


@bundled
def scorecard(
    ask: Scoped,
    perspective: Annotated[
        str | None, typer.Option("--perspective", metavar="NAME", help="Only that perspective.")
    ] = None,
    every: Every = False,
) -> None:
    """Indicators by perspective, reached or not.

    Derived from value, target and history where they can be, judged where they must be.
    """
    _show("scorecard", ask, perspective=perspective, every=every)


@bundled
def statistics(
    ask: Scoped,
    category: Annotated[
        str | None, typer.Option("--category", metavar="NAME", help="Only that category.")
    ] = None,
    measure: Annotated[
        str | None, typer.Option("--measure", metavar="NAME", help="Only that measure.")
    ] = None,
    interval: Annotated[
        Literal["day", "week", "month", "quarter", "tertial", "half_year", "year", "months"] | None,
        typer.Option("--interval", help="Only periods of that kind."),
    ] = None,
    every: Every = False,
) -> None:
    """Statistics of any interval, and how they changed.

    The change is computed from the two values; the lag is stated.
    """
    _show(
        "statistics",
        ask,
        category=category,
        measure=measure,
        interval_kind=interval,
        every=every,
    )


@bundled
def assignments(
    ask: Scoped,
    closed: Annotated[bool, typer.Option("--closed", help="Closed ones too.")] = False,
) -> None:
    """Assignments to report back, with due days or texts."""
    _show("assignments", ask, closed=closed)


@bundled
def commentary(
    ask: Scoped,
    section: Annotated[
        str | None, typer.Option("--section", metavar="NAME", help="Only that section.")
    ] = None,
) -> None:
    """Texts of the report's sections."""
    _show("commentary", ask, section=section)


@bundled
def variances(
    ask: Reading,
    forecast: Annotated[
        bool, typer.Option("--forecast", help="The forecast's variance for the year instead.")
    ] = False,
) -> None:
    """Variances against budget, with what explains them.

    By line, or --by area,line and the like; what explanations do not account for is shown.
    """
    from reporting.variance_table import variances_table

    book = book_of(ask, ask.known_at)
    figure = "forecast_variance" if forecast else "variance"
    words = asked(ask, by="line")
    brief = ask.form == "table"
    table = variances_table(book, ask.spoken, figure=figure, brief=brief, **words)
    show(table, ask, simulated=is_simulated(book))
