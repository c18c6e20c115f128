"""Samples of the record: committed to, drawn, and drawn again by anyone.

::

    Selection + Wish ── commit ──> SampleCommitted (population's count, sum, root)
    SampleCommitted + seed ── sampled ──> SampleDrawn
    SampleDrawn ── redraw ──> the same to the byte, or what differs; at another time what came

The seed of kind ``log`` is the root hash of the log up to the batch that holds the commitment:
whoever commits cannot know it, each commitment changes it, and every commitment stays on record.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from decimal import Decimal
from fractions import Fraction
from typing import Any, cast

import polars as pl

from assurance import draws
from assurance.draws import Draw, draw
from assurance.populations import WITHOUT, Selection, items_of
from assurance.sampling import attribute_sample_size, monetary_unit_sample_size
from ledger import proof
from ledger.errors import NothingKnown, SampleRefused, UsageError
from ledger.families.control import Controls
from ledger.families.control_draw import drawn_of, population_root
from ledger.families.control_sample import (
    DrawMethod,
    Drawn,
    Item,
    Part,
    SampleCommitted,
    SampleDrawn,
    Samples,
    SeedKind,
    packed,
)
from ledger.log import Book
from ledger.money import to_decimal

__all__ = ["Redrawn", "Wish", "commit", "judged", "log_seed", "redraw", "sampled"]

#: How sure a sample is where nobody says.
CONFIDENCE = "0.95"
STRATA = ("unit", "account", "period", "project", "product", "activity", "stratum")
_MONEY = ("monetary_unit", "cell")
#: How many, as `assurance.draws.draw` is told.
Sizes = Mapping[str, object]


@dataclass(frozen=True)
class Wish:
    """How a sample is to be drawn: by which method, how many (``size``) or one in every
    ``interval`` (öre of money, else items), by which column's ``strata``; ``turned`` from amounts
    below zero (None: the side that the population's sum is on); ``aside`` of those that have no
    chance; and where the seed comes from."""

    method: DrawMethod
    size: int | None = None
    interval: Fraction | None = None
    strata: str | None = None
    turned: bool | None = None
    aside: int = 0
    seed_kind: SeedKind = "log"
    seed_from: str | None = None


def commit(
    book: Book,
    sample: str,
    selection: Selection,
    wish: Wish,
    *,
    control: str | None = None,
    year: str | None = None,
) -> SampleCommitted:
    """What is recorded before the seed is known: population and method, checked by a trial draw.

    Without size and interval the size follows from the control's tolerable rate and confidence,
    of monetary units from the unit's performance materiality. Raises `UsageError` where neither
    is known, and `assurance.quantities.SamplingRefused` for what cannot be drawn from.
    """
    frame = items_of(book, selection)
    if frame.is_empty():
        raise NothingKnown("The population is empty.", "Nothing fits all that is asked for.")
    amounts = frame["amount"]
    total = None if amounts.null_count() else sum(amounts.to_list())
    turned = wish.turned if wish.turned is not None else bool(total and total < 0)
    if wish.strata is not None and wish.strata not in STRATA:
        raise UsageError(f"There are no strata by {wish.strata!r}.", f"Known: {', '.join(STRATA)}.")
    size = wish.size
    if size is None and wish.interval is None:
        drawable = None if total is None else _drawable(amounts.to_list(), turned=turned)
        size = _size(book, selection, wish, (frame.height, drawable), control, year)
    said = {name: value for name, value in asdict(selection).items() if value is not None}
    event = SampleCommitted.model_validate(
        {
            **said,
            "sample": sample,
            "control": control,
            "year": year,
            "known_size": book.size,
            "known_at": book.recorded_at,
            "count": frame.height,
            "amount": total,
            "population_root": "",
            "draw_method": wish.method,
            "turned": turned and wish.method in _MONEY,
            "sample_size": size,
            "sampling_interval": None if wish.interval is None else str(wish.interval),
            "strata": wish.strata,
            "aside": wish.aside,
            "seed_kind": wish.seed_kind,
            "seed_from": wish.seed_from,
        }
    )
    return event.model_copy(update={"population_root": _draw(frame, event, "trial").root})


def _drawable(amounts: list[int], *, turned: bool) -> int:
    """The öre that can be drawn: those above zero, or ``turned`` those below; the others have no
    chance, so a sample of money is of this amount and not of the population's sum."""
    return sum(max(-ore if turned else ore, 0) for ore in amounts)


def _size(
    book: Book,
    selection: Selection,
    wish: Wish,
    population: tuple[int, int | None],
    control: str | None,
    year: str | None,
) -> int:
    """How many of a population (its count, and the öre that can be drawn), from what the plan
    says."""
    count, drawable = population
    controls = book.state.of(Controls)
    planned = controls.activities.get((year or "", control or ""))
    plan = planned.planned if planned else None
    confidence = (plan.confidence if plan else None) or CONFIDENCE
    if wish.method in _MONEY:
        path = book.organisation.ancestors(selection.unit)
        of = year or (selection.last or "")[:4]
        material = controls.material(of, path)
        if material is None or not drawable:
            raise UsageError("How many?", "Give --size or --interval, or set materiality.")
        tolerable, book_value = to_decimal(material.performance), to_decimal(drawable)
        return monetary_unit_sample_size(confidence, tolerable, 0, book_value).n
    if plan is None or plan.tolerable is None:
        raise UsageError("How many?", "Give --size; or --control, if its plan says what is borne.")
    size = attribute_sample_size(
        Decimal(confidence),
        Decimal(plan.tolerable),
        distribution="hypergeometric",
        population=count,
    )
    return size.n


def _draw(
    frame: pl.DataFrame, event: SampleCommitted, seed: str, sizes: Sizes | None = None
) -> Draw:
    """The draw that an event asks for, by a seed; by other ``sizes`` if given."""
    method = cast("Any", event.draw_method)
    if event.strata is not None:
        column = pl.col(event.strata).fill_null(WITHOUT)
        frame = frame.with_columns(stratum=column)
    if frame["amount"].null_count():
        frame = frame.drop("amount")
    asked: Any = sizes or (
        {"interval": event.sampling_interval}
        if event.sampling_interval
        else {"size": event.sample_size}
    )
    return draw(frame, method, **asked, seed=seed, turned=event.turned, aside=event.aside)


def log_seed(book: Book, committed: int) -> str:
    """The root hash, in hex, of the log up to the batch that holds the event at ``committed``."""
    size = next((end for end, _ in book.boundaries if end > committed), None)
    assert size is not None, "every event stands in a batch"
    return proof.root(book.path, size)


def sampled(book: Book, sample: str, seed: str | None = None) -> SampleDrawn:
    """The sample of a commitment that the book holds. The seed of kind ``log`` is the log's own,
    any other is given. Raises `SampleRefused`."""
    committed = book.state.of(Samples).committed.get(sample)
    if committed is None:
        raise SampleRefused(f"Nobody committed to {sample!r}.", "Say what to draw from.")
    event, position = committed
    if event.seed_kind == "log":
        if seed is not None:
            raise SampleRefused(
                f"{sample!r} is drawn by the log's own root hash.", "Leave the seed out."
            )
        seed = log_seed(book, position)
    if not (seed or "").strip():
        raise SampleRefused(
            f"{sample!r} waits for its seed: {event.seed_from}.", "Give it with --seed."
        )
    return _sampled(_population(book, event), event, position, (seed or "").strip())


def _sampled(
    frame: pl.DataFrame,
    event: SampleCommitted,
    position: int,
    seed: str,
    sizes: Sizes | None = None,
) -> SampleDrawn:
    """The event of a draw from that frame."""
    found = _draw(frame, event, seed, sizes)
    same = ("sample", "unit", "control", "year", "known_size", "known_at", "draw_method")
    return SampleDrawn.model_validate(
        {
            **{name: getattr(event, name) for name in same},
            "committed": position,
            "count": found.count,
            "amount": found.sum,
            "population_root": found.root,
            "draw_rule": found.rule,
            "seed": seed,
            "sample_size": found.size,
            "sampling_interval": _text(found.interval),
            "start": _text(found.start),
            "parts": packed([Part(p.name, p.count, _ore(p.sum), p.drawn) for p in found.parts]),
            "items": packed(_items(found)),
        }
    )


def _text(value: Fraction | None) -> str | None:
    return None if value is None else str(value)


def _ore(amount: draws.Amount | None) -> int | None:
    return None if amount is None else int(amount)


def _items(found: Draw) -> list[Item]:
    rows = found.items
    amounts = rows["amount"].to_list() if "amount" in rows.columns else [None] * rows.height
    columns = zip(rows["id"], amounts, rows["hits"], rows["part"], strict=True)
    return [Item(*row) for row in columns]


def _population(book: Book, event: SampleCommitted, at: Book | None = None) -> pl.DataFrame:
    """What the event is drawn from: as known then, or at another time."""
    names = [field.name for field in fields(Selection)]
    selection = Selection(**{name: getattr(event, name) for name in names})
    return items_of(at or book.earlier(event.known_size), selection)


@dataclass(frozen=True)
class Redrawn:
    """A sample drawn again: what is on record, what comes out now, and from which book.

    ``differs`` names the fields of the event that are other than those on record; ``seed_holds``
    is False where the seed is not the log's root hash that it is said to be. ``came`` and ``went``
    are the ids of items that only one of the two has.
    """

    drawn: Drawn
    now: SampleDrawn
    differs: tuple[str, ...]
    seed_holds: bool
    came: tuple[str, ...]
    went: tuple[str, ...]

    @property
    def same(self) -> bool:
        """Whether it is the sample on record to the byte, but for when its book was known."""
        return self.seed_holds and set(self.differs) <= {"known_size", "known_at"}


def redraw(book: Book, name: str, known_at: str | None = None) -> Redrawn:
    """Draw a sample on record again, from what was known then, or at another time.

    Raises `UsageError` for one that was not drawn, or by judgement: nothing draws that again.
    """
    drawn = drawn_of(book.state.of(Samples), name)
    event = drawn.event
    if event.committed is None or event.seed is None:
        raise UsageError(f"{name!r} was chosen by judgement.", "Nobody can draw that again.")
    committed, position = book.state.of(Samples).committed[name]
    asked, then, sizes = committed, None, None
    if known_at is not None:
        then = book.at(known_at)
        moved = {"known_size": then.size, "known_at": then.recorded_at}
        asked, sizes = committed.model_copy(update=moved), _kept_sizes(drawn)
    frame = _population(book, committed, then)
    now = _sampled(frame, asked, position, event.seed, sizes)
    holds = committed.seed_kind != "log" or event.seed == log_seed(book, position)
    differs = tuple(
        name for name in type(event).model_fields if getattr(now, name) != getattr(event, name)
    )
    items = [line.split("\t")[0] for line in now.items.splitlines()]
    return Redrawn(
        drawn,
        now,
        differs,
        holds,
        tuple(i for i in items if i not in drawn.items),
        tuple(i for i in drawn.items if i not in set(items)),
    )


def _kept_sizes(drawn: Drawn) -> Sizes | None:
    """The interval, or the size of each stratum, that was drawn by: with these a population that
    has grown moves nothing else."""
    if drawn.event.sampling_interval is not None:
        return {"interval": drawn.event.sampling_interval}
    if drawn.event.draw_method == "stratified":
        return {"size": {part.name: part.drawn for part in drawn.parts}}
    return None


def judged(
    book: Book,
    sample: str,
    unit: str,
    events: list[int],
    reason: str,
    *,
    control: str | None = None,
    year: str | None = None,
) -> SampleDrawn:
    """A sample of the postings at those positions, by judgement: labelled so, never projected.

    Raises `UsageError` for a position that holds no posting.
    """
    postings = book.postings()
    frame = postings.filter(pl.col("position").is_in(events)).sort("position")
    if missing := sorted(set(events) - set(frame["position"])):
        raise UsageError(f"Event {missing[0]} is no posting.", "See `ledger journal`.")
    rows = frame.select("position", "amount").rows()
    items = [Item(str(position), amount, 1, "judgement") for position, amount in rows]
    total = sum(item.amount or 0 for item in items)
    return SampleDrawn(
        sample=sample,
        unit=unit,
        control=control,
        year=year,
        known_size=book.size,
        known_at=book.recorded_at,
        count=len(items),
        amount=total,
        population_root=population_root((item.id, item.amount) for item in items),
        draw_method="judgement",
        sample_size=len(items),
        parts=packed([Part("judgement", len(items), total, len(items))]),
        items=packed(items),
        reason=reason,
    )
