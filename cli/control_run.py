"""``ledger control run``: the analytic controls over the log, and what they found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import Scoped, bundled
from cli.output import bold_in, put, show, show_lines
from cli.session import book_of, is_simulated

if TYPE_CHECKING:
    from assurance.controls import Result
    from ledger.log import Book

FINDINGS = 1

Names = Annotated[
    list[str] | None, typer.Argument(metavar="[NAME]…", help="Controls by name; else all.")
]


@bundled
def run(
    ask: Scoped,
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
) -> None:
    """Look through the log with the analytic controls.

    Everything known, or what --through, --year and --unit choose. Each finding names the events
    behind it. Exit code 1 where there is a finding.
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
    states: dict[str, str] = {}
    if ask.form == "json":
        put(findings_table.to_json(book, found, states, ask.spoken), ask.output)
    elif ask.form == "csv":
        show(findings_table.findings(found, states, ask.spoken), ask)
    else:
        _tables(book, found, states, ask)
    if any(each.findings for each in found):
        raise typer.Exit(FINDINGS)


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


def _tables(book: Book, found: list[Result], states: dict[str, str], ask: Scoped) -> None:
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
