"""Two long-lived processes race to close a month and to post into it: never both.

``make race`` runs as many turns as RACE says (500); `make test` 25.
"""

import multiprocessing
import os
from multiprocessing.synchronize import Barrier
from pathlib import Path

import ledger
from ledger.commands import Source
from ledger.errors import InputRefused
from ledger.families.governance import ClosePeriods
from ledger.periods import shift
from ledger.proof import verify
from ledger.store import Store
from tests.ledger.builders import ACTOR, new_store, post, wage

TURNS = int(os.environ.get("RACE", "25"))
FIRST = "1975-01"


def months() -> list[str]:
    """A month a turn."""
    return [shift(FIRST, turn) for turn in range(TURNS)]


def _close(path: Path, barrier: Barrier) -> None:
    store = Store(path)
    for month in months():
        barrier.wait()
        store.record(ClosePeriods((month,)), ACTOR, Source("ledger close"))
    store.close()


def _post(path: Path, barrier: Barrier) -> None:
    store = Store(path)
    for month in months():
        barrier.wait()
        try:
            post(store, *wage(month, 1_00, date=f"{month}-17"))
        except InputRefused as refused:
            assert [p.code for p in refused.problems] == ["period-closed"]  # noqa: PT017
    store.close()


def test_closing_and_posting_race_and_never_both_win(tmp_path) -> None:
    new_store(tmp_path).close()
    path, context = tmp_path / "ledger.db", multiprocessing.get_context("spawn")
    barrier = context.Barrier(2, timeout=60)
    pair = [context.Process(target=f, args=(path, barrier)) for f in (_close, _post)]
    for process in pair:
        process.start()
    for process in pair:
        process.join()
    assert [process.exitcode for process in pair] == [0, 0]
    book = ledger.open(path)
    closed = {
        e["period"]: e["position"] for e in book.events("governance.period_closed").to_dicts()
    }
    posted = {e["period"]: e["position"] for e in book.events("outcome.posted").to_dicts()}
    assert sorted(closed) == months()
    assert [month for month, at in posted.items() if at > closed[month]] == []
    assert book.postings()["amount"].sum() == 0
    assert verify(book).findings == []
    assert posted, "the one who posts never came first: no race"
