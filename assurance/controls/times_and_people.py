"""When the source registered a voucher, and by whom: the source's own times and people, never the
importer's."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

import polars as pl

from assurance.controls.control import Control, Examined, Parameter, Severity, found_in
from assurance.controls.evidence import Evidence, by_voucher


def _registered(evidence: Evidence) -> tuple[pl.DataFrame, int]:
    """The standing postings whose source says when, with `Evidence.registered` beside them; and
    how many standing vouchers there are."""
    standing = evidence.standing
    frame = standing.join(evidence.registered, on="position", maintain_order="left")
    return frame, standing["voucher"].n_unique()


def _with_time(frame: pl.DataFrame, population: int) -> tuple[pl.DataFrame, dict[str, int]]:
    """The postings with a time of day, and why the other vouchers cannot be tested."""
    timed = frame.filter(pl.col("minute").is_not_null())
    said, known = frame["voucher"].n_unique(), timed["voucher"].n_unique()
    return timed, {"no_registration": population - said, "no_time_of_day": said - known}


def _when(frame: pl.DataFrame) -> pl.DataFrame:
    """A row a voucher as `by_voucher`, with ``when`` it was registered, as people write it."""
    day = pl.col("registered_day").cast(pl.Date).cast(pl.String)
    clock = [(pl.col("minute") // 60), (pl.col("minute") % 60)]
    time = pl.concat_str([each.cast(pl.String).str.zfill(2) for each in clock], separator=":")
    when = frame.group_by("voucher", maintain_order=True).agg(
        when=pl.concat_str(day, time, separator=" ", ignore_nulls=True).first(),
        weekday=pl.col("registered_day").first().cast(pl.Date).dt.weekday().cast(pl.Int64),
    )
    return by_voucher(frame).join(when, on="voucher", how="left", maintain_order="left")


class Late(Control):
    """A voucher that the source registered more than ``days`` after the day it bears.

    *False positives*: invoices that came late or lay in dispute, year-end closing entries, and
    cumulative corrections. None where everything is registered within the days.
    """

    name = "late"
    severity: ClassVar[Severity] = "low"
    parameters: ClassVar = {"days": Parameter("30", "whole")}

    def examine(self, evidence: Evidence) -> Examined:
        """Every standing voucher whose source says when it was registered."""
        frame, population = _registered(evidence)
        tested = frame["voucher"].n_unique()
        late = frame.filter(pl.col("registered_day") - pl.col("day") > self.value("days"))
        days = late.group_by("voucher").agg(
            days=(pl.col("registered_day") - pl.col("day")).max().cast(pl.Int64)
        )
        found = _when(late).join(days, on="voucher", how="left", maintain_order="left")
        untested = {"no_registration": population - tested}
        facts = ("name", "date", "when", "days")
        return Examined(population, tested, found_in(found, facts), untested)


class Weekend(Control):
    """A voucher that somebody registered on a Saturday or a Sunday.

    Asked only of registrations with a time of day: a bare date is as a rule that of a batch or of
    the document, and says nothing of when somebody worked.

    *False positives*: people who work weekends, and jobs that run by themselves; a job shows by
    its name and by one minute for all. Two of seven where days mean nothing.
    """

    name = "weekend"
    severity: ClassVar[Severity] = "low"

    def examine(self, evidence: Evidence) -> Examined:
        """Every standing voucher that was registered at a time of day."""
        frame, population = _registered(evidence)
        timed, untested = _with_time(frame, population)
        weekday = pl.col("registered_day").cast(pl.Date).dt.weekday()
        found = _when(timed.filter(weekday >= _SATURDAY))
        tested = timed["voucher"].n_unique()
        return Examined(population, tested, found_in(found, ("name", "date", "when")), untested)


_SATURDAY = date(2020, 8, 15).isoweekday()


class Night(Control):
    """A voucher that somebody registered at night, ``from`` one time ``to`` another.

    *False positives*: night shifts, people abroad, and jobs that run by themselves. Seven hours of
    twenty-four where times mean nothing.
    """

    name = "night"
    severity: ClassVar[Severity] = "low"
    parameters: ClassVar = {"from": Parameter("22:00", "time"), "to": Parameter("05:00", "time")}

    def examine(self, evidence: Evidence) -> Examined:
        """Every standing voucher that was registered at a time of day."""
        frame, population = _registered(evidence)
        timed, untested = _with_time(frame, population)
        begins, ends = (_minutes(self.value(name)) for name in ("from", "to"))
        after, before = pl.col("minute") >= begins, pl.col("minute") < ends
        found = _when(timed.filter(after | before if begins > ends else after & before))
        tested = timed["voucher"].n_unique()
        return Examined(population, tested, found_in(found, ("name", "date", "when")), untested)


def _minutes(time: str) -> int:
    hours, minutes = time.split(":")
    return int(hours) * 60 + int(minutes)


class SamePerson(Control):
    """A voucher that the same person registered and authorised, by the source's people.

    Names are compared as people are told apart (case, spaces and look-alike letters make nobody
    another person). What the source does not say cannot be tested.

    *False positives*: jobs whose account stands in both fields, and transfers that the organisation
    lets one person do. None where two people act. It does not see one person under two names.
    """

    name = "same_person"
    severity: ClassVar[Severity] = "high"

    def examine(self, evidence: Evidence) -> Examined:
        """Every standing voucher whose source says both."""
        standing = evidence.standing
        people = evidence.with_people(standing, "registered_by", "authorised_by")
        population = standing["voucher"].n_unique()
        registered = people.filter(pl.col("registered_by_person").is_not_null())
        both = registered.filter(pl.col("authorised_by_person").is_not_null())
        said, tested = registered["voucher"].n_unique(), both["voucher"].n_unique()
        same = both.filter(pl.col("registered_by_person") == pl.col("authorised_by_person"))
        who = same.group_by("voucher").agg(pl.col("registered_by").first().alias("person"))
        found = by_voucher(same).join(who, on="voucher", how="left", maintain_order="left")
        untested = {"no_registrar": population - said, "no_authoriser": said - tested}
        return Examined(population, tested, found_in(found, ("name", "date", "person")), untested)
