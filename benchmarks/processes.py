"""Whole processes of the command, timed: what every benchmark of commands shares."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from pathlib import Path
from statistics import median
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
LEDGER = [sys.executable, "-m", "cli.main"]


class Taken(NamedTuple):
    """Seconds of the counted runs: the wall's, sorted, and the median of the processor's."""

    wall: list[float]
    processor: float

    @property
    def figures(self) -> str:
        """Least, median and most of the wall's, and the processor's, under `HEAD`."""
        wall = (self.wall[0], median(self.wall), self.wall[-1])
        return "".join(f"{each:>8.2f}" for each in wall) + f"{self.processor:>11.2f}"


HEAD = f"{'min':>8}{'median':>8}{'max':>8}{'processor':>11}"


def timed(command: list[str], runs: int) -> Taken:
    """The command run so often, and once before that is not counted.

    Python's bytecode is kept, as an installed program has it; without it (a variable
    PYTHONDONTWRITEBYTECODE) each process would compile all that it imports anew.
    """
    env = os.environ | {"PYTHONDONTWRITEBYTECODE": ""}
    wall, processor = [], []
    for turn in range(runs + 1):
        before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        subprocess.run(command, cwd=ROOT, check=True, capture_output=True, env=env)
        passed, after = time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_CHILDREN)
        if turn:
            wall.append(passed)
            processor.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return Taken(sorted(wall), median(processor))


def ledger(*arguments: str) -> None:
    """Run the command once; end with what it printed where it fails."""
    done = subprocess.run([*LEDGER, *arguments], cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(arguments)}: {done.stdout}{done.stderr}")
