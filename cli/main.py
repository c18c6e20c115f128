"""The command ``ledger``: all groups of commands under one root.

Verbs for daily work, nouns for reports, noun and verb where things have state. A command's module
is imported when the command is asked for, and what is heavy inside the command, so that
``ledger --help`` answers at once.
"""

from __future__ import annotations

import os
import sys
from functools import cache
from importlib import import_module
from typing import Annotated, Any

import typer
import typer.main

from cli.failure import Guarded
from cli.options import GIVEN, check_text

# Likelihood fits are of tiny matrices: threads that wait for each other only slow them down.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
# Reports ask many small questions, of which Polars' streaming engine takes longer to begin each.
os.environ.setdefault("POLARS_ENGINE_AFFINITY", "in-memory")

#: Where each command stands, and each group of them: a module of this package and what it has.
COMMANDS = {
    "demo": "demo:demo",
    "init": "setup:init",
    "status": "setup:status",
    "import": "imports:import_",
    "record": "recording:record",
    "reconcile": "reconciling:reconcile",
    "correct": "entries:correct",
    "reverse": "entries:reverse",
    "mark": "marking:mark",
    "unmark": "marking:unmark",
    "erase": "erasing:erase",
    "retention": "erasing:retention",
    "backup": "copies:backup",
    "restore": "copies:restore",
    "migrate": "copies:migrate",
    "review": "accountability:review",
    "close": "periods:close",
    "reopen": "periods:reopen",
    "balance": "reports:balance",
    "journal": "books:journal",
    "general-ledger": "books:general_ledger",
    "result": "reports:result",
    "cost-development": "reports:cost_development",
    "variances": "following:variances",
    "bridge": "bridge:bridge",
    "scorecard": "following:scorecard",
    "statistics": "following:statistics",
    "follow-up": "marking:follow_up",
    "action-plan": "plans:action_plan",
    "investments": "plans:investments",
    "assignments": "following:assignments",
    "commentary": "following:commentary",
    "staffing": "staffing:staffing",
    "forecast": "rounds:app",
    "risks": "scenario:risks",
    "region": "region:app",
    "report": "report:app",
    "scenario": "scenario:app",
    "control": "control:app",
    "trace": "trace:trace",
    "diff": "times:diff",
    "replay": "times:replay",
    "history": "history:history",
    "batches": "accountability:batches",
    "corrections": "accountability:corrections",
    "roles": "accountability:roles",
    "seal": "proving:seal",
    "verify": "proving:verify",
    "prove": "proving:prove",
    "key": "proving:key_app",
    "documentation": "documentation:documentation",
    "export": "export:app",
    "explain": "explain:explain",
    "topics": "explain:topics",
}


class Commands(Guarded):
    """The commands by name: the module of one is imported when it is asked for, of all for help."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        names: dict[str, Any] = dict.fromkeys(COMMANDS)
        self.commands.update(names)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command of that name; None for one that is not there."""
        return loaded(cmd_name) if cmd_name in COMMANDS else None


@cache
def loaded(name: str) -> Any:
    """A command, or a group, with its module."""
    module, _, what = COMMANDS[name].partition(":")
    found = getattr(import_module(f"cli.{module}"), what)
    alone = typer.Typer(add_completion=False, rich_markup_mode=None, callback=lambda: None)
    if isinstance(found, typer.Typer):
        alone.add_typer(found, name=name)
    else:
        alone.command(name)(found)
    group: Any = typer.main.get_command(alone)
    return group.commands[name]


app = typer.Typer(
    name="ledger",
    cls=Commands,
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
        str | None, typer.Option("--lang", metavar="sv|en", help="Of tables and messages.")
    ] = None,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Say the version.")
    ] = False,
) -> None:
    """Options may stand before the command or after it."""
    given = {"store": store, "actor": actor, "lang": lang}
    check_text(given.values())
    GIVEN.set({name: value for name, value in given.items() if value})


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
