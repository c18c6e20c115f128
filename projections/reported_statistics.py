"""Statistics as they were reported, beside what they are compared with, and how late they are."""

from __future__ import annotations

from datetime import datetime

import polars as pl

from ledger.families.statistic import Reported, Statistics
from ledger.log import Book
from ledger.measures import difference, growth, interval
from projections.dimensions import Tree, as_known, span_of
from projections.registry import projection
from projections.texts import texts

__all__ = ["statistics"]

_COLUMNS: dict[str, type[pl.DataType]] = {
    "category": pl.String,
    "measure": pl.String,
    "unit": pl.String,
    "name": pl.String,
    "subject": pl.String,
    "interval": pl.String,
    "interval_kind": pl.String,
    "qualifier": pl.String,
    "value": pl.String,
    "measured_in": pl.String,
    "comparator": pl.String,
    "comparator_value": pl.String,
    "change": pl.String,
    "change_percent": pl.String,
    "change_by": pl.String,
    "source": pl.String,
    "lag": pl.Int64,
    "behind": pl.Int64,
    "maturity": pl.String,
    "comment": pl.String,
    "version": pl.Int64,
    "position": pl.Int64,
}


@projection((), ("change_percent",), private=("comment",))
def statistics(
    book: Book,
    through: str | None = None,
    known_at: str | None = None,
    *,
    unit: str | None = None,
    tree: str = "line",
    category: str | None = None,
    measure: str | None = None,
    interval_kind: str | None = None,
    every: bool = False,
) -> pl.DataFrame:
    """The statistics by category and measure, in the order in which they were first reported.

    Columns: ``category``, ``measure``, ``unit`` (an own one) and its ``name``, or ``subject``
    (outside); ``interval`` and its ``interval_kind`` (day, week, month, quarter, tertial,
    half_year, year, months); ``qualifier`` (about, over, under; null: exact), ``value`` (decimal
    as text) in ``measured_in``; ``comparator`` (an interval, a unit, a subject or words) and its
    ``comparator_value``; ``change`` (value − comparator_value, decimal as text: of percentages,
    percentage points), ``change_percent`` (text, of the comparator's size) and ``change_by``
    (computed from the two values, or stated by the source without them); ``source`` (who says
    so); ``lag`` (Int64 months until a figure of the measure is complete, as stated), ``behind``
    (Int64 months from the interval's end to that of ``through``), ``maturity`` (preliminary where
    the figure was reported within its lag, else complete; null without a lag), ``comment``
    (String; the marker of its erasure where erased), ``version`` (Int64: above 1 restated),
    ``position`` (Int64: its event). What is not known is null.

    Rows: of each measure, whose it is and kind of interval the latest that ends by the last month
    of ``through`` (of all without); ``every`` gives all of them. Of the own ``unit`` and all below
    it, and only of those if asked for.

    Raises `ledger.errors.UsageError`.
    """
    book = as_known(book, known_at)
    last = span_of(book, through).last if through is not None else None
    places = Tree(book, tree, last or "9999-12")
    inside = None if unit is None else places.below(unit)
    known = book.state.of(Statistics)
    chosen: list[Reported] = []
    for figures in known.series.values():
        latest: dict[str, Reported] = {}
        for one in sorted(figures.values(), key=lambda one: interval(one.event.interval).last):
            event = one.event
            kind = interval(event.interval).kind
            if last is not None and event.period > last:
                continue
            if inside is not None and event.unit not in inside:
                continue
            if any(
                asked is not None and asked != has
                for asked, has in (
                    (category, event.category),
                    (measure, event.measure),
                    (interval_kind, kind),
                )
            ):
                continue
            latest[event.interval if every else kind] = one
        chosen += latest.values()
    order = {name: at for at, name in enumerate(dict.fromkeys(o.event.category for o in chosen))}
    chosen.sort(key=lambda one: order[one.event.category])
    said = texts(book, "comment", (one.comment_at for one in chosen))
    recorded = dict(book.events("statistic.reported", "position", "recorded_at").iter_rows())
    names = places.unit_names()
    rows = []
    for one in chosen:
        name = names.get(one.event.unit or "")
        known_month = _month(book, recorded[one.position])
        rows.append(_row(known, one, name, last, known_month, said.get(one.comment_at)))
    return pl.DataFrame(rows, schema=_COLUMNS, orient="row")


def _row(
    known: Statistics,
    one: Reported,
    name: str | None,
    last: str | None,
    recorded: str,
    comment: str | None,
) -> tuple[object, ...]:
    event = one.event
    comparator, against = known.compared(event)
    change = percent = by = None
    if event.value is not None and against is not None:
        change, percent = difference(event.value, against), growth(event.value, against)
        by = "computed"
    elif event.change_percent is not None:
        percent, by = event.change_percent, "stated"
    late = None if event.lag is None else _months(event.period, recorded) < event.lag
    return (
        event.category,
        event.measure,
        event.unit,
        name,
        event.subject,
        event.interval,
        interval(event.interval).kind,
        event.qualifier,
        event.value,
        event.measured_in,
        comparator,
        against,
        change,
        percent,
        by,
        event.origin,
        event.lag,
        None if last is None else _months(event.period, last),
        None if late is None else "preliminary" if late else "complete",
        comment,
        event.version,
        one.position,
    )


def _month(book: Book, recorded_at: str) -> str:
    """The month in which something was recorded, in the organisation's zone."""
    moment = datetime.fromisoformat(recorded_at).astimezone(book.organisation.zone)
    return f"{moment:%Y-%m}"


def _months(first: str, last: str) -> int:
    """How many months from one to another."""
    return (int(last[:4]) - int(first[:4])) * 12 + int(last[5:]) - int(first[5:])
