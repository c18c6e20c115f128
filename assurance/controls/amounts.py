"""Amounts that somebody chose: round ones, and those just under a limit."""

from __future__ import annotations

from typing import ClassVar

import polars as pl

from assurance.controls.control import Control, Examined, Found, Parameter, Severity, found_in
from assurance.controls.evidence import Evidence, voucher_name


def _told(frame: pl.DataFrame) -> pl.DataFrame:
    """The postings with their event and the voucher's name."""
    return frame.with_columns(events=pl.concat_list("position"), name=voucher_name())


_FACTS = ("name", "date", "account", "unit", "posted_amount")


class RoundAmounts(Control):
    """An income or cost of whole ``multiple`` kronor: estimated, agreed or made up.

    *False positives*: grants, rents, internal prices, budgeted transfers and accruals by estimate
    are round by nature. Of amounts that nobody chose, one in ``multiple`` · 100 is round to the
    öre; of prices in whole kronor one in ``multiple``.
    """

    name = "round_amounts"
    severity: ClassVar[Severity] = "low"
    parameters: ClassVar = {"multiple": Parameter("5000", "amount")}

    def examine(self, evidence: Evidence) -> Examined:
        """Every standing posting on accounts of income and cost."""
        population = evidence.result
        multiple = max(self.value("multiple"), 1)
        found = population.filter(pl.col("amount") % multiple == 0)
        shown = _told(found).with_columns(posted_amount="amount")
        return Examined(population.height, population.height, found_in(shown, _FACTS))


class NearLimit(Control):
    """A cost less than ``margin`` percent under one of the ``limits`` (kronor, parted by ``;``):
    set so that nobody else needs to decide.

    The limits are the organisation's own: who may authorise how much, from when on a purchase is
    tendered. The default ones are examples.

    *False positives*: prices end under round figures, and chance puts some amounts there: of
    amounts spread evenly over powers of ten, −log₁₀(1 − margin) of each power of ten, 0.44 % for
    one percent, for each limit in it. A single one is no pattern: from ``pattern`` of one
    counterparty under one limit on, the finding weighs more.
    """

    name = "near_limit"
    severity: ClassVar[Severity] = "low"
    parameters: ClassVar = {
        "limits": Parameter("50000; 100000; 500000", "amounts"),
        "margin": Parameter("1", "percent"),
        "pattern": Parameter("3", "whole"),
    }

    def examine(self, evidence: Evidence) -> Examined:
        """Every standing posting of a cost."""
        population = evidence.result.filter(pl.col("amount") < 0)
        limits = [limit for limit in self.value("limits") if limit > 0]
        if not limits:
            untested = {"no_limit": population.height}
            return Examined(population.height, 0, (), untested)
        found: list[Found] = []
        for limit in limits:
            # The least whole öre from which on an amount is within the margin.
            least = limit - int(limit * self.value("margin"))
            size = -pl.col("amount")
            near = _told(population.filter((size >= least) & (size < limit)))
            whose = evidence.with_counterparty(near).select(
                "position", alike=pl.len().over("who").cast(pl.Int64)
            )
            near = near.join(whose, on="position", how="left", maintain_order="left")
            near = near.with_columns(posted_amount="amount", limit_amount=pl.lit(limit))
            many = pl.col("alike").fill_null(0) >= self.value("pattern")
            facts = (*_FACTS, "limit_amount", "alike")
            found += found_in(near.filter(many), facts, "medium")
            found += found_in(near.filter(~many), facts)
        return Examined(population.height, population.height, found)
