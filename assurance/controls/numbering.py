"""Voucher numbers: a series runs without gaps, uses no number twice, and follows the calendar."""

from __future__ import annotations

from typing import ClassVar

import polars as pl

from assurance.controls.control import Control, Examined, Parameter, Severity, found_in
from assurance.controls.evidence import Evidence

_SERIES = ["year", "series"]


def _numbered(evidence: Evidence, *, standing: bool) -> pl.DataFrame:
    """The vouchers of the whole book that have a number, or of these the ones that stand."""
    frame = evidence.vouchers.filter(pl.col("number").is_not_null())
    return frame.filter("stands") if standing else frame


def _asked(evidence: Evidence, frame: pl.DataFrame) -> pl.DataFrame:
    """Of vouchers those asked about: numbering itself is that of the whole book."""
    return evidence.within(frame.lazy()).collect()


class VoucherGaps(Control):
    """Numbers that a voucher series lacks between its first and its last of a fiscal year.

    The events are those of the vouchers on either side of the gap. A voucher that was reversed
    here has its number still. A series of which more than ``sparse`` percent is missing is not
    tested: it is not taken whole into Utfall (the import holds a part of the organisation).

    *False positives*: numbers that the economy system drew and cancelled, a series that other
    organisations share, an export that leaves something out. None in a series that is whole.
    """

    name = "voucher_gaps"
    severity: ClassVar[Severity] = "medium"
    parameters: ClassVar = {"sparse": Parameter("50", "percent")}

    def examine(self, evidence: Evidence) -> Examined:
        """Every numbered voucher."""
        all_ = _numbered(evidence, standing=False)
        population = _asked(evidence, all_).height
        numbers = (
            all_.filter(pl.col("n").is_not_null())
            .sort(*_SERIES, "n", "voucher")
            .unique([*_SERIES, "n"], keep="first", maintain_order=True)
        )
        span = pl.col("n").max().over(_SERIES) - pl.col("n").min().over(_SERIES) + 1
        sparse = self.value("sparse")
        numbers = numbers.with_columns(
            whole=(span - pl.len().over(_SERIES)) * sparse.denominator <= span * sparse.numerator,
            before=pl.col("n").shift(1).over(_SERIES),
            last=pl.col("name").shift(1).over(_SERIES),
            events_before=pl.col("events").shift(1).over(_SERIES),
        )
        mine = _asked(evidence, numbers)
        gaps = mine.filter("whole", pl.col("n") - pl.col("before") > 1).with_columns(
            missing_from=pl.col("before") + 1,
            missing_to=pl.col("n") - 1,
            count=pl.col("n") - pl.col("before") - 1,
            following=pl.col("name"),
            preceding=pl.col("last"),
            events=pl.concat_list("events_before", "events"),
            amount=pl.lit(None, pl.Int64),
        )
        tested = _asked(evidence, all_.filter(pl.col("n").is_not_null())).height
        unseen = mine.filter(~pl.col("whole")).height
        untested = {"no_number": population - tested, "not_whole": unseen}
        facts = ("series", "missing_from", "missing_to", "count", "preceding", "following")
        return Examined(population, tested - unseen, found_in(gaps, facts), untested)


class VoucherRepeats(Control):
    """One number of a series borne by several vouchers that stand in a fiscal year.

    A correction that took the place of a reversed voucher is no repeat.

    *False positives*: sources that number vouchers anew each month or in each company, and imports
    without series. None where numbers are given once.
    """

    name = "voucher_repeats"
    severity: ClassVar[Severity] = "medium"

    def examine(self, evidence: Evidence) -> Examined:
        """Every standing voucher that has a number."""
        all_ = _numbered(evidence, standing=True)
        population = _asked(evidence, all_).height
        repeats = (
            all_.group_by(*_SERIES, "number", maintain_order=True)
            .agg(
                pl.col("events").explode(),
                pl.col("name", "period", "unit").last(),
                pl.len().alias("count"),
                pl.col("date").min().alias("first"),
                pl.col("date").max().alias("last"),
                pl.col("amount").sum(),
            )
            .filter(pl.col("count") > 1)
        )
        facts = ("name", "count", "first", "last")
        return Examined(population, population, found_in(_asked(evidence, repeats), facts))


class BackDated(Control):
    """A voucher dated well before those that were numbered just before it.

    Numbers are drawn when a voucher is registered, so a day that lies more than ``days`` before
    the middle of the seven preceding ones was set back. The middle, since one wrong day must not
    accuse those that follow.

    *False positives*: a series whose numbers are drawn beforehand (booklets, subsystems), invoices
    dated by the supplier's day. None in a series whose days follow its numbers.
    """

    name = "back_dated"
    severity: ClassVar[Severity] = "medium"
    parameters: ClassVar = {"days": Parameter("31", "whole")}

    def examine(self, evidence: Evidence) -> Examined:
        """Every standing voucher with a whole number and another before it in its series."""
        all_ = _numbered(evidence, standing=True)
        population = _asked(evidence, all_).height
        numbered = all_.filter(pl.col("n").is_not_null()).sort(*_SERIES, "n", "voucher")
        middle = pl.col("day").rolling_median(7, min_samples=1)
        numbered = numbered.with_columns(
            middle=middle.cast(pl.Int32).shift(1).over(_SERIES),
            preceding=pl.col("name").shift(1).over(_SERIES),
            preceded=pl.col("date").shift(1).over(_SERIES),
            events_before=pl.col("events").list.head(1).shift(1).over(_SERIES),
        )
        mine = _asked(evidence, numbered)
        tested = mine.filter(pl.col("middle").is_not_null())
        back = tested.with_columns(days=(pl.col("middle") - pl.col("day")).cast(pl.Int64))
        back = back.filter(pl.col("days") > self.value("days")).with_columns(
            events=pl.concat_list("events", "events_before")
        )
        untested = {
            "no_number": population - mine.height,
            "first_of_series": mine.height - tested.height,
        }
        facts = ("name", "date", "days", "preceding", "preceded")
        return Examined(population, tested.height, found_in(back, facts), untested)
