"""Samples as they are read: what was drawn, from what and how, and what differs when it is drawn
again."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import polars as pl

import projections
from ledger.families.control_sample import Item, Part, SampleCommitted, SampleDrawn, Samples
from ledger.money import to_decimal, to_text
from projections.control_samples import described, selection_words
from reporting import numbers
from reporting.catalogue import Language, has, label
from reporting.notes import asked, known, local
from reporting.tables import Column, Table, columns_of, table_from, table_of

if TYPE_CHECKING:
    from assurance.samples import Redrawn
    from ledger.families.control_sample import Drawn
    from ledger.log import Book

_DRAWN = (
    Column("item", word="column.sample_item"),
    Column("voucher"),
    Column("date"),
    Column("unit"),
    Column("account"),
    Column("text"),
    Column("amount", "amount", ore=True),
    Column("hits", "count"),
    Column("part", words="sample_part"),
)
_LISTED = (
    *("sample", "control", "drawn_from", "draw_method", "sample_state", "items", "drawn"),
    *("assessed", "deviations", "misstated", "sample_verdict"),
)


def as_json(book: Book, drawn: Drawn) -> dict[str, Any]:
    """A sample as data: its name, population, method, seed, and items with the event's position,
    voucher, amount in kronor and hits; keys in that order."""
    event, about = drawn.event, described(book, drawn)
    return {
        "sample": event.sample,
        "population": {
            "count": event.count,
            "sum": to_text(event.amount),
            "root": event.population_root,
            "known_at": event.known_at,
        },
        "method": event.draw_method,
        "seed": event.seed,
        "items": [
            {
                "event": about.get(item.id, {}).get("event"),
                "voucher": about.get(item.id, {}).get("voucher"),
                "amount": to_text(item.amount),
                "hits": item.hits,
            }
            for item in drawn.items.values()
        ],
    }


def drawn_table(book: Book, drawn: Drawn, lang: Language) -> Table:
    """The items of a sample, and under them all that it takes to draw it again."""
    event, about = drawn.event, described(book, drawn)
    rows = [_row(item, about.get(item.id, {})) for item in drawn.items.values()]
    shown = [c for c in _DRAWN if not rows or any(row.get(c.key) is not None for row in rows)]
    committed = book.state.of(Samples).committed.get(event.sample)
    notes = [_population(book, event, lang)]
    if committed is None:
        notes.append(label("note.sample_judgement", lang))
    else:
        notes += [
            label("note.sample_selection", lang, selection=_selection(committed[0], lang)),
            _how(event, committed[0], lang),
            _seed(book, event, committed[0], lang),
            *(_part(part, lang) for part in _parts(drawn)),
            *_until(book, committed[0], lang),
        ]
        if before := book.state.of(Samples).before(event):
            notes.append(label("note.sample_before", lang, samples=", ".join(before)))
        if others := book.state.of(Samples).others(event):
            notes.append(label("note.sample_others", lang, samples=", ".join(others)))
    notes.append(known(book, lang))
    title = label("title.sample", lang, sample=event.sample, scale="kr")
    return table_from(rows, shown, title, notes)


def _row(item: Item, about: dict[str, object]) -> dict[str, object]:
    return {
        **about,
        "item": item.id,
        "amount": item.amount,
        "hits": item.hits,
        "part": item.part,
    }


def _money(ore: int | None, lang: Language) -> str:
    return numbers.UNKNOWN if ore is None else numbers.shown(to_decimal(ore), lang)


def _population(book: Book, event: SampleDrawn | SampleCommitted, lang: Language) -> str:
    return label(
        "note.sample_population",
        lang,
        count=numbers.count(event.count, lang),
        sum=_money(event.amount, lang),
        time=local(book, event.known_at)[:16],
        known=event.known_at,
        root=event.population_root,
    )


def _selection(event: SampleCommitted, lang: Language) -> str:
    """What is drawn from, in the language's words: each part of the selection with its value."""
    return _selection_said(selection_words(event), lang)


def _selection_said(text: str, lang: Language) -> str:
    parts = re.split(r" (?=[a-z]+=)", text)
    said = (part.partition("=") for part in parts)
    return ", ".join(
        f"{label(f'selection.{name}', lang)} "
        f"{numbers.shown(Decimal(value), lang) if name in ('least', 'most') else value}"
        for name, _, value in said
    )


def _how(event: SampleDrawn, committed: SampleCommitted, lang: Language) -> str:
    side = label("note.sample_turned", lang) if committed.turned else ""
    method = label(f"draw_method.{event.draw_method}", lang)
    rule = "; ".join(_rule(piece, lang) for piece in (event.draw_rule or "").split("; "))
    text = label("note.sample_method", lang, method=method, rule=rule, size=event.sample_size)
    if event.sampling_interval is not None:
        exact = {"interval": event.sampling_interval, "start": event.start or "0"}
        key = "sample_interval"
        if event.draw_method in ("monetary_unit", "cell"):
            key = "sample_interval_of_money"
            for name in tuple(exact):
                units = Fraction(exact[name])
                kronor = Decimal(units.numerator) / Decimal(units.denominator * 100)
                exact[f"{name}_kr"] = numbers.shown(kronor.quantize(Decimal("0.01")), lang)
        text += " " + label(f"note.{key}", lang, **exact)
    return f"{text} {side}".rstrip()


def _rule(text: str, lang: Language) -> str:
    """A rule of `assurance.draws` in the language's words."""
    key = f"draw_rule.{text.replace(' ', '_')}"
    return label(key, lang) if has(key) else text


def _seed(book: Book, event: SampleDrawn, committed: SampleCommitted, lang: Language) -> str:
    said = {"seed": event.seed, "position": event.committed, "source": committed.seed_from or ""}
    return label(f"note.sample_seed_{committed.seed_kind}", lang, **said)


def _parts(drawn: Drawn) -> list[Part]:
    """The parts of the population where there are several, strata by their names."""
    if len(drawn.parts) == 1:
        return []
    if drawn.event.draw_method == "stratified":
        return sorted(drawn.parts)
    return drawn.parts


def _part(part: Part, lang: Language) -> str:
    key = f"sample_part.{part.name}"
    known_parts = ("drawn", "whole", "negative", "zero")
    name = label(key, lang) if part.name in known_parts else part.name
    return label(
        "note.sample_part",
        lang,
        part=name,
        count=numbers.count(part.number, lang),
        sum=_money(part.amount, lang),
        drawn=part.drawn,
    )


def committed_lines(book: Book, event: SampleCommitted, lang: Language) -> list[str]:
    """What was committed to, for people: it waits for its seed."""
    return [
        label("note.sample_committed", lang, sample=event.sample, source=event.seed_from or ""),
        _population(book, event, lang),
        label("note.sample_selection", lang, selection=_selection(event, lang)),
        *_until(book, event, lang),
    ]


def _until(book: Book, event: SampleCommitted, lang: Language) -> list[str]:
    """That the months drawn from go beyond the outcome that was on record, if they do."""
    if event.last is None:
        return []
    latest = max(book.earlier(event.known_size).months, default=event.last)
    words = {"last": event.last, "latest": latest}
    return [label("note.sample_beyond", lang, **words)] if latest < event.last else []


def redrawn_lines(found: Redrawn, lang: Language, *, moved: bool) -> list[str]:
    """What came of drawing again: the same, or what differs; ``moved`` to another time."""
    name = found.drawn.event.sample
    if not found.seed_holds:
        return [label("note.redrawn_seed", lang, sample=name)]
    if found.same:
        return [label("note.redrawn_same", lang, sample=name, count=len(found.drawn.items))]
    lines = []
    if not moved:
        lines.append(label("note.redrawn_differs", lang, sample=name,
                           fields=", ".join(found.differs)))  # fmt: skip
    kept = len(found.drawn.items) - len(found.went)
    lines.append(label("note.redrawn_kept", lang, count=kept))
    for key, items in (("came", found.came), ("went", found.went)):
        if items:
            lines.append(label(f"note.redrawn_{key}", lang, items=", ".join(items)))
    return lines


def listed(book: Book, lang: Language, *, brief: bool = False, **ask: Any) -> Table:
    """All samples, and how far each has come."""
    frame = projections.samples(book, **ask)
    if brief:
        drawn_from = [text and _selection_said(text, lang) for text in frame["drawn_from"]]
        frame = frame.select(_LISTED).with_columns(
            drawn_from=pl.Series(drawn_from, dtype=pl.String)
        )
    columns = [
        replace(c, word=_HEADINGS.get(c.key, c.word)) for c in columns_of(frame, ("amount",))
    ]
    notes = [*asked(book, lang, **ask), known(book, lang)]
    amounts = projections.PROJECTIONS["samples"].amounts
    title = label("title.samples", lang, scale="{scale}")
    return table_of(frame, amounts, title, columns=columns, notes=notes)


#: Headings of columns that are called something else in other tables.
_HEADINGS = {
    "items": "column.population_items",
    "deviations": "column.sample_deviations",
    "misstated": "column.sample_misstated",
}
