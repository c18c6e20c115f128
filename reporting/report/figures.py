"""The tables whose figures prose may name, by the noun that it names them with."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from ledger.money import percent
from reporting import (
    followed_tables,
    followup_table,
    plan_table,
    region_tables,
    reports,
    staffing_table,
    variance_table,
)
from reporting.tables import Column, Table, Value

if TYPE_CHECKING:
    from reporting.report.document import Question


def _asked(ask: Question, **more: Any) -> dict[str, Any]:
    return {"through": ask.through, "unit": ask.unit, **more}


def _result(ask: Question, *by: str) -> Table:
    return reports.result(ask.book, ask.lang, **_asked(ask, by=by))


def _follow_up(ask: Question, *by: str) -> Table:
    return followup_table.follow_up(ask.book, ask.lang, **_asked(ask, by=by))


def costs(ask: Question) -> Table:
    """Cost development with its total, its change and the change in percent of last year."""
    table = reports.cost_development(ask.book, ask.lang, **_asked(ask))
    keys = [column.key for column in table.columns]
    now_at, then_at = keys.index("outcome"), keys.index("last_year")
    kept = [(row[0], int(row[now_at] or 0), int(row[then_at] or 0)) for row in table.rows]
    kept.append((None, sum(row[1] for row in kept), sum(row[2] for row in kept)))
    rows: list[tuple[Value, ...]] = []
    for name, now, then in kept:
        grown = percent(then - now, abs(then))
        rows.append((name, now, then, now - then, None if grown is None else Decimal(grown)))
    columns = (
        *(table.columns[place] for place in (0, now_at, then_at)),
        Column("change", "amount", signed=True),
        Column("change_percent", "percent", signed=True),
    )
    return Table(table.title, columns, tuple(rows), total=True)


def _staffing(ask: Question, name: str) -> Table:
    return staffing_table.staffing(ask.book, ask.lang, table=name, **_asked(ask))


def _followed(ask: Question, noun: str) -> Table:
    return followed_tables.table(noun, ask.book, ask.lang, **_asked(ask))


def _region(ask: Question, name: str) -> Table:
    unit = None if ask.is_whole else ask.unit
    return region_tables.region(name, ask.book, ask.lang, through=ask.through, unit=unit).table


#: The nouns; each table is asked for the report's month and unit.
FIGURES: dict[str, Callable[[Question], Table]] = {
    "result": lambda ask: _result(ask, "area"),
    "units": lambda ask: _result(ask, "unit"),
    "lines": lambda ask: _result(ask, "line"),
    "accounts": lambda ask: _result(ask, "account"),
    "costs": costs,
    "region": lambda ask: _region(ask, "region_summary"),
    "divisions": lambda ask: _region(ask, "divisions"),
    "statement": lambda ask: _region(ask, "statement"),
    "follow_up": lambda ask: _follow_up(ask, "line"),
    "special": lambda ask: followup_table.special(
        ask.book, ask.lang, through=ask.through, unit=ask.unit
    ),
    "marks": lambda ask: _follow_up(ask, "mark"),
    "marked_accounts": lambda ask: _follow_up(ask, "account"),
    "action_plan": lambda ask: plan_table.action_plan_table(ask.book, ask.lang, **_asked(ask)),
    "investments": lambda ask: plan_table.investments_table(ask.book, ask.lang, **_asked(ask)),
    "variances": lambda ask: variance_table.variances_table(
        ask.book, ask.lang, **_asked(ask, by=("line",))
    ),
    "staffing": lambda ask: _staffing(ask, "overview"),
    "time": lambda ask: _staffing(ask, "time"),
    "headcount": lambda ask: _staffing(ask, "headcount"),
    "sick_leave": lambda ask: _staffing(ask, "sick-leave"),
    "scorecard": lambda ask: _followed(ask, "scorecard"),
    "statistics": lambda ask: _followed(ask, "statistics"),
}
