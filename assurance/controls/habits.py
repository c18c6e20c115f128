"""Habits: what a counterparty or an account is used with, and what is not like it."""

from __future__ import annotations

from typing import ClassVar

import polars as pl

from assurance.controls.control import Control, Examined, Parameter, Severity, found_in
from assurance.controls.evidence import Evidence, voucher_name

_PARAMETERS = {
    "often": Parameter("20", "whole"),
    "habit": Parameter("3", "whole"),
    "share": Parameter("95", "percent"),
    "rare": Parameter("2", "whole"),
}


class _Habit(Control):
    """What both controls share: who has a habit, and what breaks it."""

    severity: ClassVar[Severity] = "low"
    parameters: ClassVar = _PARAMETERS

    def broken(self, uses: pl.DataFrame) -> tuple[pl.DataFrame, int]:
        """Of uses (``who``, ``what``) the unlike ones, with ``times`` this pair and ``of`` all of
        this ``who``; and how many uses belong to one that has a habit.

        A habit: at least ``often`` uses, ``share`` percent of them of the ``habit`` commonest
        that come more than ``rare`` times. Unlike: at most ``rare`` times.
        """
        share = self.value("share")
        pairs = uses.group_by("who", "what").len("times")
        pairs = pairs.sort("who", "times", "what", descending=[False, True, False]).with_columns(
            of=pl.col("times").sum().over("who"), rank=pl.int_range(pl.len()).over("who")
        )
        common = (pl.col("rank") < self.value("habit")) & (pl.col("times") > self.value("rare"))
        usual = pl.col("times").filter(common).sum().over("who")
        habit = (pl.col("of") >= self.value("often")) & (
            usual.cast(pl.Int64) * share.denominator >= pl.col("of") * share.numerator
        )
        of_habit = pairs.filter(habit)
        unlike = of_habit.filter(pl.col("times") <= self.value("rare"))
        tested = int(of_habit["times"].sum())
        joined = uses.join(unlike, on=["who", "what"], maintain_order="left")
        return joined.with_columns(pl.col("times", "of").cast(pl.Int64)), tested


class UnusualCounterparty(_Habit):
    """A counterparty on an account where it never stands otherwise.

    Of counterparties with a habit: at least ``often`` postings, ``share`` percent of them on its
    ``habit`` commonest accounts; another account, at most ``rare`` times, is unusual.

    *False positives*: a supplier that begins to sell something else, a new chart of accounts, and
    the first month of a new habit. At most 100 − ``share`` percent of its postings.
    """

    name = "unusual_counterparty"

    def examine(self, evidence: Evidence) -> Examined:
        """Every standing posting on accounts of income and cost whose counterparty is known."""
        population = evidence.result
        known = evidence.with_counterparty(population).with_columns(what="account")
        unlike, tested = self.broken(known)
        shown = unlike.with_columns(
            events=pl.concat_list("position"), name=voucher_name(), counterparty="called"
        ).sort("position")
        untested = {
            "no_counterparty": population.height - known.height,
            "no_habit": known.height - tested,
        }
        facts = ("name", "date", "counterparty", "account", "times", "of")
        return Examined(population.height, tested, found_in(shown, facts), untested)


class UnusualAccounts(_Habit):
    """A voucher that puts an account's debit against another credit than it ever stands against.

    Of accounts with a habit, as for counterparties: a wage paid from the cash box, a cost against
    equity. Vouchers of one side alone, or of more than ``rows`` rows, are not tested: in a voucher
    of many rows nothing stands against anything.

    *False positives*: corrections, closing entries, and rare but true events such as a sale of
    equipment. At most 100 − ``share`` percent of an account's vouchers.
    """

    name = "unusual_accounts"
    parameters: ClassVar = _PARAMETERS | {
        "often": Parameter("50", "whole"),
        "rows": Parameter("20", "whole"),
    }

    def examine(self, evidence: Evidence) -> Examined:
        """Every standing voucher of two sides."""
        standing = evidence.standing.filter(pl.col("amount") != 0)
        population = standing["voucher"].n_unique()
        small = standing.filter(pl.len().over("voucher") <= self.value("rows"))
        sides = small.select("voucher", "account", debit=pl.col("amount") < 0).unique()
        against = (
            sides.filter("debit")
            .join(sides.filter(~pl.col("debit")), on="voucher")
            .select("voucher", who="account", what="account_right")
            .filter(pl.col("who") != pl.col("what"))
        )
        two_sided = against["voucher"].n_unique()
        unlike, _ = self.broken(against)
        pair = ["voucher", "who", "what"]
        rows = small.join(unlike.select(*pair, "times", "of"), on="voucher")
        mine = ((pl.col("account") == pl.col("who")) & (pl.col("amount") < 0)) | (
            (pl.col("account") == pl.col("what")) & (pl.col("amount") > 0)
        )
        shown = (
            rows.filter(mine)
            .sort("position")
            .group_by(*pair, maintain_order=True)
            .agg(
                pl.col("position").alias("events"),
                pl.col("amount").clip(lower_bound=0).sum(),
                voucher_name().first().alias("name"),
                pl.col("date", "times", "of").first(),
            )
            .rename({"who": "debit", "what": "credit"})
            .sort("voucher", "debit", "credit")
        )
        untested = {"one_sided_or_large": population - two_sided}
        facts = ("name", "date", "debit", "credit", "times", "of")
        return Examined(population, two_sided, found_in(shown, facts), untested)
