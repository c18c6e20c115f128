"""Units of one level side by side: divisions of the line organisation, or of another tree."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

import polars as pl

from ledger.errors import NothingKnown, UsageError
from ledger.log import Book
from ledger.money import percent
from ledger.periods import months_between, shift
from projections import facts
from projections.action_plans import action_plan
from projections.amounts import narrowed, total
from projections.counted import Counted, Formulas
from projections.dimensions import THEN, Dimensions, Span, as_known, axes, outcome_span
from projections.period_result import counted_result, result
from projections.registry import projection

__all__ = ["divisions", "published"]

T = TypeVar("T")

SINCE = (
    "before_published",
    "before_known",
    "change_published",
    "change_known",
)
AMOUNTS = (
    *("outcome", "budget", "variance", *SINCE),
    *("last_year", "change_last_year", "annual_budget", "forecast", "forecast_variance"),
    *("last_year_whole", "forecast_change"),
)
PERCENTS = ("action_percent", "cost_percent")
_TEXT = dict.fromkeys(("unit", "name"), pl.String)
_SCHEMA = _TEXT | dict.fromkeys(AMOUNTS, pl.Int128) | dict.fromkeys(PERCENTS, pl.String)

#: Columns of `result` that are taken as they are.
_TAKEN = ("outcome", "budget", "last_year", "annual_budget", "forecast")
#: What is not taken and not a percentage: differences of two columns.
_LESS = {
    "variance": ("outcome", "budget"),
    "change_published": ("outcome", "before_published"),
    "change_known": ("outcome", "before_known"),
    "change_last_year": ("outcome", "last_year"),
    "forecast_variance": ("forecast", "annual_budget"),
    "forecast_change": ("forecast", "last_year_whole"),
}
FORMULAS: Formulas = {name: {of: 1, less: -1} for name, (of, less) in _LESS.items()}


@projection(AMOUNTS, PERCENTS)
def divisions(
    book: Book,
    through: str | None = None,
    known_at: str | None = None,
    *,
    by: str | Iterable[str] | None = None,
    unit: str | None = None,
    tree: str = "line",
    year: str | None = None,
    published_at: str | None = None,
) -> pl.DataFrame:
    """The units of one level of a tree beside each other, and their sum.

    Columns: ``unit``, ``name`` (String), ``outcome``, ``budget``, ``variance`` of the fiscal year
    through the month; ``before_published`` and ``before_known``: the outcome through the month
    before, as it was when published (`published`, or ``published_at``) and as it is known now, with
    ``change_published`` and ``change_known`` since; ``last_year`` (same months) and
    ``change_last_year``; ``annual_budget``, ``forecast`` (the adopted round's, as `result` has it),
    ``forecast_variance``; ``last_year_whole`` and ``forecast_change`` since; ``action_percent``
    (String: effect of the phased assignment, as the director's report has it; null where none is
    told through the month) and ``cost_percent`` (String: accumulated cost against last year,
    positive is grown). Amounts Int64 öre, result sign.

    Rows: the units of the level ``by`` (division, or unit of another tree than line), in code
    order, then their sum with ``unit`` null: what stands above or beside the level is not in it.
    Null is unknown; a sum with an unknown part is. The month before is null in the fiscal year's
    first. Units stand as in `result`: ``line@then`` has those of other months too.

    Raises `ledger.errors.UsageError` for what is unknown, and `BeyondSixtyFourBits`.
    """
    book = as_known(book, known_at)
    asked, dimensions, ask = _question(book, through, by, unit, tree, year)
    rows = _side_by_side(book, asked, dimensions, ask, published_at)
    sums: dict[str, Any] = {"unit": None, "name": None}
    for name in rows[0] if rows else ():
        parts = [row[name] for row in rows]
        if name not in _TEXT:
            known = [part for part in parts if part is not None]
            partial = name in ("effect", "phased")
            whole = bool(known) if partial else len(known) == len(parts)
            sums[name] = sum(known) if whole else None
    shown = [_finished(row) for row in (*rows, sums)] if rows else []
    return narrowed(pl.DataFrame(shown, schema=_SCHEMA), AMOUNTS)


def counted_divisions(
    book: Book,
    through: str | None = None,
    *,
    by: str | Iterable[str] | None = None,
    unit: str | None = None,
    tree: str = "line",
    year: str | None = None,
    published_at: str | None = None,
) -> Counted:
    """What `divisions` counts, asked as it is."""
    asked, dimensions, ask = _question(book, through, by, unit, tree, year)
    now = counted_result(book, asked.last, **ask)
    found = {name: part for name, part in now.facts.items() if name in _TAKEN}
    found |= outcome_before(book, asked, published_at, ask)
    booked = dimensions.within(facts.outcome(book))
    whole = facts.months_in(booked, _year_before(book, asked))
    found["last_year_whole"] = whole.select("position", *dimensions.keys(), "amount")
    listed = pl.col("unit").is_in(dimensions.listed or [])
    rows = {
        name: part.select("position", "unit", "amount").filter(listed)
        for name, part in found.items()
    }
    return Counted(("unit",), rows, now.unshared)


def _question(
    book: Book,
    through: str | None,
    by: str | Iterable[str] | None,
    unit: str | None,
    tree: str,
    year: str | None,
) -> tuple[Span, Dimensions, dict[str, Any]]:
    """The months, the rows, and how the result of them is asked."""
    asked = outcome_span(book, through, year)
    levels = axes(by if by is not None else ("division" if _line(tree) else "unit"))
    dimensions = Dimensions(book, asked.last, levels, unit=unit, tree=tree, dated=True)
    if len(levels) != 1 or dimensions.listed is None or levels[0] not in dimensions.levels:
        raise UsageError(
            f"Rows by {','.join(levels)} do not stand side by side.",
            f"Give one level of the tree: {', '.join(sorted(dimensions.tree.levels))}.",
        )
    return asked, dimensions, {"by": levels, "unit": unit, "tree": tree}


def published(book: Book, month: str) -> Book | None:
    """The book as it was when the month's books were first closed for the whole organisation,
    preliminarily or for good; None where they never were."""
    root = book.organisation.require_founded().root
    closed = book.events("governance.period_closed").filter(
        (pl.col("period") == month)
        & (pl.col("family_closed") == "outcome")
        & (pl.col("unit") == root)
    )
    return None if closed.is_empty() else book.at(str(closed["recorded_at"][0]))


def month_before(
    book: Book, asked: Span, published_at: str | None, ask: Mapping[str, Any]
) -> tuple[pl.DataFrame | None, pl.DataFrame | None]:
    """The result through the month before, asked so: as known now, and as it was published.

    None where the fiscal year begins with the month asked for, or nobody booked or published
    anything before it, or what is asked about was not there when it was published.
    """
    return _before(book, asked, published_at, lambda each, month: result(each, month, **ask))


def outcome_before(
    book: Book, asked: Span, published_at: str | None, ask: Mapping[str, Any]
) -> dict[str, pl.LazyFrame]:
    """The facts behind `month_before`'s outcome, asked so: ``before_known`` and
    ``before_published``, without what is not known."""
    known, told = _before(
        book,
        asked,
        published_at,
        lambda each, month: counted_result(each, month, **ask).facts["outcome"],
    )
    found = {"before_known": known, "before_published": told}
    return {name: part for name, part in found.items() if part is not None}


def _before(
    book: Book, asked: Span, published_at: str | None, answer: Callable[[Book, str], T]
) -> tuple[T | None, T | None]:
    """The answer of the month before: as known now, and as it was published."""
    before = shift(asked.last, -1)
    if before not in asked.months:
        return None, None
    then = book.at(published_at) if published_at else published(book, before)
    known = answer(book, before) if _begun(book, before) else None
    if then is None or not _begun(then, before):
        return known, None
    try:
        return known, answer(then, before)
    except UsageError:  # the question is good, `book` answers it: the tree or unit came later
        return known, None


def _begun(book: Book, month: str) -> bool:
    """Whether anything is booked in a month or earlier."""
    return any(booked <= month for booked in book.months)


def _line(tree: str) -> bool:
    return tree.partition("@")[0] == "line"


def _side_by_side(
    book: Book,
    asked: Span,
    dimensions: Dimensions,
    ask: Mapping[str, Any],
    published_at: str | None,
) -> list[dict[str, Any]]:
    """A row a unit with all sums, before what is computed of them."""
    listed = dimensions.listed or []
    found = _by_unit(result(book, asked.last, **ask))
    known, told = (
        _by_unit(frame) if frame is not None else {}
        for frame in month_before(book, asked, published_at, ask)
    )
    year_before = _year_before(book, asked)
    booked = _booked(book, dimensions, {*asked.months, *asked.last_year, *year_before})
    costs = booked.filter("cost")
    cost, cost_before = _summed(costs, asked.months), _summed(costs, asked.last_year)
    whole = _summed(booked, year_before)
    plans = _plans(book, asked.last, ask)
    rows = []
    for unit in listed:
        row = found.get(unit, {})
        plan = plans.get(unit, {})
        rows.append(
            {
                "unit": unit,
                "name": row.get("name"),
                **{name: row.get(name) for name in _TAKEN},
                "before_published": told.get(unit, {}).get("outcome"),
                "before_known": known.get(unit, {}).get("outcome"),
                "last_year_whole": whole.get(unit, 0),
                "effect": plan.get("effect"),
                "phased": plan.get("phased"),
                "cost": cost.get(unit, 0),
                "cost_before": cost_before.get(unit, 0),
            }
        )
    return rows


def _year_before(book: Book, asked: Span) -> Sequence[str]:
    """The months of the fiscal year before."""
    return months_between(*book.organisation.calendar.year_of(shift(asked.year[0], -1)))


def _finished(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row with its differences and percentages."""
    done = {name: row[name] for name in _SCHEMA if name in row}
    for name, (of, less) in _LESS.items():
        known = row[of] is not None and row[less] is not None
        done[name] = row[of] - row[less] if known else None
    effect, phased = row["effect"], row["phased"]
    done["action_percent"] = percent(effect, phased) if effect is not None and phased else None
    grown = row["cost_before"] - row["cost"]
    done["cost_percent"] = percent(grown, abs(row["cost_before"])) if row["cost_before"] else None
    return done


def _by_unit(frame: pl.DataFrame) -> dict[str, dict[str, Any]]:
    return {row["unit"]: row for row in frame.to_dicts() if row["unit"] is not None}


def _booked(book: Book, dimensions: Dimensions, months: Iterable[str]) -> pl.DataFrame:
    """What is booked in these months: ``unit``, ``period``, ``cost`` (Boolean: on accounts of
    costs), ``amount`` (wide öre)."""
    cost = pl.col("account").is_in(facts.result_accounts(book, ("cost",)))
    return (
        facts.months_in(dimensions.within(facts.summed(book)), sorted(months))
        .group_by(*dimensions.keys(), "period", cost.alias("cost"))
        .agg(total("amount").alias("amount"))
        .collect()
    )


def _summed(booked: pl.DataFrame, months: Sequence[str]) -> dict[str, int]:
    """Sums of these months by unit."""
    within = booked.filter(pl.col("period").is_in(list(months)))
    frame = within.group_by("unit").agg(pl.col("amount").sum())
    return {key: int(amount) for key, amount in frame.iter_rows()}


def _plans(book: Book, last: str, ask: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Effect and phased assignment by unit; nothing where nothing is planned."""
    try:
        now = str(ask["tree"]).removesuffix(THEN)
        plans = action_plan(book, last, **{**ask, "tree": now})
        return _by_unit(plans.filter(pl.col("effect_through") == last))
    except NothingKnown:
        return {}
