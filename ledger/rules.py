"""Rules of entry, as Polars expressions: the same for one entry and for millions.

A rule is an expression that is true where a row breaks it. Rows have the columns of
`OUTCOME_ROWS`; a cell that intake could not read is null and breaks no further rule, since its
problem has been told already.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import polars as pl

from ledger.errors import Problem, ProblemKind
from ledger.money import INT64_MAX

#: What intake hands to the outcome commands: one row a posting, amounts in öre, result sign.
#: ``group`` numbers the vouchers of the file; ``alone`` marks a row that needs no balance.
OUTCOME_ROWS: dict[str, type[pl.DataType]] = {
    "line": pl.Int64,
    "group": pl.Int64,
    "alone": pl.Boolean,
    "series": pl.String,
    "number": pl.String,
    "date": pl.String,
    "row": pl.Int64,
    "row_date": pl.String,
    "period": pl.String,
    "unit": pl.String,
    "account": pl.String,
    "amount": pl.Int64,
    "text": pl.String,
    "project": pl.String,
    "product": pl.String,
    "activity": pl.String,
    "counterparty": pl.String,
    "counterparty_unit": pl.String,
    "dimensions": pl.String,
    "registered_at": pl.String,
    "registered_by": pl.String,
    "authorised_by": pl.String,
    "document": pl.String,
}


@dataclass(frozen=True)
class Rule:
    """A named rule: ``breaks`` is true for rows that break it, ``found`` says what was found."""

    code: str
    breaks: pl.Expr
    found: pl.Expr
    remedy: str
    kind: ProblemKind = "content"


def entry_rules(units: Collection[str], accounts: Collection[str]) -> list[Rule]:
    """The rules that every entry with unit and account must keep."""
    unit, account = pl.col("unit"), pl.col("account")
    return [
        Rule(
            "unknown-account",
            (account != "") & ~account.is_in(list(accounts)),
            pl.format("account {} is not registered", account),
            "Correct the code, import an accounts file, or give --register.",
        ),
        Rule("empty-account", account == "", pl.lit("account is empty"), "Fill it in."),
        Rule(
            "unknown-unit",
            (unit != "") & ~unit.is_in(list(units)),
            pl.format("unit {} is not registered", unit),
            "Correct the code, import a units file, or give --register.",
        ),
        Rule("empty-unit", unit == "", pl.lit("unit is empty"), "Write the unit's code."),
    ]


def counterparty_rule(units: Collection[str]) -> Rule:
    """An internal counterparty is one of our own units."""
    other = pl.col("counterparty_unit")
    return Rule(
        "unknown-counterparty-unit",
        (other != "") & ~other.is_in(list(units)),
        pl.format("counterparty unit {} is not registered", other),
        "Correct the code; an external counterparty goes to the column counterparty.",
    )


def check(rows: pl.DataFrame, rules: Sequence[Rule], file: str) -> list[Problem]:
    """All problems of the rows by the rules, in the order of the rules."""
    problems: list[Problem] = []
    for rule in rules:
        broken = rows.filter(rule.breaks.fill_null(False)).select(
            pl.col("line"), rule.found.alias("found")
        )
        problems += [
            Problem(rule.code, file, line, found, rule.remedy, rule.kind)
            for line, found in broken.iter_rows()
        ]
    return problems


def beyond_range(rows: pl.DataFrame, file: str) -> list[Problem]:
    """The first row at which the file's income or cost side passes 64 bits of öre, if any."""
    problems: list[Problem] = []
    for side in (pl.col("amount") > 0, pl.col("amount") < 0):
        passed = (
            rows.filter(side)
            .with_columns(pl.col("amount").cast(pl.Int128).cum_sum().alias("reached"))
            .filter(pl.col("reached").abs() > INT64_MAX)
        )
        if passed.height:
            problems.append(
                Problem(
                    "sum-beyond-64-bits",
                    file,
                    passed["line"][0],
                    "the sum of the amounts passes 64 bits of öre here",
                    "Look for an amount in the wrong unit of money.",
                )
            )
    return problems
