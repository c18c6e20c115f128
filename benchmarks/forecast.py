"""Score `forecast_year_end` on the evidence folder and say how fast it is.

usage: python benchmarks/forecast.py [EVIDENCE] [--split dev] [--by k|category] [--prior-years N]
                                     [--series N] [--calls-of N] [--years-back N] [--peers PYTHON]

EVIDENCE is a folder, by default that of the environment's UTFALL_FORECAST_EVIDENCE. It holds
`harness.py`, `data/SPLIT.csv` (series_id, category, year, month, value; the last year of each
series is the current one) and `peers/SPLIT_peers.csv`. For each origin k the history is cut after
month k before the call, all series go through in one call (or in calls of N, for what changes with
few series), and the predictions are handed to the harness, which knows the truth.

With `--years-back N` the last N years are forgotten first and the year then last is scored, here
and by its error only: for choices, which are not to be made on the year that is reported.

Speed is that of one warm call of 10,000 series, the evidence's months many times over. With
`--peers`, an interpreter that has statsforecast (`make peers` makes `.venv-peers/bin/python`, which
is taken where it is), its models are timed on some of the same months in the same run.
"""

from __future__ import annotations

import argparse
import json
import os
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
EVIDENCE = "UTFALL_FORECAST_EVIDENCE"
LARGE, SOME = 10_000, 60


def chosen_series(data: pl.DataFrame, count: int | None) -> list[str]:
    """Names of all series, or of `count` of them, evenly spaced in the order of their names."""
    names = data["series_id"].unique().sort().to_list()
    wanted = min(count or len(names), len(names))
    return [names[i * len(names) // wanted] for i in range(wanted)]


def history_of(data: pl.DataFrame, prior_years: int) -> pl.DataFrame:
    """The months in the columns that `forecast_year_end` takes.

    Every series' current year is brought to the same calendar year: one call then holds them all.
    """
    ahead = pl.col("year") - pl.col("year").max().over("series_id")
    history = data.with_columns(year=2000 + ahead).select(
        pl.col("series_id").alias("series"),
        pl.date("year", "month", 1).alias("period"),
        pl.col("value").cast(pl.Float64),
    )
    return history.filter(pl.col("period").dt.year() >= 2000 - prior_years)


def predictions(
    history: pl.DataFrame, names: list[str], calls_of: int
) -> tuple[pl.DataFrame, float, float]:
    """Predictions in the harness' format, and the CPU and wall seconds they took."""
    parts, cpu, wall = [], 0.0, 0.0
    for k in ORIGINS:
        through = date(2000, k, 1)
        for start in range(0, len(names), calls_of):
            known = history.filter(
                pl.col("period") <= through,
                pl.col("series").is_in(names[start : start + calls_of]),
            )
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


def print_errors(table: pl.DataFrame, data: pl.DataFrame) -> None:
    """Median and mean error of each series' last year, in per cent of the mean of those before."""
    years = data.group_by("series_id", "year").agg(pl.col("value").sum()).sort("series_id", "year")
    truth = years.group_by("series_id").agg(
        actual=pl.col("value").last(),
        normal=pl.col("value").slice(0, pl.len() - 1).mean(),
    )
    error = 100 * (pl.col("p50") - pl.col("actual")).abs() / pl.col("normal")
    median, mean = (
        table.join(truth, on="series_id").select(error.median(), mean=error.mean()).row(0)
    )
    print(f"{table.height} forecasts: median sAPE {median:.3f}, mean sAPE {mean:.3f}")


def large_call(history: pl.DataFrame, through: date) -> float:
    """Forecasts a second and core in one warm call of `LARGE` series made from the history's."""
    known = history.filter(pl.col("period") <= through)
    count = known["series"].n_unique()
    copies = [
        known.with_columns(
            pl.format("{}-{}", "series", pl.lit(copy)).alias("series"),
            pl.col("value") * (1 + copy / 100),
        )
        for copy in range(-(-LARGE // count))
    ]
    many = pl.concat(copies)
    forecast_year_end(many, through)
    clock = time.process_time()
    told = forecast_year_end(many, through)
    return told.height / (time.process_time() - clock)


def peers(history: pl.DataFrame, names: list[str], python: Path) -> dict[str, float]:
    """Forecasts a second and core of statsforecast's models, on `SOME` of the series."""
    some = names[:: max(1, len(names) // SOME)]
    histories = []
    for k in ORIGINS:
        known = history.filter(pl.col("period") <= date(2000, k, 1), pl.col("series").is_in(some))
        for _, months in known.sort("series", "period").group_by("series", maintain_order=True):
            histories.append({"months": months["value"].to_list(), "horizon": 12 - k})
    done = subprocess.run(
        [str(python), str(Path(__file__).parent / "peers" / "models.py")],
        input=json.dumps({"histories": histories}),
        capture_output=True,
        check=True,
        text=True,
    )
    return {name: len(histories) / cpu for name, (_, cpu) in json.loads(done.stdout).items()}


def compare_speed(history: pl.DataFrame, names: list[str], python: Path | None) -> None:
    """Ours before and after the peers, each peer's rate, and how many times ours theirs is."""
    through = date(2000, 6, 1)
    ours = [large_call(history, through)]
    theirs = peers(history, names, python) if python is not None else {}
    ours.append(large_call(history, through))
    print(f"\none call of {LARGE} series: {min(ours):.0f} to {max(ours):.0f} a second and core")
    for name, rate in theirs.items():
        print(f"{name}: {rate:.0f} a second and core; ours is {min(ours) / rate:.0f} times that")


def parsed() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    folder = os.environ.get(EVIDENCE)
    parser.add_argument("evidence", type=Path, nargs="?", default=folder and Path(folder))
    parser.add_argument("--split", default="dev")
    parser.add_argument("--by", choices=["k", "category"])
    parser.add_argument("--prior-years", type=int, default=10)
    parser.add_argument("--series", type=int, metavar="N")
    parser.add_argument("--calls-of", type=int, metavar="N")
    parser.add_argument("--years-back", type=int, metavar="N", default=0)
    beside = Path(__file__).resolve().parent.parent / ".venv-peers" / "bin" / "python"
    parser.add_argument("--peers", type=Path, default=beside if beside.exists() else None)
    return parser.parse_args()


def main() -> int:
    """Predict, score, print."""
    options = parsed()
    if not options.evidence:
        line = f"nothing scored: give the path of the evidence folder, or set {EVIDENCE}"
        print(line, file=sys.stderr)
        return 0

    data = pl.read_csv(options.evidence / "data" / f"{options.split}.csv")
    data = data.filter(
        pl.col("year") <= pl.col("year").max().over("series_id") - options.years_back
    )
    forecast_year_end(  # the first call pays for imports and caches
        pl.DataFrame({"series": ["a"], "period": [date(2000, 1, 1)], "value": [1.0]}),
        date(2000, 1, 1),
    )
    names = chosen_series(data, options.series)
    calls_of = options.calls_of or len(names)
    history = history_of(data, options.prior_years)
    table, cpu, wall = predictions(history, names, calls_of)
    if options.years_back:
        print_errors(table, data)
        return 0
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "utfall.csv"
        table.write_csv(path)
        subset = Path(folder) / "series.txt"
        subset.write_text("\n".join(names), encoding="utf-8")
        command = [sys.executable, str(options.evidence / "harness.py"), str(path)]
        command += ["--split", options.split, "--subset", str(subset)]
        command += ["--by", options.by] if options.by else []
        code = subprocess.run(command, check=False).returncode
    count = table.height
    print(f"\n{count} forecasts: {cpu:.2f} s CPU = {count / cpu:.0f} a second and core", end="; ")
    print(f"{wall:.2f} s on the clock = {count / wall:.0f} a second")
    if options.calls_of is None and options.series is None:
        compare_speed(history, names, options.peers)
    return code


if __name__ == "__main__":
    sys.exit(main())
