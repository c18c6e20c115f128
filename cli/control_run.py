"""``ledger control run`` and ``findings``: the analytic controls over the log, what they found, and
what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import Known, Scoped, Writing, bundled
from cli.output import bold_in, put, say, show, show_lines, sum_up, word
from cli.session import book_of, is_simulated, record

if TYPE_CHECKING:
    from assurance.controls import Result
    from ledger.log import Book

FINDINGS = 1

Names = Annotated[
    list[str] | None, typer.Argument(metavar="[NAME]…", help="Controls by name; else all.")
]


Key = Annotated[str, typer.Argument(metavar="FINDING", help="Its key, or how the key begins.")]


@dataclass(frozen=True)
class Recorded(Scoped, Writing):
    """A run whose findings may be recorded."""


@bundled
def run(
    ask: Recorded,
    names: Names = None,
    set_: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="NAME.PARAMETER=VALUE",
            help="A parameter for this run; else the setting control.NAME.PARAMETER.",
        ),
    ] = None,
    list_: Annotated[
        bool, typer.Option("--list", help="Instead: the controls, and their parameters.")
    ] = False,
    keep: Annotated[
        bool, typer.Option("--record", help="Record the findings that are not on record yet.")
    ] = False,
) -> None:
    """Look through the log with the analytic controls.

    Everything known, or what --through, --year and --unit choose. Each finding names the events
    behind it. Exit code 1 where there is a finding that is not resolved.
    """
    from assurance import controls
    from reporting import findings_table

    book = book_of(ask, ask.known_at)
    if list_:
        show(findings_table.listed(book, names or (), _given(set_), ask.spoken), ask)
        return
    found = list(
        controls.run(
            book,
            names or (),
            ask.through,
            given=_given(set_),
            year=ask.year,
            unit=ask.unit,
            tree=ask.tree,
        )
    )
    if keep:
        _record(ask, book, found)
    states = findings_table.states(book_of(ask) if keep else book)
    if ask.form == "json":
        put(findings_table.to_json(book, found, states, ask.spoken), ask.output)
    elif ask.form == "csv":
        show(findings_table.findings(found, states, ask.spoken), ask)
    else:
        _tables(book, found, states, ask)
    if any(states.get(one.key) != "resolved" for each in found for one in each.findings):
        raise typer.Exit(FINDINGS)


def _record(ask: Recorded, book: Book, found: list[Result]) -> None:
    """Record what is not on record yet; only of the log as it is now."""
    from ledger.errors import UsageError
    from ledger.families.finding import RaiseFindings
    from reporting import findings_table

    if ask.known_at is not None:
        raise UsageError(
            "Findings are recorded of what is known now.", "Leave out --known-at or --record."
        )
    raised = findings_table.raising(found)
    if raised:
        receipt = record(ask, RaiseFindings(raised, book.size), "ledger control run")
        new = sum(1 for each in raised) - receipt.known
        say(word("message.findings_recorded", count=new, known=receipt.known))


@bundled
def findings(
    ask: Known,
    open_: Annotated[
        bool, typer.Option("--open", help="Only those that are not resolved.")
    ] = False,
    control: Annotated[
        str | None, typer.Option("--control", metavar="NAME", help="Only that control's.")
    ] = None,
) -> None:
    """The findings on record, and what came of them.

    Exit code 1 where one is not resolved.
    """
    from assurance.controls.running import chosen
    from ledger.families.finding import Findings
    from reporting import findings_table

    chosen([control] if control else [])
    book = book_of(ask, ask.known_at)
    table = findings_table.register(
        book, ask.spoken, control=control, unresolved=open_, brief=ask.form == "table"
    )
    show(table, ask, simulated=is_simulated(book))
    all_ = book.state.of(Findings).raised.values()
    if any(one.state != "resolved" and control in (None, one.raised.control) for one in all_):
        raise typer.Exit(FINDINGS)


@bundled
def assign(
    write: Writing,
    finding: Key,
    to: Annotated[str, typer.Option("--to", metavar="NAME", help="Who is to look into it.")],
    due: Annotated[
        str | None, typer.Option("--due", metavar="DAY", help="By when, as 2020-10-31.")
    ] = None,
) -> None:
    """Let somebody look into a finding."""
    from ledger.families.finding import AssignFinding

    receipt = record(write, AssignFinding(finding, to, due), "ledger control assign")
    sum_up(receipt.recorded, receipt.known, 0)


@bundled
def resolve(
    write: Writing,
    finding: Key,
    measure: Annotated[
        str, typer.Option("--measure", metavar="TEXT", help="What was done, or why nothing is.")
    ],
) -> None:
    """Settle a finding, with the measure taken."""
    from ledger.families.finding import ResolveFinding

    receipt = record(write, ResolveFinding(finding, measure), "ledger control resolve")
    sum_up(receipt.recorded, receipt.known, 0)


@bundled
def reopen(
    write: Writing,
    finding: Key,
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why.")],
) -> None:
    """Look into a resolved finding once more."""
    from ledger.families.finding import ReopenFinding

    receipt = record(write, ReopenFinding(finding, reason), "ledger control reopen")
    sum_up(receipt.recorded, receipt.known, 0)


def _given(texts: list[str] | None) -> dict[str, str]:
    """Parameters as given, by NAME.PARAMETER."""
    from ledger.errors import UsageError

    found: dict[str, str] = {}
    for text in texts or ():
        name, sign, value = text.partition("=")
        if not sign or "." not in name:
            raise UsageError(f"--set {text} sets nothing.", "Write --set late.days=45.")
        found[name.strip()] = value.strip()
    return found


def _tables(book: Book, found: list[Result], states: Mapping[str, str], ask: Scoped) -> None:
    """The controls, and under them the first findings of each."""
    from reporting import findings_table, render

    words = {"unit": ask.unit, "tree": ask.tree}
    summary = findings_table.summary(book, found, ask.spoken, **words)
    listed = findings_table.findings(found, states, ask.spoken, brief=True)
    tables = [listed, summary] if listed.rows else [summary]
    lines: list[str] = []
    for table in tables:
        lines += [""] if lines else []
        lines += render.to_lines(table, ask.spoken, ask.scale or "kr", bold=bold_in(ask))
    show_lines(lines, ask, simulated=is_simulated(book))
