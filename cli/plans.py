"""``ledger action-plan`` and ``ledger investments``: plans, what came of them, what will come."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

import typer

from cli.options import Scoped, bundled
from cli.output import say, show, word
from cli.publishing import Publishing, publish
from cli.session import book_of, is_simulated

#: Exit code where the table has findings.
FINDINGS = 1


@dataclass(frozen=True)
class Planned(Scoped, Publishing):
    """A plan that can be given out."""

    by: Annotated[
        str | None,
        typer.Option(
            "--by",
            metavar="LEVELS",
            help="Else by action_area or investment_type: unit, area, division, action, decided; "
            "several with commas.",
        ),
    ] = None


@bundled
def action_plan(
    ask: Planned,
    actions: Annotated[
        bool, typer.Option("--actions", help="Instead: the measures, each with its words.")
    ] = False,
) -> None:
    """Savings measures: assignment, effect, forecast.

    Exit code 1 says that there are findings: a forecast below the effect already reached. They
    stand under the table, and in data as a code in their row.
    """
    from ledger.errors import UsageError
    from reporting import plan_table

    if not actions:
        _shown(ask, "action_plan", "action_area")
        return
    if ask.by or ask.year or ask.publish:
        raise UsageError("--actions lists all measures.", "Leave out the other choices.")
    book = book_of(ask, ask.known_at)
    table = plan_table.actions(book, ask.spoken, through=ask.through, unit=ask.unit, tree=ask.tree)
    show(table, ask, simulated=is_simulated(book))


@bundled
def investments(ask: Planned) -> None:
    """Investments: frame, outcome, forecast.

    The outcome by whether this year or an earlier one decided it. Exit code 1 says that there are
    findings: a forecast above its frame. They stand under the table, and in data as a code in
    their row.
    """
    _shown(ask, "investments", "investment_type")


def _shown(ask: Planned, name: str, by: str) -> None:
    """Show a plan, tell its findings, and give it out where asked to."""
    from reporting.plan_table import PLANS

    book = book_of(ask, ask.known_at)
    levels = ask.by if ask.by is not None else by
    words: dict[str, Any] = {
        "through": ask.through,
        "by": tuple(level.strip() for level in levels.split(",") if level.strip()),
        "unit": ask.unit,
        "tree": ask.tree,
        "year": ask.year,
    }
    plan = PLANS[name](book, ask.spoken, brief=ask.form == "table", **words)
    show(plan.table, ask, scale="tkr", simulated=is_simulated(book))
    if ask.form != "table":
        for finding in plan.findings:
            say(f"{word('message.finding')} [{finding.code}] {finding.text}")
    publish(ask, book, name, words)
    if plan.findings:
        raise typer.Exit(FINDINGS)
