"""Pictures as Vega-Lite, SVG and PNG: the one border where their numbers become floats.

Nothing is left to the machine's fonts: the picture's size, its margins, the scales and where words
stand are reckoned here, and text stays text of a general family, so that the same picture gives the
same SVG everywhere. It is made to be read in grey print as well: lines differ by dashes and
points, bars by tone and outline, and names stand where what they name ends.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import lru_cache

from reporting.catalogue import Language, label
from reporting.charts.axes import Axis, spread
from reporting.charts.marks import (
    BOTTOM,
    FONT,
    HEIGHT,
    INK,
    LEFT,
    LINES,
    MARK,
    SOFT,
    TONES,
    TOP,
    WIDTH,
    Spec,
    across,
    canvas,
    room,
    word,
    zero_line,
)
from reporting.charts.picture import Chart, Fan, Months, Picture, Plans, Series, Steps, said
from reporting.charts.rows import plans, steps

_NAMES = re.compile(r' (?:class|role|aria-[a-z]+|pointer-events|xmlns:xlink|version)="[^"]*"')
_EMPTY = re.compile(r"<path d=\"(?:M0,0h0v0h0Z|)\"[^>]*/>|<path[^>]* display=\"none\"/>")


def to_svg(chart: Chart) -> str:
    """The picture as an SVG document, the same bytes on every machine."""
    return _svg(chart.picture, chart.lang)


def to_png(chart: Chart, scale: float = 2.5) -> bytes:
    """The picture as PNG, ``scale`` points for each of its own."""
    import vl_convert

    png: bytes = vl_convert.svg_to_png(to_svg(chart), scale=scale)
    return png


@lru_cache(maxsize=64)
def _svg(picture: Picture, lang: Language) -> str:
    import vl_convert

    drawn = vl_convert.vegalite_to_svg(
        spec_of(picture, lang),
        vl_version="6.4",
        format_locale="sv-SE" if lang == "sv" else "en-GB",
    )
    # What an assistive reader is told is the figure's own text, not every axis and line.
    bare = _NAMES.sub("", drawn)
    return _EMPTY.sub("", bare)


def spec_of(picture: Picture, lang: Language) -> Spec:
    """The picture in Vega-Lite."""
    match picture:
        case Months():
            return _months(picture, lang)
        case Fan():
            return _fan(picture, lang)
        case Steps():
            return steps(picture, lang)
        case Plans():
            return plans(picture, lang)


# ── months ─────────────────────────────────────────────────────────────────────────────────────


def _months(picture: Months, lang: Language) -> Spec:
    # One series is what the title says.
    several = len(picture.series) > 1
    right = room(series.name for series in picture.series) if several else 24
    wide, high = WIDTH - LEFT - right, HEIGHT - TOP - BOTTOM
    stacks = _stacks(picture) if picture.stacked else []
    known = [v for series in picture.series for v in series.values if v is not None]
    top = [high for bars in stacks for _, high in bars if high is not None]
    bars = picture.stacked or any(series.mark == "bar" for series in picture.series)
    axis = Axis.over(
        [float(v) for v in known] + top, zero=bars or picture.zero, places=picture.places
    )
    layers: list[Spec] = [zero_line(axis)] if axis.low < 0 < axis.high else []
    x = across(picture.months, picture.labels, band=bars)
    ends: list[tuple[str, float, str, int]] = []
    if picture.stacked:
        for place, series in enumerate(picture.series):
            layers.append(_stack(picture.months, stacks[place], place, x, axis))
            low, top_of = stacks[place][-1]
            if low is not None and top_of is not None:
                ends.append((series.name, (low + top_of) / 2, INK, len(picture.months) - 1))
    else:
        look = 0
        for series in sorted(picture.series, key=lambda s: s.mark == "line"):
            if series.mark == "bar":
                layers.append(_bars(picture.months, series, x, axis))
                color = MARK
            else:
                look += 1 if bars and look == 0 else 0
                color = LINES[look % len(LINES)][0]
                layers += _line(picture.months, series, look, x, axis)
                look += 1
            if (last := _last(series)) is not None and several:
                ends.append((series.name, float(series.values[last] or 0), color, last))
    layers += _names(picture, ends, axis, high, wide)
    unit = picture.unit
    if axis.low > 0:
        begins = said(Decimal(str(axis.low)), axis.places, lang)
        unit = label("chart.axis_from", lang, unit=unit, low=begins)
    return canvas(layers, wide, high, right, unit)


def _stacks(picture: Months) -> list[list[tuple[float | None, float | None]]]:
    """From where to where each series' part of each bar goes."""
    below = [Decimal(0)] * len(picture.months)
    made = []
    for series in picture.series:
        parts: list[tuple[float | None, float | None]] = []
        for place, value in enumerate(series.values):
            if value is None:
                parts.append((None, None))
                continue
            parts.append((float(below[place]), float(below[place] + value)))
            below[place] += value
        made.append(parts)
    return made


def _stack(
    months: Sequence[str],
    parts: Sequence[tuple[float | None, float | None]],
    place: int,
    x: Spec,
    axis: Axis,
) -> Spec:
    rows = [
        {"x": month, "low": low, "high": high}
        for month, (low, high) in zip(months, parts, strict=True)
        if low is not None
    ]
    return {
        "data": {"values": rows},
        "mark": {"type": "bar", "color": TONES[place], "stroke": INK, "strokeWidth": 0.8,
                 "width": {"band": 0.72}},
        "encoding": {"x": x, "y": axis.y("low"), "y2": {"field": "high"}},
    }  # fmt: skip


def _bars(months: Sequence[str], series: Series, x: Spec, axis: Axis) -> Spec:
    rows = [
        {"x": month, "low": 0, "high": float(value)}
        for month, value in zip(months, series.values, strict=True)
        if value is not None
    ]
    return {
        "data": {"values": rows},
        "mark": {"type": "bar", "color": "#8fb0cc", "stroke": MARK, "strokeWidth": 0.8,
                 "width": {"band": 0.6}},
        "encoding": {"x": x, "y": axis.y("low"), "y2": {"field": "high"}},
    }  # fmt: skip


def _line(
    months: Sequence[str], series: Series, look: int, x: Spec, axis: Axis
) -> Iterator[Spec]:  # fmt: skip
    color, dash, shape, full = LINES[look % len(LINES)]
    rows = [
        {"x": month, "y": None if value is None else float(value)}
        for month, value in zip(months, series.values, strict=True)
    ]
    encoding = {"x": x, "y": axis.y("y")}
    yield {
        "data": {"values": rows},
        "mark": {"type": "line", "color": color, "strokeDash": dash, "strokeWidth": 2,
                 "invalid": "break-paths-filter-domains"},
        "encoding": encoding,
    }  # fmt: skip
    yield {
        "data": {"values": [row for row in rows if row["y"] is not None]},
        "mark": {"type": "point", "shape": shape, "size": 38, "opacity": 1, "strokeWidth": 1.6,
                 "color": color, "fill": color if full else "white"},
        "encoding": encoding,
    }  # fmt: skip


def _last(series: Series) -> int | None:
    """The place of the last number that is known."""
    known = [place for place, value in enumerate(series.values) if value is not None]
    return known[-1] if known else None


def _names(
    picture: Months,
    ends: Sequence[tuple[str, float, str, int]],
    axis: Axis,
    high: int,
    wide: int,
) -> Iterator[Spec]:
    """Names at the right edge, kept apart; of a series that ends before it, over or under its
    last point."""
    edge = len(picture.months) - 1
    right = [end for end in ends if end[3] == edge]
    places = spread([axis.point(end[1], high) for end in right], FONT + 2, high)
    for (name, _, color, _), place in zip(right, places, strict=True):
        yield word(name, wide + 8, place, color)
    step = wide / len(picture.months)
    for name, value, color, last in (end for end in ends if end[3] != edge):
        others = [s.values[last] for s in picture.series if s.name != name]
        above = all(other is None or float(other) <= value for other in others)
        shift = -12 if above else 14
        yield word(name, (last + 0.5) * step, axis.point(value, high) + shift, color, "center")


# ── the fan ────────────────────────────────────────────────────────────────────────────────────


def _fan(picture: Fan, lang: Language) -> Spec:
    """The path so far, then straight edges to the year's end: only that is forecast."""
    ends = [(picture.middle[0], picture.middle[1], MARK), *((n, v, INK) for n, v in picture.ends)]
    for low_name, high_name, low, top in picture.bands:
        ends += [(low_name, low, SOFT), (high_name, top, SOFT)]
    words = [f"{name} {said(value, picture.places, lang)}" for name, value, _ in ends]
    right = room(words)
    wide, high = WIDTH - LEFT - right, HEIGHT + 30 - TOP - BOTTOM
    last = _last(picture.path) or 0
    here = float(picture.path.values[last] or 0)
    every = [float(v) for v in picture.path.values if v is not None] + [float(e[1]) for e in ends]
    axis = Axis.over(every, zero=True, places=picture.places)
    x = across(picture.months, picture.labels, band=False, padding=0)
    now, end = picture.months[last], picture.months[-1]
    layers: list[Spec] = []
    for tone, (_, _, low, top) in zip(("#dfe6ec", "#b3c5d5"), picture.bands, strict=False):
        rows = [{"x": now, "low": here, "high": here},
                {"x": end, "low": float(low), "high": float(top)}]  # fmt: skip
        layers.append({
            "data": {"values": rows},
            "mark": {"type": "area", "color": tone, "opacity": 1, "line": False},
            "encoding": {"x": x, "y": axis.y("low"), "y2": {"field": "high"}},
        })  # fmt: skip
    layers.append(zero_line(axis))
    rows = [{"x": now, "y": here}, {"x": end, "y": float(picture.middle[1])}]
    layers.append({
        "data": {"values": rows},
        "mark": {"type": "line", "color": MARK, "strokeDash": [5, 4], "strokeWidth": 1.6},
        "encoding": {"x": x, "y": axis.y("y")},
    })  # fmt: skip
    months = picture.months[: len(picture.path.values)]
    layers += _line(months, picture.path, 0, x, axis)
    shapes = [(picture.middle, "circle", "white", MARK)] + [
        (point, shape, fill, INK)
        for point, shape, fill in zip(picture.ends, ("diamond", "square"), (INK, "white"),
                                      strict=False)
    ]  # fmt: skip
    for (_, value), shape, fill, color in shapes:
        layers.append({
            "data": {"values": [{"x": end, "y": float(value)}]},
            "mark": {"type": "point", "shape": shape, "size": 70, "fill": fill, "color": color,
                     "opacity": 1, "strokeWidth": 1.6},
            "encoding": {"x": x, "y": axis.y("y")},
        })  # fmt: skip
    places = spread([axis.point(float(v), high) for _, v, _ in ends], FONT + 3, high)
    for text, place, (_, _, color) in zip(words, places, ends, strict=True):
        layers.append(word(text, wide + 10, place, color))
    return canvas(layers, wide, high, right, picture.unit)
