"""The tables that the commands show: a projection asked, a title and notes put to it.

Each function takes a book and a question and gives one `Table`. The question's words are those
of every projection: ``through``, ``by``, ``unit``, ``tree``, ``structure``, ``year``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import projections
from projections.dimensions import CODES, WITHOUT
from reporting import forecast_table, numbers
from reporting.catalogue import Language, has, label
from reporting.forecast_model import NAMED_CODES, quantiles
from reporting.notes import asked as _asked
from reporting.notes import beyond, own_lines, restated
from reporting.notes import known as _known
from reporting.tables import Column, Table, columns_of, table_of
from reporting.times import minutes

if TYPE_CHECKING:
    import polars as pl

    from ledger.log import Book


def _through(book: Book, through: str | None, ask: dict[str, Any]) -> str:
    """The last month asked for: that of the period, else the year's latest with outcome."""
    from projections.dimensions import outcome_span

    return outcome_span(book, through, ask.get("year")).last


def _first(book: Book, through: str | None, span: str, ask: dict[str, Any]) -> str:
    """The first month that is compared with."""
    from projections.dimensions import outcome_span

    asked = outcome_span(book, through, ask.get("year"), span)
    return (*asked.last_year, *asked.months)[0]


#: Methods of rows with a calibrated interval: the model's own, a year that is known, a sum.
_CALIBRATED = ("combination", "complete", "sum", "ended")
#: Rows without one that are named; the rest are counted.
_NAMED = 6


def _interval(frame: pl.DataFrame, lang: Language) -> list[str]:
    """What the intervals hold, and the rows of which that is not known."""
    keys = frame.columns[: frame.columns.index("name")]
    if frame["method"].is_in(["complete", "sum"]).all() and (frame["method"] == "complete").any():
        return [label("note.year_complete", lang)]
    fallback = frame.filter(~frame["method"].is_in(_CALIBRATED))
    notes = []
    if frame["method"].is_in(_CALIBRATED[:2]).any():
        some = "note.interval_some" if fallback.height else "note.interval"
        notes.append(label(some, lang))
    if fallback.is_empty():
        return notes
    rows = []
    for row in fallback.head(_NAMED).to_dicts():
        method = f"method.{row['method']}"
        said = label(method, lang) if has(method) else row["method"]
        codes = (label(f"key.{row[k]}", lang) if has(f"key.{row[k]}") else row[k] for k in keys)
        rows.append(f"{' '.join(str(code) for code in codes)} ({said})")
    if fallback.height > _NAMED:
        rows.append(label("note.and_more", lang, count=fallback.height - _NAMED))
    return [*notes, label("note.not_calibrated", lang, rows=", ".join(rows))]


def _coded(frame: pl.DataFrame, by: Sequence[str], lang: Language) -> list[str]:
    """What a table by projects, products or activities cannot know of its codes."""
    import polars as pl

    codes = [name for name in by if name in NAMED_CODES]
    if not codes:
        return []
    rows = frame[:-1] if len(by) == 1 else frame
    keys = ["unit" if name not in frame.columns else name for name in codes]
    without = rows.filter(pl.any_horizontal(pl.col(keys) == WITHOUT))
    code = label(f"column.{codes[0]}", lang).lower()
    notes = []
    if (without["method"] == "ended").any():
        notes.append(label("note.ended", lang, code=code))
    if (without["remaining"] != 0).any():
        notes.append(label("note.not_coded", lang, code=code))
    if rows["annual_budget"].null_count():
        notes.append(label("note.no_budget_by_code", lang))
    return notes


def result(
    book: Book,
    lang: Language,
    *,
    through: str | None,
    by: Sequence[str],
    span: str = "accumulated",
    **ask: Any,
) -> Table:
    """Outcome against budget and last year, with the adopted forecast; ``span`` as in
    `projections.result`."""
    frame = projections.result(book, through, by=tuple(by), span=span, **ask)
    key = {"month": "result_month", "rolling12": "result_rolling12"}.get(span, "result")
    last = _through(book, through, ask)
    title = label(f"title.{key}", lang, through=last, scale="{scale}")
    notes = [*beyond(book, lang, last), label("note.sign", lang)]
    notes.append(label("note.last_year_same_months", lang))
    notes += restated(book, lang, ask.get("tree"), _first(book, through, span, ask), last)
    if frame.height and frame["forecast"].null_count() == frame.height:
        notes.append(label("note.no_adopted_round", lang))
    return table_of(
        frame,
        projections.PROJECTIONS["result"].amounts,
        title,
        total=len(by) == 1,
        notes=[*_asked(book, lang, **ask), *notes, _known(book, lang)],
    )


def balance(
    book: Book, lang: Language, *, through: str | None, by: Sequence[str], **ask: Any
) -> Table:
    """The trial balance, debit positive."""
    frame = projections.balance(book, through, by=tuple(by), **ask)
    last = book.period(through or ask.get("year")).last
    title = label("title.balance", lang, through=last, scale="{scale}")
    amounts = projections.PROJECTIONS["balance"].amounts
    columns = [Column(c.key, c.kind) for c in columns_of(frame, amounts)]
    notes = (*_asked(book, lang, **ask), _known(book, lang))
    return table_of(frame, amounts, title, columns=columns, notes=notes)


def cost_development(book: Book, lang: Language, *, through: str | None, **ask: Any) -> Table:
    """Accumulated cost against the same months of last year, a percentage a month."""
    frame = projections.cost_development(book, through, **ask)
    last = _through(book, through, ask)
    title = label("title.cost_development", lang, through=last, scale="{scale}")
    amounts = projections.PROJECTIONS["cost_development"].amounts
    notes = (
        *_asked(book, lang, **ask),
        *beyond(book, lang, last),
        *own_lines(book, lang, "cost_development", ask.get("structure")),
        label("note.accumulated", lang),
        _known(book, lang),
    )
    return table_of(frame, amounts, title, notes=notes)


def forecast_model(
    book: Book,
    lang: Language,
    *,
    through: str | None,
    by: Sequence[str],
    levels: Sequence[int] = (80, 95),
    assumed_in: str | None = None,
    narrow: bool = False,
    **ask: Any,
) -> Table:
    """Where the year ends by the model, with its intervals, and with what a round assumes;
    ``narrow`` leaves out what a window has no room for."""
    from reporting.forecast_explanation import left_out

    frame = forecast_table.year_end(
        book, through, by=tuple(by), levels=levels, assumed_in=assumed_in, **ask
    )
    last = _through(book, through, ask)
    title = label("title.forecast", lang, through=last, scale="{scale}")
    if assumed_in is not None:
        told = {"through": last, "round": assumed_in, "scale": "{scale}"}
        title = label("title.forecast_assumed", lang, **told)
    notes = [*_asked(book, lang, **ask), *_interval(frame, lang)]
    if assumed_in is not None:
        notes.append(label("note.assumed_in", lang, round=assumed_in))
    notes += left_out(book, lang, last, unit=ask.get("unit"), tree=ask.get("tree") or "line")
    finer = "details_add_up" if set(by) & set(CODES) else "parts_add_up"
    notes += [*_coded(frame, by, lang), label(f"note.{finer}", lang)]
    if not narrow:
        notes.append(label("note.last_year_whole", lang))
    notes.append(_known(book, lang))
    columns = None
    if narrow:
        # The middle is the forecast, and the wider interval is for who asks for it.
        always = {"p50", *(set(quantiles((95,))) if levels == (80, 95) else ())}
        frame = frame.drop(always)
        whole = {"last_year": "column.last_year_whole"}
        columns = [
            replace(c, word=whole.get(c.key, c.word))
            for c in columns_of(frame, forecast_table.amounts_of(frame))
        ]
    amounts = forecast_table.amounts_of(frame)
    return table_of(frame, amounts, title, total=len(by) == 1, columns=columns, notes=notes)


def forecast_beside(
    book: Book, lang: Language, *, through: str | None, by: Sequence[str], **ask: Any
) -> Table:
    """The model's year-end beside the adopted round's: both figures are kept, and shown."""
    import polars as pl

    from projections.opened_round import answering

    last = _through(book, through, ask)
    model = forecast_table.year_end(book, through, by=tuple(by), **ask)
    decided = projections.result(book, through, by=tuple(by), **ask)
    frame = (
        decided.select("unit", pl.col("forecast").alias("adopted"), "forecast_variance")
        .join(model.rename({"forecast": "model"}), on="unit", how="left", nulls_equal=True)
        .with_columns((pl.col("adopted") - pl.col("model")).alias("difference"))
    )
    order = ("unit", "name", "outcome", "model", "p10", "p90", "adopted", "difference")
    frame = frame.select(*order, "annual_budget", "forecast_variance")
    rounds = answering(book, *book.organisation.calendar.year_of(last))
    name = ", ".join(each.round.opened.round for each in rounds) or "–"
    title = label("title.forecast_both", lang, round=name, scale="{scale}")
    notes = [*_asked(book, lang, **ask), label("note.beside", lang)]
    where = {name: value for name, value in ask.items() if name != "year"}
    assumed = sum(projections.assumed_months(book, last, **where)["amount"])
    if assumed:
        told = numbers.amount(assumed, lang, "tkr", signed=True)
        notes.append(label("note.model_without_assumed", lang, amount=f"{told} tkr"))
    notes.append(_known(book, lang))
    amounts = forecast_table.amounts_of(frame)
    return table_of(frame, amounts, title, total=len(by) == 1, notes=notes)


def rounds(book: Book, lang: Language, *, through: str | None = None, local: bool = False) -> Table:
    """All forecast rounds, in the order they were opened; for people in ``local`` time."""
    frame = projections.rounds(book, through)
    if local:
        frame = minutes(frame, book, "opened_at", "adopted_at")
    return table_of(frame, (), label("title.rounds", lang), notes=(_known(book, lang),))


def assumptions(book: Book, lang: Language, name: str, *, unit: str | None = None) -> Table:
    """What a round assumes, of a unit and all below it."""
    import polars as pl

    frame = projections.assumptions(book, name)
    if unit is not None:
        paths = {code: book.organisation.ancestors(code) for code in frame["unit"].unique()}
        below = [code for code, path in paths.items() if unit in path]
        frame = frame.filter(pl.col("unit").is_in(below))
    title = label("title.assumptions", lang, round=name, scale="{scale}")
    return table_of(frame, projections.PROJECTIONS["assumptions"].amounts, title)


def retention(book: Book, lang: Language, day: str) -> Table:
    """What the rules say is due on a day (ISO), and the holds that stand."""
    from ledger.families.erasure import Retention
    from ledger.retention import due

    holds = [
        label(
            "note.hold",
            lang,
            reference=hold.reference,
            scope=" ".join(
                part
                for part in (hold.family_held, hold.unit, f"{hold.first or ''}–{hold.last or ''}")
                if part and part != "–"
            )
            or label("note.everything", lang),
        )
        for _, hold in sorted(book.state.of(Retention).holds.items())
    ]
    title = label("title.retention", lang, day=day)
    notes = (label("note.retention", lang), *holds, _known(book, lang))
    return table_of(due(book, day), (), title, notes=notes)
