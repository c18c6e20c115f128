"""Killed at any moment, the store opens without repair, verifies, and holds whole batches only.

``make crash`` kills as many times as CRASH says (200); `make test` 10.
"""

import multiprocessing
import os
import random
import shutil
import signal
import time
from pathlib import Path

import pytest

import ledger
import projections
from assurance.verification import CHECKS
from ledger.proof import verify
from tests.ledger.builders import Clock, new_store
from tests.ledger.erasing import files_with
from tests.proof.labour import AFTER, MONTHS, VOUCHERS, labour, work, write_files

TIMES = int(os.environ.get("CRASH", "10"))
SHARE = 10


@pytest.fixture(scope="module")
def plan(tmp_path_factory) -> tuple[Path, float, list[dict]]:
    """A folder where all is ready, how long the whole plan takes, and its figures when done."""
    folder = tmp_path_factory.mktemp("plan")
    new_store(folder, Clock(AFTER)).close()
    write_files(folder)
    done = tmp_path_factory.mktemp("done")
    shutil.copytree(folder, done, dirs_exist_ok=True)
    begun = time.monotonic()
    for _ in work(done):
        pass
    return folder, time.monotonic() - begun, figures(done)


def figures(folder: Path) -> list[dict]:
    """Every account's balance by month."""
    book = ledger.open(folder / "ledger.db")
    return projections.balance(book, MONTHS[-1], by="account,month").to_dicts()


@pytest.mark.parametrize("share", range(SHARE))
def test_killed_at_random_moments(plan, tmp_path, share) -> None:
    ready, lasts, whole = plan
    context = multiprocessing.get_context("spawn")
    for number in range(share, TIMES, SHARE):
        folder = tmp_path / str(number)
        shutil.copytree(ready, folder)
        begun = context.Event()
        process = context.Process(target=labour, args=(folder, begun))
        process.start()
        assert begun.wait(60)
        time.sleep(random.Random(number).uniform(0, lasts))
        assert process.pid is not None
        os.kill(process.pid, signal.SIGKILL)
        process.join()
        book = ledger.open(folder / "ledger.db")
        assert verify(book, CHECKS).findings == []
        assert book.boundaries[-1][0] == book.size, "half a batch"
        assert book.postings().height % (2 * VOUCHERS) == 0, "half a file"
        for _ in work(folder, Clock(book.boundaries[-1][1])):
            pass
        assert figures(folder) == whole, "the same imports complete it"
        assert {name for name in files_with(folder, "Resa Namn") if "ledger" in name} == set()
        shutil.rmtree(folder)
