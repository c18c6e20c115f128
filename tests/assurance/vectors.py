"""The published figures of `facts/`, and what each kind of row demands of us."""

import csv
import json
from collections.abc import Callable
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

from assurance.evaluation import (
    cox_snell_bound,
    mean_bound,
    moment_bound,
    stringer_bound,
    upper_deviation_limit,
)
from assurance.sampling import NoSuchSize, attribute_sample_size

FACTS = Path(__file__).with_name("facts")

#: The bounds of taints by the names that the facts have for them.
BOUNDS: dict[str, Callable[..., float]] = {
    "stringer.binomial": stringer_bound,
    "stringer.poisson": lambda *of: stringer_bound(*of, distribution="poisson"),
    "stringer.lta": lambda *of: stringer_bound(*of, offset=True),
    "coxsnell": cox_snell_bound,
    "moment": moment_bound,
    "mpu": mean_bound,
    "pps": lambda *of: mean_bound(*of, distribution="student"),
}


def rows(name: str, **where: str) -> list[dict[str, str]]:
    """The rows of a CSV file that have these values; never none."""
    with (FACTS / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        found = [
            row
            for row in csv.DictReader(file)
            if all(row[column] == value for column, value in where.items())
        ]
    assert found, f"{name} has no row with {where}"
    return found


def document(name: str):
    """A JSON file."""
    return json.loads((FACTS / f"{name}.json").read_text(encoding="utf-8"))


def _distribution(row: dict[str, str]) -> dict[str, Any]:
    """The distribution of a row, and the population where it has one."""
    population = int(row["population"]) if row["population"] else None
    return {"distribution": row["distribution"], "population": population}


def size_of(row: dict[str, str]) -> tuple[str, Decimal | None]:
    """n and k as we plan them for a row of `sample_sizes.csv`; nothing where no n is enough."""
    asked: dict[str, Any] = (
        {"expected_deviations": int(row["expected"])}
        if row["expected_kind"] == "count"
        else {"expected_rate": Fraction(row["expected"])}
    )
    try:
        size = attribute_sample_size(
            Decimal(row["confidence"]),
            Fraction(row["tolerable"]),
            **asked,
            **_distribution(row),
        )
    except NoSuchSize:
        return "", None
    return str(size.n), Decimal(size.k)


def wrong_sizes(table: str) -> list[str]:
    """The rows of a table of sizes that we do not reproduce: n and k, exactly."""
    wrong = []
    for row in rows("sample_sizes", table=table):
        demanded = row["n_exact"], Decimal(row["k_exact"]) if row["k_exact"] else None
        if (found := size_of(row)) != demanded:
            wrong.append(f"{row['id']}: {found}, not {demanded}")
    return wrong


def wrong_limits(table: str) -> list[str]:
    """The rows of a table of limits that we do not reproduce: to 1e-9, and as printed."""
    wrong = []
    for row in rows("upper_limits", table=table):
        limit = upper_deviation_limit(
            int(row["k"]),
            int(row["n"]),
            Decimal(row["confidence"]),
            **_distribution(row),
        )
        if abs(limit - float(row["upper_exact"])) > 1e-9 or not printed(limit, row):
            wrong.append(f"{row}: {limit}")
    return wrong


def printed(limit: float, row: dict[str, str]) -> bool:
    """Whether the limit is printed as the source prints it, by the source's own rounding."""
    percent, published = Decimal(repr(limit)) * 100, Decimal(row["published_pct"])
    match row["rounding"]:
        case "ceil to 0.1 pct":
            # A limit that is itself a tenth of a percent is not lifted by its binary rest.
            steady = percent.quantize(Decimal("1e-9"))
            return steady.quantize(Decimal("0.1"), ROUND_CEILING) == published
        case "nearest 0.01 pct":
            return percent.quantize(Decimal("0.01"), ROUND_HALF_UP) == published
        case "book amount, tolerance 3 currency units":  # of 13,500,000
            return abs(percent - published) * 135_000 <= 3
    raise AssertionError(row["rounding"])
