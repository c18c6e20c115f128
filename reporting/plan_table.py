"""Action plan and investments as they are read, with what their figures make one ask under them.

A finding is in the data as a code in its row's ``finding``; in words it stands under the table.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import projections
from projections.dimensions import span_of
from reporting import numbers
from reporting.catalogue import Language, label
from reporting.notes import asked as asked_for
from reporting.notes import known
from reporting.tables import Column, Table, columns_of, table_of

if TYPE_CHECKING:
    import polars as pl

    from ledger.log import Book

#: Measures named in a note; the rest are counted.
_NAMED = 6
#: Columns that people have no room for.
_BROAD = {
    "action_plan": ("outcome_over_year", "measures", "without_effect", "without_forecast",
                    "effect_through", "finding"),
    "investments": ("parent_type", "decided_over_frame", "forecast_over_frame", "finding"),
}  # fmt: skip
#: The amounts that a finding sets against each other.
_AGAINST = {
    "forecast-below-effect": ("forecast", "effect"),
    "forecast-above-frame": ("forecast", "frame"),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """Something to ask about: its code, and in words which row and which amounts."""

    code: str
    text: str


@dataclass(frozen=True)
class Plan:
    """A table and its findings."""

    table: Table
    findings: tuple[Finding, ...]


def action_plan(
    book: Book,
    lang: Language,
    *,
    through: str | None,
    by: Sequence[str] = ("action_area",),
    brief: bool = False,
    **ask: Any,
) -> Plan:
    """The action plan; ``brief`` leaves out what a page has no room for."""
    frame = projections.action_plan(book, through, by=tuple(by), **ask)
    last = span_of(book, through, ask.get("year")).last
    each = projections.action_plan(book, through, by=("action",), **ask)[:-1]
    untold = {
        "no_effect": each.filter(each["without_effect"] > 0)["action"],
        "no_forecast": each.filter(each["without_forecast"] > 0)["action"],
    }
    notes = [label(f"note.{key}", lang, names=_names(of, lang)) for key, of in untold.items() if
             of.len()]  # fmt: skip
    older = each.filter(each["effect_through"] < last)
    if older.height:
        told = [f"{row['action']} ({row['effect_through']})" for row in older.to_dicts()]
        notes.append(label("note.older_effect", lang, names=_names(told, lang)))
    notes += [label(f"note.{key}", lang) for key in ("effect_percents", "savings")]
    return _plan(book, lang, "action_plan", frame, last, len(by) == 1, notes, brief, ask)


def investments(
    book: Book,
    lang: Language,
    *,
    through: str | None,
    by: Sequence[str] = ("investment_type",),
    brief: bool = False,
    **ask: Any,
) -> Plan:
    """The investments; ``brief`` leaves out what a page has no room for, and sets details in."""
    frame = projections.investments(book, through, by=tuple(by), **ask)
    last = span_of(book, through, ask.get("year")).last
    notes = [label("note.spent", lang)]
    plan = _plan(book, lang, "investments", frame, last, len(by) == 1, notes, brief, ask)
    if "parent_type" not in frame.columns:
        return plan
    inner = frozenset(i for i, group in enumerate(frame["parent_type"]) if group is not None)
    table = replace(plan.table, inner=inner)
    if brief and frame.columns[0] == "investment_type":
        rows = tuple(
            (f"  {row[0]}", *row[1:]) if i in inner else row for i, row in enumerate(table.rows)
        )
        table = replace(table, rows=rows)
    return replace(plan, table=table)


def actions(book: Book, lang: Language, *, through: str | None, **ask: Any) -> Table:
    """The measures, each with its words."""
    frame = projections.actions(book, through, **ask)
    amounts = projections.PROJECTIONS["actions"].amounts
    title = label("title.actions", lang, scale="{scale}")
    notes = (*asked_for(book, lang, **ask), label("note.savings", lang), known(book, lang))
    return table_of(frame, amounts, title, columns=_columns(frame, amounts, ()), notes=notes)


def action_plan_table(book: Book, lang: Language, **ask: Any) -> Table:
    """`action_plan` without its findings told apart."""
    return action_plan(book, lang, **ask).table


def investments_table(book: Book, lang: Language, **ask: Any) -> Table:
    """`investments` without its findings told apart."""
    return investments(book, lang, **ask).table


def _plan(
    book: Book,
    lang: Language,
    name: str,
    frame: pl.DataFrame,
    last: str,
    total: bool,
    notes: Sequence[str],
    brief: bool,
    ask: Mapping[str, Any],
) -> Plan:
    """The projection's frame as a table, findings first under it."""
    found = tuple(_findings(frame, lang))
    kind = projections.PROJECTIONS[name]
    told = [f"{label('message.finding', lang).capitalize()} [{f.code}]: {f.text}" for f in found]
    shown = frame.drop(_left_out(frame, name), strict=False) if brief else frame
    table = table_of(
        shown,
        kind.amounts,
        label(f"title.{name}", lang, through=last, scale="{scale}"),
        total=total,
        columns=_columns(shown, kind.amounts, kind.percents),
        notes=(*asked_for(book, lang, **ask), *told, *notes, known(book, lang)),
    )
    return Plan(table, found)


def _left_out(frame: pl.DataFrame, name: str) -> list[str]:
    """What people do not see: the broad columns, and parts of a frame that nobody decided."""
    parts = [part for part in ("frame_carried_over", "frame_revised") if part in frame.columns]
    unused = [part for part in parts if not (frame[part].fill_null(0) != 0).any()]
    whole = ["frame_decided"] if parts and unused == parts else []
    return [*_BROAD[name], *unused, *whole]


def _columns(frame: pl.DataFrame, amounts: Iterable[str], percents: Iterable[str]) -> list[Column]:
    """The frame's columns; an effect is what was saved so far, an event's position a number."""
    found = []
    for column in columns_of(frame, amounts):
        if column.key in percents:
            column = replace(column, kind="percent")
        elif column.key == "effect":
            column = replace(column, word="column.effect_so_far")
        elif column.key == "position":
            column = replace(column, kind="number")
        found.append(column)
    return found


def _findings(frame: pl.DataFrame, lang: Language) -> Iterable[Finding]:
    """The rows that have a finding, in words."""
    first = frame.columns[0]
    keys = [key for key in frame.columns[: frame.columns.index(_first_amount(frame))] if
            key not in ("parent_type",)]  # fmt: skip
    for row in frame.filter(frame["finding"].is_not_null()).to_dicts():
        high, low = (numbers.amount(row[name], lang) for name in _AGAINST[row["finding"]])
        name = " ".join(str(row[key]) for key in (first, *keys[1:]) if row[key] is not None)
        key = row["finding"].replace("-", "_")
        yield Finding(row["finding"], label(f"note.{key}", lang, row=name, one=high, other=low))


def _first_amount(frame: pl.DataFrame) -> str:
    return next(name for name, dtype in frame.schema.items() if dtype.is_integer())


def _names(names: Iterable[str], lang: Language) -> str:
    told = list(names)
    more = len(told) - _NAMED
    some = told[:_NAMED] + ([label("note.and_more", lang, count=more)] if more > 0 else [])
    return ", ".join(some)


#: The table of each plan, by the name of its projection.
PLANS: dict[str, Callable[..., Plan]] = {"action_plan": action_plan, "investments": investments}
