"""Risks and scenarios as tables: the forecast, what is assumed and what may happen, drawn. ::

    year_end, monthly_series, assumed_months, exposed_risks ── Float64 ──> draw_year_ends
    draw_year_ends ── half-up ──> öre

Amounts that are known (forecast, assumed, budget) are öre all the way.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import polars as pl

import projections
from ledger import proof
from ledger.families.scenario import ScenarioRun, Scenarios
from ledger.log import Book
from ledger.periods import first_day
from ledger.risk_matrix import matrix_of
from projections.dimensions import Dimensions
from projections.scenario_runs import hundredths
from projections.timelines import JOIN
from reporting import numbers
from reporting.catalogue import Language, has, label
from reporting.forecast_model import asked_month, forecast_structure, rows_of
from reporting.forecast_table import year_end
from reporting.notes import asked as _asked
from reporting.notes import known as _known
from reporting.tables import Column, Kind, Table, columns_of, table_of
from reporting.times import minutes

if TYPE_CHECKING:
    from forecasting.scenarios import Scenario

LIBRARIES = ("numpy", "polars", "scipy", "statsmodels")
_QUANTILES = ("p2_5", "p10", "p50", "p90", "p97_5")
_DRAWN = ("p10", "p50", "p90")
ROW_AMOUNTS = ("forecast", "assumed", "expected_risk", *_DRAWN, "annual_budget")
RISK_AMOUNTS = ("effect_left", "expected_effect", "p10_gain", "p50_gain")


@dataclass(frozen=True)
class Question:
    """What a scenario asks; `run` answers it of a book."""

    last: str
    by: tuple[str, ...]
    draws: int = 10_000
    seed: int = 0
    round: str | None = None
    assumptions: bool = True
    unit: str | None = None
    tree: str = "line"
    structure: str | None = None

    @property
    def where(self) -> dict[str, Any]:
        """The part of the organisation, its tree and structure, as projections are asked."""
        return {"unit": self.unit, "tree": self.tree, "structure": self.structure}


@dataclass(frozen=True)
class Drawn:
    """A scenario's answer.

    ``rows``: the keys of ``by`` and ``name``, ``forecast`` (the model's), ``assumed``,
    ``expected_risk``, ``p10``, ``p50``, ``p90``, ``annual_budget`` (Int64 öre, result sign),
    ``chance_percent`` (text); the last row, without key, is the whole. ``risks``: ``risk``,
    ``unit``, ``name``, ``text``, ``probability_percent``, ``effect_left`` (its part in the months
    left), ``expected_effect``, ``p10_gain``, ``p50_gain`` (öre), ``chance_gain`` (text, percentage
    points). ``chance`` of the whole in hundredths of a percent. ``alone`` is the model's own P10
    and P90 of the whole, where it gives one.
    """

    rows: pl.DataFrame
    risks: pl.DataFrame
    chance: int | None
    shared: float
    shrunk: float
    alone: tuple[int, int] | None


def question(book: Book, through: str | None, by: Sequence[str], **more: Any) -> Question:
    """The question of that period, else of the latest with outcome; raises `ForecastError` for a
    month without outcome, and `UsageError`."""
    last = asked_month(book, through, more.pop("year", None))
    rows_by = rows_of(book, last, by, more.get("tree") or "line", ("line",))
    if "line" in rows_by:
        more["structure"] = forecast_structure(book, more.get("structure"))
    return Question(last, rows_by, **more)


def run(book: Book, ask: Question) -> Drawn:
    """Draw the year's end of every row of ``by`` and of the whole. Raises what `year_end` does."""
    from forecasting.scenarios import draw_year_ends

    model = year_end(book, ask.last, by=ask.by, **ask.where)
    dimensions = Dimensions(book, ask.last, ask.by, **ask.where)
    keys = list(dimensions.columns().values())
    known = model.filter(pl.col(keys[0]).is_not_null())
    exposed = projections.exposed_risks(book, ask.last, dimensions)
    sure = pl.DataFrame(schema={**dict.fromkeys(keys, pl.String), "amount": pl.Int64})
    if ask.assumptions:
        sure = projections.assumed_months(
            book, ask.last, round=ask.round, by=ask.by, **ask.where
        ).select(*keys, "amount")
    rows = _rows(known, sure, exposed, dimensions)
    series = pl.concat_str(keys, separator=JOIN).alias("series")
    told = rows.with_columns(series, pl.col("annual_budget").alias("budget"))
    risks = exposed.with_columns(series, (pl.col("percent") / 100).alias("probability"))
    found = draw_year_ends(
        projections.monthly_series(book, ask.last, by=ask.by, **ask.where),
        told,
        first_day(ask.last),
        draws=ask.draws,
        seed=ask.seed,
        risks=risks,
        first_month=book.organisation.require_founded().first_month,
    )
    whole = model.filter(pl.col(keys[0]).is_null())
    return Drawn(
        _drawn_rows(told, risks, found, keys),
        _weighed(book, risks, found.risks),
        _in_hundredths(found.whole["chance"][0]),
        found.shared,
        found.shrunk,
        (whole["p10"][0], whole["p90"][0]) if whole.height else None,
    )


def _rows(
    known: pl.DataFrame, sure: pl.DataFrame, exposed: pl.DataFrame, dimensions: Dimensions
) -> pl.DataFrame:
    """The model's rows with what is assumed of each; a row of nothing, without a
    budget of its own, where only an assumption or a risk stands."""
    keys = list(dimensions.columns().values())
    assumed = sure.group_by(keys).agg(pl.col("amount").sum().alias("assumed"))
    others = pl.concat([sure.select(keys), exposed.select(keys)]).unique()
    nothing = dict.fromkeys(("forecast", *_QUANTILES), 0)
    new = (
        others.join(known, on=keys, how="anti")
        .lazy()
        .with_columns(
            dimensions.name().alias("name"),
            *(pl.lit(ore, pl.Int64).alias(name) for name, ore in nothing.items()),
            pl.lit(None, pl.Int64).alias("annual_budget"),
        )
        .collect()
    )
    columns = (*keys, "name", *nothing, "annual_budget")
    rows = pl.concat([known.select(columns), new.select(columns)])
    return (
        rows.join(assumed, on=keys, how="left")
        .with_columns(pl.col("assumed").fill_null(0))
        .lazy()
        .sort(dimensions.order())
        .collect()
    )


def _ore(name: str) -> pl.Expr:
    """A float as whole öre, half-up (away from zero at a tie)."""
    value = pl.col(name)
    return (value.sign() * (value.abs() + 0.5).floor()).cast(pl.Int64).alias(name)


def _in_hundredths(share: float | None) -> int | None:
    return None if share is None else round(share * 10_000)


def _percents(shares: pl.Series) -> pl.Series:
    texts = [hundredths(_in_hundredths(share)) for share in shares]
    return pl.Series(texts, dtype=pl.String)


def _drawn_rows(
    told: pl.DataFrame, risks: pl.DataFrame, found: Scenario, keys: Sequence[str]
) -> pl.DataFrame:
    """The rows with what was drawn, and the whole under them."""
    expected = (
        risks.join(found.risks, on="risk", maintain_order="left")
        .group_by("series")
        .agg(pl.col("expected").sum().alias("expected_risk"))
        .with_columns(_ore("expected_risk"))
    )
    drawn = found.rows.select("series", *map(_ore, _DRAWN), "chance")
    rows = (
        told.drop(_QUANTILES)
        .join(expected, on="series", how="left", maintain_order="left")
        .with_columns(pl.col("expected_risk").fill_null(0))
        .join(drawn, on="series", how="left", maintain_order="left")
    )
    missing = [pl.lit(None, pl.String).alias(name) for name in (*keys, "name")]
    budget = pl.col("annual_budget")
    sums = rows.select(
        *missing,
        *(pl.col(name).sum() for name in ("forecast", "assumed", "expected_risk")),
        pl.when(budget.is_not_null().any()).then(budget.sum()).alias("annual_budget"),
    )
    whole = pl.concat([sums, found.whole.select(*map(_ore, _DRAWN), "chance")], how="horizontal")
    columns = [*keys, "name", *ROW_AMOUNTS]
    both = pl.concat([rows.select(*columns, "chance"), whole.select(*columns, "chance")])
    return both.drop("chance").with_columns(_percents(both["chance"]).alias("chance_percent"))


def _weighed(book: Book, risks: pl.DataFrame, found: pl.DataFrame) -> pl.DataFrame:
    """Which risk matters most, with its words."""
    words = projections.risks(book).select("risk", "unit", "name", "text", "probability_percent")
    joined = (
        found.join(words, on="risk", how="left", maintain_order="left")
        .join(risks.select("risk", pl.col("effect").alias("effect_left")), on="risk", how="left")
        .rename({"expected": "expected_effect"})
        .with_columns(map(_ore, ("expected_effect", "p10_gain", "p50_gain")))
    )
    return joined.select(
        "risk",
        "unit",
        "name",
        "text",
        "probability_percent",
        *RISK_AMOUNTS,
        _percents(joined["chance_gain"]).alias("chance_gain"),
    )


# ── tables ─────────────────────────────────────────────────────────────────────────────────────


def rows_table(
    book: Book, lang: Language, ask: Question, drawn: Drawn, *, brief: bool = False
) -> Table:
    """Where the year ends, drawn: every row, and the whole last; ``brief`` leaves out what is
    nothing in every row, and has short headings."""
    title = label("title.scenario", lang, through=ask.last, draws=ask.draws, scale="{scale}")
    notes = [*_asked(book, lang, **ask.where), label("note.scenario", lang)]
    if drawn.alone is not None:
        low, high = (f"{numbers.amount(ore, lang, 'tkr')} tkr" for ore in drawn.alone)
        shared = numbers.percent(_decimal(drawn.shared), lang)
        notes.append(label("note.scenario_whole", lang, low=low, high=high, shared=shared))
    notes += [label("note.scenario_seed", lang, seed=ask.seed), _known(book, lang)]
    frame, columns = drawn.rows, None
    if brief:
        frame = frame.drop(c for c in ("assumed", "expected_risk") if not (frame[c] != 0).any())
        columns = [
            replace(c, word=_SHORT.get(c.key, c.word)) for c in columns_of(frame, ROW_AMOUNTS)
        ]
    return table_of(frame, ROW_AMOUNTS, title, columns=columns, total=True, notes=notes)


#: Short headings of the rows.
_SHORT = {"expected_risk": "column.risk_short", "annual_budget": "column.budget"}


def weighed_table(book: Book, lang: Language, drawn: Drawn) -> Table:
    """Which risk matters most."""
    notes = (label("note.scenario_risks", lang), _known(book, lang))
    title = label("title.scenario_risks", lang, scale="{scale}")
    kinds: dict[str, Kind] = dict.fromkeys(RISK_AMOUNTS, "amount")
    kinds |= {"probability_percent": "percent", "chance_gain": "decimal"}
    columns = [
        Column(name, kinds.get(name, "text"), signed=name.endswith("_gain"))
        for name in drawn.risks.columns
    ]
    return table_of(drawn.risks, RISK_AMOUNTS, title, columns=columns, notes=notes)


def risks_table(
    book: Book, lang: Language, *, through: str | None, brief: bool = False, **ask: Any
) -> Table:
    """The risk register; ``brief`` leaves out what a page has no room for."""
    if through is None and book.postings().height:
        through = book.period().last
    frame = projections.risks(book, through, **ask)
    if brief:
        frame = frame.drop("line", "category", "least", "most", "first", "last", "responsible")
    title = label("title.risks", lang, through=through or "", scale="{scale}")
    notes = (*_asked(book, lang, **ask), _matrix(book, lang), _known(book, lang))
    return table_of(frame, projections.PROJECTIONS["risks"].amounts, title, notes=notes)


def _matrix(book: Book, lang: Language) -> str:
    """What the classes and levels of the matrix are."""
    matrix = matrix_of(book.organisation.settings)
    chances = ", ".join(
        f"{number} {name} ({percent} %)".replace("  ", " ")
        for number, (name, percent) in enumerate(
            zip(matrix.probabilities, matrix.percents, strict=True), 1
        )
    )
    consequences = ", ".join(
        f"{number} {name}".rstrip() for number, name in enumerate(matrix.consequences, 1)
    )
    levels = ", ".join(
        f"{label(key, lang) if has(key := f'risk_level.{name}') else name} {least}"
        for least, name in matrix.levels
    )
    return label(
        "note.risk_matrix", lang, chances=chances, consequences=consequences, levels=levels
    )


def _decimal(share: float) -> Any:
    from decimal import Decimal

    return Decimal(round(share * 10_000)).scaleb(-2)


def runs_table(
    book: Book, lang: Language, *, recompute: bool = False, local: bool = False
) -> Table:
    """Recorded scenarios; if asked each is drawn again, and ``difference`` is the largest of what
    its forecast and quantiles differ by. For people in ``local`` time."""
    frame = projections.scenarios(book)
    amounts = [*projections.PROJECTIONS["scenarios"].amounts]
    if recompute:
        runs = [run_ for run_, _ in book.state.of(Scenarios).runs.values()]
        gaps = pl.Series("difference", [_gap(book, one) for one in runs], dtype=pl.Int64)
        frame = frame.with_columns(gaps)
        amounts.append("difference")
    if local:
        frame = minutes(frame, book, "recorded_at")
    title = label("title.scenarios", lang, scale="{scale}")
    return table_of(frame, amounts, title, notes=(_known(book, lang),))


# ── recording ──────────────────────────────────────────────────────────────────────────────────


def record_of(book: Book, ask: Question, drawn: Drawn, name: str) -> ScenarioRun:
    """The event that keeps a run under a name, with all that drawing it again wants."""
    whole = drawn.rows.row(-1, named=True)
    return ScenarioRun(
        scenario=name,
        through=ask.last,
        by=",".join(ask.by),
        unit=ask.unit,
        tree=ask.tree,
        structure=ask.structure,
        round=ask.round,
        assumptions=ask.assumptions,
        draws=ask.draws,
        seed=ask.seed,
        inputs_size=book.size,
        inputs_root=proof.root(book.path, book.size),
        libraries=" ".join(f"{name}={version(name)}" for name in LIBRARIES),
        **{name: whole[name] for name in ("forecast", *_DRAWN)},
        budget=whole["annual_budget"],
        chance=drawn.chance,
    )


def _gap(book: Book, run_: ScenarioRun) -> int:
    """How far a recorded run's forecast and quantiles are from those drawn again, öre at most."""
    ask = Question(
        run_.through,
        tuple(run_.by.split(",")),
        run_.draws,
        run_.seed,
        run_.round,
        run_.assumptions,
        run_.unit,
        run_.tree,
        run_.structure,
    )
    whole = run(Book(book.path, run_.inputs_size), ask).rows.row(-1, named=True)
    gaps: list[int] = [abs(whole[name] - getattr(run_, name)) for name in ("forecast", *_DRAWN)]
    return max(gaps)
