"""Sick leave: the seven figures that the law asks for, and which of them are not stated.

A group's figure is not stated if the group is at most ten people, or if the figure could be found
from those that are (lag 2002:1065, of the annual report). So of the parts of a stated whole (women
and men, the age groups, the units of a table) never one alone is withheld, nor parts that are
together at most ten people: the smallest of the others goes with them. This holds within a table;
who puts several tables together must look for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import polars as pl

from ledger.families.staffing import EMPLOYED
from ledger.log import Book
from ledger.money import percent
from projections.registry import projection
from projections.staff_facts import Row, Staffing

__all__ = ["sick_leave"]

#: A group of at most so many people is not stated.
SMALL = 10
SEX_FIGURES = {"women": "female", "men": "male"}
AGE_FIGURES = ("up_to_29", "30_49", "50_and_over")
#: The seven figures: sick hours of ordinary hours, but for the long-term share of sick hours.
FIGURES = ("total", "long_term", *SEX_FIGURES, *AGE_FIGURES)

_COLUMNS: dict[str, type[pl.DataType]] = {
    "figure": pl.String,
    "people": pl.Int64,
    "sick_hours": pl.Int64,
    "of_hours": pl.Int64,
    "percent": pl.String,
    "last_year_percent": pl.String,
    "change_points": pl.String,
    "status": pl.String,
}


@projection((), ("percent", "last_year_percent"))
def sick_leave(
    book: Book,
    through: str | None = None,
    known_at: str | None = None,
    *,
    by: str | Iterable[str] = (),
    unit: str | None = None,
    tree: str = "line",
    year: str | None = None,
    span: str = "accumulated",
) -> pl.DataFrame:
    """Sick leave in seven figures, this year and last, with small groups withheld.

    Columns: the keys of ``by`` (String, null in the whole; ``name`` after a unit's), ``figure``
    (of `FIGURES`), ``people`` (Int64: permanent and temporary in the group in the last month, as
    far as known), ``sick_hours`` and ``of_hours`` (Int64 hundredths; of long_term the hours of 60
    days or more, and the sick hours), ``percent`` (text with two decimals: sum over sum of the
    months asked for), ``last_year_percent`` (the same months of last year), ``change_points``
    (text: percentage points, positive is more), ``status``: stated; small_group (at most ten
    people); derivable (it could be found from what is stated); size_unknown (hours without people);
    no_hours; not_known (a month is not on record). Only what is stated has hours and percent, of
    last year by last year's people.

    ``by`` is levels of the tree, sex, age_group, personnel_group; none is the whole. ``span`` is
    accumulated, month, tertial or rolling12. Raises `ledger.errors.UsageError`.
    """
    asked = Staffing.of(book, through, known_at, by=by, unit=unit, tree=tree, year=year, span=span)
    now = Rates.of(asked, asked.asked.months)
    then = Rates.of(asked, asked.asked.last_year)
    rows = []
    for row in asked.rows:
        for figure in FIGURES:
            cell, ago = now.cells[row, figure], then.cells[row, figure]
            sick, of = cell.shown or (None, None)
            rows.append(
                {
                    **asked.named(row),
                    "figure": figure,
                    "people": cell.people,
                    "sick_hours": sick,
                    "of_hours": of,
                    "percent": cell.percent,
                    "last_year_percent": ago.percent,
                    "change_points": cell.points_since(ago),
                    "status": cell.status,
                }
            )
    return pl.DataFrame(rows, schema=asked.schema | _COLUMNS)


@dataclass
class Cell:
    """One figure: the people of its group (None: not known), sick hours, and what they are of
    (hundredths)."""

    people: int | None
    sick: int | None
    of: int | None
    status: str = "stated"

    @property
    def is_stated(self) -> bool:
        """Whether the figure is shown."""
        return self.status == "stated"

    @property
    def is_withheld(self) -> bool:
        """Whether there is a figure that must not be stated."""
        return self.status in ("small_group", "derivable", "size_unknown")

    @property
    def shown(self) -> tuple[int, int] | None:
        """Sick hours and what they are of; None where they are not stated."""
        if not self.is_stated or self.sick is None or not self.of:
            return None
        return self.sick, self.of

    @property
    def percent(self) -> str | None:
        """Sum over sum, text with two decimals; None where it is not stated."""
        return percent(*self.shown) if self.shown else None

    def points_since(self, other: Cell) -> str | None:
        """Percentage points more than another, from the hours; None where one is not stated."""
        if self.shown is None or other.shown is None:
            return None
        (now, of_now), (then, of_then) = self.shown, other.shown
        return percent(now * of_then - then * of_now, of_now * of_then)


@dataclass(frozen=True)
class Rates:
    """The seven figures of each row of a question over some months."""

    cells: dict[tuple[Row, str], Cell]

    @classmethod
    def of(cls, asked: Staffing, months: Sequence[str]) -> Rates:
        """The figures, those that must not be stated withheld."""
        cells: dict[tuple[Row, str], Cell] = {}
        spans = {"months": months, "last": months[-1:]}
        for figure in FIGURES:
            sums = asked.sums(spans, _group(figure))
            part, whole = ("sick", "ordinary")
            if figure == "long_term":
                part, whole = ("sick_60", "sick")
            sized = {row for row, measure, _ in sums.values if measure in EMPLOYED}
            for row in asked.rows:
                people = sums.at_least(row, EMPLOYED, "last")
                sick, of = (sums.of(row, name, "months") for name in (part, whole))
                cells[row, figure] = Cell(people if row in sized else None, sick, of)
        for cell in cells.values():
            if cell.of is None or cell.sick is None:
                cell.status = "not_known"
            elif not cell.of:
                cell.status = "no_hours"
            elif cell.people is None:
                cell.status = "size_unknown"
            elif cell.people <= SMALL:
                cell.status = "small_group"
        _withhold_derivable(cells, asked.rows)
        return cls(cells)


def _group(figure: str) -> pl.Expr:
    """Whether a fact is of the figure's group."""
    if figure in SEX_FIGURES:
        return pl.col("sex") == SEX_FIGURES[figure]
    if figure in AGE_FIGURES:
        return pl.col("age_group") == figure
    return pl.lit(True)


def _withhold_derivable(cells: dict[tuple[Row, str], Cell], rows: Sequence[Row]) -> None:
    """Withhold with a part that is withheld so many others that the whole does not tell it."""
    whole: Row = (None,)
    inner = [row for row in rows if row != whole]
    families = [
        ((row, "total"), [(row, figure) for figure in figures])
        for row in rows
        for figures in (tuple(SEX_FIGURES), AGE_FIGURES)
    ]
    if whole in rows:
        families += [((whole, figure), [(row, figure) for row in inner]) for figure in FIGURES]
    again = True
    while again:
        again = False
        for parent, parts in families:
            if not cells[parent].is_stated:
                continue
            there = [cells[part] for part in parts if cells[part].of]
            hidden = [cell for cell in there if not cell.is_stated]
            shown = [cell for cell in there if cell.is_stated]
            together = sum(cell.people or 0 for cell in hidden)
            if hidden and shown and (len(hidden) == 1 or together <= SMALL):
                min(shown, key=lambda cell: cell.people or 0).status = "derivable"
                again = True
