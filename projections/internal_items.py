"""Internal items: what units of one whole have booked against each other, and whether both have.

An entry is internal in a whole where its counterparty is one of the whole's own units. Taken out
of both sides it leaves the result as it is, so long as the sides meet; pairs that do not are
findings with both sides.
"""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from ledger.errors import UsageError
from ledger.log import Book
from projections import facts
from projections.amounts import narrowed, total
from projections.counted import Counted, Formulas, derived
from projections.dimensions import Dimensions, Span, as_known, axes, outcome_span
from projections.registry import projection

__all__ = ["eliminations", "internal", "internal_pairs"]

SUMS = ("income", "income_internal", "cost", "cost_internal")
FORMULAS: Formulas = {
    "income_net": {"income": 1, "income_internal": -1},
    "cost_net": {"cost": 1, "cost_internal": -1},
    "gross": {"income": 1, "cost": 1},
    "internal": {"income_internal": 1, "cost_internal": 1},
    "net": {"income": 1, "income_internal": -1, "cost": 1, "cost_internal": -1},
}
AMOUNTS = (
    *("income", "income_internal", "income_net", "cost", "cost_internal", "cost_net"),
    *("gross", "internal", "net"),
)

PAIR_AMOUNTS = ("booked", "counter_booked", "difference")
PAIR_FORMULAS: Formulas = {"difference": {"booked": 1, "counter_booked": 1}}

#: The finding of a pair whose sides do not sum to zero.
UNMET = "pair-unmet"


@projection(AMOUNTS)
def eliminations(
    book: Book,
    through: str | None = None,
    known_at: str | None = None,
    *,
    by: str | Iterable[str] = ("division",),
    unit: str | None = None,
    tree: str = "line",
    structure: str | None = None,
    year: str | None = None,
) -> pl.DataFrame:
    """Income and cost gross, the internal part of each, and net, accumulated through the month.

    Columns: the keys (String, ``name`` of the first), ``income``, ``income_internal``,
    ``income_net``, the same of ``cost``, and of both together ``gross``, ``internal`` and ``net``
    (Int64 öre, result sign). Internal is what has a counterparty in the organisation, or among
    the ``unit`` asked for and all below it. Rows, months and total as in `result`; the total's
    ``internal`` is what the two sides differ by (`internal_pairs`), 0 where they meet.

    Raises `ledger.errors.UsageError` and `BeyondSixtyFourBits`.
    """
    book = as_known(book, known_at)
    asked, dimensions = _question(book, through, by, unit, tree, structure, year)
    counted = _counted(facts.summed(book), book, asked, dimensions)
    keys = list(counted.keys)
    every = counted.sums()
    sums = [total(pl.col("amount").filter(pl.col("measure") == name)).alias(name) for name in SUMS]
    frames = [every.group_by(keys).agg(sums).sort(dimensions.order())]
    if len(keys) == 1:
        frames.append(every.select(pl.lit(None, pl.String).alias(keys[0]), *sums))
    wide = pl.concat(pl.collect_all(frames)).with_columns(derived(FORMULAS))
    named = wide.with_columns(name=dimensions.name()).select(*keys, "name", *AMOUNTS)
    return narrowed(named, AMOUNTS)


def counted_eliminations(
    book: Book,
    through: str | None = None,
    *,
    by: str | Iterable[str] = ("division",),
    unit: str | None = None,
    tree: str = "line",
    structure: str | None = None,
    year: str | None = None,
) -> Counted:
    """What `eliminations` counts, asked as it is."""
    asked = _question(book, through, by, unit, tree, structure, year)
    return _counted(facts.outcome(book), book, *asked)


def internal(book: Book, unit: str | None = None, dimensions: Dimensions | None = None) -> pl.Expr:
    """Whether an entry is internal in the whole organisation, or within a unit and all below."""
    if unit is not None and dimensions is not None and dimensions.below is not None:
        return pl.col("counterparty_unit").is_in(sorted(dimensions.below)).fill_null(False)
    return pl.col("counterparty_unit").is_in(sorted(book.organisation.units)).fill_null(False)


def _question(
    book: Book,
    through: str | None,
    by: str | Iterable[str],
    unit: str | None,
    tree: str,
    structure: str | None,
    year: str | None,
) -> tuple[Span, Dimensions]:
    asked = outcome_span(book, through, year)
    dimensions = Dimensions(
        book,
        asked.last,
        axes(by),
        unit=unit,
        tree=tree,
        structure=structure,
        noun="result",
        dated=True,
    )
    return asked, dimensions


def _counted(outcome: pl.LazyFrame, book: Book, asked: Span, dimensions: Dimensions) -> Counted:
    booked = dimensions.within(facts.months_in(outcome, asked.months))
    inside = internal(book, dimensions.unit, dimensions)
    found = {}
    for side in ("income", "cost"):
        of = booked.filter(pl.col("account").is_in(facts.result_accounts(book, (side,))))
        for name, part in ((side, of), (f"{side}_internal", of.filter(inside))):
            found[name] = part.select("position", *dimensions.keys(), "amount")
    return Counted(tuple(dimensions.columns().values()), found)


_PAIRS: dict[str, type[pl.DataType]] = {
    "unit": pl.String,
    "name": pl.String,
    "counterparty": pl.String,
    "counterparty_name": pl.String,
    "booked": pl.Int64,
    "counter_booked": pl.Int64,
    "difference": pl.Int64,
    "finding": pl.String,
}


@projection(PAIR_AMOUNTS)
def internal_pairs(
    book: Book,
    through: str | None = None,
    known_at: str | None = None,
    *,
    by: str | Iterable[str] = ("division",),
    unit: str | None = None,
    tree: str = "line",
    year: str | None = None,
) -> pl.DataFrame:
    """What two units have booked against each other, accumulated through the month.

    Columns: ``unit``, ``name``, ``counterparty``, ``counterparty_name`` (String, the lower code
    first), ``booked`` (Int64 öre, result sign: what the first has booked against the second),
    ``counter_booked`` (what the second has against the first), ``difference`` (their sum, 0 where
    they meet), ``finding`` (String: pair-unmet, or null).

    Rows: pairs of units of the level ``by`` in the order of codes; one beside itself are items
    within it, its income first. Only pairs within the ``unit`` asked for. A pair that meets may
    hide units below that do not: ask by unit.

    Raises `ledger.errors.UsageError` and `BeyondSixtyFourBits`.
    """
    book = as_known(book, known_at)
    dimensions, counted = _pairs(facts.summed(book), book, through, by, unit, tree, year)
    every = pl.concat([p.with_columns(measure=pl.lit(m)) for m, p in counted.facts.items()])
    sums = (
        every.group_by(counted.keys)
        .agg(
            total(pl.col("amount").filter(pl.col("measure") == name)).alias(name)
            for name in counted.facts
        )
        .with_columns(derived(PAIR_FORMULAS))
        .sort(counted.keys)
        .collect()
    )
    names = dimensions.tree.unit_names()

    def named(column: str) -> pl.Expr:
        keys, values = list(names), list(names.values())
        return pl.col(column).replace_strict(keys, values, default=None, return_dtype=pl.String)

    unmet = pl.when(pl.col("difference") != 0).then(pl.lit(UNMET))
    shown = sums.with_columns(
        name=named("unit"), counterparty_name=named("counterparty"), finding=unmet
    )
    return narrowed(shown.select(*_PAIRS), PAIR_AMOUNTS)


def counted_pairs(
    book: Book,
    through: str | None = None,
    *,
    by: str | Iterable[str] = ("division",),
    unit: str | None = None,
    tree: str = "line",
    year: str | None = None,
) -> Counted:
    """What `internal_pairs` counts, asked as it is."""
    return _pairs(facts.outcome(book), book, through, by, unit, tree, year)[1]


def _pairs(
    outcome: pl.LazyFrame,
    book: Book,
    through: str | None,
    by: str | Iterable[str],
    unit: str | None,
    tree: str,
    year: str | None,
) -> tuple[Dimensions, Counted]:
    """The rows that are asked for, and the entries of each side."""
    asked, dimensions = _question(book, through, by, unit, tree, None, year)
    if len(dimensions.by) != 1 or dimensions.by[0] not in dimensions.levels:
        raise UsageError("Pairs are of units.", "Give one level of the tree as --by.")
    booked = dimensions.within(facts.months_in(outcome, asked.months))
    level = dimensions.by[0]
    income = facts.result_accounts(book, ("income",))
    one, other = pl.col("one"), pl.col("other")
    first = pl.when(one == other).then(pl.col("account").is_in(income)).otherwise(one < other)
    entries = (
        booked.filter(internal(book, unit, dimensions))
        .with_columns(dimensions.key(level).alias("one"))
        .with_columns(unit="counterparty_unit")
        .with_columns(dimensions.key(level).alias("other"))
        .select(
            "position",
            unit=pl.min_horizontal("one", "other"),
            counterparty=pl.max_horizontal("one", "other"),
            first=first,
            amount="amount",
        )
    )
    keys = ("unit", "counterparty")
    sides = {"booked": pl.col("first"), "counter_booked": ~pl.col("first")}
    return dimensions, Counted(
        keys,
        {
            name: entries.filter(side).select("position", *keys, "amount")
            for name, side in sides.items()
        },
    )
