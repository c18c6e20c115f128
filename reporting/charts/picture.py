"""What a picture shows, in exact numbers: series over months, a fan, steps, plans and their marks.

Every form has a ``unit`` in words, the numbers counted in it, and the ``places`` (decimals) with
which people read them. A number that is not known is None and nothing is drawn for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

from ledger.periods import is_month
from reporting import numbers
from reporting.catalogue import Language, label
from reporting.tables import Table
from reporting.times import in_words

Number = Decimal | None


@dataclass(frozen=True)
class Series:
    """A name and its numbers, one a month; a ``line`` unless it is drawn as bars."""

    name: str
    values: tuple[Number, ...]
    mark: Literal["line", "bar"] = "line"


@dataclass(frozen=True)
class Months:
    """Series over months. ``months`` are unique codes such as ``2020-08``, ``labels`` what stands
    under them (lines of it). ``stacked`` puts the series, none of them negative, on each other;
    ``zero`` has the axis begin there."""

    months: tuple[str, ...]
    labels: tuple[tuple[str, ...], ...]
    series: tuple[Series, ...]
    unit: str
    places: int
    stacked: bool = False
    zero: bool = False


@dataclass(frozen=True)
class Fan:
    """What was reached month by month, and how wide the year's end is open.

    ``path`` has a number for each month that is known. ``bands`` are (low name, high name, low,
    high) from the widest in, ``ends`` other marks of the year's end."""

    months: tuple[str, ...]
    labels: tuple[tuple[str, ...], ...]
    path: Series
    middle: tuple[str, Decimal]
    bands: tuple[tuple[str, str, Decimal, Decimal], ...]
    ends: tuple[tuple[str, Decimal], ...]
    unit: str
    places: int


@dataclass(frozen=True)
class Step:
    """One step of a waterfall: from ``start`` to ``end``; a ``level`` stands on zero."""

    name: str
    start: Decimal
    end: Decimal
    level: bool = False


@dataclass(frozen=True)
class Steps:
    """A waterfall, first step on top."""

    steps: tuple[Step, ...]
    unit: str
    places: int


@dataclass(frozen=True)
class Plan:
    """A row of a plan: what there is to do or to spend, what was, what should be by now, and
    where it will end."""

    name: str
    whole: Number
    reached: Number
    due: Number
    forecast: Number


@dataclass(frozen=True)
class Plans:
    """Plans under each other; ``names`` of the whole, what was reached, what is due, and the
    forecast."""

    rows: tuple[Plan, ...]
    names: tuple[str, str, str, str]
    unit: str
    places: int


Picture = Months | Fan | Steps | Plans


@dataclass(frozen=True)
class Chart:
    """A figure of a report: its key in the catalogue's ``chart``, a title, the picture, the same
    in words for who does not see it, and the table of what is drawn.

    ``beside`` says whether the table is shown with it: not where the section's own tables have
    the same figures.
    """

    key: str
    title: str
    alt: str
    picture: Picture
    table: Table
    lang: Language
    beside: bool = True


def figures(chart: Chart) -> str:
    """What stands over the table beside a chart, whose title is said already: ``{scale}`` is the
    unit of money as in any table's title."""
    unit = chart.table.title.removeprefix(f"{chart.title}, ")
    return label("chart.figures", chart.lang, unit=unit)


def said(value: Decimal, places: int, lang: Language, *, signed: bool = False) -> str:
    """A number as people read it, rounded half-up once."""
    exact = value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    return numbers.shown(exact, lang, signed=signed)


def told(picture: Picture, lang: Language) -> str:
    """The picture in words: what form it has, and its main values."""
    match picture:
        case Months():
            text = _months(picture, lang)
        case Fan():
            text = _fan(picture, lang)
        case Steps():
            text = _steps(picture, lang)
        case Plans():
            text = _plans(picture, lang)
    return in_words(text, lang)


def _months(picture: Months, lang: Language) -> str:
    """Each series by its first, last, highest and lowest month."""
    # Over two years' months a place has no year of its own, only a name.
    dated = any(len(lines) > 1 for lines in picture.labels)
    months = picture.months if dated else tuple(lines[0] for lines in picture.labels)
    form = "stacked" if picture.stacked else "months" if is_month(picture.months[0]) else "periods"
    words = {"first": months[0], "last": months[-1], "unit": picture.unit}
    parts = [label(f"alt.{form}", lang, **words)]
    for series in picture.series:
        known = [(v, m) for v, m in zip(series.values, months, strict=True) if v is not None]
        if not known:
            continue
        if len(known) == 1:
            value, month = known[0]
            words = {"value": said(value, picture.places, lang), "month": month}
            parts.append(label("alt.one", lang, name=series.name, **words))
            continue
        high, low = max(known, key=lambda k: k[0]), min(known, key=lambda k: k[0])
        if high[0] == low[0]:
            same = said(high[0], picture.places, lang)
            parts.append(label("alt.level", lang, name=series.name, value=same))
            continue
        words = {"name": series.name}
        for name, (value, month) in (
            ("start", known[0]), ("end", known[-1]), ("high", high), ("low", low),
        ):  # fmt: skip
            words |= {name: said(value, picture.places, lang), f"{name}_month": month}
        parts.append(label("alt.series", lang, **words))
    return " ".join(parts)


def _fan(picture: Fan, lang: Language) -> str:
    def number(value: Decimal) -> str:
        return said(value, picture.places, lang)

    pairs = zip(picture.path.values, picture.months, strict=False)
    known = [(value, month) for value, month in pairs if value is not None]
    value, month = known[-1]
    parts = [
        label("alt.fan", lang, unit=picture.unit, name=picture.path.name, value=number(value),
              month=month, last=picture.months[-1]),
        label("alt.point", lang, name=picture.middle[0], value=number(picture.middle[1])),
    ]  # fmt: skip
    for low_name, high_name, low, high in reversed(picture.bands):
        words = {"low": number(low), "high": number(high)}
        parts.append(label("alt.band", lang, low_name=low_name, high_name=high_name, **words))
    parts += [label("alt.point", lang, name=name, value=number(v)) for name, v in picture.ends]
    return " ".join(parts)


def _steps(picture: Steps, lang: Language) -> str:
    parts = [label("alt.steps", lang, unit=picture.unit)]
    for step in picture.steps:
        value = step.end if step.level else step.end - step.start
        number = said(value, picture.places, lang, signed=not step.level)
        parts.append(label("alt.point", lang, name=step.name, value=number))
    return " ".join(parts)


def _plans(picture: Plans, lang: Language) -> str:
    parts = [label("alt.plans", lang, unit=picture.unit)]
    for row in picture.rows:
        marks = zip(picture.names, (row.whole, row.reached, row.due, row.forecast), strict=True)
        values = ", ".join(
            f"{name[:1].lower()}{name[1:]} {said(value, picture.places, lang)}"
            for name, value in marks
            if value is not None
        )
        parts.append(label("alt.point", lang, name=row.name, value=values))
    return " ".join(parts)


def money_unit(*amounts: int | None) -> tuple[str, int, int]:
    """The unit that amounts in öre are drawn in: its name, öre in it, and decimals."""
    largest = max((abs(ore) for ore in amounts if ore is not None), default=0)
    return ("mnkr", 100_000_000, 1) if largest >= 100_000_000 else ("tkr", 100_000, 0)


def in_unit(ore: int | None, size: int) -> Number:
    """An amount in öre as a number of units of ``size`` öre, exact."""
    return None if ore is None else Decimal(ore) / size


def month_labels(months: tuple[str, ...], lang: Language, *, years: bool = True) -> tuple[
    tuple[str, ...], ...
]:  # fmt: skip
    """What stands under the months: their short names, and the year under the first of each."""
    return tuple(_labels(months, lang, years))


def _labels(months: tuple[str, ...], lang: Language, years: bool) -> Iterator[tuple[str, ...]]:
    before = ""
    for month in months:
        name = label(f"month.m{month[5:7]}", lang)
        yield (name, month[:4]) if years and month[:4] != before else (name,)
        before = month[:4]
