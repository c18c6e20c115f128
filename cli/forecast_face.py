"""How tables of forecasts are asked for and shown: rows of a year's end, a window's width."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import Reading, Scale, Shown
from cli.output import show

if TYPE_CHECKING:
    from reporting.tables import Table


@dataclass(frozen=True)
class Rows(Reading):
    """What every table of year-ends takes: rows as in other reports, but not by month."""

    by: Annotated[
        str | None,
        typer.Option(
            "--by",
            metavar="LEVELS",
            help="unit, area, division or another level of the tree, line, account, project, "
            "product, activity; several with commas.",
        ),
    ] = None


def show_fitted(
    table: Table,
    shown: Shown,
    spare: Sequence[str] = (),
    *,
    wide: bool = False,
    scale: Scale = "tkr",
    simulated: bool = False,
) -> None:
    """A table as asked for; for people in thousands and no wider than a window has room for,
    unless all of it is asked for. Data has all columns and is exact."""
    from reporting.forecast_face import fitted

    if shown.form != "table" or wide:
        show(table, shown, simulated=simulated)
        return
    chosen = shown.scale or scale
    show(fitted(table, shown.spoken, chosen, spare), shown, scale=chosen, simulated=simulated)
