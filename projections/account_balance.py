"""The trial balance: every account, debit positive, by the voucher's month."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from ledger.errors import UsageError
from ledger.families.outcome import Openings
from ledger.log import Book
from ledger.periods import shift
from projections.amounts import WIDE, narrowed, total
from projections.dimensions import Tree, as_known, axes, fiscal_year, span_of
from projections.facts import result_accounts
from projections.registry import projection

__all__ = ["balance"]

AMOUNTS = ("opening", "debit", "credit", "change", "closing")


@projection(AMOUNTS)
def balance(
    book: Book,
    through: str | None = None,
    known_at: str | None = None,
    *,
    by: str | Iterable[str] = ("account",),
    unit: str | None = None,
    tree: str = "line",
    structure: str | None = None,
    year: str | None = None,
) -> pl.DataFrame:
    """Debit and credit of every account, those of the result too. **Debit is positive.**

    ``by`` account: columns ``account``, ``name`` (String), ``opening``, ``debit``, ``credit``,
    ``change``, ``closing`` (Int64 öre, debit positive). ``by`` account,month: ``account``,
    ``name``, ``month``, ``debit``, ``credit``, ``change``. Rows in code order, those with a
    posting or an opening balance; no total. ``debit`` sums postings above zero and ``credit``,
    a negative number, those below; change = debit + credit, closing = opening + change. A
    reversal is a posting of the opposite sign, so it shows on the other side.

    The month is that of the voucher's date; in a year kept by month totals, theirs. Everything up
    to ``through`` is covered, or the part of fiscal year ``year`` up to it.

    ``opening`` of a year is what was stated for it, or for the latest year before it and the
    movements since; income and cost accounts begin each year at 0. Without ``year`` it is what
    the earliest statement says was there before the first posting. With a ``unit`` below the root
    it is null, as is ``closing``, where the organisation stated one: it has no unit.
    ``structure`` changes nothing; it is there so that all projections are asked alike, and names
    one that there is.

    Raises `ledger.errors.UsageError`, also where nothing at all is on record up to ``through``,
    and `ledger.errors.BeyondSixtyFourBits`.
    """
    keys = list(axes(by, ("account", "month")))
    if keys[0] != "account":
        raise UsageError("A balance is by account first.", "Write account or account,month.")
    book = as_known(book, known_at)
    last = span_of(book, through, year).last
    first = fiscal_year(book, year)[0] if year is not None else ""
    postings = _postings(book)
    _require_answer(book, postings, last)
    if structure is not None:
        book.organisation.structure(structure)
    units = Tree(book, tree, last)
    part = unit is not None
    if unit is not None:
        below = units.below(unit)
        part = bool(book.organisation.units - below)
        postings = postings.filter(pl.col("unit").is_in(sorted(below)))
    within = postings.filter(pl.col("month").is_between(pl.lit(first), pl.lit(last)))
    names = {code: account.name for code, account in book.organisation.accounts.items()}
    name = pl.col("account").replace_strict(
        list(names), list(names.values()), default=None, return_dtype=pl.String
    )
    moved = within.group_by(keys).agg(
        total(pl.col("amount").filter(pl.col("amount") > 0)).alias("debit"),
        total(pl.col("amount").filter(pl.col("amount") < 0)).alias("credit"),
    )
    if "month" in keys:
        frame = moved.sort(keys).select(
            "account", name.alias("name"), "month", "debit", "credit", change=_CHANGE
        )
        return narrowed(frame.collect(), ("debit", "credit", "change"))
    opened = _openings(book, postings, first, part)
    frame = (
        moved.join(opened, on="account", how="full", coalesce=True)
        .with_columns(
            pl.col("debit", "credit").fill_null(0),
            opening=pl.when(pl.col("unknown").fill_null(False))
            .then(None)
            .otherwise(pl.col("opening").fill_null(0)),
        )
        .with_columns(change=_CHANGE)
        .with_columns(closing=pl.col("opening") + pl.col("change"))
        .sort("account")
        .select("account", name.alias("name"), *AMOUNTS)
    )
    return narrowed(frame.collect(), AMOUNTS)


_CHANGE = pl.col("debit") + pl.col("credit")


def _require_answer(book: Book, postings: pl.LazyFrame, last: str) -> None:
    """An error where neither a posting nor a stated opening is on record up to a month."""
    first = postings.select(pl.col("month").min()).collect().item()
    # What a month opens with is what the month before it closed with.
    known = [shift(begins, -1) for begins, _ in book.state.of(Openings).balances]
    known += [first] if first is not None else []
    if not known:
        raise UsageError("There is no outcome on record.", "Import some with `ledger import`.")
    if last < (begins := min(known)):
        raise UsageError(
            f"There is no balance for {last}; the first month with any is {begins}.",
            f"Give --through {begins} or later.",
        )


def _postings(book: Book) -> pl.LazyFrame:
    """All postings: ``unit``, ``account``, ``month`` by the voucher's date, ``amount`` wide and
    debit positive."""
    return (
        book.postings()
        .lazy()
        .select(
            "unit",
            "account",
            month=pl.coalesce(pl.col("date").str.slice(0, 7), pl.col("period")),
            amount=pl.col("amount").cast(WIDE) * -1,
        )
    )


def _openings(book: Book, postings: pl.LazyFrame, first: str, part: bool) -> pl.LazyFrame:
    """Opening balances at month ``first`` (before everything, if empty): ``account``, ``opening``
    (wide), ``unknown`` where it is stated for the whole and a part is asked for."""
    stated: dict[str, dict[str, int]] = {}
    for (begins, account), amount in book.state.of(Openings).balances.items():
        stated.setdefault(begins, {})[account] = -amount
    before = [begins for begins in stated if begins <= first]
    base = max(before) if before else (min(stated) if stated and not first else None)
    carried = set(book.organisation.accounts) - set(result_accounts(book))
    moved = postings.filter(pl.col("account").is_in(sorted(carried)))
    sign = 1
    if base is None:
        moved = moved.filter(pl.col("month") < first)
    elif base <= first:
        moved = moved.filter(pl.col("month").is_between(pl.lit(base), pl.lit(first), closed="left"))
    else:  # what was there before the first posting, so that the statement holds in its time
        moved, sign = moved.filter(pl.col("month") < base), -1
    balances = stated[base] if base is not None else {}
    rows = pl.LazyFrame(
        {"account": list(balances), "amount": list(balances.values())},
        schema={"account": pl.String, "amount": WIDE},
    )
    flags = pl.LazyFrame(
        {"account": list(balances), "unknown": [part and bool(v) for v in balances.values()]},
        schema={"account": pl.String, "unknown": pl.Boolean},
    )
    return (
        pl.concat([rows, moved.select("account", amount=pl.col("amount") * sign)])
        .group_by("account")
        .agg(total("amount").alias("opening"))
        .join(flags, on="account", how="left")
        .filter((pl.col("opening") != 0) | pl.col("unknown").fill_null(False))
    )
