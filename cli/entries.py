"""``ledger correct`` and ``ledger reverse``: the original stays, new events say what changed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.options import Writing, bundled
from cli.output import sum_up
from cli.session import position_of, record

if TYPE_CHECKING:
    from ledger.log import Book

_VOUCHER = re.compile(r"(?P<series>[^\s\d-]*)[\s-]*(?P<number>[^\s@]+)(?:@(?P<year>\d{4}))?")

#: Fields of a posting that a correction may give, beside the amount.
TEXT_FIELDS = (
    "unit",
    "account",
    "text",
    "project",
    "product",
    "activity",
    "counterparty",
    "counterparty_unit",
    "document",
)


@bundled
def reverse(
    write: Writing,
    what: Annotated[
        str,
        typer.Argument(
            metavar="EVENT|VOUCHER|BATCH", help='Position, "A 1001", A-1001@2020, or batch:….'
        ),
    ],
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why.")],
    period: Annotated[
        str | None,
        typer.Option("--in", metavar="PERIOD", help="Open month, where its own is closed."),
    ] = None,
) -> None:
    """Reverse a voucher or a whole batch.

    Once, and with a reason; an event stands for the voucher that holds it.
    """
    from ledger.families.outcome_reversal import ReverseVouchers

    positions = positions_of(_book(write), what)
    command = ReverseVouchers(
        positions, reason, in_period=period, skip_reversed=what.startswith("batch:")
    )
    sum_up(record(write, command, "ledger reverse").recorded, 0, 0)


@bundled
def correct(
    write: Writing,
    event: Annotated[str, typer.Argument(metavar="EVENT", help="Position of a posting.")],
    fields: Annotated[
        list[str], typer.Argument(metavar="FIELD=VALUE...", help="account=6510, amount=-120.50 …")
    ],
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why.")],
    period: Annotated[
        str | None,
        typer.Option("--in", metavar="PERIOD", help="Open month, where its own is closed."),
    ] = None,
) -> None:
    """Reverse a voucher and post it corrected.

    Correct several postings of one voucher by naming more of them: `ledger correct 812
    amount=-100 813:amount=100`.
    """
    from ledger.families.outcome_reversal import ReverseVouchers

    position = _position(event)
    command = ReverseVouchers(
        (position,),
        reason,
        in_period=period,
        replacements=replacements_of(position, fields),
        kind="correct",
    )
    sum_up(record(write, command, "ledger correct").recorded, 0, 0)


def replacements_of(position: int, fields: list[str]) -> dict[int, dict[str, Any]]:
    """New values by position, from ``field=value`` and ``position:field=value``."""
    from ledger.errors import UsageError
    from ledger.money import NotMoney, to_ore

    found: dict[int, dict[str, Any]] = {}
    for text in fields:
        name, equals, value = text.partition("=")
        where, colon, field = name.rpartition(":")
        place = _position(where) if colon else position
        if not equals or field not in (*TEXT_FIELDS, "amount"):
            raise UsageError(
                f"{text!r} corrects nothing.",
                f"Write FIELD=VALUE with one of: amount, {', '.join(TEXT_FIELDS)}.",
            )
        new: int | str | None = value or None
        if field == "amount":
            try:
                new = to_ore(value)
            except NotMoney as error:
                raise UsageError(f"{value!r} is no amount: {error}.") from error
        found.setdefault(place, {})[field] = new
    return found


def positions_of(book: Book, what: str) -> tuple[int, ...]:
    """Positions of postings that an event's position, a voucher or a batch stands for."""
    import polars as pl

    from ledger.errors import UsageError

    position = position_of(what)
    if position is not None:
        return (position,)
    posted = book.events("outcome.posted")
    if what.startswith("batch:"):
        found = posted.filter(pl.col("stream") == what)
        if found.is_empty():
            raise UsageError(f"No outcome was recorded in {what}.", "See `ledger history`.")
        return tuple(found["position"].to_list())
    match = _VOUCHER.fullmatch(what.strip())
    if match is None:
        raise UsageError(
            f"{what!r} names nothing.", 'Write a position, "A 1001", A-1001@2020 or batch:….'
        )
    found = posted.filter(
        (pl.col("series").fill_null("") == match["series"]) & (pl.col("number") == match["number"])
    )
    if match["year"]:
        year = book.period(match["year"])
        found = found.filter(
            pl.col("date").str.slice(0, 7).is_between(pl.lit(year.first), pl.lit(year.last))
        )
    return _one_voucher(found, what)


def _one_voucher(found: Any, what: str) -> tuple[int, ...]:
    """The posting of the voucher that still stands; an error where there are several."""
    from ledger.errors import UsageError

    if found.is_empty():
        raise UsageError(f"There is no voucher {what}.", "See `ledger history`.")
    dates = sorted(set(found["date"].to_list()))
    if len({date[:4] for date in dates}) > 1:
        raise UsageError(
            f"There are vouchers {what} of {', '.join(dates)}.", "Add the year: A-1001@2020."
        )
    return (int(found["position"].max()),)


def _position(text: str) -> int:
    from ledger.errors import UsageError

    position = position_of(text)
    if position is None:
        raise UsageError(f"{text!r} is no event.", "Give its position, a whole number.")
    return position


def _book(write: Writing) -> Book:
    from cli.session import book_of

    return book_of(write)
