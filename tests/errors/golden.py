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

``before`` names commands that come first, ``files`` more files, ``run`` the command; ``encoding``
is that of the files, ``sheet`` the rows of a workbook, ``sql`` what somebody does to the store with
the database's own client, who drops its guards first, and with ``reseal`` seals the log anew with
its very key. ``shown`` is part of what the command writes.
What a refused command leaves behind is the store as it was, byte for byte.
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
from unittest.mock import patch

from typer.testing import CliRunner, Result

from cli.main import app
from ledger.notes import SigningKey
from tests.intake.workbooks import workbook
from tests.proof.alterations import open_wide, seal_anew

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
    sql: str = ""
    reseal: bool = False

    @property
    def codes(self) -> set[str]:
        """The codes that it reproduces."""
        said = set(re.findall(r"\[([a-z0-9-]+)\]", self.told + self.shown))
        shown = set(re.findall(r'"(?:code|finding)": ?"([a-z-]+)"', self.shown))
        return said | shown

    def __str__(self) -> str:
        codes = sorted(self.codes - {"input-refused"})
        return f"{self.group}-{self.place}-{'-'.join(codes)}"


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
                    each.get("sql", ""),
                    each.get("reseal", False),
                )
            )
    return tuple(found)


def command(line: str) -> Result:
    """``ledger`` with those words, in the current folder; ``as eva: …`` from another account of the
    machine."""
    before, colon, rest = line.partition(": ")
    account, words = (before[3:], rest) if before.startswith("as ") and colon else ("anna", line)
    with patch("ledger.store.system_user", lambda: account):
        return CliRunner().invoke(app, shlex.split(words), prog_name="ledger")


#: A list of what there is that grows with the product: its first three are enough.
_LONG = re.compile(r"((?:\w[\w-]*, ){3})(?:\w[\w-]*, ){6,}\w[\w-]*(?: \w+)*")


def said(text: str) -> str:
    """What was said, without what differs from day to day, from store to store and from version to
    version."""
    text = re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+(Z|\+00:00)", "TIME", text)
    text = re.sub(r"\+[0-9a-f]{8}\+[A-Za-z0-9+/=]{44}", "+KEY", text)
    text = re.sub(r"batch:[0-9a-f]{32}", "batch:BATCH", text)
    text = re.sub(r"\b[0-9a-f]{64}\b", "SHA", text)
    return _LONG.sub(r"\1…", text)


@cache
def base() -> Path:
    """A folder with a store that has an organisation and three vouchers."""
    folder = Path(mkdtemp())
    for name, text in BASE.items():
        (folder / name).write_text(text, "utf-8")
    return folder


def begin(group: str, folder: Path) -> None:
    """A folder, which is the current one, as a group's cases begin in it."""
    shutil.copytree(_begun(group), folder, dirs_exist_ok=True)


@cache
def _begun(group: str) -> Path:
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
    """A command that must succeed, be it with findings; ``remove FILE`` and ``chmod FILE``, which
    lets everybody read it, are done without it."""
    word, _, name = line.partition(" ")
    if word == "remove":
        Path(name).unlink()
        return
    if word == "chmod":
        Path(name).chmod(0o644)
        return
    result = command(line)
    assert result.exit_code in (0, 1), f"{line}: {result.stderr}"


def run(case: Case, folder: Path) -> Result:
    """The case in a folder of its own, which is the current one."""
    begin(case.group, folder)
    for name, text in case.files.items():
        (folder / name).write_bytes(text.encode(case.encoding))
    if case.sheet:
        (folder / f"{case.kind}.xlsx").write_bytes(workbook(*case.sheet))
    for line in case.before:
        done(line)
    if case.sql:
        connection = open_wide(folder / "ledger.db")
        connection.executescript(case.sql)
        if case.reseal:
            seal_anew(connection, SigningKey.read(folder / "ledger.key"), 0)
        connection.close()
    before = log(folder)
    result = command(case.run)
    if result.exit_code in REFUSED:
        assert log(folder) == before, "a refused command recorded something"
    return result


def log(folder: Path) -> bytes:
    """The store's bytes; none where there is no store."""
    path = folder / "ledger.db"
    return path.read_bytes() if path.exists() else b""
