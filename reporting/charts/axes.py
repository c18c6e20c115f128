"""Scales and where words stand, in floats of a picture's own points."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

#: What an axis may count in, times a power of ten.
_ROUND = (1, 2, 2.5, 5, 10)
_TICKS = 6
_SEEN = 0.005


@dataclass(frozen=True)
class Axis:
    """An axis from ``low`` to ``high`` with round numbers on it, ``places`` decimals each."""

    low: float
    high: float
    ticks: tuple[float, ...]
    places: int

    @classmethod
    def over(cls, values: Sequence[float], *, zero: bool, places: int) -> Axis:
        """The axis that holds the values, and zero if asked for or near."""
        low, high = (min(values), max(values)) if values else (0.0, 1.0)
        if zero or (0 < low <= high / 2) or (low / 2 <= high < 0):
            low, high = min(low, 0.0), max(high, 0.0)
        if low == high:
            low, high = low - 1, high + 1
        step = _step((high - low) / _TICKS, places)
        # What is too small to be seen asks for no line of its own.
        first, last = math.floor(low / step + _SEEN), math.ceil(high / step - _SEEN)
        last = max(last, first + 1)
        ticks = tuple(round(place * step, 6) for place in range(first, last + 1))
        shown = max(0, -math.floor(math.log10(step) + 1e-9))
        if round(step, shown) != round(step, shown + 1):
            shown += 1
        return cls(ticks[0], ticks[-1], ticks, shown)

    def point(self, value: float, high: int) -> float:
        """How far down a picture ``high`` points high the value stands."""
        return high * (self.high - value) / (self.high - self.low)

    def reach(self, value: float, wide: int) -> float:
        """How far into a picture ``wide`` points wide the value stands."""
        return wide * (value - self.low) / (self.high - self.low)

    def y(self, field: str) -> dict[str, Any]:
        """The axis in Vega-Lite, upright, for a field."""
        return {
            "field": field,
            "type": "quantitative",
            "scale": {"domain": [self.low, self.high], "nice": False, "zero": False},
            "axis": {"values": list(self.ticks), "format": f",.{self.places}f", "ticks": False,
                     "domain": False, "labelPadding": 8, "labelOverlap": False,
                     "minExtent": 50, "maxExtent": 50},
        }  # fmt: skip


def _step(least: float, places: int) -> float:
    """The round number that is at least so much; not below what people are shown."""
    least = max(least, 10.0**-places / 2)
    power = 10.0 ** math.floor(math.log10(least))
    return next(power * each for each in _ROUND if power * each >= least * (1 - 1e-9))


def spread(places: Sequence[float], apart: float, high: float) -> list[float]:
    """The places moved as little as it takes to be ``apart`` from each other, in order, and
    within 0 and ``high`` where that has room.

    >>> spread([10, 12, 50], 14, 100)
    [4.0, 18.0, 50.0]
    """
    order = sorted(range(len(places)), key=lambda i: places[i])
    groups: list[_Group] = []
    for i in order:
        groups.append(_Group(float(places[i]), (i,), apart, high))
        while len(groups) > 1 and groups[-1].start < groups[-2].end + apart:
            groups[-2:] = [groups[-2].with_(groups[-1])]
    found = [0.0] * len(places)
    for group in groups:
        for turn, i in enumerate(group.members):
            found[i] = group.start + turn * apart
    return found


@dataclass(frozen=True)
class _Group:
    """Places that stand right after each other, about the middle of where they would be."""

    middle: float
    members: tuple[int, ...]
    apart: float
    high: float

    @property
    def start(self) -> float:
        """Where the first stands: inside, where that has room."""
        size = self.apart * (len(self.members) - 1)
        return max(min(self.middle - size / 2, self.high - size), 0.0)

    @property
    def end(self) -> float:
        """Where the last stands."""
        return self.start + self.apart * (len(self.members) - 1)

    def with_(self, other: _Group) -> _Group:
        """Both together."""
        count = len(self.members) + len(other.members)
        whole = self.middle * len(self.members) + other.middle * len(other.members)
        return _Group(whole / count, self.members + other.members, self.apart, self.high)
