"""The scorecard: every indicator by perspective, reached or not, better or worse, and how that is
known."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from ledger.families.scorecard import Indicator, Measure, Scorecard
from ledger.log import Book
from ledger.measures import Interval, share
from projections.dimensions import Tree, as_known, span_of
from projections.registry import projection
from projections.texts import texts

__all__ = ["scorecard"]

_COLUMNS: dict[str, type[pl.DataType]] = {
    "unit": pl.String,
    "name": pl.String,
    "perspective": pl.String,
    "success_factor": pl.String,
    "indicator": pl.String,
    "goal": pl.String,
    "direction": pl.String,
    "target": pl.String,
    "partly": pl.String,
    "base": pl.String,
    "measured_in": pl.String,
    "due": pl.String,
    "interval": pl.String,
    "basis": pl.String,
    "value": pl.String,
    "target_percent": pl.String,
    "fulfilment": pl.String,
    "fulfilment_by": pl.String,
    "previous_interval": pl.String,
    "previous": pl.String,
    "trend": pl.String,
    "trend_by": pl.String,
    "comment": pl.String,
    "version": pl.Int64,
    "position": pl.Int64,
}


@projection((), ("target_percent",), private=("comment",))
def scorecard(
    book: Book,
    through: str | None = None,
    known_at: str | None = None,
    *,
    unit: str | None = None,
    tree: str = "line",
    perspective: str | None = None,
    every: bool = False,
) -> pl.DataFrame:
    """The indicators by perspective and success factor, in the order in which they were defined.

    Columns: ``unit``, ``name`` of the unit, ``perspective``, ``success_factor``, ``indicator``,
    ``goal`` (the target in words), ``direction``, ``target``, ``partly``, ``base`` (decimals as
    text, in ``measured_in``), ``due`` (month); of the measure: ``interval``, ``basis`` (what kind
    of interval: month, tertial, year …, and of several months ``accumulated``, ``rolling12`` or
    ``months``), ``value`` (decimal as text), ``target_percent`` (text: value over target),
    ``fulfilment`` (reached, partly, not; null: not known) and ``fulfilment_by`` (derived or
    judged), ``previous_interval`` and ``previous`` (what the trend is seen from), ``trend``
    (improving, unchanged, worsening) and ``trend_by``, ``comment`` (String; the marker of its
    erasure where erased), ``version`` (Int64: above 1 restated), ``position`` (Int64: the
    measure's event). What is not known is null.

    Rows: an indicator is there once with its latest measure that ends by the last month of
    ``through`` (an interval that ``through`` names goes before others that end with it), without
    ``through`` the latest of all; ``every`` gives each measure. One without a measure has nulls.
    Of the ``unit`` and all below it in the tree as it stands then.

    Raises `ledger.errors.UsageError`.
    """
    book = as_known(book, known_at)
    last = span_of(book, through).last if through is not None else "9999-12"
    places = Tree(book, tree, last)
    inside = None if unit is None else places.below(unit)
    rows = [
        row
        for (where, name), one in _in_order(book)
        if (inside is None or where in inside)
        and (perspective is None or one.definition(last).perspective == perspective)
        for row in _rows(book, where, name, one, last, through, every=every)
    ]
    frame = pl.DataFrame(rows, schema=_COLUMNS | {"comment_at": pl.Int64}, orient="row")
    said = texts(book, "comment", frame["comment_at"].drop_nulls())
    names = places.unit_names()
    found = [names.get(where) for where in frame["unit"]]
    return frame.with_columns(
        pl.Series("name", found, pl.String),
        pl.Series("comment", [said.get(at) for at in frame["comment_at"]], pl.String),
    ).drop("comment_at")


def _in_order(book: Book) -> list[tuple[tuple[str, str], Indicator]]:
    """The indicators, those of one perspective and success factor together, as first defined."""
    found = list(book.state.of(Scorecard).indicators.items())
    order: dict[tuple[str, ...], int] = {}
    for _, one in found:
        defined = one.definition()
        for place in ((defined.perspective,), (defined.perspective, defined.success_factor)):
            order.setdefault(place, len(order))

    def key(item: tuple[tuple[str, str], Indicator]) -> tuple[int, int]:
        now = item[1].definition()
        return order[now.perspective,], order[now.perspective, now.success_factor]

    return sorted(found, key=key)


def _rows(
    book: Book,
    unit: str,
    name: str,
    one: Indicator,
    last: str,
    through: str | None,
    *,
    every: bool,
) -> Iterator[tuple[object, ...]]:
    """The indicator's rows."""
    ended = [m for m in one.measures.values() if m.event.period <= last]
    ended.sort(key=lambda m: (m.interval.last, m.event.interval == through, m.position))
    shown: list[Measure | None] = [*(ended if every else ended[-1:])]
    for measure in shown or [None]:
        yield (unit, None, *_told(book, name, one, measure, last))


def _told(
    book: Book, name: str, one: Indicator, measure: Measure | None, last: str
) -> tuple[object, ...]:
    """The columns of an indicator and a measure of it, but for the unit's."""
    defined = one.definition(measure.event.period if measure else last)
    about = (
        *(defined.perspective, defined.success_factor, name, defined.goal, defined.direction),
        *(defined.target, defined.partly),
    )
    if measure is None:
        rest = (defined.base, defined.measured_in, defined.due)
        return (*about, *rest, *(None,) * (len(_COLUMNS) - len(about) - len(rest) - 2), None)
    of, event = measure.interval, measure.event
    fulfilment, trend = one.fulfilment(of, event.value), one.trend(of, event.value)
    before = one.before(of) if event.value is not None else None
    base = one.base(of) if defined.direction in ("decrease", "increase") else None
    return (
        *about,
        base,
        defined.measured_in,
        defined.due,
        of.text,
        _basis(book, of),
        event.value,
        share(event.value, defined.target) if event.value and defined.target else None,
        fulfilment or event.fulfilment,
        _by(fulfilment, event.fulfilment),
        before.event.interval if before else None,
        before.event.value if before else None,
        trend or event.trend,
        _by(trend, event.trend),
        None,
        event.version,
        measure.position,
        measure.comment_at,
    )


def _by(derived: str | None, judged: str | None) -> str | None:
    """How a verdict is known."""
    return "derived" if derived else "judged" if judged else None


def _basis(book: Book, of: Interval) -> str:
    """The period basis: of several months, whether they are the year so far, or twelve."""
    if of.kind != "months":
        return of.kind
    first = of.text.partition("--")[0]
    if book.organisation.calendar.year_of(of.month)[0] == first:
        return "accumulated"
    return "rolling12" if of.a_year_before() and _twelve(of) else "months"


def _twelve(of: Interval) -> bool:
    return (of.last.year - of.first.year) * 12 + of.last.month - of.first.month == 11
