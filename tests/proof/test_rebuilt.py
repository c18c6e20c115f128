"""What `verify` makes twice it makes twice: a table that is not the same again is told."""

import itertools

import polars as pl
import pytest

from assurance.verification import CHECKS
from ledger.log import Book
from ledger.proof import verify
from projections.registry import PROJECTIONS, Projection, exposed
from tests.ledger.builders import new_store, post, wage

_calls = itertools.count()


def unsteady(book: Book) -> pl.DataFrame:
    """A table that counts how often it was asked for."""
    return pl.DataFrame({"n": [next(_calls)]})


@pytest.fixture
def store(tmp_path):
    """A small store; the projections as they are."""
    exposed()
    store = new_store(tmp_path)
    post(store, *wage("1", 100_00, text="lön"))
    yield store
    store.close()


def test_a_table_that_differs_when_made_again_is_told(store, monkeypatch) -> None:
    assert verify(store.path, CHECKS).findings == []
    path = f"{__name__}:unsteady"
    monkeypatch.setitem(PROJECTIONS, "unsteady", Projection("unsteady", path, (), (), "title.x"))
    found = [(f.code, f.text, f.tampering) for f in verify(store.path, CHECKS).findings]
    assert found == [("rebuilt-differs", "unsteady made twice gives two results", False)]


def test_the_second_book_shares_columns_and_nothing_computed(store) -> None:
    book = store.book()
    posted, computed, state = book.events("outcome.posted"), book.postings(), book.state
    again = book.anew()
    assert again.events("outcome.posted") is posted
    assert again.postings() is not computed
    assert again.postings().equals(computed)
    assert again.state is not state
    assert again.size == book.size


def test_what_ends_one_check_ends_no_other(store) -> None:
    def broken(book: Book):
        raise TypeError("no number")

    def second(book: Book):
        assert book.events("outcome.posted").height == 2
        return []

    found = verify(store.path, (broken, second, *CHECKS)).findings
    assert [(f.code, f.tampering) for f in found] == [("store-unreadable", True)]
