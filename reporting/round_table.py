"""A forecast round as tables: what people entered beside the model, and the model made again."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import polars as pl

import projections
from ledger.families.forecast import Forecasts, Round, Standing
from reporting import numbers
from reporting.catalogue import Language, label
from reporting.notes import asked, known
from reporting.round_figures import (
    assumed_rest,
    libraries,
    model_year_ends,
    previous_year_ends,
    recomputed,
    unlike,
)
from reporting.tables import Column, Table, table_from, table_of

if TYPE_CHECKING:
    from ledger.log import Book

#: The columns of a round in data, in their order; those in öre.
COLUMNS = (
    "unit",
    "name",
    "line",
    "outcome",
    "entered",
    "year_end",
    "budget",
    "variance",
    "model",
    "p10",
    "p90",
    "assumed",
    "difference",
    "previous",
    "last_year",
    "status",
    "method",
    "comment",
)
AMOUNTS = COLUMNS[3:15]
#: The columns that people see in a window, where they do not ask for all.
_NARROW = (
    "unit",
    "line",
    "outcome",
    "model",
    "p10",
    "p90",
    "assumed",
    "previous",
    "year_end",
    "difference",
    "variance",
    "status",
)
#: How many of the places outside the model's interval a note names.
SHOWN = 3
#: What says nothing where nothing is entered.
_JUDGED = ("year_end", "difference", "variance")


def round_rows(book: Book, name: str, unit: str | None = None) -> pl.DataFrame:
    """A round by unit and line, of a unit and all below it: `projections.forecast_round`, and
    beside it the model's year-end (``model``) with its 80 % interval, what the round has
    ``assumed`` of the months left and the model does not know, ``difference`` (year_end − model),
    the year-end of the ``previous`` round, all of ``last_year``, and ``status``: how far the unit
    has come; ``opened`` where nothing is entered in what is only entered. The columns are
    `COLUMNS`; öre are Int64, null where unknown."""
    found = book.state.of(Forecasts).round(name)
    standing = Standing(found, book.organisation)
    frame = projections.forecast_round(book, name, unit=unit)
    before = [(*place, ore) for place, ore in previous_year_ends(book, found).items()]
    previous = pl.DataFrame(
        before, {"unit": pl.String, "line": pl.String, "previous": pl.Int64}, orient="row"
    )
    model = model_year_ends(book, found).select("unit", "line", "model", "p10", "p90", "last_year")
    made = [(*place, ore) for place, ore in assumed_rest(book, found).items()]
    assumed = pl.DataFrame(
        made, {"unit": pl.String, "line": pl.String, "assumed": pl.Int64}, orient="row"
    )
    lacking = pl.col("entered").is_null() & (pl.col("status") == "entered")
    states = {code: standing.of(code) for code in frame["unit"].unique()}
    return (
        frame.join(model, on=["unit", "line"], how="left", maintain_order="left")
        .join(previous, on=["unit", "line"], how="left", maintain_order="left")
        .join(assumed, on=["unit", "line"], how="left", maintain_order="left")
        .with_columns(
            difference=pl.col("year_end") - pl.col("model"),
            status=pl.col("unit").replace_strict(
                list(states), list(states.values()), default=None, return_dtype=pl.String
            ),
        )
        .with_columns(status=pl.when(lacking).then(pl.lit("opened")).otherwise("status"))
        .select(COLUMNS)
    )


def forecast_round(
    book: Book,
    lang: Language,
    name: str,
    *,
    unit: str | None = None,
    narrow: bool = False,
    total: bool = False,
) -> Table:
    """A round as a table; for people (``total``) with a row that sums it. ``narrow`` leaves out
    what a window has no room for, and puts what people commented under it."""
    opened = book.state.of(Forecasts).round(name).opened
    frame = round_rows(book, name, unit)
    title = label("title.round", lang, round=name, through=opened.through, scale="{scale}")
    notes = [*asked(book, lang, unit=unit), label("note.beside", lang), known(book, lang)]
    if (frame["assumed"] != 0).any():
        notes.insert(-1, label("note.beside_assumed", lang))
    notes = [*_outside(book, lang, name, frame), *notes]
    sums = _sums(frame) if total and frame.height else None
    if sums is not None and sums["difference"][0] is None and sums["year_end"][0] is not None:
        notes.insert(0, label("note.round_incomplete", lang))
    if narrow:
        said = frame.filter(pl.col("comment").is_not_null()).select("unit", "line", "comment")
        notes = [": ".join((f"{u} {line}", comment)) for u, line, comment in said.rows()] + notes
        # What is only outcome so far is nobody's forecast; data has it, since a result counts it.
        own = pl.when(pl.col("entered").is_not_null())
        frame = frame.with_columns(own.then(c).alias(c) for c in _JUDGED)
        empty = {c for c in _NARROW if frame.height and frame[c].null_count() == frame.height}
        frame = frame.select(c for c in _NARROW if c not in empty)
    if sums is not None:
        frame = pl.concat([frame, sums.select(frame.columns)])
    amounts = [c for c in AMOUNTS if c in frame.columns]
    return table_of(frame, amounts, title, total=sums is not None, notes=notes)


def round_by_unit(book: Book, lang: Language, name: str, *, unit: str | None = None) -> Table:
    """A round for a report: a unit's sum with its name, its lines under it, and the sum of all.
    Comments are of what left the model's interval, an equal one once with the places it is of."""
    frame = round_rows(book, name, unit)
    flat = forecast_round(book, lang, name, unit=unit, narrow=True, total=True)
    if not frame.height:
        return flat
    outside = _places_outside(book, name, frame)
    kept = [column.key for column in flat.columns]
    rows: list[tuple[Any, ...]] = []
    inner: set[int] = set()
    for (code,), lines in frame.group_by("unit", maintain_order=True):
        called = lines["name"][0] or code
        said = {"unit": code, "line": called, "status": lines["status"][0]}
        rows.append(
            tuple(said.get(k, v) for k, v in _sums(lines).select(kept).to_dicts()[0].items())
        )
        for line in flat.rows[:-1]:
            if line[0] == code:
                inner.add(len(rows))
                rows.append((None, f"  {line[1]}", *line[2:]))
    rows.append(flat.rows[-1])
    comments: dict[tuple[str, str], list[str]] = {}
    for row in frame.filter(pl.col("comment").is_not_null()).to_dicts():
        if (row["unit"], row["line"]) in outside:
            comments.setdefault((row["line"], row["comment"]), []).append(row["unit"])
    told = tuple(
        f"{line} {', '.join(units)}: {comment}" for (line, comment), units in comments.items()
    )
    spoken = frame.filter(pl.col("comment").is_not_null()).height
    return replace(
        flat, rows=tuple(rows), inner=frozenset(inner), notes=(*told, *flat.notes[spoken:])
    )


def _sums(frame: pl.DataFrame) -> pl.DataFrame:
    """The row that sums the others: of the year-end as `projections.result` does, the outcome so
    far where nothing is entered; what the model's interval of all is, this table does not know.
    Where an entry lacks, the sum is compared with nothing."""
    known = [pl.when(pl.col(c).is_not_null().any()).then(pl.col(c).sum()).alias(c) for c in AMOUNTS]
    row = frame.select(known).with_columns(p10=None, p90=None)
    entered = pl.col("entered").is_not_null()
    said_nothing = (pl.col("outcome") == 0) & (pl.col("model").fill_null(0) == 0)
    if not frame.select((entered | said_nothing).all()).item():
        row = row.with_columns(difference=None, variance=None)
    if not frame.select(entered.any()).item():
        row = row.with_columns(year_end=None)
    typed = {name: pl.lit(None, dtype) for name, dtype in frame.schema.items()}
    return row.with_columns(
        *(null.alias(name) for name, null in typed.items() if name not in row.columns),
    ).select(pl.col(name).cast(dtype) for name, dtype in frame.schema.items())


def _outside(book: Book, lang: Language, name: str, frame: pl.DataFrame) -> list[str]:
    """A note where entries, but for what is assumed, leave the model's interval: how many, and
    which to look at first."""
    rows = [row for row in frame.to_dicts() if None not in (row["entered"], row["p10"], row["p90"])]
    places = _places_outside(book, name, frame)
    away = {f"{unit} {line}": ore for (unit, line), ore in places.items()}
    if not away:
        return []
    first = sorted(away.items(), key=lambda each: -abs(each[1]))[:SHOWN]
    told = ", ".join(
        f"{place} {numbers.amount(ore, lang, 'tkr', signed=True)} tkr" for place, ore in first
    )
    counts = {"count": len(away), "all": len(rows), "places": told, "round": name}
    return [label("note.places_outside", lang, **counts)]


def _places_outside(book: Book, name: str, frame: pl.DataFrame) -> dict[tuple[str, str], int]:
    """Places whose entry, but for what is assumed, leaves the model's interval; öre from the
    model's year-end, above it positive."""
    assumed = assumed_rest(book, book.state.of(Forecasts).round(name))
    away = {}
    for row in frame.to_dicts():
        if None in (row["entered"], row["p10"], row["p90"]):
            continue
        aside = assumed.get((row["unit"], row["line"]), 0)
        if not row["p10"] <= row["year_end"] - aside <= row["p90"]:
            away[row["unit"], row["line"]] = row["year_end"] - aside - row["model"]
    return away


_RECOMPUTED = (
    Column("unit"),
    Column("line"),
    Column("period"),
    Column("position", "number"),
    Column("method", words="method"),
    Column("model", words="method", word="column.model_used"),
    Column("kept", "amount", word="column.model_kept"),
    Column("found", "amount", word="column.model_now"),
    Column("p10", "amount"),
    Column("p10_now", "amount"),
    Column("p90", "amount"),
    Column("p90_now", "amount"),
    Column("difference", "amount", signed=True, ore=True),
    Column("state", words="recomputed"),
    Column("libraries"),
)
#: Seen by people only where they say something.
_DATA_ONLY = ("position", "p10", "p10_now", "p90", "p90_now", "libraries")


def recomputed_round(
    book: Book, lang: Language, name: str, *, unit: str | None = None, narrow: bool = False
) -> tuple[Table, bool]:
    """The model's figures kept with a round's entries beside what they are computed as now, and
    whether all are the same or near."""
    found = book.state.of(Forecasts).round(name)
    inside = _below(book, found, unit)
    rows: list[dict[str, Any]] = []
    now = libraries()
    every = list(recomputed(book, found, inside))
    for each in every:
        again = each.found or (None, None, None)
        rows.append(
            {
                "unit": each.entry.unit,
                "line": each.entry.report_line,
                "period": each.entry.period,
                "position": each.position,
                "method": each.entry.method,
                "model": each.entry.model,
                **dict(zip(("kept", "p10", "p90"), each.kept, strict=True)),
                **dict(zip(("found", "p10_now", "p90_now"), again, strict=True)),
                "difference": each.difference,
                "state": each.state,
                "libraries": each.entry.libraries,
            }
        )
    counts = {state: sum(each.state == state for each in every) for state in _STATES}
    told = [label(f"note.recomputed_{s}", lang, count=n) for s, n in counts.items() if n]
    without = sum(
        entry.inputs_size is None and (inside is None or entry.unit in inside)
        for entry in found.entries.values()
    )
    if without:
        told.append(label("note.recomputed_none", lang, count=without))
    for recorded in sorted({each.entry.libraries or "" for each in every} - {now}):
        told.append(label("note.libraries", lang, then=unlike(recorded, now)))
    columns = [c for c in _RECOMPUTED if not (narrow and c.key in _DATA_ONLY)]
    if narrow and all(row["period"] is None for row in rows):
        columns = [c for c in columns if c.key != "period"]
    title = label("title.recomputed", lang, round=name, scale="{scale}")
    table = table_from(rows, columns, title, (*told, known(book, lang)))
    return table, not (counts["differs"] or counts["other_events"])


_STATES = ("same", "near", "differs", "other_events")


def _below(book: Book, found: Round, unit: str | None) -> frozenset[str] | None:
    if unit is None:
        return None
    standing = Standing(found, book.organisation)
    return frozenset(u for u in book.organisation.units if unit in standing.path(u))
