"""Pictures of rows: the steps of a waterfall, and plans with their marks."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from reporting.catalogue import Language
from reporting.charts.axes import Axis
from reporting.charts.marks import (
    INK,
    LETTER,
    MARK,
    ROW,
    SOFT,
    TOP,
    WIDTH,
    Spec,
    box,
    canvas,
    diamond,
    raw,
    room,
    short,
    stroke,
    upright,
    word,
)
from reporting.charts.picture import Plans, Steps, said


def steps(picture: Steps, lang: Language) -> Spec:
    """A waterfall: names to the left, each step with its number."""
    left = room((step.name for step in picture.steps), most=290)
    wide, high = WIDTH - left - 76, ROW * len(picture.steps)
    every = [float(v) for step in picture.steps for v in (step.start, step.end)]
    axis = Axis.over(every, zero=True, places=picture.places)
    layers: list[Spec] = [upright(axis, high)]
    for place, step in enumerate(picture.steps):
        low, top = sorted((axis.reach(float(step.start), wide), axis.reach(float(step.end), wide)))
        if step.level:
            low, top = sorted((axis.reach(0, wide), axis.reach(float(step.end), wide)))
        gain = step.end >= step.start
        fill = MARK if step.level else "#8fb0cc" if gain else "white"
        middle = place * ROW + ROW / 2
        layers.append(box(low, max(top, low + 1), middle, 14, fill, MARK if gain else INK))
        value = step.end if step.level else step.end - step.start
        number = said(value, picture.places, lang, signed=not step.level)
        layers.append(word(number, top + 6, middle, INK, bold=step.level))
        layers.append(word(short(step.name, left), -8, middle, INK, "right", bold=step.level))
        if place + 1 < len(picture.steps):
            at = axis.reach(float(step.end), wide)
            layers.append(stroke(at, at, middle + 7, middle + ROW - 7, SOFT, [2, 2]))
    return canvas(layers, wide, high, 76, picture.unit, left, bottom=8)


def plans(picture: Plans, lang: Language) -> Spec:
    """Plans under each other, with what their marks mean over them."""
    left = room((row.name for row in picture.rows), most=220)
    row_height = 40
    wide, high = WIDTH - left - 30, row_height * len(picture.rows)
    every = [
        float(v)
        for row in picture.rows
        for v in (row.whole, row.reached, row.due, row.forecast)
        if v is not None
    ]
    axis = Axis.over(every, zero=True, places=picture.places)
    layers: list[Spec] = [upright(axis, high), *_key(picture, left)]
    for place, row in enumerate(picture.rows):
        middle = place * row_height + row_height / 2
        zero = axis.reach(0, wide)
        layers.append(word(short(row.name, left), -8, middle, INK, "right"))
        if row.whole is not None:
            at = axis.reach(float(row.whole), wide)
            layers.append(box(zero, at, middle, 24, "#eef2f6", SOFT))
        if row.reached is not None:
            at = axis.reach(float(row.reached), wide)
            layers.append(box(zero, at, middle, 10, MARK, MARK))
        if row.due is not None:
            at = axis.reach(float(row.due), wide)
            layers.append(stroke(at, at, middle - 15, middle + 15, INK, [1, 0], 3))
        if row.forecast is not None:
            layers.append(diamond(axis.reach(float(row.forecast), wide), middle))
    spec = canvas(layers, wide, high, 30, picture.unit, left, top=TOP + 24)
    spec["layer"].append(_scale_under(axis, wide, high, lang))
    return spec


def _key(picture: Plans, left: int) -> Iterator[Spec]:
    """What the marks mean, in a row over the picture."""
    at, y = 8.0 - left, -34.0
    whole, reached, due, forecast = picture.names
    for name, kind in ((whole, "whole"), (reached, "reached"), (due, "due"),
                       (forecast, "forecast")):  # fmt: skip
        if not name:
            continue
        if kind == "whole":
            yield box(at, at + 22, y, 14, "#eef2f6", SOFT)
        elif kind == "reached":
            yield box(at, at + 22, y, 8, MARK, MARK)
        elif kind == "due":
            yield stroke(at + 11, at + 11, y - 8, y + 8, INK, [1, 0], 3)
        else:
            yield diamond(at + 11, y)
        yield word(name, at + 30, y, INK)
        at += 30 + LETTER * len(name) + 26


def _scale_under(axis: Axis, wide: int, high: int, lang: Language) -> Spec:
    """Numbers under the upright lines."""
    rows = [
        {"x": axis.reach(tick, wide), "text": said(Decimal(str(tick)), axis.places, lang)}
        for tick in axis.ticks
    ]
    return {
        "data": {"values": rows},
        "mark": {"type": "text", "color": SOFT, "fontSize": 11, "baseline": "top"},
        "encoding": {"x": raw("x"), "y": {"value": high + 8}, "text": {"field": "text"}},
    }  # fmt: skip
