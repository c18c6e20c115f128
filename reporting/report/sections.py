"""The sections that reports are made of, one function each; a report's own module orders them.

A section's function gets the `Question` and gives its blocks: tables that the commands show too,
and text around them. It gives none where the store holds nothing for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

import projections
from ledger.families.commentary import FIGURES
from ledger.families.followup import Marks
from ledger.families.forecast import Forecasts
from reporting import (
    bridge_table,
    followup_table,
    numbers,
    plan_table,
    reports,
    round_table,
    scenario_table,
    variance_table,
)
from reporting.catalogue import label
from reporting.notes import asked, known
from reporting.report.document import Block, Prose, Question
from reporting.report.figures import costs
from reporting.tables import Table
from reporting.times import month_name


def summary(ask: Question) -> Sequence[Block]:
    """The period's result, its variance, and the forecast, in words and figures."""
    frame = projections.result(ask.book, ask.through, by=("unit",), unit=ask.unit)
    if frame.is_empty():
        return ()
    total = frame.row(-1, named=True)

    def said(name: str, signed: bool = False) -> str:
        return f"{numbers.amount(total[name], ask.lang, 'mnkr', signed=signed)} mnkr"

    told = [label("prose.outcome", ask.lang, unit=ask.unit_name,
                  through=month_name(ask.through, ask.lang), outcome=said("outcome"))]  # fmt: skip
    if total["variance"] is not None:
        key = "better" if total["variance"] >= 0 else "worse"
        told.append(label(f"prose.{key}", ask.lang, variance=said("variance", signed=True)))
    if total["forecast"] is not None:
        told.append(label("prose.forecast", ask.lang, forecast=said("forecast"),
                          variance=said("forecast_variance", signed=True)))  # fmt: skip
    return (Prose((" ".join(told),)),)


def result(ask: Question) -> Sequence[Block]:
    """The result by area."""
    return filled(
        ask, reports.result(ask.book, ask.lang, through=ask.through, by=("area",), unit=ask.unit)
    )


def result_by_line(ask: Question) -> Sequence[Block]:
    """The result by line."""
    return filled(
        ask, reports.result(ask.book, ask.lang, through=ask.through, by=("line",), unit=ask.unit)
    )


def variances(ask: Question) -> Sequence[Block]:
    """The variances of the whole and of each line, with what explains them and what is left."""
    tables: list[Block] = []
    for by in ((level(ask),), ("line",)):
        told = projections.variance_explanations(ask.book, ask.through, by=by, unit=ask.unit)
        for figure in FIGURES:
            if figure in told["figure"]:
                table = variance_table.variances_table(
                    ask.book,
                    ask.lang,
                    figure=figure,
                    through=ask.through,
                    by=by,
                    unit=ask.unit,
                    brief=True,
                    above=True,
                )
                tables += filled(ask, table)
    return tables


def bridge(ask: Question) -> Sequence[Block]:
    """What the variance is made of, driver by driver; nothing where no budget says what it is.
    Where a line's quantities of this year and last are known, the change against last year too,
    in volume and price."""
    found = list[Block]()
    for against in ("budget", "last_year"):
        words = {"through": ask.through, "unit": ask.unit, "against": against}
        if against == "last_year" and not bridge_table.parted(ask.book, **words):
            continue
        table = bridge_table.bridge(ask.book, ask.lang, **words)
        place = [column.key for column in table.columns].index("amount")
        if table.rows and table.rows[-1][place] is not None:
            found += filled(ask, table)
    return found


def level(ask: Question) -> str:
    """The level of the asked unit in the line tree."""
    return variance_table.level_of(ask.book, ask.unit, ask.through) or "unit"


def cost_development(ask: Question) -> Sequence[Block]:
    """Costs against last year, month by month; the whole in words, from the same amounts."""
    found = filled(
        ask, reports.cost_development(ask.book, ask.lang, through=ask.through, unit=ask.unit)
    )
    if not found:
        return ()
    total = ask.once("costs", lambda: costs(ask)).rows[-1]
    if total[4] is None:
        return found
    change = int(total[3] or 0)
    told = label(
        "prose.costs_less" if change >= 0 else "prose.costs_more",
        ask.lang,
        outcome=f"{numbers.amount(-int(total[1] or 0), ask.lang, 'mnkr')} mnkr",
        change=f"{numbers.amount(abs(change), ask.lang, 'mnkr')} mnkr",
        percent=numbers.percent(Decimal(str(total[4])), ask.lang, signed=True),
    )
    return (Prose((told,)), *found)


def follow_up(ask: Question) -> Sequence[Block]:
    """What special follow-up came to, and its accounts; marks of other kinds by line."""
    found: list[Block] = []
    found += filled(
        ask,
        followup_table.special(ask.book, ask.lang, through=ask.through, unit=ask.unit),
    )
    kinds = {mark.kind for mark in ask.book.state.of(Marks).standing.values()}
    by_line = [("mark", "line")] if kinds - {"special"} or not found else []
    for by in (*by_line, ("mark", "account")):
        table = followup_table.follow_up(
            ask.book, ask.lang, through=ask.through, by=by, unit=ask.unit
        )
        found += filled(ask, table)
    return found


def forecast(ask: Question) -> Sequence[Block]:
    """The model beside the adopted round, by area; and what the round assumes."""
    found = adopted_round(ask)
    if found is None:
        model = reports.forecast_model(
            ask.book, ask.lang, through=ask.through, by=("area",), unit=ask.unit
        )
        return filled(ask, model)
    both = reports.forecast_beside(
        ask.book, ask.lang, through=ask.through, by=("area",), unit=ask.unit
    )
    assumed = reports.assumptions(ask.book, ask.lang, found, unit=ask.unit)
    return (*filled(ask, both), *filled(ask, assumed))


def round_by_line(ask: Question) -> Sequence[Block]:
    """The adopted round by unit and line."""
    found = adopted_round(ask)
    if found is None:
        return ()
    return filled(ask, round_table.round_by_unit(ask.book, ask.lang, found, unit=ask.unit))


def risks(ask: Question) -> Sequence[Block]:
    """The register of risks."""
    return filled(
        ask,
        scenario_table.risks_table(
            ask.book, ask.lang, through=ask.through, unit=ask.unit, brief=True
        ),
    )


def action_plan(ask: Question) -> Sequence[Block]:
    """The savings measures by area."""
    plan = plan_table.action_plan(
        ask.book, ask.lang, through=ask.through, unit=ask.unit, brief=True
    )
    return filled(ask, plan.table)


def investments(ask: Question) -> Sequence[Block]:
    """Frames, what was spent of them by the year of its decision, and forecasts."""
    plan = plan_table.investments(
        ask.book, ask.lang, through=ask.through, unit=ask.unit, brief=True
    )
    return filled(ask, plan.table)


def adopted_round(ask: Question) -> str | None:
    """The round adopted last in the fiscal year, if any."""
    year = ask.book.organisation.calendar.year_of(ask.through)
    found = ask.book.state.of(Forecasts).latest_adopted(*year)
    return found.opened.round if found else None


def filled(ask: Question, table: Table) -> tuple[Table, ...]:
    """The table, if it has any row beside a total; without the notes that the cover has."""
    said = {known(ask.book, ask.lang), *asked(ask.book, ask.lang, unit=ask.unit)}
    notes = tuple(note for note in table.notes if note not in said)
    return (replace(table, notes=notes),) if len(table.rows) > int(table.total) else ()
