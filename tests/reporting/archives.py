"""Archives in the tests: a small life, its files, and the verifier that knows nothing of ours."""

import hashlib
import json
import re
import subprocess
import sys
from pathlib import Path

from ledger.commands import Source
from ledger.families.governance import ClosePeriods
from ledger.families.outcome_reversal import ReverseVouchers
from tests.projections.builders import Books

Files = dict[str, bytes]


def lived(folder: Path) -> Books:
    """A small life: vouchers, a correction, a row alone, month totals, a key rotated, a closing."""
    books = Books(folder)
    for number, month in enumerate(("2020-01", "2020-02"), 1):
        rows = [(month, "6101", "4010", -100_00 * number), (month, "6101", "1930", 100_00 * number)]
        books.post(*rows, number=str(number), text=f"Lön {number}, åäö")
    first = books.book.postings()["position"][0]
    replaced = {first: {"amount": -90_00}, first + 1: {"amount": 90_00}}
    books.record(ReverseVouchers((first,), "fel", replacements=replaced, kind="correct"))
    books.post(("2020-02", "6201", "5010", -7_50))
    books.totals(("2019-12", "6102", "5010", -10_00))
    books.store.rotate_key("controller", Source("ledger key rotate"))
    books.record(ClosePeriods(("2019-12", "2020-01")))
    return books


def summed(files: Files) -> Files:
    """The files with SHA256SUMS made anew, as a forger would."""
    sums = (
        f"{hashlib.sha256(data).hexdigest()}  {name}\n"
        for name, data in sorted(files.items())
        if name != "SHA256SUMS"
    )
    return files | {"SHA256SUMS": "".join(sums).encode()}


def unpacked(files: Files, folder: Path) -> Path:
    """The files in a folder."""
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return folder


def verify(*arguments: object, script: Path | None = None) -> tuple[int, str]:
    """The stand-alone verifier in a Python that knows nothing of ours: exit code and words."""
    if script is None:
        script = Path(__file__).parents[2] / "reporting" / "documents" / "verify.py"
    done = subprocess.run(
        [sys.executable, "-I", script, *map(str, arguments)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def touched(said: str) -> int | None:
    """The position that the verifier names as the first."""
    found = re.search(r"first position touched: (\d+)", said)
    return int(found[1]) if found else None


def lines_of(files: Files, name: str) -> list[dict]:
    """The objects of a file of JSON lines."""
    return [json.loads(line) for line in files[name].splitlines()]


def with_lines(files: Files, name: str, lines: list[dict]) -> Files:
    """The files with other lines."""
    text = "".join(
        json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n" for line in lines
    )
    return files | {name: text.encode()}
