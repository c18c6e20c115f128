"""Replay: every projection made again from the events alone, and what its bytes hash to."""

from __future__ import annotations

import hashlib
import inspect
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from ledger.errors import UsageError
from ledger.families.forecast import Forecasts, Round
from ledger.log import Book
from ledger.money import to_text
from projections.amounts import total
from projections.forecast_rounds import forecast_round
from projections.period_result import result
from projections.registry import PROJECTIONS, Projection, rows

__all__ = ["Adopted", "Rebuilt", "adopted_rounds", "canonical_rows", "replay"]


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """A projection made again: its name and question (empty for none), how many rows it has, and
    the SHA-256 of `canonical_rows` in hex. ``unanswered`` says why there is none, where the book
    cannot answer yet."""

    name: str
    question: Mapping[str, Any]
    rows: int | None
    digest: str | None
    unanswered: str | None = None


def canonical_rows(frame: pl.DataFrame, projection: Projection) -> bytes:
    """The bytes that stand for a projection's frame: a JSON list of its rows, UTF-8, no spaces.

    A row is an object with the columns in their order, öre as kronor with two decimals in text,
    days as ISO text, null where unknown. Columns that may be erased are not part of it.
    """
    kept = frame.drop(projection.private, strict=False)
    return json.dumps(
        rows(kept, projection.amounts), ensure_ascii=False, separators=(",", ":"), default=str
    ).encode()


def replay(book: Book, *, listings: bool = True) -> Iterator[Rebuilt]:
    """Every projection by name, asked as it is asked when nothing is said; what is of a forecast
    round, of each round. ``listings`` are those that show the log's rows one by one."""
    for name, projection in sorted(PROJECTIONS.items()):
        if projection.listing and not listings:
            continue
        for question in _questions(book, projection):
            try:
                frame = projection.function(book, **question)
            except UsageError as error:  # a setting may name what is not: told, as nothing known is
                yield Rebuilt(name, question, None, None, error.message)
                continue
            digest = hashlib.sha256(canonical_rows(frame, projection)).hexdigest()
            yield Rebuilt(name, question, frame.height, digest)


def _questions(book: Book, projection: Projection) -> Iterable[dict[str, Any]]:
    """How a projection is asked: of each round where it wants one, else once."""
    wanted = inspect.signature(projection.function).parameters.get("round")
    if wanted is None or wanted.default is not inspect.Parameter.empty:
        return [{}]
    return [{"round": name} for name in book.state.of(Forecasts).rounds]


@dataclass(frozen=True, slots=True)
class Adopted:
    """An adopted round: what the events say that its year-end is (as canonical JSON: the outcome
    so far, and what was entered by unit), and what the projection says."""

    round: str
    adopted_at: int
    recorded: bytes
    shown: bytes


def adopted_rounds(book: Book) -> Iterator[Adopted]:
    """Every adopted round of the book, in the order of adoption.

    What was recorded is read from the log as it was: the outcome from the events that the round
    was opened on, the entries one by one. What is shown is `forecast_round` of this book.
    """
    rounds = [r for r in book.state.of(Forecasts).rounds.values() if r.adopted_at is not None]
    for found in sorted(rounds, key=lambda each: each.adopted_at or 0):
        name, at = found.opened.round, found.adopted_at or 0
        frame = forecast_round(book, name)
        shown = {
            row["unit"]: row["entered"]
            for row in frame.group_by("unit").agg(total("entered").alias("entered")).to_dicts()
        }
        yield Adopted(
            name,
            at,
            _year_end(_outcome(book, found), _entered(book, found)),
            _year_end(int(frame.select(total("outcome")).item()), shown),
        )


def _outcome(book: Book, found: Round) -> int:
    """The outcome so far, öre, by the result as it was when the round was opened."""
    opened = found.opened
    then = Book(book.path, opened.log_size)
    asked = result(then, opened.through, unit=opened.unit, structure=opened.structure)
    return int(asked["outcome"][-1])


def _entered(book: Book, found: Round) -> dict[str, int]:
    """What the entry events of the round hold, öre by unit: the last of each place."""
    entries = book.events("forecast.entered").filter(
        (pl.col("round") == found.opened.round) & (pl.col("position") < (found.adopted_at or 0))
    )
    last = entries.sort("position").unique(["unit", "report_line", "period"], keep="last")
    by_unit = last.group_by("unit").agg(total("amount").alias("amount"))
    return dict(zip(by_unit["unit"], by_unit["amount"], strict=True))


def _year_end(outcome: int, entered: Mapping[str, int]) -> bytes:
    units = {unit: to_text(ore) for unit, ore in sorted(entered.items()) if ore}
    content = {"outcome": to_text(outcome), "entered": units}
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
