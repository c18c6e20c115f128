"""``ledger correct`` and ``ledger reverse``: the original stays, new events say what changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.options import Writing, bundled
from cli.output import put, say, sum_up, word
from cli.session import book_of, position_of, record

if TYPE_CHECKING:
    import polars as pl

    from ledger.log import Book
    from reporting.catalogue import Language

#: Corrections printed in full at once; the rest are counted.
PRINTED = 10


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

    whole = what if what.startswith("batch:") else None
    positions = positions_of(book_of(write), what)
    command = ReverseVouchers(positions, reason, in_period=period, skip_reversed=bool(whole))
    receipt = record(write, command, "ledger reverse")
    print_corrections(book_of(write), receipt.batch, write.spoken, whole)
    sum_up(receipt.recorded, 0, 0)


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
    receipt = record(write, command, "ledger correct")
    print_corrections(book_of(write), receipt.batch, write.spoken)
    sum_up(receipt.recorded, 0, 0)


def print_corrections(
    book: Book, batch: str | None, lang: Language, whole: str | None = None
) -> None:
    """What a batch corrected, on stdout: voucher by voucher, the first of them where they are
    many; where it reversed a ``whole`` batch, the sums by account."""
    from reporting import corrections
    from reporting.render import to_lines

    if batch is None:
        return
    if whole is not None:
        tables = [corrections.reversed_batch(book, lang, batch, whole)]
    else:
        tables = corrections.printed(book, lang, batch)
    for table in tables[:PRINTED]:
        put("\n".join(to_lines(table, lang)) + "\n\n")
    if len(tables) > PRINTED:
        say(word("message.more_corrections", count=len(tables) - PRINTED, batch=batch))


def replacements_of(position: int, fields: list[str]) -> dict[int, dict[str, Any]]:
    """New values by position, from ``field=value`` and ``position:field=value``."""
    from ledger.errors import UsageError
    from ledger.families.outcome_reversal import CORRECTABLE
    from ledger.money import NotMoney, to_ore

    found: dict[int, dict[str, Any]] = {}
    for text in fields:
        name, equals, value = text.partition("=")
        where, colon, field = name.rpartition(":")
        place = _position(where) if colon else position
        if not equals or field not in CORRECTABLE:
            raise UsageError(
                f"{text!r} corrects nothing.",
                f"Write FIELD=VALUE with one of: {', '.join(CORRECTABLE)}.",
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
            totals = book.events("outcome.balance_restated").filter(pl.col("stream") == what)
            if totals.height:
                return (int(totals["position"][0]),)  # the rule says what to do with totals
            raise UsageError(f"There are no vouchers in {what}.", "See `ledger batches`.")
        return tuple(found["position"].to_list())
    return _one_voucher(named(posted, what, book), what)


def named(rows: pl.DataFrame, what: str, book: Book) -> pl.DataFrame:
    """The rows (series, number, date) of the voucher that is named as ``A-1001@2020``."""
    import polars as pl

    from ledger.codes import VoucherName
    from ledger.errors import UsageError

    voucher = VoucherName.of(what)
    if voucher is None:
        raise UsageError(
            f"{what!r} names nothing.", 'Write a position, "A 1001", A-1001@2020 or batch:….'
        )
    found = rows.filter(
        (pl.col("series").fill_null("") == voucher.series) & (pl.col("number") == voucher.number)
    )
    if voucher.year:
        year = book.period(voucher.year)
        found = found.filter(
            pl.col("date").str.slice(0, 7).is_between(pl.lit(year.first), pl.lit(year.last))
        )
    return found


def _one_voucher(found: pl.DataFrame, what: str) -> tuple[int, ...]:
    """The posting of the voucher that still stands; an error where there are several."""
    from ledger.errors import UsageError

    if found.is_empty():
        raise UsageError(f"There is no voucher {what}.", "See `ledger history`.")
    dates = sorted(set(found["date"].to_list()))
    if len({date[:4] for date in dates}) > 1:
        raise UsageError(
            f"There are vouchers {what} of {', '.join(dates)}.", "Add the year: A-1001@2020."
        )
    return (int(found["position"].to_list()[-1]),)


def _position(text: str) -> int:
    from ledger.errors import UsageError

    position = position_of(text)
    if position is None:
        raise UsageError(f"{text!r} is no event.", "Give its position, a whole number.")
    return position
