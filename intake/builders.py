"""From a kind's values to the command that records them.

A builder gives the parts of a batch: what to register first, and the command itself. Rows with a
cell that could not be read go along with a null in its place, so that the rules still find all
else that is wrong; where a command cannot take a null, the row is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from intake.cells import Values
from intake.profiles import SIGNS
from ledger.commands import Command, Notice
from ledger.errors import UsageError
from ledger.families.budget import BUDGET_ROWS, DecideBudget
from ledger.families.forecast import Assume, EnterForecast
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
from ledger.families.outcome_commands import PostOutcome
from ledger.families.outcome_totals import RestateTotals
from ledger.money import SCALES
from ledger.periods import is_month, last_day
from ledger.rules import OUTCOME_ROWS


@dataclass(frozen=True)
class ImportOptions:
    """What the one who imports wishes.

    ``register`` registers unknown units and accounts by their code; ``accept_changes`` takes
    changed vouchers, with a ``reason``; ``late_to`` is where vouchers of closed months go;
    ``again`` takes anew what was reversed. ``sign`` and ``scale`` say how the file writes money,
    where a profile does not.
    """

    register: bool = False
    accept_changes: bool = False
    reason: str | None = None
    late_to: str | None = None
    again: bool = False
    sign: str | None = None
    scale: str | None = None

    def check(self) -> None:
        """Raise `UsageError` for a wish that means nothing."""
        if self.late_to is not None and not is_month(self.late_to):
            raise UsageError(f"{self.late_to!r} is not a month.", "Write it as 2020-08.")
        if self.sign not in (None, *SIGNS):
            raise UsageError(f"There is no sign {self.sign!r}.", f"Known: {', '.join(SIGNS)}.")
        if self.scale is not None and self.scale not in SCALES:
            raise UsageError(f"There is no scale {self.scale!r}.", f"Known: {', '.join(SCALES)}.")


@dataclass
class Parts:
    """The commands of a batch, in order, and what is told along with them."""

    commands: list[Command] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)


Builder = Callable[[Values, Organisation, ImportOptions], Parts]

_CODED = ("product", "project", "activity")


def outcome(values: Values, organisation: Organisation, options: ImportOptions) -> Parts:
    """Postings, grouped into vouchers."""
    dates, periods = _dated(values)
    series, numbers = _numbered(values.of("voucher"))
    groups, rows = _grouped(values, series, numbers, dates)
    _tell_doubled(values, groups)
    own: dict[str, list[Any]] = {
        "line": list(values.lines),
        "group": groups,
        "alone": [not (s or n) for s, n in zip(series, numbers, strict=True)],
        "series": list(series),
        "number": list(numbers),
        "date": dates,
        "row": rows,
        "period": periods,
    }
    columns = {name: own.get(name) or values.of(name) for name in OUTCOME_ROWS}
    frame = pl.DataFrame(columns, schema=OUTCOME_ROWS)
    parts = registered(values, organisation, options, periods)
    parts.commands.append(
        PostOutcome(
            frame,
            values.file,
            accept_changes=options.accept_changes,
            reason=options.reason,
            late_to=options.late_to,
            again=options.again,
        )
    )
    return parts


def _dated(values: Values) -> tuple[list[str | None], list[str | None]]:
    """Each row's date and period, each from the other where it is empty."""
    dates: list[str | None] = list(values.of("date"))
    periods: list[str | None] = list(values.of("period"))
    tell = values.teller.tell
    if values.by_column.keys().isdisjoint(("date", "period")):
        return dates, periods
    for place, line in enumerate(values.lines):
        day, period = dates[place], periods[place]
        if values.is_unread(place, "date", "period"):
            continue
        if day is None and period is None:
            tell("empty-field", line, "period and date are both empty", "Fill in one of them.")
        elif day is None and period is not None:
            dates[place] = last_day(period).isoformat()
        elif period is None and day is not None:
            periods[place] = day[:7]
        elif day is not None and day[:7] != period:
            tell(
                "period-date-mismatch",
                line,
                f"period {period} is not the month of {day}",
                "Correct one of them; --late-to posts vouchers of closed months later.",
            )
            periods[place] = None
    return dates, periods


def _numbered(vouchers: Sequence[str | None]) -> tuple[list[str], list[str]]:
    """Series and number from ``SERIES NUMBER``, parted at the first space; without one all is
    number."""
    series, numbers = [], []
    for voucher in vouchers:
        first, _, rest = (voucher or "").partition(" ")
        series.append(first if rest else "")
        numbers.append(rest.strip() or first)
    return series, numbers


def _grouped(
    values: Values, series: list[str], numbers: list[str], dates: list[str | None]
) -> tuple[list[int], list[int]]:
    """The number of each row's voucher in the file, and of the row in its voucher.

    Rows with the same voucher and date belong together. A voucher with a row or a date that could
    not be read is kept in one piece, so that nobody calls its other rows unbalanced.
    """
    labels = list(zip(series, numbers, strict=True))
    known = set(labels)
    for place, cells in values.broken.items():
        loose = zip(*_numbered([cell.strip() for cell in cells]), strict=True)
        labels[place] = next((pair for pair in loose if any(pair) and pair in known), ("", ""))
    torn = {label for label, day in zip(labels, dates, strict=True) if day is None and any(label)}
    given = values.of("row")
    group_of: dict[tuple[Any, ...], int] = {}
    taken: dict[int, dict[int, int]] = {}
    groups: list[int] = []
    for place, label in enumerate(labels):
        key: tuple[Any, ...] = (place,)
        if any(label):
            key = (*label, "" if label in torn else dates[place])
        group = group_of.setdefault(key, len(group_of))
        groups.append(group)
        if given[place] is not None:
            rows = taken.setdefault(group, {})
            first = rows.setdefault(given[place], values.lines[place])
            if first != values.lines[place] and any(label):
                values.teller.tell(
                    "row-repeated",
                    values.lines[place],
                    f"row {given[place]} of voucher {' '.join(label).strip()} stands in line "
                    f"{first} already",
                    "Keep one of the two, or number them apart.",
                )
    next_of: dict[int, int] = {}
    numbered: list[int] = []
    for place, group in enumerate(groups):
        row = given[place]
        if row is None:
            row = next_of.get(group, 1)
            while row in taken.get(group, {}):
                row += 1
            next_of[group] = row + 1
        numbered.append(row)
    return groups, numbered


def balances(values: Values, organisation: Organisation, options: ImportOptions) -> Parts:
    """Month totals."""
    names = dict.fromkeys(TOTAL_KEY, pl.String)
    columns = {"line": list(values.lines), "amount": _placed(values, "unit", "account")}
    columns |= {name: values.of(name) for name in names}
    frame = pl.DataFrame(columns, schema={"line": pl.Int64, "amount": pl.Int64, **names})
    parts = registered(values, organisation, options, values.of("period"))
    parts.commands.append(RestateTotals(frame, values.file))
    return parts


def _tell_doubled(values: Values, groups: Sequence[int]) -> None:
    """Vouchers that stand twice in the file, apart, row by row the same and without row numbers:
    taken as one they would count double."""
    places: dict[int, list[int]] = {}
    for place, group in enumerate(groups):
        places.setdefault(group, []).append(place)
    names = ("unit", "account", "amount", "text", "product", "project", "activity")
    columns = [values.of(name) for name in names]
    given, vouchers = values.of("row"), values.of("voucher")
    for rows in places.values():
        half = len(rows) // 2
        if half == 0 or len(rows) % 2 or rows[half] == rows[half - 1] + 1 or not vouchers[rows[0]]:
            continue
        if any(given[place] is not None for place in rows):
            continue
        content = [[column[place] for column in columns] for place in rows]
        if content[:half] == content[half:]:
            values.teller.tell(
                "voucher-repeated",
                values.lines[rows[half]],
                f"voucher {vouchers[rows[0]]} stands in line {values.lines[rows[0]]} already, "
                "with the same rows",
                "Keep one of the two; if both are meant, number their rows (column row).",
            )


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


#: Kinds whose commands take rows with nulls in place of what could not be read.
TAKE_NULLS = ("outcome", "balances", "budget")

#: The builder of each kind of table.
BUILDERS: dict[str, Builder] = {
    "outcome": outcome,
    "balances": balances,
    "budget": budget,
    "forecast": forecast,
    "assumption": assumption,
    "units": units,
    "accounts": accounts,
    "codes": codes,
    "structures": structures,
    "settings": settings,
}


def registered(
    values: Values,
    organisation: Organisation,
    options: ImportOptions,
    periods: Iterable[str | None],
) -> Parts:
    """What the rows use and nobody has registered: units and accounts if asked, codes always."""
    parts = Parts()
    if options.register:
        new = _unknown(values, "account", organisation.accounts)
        if new:
            rows = tuple(AccountRow(code, "", None, line) for code, line in new.items())
            parts.commands.append(RegisterAccounts(rows, values.file, by_code=True))
        new = _unknown(values, "unit", organisation.units)
        months = [period for period in periods if period]
        if new and months and organisation.founded:
            root, first = organisation.founded.root, min(months)
            parts.commands.append(
                RegisterUnits(
                    tuple(
                        UnitRow(code, code, root, "unit", "line", first, line)
                        for code, line in new.items()
                    ),
                    values.file,
                )
            )
            parts.notices += [
                Notice("unit-by-code", f"unit {code} has no record; registered by its code", line)
                for code, line in new.items()
            ]
    rows_of_codes: list[CodeRow] = []
    for dimension in _CODED:
        new = _unknown(values, dimension, organisation.codes.get(dimension, {}))
        rows_of_codes += [CodeRow(dimension, code, "", line) for code, line in new.items()]
        parts.notices += [
            Notice("code-by-use", f"{dimension} {code} has no record; registered by its code", line)
            for code, line in new.items()
        ]
    if rows_of_codes:
        parts.commands.append(RegisterCodes(tuple(rows_of_codes), values.file))
    return parts


def _unknown(values: Values, column: str, known: Iterable[str]) -> dict[str, int]:
    """Codes of a column that are not known, each with the line that first uses it."""
    new: dict[str, int] = {}
    there = known if isinstance(known, dict | frozenset) else set(known)
    for code, line in zip(values.of(column), values.lines, strict=True):
        if code and code not in there and code not in new:
            new[code] = line
    return new
