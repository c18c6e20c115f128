"""What proving costs, as ratios to hashing the same bytes with SHA-256, in the same run.

    python benchmarks/proof.py [EVENTS]

Makes a store of about so many events (200,000) in batches of 20,000, then takes the medians of
nine rounds: the floor is one SHA-256 an event over its stored bytes, already in memory and on one
processor; beside it the log check (`ledger verify --log-only`: bytes, order, completeness,
signatures; wanted: at most 5 times the floor) and the full verification with rebuilds (`ledger
verify`; wanted: at most 12 times), both from the file and on all processors. At last what each part
of the full one costs by itself, in processor time.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import cli.main  # noqa: F401  (which tunes the libraries, as for the command)
from assurance.verification import CHECKS, decoded
from ledger.connection import connect
from ledger.engine import BULK
from ledger.hashing import read_parts
from ledger.log import Book, gathering
from ledger.log_check import check_log
from ledger.proof import FileCheck, verify
from ledger.store import Store
from tests.ledger.builders import new_store, post, wage

ROUNDS = 9
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


def medians(works: Mapping[str, Callable[[], Any]]) -> dict[str, float]:
    """Seconds that each takes: the median of some rounds, in which they take turns, so that what
    else the machine does meanwhile meets all of them."""
    taken: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(ROUNDS):
        for name, work in works.items():
            begun = time.perf_counter()
            work()
            taken[name].append(time.perf_counter() - begun)
    return {name: statistics.median(each) for name, each in taken.items()}


def parts(path: Path) -> dict[str, float]:
    """Processor seconds of each part, done by itself: the least of three."""
    with gathering() as gathered:
        size = check_log(path, (), gathered.take).events
        whole = Book(path, size, gathered)
        list(decoded(whole))

    def columns() -> None:
        with gathering() as anew:
            check_log(path, (), anew.take)
            list(decoded(Book(path, size, anew)))

    def alone() -> None:
        with closing(connect(path)) as connection:
            read_parts(connection, path, BULK, (), lambda _: None)

    works: dict[str, Callable[[], Any]] = {
        "fetch and hash": alone,
        "the same, and columns": columns,
    }
    for check in CHECKS:
        if isinstance(check, FileCheck):
            works[check.begin.__name__] = partial(check.begin, path)
        elif check is not decoded:
            works[check.__name__] = partial(check, whole)
    return {name: min(_processor(work) for _ in range(3)) for name, work in works.items()}


def _processor(work: Callable[[], Any]) -> float:
    begun = time.process_time()
    found = work()
    if isinstance(found, Iterator):
        list(found)
    return time.process_time() - begun


def main(events: int) -> None:
    """Make the store, measure, and print a table."""
    with tempfile.TemporaryDirectory() as folder:
        path = made(Path(folder), events)
        with closing(sqlite3.connect(path)) as connection:
            states = [row[0] for row in connection.execute("SELECT state FROM stored_events")]
        taken = medians(
            {
                "SHA-256": lambda: [hashlib.sha256(state).digest() for state in states],
                "log check": lambda: verify(path),
                "verify": lambda: verify(path, CHECKS),
            }
        )
        size, floor = len(states), taken["SHA-256"]
        mean = sum(map(len, states)) / size
        print(f"{size} events of {mean:.0f} bytes, {ROUNDS} rounds, {os.cpu_count()} processors")
        for name, each in taken.items():
            rate = size / each / 1e6
            print(f"{name:10} {each:7.3f} s  {rate:6.2f} M events/s  {each / floor:5.2f} x")
        print("by part, seconds of processors")
        for name, each in parts(path).items():
            print(f"  {name:22} {each:5.2f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200_000)
