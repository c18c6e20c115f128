"""The variance bridge as it is read, and as a draft of explanations."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import projections
from projections.dimensions import outcome_span
from reporting.catalogue import Language, has, label
from reporting.notes import asked, beyond, known
from reporting.numbers import UNKNOWN, shown
from reporting.tables import Column, Table, table_of

if TYPE_CHECKING:
    from ledger.log import Book


def _columns(against: str) -> tuple[Column, ...]:
    word = "column.variance" if against == "budget" else "column.change"
    return (
        Column("driver", words="driver"),
        Column("detail", words="key"),
        Column("outcome", "amount"),
        Column(against, "amount"),
        Column("amount", "amount", signed=True, word=word),
        Column("entries", "count"),
        Column("vouchers", "count"),
    )


def bridge(
    book: Book, lang: Language, *, through: str | None, against: str = "budget", **ask: Any
) -> Table:
    """The drivers of the variance, which sum to it; under them the quantities of tied lines."""
    frame = projections.bridge(book, through, against=against, **ask)
    kind = projections.PROJECTIONS["bridge"]
    suffix = "" if against == "budget" else f"_{against}"
    last = outcome_span(book, through, ask.get("year")).last
    notes = (
        *asked(book, lang, **ask),
        *beyond(book, lang, last, (against,)),
        label(f"note.bridge{suffix}", lang),
        *_told(book, lang, through=through, against=against, **ask),
        known(book, lang),
    )
    title = _title(book, lang, f"{kind.title}{suffix}", through, ask)
    columns = _columns(against)
    return table_of(frame, kind.amounts, title, total=True, columns=columns, notes=notes)


def _title(book: Book, lang: Language, key: str, through: str | None, ask: dict[str, Any]) -> str:
    last = outcome_span(book, through, ask.get("year")).last
    return label(key, lang, through=last, scale="{scale}")


def _told(book: Book, lang: Language, *, through: str | None, **ask: Any) -> Iterator[str]:
    """Each tied line in a sentence: its quantities and prices, or why it is not parted."""
    rows = projections.bridge_quantities(book, through, **ask).to_dicts()
    if any(row["state"] == "parted" for row in rows):
        yield label("note.bridge_price", lang)
    for row in rows:
        if row["state"] != "parted":
            why = label(f"quantity_state.{row['state']}", lang)
            yield label("note.bridge_unparted", lang, line=row["line"], why=why)
            continue
        counted = f"measured_in.{row['measured_in']}"
        figures = ("quantity", "base_quantity", "unit_price", "base_unit_price")
        words = {
            name: UNKNOWN if row[name] is None else shown(Decimal(row[name]), lang)
            for name in figures
        }
        words["counted"] = label(counted, lang) if has(counted) else row["measured_in"]
        yield label("note.bridge_parted", lang, line=row["line"], **words)


def parted(book: Book, **ask: Any) -> bool:
    """Whether any line is parted in volume and price, where the variance is asked for so."""
    return "parted" in projections.bridge_quantities(book, **ask)["state"]


def quantities(book: Book, lang: Language, *, through: str | None, **ask: Any) -> Table:
    """The quantities that lines are tied to, and what they part."""
    frame = projections.bridge_quantities(book, through, **ask)
    kind = projections.PROJECTIONS["bridge_quantities"]
    columns = (
        *(Column("line"), Column("source", words="family"), Column("measure", words="staffing")),
        *(Column("measured_in", words="measured_in"), Column("quantity", "decimal")),
        *(Column("base_quantity", "decimal"), Column("unit_price", "decimal")),
        *(Column("base_unit_price", "decimal"), Column("volume", "amount", signed=True)),
        *(Column("price", "amount", signed=True), Column("state", words="quantity_state")),
    )
    title = _title(book, lang, kind.title, through, ask)
    notes = (*asked(book, lang, **ask), label("note.bridge_quantities", lang), known(book, lang))
    return table_of(frame, kind.amounts, title, columns=columns, notes=notes)


def entries(book: Book, lang: Language, *, through: str | None, driver: str, **ask: Any) -> Table:
    """The entries behind a driver; behind volume, the quantities."""
    if driver == "volume":
        return quantities(book, lang, through=through, **ask)
    frame = projections.bridge_entries(book, through, driver=driver, **ask)
    kind = projections.PROJECTIONS["bridge_entries"]
    columns = [
        *(Column("driver", words="driver"), Column("detail", words="key"), Column("voucher")),
        *(Column("date"), Column("period"), Column("unit"), Column("account")),
        *(Column("amount", "amount", signed=True, ore=True), Column("position", "number")),
    ]
    title = _title(book, lang, kind.title, through, ask)
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
