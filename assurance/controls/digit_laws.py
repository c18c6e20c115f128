"""Benford's law: amounts that nobody chose begin with 1 more often than with 9."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import ClassVar

import polars as pl

from assurance.benford import Conformity, Test, conformity, digits, expected, leading, mantissa_arc
from assurance.controls.control import Control, Examined, Found, Parameter, Severity
from assurance.controls.evidence import Evidence


class _Benford(Control):
    """What the three tests share: which amounts, and when digits are too many."""

    test: ClassVar[Test]
    severity: ClassVar[Severity] = "low"
    parameters: ClassVar = {
        "least": Parameter("10", "amount"),
        "least_count": Parameter("300", "whole"),
        "risk": Parameter("0.1", "percent"),
    }

    def examine(self, evidence: Evidence) -> Examined:
        """The digits of the standing postings on result accounts, as one set of amounts."""
        population = evidence.result
        tested = population.filter(pl.col("amount").abs() >= max(self.value("least"), 1))
        small = population.height - tested.height
        untested = {"below_least": small} if small else {}
        if tested.height < max(self.value("least_count"), 1):
            return Examined(population.height, 0, (), untested | {"too_few": tested.height})
        frame = tested.select("position", "amount", leading(self.test).alias("digit"))
        many = dict(frame["digit"].value_counts().rows())
        told = conformity(self.test, [many.get(digit, 0) for digit in digits(self.test)])
        found = self._found(frame, told)
        return Examined(population.height, tested.height, found, untested, _figures(frame, told))

    def _found(self, frame: pl.DataFrame, told: Conformity) -> list[Found]:
        """The digits that are too many, where the whole does not conform: each with its
        postings."""
        if told.verdict != "nonconforming" or told.p > Decimal(self.texts["risk"]) / 100:
            return []
        places = range(len(told.counts))
        over = [place for place in places if told.z(place) > _MANY]
        # Where no digit alone stands out, the one that is furthest from its share does.
        over = over or [max(places, key=told.z)]
        found = []
        for place in over:
            digit = digits(self.test)[place]
            mine = frame.filter(pl.col("digit") == digit)
            common, times = (
                mine["amount"]
                .value_counts(sort=True)
                .sort("count", "amount", descending=True)
                .row(0)
            )
            facts = {
                "digit": digit,
                "count": told.counts[place],
                "expected": str(_rounded(expected(self.test)[place] * told.n, "1")),
                "common_amount": common,
                "times": times,
            }
            found.append(
                Found(tuple(mine["position"]), int(mine["amount"].cast(pl.Int128).sum()), facts)
            )
        return found


#: Standard errors that a digit must be too frequent by to be named: one in a thousand is by chance.
_MANY = Decimal("3.29")


def _figures(frame: pl.DataFrame, told: Conformity) -> dict[str, str]:
    arc = mantissa_arc(frame["amount"])
    return {
        "n": str(told.n),
        "chi_square": str(_rounded(told.chi_square, "0.01")),
        "freedom": str(told.freedom),
        "p": str(_rounded(told.p, "0.0001")),
        "mad": str(_rounded(told.mad, "0.000001")),
        "verdict": told.verdict,
        "ks": str(_rounded(told.ks, "0.000001")),
        "ks_critical": str(_rounded(told.ks_critical, "0.000001")),
        "mantissa_l2": str(_rounded(arc.l2, "0.00000001")),
        "mantissa_p": str(_rounded(arc.p, "0.0001")),
    }


def _rounded(value: Decimal, places: str) -> Decimal:
    return value.quantize(Decimal(places), ROUND_HALF_UP)


class BenfordFirst(_Benford):
    """The first digits of the amounts do not follow Benford's law, and which are too many.

    *False positives*: fixed fees, wages of one scale, prices that end under a round figure, limits
    and small units make digits of their own; the law is that of amounts over several powers of ten.
    A finding says where to look, never what is wrong. Amounts that follow the law are named in at
    most one run of a thousand (``risk``, in percent): both the chi-square and Nigrini's bound of
    the mean absolute deviation must be passed.
    """

    name = "benford_first"
    test = "first"


class BenfordSecond(_Benford):
    """The second digits do not follow Benford's law: rounding, and amounts set just under a limit.

    *False positives*: as of the first digits; prices of 99 and sums of 50 more than others.
    """

    name = "benford_second"
    test = "second"


class BenfordFirstTwo(_Benford):
    """The first two digits do not follow Benford's law: the finest of the three, and the one that
    sees a single invoice sent many times.

    *False positives*: as of the first digits; a monthly fee of one amount to many units stands out
    at once. Below a few thousand postings chance alone passes Nigrini's bound, and only the
    chi-square keeps silent.
    """

    name = "benford_first_two"
    test = "first_two"
    parameters: ClassVar = _Benford.parameters | {"least_count": Parameter("1000", "whole")}
