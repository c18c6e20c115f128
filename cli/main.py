"""The command ``ledger``: all groups of commands under one root.

Verbs for daily work, nouns for reports, noun and verb where things have state. Nothing heavy is
imported here, so that ``ledger --help`` answers at once.
"""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from cli import (
    accountability,
    books,
    bridge,
    control,
    control_run,
    copies,
    documentation,
    entries,
    erasing,
    explain,
    export,
    following,
    forecast_explanation,
    forecast_scores,
    history,
    imports,
    marking,
    periods,
    plans,
    proving,
    reconciling,
    recording,
    region,
    report,
    reports,
    rounds,
    scenario,
    setup,
    staffing,
    times,
    trace,
)
from cli.demo import demo
from cli.failure import Guarded
from cli.options import GIVEN, check_text

# Likelihood fits are of tiny matrices: threads that wait for each other only slow them down.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

app = typer.Typer(
    name="ledger",
    cls=Guarded,
    help="Utfall: the ledger and forecasts of a region's follow-up. "
    "Exit codes: 0 fine, 1 findings, 2 usage, 3 input, 4 rule, 5 store, 6 tampering, "
    "7 forecast, 70 a bug, 130 interrupted.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(asked: bool) -> None:
    if asked:
        from importlib.metadata import PackageNotFoundError, version

        try:
            print(f"ledger (utfall) {version('utfall')}")
        except PackageNotFoundError:
            print("ledger (utfall)")
        raise typer.Exit


@app.callback()
def root(
    store: Annotated[str | None, typer.Option("--store", metavar="PATH", help="The store.")] = None,
    actor: Annotated[str | None, typer.Option("--actor", metavar="NAME", help="Who.")] = None,
    lang: Annotated[
        str | None, typer.Option("--lang", metavar="sv|en", help="Language of tables.")
    ] = None,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Say the version.")
    ] = False,
) -> None:
    """Options may stand before the command or after it."""
    given = {"store": store, "actor": actor, "lang": lang}
    check_text(given.values())
    GIVEN.set({name: value for name, value in given.items() if value})


app.command()(demo)
app.command()(setup.init)
app.command()(setup.status)
app.command("import")(imports.import_)
app.command()(recording.record)
app.command()(reconciling.reconcile)
app.command()(entries.correct)
app.command()(entries.reverse)
app.command()(marking.mark)
app.command()(marking.unmark)
app.command()(erasing.erase)
app.command()(erasing.retention)
app.command()(copies.backup)
app.command()(copies.restore)
app.command()(copies.migrate)
app.command()(accountability.review)
app.command()(periods.close)
app.command()(periods.reopen)
app.command()(reports.balance)
app.command()(books.journal)
app.command("general-ledger")(books.general_ledger)
app.command()(reports.result)
app.command("cost-development")(reports.cost_development)
app.command()(following.variances)
app.command()(bridge.bridge)
app.command()(following.scorecard)
app.command()(following.statistics)
app.command("follow-up")(marking.follow_up)
app.command("action-plan")(plans.action_plan)
app.command()(plans.investments)
app.command()(following.assignments)
app.command()(following.commentary)
app.command()(staffing.staffing)
rounds.app.command()(forecast_explanation.explain)
rounds.app.command()(forecast_scores.compare)
rounds.app.command()(forecast_scores.accuracy)
app.add_typer(rounds.app, name="forecast")
app.command()(scenario.risks)
app.add_typer(region.app, name="region")
app.add_typer(report.app, name="report")
app.add_typer(scenario.app, name="scenario")
control.app.command()(control_run.run)
control.app.command()(control_run.findings)
control.app.command()(control_run.assign)
control.app.command()(control_run.resolve)
control.app.command()(control_run.reopen)
app.add_typer(control.app, name="control")
app.command()(trace.trace)
app.command()(times.diff)
app.command()(times.replay)
app.command()(history.history)
app.command()(accountability.batches)
app.command()(accountability.corrections)
app.command()(accountability.roles)
app.command()(proving.seal)
app.command()(proving.verify)
app.command()(proving.prove)
app.add_typer(proving.key_app, name="key")
app.command()(documentation.documentation)
app.add_typer(export.app, name="export")
app.command()(explain.explain)
app.command()(explain.topics)


def _open_closed() -> None:
    """A stream that the caller closed (``>&-``) leads nowhere from here; were its number left
    free, the store's file could get it."""
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is None:
            mode = "r" if number == 0 else "w"
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115


def main() -> None:
    """Run the command of this process's command line."""
    _open_closed()
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="backslashreplace")
    app(prog_name="ledger")


if __name__ == "__main__":
    main()
