"""Entries and what is handed in with them: amounts that come from somewhere, and what stands beside
every entry.

Each method gives one amount a unit and line for the months after the round's, computed from the
events that the round stands on, so that it can be computed again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import polars as pl

import projections
from ledger.commands import Command, Several
from ledger.errors import ForecastError, InputRefused, Problem, RuleBroken, UsageError
from ledger.families.forecast import Assume, Forecasts, Round, Standing
from ledger.families.forecast_entry import Beside, EnterForecast, Place
from ledger.periods import first_day
from reporting.round_figures import beside

if TYPE_CHECKING:
    import datetime

    from intake import Reading
    from ledger.log import Book

SOURCE = "ledger forecast enter"


def proposed(
    book: Book,
    name: str,
    method: str,
    unit: str | None,
    line: str | None,
    comment: str | None,
) -> EnterForecast:
    """The command that enters what the method gives for a unit and all below it, or the whole
    round, and one line or all. Raises `ForecastError` where it gives nothing."""
    round_ = book.state.of(Forecasts).round(name)
    if round_.adopted_at is not None:
        raise RuleBroken(f"The round {name!r} is adopted and locked.", "Open a new one.")
    standing = Standing(round_, book.organisation)
    lines = {x.line for x in book.organisation.structure(round_.opened.structure) if x.account_from}
    _check(name, standing, lines, unit, line)
    places = beside(book, {name})
    ways = {"model": _model, "budget": _budget, "previous": _previous}
    rows = [
        {**row, "round": name, "method": method, "comment": comment}
        for row in ways[method](book, round_, places)
        if row["report_line"] in lines and line in (None, row["report_line"])
        if unit is None or unit in standing.path(row["unit"])
    ]
    if not rows:
        raise ForecastError(
            f"The {method} gives nothing to enter in round {name!r}.",
            "Look at --unit and --line, or enter it by hand.",
        )
    return EnterForecast(tuple(rows), SOURCE, beside=places)


def _check(
    name: str, standing: Standing, lines: set[str], unit: str | None, line: str | None
) -> None:
    """Raise `InputRefused`, as an entry by hand does, for a unit or a line that is not there."""
    problems = []
    if unit is not None and not standing.inside(unit):
        found = f"unit {unit!r} is not in the part of round {name!r}"
        problems.append(Problem("unknown-unit", SOURCE, None, found, "Correct the code."))
    if line is not None and line not in lines:
        found = f"line {line!r} is not in the round's structure"
        remedy = f"Write one of: {', '.join(sorted(lines))}."
        problems.append(Problem("unknown-line", SOURCE, None, found, remedy))
    if problems:
        raise InputRefused(problems)


def _model(book: Book, round_: Round, places: Mapping[Place, Beside]) -> Iterator[dict[str, Any]]:
    """The model's rest of the year and what the round assumes of it; the model's 80 % interval, and
    what it was computed from."""
    for (_, unit, line), each in places.items():
        if each.model and (each.outcome or each.model["model_amount"] or each.assumed):
            amount = each.model["model_amount"] + each.assumed
            yield {"unit": unit, "report_line": line, "amount": amount, **each.model}


def _budget(book: Book, round_: Round, places: Mapping[Place, Beside]) -> Iterator[dict[str, Any]]:
    """The budget of the months after the round's."""
    opened = round_.opened
    ask: dict[str, Any] = {"by": ("unit", "line"), "unit": opened.unit}
    series = projections.budget_series(book, opened.through, structure=opened.structure, **ask)
    after: datetime.date = first_day(opened.through)
    for key, amounts in series.filter(pl.col("period") > after).group_by(
        "series", maintain_order=True
    ):
        where, line = str(key[0]).split("|", 1)
        amount = int(amounts["value"].sum())
        if amount:
            yield {"unit": where, "report_line": line, "amount": amount}


def _previous(
    book: Book, round_: Round, places: Mapping[Place, Beside]
) -> Iterator[dict[str, Any]]:
    """What keeps the year-end of the round before: its year-end less the outcome so far."""
    for (_, unit, line), each in places.items():
        if each.previous is not None:
            yield {"unit": unit, "report_line": line, "amount": each.previous}


def weighed(reading: Reading, book: Book) -> Reading:
    """What a file was read as; of forecasts with what stands beside each entry, computed once."""
    if reading.kind != "forecast":
        return reading
    return replace(reading, command=_handed(reading.command, book))


def of_round(reading: Reading, name: str) -> None:
    """Raise `UsageError` where a file has forecasts of another round than that one."""
    others = sorted(_rounds(reading.command) - {name})
    if others:
        raise UsageError(
            f"The file is of round {', '.join(map(repr, others))}, and --round says {name!r}.",
            "Leave out --round, or give the file of that round.",
        )


def _rounds(command: Any) -> set[str]:
    if isinstance(command, EnterForecast | Assume):
        return {row.get("round") or "" for row in command.rows}
    if isinstance(command, Several):
        return set().union(*(_rounds(each) for each in command.commands))
    inner: Command | None = getattr(command, "command", None)
    return set() if inner is None else _rounds(inner)


def _handed(command: Any, book: Book) -> Any:
    if isinstance(command, EnterForecast):
        return with_beside(command, book)
    if isinstance(command, Several):
        return replace(command, commands=tuple(_handed(each, book) for each in command.commands))
    inner: Command | None = getattr(command, "command", None)
    return command if inner is None else replace(command, command=_handed(inner, book))


def with_beside(command: EnterForecast, book: Book) -> EnterForecast:
    """The command with what stands beside each of its entries."""
    return replace(command, beside=beside(book, {row.get("round") or "" for row in command.rows}))
