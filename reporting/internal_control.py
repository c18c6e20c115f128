"""The control register as it is read: plan, results and measures; what is late stands under it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import polars as pl

import projections
from ledger.families.control import CONCLUSIONS
from reporting.catalogue import Language, label
from reporting.notes import asked, known
from reporting.tables import Table, columns_of, table_of

if TYPE_CHECKING:
    from ledger.log import Book

_PLAN = (
    *("control", "unit", "text", "risk", "risk_text", "risk_value", "level", "control_method"),
    *("population", "tolerable", "confidence", "responsible", "recipient", "frequency", "due"),
    *("changes", "decision"),
)
#: The columns of the interim report, in its order.
_INTERIM = ("text", "control_method", "frequency", "conclusion", "result", "measures")
_REGISTER = ("control", *_INTERIM, "missing")
_MEASURES = (
    *("year", "control", "measure_name", "text", "responsible", "due", "measure_progress"),
    *("report", "overdue"),
)
#: Headings of columns that are called something else in other tables.
_HEADINGS = {
    "text": "column.control_text",
    "population": "column.control_population",
    "measures": "column.control_measures",
    "due": "column.due",
    "report": "column.report_back",
    "sample": "column.sample",
}
_WORDS = {"status": "control_status", "of_last_year": "answer"}


@dataclass(frozen=True)
class Register:
    """A table of the register, and the controls or measures that are late, in words."""

    table: Table
    late: tuple[str, ...]


def plan(book: Book, lang: Language, *, brief: bool = False, **ask: Any) -> Table:
    """The plan: what is controlled, against which risk, how, by whom and when."""
    frame = projections.internal_control(book, **ask)
    notes = [] if frame["decision"].null_count() == 0 else [label("note.plan_not_adopted", lang)]
    return _table(book, lang, frame, "control_plan", _PLAN if brief else None, notes, ask)


def register(book: Book, lang: Language, *, brief: bool = False, **ask: Any) -> Register:
    """What each control came to, and what is late."""
    frame = projections.internal_control(book, **ask)
    late = [
        label("note.control_late", lang, control=r["control"], missing=r["missing"] or r["due"])
        for r in frame.filter(pl.col("overdue") == "yes").to_dicts()
    ]
    shown = _spoken(frame) if brief else frame
    chosen, notes = _REGISTER if brief else None, _told(late, lang)
    table = _table(book, lang, shown, "internal_control", chosen, notes, ask)
    return Register(table, tuple(late))


def measures(book: Book, lang: Language, *, brief: bool = False, **ask: Any) -> Register:
    """What is done about the results, this year's measures and those that earlier years left."""
    frame = projections.control_measures(book, **ask)
    late = [
        label("note.measure_late", lang, measure=r["measure_name"], control=r["control"],
              due=r["due"])
        for r in frame.filter(pl.col("overdue") == "yes").to_dicts()
    ]  # fmt: skip
    chosen = _MEASURES if brief else None
    return Register(
        _table(book, lang, frame, "control_measures", chosen, _told(late, lang), ask), tuple(late)
    )


def interim(book: Book, lang: Language, **ask: Any) -> Table:
    """The internal-control table of the interim report: activity, method, when it is performed,
    conclusion, result (and why there is none) and measures."""
    frame = _spoken(projections.internal_control(book, **ask)).select(_INTERIM)
    return _table(book, lang, frame, "internal_control", None, [], ask)


def overall(frame: pl.DataFrame, lang: Language) -> str:
    """What the register's controls came to together: how many of each conclusion, and which are
    late."""
    reached = frame["conclusion"].fill_null("none").to_list()
    told = [
        label(f"prose.controls_{name}", lang, count=reached.count(name))
        for name in (*CONCLUSIONS, "none")
        if name in reached
    ]
    late = frame.filter(pl.col("overdue") == "yes")["control"].to_list()
    text = label("prose.controls", lang, count=frame.height, told=", ".join(told))
    return f"{text} {label('prose.controls_late', lang, names=', '.join(late))}" if late else text


def _spoken(frame: pl.DataFrame) -> pl.DataFrame:
    """The result with the reason why it is none, as one text."""
    both = pl.concat_str("result", "because", separator=" ", ignore_nulls=True)
    return frame.with_columns(result=both.replace("", None))


def _told(late: Iterable[str], lang: Language) -> list[str]:
    word = label("message.finding", lang).capitalize()
    return [f"{word} [control-overdue]: {text}" for text in late]


def _table(
    book: Book,
    lang: Language,
    frame: pl.DataFrame,
    name: str,
    chosen: tuple[str, ...] | None,
    notes: list[str],
    ask: dict[str, Any],
) -> Table:
    """The frame as a table; of ``chosen`` columns those in which any row says something."""
    if chosen is not None:
        said = [n for n in chosen if frame.is_empty() or frame[n].null_count() < frame.height]
        frame = frame.select(said)
    headings = _HEADINGS | ({"text": "column.what"} if name == "control_measures" else {})
    decimals = ("tolerable", "confidence") if chosen is not None else ()
    columns = [
        replace(
            c,
            kind="decimal" if c.key in decimals else c.kind,
            word=headings.get(c.key, c.word),
            words=_WORDS.get(c.key, c.words),
        )
        for c in columns_of(frame, ())
    ]
    title = label(f"title.{name}", lang, through=ask.get("through") or ask.get("year") or "")
    told = [*asked(book, lang, **ask), *notes, known(book, lang)]
    return table_of(frame, (), title.rstrip(), columns=columns, notes=told)
