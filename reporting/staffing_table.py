"""The tables of ``ledger staffing``: key figures, time, headcount, sick leave, month by month."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

import projections
from ledger.errors import UsageError
from ledger.families.staffing import hours_per_fte
from projections.sick_rates import SMALL
from projections.staff_facts import months_before, staffing_span
from reporting.catalogue import Language, label
from reporting.notes import asked as asked_for
from reporting.notes import known
from reporting.numbers import count
from reporting.tables import Column, Table, columns_of, table_of

if TYPE_CHECKING:
    from ledger.log import Book

Name = Literal["overview", "time", "headcount", "sick-leave", "months"]
Span = Literal["accumulated", "month", "tertial", "rolling12"]

#: The projection of each table, and the notes that explain its figures.
_TABLES: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "overview": ("staffing", ("fte", "headcount", "sick_leave", "small_groups")),
    "time": ("staff_time", ("fte", "last_year_same_months")),
    "headcount": ("headcount", ("headcount",)),
    "sick-leave": ("sick_leave", ("sick_leave", "small_groups")),
    "months": ("staffing_months", ("fte", "small_groups")),
}
#: What people see of the key figures and the months; the data has all columns.
_SEEN = {
    "overview": (
        *("fte", "last_year_fte", "change_fte", "extra_fte", "permanent", "temporary"),
        *("change_year_start", "hired", "sick_percent"),
    ),
    "months": (
        *("month", "fte", "rolling12_fte", "permanent", "temporary", "hired"),
        *("on_call_fte", "standby_fte", "overtime_fte", "additional_fte"),
        *("sick_percent", "rolling12_sick_percent"),
    ),
}
#: Columns whose values the catalogue's section ``staffing`` has words for, and their headings.
_WORDED = {
    "measure": "column.staffing_measure",
    "figure": "column.staffing_figure",
    "status": "column.staffing_status",
    **dict.fromkeys(("sex", "age_group", "personnel_group")),
}


def staffing(
    book: Book,
    lang: Language,
    *,
    table: str | None = None,
    people: bool = False,
    through: str | None = None,
    by: Sequence[str] | None = None,
    unit: str | None = None,
    tree: str | None = None,
    year: str | None = None,
    span: str | None = None,
    since: str | None = None,
) -> Table:
    """One of the tables, asked so; for ``people`` without what says nothing to them.

    Raises `UsageError` for a table that there is not, for rows or a span that it does not have, and
    what its projection raises.
    """
    name = table or "overview"
    if name not in _TABLES:
        raise UsageError(f"There is no table {name!r}.", f"Known: {', '.join(_TABLES)}.")
    projection, notes = _TABLES[name]
    ask: dict[str, Any] = {"unit": unit, "tree": tree or "line", "year": year}
    if name not in ("headcount", "months"):
        ask["span"] = span or "accumulated"
    elif span is not None:
        raise UsageError(f"The table {name} has no span.", "Leave --span out.")
    if since is not None:
        if name != "headcount":
            raise UsageError(f"The table {name} has no --since.", "Leave it out.")
        ask["since"] = since
    if name == "months" and by:
        raise UsageError("The months are of one part.", "Give --unit, and leave --by out.")
    if name != "months":
        ask["by"] = tuple(by) if by else (("area",) if name == "overview" else ())
    frame = projections.PROJECTIONS[projection].function(book, through, **ask)
    columns = [_worded(column, since) for column in columns_of(frame, ())]
    keys = columns[: frame.width - len(_own(name, columns))]
    whole = len(ask.get("by", ())) == 1
    if people:
        seen = (*(c.key for c in keys), *_SEEN.get(name, (c.key for c in columns)))
        said = {n for n in frame.columns if frame.is_empty() or frame[n].drop_nulls().len()}
        columns = [c for c in columns if c.key in seen and c.key in said]
    made = table_of(
        frame,
        (),
        _title(book, name, through, ask, lang),
        columns=columns,
        total=whole and name == "overview",
        notes=[
            *asked_for(book, lang, unit=unit, tree=tree),
            *_notes(book, notes, through, ask, lang),
            known(book, lang),
        ],
    )
    return _for_people(made, whole=whole and name != "overview", lang=lang) if people else made


def _own(name: str, columns: Sequence[Column]) -> list[str]:
    """The columns that are no keys of a row."""
    first = {"overview": "worked_hours", "sick-leave": "figure", "months": "month"}
    found = [column.key for column in columns]
    return found[found.index(first.get(name, "measure")) :]


def _worded(column: Column, since: str | None) -> Column:
    """A column whose values are words, with its heading; one of a month is called by it."""
    if column.key == "since":
        return replace(column, word=since)
    if column.key not in _WORDED:
        return column
    return replace(column, words="staffing", word=_WORDED[column.key])


def _title(
    book: Book, name: str, through: str | None, ask: Mapping[str, Any], lang: Language
) -> str:
    span = ask.get("span", "accumulated")
    asked = staffing_span(book, through, ask["year"], span)
    words = {"first": asked.months[0], "last": asked.last}
    key = _TABLES[name][0]
    if name == "overview" and span != "accumulated":
        key += f"_{span}"
    period = label(f"staffing_period.{span}", lang, **words)
    return label(f"title.{key}", lang, through=asked.last, period=period)


def _notes(
    book: Book,
    notes: Sequence[str],
    through: str | None,
    ask: Mapping[str, Any],
    lang: Language,
) -> list[str]:
    """The notes in words, and which months are the ones before."""
    span = ask.get("span", "accumulated")
    asked = staffing_span(book, through, ask["year"], span)
    words = {
        "hours": count(hours_per_fte(book.organisation.settings), lang),
        "first": asked.months[0],
        "last": asked.last,
        "small": SMALL,
    }
    words["period"] = label(f"staffing_period.{span}", lang, **words)
    told = [label(f"note.{note}", lang, **words) for note in notes]
    before = months_before(asked, span)
    if before and "last_year_same_months" in notes:
        months = before[0] if len(before) == 1 else f"{before[0]}–{before[-1]}"
        told.append(label("note.before_period", lang, period=months))
    return told


def _for_people(table: Table, *, whole: bool, lang: Language) -> Table:
    """The table with its whole named, and without remarks on what is stated."""
    keys = [column.key for column in table.columns]
    rows = []
    for row in table.rows:
        cells = list(row)
        if "status" in keys and cells[keys.index("status")] == "stated":
            cells[keys.index("status")] = None
        if whole and cells[0] is None:
            cells[0] = label("message.total", lang)
        rows.append(tuple(cells))
    return replace(table, rows=tuple(rows))
