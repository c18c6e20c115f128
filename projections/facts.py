"""Facts: one row an amount, whatever event it comes from, ready to be grouped.

Every frame here has the columns of `FACTS` (`summed` in its own way); ``position`` is the event's
place in the log, ``booked`` its own month also where ``period`` is the one that it is compared
with, ``amount`` Int64 öre in result sign. Only income and cost accounts are here
(`Organisation.account_type`), unless others are asked for; balance accounts never enter a result.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import polars as pl

from ledger.families.forecast import Round
from ledger.log import Book
from projections.amounts import total

FACTS: dict[str, type[pl.DataType]] = {
    "position": pl.Int64,
    "unit": pl.String,
    "account": pl.String,
    "report_line": pl.String,
    "structure": pl.String,
    "project": pl.String,
    "product": pl.String,
    "activity": pl.String,
    "counterparty_unit": pl.String,
    "period": pl.String,
    "booked": pl.String,
    "amount": pl.Int64,
}

_RESULT = ("income", "cost")


def accounts_of(book: Book) -> list[str]:
    """Every account that is registered or used, in code order."""
    return sorted(book.used_accounts | book.organisation.accounts.keys())


def result_accounts(
    book: Book, types: Sequence[str] = _RESULT, then: Book | None = None
) -> list[str]:
    """The accounts of those types, income and cost unless told, in code order; the types are
    those of the book ``then``, an earlier one of the same log, if given."""
    organisation = (then or book).organisation
    return [code for code in accounts_of(book) if organisation.account_type(code) in types]


def outcome(book: Book, then: Book | None = None, types: Sequence[str] = _RESULT) -> pl.LazyFrame:
    """What was booked on result accounts, or on accounts of other ``types``.

    ``then`` is an earlier book of the same log: equal to ``outcome(then)``, its events and its
    account types, without reading every posting once more.
    """
    if then is not None or types != _RESULT:
        return _booked(book, then, types)
    # What most tables begin with is made once.
    if "outcome" not in book.kept:
        book.kept["outcome"] = _booked(book).collect()
    return book.kept["outcome"].lazy()


def summed(book: Book) -> pl.LazyFrame:
    """`outcome`, with one row for all amounts that differ in nothing but their event: ``position``
    is null, ``amount`` their sum (Int128 öre, result sign). What a table sums; what a trace lists
    is `outcome`."""
    if "summed" not in book.kept:
        alike = [name for name in FACTS if name not in ("position", "amount")]
        known = book.kept.get("outcome")
        frame = _booked(book) if known is None else known.lazy()
        frame = frame.group_by(alike).agg(total("amount").alias("amount"))
        unknown = pl.lit(None, FACTS["position"]).alias("position")
        book.kept["summed"] = frame.select(unknown, *alike, "amount").collect()
    return book.kept["summed"].lazy()


def budget(book: Book, types: Sequence[str] = _RESULT) -> pl.LazyFrame:
    """What was decided, all versions, by month; ``account`` is null where decided by line, which
    is never of other ``types``."""
    decided = book.events("budget.decided").lazy()
    account = pl.col("account")
    by_line = account.is_null() if types == _RESULT else pl.lit(False)
    return _shaped(decided.filter(by_line | account.is_in(result_accounts(book, types))))


def entries(round_: Round) -> pl.LazyFrame:
    """What was entered in a forecast round, without period: it is of the rest of the year."""
    rows = [
        {
            "position": round_.entry_positions[key],
            "unit": entry.unit,
            "report_line": entry.report_line,
            "structure": round_.opened.structure,
            "amount": entry.amount,
        }
        for key, entry in round_.entries.items()
    ]
    given = ("position", "unit", "report_line", "structure", "amount")
    return _shaped(pl.LazyFrame(rows, schema={name: FACTS[name] for name in given}))


def budgeted(book: Book, months: Iterable[str]) -> bool:
    """Whether every fiscal year that the months touch has any budget at all in the book."""
    calendar = book.organisation.calendar
    decided = book.events("budget.decided")["period"].unique()
    return {calendar.year_of(m) for m in months} <= {calendar.year_of(m) for m in decided}


def any_amount(book: Book) -> bool:
    """Whether the book holds any outcome or budget."""
    return bool(book.postings().height or book.events("budget.decided").height)


def months_in(facts: pl.LazyFrame, months: Sequence[str]) -> pl.LazyFrame:
    """The facts of these months."""
    return facts.filter(pl.col("period").is_in(list(months)))


def _booked(book: Book, then: Book | None = None, types: Sequence[str] = _RESULT) -> pl.LazyFrame:
    """`outcome`, made anew."""
    postings = book.postings().lazy()
    if then is not None:
        postings = postings.filter(pl.col("position") < then.size)
    return _shaped(postings.filter(pl.col("account").is_in(result_accounts(book, types, then))))


def _shaped(frame: pl.LazyFrame) -> pl.LazyFrame:
    columns = frame.collect_schema().names()
    missing = [
        pl.lit(None, dtype).alias(name) for name, dtype in FACTS.items() if name not in columns
    ]
    shaped = frame.with_columns(missing)
    return shaped.with_columns(booked=pl.col("period")).select(*FACTS)
