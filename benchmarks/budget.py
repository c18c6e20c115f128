"""What the budget is worth to the forecast, on made organisations (tests/forecasting/made.py).

usage: python benchmarks/budget.py

For each world (what its budgets know), with the budgets of all years, with this year's alone, and
without any: the mean error of the year's total in per cent of it, over 150 units, three origins and
four seeds; what the budget of the rest alone would have given; and what the 80 % interval held.
"""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from typing import get_args

import numpy as np
import polars as pl

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from forecasting.year_end import forecast_year_end
from tests.forecasting.made import FIRST, Knows, organisation

YEARS, ORIGINS, SEEDS = 5, (3, 6, 9), (1, 2, 3, 4)


def main() -> None:
    """Print one row a world."""
    heads = ("without", "this year", "all years", "rest", "holds")
    print(f"{'budgets know':<12}" + "".join(f"{head:>11}" for head in heads))
    this_year = pl.col("period").dt.year() == FIRST + YEARS - 1
    for knows in get_args(Knows):
        errors: dict[str, list[float]] = {}
        held: list[bool] = []
        for seed in SEEDS:
            made = organisation(knows, years=YEARS, seed=seed)
            actual = -made.months[:, -12:].sum(1)
            for k in ORIGINS:
                through = date(FIRST + YEARS - 1, k, 1)
                budgets = {
                    "without": None,
                    "this year": made.budget.filter(this_year),
                    "all years": made.budget,
                }
                for name, budget in budgets.items():
                    told = forecast_year_end(made.outcome, through, budget=budget)
                    off = np.abs(told["forecast"].to_numpy() / actual - 1)
                    errors.setdefault(name, []).extend(100 * off)
                    if name == "all years":
                        low, high = told["p10"].to_numpy(), told["p90"].to_numpy()
                        held.extend((low <= actual) & (actual <= high))
                rest = (
                    made.budget.filter(this_year, pl.col("period") > through)
                    .group_by("series")
                    .agg(pl.col("value").sum())
                    .sort("series")["value"]
                    .to_numpy()
                )
                so_far = -made.months[:, -12 : -12 + k].sum(1)
                errors.setdefault("rest", []).extend(100 * np.abs((so_far + rest) / actual - 1))
        means = [float(np.mean(errors[name])) for name in heads[:-1]]
        figures = "".join(f"{mean:>11.2f}" for mean in means)
        print(f"{knows:<12}{figures}{np.mean(held):>11.3f}")


if __name__ == "__main__":
    main()
