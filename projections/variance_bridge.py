"""The variance bridge: what a variance against budget is made of, driver by driver, to the öre.

Every entry and every budgeted amount has one driver, the first of these that fits it::

    special       entries under special follow-up, by mark
    one_off       entries marked as one-offs, by mark
    late          entries of vouchers dated outside the months asked for, by the voucher's month
    reorganised   units that came to the part within the months: their outcome less their budget
    internal      accounts that have internal counterparties: outcome less budget, by line
    rest          all other accounts: outcome less budget, by line

So the drivers sum to the variance, whatever they are.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from ledger.errors import UsageError
from ledger.log import Book
from projections import facts
from projections.amounts import WIDE, narrowed, total
from projections.dimensions import Dimensions, Tree, as_known, outcome_span
from projections.marked_entries import marked
from projections.registry import projection

__all__ = ["bridge", "bridge_entries"]

DRIVERS = ("special", "one_off", "late", "reorganised", "internal", "rest")
_AMOUNTS = ("outcome", "budget", "amount")


@projection(_AMOUNTS)
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
) -> pl.DataFrame:
    """The drivers of the variance of a unit and all below it, in the order of `DRIVERS`.

    Columns: ``driver`` (of `DRIVERS`; null in the total, the last row), ``detail`` (the mark, the
    voucher's month, the unit, or the line), ``outcome``, ``budget``, ``amount`` (outcome − budget;
    Int64 öre, result sign), ``entries`` and ``vouchers`` (Int64: how many are behind the outcome).
    The amounts sum to the variance that `result` gives for the same question; they and ``budget``
    are null where a year has no budget.

    Raises `ledger.errors.UsageError` and `ledger.errors.BeyondSixtyFourBits`.
    """
    book = as_known(book, known_at)
    asked = _Question.of(book, through, unit, tree, structure, year, span)
    spent, planned = asked.outcome(), asked.budget()
    voucher = pl.struct("series", "number", "date").filter(pl.col("number").is_not_null())
    by = ["driver", "detail"]

    def summed(frame: pl.DataFrame, keys: list[str], name: str) -> pl.DataFrame:
        sums = [total("amount").alias(name)]
        if name == "outcome":
            sums += [pl.len().cast(pl.Int64).alias("entries")]
            sums += [voucher.n_unique().cast(pl.Int64).alias("vouchers")]
        return frame.group_by(keys).agg(sums) if keys else frame.select(sums)

    rows = summed(spent, by, "outcome").join(
        summed(planned, by, "budget"), on=by, how="full", nulls_equal=True, coalesce=True
    )
    order = {line: place for place, line in enumerate(asked.lines)}
    rank = pl.col("detail").replace_strict(
        list(order), list(order.values()), default=len(order), return_dtype=pl.Int64
    )
    place = pl.col("driver").replace_strict(
        list(DRIVERS), list(range(len(DRIVERS))), return_dtype=pl.Int64
    )
    rows = rows.sort(place, rank, "detail")
    whole = pl.concat(
        [summed(spent, [], "outcome"), summed(planned, [], "budget")], how="horizontal"
    ).with_columns(driver=pl.lit(None, pl.String), detail=pl.lit(None, pl.String))
    names = (*by, "outcome", "budget", "entries", "vouchers")
    frame = pl.concat([rows.select(names), whole.select(names)]).with_columns(
        pl.col("outcome").fill_null(0).cast(WIDE),
        (pl.col("budget").fill_null(0) if asked.budgeted else pl.lit(None, WIDE))
        .cast(WIDE)
        .alias("budget"),
        pl.col("entries", "vouchers").fill_null(0),
    )
    frame = frame.with_columns(amount=pl.col("outcome") - pl.col("budget"))
    return narrowed(frame.select(*by, *_AMOUNTS, "entries", "vouchers"), _AMOUNTS)


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
) -> pl.DataFrame:
    """The entries behind the drivers' outcome, the largest first within each detail.

    Columns: ``driver``, ``detail`` as in `bridge`, ``voucher`` (series and number; null without
    one), ``date`` (ISO), ``period``, ``unit``, ``account`` (String), ``amount`` (Int64 öre, result
    sign), ``position`` (Int64: its event). Of one ``driver`` if asked.

    Raises as `bridge` does.
    """
    book = as_known(book, known_at)
    if driver is not None and driver not in DRIVERS:
        raise UsageError(f"There is no driver {driver!r}.", f"Known: {', '.join(DRIVERS)}.")
    asked = _Question.of(book, through, unit, tree, structure, year, span)
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


@dataclass(frozen=True)
class _Question:
    """Which months and which part, and what tells the drivers apart."""

    book: Book
    months: tuple[str, ...]
    dimensions: Dimensions
    moved: frozenset[str]
    budgeted: bool

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
    ) -> _Question:
        """The question in the book's terms; `UsageError` for what is unknown."""
        asked = outcome_span(book, through, year, span)
        dimensions = Dimensions(
            book, asked.last, ("line",), unit=unit, tree=tree, structure=structure
        )
        moved: frozenset[str] = frozenset()
        if unit is not None and "@" not in tree:
            then = Tree(book, tree, asked.months[0])
            here = then.below(unit) if unit in then.places else set()
            moved = frozenset((dimensions.below or set()) - set(here) - {unit})
        planned = facts.budgeted(book, asked.months)
        return cls(book, tuple(asked.months), dimensions, moved, planned)

    @property
    def lines(self) -> list[str]:
        """The lines in the structure's order."""
        structure = self.dimensions.structure
        return list(structure.order) if structure else []

    def outcome(self) -> pl.DataFrame:
        """Every entry with its voucher, driver and detail."""
        within = self.dimensions.within(facts.months_in(facts.outcome(self.book), self.months))
        vouchers = self.book.postings().lazy().select("position", "series", "number", "date")
        found = (
            within.with_columns(line=self.dimensions.key("line"))
            .join(vouchers, on="position", how="left")
            .join(marked(self.book).select("position", "mark", "kind"), on="position", how="left")
            .collect()
        )
        units = list(self.book.organisation.units)
        internal = found.filter(pl.col("counterparty_unit").is_in(units))["account"].unique()
        month = pl.col("date").str.slice(0, 7)
        late = month.is_not_null() & ~month.is_in(list(self.months))
        is_marked = pl.col("kind").is_not_null()
        driver = self._driver(internal.to_list())
        detail = self._detail()
        return found.with_columns(
            pl.when(is_marked).then("kind").when(late).then(pl.lit("late")).otherwise(driver)
            .alias("driver"),
            pl.when(is_marked).then("mark").when(late).then(month).otherwise(detail)
            .alias("detail"),
        )  # fmt: skip

    def budget(self) -> pl.DataFrame:
        """Every budgeted amount with its driver and detail."""
        entries = self.dimensions.within(facts.months_in(facts.outcome(self.book), self.months))
        units = list(self.book.organisation.units)
        internal = entries.filter(pl.col("counterparty_unit").is_in(units))
        accounts = internal.select(pl.col("account").unique()).collect()["account"].to_list()
        return (
            self.dimensions.within(facts.months_in(facts.budget(self.book), self.months))
            .with_columns(line=self.dimensions.key("line"))
            .with_columns(driver=self._driver(accounts), detail=self._detail())
            .collect()
        )

    def _is_moved(self) -> pl.Expr:
        return pl.col("unit").is_in(sorted(self.moved))

    def _driver(self, internal: list[str]) -> pl.Expr:
        inside = pl.col("account").is_in(internal).fill_null(False)
        rest = pl.when(inside).then(pl.lit("internal")).otherwise(pl.lit("rest"))
        return pl.when(self._is_moved()).then(pl.lit("reorganised")).otherwise(rest)

    def _detail(self) -> pl.Expr:
        return pl.when(self._is_moved()).then("unit").otherwise("line")
