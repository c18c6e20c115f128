"""What forecasts were worth: every method on years that are over, and every adopted round.

Errors are percentages of a normal year, or of a budget. Where the model was asked again they are
floats of `forecasting.backtest`, and become decimals here, half-up, once; where people's entries
are scored everything is exact in `projections.round_scores`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import polars as pl

from ledger.log import Book
from ledger.periods import first_day
from projections.forecast_parts import forecast_parts
from projections.round_scores import Accuracy, By, Figures
from projections.round_scores import accuracy as _scored
from reporting import forecast_table
from reporting.catalogue import Language, label
from reporting.forecast_model import asked_month, forecast_structure, rows_of
from reporting.notes import asked as _asked
from reporting.notes import known as _known
from reporting.tables import Column, Table, table_from, table_of

if TYPE_CHECKING:
    from ledger.families.forecast import Round

ORIGINS = (3, 4, 6, 8, 9, 10)
#: Columns of a method's score, after its keys.
SCORES = (
    Column("method", words="yardstick"),
    Column("forecasts", "count"),
    Column("median_error", "percent"),
    Column("mean_error", "percent"),
    Column("bias", "percent", signed=True),
    Column("share_best", "percent"),
    Column("held_80", "percent"),
    Column("held_95", "percent"),
    Column("ratio_percent", "percent"),
)
_ONE_DECIMAL = ("share_best", "held_80", "held_95", "ratio_percent")


def compare(
    book: Book,
    lang: Language,
    *,
    through: str | None = None,
    by: Sequence[str] = ("unit",),
    origins: Sequence[int] = ORIGINS,
    years: int | None = None,
    by_origin: bool = False,
    by_series: bool = False,
    **ask: Any,
) -> Table:
    """Every method on the organisation's own complete fiscal years, the best first.

    ``by`` is which series are forecast; rows are methods, with ``by_origin`` for each number of
    months known, with ``by_series`` for each series. ``years`` is how many of the newest complete
    fiscal years, ``year`` one of them. Fewer than two complete years give a table without rows
    that says so. Raises `UsageError` for what is unknown.
    """
    from forecasting.backtest import scores

    year = ask.pop("year", None)
    last = asked_month(book, through, year)
    by = rows_of(book, last, tuple(by), ask.get("tree") or "line")
    if "line" in by:
        ask["structure"] = forecast_structure(book, ask.get("structure"))
    told = past_forecasts(book, last, by, origins, 1 if year is not None else years, ask)
    if year is not None:
        first = first_day(book.organisation.calendar.year_of(last)[0])
        told = told.filter(pl.col("year") == first)
    keys = [key for key, wanted in (("series", by_series), ("origin", by_origin)) if wanted]
    table = scores(told, keys).rename({"ratio": "ratio_percent"})
    columns = [Column(key, "count" if key == "origin" else "text") for key in keys]
    notes = [*_asked(book, lang, **ask), *_explained(told, table, lang, bool(keys))]
    return table_from(
        _decimal(table).to_dicts(),
        [*columns, *SCORES],
        label("title.forecast_compare", lang, through=last),
        [*notes, label("note.compare_known", lang), _known(book, lang)],
    )


def past_forecasts(
    book: Book,
    last: str,
    by: tuple[str, ...],
    origins: Sequence[int],
    years: int | None,
    ask: dict[str, Any],
) -> pl.DataFrame:
    """Every forecast of the past, in floats, the model asked as `forecast_table` asks it: of all
    the organisation by part and detail, of which the rows asked for are sums."""
    from forecasting.backtest import Finer, rolling_origin

    whole = {key: value for key, value in ask.items() if key != "unit"}
    parts = forecast_parts(book, last, by=by, **whole)
    asked = parts if ask.get("unit") is None else forecast_parts(book, last, by=by, **ask)

    def rows(frame: pl.DataFrame) -> pl.DataFrame:
        return frame.group_by(pl.col("row").alias("series"), "period").agg(pl.col("value").sum())

    members = pl.concat([f.select("row", "detail") for f in (asked.outcome, asked.budget)])
    return rolling_origin(
        rows(asked.modelled),
        first_day(last),
        first_month=book.organisation.require_founded().first_month,
        origins=origins,
        years=years,
        budget=rows(asked.budget) if asked.budget.height else None,
        finer=Finer(parts.modelled, parts.budget, members.unique().rename({"row": "series"})),
    )


def _explained(told: pl.DataFrame, table: pl.DataFrame, lang: Language, split: bool) -> list[str]:
    """What the figures mean, and what they stand on; or why there are none."""
    from forecasting.backtest import CONTROLLERS, MODEL

    if told.is_empty():
        return [label("note.compare_nothing", lang)]
    years = sorted(f"{day:%Y-%m}" for day in told["year"].unique())
    span = years[0] if len(years) == 1 else f"{years[0]}–{years[-1]}"
    count = told["series"].n_unique()
    notes = [label("note.compare_years", lang, count=len(years), span=span, series=count)]
    notes.append(label("note.compare_error", lang))
    own = told.filter(pl.col("method") == MODEL)
    fallen = own.filter("fallback").height
    if fallen:
        notes.append(label("note.compare_fallback", lang, count=fallen, all=own.height))
    silent = [name for name in CONTROLLERS if name not in told["method"]]
    if silent:
        names = ", ".join(label(f"yardstick.{name}", lang) for name in silent)
        notes.append(label("note.compare_silent", lang, methods=names))
    notes.append(label("note.compare_ratio", lang))
    if not split:
        ratio = table.filter(pl.col("method") == MODEL)["ratio_percent"][0]
        against = table.filter((pl.col("method") != MODEL) & (pl.col("ratio_percent") == ratio))[
            "method"
        ].to_list()
        if against:
            method = label(f"yardstick.{against[0]}", lang)
            notes.append(label("note.compare_hardest", lang, method=method))
    return notes


def _decimal(table: pl.DataFrame) -> pl.DataFrame:
    """Percentages as text, half-up: two decimals for errors, one for the rest."""

    def text(name: str) -> pl.Expr:
        places = 1 if name in _ONE_DECIMAL else 2
        units = (pl.col(name).abs() * 10**places + 0.5).floor().cast(pl.Int64)
        return pl.concat_str(
            pl.when((pl.col(name) < 0) & (units > 0)).then(pl.lit("-")).otherwise(pl.lit("")),
            (units // 10**places).cast(pl.String),
            pl.lit("."),
            (units % 10**places).cast(pl.String).str.zfill(places),
        ).alias(name)

    return table.with_columns(text(c.key) for c in SCORES if c.kind == "percent")


#: What stands in a table of rounds, where its rows have it.
_ACCURACY = {
    "round": Column("round"),
    "unit": Column("unit"),
    "name": Column("name"),
    "line": Column("line", words="key"),
    "compared": Column("compared", words="compared"),
    "entered": Column("entered", "amount", word="column.adopted"),
    "model": Column("model", "amount"),
    "outcome": Column("outcome", "amount"),
    "base": Column("base", "amount"),
    "error_entered": Column("error_entered", "percent"),
    "error_model": Column("error_model", "percent"),
    "closer": Column("closer", words="closer"),
    "inside_80": Column("inside_80", words="answer"),
}


def accuracy(
    book: Book,
    lang: Language,
    *,
    through: str | None = None,
    round: str | None = None,
    unit: str | None = None,
    by: By = "place",
) -> Table:
    """Every adopted round against what came, as `projections.round_scores.accuracy` has it.

    The model's figures are those kept with the entries; where there are none, or an entry answers
    for several units, the model is asked again of the events that the round stands on.
    """
    last = book.period(through).last

    def ask_again(found: Round) -> Figures:
        opened = found.opened
        told = forecast_table.year_end(
            Book(book.path, opened.log_size),
            opened.through,
            by=("unit", "line"),
            unit=opened.unit,
            structure=opened.structure,
        )
        left = [(pl.col(end) - pl.col("outcome")).alias(end) for end in ("p10", "p90")]
        rows = told.select("unit", "line", "remaining", *left).rows()
        return {(where, line): (rest, low, high) for where, line, rest, low, high in rows}

    scored = _scored(book, last, ask_again, round=round, unit=unit, by=by)
    notes = [*_asked(book, lang, unit=unit), *_judged(book, last, scored, lang), _known(book, lang)]
    return table_of(
        scored.frame,
        (),
        label("title.forecast_accuracy", lang, through=last, scale="{scale}"),
        total=scored.frame["round"].null_count() > 0,
        columns=[_ACCURACY[name] for name in scored.frame.columns],
        notes=notes,
    )


def _judged(book: Book, last: str, scored: Accuracy, lang: Language) -> list[str]:
    """What the errors mean, how often the interval held; or why nothing is scored."""
    if not scored.rounds:
        return [label("note.accuracy_no_round", lang)]
    if not scored.scored:
        latest = max(book.months, default=last)
        if latest > last:
            return [label("note.accuracy_later", lang, last=last, latest=latest)]
        return [label("note.accuracy_pending", lang)]
    notes = [label(f"note.accuracy_{key}", lang) for key in ("error", "last")]
    if scored.intervals:
        count, held = scored.intervals, scored.held
        notes.append(label("note.accuracy_held", lang, held=held, count=count))
    return notes
