"""``ledger control plan``, ``perform`` and ``list``: what is controlled, and how it went."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from cli.options import Scoped, Writing, bundled
from cli.output import put, say, show, word
from cli.session import book_of, is_simulated, record

if TYPE_CHECKING:
    from ledger.log import Book
    from reporting.internal_control import Register

#: Exit code where something is late.
FINDINGS = 1

From = Annotated[str | None, typer.Option("--from", metavar="FILE", help="Record that file.")]
Reason = Annotated[
    str | None, typer.Option("--reason", metavar="TEXT", help="Why the record changes.")
]


@dataclass(frozen=True)
class Planning(Scoped, Writing):
    """A plan that is shown, or recorded."""


@bundled
def plan(
    ask: Planning,
    file: From = None,
    board: Annotated[
        str | None, typer.Option("--board", metavar="NAME", help="Adopt the plan: which board.")
    ] = None,
    decision: Annotated[
        str | None, typer.Option("--decision", metavar="REF", help="By which decision.")
    ] = None,
    day: Annotated[
        str | None, typer.Option("--on", metavar="DAY", help="Decided on that day.")
    ] = None,
    reason: Reason = None,
    withdrawn: Annotated[
        bool, typer.Option("--withdrawn", help="Show withdrawn controls too.")
    ] = False,
) -> None:
    """Show the control plan, record or adopt it.

    `--from FILE` records control activities; `--board NAME --decision REF --on DAY --year YEAR`
    adopts the plan of the unit (else of the whole organisation) and all below it.
    """
    from ledger.errors import UsageError
    from reporting import internal_control

    adopting = [board, decision, day]
    if file is not None:
        if any(adopting):
            raise UsageError("A file is recorded, and a plan adopted: one at a time.", "Part them.")
        _record_file(ask, file, "control")
        return
    book = book_of(ask, ask.known_at)
    if any(adopting):
        _adopt(ask, book, board, decision, day, reason)
        return
    asked = _asked(ask) | {"withdrawn": withdrawn}
    table = internal_control.plan(book, ask.spoken, brief=ask.form == "table", **asked)
    show(table, ask, simulated=is_simulated(book))


def _adopt(
    ask: Planning,
    book: Book,
    board: str | None,
    decision: str | None,
    day: str | None,
    reason: str | None,
) -> None:
    from ledger.errors import UsageError
    from ledger.families.control_plan import AdoptControlPlan

    if not (board and decision and day and ask.year):
        raise UsageError(
            "A plan is adopted by a board, with a decision, on a day, for a year.",
            "Give --board, --decision, --on and --year.",
        )
    unit = ask.unit or book.organisation.require_founded().root
    command = AdoptControlPlan(ask.year, unit, board, decision, day, reason)
    record(ask, command, "ledger control plan")
    put(word("message.plan_adopted", year=ask.year, unit=unit, board=board, decision=decision))
    put("\n")


@bundled
def perform(
    write: Writing,
    control: Annotated[
        str | None, typer.Argument(metavar="[CONTROL]", help="The control's name, as K1.")
    ] = None,
    file: From = None,
    through: Annotated[
        str | None, typer.Option("--through", metavar="MONTH", help="Concluded through that month.")
    ] = None,
    conclusion: Annotated[
        Literal["adequate", "deficient", "not_performed", "not_assessable"] | None,
        typer.Option("--conclusion", help="What it came to."),
    ] = None,
    result: Annotated[
        str | None, typer.Option("--result", metavar="TEXT", help="The result in words.")
    ] = None,
    because: Annotated[
        str | None,
        typer.Option(
            "--because",
            metavar="TEXT",
            help="Why not performed, not assessable, or adequate beyond it.",
        ),
    ] = None,
    day: Annotated[
        str | None, typer.Option("--on", metavar="DAY", help="Performed on that day.")
    ] = None,
    sample: Annotated[
        str | None, typer.Option("--sample", metavar="NAME", help="It stands on that sample.")
    ] = None,
    reason: Reason = None,
) -> None:
    """Say what a control came to.

    Adequate, deficient, not performed or not assessable, the last two with --because. A month
    that is concluded already is concluded anew with --reason.
    """
    from ledger.errors import UsageError
    from ledger.families.control_plan import RecordControls
    from ledger.periods import is_month

    if file is not None and control is None:
        _record_file(write, file, "control")
        return
    if file is not None or control is None or through is None or conclusion is None:
        raise UsageError(
            "Which control, through when, and what did it come to?",
            "Give CONTROL --through MONTH --conclusion …, or --from FILE.",
        )
    if not is_month(through):
        raise UsageError(f"{through!r} is no month.", "Write 2020-08.")
    year = book_of(write).organisation.calendar.year_of(through)[0][:4]
    row = {
        "control": control,
        "year": year,
        "period": through,
        "conclusion": conclusion,
        "result": result,
        "because": because,
        "performed_on": day,
        "sample": sample,
        "reason": reason,
    }
    source = "ledger control perform"
    record(write, RecordControls((row,), source), source)
    put(f"{control} {through}: {word(f'conclusion.{conclusion}')}\n")


@bundled
def list_(
    ask: Scoped,
    measures: Annotated[
        bool, typer.Option("--measures", help="Instead: what is done about the results.")
    ] = False,
    samples: Annotated[
        bool, typer.Option("--samples", help="Instead: samples, and how far each has come.")
    ] = False,
) -> None:
    """The controls, what they came to, and what is late.

    Exit code 1 says that a control has no conclusion where the plan wants one, or that a measure
    is late. `--measures` lists measures, those too that last year left.
    """
    from reporting import internal_control, sample_table

    book = book_of(ask, ask.known_at)
    if samples:
        table = sample_table.listed(
            book, ask.spoken, brief=ask.form == "table", unit=ask.unit, tree=ask.tree
        )
        show(table, ask, simulated=is_simulated(book))
        return
    of = internal_control.measures if measures else internal_control.register
    found: Register = of(book, ask.spoken, brief=ask.form == "table", **_asked(ask))
    show(found.table, ask, simulated=is_simulated(book))
    _end(ask, found)


def _end(ask: Scoped, found: Register) -> None:
    if not found.late:
        return
    if ask.form != "table":
        for text in found.late:
            say(f"{word('message.finding')} [control-overdue] {text}")
    raise typer.Exit(FINDINGS)


def _asked(ask: Scoped) -> dict[str, Any]:
    return {"through": ask.through, "year": ask.year, "unit": ask.unit, "tree": ask.tree}


def _record_file(write: Writing, file: str, kind: str) -> None:
    from cli.imports import take

    take(write, [file], kind=kind)
