"""Accountability: who recorded what and when, who looked at it, what came late, who may what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import polars as pl

from ledger.events import EVENTS, fields_of
from ledger.families.control_sample import AssessmentsReviewed, Samples
from ledger.families.forecast import ForecastApproved
from ledger.families.forecast_approval import looked_at
from ledger.families.governance import Governance, PeriodClosing
from ledger.families.organisation import Organisation
from ledger.families.review import EntryReviewed
from ledger.families.roles import Roles
from ledger.identity import person
from ledger.log import Book
from ledger.periods import months_between
from ledger.state import State
from projections.dimensions import as_known
from projections.registry import projection

__all__ = ["batches", "late_entries", "roles"]


@projection(("total",))
def batches(
    book: Book,
    through: str | None = None,
    known_at: str | None = None,
    *,
    period: str | None = None,
    unit: str | None = None,
    actor: str | None = None,
) -> pl.DataFrame:
    """The batches of the log, a row for each family and period that a batch has entries of.

    Columns: ``batch``, ``kind``, ``recorded_at`` (UTC, ISO), ``actor``, ``user`` (the account
    behind), ``source``, ``entries`` (the family; null for what has no period), ``period``,
    ``count`` (Int64), ``total`` (Int64 öre, result sign: the control total), ``known`` (rows of
    the batch that were known already), ``reviewed_by`` (those who reviewed the whole batch, in
    order; null while nobody has), ``reviewed_at`` (of the first), ``same_account`` (yes or no:
    whether a reviewer's account is the recorder's), ``entries_reviewed`` (Int64: entries that
    were reviewed one by one), ``reversed`` (no, partly, yes; null for a batch without vouchers),
    ``position`` of the admission.

    ``period`` (a month, tertial or year), ``unit`` (with all below it) and ``actor`` choose
    batches with such entries; ``through`` those of that period or earlier.
    """
    book = as_known(book, known_at)
    frame = book.events("governance.batch_admitted").select(
        "batch",
        "kind",
        "recorded_at",
        "actor",
        "user",
        "source",
        "entries",
        "period",
        "count",
        "total",
        "known",
        "position",
    )
    if through is not None:
        frame = frame.filter(pl.col("period") <= book.period(through).last)
    if period is not None:
        asked = book.period(period)
        frame = frame.filter(pl.col("period").is_in(months_between(asked.first, asked.last)))
    if unit is not None:
        frame = frame.join(_touching(book, unit), on=["batch", "entries"], how="semi")
    if actor is not None:
        names = [name for name in frame["actor"].unique() if person(name) == person(actor)]
        frame = frame.filter(pl.col("actor").is_in(names))
    joined = frame.join(_reviews(book), on="batch", how="left").join(
        _reversed(book), on="batch", how="left"
    )
    same = pl.col("reviewers").list.contains(pl.col("user"))
    words = pl.when(same).then(pl.lit("yes")).otherwise(pl.lit("no"))
    return joined.sort("position").select(
        *frame.columns[:-1],
        "reviewed_by",
        "reviewed_at",
        pl.when(pl.col("reviewed_by").is_not_null()).then(words).alias("same_account"),
        pl.col("entries_reviewed").fill_null(0),
        "reversed",
        "position",
    )


def _touching(book: Book, unit: str) -> pl.DataFrame:
    """Batches and families with an entry in the unit or below it, as units stand now."""
    organisation = book.organisation
    below = [u for u in organisation.units if unit in organisation.ancestors(u)]
    parts = [pl.DataFrame(schema={"batch": pl.String, "entries": pl.String})]
    for topic, kind in EVENTS.items():
        if "unit" in fields_of(kind):
            found = book.events(topic).filter(pl.col("unit").is_in(below))
            parts.append(
                found.select(pl.col("stream").alias("batch"), entries=pl.lit(kind.family()))
            )
    return pl.concat(parts).unique()


def same_account(book: Book, position: int) -> bool:
    """Whether the review or approval at a position was recorded from an account that recorded what
    it looked at, so that only names tell the two apart; False for any other event."""
    review = next(iter(book.recorded(first=position)), None)
    kinds = EntryReviewed | AssessmentsReviewed | ForecastApproved
    if review is None or not isinstance(review.event, kinds):
        return False
    event, state = review.event, book.earlier(position).state
    looked: Iterable[int | None]
    match event:
        case EntryReviewed():
            entry = event.entry
            looked = [state.of(Governance).batches.get(event.batch) if entry is None else entry]
        case AssessmentsReviewed():
            assessed = state.of(Samples).assessed.get(event.sample, {})
            looked = [each.position for each in assessed.values()]
        case ForecastApproved():
            looked = looked_at(state, event)
    behind = (next(iter(book.recorded(first=at))) for at in looked if at is not None)
    return any(each.envelope.user == review.envelope.user for each in behind)


def _reviews(book: Book) -> pl.DataFrame:
    """Of each batch that was reviewed: by whom, when first, from which accounts, and how many of
    its entries one by one."""
    whole = pl.col("entry").is_null()
    return (
        book.events("governance.entry_reviewed")
        .sort("position")
        .group_by("batch")
        .agg(
            pl.col("actor").filter(whole).str.join(", ").replace("", None).alias("reviewed_by"),
            pl.col("recorded_at").filter(whole).first().alias("reviewed_at"),
            pl.col("user").filter(whole).alias("reviewers"),
            pl.col("entry").drop_nulls().n_unique().cast(pl.Int64).alias("entries_reviewed"),
        )
    )


def _reversed(book: Book) -> pl.DataFrame:
    """Of each batch with vouchers, whether they were reversed: no, partly, yes."""
    gone = pl.col("position").is_in(book.events("outcome.reversed")["reverses"].implode())
    words = pl.when(pl.col("all")).then(pl.lit("yes")).when(pl.col("any")).then(pl.lit("partly"))
    return (
        book.events("outcome.posted", "position", "stream")
        .group_by(pl.col("stream").alias("batch"))
        .agg(gone.all().alias("all"), gone.any().alias("any"))
        .select("batch", words.otherwise(pl.lit("no")).alias("reversed"))
    )


@projection(("amount",), listing=True)
def late_entries(
    book: Book, through: str | None = None, known_at: str | None = None
) -> pl.DataFrame:
    """Outcome whose own month was closed when it was recorded, in the order of the log.

    Columns: ``position``, ``recorded_at`` (UTC, ISO), ``actor``, ``user``, ``how``, ``month`` (its
    own), ``period`` (where it counts), ``unit``, ``account``, ``series``, ``number``, ``amount``
    (Int64 öre, result sign), ``reason`` (null where none was asked for, or it was erased),
    ``batch``.

    ``how`` is late (a voucher dated in a closed month, posted in a later one), correction (the
    reversal or the replacement of what counts in a closed month) or reopened (in its own month,
    that had been closed and was opened again; the reason is then the reopening's).
    """
    book = as_known(book, known_at)
    rows = _own_months(book)
    if through is not None:
        rows = rows.filter(pl.col("period") <= book.period(through).last)
    closings = book.events("governance.period_closed").filter(pl.col("family_closed") == "outcome")
    first = closings.group_by("period").agg(pl.col("position").min().alias("closed"))
    asked = (
        rows.join(first.rename({"period": "month"}), on="month")
        .filter(pl.col("position") > pl.col("closed"))
        .drop("closed")
    )
    places = asked.group_by("stream", "month", "unit").agg(pl.col("position").min())
    then = pl.DataFrame(
        list(_stood(book, places.sort("position").rows(named=True))), schema=_STOOD, orient="row"
    )
    moved, closed = pl.col("month") != pl.col("period"), pl.col("closed")
    found = asked.join(then, on=["stream", "month", "unit"]).filter(
        (moved & closed) | (~moved & ~closed & pl.col("before"))
    )
    how = (
        pl.when(~moved)
        .then(pl.lit("reopened"))
        .when(pl.col("corrected"))
        .then(pl.lit("correction"))
        .otherwise(pl.lit("late"))
    )
    reasons = book.private("reason")
    corrected = (
        book.events("outcome.reversed")
        .join(reasons, on="position")
        .group_by("stream")
        .agg(pl.col("value").first().alias("of_batch"))
    )
    opened = reasons.rename({"position": "mark", "value": "of_mark"})
    reason = pl.when(~moved).then("of_mark").when(pl.col("corrected")).then("of_batch")
    return (
        found.join(corrected, on="stream", how="left")
        .join(opened, on="mark", how="left")
        .sort("position")
        .select(
            "position",
            "recorded_at",
            "actor",
            "user",
            how.alias("how"),
            "month",
            "period",
            "unit",
            "account",
            "series",
            "number",
            "amount",
            reason.alias("reason"),
            pl.col("stream").alias("batch"),
        )
    )


_ENTRY = (
    "position",
    "recorded_at",
    "actor",
    "user",
    "stream",
    "period",
    "unit",
    "account",
    "amount",
)


def _own_months(book: Book) -> pl.DataFrame:
    """Every amount of outcome with its own ``month``: that of its date, or of what it corrects
    where it was moved to the day on which it landed; and whether it is ``corrected``."""
    posted, reversals = book.events("outcome.posted"), book.events("outcome.reversed")
    stood = posted.select(pl.col("position").alias("of"), pl.col("period").alias("stood"))
    day = pl.col("date").str.slice(0, 7)
    month = (
        pl.when(day != pl.col("period")).then(day).otherwise(pl.coalesce("stood", "period"))
    ).alias("month")
    parts = [
        frame.with_columns(pl.col(of).alias("of"))
        .join(stood, on="of", how="left")
        .select(*_ENTRY, "series", "number", month, pl.col("of").is_not_null().alias("corrected"))
        for frame, of in ((posted, "corrects"), (reversals, "reverses"))
    ]
    restated = book.events("outcome.balance_restated").select(
        *_ENTRY,
        pl.lit(None, pl.String).alias("series"),
        pl.lit(None, pl.String).alias("number"),
        pl.col("period").alias("month"),
        pl.lit(False).alias("corrected"),
    )
    return pl.concat([*parts, restated])


_STOOD = {
    "stream": pl.String,
    "month": pl.String,
    "unit": pl.String,
    "closed": pl.Boolean,
    "before": pl.Boolean,
    "mark": pl.Int64,
}


def _stood(book: Book, places: list[dict[str, Any]]) -> Iterator[tuple[Any, ...]]:
    """For each place (stream, month, unit, position; in log order) as it stood just before that
    position: whether the month was closed, whether it had ever been, and the position of the mark
    that decided. The small events are read once."""
    state, ever = State(), dict[str, set[str]]()
    waiting = iter(places)
    place = next(waiting, None)

    def answer(place: dict[str, Any]) -> tuple[Any, ...]:
        path = state.of(Organisation).ancestors(place["unit"], at=place["month"])
        mark = state.of(Governance).mark("outcome", place["month"], path)
        before = not ever.get(place["month"], set()).isdisjoint(path)
        where = (place["stream"], place["month"], place["unit"])
        return *where, bool(mark and mark.closed), before, mark.position if mark else None

    for recorded in book.recorded(small=True):
        while place is not None and place["position"] < recorded.position:
            yield answer(place)
            place = next(waiting, None)
        state.apply(recorded)
        event = recorded.event
        if isinstance(event, PeriodClosing) and event.family_closed == "outcome":
            ever.setdefault(event.period, set()).add(event.unit)
    while place is not None:
        yield answer(place)
        place = next(waiting, None)


@projection(())
def roles(book: Book, through: str | None = None, known_at: str | None = None) -> pl.DataFrame:
    """The roles that are held, persons in order.

    Columns: ``person``, ``role``, ``user`` (the account that the role is bound to, or null),
    ``decision``, ``since`` (UTC, ISO), ``given_by``, ``position`` of the event that gave it. No
    rows while no role was given: everybody may do everything then.
    """
    book = as_known(book, known_at)
    held = [
        position for roles in book.state.of(Roles).held.values() for position, _ in roles.values()
    ]
    return (
        book.events("governance.role_given")
        .filter(pl.col("position").is_in(held))
        .sort("person", "role")
        .select(
            "person",
            "role",
            pl.col("system_user").alias("user"),
            "decision",
            pl.col("recorded_at").alias("since"),
            pl.col("actor").alias("given_by"),
            "position",
        )
    )
