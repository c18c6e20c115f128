"""The example's files and the printed report's tables, read with `csv` and whole öre alone.

Nothing here is taken from the script that made the data.
"""

import csv
import re
from collections import defaultdict
from collections.abc import Iterable
from functools import cache
from pathlib import Path

HERE = Path(__file__).resolve().parent
EXAMPLE = HERE.parents[1] / "examples" / "lansteknik"
MNKR, TKR = 100_000_000, 100_000  # öre

Table = list[dict[str, str]]


def read(path: Path) -> Table:
    """A CSV file as a list of rows."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def facts(name: str) -> Table:
    """A table of the printed report."""
    return read(HERE / "facts" / f"{name}.csv")


@cache
def data(name: str) -> Table:
    """A file of the example; `2020`, `later` and `staffing` are all that these folders hold."""
    folder = EXAMPLE / name
    files = sorted(folder.glob("*.csv")) if folder.is_dir() else [EXAMPLE / f"{name}.csv"]
    return [row for file in files for row in read(file)]


def ore(text: str) -> int:
    """Öre from kronor with two decimals and a point, and nothing else."""
    assert re.fullmatch(r"-?\d+\.\d\d", text), text
    return int(text.replace(".", ""))


def scaled(text: str, unit: int, decimals: int) -> int:
    """A printed figure as a whole number of its last decimal: ``-1.7`` → −17."""
    sign = -1 if text.startswith("-") else 1
    whole, _, fraction = text.lstrip("-").partition(".")
    return sign * int(whole + fraction.ljust(decimals, "0")[:decimals]) * unit


def tenths(text: str) -> int:
    """A printed figure in tenths of a million."""
    return scaled(text, 1, 1)


def rounded(amount: int, unit: int) -> int:
    """Half-up, away from zero."""
    size = (2 * abs(amount) + unit) // (2 * unit)
    return -size if amount < 0 else size


def in_tenths(amount: int) -> int:
    """Öre in tenths of a million kronor, rounded half-up."""
    return rounded(amount, MNKR // 10)


def total(rows: Iterable[dict[str, str]]) -> int:
    """The sum of the rows' amounts in öre."""
    return sum(ore(row["amount"]) for row in rows)


def is_result(row: dict[str, str]) -> bool:
    """On an income or cost account."""
    return account_types()[row["account"]] in ("income", "cost")


@cache
def account_types() -> dict[str, str]:
    """account → type."""
    return {row["account"]: row["type"] for row in data("accounts")}


@cache
def areas() -> dict[str, str]:
    """unit → the name of its area."""
    names = {row["unit"]: row["name"] for row in data("units") if row["level"] == "area"}
    return {r["unit"]: names[r["parent"]] for r in data("units") if r["level"] == "unit"}


def lines(structure: str) -> dict[str, str]:
    """account → line, for the accounts that the structure maps; no account has two."""
    found: dict[str, str] = {}
    for row in data("structures"):
        for account in account_types():
            inside = row["account_from"] and row["account_from"] <= account <= row["account_to"]
            if row["structure"] == structure and inside:
                assert account not in found
                found[account] = row["line"]
    return found


@cache
def outcome() -> Table:
    """January–August 2020, income and cost."""
    return [row for row in data("2020") if is_result(row)]


def until(rows: Table, period: str) -> Table:
    """The rows up to a month."""
    return [row for row in rows if row["period"] <= period]


def by_area(rows: Iterable[dict[str, str]]) -> dict[str, int]:
    """Sum in öre by area's name."""
    found: dict[str, int] = defaultdict(int)
    for row in rows:
        found[areas()[row["unit"]]] += ore(row["amount"])
    return dict(found)


def by_line(rows: Iterable[dict[str, str]], structure: str) -> dict[str, int]:
    """Sum in öre by line, and of what no line has under an empty name."""
    of = lines(structure)
    found: dict[str, int] = defaultdict(int)
    for row in rows:
        found[of.get(row["account"], "")] += ore(row["amount"])
    return dict(found)


def variance(rows: Iterable[dict[str, str]], budget: Iterable[dict[str, str]]) -> dict[str, int]:
    """Outcome − budget by account, öre."""
    found: dict[str, int] = defaultdict(int)
    for row in rows:
        found[row["account"]] += ore(row["amount"])
    for row in budget:
        found[row["account"]] -= ore(row["amount"])
    return dict(found)


def period_variance() -> dict[str, int]:
    """Outcome − budget January–August by account, öre."""
    return variance(outcome(), until(data("budget-2020"), "2020-08"))


def explained(category: str) -> dict[str, int]:
    """What the report says of a category: explanation → tenths of a million."""
    return {
        row["explanation"]: tenths(row["amount"])
        for row in facts("variance_explanations")
        if row["organisation"] == "Länsteknik" and row["category"] == category
    }


def files(folder: Path) -> dict[str, bytes]:
    """Every CSV file under a folder, by its path within."""
    found = sorted(folder.rglob("*.csv"))
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}
