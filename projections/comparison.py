"""Comparison: what changed in a table between two times, and why, to the öre."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import polars as pl

from ledger.errors import UsageError
from ledger.log import Book
from projections.amounts import WIDE, narrowed, total
from projections.causes import CAUSES, Between, events_of
from projections.counted import Counted
from projections.dimensions import outcome_span, span_of
from projections.nouns import Ask, Noun, noun_of

__all__ = ["DIFF_AMOUNTS", "diff"]

DIFF_AMOUNTS = ("before", "after", "change", "amount")


def diff(
    before: Book,
    after: Book,
    noun: str = "result",
    through: str | None = None,
    *,
    measures: Iterable[str] | None = None,
    by: str | Iterable[str] | None = None,
    unit: str | None = None,
    tree: str = "line",
    structure: str | None = None,
    year: str | None = None,
    span: str = "accumulated",
) -> pl.DataFrame:
    """Every figure of a noun's table that the two books of one log give otherwise, and why.

    ``noun`` is result, cost_development or balance; ``measures`` the figures to compare (all, if
    None), the rest as the table is asked. Without ``through`` the months are those that the later
    book answers with.

    Columns: the keys of the row (null in the total), ``name``, ``measure``, ``before``, ``after``
    (Int64 öre in the table's sign, null where not known), ``change`` (after − before, the unknown
    as 0), ``cause`` (of `causes.CAUSES`), ``why`` (of `causes.WHY`, several with spaces between;
    null but where reorganised), ``events`` (how many), ``amount`` (what these events did),
    ``positions`` (text, with spaces between), ``decisions`` (those that reorganised them, or
    adopted the forecast). One row a figure and cause; the amounts of a figure's causes sum to its
    change. Rows as the table has them, those that are gone before the total; a figure of equal
    amount is not there.

    Raises `UsageError` for what either book cannot answer, and what the table raises. That the
    causes do not sum to the change is a mistake of ours: `RuntimeError`.
    """
    kind = noun_of(noun)
    if kind.name == "forecast":
        raise UsageError("A round stands still.", "Compare the result: it has the forecast.")
    if not kind.compared:
        name = kind.name.replace("_", "-")
        raise UsageError(
            f"The {name} is not compared by cause.", f"Ask `ledger {name}` at both times."
        )
    names = [kind.figure(name) for name in measures] if measures is not None else kind.figures
    ask: Ask = {"unit": unit, "tree": tree, "structure": structure, "year": year}
    if kind.by_level:
        asked = outcome_span(after, through, year, span)
        ask |= {"span": span, "by": by or ("area",)}
    elif span != "accumulated":
        raise UsageError("Only a result has a span.", "Leave --span out.")
    else:
        find = span_of if kind.name == "balance" else outcome_span
        asked = find(after, through, year)
        ask["by"] = by or kind.rows[:1]
    ask["through"] = asked.last
    now = _Side.of(after, kind, ask, names)
    try:
        then = _Side.of(before, kind, ask, names)
    except UsageError as error:
        raise type(error)(
            f"At the first time: {error.message}", "Ask about what both times know."
        ) from error
    between = Between.of(before, after, asked.last, unit, tree)
    return _explained(then, now, _moved(then, now, between), between)


@dataclass(frozen=True)
class _Side:
    """The table as one of the books gives it: its figures, and the facts behind them."""

    noun: Noun
    names: tuple[str, ...]
    counted: Counted
    table: pl.DataFrame

    @classmethod
    def of(cls, book: Book, noun: Noun, ask: Ask, names: Sequence[str]) -> _Side:
        """Ask the book for the table, and for what it counts."""
        table = noun.table(book, **ask).with_row_index("place")
        return cls(
            noun,
            tuple(names),
            noun.counted(book, **ask),
            table.with_columns(pl.col("place").cast(pl.Int64)),
        )

    @property
    def keys(self) -> list[str]:
        """The columns that name a row."""
        return list(self.counted.keys)

    @cached_property
    def has_total(self) -> bool:
        """Whether the table ends with a total."""
        return self.noun.by_level and len(self.keys) == 1

    @cached_property
    def figures(self) -> pl.DataFrame:
        """``place``, the keys, ``name`` (null of a line), ``measure``, ``value`` (wide)."""
        table = self.table
        if "name" not in table.columns:
            table = table.with_columns(name=pl.lit(None, pl.String))
        have = [name for name in self.names if name in table.columns]
        return table.select("place", *self.keys, "name", pl.col(have).cast(WIDE)).unpivot(
            have, index=["place", *self.keys, "name"], variable_name="measure"
        )

    def knows(self, name: str, *, total: bool) -> bool:
        """Whether the table can know a figure: in its total, or in its rows."""
        parts = self.noun.formulas.get(name, {name: 1}).keys()
        return parts <= self.counted.facts.keys() and (total or not parts & self.counted.unshared)

    @cached_property
    def facts(self) -> pl.DataFrame:
        """``measure``, ``total`` (whether of the total), ``part``, ``position``, the keys (null in
        the total), ``amount`` (wide)."""
        schema: dict[str, type[pl.DataType]] = {**_FACTS, **dict.fromkeys(self.keys, pl.String)}
        frames = [pl.LazyFrame(schema=schema)]
        for whole in (False, True) if self.has_total else (False,):
            for name in self.names:
                behind = self.counted.behind(name, self.noun.formulas)
                if behind is None or not self.knows(name, total=whole):
                    continue
                null = pl.lit(None, pl.String)
                frames.append(
                    behind.rename({"measure": "part"}).select(
                        pl.lit(name).alias("measure"),
                        pl.lit(whole).alias("total"),
                        "part",
                        "position",
                        "amount",
                        *(null.alias(key) if whole else pl.col(key) for key in self.keys),
                    )
                )
        return pl.concat(pl.collect_all(frames))

    @cached_property
    def unknown(self) -> pl.DataFrame:
        """The figures that the table shows as not known: the keys and ``measure``."""
        return self.figures.filter(pl.col("value").is_null()).select(*self.keys, "measure")


_FACTS: dict[str, type[pl.DataType]] = {
    "measure": pl.String,
    "total": pl.Boolean,
    "part": pl.String,
    "position": pl.Int64,
    "amount": WIDE,
}


def _moved(before: _Side, after: _Side, between: Between) -> pl.DataFrame:
    """What each event that counts otherwise did to a figure: the figure's keys, ``measure``,
    ``position``, ``event_unit``, ``amount`` (wide), ``cause``, ``why``."""
    keys, place = after.keys, ["measure", "total", "part", "position"]
    then = [f"{key}_then" for key in keys]
    both = (
        after.facts.with_columns(counts=True)
        .join(
            before.facts.with_columns(counted=True),
            on=place,
            how="full",
            suffix="_then",
            coalesce=True,
        )
        .with_columns(pl.col("counts", "counted").fill_null(False))
    )
    both = _with_known(both, before, "known_before", "counted", then, keys)
    both = _with_known(both, after, "known_after", "counts", keys, then)
    same = pl.all_horizontal(
        "counts",
        "counted",
        "known_before",
        "known_after",
        pl.col("amount") == pl.col("amount_then"),
        *(pl.col(key).eq_missing(pl.col(old)) for key, old in zip(keys, then, strict=True)),
    )
    both = (
        both.filter(~same)
        .join(events_of(between.after), on="position", how="left")
        .with_columns(between.cause(keys))
    )
    if (lost := both.filter(pl.col("cause").is_null())).height:
        raise RuntimeError(f"event {lost['position'][0]} counts otherwise for no cause we know")
    rest = ["measure", "position", "event_unit", "cause", "why"]
    came = both.filter("counts", "known_after").select(*keys, *rest, "amount")
    went = both.filter("counted", "known_before").select(
        *(pl.col(old).alias(key) for key, old in zip(keys, then, strict=True)),
        *rest,
        amount=pl.col("amount_then") * -1,
    )
    return pl.concat([came, went])


def _with_known(
    frame: pl.DataFrame,
    side: _Side,
    name: str,
    counts: str,
    own: Sequence[str],
    other: Sequence[str],
) -> pl.DataFrame:
    """The frame with whether the side knows the figure in which the event counts there, or in
    which it counts on the other side."""
    looked = [f"looked_{key}" for key in side.keys]
    never = [n for n in side.names if not side.knows(n, total=False)]
    hidden = pl.col("measure").is_in(never) & ~pl.col("total")
    return (
        frame.with_columns(
            pl.when(counts).then(mine).otherwise(theirs).alias(key)
            for key, mine, theirs in zip(looked, own, other, strict=True)
        )
        .join(
            side.unknown.with_columns(unknown=True),
            left_on=[*looked, "measure"],
            right_on=[*side.keys, "measure"],
            how="left",
            nulls_equal=True,
        )
        .with_columns((pl.col("unknown").is_null() & ~hidden).alias(name))
        .drop("unknown", *looked)
    )


def _explained(before: _Side, after: _Side, moved: pl.DataFrame, between: Between) -> pl.DataFrame:
    """The figures that changed, each with its causes; checked to sum to the change."""
    keys = after.keys
    on = [*keys, "measure"]
    figures = (
        after.figures.rename({"value": "after"})
        .join(
            before.figures.rename({"value": "before"}),
            on=on,
            how="full",
            coalesce=True,
            nulls_equal=True,
            suffix="_then",
        )
        .with_columns(
            change=pl.col("after").fill_null(0) - pl.col("before").fill_null(0),
            name=pl.coalesce("name", "name_then"),
            gone=pl.col("place").is_null(),
            place=pl.coalesce("place", "place_then"),
        )
    )
    causes = moved.group_by(*on, "cause", "why").agg(
        pl.col("position").n_unique().cast(pl.Int64).alias("events"),
        total("amount").alias("amount"),
        pl.col("position").unique().sort().alias("positions"),
        pl.col("event_unit").unique().alias("units"),
    )
    sums = causes.group_by(on).agg(total("amount").alias("summed"))
    checked = figures.join(sums, on=on, how="full", coalesce=True, nulls_equal=True)
    off = checked.filter(pl.col("change").fill_null(0) != pl.col("summed").fill_null(0))
    if off.height:
        row = off.to_dicts()[0]
        raise RuntimeError(
            f"{row['measure']} of {[row[k] for k in keys]} changed by {row['change']} öre, "
            f"and its causes sum to {row['summed']}"
        )
    orders = [
        ("measure", {name: place for place, name in enumerate(after.noun.figures)}),
        ("cause", {name: place for place, name in enumerate(CAUSES)}),
    ]
    order = [pl.col(name).replace_strict(places, return_dtype=pl.Int64) for name, places in orders]
    shown = (
        figures.filter(pl.col("change") != 0)
        .join(causes, on=on, how="inner", nulls_equal=True)
        .sort(pl.all_horizontal(pl.col(k).is_null() for k in keys), "gone", "place", *order, "why")
    )
    decisions = [
        " ".join(map(str, between.decisions(row["cause"], row["why"], row["units"])))
        for row in shown.select("cause", "why", "units").iter_rows(named=True)
    ]
    text = pl.col("positions").cast(pl.List(pl.String)).list.join(" ")
    columns = (*keys, "name", "measure", "before", "after", "change", "cause", "why", "events")
    return narrowed(
        shown.with_columns(text, pl.Series("decisions", decisions, pl.String)).select(
            *columns, "amount", "positions", "decisions"
        ),
        DIFF_AMOUNTS,
    )
