"""``ledger forecast explain``: where the year-end comes from, step by step, and what lies behind.

Three tables. The *waterfall* leads from the outcome so far to the model's year-end, and on to what
people entered in a round, every step in öre and the sum of the steps before it beside it. The
*members* are what each model and method says of the months left. The *one-offs* are months that the
model took for such by itself, for the controller to decide on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

import projections
from ledger.families.forecast import Forecasts
from ledger.log import Book
from ledger.periods import first_day, shift
from projections import facts
from projections.dimensions import Dimensions
from projections.forecast_parts import forecast_parts
from projections.marked_entries import marked
from projections.timelines import JOIN
from reporting import numbers
from reporting.catalogue import Language, has, label
from reporting.forecast_model import Model, asked_month, asked_of, forecast_structure, months_by
from reporting.forecast_table import year_end
from reporting.notes import asked, known
from reporting.tables import Column, Table, table_from

if TYPE_CHECKING:
    from forecasting.explanation import Explanation
    from projections.forecast_parts import Parts

LEVELS = (80, 95)
#: Months in which a one-off is told of: older ones hardly count.
RECENT = 24
_HUNDRED = 100
_STEPS = (
    Column("step", words="step"),
    Column("name", word="column.what"),
    Column("amount", "amount", signed=True, word="column.step_amount"),
    Column("total", "amount", word="column.so_far"),
)
_MEMBERS = (Column("member", words="member"), Column("remaining", "amount"))
_ONE_OFFS = (
    Column("unit"),
    Column("nature", words="nature"),
    Column("period"),
    Column("amount", "amount"),
    Column("usual", "amount"),
    Column("difference", "amount", signed=True),
)


@dataclass(frozen=True)
class Question:
    """What is explained: a part of the organisation, through a month, and a round if named."""

    through: str | None = None
    round: str | None = None
    unit: str | None = None
    tree: str = "line"
    structure: str | None = None


@dataclass(frozen=True)
class Explained:
    """The three tables; those without rows have nothing to say."""

    waterfall: Table
    members: Table
    one_offs: Table


def explain(book: Book, lang: Language, ask: Question) -> Explained:
    """Explain the year-end of a unit and all below it, or of all. With a round, the model is asked
    of the events that the round was opened on. Raises what `forecast_table.year_end` does."""
    opened = book.state.of(Forecasts).round(ask.round).opened if ask.round else None
    then = book if opened is None else Book(book.path, opened.log_size)
    last = opened.through if opened else asked_month(book, ask.through)
    unit = ask.unit or (opened.unit if opened else None)
    structure = opened.structure if opened else forecast_structure(book, ask.structure)
    where: dict[str, Any] = {"unit": unit, "tree": ask.tree}
    whole = year_end(then, last, by=("line",), structure=structure, **where)
    table = whole.row(-1, named=True)
    model = Model(then, last, LEVELS)
    parts, details, _ = asked_of(model, ("line",), structure=structure, **where)
    behind = _behind(then, last, parts)
    steps = [
        *_outcome(then, last, lang, table["outcome"], where),
        *_model_steps(details, whole, lang),
        *_assumed(book, last, lang, ask.round, structure, where),
    ]
    forecast = sum(step["amount"] for step in steps)
    within = _interval(table, forecast, lang)
    if any(step["step"] == "assumed" for step in steps):
        within = label("step_name.with_assumed", lang, interval=within)
    steps.append({"step": "forecast", "name": within})
    notes = [*asked(book, lang, unit=unit, tree=ask.tree)]
    if opened is not None:
        people, notes_of = _people(book, lang, ask.round or "", whole, steps, unit)
        steps += people
        notes += notes_of
    steps += _beside(book, last, lang, table["annual_budget"], where)
    if behind.budget_weight is not None:
        key = "budget_learned" if behind.budget_learned else "budget_assumed"
        notes.append(label(f"note.{key}", lang, percent=_percent(behind.budget_weight)))
    notes.append(known(book, lang))
    title = label("title.explain", lang, through=last, scale="{scale}")
    waterfall = table_from(_running(steps), _STEPS, title, notes)
    return Explained(
        waterfall,
        _members(behind, lang),
        _one_offs(behind, lang),
    )


def left_out(book: Book, lang: Language, last: str, **where: Any) -> list[str]:
    """Notes on what the model does not count on: what is marked this year, and months of the last
    two years that it took for one-offs by itself."""
    from forecasting.explanation import one_offs

    notes = []
    out = _marked(book, last, where)
    if out.height:
        amount = _tkr(int(out["amount"].sum()), lang)
        marks = ", ".join(out["mark"])
        notes.append(label("note.marked_out", lang, marks=marks, amount=amount))
    parts = forecast_parts(book, last, by=("unit",), **where)
    since = pl.col("period") > first_day(shift(last, -RECENT))
    found = one_offs(*_asked_engine(book, last, parts)).filter(since)
    if found.height:
        away = (pl.col("value") - pl.col("usual")).abs()
        row = found.sort(away, descending=True, maintain_order=True).row(0, named=True)
        unit, nature = row["series"].rsplit(JOIN, 1)
        told = {
            "count": found.height,
            "unit": unit,
            "nature": label(f"nature.{nature}", lang),
            "month": f"{row['period']:%Y-%m}",
            "amount": _tkr(_ore(row["value"]), lang),
            "usual": _tkr(_ore(row["usual"]), lang),
        }
        notes.append(label("note.one_offs", lang, **told))
    return notes


def _behind(book: Book, last: str, parts: Parts) -> Explanation:
    """What lies behind the forecasts of the parts asked for."""
    from forecasting.explanation import explain_year_end

    history, through, first_month = _asked_engine(book, last, parts)
    budget = months_by(parts, "part")[1]
    return explain_year_end(
        history, through, budget if budget.height else None, first_month=first_month
    )


def _asked_engine(book: Book, last: str, parts: Parts) -> tuple[pl.DataFrame, Any, int]:
    founded = book.organisation.require_founded()
    return months_by(parts, "part")[0], first_day(last), founded.first_month


def _outcome(
    book: Book, last: str, lang: Language, outcome: int, where: Mapping[str, Any]
) -> Iterator[dict[str, Any]]:
    """The outcome so far: what is marked by its marks, and the rest."""
    found = _marked(book, last, where)
    rest = outcome - int(found["amount"].sum())
    yield {"step": "outcome", "name": label("step_name.through", lang, month=last), "amount": rest}
    for mark, kind, amount in found.rows():
        name = f"{mark} ({label(f'mark_kind.{kind}', lang)})"
        yield {"step": "marked", "name": name, "amount": amount}


def _marked(book: Book, last: str, where: Mapping[str, Any]) -> pl.DataFrame:
    """What is marked of the fiscal year so far: ``mark``, ``kind``, ``amount`` (öre)."""
    months = book.organisation.calendar.to_date(last)
    inside = Dimensions(book, last, ("unit",), **where).within(
        facts.months_in(marked(book), months)
    )
    return inside.group_by("mark", "kind").agg(pl.col("amount").sum()).sort("mark").collect()


def _model_steps(
    details: pl.DataFrame, whole: pl.DataFrame, lang: Language
) -> Iterator[dict[str, Any]]:
    """What the model says of each line, and what makes the lines sum to the units."""
    sums = dict(details.group_by("row").agg(pl.col("model").sum()).rows())
    for line in whole["line"].drop_nulls():
        if sums.get(line):
            name = label(f"key.{line}", lang) if has(f"key.{line}") else line
            yield {"step": "model", "name": name, "amount": sums[line]}
    if reconciled := int(details["reconciled"].sum()):
        name = label("step_name.reconciled", lang)
        yield {"step": "reconciled", "name": name, "amount": reconciled}


def _assumed(
    book: Book,
    last: str,
    lang: Language,
    name: str | None,
    structure: str,
    where: Mapping[str, Any],
) -> Iterator[dict[str, Any]]:
    """What the round assumes of the months left, by line."""
    if name is None:
        return
    frame = projections.assumed_months(
        book, last, round=name, by=("line",), structure=structure, **where
    )
    for line, amount in (
        frame.group_by("line", maintain_order=True).agg(pl.col("amount").sum()).rows()
    ):
        said = label(f"key.{line}", lang) if has(f"key.{line}") else line
        yield {"step": "assumed", "name": said, "amount": amount}


def _interval(table: Mapping[str, Any], forecast: int, lang: Language) -> str:
    """The model's 80 % interval around its year-end, in words."""
    low, high = (forecast + table[name] - table["forecast"] for name in ("p10", "p90"))
    return label(
        "step_name.interval",
        lang,
        low=_tkr(low, lang),
        high=_tkr(high, lang),
    )


def _people(
    book: Book,
    lang: Language,
    name: str,
    whole: pl.DataFrame,
    steps: list[dict[str, Any]],
    unit: str | None,
) -> tuple[list[dict[str, Any]], list[str]]:
    """By line, how what people entered differs from the model and what is assumed; where the round
    then ends; and what to look at if that is outside the interval."""
    frame = projections.forecast_round(book, name, unit=unit)
    entered = dict(frame.group_by("line").agg(pl.col("year_end").sum()).rows())
    assumed = {s["name"]: s["amount"] for s in steps if s["step"] == "assumed"}
    told = {
        row["line"]: row["forecast"] + assumed.get(row["line"], 0)
        for row in whole.to_dicts()
        if row["line"] is not None
    }
    moved = {
        line: entered.get(line, 0) - told.get(line, 0) for line in dict.fromkeys([*told, *entered])
    }
    rows: list[dict[str, Any]] = [
        {"step": "people", "name": line, "amount": amount}
        for line, amount in moved.items()
        if amount
    ]
    rows.append({"step": "round", "name": name})
    table = whole.row(-1, named=True)
    shift_by = sum(assumed.values())
    low, high = table["p10"] + shift_by, table["p90"] + shift_by
    end = sum(entered.values())
    if low <= end <= high:
        return rows, []
    largest = max(moved, key=lambda line: abs(moved[line]))
    side = "below" if end < low else "above"
    return rows, [
        label(
            f"note.outside_{side}",
            lang,
            round=name,
            amount=_tkr(end, lang),
            low=_tkr(low, lang),
            high=_tkr(high, lang),
            line=largest,
            moved=_tkr(moved[largest], lang),
            counted=label("note.with_assumed", lang) if shift_by else "",
        )
    ]


def _beside(
    book: Book, last: str, lang: Language, budget: int | None, where: Mapping[str, Any]
) -> Iterator[dict[str, Any]]:
    """The budget, and what registered risks would bring on average; neither is in the sum."""
    if budget is not None:
        yield {"step": "budget", "name": "", "beside": budget}
    dimensions = Dimensions(book, last, ("unit",), **where)
    exposed = projections.exposed_risks(book, last, dimensions)
    for row in exposed.to_dicts():
        expected = row["effect"] * row["percent"] // _HUNDRED
        name = label("step_name.risk", lang, risk=row["risk"], percent=row["percent"])
        yield {"step": "risk", "name": name, "beside": expected}


def _running(steps: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The steps with their sum so far; what stands beside is no step."""
    total = 0
    for step in steps:
        if "beside" in step:
            yield {**step, "total": step["beside"], "amount": None}
            continue
        total += step.get("amount") or 0
        yield {**step, "amount": step.get("amount"), "total": total}


def _members(behind: Explanation, lang: Language) -> Table:
    """What each model and method says, summed over the same parts: those that each speaks of."""
    frame = behind.members
    speaking = frame.group_by("member", maintain_order=True).agg(
        pl.col("remaining").sum(), pl.len().alias("parts")
    )
    everyone = int(frame["series"].n_unique())
    rows = [
        {"member": member, "remaining": _ore(remaining)}
        for member, remaining, count in speaking.rows()
        if count == everyone
    ]
    notes = [label("note.members", lang, parts=everyone)] if rows else []
    return table_from(rows, _MEMBERS, label("title.members", lang, scale="{scale}"), notes)


def _one_offs(behind: Explanation, lang: Language) -> Table:
    """The months that the model took for one-offs, newest first."""
    rows = []
    for row in behind.one_offs.sort("period", "series", descending=[True, False]).to_dicts():
        unit, nature = row["series"].rsplit(JOIN, 1)
        amount, usual = _ore(row["value"]), _ore(row["usual"])
        rows.append(
            {
                "unit": unit,
                "nature": nature,
                "period": f"{row['period']:%Y-%m}",
                "amount": amount,
                "usual": usual,
                "difference": amount - usual,
            }
        )
    notes = [label("note.one_offs_decide", lang)] if rows else []
    return table_from(rows, _ONE_OFFS, label("title.one_offs", lang, scale="{scale}"), notes)


def _ore(value: float) -> int:
    """Half-up, away from zero at a tie."""
    return int(abs(value) + 0.5) * (1 if value >= 0 else -1)


def _tkr(ore: int, lang: Language) -> str:
    return f"{numbers.amount(ore, lang, 'tkr')} tkr"


def _percent(share: float) -> str:
    return str(int(_HUNDRED * share + 0.5))
