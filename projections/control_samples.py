"""Samples: what was drawn from what, how far their assessment has come, and the working paper."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import polars as pl

from ledger.families.control_sample import (
    ASSESSED_WORDS,
    Assessment,
    Drawn,
    Item,
    SampleCommitted,
    SampleEvaluated,
    Samples,
)
from ledger.log import Book
from projections.dimensions import Tree, as_known
from projections.registry import projection
from projections.texts import texts

__all__ = ["sample_items", "samples"]

_SAMPLES: dict[str, type[pl.DataType]] = {
    "sample": pl.String,
    "control": pl.String,
    "year": pl.String,
    "unit": pl.String,
    "drawn_from": pl.String,
    "draw_method": pl.String,
    "seed_kind": pl.String,
    "period": pl.String,
    "sample_state": pl.String,
    "items": pl.Int64,
    "amount": pl.Int64,
    "drawn": pl.Int64,
    "assessed": pl.Int64,
    "deviations": pl.Int64,
    "misstated": pl.Int64,
    "reviewed_items": pl.Int64,
    "confidence": pl.String,
    "upper_rate": pl.String,
    "tolerable": pl.String,
    "upper_amount": pl.Int64,
    "tolerable_amount": pl.Int64,
    "sample_verdict": pl.String,
    "evaluated_at": pl.Int64,
    "population_known_at": pl.String,
    "position": pl.Int64,
}
_ITEMS: dict[str, type[pl.DataType]] = {
    "sample": pl.String,
    "item": pl.String,
    "event": pl.Int64,
    "voucher": pl.String,
    "date": pl.String,
    "period": pl.String,
    "unit": pl.String,
    "account": pl.String,
    "text": pl.String,
    "amount": pl.Int64,
    "hits": pl.Int64,
    "part": pl.String,
    "attribute": pl.String,
    "assessment": pl.String,
    "audited": pl.Int64,
    "misstatement": pl.Int64,
    "taint_percent": pl.String,
    "evidence": pl.String,
    "assessor": pl.String,
    "assessed_on": pl.String,
    "cause": pl.String,
    "consequence_text": pl.String,
    "remedy": pl.String,
    "owner": pl.String,
    "due": pl.String,
    "comment": pl.String,
    "version": pl.Int64,
    "position": pl.Int64,
}


@projection(("amount", "upper_amount", "tolerable_amount"))
def samples(
    book: Book,
    through: str | None = None,
    known_at: str | None = None,
    *,
    unit: str | None = None,
    tree: str = "line",
) -> pl.DataFrame:
    """Every sample that somebody committed to or chose, in that order; ``through`` says nothing.

    Columns: ``sample``, ``control`` and ``year`` it is of, ``unit``, ``drawn_from`` (the list, or
    the selection of postings, in words of the command), ``draw_method``, ``seed_kind`` (null by
    judgement), ``period`` (the last month drawn from; null of a list, and by judgement),
    ``sample_state`` (committed, drawn, assessed, evaluated), ``items`` (Int64) of the
    population and their ``amount`` (Int64 öre; null without amounts), ``drawn`` (Int64: items),
    ``assessed``, ``deviations`` and ``misstated`` (Int64: items with any such assessment),
    ``reviewed_items`` (Int64: assessed when last reviewed). Of its evaluation, null without one:
    ``confidence``, the bounds ``upper_rate`` (text: a share) and ``upper_amount`` (Int64 öre,
    positive where too much was booked), what they were held against ``tolerable`` and
    ``tolerable_amount`` (Int64 öre), ``sample_verdict`` and ``evaluated_at`` (Int64: the event).
    ``population_known_at`` (UTC), ``position`` (Int64: the event that committed, else chose).

    Raises `ledger.errors.UsageError`.
    """
    book = as_known(book, known_at)
    state = book.state.of(Samples)
    inside = None if unit is None else Tree(book, tree, "9999-12").below(unit)
    rows = []
    for name in dict.fromkeys([*state.committed, *state.named]):
        committed, position = state.committed.get(name, (None, -1))
        drawn = state.named.get(name)
        event = committed or (drawn.event if drawn else None)
        assert event is not None
        if inside is None or event.unit in inside:
            rows.append(_sample(state, name, committed, position, drawn))
    rows.sort(key=lambda row: int(str(row["position"])))
    return pl.DataFrame(rows, schema=_SAMPLES)


def of_months(frame: pl.DataFrame, first: str | None, last: str | None) -> pl.DataFrame:
    """The rows of `samples` whose months end between two (None: no limit); those without months by
    their fiscal year, where they have one."""
    by_year = (pl.col("year") >= (first or "")[:4]) & (pl.col("year") <= (last or "9999")[:4])
    by_month = (pl.col("period") >= (first or "")) & (pl.col("period") <= (last or "9999-12"))
    return frame.filter(pl.coalesce(by_month, by_year, pl.lit(value=True)))


def _sample(
    state: Samples,
    name: str,
    committed: SampleCommitted | None,
    position: int,
    drawn: Drawn | None,
) -> dict[str, object]:
    event = committed or (drawn.event if drawn else None)
    assert event is not None
    assessed = state.assessed.get(name, {})
    by = {
        kind: {i for (i, _), a in assessed.items() if a.event.assessment == kind} for kind in _WRONG
    }
    evaluated = state.evaluated.get(name)
    reviews = state.reviews.get(name, [])
    seen = {item for item, _ in assessed}
    if drawn is None:
        stage = "committed"
    elif evaluated is not None:
        stage = "evaluated"
    else:
        stage = "assessed" if seen and len(seen) == len(drawn.items) else "drawn"
    return dict.fromkeys(_SAMPLES) | {
        "sample": name,
        "control": event.control,
        "year": event.year,
        "unit": event.unit,
        "drawn_from": selection_words(committed) if committed else None,
        "draw_method": event.draw_method,
        "seed_kind": committed.seed_kind if committed else None,
        "period": committed.last if committed else None,
        "sample_state": stage,
        "items": event.count,
        "amount": event.amount,
        "drawn": len(drawn.items) if drawn else None,
        "assessed": len(seen),
        "deviations": len(by["deviation"] | by["missing"]),
        "misstated": len(by["misstatement"]),
        "reviewed_items": reviews[-1][0].count if reviews else 0,
        **_evaluated(evaluated),
        "population_known_at": event.known_at,
        "position": position if committed else drawn.position if drawn else -1,
    }


def _evaluated(found: tuple[SampleEvaluated, int] | None) -> dict[str, object]:
    """What an evaluation says; nothing without one."""
    if found is None:
        return {}
    event, position = found
    names = ("confidence", "upper_rate", "tolerable", "tolerable_amount", "sample_verdict")
    said: dict[str, object] = {name: getattr(event, name) for name in names}
    return said | {"upper_amount": event.upper, "evaluated_at": position}


_WRONG = ("deviation", "missing", "misstatement")
#: The parts of a selection, by the options of the command that name them.
_SELECTED = {
    "population": "population",
    "first": "first",
    "last": "last",
    "tree": "tree",
    "accounts": "account",
    "lines": "line",
    "structure": "structure",
    "projects": "project",
    "products": "product",
    "activities": "activity",
}


def selection_words(event: SampleCommitted) -> str:
    """What is drawn from, as the command is told: ``unit=60 first=2020-01 last=2020-08``."""
    said = [f"{word}={getattr(event, name)}" for name, word in _SELECTED.items()
            if getattr(event, name) not in (None, "line")]  # fmt: skip
    said += [f"{name}={Decimal(value) / 100:.2f}" for name in ("least", "most")
             if (value := getattr(event, name)) is not None]  # fmt: skip
    return " ".join([f"unit={event.unit}", *said] if event.population is None else said)


@projection(
    ("amount", "audited", "misstatement"),
    private=("text", *ASSESSED_WORDS),
)
def sample_items(
    book: Book,
    through: str | None = None,
    known_at: str | None = None,
    *,
    sample: str | None = None,
) -> pl.DataFrame:
    """The working paper: every item of a sample (of all, if None is named), as drawn, once for each
    attribute that was assessed; ``through`` says nothing.

    Columns: ``sample``, ``item`` (id), ``event`` (Int64: its position), of a posting ``voucher``,
    ``date``, ``period``, ``unit``, ``account`` and ``text``; ``amount`` (Int64 öre, result sign),
    ``hits`` (Int64), ``part`` of the population. Of its assessment as it stands ``attribute``,
    ``assessment`` (fine, deviation, misstatement, missing; null: not assessed), ``audited`` and
    ``misstatement`` (Int64 öre: booked − audited), ``taint_percent`` (text: of the booked amount),
    ``evidence`` (SHA-256), ``assessor``, ``assessed_on``, ``cause``, ``consequence_text``,
    ``remedy``, ``owner``, ``due``, ``comment``, ``version`` and ``position`` (Int64) of the event.
    Texts are String, of what was erased the marker; what is not known is null.
    """
    book = as_known(book, known_at)
    state = book.state.of(Samples)
    chosen = [d for name, d in state.named.items() if sample in (None, name)]
    held = [a for d in chosen for a in state.assessed.get(d.event.sample, {}).values()]
    words = {n: texts(book, n, (a.words_at[n] for a in held)) for n in ASSESSED_WORDS}
    rows: list[dict[str, object]] = []
    for drawn in chosen:
        found = state.assessed.get(drawn.event.sample, {})
        known = described(book, drawn)
        for item in drawn.items.values():
            about = [a for (of, _), a in found.items() if of == item.id]
            said = known.get(item.id, {})
            rows += [_item(drawn, item, said, each, words) for each in about or (None,)]
    return pl.DataFrame(rows, schema=_ITEMS)


def described(book: Book, drawn: Drawn) -> dict[str, dict[str, object]]:
    """What the log knows of a sample's items, by id: ``event``, ``voucher``, ``date``, ``period``,
    ``unit``, ``account``, ``text``."""
    event = drawn.event
    committed = book.state.of(Samples).committed.get(event.sample)
    if committed is not None and committed[0].population is not None:
        frame = book.events("control.item_listed").filter(
            (pl.col("population") == committed[0].population)
            & (pl.col("version") == committed[0].version)
            & pl.col("item").is_in(list(drawn.items))
        )
        said = texts(book, "text", frame["position"])
        return {
            item: {"event": position, "text": said.get(position)}
            for item, position in frame.select("item", "position").iter_rows()
        }
    at = [int(item) for item in drawn.items]
    said = texts(book, "text", at)
    columns = ("date", "period", "unit", "account", "series", "number")
    frame = book.postings().filter(pl.col("position").is_in(at)).select("position", *columns)
    return {
        str(row["position"]): {
            **{n: row[n] for n in columns[:4]},
            "event": row["position"],
            "voucher": " ".join(p for p in (row["series"], row["number"]) if p) or None,
            "text": said.get(row["position"]),
        }
        for row in frame.iter_rows(named=True)
    }


def _item(
    drawn: Drawn,
    item: Item,
    known: dict[str, object],
    assessed: Assessment | None,
    words: dict[str, dict[int, str]],
) -> dict[str, object]:
    row: dict[str, object] = dict.fromkeys(_ITEMS) | known
    row |= {"sample": drawn.event.sample, "item": item.id, "amount": item.amount}
    row |= {"hits": item.hits, "part": item.part}
    if assessed is None:
        return row
    event = assessed.event
    kept = ("attribute", "audited", "evidence", "assessed_on", "due", "version")
    row |= {name: getattr(event, name) for name in kept}
    row |= {name: words[name].get(assessed.words_at[name]) for name in ASSESSED_WORDS}
    row["assessment"], row["position"] = event.assessment, assessed.position
    if event.audited is not None and item.amount is not None:
        wrong = item.amount - event.audited
        row["misstatement"] = wrong
        row["taint_percent"] = _percent(wrong, item.amount)
    return row


def _percent(part: int, whole: int) -> str | None:
    if whole == 0:
        return None
    share = Decimal(100 * part) / Decimal(whole)
    return f"{share.quantize(Decimal('0.01'), ROUND_HALF_UP):f}"
