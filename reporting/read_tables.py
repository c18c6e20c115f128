"""The read model's tables as tables of ours: for CSV, with amounts in kronor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from projections.read_tables import TABLES
from projections.read_tables import Table as ReadTable
from reporting.tables import Column, Kind, Table, table_from

if TYPE_CHECKING:
    from ledger.log import Book


def named(name: str) -> ReadTable:
    """The table of that name."""
    return next(table for table in TABLES if table.name == name)


def as_table(table: ReadTable, book: Book) -> Table:
    """The table's rows, amounts as such, other whole numbers as they are written."""

    def kind(name: str, of: type) -> Kind:
        if name in table.amounts:
            return "amount"
        return "number" if of is int else "text"

    columns = [Column(name, kind(name, of)) for name, of in table.columns.items()]
    return table_from(table.rows(book), columns, "")
