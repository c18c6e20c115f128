"""What a sample says, as it is read: a sentence with its confidence, and the figures behind it."""

from __future__ import annotations

from dataclasses import replace
from decimal import ROUND_CEILING, Decimal
from typing import TYPE_CHECKING, Any

import polars as pl

import projections
from ledger.money import to_decimal, to_text
from projections.control_samples import of_months
from reporting import numbers
from reporting.catalogue import Language, label
from reporting.notes import known
from reporting.tables import Column, Table, columns_of, table_from, table_of

if TYPE_CHECKING:
    from assurance.conclusions import Conclusion
    from ledger.log import Book

_COLUMNS = (
    Column("sample_figure", words="sample_figure"),
    Column("attribute"),
    Column("rate_percent", "percent"),
    Column("amount", "amount", ore=True, signed=True),
)
_EVALUATED = (
    Column("sample"),
    Column("control"),
    Column("drawn", "count", word="column.sample_items"),
    Column("errors", "count"),
    Column("sure", "percent", word="column.confidence"),
    Column("bound_rate", "percent"),
    Column("borne_rate", "percent"),
    Column("bound_amount", "amount", ore=True, signed=True),
    Column("borne_amount", "amount", ore=True),
    Column("sample_verdict", words="sample_verdict"),
)
#: Columns of the working paper that a page has room for.
_PAPER = (
    *("item", "voucher", "account", "text", "amount", "part", "attribute", "assessment", "audited"),
    *("misstatement", "taint_percent", "assessor", "cause", "remedy", "owner", "due", "comment"),
)


def evaluation(book: Book, found: Conclusion, lang: Language) -> Table:
    """The figures of an evaluation, under a sentence that says what they mean."""
    rows = [
        {
            "sample_figure": each.name,
            "attribute": each.attribute,
            "rate_percent": None if each.rate is None else _hundredths(each.rate),
            "amount": each.amount,
        }
        for each in found.figures
    ]
    notes = [sentence(book, found, lang)]
    if found.tolerable_from is not None:
        kind, _, name = found.tolerable_from.partition(" ")
        notes.append(label(f"note.tolerable_{kind}", lang, name=name))
    if not found.reviewed:
        notes.append(label("note.not_reviewed", lang))
    if found.same_account:
        notes.append(label("note.reviewed_same_account", lang))
    notes.append(known(book, lang))
    parted = any(each.attribute for each in found.figures)
    columns = [c for c in _COLUMNS if parted or c.key != "attribute"]
    return table_from(rows, columns, label("title.evaluation", lang, sample=found.event.sample),
                      notes)  # fmt: skip


def _hundredths(rate: Decimal) -> Decimal:
    """Percent with two decimals; rounded up, as a limit must be."""
    return (rate * 100).quantize(Decimal("0.01"), ROUND_CEILING)


def sentence(book: Book, found: Conclusion, lang: Language) -> str:
    """The conclusion in words, with its confidence."""
    from ledger.families.control_draw import drawn_of
    from ledger.families.control_sample import Samples

    event = found.event
    drawn = drawn_of(book.state.of(Samples), event.sample)
    money = [part.amount or 0 for part in drawn.parts if part.name in ("drawn", "whole")]
    said: dict[str, Any] = {
        "assessed": numbers.count(event.assessed, lang),
        "wrong": numbers.count(_wrong(found), lang),
        "count": numbers.count(drawn.event.count, lang),
        "sum": _kronor(abs(sum(money)), lang),
        "confidence": _percent(event.confidence, lang),
        "rate": _limit(event.upper_rate, lang),
        "upper": _kronor(event.upper, lang),
        "projected": _kronor(event.projected, lang),
    }
    if event.sample_verdict == "not_projected":
        return label("evaluation.not_projected", lang, **said)
    what = "amount" if event.upper is not None else "rate"
    if what == "rate" and event.upper_rate is None:
        return label("evaluation.only_found", lang, **said)
    text = label(f"evaluation.{what}", lang, **said)
    borne = _percent(event.tolerable, lang) if what == "rate" else None
    if what == "amount" and event.tolerable_amount is not None:
        borne = f"{_kronor(event.tolerable_amount, lang)} kr"
    verdict = label(f"evaluation.{event.sample_verdict}", lang, borne=borne or "–")
    return f"{text} {verdict}"


def _wrong(found: Conclusion) -> int:
    rate = next(each.rate for each in found.figures if each.name == "sample_rate")
    assert rate is not None
    return int((rate * found.event.assessed).to_integral_value())


def _kronor(ore: int | None, lang: Language) -> str:
    return numbers.UNKNOWN if ore is None else numbers.shown(to_decimal(ore), lang)


def _limit(share: str | None, lang: Language) -> str:
    """An upper limit as a percentage with two decimals, rounded up."""
    return numbers.percent(None if share is None else _hundredths(Decimal(share)), lang)


def _percent(share: str | None, lang: Language) -> str:
    """A share as a percentage, without needless zeros."""
    if share is None:
        return numbers.UNKNOWN
    percent = (Decimal(share) * 100).normalize()
    return numbers.percent(f"{percent:f}", lang)


def as_json(found: Conclusion) -> dict[str, Any]:
    """An evaluation as data: amounts as text in kronor, rates as decimals, null where unknown."""
    event = found.event
    return {
        "sample": event.sample,
        "assessed": event.assessed,
        "deviations": event.deviations,
        "misstated": event.misstated,
        "missing": event.missing,
        "confidence": event.confidence,
        "tolerable": event.tolerable or to_text(event.tolerable_amount),
        "tolerable_from": found.tolerable_from,
        "tolerable_amount": to_text(event.tolerable_amount),
        "upper_rate": event.upper_rate,
        "projected": to_text(event.projected),
        "upper": to_text(event.upper),
        "bound": event.bound,
        "verdict": event.sample_verdict,
        "reviewed": found.reviewed,
        "figures": [
            {
                "figure": each.name,
                "attribute": each.attribute,
                "rate": None if each.rate is None else f"{each.rate:f}",
                "amount": to_text(each.amount),
            }
            for each in found.figures
        ],
    }


def evaluated(book: Book, lang: Language, through: str, unit: str) -> Table:
    """The evaluated samples of a unit and the fiscal year of a month, through it: items, errors,
    the bound and what it is held against; the conclusion of each."""
    month = book.period(through).last
    year = book.organisation.calendar.year_of(month)[0]
    frame = of_months(projections.samples(book, unit=unit), year, month)
    rows = [
        {
            **row,
            "errors": row["deviations"] + row["misstated"],
            "bound_rate": _in_percent(row["upper_rate"]),
            "borne_rate": _in_percent(row["tolerable"]),
            "bound_amount": row["upper_amount"],
            "borne_amount": row["tolerable_amount"],
            "sure": _in_percent(row["confidence"]),
        }
        for row in frame.filter(pl.col("evaluated_at").is_not_null()).to_dicts()
    ]
    shown = [c for c in _EVALUATED if not rows or any(row[c.key] is not None for row in rows)]
    title = label("title.evaluated_samples", lang, through=through)
    return table_from(rows, shown, title)


def _in_percent(share: str | None) -> Decimal | None:
    return None if share is None else _hundredths(Decimal(share))


def paper(book: Book, lang: Language, name: str, *, brief: bool = False) -> Table:
    """The working paper as a table."""
    frame = projections.sample_items(book, sample=name)
    if brief:
        frame = frame.select(
            [n for n in _PAPER if n in _PAPER[:6] or frame[n].null_count() < frame.height]
        )
    one = projections.PROJECTIONS["sample_items"]
    title = label(one.title, lang, sample=name)
    columns = [
        replace(c, word="column.sample_item" if c.key == "item" else c.word, ore=c.kind == "amount")
        for c in columns_of(frame, one.amounts)
    ]
    return table_of(frame, one.amounts, title, columns=columns, notes=[known(book, lang)])
