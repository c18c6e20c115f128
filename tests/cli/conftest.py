"""A folder with small files, and the command run in it as a person would."""

from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cli.main import app

FILES = {
    "units.csv": """\
unit,name,parent,level,tree,valid_from
60,Länsteknik,RN,division,line,2018-01
610,Drift,60,area,line,2018-01
6101,Nät,610,unit,line,2018-01
6102,Server,610,unit,line,2018-01
620,Utveckling,60,area,line,2018-01
6201,System,620,unit,line,2018-01
""",
    "accounts.csv": """\
account,name,type
1930,Bank,asset
3010,Intäkter,income
4010,Löner,cost
5010,Hyra,cost
""",
    "structures.csv": """\
structure,line,parent,account_from,account_to,sign,valid_from
prognos,Intäkter,,3000,3999,1,2018-01
prognos,Personalkostnader,,4000,4999,1,2018-01
prognos,Övriga kostnader,,5000,7999,1,2018-01
""",
    "settings.csv": """\
setting,value
structure.result,prognos
structure.forecast,prognos
structure.cost_development,prognos
""",
    "outcome-2020-08.csv": """\
period,unit,account,amount,date,voucher,row,text
2020-08,6101,4010,-1000.50,2020-08-17,A 1001,1,Lön
2020-08,6101,1930,1000.50,2020-08-17,A 1001,2,Lön
2020-08,6201,5010,-300.25,2020-08-20,A 1002,1,Hyra augusti
2020-08,6201,1930,300.25,2020-08-20,A 1002,2,Hyra augusti
""",
    "outcome-2020-09.csv": """\
period,unit,account,amount,date,voucher,row,text
2020-09,6101,4010,-1100.00,2020-09-17,A 1003,1,Lön
2020-09,6101,1930,1100.00,2020-09-17,A 1003,2,Lön
""",
    "late.csv": """\
period,unit,account,amount,date,voucher,row,text
2020-08,6101,4010,-10.00,2020-08-30,A 1010,1,Sen
2020-08,6101,1930,10.00,2020-08-30,A 1010,2,Sen
""",
    "wrong.csv": """\
period,unit,account,amount,date,voucher,row,text
2020-08,6101,4999,-10.00,2020-08-17,A 1009,1,Okänt konto
2020-08,6101,1930,12.00,2020-08-17,A 1009,2,Obalans
""",
}
#: The files of a store that is ready for outcome, in the order in which they are imported.
BASE = ("units.csv", "accounts.csv", "structures.csv", "settings.csv")

Run = Callable[..., Result]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A current folder with the files above, and none of the environment's wishes."""
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    for name in ("LEDGER_STORE", "LEDGER_ACTOR", "LEDGER_LANG", "LEDGER_DEBUG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def run(folder: Path) -> Run:
    """The command, in the folder: ``run("result", "--by", "unit")``."""

    def invoke(*arguments: str, **options) -> Result:
        return CliRunner().invoke(app, list(arguments), prog_name="ledger", **options)

    return invoke


@pytest.fixture
def founded(run: Run) -> Run:
    """The command, where the organisation is founded and its structure files are imported."""
    made = run("init", "--organisation", "Region Nord", "--root-unit", "RN")
    assert made.exit_code == 0, made.output
    taken = run("import", *BASE)
    assert taken.exit_code == 0, taken.output
    return run


@pytest.fixture
def booked(founded: Run) -> Run:
    """The command, where August 2020 is booked too."""
    taken = founded("import", "outcome-2020-08.csv")
    assert taken.exit_code == 0, taken.output
    return founded
