"""``ledger record``: single records, the way a file with one row would be taken."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.imports import counted, take
from cli.options import Writing, bundled
from cli.output import sum_up
from cli.session import store_of, tell

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Kinds of single records, by the kind of file that holds many of them.
SINGULAR = {
    "setting": "settings",
    "unit": "units",
    "account": "accounts",
    "code": "codes",
    "structure": "structures",
    "role": "roles",
}

_SOURCE = "ledger record"


@bundled
def record(
    write: Writing,
    kind: Annotated[
        str,
        typer.Argument(metavar="KIND", help="setting, unit, account, code, role, outcome …"),
    ],
    fields: Annotated[
        list[str] | None, typer.Argument(metavar="FIELD=VALUE...", help="The record's columns.")
    ] = None,
    file: Annotated[
        str | None, typer.Option("--from", metavar="FILE", help="A file of such records.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Record nothing.")] = False,
) -> None:
    """Record one thing.

    As a file of that kind with one row would: `ledger record setting setting=structure.result
    value=prognos`.
    """
    import intake
    from ledger.commands import Source
    from ledger.errors import UsageError

    plural = SINGULAR.get(kind, kind)
    if file is not None and not fields:
        take(write, [file], kind=plural, dry_run=dry_run)
        return
    if file is not None or not fields:
        raise UsageError("What is to be recorded?", "Give FIELD=VALUE…, or --from FILE.")
    if plural == "attachment":
        fields = [_digested(text) for text in fields]
    with store_of(write) as store, as_file(fields) as path, named_by_command():
        reading = intake.read(path, store.book().organisation, kind=plural)
        if reading.kind == "forecast":
            from cli.forecast_entry import weighed

            reading = weighed(reading, store.book())
        receipt = store.record(reading.command, write.who, Source(_SOURCE), dry_run=dry_run)
    tell(receipt.notices)
    sum_up(*counted(reading, receipt), 0)


def _digested(text: str) -> str:
    """A field ``file=PATH`` as the digest of that file; any other as it is."""
    import hashlib

    from ledger.errors import UsageError

    name, _, path = text.partition("=")
    if name != "file":
        return text
    try:
        return f"digest={hashlib.sha256(Path(path).read_bytes()).hexdigest()}"
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}.", "Choose another.") from error


@contextmanager
def as_file(fields: list[str]) -> Iterator[Path]:
    """A CSV file with the fields as its one row, for as long as it is read."""
    import csv
    from tempfile import TemporaryDirectory

    from ledger.errors import UsageError

    pairs = [text.partition("=") for text in fields]
    if not all(name and equals for name, equals, _ in pairs):
        raise UsageError(f"{' '.join(fields)!r} are no fields.", "Write each as FIELD=VALUE.")
    with TemporaryDirectory() as folder:
        path = Path(folder) / "record.csv"
        with path.open("w", encoding="utf-8", newline="") as out:
            writer = csv.writer(out, lineterminator="\n")
            writer.writerow([name for name, _, _ in pairs])
            writer.writerow([value for _, _, value in pairs])
        yield path


@contextmanager
def named_by_command(command: str = _SOURCE) -> Iterator[None]:
    """Problems of the one row name the command, not the file that it passed through."""
    from ledger.errors import InputRefused

    try:
        yield
    except InputRefused as error:
        problems = [replace(p, file=command, line=None) for p in error.problems]
        raise InputRefused(problems) from None
