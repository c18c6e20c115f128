"""Entries that come from somewhere: the model, the budget, or the previous round.

Each gives one amount a unit and line for the months after the round's, computed from the events
that the round stands on, so that it can be computed again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import polars as pl

import projections
from ledger import proof
from ledger.errors import ForecastError
from ledger.families.forecast import Forecasts, Round
from ledger.log import Book
from ledger.periods import first_day

if TYPE_CHECKING:
    import datetime

LIBRARIES = ("numpy", "pandas", "polars", "scipy", "statsmodels")
SEED = 0


def proposed(
    book: Book, name: str, method: str, unit: str | None, line: str | None, comment: str | None
) -> list[Mapping[str, Any]]:
    """Rows of `EnterForecast` for a unit and all below it, or the whole round, and one line or
    all. Raises `ForecastError` where the method has nothing to propose."""
    round_ = book.state.of(Forecasts).round(name)
    ways = {"model": _model, "budget": _budget, "previous": _previous}
    lines = {x.line for x in book.organisation.structure(round_.opened.structure) if x.account_from}
    rows: list[Mapping[str, Any]] = [
        {**row, "round": name, "method": method, "comment": comment}
        for row in ways[method](book, round_, unit or round_.opened.unit)
        if row["report_line"] in lines and line in (None, row["report_line"])
    ]
    if not rows:
        raise ForecastError(
            f"The {method} gives nothing to enter in round {name!r}.",
            "Look at --unit and --line, or enter it by hand.",
        )
    return rows


def _ask(round_: Round, unit: str) -> dict[str, Any]:
    return {"by": ("unit", "line"), "unit": unit, "structure": round_.opened.structure}


def _model(book: Book, round_: Round, unit: str) -> Iterator[dict[str, Any]]:
    """The model's rest of the year with its 80 % interval, and what it was computed from."""
    from reporting.forecast_table import year_end

    size, through = round_.opened.log_size, round_.opened.through
    told = year_end(Book(book.path, size), through, seed=SEED, **_ask(round_, unit))
    inputs = {
        "inputs_size": size,
        "inputs_root": proof.root(book.path, size),
        "seed": SEED,
        "libraries": " ".join(f"{name}={version(name)}" for name in LIBRARIES),
    }
    for row in told.filter((pl.col("outcome") != 0) | (pl.col("remaining") != 0)).to_dicts():
        yield {
            "unit": row["unit"],
            "report_line": row["line"],
            "amount": row["remaining"],
            "model": row["method"],
            "p10": row["p10"] - row["outcome"],
            "p90": row["p90"] - row["outcome"],
            **inputs,
        }


def _budget(book: Book, round_: Round, unit: str) -> Iterator[dict[str, Any]]:
    """The budget of the months after the round's."""
    through = round_.opened.through
    series = projections.budget_series(book, through, **_ask(round_, unit))
    after: datetime.date = first_day(through)
    for key, amounts in series.filter(pl.col("period") > after).group_by(
        "series", maintain_order=True
    ):
        where, line = str(key[0]).split("|", 1)
        amount = int(amounts["value"].sum())
        if amount:
            yield {"unit": where, "report_line": line, "amount": amount}


def _previous(book: Book, round_: Round, unit: str) -> Iterator[dict[str, Any]]:
    """What keeps the year-end of the round before: its year-end less the outcome so far."""
    year = book.organisation.calendar.year_of(round_.opened.through)
    rounds = book.state.of(Forecasts).rounds.values()
    before = [
        r
        for r in rounds
        if r.opened_at < round_.opened_at and r.entries and year[0] <= r.opened.through <= year[1]
    ]
    if not before:
        return
    then = projections.forecast_round(book, before[-1].opened.round, unit=unit)
    now = projections.forecast_round(book, round_.opened.round, unit=unit)
    booked = {(row["unit"], row["line"]): row["outcome"] for row in now.to_dicts()}
    for row in then.filter(pl.col("entered").is_not_null()).to_dicts():
        place = (row["unit"], row["line"])
        amount = row["year_end"] - booked.get(place, 0)
        yield {"unit": place[0], "report_line": place[1], "amount": amount}
