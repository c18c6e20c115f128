"""``ledger reconcile``: compare the record with a file's balances, and post nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from cli.imports import FINDINGS, profile_of
from cli.options import Shown, Writing, bundled
from cli.output import say, show, word
from cli.session import book_of, is_simulated, record, tell


@bundled
def reconcile(
    ask: Shown,
    file: Annotated[str, typer.Argument(metavar="FILE", help="SIE, or balances by month.")],
    actor: Annotated[
        str | None, typer.Option("--actor", metavar="NAME", help="Who compares.")
    ] = None,
    profile: Annotated[
        str | None, typer.Option("--profile", metavar="NAME", help="A layout in ledger.toml.")
    ] = None,
    sign: Annotated[
        Literal["result", "debit"] | None,
        typer.Option("--sign", help="The sign of the file's amounts, if not SIE."),
    ] = None,
) -> None:
    """Compare balances with a file's. Nothing is posted.

    Shows the accounts and months that differ, and records that they were compared. Exit code 1
    says that something differs, from the record or within the file itself.
    """
    import intake
    from ledger.commands import Notice
    from ledger.errors import UsageError
    from ledger.families.governance import RecordReconciliation
    from reporting.reconciliation import AMOUNTS, COLUMNS, compare
    from reporting.tables import table_of

    book = book_of(ask)
    balances, warnings = intake.read_stated(
        file, book.organisation, profile_of(profile), intake.ImportOptions(sign=sign)
    )
    if balances.is_empty():
        raise UsageError(f"{file} has no balances to compare.", "Give a SIE or balances file.")
    tell(tuple(Notice(w.code, w.found, w.line) for w in warnings), Path(file).name)
    found = compare(book, balances)
    different = found.rows.height
    command = RecordReconciliation(
        found.first, found.last, found.compared, different, found.difference
    )
    write = Writing(store=ask.store, lang=ask.lang, actor=actor)
    record(write, command, "ledger reconcile")
    if different or ask.form != "table":
        title = word("title.reconcile", file=file)
        table = table_of(found.rows, AMOUNTS, title, columns=COLUMNS)
        show(table, ask, simulated=is_simulated(book))
    say(word("message.reconciled", compared=found.compared, different=different))
    if different or warnings:
        raise typer.Exit(FINDINGS)
