"""What a command refuses to do, and what it says where figures or time could mislead."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("command", [("result",), ("export", "events"), ("history",), ("status",)])
@pytest.mark.parametrize(
    "output", ["ledger.db", "./ledger.db", "ledger.db-wal", "ledger.db-shm", "link", "ledger.toml"]
)
def test_no_output_overwrites_the_store_or_its_configuration(booked, command, output):
    """Whatever the way to it."""
    Path("link").symlink_to("ledger.db")
    Path("ledger.toml").write_text('lang = "en"\n', encoding="utf-8")
    before = Path("ledger.db").read_bytes()
    refused = booked(*command, "-o", output)
    assert refused.exit_code == 2, refused.output
    assert "[usage]" in refused.stderr
    assert Path("ledger.db").read_bytes() == before
    assert Path("ledger.toml").read_text(encoding="utf-8") == 'lang = "en"\n'


def test_a_hard_link_is_the_store_too(booked):
    """Under another name, and with --store."""
    Path("ledger.db").rename("other.db")
    os.link("other.db", "copy.csv")
    refused = booked("result", "--store", "other.db", "-o", "copy.csv")
    assert refused.exit_code == 2
    assert booked("result", "--store", "other.db").exit_code == 0


@pytest.mark.parametrize(
    ("name", "options", "code"),
    [
        ("r.xlsx", (), 2),
        ("r.xlsx", ("--format", "csv"), 2),
        ("r.xlsx", ("--excel",), 2),
        ("r.html", (), 2),
        ("r.md", ("--format", "table"), 0),
        ("r.CSV", (), 0),
        ("r.json", (), 0),
        ("r.txt", (), 0),
        ("r", (), 0),
    ],
)
def test_a_file_is_what_its_name_says(booked, name, options, code):
    """Or it is not written."""
    done = booked("result", "-o", name, *options)
    assert done.exit_code == code, done.output
    assert Path(name).exists() == (code == 0)
    if code:
        assert ".json, .csv eller .txt" in done.stderr


def test_a_reconciliation_shows_its_ore(booked):
    """What differs by less than a krona must not look equal."""
    Path("other.csv").write_text(
        "period,unit,account,amount\n2020-08,6101,4010,-1000.40\n2020-08,6201,5010,-300.25\n"
        "2020-08,6101,1930,1300.75\n",
        encoding="utf-8",
    )
    shown = booked("reconcile", "other.csv", "--scale", "tkr")
    assert shown.exit_code == 1
    assert "I filen" in shown.stdout
    assert "Bokfört" in shown.stdout
    row = next(line for line in shown.stdout.splitlines() if line.startswith("4010"))
    assert row.split()[-5:] == ["1", "000,40", "1", "000,50", "+0,10"]


SIE = """\
#FLAGGA 0
#FORMAT PC8
#SIETYP 4
#PROGRAM "X" 1
#GEN 20200901
#FNAMN "Region Nord"
#RAR 0 20200101 20201231
#KONTO 1930 "Bank"
#KONTO 4010 "Loner"
#IB 0 1930 0.00
#UB 0 1930 -900.00
#RES 0 4010 1000.50
#VER A 1001 20200817 "Lon"
{
#TRANS 4010 {} 1000.50
#TRANS 1930 {} -1000.50
}
"""


def test_a_reconciled_file_is_held_against_itself(founded):
    """Its closing balance that its own vouchers do not give is a warning, and exit code 1."""
    Path("own.csv").write_text(
        "period,unit,account,amount,date,voucher,row\n"
        "2020-08,6101,4010,-1000.50,2020-08-17,A 1001,1\n"
        "2020-08,6101,1930,1000.50,2020-08-17,A 1001,2\n",
        encoding="utf-8",
    )
    assert founded("import", "own.csv", "--as", "outcome").exit_code == 0
    Path("books.se").write_bytes(SIE.replace("-900.00", "-1000.50").encode("cp437"))
    equal = founded("reconcile", "books.se")
    assert equal.exit_code == 0, equal.output
    Path("books.se").write_bytes(SIE.encode("cp437"))
    other = founded("reconcile", "books.se")
    assert other.exit_code == 1, other.output
    assert "varning [sie-" in other.stderr
    assert "1930" in other.stderr
    assert "0 skiljer sig" in other.stderr


def test_a_position_can_be_pasted_back(booked):
    """Shown plainly; taken with spaces between thousands too."""
    events = json.loads(booked("history", "--format", "json").stdout)
    position = events[-1]["position"]
    whole = booked("history", str(position)).stdout
    assert booked("history", f"{str(position)[:1]}\u00a0{str(position)[1:]}").stdout == whole
    assert booked("history", "0").exit_code == 0
    assert booked("history", "x").exit_code == 2


def test_the_history_speaks_to_people_and_to_programs(booked):
    """Words and local time in the table; topics and UTC as recorded in data."""
    table = booked("history").stdout
    assert "Utfall bokfört" in table
    assert "outcome.posted" not in table
    row = json.loads(booked("history", "--format", "json").stdout)[-1]
    assert row["recorded_at"].endswith("+00:00") or row["recorded_at"].endswith("Z")
    assert row["recorded_at"] not in table
    assert row["topic"].count(".") == 1


def test_a_tertial_closes_what_is_still_open(booked):
    """And says what was closed already; one month that is closed stays an error."""
    assert booked("close", "2020-05").exit_code == 0
    assert booked("close", "2020-06").exit_code == 0
    done = booked("close", "2020-T2")
    assert done.exit_code == 0, done.output
    assert "Redan stängd: 2020-05, 2020-06." in done.stderr
    assert "Stängd: 2020-07, 2020-08." in done.stderr
    again = booked("close", "2020-08")
    assert again.exit_code == 4
    assert "[period-closed]" in again.stderr
    assert booked("close", "2020-T2").exit_code == 4


def test_what_was_asked_for_stands_in_the_table(booked):
    """Unit with its name, tree and structure."""
    for noun in ("result", "balance", "cost-development", "forecast"):
        told = booked(noun, "--unit", "610", "--tree", "line@2020-04", "--structure", "prognos")
        assert told.exit_code == 0, told.output
        assert "Enhet 610 Drift, Träd line@2020-04, Struktur prognos." in told.stdout
        assert "Enhet 610" not in booked(noun).stdout


def test_a_forecast_says_what_its_intervals_are_worth(booked):
    """One month of outcome calibrates nothing; and rows are forecast one by one."""
    told = booked("forecast", "--by", "unit").stdout
    assert "intervallet är inte kalibrerat: 6101 (" in told
    assert "åtta fall av tio" not in told
    assert "Varje enhets intäkter och kostnader prognostiseras för sig" in told
    month = booked("forecast", "--by", "month")
    assert month.exit_code == 2
    assert "Tillgängliga: unit, area, division, region, line" in month.stderr


def test_the_data_of_status_is_in_one_language(booked):
    """Whatever --lang says."""
    booked("close", "2020-08", "--preliminary")
    booked("forecast", "round", "T2", "--through", "2020-08")
    swedish, english = (
        booked("status", "--format", "json", "--lang", lang).stdout for lang in ("sv", "en")
    )
    assert swedish == english
    assert "preliminary" in swedish
    assert "T2 öppen" in booked("status").stdout


def test_a_refused_file_is_told_once_in_the_language_chosen(founded):
    """One line, beside the problems and the last line."""
    swedish = founded("import", "wrong.csv").stderr
    assert "fel [input-refused] 2 fel; ingenting är registrerat. Rätta och kör igen.\n" in swedish
    assert "nothing" not in swedish
    english = founded("import", "wrong.csv", "--lang", "en").stderr
    assert "error [input-refused] 2 problem(s); nothing is recorded." in english


@pytest.mark.skipif(os.name != "posix", reason="closes a stream as a shell does")
def test_a_closed_stdout_is_quiet(booked):
    """`>&-` is nobody's error, and the store stays whole."""
    code = "from cli.main import main; main()"
    done = subprocess.run(
        ["/bin/sh", "-c", '"$0" -c "$1" result >&-', sys.executable, code],
        capture_output=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == b""
    assert booked("result").exit_code == 0
