"""``ledger init`` and ``ledger status``: the beginning, and where things stand."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from cli.options import Known, Writing, bundled
from cli.output import put, say, show, word
from cli.session import book_of, is_simulated


@bundled
def init(
    write: Writing,
    organisation: Annotated[str, typer.Option("--organisation", metavar="NAME", help="Its name.")],
    folder: Annotated[
        str | None, typer.Argument(metavar="[DIR]", help="Folder of the new ledger.db.")
    ] = None,
    root_unit: Annotated[
        str, typer.Option("--root-unit", metavar="CODE", help="Code of the whole organisation.")
    ] = "0",
    root_level: Annotated[
        str, typer.Option("--root-level", metavar="LEVEL", help="Level of the root unit.")
    ] = "region",
    first_month: Annotated[
        int, typer.Option("--first-month", metavar="N", help="First month of the fiscal year.")
    ] = 1,
    time_zone: Annotated[
        str, typer.Option("--time-zone", metavar="ZONE", help="The organisation's time zone.")
    ] = "Europe/Stockholm",
) -> None:
    """Make a new store."""
    from pathlib import Path
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    from ledger.errors import UsageError
    from ledger.families.organisation_commands import Found
    from ledger.store import Store

    if folder is not None and write.store is not None:
        raise UsageError("The store is given twice.", "Give a folder or --store, not both.")
    if not organisation.strip():
        raise UsageError("An organisation wants a name.", "Give --organisation NAME.")
    if not 1 <= first_month <= 12:
        raise UsageError(f"There is no month {first_month}.", "Give --first-month 1 to 12.")
    try:
        ZoneInfo(time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise UsageError(
            f"There is no time zone {time_zone!r}.", "Write it as Europe/Stockholm."
        ) from None
    path = Path(folder) / "ledger.db" if folder is not None else Path(write.path)
    found = Found(
        organisation,
        root=root_unit,
        root_level=root_level,
        time_zone=time_zone,
        first_month=first_month,
    )
    Store.create(path, found, write.who).close()
    put(word("message.created", path=path) + "\n")
    say(f"{word('message.next')} {word('next.units')}")
    say(f"  ledger import units.csv{_store(path, write)}")


def _store(path: Any, write: Writing) -> str:
    """How to name the store in the next command, where the default does not find it."""
    return "" if write.store is None and str(path) == write.path else f" --store {path}"


@bundled
def status(ask: Known) -> None:
    """Where each division stands, and what is next."""
    from cli.status import next_steps, status_table

    book = book_of(ask, ask.known_at)
    told = status_table(book, ask.spoken, ask.spoken if ask.form == "table" else "en")
    show(told, ask, simulated=is_simulated(book))
    if ask.form == "table":
        steps = [f"  {word(why)}\n    {command}\n" for why, command in next_steps(book)]
        put("".join(["\n", word("message.next"), "\n", *steps]))
