"""Control totals: every batch's counts and sums recomputed from its events, and its vouchers'.

What a batch's admission says of it must be what its events give; a voucher sums to zero; a
reversal is what it reverses, negated, and comes once. `ledger.proof.verify` asks for this.
"""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from ledger.engine import BULK
from ledger.events import EVENTS, fields_of
from ledger.families.governance import BatchAdmitted
from ledger.log import Book
from ledger.log_check import Finding
from ledger.money import to_text

#: The code string that a reversal shares with what it reverses.
_CODES = (
    "unit",
    "account",
    "series",
    "number",
    "row",
    "project",
    "product",
    "activity",
    "counterparty_unit",
    "dimensions",
)


def control_totals(book: Book) -> Iterator[Finding]:
    """What the book's batches, vouchers and reversals do not add up to, in the order of those
    three; nothing for a sound log. Sums are of öre in result sign."""
    yield from _admissions(book)
    yield from _vouchers(book)
    yield from _reversals(book)


# ── batches ────────────────────────────────────────────────────────────────────────────────────


def _admissions(book: Book) -> Iterator[Finding]:
    admitted = book.events(BatchAdmitted.topic).select(
        "position", "batch", "entries", "period", "count", "total"
    )
    events = _counted(book)
    # A batch's admissions follow its events: the next one after an event is its own batch's.
    owned = events.sort("position").join_asof(
        admitted.select("position", "batch").sort("position"), on="position", strategy="forward"
    )
    for position in owned.filter(pl.col("batch").is_null())["position"]:
        yield Finding("control-total", position, "no batch was admitted that holds this event")
    own = pl.col("stream").str.starts_with("batch:")
    for position, stream, batch in (
        owned.filter(own & (pl.col("stream") != pl.col("batch")))
        .select("position", "stream", "batch")
        .iter_rows()
    ):
        yield Finding(
            "control-total", position, f"the event stands in {stream}, and {batch} was admitted"
        )
    place = ["batch", "entries", "period"]
    sums = (
        owned.filter(pl.col("batch").is_not_null())
        .group_by(place)
        .agg(
            pl.len().cast(pl.Int64).alias("found"),
            pl.col("amount").cast(pl.Int128).sum().alias("sum"),
            pl.col("position").min().alias("first"),
        )
    )
    for position in admitted.filter(pl.struct(place).is_duplicated())["position"]:
        yield Finding(
            "control-total", position, "the batch was admitted twice for the same family and period"
        )
    both = admitted.join(sums, on=place, how="full", coalesce=True, nulls_equal=True)
    differs = ~pl.col("found").eq_missing(pl.col("count")) | ~pl.col("sum").eq_missing(
        pl.col("total").cast(pl.Int128)
    )
    at = pl.coalesce("position", "first").alias("at")
    for row in both.filter(differs).with_columns(at).sort("at").rows(named=True):
        where = (
            " ".join(str(row[name]) for name in ("entries", "period") if row[name]) or "all else"
        )
        if row["position"] is None:
            text = f"{row['batch']} was not admitted for {where}, of which it has {row['found']}"
        else:
            held = f"{row['found'] or 0} events of {to_text(int(row['sum'] or 0))}"
            text = (
                f"{row['batch']} was admitted for {where} with {row['count']} events of "
                f"{to_text(row['total'])}, and has {held}"
            )
        yield Finding("control-total", row["at"], text)


def _counted(book: Book) -> pl.DataFrame:
    """Every event but the admissions, as an admission counts it: position, stream, ``entries``
    (its family, where it has a period), period, amount (0 where it has none)."""
    schema = {"position": pl.Int64, "stream": pl.String, "entries": pl.String}
    schema |= {"period": pl.String, "amount": pl.Int64}
    parts = []
    for topic in BULK:
        own = fields_of(EVENTS[topic])
        dated = "period" in own
        columns = {
            "entries": pl.lit(EVENTS[topic].family() if dated else None, pl.String),
            "period": pl.col("period") if dated else pl.lit(None, pl.String),
            "amount": pl.col("amount") if dated and "amount" in own else pl.lit(0, pl.Int64),
        }
        parts.append(book.events(topic).select("position", "stream", **columns))
    small = []
    for each in book.recorded(small=True):
        if isinstance(each.event, BatchAdmitted):
            continue
        content = each.event.__dict__
        month = content.get("period")
        family = each.event.family() if month is not None else None
        ore = content.get("amount", 0) if month is not None else 0
        small.append((each.position, each.stream, family, month, ore))
    return pl.concat([*parts, pl.DataFrame(small, schema=schema, orient="row")])


# ── vouchers ───────────────────────────────────────────────────────────────────────────────────


def _vouchers(book: Book) -> Iterator[Finding]:
    """Vouchers, and their reversals, whose rows do not sum to zero, though they are no rows that
    stand alone."""
    posted = book.events("outcome.posted")
    is_alone = pl.col("alone").fill_null(False)
    alone = posted.filter(is_alone).select(reverses="position")
    reversals = book.events("outcome.reversed").join(alone, on="reverses", how="anti")
    for frame, what in ((posted.filter(~is_alone), "voucher"), (reversals, "reversal")):
        sums = frame.group_by("stream", "voucher").agg(
            pl.col("amount").cast(pl.Int128).sum().alias("sum"), pl.col("position").min()
        )
        for position, ore in (
            sums.filter(pl.col("sum") != 0).sort("position").select("position", "sum").iter_rows()
        ):
            yield Finding(
                "voucher-unbalanced",
                position,
                f"the rows of the {what} sum to {to_text(ore)}, not to zero",
            )


def _reversals(book: Book) -> Iterator[Finding]:
    """Reversals of nothing, of something later, reversals that are not what they reverse negated,
    and second ones."""
    original = book.events("outcome.posted").select(
        pl.col("position").alias("reverses"), pl.col("amount").alias("was"), *_CODES
    )
    reversals = book.events("outcome.reversed")
    both = reversals.select("position", "reverses", "amount", *_CODES).join(
        original, on="reverses", how="left", suffix="_was"
    )
    other = pl.any_horizontal(~pl.col(c).eq_missing(pl.col(f"{c}_was")) for c in _CODES)
    wrong = (
        (pl.col("was").is_null(), "what it reverses is no posting"),
        (pl.col("reverses") >= pl.col("position"), "it reverses what came after it"),
        (pl.col("amount") != -pl.col("was"), "its amount is not that of the posting, negated"),
        (pl.col("was").is_not_null() & other, "its code string is not the posting's"),
        (~pl.col("reverses").is_first_distinct(), "the posting was reversed before"),
    )
    for breaks, text in wrong:
        for position in both.filter(breaks.fill_null(False)).sort("position")["position"]:
            yield Finding("reversal-differs", position, f"a reversal: {text}")
