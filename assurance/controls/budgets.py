"""Variances: budgets overrun, variances that nobody explains, comments that do not tie out.

Asked as ``ledger result`` and ``ledger variances`` are: the fiscal year to the last month asked
about. The events of a finding are those that its variance is the sum of.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import polars as pl

from assurance.controls.control import Control, Examined, Found, Parameter, Severity
from assurance.controls.evidence import Evidence
from ledger.errors import NothingKnown
from projections.dimensions import structure_name
from projections.explained_variances import variance_explanations, variances
from projections.period_result import FORMULAS, counted_result, result

_BY = ("unit", "area", "division", "line", "unit,line", "area,line", "division,line")


class _Variance(Control):
    """What the three share: rows of a table, and the events behind them."""

    severity: ClassVar[Severity] = "medium"

    def asked(self, evidence: Evidence) -> dict[str, Any]:
        """How the tables are asked."""
        return {
            "through": evidence.through,
            "by": self.value("by"),
            "unit": evidence.unit,
            "tree": evidence.tree,
            "year": evidence.year,
        }

    def unasked(self, evidence: Evidence) -> Examined | None:
        """Why the book has no such table, if it has none."""
        if evidence.book.postings().is_empty():
            return Examined(0, 0)
        if "line" in self.value("by"):
            try:
                structure_name(evidence.book, "result")
            except NothingKnown:
                return Examined(0, 0, untested={"no_structure": 1})
        return None

    def behind(self, evidence: Evidence, rows: pl.DataFrame) -> list[tuple[int, ...]]:
        """The events behind the variance of each of the rows."""
        if rows.is_empty():
            return []
        counted = counted_result(evidence.book, **self.asked(evidence))
        facts = counted.behind("variance", FORMULAS)
        assert facts is not None, "a row with a variance has a budget"
        keys = list(counted.keys)
        sums = facts.group_by(keys).agg(pl.col("position").unique().sort().alias("events"))
        wanted = rows.lazy().select(keys).join(sums, on=keys, how="left", maintain_order="left")
        return [tuple(events or ()) for events in wanted.collect()["events"].to_list()]

    def large(self) -> pl.Expr:
        """A variance that is large enough: in kronor, and in percent of its budget."""
        share = self.value("percent")
        size, budget = pl.col("variance").abs(), pl.col("budget").abs()
        wide = size.cast(pl.Int128) * share.denominator >= budget.cast(pl.Int128) * share.numerator
        large: pl.Expr = (size >= max(self.value("least"), 1)) & wide
        return large


def _keys(frame: pl.DataFrame) -> list[str]:
    return frame.columns[: frame.columns.index("name")]


def _place(row: Mapping[str, Any], keys: Sequence[str]) -> str:
    """What the row is of: its codes, and the name where there is one."""
    name = row["name"] if row["name"] not in (None, row[keys[0]]) else None
    first = " ".join(filter(None, (row[keys[0]], name)))
    return ", ".join([first, *(str(row[key]) for key in keys[1:])])


class BudgetOverrun(_Variance):
    """A row of the result that is worse than its budget by ``least`` kronor and ``percent``.

    *False positives*: a budget that is spread evenly where costs are not, income that comes late,
    and decisions that no budget has met yet. None where outcome keeps within its budget.
    """

    name = "budget_overrun"
    parameters: ClassVar = {
        "by": Parameter("unit", "choice", _BY),
        "least": Parameter("100000", "amount"),
        "percent": Parameter("5", "percent"),
    }

    def examine(self, evidence: Evidence) -> Examined:
        """Every row of the result that has a budget."""
        if (nothing := self.unasked(evidence)) is not None:
            return nothing
        frame = result(evidence.book, **self.asked(evidence))
        keys = _keys(frame)
        rows = frame.filter(pl.all_horizontal(pl.col(keys).is_not_null()))
        tested = rows.filter(pl.col("variance").is_not_null())
        over = tested.filter(self.large(), pl.col("variance") < 0)
        found = [
            Found(events, row["variance"], _facts(row, keys))
            for row, events in zip(over.to_dicts(), self.behind(evidence, over), strict=True)
            if events
        ]
        untested = {"no_budget": rows.height - tested.height}
        return Examined(rows.height, tested.height, found, untested)


def _facts(row: Mapping[str, Any], keys: Sequence[str]) -> dict[str, Any]:
    return {
        "row": _place(row, keys),
        "outcome_amount": row["outcome"],
        "budget_amount": row["budget"],
        "variance_amount": row["variance"],
    }


class UnexplainedVariance(_Variance):
    """A variance of ``least`` kronor and ``percent`` that nobody has explained.

    *False positives*: the time between the closing of a month and its comments. None where large
    variances have explanations.
    """

    name = "unexplained_variance"
    parameters: ClassVar = {
        "by": Parameter("line", "choice", _BY),
        "least": Parameter("250000", "amount"),
        "percent": Parameter("5", "percent"),
    }

    def examine(self, evidence: Evidence) -> Examined:
        """Every row of the variances that has a budget."""
        if (nothing := self.unasked(evidence)) is not None:
            return nothing
        frame = variances(evidence.book, **self.asked(evidence))
        keys = _keys(frame)
        rows = frame.filter(pl.all_horizontal(pl.col(keys).is_not_null()))
        tested = rows.filter(pl.col("variance").is_not_null())
        silent = tested.filter(self.large(), pl.col("state") == "unexplained")
        found = [
            Found(events, row["variance"], _facts(row, keys))
            for row, events in zip(silent.to_dicts(), self.behind(evidence, silent), strict=True)
            if events
        ]
        untested = {"no_budget": rows.height - tested.height}
        return Examined(rows.height, tested.height, found, untested)


class CommentNotTied(_Variance):
    """Explanations of a variance whose amounts are not the variance: what is left is more than the
    setting ``variance.tolerance`` allows.

    The events are the explanations. *False positives*: none by chance; amounts rounded to thousands
    leave a remainder that the tolerance is there for.
    """

    name = "comment_not_tied"
    severity: ClassVar[Severity] = "low"
    parameters: ClassVar = {"by": Parameter("line", "choice", _BY)}

    def examine(self, evidence: Evidence) -> Examined:
        """Every row of the variances that has an explanation."""
        if (nothing := self.unasked(evidence)) is not None:
            return nothing
        asked = self.asked(evidence)
        frame = variances(evidence.book, **asked)
        keys = _keys(frame)
        rows = frame.filter(pl.all_horizontal(pl.col(keys).is_not_null()))
        explained = rows.filter(pl.col("state").is_in(["ties_out", "remainder"]))
        left = explained.filter(pl.col("state") == "remainder")
        told = variance_explanations(evidence.book, **asked)
        told = told.filter(pl.col("figure") == "variance", pl.col("memo") == "no")
        found = []
        for row in left.to_dicts():
            mine = told.filter(pl.all_horizontal(pl.col(key) == row[key] for key in keys))
            facts = {
                "row": _place(row, keys),
                "variance_amount": row["variance"],
                "explained_amount": row["explained"],
                "remainder_amount": row["remainder"],
            }
            found.append(Found(tuple(mine["position"]), row["remainder"], facts))
        untested = {"no_explanation": rows.height - explained.height}
        return Examined(rows.height, explained.height, found, untested)
