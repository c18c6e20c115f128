"""The control register: what is controlled, how it went, what is late, and what came of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

import polars as pl

from ledger.families.control import (
    ACTIVITY_WORDS,
    MEASURE_WORDS,
    RESULT_WORDS,
    Activity,
    Controls,
    MeasureStanding,
    Performance,
    days_after,
)
from ledger.log import Book
from ledger.periods import last_day
from ledger.risk_matrix import matrix_of
from projections.dimensions import Tree, as_known, fiscal_year, span_of
from projections.registry import projection
from projections.texts import texts

__all__ = ["control_measures", "internal_control"]

_COLUMNS: dict[str, type[pl.DataType]] = {
    "year": pl.String,
    "control": pl.String,
    "unit": pl.String,
    "name": pl.String,
    "text": pl.String,
    "risk": pl.String,
    "risk_text": pl.String,
    "probability": pl.Int64,
    "consequence": pl.Int64,
    "risk_value": pl.Int64,
    "level": pl.String,
    "control_method": pl.String,
    "population": pl.String,
    "tolerable": pl.String,
    "confidence": pl.String,
    "responsible": pl.String,
    "recipient": pl.String,
    "frequency": pl.String,
    "due": pl.String,
    "status": pl.String,
    "changes": pl.Int64,
    "decision": pl.String,
    "period": pl.String,
    "conclusion": pl.String,
    "performed_on": pl.String,
    "result": pl.String,
    "because": pl.String,
    "sample": pl.String,
    "measures": pl.String,
    "missing": pl.String,
    "overdue": pl.String,
    "position": pl.Int64,
}
_MEASURES: dict[str, type[pl.DataType]] = {
    "year": pl.String,
    "control": pl.String,
    "unit": pl.String,
    "name": pl.String,
    "measure_name": pl.String,
    "text": pl.String,
    "responsible": pl.String,
    "due": pl.String,
    "overdue": pl.String,
    "measure_progress": pl.String,
    "report": pl.String,
    "reported_on": pl.String,
    "of_last_year": pl.String,
    "position": pl.Int64,
}
_PRIVATE = (*ACTIVITY_WORDS, *RESULT_WORDS, "measures")
_OVER = ("done", "dropped")


@projection((), private=_PRIVATE)
def internal_control(
    book: Book,
    through: str | None = None,
    known_at: str | None = None,
    *,
    unit: str | None = None,
    tree: str = "line",
    year: str | None = None,
    withdrawn: bool = False,
) -> pl.DataFrame:
    """The control activities of a fiscal year (that of ``through`` or ``year``, else the latest
    that has any), in the order in which they were planned; withdrawn ones only if asked for.

    Columns: ``year``, ``control``, ``unit`` and its ``name``; ``text`` and, of the risk, its name
    in the register ``risk`` or ``risk_text`` in words, ``probability`` and ``consequence``
    (classes), ``risk_value`` (Int64: their product) and ``level``; ``control_method``,
    ``population``, ``tolerable``, ``confidence``, ``responsible``, ``recipient``, ``frequency``,
    ``due``; ``status`` (planned or withdrawn), ``changes`` (Int64) since it was planned, and the
    ``decision`` by which its plan is adopted (null: by none). Of the latest conclusion through the
    month asked for ``period``, ``conclusion``, ``performed_on``, ``result``, ``because`` and
    ``sample``; ``measures`` in words. ``missing`` names the stretches of the year that want a
    conclusion and have none, as ``2020-01--2020-04``, with spaces between, ``overdue`` (yes or no)
    says that one is missing or the due day has passed without one: as of the last day of
    ``through``, without it the day of the book's last event. ``position`` is the event of the plan
    as it stands. Texts are String, of what was erased the marker; what is not known is null.

    Raises `ledger.errors.UsageError`.
    """
    book = as_known(book, known_at)
    last = span_of(book, through, year).last if through or year else None
    today = last_day(last) if last else _last_day(book)
    places = Tree(book, tree, last or "9999-12")
    inside = None if unit is None else places.below(unit)
    state = book.state.of(Controls)
    asked = book.organisation.calendar.year_of(last)[0][:4] if last else _latest(state)
    chosen = [
        one
        for (of, _), one in state.activities.items()
        if of == asked
        and (withdrawn or one.withdrawn_at is None)
        and (inside is None or one.planned.unit in inside)
    ]
    return _Register(book, places, last, today).frame(chosen)


def _latest(state: Controls) -> str:
    return max((year for year, _ in state.activities), default="")


def _last_day(book: Book) -> date:
    moment = datetime.fromisoformat(book.recorded_at)
    return moment.astimezone(book.organisation.zone).date()


class _Register:
    """Rows of the register, as of a month and a day."""

    def __init__(self, book: Book, places: Tree, last: str | None, today: date) -> None:
        self.book, self.last, self.today = book, last or "9999-12", today
        self.places, self.names = places, places.unit_names()
        self.matrix = matrix_of(book.organisation.settings)
        self.grace = timedelta(days=days_after(book.organisation.settings))
        self.state = book.state.of(Controls)

    def frame(self, chosen: list[Activity]) -> pl.DataFrame:
        """One row an activity."""
        done = [one.latest(self.last) for one in chosen]
        words = _said(self.book, ACTIVITY_WORDS, (one.words_at for one in chosen))
        words |= _said(self.book, RESULT_WORDS, (p.words_at for p in done if p))
        told = [m for one in chosen for m in one.measures.values()]
        measures = _said(self.book, MEASURE_WORDS, (m.words_at for m in told))
        rows = [
            self._row(one, latest, words, measures["text"])
            for one, latest in zip(chosen, done, strict=True)
        ]
        return pl.DataFrame(rows, schema=_COLUMNS)

    def _row(
        self,
        one: Activity,
        latest: Performance | None,
        words: dict[str, dict[int, str]],
        measures: dict[int, str],
    ) -> dict[str, object]:
        plan = one.planned
        said = {n: words[n].get(one.words_at[n]) for n in ACTIVITY_WORDS}
        value = None
        if plan.probability is not None and plan.consequence is not None:
            value = plan.probability * plan.consequence
        level = self.matrix.level(plan.probability or 0, plan.consequence or 0)
        adopted = self.state.adopted(plan.year, self.places.path(plan.unit))
        texts_ = [measures.get(m.words_at["text"]) for m in one.measures.values()]
        missing, overdue = self._late(one)
        row: dict[str, object] = dict.fromkeys(_COLUMNS)
        row |= {n: getattr(plan, n) for n in _COLUMNS if hasattr(plan, n)} | said
        row |= {
            "name": self.names.get(plan.unit),
            "risk_value": value,
            "level": level,
            "control_method": plan.control_method,
            "status": "planned" if one.withdrawn_at is None else "withdrawn",
            "changes": one.changes,
            "decision": adopted.decision if adopted else None,
            "measures": "; ".join(t for t in texts_ if t) or None,
            "missing": missing or None,
            "overdue": overdue,
            "position": one.position,
        }
        if latest is not None:
            event = latest.event
            kept = ("period", "conclusion", "performed_on", "sample")
            row |= {n: getattr(event, n) for n in kept}
            row |= {n: words[n].get(latest.words_at[n]) for n in RESULT_WORDS}
        return row

    def _late(self, one: Activity) -> tuple[str, str]:
        """The stretches without a conclusion, and whether anything is late."""
        if one.withdrawn_at is not None:
            return "", "no"
        months = fiscal_year(self.book, one.planned.year)
        known = [period for period in one.performed if period <= self.last]
        missing = [
            f"{first}--{last}" if first != last else first
            for first, last in one.occasions(*months)
            if last_day(last) + self.grace < self.today
            and not any(first <= period <= last for period in known)
        ]
        due = one.planned.due
        passed = due is not None and date.fromisoformat(due) < self.today and not known
        return " ".join(missing), "yes" if missing or passed else "no"


def _said(
    book: Book, names: tuple[str, ...], places: Iterable[dict[str, int]]
) -> dict[str, dict[int, str]]:
    """The texts of these names at the positions that ``places`` name, by name and position."""
    held = list(places)
    return {name: texts(book, name, (at[name] for at in held)) for name in names}


@projection((), private=("text", "responsible", "report"))
def control_measures(
    book: Book,
    through: str | None = None,
    known_at: str | None = None,
    *,
    unit: str | None = None,
    tree: str = "line",
    year: str | None = None,
) -> pl.DataFrame:
    """The measures of a fiscal year's controls, and before them those of earlier years that were
    open when it began.

    Columns: ``year`` and ``control`` that it is of, ``unit`` and its ``name``, ``measure_name``,
    ``text``, ``responsible``, ``due`` (ISO day), ``overdue`` (yes or no; null without a day, and
    where it is done or dropped), ``measure_progress`` (open, in_progress, done, dropped; null:
    never reported), ``report`` in words, ``reported_on`` (ISO day), ``of_last_year`` (yes or no:
    of an earlier year than the one asked for), ``position`` (Int64: the event that decided it as
    it stands). Days, months and units as in `internal_control`. Raises `ledger.errors.UsageError`.
    """
    book = as_known(book, known_at)
    last = span_of(book, through, year).last if through or year else None
    today = last_day(last) if last else _last_day(book)
    places = Tree(book, tree, last or "9999-12")
    inside = None if unit is None else places.below(unit)
    state = book.state.of(Controls)
    asked = book.organisation.calendar.year_of(last)[0][:4] if last else _latest(state)
    begins = first_day_of(book, asked)
    found = [
        one
        for (_, _), activity in sorted(state.activities.items(), key=lambda each: each[0][0])
        for one in activity.measures.values()
        if (inside is None or activity.planned.unit in inside)
        and (one.decided.year == asked or (one.decided.year < asked and _open(one, begins)))
    ]
    words = _said(book, MEASURE_WORDS, (one.words_at for one in found))
    reports = texts(book, "text", (one.reported_at for one in found))
    names = places.unit_names()
    rows = [_measure(one, words, reports, names, asked, today) for one in found]
    return pl.DataFrame(rows, schema=_MEASURES)


def first_day_of(book: Book, year: str) -> str:
    """The first day (ISO) of a fiscal year; empty for none."""
    return f"{fiscal_year(book, year)[0]}-01" if year else ""


def _open(one: MeasureStanding, begins: str) -> bool:
    """Whether an earlier year's measure was open when the year began, as far as is known."""
    last = one.reported
    if last is None or last.measure_progress not in _OVER:
        return True
    return last.reported_on is None or last.reported_on >= begins


def _measure(
    one: MeasureStanding,
    words: dict[str, dict[int, str]],
    reports: dict[int, str],
    names: dict[str, str],
    asked: str,
    today: date,
) -> dict[str, object]:
    decided, last = one.decided, one.reported
    over = last is not None and last.measure_progress in _OVER
    late = None
    if decided.due and not over:
        late = "yes" if date.fromisoformat(decided.due) < today else "no"
    return {
        "year": decided.year,
        "control": decided.control,
        "unit": decided.unit,
        "name": names.get(decided.unit),
        "measure_name": decided.measure,
        "text": words["text"].get(one.words_at["text"]),
        "responsible": words["responsible"].get(one.words_at["responsible"]),
        "due": decided.due,
        "overdue": late,
        "measure_progress": last.measure_progress if last else None,
        "report": reports.get(one.reported_at),
        "reported_on": last.reported_on if last else None,
        "of_last_year": "yes" if decided.year < asked else "no",
        "position": one.position,
    }
