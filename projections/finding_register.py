"""The findings on record: what controls found, who looks into it, and what came of it."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from ledger.families.finding import Findings, Standing
from ledger.log import Book
from projections.dimensions import as_known, span_of
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
    control: str | None = None,
    unresolved: bool = False,
) -> pl.DataFrame:
    """The findings that were recorded: unresolved ones first, the gravest first, then as raised.

    Columns: ``finding`` (its key), ``control``, ``severity`` (low, medium, high),
    ``finding_state`` (open, assigned, resolved), ``amount`` (Int64 öre, result sign; null where
    nothing is at stake in money), ``facts`` (JSON text of what fills its words), ``events``
    (positions with spaces between, the first thousand of ``count``), ``raised_at`` (UTC, ISO),
    ``responsible``, ``due`` (ISO day), ``remedy``, ``reason`` (of reopening), ``position`` (of
    the event that raised it). Texts are the latest, of what was erased the marker; null is not
    said. Only of one ``control``, only ``unresolved`` ones, only those raised in the last month of
    ``through`` or before, if asked.
    """
    book = as_known(book, known_at)
    last = span_of(book, through).last if through is not None else None
    every = list(book.state.of(Findings).raised.values())
    raised = dict(book.events("finding.raised").select("position", "recorded_at").iter_rows())
    chosen = [
        one
        for one in every
        if control in (None, one.raised.control)
        and not (unresolved and one.state == "resolved")
        and (last is None or raised[one.position][:7] <= last)
    ]
    chosen.sort(key=lambda one: (one.state == "resolved", _GRAVEST.index(one.raised.severity)))
    words = {
        "facts": texts(book, "facts", (one.position for one in chosen)),
        "responsible": texts(book, "responsible", (one.assigned_at for one in chosen)),
        "remedy": texts(book, "remedy", (one.settled_at for one in chosen)),
        "reason": texts(book, "reason", (one.reopened_at for one in chosen)),
    }
    return pl.DataFrame(_rows(chosen, words, raised), schema=_COLUMNS, orient="row")


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
            words["remedy"].get(one.settled_at) if one.state == "resolved" else None,
            words["reason"].get(one.reopened_at) if one.state != "resolved" else None,
            one.position,
        )
        for one in chosen
    ]
