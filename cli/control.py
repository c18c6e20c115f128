"""``ledger control``: internal control. How many to look at; the rest of the group stands in
modules of its own."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from cli import control_assess, control_plan, control_run, control_sample
from cli.options import Shown, bundled
from cli.output import show
from cli.rates import ore, share

app = typer.Typer(
    help="Internal control: plan, results, samples.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


app.command()(control_plan.plan)
app.command()(control_plan.perform)
app.command("list")(control_plan.list_)
app.command()(control_sample.sample)
app.command()(control_assess.assess)
app.command()(control_assess.evaluate)


@app.command()
@bundled
def size(
    ask: Shown,
    tolerable: Annotated[
        str,
        typer.Option(
            "--tolerable", metavar="RATE|AMOUNT", help="0.05 or 5%; with --book-value kronor."
        ),
    ],
    confidence: Annotated[
        str, typer.Option("--confidence", metavar="RATE", help="0.95 or 95%.")
    ] = "0.95",
    expected: Annotated[
        str,
        typer.Option(
            "--expected", metavar="RATE|AMOUNT", help="What you expect to find, likewise."
        ),
    ] = "0",
    deviations: Annotated[
        int | None,
        typer.Option("--deviations", metavar="N", help="So many may deviate, whatever the size."),
    ] = None,
    distribution: Annotated[
        Literal["binomial", "poisson", "hypergeometric"] | None,
        typer.Option("--distribution", help="Else binomial; hypergeometric needs --population."),
    ] = None,
    population: Annotated[
        int | None, typer.Option("--population", metavar="N", help="Items to draw from.")
    ] = None,
    book_value: Annotated[
        str | None,
        typer.Option(
            "--book-value", metavar="AMOUNT", help="Kronor to draw from: a monetary-unit sample."
        ),
    ] = None,
) -> None:
    """How many to look at.

    Items, to say how often something is wrong at most; or with --book-value monetary units, to
    say by how much.
    """
    from ledger.errors import UsageError
    from reporting import control_table

    sure = share(confidence, "--confidence")
    if book_value is None:
        table = control_table.attribute_size(
            ask.spoken,
            sure,
            share(tolerable, "--tolerable"),
            share(expected, "--expected"),
            deviations=deviations,
            distribution=distribution or "binomial",
            population=population,
            people=ask.form == "table",
        )
    else:
        if deviations is not None or distribution is not None or population is not None:
            raise UsageError(
                "--deviations, --distribution and --population are for samples of items.",
                "Leave them out, or --book-value.",
            )
        table = control_table.monetary_unit_size(
            ask.spoken,
            sure,
            ore(tolerable, "--tolerable"),
            ore(expected, "--expected"),
            ore(book_value, "--book-value"),
            people=ask.form == "table",
        )
    show(table, ask)


app.command()(control_run.run)
app.command()(control_run.findings)
app.command()(control_run.assign)
app.command()(control_run.resolve)
app.command()(control_run.reopen)
