"""Duplicates: the same thing entered twice."""

from __future__ import annotations

from typing import ClassVar

import polars as pl

from assurance.controls.control import Control, Examined, Parameter, Severity, found_in
from assurance.controls.evidence import Evidence, undone, voucher_name
from projections.amounts import WIDE


class Duplicates(Control):
    """The same amount with the same counterparty in two vouchers whose days are near.

    A pair that takes itself back is none: what has been reversed here does not stand, and a
    posting that a later one on the same account takes back (a credit note, a rebooking, a payment
    of a debt) within ``reversal_days`` counts as undone with it. A posting without counterparty
    cannot be tested, unless ``by`` says that its text stands for it (SIE files as a rule have
    no counterparties). One finding names all postings of the vouchers that are alike, whatever the
    accounts; where they are of different units it weighs less, since one price to many is common.

    *False positives*: two true purchases of one price within ``days`` (taxis, licences, daily
    allowances), instalments, wages of one scale where employees share a counterparty. Monthly and
    weekly rhythms are not near: the default of six days is less than a week. Where nobody buys at
    list prices, amounts of random öre meet by chance in about n²·(2d + 1) / (2·N·D·A) pairs, n
    postings of a counterparty over D days, d days near, A amounts as likely: next to none.
    """

    name = "duplicates"
    severity: ClassVar[Severity] = "high"
    parameters: ClassVar = {
        "by": Parameter("counterparty", "choice", ("counterparty", "text")),
        "days": Parameter("6", "whole"),
        "reversal_days": Parameter("90", "whole"),
        "least": Parameter("0", "amount"),
    }

    def examine(self, evidence: Evidence) -> Examined:
        """All standing postings of an amount that have a counterparty (or a text)."""
        population = evidence.standing.filter(
            (pl.col("amount") != 0) & (pl.col("amount").abs() >= self.value("least"))
        )
        tested = evidence.with_counterparty(population, text=self.value("by") == "text")
        tested = tested.with_columns(size=pl.col("amount").abs())
        # What is alike, and what may take it back: most amounts come once.
        once = tested.group_by("who", "amount").agg(pl.len(), pl.col("size").first())
        several = tested.join(
            once.filter(pl.col("len") > 1), on=["who", "size"], how="semi", maintain_order="left"
        )
        alone = several.filter(~undone(several, ["who", "account"], self.value("reversal_days")))
        untested = {"no_counterparty": population.height - tested.height}
        found = self._alike(alone)
        one_unit = pl.col("units") == 1
        findings = found_in(found.filter(one_unit), _FACTS)
        findings += found_in(found.filter(~one_unit), _FACTS, "medium")
        return Examined(population.height, tested.height, findings, untested)

    def _alike(self, frame: pl.DataFrame) -> pl.DataFrame:
        """A row a set of vouchers that hold the same amount with the same counterparty."""
        alike = ["who", "amount"]
        near = pl.col("day").diff().over(alike) > self.value("days")
        clusters = (
            frame.sort(*alike, "day", "position")
            .with_columns(run=near.fill_null(False).cum_sum().over(alike))
            .group_by(*alike, "run", maintain_order=True)
            .agg(
                pl.col("voucher").unique().sort().alias("same"),
                pl.col("position").alias("events"),
                pl.col("called").first().alias("counterparty"),
                pl.col("unit").n_unique().alias("units"),
                pl.col("date").min().alias("first"),
                pl.col("date").max().alias("last"),
                voucher_name().unique(maintain_order=True).alias("names"),
            )
            .filter(pl.col("same").list.len() > 1)
        )
        return (
            clusters.sort("amount", "who")
            .with_columns(vouchers=pl.col("same").cast(pl.List(pl.String)).list.join(","))
            .group_by("vouchers", maintain_order=True)
            .agg(
                pl.col("events").explode(),
                pl.col("amount").first().alias("each_amount"),
                pl.col("same").first().list.len().alias("count"),
                pl.col("counterparty", "first", "last").first(),
                pl.col("units").min(),
                pl.col("names").first().list.head(_NAMED).list.join(", "),
            )
            .with_columns(
                amount=pl.col("each_amount").cast(WIDE) * (pl.col("count").cast(WIDE) - 1)
            )
        )


_FACTS = ("each_amount", "count", "counterparty", "first", "last", "names")
#: Vouchers that the words name; the events name all.
_NAMED = 5
