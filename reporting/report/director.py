"""The director's report of a region: its sections in the order of the printed one.

The region's month stands beside the divisions' last tertial (`OTHERS`): each section has its own
period and known-at where it is asked of another, and its heading says so. What people wrote stands
first in every section; a division's own words stand with its figures. Statistics stand where the
settings ``report.statistics.SECTION`` put their categories, the rest under production and access.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import projections
from ledger.errors import NothingKnown
from ledger.periods import shift
from projections.statements import TREES
from reporting import (
    followed_tables,
    followup_table,
    numbers,
    plan_table,
    region_tables,
    staffing_table,
    variance_table,
)
from reporting.catalogue import label
from reporting.charts.statistics import drawn, series
from reporting.report import followed, people, sections
from reporting.report.attached import attachments
from reporting.report.document import Block, Part, Prose, Question, heading
from reporting.report.sections import filled
from reporting.report.texts import written
from reporting.tables import Column, Table, Value, table_from
from reporting.times import month_name

#: Tables that say which tree the figures stand in.
_TELLING = ("region_summary", "divisions")
#: The setting that puts categories of statistics (joined by commas) into a section.
PLACED = "report.statistics."


def region(ask: Question, name: str, **more: Any) -> tuple[Table, ...]:
    """A table of ``ledger region`` for the question."""
    shown = region_tables.region(
        name, ask.book, ask.lang, through=ask.through, brief=True, unit=_part(ask), **more
    ).table
    if name not in _TELLING:  # which tree it is, once
        tree = region_tables.tree_note(ask.lang, ask.through, more.get("tree"))
        shown = replace(shown, notes=tuple(note for note in shown.notes if note != tree))
    return filled(ask, shown)


def _part(ask: Question) -> str | None:
    """The part that is asked about, None for the whole."""
    return None if ask.is_whole else ask.unit


def key_figures(ask: Question) -> Sequence[Block]:
    """The figures that are told first, and how many work here."""
    told = _employed(ask)
    return (*region(ask, "region_summary"), *((Prose((told,)),) if told else ()))


def _employed(ask: Question) -> str | None:
    """The employed and the worked time of the month in words."""
    try:
        rows = projections.headcount(ask.book, ask.through, unit=ask.unit).to_dicts()
        time = projections.staff_time(ask.book, ask.through, unit=ask.unit, span="month")
    except NothingKnown:
        return None
    found = {row["measure"]: row for row in rows}
    worked = {row["measure"]: row for row in time.to_dicts()}.get("worked", {})
    every, some = found.get("employed", {}), found.get("temporary", {})
    wanted = {
        "month": every.get("change_month_before"),
        "temporary": some.get("change_month_before"),
        "permanent": found.get("permanent", {}).get("change_month_before"),
        "year": every.get("change_year_before"),
    }
    if None in wanted.values() or worked.get("change_fte") is None:
        return None
    words = {key: numbers.count(value, ask.lang, signed=True) for key, value in wanted.items()}
    words["fte"] = numbers.shown(Decimal(worked["change_fte"]), ask.lang, signed=True)
    return label("prose.employed", ask.lang, through=month_name(ask.through, ask.lang), **words)


def people_month(ask: Question) -> Sequence[Block]:
    """The employed of the month, and its worked time."""
    return _staffing(ask, ("headcount", {}), ("time", {"span": "month"}))


def _staffing(ask: Question, *asked: tuple[str, Mapping[str, Any]]) -> list[Block]:
    """Tables of ``ledger staffing`` through the last month with any; none of a part without."""
    last = people.through(ask)
    tables: list[Block] = []
    for name, more in asked if last is not None else ():
        try:
            table = staffing_table.staffing(
                ask.book, ask.lang, table=name, people=True, through=last, unit=ask.unit, **more
            )
        except NothingKnown:
            continue
        tables += filled(ask, table)
    return tables


def statement(ask: Question) -> Sequence[Block]:
    """From income to the period's result, gross, eliminated and net."""
    return region(ask, "statement")


def side_by_side(ask: Question) -> Sequence[Block]:
    """The divisions of the month, and the units of each other tree."""
    tables = [*region(ask, "divisions")]
    named = (ask.book.organisation.setting(TREES) or "").split(",")
    for tree in (name.strip() for name in named if name.strip()):
        for table in region(ask, "divisions", tree=tree):
            name = region_tables.tree_name(ask.book, tree, ask.through)
            notes = (region_tables.tree_note(ask.lang, ask.through, tree),)  # the rest is above
            tables.append(replace(table, title=f"{name}: {table.title}", notes=notes))
    return tables


def internal_items(ask: Question) -> Sequence[Block]:
    """Income and cost gross, internal items, net; and the pairs that do not meet."""
    unmet = region(ask, "internal_pairs", by=("unit",), unmet=True)
    return (*region(ask, "eliminations", by=("division",)), *unmet)


def balance_requirement(ask: Question) -> Sequence[Block]:
    """The balanced-budget statement."""
    return region(ask, "balance_requirement")


def division_reports(ask: Question) -> Sequence[Block]:
    """The divisions side by side, each in words, their plans, explained forecasts and risks."""
    table = region(ask, "divisions")
    if not table:
        return ()
    frame = projections.divisions(ask.book, ask.through, unit=_part(ask))
    told = [_division(ask, row) for row in frame[:-1].to_dicts()]
    return (
        *table,
        *told,
        *_people_table(ask),
        *_plans(ask),
        *_explained(ask),
        *sections.risks(ask),
    )


def _division(ask: Question, row: Mapping[str, Any]) -> Prose:
    """A division's figures in a paragraph, then what it wrote of itself."""
    said = " ".join(_sentences(ask, row))
    mine = replace(ask, unit=row["unit"])
    own = [text for each in written(mine, "summary") for text in each.paragraphs]
    return Prose((said, *own), row["name"])


def _sentences(ask: Question, row: Mapping[str, Any]) -> Iterator[str]:
    lang = ask.lang

    def mnkr(name: str) -> str:
        return f"{numbers.amount(row[name], lang, 'mnkr', signed=True)} mnkr"

    if row["variance"] is not None:
        yield label("prose.division_variance", lang, outcome=mnkr("outcome"),
                    variance=mnkr("variance"), change=mnkr("change_last_year"))  # fmt: skip
    if row["forecast"] is not None:
        yield label("prose.division_forecast", lang, forecast=mnkr("forecast"))
    if row["action_percent"] is not None:
        share = numbers.percent(row["action_percent"], lang)
        yield label("prose.division_plan", lang, percent=share)
    if row["cost_percent"] is not None:
        grown = Decimal(row["cost_percent"])
        way = "same" if not grown else "up" if grown > 0 else "down"
        share = numbers.percent(abs(grown), lang)
        yield label(f"prose.division_costs_{way}", lang, percent=share)
    yield from _staffed(ask, row["unit"])


def _staffed(ask: Question, unit: str) -> Iterator[str]:
    """A division's sick leave, its worst month, and its worked time in words."""
    row = _people(ask).get(unit, {})
    if row.get("sick_percent") is not None and row["worst_percent"] is not None:
        yield label(
            "prose.division_sick",
            ask.lang,
            percent=numbers.percent(row["sick_percent"], ask.lang),
            worst=numbers.percent(row["worst_percent"], ask.lang),
            month=month_name(row["worst_month"], ask.lang),
        )
    if row.get("change_fte") is not None:
        fte = numbers.shown(Decimal(row["change_fte"]), ask.lang, signed=True)
        yield label("prose.division_worked", ask.lang, fte=fte)


def _people(ask: Question) -> dict[str, dict[str, Any]]:
    """The divisions' staffing, with the month of the fiscal year in which most were sick."""
    return ask.once("divisions' people", lambda: dict(_counted_people(ask)))


def _counted_people(ask: Question) -> Iterator[tuple[str, dict[str, Any]]]:
    year = ask.book.organisation.calendar.year_of(ask.through)
    try:
        frame = projections.staffing(ask.book, ask.through, by=("division",), unit=_part(ask))
    except NothingKnown:
        return
    divisions = set(projections.divisions(ask.book, ask.through, unit=_part(ask))["unit"])
    for row in frame.filter(frame["unit"].is_in(list(divisions - {None}))).to_dicts():
        months = projections.staffing_months(ask.book, ask.through, unit=row["unit"])
        known = [
            (Decimal(each["sick_percent"]), each["month"])
            for each in months.to_dicts()
            if each["sick_percent"] is not None and year[0] <= each["month"] <= ask.through
        ]
        worst, month = max(known, default=(None, None))
        yield row["unit"], {**row, "worst_percent": worst, "worst_month": month}


def _people_table(ask: Question) -> Sequence[Block]:
    """Those figures as a table."""
    rows = [row for _, row in sorted(_people(ask).items())]
    columns = (
        *(Column("unit"), Column("name"), Column("employed", "count"), Column("fte", "decimal")),
        *(Column("change_fte", "decimal", signed=True), Column("sick_percent", "percent")),
        *(Column("worst_percent", "percent"), Column("worst_month")),
    )
    title = label("report.divisions_people", ask.lang, through=ask.through)
    return filled(ask, table_from(rows, columns, title))


def _plans(ask: Question) -> Sequence[Block]:
    """The action plans by division."""
    try:
        plan = plan_table.action_plan(
            ask.book, ask.lang, through=ask.through, by=("division",), unit=_part(ask), brief=True
        )
    except NothingKnown:
        return ()
    return filled(ask, plan.table)


def _explained(ask: Question) -> Sequence[Block]:
    """The divisions' forecasts that somebody explained, with what is left."""
    told = projections.variance_explanations(
        ask.book, ask.through, by=("division",), unit=_part(ask)
    )
    units = sorted(set(told.filter(told["figure"] == "forecast_variance")["unit"]))
    tables: list[Block] = []
    for unit in units:
        table = variance_table.variances_table(
            ask.book, ask.lang, through=ask.through, by=("division",), unit=unit,
            figure="forecast_variance", brief=True,
        )  # fmt: skip
        tables += filled(ask, table)
    return tables


def _placed(ask: Question) -> dict[str, str]:
    """The section of each category of statistics that a setting places."""
    found = {}
    for name, value in ask.book.organisation.settings.items():
        if name.startswith(PLACED):
            for category in value.split(","):
                found[category.strip()] = name.removeprefix(PLACED)
    return found


def statistics(section: str) -> Callable[[Question], Sequence[Block]]:
    """The statistics of a section's categories, all periods of each; of a series that is long
    enough to be drawn the last one, beside its picture."""

    def blocks(ask: Question) -> Sequence[Block]:
        placed = _placed(ask)
        frame = projections.statistics(ask.book, every=True)
        tables: list[Block] = []
        for category in dict.fromkeys(frame["category"]):
            if placed.get(category or "", REST) != section:
                continue
            table = followed_tables.table(
                "statistics", ask.book, ask.lang, brief=True, unit=_part(ask), category=category,
                every=True,
            )  # fmt: skip
            title = label("report.statistics_known", ask.lang, category=category or "")
            rows = _undrawn(ask, category, table)
            tables += filled(ask, replace(table, title=title, rows=rows))
            tables += drawn(ask, category, through=None)
        return tables

    return blocks


def _undrawn(ask: Question, category: str | None, table: Table) -> tuple[tuple[Value, ...], ...]:
    """The table's rows without the earlier ones of the series that are drawn."""
    long = series(ask, category, through=None).values()
    earlier = {row["position"] for rows in long for row in rows[:-1]}
    frame = projections.statistics(ask.book, unit=_part(ask), category=category, every=True)
    told = zip(frame["position"], table.rows, strict=True)
    return tuple(row for position, row in told if position not in earlier)


#: The section of statistics that no setting places.
REST = "production_access"


def people_report(ask: Question) -> Sequence[Block]:
    """The employed, each division's key figures, worked time and extra time of the month."""
    last = people.through(ask)
    asked: tuple[tuple[str, Mapping[str, Any]], ...] = ()
    if last is not None:
        asked = (
            ("headcount", {"since": shift(last, -11)}),
            ("overview", {"by": ("division",)}),
            ("time", {"span": "month"}),
        )
    return (*_staffing(ask, *asked), *statistics("people_report")(ask))


def operations_report(ask: Question) -> Sequence[Block]:
    """Special follow-up, and the section's statistics."""
    marked = followup_table.follow_up(
        ask.book, ask.lang, through=ask.through, by=("mark", "line"), unit=ask.unit
    )
    return (*filled(ask, marked), *statistics("operations_report")(ask))


def regional_board(ask: Question) -> Sequence[Block]:
    """The board's statistics, and what was ordered."""
    return (*statistics("regional_board")(ask), *followed.assignments(ask))


def others(ask: Question) -> dict[str, Question]:
    """The sections that are of another month unless somebody says otherwise: the divisions' and
    the personnel report of the last whole tertial."""
    tertial = next(
        (month for month in (shift(ask.through, -n) for n in range(4)) if int(month[5:]) % 4 == 0),
        ask.through,
    )
    if tertial == ask.through or tertial not in ask.book.months:
        return {}
    return dict.fromkeys(("division_reports", "people_report"), replace(ask, through=tertial))


#: The report, chapter by chapter.
PARTS: tuple[Part, ...] = (
    Part("foreword", 1, heading, told=True),
    Part("month_summary", 1, key_figures, told=True),
    Part("people_month", 2, people_month),
    Part("statement", 2, statement),
    Part("side_by_side", 2, side_by_side),
    Part("balance_requirement", 2, balance_requirement),
    Part("internal_items", 2, internal_items),
    Part("division_reports", 1, division_reports),
    Part("production_access", 1, statistics(REST), told=True),
    Part("people_report", 1, people_report),
    Part("events", 1, statistics("events"), told=True),
    Part("operations_report", 1, operations_report, told=True),
    Part("online_doctors", 2, statistics("online_doctors")),
    Part("boards", 1, heading),
    Part("patient_board", 2, statistics("patient_board")),
    Part("regional_board", 2, regional_board),
    Part("analyses", 1, heading),
    Part("attachments", 1, attachments),
)
