"""The variance bridge: what a variance is made of, driver by driver, to the öre.

The variance is against budget, or against the same months of last year. Every entry and every
amount that it is held against has one driver, the first of these that fits it::

    special         entries under special follow-up, by mark
    one_off         entries marked as one-offs, by mark
    late            entries of vouchers dated outside their months, by the voucher's month
    reorganised     units that came to the part since: their outcome less what it is held against
    internal        accounts that have internal counterparties, by line
    volume, price   accounts of lines that are tied to a quantity known on both sides, by line
    rest            all other accounts, by line

So the drivers sum to the variance, whatever they are. A tied line's amount is parted exactly::

    volume = (quantity − base quantity) × base amount / base quantity, half-up to the öre
    price  = outcome − base amount − volume

where the base is what the outcome is held against. So that each row is its outcome less its base,
price has as base the base amount at the quantity now, and volume what that takes away from it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, NamedTuple, get_args

import polars as pl

from ledger.errors import UsageError
from ledger.log import Book
from ledger.money import proportion
from ledger.quantities import PLANNED, QUANTITY, Quantity, tied
from projections import facts
from projections.amounts import WIDE, narrowed, total
from projections.dimensions import Dimensions, Span, Tree, as_known, outcome_span
from projections.marked_entries import marked
from projections.quantities import Measured, Part
from projections.registry import projection

__all__ = ["bridge", "bridge_entries", "bridge_quantities"]

DRIVERS = ("special", "one_off", "late", "reorganised", "internal", "volume", "price", "rest")
#: What an outcome is held against, which names the column of it.
Against = Literal["budget", "last_year"]
AGAINST: tuple[str, ...] = get_args(Against)
_BY = ["driver", "detail"]


@projection(("outcome", *AGAINST, "amount"))
def bridge(
    book: Book,
    through: str | None = None,
    known_at: str | None = None,
    *,
    unit: str | None = None,
    tree: str = "line",
    structure: str | None = None,
    year: str | None = None,
    span: str = "accumulated",
    against: str = "budget",
) -> pl.DataFrame:
    """The drivers of the variance of a unit and all below it, in the order of `DRIVERS`.

    Columns: ``driver`` (of `DRIVERS`; null in the total, the last row), ``detail`` (the mark, the
    voucher's month, the unit, or the line), ``outcome``, ``budget`` (or ``last_year``, as
    ``against`` says), ``amount`` (the one less the other; Int64 öre, result sign), ``entries`` and
    ``vouchers`` (Int64: how many are behind the outcome). The amounts sum to the variance (or the
    change) that `result` gives for the same question; they and ``budget`` are null where a year
    has no budget. Units stand as in the last month, last year too.

    Raises `ledger.errors.UsageError` and `ledger.errors.BeyondSixtyFourBits`.
    """
    book = as_known(book, known_at)
    asked = _Question.of(book, through, unit, tree, structure, year, span, against)
    lines = {line: place for place, line in enumerate(asked.lines)}
    rows = sorted(
        asked.rows(),
        key=lambda row: (
            DRIVERS.index(row["driver"]),
            lines.get(row["detail"], len(lines)),
            row["detail"],
        ),
    )
    whole = _summed(asked.outcome(), [], "outcome").row(0, named=True)
    whole |= _summed(asked.base(), [], "base").row(0, named=True) | dict.fromkeys(_BY)
    schema: dict[str, type[pl.DataType]] = dict.fromkeys(_BY, pl.String)
    schema |= dict.fromkeys(("outcome", "base"), WIDE)
    schema |= dict.fromkeys(("entries", "vouchers"), pl.Int64)
    frame = pl.DataFrame([*rows, whole], schema).with_columns(
        (pl.col("base") if asked.known else pl.lit(None, WIDE)).alias(against)
    )
    frame = frame.with_columns(amount=pl.col("outcome") - pl.col(against))
    amounts = ("outcome", against, "amount")
    return narrowed(frame.select(*_BY, *amounts, "entries", "vouchers"), amounts)


@projection(("amount",), listing=True)
def bridge_entries(
    book: Book,
    through: str | None = None,
    known_at: str | None = None,
    *,
    driver: str | None = None,
    unit: str | None = None,
    tree: str = "line",
    structure: str | None = None,
    year: str | None = None,
    span: str = "accumulated",
    against: str = "budget",
) -> pl.DataFrame:
    """The entries behind the drivers' outcome, the largest first within each detail.

    Columns: ``driver``, ``detail`` as in `bridge`, ``voucher`` (series and number; null without
    one), ``date`` (ISO), ``period``, ``unit``, ``account`` (String), ``amount`` (Int64 öre, result
    sign), ``position`` (Int64: its event). Of one ``driver`` if asked; behind ``volume`` are no
    entries, but `bridge_quantities`.

    Raises as `bridge` does.
    """
    book = as_known(book, known_at)
    if driver is not None and driver not in DRIVERS:
        raise UsageError(f"There is no driver {driver!r}.", f"Known: {', '.join(DRIVERS)}.")
    asked = _Question.of(book, through, unit, tree, structure, year, span, against)
    place = pl.col("driver").replace_strict(
        list(DRIVERS), list(range(len(DRIVERS))), return_dtype=pl.Int64
    )
    found = asked.outcome()
    if driver is not None:
        found = found.filter(pl.col("driver") == driver)
    name = pl.concat_str("series", "number", separator=" ", ignore_nulls=True)
    voucher = pl.when(pl.col("number").is_not_null()).then(name.str.strip_chars())
    return (
        found.sort(place, "detail", pl.col("amount").abs(), "position",
                   descending=[False, False, True, False])
        .with_columns(voucher=voucher)
        .select("driver", "detail", "voucher", "date", "period", "unit", "account", "amount",
                "position")
    )  # fmt: skip


_QUANTITIES: dict[str, type[pl.DataType]] = {
    "line": pl.String,
    "source": pl.String,
    "measure": pl.String,
    "measured_in": pl.String,
    "quantity": pl.String,
    "base_quantity": pl.String,
    "unit_price": pl.String,
    "base_unit_price": pl.String,
    "volume": pl.Int64,
    "price": pl.Int64,
    "state": pl.String,
}


@projection(("volume", "price"))
def bridge_quantities(
    book: Book,
    through: str | None = None,
    known_at: str | None = None,
    *,
    unit: str | None = None,
    tree: str = "line",
    structure: str | None = None,
    year: str | None = None,
    span: str = "accumulated",
    against: str = "budget",
) -> pl.DataFrame:
    """The quantities that lines are tied to, and what `bridge` made of them; a row a tied line.

    Columns: ``line``, ``source`` (staffing or statistic), ``measure``, ``measured_in``,
    ``quantity`` and ``base_quantity`` (String: decimals, of the months asked for and of what they
    are held against), ``unit_price`` and ``base_unit_price`` (String: kronor with two decimals,
    half-up, result sign: of what no other driver has), ``volume`` and ``price`` (Int64 öre),
    ``state``: parted, or why it is not: quantity_missing, base_missing, not_positive (nothing to
    divide by), not_planned (no quantity is said to be the budget's), counted_differently,
    no_budget. What is not known is null.

    Raises as `bridge` does.
    """
    book = as_known(book, known_at)
    asked = _Question.of(book, through, unit, tree, structure, year, span, against)
    sums = {(r["driver"], r["detail"]): r for r in asked.rows()}
    rows = []
    for line, each in asked.tied.items():
        row: dict[str, Any] = dict.fromkeys(_QUANTITIES)
        row |= {"line": line, **each.tie._asdict(), "measured_in": each.now.counted_in}
        row |= {"quantity": each.now.text, "base_quantity": each.base.text, "state": each.state}
        if each.state == "parted":
            price, volume = (sums.get((name, line)) for name in ("price", "volume"))
            outcome, flexed = (price["outcome"], price["base"]) if price else (0, 0)
            moved = -volume["base"] if volume else 0
            row |= {"volume": moved, "price": outcome - flexed}
            row |= {"unit_price": each.now.price(outcome)}
            row |= {"base_unit_price": each.base.price(flexed - moved)}
        rows.append(row)
    schema = _QUANTITIES | {"volume": WIDE, "price": WIDE}
    return narrowed(pl.DataFrame(rows, schema, orient="row"), ("volume", "price"))


class _Tied(NamedTuple):
    """A line's quantity, now and in what it is held against, and whether they part its amount."""

    tie: Quantity
    now: Measured
    base: Measured
    state: str

    def volume(self, amount: int) -> int:
        """What more (or less) quantity makes of the base amount, half-up to the öre."""
        now, base = self.now.amount, self.base.amount
        assert now is not None
        assert base
        return proportion(amount, now - base, base)


@dataclass(frozen=True)
class _Question:
    """Which months and which part, what they are held against, and what tells the drivers
    apart."""

    book: Book
    asked: Span
    dimensions: Dimensions
    moved: frozenset[str]
    against: str

    @classmethod
    def of(
        cls,
        book: Book,
        through: str | None,
        unit: str | None,
        tree: str,
        structure: str | None,
        year: str | None,
        span: str,
        against: str,
    ) -> _Question:
        """The question in the book's terms; `UsageError` for what is unknown."""
        if against not in AGAINST:
            known = ", ".join(AGAINST)
            raise UsageError(f"No variance is against {against!r}.", f"Known: {known}.")
        asked = outcome_span(book, through, year, span)
        dimensions = Dimensions(
            book, asked.last, ("line",), unit=unit, tree=tree, structure=structure
        )
        moved: frozenset[str] = frozenset()
        if unit is not None and "@" not in tree:
            first = (asked.last_year if against == "last_year" else asked.months)[0]
            then = Tree(book, tree, first)
            here = then.below(unit) if unit in then.places else set()
            moved = frozenset((dimensions.below or set()) - set(here) - {unit})
        return cls(book, asked, dimensions, moved, against)

    @cached_property
    def known(self) -> bool:
        """Whether what the outcome is held against is known at all."""
        return self.against == "last_year" or facts.budgeted(self.book, self.asked.months)

    @property
    def lines(self) -> list[str]:
        """The lines in the structure's order."""
        structure = self.dimensions.structure
        return list(structure.order) if structure else []

    def rows(self) -> list[dict[str, Any]]:
        """Sums by driver and detail: ``outcome``, ``base`` (öre), ``entries``, ``vouchers``; those
        of tied lines parted in volume and price."""
        sums = _summed(self.outcome(), _BY, "outcome").join(
            _summed(self.base(), _BY, "base"), on=_BY, how="full", nulls_equal=True, coalesce=True
        )
        found = []
        for row in sums.fill_null(0).to_dicts():
            if row["driver"] == "price":
                volume = self.tied[row["detail"]].volume(row["base"])
                none = {"outcome": 0, "entries": 0, "vouchers": 0}
                found.append(row | none | {"driver": "volume", "base": -volume})
                row["base"] += volume
            found.append(row)
        return found

    @cached_property
    def tied(self) -> dict[str, _Tied]:
        """The lines that are tied to a quantity, in the structure's order."""
        structure = self.dimensions.structure
        assert structure is not None
        ties = {line: self._tie(QUANTITY, line) for line in structure.leaves}
        return {line: self._tied(line, tie) for line, tie in ties.items() if tie is not None}

    def _tie(self, prefix: str, line: str) -> Quantity | None:
        assert self.dimensions.structure is not None
        settings = self.book.organisation.settings
        return tied(settings, prefix, self.dimensions.structure.name, line)

    def _tied(self, line: str, tie: Quantity) -> _Tied:
        """A tied line's quantities, and whether they part its amount."""
        units = self.dimensions.below or self.book.organisation.units
        part = Part(self.book, self.dimensions.tree, frozenset(units), self.moved)
        now, base, planned = part.measured(tie, self.asked.months), Measured(None), None
        if self.against == "last_year":
            base = part.measured(tie, self.asked.last_year)
        elif planned := self._tie(PLANNED, line):
            base = part.measured(planned, self.asked.months)
        if not self.known:
            return _Tied(tie, now, base, "no_budget")
        if self.against == "budget" and planned is None:
            return _Tied(tie, now, base, "not_planned")
        if now.amount is None:
            return _Tied(tie, now, base, "quantity_missing")
        if base.amount is None or len(self.asked.last_year) != len(self.asked.months):
            return _Tied(tie, now, base, "base_missing")
        if now.counted_in != base.counted_in:
            return _Tied(tie, now, base, "counted_differently")
        return _Tied(tie, now, base, "parted" if base.amount > 0 <= now.amount else "not_positive")

    def outcome(self) -> pl.DataFrame:
        """Every entry with its voucher, driver and detail."""
        return self._booked(self.asked.months)

    def base(self) -> pl.DataFrame:
        """Every amount that the outcome is held against, with its driver and detail."""
        if self.against == "last_year":
            return self._booked(self.asked.last_year)
        decided = facts.months_in(facts.budget(self.book), self.asked.months)
        return (
            self.dimensions.within(decided)
            .with_columns(line=self.dimensions.key("line"))
            .with_columns(driver=self._driver(), detail=self._detail())
            .collect()
        )

    def _entries(self, months: Sequence[str]) -> pl.LazyFrame:
        return self.dimensions.within(facts.months_in(facts.outcome(self.book), months))

    def _booked(self, months: Sequence[str]) -> pl.DataFrame:
        """The entries of these months."""
        vouchers = self.book.postings().lazy().select("position", "series", "number", "date")
        month = pl.col("date").str.slice(0, 7)
        late = month.is_not_null() & ~month.is_in(list(months))
        is_marked = pl.col("kind").is_not_null()
        return (
            self._entries(months)
            .with_columns(line=self.dimensions.key("line"))
            .join(vouchers, on="position", how="left")
            .join(marked(self.book).select("position", "mark", "kind"), on="position", how="left")
            .with_columns(
                pl.when(is_marked).then("kind").when(late).then(pl.lit("late"))
                .otherwise(self._driver()).alias("driver"),
                pl.when(is_marked).then("mark").when(late).then(month)
                .otherwise(self._detail()).alias("detail"),
            )
            .collect()
        )  # fmt: skip

    @cached_property
    def _internal(self) -> list[str]:
        """The accounts that have internal counterparties, on either side."""
        months = set(self.asked.months)
        if self.against == "last_year":
            months |= set(self.asked.last_year)
        units = list(self.book.organisation.units)
        inside = self._entries(sorted(months)).filter(pl.col("counterparty_unit").is_in(units))
        return inside.select(pl.col("account").unique()).collect()["account"].sort().to_list()

    def _is_moved(self) -> pl.Expr:
        return pl.col("unit").is_in(sorted(self.moved))

    def _driver(self) -> pl.Expr:
        """The driver of an amount that neither its mark nor its voucher tells of."""
        internal = pl.col("account").is_in(self._internal).fill_null(False)
        parted = [line for line, each in self.tied.items() if each.state == "parted"]
        return (
            pl.when(self._is_moved()).then(pl.lit("reorganised"))
            .when(internal).then(pl.lit("internal"))
            .when(pl.col("line").is_in(parted)).then(pl.lit("price"))
            .otherwise(pl.lit("rest"))
        )  # fmt: skip

    def _detail(self) -> pl.Expr:
        return pl.when(self._is_moved()).then("unit").otherwise("line")


def _summed(frame: pl.DataFrame, keys: list[str], name: str) -> pl.DataFrame:
    """The sums under the name; of the outcome also how many entries and vouchers."""
    sums = [total("amount").alias(name)]
    if name == "outcome":
        voucher = pl.struct("series", "number", "date").filter(pl.col("number").is_not_null())
        sums += [pl.len().cast(pl.Int64).alias("entries")]
        sums += [voucher.n_unique().cast(pl.Int64).alias("vouchers")]
    return frame.group_by(keys).agg(sums) if keys else frame.select(sums)
