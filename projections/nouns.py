"""The nouns whose figures can be traced and compared: their table, and what it counts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from inspect import signature
from typing import Any

import polars as pl

from ledger.errors import UsageError
from projections import (
    account_balance,
    action_plans,
    balanced_budget,
    cost_growth,
    explained_variances,
    forecast_rounds,
    internal_items,
    investment_frames,
    marked_entries,
    period_result,
    side_by_side,
    special_costs,
    staff_tables,
    statements,
)
from projections.counted import Counted, Formulas
from projections.dimensions import CODES, Span, outcome_span
from projections.staff_facts import staffing_span

Ask = dict[str, Any]


@dataclass(frozen=True)
class Noun:
    """A table, what it counts, and its figures.

    ``table`` and ``counted`` are asked alike: (book, **ask). ``figures`` are the table's columns
    of öre, ``formulas`` those of them that are sums of others, ``default`` the one that is meant
    where none is named. ``rows`` are the dimensions that name a cell of it. In a table
    ``by_level`` a unit is a row of its level; else it is the part that is asked about. Of one that
    is not ``compared`` nobody tells by what cause it changed. ``months`` says which are asked for;
    ``hours`` and ``people`` are the figures that are no money. Rows that are not ``summed`` have no
    total that is theirs alone: one of them must be named. ``beside`` are the keys of a row that
    are a unit too, beside the row's own. The total of a table ``of_level`` is of its rows
    alone: another on another level.
    """

    name: str
    table: Callable[..., pl.DataFrame]
    counted: Callable[..., Counted]
    figures: tuple[str, ...]
    formulas: Formulas
    default: str
    rows: tuple[str, ...]
    by_level: bool = False
    month_default: str | None = None
    compared: bool = True
    months: Callable[..., Span] = outcome_span
    hours: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    summed: bool = True
    beside: tuple[str, ...] = ()
    of_level: bool = False

    def figure(self, name: str | None, *, month: bool = False) -> str:
        """The figure of that name, the default (of a ``month``) if None; `UsageError` for what is
        none."""
        if name is None:
            return (self.month_default if month else None) or self.default
        if name not in self.figures:
            raise UsageError(
                f"The table has no figure {name!r}.", f"Known: {', '.join(self.figures)}."
            )
        return name

    def question(self, ask: Ask) -> Ask:
        """The words of a question that the table has; `UsageError` for one that it lacks."""
        known = signature(self.table).parameters
        if any(each.kind is each.VAR_KEYWORD for each in known.values()):
            return dict(ask)
        for name, value in ask.items():
            if name not in known and value not in (None, "accumulated"):
                option = name.removesuffix("_at")
                raise UsageError(f"The table knows no {option}.", f"Leave --{option} out.")
        return {name: value for name, value in ask.items() if name in known}

    def takes(self, name: str) -> bool:
        """Whether the table is asked with that word."""
        return name in signature(self.table).parameters

    def rows_to(self, name: str) -> tuple[str, ...]:
        """The rows of the table in which ``name`` is a key, and no other that need not be."""
        return (name,) if self.by_level else self.rows[: self.rows.index(name) + 1]


NOUNS: dict[str, Noun] = {
    noun.name: noun
    for noun in (
        Noun(
            "result",
            period_result.result,
            period_result.counted_result,
            period_result.AMOUNTS,
            period_result.FORMULAS,
            "outcome",
            CODES,
            by_level=True,
        ),
        Noun(
            "cost_development",
            cost_growth.cost_development,
            cost_growth.counted_cost,
            cost_growth.SUMS,
            {},
            "outcome",
            ("line",),
        ),
        Noun(
            "balance",
            account_balance.balance,
            account_balance.counted_balance,
            account_balance.AMOUNTS,
            account_balance.FORMULAS,
            "closing",
            ("account", "month"),
            month_default="change",
        ),
        Noun(
            "eliminations",
            internal_items.eliminations,
            internal_items.counted_eliminations,
            internal_items.AMOUNTS,
            internal_items.FORMULAS,
            "internal",
            CODES,
            by_level=True,
            compared=False,
        ),
        Noun(
            "forecast",
            forecast_rounds.forecast_round,
            forecast_rounds.counted_round,
            forecast_rounds.ROUND_AMOUNTS,
            forecast_rounds.ROUND_FORMULAS,
            "year_end",
            ("line",),
        ),
        Noun(
            "follow_up",
            marked_entries.follow_up,
            marked_entries.counted_follow_up,
            marked_entries.SUMS,
            {},
            "outcome",
            ("mark", *CODES),
            by_level=True,
            compared=False,
        ),
        Noun(
            "action_plan",
            action_plans.action_plan,
            action_plans.counted_plan,
            action_plans.FIGURES,
            action_plans.FORMULAS,
            "effect",
            action_plans.OWN,
            by_level=True,
            compared=False,
        ),
        Noun(
            "investments",
            investment_frames.investments,
            investment_frames.counted_investments,
            investment_frames.FIGURES,
            investment_frames.FORMULAS,
            "outcome",
            investment_frames.OWN,
            by_level=True,
            compared=False,
        ),
        Noun(
            "variances",
            explained_variances.variances,
            explained_variances.counted_variances,
            explained_variances.AMOUNTS,
            explained_variances.FORMULAS,
            "variance",
            ("line",),
        ),
        Noun(
            "staffing",
            staff_tables.staffing,
            staff_tables.counted_staffing,
            tuple(staff_tables.SUMMED),
            {},
            "worked_hours",
            (),
            by_level=True,
            compared=False,
            months=staffing_span,
            hours=tuple(c for c, m in staff_tables.SUMMED.items() if c != m),
            people=tuple(c for c, m in staff_tables.SUMMED.items() if c == m),
        ),
        Noun(
            "special_follow_up",
            special_costs.special_rows,
            special_costs.counted_special,
            (*special_costs.AMOUNTS, *special_costs.HOURS),
            special_costs.FORMULAS,
            "total",
            ("mark", "line"),
            compared=False,
            hours=special_costs.HOURS,
        ),
        Noun(
            "divisions",
            side_by_side.divisions,
            side_by_side.counted_divisions,
            side_by_side.AMOUNTS,
            side_by_side.FORMULAS,
            "outcome",
            (),
            by_level=True,
            compared=False,
            of_level=True,
        ),
        Noun(
            "statement",
            statements.statement,
            statements.counted_statement,
            statements.AMOUNTS,
            statements.FORMULAS,
            "gross",
            ("line",),
            compared=False,
            summed=False,
        ),
        Noun(
            "balance_requirement",
            balanced_budget.balance_requirement,
            balanced_budget.counted_requirement,
            balanced_budget.AMOUNTS,
            {},
            "outcome",
            ("line",),
            compared=False,
            summed=False,
        ),
        Noun(
            "region_summary",
            statements.region_summary,
            statements.counted_summary,
            statements.SUMMARY_AMOUNTS,
            statements.SUMMARY_FORMULAS,
            "outcome",
            ("figure",),
            compared=False,
            summed=False,
        ),
        Noun(
            "internal_pairs",
            internal_items.internal_pairs,
            internal_items.counted_pairs,
            internal_items.PAIR_AMOUNTS,
            internal_items.PAIR_FORMULAS,
            "difference",
            ("counterparty",),
            by_level=True,
            compared=False,
            summed=False,
            beside=("counterparty",),
        ),
    )
}


def noun_of(name: str) -> Noun:
    """The noun of that name, also as it is written on the command line."""
    found = NOUNS.get(name.replace("-", "_"))
    if found is None:
        known = ", ".join(each.replace("_", "-") for each in NOUNS)
        raise UsageError(f"There is no table {name!r} to ask about.", f"Known: {known}.")
    return found
