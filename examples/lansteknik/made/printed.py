"""FACT: the figures of the printed interim report, August 2020, as `facts/` holds them.

Nothing else in this folder is fact. `tests/examples/test_example_data.py` checks the finished
files against its own copies of the tables, never against this module.
"""

from __future__ import annotations

AREAS = ("610", "620", "630", "640")

#: result January–August 2020 by area, kronor
OUTCOME = {"610": 123_013_505, "620": -29_430_963, "630": -11_543_837, "640": -69_869_347}
#: outcome − budget January–August, kronor
VARIANCE = {"610": 2_109_852, "620": 237_642, "630": 66_476, "640": 8_078_173}
#: budget of the year; its sum is −258, printed as 0
ANNUAL_BUDGET = {"610": 181_765_729, "620": -45_098_848, "630": -18_000_504, "640": -118_666_635}
#: year-end forecast, kronor
FORECAST = {"610": 185_583_417, "620": -45_351_660, "630": -17_696_170, "640": -114_780_003}

#: accumulated cost August 2020, thousands of kronor, by line of `kostnadsutveckling`
COST_TKR = {
    "Personalkostnader": 60_436,
    "Lokalkostnader": 4_576,
    "Övriga kostnader": 25_572,
    "Övriga tjänster": 30_575,
    "Avskrivningar": 8_147,
}
#: accumulated change against the same months of 2019, hundredths of a percent, months 1–8
CHANGE = {
    "Personalkostnader": (800, 698, 683, 569, 365, 155, 54, -9),
    "Lokalkostnader": (-92, -22, 53, 157, 85, 45, 1, 0),
    "Övriga kostnader": (60, -2484, 268, -648, -939, -1485, -3158, -2818),
    "Övriga tjänster": (-340, -329, -1465, -878, 312, 115, 45, 114),
    "Avskrivningar": (59, 205, 223, 264, 268, -4091, -3723, -3475),
}
