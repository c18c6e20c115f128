"""``ledger forecast`` from entered to adopted: the sheet, submit, return, approve, adopt, show."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cli import forecast_explanation, forecast_scores
from cli.forecast import Name
from cli.forecast import app as app
from cli.forecast_face import show_fitted
from cli.options import Common, Known, Writing, bundled
from cli.output import put, put_file, word
from cli.publishing import RoundReport, publish
from cli.session import book_of, is_simulated, record

if TYPE_CHECKING:
    from ledger.commands import Command

#: Exit code where a figure kept is not what is computed now.
FINDINGS = 1

Part = Annotated[str, typer.Option("--unit", metavar="CODE", help="That unit and all below.")]
Some = Annotated[
    str | None, typer.Option("--unit", metavar="CODE", help="Only that unit and all below.")
]
Comment = Annotated[str | None, typer.Option("--comment", metavar="TEXT", help="With what words.")]


def _mark(write: Writing, command: Command, source: str, name: str, unit: str, state: str) -> None:
    """Record a step of a unit, and say where it stands now."""
    record(write, command, source)
    put(f"{name} {unit}: {word(f'state.{state}')}\n")


@app.command()
@bundled
def submit(write: Writing, name: Name, unit: Part, comment: Comment = None) -> None:
    """Submit a unit's forecast.

    With all below it. What is submitted stands still until it is returned.
    """
    from ledger.families.forecast_approval import SubmitForecast

    command = SubmitForecast(name, unit, comment)
    _mark(write, command, "ledger forecast submit", name, unit, "submitted")


@app.command("return")
@bundled
def return_(
    write: Writing,
    name: Name,
    unit: Part,
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why.")],
) -> None:
    """Return what a unit submitted.

    So that it can be entered and submitted again.
    """
    from ledger.families.forecast_approval import ReturnForecast

    command = ReturnForecast(name, unit, reason)
    _mark(write, command, "ledger forecast return", name, unit, "returned")


@app.command()
@bundled
def approve(write: Writing, name: Name, unit: Part, comment: Comment = None) -> None:
    """Approve what a unit submitted.

    Four eyes: not by one who entered or submitted it.
    """
    from ledger.families.forecast_approval import ApproveForecast

    command = ApproveForecast(name, unit, comment)
    _mark(write, command, "ledger forecast approve", name, unit, "approved")


@app.command()
@bundled
def adopt(write: Writing, name: Name, comment: Comment = None) -> None:
    """Adopt a round and lock it.

    Where the setting forecast.approval is `approved`, once all that is entered is approved.
    """
    from ledger.families.forecast_approval import AdoptRound

    record(write, AdoptRound(name, comment), "ledger forecast adopt")
    put(f"{name}: {word('state.adopted')}\n")


@app.command()
@bundled
def sheet(
    common: Common,
    name: Name,
    output: Annotated[
        str, typer.Option("-o", "--output", metavar="FILE", help="The workbook, FILE.xlsx.")
    ],
    unit: Some = None,
    known_at: Annotated[
        str | None, typer.Option("--known-at", metavar="TIME", help="As known then.")
    ] = None,
) -> None:
    """Write an Excel sheet to enter in.

    `ledger forecast enter --from FILE.xlsx` takes it back, whole or not at all.
    """
    from ledger.errors import UsageError
    from reporting.forecast_sheet import forecast_sheet

    if not output.lower().endswith(".xlsx"):
        raise UsageError(f"{output} is no Excel file.", "Give -o a name that ends in .xlsx.")
    put_file(forecast_sheet(book_of(common, known_at), common.spoken, name, unit), output)


@app.command("list")
@bundled
def list_(ask: Known) -> None:
    """All rounds, open and adopted."""
    from reporting import reports

    book = book_of(ask, ask.known_at)
    table = reports.rounds(book, ask.spoken, local=ask.form == "table")
    spare = ("structure", "units", "returned", "unit")
    show_fitted(table, ask, spare, simulated=is_simulated(book))


@app.command("show")
@bundled
def show_(
    ask: RoundReport,
    name: Name,
    unit: Some = None,
    wide: Annotated[
        bool, typer.Option("--wide", help="All columns, as in JSON and CSV, in kronor.")
    ] = False,
    recompute: Annotated[
        bool,
        typer.Option("--recompute", help="Compute the model's figures again; 1 if any differs."),
    ] = False,
    assumptions: Annotated[
        bool, typer.Option("--assumptions", help="Only what the round assumes, each with its text.")
    ] = False,
) -> None:
    """A round beside the model and the budget.

    For people with what it assumes; as data that is a table of its own, by --assumptions.
    """
    from reporting import reports, round_table

    book = book_of(ask, ask.known_at)
    narrow = ask.form == "table" and not wide
    if assumptions:
        _assumptions(ask, name, unit, wide, recompute)
        return
    if recompute:
        _recompute(ask, name, unit, narrow)
        return
    table = round_table.forecast_round(
        book, ask.spoken, name, unit=unit, narrow=narrow, total=ask.form == "table"
    )
    assumed = reports.assumptions(book, ask.spoken, name, unit=unit)
    if ask.form == "table" and ask.output is None and assumed.rows:
        show_fitted(table, ask, ("previous",), wide=wide)
        put("\n")
        table = assumed
    show_fitted(table, ask, ("previous",), wide=wide, simulated=is_simulated(book))
    publish(ask, book, "forecast_round", {"round": name, "unit": unit})


def _assumptions(ask: RoundReport, name: str, unit: str | None, wide: bool, other: bool) -> None:
    """What the round assumes, which is neither computed nor given out apart from the round."""
    from ledger.errors import UsageError
    from reporting import reports

    if ask.publish or other:
        remedy = "Leave out --publish." if ask.publish else "Leave out --recompute."
        raise UsageError(
            "Assumptions are neither computed again nor published by themselves.",
            remedy,
        )
    book = book_of(ask, ask.known_at)
    table = reports.assumptions(book, ask.spoken, name, unit=unit)
    show_fitted(table, ask, wide=wide, simulated=is_simulated(book))


def _recompute(ask: RoundReport, name: str, unit: str | None, narrow: bool) -> None:
    """The model's figures kept with the entries, beside what they are computed as now."""
    from ledger.errors import UsageError
    from reporting.round_table import recomputed_round

    if ask.publish:
        raise UsageError("What is computed again is not published.", "Leave out --publish.")
    book = book_of(ask, ask.known_at)
    table, same = recomputed_round(book, ask.spoken, name, unit=unit, narrow=narrow)
    show_fitted(table, ask, scale="kr", wide=not narrow, simulated=is_simulated(book))
    if not same:
        raise typer.Exit(FINDINGS)


app.command()(forecast_explanation.explain)
app.command()(forecast_scores.compare)
app.command()(forecast_scores.accuracy)
