"""``ledger forecast compare`` and ``accuracy``: what forecasts were worth when the months came."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from cli.forecast_face import Rows, show_fitted
from cli.options import Known, bundled
from cli.reports import asked
from cli.session import book_of, is_simulated


@bundled
def compare(
    ask: Rows,
    origins: Annotated[
        str,
        typer.Option("--origins", metavar="MONTHS", help="Forecast with so many months known."),
    ] = "3,4,6,8,9,10",
    years: Annotated[
        int | None,
        typer.Option("--years", min=1, metavar="N", help="Only the newest N complete years."),
    ] = None,
    by_origin: Annotated[
        bool, typer.Option("--by-origin", help="A row a method and number of months known.")
    ] = False,
    by_series: Annotated[
        bool, typer.Option("--by-series", help="A row a method and unit, line …")
    ] = False,
) -> None:
    """Every method on your own past years.

    The model beside run rate, budget and last year, each asked with only the months known then.
    """
    from reporting import score_table

    book = book_of(ask, ask.known_at)
    table = score_table.compare(
        book,
        ask.spoken,
        origins=origins_of(origins),
        years=years,
        by_origin=by_origin,
        by_series=by_series,
        **asked(ask, by="unit"),
    )
    show_fitted(table, ask, ("bias", "median_error"), simulated=is_simulated(book))


@bundled
def accuracy(
    ask: Known,
    round_: Annotated[
        str | None, typer.Option("--round", metavar="ROUND", help="Only that round.")
    ] = None,
    by: Annotated[
        Literal["unit", "line", "round"] | None,
        typer.Option("--by", help="Sums of each round. Else by unit and line."),
    ] = None,
    unit: Annotated[
        str | None, typer.Option("--unit", metavar="CODE", help="Only that unit and all below.")
    ] = None,
    through: Annotated[
        str | None,
        typer.Option("--through", metavar="PERIOD", help="What had come. Else as in reports."),
    ] = None,
) -> None:
    """Every adopted round against what came.

    What people entered and what the model said then, both scored when the months have come.
    """
    from reporting import score_table

    book = book_of(ask, ask.known_at)
    table = score_table.accuracy(
        book, ask.spoken, through=through, round=round_, unit=unit, by=by or "place"
    )
    show_fitted(table, ask, ("name", "base"), simulated=is_simulated(book))


def origins_of(text: str) -> tuple[int, ...]:
    """Whole numbers of months, 1 to 11, from text such as ``3,6,9``."""
    from ledger.errors import UsageError

    parts = [part.strip() for part in text.split(",")]
    if not all(part.isdecimal() and len(part) < 3 and 0 < int(part) < 12 for part in parts):
        raise UsageError(f"{text!r} are no months known.", "Write numbers from 1 to 11, as 3,6,9.")
    return tuple(sorted({int(part) for part in parts}))
