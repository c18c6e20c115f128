"""Scenarios: thousands of ways in which the year may end for all series together.

Each series' own distribution is the forecast's: the draws go through its calibrated quantiles.
What is added here is what the forecast of one series cannot say: how the series move together,
what risks do, and so where their sum ends. ::

    history ── season off, ETS(A,N,N) ──> shocks of past months ──> which months went together
    months drawn anew, all series at once ── statsmodels simulate ──> sum of the months left
    its rank ── the forecast's quantiles ──> the year's end ── + assumed ── + risks ──> draws

Draws come in mirrored pairs (a shock and its negative), so that a symmetrical forecast has its
own middle as median. Every series and risk has random numbers of its own, by its name and the
seed: another one beside it changes nothing for it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import special

from forecasting.panel import fiscal_month

YEAR = 12
Floats = NDArray[np.float64]

LONGEST = 60
"""Months of history whose shocks are compared: five years."""
SHORTEST = 24
"""A series with fewer months says nothing of what it goes with."""
ALPHAS = (0.05, 0.2, 0.4, 0.65, 0.95)
"""How much of a shock stays in the level: the likeliest of these, by statsmodels."""
CLIP = 3.0
"""Shocks count at most as so many standard deviations: one odd month is no correlation."""
QUANTILES = (0.025, 0.1, 0.5, 0.9, 0.975)
COLUMNS = ("p2_5", "p10", "p50", "p90", "p97_5")
ENDS = (0.1, 0.5, 0.9)
_BLOCK = 64
_RISK = {
    "risk": pl.String,
    "series": pl.String,
    **dict.fromkeys(("probability", "effect", "least", "most"), pl.Float64),
}


@dataclass(frozen=True)
class Scenario:
    """What the draws say; amounts are Float64 in the caller's unit.

    ``rows``, one a series in the given order: ``series``, ``p10``, ``p50``, ``p90``, ``mean``,
    ``chance`` (0 to 1: how often the draws meet the budget; null without one).
    ``whole``: one row of the same for the sum of all series, without ``series``.
    ``risks``, the one that matters most first: ``risk``, ``expected`` (its probability times
    its mean effect), ``p10_gain``, ``p50_gain`` (by how much those of the whole would be better,
    in result sign, were the risk not there: the very same draws without it) and ``chance_gain``
    (of the chance; null without a budget). In order of the size of
    ``p10_gain``, then ``expected``.
    ``shared`` is the mean correlation between the series' shocks, ``shrunk`` the weight of it.
    """

    rows: pl.DataFrame
    whole: pl.DataFrame
    risks: pl.DataFrame
    shared: float
    shrunk: float


def draw_year_ends(
    history: pl.DataFrame,
    told: pl.DataFrame,
    through: date,
    *,
    draws: int = 10_000,
    seed: int = 0,
    risks: pl.DataFrame | None = None,
    first_month: int = 1,
) -> Scenario:
    """Draw the year's end of all series together.

    Args:
        history: columns `series`, `period` (Date, first of the month), `value`, as
            `forecast_year_end` takes them; income positive, so that series add up.
        told: one row a series: `series` and the quantiles of its year's end (`p2_5`, `p10`,
            `p50`, `p90`, `p97_5`, rising); `assumed`, a certain amount beside them; `budget` of
            the year or null. A budget for the whole is their sum where any has one.
        through: a day in the last month known.
        draws: how many, at least 2.
        seed: the same seed and input give the same draws.
        risks: `risk` (unique), `series` (one of told's), `probability` (0 to 1), `effect`,
            `least` and `most`: what happens to the series' end if it occurs; alike if certain,
            else drawn from the triangle between them. Risks are independent of each other.
        first_month: the month in which the fiscal year begins.

    Raises:
        ValueError: fewer than two draws, or quantiles that do not rise.
    """
    if draws < 2:
        raise ValueError(f"draws must be at least 2, got {draws}")
    ends = told.select(pl.col(COLUMNS).cast(pl.Float64)).to_numpy()
    if np.any(np.diff(ends, axis=1) < 0):
        raise ValueError("told: the quantiles of a series do not rise")
    names = told["series"].to_list()
    horizon = YEAR - fiscal_month(through, first_month)
    risks = pl.DataFrame(schema=_RISK) if risks is None else risks
    struck = _impacts(risks, draws, seed)
    budgets = told["budget"].cast(pl.Float64).to_list()
    assumed = told["assumed"].cast(pl.Float64).to_numpy()
    whole, rows = np.zeros(draws), []
    together = _together(_adjusted(history, names, through))
    for place, scores in enumerate(_scores(names, together, horizon, draws, seed)):
        year = _through_quantiles(scores, ends[place]) + assumed[place]
        for impact in struck.get(names[place], {}).values():
            year += impact
        whole += year
        rows.append((names[place], *_summary(year, budgets[place])))
    known = [budget for budget in budgets if budget is not None]
    budget = float(np.sum(known)) if known else None
    schema = {"series": pl.String, **_SUMMARY}
    return Scenario(
        pl.DataFrame(rows, schema=schema, orient="row"),
        pl.DataFrame([_summary(whole, budget)], schema=_SUMMARY, orient="row"),
        _weighed(whole, budget, struck, risks),
        together.shared,
        together.shrunk,
    )


_SUMMARY = dict.fromkeys(("p10", "p50", "p90", "mean", "chance"), pl.Float64)


def _summary(year: Floats, budget: float | None) -> tuple[float | None, ...]:
    """Three quantiles, the mean, and how often the budget is met."""
    low, middle, high = np.quantile(year, ENDS)
    return float(low), float(middle), float(high), float(year.mean()), _chance(year, budget)


def _chance(year: Floats, budget: float | None) -> float | None:
    return None if budget is None else float(np.mean(year >= budget))


# ── how series go together ─────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class _Together:
    """Per series its smoothing and the column of past shocks (months, series), of length 1, zero
    where there is none; the mean correlation and the weight that it gets."""

    alphas: Floats
    shocks: Floats
    shared: float
    shrunk: float


def _adjusted(history: pl.DataFrame, names: list[str], through: date) -> Floats:
    """The last months up to `through`, `(series, LONGEST)`, without their season; NaN before a
    whole number of years back, and before a series' first month."""
    last = through.year * YEAR + through.month - 1
    ahead = (
        pl.col("period").dt.year().cast(pl.Int64) * YEAR + pl.col("period").dt.month() - 1 - last
    )
    known = history.select("series", pl.col("value").cast(pl.Float64), ahead.alias("ahead")).filter(
        pl.col("ahead").is_between(1 - LONGEST, 0) & pl.col("series").is_in(names)
    )
    place = {name: row for row, name in enumerate(names)}
    row = np.array([place[name] for name in known["series"]], dtype=np.int64)
    column = LONGEST - 1 + known["ahead"].to_numpy()
    first = np.full(len(names), LONGEST)
    np.minimum.at(first, row, column)
    months = np.where(np.arange(LONGEST) >= first[:, None], 0.0, np.nan)
    months[row, column] = known["value"].to_numpy()
    years = (LONGEST - first) // YEAR
    begins = LONGEST - YEAR * years
    months[np.arange(LONGEST) < begins[:, None]] = np.nan
    blocks = months.reshape(len(names), LONGEST // YEAR, YEAR)
    seen = np.isfinite(blocks)
    level = np.where(seen, blocks, 0).sum(2, keepdims=True) / YEAR
    season = np.where(seen, blocks - level, 0).sum(1) / np.maximum(years, 1)[:, None]
    return np.asarray((blocks - season[:, None, :]).reshape(len(names), LONGEST))


def _together(adjusted: Floats) -> _Together:
    """Shocks of past months by ETS(A,N,N), and how far their correlations are to be believed."""
    from statsmodels.tsa.exponential_smoothing.ets import ETSModel

    n = len(adjusted)
    alphas, shocks = np.full(n, ALPHAS[0]), np.zeros((LONGEST, n))
    for row, months in enumerate(adjusted):
        y = months[np.isfinite(months)]
        if len(y) < SHORTEST or np.ptp(y) <= 1e-9 * np.abs(y).max():
            continue
        level = float(y[:YEAR].mean())
        model = ETSModel(
            (y - level) / y.std(),
            error="add",
            initialization_method="known",
            initial_level=0.0,
        )
        alpha = max(ALPHAS, key=lambda alpha: model.loglike([alpha]))
        residuals = np.asarray(model.smooth([alpha]).resid)
        residuals = np.clip(residuals / residuals.std(), -CLIP, CLIP)
        alphas[row] = alpha
        shocks[-len(y) :, row] = residuals / np.linalg.norm(residuals)
    return _Together(alphas, shocks, *_believed(shocks))


def _believed(shocks: Floats) -> tuple[float, float]:
    """The mean correlation r̄ between series (0 where it is below: nothing is hoped for), and the
    weight λ that it gets beside each pair's own.

    λ = Σ Var(r_ij) / Σ (r_ij - r̄)², over pairs: Schäfer & Strimmer, Statistical Applications in
    Genetics and Molecular Biology 4 (2005) 32, with the target of Ledoit & Wolf, Journal of
    Portfolio Management 30 (2004) 110. Sums over pairs come from the months' products, so no
    matrix of series by series is ever made.
    """
    z = shocks[:, np.abs(shocks).sum(0) > 0]
    months, n = int((np.abs(z).sum(1) > 0).sum()), z.shape[1]
    if n < 2:
        return 0.0, 1.0
    pairs = n * (n - 1)
    squares = float(np.square(z @ z.T).sum()) - n
    summed = float(np.square(z.sum(1)).sum()) - n
    shared = float(np.clip(summed / pairs, 0.0, 1.0))
    spread = squares - 2 * shared * summed + pairs * shared**2
    z2 = np.square(z)
    products = float(np.square(z2.sum(1)).sum() - np.square(z2).sum())
    # The season took a year of months' freedom.
    free = months / max(months - YEAR, 1)
    doubt = free * months / (months - 1) * (products - squares / months)
    shrunk = 1.0 if spread <= 1e-12 * pairs else float(np.clip(doubt / spread, 0.0, 1.0))
    return shared, shrunk


# ── drawing ────────────────────────────────────────────────────────────────────────────────────


def _stream(seed: int, *name: str) -> np.random.Generator:
    """Random numbers of one purpose and name, whatever else is drawn."""
    digest = hashlib.sha256("\x1f".join(name).encode()).digest()[:16]
    return np.random.default_rng([seed, int.from_bytes(digest, "big")])


def _scores(
    names: list[str], together: _Together, horizon: int, draws: int, seed: int
) -> Iterator[Floats]:
    """For each series, in order, the standard scores of the sum of its months left, `(draws,)`.

    A month to come is a random mixture of past months (all series at once: that is what holds
    them together), of one shock that all share, and of the series' own. Its covariance is
    (1 - λ) R + λ (r̄ 11ᵀ + (1 - r̄) I), the shrunken correlation; a series without a past of
    its own has the shared part only.
    """
    half = -(-draws // 2)
    if horizon == 0:
        yield from (np.zeros(draws) for _ in names)
        return
    shape = (horizon, half)
    mixture = _stream(seed, "months").standard_normal((len(together.shocks), horizon * half))
    common = _stream(seed, "shared").standard_normal(shape)
    for begin in range(0, len(names), _BLOCK):
        block = together.shocks[:, begin : begin + _BLOCK]
        past = (block.T @ mixture).reshape(-1, *shape)
        for place, name in enumerate(names[begin : begin + _BLOCK]):
            own = _stream(seed, "series", name).standard_normal(shape)
            known = (1 - together.shrunk) * float(np.square(block[:, place]).sum())
            rest = np.sqrt(together.shared) * common + np.sqrt(1 - together.shared) * own
            shock = np.sqrt(known) * past[place] + np.sqrt(1 - known) * rest
            path = _path(float(together.alphas[begin + place]), shock).sum(0)
            path /= np.sqrt(np.square(path).mean())
            yield np.concatenate([path, -path])[:draws]


def _path(alpha: float, shocks: Floats) -> Floats:
    """Paths of the months left around their forecast, `(months, draws)`, by statsmodels."""
    from statsmodels.tsa.exponential_smoothing.ets import ETSModel

    # How a path leaves its forecast depends on the smoothing alone, so any past will do.
    past = np.tile([1.0, -1.0], YEAR // 2)
    model = ETSModel(past, error="add", initialization_method="known", initial_level=0.0)
    fit = model.smooth([alpha])
    paths = fit.simulate(
        len(shocks), anchor="end", repetitions=shocks.shape[1], random_errors=shocks
    )
    around = np.asarray(fit.forecast(1))[0]
    return np.asarray(np.reshape(paths, shocks.shape) - around, dtype=np.float64)


def _through_quantiles(scores: Floats, ends: Floats) -> Floats:
    """Standard scores to amounts, so that the given quantiles come out; straight lines between
    them, and beyond the outermost as steep as before it."""
    knots = special.ndtri(QUANTILES)
    inside = np.interp(scores, knots, ends)
    slopes = np.diff(ends) / np.diff(knots)
    below = np.minimum(scores - knots[0], 0.0) * slopes[0]
    above = np.maximum(scores - knots[-1], 0.0) * slopes[-1]
    return np.asarray(inside + below + above)


# ── risks ──────────────────────────────────────────────────────────────────────────────────────


def _impacts(risks: pl.DataFrame, draws: int, seed: int) -> dict[str, dict[str, Floats]]:
    """What each risk does in each draw, by series and risk."""
    struck: dict[str, dict[str, Floats]] = {}
    for risk in risks.to_dicts():
        stream = _stream(seed, "risk", risk["risk"])
        occurs = stream.random(draws) < risk["probability"]
        low, high = sorted((float(risk["least"]), float(risk["most"])))
        size = np.full(draws, float(risk["effect"]))
        if low < high:
            size = stream.triangular(low, float(risk["effect"]), high, draws)
        struck.setdefault(risk["series"], {})[risk["risk"]] = np.where(occurs, size, 0.0)
    return struck


def _weighed(
    whole: Floats, budget: float | None, struck: dict[str, dict[str, Floats]], risks: pl.DataFrame
) -> pl.DataFrame:
    """Each risk by what the whole would be without it."""
    low, middle, _, _, chance = _summary(whole, budget)
    rows = []
    for risk in risks.to_dicts():
        without = _summary(whole - struck[risk["series"]][risk["risk"]], budget)
        gains = [
            None if now is None or then is None else then - now
            for now, then in zip((low, middle, chance), (*without[:2], without[4]), strict=True)
        ]
        sizes = [float(risk[name]) for name in ("effect", "least", "most")]
        mean = sizes[0] if sizes[1] == sizes[2] else sum(sizes) / 3  # that of the triangle
        rows.append((risk["risk"], risk["probability"] * mean, *gains))
    columns = ("expected", "p10_gain", "p50_gain", "chance_gain")
    schema = {"risk": pl.String, **dict.fromkeys(columns, pl.Float64)}
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    order = pl.col("p10_gain").abs(), pl.col("expected").abs(), "risk"
    return frame.sort(*order, descending=[True, True, False])
