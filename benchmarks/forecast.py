"""Score `forecast_year_end` on the evidence folder and say how fast it is.

usage: python benchmarks/forecast.py EVIDENCE [--split dev] [--by k|category] [--prior-years N]

EVIDENCE holds `harness.py`, `data/SPLIT.csv` (series_id, category, year, month, value; the last
year of each series is the current one) and `peers/SPLIT_peers.csv`. For each origin k the history
is cut after month k before the call, all series go through in one call, and the predictions are
handed to the harness, which knows the truth.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

import polars as pl

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from forecasting.year_end import forecast_year_end

ORIGINS = (3, 4, 6, 8, 9, 10)


def predictions(data: pl.DataFrame, prior_years: int) -> tuple[pl.DataFrame, float, float]:
    """Predictions in the harness' format, and the CPU and wall seconds they took."""
    # Bring every series' current year to the same calendar year: one call then holds them all.
    ahead = pl.col("year") - pl.col("year").max().over("series_id")
    history = data.with_columns(year=2000 + ahead).select(
        pl.col("series_id").alias("series"),
        pl.date("year", "month", 1).alias("period"),
        pl.col("value").cast(pl.Float64),
    )
    history = history.filter(pl.col("period").dt.year() >= 2000 - prior_years)
    parts, cpu, wall = [], 0.0, 0.0
    for k in ORIGINS:
        through = date(2000, k, 1)
        known = history.filter(pl.col("period") <= through)
        clock, watch = time.process_time(), time.perf_counter()
        forecast = forecast_year_end(known, through)
        used = time.process_time() - clock
        cpu, wall = cpu + used, wall + time.perf_counter() - watch
        parts.append(
            forecast.select(
                pl.col("series").alias("series_id"),
                pl.lit(k).alias("k"),
                *("p10", "p50", "p90", "p2_5", "p97_5"),
                pl.lit(1000 * used / forecast.height).alias("cpu_ms"),
            )
        )
    return pl.concat(parts), cpu, wall


def main() -> int:
    """Predict, score, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("evidence", type=Path)
    parser.add_argument("--split", default="dev")
    parser.add_argument("--by", choices=["k", "category"])
    parser.add_argument("--prior-years", type=int, default=10)
    options = parser.parse_args()

    data = pl.read_csv(options.evidence / "data" / f"{options.split}.csv")
    forecast_year_end(  # the first call pays for imports and caches
        pl.DataFrame({"series": ["a"], "period": [date(2000, 1, 1)], "value": [1.0]}),
        date(2000, 1, 1),
    )
    table, cpu, wall = predictions(data, options.prior_years)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "utfall.csv"
        table.write_csv(path)
        command = [sys.executable, str(options.evidence / "harness.py"), str(path)]
        command += ["--split", options.split] + (["--by", options.by] if options.by else [])
        code = subprocess.run(command, check=False).returncode
    count = table.height
    print(f"\n{count} forecasts: {cpu:.2f} s CPU = {count / cpu:.0f} a second and core", end="; ")
    print(f"{wall:.2f} s on the clock = {count / wall:.0f} a second")
    return code


if __name__ == "__main__":
    sys.exit(main())
