"""What stands beside the entries of a forecast round: the model, the previous round, last year.

The model is always asked of the events that the round was opened on, and of all units and lines of
its part together, for a series' interval is calibrated by those that it is asked with. So what is
kept with an entry (`beside`), proposed, shown and computed again (`recomputed`) is one computation.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Literal

import polars as pl

import projections
from ledger import proof
from ledger.families.forecast import ForecastEntered, Forecasts, Round
from ledger.families.forecast_entry import Beside, Place
from ledger.log import Book
from reporting.forecast_table import year_end

#: Distributions whose versions a model's figure depends on.
LIBRARIES = ("numpy", "pandas", "polars", "scipy", "statsmodels", "utfall")
SEED = 0
#: What a figure computed elsewhere may differ by, relative to it.
TOLERANCE = 1_000_000


def libraries(names: Iterable[str] = LIBRARIES) -> str:
    """Names and versions of distributions as they are installed: ``numpy=2.2.0 pandas=3.0.1``."""

    def installed(name: str) -> str:
        try:
            return version(name)
        except PackageNotFoundError:
            return "unknown"

    return " ".join(f"{name}={installed(name)}" for name in names)


def unlike(then: str, now: str) -> str:
    """The versions that differ, as ``polars 1.0 → 1.1``."""
    versions = [dict(p.split("=", 1) for p in text.split() if "=" in p) for text in (then, now)]
    names = sorted(versions[0].keys() | versions[1].keys())
    return ", ".join(
        f"{name} {versions[0].get(name, '–')} → {versions[1].get(name, '–')}"
        for name in names
        if versions[0].get(name) != versions[1].get(name)
    )


def model_year_ends(
    book: Book, round_: Round, *, size: int | None = None, seed: int = SEED
) -> pl.DataFrame:
    """The model's year-end of a round's units and lines, from the round's events or the first
    ``size``.

    Columns: ``unit``, ``line``, ``outcome`` so far, ``remaining``, ``model`` (their sum), ``p10``,
    ``p90`` (of the year's end), ``last_year`` (Int64 öre), ``method`` (String).
    """
    opened = round_.opened
    told = year_end(
        Book(book.path, opened.log_size if size is None else size),
        opened.through,
        by=("unit", "line"),
        seed=seed,
        unit=opened.unit,
        structure=opened.structure,
    )
    return told.select(
        "unit",
        "line",
        "outcome",
        "remaining",
        pl.col("forecast").alias("model"),
        "p10",
        "p90",
        "last_year",
        "method",
    )


def model_entries(book: Book, round_: Round) -> dict[tuple[str, str], dict[str, Any]]:
    """By unit and line, what `ForecastEntered` keeps of the model: its figure for the months left
    and its interval, and what it was computed from."""
    size = round_.opened.log_size
    inputs = {
        "inputs_size": size,
        "inputs_root": proof.root(book.path, size),
        "seed": SEED,
        "libraries": libraries(),
    }
    return {
        (row["unit"], row["line"]): {**_kept(row), **inputs}
        for row in model_year_ends(book, round_).to_dicts()
    }


def _kept(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "model_amount": row["remaining"],
        "p10": row["p10"] - row["outcome"],
        "p90": row["p90"] - row["outcome"],
        "model": row["method"],
    }


def previous_year_ends(book: Book, round_: Round) -> dict[tuple[str, str], int]:
    """By unit and line, the year-end of the previous round, öre: of each unit the newest earlier
    round of the fiscal year and structure in which it has entries, and those only."""
    year = book.organisation.calendar.year_of(round_.opened.through)
    earlier = [
        each
        for each in book.state.of(Forecasts).rounds.values()
        if each.opened_at < round_.opened_at
        and each.opened.structure == round_.opened.structure
        and each.entries
        and year[0] <= each.opened.through <= year[1]
    ]
    found: dict[tuple[str, str], int] = {}
    taken: set[str] = set()
    for each in reversed(earlier):
        mine = each.entered - taken
        if mine:
            frame = projections.forecast_round(book, each.opened.round)
            for row in frame.filter(pl.col("entered").is_not_null()).to_dicts():
                if row["unit"] in mine:
                    found[row["unit"], row["line"]] = row["year_end"]
        taken |= mine
    return found


def outcome_so_far(book: Book, round_: Round) -> dict[tuple[str, str], int]:
    """By unit and line, the outcome as it was known when the round was opened, öre."""
    frame = projections.forecast_round(book, round_.opened.round)
    return {(row["unit"], row["line"]): row["outcome"] for row in frame.to_dicts()}


def beside(book: Book, names: Iterable[str]) -> dict[Place, Beside]:
    """What stands beside each place of the open rounds among those names, for `EnterForecast`."""
    found: dict[Place, Beside] = {}
    rounds = book.state.of(Forecasts).rounds
    for name in sorted(set(names) & rounds.keys()):
        round_ = rounds[name]
        if round_.adopted_at is not None:
            continue
        model, before = model_entries(book, round_), previous_year_ends(book, round_)
        booked, assumed = outcome_so_far(book, round_), assumed_rest(book, round_)
        for unit, line in dict.fromkeys([*booked, *model, *before, *assumed]):
            place, outcome = (unit, line), booked.get((unit, line), 0)
            previous = before[place] - outcome if place in before else None
            found[name, unit, line] = Beside(
                outcome, previous, model.get(place, {}), assumed.get(place, 0)
            )
    return found


def assumed_rest(book: Book, round_: Round) -> dict[tuple[str, str], int]:
    """By unit and line, what a round assumes of the months after its own, öre."""
    opened = round_.opened
    frame = projections.assumed_months(
        book, opened.through, round=opened.round, structure=opened.structure
    )
    sums = frame.group_by("unit", "line").agg(pl.col("amount").sum())
    return {(unit, line): amount for unit, line, amount in sums.rows()}


#: Whether a kept figure is the same to the öre, within `TOLERANCE`, or another; or the events that
#: it was computed from are no longer those of the log.
Sameness = Literal["same", "near", "differs", "other_events"]


@dataclass(frozen=True, slots=True)
class Recomputed:
    """A figure of the model kept with an entry, and the same computed again, öre for the months
    left: the middle and the ends of the interval. ``difference`` is the largest of the three."""

    position: int
    entry: ForecastEntered
    found: tuple[int, int, int] | None
    state: Sameness

    @property
    def kept(self) -> tuple[int, int, int]:
        """Figure, p10 and p90 as recorded."""
        return self.entry.model_amount or 0, self.entry.p10 or 0, self.entry.p90 or 0

    @property
    def difference(self) -> int | None:
        """The largest difference, with its sign; None where nothing was computed."""
        if self.found is None:
            return None
        return max((b - a for a, b in zip(self.kept, self.found, strict=True)), key=abs)


def recomputed(book: Book, round_: Round, units: frozenset[str] | None) -> Iterator[Recomputed]:
    """Every figure of the model that stands with an entry of the round (of those units only, if
    given), computed again from the events, the seed and the place that the entry names."""
    made: dict[tuple[int, int], dict[tuple[str, str], tuple[int, int, int]]] = {}
    roots: dict[int, str] = {}
    for key, entry in sorted(
        round_.entries.items(), key=lambda item: round_.entry_positions[item[0]]
    ):
        size, seed = entry.inputs_size, entry.seed or SEED
        if size is None or (units is not None and entry.unit not in units):
            continue
        position = round_.entry_positions[key]
        if size not in roots:
            roots[size] = proof.root(book.path, size) if size <= book.size else ""
        if roots[size] != entry.inputs_root:
            yield Recomputed(position, entry, None, "other_events")
            continue
        if (size, seed) not in made:
            frame = model_year_ends(book, round_, size=size, seed=seed)
            made[size, seed] = {
                (row["unit"], row["line"]): (
                    row["remaining"],
                    row["p10"] - row["outcome"],
                    row["p90"] - row["outcome"],
                )
                for row in frame.to_dicts()
            }
        found = made[size, seed].get((entry.unit, entry.report_line))
        yield Recomputed(position, entry, found, _sameness(entry, found))


def _sameness(entry: ForecastEntered, found: tuple[int, int, int] | None) -> Sameness:
    if found is None:
        return "differs"
    kept = (entry.model_amount or 0, entry.p10 or 0, entry.p90 or 0)
    if kept == found:
        return "same"
    # A half öre may round either way.
    near = all(
        TOLERANCE * abs(a - b) <= max(abs(a), TOLERANCE) for a, b in zip(kept, found, strict=True)
    )
    return "near" if near else "differs"
