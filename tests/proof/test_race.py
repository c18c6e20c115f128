"""Two long-lived processes race to close a month and to post into it: never both.

``make race`` runs as many turns as RACE says (500); `make test` 25.
"""

import multiprocessing
import os
import time
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
#: Seconds by which the one or the other is held back, from turn to turn: from a photo finish to
#: more than either needs before it asks for the lock.
DELAYS = (0, 0.001, 0.003, 0.01, 0.1)


def months() -> list[str]:
    """A month a turn."""
    return [shift(FIRST, turn) for turn in range(TURNS)]


def _held_back(turn: int, one: int) -> float:
    """Now the closing one (0) waits, now the posting one (1)."""
    return DELAYS[turn // 2 % len(DELAYS)] if turn % 2 == one else 0


def _close(path: Path, barrier: Barrier) -> None:
    store = Store(path)
    for turn, month in enumerate(months()):
        barrier.wait()
        time.sleep(_held_back(turn, 0))
        store.record(ClosePeriods((month,)), ACTOR, Source("ledger close"))
    store.close()


def _post(path: Path, barrier: Barrier) -> None:
    store = Store(path)
    for turn, month in enumerate(months()):
        barrier.wait()
        time.sleep(_held_back(turn, 1))
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
    assert 0 < len(posted) < TURNS, "one of them always came first: no race"
