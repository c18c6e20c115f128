"""``ledger erase`` and ``ledger retention``: what leaves the store, and what is due to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import Known, Writing, bundled
from cli.output import put, say, show, word
from cli.session import book_of, is_simulated, position_of, record, store_of, tell

if TYPE_CHECKING:
    from ledger.commands import Command
    from ledger.log import Book

#: Exit code where something was done and there is something to look at.
FINDINGS = 1

At = Annotated[
    str | None, typer.Option("--at", metavar="DATE", help="Due on that day. Else today.")
]


@bundled
def erase(
    write: Writing,
    event: Annotated[
        str | None, typer.Argument(metavar="[EVENT]", help="An event, by its position.")
    ] = None,
    field: Annotated[
        str | None,
        typer.Argument(metavar="[FIELD]", help="A private field of it, as text; else all."),
    ] = None,
    decision: Annotated[
        str, typer.Option("--decision", metavar="REF", help="The decision behind it.")
    ] = "",
    approved_by: Annotated[
        str, typer.Option("--approved-by", metavar="NAME", help="The second person.")
    ] = "",
    reason: Annotated[str | None, typer.Option("--reason", metavar="TEXT", help="Why.")] = None,
    everywhere: Annotated[
        bool, typer.Option("--everywhere", help="Wherever the store holds the same value.")
    ] = False,
    due: Annotated[
        bool, typer.Option("--due", help="All that is due by the rules of retention.")
    ] = False,
    at: At = None,
    clean: Annotated[
        bool, typer.Option("--clean", help="Only finish the clean-up of the store's files.")
    ] = False,
    list_: Annotated[
        bool, typer.Option("--list", help="Write every erasure as JSON, no values; erase nothing.")
    ] = False,
    output: Annotated[
        str | None, typer.Option("-o", "--output", metavar="FILE", help="Where the list goes.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Record nothing.")] = False,
) -> None:
    """Erase a text or a name for good.

    The value and its salt leave the store and all its files; that it was erased, by what
    decision, stays. No figure and no proof changes. Backups and exported files made before hold
    it still.
    """
    from ledger.errors import UsageError
    from ledger.families.erasure_commands import Approval, EraseDue, EraseTexts

    modes = [event is not None, due, clean, list_]
    if sum(modes) != 1:
        raise UsageError("What is to be erased?", "Give EVENT, --due, --clean or --list.")
    if list_:
        from ledger.carried import listing

        put(listing(book_of(write)).to_json(), output)
        return
    if clean:
        _clean(write)
        return
    approval = Approval(decision, approved_by, reason)
    if due:
        day = _day(book_of(write), at)
        if day > _day(book_of(write), None):
            raise UsageError(f"{day} has not come.", "What is due then is erased then.")
        _record(write, EraseDue(day, approval), dry_run)
        return
    position = position_of(event or "")
    if position is None:
        raise UsageError(f"{event!r} is no event.", "Give its position, a whole number.")
    fields = (field,) if field is not None else ()
    _record(write, EraseTexts(position, fields, approval, everywhere), dry_run)


def _record(write: Writing, command: Command, dry_run: bool) -> None:
    """Record an erasure and say how much went; findings make the exit code."""
    receipt = record(write, command, "ledger erase", dry_run=dry_run)
    if receipt.recorded:
        say(word("message.erased", count=receipt.recorded))
    else:
        say(word("message.nothing_due"))
    if receipt.findings:
        raise typer.Exit(FINDINGS)


def _clean(write: Writing) -> None:
    """Finish what a reader hindered, and remove what a restore that was killed left; opening the
    store for writing has tried already."""
    from ledger.copies import sweep
    from ledger.families.roles import permit
    from ledger.identity import Who, system_user

    permit(book_of(write).state, "erase", (), Who(write.who, system_user()))
    with store_of(write) as store:
        notices = store.clean()
        sweep(store.path)
    tell(notices)
    if notices:
        raise typer.Exit(FINDINGS)
    say(word("message.cleaned"))


def _day(book: Book, at: str | None) -> str:
    """The day asked for, or today where the organisation is; ISO."""
    from datetime import date, datetime

    from ledger.errors import UsageError

    if at is None:
        return datetime.now(book.organisation.zone).date().isoformat()
    try:
        return date.fromisoformat(at).isoformat()
    except ValueError as error:
        raise UsageError(f"{at!r} is not a date.", "Write it as 2027-01-01.") from error


@bundled
def retention(ask: Known, at: At = None) -> None:
    """What is due to be erased, by rule.

    The rules and the legal holds are data: `ledger record retention family=outcome field=text
    months=84 decision="KS 2020/12"`, `ledger record hold reference="FT 2020/7" unit=10`.
    `ledger erase --due` erases what is due and not held.
    """
    from reporting import reports

    book = book_of(ask, ask.known_at)
    day = _day(book, at)
    show(reports.retention(book, ask.spoken, day), ask, simulated=is_simulated(book))
