"""Forecast rounds: which there are, what was entered in one, and what it assumes."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from ledger.errors import NothingKnown
from ledger.families.forecast import Forecasts, Round, Standing
from ledger.log import Book
from ledger.periods import months_between
from projections import facts
from projections.amounts import WIDE, narrowed, total
from projections.counted import Counted, Formulas, derived
from projections.dimensions import Dimensions, Tree, as_known, span_of
from projections.opened_round import as_opened
from projections.registry import projection

__all__ = ["assumptions", "forecast_round", "rounds"]

_ROUNDS = {
    "round": pl.String,
    "through": pl.String,
    "unit": pl.String,
    "structure": pl.String,
    "state": pl.String,
    "opened_at": pl.String,
    "adopted_at": pl.String,
    "entries": pl.Int64,
    "units": pl.Int64,
    "submitted": pl.Int64,
    "returned": pl.Int64,
    "approved": pl.Int64,
}


@projection(())
def rounds(book: Book, through: str | None = None, known_at: str | None = None) -> pl.DataFrame:
    """The forecast rounds, in the order they were opened.

    Columns: ``round``, ``through`` (month), ``unit``, ``structure``, ``state`` (open or adopted),
    ``opened_at``, ``adopted_at`` (String: UTC, ISO; null while open), ``entries`` (Int64, how
    many amounts stand), ``units`` (Int64, how many units have entries) and how many of these were
    last ``submitted``, ``returned`` or ``approved``. With ``through``, only rounds through that
    month or an earlier one.
    """
    book = as_known(book, known_at)
    last = book.period(through).last if through is not None else None
    times: dict[int, str] = {}
    for topic in ("forecast.round_opened", "forecast.adopted"):
        frame = book.events(topic)
        times.update(zip(frame["position"], frame["recorded_at"], strict=True))
    found = [
        (
            name,
            each.opened.through,
            each.opened.unit,
            each.opened.structure,
            "open" if each.adopted_at is None else "adopted",
            times[each.opened_at],
            None if each.adopted_at is None else times[each.adopted_at],
            len(each.entries),
            *_progress(each, book),
        )
        for name, each in book.state.of(Forecasts).rounds.items()
        if last is None or each.opened.through <= last
    ]
    return pl.DataFrame(found, schema=_ROUNDS, orient="row")


def _progress(found: Round, book: Book) -> tuple[int, ...]:
    """How many units have entries, and how many are submitted, returned and approved; adopting
    leaves each where it was."""
    before = replace(found, adopted_at=None)
    states = list(Standing(before, book.organisation).entered().values())
    return len(states), *(states.count(s) for s in ("submitted", "returned", "approved"))


ROUND_AMOUNTS = ("outcome", "entered", "year_end", "budget", "variance")
ROUND_SUMS = ("outcome", "entered", "budget")
ROUND_FORMULAS: Formulas = {
    "year_end": {"outcome": 1, "entered": 1},
    "variance": {"outcome": 1, "entered": 1, "budget": -1},
}


@projection(ROUND_AMOUNTS, title="title.round", private=("comment",))
def forecast_round(
    book: Book, round: str, known_at: str | None = None, *, unit: str | None = None
) -> pl.DataFrame:
    """A forecast round by unit and line: where each says that the year ends.

    Columns: ``unit``, ``name`` of the unit, ``line`` (String), ``outcome`` so far as known when
    the round was opened, ``entered`` for the months after (null where nothing is), ``year_end``
    (outcome + entered), ``budget`` of the whole fiscal year (null where it has none at all),
    ``variance`` (year_end − budget; Int64 öre, result sign), ``method``, ``comment`` of the
    latest entry (String or null; the marker of its erasure where erased). Units in code order,
    lines in the round's structure's, those that have any amount; no total.

    Raises `ledger.errors.ForecastError` for a round that there is not, `UsageError` and
    `ledger.errors.BeyondSixtyFourBits`.
    """
    book = as_known(book, known_at)
    found = book.state.of(Forecasts).round(round)
    dimensions = _dimensions(book, found, unit)
    counted = _counted(book, found, dimensions)
    amount, measure = pl.col("amount"), pl.col("measure")
    known = counted.facts.keys()
    summed = (
        counted.sums()
        .group_by(counted.keys)
        .agg(
            *(
                (total(amount.filter(measure == m)) if m in known else pl.lit(None, WIDE)).alias(m)
                for m in ROUND_SUMS
            ),
            (measure == "entered").any().alias("has"),
        )
        .with_columns(derived(ROUND_FORMULAS))
    )
    frame = (
        summed.with_columns(entered=pl.when("has").then("entered"))
        .join(_words(book, found), on=["unit", "line"], how="left")
        .with_columns(name=dimensions.name())
        .sort(dimensions.order())
        .select("unit", "name", "line", *ROUND_AMOUNTS, "method", "comment")
    )
    return narrowed(frame.collect(), ROUND_AMOUNTS)


def counted_round(book: Book, round: str, *, unit: str | None = None) -> Counted:
    """What `forecast_round` counts, asked as it is."""
    found = book.state.of(Forecasts).round(round)
    return _counted(book, found, _dimensions(book, found, unit))


def round_asked(
    book: Book, name: str | None, through: str | None = None, year: str | None = None
) -> str:
    """The round of that name, else the one adopted last in the fiscal year asked for; raises
    `ForecastError` for a round that there is not, `NothingKnown` where none is adopted."""
    rounds = book.state.of(Forecasts)
    if name is not None:
        return rounds.round(name).opened.round
    asked = book.organisation.calendar.year_of(span_of(book, through, year).last)
    found = rounds.latest_adopted(*asked)
    if found is None:
        raise NothingKnown(
            f"No forecast round of {asked[0]} to {asked[1]} is adopted.",
            "Name an open one with --round.",
        )
    return found.opened.round


def _dimensions(book: Book, found: Round, unit: str | None) -> Dimensions:
    opened = found.opened
    return Dimensions(book, opened.through, ("unit", "line"), unit=unit, structure=opened.structure)


def _counted(book: Book, found: Round, dimensions: Dimensions) -> Counted:
    """Outcome so far, entries and the year's budget; each stands on the unit that it names."""
    through, then = found.opened.through, as_opened(book, found)
    parts = {"outcome": then.so_far, "entered": facts.entries(found)}
    if facts.budgeted(book, (through,)):
        year = months_between(*book.organisation.calendar.year_of(through))
        inside = pl.col("unit").is_in(sorted(then.inside))
        parts["budget"] = facts.months_in(facts.budget(book), year).filter(inside)
    line = dimensions.key("line").alias("line")
    keyed = {
        name: dimensions.within(part).select("position", "unit", line, "amount")
        for name, part in parts.items()
    }
    return Counted(("unit", "line"), keyed)


def _words(book: Book, found: Round) -> pl.LazyFrame:
    """Method and comment of the latest entry by unit and line."""
    clear = book.private("comment", list(found.entry_positions.values()))
    comments = dict(zip(clear["position"], clear["value"], strict=True))
    words: dict[tuple[str, str], tuple[str, str | None]] = {}
    for key, position in sorted(found.entry_positions.items(), key=lambda item: item[1]):
        words[key[:2]] = (found.entries[key].method, comments.get(position))
    rows = [(*key, *value) for key, value in words.items()]
    columns = ("unit", "line", "method", "comment")
    return pl.LazyFrame(rows, schema=dict.fromkeys(columns, pl.String), orient="row")


@projection(("amount",), private=("text",))
def assumptions(book: Book, round: str, known_at: str | None = None) -> pl.DataFrame:
    """What a round assumes, in the order it was said.

    Columns: ``unit``, ``name`` of the unit, ``line`` (null for none), ``assumption`` (one_off,
    known_commitment or end_of_special_costs), ``amount`` (Int64 öre, result sign; null where not
    put in figures), ``first``, ``last`` (months or null), ``text``.

    Raises `ledger.errors.ForecastError` for a round that there is not.
    """
    book = as_known(book, known_at)
    opened = book.state.of(Forecasts).round(round).opened
    names = Tree(book, "line", opened.through).unit_names()
    made = book.events("forecast.assumption_made").filter(pl.col("round") == round)
    clear = book.private("text", made["position"].to_list())
    return (
        made.drop("text")
        .join(clear.rename({"value": "text"}), on="position", how="left")
        .sort("position")
        .select(
            "unit",
            pl.col("unit")
            .replace_strict(list(names), list(names.values()), default=None, return_dtype=pl.String)
            .alias("name"),
            pl.col("report_line").alias("line"),
            "assumption",
            "amount",
            "first",
            "last",
            "text",
        )
    )
