"""The findings on record: what controls found, who looks into it, and what came of it."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from ledger.families.finding import Findings, Standing
from ledger.log import Book
from projections.dimensions import Tree, as_known, span_of
from projections.registry import projection
from projections.texts import texts

__all__ = ["findings"]

_COLUMNS: dict[str, type[pl.DataType]] = {
    "finding": pl.String,
    "control": pl.String,
    "severity": pl.String,
    "finding_state": pl.String,
    "amount": pl.Int64,
    "facts": pl.String,
    "events": pl.String,
    "count": pl.Int64,
    "raised_at": pl.String,
    "responsible": pl.String,
    "due": pl.String,
    "remedy": pl.String,
    "reason": pl.String,
    "position": pl.Int64,
}
_PRIVATE = ("facts", "responsible", "remedy", "reason")
_GRAVEST = ("high", "medium", "low")


@projection(("amount",), private=_PRIVATE)
def findings(
    book: Book,
    through: str | None = None,
    known_at: str | None = None,
    *,
    unit: str | None = None,
    tree: str = "line",
    control: str | None = None,
    unresolved: bool = False,
) -> pl.DataFrame:
    """The findings that were recorded: unresolved ones first, the gravest first, then as raised.

    Columns: ``finding`` (its key), ``control``, ``severity`` (low, medium, high),
    ``finding_state`` (open, assigned, resolved), ``amount`` (Int64 öre, result sign; null where
    nothing is at stake in money), ``facts`` (JSON text of what fills its words), ``events``
    (positions with spaces between, the first thousand of ``count``), ``raised_at`` (UTC, ISO),
    ``responsible``, ``due`` (ISO day), ``remedy`` (the last one, of a
    reopened finding too), ``reason`` (of reopening), ``position`` (of
    the event that raised it). Texts are the latest, of what was erased the marker; null is not
    said. Only of one ``control``, only ``unresolved`` ones, if asked. With ``through`` those that a
    posting (or an explanation of a variance) up to its last month is behind, with ``unit`` those
    that one of the unit or of any below it is behind; what has neither behind it is of the whole
    organisation, and of every month.

    Raises `ledger.errors.UsageError`.
    """
    book = as_known(book, known_at)
    within = _within(book, through, unit, tree)
    every = list(book.state.of(Findings).raised.values())
    raised = dict(book.events("finding.raised").select("position", "recorded_at").iter_rows())
    chosen = [
        one
        for one in every
        if control in (None, one.raised.control)
        and not (unresolved and one.state == "resolved")
        and (within is None or one.raised.finding in within)
    ]
    chosen.sort(key=lambda one: (one.state == "resolved", _GRAVEST.index(one.raised.severity)))
    words = {
        "facts": texts(book, "facts", (one.position for one in chosen)),
        "responsible": texts(book, "responsible", (one.assigned_at for one in chosen)),
        "remedy": texts(book, "remedy", (one.settled_at for one in chosen)),
        "reason": texts(book, "reason", (one.reopened_at for one in chosen)),
    }
    return pl.DataFrame(_rows(chosen, words, raised), schema=_COLUMNS, orient="row")


def _within(book: Book, through: str | None, unit: str | None, tree: str) -> set[str] | None:
    """The keys of the findings that are of the months and the unit; None for all."""
    if through is None and unit is None:
        return None
    last = span_of(book, through).last if through is not None else _LAST
    places = Tree(book, tree, last)
    every = book.state.of(Findings).raised
    keys = [(key, [int(at) for at in one.raised.events.split(",")]) for key, one in every.items()]
    behind = pl.DataFrame(
        keys, schema={"finding": pl.String, "position": pl.List(pl.Int64)}, orient="row"
    ).explode("position")
    columns = ("position", "period", "unit")
    explained = book.events("commentary.variance_explained").select(columns)
    booked = pl.concat([book.postings().select(columns), explained])
    found = behind.join(booked, on="position", how="left").with_columns(
        early=pl.col("period") <= last,
        ours=pl.lit(True) if unit is None else pl.col("unit").is_in(sorted(places.below(unit))),
    )
    root = unit is None or unit == places.root
    rows = found.group_by("finding").agg(
        (pl.col("early") & pl.col("ours")).any().alias("meant"),
        pl.col("period").is_null().all().alias("of_all"),
    )
    return set(rows.filter(pl.col("meant") | (pl.col("of_all") & root))["finding"])


#: A month after every other.
_LAST = "9999-12"


def _rows(
    chosen: Iterable[Standing], words: dict[str, dict[int, str]], raised: dict[int, str]
) -> list[tuple[object, ...]]:
    """The findings as rows."""
    return [
        (
            one.raised.finding,
            one.raised.control,
            one.raised.severity,
            one.state,
            one.raised.amount,
            words["facts"].get(one.position),
            one.raised.events.replace(",", " "),
            one.raised.count,
            raised[one.position],
            words["responsible"].get(one.assigned_at),
            one.due,
            words["remedy"].get(one.settled_at),
            words["reason"].get(one.reopened_at) if one.state != "resolved" else None,
            one.position,
        )
        for one in chosen
    ]
