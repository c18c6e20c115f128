"""The sections of what is followed up beside the books: scorecard, statistics, assignments."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import projections
from reporting import evaluation_table, findings_table, followed_tables
from reporting import internal_control as controls
from reporting.catalogue import LANGUAGES, Language, label
from reporting.charts.statistics import drawn
from reporting.render import shown
from reporting.report.document import Prose
from reporting.report.sections import filled

if TYPE_CHECKING:
    from reporting.report.document import Block, Question
    from reporting.tables import Table, Value

#: Chapters that have the scorecard of the perspective that bears their name.
CHAPTERS = ("operations", "people", "economy")
#: What the category of the patient board's statistics is called.
_BOARD = ("patientnämnd", "patientnämnden", "patient board")


def _perspectives(ask: Question) -> list[str]:
    frame = projections.scorecard(ask.book, ask.through, unit=ask.unit)
    return list(dict.fromkeys(frame["perspective"]))


def _of_chapter(ask: Question, chapter: str) -> list[str]:
    names = {label(f"section.{chapter}", lang).casefold() for lang in LANGUAGES}
    return [one for one in _perspectives(ask) if one.casefold() in names]


def scorecard(chapter: str) -> Callable[[Question], Sequence[Block]]:
    """The scorecard of the perspective that bears the chapter's name."""

    def blocks(ask: Question) -> Sequence[Block]:
        return _scorecards(ask, _of_chapter(ask, chapter))

    return blocks


def other_perspectives(ask: Question) -> Sequence[Block]:
    """The scorecards of perspectives that are no chapters."""
    taken = {name for chapter in CHAPTERS for name in _of_chapter(ask, chapter)}
    return _scorecards(ask, [name for name in _perspectives(ask) if name not in taken])


def every_perspective(ask: Question) -> Sequence[Block]:
    """All scorecards, one after another."""
    return _scorecards(ask, _perspectives(ask))


def _scorecards(ask: Question, names: Sequence[str]) -> Sequence[Block]:
    tables: list[Block] = []
    for name in names:
        table = followed_tables.table(
            "scorecard", ask.book, ask.lang, brief=True, through=ask.through, unit=ask.unit,
            perspective=name, also=("success_factor",),
        )  # fmt: skip
        title = label("report.scorecard", ask.lang, perspective=name, through=ask.through)
        table = _without(replace(table, title=title), "perspective")
        for key in ("fulfilment", "trend"):
            table = _judged(table, key, ask.lang)
        tables += filled(ask, table)
    return tables


def _judged(table: Table, key: str, lang: Language) -> Table:
    """The table with what is judged marked in its cell, in place of a column that says so of all:
    the note says that the rest is derived."""
    places = {column.key: place for place, column in enumerate(table.columns)}
    if key not in places or f"{key}_by" not in places:
        return table
    place, by = places[key], places[f"{key}_by"]
    column = table.columns[place]

    def cell(row: tuple[Value, ...]) -> Value:
        text = shown(row[place], column, lang, "kr")
        judged = text and row[by] == "judged"
        return label("report.judged", lang, value=text) if judged else row[place]

    rows = tuple((*row[:place], cell(row), *row[place + 1 :]) for row in table.rows)
    return _without(replace(table, rows=rows), f"{key}_by")


def _without(table: Table, key: str) -> Table:
    """The table without a column that its title says."""
    places = [place for place, column in enumerate(table.columns) if column.key != key]
    return replace(
        table,
        columns=tuple(table.columns[place] for place in places),
        rows=tuple(tuple(row[place] for place in places) for row in table.rows),
    )


def _categories(ask: Question) -> list[str | None]:
    frame = projections.statistics(ask.book, ask.through, unit=ask.unit)
    return list(dict.fromkeys(frame["category"]))


def _is_board(category: str | None) -> bool:
    return (category or "").casefold() in _BOARD


def production(ask: Question) -> Sequence[Block]:
    """The statistics, a table for each category."""
    return _statistics(ask, [one for one in _categories(ask) if not _is_board(one)])


def patient_board(ask: Question) -> Sequence[Block]:
    """The patient board's cases."""
    return _statistics(ask, [one for one in _categories(ask) if _is_board(one)])


def _statistics(ask: Question, categories: Sequence[str | None]) -> Sequence[Block]:
    tables: list[Block] = []
    for name in categories:
        table = followed_tables.table(
            "statistics", ask.book, ask.lang, brief=True, through=ask.through, unit=ask.unit,
            category=name,
        )  # fmt: skip
        if name is not None:
            title = label("report.statistics", ask.lang, category=name, through=ask.through)
            table = replace(table, title=title)
        tables += (*filled(ask, table), *drawn(ask, name, through=ask.through))
    return tables


def assignments(ask: Question) -> Sequence[Block]:
    """What the organisation was told to do, and how it goes."""
    table = followed_tables.table(
        "assignments", ask.book, ask.lang, brief=True, through=ask.through, unit=ask.unit
    )
    return filled(ask, table)


def internal_control(ask: Question) -> Sequence[Block]:
    """The control activities of the year as a whole in words, then each, the samples that were
    evaluated, and the measures; under them what analytic controls found."""
    said: dict[str, Any] = {"through": ask.through, "unit": ask.unit}
    frame = projections.internal_control(ask.book, **said)
    found = [
        block
        for table in findings_table.in_report(ask.book, ask.lang, **said)
        for block in filled(ask, table)
    ]
    samples = filled(ask, evaluation_table.evaluated(ask.book, ask.lang, **said))
    if frame.is_empty():
        return (*samples, *found)
    return (
        Prose((controls.overall(frame, ask.lang),)),
        *filled(ask, controls.interim(ask.book, ask.lang, **said)),
        *samples,
        *filled(ask, controls.measures(ask.book, ask.lang, brief=True, **said).table),
        *found,
    )
