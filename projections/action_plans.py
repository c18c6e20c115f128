"""The action plan: what measures are to give, have given, and will give in the fiscal year."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from ledger.errors import NothingKnown
from ledger.families.action import Actions, Plan
from ledger.log import Book
from projections.amounts import narrowed, percent, total
from projections.counted import Counted, Formulas, derived
from projections.dimensions import Dimensions, Tree, as_known, axes, span_of
from projections.registry import projection

__all__ = ["action_plan", "actions"]

SUMS = ("assignment", "phased", "effect", "forecast")
FORMULAS: Formulas = {
    "variance": {"effect": 1, "phased": -1},
    "forecast_variance": {"forecast": 1, "assignment": -1},
}
FIGURES = ("assignment", "phased", "effect", "variance", "forecast", "forecast_variance")
PERCENTS = ("variance_over_assignment", "outcome_over_assignment", "outcome_over_year")
#: Dimensions that are the plan's own.
OWN = ("action_area", "action")

#: The finding of a row whose forecast of the year is below the effect already reached.
BELOW = "forecast-below-effect"

_FACTS: dict[str, type[pl.DataType]] = {
    "position": pl.Int64,
    "unit": pl.String,
    "action_area": pl.String,
    "action": pl.String,
    "amount": pl.Int64,
    "as_of": pl.String,
    "reached": pl.Int64,
}


@projection(FIGURES, PERCENTS)
def action_plan(
    book: Book,
    through: str | None = None,
    known_at: str | None = None,
    *,
    by: str | Iterable[str] = OWN[:1],
    unit: str | None = None,
    tree: str = "line",
    year: str | None = None,
) -> pl.DataFrame:
    """The action plan of the fiscal year that holds ``through``, effects and forecasts as told
    for that month or, where they were not, for the newest before it.

    Columns: the keys (String), ``name`` of the first where that is a level of the tree,
    ``assignment`` (of the whole year), ``phased`` (its part through the month), ``effect`` (given
    so far), ``variance`` (effect − phased), then three percentages of it, text with two decimals:
    ``variance_over_assignment`` (variance / phased, as division reports print it),
    ``outcome_over_assignment`` (effect / phased, as the director's report prints it),
    ``outcome_over_year`` (effect / assignment); ``forecast`` (of the whole year),
    ``forecast_variance`` (forecast − assignment), ``measures`` (Int64), ``without_effect`` and
    ``without_forecast`` (how many of them nobody told of), ``effect_through`` (the oldest month
    that an effect in the row is told for), ``finding`` (`BELOW` where the measures whose effect
    and forecast are both known will, in sum, give less than they have; else null).

    Amounts are Int64 öre in result sign: a saving is positive. Null where no measure of the row
    has any. Rows: ``by`` is one or several of action_area, action and the levels of the tree; one
    ends with a total. The plan is the one that holds at the known time, revisions included.

    Raises `ledger.errors.UsageError` for what is no period, `NothingKnown` where nothing is
    planned, and `BeyondSixtyFourBits`.
    """
    book = as_known(book, known_at)
    dimensions, counted = _question(book, through, by, unit, tree, year)
    keys = list(counted.keys)
    every = pl.concat(
        [part.with_columns(measure=pl.lit(name)) for name, part in counted.facts.items()]
    ).collect()
    frames = [every.group_by(keys).agg(_summed())]
    ranks = _ranks(book)
    order = [rank for key in keys for rank in (*_rank(key, ranks), pl.col(key))]
    frames[0] = frames[0].sort(order)
    if len(keys) == 1:
        none = pl.lit(None, pl.String)
        whole = every.select(none.alias(keys[0]), *_summed())
        frames.append(whole.with_columns(finding=none))
    table = pl.concat(frames).with_columns(derived(FORMULAS))
    parts = {
        "variance_over_assignment": percent(pl.col("variance"), pl.col("phased")),
        "outcome_over_assignment": percent(pl.col("effect"), pl.col("phased")),
        "outcome_over_year": percent(pl.col("effect"), pl.col("assignment")),
    }
    named = dimensions.by[0] not in OWN
    shown = table.lazy().with_columns(
        *(part.alias(name) for name, part in parts.items()),
        *((dimensions.name().alias("name"),) if named else ()),
    )
    return narrowed(
        shown.select(
            *(keys[0], *(("name",) if named else ()), *keys[1:]),
            *("assignment", "phased", "effect", "variance", *PERCENTS),
            *("forecast", "forecast_variance", "measures", "without_effect", "without_forecast"),
            *("effect_through", "finding"),
        ).collect(),
        FIGURES,
    )


def counted_plan(
    book: Book,
    through: str | None = None,
    *,
    by: str | Iterable[str] = OWN[:1],
    unit: str | None = None,
    tree: str = "line",
    year: str | None = None,
) -> Counted:
    """What `action_plan` counts, asked as it is."""
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
    plans = [plan for plan in book.state.of(Actions).plans.values() if last in plan.phased]
    if dimensions.below is not None:
        plans = [plan for plan in plans if plan.planned.unit in dimensions.below]
    if not plans:
        place = f" in {unit}" if unit is not None else ""
        raise NothingKnown(
            f"No measure is planned{place} for the fiscal year that holds {last}.",
            "Plan some with `ledger import`, or ask about another --year.",
        )
    rows: dict[str, list[tuple[object, ...]]] = {name: [] for name in SUMS}
    for plan in plans:
        _add(rows, plan, last)
    facts = {
        name: pl.LazyFrame(told, schema=_FACTS, orient="row").select(
            "position",
            *dimensions.keys(),
            pl.col("action").alias("of"),
            "amount",
            "as_of",
            "reached",
        )
        for name, told in rows.items()
    }
    return dimensions, Counted(tuple(dimensions.columns().values()), facts)


def _add(rows: dict[str, list[tuple[object, ...]]], plan: Plan, last: str) -> None:
    """A measure's facts, by measure of the table."""
    who = (plan.planned.unit, plan.planned.action_area, plan.planned.action)
    phased = sum(ore for month, ore in plan.phased.items() if month <= last)
    rows["assignment"].append((plan.now_at, *who, plan.now.amount, None, None))
    rows["phased"].append((plan.now_at, *who, phased, None, None))
    effect, forecast = plan.effect(last), plan.forecast(last)
    if effect is not None:
        rows["effect"].append((effect[1], *who, effect[2], effect[0], None))
    if forecast is not None:
        reached = None if effect is None else effect[2]
        rows["forecast"].append((forecast[1], *who, forecast[2], forecast[0], reached))


def _summed() -> list[pl.Expr]:
    """The sums of a row; null where it has nothing to sum."""

    def of(name: str, column: str = "amount") -> pl.Expr:
        return pl.col(column).filter(pl.col("measure") == name)

    sums = [pl.when(of(name).len() > 0).then(total(of(name))).alias(name) for name in SUMS]
    told = {name: of(name, "of").n_unique().cast(pl.Int64) for name in SUMS}
    both = (pl.col("measure") == "forecast") & pl.col("reached").is_not_null()
    less = total(pl.col("amount").filter(both)) < total(pl.col("reached").filter(both))
    return [
        *sums,
        told["assignment"].alias("measures"),
        (told["assignment"] - told["effect"]).alias("without_effect"),
        (told["assignment"] - told["forecast"]).alias("without_forecast"),
        of("effect", "as_of").min().alias("effect_through"),
        pl.when(less).then(pl.lit(BELOW)).alias("finding"),
    ]


def _ranks(book: Book) -> dict[str, list[str]]:
    """The plan's own codes in the order in which they were planned."""
    plans = [plan.planned for plan in book.state.of(Actions).plans.values()]
    return {key: list(dict.fromkeys(getattr(plan, key) for plan in plans)) for key in OWN}


def _rank(key: str, ranks: dict[str, list[str]]) -> list[pl.Expr]:
    if key not in ranks:
        return []
    codes = ranks[key]
    return [pl.col(key).replace_strict(codes, list(range(len(codes))), return_dtype=pl.Int64)]


_ACTIONS: dict[str, type[pl.DataType]] = {
    "unit": pl.String,
    "name": pl.String,
    "action": pl.String,
    "action_area": pl.String,
    "year": pl.String,
    "assignment": pl.Int64,
    "phasing": pl.String,
    "decision": pl.String,
    "effect": pl.Int64,
    "effect_through": pl.String,
    "forecast": pl.Int64,
    "forecast_through": pl.String,
    "text": pl.String,
    "responsible": pl.String,
    "position": pl.Int64,
}


@projection(("assignment", "effect", "forecast"), private=("text", "responsible"))
def actions(
    book: Book,
    through: str | None = None,
    known_at: str | None = None,
    *,
    unit: str | None = None,
    tree: str = "line",
) -> pl.DataFrame:
    """The measures that were ever planned, a row a fiscal year, in the order of planning.

    Columns: ``unit``, its ``name``, ``action``, ``action_area``, ``year`` (the one in which the
    fiscal year begins), ``assignment``, ``phasing``, ``decision``, ``effect`` and ``forecast``
    (Int64 öre, a saving is positive, null where nobody told) with the months for which they were
    told, ``text``, ``responsible``, ``position`` of the event that says what holds. Told for
    ``through`` or earlier, if given; of the ``unit`` and all below it.

    Raises `ledger.errors.UsageError`.
    """
    book = as_known(book, known_at)
    last = "9999-12" if through is None else book.period(through).last
    places = Tree(book, tree, last)
    inside = None if unit is None else places.below(unit)
    plans = [
        plan
        for plan in book.state.of(Actions).plans.values()
        if (inside is None or plan.planned.unit in inside) and plan.planned.first <= last
    ]
    words = {
        name: dict(book.private(name, [p.words_at[name] for p in plans if name in p.words_at])
                   .select("position", "value").iter_rows())
        for name in ("text", "responsible")
    }  # fmt: skip
    names, rows = places.unit_names(), []
    for plan in plans:
        who, effect, forecast = plan.planned, plan.effect(last), plan.forecast(last)
        rows.append(
            (
                *(who.unit, names.get(who.unit), who.action, who.action_area),
                *(who.first[:4], plan.now.amount, plan.now.phasing, plan.now.decision),
                *((effect[2], effect[0]) if effect else (None, None)),
                *((forecast[2], forecast[0]) if forecast else (None, None)),
                *(words[name].get(plan.words_at.get(name, -1)) for name in words),
                plan.now_at,
            )
        )
    return pl.DataFrame(rows, schema=_ACTIONS, orient="row")
