"""Outcome: from rows to postings, and from postings to vouchers.

Rows with the same voucher and date are one voucher. Where a part of it could not be read, the
whole of it is set aside, so that nobody calls the rest unbalanced; and what stands twice in the
file is told rather than counted double.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from intake.cells import Values
from intake.parts import Parts, registered
from intake.wishes import ImportOptions
from ledger.families.organisation import Organisation
from ledger.families.outcome_commands import PostOutcome
from ledger.periods import last_day
from ledger.rules import OUTCOME_ROWS


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
