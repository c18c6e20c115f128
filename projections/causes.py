"""Causes: why an event counts otherwise at one time than at another.

What was recorded between the two has its own kind for a cause. What both times hold, and count
otherwise, was moved by something decided between: the same event falls into another row because
a unit moved, a structure was decided anew, an account changed type or a fiscal year was stated.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import polars as pl

from ledger.events import Event
from ledger.families.forecast import ForecastAdopted, Forecasts
from ledger.families.organisation import (
    AccountRegistered,
    FiscalYearStated,
    SettingChanged,
    StructureDecided,
    UnitClosed,
    UnitMoved,
    UnitRegistered,
)
from ledger.log import Book
from ledger.periods import shift
from projections.dimensions import Tree
from projections.facts import accounts_of

#: Every cause, in the order in which they are told.
CAUSES = (
    "posted",
    "posted_late",
    "reversed",
    "corrected",
    "restated",
    "opening_stated",
    "budget_decided",
    "forecast_adopted",
    "forecast_entered",
    "reorganised",
    "became_known",
    "became_unknown",
)
#: What reorganised an event: what was decided.
WHY = ("unit", "structure", "account", "year")

#: Which key of a row a decision moves; the levels of a tree all go by ``unit``.
_MOVED_BY = {"line": "structure", "month": "year", "account": "account"}


def events_of(book: Book) -> pl.DataFrame:
    """What tells the cause of an event: ``position``, ``kind`` (its cause where it is new),
    ``event_unit``, ``event_account``."""
    postings = book.postings()
    changed = book.events("outcome.balance_restated").filter(pl.col("old") != 0)
    kind = (
        pl.when(pl.col("kind") == "reversed")
        .then(pl.lit("reversed"))
        .when(pl.col("corrects").is_not_null())
        .then(pl.lit("corrected"))
        .when(pl.col("position").is_in(changed["position"].to_list()))
        .then(pl.lit("restated"))
        .when("late")
        .then(pl.lit("posted_late"))
        .otherwise(pl.lit("posted"))
    )
    booked = _late(book, postings).select("position", "unit", "account", kind=kind)
    others = [
        book.events(topic)
        .with_columns(kind=pl.lit(name))
        .pipe(lambda frame: frame.select(c for c in booked.columns if c in frame.columns))
        for topic, name in (
            ("outcome.opening_balance_stated", "opening_stated"),
            ("budget.decided", "budget_decided"),
            ("forecast.entered", "forecast_entered"),
        )
    ]
    every = pl.concat([booked, *others], how="diagonal")
    return every.rename({"unit": "event_unit", "account": "event_account"})


def _late(book: Book, postings: pl.DataFrame) -> pl.DataFrame:
    """The postings with ``late``: they count in another month than their date's, or the month of
    their date had been closed for their unit before they were recorded."""
    closings = book.events("governance.period_closed").filter(pl.col("family_closed") == "outcome")
    marks: dict[tuple[str, str], int] = {}
    for row in closings.select("position", "period", "unit").iter_rows(named=True):
        for unit in Tree(book, "line", row["period"]).below(row["unit"]):
            marks.setdefault((row["period"], unit), row["position"])
    rows = [(month, unit, position) for (month, unit), position in marks.items()]
    schema = {"month": pl.String, "unit": pl.String, "closed_at": pl.Int64}
    month = pl.coalesce(pl.col("date").str.slice(0, 7), pl.col("period"))
    late = (pl.col("month") != pl.col("period")) | (pl.col("position") > pl.col("closed_at"))
    return (
        postings.with_columns(month=month)
        .join(pl.DataFrame(rows, schema, orient="row"), on=["month", "unit"], how="left")
        .with_columns(late=late.fill_null(False))
    )


@dataclass(frozen=True)
class Between:
    """What was decided between two books of one log, as far as it moves what is counted.

    ``accounts`` changed type, ``units`` came into or left the part asked for, ``years`` says that
    the calendar differs, ``round`` that another round was adopted for the year asked about.
    """

    before: Book
    after: Book
    trees: tuple[Tree, Tree]
    accounts: frozenset[str]
    units: frozenset[str]
    years: bool
    round: bool

    @classmethod
    def of(cls, before: Book, after: Book, last: str, unit: str | None, tree: str) -> Between:
        """The two books, for a question through month ``last`` about a unit (all, if None)."""
        books = (before, after)
        types = [b.organisation.account_type for b in books]
        trees = (Tree(before, tree, last), Tree(after, tree, last))
        below = [each.below(unit) if unit else frozenset() for each in trees]
        years = [b.organisation.calendar.year_of(last) for b in books]
        earlier = [b.organisation.calendar.year_of(shift(last, -12)) for b in books]
        names = [
            [each.opened.round for each in b.state.of(Forecasts).adopted(*year)]
            for b, year in zip(books, years, strict=True)
        ]
        return cls(
            before,
            after,
            trees,
            frozenset(a for a in accounts_of(after) if types[0](a) != types[1](a)),
            below[0] ^ below[1],
            years[0] != years[1] or earlier[0] != earlier[1],
            names[0] != names[1],
        )

    def cause(self, keys: Iterable[str]) -> list[pl.Expr]:
        """``cause`` and ``why`` of an event that counts otherwise.

        Of a frame with ``position``, ``part`` (the sum that it is part of), ``kind``,
        ``event_unit`` and ``event_account``, ``counted`` and ``counts`` (whether it did before
        and does after), ``known_before`` and ``known_after`` (whether the figure is), the row's
        keys and, with the ending ``_then``, those that it had.
        """
        new = pl.col("position") >= self.before.size
        other_round = (pl.col("part") == "forecast") & pl.lit(self.round)
        entered = (pl.col("kind") == "forecast_entered") & ~pl.col("counted")
        both, moved = pl.col("counted") & pl.col("counts"), pl.lit(False)
        reasons: dict[str, pl.Expr] = {}
        for key in keys:
            differs = pl.col(key).ne_missing(pl.col(f"{key}_then"))
            moved = moved | differs
            name = _MOVED_BY.get(key, "unit")
            reasons[name] = reasons.get(name, pl.lit(False)) | differs
        typed = pl.col("event_account").is_in(sorted(self.accounts))
        typed = typed & ~pl.col("part").is_in(["debit", "credit"])
        scoped = pl.col("event_unit").is_in(sorted(self.units))
        alone = (
            pl.when(typed.fill_null(False))
            .then(pl.lit("account"))
            .when(scoped.fill_null(False))
            .then(pl.lit("unit"))
            .when(pl.lit(self.years))
            .then(pl.lit("year"))
        )
        why = pl.concat_str(
            [pl.when(reasons[name]).then(pl.lit(name)) for name in WHY if name in reasons],
            separator=" ",
            ignore_nulls=True,
        )
        cause = (
            pl.when(other_round & ~(both & moved))
            .then(
                pl.when(entered)
                .then(pl.lit("forecast_entered"))
                .otherwise(pl.lit("forecast_adopted"))
            )
            .when(new)
            .then("kind")
            .when(both & moved)
            .then(pl.lit("reorganised"))
            .when(~pl.col("known_before"))
            .then(pl.lit("became_known"))
            .when(~pl.col("known_after"))
            .then(pl.lit("became_unknown"))
            .when(~both & alone.is_not_null())
            .then(pl.lit("reorganised"))
            .when(pl.col("part") == "opening")
            .then(pl.lit("opening_stated"))
        )
        reason = pl.when(both & moved).then(why).otherwise(alone)
        reorganised = cause == "reorganised"
        return [cause.alias("cause"), pl.when(reorganised).then(reason).alias("why")]

    def decisions(self, cause: str, why: str | None, units: Iterable[str | None]) -> list[int]:
        """Positions of what was decided between the two that moved events of those units: places
        of units above them, lines and default structures, types of accounts, fiscal years; of a
        forecast, the adoption."""
        paths = {above for u in units if u for tree in self.trees for above in tree.path(u)}
        reasons = (why or cause).split()

        def moves(event: Event) -> bool:
            match event:
                case UnitRegistered() | UnitMoved() | UnitClosed():
                    own = event.tree == self.trees[0].name and event.unit in paths
                    return "unit" in reasons and own
                case StructureDecided():
                    return "structure" in reasons
                case SettingChanged():
                    return "structure" in reasons and event.setting.startswith("structure.")
                case AccountRegistered():
                    return "account" in reasons and event.account in self.accounts
                case FiscalYearStated():
                    return "year" in reasons
                case ForecastAdopted():
                    return "forecast_adopted" in reasons
            return False

        return [position for position, event in self._decided if moves(event)]

    @cached_property
    def _decided(self) -> list[tuple[int, Event]]:
        """The small events between the two."""
        every = self.after.recorded(small=True, first=self.before.size)
        return [(recorded.position, recorded.event) for recorded in every]
