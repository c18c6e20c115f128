"""``ledger import``, ``ledger record`` and ``ledger reconcile``: files in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from cli import progress
from cli.entries import print_corrections
from cli.failure import tell_failure
from cli.options import Writing, bundled
from cli.output import say, sum_up, word
from cli.session import store_of, tell

if TYPE_CHECKING:
    from collections.abc import Callable

    from intake import Reading
    from ledger.store import Receipt, Store

#: Exit code where a batch was recorded and has something to look at.
FINDINGS = 1


@bundled
def import_(
    write: Writing,
    files: Annotated[list[str], typer.Argument(metavar="FILE...", help="SIE, CSV or Excel.")],
    kind: Annotated[
        str | None,
        typer.Option("--as", metavar="KIND", help="What the file holds, where it does not say."),
    ] = None,
    profile: Annotated[
        str | None, typer.Option("--profile", metavar="NAME", help="A layout in ledger.toml.")
    ] = None,
    register: Annotated[
        bool, typer.Option("--register", help="Register unknown units and accounts by their code.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="The real import, rolled back at its end.")
    ] = False,
    accept_changes: Annotated[
        bool, typer.Option("--accept-changes", help="Reverse and repost changed vouchers.")
    ] = False,
    reason: Annotated[
        str | None, typer.Option("--reason", metavar="TEXT", help="Why changes are accepted.")
    ] = None,
    late_to: Annotated[
        str | None,
        typer.Option("--late-to", metavar="PERIOD", help="Where closed months' vouchers go."),
    ] = None,
    again: Annotated[
        bool, typer.Option("--again", help="Take a batch anew that has been reversed.")
    ] = False,
    sign: Annotated[
        Literal["result", "debit"] | None,
        typer.Option(
            "--sign", help="The sign of the file's amounts, else result or its profile's."
        ),
    ] = None,
    scale: Annotated[
        Literal["kr", "tkr", "mnkr"] | None,
        typer.Option("--scale", help="The file's unit of money, else kr or its profile's."),
    ] = None,
) -> None:
    """Record files.

    Each is a batch, taken whole or not at all, and once however often it comes. Exit code 1 says
    that a batch was recorded with findings.
    """
    options = {
        "register": register,
        "accept_changes": accept_changes,
        "reason": reason,
        "late_to": late_to,
        "again": again,
        "sign": sign,
        "scale": scale,
    }
    take(write, files, kind=kind, profile=profile, options=options, dry_run=dry_run)


def take(
    write: Writing,
    files: list[str],
    *,
    kind: str | None = None,
    profile: str | None = None,
    options: dict[str, Any] | None = None,
    dry_run: bool = False,
    check: Callable[[Reading], None] | None = None,
) -> None:
    """Read and record files in order, tell what came of them, and end with the last line. ``check``
    may refuse what was read."""
    from ledger.errors import InputRefused, LedgerError

    recorded = known = 0
    findings = False
    with store_of(write) as store:
        for place, file in enumerate(files):
            readings: list[Reading] = []
            try:
                receipt = take_one(
                    store, file, write.who, kind, profile, options or {}, dry_run, readings, check
                )
            except LedgerError as error:
                if place + 1 < len(files):
                    say(word("message.not_attempted", files=", ".join(files[place + 1 :])))
                tell_failure(error)
                told = len(error.problems) if isinstance(error, InputRefused) else 0
                sum_up(recorded, known, (readings[0].rows if readings else 0) or told)
                raise typer.Exit(error.exit_code) from None
            tell(receipt.notices, Path(file).name)
            if (options or {}).get("accept_changes") and not dry_run:
                print_corrections(store.book(), receipt.batch, write.spoken)
            new, old = counted(readings[0], receipt)
            recorded, known = recorded + new, known + old
            findings = findings or bool(receipt.findings)
    if dry_run:
        say(word("message.dry_run"))
    sum_up(recorded, known, 0)
    if findings:
        raise typer.Exit(FINDINGS)


def counted(reading: Reading, receipt: Receipt) -> tuple[int, int]:
    """How many of the file's rows were recorded, and how many were known already.

    A receipt counts events, and a batch may hold some beside the rows' own (a fiscal year stated,
    a reversal), while a row may become several (a year's budget). In a SIE file the accounts and
    objects are events too, known ones as well, but not rows.
    """
    rows, known = reading.rows, receipt.known
    if reading.kind == "sie" or known > rows:
        new = min(receipt.recorded, rows)
        return new, min(known, rows - new)
    return min(receipt.recorded, rows - known), known


def profile_of(name: str | None) -> Any:
    """The profile of that name in ``ledger.toml``, or none."""
    from intake.profiles import load

    return None if name is None else load("ledger.toml", name)


def take_one(
    store: Store,
    file: str,
    actor: str,
    kind: str | None,
    profile: str | None,
    options: dict[str, Any],
    dry_run: bool,
    readings: list[Reading],
    check: Callable[[Reading], None] | None = None,
) -> Receipt:
    """Read one file and record it; what was read goes to ``readings`` first."""
    import intake

    with progress.reading(file) as done:
        reading = intake.read(
            file,
            store.book().organisation,
            kind=kind,
            profile=profile_of(profile),
            options=intake.ImportOptions(**options),
            progress=done,
        )
        readings.append(reading)
        if check is not None:
            check(reading)
        if reading.kind == "forecast":
            from cli.forecast_entry import weighed

            reading = weighed(reading, store.book())
        again = bool(options.get("again"))
        return store.record(reading.command, actor, reading.source, dry_run=dry_run, again=again)
