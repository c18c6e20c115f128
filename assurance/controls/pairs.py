"""Pairs that should meet: an accrual and its reversal, two units' sides of one internal deal."""

from __future__ import annotations

from typing import ClassVar

import polars as pl

from assurance.controls.control import Control, Examined, Parameter, Severity, found_in
from assurance.controls.evidence import Evidence, undone, voucher_name
from ledger.periods import shift
from projections.amounts import total


class UnreversedAccruals(Control):
    """A posting on an accrual account that nothing has taken back within ``months``.

    An accrual is paired with its reversal: the same account, unit and amount with the opposite
    sign, later or on the same day, the latest open one first. One that is taken back in equal
    parts (a prepaid year, a twelfth a month) is in order while the parts come. What is younger than
    ``months`` before the end of what is asked about is not due.

    *False positives*: balances that are carried on purpose (deposits; holiday pay, 2920, is
    left out), and accruals
    that are taken back in unequal parts or summed with others. None where each is reversed as it
    was made.
    """

    name = "unreversed_accruals"
    severity: ClassVar[Severity] = "medium"
    parameters: ClassVar = {
        "accounts": Parameter("1700-1799, 2900-2919, 2930-2999", "codes"),
        "months": Parameter("3", "whole"),
    }

    def examine(self, evidence: Evidence) -> Examined:
        """Every standing posting on the accounts."""
        known = evidence.book.organisation.accounts
        accounts = self.codes("accounts", {*known, *evidence.standing["account"].unique()})
        population = evidence.standing.filter(
            pl.col("account").is_in(accounts), pl.col("amount") != 0
        )
        if population.is_empty():
            return Examined(0, 0)
        open_ = population.filter(~undone(population, ["account", "unit"]))
        last = evidence.last or str(evidence.standing["period"].max())
        due = shift(last, -self.value("months"))
        ripe = open_.filter(pl.col("period") <= due)
        ripe = ripe.filter(~pl.col("position").is_in(_in_parts(open_, due).implode()))
        months = _months(pl.lit(last)) - _months(pl.col("period"))
        shown = ripe.with_columns(
            events=pl.concat_list("position"),
            name=voucher_name(),
            months=months,
            posted_amount="amount",
        )
        untested = {"not_due": open_.filter(pl.col("period") > due).height}
        facts = ("name", "date", "account", "unit", "months", "posted_amount")
        tested = population.height - untested["not_due"]
        return Examined(population.height, tested, found_in(shown, facts), untested)


#: Into how many equal parts an accrual may be taken back.
_PARTS = (2, 60)
#: Pairs of a posting and a size of part that are tried on one account of one unit; where there are
#: more, it is no account of accruals, and nothing is excused.
_TRIED = 1_000_000


def _in_parts(open_: pl.DataFrame, due: str) -> pl.Series:
    """The positions of the postings that are taken back in equal parts, where the last part is
    later than ``due`` or none is missing, and of the parts."""
    keys = ["account", "unit", pl.col("amount").alias("part")]
    parts = open_.group_by(keys).agg(
        pl.len().alias("parts"),
        pl.col("position").alias("part_positions"),
        pl.col("period").max().alias("latest"),
        pl.col("day").min().alias("earliest"),
    )
    place = ["account", "unit"]
    several = parts.filter(pl.col("parts") > 1)
    few = open_.group_by(place).len().join(several.group_by(place).len("sizes"), on=place)
    few = few.filter(pl.col("len") * pl.col("sizes") <= _TRIED)
    many = pl.col("amount") // -pl.col("part")
    taken = (
        open_.select("position", *place, "amount", "day")
        .join(few, on=place, how="semi")
        .join(several, on=place)
        .filter(
            pl.col("amount") == many * -pl.col("part"),
            many.is_between(*_PARTS),
            pl.col("earliest") >= pl.col("day"),
            (pl.col("latest") > due) | (pl.col("parts") >= many),
        )
    )
    return pl.concat([taken["position"], taken["part_positions"].explode().drop_nulls()])


def _months(month: pl.Expr) -> pl.Expr:
    """A month as a whole number of months."""
    return month.str.slice(0, 4).cast(pl.Int64) * 12 + month.str.slice(5, 2).cast(pl.Int64)


class InternalPairs(Control):
    """Two units whose accounts of each other do not meet in a fiscal year: what one took as income
    the other did not bear as a cost.

    Of income and cost with an internal counterparty; the finding names both sides' postings.

    *False positives*: a deal that one side books in December and the other in January, and units
    that name each other at different levels of the tree. None where both sides are booked at once.
    """

    name = "internal_pairs"
    severity: ClassVar[Severity] = "medium"
    parameters: ClassVar = {"tolerance": Parameter("0", "amount")}

    def examine(self, evidence: Evidence) -> Examined:
        """Every pair of units with internal postings, by fiscal year."""
        mine, theirs = pl.col("unit"), pl.col("counterparty_unit")
        internal = evidence.result.filter(theirs.is_not_null(), mine != theirs).with_columns(
            one=pl.min_horizontal(mine, theirs),
            other=pl.max_horizontal(mine, theirs),
            year=evidence.year_of(pl.col("period")),
        )
        side = total(pl.col("amount").filter(pl.col("unit") == pl.col("one")))
        pairs = internal.group_by("year", "one", "other", maintain_order=True).agg(
            pl.col("position").alias("events"),
            total("amount").alias("amount"),
            side.alias("one_amount"),
            (total("amount") - side).alias("other_amount"),
        )
        unmet = pairs.filter(pl.col("amount").abs() > self.value("tolerance"))
        facts = ("one", "other", "year", "one_amount", "other_amount")
        return Examined(
            pairs.height, pairs.height, found_in(unmet.sort("year", "one", "other"), facts)
        )
