"""Time statsforecast's models on months from standard input; run by `forecast.py`.

It runs in an environment of its own (`make peers`), where nothing of ours is installed. Input is a
JSON object: `histories`, a list of objects with `months` (list of numbers) and `horizon`. Output is
one JSON object: for each model the seconds on the clock and of CPU that all histories took, first
call (which compiles) not counted.
"""

from __future__ import annotations

import json
import sys
import time
import warnings

import numpy as np

warnings.filterwarnings("ignore")

YEAR = 12


def main() -> None:
    """Read, time each model, write."""
    from statsforecast.models import AutoETS, AutoTheta, DynamicOptimizedTheta

    histories = [
        (np.array(h["months"], dtype=np.float64), int(h["horizon"]))
        for h in json.load(sys.stdin)["histories"]
    ]
    taken = {}
    for make in (DynamicOptimizedTheta, AutoTheta, AutoETS):
        model = make(season_length=YEAR)
        # An interval is what the controller asks for; ours always comes with two.
        ask = {"level": [80, 95]}
        model.forecast(y=histories[0][0], h=histories[0][1], **ask)
        clock, watch = time.process_time(), time.perf_counter()
        for months, horizon in histories:
            model.forecast(y=months, h=horizon, **ask)
        taken[make.__name__] = [time.perf_counter() - watch, time.process_time() - clock]
    json.dump(taken, sys.stdout)


if __name__ == "__main__":
    main()
