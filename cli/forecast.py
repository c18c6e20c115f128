"""``ledger forecast``: the model's year-end, and the rounds in which people enter theirs.

The model advises, people decide: ``ledger forecast`` shows what the model says, ``ledger forecast
round``, ``enter`` and ``assume`` record what people do; `cli.rounds` has what follows, from the
sheet and ``submit`` to ``adopt`` and ``show``.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from cli.forecast_face import Rows, show_fitted
from cli.imports import take
from cli.options import Writing, bundled
from cli.output import say, sum_up, word
from cli.reports import asked
from cli.session import book_of, is_simulated, record

if TYPE_CHECKING:
    from collections.abc import Mapping

app = typer.Typer(
    help="Where the year ends: model and rounds. Bare, it is `run`.",
    invoke_without_command=True,
    rich_markup_mode=None,
)

Level = Annotated[
    str,
    typer.Option("--level", metavar="LEVELS", help="Intervals in percent; 90 adds p5 and p95."),
]
Wide = Annotated[bool, typer.Option("--wide", help="All columns, as in JSON and CSV, in kronor.")]
Assumed = Annotated[
    str | None,
    typer.Option("--round", metavar="ROUND", help="With what that round assumes."),
]
Name = Annotated[str, typer.Argument(metavar="ROUND", help="The round's name.")]


@app.callback()
@bundled
def bare(
    context: typer.Context,
    ask: Rows,
    level: Level = "80,95",
    round_: Assumed = None,
    wide: Wide = False,
) -> None:
    """Where the year ends: model and rounds.

    Bare, it is `run`: the model's forecast with its intervals.
    """
    if context.invoked_subcommand is None:
        _run(ask, level, round_, wide=wide)


@app.command()
@bundled
def run(ask: Rows, level: Level = "80,95", round_: Assumed = None, wide: Wide = False) -> None:
    """The model's year-end, with intervals."""
    _run(ask, level, round_, wide=wide)


def _run(ask: Rows, level: str, round_: str | None, *, wide: bool) -> None:
    from reporting import reports

    book = book_of(ask, ask.known_at)
    words = asked(ask, by="unit")
    levels, narrow = levels_of(level), ask.form == "table" and not wide
    table = reports.forecast_model(
        book, ask.spoken, levels=levels, assumed_in=round_, narrow=narrow, **words
    )
    spare = ("method", "last_year", *(["remaining"] if round_ else []))
    show_fitted(table, ask, spare, wide=wide, simulated=is_simulated(book))


def levels_of(text: str) -> tuple[int, ...]:
    """Whole percentages between 0 and 100 from text such as ``80,95``."""
    from ledger.errors import UsageError

    parts = [part.strip() for part in text.split(",")]
    if not all(part.isdecimal() and 0 < int(part) < 100 for part in parts):
        raise UsageError(f"{text!r} are no levels.", "Write whole percentages, as 80,95.")
    return tuple(sorted({int(part) for part in parts}))


@app.command("round")
@bundled
def open_round(
    write: Writing,
    name: Name,
    through: Annotated[
        str, typer.Option("--through", metavar="PERIOD", help="Outcome is known through this.")
    ],
    structure: Annotated[
        str | None, typer.Option("--structure", metavar="NAME", help="The report structure.")
    ] = None,
    unit: Annotated[
        str | None, typer.Option("--unit", metavar="CODE", help="Only that unit and all below.")
    ] = None,
    deadline: Annotated[
        str | None, typer.Option("--deadline", metavar="DATE", help="When entries are due.")
    ] = None,
) -> None:
    """Open a forecast round."""
    from ledger.families.forecast import OpenRound

    last = book_of(write).period(through).last
    record(write, OpenRound(name, last, structure, unit, deadline), "ledger forecast round")
    say(word("message.opened", what=name))


@app.command()
@bundled
def enter(
    write: Writing,
    file: Annotated[
        str | None, typer.Option("--from", metavar="FILE", help="A forecast file.")
    ] = None,
    round_: Annotated[
        str | None, typer.Option("--round", metavar="ROUND", help="The round.")
    ] = None,
    unit: Annotated[str | None, typer.Option("--unit", metavar="CODE", help="The unit.")] = None,
    line: Annotated[
        str | None, typer.Option("--line", metavar="LINE", help="The structure's line.")
    ] = None,
    amount: Annotated[
        str | None, typer.Option("--amount", metavar="KR", help="Kronor, costs negative.")
    ] = None,
    period: Annotated[
        str | None, typer.Option("--period", metavar="MONTH", help="Else the rest of the year.")
    ] = None,
    comment: Annotated[
        str | None, typer.Option("--comment", metavar="TEXT", help="What it stands on.")
    ] = None,
    method: Annotated[
        Literal["manual", "model", "budget", "previous"],
        typer.Option("--method", help="By hand, or taken from there for each unit and line."),
    ] = "manual",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Record nothing.")] = False,
) -> None:
    """Enter forecasts for the rest of the year.

    A file's, one by hand, or the model's, the budget's or the previous round's.
    """
    from ledger.errors import UsageError

    if file is not None:
        given = {
            "--unit": unit, "--line": line, "--amount": amount, "--period": period,
            "--comment": comment, "--method": None if method == "manual" else method,
        }  # fmt: skip
        _take(write, file, "forecast", round_, given, dry_run=dry_run)
        return
    if round_ is None:
        raise UsageError("Which round?", "Give --round ROUND, or --from FILE.")
    if method != "manual" and (amount is not None or period is not None):
        raise UsageError(
            f"--method {method} gives the amounts itself.", "Leave out --amount and --period."
        )
    row = _by_hand(round_, unit, line, amount, period, comment) if method == "manual" else None
    from cli.forecast_entry import SOURCE, proposed, with_beside
    from ledger.families.forecast_entry import EnterForecast

    book = book_of(write)
    if row is not None:
        command = with_beside(EnterForecast((row,), SOURCE), book)
    else:
        command = proposed(book, round_, method, unit, line, comment)
    receipt = record(write, command, SOURCE, dry_run=dry_run)
    sum_up(receipt.recorded, receipt.known, 0)


def _take(
    write: Writing,
    file: str,
    kind: str,
    round_: str | None,
    given: Mapping[str, str | None],
    *,
    dry_run: bool = False,
) -> None:
    """Record a file, whose rows say all; --round may only agree with it."""
    from cli.forecast_entry import of_round
    from ledger.errors import UsageError

    wrong = [name for name, value in given.items() if value is not None]
    if wrong:
        raise UsageError(
            f"A file says in its rows what {', '.join(wrong)} would.",
            f"Leave out {', '.join(wrong)}, or --from.",
        )
    check = None if round_ is None else partial(of_round, name=round_)
    take(write, [file], kind=kind, dry_run=dry_run, check=check)


def _by_hand(
    round_: str,
    unit: str | None,
    line: str | None,
    amount: str | None,
    period: str | None,
    comment: str | None,
) -> Mapping[str, Any]:
    from ledger.errors import UsageError
    from ledger.money import NotMoney, to_ore

    missing = [
        f"--{name}"
        for name, value in (("unit", unit), ("line", line), ("amount", amount))
        if value is None
    ]
    if missing:
        raise UsageError("An entry by hand lacks something.", f"Give {', '.join(missing)}.")
    try:
        ore = to_ore(amount or "")
    except NotMoney as error:
        raise UsageError(f"{amount!r} is no amount: {error}.") from error
    return {
        "round": round_,
        "unit": unit,
        "report_line": line,
        "amount": ore,
        "period": period,
        "comment": comment,
        "method": "manual",
    }


@app.command()
@bundled
def assume(
    write: Writing,
    file: Annotated[
        str | None, typer.Option("--from", metavar="FILE", help="An assumptions file.")
    ] = None,
    round_: Annotated[
        str | None, typer.Option("--round", metavar="ROUND", help="The round.")
    ] = None,
    unit: Annotated[str | None, typer.Option("--unit", metavar="CODE", help="The unit.")] = None,
    line: Annotated[
        str | None, typer.Option("--line", metavar="LINE", help="The structure's line.")
    ] = None,
    kind: Annotated[
        str,
        typer.Option("--kind", help="one_off, known_commitment or end_of_special_costs."),
    ] = "known_commitment",
    amount: Annotated[
        str | None, typer.Option("--amount", metavar="KR", help="Kronor, costs negative.")
    ] = None,
    first: Annotated[
        str | None, typer.Option("--first", metavar="MONTH", help="From this month.")
    ] = None,
    last: Annotated[
        str | None, typer.Option("--last", metavar="MONTH", help="To this month.")
    ] = None,
    text: Annotated[
        str | None, typer.Option("--text", metavar="TEXT", help="What is assumed.")
    ] = None,
) -> None:
    """Make assumptions in an open round."""
    from ledger.errors import UsageError
    from ledger.families.forecast import Assume
    from ledger.money import NotMoney, to_ore

    if file is not None:
        given = {
            "--unit": unit, "--line": line, "--amount": amount, "--first": first,
            "--last": last, "--text": text,
        }  # fmt: skip
        _take(write, file, "assumption", round_, given)
        return
    if round_ is None or unit is None:
        raise UsageError("Which round and unit?", "Give --round and --unit, or --from FILE.")
    try:
        ore = to_ore(amount) if amount is not None else None
    except NotMoney as error:
        raise UsageError(f"{amount!r} is no amount: {error}.") from error
    content = {
        "round": round_,
        "unit": unit,
        "report_line": line,
        "assumption": kind,
        "amount": ore,
        "first": first,
        "last": last,
        "text": text,
    }
    command = Assume((content,), "ledger forecast assume")
    sum_up(record(write, command, "ledger forecast assume").recorded, 0, 0)
