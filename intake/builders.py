"""From a kind's values to the command that records them.

A builder gives the parts of a batch: what to register first, and the command itself. Rows with a
cell that could not be read go along with a null in its place, so that the rules still find all
else that is wrong; where a command cannot take a null, the row is left out.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import polars as pl

from intake.cells import Values
from intake.columns import Kind
from intake.follow_builders import FOLLOWED_BUILDERS
from intake.outcome import outcome
from intake.parts import Builder, Parts, registered
from intake.plan_kinds import ACTION, INVESTMENT
from intake.wishes import ImportOptions
from ledger.families.action import RecordActions
from ledger.families.budget import BUDGET_ROWS, DecideBudget
from ledger.families.erasure_commands import HoldRow, PlaceHolds, RetentionRow, RuleRetention
from ledger.families.forecast import Assume
from ledger.families.forecast_entry import EnterForecast
from ledger.families.investment import RecordInvestments
from ledger.families.organisation import Organisation
from ledger.families.organisation_commands import (
    AccountRow,
    ChangeSettings,
    CodeRow,
    DecideStructures,
    RegisterAccounts,
    RegisterCodes,
    RegisterUnits,
    StructureRow,
    UnitRow,
)
from ledger.families.outcome import TOTAL_KEY
from ledger.families.outcome_totals import RestateTotals
from ledger.families.risk import ASSESSED, RecordRisks
from ledger.families.roles import ChangeRoles, RoleRow
from ledger.families.staffing import STAFFING_ROWS, ReportStaffing


def balances(values: Values, organisation: Organisation, options: ImportOptions) -> Parts:
    """Month totals."""
    names = dict.fromkeys(TOTAL_KEY, pl.String)
    columns = {"line": list(values.lines), "amount": _placed(values, "unit", "account")}
    columns |= {name: values.of(name) for name in names}
    frame = pl.DataFrame(columns, schema={"line": pl.Int64, "amount": pl.Int64, **names})
    parts = registered(values, organisation, options, values.of("period"))
    parts.commands.append(RestateTotals(frame, values.file))
    return parts


def _placed(values: Values, *names: str) -> list[int | None]:
    """Amounts, null where a row lacks one of the codes: the rules tell of it, and the row goes no
    further."""
    codes = [values.of(name) for name in names]
    return [
        amount if all(column[place] for column in codes) else None
        for place, amount in enumerate(values.of("amount"))
    ]


def budget(values: Values, organisation: Organisation, options: ImportOptions) -> Parts:
    """Budget rows, by month or by year."""
    years, periods = values.of("year"), values.of("period")
    missing = values.by_column.keys().isdisjoint(("year", "period"))
    for place, line in enumerate(values.lines):
        if missing or values.is_unread(place, "year", "period"):
            continue
        if years[place] is None and periods[place] is None:
            values.teller.tell(
                "empty-field", line, "period and year are both empty", "Fill in one of them."
            )
        elif years[place] is not None and periods[place] is not None:
            found = f"both the month {periods[place]} and the year {years[place]}"
            values.teller.tell("two-periods", line, found, "Keep one of them.")
    columns = {name: values.of(name) for name in BUDGET_ROWS}
    accounts = values.of("account")
    nowhere = values.by_column.keys().isdisjoint(("account", "line"))
    columns |= {
        "line": list(values.lines),
        "report_line": values.of("line"),
        "amount": _placed(values, "unit"),
        # an empty account is told by the rules, where there is no line either
        "account": [
            "" if a is None and not nowhere and not values.is_unread(p, "account", "line") else a
            for p, a in enumerate(accounts)
        ],
    }
    frame = pl.DataFrame(columns, schema=BUDGET_ROWS)
    months = [p or (f"{y}-01" if y else None) for p, y in zip(periods, years, strict=True)]
    parts = registered(values, organisation, options, months)
    parts.commands.append(DecideBudget(frame, values.file))
    return parts


def _rows(values: Values, **names: str) -> Iterable[tuple[int, dict[str, Any]]]:
    """Rows without unread cells, as mappings under the names that the command takes."""
    columns = {theirs: values.of(ours) for theirs, ours in names.items()}
    for place, line in enumerate(values.lines):
        if not values.is_unread(place):
            yield line, {theirs: cells[place] for theirs, cells in columns.items()}


def forecast(values: Values, organisation: Organisation, options: ImportOptions) -> Parts:
    """Entries of a forecast round."""
    same = {name: name for name in ("round", "unit", "amount", "period", "method", "comment")}
    rows = tuple({"line": n, **row} for n, row in _rows(values, report_line="line", **same))
    return Parts([EnterForecast(rows, values.file)])


def assumption(values: Values, organisation: Organisation, options: ImportOptions) -> Parts:
    """Assumptions of a forecast round."""
    names = {
        "round": "round",
        "unit": "unit",
        "report_line": "line",
        "assumption": "kind",
        "amount": "amount",
        "first": "from",
        "last": "to",
        "text": "text",
    }
    rows = tuple({"line": n, **row} for n, row in _rows(values, **names))
    return Parts([Assume(rows, values.file)])


def risk(values: Values, organisation: Organisation, options: ImportOptions) -> Parts:
    """Risks identified, reassessed and closed."""
    same = dict.fromkeys(("risk", "unit", "category", "responsible", "state", "reason", *ASSESSED))
    names = {name: name for name in (*same, "text")}
    names |= {"report_line": "line", "first": "from", "last": "to"}
    rows = tuple({"line": n, **row} for n, row in _rows(values, **names))
    return Parts([RecordRisks(rows, values.file)])


def action(values: Values, organisation: Organisation, options: ImportOptions) -> Parts:
    """Savings measures planned, reported and forecast."""
    rows = tuple({"line": n, **row} for n, row in _rows(values, **_as_they_are(ACTION)))
    return Parts([RecordActions(rows, values.file)])


def investment(values: Values, organisation: Organisation, options: ImportOptions) -> Parts:
    """Frames, investments and their forecast."""
    rows = tuple({"line": n, **row} for n, row in _rows(values, **_as_they_are(INVESTMENT)))
    return Parts([RecordInvestments(rows, values.file)])


def _as_they_are(kind: Kind) -> dict[str, str]:
    """The kind's columns, under their own names."""
    return {column.name: column.name for column in kind.columns}


def staffing(values: Values, organisation: Organisation, options: ImportOptions) -> Parts:
    """Staffing reported and restated; of a row with a cell that could not be read, no value."""
    columns = {name: values.of(name) for name in STAFFING_ROWS}
    columns |= {
        "line": list(values.lines),
        "value": [
            None if values.is_unread(place) else value
            for place, value in enumerate(values.of("value"))
        ],
    }
    parts = registered(values, organisation, options, values.of("period"))
    frame = pl.DataFrame(columns, schema=STAFFING_ROWS)
    parts.commands.append(
        ReportStaffing(frame, values.file, options.accept_changes, options.reason)
    )
    return parts


#: What stands for a month that could not be read, so that it is told of once only.
_SOME_MONTH = "1900-01"


def units(values: Values, organisation: Organisation, options: ImportOptions) -> Parts:
    """Units in their trees."""
    found = zip(
        values.lines,
        *(values.of(n) for n in ("unit", "name", "parent", "level", "tree", "valid_from")),
        strict=True,
    )
    rows = tuple(
        UnitRow(
            unit,
            name or unit,
            parent,
            level or "unit",
            tree or "line",
            valid_from or _SOME_MONTH,
            line,
        )
        for line, unit, name, parent, level, tree, valid_from in found
        if unit is not None
    )
    return Parts([RegisterUnits(rows, values.file)])


def accounts(values: Values, organisation: Organisation, options: ImportOptions) -> Parts:
    """The chart of accounts."""
    rows = tuple(
        AccountRow(account, name or "", kind, line)
        for line, account, name, kind in zip(
            values.lines, *(values.of(n) for n in ("account", "name", "type")), strict=True
        )
        if account is not None
    )
    return Parts([RegisterAccounts(rows, values.file)])


def codes(values: Values, organisation: Organisation, options: ImportOptions) -> Parts:
    """Codes of dimensions."""
    rows = tuple(
        CodeRow(dimension or "", code or "", name or "", line)
        for place, (line, dimension, code, name) in enumerate(
            zip(
                values.lines,
                *(values.of(n) for n in ("dimension", "code", "name")),
                strict=True,
            )
        )
        if not values.is_unread(place)
    )
    return Parts([RegisterCodes(rows, values.file)])


def structures(values: Values, organisation: Organisation, options: ImportOptions) -> Parts:
    """Report structures."""
    names = ("structure", "line", "parent", "account_from", "account_to", "sign", "valid_from")
    rows = tuple(
        StructureRow(
            structure or "",
            name or "",
            parent,
            first,
            last,
            1 if sign is None else sign,
            valid_from or _SOME_MONTH,
            line,
        )
        for place, (line, structure, name, parent, first, last, sign, valid_from) in enumerate(
            zip(values.lines, *(values.of(n) for n in names), strict=True)
        )
        if not values.is_unread(place, "account_from", "account_to", "line", "structure")
    )
    return Parts([DecideStructures(rows, values.file)])


def settings(values: Values, organisation: Organisation, options: ImportOptions) -> Parts:
    """Settings."""
    rows = tuple(
        (row["setting"], row["value"] or "", line)
        for line, row in _rows(values, setting="setting", value="value")
    )
    return Parts([ChangeSettings(rows)])


def retention(values: Values, organisation: Organisation, options: ImportOptions) -> Parts:
    """Rules of retention."""
    names = {"place": "family", "field": "field", "months": "months", "decision": "decision"}
    rows = tuple(RetentionRow(**row, line=line) for line, row in _rows(values, **names))
    return Parts([RuleRetention(rows, values.file)])


def hold(values: Values, organisation: Organisation, options: ImportOptions) -> Parts:
    """Legal holds."""
    same = {name: name for name in ("reference", "family", "unit", "reason", "state")}
    rows = tuple(
        HoldRow(**row, line=line) for line, row in _rows(values, first="from", last="to", **same)
    )
    return Parts([PlaceHolds(rows, values.file)])


def roles(values: Values, organisation: Organisation, options: ImportOptions) -> Parts:
    """Roles given and taken."""
    names = {name: name for name in ("person", "role", "decision", "user", "change")}
    rows = tuple(
        RoleRow(
            row["person"] or "",
            row["role"] or "",
            row["decision"] or "",
            row["user"],
            row["change"] or "given",
            line,
        )
        for line, row in _rows(values, **names)
    )
    return Parts([ChangeRoles(rows, values.file)])


#: Kinds whose commands take rows with nulls in place of what could not be read.
TAKE_NULLS = ("outcome", "balances", "budget")

#: The builder of each kind of table.
BUILDERS: dict[str, Builder] = {
    "outcome": outcome,
    "balances": balances,
    "budget": budget,
    "forecast": forecast,
    "assumption": assumption,
    "risk": risk,
    "action": action,
    "investment": investment,
    "staffing": staffing,
    "units": units,
    "accounts": accounts,
    "codes": codes,
    "structures": structures,
    "settings": settings,
    "retention": retention,
    "hold": hold,
    "roles": roles,
    **FOLLOWED_BUILDERS,
}
