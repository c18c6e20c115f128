"""The SQLite file: the record's tables, equal when made twice, and never over another's."""

import sqlite3
from contextlib import closing

import pytest

from ledger import proof
from ledger.errors import StoreExists, StoreMissing
from projections import export_sqlite, result

AMOUNT_VIEW = "SELECT outcome, forecast FROM result_by_area_kronor WHERE unit = '610'"


@pytest.fixture
def filled(books):
    """Some of everything."""
    books.post(("2020-01", "6101", "4010", -10_05, {"text": "Semesterlön i augusti"}))
    books.post(("2020-01", "60", "4010", -1), ("2019-01", "6101", "5010", -2_00))
    books.budget(("2020-01", "6101", "4010", -15_00))
    books.round("R", "2020-01", [("6101", "Personal", -90_00)])
    return books


def ask(path, query):
    """All rows of a query."""
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(query).fetchall()


def test_the_tables_hold_what_the_projections_say(filled, tmp_path):
    """Events, postings, results, texts and what it was made from."""
    book, path = filled.book, tmp_path / "out.db"
    export_sqlite(book, path)
    assert ask(path, "SELECT COUNT(*), MAX(position) FROM events") == [(book.size, book.size - 1)]
    assert ask(path, "SELECT SUM(amount) FROM postings") == [(-12_06,)]
    assert ask(path, "SELECT * FROM result_by_area") == result(book).rows()
    assert ask(path, AMOUNT_VIEW) == [("-10.05", "-100.05")]
    assert ask(path, "SELECT outcome FROM result_by_area_kronor WHERE unit = '60'") == [("-0.01",)]
    about = ask(path, "SELECT organisation, known_at, through, size, root FROM about")
    root = proof.root(book.path, book.size)
    assert about == [("Region Nord", book.recorded_at, "2020-01", book.size, root)]
    assert ask(path, "PRAGMA foreign_key_check") == []


@pytest.mark.parametrize("word", ["semesterlön", "SEMESTERLON", "augusti"])
def test_texts_are_found_by_word(filled, tmp_path, word):
    """Without regard to case or to the dots over a letter."""
    export_sqlite(filled.book, tmp_path / "out.db")
    query = (
        "SELECT field, value FROM texts WHERE rowid IN "
        f"(SELECT rowid FROM texts_fts WHERE texts_fts MATCH '{word}')"
    )
    assert ask(tmp_path / "out.db", query) == [("text", "Semesterlön i augusti")]


def test_every_column_is_described(filled, tmp_path):
    """Amounts with unit and sign; each table as a whole too."""
    path = tmp_path / "out.db"
    export_sqlite(filled.book, path)
    tables = ask(path, "SELECT name FROM sqlite_master WHERE type = 'table'")
    for (table,) in tables:
        if table.startswith("texts_fts") or table == "descriptions":
            continue
        columns = {row[1] for row in ask(path, f"PRAGMA table_info('{table}')")}
        query = f"SELECT column, unit, sign FROM descriptions WHERE \"table\" = '{table}'"
        described = {name: (unit, sign) for name, unit, sign in ask(path, query)}
        assert columns == set(described) - {None}
    query = "SELECT unit, sign FROM descriptions WHERE column = 'debit' GROUP BY 1, 2"
    assert ask(path, query) == [("öre", "debit positive")]


def test_made_twice_it_is_the_same_to_the_byte(filled, tmp_path):
    """Also when the log has grown and the file is made of what was known then."""
    book = filled.book
    export_sqlite(book, tmp_path / "one.db")
    filled.post(("2020-01", "6101", "4010", -77_00))
    export_sqlite(filled.book.at(f"@{book.size}"), tmp_path / "two.db")
    one, two = ((tmp_path / name).read_bytes() for name in ("one.db", "two.db"))
    assert one == two
    export_sqlite(filled.book, tmp_path / "three.db")
    assert (tmp_path / "three.db").read_bytes() != one


def test_an_empty_record_makes_empty_tables(books, tmp_path):
    """Units and accounts are there, results are not."""
    export_sqlite(books.book, tmp_path / "out.db")
    assert ask(tmp_path / "out.db", "SELECT COUNT(*) FROM result_by_area") == [(0,)]
    assert ask(tmp_path / "out.db", "SELECT through FROM about") == [(None,)]


def test_nothing_is_written_over(filled, tmp_path):
    """A file in the way stays as it was; a missing folder is said; nothing is left behind."""
    taken = tmp_path / "mine.db"
    taken.write_text("mine")
    with pytest.raises(StoreExists):
        export_sqlite(filled.book, taken)
    assert taken.read_text() == "mine"
    with pytest.raises(StoreMissing):
        export_sqlite(filled.book, tmp_path / "no" / "out.db")
    assert not list(tmp_path.glob(".export-*"))


def test_kronor_of_the_least_number(filled, tmp_path):
    """−2⁶³ + 1 öre, the least that is taken, has an exact text."""
    filled.post(("2018-01", "6101", "2990", -(2**63) + 1))
    export_sqlite(filled.book.at("@" + str(filled.book.size)), tmp_path / "out.db")
    query = "SELECT amount FROM postings_kronor WHERE period = '2018-01'"
    assert ask(tmp_path / "out.db", query) == [("-92233720368547758.07",)]
