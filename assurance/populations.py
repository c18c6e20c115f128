"""What a sample is drawn from: postings that fit, as known at a time, or a list on record.

A population is a frame, a row an item, in a fixed order: postings in the log's, a list in its own.
Amounts are Int64 öre in result sign (of a list, its own sign); an amount of a posting counts once
for each event that counts as outcome, reversals too, so that the sum is the figure of the table.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import polars as pl

from ledger.codes import Codes
from ledger.errors import UsageError
from ledger.families.control_sample import PopulationListed, Samples
from ledger.log import Book
from ledger.periods import months_between
from projections.dimensions import Structure, Tree, span_of, structure_name
from projections.facts import result_accounts
from projections.selections import accounts_named

__all__ = ["FRAME", "Selection", "asked_for", "items_of"]

#: The columns of a population's frame. ``id`` is the event's position, of a list the item's code;
#: ``event`` the position in either case; ``text`` is of lists, which have no voucher.
FRAME: dict[str, type[pl.DataType]] = {
    "id": pl.String,
    "event": pl.Int64,
    "voucher": pl.String,
    "date": pl.String,
    "period": pl.String,
    "unit": pl.String,
    "account": pl.String,
    "project": pl.String,
    "product": pl.String,
    "activity": pl.String,
    "stratum": pl.String,
    "amount": pl.Int64,
}
_CODES = {"projects": "project", "products": "product", "activities": "activity"}
#: What amounts without a code are drawn as, where strata go by the code.
WITHOUT = "–"


@dataclass(frozen=True)
class Selection:
    """Which items: of the list ``population`` in its ``version``, or the postings that fit all
    that is given (see `ledger.families.control_sample.SampleCommitted`)."""

    unit: str
    population: str | None = None
    version: int | None = None
    tree: str = "line"
    first: str | None = None
    last: str | None = None
    accounts: str | None = None
    lines: str | None = None
    structure: str | None = None
    projects: str | None = None
    products: str | None = None
    activities: str | None = None
    least: int | None = None
    most: int | None = None


def asked_for(
    book: Book,
    selection: Selection,
    *,
    through: str | None = None,
    year: str | None = None,
) -> Selection:
    """The selection with everything said that the book decides today: months, structure, the
    list's newest version. Raises `UsageError` for what the book does not have."""
    if selection.population is not None:
        listing = _listing(book, selection)
        given = replace(selection, version=listing.version)
        named = {n: v for n, v in vars(given).items() if n not in ("unit", "population", "version")}
        if any(v not in (None, "line") for v in named.values()) or through or year:
            raise UsageError("A list is drawn from whole.", "Leave out the other choices.")
        return given
    first, last = selection.first, selection.last
    if last is None:
        span = span_of(book, through, year)
        first, last = first or span.months[0], span.last
    elif through or year:
        raise UsageError("The last month is said twice.", "Give --last, or --through.")
    first = first or book.organisation.calendar.year_of(last)[0]
    if first > last:
        raise UsageError(f"{last} is before {first}.", "Swap the months.")
    structure = selection.structure
    if selection.lines:
        structure = structure_name(book, "result", structure)
    return replace(selection, first=first, last=last, structure=structure)


def items_of(book: Book, selection: Selection) -> pl.DataFrame:
    """The items of a selection, with the columns of `FRAME`.

    Raises `UsageError` for codes, lines, units and lists that the book does not have.
    """
    if selection.population is not None:
        return _listed(book, selection)
    assert selection.first is not None
    assert selection.last is not None
    frame = book.postings().lazy()
    months = months_between(selection.first, selection.last)
    frame = frame.filter(pl.col("period").is_in(months))
    founded = book.organisation.require_founded()
    if selection.unit != founded.root or selection.tree != "line":
        below = Tree(book, selection.tree, selection.last).below(selection.unit)
        frame = frame.filter(pl.col("unit").is_in(sorted(below)))
    frame = frame.filter(pl.col("account").is_in(_accounts(book, selection)))
    for ours, column in _CODES.items():
        text = getattr(selection, ours)
        if text is not None:
            known = book.organisation.codes.get(column, {})
            asked = Codes.of(text, known)
            if asked.unknown:
                raise UsageError(
                    f"The code string has no {column} {asked.unknown[0]!r}.",
                    "See `ledger documentation`.",
                )
            frame = frame.filter(pl.col(column).is_in(sorted(asked.among(known))))
    size = pl.col("amount").abs()
    if selection.least is not None:
        frame = frame.filter(size >= selection.least)
    if selection.most is not None:
        frame = frame.filter(size <= selection.most)
    return frame.select(
        pl.col("position").cast(pl.String).alias("id"),
        pl.col("position").alias("event"),
        pl.concat_str("series", "number", separator=" ", ignore_nulls=True)
        .str.strip_chars()
        .replace("", None)
        .alias("voucher"),
        *("date", "period", "unit", "account", "project", "product", "activity"),
        pl.lit(None, pl.String).alias("stratum"),
        "amount",
    ).collect()


def _accounts(book: Book, selection: Selection) -> list[str]:
    """The accounts that are asked for; without any, those of the result."""
    found: set[str] | None = None
    if selection.accounts is not None:
        found = set(accounts_named(book, selection.accounts))
    if selection.lines is not None:
        assert selection.structure is not None
        structure = Structure(book, selection.structure, selection.last or "9999-12")
        wanted = _lines(selection.lines, structure.leaves)
        taken = {account for account, line in structure.line_of.items() if line in wanted}
        found = taken if found is None else found & taken
    return sorted(found) if found is not None else result_accounts(book)


def _lines(text: str, known: list[str]) -> set[str]:
    """The lines that a text names: one by its whole name, or several with commas."""
    if text in known:
        return {text}
    named = {piece.strip() for piece in text.split(",")}
    if unknown := named - set(known):
        raise UsageError(f"There is no line {min(unknown)!r}.", f"Known: {', '.join(known)}.")
    return named


def _listing(book: Book, selection: Selection) -> PopulationListed:
    """The list's event: in the version asked for, else the newest."""
    known = book.state.of(Samples).populations
    versions = known.get(selection.population or "", [])
    for event, _ in reversed(versions):
        if selection.version in (None, event.version):
            return event
    raise UsageError(
        f"There is no list {selection.population!r}.",
        f"Known: {', '.join(known) or 'none: import one as kind population'}.",
    )


def _listed(book: Book, selection: Selection) -> pl.DataFrame:
    listing = _listing(book, selection)
    items = book.events("control.item_listed").filter(
        (pl.col("population") == listing.population) & (pl.col("version") == listing.version)
    )
    missing = [
        pl.lit(None, dtype).alias(name)
        for name, dtype in FRAME.items()
        if name not in ("id", "event", "stratum", "amount")
    ]
    return items.select(
        pl.col("item").alias("id"), pl.col("position").alias("event"), "stratum", "amount", *missing
    ).select(*FRAME)
