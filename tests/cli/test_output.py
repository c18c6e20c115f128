"""Where output goes, in which form, and that it is the same bytes each time."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

RESULT = [
    "unit",
    "name",
    "outcome",
    "budget",
    "variance",
    "annual_budget",
    "forecast",
    "forecast_variance",
    "last_year",
    "change_percent",
]
FORECAST = [
    "unit",
    "name",
    "outcome",
    "remaining",
    "forecast",
    "p2_5",
    "p10",
    "p50",
    "p90",
    "p97_5",
    "annual_budget",
    "variance",
    "last_year",
    "method",
]


def ledger(*arguments: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """The command in a process of its own."""
    code = "from cli.main import main; main()"
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        capture_output=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
    )


def test_the_keys_of_the_contract(booked):
    """Those that others build on, in their order."""
    assert list(json.loads(booked("result", "--format", "json").stdout)[0]) == RESULT
    shown = booked("forecast", "--through", "2020-08", "--by", "unit", "--format", "json")
    assert shown.exit_code == 0, shown.output
    assert list(json.loads(shown.stdout)[0]) == FORECAST
    balance = json.loads(booked("balance", "--format", "json").stdout)
    assert list(balance[0]) == [
        "account",
        "name",
        "opening",
        "debit",
        "credit",
        "change",
        "closing",
    ]
    months = json.loads(booked("balance", "--by", "account,month", "--format", "json").stdout)
    assert list(months[0]) == ["account", "name", "month", "debit", "credit", "change"]
    lines = json.loads(booked("cost-development", "--format", "json").stdout)
    assert list(lines[0]) == ["line", "outcome", "last_year", "change_percent"]
    assert list(lines[0]["change_percent"]) == [f"2020-0{month}" for month in range(1, 9)]


def test_csv_has_the_same_columns(booked):
    """As JSON."""
    lines = booked("forecast", "--by", "unit", "--format", "csv").stdout.splitlines()
    assert lines[0].split(",") == FORECAST
    assert len(lines) == 5


def test_one_by_has_a_total_and_several_have_none(booked):
    """The total's unit is null."""
    one = json.loads(booked("result", "--by", "area", "--format", "json").stdout)
    several = json.loads(booked("result", "--by", "area,account", "--format", "json").stdout)
    assert one[-1]["unit"] is None
    assert several[0].keys() >= {"area", "account", "name"}
    assert all(row["area"] for row in several)


def test_run_and_bare_forecast_say_the_same(booked):
    """`ledger forecast` is `ledger forecast run`."""
    options = ("--through", "2020-08", "--by", "unit", "--format", "json")
    assert booked("forecast", *options).stdout == booked("forecast", "run", *options).stdout


def test_a_level_of_90_adds_its_ends(booked):
    """p5 and p95, in rising order."""
    shown = booked("forecast", "--level", "90", "--format", "csv").stdout.splitlines()[0]
    assert "p2_5,p5,p10,p50,p90,p95,p97_5" in shown


def test_the_parts_of_a_forecast_sum_to_its_total(booked):
    """To the öre."""
    rows = json.loads(booked("forecast", "--by", "unit", "--format", "json").stdout)
    for key in ("outcome", "remaining", "forecast", "last_year"):
        parts = [round(100 * float(row[key] or 0)) for row in rows]
        assert sum(parts[:-1]) == parts[-1]
    for row in rows:
        ends = [float(row[key]) for key in ("p2_5", "p10", "p50", "p90", "p97_5")]
        assert ends == sorted(ends)
        assert row["p50"] == row["forecast"]


def test_the_same_question_gives_the_same_bytes(booked):
    """Of JSON and CSV, run for run, also in another process with other hash seeds."""
    folder = str(Path.cwd() / "ledger.db")
    for form in ("json", "csv"):
        arguments = ("result", "--by", "unit,line", "--format", form, "--store", folder)
        first, second = (ledger(*arguments, PYTHONHASHSEED=seed) for seed in ("1", "2"))
        assert first.stdout == second.stdout
        assert first.returncode == 0


def test_output_goes_to_a_file_and_says_so(booked):
    """The form follows the file's name; stdout stays empty."""
    done = booked("result", "-o", "result.csv")
    assert done.stdout == ""
    assert done.stderr == "Skrev result.csv.\n"
    assert Path("result.csv").read_text(encoding="utf-8").startswith("unit,name,outcome,")
    unwritable = booked("result", "-o", "nowhere/result.csv")
    assert unwritable.exit_code == 2


def test_excel_gets_semicolons_commas_and_a_bom(booked):
    """For a Swedish spreadsheet."""
    data = booked("result", "--excel").stdout_bytes
    assert data.startswith(b"\xef\xbb\xbfunit;name;outcome;")
    assert b";-1000,50;" in data
    assert data.count(b"\r\n") == data.count(b"\n")


def test_a_piped_table_has_no_colour_and_no_bar(booked):
    """Words, signs and spaces only; in Swedish with true minus and no-break space."""
    done = ledger("result", "--by", "unit", "--store", str(Path.cwd() / "ledger.db"))
    text = done.stdout.decode("utf-8")
    assert "\x1b" not in text
    assert done.stderr == b""
    assert text.startswith("Resultat t.o.m. 2020-08, kr\n")
    assert "−1\u00a0001" in text
    assert "Totalt" in text
    assert "\nSumman kan avvika p.g.a. avrundning." not in text


@pytest.mark.parametrize("lang", ["en", "sv"])
def test_the_language_is_an_option_an_environment_or_a_file(booked, lang):
    """In that order."""
    total = {"en": "Total", "sv": "Totalt"}[lang]
    assert f"\n{total} " in booked("result", "--lang", lang).stdout
    assert f"\n{total} " in booked("--lang", lang, "result").stdout
    assert f"\n{total} " in booked("result", env={"LEDGER_LANG": lang}).stdout
    Path("ledger.toml").write_text(f'lang = "{lang}"\n', encoding="utf-8")
    assert f"\n{total} " in booked("result").stdout


def test_the_store_is_an_option_an_environment_or_a_file(booked):
    """Before the command or after it."""
    Path("ledger.db").rename("other.db")
    assert booked("result").exit_code == 5
    assert booked("result", "--store", "other.db").exit_code == 0
    assert booked("--store", "other.db", "result").exit_code == 0
    assert booked("result", env={"LEDGER_STORE": "other.db"}).exit_code == 0
    Path("ledger.toml").write_text('store = "other.db"\n', encoding="utf-8")
    assert booked("result").exit_code == 0


def test_the_actor_stands_in_the_event(founded):
    """Who recorded is an option too."""
    founded("import", "outcome-2020-08.csv", "--actor", "anna")
    founded("import", "outcome-2020-09.csv", env={"LEDGER_ACTOR": "bo"})
    events = json.loads(founded("history", "--topic", "outcome.posted", "--format", "json").stdout)
    assert [event["actor"] for event in events] == ["anna"] * 4 + ["bo"] * 2


def test_a_closed_pipe_is_quiet(booked):
    """`ledger … | head` is nobody's error."""
    code = "from cli.main import main; main()"
    store = str(Path.cwd() / "ledger.db")
    process = subprocess.Popen(
        [sys.executable, "-c", code, "export", "events", "--store", store],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    told = process.stderr.read()
    process.stderr.close()
    assert process.wait() == 0
    assert told == b""


def test_help_says_every_command_in_short_words(run):
    """One line each, none cut off."""
    text = run("--help").stdout
    for name in ("import", "result", "forecast", "close", "demo"):
        assert f"  {name} " in text
    assert "..." not in text.split("Kommandon:")[1]
