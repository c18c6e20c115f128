"""Cases of what can go wrong, as people meet it: files and a command in, words and exit code out.

A file of ``cases/`` is a group: the steps that make its store (``given``), then its cases::

    kind = "action"                   # what its cases import, unless they say otherwise

    base = ["units.csv"]              # of the files of every store (`BASE`), if not all

    [[given]]                         # a file, written and recorded; or a command alone
    file = "plan.csv"
    text = '''…'''
    run = "import plan.csv --as action"

    [[case]]                          # one thing that goes wrong
    text = '''…'''                    # the file ``action.csv``, recorded by `ledger import`
    told = '''…'''                    # all that is said of it, to the letter
    exit = 3                          # 3 unless it is given

``before`` names commands that come first, ``files`` more files, ``run`` the command; ``encoding`` is
that of the files, ``sheet`` the rows of a workbook; of a command that shows its findings as data
``shown`` is part of what it writes. What a refused command leaves behind is the store as it was,
byte for byte.
"""

from __future__ import annotations

import re
import shlex
import shutil
import tomllib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from typer.testing import CliRunner, Result

from cli.main import app
from tests.intake.workbooks import workbook

CASES = Path(__file__).with_name("cases")
#: Exit codes after which nothing may have been recorded.
REFUSED = (2, 3, 4, 5, 7)
BASE: dict[str, str] = {
    "units.csv": """\
unit;name;parent;level;tree;valid_from
60;Teknik;RN;division;line;2018-01
610;Drift;60;area;line;2018-01
6101;Nät;610;unit;line;2018-01
6102;Server;610;unit;line;2018-01
""",
    "accounts.csv": """\
account;name;type
1930;Bank;asset
3010;Intäkter;income
4010;Löner;cost
5010;Hyra;cost
""",
    "structures.csv": """\
structure;line;parent;account_from;account_to;sign;valid_from
prognos;Intäkter;;3000;3999;1;2018-01
prognos;Personal;;4000;4999;1;2018-01
prognos;Övrigt;;5000;7999;1;2018-01
""",
    "settings.csv": """\
setting;value
structure.result;prognos
structure.forecast;prognos
structure.cost_development;prognos
""",
    "codes.csv": "dimension;code;name\nproduct;0630;covid-19\n",
    "outcome.csv": """\
period;unit;account;amount;date;voucher;row;text
2019-08;6101;4010;-900,00;2019-08-17;A 901;1;Lön
2019-08;6101;1930;900,00;2019-08-17;A 901;2;Lön
2020-07;6101;4010;-1000,50;2020-07-17;A 1001;1;Lön
2020-07;6101;1930;1000,50;2020-07-17;A 1001;2;Lön
2020-08;6102;5010;-300,25;2020-08-20;A 1002;1;Hyra
2020-08;6102;1930;300,25;2020-08-20;A 1002;2;Hyra
""",
}


@dataclass(frozen=True)
class Case:
    """One thing that goes wrong, and what is said of it."""

    group: str
    place: int
    run: str
    told: str
    exit: int
    shown: str = ""
    kind: str | None = None
    before: tuple[str, ...] = ()
    files: dict[str, str] = field(default_factory=dict)
    encoding: str = "utf-8"
    sheet: tuple[tuple[object, ...], ...] = ()

    @property
    def codes(self) -> set[str]:
        """The codes that it reproduces."""
        said = set(re.findall(r"\[([a-z0-9-]+)\]", self.told)) - {"input-refused"}
        return said | set(re.findall(r'"(?:code|finding)": ?"([a-z0-9-]+)"', self.shown))

    def __str__(self) -> str:
        return f"{self.group}-{self.place}-{'-'.join(sorted(self.codes))}"


@cache
def groups() -> dict[str, dict]:
    """The case files, by name."""
    return {path.stem: tomllib.loads(path.read_text("utf-8")) for path in sorted(CASES.iterdir())}


@cache
def cases() -> tuple[Case, ...]:
    """Every case of every group."""
    found = []
    for group, content in groups().items():
        for place, each in enumerate(content["case"], 1):
            kind = each.get("kind", content.get("kind"))
            files = dict(each.get("files", {}))
            if "text" in each:
                files[f"{kind}.csv"] = each["text"]
            name = f"{kind}.xlsx" if "sheet" in each else f"{kind}.csv"
            run = each.get("run", f"import {name} --as {kind}")
            found.append(
                Case(
                    group,
                    place,
                    run,
                    each.get("told", ""),
                    each.get("exit", 3),
                    each.get("shown", ""),
                    kind if "text" in each or "sheet" in each else None,
                    tuple(each.get("before", ())),
                    files,
                    each.get("encoding", "utf-8"),
                    tuple(map(tuple, each.get("sheet", ()))),
                )
            )
    return tuple(found)


def command(line: str) -> Result:
    """``ledger`` with those words, in the current folder."""
    return CliRunner().invoke(app, shlex.split(line), prog_name="ledger")


@cache
def base() -> Path:
    """A folder with a store that has an organisation and three vouchers."""
    folder = Path(mkdtemp())
    for name, text in BASE.items():
        (folder / name).write_text(text, "utf-8")
    return folder


@cache
def store_of(group: str) -> Path:
    """The folder that a group's cases begin in; whoever calls stands in a folder of its own."""
    folder = Path.cwd()
    shutil.copytree(base(), folder, dirs_exist_ok=True)
    done("init --organisation 'Region Nord' --root-unit RN")
    done(f"import {' '.join(groups()[group].get('base', BASE))}")
    for step in groups()[group].get("given", ()):
        if "file" in step:
            (folder / step["file"]).write_text(step["text"], "utf-8")
        done(step["run"])
    kept = Path(mkdtemp())
    shutil.copytree(folder, kept, dirs_exist_ok=True)
    return kept


def done(line: str) -> None:
    """A command that must succeed, be it with findings."""
    result = command(line)
    assert result.exit_code in (0, 1), f"{line}: {result.stderr}"


def run(case: Case, folder: Path) -> Result:
    """The case in a folder of its own, which is the current one."""
    shutil.copytree(store_of(case.group), folder, dirs_exist_ok=True)
    for name, text in case.files.items():
        (folder / name).write_bytes(text.encode(case.encoding))
    if case.sheet:
        (folder / f"{case.kind}.xlsx").write_bytes(workbook(*case.sheet))
    for line in case.before:
        done(line)
    before = log(folder)
    result = command(case.run)
    if result.exit_code in REFUSED:
        assert log(folder) == before, "a refused command recorded something"
    return result


def log(folder: Path) -> bytes:
    """The store's bytes."""
    return (folder / "ledger.db").read_bytes()
