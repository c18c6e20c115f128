"""How good the adopted rounds were: what people entered, and the model, against what came.

An entry answers for its unit and for all below it that have no entry of their own on the line; so
an area's entry is held against the whole area where its units entered nothing, and against what
the area itself booked where they did. ::

    round ── entries ─> places ─┬─ so far + entered ──────┐
                                ├─ so far + the model's ──┼─> errors in percent ─> rows ─> summary
    outcome of the same months ─┴─ what came ─────────────┘
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import polars as pl

from ledger.families.forecast import ForecastEntered, Forecasts, Round
from ledger.log import Book
from ledger.periods import months_between
from projections import facts
from projections.amounts import WIDE, narrowed, percent, total
from projections.dimensions import Dimensions, Tree
from projections.opened_round import as_opened

#: A unit and a line.
Place = tuple[str, str]
#: The model's figure for the months left, and the ends of its 80 % interval, öre.
Figures = Mapping[Place, tuple[int, int | None, int | None]]
#: Asks the model again of the events that a round stands on, by its units and lines.
AskAgain = Callable[[Round], Figures]
By = Literal["place", "unit", "line", "round"]

_KEYS: dict[By, tuple[str, ...]] = {
    "place": ("round", "unit", "line"),
    "unit": ("round", "unit"),
    "line": ("round", "line"),
    "round": ("round",),
}
AMOUNTS = ("entered", "model", "outcome", "base")


@dataclass(frozen=True)
class Accuracy:
    """The rows of `accuracy`, the last of them the summary if any could be scored; how many
    rounds were looked at, how many places were scored, and in how many of those the model's
    interval is known and held."""

    frame: pl.DataFrame
    rounds: int
    scored: int
    intervals: int
    held: int


def accuracy(
    book: Book,
    last: str,
    ask_again: AskAgain,
    *,
    round: str | None = None,
    unit: str | None = None,
    by: By = "place",
) -> Accuracy:
    """Score every adopted round (or one) through ``last`` or an earlier month.

    Columns: ``round``, ``unit``, ``name``, ``line`` (String; null where the row is of several),
    ``compared`` (year, months or pending), ``entered``, ``model``, ``outcome``, ``base`` (Int64
    öre, result sign; ``base`` never negative), ``error_entered``, ``error_model`` (String, two
    decimals: |figure − outcome| in percent of ``base``), ``closer`` (entered, model or equal),
    ``inside_80`` (yes or no: whether the outcome lies in the model's interval of then).

    Once all months of the round's fiscal year have come, its year-ends are held against the
    year's outcome (``year``); until then entries by month against those of their months that have
    come (``months``; the model forecasts the rest of the year as one, and is not scored);
    everything else is ``pending``. ``base`` is the year's budget without sign where there is one,
    else a normal year: the sum of the months without sign, in the mean of the earlier complete
    fiscal years with any amount. A row of several places sums them, and is not without sign.

    The summary (key columns null) is of the rows where both errors are known, or of those where
    the entered one is: the sum of their errors in percent of the sum of their bases. Its amounts
    are there if it is of all rows and these of one round.

    Raises `ledger.errors.ForecastError` for a round that there is not, `UsageError` for an
    unknown unit and `ledger.errors.BeyondSixtyFourBits`.
    """
    rounds = book.state.of(Forecasts)
    chosen = [rounds.round(round)] if round is not None else list(rounds.rounds.values())
    adopted = [r for r in chosen if r.adopted_at is not None and r.opened.through <= last]
    below = None if unit is None else Tree(book, "line", last).below(unit)
    found = [_places(book, each, last, ask_again, below) for each in adopted]
    places = pl.concat([pl.DataFrame(schema=_PLACES), *found])
    rows = _judged(_grouped(places, by))
    held = _judged(places)["inside_80"].drop_nulls()
    return Accuracy(
        pl.concat([_shaped(rows, by), _summary(rows, by)]),
        len(adopted),
        len(places) - places["outcome"].null_count(),
        len(held),
        int((held == "yes").sum()),
    )


_PLACES: dict[str, type[pl.DataType]] = {
    "round": pl.String,
    "unit": pl.String,
    "name": pl.String,
    "line": pl.String,
    "compared": pl.String,
    **dict.fromkeys((*AMOUNTS, "p10", "p90"), WIDE),
}


def _places(
    book: Book, found: Round, last: str, ask_again: AskAgain, below: frozenset[str] | None
) -> pl.DataFrame:
    """One row a unit and line with an entry, with the columns of `_PLACES`."""
    opened, calendar = found.opened, book.organisation.calendar
    year = calendar.year_of(opened.through)
    booked = set(book.months)
    over = year[1] <= last and year[1] <= max(booked, default="")
    come = [m for m in months_between(*year) if opened.through < m <= last and m in booked]
    dimensions = Dimensions(book, opened.through, ("unit", "line"), structure=opened.structure)
    then = as_opened(book, found)
    entries = _entries(found)
    answer = _answering(found, then.inside, Tree(book, "line", opened.through))
    keyed = _Keyed(dimensions, answer)
    actual = facts.outcome(book)
    if over:
        entered = entries.group_by("place", "line").agg(total("amount").alias("entered"))
        so_far = keyed.sums(then.so_far, "so_far")
        came = keyed.sums(facts.months_in(actual, months_between(*year)), "outcome")
        frame = (
            entered.join(so_far, on=["place", "line"], how="left")
            .join(came, on=["place", "line"], how="left")
            .with_columns(pl.col("so_far", "outcome").fill_null(0))
            .with_columns(pl.col("entered") + pl.col("so_far"))
            .join(_model(found, answer, ask_again), on=["place", "line"], how="left")
            .with_columns(pl.col("model", "p10", "p90") + pl.col("so_far"), compared=pl.lit("year"))
        )
    else:
        frame = _so_far_by_month(entries, come, keyed, actual)
    base = _base(book, keyed, year, actual)
    mine = (
        frame.join(base, on=["place", "line"], how="left")
        .rename({"place": "unit"})
        .with_columns(pl.lit(opened.round).alias("round"), name=dimensions.name())
    )
    if below is not None:
        mine = mine.filter(pl.col("unit").is_in(sorted(below)))
    mine = mine.sort(dimensions.order())
    return mine.select(pl.col(name).cast(dtype) for name, dtype in _PLACES.items())


def _entries(found: Round) -> pl.DataFrame:
    """``place`` (the entry's unit), ``line``, ``period`` (null for the rest), ``amount``."""
    rows = [(*key, entry.amount) for key, entry in found.entries.items()]
    schema = {"place": pl.String, "line": pl.String, "period": pl.String, "amount": pl.Int64}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _answering(found: Round, inside: frozenset[str], tree: Tree) -> pl.DataFrame:
    """Which place answers for which unit of the round, by line: ``unit``, ``line``, ``place``."""
    by_line: dict[str, set[str]] = {}
    for unit, line, _ in found.entries:
        by_line.setdefault(line, set()).add(unit)
    rows = []
    for unit in sorted(inside):
        path = tree.path(unit)
        for line, entered in by_line.items():
            above = next((each for each in path if each in entered), None)
            if above is not None:
                rows.append((unit, line, above))
    schema = dict.fromkeys(("unit", "line", "place"), pl.String)
    return pl.DataFrame(rows, schema=schema, orient="row")


@dataclass(frozen=True)
class _Keyed:
    """Facts by place and line."""

    dimensions: Dimensions
    answer: pl.DataFrame

    def facts(self, part: pl.LazyFrame) -> pl.LazyFrame:
        """Those that a place answers for."""
        line = self.dimensions.key("line").alias("line")
        return part.select("unit", line, "period", "amount").join(
            self.answer.lazy(), on=["unit", "line"]
        )

    def sums(self, part: pl.LazyFrame, name: str, *more: str) -> pl.DataFrame:
        """``place``, ``line``, further columns, and the sum under a name."""
        keys = ["place", "line", *more]
        return self.facts(part).group_by(keys).agg(total("amount").alias(name)).collect()


def _so_far_by_month(
    entries: pl.DataFrame, come: list[str], keyed: _Keyed, actual: pl.LazyFrame
) -> pl.DataFrame:
    """Entries of months that have come, beside those months; null where there is none."""
    keys = ["place", "line", "period"]
    months = entries.filter(pl.col("period").is_in(come))
    came = keyed.sums(facts.months_in(actual, come), "outcome", "period")
    scored = (
        months.join(came, on=keys, how="left")
        .group_by("place", "line")
        .agg(total("amount").alias("entered"), total(pl.col("outcome").fill_null(0)))
    )
    return (
        entries.select("place", "line")
        .unique()
        .join(scored, on=["place", "line"], how="left")
        .with_columns(
            pl.when(pl.col("outcome").is_null())
            .then(pl.lit("pending"))
            .otherwise(pl.lit("months"))
            .alias("compared"),
            *(pl.lit(None, WIDE).alias(name) for name in ("model", "p10", "p90")),
        )
    )


def _model(found: Round, answer: pl.DataFrame, ask_again: AskAgain) -> pl.DataFrame:
    """The model's months left by place and line: as kept with the entries where they hold it and
    the place is one unit, else asked again and summed; an interval only of one unit."""
    kept = {key[:2]: _kept(entry) for key, entry in found.entries.items()}
    alone = {
        (place, line)
        for place, line, units in answer.group_by("place", "line").agg(pl.len()).rows()
        if units == 1
    }
    figures = {place: told for place, told in kept.items() if told and place in alone}
    if figures.keys() != kept.keys():
        again: dict[Place, list[tuple[int, int | None, int | None]]] = {}
        asked = ask_again(found)
        for unit, line, place in answer.rows():
            if (place, line) not in figures and (unit, line) in asked:
                again.setdefault((place, line), []).append(asked[unit, line])
        for key, parts in again.items():
            ends = parts[0][1:] if len(parts) == 1 else (None, None)
            figures[key] = (sum(part[0] for part in parts), *ends)
    rows = [(*key, *told) for key, told in figures.items()]
    schema = {"place": pl.String, "line": pl.String}
    return pl.DataFrame(
        rows, schema=schema | dict.fromkeys(("model", "p10", "p90"), WIDE), orient="row"
    )


def _kept(entry: ForecastEntered) -> tuple[int, int | None, int | None] | None:
    """What the entry itself holds of the model's months left."""
    amount: int | None = getattr(entry, "model_amount", None)
    if amount is None and entry.method == "model":
        amount = entry.amount
    return None if amount is None else (amount, entry.p10, entry.p90)


def _base(book: Book, keyed: _Keyed, year: tuple[str, str], actual: pl.LazyFrame) -> pl.DataFrame:
    """What an error is measured by: ``place``, ``line``, ``base`` (öre, half-up; null for none)."""
    decided = facts.months_in(facts.budget(book), months_between(*year))
    budget = keyed.sums(decided, "budget")
    calendar, booked = book.organisation.calendar, set(book.months)
    years = {calendar.year_of(month) for month in booked if month < year[0]}
    whole = {
        month: first
        for first, last in years
        if booked >= set(months_between(first, last))
        for month in months_between(first, last)
    }
    months = keyed.sums(facts.months_in(actual, sorted(whole)), "value", "period")
    size, count = pl.col("value").abs().sum(), pl.col("year").n_unique().cast(WIDE)
    normal = (
        months.filter(pl.col("value") != 0)
        .with_columns(pl.col("period").replace_strict(whole, return_dtype=pl.String).alias("year"))
        .group_by("place", "line")
        .agg(((2 * size + count) // (2 * count)).alias("normal"))
    )
    base = pl.when(pl.col("budget") != 0).then(pl.col("budget").abs()).otherwise("normal")
    return budget.join(normal, on=["place", "line"], how="full", coalesce=True).select(
        "place", "line", base.alias("base")
    )


def _grouped(places: pl.DataFrame, by: By) -> pl.DataFrame:
    """The places summed by the keys of ``by``, in their order; a sum is of what can be scored."""
    if by == "place":
        return places
    keys = _KEYS[by]
    scored = pl.col("outcome").is_not_null()

    def summed(name: str) -> pl.Expr:
        value = pl.col(name).filter(scored)
        known = scored.any() & ~value.is_null().any()
        return pl.when(known).then(value.sum()).alias(name)

    kind = pl.col("compared").filter(scored).first().fill_null(pl.lit("pending"))
    rows = places.group_by(keys, maintain_order=True).agg(
        pl.col("name").first(),
        kind.alias("compared"),
        *(summed(name) for name in AMOUNTS),
        # The interval of a sum is not the sum of intervals.
        *(pl.when(pl.len() == 1).then(pl.col(n).first()).alias(n) for n in ("p10", "p90")),
    )
    lacking = [pl.lit(None, pl.String).alias(n) for n in ("unit", "line") if n not in keys]
    return rows.with_columns(lacking).select(list(_PLACES))


def _judged(rows: pl.DataFrame) -> pl.DataFrame:
    """How far off each figure was (``missed_…``, öre), and whether the interval held."""
    inside = pl.col("outcome").is_between("p10", "p90")
    return rows.with_columns(
        *((pl.col(n) - pl.col("outcome")).abs().alias(f"missed_{n}") for n in ("entered", "model")),
        pl.when(inside).then(pl.lit("yes")).when(~inside).then(pl.lit("no")).alias("inside_80"),
    )


def _summary(judged: pl.DataFrame, by: By) -> pl.DataFrame:
    """The row under the others, or none where nothing is scored."""
    scored = judged.filter(pl.col("outcome").is_not_null(), pl.col("base") > 0)
    both = scored.filter(pl.col("model").is_not_null())
    chosen = both if both.height else scored
    if chosen.is_empty():
        return _shaped(chosen, by)
    sums = (*AMOUNTS, "missed_entered", "missed_model")

    def summed(name: str, dtype: pl.DataType) -> pl.Expr:
        if name not in sums:
            return pl.lit(None, dtype).alias(name)
        value = pl.col(name)
        return pl.when(value.is_not_null().all()).then(value.sum()).alias(name)

    row = _shaped(chosen.select(summed(name, dtype) for name, dtype in judged.schema.items()), by)
    if len(chosen) == len(judged) and judged["round"].n_unique() == 1:
        return row
    # Neither some of the rows nor the same months twice are the sum of what stands above.
    return row.with_columns(pl.lit(None, pl.Int64).alias(name) for name in AMOUNTS)


def _shaped(judged: pl.DataFrame, by: By) -> pl.DataFrame:
    """Percentages, and who was closer, under the keys of ``by``."""
    entered, model = pl.col("missed_entered"), pl.col("missed_model")
    closer = (
        pl.when(entered < model)
        .then(pl.lit("entered"))
        .when(entered > model)
        .then(pl.lit("model"))
        .when(entered == model)
        .then(pl.lit("equal"))
    )
    keys = _KEYS[by]
    frame = judged.select(
        "round",
        *(["unit", "name"] if "unit" in keys else []),
        *(["line"] if "line" in keys else []),
        "compared",
        *AMOUNTS,
        percent(entered, pl.col("base")).alias("error_entered"),
        percent(model, pl.col("base")).alias("error_model"),
        closer.alias("closer"),
        "inside_80",
    )
    return narrowed(frame, AMOUNTS)
