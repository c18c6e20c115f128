"""The read model: the record and its tables as one SQLite file, for other tools to query."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ledger import proof
from ledger.copies import place
from ledger.engine import named_errors
from ledger.errors import NothingKnown, StoreExists, StoreMissing
from ledger.log import Book
from projections.read_tables import MEANING, TABLES, Row, Table

if TYPE_CHECKING:
    from sqlite_utils import Database

__all__ = ["export_sqlite", "program_version"]

_ABOUT: dict[str, type] = {
    "organisation": str,
    "known_at": str,
    "through": str,
    "size": int,
    "root": str,
    "program_version": str,
}
_DESCRIPTIONS: dict[str, type] = {
    "table": str,
    "column": str,
    "unit": str,
    "sign": str,
    "text": str,
}


def export_sqlite(book: Book, path: str | Path) -> None:
    """Write the book's events and tables to a new SQLite file at ``path``.

    Tables: ``events``, ``accounts``, ``units``, ``codes``, ``structures``, ``postings``,
    ``budget``, ``result_by_area``, ``result_by_unit``, ``result_by_line`` (each also ``…_month``),
    ``cost_development``, ``cost_development_month``, ``balance``, ``balance_month``, ``texts``
    (with the full-text index ``texts_fts``), ``about`` (known-at, size, root hash, program
    version) and ``descriptions`` (what each column means, its unit and sign). Amounts are integer
    öre; a view ``NAME_kronor`` of each table that has any shows them as text in kronor.

    The same book gives the same bytes with the same libraries. The file appears whole or not at
    all. Raises `StoreExists` if something stands at ``path``, `StoreMissing` if its folder is not
    there, and the named store errors of a full or read-only disk.
    """
    path = Path(path)
    if path.exists():
        raise StoreExists(f"{path} exists already.", "Choose another path, or move it away.")
    if not path.parent.is_dir():
        raise StoreMissing(f"There is no folder {path.parent}.", "Make it first.")
    with named_errors(), tempfile.TemporaryDirectory(dir=path.parent, prefix=".export-") as folder:
        made = Path(folder) / "read-model.db"
        _write(book, made)
        place(made, path)


def _write(book: Book, path: Path) -> None:
    """All tables, in one order, then packed: equal content gives equal pages."""
    import sqlite_utils

    database = sqlite_utils.Database(path)
    database.execute("PRAGMA synchronous=OFF")  # nobody sees the file before it is whole
    try:
        for table in TABLES:
            _table(database, table, book)
        _described(database, book)
        database["texts"].enable_fts(["value"], tokenize="unicode61 remove_diacritics 2")  # type: ignore[union-attr]
        database.vacuum()
    finally:
        database.close()


def _table(database: Database, table: Table, book: Book) -> None:
    made = database.table(table.name)
    made.create(dict(table.columns), pk=table.key, foreign_keys=list(table.refers))
    _insert(database, table.name, list(table.columns), table.rows(book))
    for columns in table.indexes:
        made.create_index(list(columns))
    if table.amounts:
        shown = ", ".join(
            _kronor(name) if name in table.amounts else f'"{name}"' for name in table.columns
        )
        database.create_view(f"{table.name}_kronor", f'SELECT {shown} FROM "{table.name}"')


def _insert(database: Database, table: str, columns: list[str], rows: Iterable[Row]) -> None:
    """All rows in one statement; the library's own way takes a hundred a transaction."""
    names = ", ".join(f'"{name}"' for name in columns)
    marks = ", ".join("?" * len(columns))
    with database.conn:
        database.conn.executemany(
            f'INSERT INTO "{table}" ({names}) VALUES ({marks})',
            (tuple(row[name] for name in columns) for row in rows),
        )


def _kronor(column: str) -> str:
    """SQL for öre as text in kronor with two decimals, exact for every 64-bit number."""
    return (
        f"CASE WHEN \"{column}\" IS NOT NULL THEN printf('%s%d.%02d', "
        f"CASE WHEN \"{column}\" < 0 THEN '-' ELSE '' END, "
        f'abs("{column}" / 100), abs("{column}" % 100)) END AS "{column}"'
    )


def _described(database: Database, book: Book) -> None:
    """``about`` and ``descriptions``: what the file is, and what its columns mean."""
    founded = book.organisation.founded
    try:
        through = book.period().last
    except NothingKnown:  # nothing booked yet
        through = None
    database.table("about").create(_ABOUT)
    _insert(
        database,
        "about",
        list(_ABOUT),
        [
            {
                "organisation": founded.name if founded else None,
                "known_at": book.recorded_at,
                "through": through,
                "size": book.size,
                "root": proof.root(book.path, book.size),
                "program_version": program_version(),
            }
        ],
    )
    database.table("descriptions").create(_DESCRIPTIONS)
    described = [row for table in TABLES for row in _descriptions_of(table)]
    described += [_description("about", name, "") for name in _ABOUT]
    _insert(database, "descriptions", list(_DESCRIPTIONS), described)


def _descriptions_of(table: Table) -> list[dict[str, Any]]:
    whole = {"table": table.name, "column": None, "unit": None, "sign": None, "text": table.text}
    return [
        whole,
        *(
            _description(table.name, name, table.sign if name in table.amounts else "")
            for name in table.columns
        ),
    ]


def _description(table: str, column: str, sign: str) -> dict[str, Any]:
    unit, text = MEANING[column]
    return {
        "table": table,
        "column": column,
        "unit": unit or None,
        "sign": sign or None,
        "text": text,
    }


def program_version() -> str:
    """The installed version; ``source`` where the program runs uninstalled."""
    try:
        return version("utfall")
    except PackageNotFoundError:
        return "source"
