"""What proving costs, as ratios to hashing the same bytes with SHA-256, in the same run.

    python benchmarks/proof.py [EVENTS]

Makes a store of about so many events (200,000) in batches of 20,000, then takes the medians of
five: the floor is one SHA-256 an event over its stored bytes, already in memory; beside it the
log check (`ledger verify --log-only`: bytes, order, completeness, signatures) and the full
verification with rebuilds (`ledger verify`), both from the file.
"""

from __future__ import annotations

import hashlib
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from assurance.verification import CHECKS
from ledger.proof import verify
from ledger.store import Store
from tests.ledger.builders import new_store, post, wage

RUNS = 5
BATCH = 20_000


def made(folder: Path, events: int) -> Path:
    """A store of about so many events: vouchers of two rows, with texts."""
    store: Store = new_store(folder)
    for first in range(0, events, BATCH):
        vouchers = [
            row
            for n in range(first, min(first + BATCH, events), 2)
            for row in wage(
                str(n), n + 1, f"2020-{n % 8 + 1:02}-17", text=f"Lön nummer {n}", series=f"S{first}"
            )
        ]
        post(store, *vouchers)
    store.close()
    return store.path


def seconds(work: Callable[[], Any]) -> float:
    """The median of some runs."""
    taken = []
    for _ in range(RUNS):
        begun = time.perf_counter()
        work()
        taken.append(time.perf_counter() - begun)
    return statistics.median(taken)


def main(events: int) -> None:
    """Make the store, measure, and print a table."""
    with tempfile.TemporaryDirectory() as folder:
        path = made(Path(folder), events)
        connection = sqlite3.connect(path)
        states = [row[0] for row in connection.execute("SELECT state FROM stored_events")]
        connection.close()
        floor = seconds(lambda: [hashlib.sha256(state).digest() for state in states])
        log = seconds(lambda: verify(path))
        whole = seconds(lambda: verify(path, CHECKS))
        size = len(states)
        print(f"{size} events of {sum(map(len, states)) / size:.0f} bytes, {RUNS} runs")
        for name, taken in (("SHA-256", floor), ("log check", log), ("verify", whole)):
            rate = size / taken / 1e6
            print(f"{name:10} {taken:7.3f} s  {rate:6.2f} M events/s  {taken / floor:5.2f} x")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200_000)
