"""The README's commands run as they stand there: in the demo's folder, and in an empty one."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

FILES = {
    "units.csv": "unit,name,parent,level,tree,valid_from\n10,Drift,RN,area,line,2020-01\n",
    "accounts.csv": "account,name,type\n1930,Bank,asset\n4010,Löner,cost\n",
    "structures.csv": "structure,line,parent,account_from,account_to,sign,valid_from\n"
    "prognos,Kostnader,,4000,8999,1,2020-01\n",
    "budget.csv": "year,unit,account,amount,phasing\n2020,10,4010,-1200.00,even\n",
    "august.se": '#FLAGGA 0\n#SIETYP 4\n#FNAMN "Region Nord"\n#RAR 0 20200101 20201231\n'
    '#KONTO 1930 "Bank"\n#KONTO 4010 "Loner"\n#DIM 1 "Enhet"\n#OBJEKT 1 "10" "Drift"\n'
    "#UB 0 1930 -100.00\n#RES 0 4010 100.00\n"
    '#VER A 1 20200817 "Loner"\n{\n#TRANS 4010 {1 "10"} 100.00\n#TRANS 1930 {} -100.00\n}\n',
}


def commands(block: int) -> list[str]:
    """The ``ledger`` lines of one of the README's blocks, without what they explain."""
    blocks = re.findall(r"```\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.S)
    told = [b for b in blocks if b.startswith("ledger ")][block]
    return [re.split(r" {2,}", line)[0] for line in told.splitlines() if line.strip()]


def run(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """One line of the README in a folder."""
    words = shlex.split(command)
    assert words[0] == "ledger"
    return subprocess.run(
        [sys.executable, "-m", "cli.main", *words[1:]],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


def test_the_demo_s_commands(tmp_path) -> None:
    assert run("ledger demo demo", tmp_path).returncode == 0
    lines = commands(0)
    assert len(lines) == 18
    for line in lines:
        done = run(line, tmp_path / "demo")
        assert done.returncode == 0, (line, done.stderr)
    made = {path.name for path in (tmp_path / "demo").iterdir()}
    reports = {f"interim-60-2020-08.{form}" for form in ("html", "docx", "xlsx")}
    assert made == {"ledger.db", "ledger.key", "result.csv", "read.db", *reports}
    for line in commands(1):
        done = run(line, tmp_path / "demo")
        assert done.returncode == 0, (line, done.stderr)
        assert done.stdout or " -o " in line, line
    assert (tmp_path / "demo" / "archive.zip").stat().st_size > 100_000


def test_an_organisation_of_one_s_own(tmp_path) -> None:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, "cp437" if name.endswith(".se") else "utf-8")
    said: dict[str, list[str]] = {}
    for line in commands(2):
        done = run(line, tmp_path)
        assert done.returncode == 0, (line, done.stdout, done.stderr)
        said.setdefault(line, []).append(done.stdout)
    imports = said["ledger import august.se"]
    assert imports[0].splitlines()[-1].startswith("recorded ")
    assert imports[1].splitlines()[-1].startswith("recorded 0, already known ")


def test_every_file_that_the_readme_names_is_there() -> None:
    named = re.findall(r"\]\(([^)]+)\)", (ROOT / "README.md").read_text("utf-8"))
    assert len(named) > 5
    for name in named:
        assert (ROOT / name).exists(), name


@pytest.mark.parametrize("words", [["--help"], ["result", "--help"], ["forecast", "--help"]])
def test_help_is_there(words, tmp_path) -> None:
    done = run(shlex.join(["ledger", *words]), tmp_path)
    assert done.returncode == 0
    assert "Användning: ledger" in done.stdout
