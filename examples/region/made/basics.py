"""What every other module here leans on: öre, chance and CSV; the standard library alone.

No float near money, and of `random` only `Random.random()`, whose sequence Python promises to keep.
"""

from __future__ import annotations

import csv
import random
from collections.abc import Iterable, Sequence
from decimal import Decimal
from pathlib import Path


class Chance:
    """A seeded source of chance; each topic has its own, so that one change stays local."""

    def __init__(self, topic: str) -> None:
        self._random = random.Random(f"Utfall, Region Norrbotten, {topic}")

    def between(self, low: int, high: int) -> int:
        """A whole number from ``low`` to ``high``, both included."""
        return low + int(self._random.random() * (high - low + 1))


def mnkr(text: str) -> int:
    """Millions of kronor as öre: ``mnkr("-24.1")``."""
    return int(Decimal(text) * 100_000_000)


def spread(total: int, weights: Sequence[int]) -> list[int]:
    """``total`` over weights, exact: cumulative half-up rounding."""
    whole = sum(weights)
    parts, reached, cumulative = [], 0, 0
    for weight in weights:
        cumulative += weight
        target = (2 * total * cumulative + whole) // (2 * whole)
        parts.append(target - reached)
        reached = target
    return parts


def kronor(ore: int) -> str:
    """Öre as kronor with two decimals and a point."""
    return f"{'-' if ore < 0 else ''}{abs(ore) // 100}.{abs(ore) % 100:02d}"


def write_csv(path: Path, header: str, rows: Iterable[Sequence[str]]) -> None:
    """UTF-8, comma, LF; ``header`` is the first line as it stands."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header.split(","))
        writer.writerows(rows)
