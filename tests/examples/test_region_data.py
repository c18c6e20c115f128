"""The region's example is small and plain, its maker makes the same bytes again, and its internal
pairs meet but for the one that the story needs.

Everything is computed here again from the CSV files in whole öre.
"""

import csv
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

from tests.examples.example_tables import files, ore

REGION = Path(__file__).resolve().parents[2] / "examples" / "region"
#: Written by hand: what the report says beside the books.
BY_HAND = {
    "statistics-2020-10.csv",
    "assignments-2020-10.csv",
    "risks-2020-T2.csv",
    "variances-2020-T2.csv",
}


def outcome(through: str) -> list[dict[str, str]]:
    """The rows of 2020 to a month, what came late included."""
    rows = []
    for path in sorted((REGION / "2020").glob("*.csv")):
        if path.stem[8:15] <= through:
            with path.open(encoding="utf-8", newline="") as file:
                rows += list(csv.DictReader(file))
    return rows


def test_the_files_are_small_and_plain():
    """Under 3 MB, UTF-8 without BOM, LF."""
    held = files(REGION)
    assert len(held) == 37
    assert sum(map(len, held.values())) < 3_000_000
    for name, content in held.items():
        assert not content.startswith(b"\xef\xbb\xbf"), name
        assert b"\r" not in content, name
        assert content.endswith(b"\n"), name


def test_the_script_makes_the_same_bytes(tmp_path):
    """Anyone can make the data again."""
    command = [sys.executable, "-B", str(REGION / "make.py"), str(tmp_path)]
    subprocess.run(command, check=True, timeout=60)
    held = {name: content for name, content in files(REGION).items() if name not in BY_HAND}
    assert files(tmp_path) == held


def test_every_voucher_sums_to_zero():
    """Both sides of an internal voucher, and the bank of all others."""
    sums: dict[str, int] = defaultdict(int)
    for row in outcome("2020-09"):
        sums[row["voucher"]] += ore(row["amount"])
    assert len(sums) == 9 * (30 + 5) + 6
    assert set(sums.values()) == {0}


def test_internal_pairs_meet_but_for_one():
    """Service has booked 184 000 kr against Folktandvård in September, made."""
    sums: dict[frozenset[str], int] = defaultdict(int)
    for row in outcome("2020-09"):
        if row["counterparty_unit"]:
            sums[frozenset((row["unit"], row["counterparty_unit"]))] += ore(row["amount"])
    assert len(sums) > 50
    assert {pair: total for pair, total in sums.items() if total} == {
        frozenset(("5010", "4010")): 18_400_000
    }
