"""What all pictures are made of: colours, sizes, marks in a picture's own points, the sheet."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from reporting.charts.axes import Axis

Spec = dict[str, Any]

INK, SOFT, LINE, MARK = "#1b1f24", "#57606a", "#d0d7de", "#0b4f8a"
#: Looks of lines in order: colour, dashes, points, and whether these are full.
LINES: tuple[tuple[str, list[int], str, bool], ...] = (
    (MARK, [1, 0], "circle", True),
    (INK, [7, 4], "square", False),
    (SOFT, [2, 3], "triangle-up", True),
    ("#7a3e00", [10, 3, 2, 3], "diamond", False),
    ("#1a6b3c", [4, 2], "cross", True),
    ("#6b2d7a", [6, 2, 1, 2], "triangle-down", False),
    (INK, [1, 2], "triangle-right", True),
    (SOFT, [12, 3], "triangle-left", False),
)
#: Tones of bars in order.
TONES = (MARK, "#8fb0cc", "#3d444d", "#e6ebf0", "#b4bcc5")
WIDTH, HEIGHT = 720, 300
TOP, BOTTOM, LEFT = 30, 40, 58
LETTER = 6.4
"""Points that a letter of a name takes at most, on average."""
ROW = 24
FONT = 12


def canvas(
    layers: Sequence[Spec],
    wide: int,
    high: int,
    right: int,
    unit: str,
    left: int = LEFT,
    *,
    top: int = TOP,
    bottom: int = BOTTOM,
) -> Spec:
    """The layers on a sheet of a size of its own, the unit over the left edge."""
    unit_word = word(unit, -left + 8, -16 if top == TOP else -14, SOFT)
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "width": wide,
        "height": high,
        "padding": {"left": left, "right": right, "top": top, "bottom": bottom},
        "autosize": {"type": "none"},
        "background": "white",
        "layer": [*layers, unit_word],
        "config": {
            "font": "sans-serif",
            "view": {"stroke": None},
            "axis": {"labelColor": INK, "labelFontSize": 11, "labelLimit": 0, "title": None,
                     "gridColor": LINE, "domainColor": SOFT, "tickColor": SOFT},
            "text": {"fontSize": FONT, "limit": 0},
        },
    }  # fmt: skip


def across(
    months: Sequence[str], labels: Sequence[Sequence[str]], *, band: bool, padding: float = 0.5
) -> Spec:
    """The months from left to right, each under its label."""
    words = {month: list(lines) for month, lines in zip(months, labels, strict=True)}
    written = ", ".join(f"{_quoted(month)}: {_quoted(lines)}" for month, lines in words.items())
    return {
        "field": "x",
        "type": "ordinal",
        "scale": {"domain": list(months), "type": "band" if band else "point",
                  **({"paddingInner": 0, "paddingOuter": 0} if band else {"padding": padding})},
        "axis": {"labelExpr": f"({{{written}}})[datum.value]", "labelAngle": 0, "grid": False,
                 "labelOverlap": False, "labelPadding": 4, "ticks": False},
    }  # fmt: skip


def _quoted(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def raw(field: str) -> Spec:
    """A place in the picture's own points."""
    return {"field": field, "type": "quantitative", "scale": None, "axis": None}


def zero_line(axis: Axis) -> Spec:
    """A dark line at zero."""
    return {
        "data": {"values": [{"y": 0}]},
        "mark": {"type": "rule", "color": INK, "strokeWidth": 1},
        "encoding": {"y": axis.y("y")},
    }


def upright(axis: Axis, high: int) -> Spec:
    """Lines down the picture at the axis' numbers, the one at zero dark."""
    rows = [{"x": tick, "zero": tick == 0} for tick in axis.ticks]
    return {
        "data": {"values": rows},
        "mark": {"type": "rule"},
        "encoding": {
            "x": {"field": "x", "type": "quantitative", "axis": None,
                  "scale": {"domain": [axis.low, axis.high], "nice": False, "zero": False}},
            "y": {"value": 0},
            "y2": {"value": high},
            "color": {"condition": {"test": "datum.zero", "value": INK}, "value": LINE},
        },
    }  # fmt: skip


def box(one: float, other: float, middle: float, thick: int, fill: str, stroke: str) -> Spec:
    """A bar lying down, between two places, about a middle."""
    return {
        "data": {"values": [{}]},
        "mark": {"type": "rect", "fill": fill, "stroke": stroke, "strokeWidth": 1},
        "encoding": {
            "x": {"value": round(min(one, other), 2)},
            "x2": {"value": round(max(one, other), 2)},
            "y": {"value": round(middle - thick / 2, 2)},
            "y2": {"value": round(middle + thick / 2, 2)},
        },
    }


def stroke(
    x: float, x2: float, y: float, y2: float, color: str, dash: list[int], width: float = 1
) -> Spec:
    """A straight line."""
    return {
        "data": {"values": [{}]},
        "mark": {"type": "rule", "color": color, "strokeDash": dash, "strokeWidth": width},
        "encoding": {
            "x": {"value": round(x, 2)},
            "x2": {"value": round(x2, 2)},
            "y": {"value": round(y, 2)},
            "y2": {"value": round(y2, 2)},
        },
    }


def diamond(x: float, y: float) -> Spec:
    """A white diamond."""
    return {
        "data": {"values": [{}]},
        "mark": {"type": "point", "shape": "diamond", "size": 110, "fill": "white", "color": INK,
                 "opacity": 1, "strokeWidth": 2},
        "encoding": {"x": {"value": round(x, 2)}, "y": {"value": round(y, 2)}},
    }  # fmt: skip


def word(
    text: str, x: float, y: float, color: str, align: str = "left", *, bold: bool = False
) -> Spec:
    """Words at a place."""
    return {
        "data": {"values": [{}]},
        "mark": {"type": "text", "text": text, "color": color, "align": align,
                 "baseline": "middle", "fontWeight": "bold" if bold else "normal"},
        "encoding": {"x": {"value": round(x, 2)}, "y": {"value": round(y, 2)}},
    }  # fmt: skip


def room(names: Iterable[str], *, most: int = 190) -> int:
    """How wide the names may be, in points."""
    longest = max((len(name) for name in names), default=0)
    return min(int(longest * LETTER) + 22, most)


def short(name: str, room: int) -> str:
    """A name that has room; the table beside says it in full."""
    signs = int((room - 14) / LETTER)
    return name if len(name) <= signs else f"{name[: signs - 1].rstrip()}…"
