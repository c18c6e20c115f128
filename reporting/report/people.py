"""The sections about people: worked time, headcount, extra time, sick leave.

Staffing is reported after the books close, so these have a period of their own where theirs ends
earlier; their tables' titles say which.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from ledger.errors import NothingKnown
from projections.staff_facts import staffing_facts, staffing_span
from reporting import staffing_table
from reporting.report.sections import filled

if TYPE_CHECKING:
    from reporting.report.document import Block, Question
    from reporting.tables import Table

#: Columns of the months that are extra time, and the ones that are not.
_EXTRA = ("on_call_fte", "standby_fte", "overtime_fte", "additional_fte", "extra_fte")
_FTE = ("fte", "rolling12_fte")
_SICK = ("sick_percent", "rolling12_sick_percent")
#: Rows of the table of time that are extra time.
_KINDS = ("on_call", "standby", "overtime", "additional", "extra")


def through(ask: Question) -> str | None:
    """The last month with staffing, of those asked for; None where there is none."""
    months = staffing_facts(ask.book)["period"].unique()
    known = [month for month in months if month <= ask.through]
    return max(known, default=None)


def _table(ask: Question, name: str) -> Table | None:
    """A table of ``ledger staffing`` for the unit."""
    last = through(ask)
    if last is None:
        return None
    try:
        staffing_span(ask.book, last)
    except NothingKnown:
        return None
    return ask.once(
        f"staffing {name}",
        lambda: staffing_table.staffing(
            ask.book, ask.lang, table=name, people=True, through=last, unit=ask.unit
        ),
    )


def _shown(ask: Question, *tables: Table | None) -> Sequence[Block]:
    return [block for table in tables if table is not None for block in filled(ask, table)]


def _months(ask: Question, keys: Sequence[str]) -> Table | None:
    """The fiscal year's months with some of their columns; None where they say nothing."""
    table, last = _table(ask, "months"), through(ask)
    if table is None or last is None:
        return None
    year = ask.book.organisation.calendar.to_date(last)
    places = [0, *(i for i, column in enumerate(table.columns) if column.key in keys)]
    if len(places) == 1:
        return None
    return replace(
        table,
        columns=tuple(table.columns[place] for place in places),
        rows=tuple(tuple(r[place] for place in places) for r in table.rows if r[0] in year),
    )


def _rows(table: Table | None, *, extra: bool) -> Table | None:
    """The table of time with the rows of extra time, or with the others."""
    if table is None:
        return None
    place = [column.key for column in table.columns].index("measure")
    rows = tuple(row for row in table.rows if (row[place] in _KINDS) == extra)
    return replace(table, rows=rows)


def overview(ask: Question) -> Sequence[Block]:
    """Key figures by area."""
    return _shown(ask, _table(ask, "overview"))


def worked(ask: Question) -> Sequence[Block]:
    """Worked time in full-time equivalents: the year so far, and month by month with the sum of
    twelve."""
    return _shown(
        ask,
        _rows(_table(ask, "time"), extra=False),
        _months(ask, _FTE),
    )


def headcount(ask: Question) -> Sequence[Block]:
    """How many are employed, and the changes."""
    return _shown(ask, _table(ask, "headcount"))


def extra_time(ask: Question) -> Sequence[Block]:
    """Extra time by its four kinds."""
    return _shown(
        ask,
        _rows(_table(ask, "time"), extra=True),
        _months(ask, _EXTRA),
    )


def sick_leave(ask: Question) -> Sequence[Block]:
    """The seven figures of sick leave, and the months."""
    return _shown(ask, _table(ask, "sick-leave"), _months(ask, _SICK))
