"""Dimensions: what a question is about, and how an amount falls into the rows of its answer.

A *span* is the months asked for; *dimensions* turn the code string of an amount into keys: the
unit's ancestor at a level of a tree, the account's line in a report structure, or the code as it
is. Nothing vanishes: a unit above the asked level (or outside the tree) keeps its own code, an
account that no line takes is `UNMAPPED`, and an amount without a code is `WITHOUT`, so that rows
always sum to the total.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property

import polars as pl

from ledger.errors import NothingKnown, UsageError
from ledger.families.organisation import Line, Organisation, Place
from ledger.log import Book
from ledger.periods import months_between, shift
from projections import facts

#: Key of amounts on accounts that the report structure has no line for.
UNMAPPED = "unmapped"
#: Key of amounts that carry no account, project, product or activity.
WITHOUT = "without"

#: After a tree's name: each month as the tree was then.
THEN = "@then"

SPANS = ("accumulated", "month", "rolling12")

#: Dimensions that are not levels of a tree.
CODES = ("line", "account", "project", "product", "activity", "month")
LEVELS = ("unit", "area", "division")


@dataclass(frozen=True, slots=True)
class Span:
    """The months asked for, the last of them, the fiscal year that holds it, and the months that
    each is compared with: twelve months earlier. Where those would be among the months asked for
    (a fiscal year of more than twelve), the first months of the fiscal year before, one for each,
    as many as it has."""

    months: tuple[str, ...]
    last: str
    year: tuple[str, str]
    last_year: tuple[str, ...]

    @property
    def year_ago(self) -> dict[str, str]:
        """The month asked for by the month that it is compared with."""
        return dict(zip(self.last_year, self.months, strict=False))

    @property
    def whole_year(self) -> tuple[str, ...]:
        """All months of the fiscal year."""
        return tuple(months_between(*self.year))


def as_known(book: Book, known_at: str | None) -> Book:
    """The book as known at that time, or as it is."""
    return book if known_at is None else book.at(known_at)


def fiscal_year(book: Book, year: str) -> tuple[str, str]:
    """First and last month of a fiscal year by the year that it begins in; else `UsageError`."""
    if not re.fullmatch(r"\d{4}", year):
        raise UsageError(f"{year!r} is no fiscal year.", "Write the year it begins in, as 2020.")
    period = book.period(year)
    return period.first, period.last


def span_of(
    book: Book, through: str | None, year: str | None = None, span: str = "accumulated"
) -> Span:
    """The months that ``through``, ``year`` and ``span`` ask for.

    ``through`` is a month, or a tertial or year that stands for its last month; without it the
    end of ``year``, else `Book.period`. ``accumulated`` is from the fiscal year's first month,
    ``month`` the last alone, ``rolling12`` twelve to it. Raises `UsageError` for what is no
    period, for a through outside the year, and for an unknown span.
    """
    if span not in SPANS:
        raise UsageError(f"There is no span {span!r}.", f"Known: {', '.join(SPANS)}.")
    asked = fiscal_year(book, year) if year is not None else None
    last = asked[1] if asked and through is None else book.period(through).last
    if asked and not asked[0] <= last <= asked[1]:
        raise UsageError(f"{through} is not in the fiscal year {year}.", "Give one of the two.")
    calendar = book.organisation.calendar
    months = {
        "accumulated": calendar.to_date(last),
        "month": [last],
        "rolling12": months_between(shift(last, -11), last),
    }[span]
    earlier = [shift(month, -12) for month in months]
    if not set(earlier).isdisjoint(months):
        before = calendar.year_of(shift(months[0], -1))
        earlier = months_between(*before)[: len(months)]
    return Span(tuple(months), last, calendar.year_of(last), tuple(earlier))


def outcome_span(
    book: Book, through: str | None, year: str | None = None, span: str = "accumulated"
) -> Span:
    """As `span_of`, for a question that only outcome can answer.

    ``year`` without ``through`` ends with its latest month that has outcome. Raises `NothingKnown`
    where none of the months asked for can have any: all of them are after the latest month with
    outcome, or before the first; and for a year without any. Months asked for beyond the latest
    are answered with what there is; who shows the answer says so.
    """
    booked = book.months
    if not booked:
        raise NothingKnown("There is no outcome on record.", "Import some with `ledger import`.")
    first, latest = booked[0], booked[-1]
    if year is not None and through is None:
        begins, ends = fiscal_year(book, year)
        within = [month for month in booked if begins <= month <= ends]
        if not within:
            raise NothingKnown(
                f"There is no outcome in the fiscal year {year}; "
                f"the latest month with any is {latest}.",
                f"Give --through {latest} without --year.",
            )
        through = within[-1]
    asked = span_of(book, through, year, span)
    if asked.months[0] > latest:
        raise NothingKnown(
            f"There is no outcome for {asked.last}; the latest month with any is {latest}.",
            f"Give --through {latest}.",
        )
    if asked.last < first:
        raise NothingKnown(
            f"There is no outcome for {asked.last}; the first month with any is {first}.",
            f"Give --through {first} or later.",
        )
    return asked


def axes(by: str | Iterable[str], allowed: Sequence[str] | None = None) -> tuple[str, ...]:
    """The dimensions of ``by``: names, or text joined by commas; `UsageError` for none, for one
    named twice, and for one that is not ``allowed``."""
    names = by.split(",") if isinstance(by, str) else list(by)
    found = tuple(name.strip() for name in names)
    if not found or "" in found or len(set(found)) < len(found):
        raise UsageError(f"{','.join(found)!r} is no choice of rows.", "Name each one once.")
    if allowed is not None and (wrong := [name for name in found if name not in allowed]):
        raise UsageError(
            f"Rows by {wrong[0]!r} are not known here.", f"Known: {', '.join(allowed)}."
        )
    return found


def structure_name(book: Book, noun: str, given: str | None = None, *, asked: bool = True) -> str:
    """The structure asked for, else the setting ``structure.<noun>``, else the only one there is.

    Raises `NothingKnown` where none of these names a structure; ``asked`` says that one can be
    asked for.
    """
    organisation = book.organisation
    name = given or organisation.setting(f"structure.{noun}")
    if name is None and len(organisation.structures) == 1:
        name = next(iter(organisation.structures))
    if name is None:
        remedy = f"Set structure.{noun} with `ledger record setting`."
        if asked:
            remedy = f"Give --structure NAME, or set structure.{noun}."
        raise NothingKnown("No report structure is the default here.", remedy)
    return name


def registered(organisation: Organisation, unit: str) -> str:
    """The unit; `UsageError` for one that nobody registered, with those that are written alike."""
    if unit not in organisation.units:
        near = get_close_matches(unit, organisation.units)
        known = f"Near: {', '.join(near)}." if near else ""
        remedy = "`ledger result --by unit` lists the units."
        raise UsageError(f"There is no unit {unit!r}.", f"{known} {remedy}".strip())
    return unit


class Tree:
    """A named tree of units as it stands in a month: who is above whom."""

    def __init__(self, book: Book, name: str, at: str) -> None:
        self.organisation = book.organisation
        self.name, _, when = name.partition("@")
        if name.endswith(THEN):
            raise UsageError(
                "These figures stand in the tree of one month.",
                f"Give --tree {self.name}@PERIOD, or leave it out.",
            )
        self.places: dict[str, Place] = self.organisation.places(
            self.name, book.period(when).last if when else at
        )
        founded = self.organisation.founded
        self.root = founded.root if founded and self.name == "line" else None
        if when and not self.places.keys() - {self.root}:
            raise UsageError(
                f"The tree {self.name!r} has no units in {when}.", "Give a later month after @."
            )

    @property
    def levels(self) -> set[str]:
        """The levels that units of the tree have."""
        return {place.level for place in self.places.values()}

    def path(self, unit: str) -> list[str]:
        """The unit, its parent, and so on upwards; in the line tree to the organisation's root."""
        path = [unit]
        while (place := self.places.get(path[-1])) and place.parent and place.parent not in path:
            path.append(place.parent)
        if self.root and self.root not in path:
            path.append(self.root)
        return path

    def below(self, unit: str) -> frozenset[str]:
        """The unit and everything under it; `UsageError` for a unit that nobody registered."""
        registered(self.organisation, unit)
        return frozenset({unit, *(u for u in self.organisation.units if unit in self.path(u))})

    def at_level(self, level: str) -> dict[str, str]:
        """Each unit's nearest ancestor (or itself) of a level; units without one are not in it."""
        found: dict[str, str] = {}
        for unit in self.organisation.units:
            for above in self.path(unit):
                place = self.places.get(above)
                if place and place.level == level:
                    found[unit] = above
                    break
        return found

    def unit_names(self) -> dict[str, str]:
        """Each unit's name: in this tree, else the newest in any."""
        names: dict[str, str] = {}
        for units in self.organisation.trees.values():
            for unit, places in units.items():
                names.setdefault(unit, places[-1].name)
        return names | {unit: place.name for unit, place in self.places.items()}


def moved(book: Book, tree: str, first: str, last: str) -> bool:
    """Whether a unit of the tree stood elsewhere in the first month than in the last, or than in
    the month that the tree's name gives."""
    now, then = Tree(book, tree, last), Tree(book, tree.partition("@")[0], first)
    return any(
        (was.parent, was.level) != (place.parent, place.level)
        for unit, was in then.places.items()
        if (place := now.places.get(unit)) is not None
    )


class Structure:
    """A report structure as decided for a month: which line takes which account."""

    def __init__(self, book: Book, name: str, at: str) -> None:
        self.name = name
        self.lines: list[Line] = book.organisation.structure(name, at)
        self.line_of = {
            account: line.line
            for account in facts.accounts_of(book)
            if (line := self.line(account))
        }

    def line(self, account: str) -> Line | None:
        """The line that takes an account, None if no line does."""
        return next((line for line in self.lines if line.takes(account)), None)

    @property
    def leaves(self) -> list[str]:
        """The lines that take accounts, in order."""
        return list(dict.fromkeys(line.line for line in self.lines if line.account_from))

    @property
    def order(self) -> dict[str, int]:
        """The place of each line, headings too; `UNMAPPED` is last."""
        names = dict.fromkeys(line.line for line in self.lines)
        return {name: place for place, name in enumerate([*names, UNMAPPED])}


class Dimensions:
    """How amounts fall into rows, for one tree, one structure and one month.

    ``also`` names columns of the facts that are dimensions of this question alone. ``dated`` says
    that the facts know in which month they were ``booked``: then ``tree@then`` lets each month
    stand as the tree was in it, where else all stand as in one.
    """

    def __init__(
        self,
        book: Book,
        at: str,
        by: Sequence[str],
        *,
        unit: str | None = None,
        tree: str = "line",
        structure: str | None = None,
        noun: str = "result",
        also: Sequence[str] = (),
        dated: bool = False,
    ) -> None:
        self.book, self.at, self.by = book, at, tuple(by)
        then = dated and tree.endswith(THEN)
        self.tree = Tree(book, tree.removesuffix(THEN) if then else tree, at)
        self.versions = self._versions() if then else []
        levels = [each.levels for _, each in self.versions]
        self.levels = {*LEVELS, *self.tree.levels.union(*levels)} - set(CODES)
        known = [*LEVELS, *sorted(self.levels - set(LEVELS)), *CODES, *also]
        axes(self.by, known)
        self.unit = unit
        self.below = self.tree.below(unit) if unit is not None else None
        if structure is not None:
            book.organisation.structure(structure)  # an unknown one is an error, used or not
        self.structure = (
            Structure(book, structure_name(book, noun, structure), at)
            if "line" in self.by
            else None
        )

    def within(self, frame: pl.LazyFrame) -> pl.LazyFrame:
        """The facts of the unit asked for and all below it."""
        if self.below is None or self.unit is None:
            return frame
        inside = pl.col("unit").is_in(sorted(self.below))
        for until, tree in self.versions:
            then = pl.col("unit").is_in(sorted(tree.below(self.unit)))
            inside = pl.when(pl.col("booked") < until).then(then).otherwise(inside)
        return frame.filter(inside)

    def columns(self) -> dict[str, str]:
        """Name of the key column of each dimension: a level alone stands under ``unit``."""
        if len(self.by) == 1 and self.by[0] in self.levels:
            return {self.by[0]: "unit"}
        return {name: name for name in self.by}

    def keys(self) -> list[pl.Expr]:
        """The keys of a fact, one expression a dimension, under the names of `columns`."""
        return [self.key(name).alias(column) for name, column in self.columns().items()]

    def key(self, name: str) -> pl.Expr:
        """The key of a fact in one dimension, as text; never null but for a month unknown."""
        if name in self.levels:
            key = _replaced(pl.col("unit"), self._at_level(name, self.tree), pl.col("unit"))
            for until, tree in self.versions:
                then = _replaced(pl.col("unit"), self._at_level(name, tree), pl.col("unit"))
                key = pl.when(pl.col("booked") < until).then(then).otherwise(key)
            return key
        if name == "line":
            return self._line()
        if name == "month":
            return pl.col("period")
        return pl.col(name).fill_null(WITHOUT)

    def _at_level(self, level: str, tree: Tree) -> dict[str, str]:
        """Each unit's key: an ancestor above the unit asked for gives way to that unit, whose
        part of the ancestor's figures is all there is."""
        found = tree.at_level(level)
        if self.unit is None:
            return found
        below = tree.below(self.unit)
        return {u: above if above in below else self.unit for u, above in found.items()}

    def _versions(self) -> list[tuple[str, Tree]]:
        """Earlier states of the tree, the latest first: each with the month in which it ended."""
        units = self.book.organisation.trees.get(self.tree.name, {})
        begins = {place.valid_from for places in units.values() for place in places}
        months = sorted((month for month in begins if month <= self.at), reverse=True)
        return [
            (month, Tree(self.book, self.tree.name, shift(month, -1)))
            for month in months
            if shift(month, -1) >= min(months)
        ]

    def _line(self) -> pl.Expr:
        assert self.structure is not None
        own = pl.col("report_line").is_not_null() & (pl.col("structure") == self.structure.name)
        known = own & pl.col("report_line").is_in(list(self.structure.order))
        by_account = _replaced(pl.col("account"), self.structure.line_of, pl.lit(UNMAPPED))
        return pl.when(known).then("report_line").otherwise(by_account)

    @cached_property
    def listed(self) -> list[str] | None:
        """For one dimension whose rows are known beforehand, all of them: the units of a level,
        the lines of a structure. None where the rows are what occurs."""
        if len(self.by) != 1:
            return None
        name = self.by[0]
        if name in self.levels:
            trees = (self.tree, *(tree for _, tree in self.versions))
            units = {u for tree in trees for u, p in tree.places.items() if p.level == name}
            return sorted(units if self.below is None else units & self.below)
        if name == "line" and self.structure is not None:
            return self.structure.leaves
        return None

    def order(self) -> list[pl.Expr]:
        """Expressions to sort rows by: lines in the structure's order, codes by themselves, what
        is `WITHOUT` a code last."""
        found: list[pl.Expr] = []
        for name, column in self.columns().items():
            if name == "line" and self.structure is not None:
                places = self.structure.order
                rank = pl.col(column).replace_strict(
                    list(places), list(places.values()), default=len(places), return_dtype=pl.Int64
                )
                found.append(rank)
            found += [pl.col(column) == WITHOUT, pl.col(column)]
        return found

    def name(self) -> pl.Expr:
        """The name of the first dimension's key; a line and a month are their own names."""
        first = self.by[0]
        key = pl.col(self.columns()[first])
        if first == "month":
            return key
        if first == "line":
            return pl.when(key != UNMAPPED).then(key)
        return _replaced(key, self._names(first), pl.lit(None, pl.String))

    def _names(self, dimension: str) -> dict[str, str]:
        organisation = self.book.organisation
        if dimension in self.levels:
            return self.tree.unit_names()
        if dimension == "account":
            return {code: account.name for code, account in organisation.accounts.items()}
        return organisation.codes.get(dimension, {})


def _replaced(column: pl.Expr, mapping: dict[str, str], default: pl.Expr) -> pl.Expr:
    """The column through a mapping, which may be empty; ``default`` where it has no entry."""
    return column.replace_strict(
        list(mapping), list(mapping.values()), default=default, return_dtype=pl.String
    )
