"""Every exit code, with the words that go with it."""

import ast
import re
from pathlib import Path

import pytest

import intake.problems
import ledger.store
from ledger import errors
from reporting.catalogue import keys, swedish
from reporting.explanations import explanations

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (
            ["result", "--through", "2020-13"],
            2,
            "fel [usage] '2020-13' är ingen period: skriv 2020-08, 2020-T2 eller 2020\n",
        ),
        (
            ["result", "--known-at", "2999-01-01"],
            2,
            "fel [unknown-time] 2999-01-01 ligger i framtiden",
        ),
        (
            ["result", "--unit", "9999"],
            2,
            "fel [usage] Det finns ingen enhet '9999'.\n",
        ),
        (["result", "--by", "colour"], 2, "fel [usage] "),
        (["result", "--lang", "xx"], 2, "fel [usage] Det finns inget språk 'xx'.\n"),
        (["result", "--nothing"], 2, "Användning: ledger result"),
        (["explain", "period-closd"], 2, "fel [usage] Det finns ingen kod 'period-closd'.\n"),
        (["import", "missing.csv"], 2, "fel ["),
        (["close", "2021-01"], 4, "fel [earlier-open] 2020-"),
        (
            ["result", "--store", "nowhere.db"],
            5,
            "fel [store-missing] Det finns inget lager i nowhere.db.\n"
            "  Kör `ledger init` eller `ledger demo`, eller ange --store.\n",
        ),
        (
            ["init", "--organisation", "X"],
            5,
            "fel [store-exists] ledger.db finns redan.\n  Välj en annan mapp eller --store.\n",
        ),
        (
            ["forecast", "--through", "2020-12"],
            7,
            "fel [forecast] Det finns inget utfall i 2020-12; den senaste månaden med utfall är "
            "2020-08.\n  Ange --through 2020-08.\n",
        ),
        (
            ["forecast", "adopt", "T2"],
            7,
            "fel [forecast] Det finns ingen prognosomgång 'T2'.\n"
            "  Öppna den med `ledger forecast round`.\n",
        ),
    ],
)
def test_exit_codes_and_messages(booked, arguments, code, words):
    """The code, the message, the remedy, on stderr; nothing on stdout."""
    done = booked(*arguments)
    assert done.exit_code == code, done.output
    assert done.stderr.startswith(words)
    if arguments[0] != "import":
        assert done.stdout == ""


def test_a_bug_is_seventy_and_short(booked, monkeypatch):
    """No trace unless asked for."""

    def broken(*_, **__):
        raise ZeroDivisionError("inside")

    monkeypatch.setattr(ledger.store.Store, "record", broken)
    done = booked("close", "2020-08")
    assert done.exit_code == 70
    assert done.stderr.startswith("fel [bug] Detta är ett fel i Utfall")
    assert "ZeroDivisionError: inside" in done.stderr
    assert "Traceback" not in done.stderr
    assert "Traceback" in booked("close", "2020-08", env={"LEDGER_DEBUG": "1"}).stderr


def test_an_interrupt_is_130(booked, monkeypatch):
    """Whatever was being done is rolled back by the store."""

    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(ledger.store.Store, "record", interrupted)
    done = booked("close", "2020-08")
    assert done.exit_code == 130
    assert done.stderr == "Avbrutet.\n"


def test_tampering_is_six(booked):
    """Bytes that do not decode."""
    import sqlite3

    connection = sqlite3.connect("ledger.db")
    connection.execute("DROP TRIGGER events_never_change")
    connection.execute("UPDATE stored_events SET state = X'00' WHERE rowid = 1")
    connection.commit()
    connection.close()
    done = booked("result")
    assert done.exit_code == 6
    assert "[tampered]" in done.stderr


def test_a_locked_store_is_told_by_name(booked, monkeypatch):
    """Another writer's turn: exit 5."""
    import sqlite3

    monkeypatch.setattr("ledger.engine.LOCK_TIMEOUT", 0)
    connection = sqlite3.connect("ledger.db")
    connection.execute("BEGIN IMMEDIATE")
    done = booked("close", "2020-08")
    connection.rollback()
    connection.close()
    assert done.exit_code == 5
    assert "[store-busy]" in done.stderr


CALLS = {"Problem", "Notice", "Rule", "wrong", "refuse", "_refuse"}
CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)+")


def codes_used() -> dict[str, str]:
    """Every code that a problem or notice is made with, and where."""
    found: dict[str, str] = {}
    for package in ("ledger", "intake", "projections", "forecasting"):
        for path in sorted((ROOT / package).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] in CALLS:
                    for argument in node.args[:2]:
                        text = getattr(argument, "value", None)
                        if isinstance(text, str) and CODE.fullmatch(text):
                            found[text] = f"{path.name}:{node.lineno}"
    return found


def test_every_code_is_explained():
    """Those of problems and notices, and those of the named errors, in both languages."""
    used = codes_used()
    assert len(used) > 30
    named, waiting = set[str](), [errors.LedgerError]
    while waiting:
        kind = waiting.pop()
        waiting += kind.__subclasses__()
        named |= {kind.code} if hasattr(kind, "code") else set()
    for lang in ("sv", "en"):
        known = explanations(lang)
        assert {code: place for code, place in used.items() if code not in known} == {}
        assert named - known.keys() == set()
    told = {*intake.problems.EXPLAIN, *named}
    assert told - swedish().keys() - set(keys("explain")) == set()
    assert swedish().keys() & set(keys("explain")) == set()


def test_explain_tells_one_code(run):
    """In the language asked for."""
    assert run("explain", "period-closed").stdout.startswith("period-closed\n  Perioden är stängd.")
    assert "The period is closed" in run("explain", "period-closed", "--lang", "en").stdout
