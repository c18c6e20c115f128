"""Investments: the frame of the fiscal year, what was made of it, and what it will come to."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from ledger.errors import NothingKnown
from ledger.families.investment import Investments
from ledger.log import Book
from projections.amounts import narrowed, percent, total
from projections.counted import Counted, Formulas, derived
from projections.dimensions import Dimensions, as_known, axes, span_of
from projections.registry import projection

__all__ = ["investments"]

_FRAMES = ("frame_decided", "frame_carried_over", "frame_revised")
_MADE = ("decided_before", "decided_this_year")
SUMS = (*_FRAMES, *_MADE, "forecast")
FORMULAS: Formulas = {
    "frame": dict.fromkeys(_FRAMES, 1),
    "outcome": dict.fromkeys(_MADE, 1),
    "forecast_variance": {**dict.fromkeys(_FRAMES, 1), "forecast": -1},
}
FIGURES = (*_FRAMES, "frame", *_MADE, "outcome", "forecast", "forecast_variance")
PERCENTS = ("outcome_over_frame", "decided_over_frame", "forecast_over_frame")
#: Dimensions that are of investments alone.
OWN = ("investment_type", "decided")
_VERSIONS = dict(zip(("original", "carried_over", "revised"), _FRAMES, strict=True))

#: The finding of a row whose forecast of the year is above its frame.
ABOVE = "forecast-above-frame"

_FACTS: dict[str, type[pl.DataType]] = {
    "measure": pl.String,
    "position": pl.Int64,
    "unit": pl.String,
    "investment_type": pl.String,
    "decided": pl.String,
    "amount": pl.Int64,
}


@projection(FIGURES, PERCENTS)
def investments(
    book: Book,
    through: str | None = None,
    known_at: str | None = None,
    *,
    by: str | Iterable[str] = OWN[:1],
    unit: str | None = None,
    tree: str = "line",
    year: str | None = None,
) -> pl.DataFrame:
    """The investments of the fiscal year that holds ``through``, against the year's frame.

    Columns: the keys (String), after ``investment_type`` its ``parent_type`` (null of a group),
    ``name`` of the first where that is a level of the tree, ``frame_decided`` (for the year),
    ``frame_carried_over`` (of earlier years'), ``frame_revised`` (changes, ±), ``frame`` (their
    sum), ``decided_before`` and ``decided_this_year`` (what was spent in the year through the
    month, by whether an earlier year or this one decided it), ``outcome`` (their sum), then two
    percentages of the frame, text with two decimals: ``outcome_over_frame``,
    ``decided_over_frame`` (of decided_this_year); ``forecast`` (of the whole year, the newest of
    each type and unit), ``forecast_over_frame``, ``forecast_variance`` (frame − forecast: positive
    is within) and ``finding`` (`ABOVE` where the forecast is above the frame, else null).

    Amounts are Int64 öre spent, positive. Frame and forecast are null where there is none; nothing
    spent is 0. Rows: ``by`` is one or several of investment_type, decided (the year of the
    decision: such rows have no frame and no forecast) and the levels of the tree. A group's row
    sums its details, which follow it; by type alone every type that was named has a row (of a
    ``unit`` those that were named or used there). One dimension ends with a total.

    Raises `ledger.errors.UsageError` for what is no period, `NothingKnown` where no investment
    is known, and `BeyondSixtyFourBits`.
    """
    book = as_known(book, known_at)
    dimensions, counted = _question(book, through, by, unit, tree, year)
    keys = list(counted.keys)
    every = pl.concat(
        [part.with_columns(measure=pl.lit(name)) for name, part in counted.facts.items()]
    ).collect()
    shared = every.filter(~pl.col("measure").is_in(list(counted.unshared)))
    table = shared.group_by(keys).agg(_summed())
    state = book.state.of(Investments)
    if keys == ["investment_type"]:
        table = _all_types(table, state, every, dimensions)
    table = table.sort([expression for key in keys for expression in _order(key, state)])
    if counted.unshared:
        unknown = [pl.lit(None, table.schema[name]).alias(name) for name in counted.unshared]
        table = table.with_columns(unknown)
    if len(keys) == 1:
        none = pl.lit(None, pl.String).alias(keys[0])
        once = every.filter(~pl.col("again"))
        table = pl.concat([table, once.select(none, *_summed())])
    table = table.with_columns(derived(FORMULAS))
    above = pl.col("forecast") > pl.col("frame")
    named = dimensions.by[0] not in OWN
    group = {name: type_.parent_type for name, type_ in state.types.items()}
    shown: list[str | pl.Expr] = []
    for key in keys:
        shown.append(key)
        if key == "investment_type":
            parent = pl.col(key).replace_strict(group, default=None, return_dtype=pl.String)
            shown.append(parent.alias("parent_type"))
    if named:
        shown.insert(1, dimensions.name().alias("name"))
    frame = pl.col("frame")
    finding = pl.when(above & pl.col(keys[0]).is_not_null()).then(pl.lit(ABOVE))
    return narrowed(
        table.lazy()
        .select(
            *(*shown, *_FRAMES, "frame", *_MADE, "outcome"),
            percent(pl.col("outcome"), frame).alias("outcome_over_frame"),
            percent(pl.col("decided_this_year"), frame).alias("decided_over_frame"),
            "forecast",
            percent(pl.col("forecast"), frame).alias("forecast_over_frame"),
            "forecast_variance",
            finding.alias("finding"),
        )
        .collect(),
        FIGURES,
    )


def counted_investments(
    book: Book,
    through: str | None = None,
    *,
    by: str | Iterable[str] = OWN[:1],
    unit: str | None = None,
    tree: str = "line",
    year: str | None = None,
) -> Counted:
    """What `investments` counts, asked as it is. By type a detail's facts count twice, the second
    time (``again``) in the row of its group."""
    return _question(book, through, by, unit, tree, year)[1]


def _question(
    book: Book,
    through: str | None,
    by: str | Iterable[str],
    unit: str | None,
    tree: str,
    year: str | None,
) -> tuple[Dimensions, Counted]:
    """The rows that are asked for, and the facts behind them."""
    last = span_of(book, through, year).last
    dimensions = Dimensions(book, last, axes(by), unit=unit, tree=tree, also=OWN)
    axes(dimensions.by, [*OWN, *sorted(dimensions.levels)])
    state = book.state.of(Investments)
    found = pl.DataFrame(_facts(book, state, last), schema=_FACTS, orient="row")
    found = dimensions.within(found.lazy()).collect()
    types = [one for one in state.types.values() if _seen(one.unit, dimensions)]
    if found.is_empty() and not types:
        place = f" in {unit}" if unit is not None else ""
        raise NothingKnown(
            f"No investment is known{place} for the fiscal year that holds {last}.",
            "Import some with `ledger import`, or ask about another --year.",
        )
    facts = {
        name: found.lazy()
        .filter(pl.col("measure") == name)
        .select("position", *dimensions.keys(), "amount", again=pl.lit(False))
        for name in SUMS
    }
    if "investment_type" in dimensions.by:
        group = {name: one.parent_type for name, one in state.types.items() if one.parent_type}
        parent = pl.col("investment_type").replace_strict(
            group, default=None, return_dtype=pl.String
        )
        for name, part in facts.items():
            above = part.with_columns(investment_type=parent, again=pl.lit(True))
            details = above.filter(pl.col("investment_type").is_not_null())
            facts[name] = pl.concat([part, details])
    unshared = frozenset({*_FRAMES, "forecast"} if "decided" in dimensions.by else ())
    return dimensions, Counted(tuple(dimensions.columns().values()), facts, unshared)


def _facts(book: Book, state: Investments, last: str) -> list[tuple[object, ...]]:
    """Every fact of the fiscal year through ``last``, as `_FACTS` says."""
    first = book.organisation.calendar.year_of(last)[0]
    rows: list[tuple[object, ...]] = []
    for (name, unit, of, version, _), (position, ore) in state.frames.items():
        if of == first:
            rows.append((_VERSIONS[version], position, unit, name, None, ore))
    for (name, unit, period, decided, _), (position, ore) in state.made.items():
        if first <= period <= last:
            measure = "decided_before" if decided < first[:4] else "decided_this_year"
            rows.append((measure, position, unit, name, decided, ore))
    newest: dict[tuple[str, str], tuple[int, int]] = {}
    for (name, unit, of, period), told in sorted(state.forecasts.items()):
        if of == first and period <= last:
            newest[name, unit] = told
    for (name, unit), (position, ore) in newest.items():
        rows.append(("forecast", position, unit, name, None, ore))
    return rows


def _seen(unit: str | None, dimensions: Dimensions) -> bool:
    """Whether what was named for a unit is of the part asked for; for none, of every part."""
    return unit is None or dimensions.below is None or unit in dimensions.below


def _summed() -> list[pl.Expr]:
    """The sums of a row: a frame or forecast is null where there is none, spent is 0."""

    def of(*names: str) -> pl.Expr:
        return pl.col("amount").filter(pl.col("measure").is_in(names))

    framed = of(*_FRAMES).len() > 0
    return [
        *(pl.when(framed).then(total(of(name))).alias(name) for name in _FRAMES),
        *(total(of(name)).alias(name) for name in _MADE),
        pl.when(of("forecast").len() > 0).then(total(of("forecast"))).alias("forecast"),
    ]


def _all_types(
    table: pl.DataFrame, state: Investments, every: pl.DataFrame, dimensions: Dimensions
) -> pl.DataFrame:
    """The table with a row for every type of the part asked for, and for the group of each."""
    known = {name for name, one in state.types.items() if _seen(one.unit, dimensions)}
    known |= {group for name in known if (group := state.group(name)) is not None}
    new = sorted(known - set(table["investment_type"]))
    missing = pl.DataFrame({"investment_type": new}, schema={"investment_type": pl.String})
    empty = missing.join(every.clear(), on="investment_type", how="left")
    return pl.concat([table, empty.group_by("investment_type").agg(_summed())])


def _order(key: str, state: Investments) -> list[pl.Expr]:
    """Types as they were named, details after their group; else by code."""
    if key != "investment_type":
        return [pl.col(key)]
    groups = [name for name, one in state.types.items() if one.parent_type is None]
    names = [each for group in groups for each in (group, *state.details(group))]
    return [pl.col(key).replace_strict(names, list(range(len(names))), return_dtype=pl.Int64)]
