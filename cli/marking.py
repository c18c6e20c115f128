"""``ledger mark`` and ``unmark``: special follow-up and one-offs; ``follow-up``: their sums."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import typer

from cli.options import Writing, bundled
from cli.output import put, say, show, sum_up, word
from cli.publishing import Report, publish
from cli.reports import asked
from cli.session import book_of, is_simulated, record

if TYPE_CHECKING:
    from ledger.families.followup import MarkEntries
    from ledger.log import Book

Name = Annotated[str, typer.Argument(metavar="NAME", help="The mark's name, as covid-19.")]
Reason = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why.")]


def _codes(name: str, metavar: str = "CODES", also: str = "") -> typer.models.OptionInfo:
    option: typer.models.OptionInfo = typer.Option(
        f"--{name}", metavar=metavar, help=f"Of that {name}{also}; several with commas, ranges."
    )
    return option


@bundled
def mark(
    write: Writing,
    name: Name,
    kind: Annotated[
        Literal["special", "one_off"],
        typer.Option("--kind", help="Special follow-up, or a one-off that does not come back."),
    ],
    reason: Reason,
    account: Annotated[str | None, _codes("account")] = None,
    project: Annotated[str | None, _codes("project")] = None,
    product: Annotated[str | None, _codes("product")] = None,
    activity: Annotated[str | None, _codes("activity")] = None,
    unit: Annotated[str | None, _codes("unit", also=" and all below")] = None,
    voucher: Annotated[
        str | None,
        typer.Option("--voucher", metavar="VOUCHERS", help='"A 1001", A-1001@2020; with commas.'),
    ] = None,
    first: Annotated[
        str | None, typer.Option("--first", metavar="MONTH", help="From that month on.")
    ] = None,
    last: Annotated[
        str | None, typer.Option("--last", metavar="MONTH", help="To that month.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Record nothing.")] = False,
) -> None:
    """Mark entries: special follow-up, or a one-off.

    The entries that fit all that is given, also those booked later. Again under the same name
    adds entries to the mark. `ledger mark covid-19 --kind special --product 0630 --reason TEXT`
    """
    from ledger.families.followup import MarkEntries

    command = MarkEntries(
        name,
        kind,
        reason,
        accounts=account,
        projects=project,
        products=product,
        activities=activity,
        units=unit,
        vouchers=voucher,
        first=first,
        last=last,
    )
    receipt = record(write, command, "ledger mark", dry_run=dry_run)
    put(_covered(book_of(write), command, write) + "\n")
    sum_up(receipt.recorded, receipt.known, 0)


def _covered(book: Book, command: MarkEntries, write: Writing) -> str:
    """What the selection covers now: how many entries, how much, and what of it counts under
    other marks."""
    from ledger.money import to_decimal
    from projections.amounts import narrowed, total
    from projections.marked_entries import covered
    from reporting.numbers import count, shown

    event = command.event(command.vouchers)
    found = covered(book, event)
    if found.is_empty():
        return word("message.marked_nothing", mark=event.mark)
    amount = narrowed(found.select(total("amount")), ("amount",)).item()
    text = word(
        "message.marked",
        mark=event.mark,
        count=count(found.height, write.spoken),
        amount=shown(to_decimal(amount), write.spoken),
        first=found["period"].min(),
        last=found["period"].max(),
    )
    others = found.filter(found["mark"].is_not_null() & (found["mark"] != event.mark))
    if others.is_empty():
        return text
    names = ", ".join(sorted(others["mark"].unique()))
    more = word("message.marked_elsewhere", count=count(others.height, write.spoken), marks=names)
    return f"{text} {more}"


@bundled
def unmark(write: Writing, name: Name, reason: Reason) -> None:
    """Take a mark away, with all that stands under it."""
    from ledger.families.followup import Unmark

    receipt = record(write, Unmark(name, reason), "ledger unmark")
    say(word("message.unmarked", mark=name.strip()))
    sum_up(receipt.recorded, receipt.known, 0)


@bundled
def follow_up(
    ask: Report,
    span: Annotated[
        Literal["accumulated", "month", "rolling12"],
        typer.Option("--span", help="From the fiscal year's first month, or the month alone, …"),
    ] = "accumulated",
    marks: Annotated[
        bool, typer.Option("--marks", help="Instead: the marks, what each covers, and why.")
    ] = False,
    special: Annotated[
        bool,
        typer.Option("--special", help="Instead: booked and not, lost income, hours, forecast."),
    ] = False,
) -> None:
    """What is marked: special follow-up and one-offs.

    This year and last, by mark and line; --by takes mark too, as in mark,unit.
    """
    from ledger.errors import UsageError
    from reporting import followup_table

    book = book_of(ask, ask.known_at)
    if marks:
        if ask.by or ask.unit or ask.structure or ask.year or ask.publish:
            raise UsageError("--marks lists all marks.", "Leave out the other choices.")
        table = followup_table.marks(
            book, ask.spoken, through=ask.through, people=ask.form == "table"
        )
        show(table, ask, simulated=is_simulated(book))
        return
    if special:
        if ask.by or ask.structure or ask.year or ask.publish:
            raise UsageError("--special has rows of its own.", "Leave out the other choices.")
        table = followup_table.special(book, ask.spoken, through=ask.through, unit=ask.unit)
        show(table, ask, simulated=is_simulated(book), scale="tkr")
        return
    words = asked(ask, by="mark,line") | {"span": span}
    show(followup_table.follow_up(book, ask.spoken, **words), ask, simulated=is_simulated(book))
    publish(ask, book, "follow_up", words)
