"""Printed corrections: the original, its reversal and the new rows side by side, with who, when,
why, batch and position."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import polars as pl

import projections
from reporting.catalogue import Language, label
from reporting.tables import Column, Table, table_from, table_of
from reporting.times import in_zone

if TYPE_CHECKING:
    from ledger.log import Book

#: Columns of the code string that stand in a printed correction where any of its rows has one.
_IF_ANY = ("project", "product", "activity", "counterparty_unit", "dimensions", "text")

#: The three parts, side by side: position and amount of each.
_SIDES = (
    Column("position", "number"),
    Column("amount", "amount", word="column.original_amount", ore=True),
    Column("reversal_position", "number", word="column.position"),
    Column("reversal", "amount", ore=True),
    Column("new_position", "number", word="column.position"),
    Column("new", "amount", ore=True),
)

_LISTED = (
    Column("original", "number"),
    Column("series"),
    Column("number"),
    Column("date"),
    Column("period"),
    Column("reversed_at"),
    Column("reversed_by"),
    Column("reversal_period"),
    Column("reason"),
    Column("new", "number", word="column.new_position"),
    Column("effect", "amount", signed=True, ore=True),
    Column("reversal_batch"),
)


def listed(book: Book, lang: Language, through: str | None = None, *, people: bool) -> Table:
    """All corrections, a row each; for people without what is seldom asked for."""
    frame = projections.corrections(book, through)
    title = label("title.corrections", lang)
    if not people:
        return table_of(frame, projections.PROJECTIONS["corrections"].amounts, title)
    frame = in_zone(frame, book, "reversed_at")
    return table_from(frame.to_dicts(), _LISTED, title, (label("note.corrections", lang),))


def printed(
    book: Book, lang: Language, batch: str | None = None, originals: Iterable[int] = ()
) -> list[Table]:
    """A table for each correction that a batch made, or each of the originals."""
    found = projections.corrections(book)
    wanted = pl.col("original").is_in(list(originals))
    if batch is not None:
        wanted = (pl.col("reversal_batch") == batch) | (pl.col("new_batch") == batch)
    found = found.filter(wanted.fill_null(False))
    found = in_zone(found, book, "recorded_at", "reversed_at", "new_at")
    rows = projections.correction_rows(book, originals=found["original"].to_list())
    return [
        _one(book, lang, told, rows.filter(pl.col("original") == told["original"]))
        for told in found.to_dicts()
    ]


def _one(book: Book, lang: Language, told: dict[str, Any], rows: pl.DataFrame) -> Table:
    accounts = book.organisation.accounts
    names = {code: each.name for code, each in accounts.items()}
    rows = rows.with_columns(
        pl.col("account").replace_strict(names, default=None, return_dtype=pl.String).alias("name")
    )
    more = [Column(name) for name in _IF_ANY if rows[name].null_count() < rows.height]
    columns = (Column("account"), Column("name"), Column("unit"), *more, *_SIDES)
    sums = {c.key: sum(rows[c.key].drop_nulls()) for c in _SIDES if c.kind == "amount"}
    if told["new"] is None:
        del sums["new"]
    voucher = " ".join(part for part in (told["series"], told["number"]) if part)
    key = "title.correction" if told["new"] is not None else "title.reversal"
    voucher = voucher or label("message.no_number", lang)
    title = label(key, lang, voucher=voucher, date=told["date"])
    table = table_from([*rows.to_dicts(), sums], columns, title, _notes(lang, told))
    return Table(table.title, table.columns, table.rows, total=True, notes=table.notes)


def _notes(lang: Language, told: dict[str, Any]) -> Sequence[str]:
    """Who, when, where and why, of each of the three parts."""
    said = [
        label(
            "note.correction_original",
            lang,
            position=told["original"],
            time=told["recorded_at"],
            actor=told["actor"],
            period=told["period"],
            batch=told["batch"],
        ),
        label(
            "note.correction_reversal",
            lang,
            position=told["reversal"],
            time=told["reversed_at"],
            actor=told["reversed_by"],
            period=told["reversal_period"],
            batch=told["reversal_batch"],
            reason=told["reason"] or "–",
        ),
    ]
    if told["new"] is not None:
        said.append(
            label(
                "note.correction_new",
                lang,
                position=told["new"],
                time=told["new_at"],
                actor=told["new_by"],
                period=told["new_period"],
                batch=told["new_batch"],
            )
        )
    return said


def rows_of(book: Book, lang: Language, originals: Iterable[int]) -> Table:
    """Corrections as data: the rows side by side, each with who, when and why."""
    told = projections.corrections(book).drop("effect", "period").rename({"new": "new_voucher"})
    told = told.rename({"reversal": "reversal_voucher"})
    rows = projections.correction_rows(book, originals=originals)
    frame = rows.join(told, on="original", how="left", maintain_order="left")
    amounts = projections.PROJECTIONS["correction_rows"].amounts
    return table_of(frame, amounts, label("title.corrections", lang))


def reversed_batch(book: Book, lang: Language, batch: str, what: str) -> Table:
    """What a batch reversed of another one, by account."""
    reversals = book.events("outcome.reversed").filter(pl.col("stream") == batch)
    names = {code: each.name for code, each in book.organisation.accounts.items()}
    rows = [
        {"account": code, "name": names.get(code), "count": count, "amount": amount}
        for code, count, amount in reversals.group_by("account")
        .agg(pl.len(), pl.col("amount").cast(pl.Int128).sum())
        .sort("account")
        .iter_rows()
    ]
    total = {"count": reversals.height, "amount": sum(int(row["amount"]) for row in rows)}
    columns = (
        Column("account"),
        Column("name"),
        Column("count", "count"),
        Column("amount", "amount", ore=True, word="column.reversal"),
    )
    told = projections.corrections(book).filter(pl.col("reversal_batch") == batch)
    told = in_zone(told, book, "reversed_at")
    first = told.to_dicts()[0]
    posted = book.events("outcome.posted").filter(pl.col("stream") == what)
    before = posted["voucher"].n_unique() - told.height
    notes = [
        label(
            "note.reversed_batch",
            lang,
            time=first["reversed_at"],
            actor=first["reversed_by"],
            batch=batch,
            reason=first["reason"] or "–",
        )
    ]
    if before:
        notes.append(label("note.reversed_before", lang, count=before))
    title = label("title.reversed_batch", lang, batch=what, count=told.height)
    table = table_from([*rows, total], columns, title, notes)
    return Table(table.title, table.columns, table.rows, total=True, notes=table.notes)
