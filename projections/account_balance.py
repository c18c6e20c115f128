"""The trial balance: every account, debit positive, by the voucher's month."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from ledger.errors import NothingKnown, UsageError
from ledger.families.outcome import Openings
from ledger.log import Book
from ledger.periods import shift
from projections.amounts import WIDE, narrowed, total
from projections.counted import Counted, Formulas, derived
from projections.dimensions import Tree, as_known, axes, fiscal_year, span_of
from projections.facts import result_accounts
from projections.registry import projection

__all__ = ["balance"]

AMOUNTS = ("opening", "debit", "credit", "change", "closing")
#: The columns that are sums of facts, and those that are sums of these.
SUMS = ("opening", "debit", "credit")
FORMULAS: Formulas = {
    "change": {"debit": 1, "credit": 1},
    "closing": {"opening": 1, "debit": 1, "credit": 1},
}


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

    Raises `ledger.errors.UsageError`; `NothingKnown` where nothing at all is on record up to
    ``through``,
    and `ledger.errors.BeyondSixtyFourBits`.
    """
    book = as_known(book, known_at)
    counted, unknown = _counted(book, through, by, unit, tree, structure, year)
    keys = list(counted.keys)
    names = {code: account.name for code, account in book.organisation.accounts.items()}
    name = pl.col("account").replace_strict(
        list(names), list(names.values()), default=None, return_dtype=pl.String
    )
    amount, measure = pl.col("amount"), pl.col("measure")
    summed = (
        counted.sums()
        .group_by(keys)
        .agg(
            *(total(amount.filter(measure == m)).alias(m) for m in counted.facts),
            (measure != "opening").any().alias("moved"),
        )
    )
    if "month" in keys:
        moved = ("debit", "credit", "change")
        frame = summed.with_columns(derived({"change": FORMULAS["change"]})).sort(keys)
        frame = frame.select("account", name.alias("name"), "month", *moved)
        return narrowed(frame.collect(), moved)
    stated = pl.LazyFrame({"account": unknown}, schema={"account": pl.String})
    frame = (
        summed.join(stated.with_columns(unknown=True), on="account", how="full", coalesce=True)
        .filter(pl.any_horizontal("moved", pl.col("opening") != 0, "unknown"))
        .with_columns(pl.col(SUMS).fill_null(0))
        .with_columns(opening=pl.when(pl.col("unknown").is_null()).then("opening"))
        .with_columns(derived(FORMULAS))
        .sort("account")
        .select("account", name.alias("name"), *AMOUNTS)
    )
    return narrowed(frame.collect(), AMOUNTS)


def counted_balance(
    book: Book,
    through: str | None = None,
    *,
    by: str | Iterable[str] = ("account",),
    unit: str | None = None,
    tree: str = "line",
    structure: str | None = None,
    year: str | None = None,
) -> Counted:
    """What `balance` counts, asked as it is: debit positive. ``opening`` is what was stated, and
    the movements that carry it; it is not there in rows by month, nor of accounts whose opening
    is unknown."""
    return _counted(book, through, by, unit, tree, structure, year)[0]


def _counted(
    book: Book,
    through: str | None,
    by: str | Iterable[str],
    unit: str | None,
    tree: str,
    structure: str | None,
    year: str | None,
) -> tuple[Counted, list[str]]:
    """The movements and what they opened with, and the accounts whose opening is unknown."""
    keys = axes(by, ("account", "month"))
    if keys[0] != "account":
        raise UsageError("A balance is by account first.", "Write account or account,month.")
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
    amount = pl.col("amount")
    parts = {"debit": within.filter(amount >= 0), "credit": within.filter(amount < 0)}
    unknown: list[str] = []
    if "month" not in keys:
        parts["opening"], unknown = _openings(book, postings, first, part)
    keyed = {name: p.select("position", *keys, "amount") for name, p in parts.items()}
    return Counted(keys, keyed), unknown


def _require_answer(book: Book, postings: pl.LazyFrame, last: str) -> None:
    """An error where neither a posting nor a stated opening is on record up to a month."""
    first = postings.select(pl.col("month").min()).collect().item()
    # What a month opens with is what the month before it closed with.
    known = [shift(begins, -1) for begins, _ in book.state.of(Openings).balances]
    known += [first] if first is not None else []
    if not known:
        raise NothingKnown("There is no outcome on record.", "Import some with `ledger import`.")
    if last < (begins := min(known)):
        raise NothingKnown(
            f"There is no balance for {last}; the first month with any is {begins}.",
            f"Give --through {begins} or later.",
        )


def _postings(book: Book) -> pl.LazyFrame:
    """All postings: ``position``, ``unit``, ``account``, ``month`` by the voucher's date,
    ``amount`` wide and debit positive."""
    return (
        book.postings()
        .select(
            "position",
            "unit",
            "account",
            month=pl.coalesce(pl.col("date").str.slice(0, 7), pl.col("period")),
            amount=pl.col("amount").cast(WIDE) * -1,
        )
        .lazy()
    )


def _openings(
    book: Book, postings: pl.LazyFrame, first: str, part: bool
) -> tuple[pl.LazyFrame, list[str]]:
    """What makes the opening balances at month ``first`` (before everything, if empty):
    ``position``, ``account``, ``amount`` (wide); and the accounts of which it is unknown, since
    it is stated for the whole and a part is asked for."""
    openings = book.state.of(Openings)
    stated: dict[str, dict[str, int]] = {}
    for (begins, account), amount in openings.balances.items():
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
        [(openings.positions[base or "", a], a, amount) for a, amount in balances.items()],
        schema={"position": pl.Int64, "account": pl.String, "amount": WIDE},
        orient="row",
    )
    unknown = [account for account, amount in balances.items() if part and amount]
    moved = moved.select("position", "account", amount=pl.col("amount") * sign)
    return pl.concat([rows, moved]).filter(~pl.col("account").is_in(unknown)), unknown
