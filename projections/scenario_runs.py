"""Scenario runs that were recorded: what each asked, and what came of the whole."""

from __future__ import annotations

import polars as pl

from ledger.families.scenario import Scenarios
from ledger.log import Book
from projections.dimensions import as_known
from projections.registry import projection

__all__ = ["scenarios"]

_AMOUNTS = ("forecast", "p10", "p50", "p90", "budget")
_RUNS: dict[str, type[pl.DataType]] = {
    "scenario": pl.String,
    "recorded_at": pl.String,
    "through": pl.String,
    "unit": pl.String,
    "by": pl.String,
    "round": pl.String,
    "draws": pl.Int64,
    "seed": pl.String,
    **dict.fromkeys(_AMOUNTS, pl.Int64),
    "chance_percent": pl.String,
}


@projection(_AMOUNTS, ("chance_percent",))
def scenarios(book: Book, through: str | None = None, known_at: str | None = None) -> pl.DataFrame:
    """The recorded scenario runs, in the order they were recorded.

    Columns: ``scenario`` (its name), ``recorded_at`` (String: UTC, ISO), ``through``, ``unit``,
    ``by``, ``round`` (String; null for all, or where none was named), ``draws`` (Int64), ``seed``
    (text), of the whole ``forecast``, ``p10``, ``p50``, ``p90``, ``budget`` (Int64 öre, result
    sign; budget null where there is none), ``chance_percent`` of meeting it (text).
    With ``through``, only those through that month or an earlier one.
    """
    book = as_known(book, known_at)
    last = book.period(through).last if through is not None else None
    frame = book.events("scenario.run")
    times = dict(zip(frame["position"], frame["recorded_at"], strict=True))
    rows = [
        {
            **{name: getattr(run, name) for name in _RUNS if name in type(run).model_fields},
            "recorded_at": times[position],
            "seed": str(run.seed),
            "chance_percent": hundredths(run.chance),
        }
        for run, position in book.state.of(Scenarios).runs.values()
        if last is None or run.through <= last
    ]
    return pl.DataFrame(rows, schema=_RUNS)


def hundredths(of: int | None) -> str | None:
    """Hundredths of a percent as text: 6320 is ``63.20``.

    >>> hundredths(-5)
    '-0.05'
    """
    if of is None:
        return None
    whole, part = divmod(abs(of), 100)
    return f"{'-' if of < 0 else ''}{whole}.{part:02d}"
