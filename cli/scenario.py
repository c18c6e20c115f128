"""``ledger risks`` and ``ledger scenario``: what may happen, and where the year then ends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import typer

from cli.forecast_face import show_fitted
from cli.options import Known, Reading, Scoped, Writing, bundled
from cli.output import put, say, word
from cli.session import book_of, is_simulated, record

app = typer.Typer(
    help="Where the year ends, drawn: P10, P50, P90, chance.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

#: Fewer say nothing of a tenth; more say nothing new.
_DRAWS = (100, 1_000_000)


@dataclass(frozen=True)
class Kept(Reading, Writing):
    """A scenario, which may be recorded; its rows are units or lines, which risks speak of."""

    by: Annotated[
        str | None,
        typer.Option(
            "--by",
            metavar="LEVELS",
            help="unit, area, division or another level of the tree, line; several with commas.",
        ),
    ] = None


@bundled
def risks(
    ask: Scoped,
    closed: Annotated[bool, typer.Option("--closed", help="Closed ones too.")] = False,
) -> None:
    """The risks on record, the gravest first."""
    from reporting import scenario_table

    book = book_of(ask, ask.known_at)
    table = scenario_table.risks_table(
        book,
        ask.spoken,
        through=ask.through or ask.year,
        brief=ask.form == "table",
        unit=ask.unit,
        tree=ask.tree,
        closed=closed,
    )
    show_fitted(table, ask, scale="kr", simulated=is_simulated(book))


@app.command()
@bundled
def run(
    ask: Kept,
    draws: Annotated[
        int, typer.Option("--draws", metavar="N", help="How many ways the year may end.")
    ] = 10_000,
    seed: Annotated[
        int, typer.Option("--seed", metavar="N", help="The same seed draws the same.")
    ] = 0,
    round_: Annotated[
        str | None,
        typer.Option("--round", metavar="ROUND", help="Its assumptions; else the newest round's."),
    ] = None,
    assumptions: Annotated[
        bool, typer.Option("--assumptions/--no-assumptions", help="Add what rounds assume.")
    ] = True,
    risks_: Annotated[
        bool, typer.Option("--risks", help="Show which risk matters most, alone.")
    ] = False,
    name: Annotated[
        str | None, typer.Option("--record", metavar="NAME", help="Keep the run under that name.")
    ] = None,
) -> None:
    """Draw where the year ends.

    The forecast of every row with its spread, rows moving together as they have done, what
    rounds assume, and each risk as likely as it is.
    """
    from ledger.errors import UsageError
    from reporting import scenario_table

    if not _DRAWS[0] <= draws <= _DRAWS[1] or not 0 <= seed < 2**63:
        raise UsageError(
            f"{draws} draws with seed {seed} are not possible.",
            f"Give {_DRAWS[0]} to {_DRAWS[1]} draws, and a seed from 0.",
        )
    book = book_of(ask, ask.known_at)
    question = scenario_table.question(
        book,
        ask.through,
        ask.levels("unit"),
        year=ask.year,
        draws=draws,
        seed=seed,
        round=round_,
        assumptions=assumptions,
        unit=ask.unit,
        tree=ask.tree,
        structure=ask.structure,
    )
    drawn = scenario_table.run(book, question)
    people = ask.form == "table"
    rows = scenario_table.rows_table(book, ask.spoken, question, drawn, brief=people)
    weighed = scenario_table.weighed_table(book, ask.spoken, drawn)
    spare = ("assumed", "expected_risk")
    if people and ask.output is None and weighed.rows and not risks_:
        show_fitted(rows, ask, spare)
        put("\n")
        risks_ = True
    show_fitted(weighed if risks_ else rows, ask, spare, simulated=is_simulated(book))
    if name is not None:
        from ledger.families.scenario import RecordScenario

        run_ = scenario_table.record_of(book, question, drawn, name)
        receipt = record(ask, RecordScenario(run_), "ledger scenario run")
        say(word("message.scenario_recorded", name=name, position=receipt.first))


@app.command("list")
@bundled
def list_(
    ask: Known,
    recompute: Annotated[
        bool, typer.Option("--recompute", help="Draw each again, and show the difference.")
    ] = False,
) -> None:
    """The scenarios on record."""
    from reporting import scenario_table

    book = book_of(ask, ask.known_at)
    table = scenario_table.runs_table(
        book, ask.spoken, recompute=recompute, local=ask.form == "table"
    )
    spare = ("seed", "draws", "round", "by", "budget")
    show_fitted(table, ask, spare, simulated=is_simulated(book))
