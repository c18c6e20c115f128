"""Monthly series in, distribution of the year's end out. The only package with floats.

Data flow: `panel` (checks, cuts and lays out the frame) -> `year_end` (the front) -> per series
either `fallback` (short or constant series; `naive` methods) or `combination` (`spikes`,
`seasonal`, `smoothing`, `airline`, `naive`, `likelihood`) -> `intervals` (variance of the sum,
calibration on past years) -> frame. `backtest` asks that front and the `naive` methods of past
years, and scores them.

Importing the package is light; the numerical libraries load with the first use of
`forecast_year_end`.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

# One thread for the linear algebra, said before numpy is loaded. The products here are small:
# threads that wait for each other doubled the processor time of large calls, and made a full fit
# on a busy machine ten times as slow. And one thread sums in one order, on any number of cores.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

if TYPE_CHECKING:
    from forecasting.year_end import forecast_year_end

__all__ = ["forecast_year_end"]


def __getattr__(name: str) -> Any:
    if name == "forecast_year_end":
        from forecasting.year_end import forecast_year_end

        return forecast_year_end
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
