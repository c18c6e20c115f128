"""The risk register: what could go wrong, as it stands, and what is left of it in the year."""

from __future__ import annotations

import polars as pl

from ledger.families.risk import Risks, Standing
from ledger.log import Book
from ledger.risk_matrix import Matrix, matrix_of
from projections import facts
from projections.assumed import remaining
from projections.dimensions import Dimensions, Tree, as_known, span_of
from projections.registry import projection

__all__ = ["exposed_risks", "risks"]

_RISKS: dict[str, type[pl.DataType]] = {
    "risk": pl.String,
    "unit": pl.String,
    "name": pl.String,
    "line": pl.String,
    "category": pl.String,
    "text": pl.String,
    "probability": pl.Int64,
    "consequence": pl.Int64,
    "risk_value": pl.Int64,
    "level": pl.String,
    "probability_percent": pl.String,
    "effect": pl.Int64,
    "least": pl.Int64,
    "most": pl.Int64,
    "first": pl.String,
    "last": pl.String,
    "responsible": pl.String,
    "status": pl.String,
}


@projection(("effect", "least", "most"), ("probability_percent",), private=("text", "responsible"))
def risks(
    book: Book,
    through: str | None = None,
    known_at: str | None = None,
    *,
    unit: str | None = None,
    tree: str = "line",
    closed: bool = False,
) -> pl.DataFrame:
    """The risks as they stand, open ones first, the gravest first.

    Columns: ``risk``, ``unit``, ``name`` of the unit, ``line``, ``category``, ``text``
    (String or null), ``probability`` and ``consequence`` (Int64: classes of the matrix, from 1),
    ``risk_value`` (their product), ``level`` (the matrix's name for it; null where the matrix has
    since lost the class), ``probability_percent`` (text: as judged, else what the class stands
    for), ``effect``, ``least``, ``most`` (Int64 öre, result sign; null where not put in figures),
    ``first``, ``last`` (months or null), ``responsible``, ``status`` (open or closed). Of the
    ``unit`` and all below it in the tree as it stands in the last month of ``through``; closed
    ones only if asked. The matrix is that of the book.

    Raises `ledger.errors.UsageError`.
    """
    book = as_known(book, known_at)
    at = span_of(book, through).last if through is not None else "9999-12"
    places, matrix = Tree(book, tree, at), matrix_of(book.organisation.settings)
    inside = None if unit is None else places.below(unit)
    words = {name: _words(book, name) for name in ("text", "responsible")}
    found = [
        _row(one, matrix, words, places.unit_names())
        for one in book.state.of(Risks).named.values()
        if (closed or one.closed_at is None) and (inside is None or one.identified.unit in inside)
    ]
    frame = pl.DataFrame(found, schema=_RISKS, orient="row")
    return frame.sort(
        pl.col("status") == "closed", pl.col("risk_value"), "risk", descending=[False, True, False]
    )


def _words(book: Book, field: str) -> dict[int, str]:
    """Only the risks' own: the book may hold a text for every posting."""
    said = [one.words_at.get(field) for one in book.state.of(Risks).named.values()]
    clear = book.private(field, [position for position in said if position is not None])
    return dict(zip(clear["position"], clear["value"], strict=True))


def _row(
    one: Standing, matrix: Matrix, words: dict[str, dict[int, str]], names: dict[str, str]
) -> tuple[object, ...]:
    who, now = one.identified, one.now
    text, responsible = (
        words[name].get(one.words_at.get(name, -1)) for name in ("text", "responsible")
    )
    percent = percent_of(one, matrix)
    return (
        who.risk,
        who.unit,
        names.get(who.unit),
        who.report_line,
        who.category,
        text,
        now.probability,
        now.consequence,
        now.probability * now.consequence,
        matrix.level(now.probability, now.consequence),
        None if percent is None else f"{percent}.00",
        now.effect,
        now.least,
        now.most,
        now.first,
        now.last,
        responsible,
        "open" if one.closed_at is None else "closed",
    )


def percent_of(one: Standing, matrix: Matrix) -> int | None:
    """How likely a risk is, in percent: as somebody judged, else what its class stands for."""
    return matrix.percent(one.now.probability) if one.now.percent is None else one.now.percent


_SIZES = ("effect", "least", "most")
#: A risk shaped as a fact, so that it finds its keys.
_EXPOSED: dict[str, type[pl.DataType]] = {
    **facts.FACTS,
    "risk": pl.String,
    "percent": pl.Int64,
    **dict.fromkeys(_SIZES, pl.Int64),
}


def exposed_risks(book: Book, last: str, dimensions: Dimensions) -> pl.DataFrame:
    """The open risks with an effect in the fiscal year's months after ``last``.

    Columns: ``risk``, ``home`` (the unit that it is of), the keys of the dimensions, ``percent``
    (Int64), ``effect``, ``least`` and ``most`` (Int64 öre, result sign: the parts that fall in
    those months; without a range all three are the effect), in the order of their names. One
    whose class the matrix no longer has, and that has no percent of its own, is left out.
    """
    calendar = book.organisation.calendar
    matrix = matrix_of(book.organisation.settings)
    rows: list[dict[str, object]] = []
    for one in book.state.of(Risks).named.values():
        who, now, percent = one.identified, one.now, percent_of(one, matrix)
        if one.closed_at is not None or now.effect is None or percent is None:
            continue
        months = now.first, now.last
        sizes = (now.effect if ore is None else ore for ore in (now.effect, now.least, now.most))
        left = {
            name: sum(remaining(ore, months, last, calendar).values())
            for name, ore in zip(_SIZES, sizes, strict=True)
        }
        if any(left.values()):
            rows.append(
                {
                    "position": one.identified_at,
                    "risk": who.risk,
                    "unit": who.unit,
                    "report_line": who.report_line,
                    "structure": who.structure,
                    "percent": percent,
                    **left,
                }
            )
    found = dimensions.within(pl.LazyFrame(rows, schema=_EXPOSED))
    home = pl.col("unit").alias("home")
    return found.select("risk", home, *dimensions.keys(), "percent", *_SIZES).sort("risk").collect()
