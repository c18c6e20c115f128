"""Trace: the events behind a figure of a table, their sum being the figure."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass

import polars as pl

from ledger.errors import NothingKnown, UsageError
from ledger.log import Book
from projections.amounts import narrowed, total
from projections.counted import Counted
from projections.dimensions import CODES, LEVELS, Tree, as_known, axes
from projections.facts import accounts_of
from projections.forecast_rounds import round_asked
from projections.nouns import Ask, Noun, noun_of
from projections.registry import projection

__all__ = ["trace"]

#: The keys of rows that have an option of their own on the command line; others are --row KEY=CODE.
_OPTIONS = ("unit", "line", "account", "project", "product", "activity", "month", "mark")
#: How many codes a remedy lists.
LISTED = 20

#: What an event is traced back to: envelope, code string, voucher; String but for the numbers.
_EVENT: dict[str, type[pl.DataType]] = {
    "position": pl.Int64,
    "topic": pl.String,
    "recorded_at": pl.String,
    "actor": pl.String,
    "source": pl.String,
    "source_line": pl.Int64,
    "source_digest": pl.String,
    "period": pl.String,
    "date": pl.String,
    "unit": pl.String,
    "account": pl.String,
    "line": pl.String,
    "voucher": pl.String,
    "row": pl.Int64,
}
#: The kinds of events that figures are made of.
_TOPICS = (
    "outcome.posted",
    "outcome.reversed",
    "outcome.balance_restated",
    "outcome.opening_balance_stated",
    "budget.decided",
    "forecast.entered",
    "action.measure_planned",
    "action.measure_revised",
    "action.effect_reported",
    "action.effect_forecast",
    "investment.frame_decided",
    "investment.made",
    "investment.forecast",
    "commentary.variance_explained",
    "staffing.reported",
    "staffing.restated",
    "followup.estimate_reported",
)
#: What people wrote, whichever of these an event has.
_TEXTS = ("text", "comment", "reason")


@projection(("amount",), private=("text",), listing=True)
def trace(
    book: Book,
    noun: str = "result",
    through: str | None = None,
    known_at: str | None = None,
    *,
    measure: str | None = None,
    by: str | None = None,
    unit: str | None = None,
    round: str | None = None,
    tree: str = "line",
    structure: str | None = None,
    year: str | None = None,
    span: str = "accumulated",
    published_at: str | None = None,
    **row: str | None,
) -> pl.DataFrame:
    """The events behind one figure of a noun's table, in log order, and their sum.

    ``noun`` is one of `nouns.NOUNS`; a forecast is the year-end of a round: the one named, else the
    latest adopted of the fiscal year. ``measure`` is the figure's column, else the noun's default
    (amounts of hours are hundredths of one, those of people people). The cell is named as the table
    names its ``row``: ``line``, ``account``, ``month``, ``mark`` …; what is not named is summed,
    where rows have a sum. In a table with rows by level ``unit`` is the row of that unit, or of the
    level ``by``; elsewhere it is the unit and all below it. The rest is asked as of the table.

    Columns: ``position``, ``topic``, ``recorded_at``, ``actor``, ``source``, ``source_line``,
    ``source_digest``, ``period``, ``date``, ``unit``, ``account``, ``line``, ``voucher`` (series
    and number), ``row``, for a figure that is a sum of others ``measure`` (which of them), then
    ``amount`` (Int64 öre, in the table's sign) and ``text`` (null where there is none, or it was
    erased). ``line`` is that of the table, where it has lines, else that which the event names.
    The last row is the figure itself, all else in it null.

    Raises `UsageError` for a cell that the table lacks, `NothingKnown` for one that it shows empty,
    and what it raises. That the events do not sum to the figure is our mistake: `RuntimeError`.
    """
    book = as_known(book, known_at)
    kind = noun_of(noun)
    name = kind.figure(measure, month=row.get("month") is not None)
    cell = _Cell.of(
        book,
        kind,
        {key: code for key, code in row.items() if code is not None},
        unit,
        by,
        round,
        {
            "through": through,
            "tree": tree,
            "structure": structure,
            "year": year,
            "span": span,
            **({"published_at": published_at} if published_at is not None else {}),
        },
    )
    counted = kind.counted(book, **cell.ask)
    behind = counted.behind(name, kind.formulas)
    figure = cell.figure(book, counted, name)
    if behind is None or figure is None:
        raise NothingKnown(
            f"The {name} of that cell is not known.",
            "The table shows it empty: without a budget, an adopted round, a share in the row, or "
            "of a group too small to be stated.",
        )
    found = behind.filter(cell.here()).collect()
    if found.is_empty():
        cell.require(book)
    summed = int(found.select(total("amount")).item())
    if summed != figure:
        raise RuntimeError(f"the events behind {name} sum to {summed} öre, and it is {figure}")
    return _shown(book, found, figure, kind.formulas.get(name))


@dataclass(frozen=True)
class _Cell:
    """A cell: the noun, how its table is asked, and the keys of the row."""

    noun: Noun
    ask: Ask
    keys: Mapping[str, str]

    @classmethod
    def of(
        cls,
        book: Book,
        noun: Noun,
        codes: Mapping[str, str],
        unit: str | None,
        by: str | None,
        round_: str | None,
        ask: Ask,
    ) -> _Cell:
        """The cell by those codes; `UsageError` for what names none of the noun's."""
        for name in codes:
            if name not in noun.rows:
                raise UsageError(
                    f"The table has no rows by {name}.", f"Known: {', '.join(noun.rows)}."
                )
        if not noun.by_level and by is not None:
            raise UsageError("Only tables of units have rows by level.", "Leave --by out.")
        if noun.name == "forecast":
            named = round_asked(book, round_, ask["through"], ask["year"])
            return cls(noun, {"round": named, "unit": unit}, dict(codes))
        if round_ is not None:
            raise UsageError("Only a forecast is of a round.", "Leave --round out.")
        if noun.by_level:
            level = _level(book, noun, unit, by, ask)
            inner = [key for key in codes if key not in noun.beside]
            own = {level if inner else "unit": unit} if level and unit else {}
            words = noun.question(ask)
            if levels := (*((level,) if level else ()), *inner):
                words["by"] = levels
            elif by is not None or not noun.of_level:
                words["by"] = axes(by) if by is not None else LEVELS[:1]
            cell = cls(noun, words, own | dict(codes))
        else:
            if ask.pop("span") != "accumulated":
                raise UsageError(
                    "Only a result, a follow-up or staffing has a span.", "Leave it out."
                )
            rows = noun.rows_to(max(codes, key=noun.rows.index, default=noun.rows[0]))
            words = noun.question({**ask, "unit": unit})
            cell = cls(noun, words | ({"by": rows} if noun.takes("by") else {}), dict(codes))
        if not noun.summed:
            cell.alone(book, named={*codes, *(("unit",) if unit is not None else ())})
        return cell

    def alone(self, book: Book, named: Set[str]) -> None:
        """Raise `UsageError` unless all that names a row is named: the rows have no sum."""
        keys = (*(("unit",) if self.noun.by_level else ()), *self.noun.rows)
        unnamed = [key for key in keys if key not in named]
        if not unnamed:
            return
        rows = self.noun.table(book, **self.ask).filter(self.here())
        ways = []
        for key in unnamed:
            option = f"--{key} " if key in _OPTIONS else f"--row {key}="
            ways.append(f"{option}… ({_listed(rows[key])})" if len(rows) else f"{option}…")
        raise UsageError("Which row? They have no sum.", f"Name it by {', '.join(ways)}.")

    def here(self) -> pl.Expr:
        """Whether a row of the table, or a fact behind it, is of the cell."""
        return pl.all_horizontal(
            pl.lit(True), *(pl.col(key) == code for key, code in self.keys.items())
        )

    def figure(self, book: Book, counted: Counted, name: str) -> int | None:
        """The figure as the table has it, öre; None where it is not known."""
        frame = self.noun.table(book, **self.ask)
        if self.noun.by_level and not self.keys:
            rows = frame[-1:]
        else:
            rows = frame.filter(self.here())
            if rows.is_empty() and self.noun.of_level:
                raise _no_row("unit", self.keys["unit"], frame["unit"])
            parts = set(self.noun.formulas.get(name, (name,)))
            if rows.is_empty() and (parts & counted.unshared or not parts <= counted.facts.keys()):
                return None
        if rows[name].null_count():
            return None
        return int(rows.select(total(name)).item())

    def require(self, book: Book) -> None:
        """Raise `UsageError` unless each key is one of the table's, be it in other rows."""
        for key, code in self.keys.items():
            if key not in self.noun.rows or code in _registered(book, key):
                continue
            whole = key in self.noun.beside or "by" not in self.ask
            alone = {} if whole else {"by": self.noun.rows_to(key)}
            known = self.noun.table(book, **self.ask | alone)[key]
            if code not in known:
                raise _no_row(key, code, known)


def _no_row(key: str, code: str, known: pl.Series) -> UsageError:
    """That the table has no such row, with those that it has, as they are named."""
    remedy = f"Known: {_listed(known)}."
    if key == "unit":
        return UsageError(f"The table has no row of unit {code!r}.", remedy)
    return UsageError(f"The table has no row of {key} {code!r}.", remedy)


def _listed(codes: pl.Series) -> str:
    """Codes in the table's order, each once, the first `LISTED`."""
    found = codes.drop_nulls().unique(maintain_order=True).to_list()
    return ", ".join([*found[:LISTED], *(["…"] if len(found) > LISTED else [])]) or "–"


def _registered(book: Book, dimension: str) -> set[str]:
    """The codes of a dimension that are known without any amount."""
    if dimension == "account":
        return set(accounts_of(book))
    return set(book.organisation.codes.get(dimension, ()))


def _level(book: Book, noun: Noun, unit: str | None, by: str | None, ask: Ask) -> str | None:
    """The level among whose rows the unit is: as asked, else its own in the tree; None for the
    whole."""
    if unit is None:
        if by is not None and not noun.of_level:
            raise UsageError("--by is the level of a unit.", "Give --unit, or leave --by out.")
        return None
    last = noun.months(book, ask["through"], ask["year"], ask["span"]).last
    tree = Tree(book, ask["tree"], last)
    tree.below(unit)
    if by is not None:
        if by not in {*LEVELS, *tree.levels}:
            known = ", ".join(sorted({*LEVELS, *tree.levels}))
            raise UsageError(f"There is no level {by!r}.", f"Known: {known}.")
        return by
    if unit == tree.root:
        return None
    place = tree.places.get(unit)
    return place.level if place and place.level not in CODES else LEVELS[0]


def _shown(
    book: Book, found: pl.DataFrame, figure: int, formula: Mapping[str, int] | None
) -> pl.DataFrame:
    """The events with what is known of each, in log order, and the figure as their total."""
    line = next((name for name in ("part", "line") if name in found.columns), None)
    own = pl.lit(None, pl.String) if line is None else pl.col(line)
    counted = found.select("position", "measure", "amount", own.alias("in_line"))
    place = {name: number for number, name in enumerate(formula or ())}
    shown = (
        counted.join(_events(book), on="position", how="left")
        .join(_texts(book, counted), on="position", how="left")
        .with_columns(line=pl.coalesce("in_line", "line"))
        .sort(pl.col("measure").replace_strict(place, default=0, return_dtype=pl.Int64), "position")
        .select(*_EVENT, *(("measure",) if formula else ()), "amount", "text")
    )
    last = pl.DataFrame({"amount": [figure]}, schema={"amount": shown.schema["amount"]})
    return narrowed(pl.concat([shown, last], how="diagonal"), ("amount",))


def _events(book: Book) -> pl.DataFrame:
    """Every event that a figure can be made of, with the columns of `_EVENT`."""
    frames = []
    for topic in _TOPICS:
        frame = book.events(topic)
        own = {"period": "year"} if topic == "outcome.opening_balance_stated" else {}
        own["line"] = "report_line"
        given = frame.with_columns(
            topic=pl.lit(topic),
            **{name: pl.col(old) for name, old in own.items() if old in frame.columns},
        )
        if "series" in frame.columns:
            voucher = pl.concat_str("series", "number", separator=" ", ignore_nulls=True)
            given = given.with_columns(voucher=pl.when(voucher != "").then(voucher))
        missing = [
            pl.lit(None, dtype).alias(name)
            for name, dtype in _EVENT.items()
            if name not in given.columns
        ]
        frames.append(given.with_columns(missing).select(*_EVENT))
    return pl.concat(frames)


def _texts(book: Book, found: pl.DataFrame) -> pl.DataFrame:
    """What people wrote of those events: ``position``, ``text``."""
    texts = pl.concat([book.private(field) for field in _TEXTS])
    first = texts.unique("position", keep="first", maintain_order=True)
    return first.join(found, on="position", how="semi").rename({"value": "text"})
