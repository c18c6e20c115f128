"""How well intervals of sums hold, on made organisations whose units share shocks.

usage: python benchmarks/sums.py

Forty units in four areas; the part of the shocks that all share, in levels and in single months,
goes from none to most. For areas and for the whole: how much the 80 % interval holds if it is the
row's own, moved to lie around the sum of its units' forecasts (as in every table), and if the units
were taken as independent; and the Winkler score of both in per cent of the year's total.
"""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from forecasting.year_end import forecast_year_end

UNITS, AREAS, YEARS, DRAWS = 40, 4, 5, 90
ORIGINS = (4, 6, 8)
SHARED = ((0.0, 0.0), (0.2, 0.0), (0.0, 0.3), (0.3, 0.3), (0.8, 0.5))
FIRST = 2018


def made(rng: np.random.Generator, levels: float, months: float) -> np.ndarray:
    """Costs of the units, `(units, months)`, as positive amounts."""
    n = 12 * YEARS
    common, own = rng.normal(0, 0.02, n), rng.normal(0, 0.02, (UNITS, n))
    level = np.cumsum(np.sqrt(levels) * common + np.sqrt(1 - levels) * own, axis=1)
    common, own = rng.normal(0, 0.06, n), rng.normal(0, 0.06, (UNITS, n))
    noise = np.sqrt(months) * common + np.sqrt(1 - months) * own
    season = 0.15 * rng.normal(0, 1, (1, 12)) + 0.08 * rng.normal(0, 1, (UNITS, 12))
    size = np.exp(rng.normal(0, 0.8, (UNITS, 1)))
    return size * np.exp(0.002 * np.arange(n) + level + noise + season[:, np.arange(n) % 12])


def asked(y: np.ndarray, through: date) -> pl.DataFrame:
    """The forecasts of rows of months that end with `through`'s."""
    n = y.shape[1]
    periods = [date(FIRST + i // 12, i % 12 + 1, 1) for i in range(n)]
    names = np.repeat([f"{row:03d}" for row in range(len(y))], n)
    frame = pl.DataFrame({"series": names, "period": periods * len(y), "value": y.ravel()})
    return forecast_year_end(frame, through, likelihood=False)


def main() -> None:
    """Print a row for each strength of what is shared."""
    print("shared: levels, months; 80 % holds and Winkler score of areas, of the whole")
    rng = np.random.default_rng(5)
    for levels, months in SHARED:
        found: dict[tuple[str, str], list[tuple[bool, float]]] = {}
        for draw in range(DRAWS):
            y, k = made(rng, levels, months), ORIGINS[draw % len(ORIGINS)]
            known, actual = y[:, : 12 * (YEARS - 1) + k], y[:, -12:].sum(1)
            through = date(FIRST + YEARS - 1, k, 1)
            units = asked(known, through)
            groups = [*np.arange(UNITS).reshape(AREAS, -1), np.arange(UNITS)]
            rows = asked(np.stack([known[group].sum(0) for group in groups]), through)
            half = ((units["p90"] - units["p10"]) / 2).to_numpy()
            for place, group in enumerate(groups):
                error = abs(actual[group].sum() - units["forecast"].to_numpy()[group].sum())
                own = float((rows["p90"] - rows["p10"])[place]) / 2
                level = "areas" if place < AREAS else "whole"
                for name, width in (
                    ("own", own),
                    ("independent", np.sqrt((half[group] ** 2).sum())),
                ):
                    score = (2 * width + 10 * max(error - width, 0)) / actual[group].sum()
                    found.setdefault((level, name), []).append((error <= width, 100 * score))
        told = []
        for level in ("areas", "whole"):
            for name in ("own", "independent"):
                held, score = np.mean(found[level, name], axis=0)
                told.append(f"{level} {name} {held:.2f} {score:.2f}")
        print(f"{levels:.1f} {months:.1f}:  " + ";  ".join(told))


if __name__ == "__main__":
    main()
