"""What a whole run of the analytic controls costs, as a ratio to reading the same rows raw.

    python benchmarks/controls.py [POSTINGS] [STORE]

Makes a store of about so many postings (1,000,000; some minutes), or takes one that is there, and
times in one process: the floor, which is the postings' bytes out of SQLite, read by Polars, and the
names of counterparties and people with one SHA-256 each; then `ledger control run` over everything.
Wanted for a million: about 20 seconds on two processors. CPU time stands beside the clock's, since
other work on the machine shows in the latter alone.
"""

from __future__ import annotations

import hashlib
import io
import os
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import polars as pl

from assurance.controls import Result, run
from ledger.log import Book
from tests.assurance.controls.made import clean, stored

FIELDS = ("counterparty", "registered_by", "authorised_by")


def floor(path: Path) -> int:
    """The rows raw: how many."""
    with closing(sqlite3.connect(path)) as connection:
        states = connection.execute(
            "SELECT state FROM stored_events WHERE topic = 'outcome.posted'"
        ).fetchall()
        frame = pl.read_ndjson(io.BytesIO(b"\n".join(state for (state,) in states)))
        for field in FIELDS:
            rows = connection.execute(
                "SELECT salt, value FROM private_values WHERE field = ?", (field,)
            )
            for salt, value in rows:
                hashlib.sha256(salt + value.encode()).hexdigest()
    return frame.height


def timed(work: Callable[[], Any]) -> tuple[Any, float, float]:
    """What the work gives, its seconds by the clock and of processors."""
    begun, used = time.perf_counter(), time.process_time()
    made = work()
    return made, time.perf_counter() - begun, time.process_time() - used


def main(postings: int, store: str | None) -> None:
    """Make the store, measure, and print a table."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(store) if store else stored(Path(folder), clean(postings))
        count, wall, cpu = timed(lambda: floor(path))
        print(f"{count} postings, {os.cpu_count()} processors")
        print(f"{'floor':24} {wall:8.2f} s {cpu:8.2f} s of processors")
        begun, used, every = time.perf_counter(), time.process_time(), run(Book(path))
        while True:
            found, seconds, processors = timed(lambda: next(every, None))
            if not isinstance(found, Result):
                break
            told = f"{found.tested:8} tested {len(found.findings):6} findings"
            print(f"{found.control:24} {seconds:8.2f} s {processors:8.2f} s {told}")
        whole, busy = time.perf_counter() - begun, time.process_time() - used
        print(f"{'all':24} {whole:8.2f} s {busy:8.2f} s of processors")
        print(
            f"ratio to the floor: {whole / wall:.2f} by the clock, {busy / cpu:.2f} of processors"
        )


if __name__ == "__main__":
    main(
        int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000,
        sys.argv[2] if len(sys.argv) > 2 else None,
    )
