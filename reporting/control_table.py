"""Internal control as tables: how many to look at."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal

from assurance.quantities import Exact, decimal
from assurance.sampling import (
    Distribution,
    attribute_sample_size,
    monetary_unit_sample_size,
)
from ledger.money import to_decimal
from reporting.catalogue import Language, label
from reporting.numbers import shown
from reporting.tables import Column, Table, table_from

_ATTRIBUTE = (
    Column("n", "count"),
    Column("k", "decimal"),
    Column("confidence", "decimal"),
    Column("tolerable_rate", "decimal"),
    Column("expected_rate", "decimal"),
    Column("distribution", words="distribution"),
    Column("population", "count"),
    Column("reason", word="column.size_reason"),
)
_MONETARY = (
    Column("n", "count"),
    Column("k", "decimal"),
    Column("confidence", "decimal"),
    Column("tolerable_misstatement", "amount", ore=True),
    Column("expected_misstatement", "amount", ore=True),
    Column("book_value", "amount", ore=True),
    Column("factor", "decimal"),
    Column("interval", "decimal", word="column.sample_interval"),
    Column("reason", word="column.size_reason"),
)


def attribute_size(
    lang: Language,
    confidence: Decimal,
    tolerable: Decimal,
    expected: Decimal,
    *,
    deviations: int | None = None,
    distribution: Distribution = "binomial",
    population: int | None = None,
    people: bool = False,
) -> Table:
    """The size of a sample of items, with the sentence that it lets one say. Raises what
    `assurance.sampling.attribute_sample_size` raises."""
    size = attribute_sample_size(
        confidence,
        tolerable,
        expected,
        expected_deviations=deviations,
        distribution=distribution,
        population=population,
    )
    row = {
        "n": size.n,
        "k": Decimal(size.k),
        "confidence": confidence,
        "tolerable_rate": tolerable,
        "expected_rate": None if deviations is not None else expected,
        "distribution": distribution,
        "population": population,
        "reason": _reason(size.reason, lang) if people else size.reason,
    }
    words = {
        "n": size.n,
        "k": shown(Decimal(size.k), lang),
        "tolerable": shown(tolerable, lang),
        "confidence": shown(confidence, lang),
    }
    return _told("attribute_size", lang, row, _ATTRIBUTE, words)


def monetary_unit_size(
    lang: Language,
    confidence: Decimal,
    tolerable: int,
    expected: int,
    book: int,
    *,
    people: bool = False,
) -> Table:
    """The size of a sample of monetary units, amounts in öre, debit positive. Raises what
    `assurance.sampling.monetary_unit_sample_size` raises."""
    amounts: list[Exact] = [to_decimal(ore) for ore in (tolerable, expected, book)]
    size = monetary_unit_sample_size(confidence, *amounts)
    interval = decimal(size.interval).quantize(Decimal("0.01"), ROUND_HALF_UP)
    k = Decimal(size.k).quantize(Decimal("0.01"), ROUND_HALF_UP)
    row = {
        "n": size.n,
        "k": k,
        "confidence": confidence,
        "tolerable_misstatement": tolerable,
        "expected_misstatement": expected,
        "book_value": book,
        "factor": Decimal(size.factor),
        "interval": interval,
        "reason": _reason(size.reason, lang) if people else size.reason,
    }
    words = {
        "n": size.n,
        "k": shown(k, lang),
        "interval": shown(interval, lang),
        "tolerable": shown(to_decimal(tolerable), lang),
        "confidence": shown(confidence, lang),
    }
    return _told("monetary_unit_size", lang, row, _MONETARY, words)


def _reason(text: str, lang: Language) -> str:
    """The inequality for people: its numbers and its one word as the language writes them."""
    said = text.replace("rate =", f"{label('note.size_rate', lang)} =")
    return re.sub(r"\d+(\.\d+)?", lambda found: shown(Decimal(found[0]), lang), said)


def _told(
    key: str,
    lang: Language,
    row: Mapping[str, object],
    columns: tuple[Column, ...],
    words: Mapping[str, object],
) -> Table:
    return table_from(
        [row], columns, label(f"title.{key}", lang), [label(f"note.{key}", lang, **words)]
    )
