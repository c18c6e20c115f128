"""The variance bridge as it is read, and as a draft of explanations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import projections
from projections.dimensions import outcome_span
from reporting.catalogue import Language, has, label
from reporting.notes import asked, known
from reporting.tables import Column, Table, table_of

if TYPE_CHECKING:
    from ledger.log import Book

_COLUMNS = (
    Column("driver", words="driver"),
    Column("detail", words="key"),
    Column("outcome", "amount"),
    Column("budget", "amount"),
    Column("amount", "amount", signed=True, word="column.variance"),
    Column("entries", "count"),
    Column("vouchers", "count"),
)


def bridge(book: Book, lang: Language, *, through: str | None, **ask: Any) -> Table:
    """The drivers of the variance, which sum to it."""
    frame = projections.bridge(book, through, **ask)
    last = outcome_span(book, through, ask.get("year")).last
    kind = projections.PROJECTIONS["bridge"]
    notes = (*asked(book, lang, **ask), label("note.bridge", lang), known(book, lang))
    title = label(kind.title, lang, through=last, scale="{scale}")
    return table_of(frame, kind.amounts, title, total=True, columns=_COLUMNS, notes=notes)


def entries(book: Book, lang: Language, *, through: str | None, driver: str, **ask: Any) -> Table:
    """The entries behind a driver."""
    frame = projections.bridge_entries(book, through, driver=driver, **ask)
    last = outcome_span(book, through, ask.get("year")).last
    kind = projections.PROJECTIONS["bridge_entries"]
    columns = [
        *(Column("driver", words="driver"), Column("detail", words="key"), Column("voucher")),
        *(Column("date"), Column("period"), Column("unit"), Column("account")),
        *(Column("amount", "amount", signed=True, ore=True), Column("position", "number")),
    ]
    title = label(kind.title, lang, through=last, scale="{scale}")
    notes = (*asked(book, lang, **ask), known(book, lang))
    return table_of(frame, kind.amounts, title, columns=columns, notes=notes)


def draft(book: Book, lang: Language, *, through: str | None, unit: str, **ask: Any) -> Table:
    """The bridge as rows of kind ``variance``, to be edited and imported: they tie out."""
    frame = projections.bridge(book, through, unit=unit, **ask)
    last = outcome_span(book, through, ask.get("year")).last
    rows = []
    for row in frame[:-1].to_dicts():
        if not row["amount"]:
            continue
        key = f"key.{row['detail']}"
        detail = label(key, lang) if has(key) else row["detail"]
        text = f"{label('driver.' + row['driver'], lang).capitalize()}: {detail}"
        rows.append((unit, last, row["amount"], text))
    columns = (Column("unit"), Column("period"), Column("amount", "amount"), Column("text"))
    return Table("", columns, tuple(rows))
