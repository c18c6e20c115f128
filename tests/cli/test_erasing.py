"""Erasing and retention by the command: what people see, and what is in no file afterwards."""

import json
import sqlite3
from pathlib import Path

import pytest

from tests.ledger.erasing import files_with

NAME = "Resa Namn Namnsson"
WHO = ("--decision", "KS 2020/12", "--approved-by", "Bo Chef", "--actor", "Anna")


@pytest.fixture
def travelled(booked):
    """August, with a journey that names who made it."""
    Path("resa.csv").write_text(
        "period,unit,account,amount,date,voucher,row,text,counterparty\n"
        f"2020-08,6101,5010,-50.00,2020-08-21,B 1,1,{NAME},{NAME}\n"
        f"2020-08,6101,1930,50.00,2020-08-21,B 1,2,{NAME},\n",
        encoding="utf-8",
    )
    assert booked("import", "resa.csv").exit_code == 0
    return booked


def position(run) -> int:
    """The journey's first posting."""
    events = json.loads(run("history", "--topic", "outcome.posted", "--format", "json").stdout)
    return events[-2]["position"]


def everything(run) -> str:
    """What the tables say."""
    shown = [
        run(*command, "--format", "json")
        for command in (("result", "--by", "unit"), ("balance",), ("cost-development",))
    ]
    assert {each.exit_code for each in shown} == {0}
    return "".join(each.stdout for each in shown)


def test_an_erased_text_is_in_no_file_export_or_page(travelled, folder):
    at, before = position(travelled), everything(travelled)
    head = json.loads(travelled("verify", "--format", "json").stdout)
    done = travelled("erase", str(at), "text", "--everywhere", *WHO, "--reason", "begäran")
    assert done.exit_code == 0, done.output
    assert "Gallrade" in done.stderr
    Path("resa.csv").unlink()
    for export in (("events", "-o", "events.jsonl"), ("sqlite", "-o", "out.db")):
        assert travelled("export", *export).exit_code == 0
    assert travelled("backup", "b.db").exit_code == 0
    assert files_with(folder, NAME) == set()
    assert everything(travelled) == before
    shown = travelled("history", str(at), "--format", "json").stdout
    assert NAME not in shown
    event = json.loads(shown)[0]
    assert event["text"] == event["counterparty"]
    assert event["text"].startswith("[gallrad 20")
    assert event["text"].endswith(", KS 2020/12]")
    after = json.loads(travelled("verify", "--format", "json").stdout)
    assert after["findings"] == []
    assert after["events"] > head["events"]


def test_a_read_model_shows_where_a_text_was_and_finds_it_by_no_word(travelled):
    at = position(travelled)
    assert travelled("erase", str(at), *WHO).exit_code == 0
    assert travelled("export", "sqlite", "-o", "out.db").exit_code == 0
    client = sqlite3.connect("out.db")
    rows = client.execute(
        f"SELECT field, value, erased FROM texts WHERE position = {at}"
    ).fetchall()
    assert [row[:2] for row in rows] == [("counterparty", None), ("text", None)]
    assert all(row[2].startswith("[gallrad ") for row in rows)
    found = "SELECT COUNT(*) FROM texts_fts WHERE texts_fts MATCH ?"
    assert client.execute(found, ("namnsson",)).fetchone() == (1,), "the other row's"
    assert client.execute(found, ("gallrad",)).fetchone() == (0,)
    client.close()


def test_the_same_file_again_brings_nothing_back(travelled, folder):
    at = position(travelled)
    assert travelled("erase", str(at), "--everywhere", *WHO).exit_code == 0
    again = travelled("import", "resa.csv")
    assert (again.exit_code, again.stdout) == (0, "recorded 0, already known 2, refused 0\n")
    changed = Path("resa.csv").read_text(encoding="utf-8").replace("50.00", "60.00")
    Path("resa.csv").write_text(changed, encoding="utf-8")
    assert travelled("import", "resa.csv").exit_code == 4
    accepted = travelled("import", "resa.csv", "--accept-changes", "--reason", "rättad")
    assert accepted.exit_code == 0, accepted.output
    assert "text-withheld" in accepted.stderr
    Path("resa.csv").unlink()
    assert files_with(folder, NAME) == set()


@pytest.mark.parametrize(
    ("arguments", "code", "name"),
    [
        ((), 2, "usage"),
        (("{at}", "--due"), 2, "usage"),
        (("B 1",), 2, "usage"),
        (("{at}", "colour", *WHO), 2, "usage"),
        (("{at}", "text", *WHO[2:]), 2, "usage"),
        (("{at}", "text", *WHO[:2], "--actor", "Anna"), 4, "second-person-missing"),
        (("{at}", "text", *WHO[:4], "--actor", "bo  chef"), 4, "second-person-missing"),
        (("--due", "--at", "2999-01-01", *WHO), 2, "usage"),
        (("--due", "--at", "i går", *WHO), 2, "usage"),
    ],
)
def test_what_erases_nothing(travelled, folder, arguments, code, name):
    at = position(travelled)
    refused = travelled("erase", *(a.format(at=at) for a in arguments))
    assert refused.exit_code == code, refused.output
    assert f"[{name}]" in refused.stderr
    assert "ledger.db" in files_with(folder, NAME)


def test_erasing_twice_and_a_dry_run(travelled, folder):
    at = str(position(travelled))
    assert travelled("erase", at, "text", "--dry-run", *WHO).exit_code == 0
    assert travelled("erase", at, "text", *WHO).exit_code == 0
    twice = travelled("erase", at, "text", *WHO)
    assert twice.exit_code == 4
    assert "[already-erased]" in twice.stderr
    assert travelled("erase", "--clean").exit_code == 0


def test_an_auditor_cleans_nothing(travelled):
    """Who records nothing changes no file either."""
    for person, role in (("chef", "approver"), ("rut", "auditor")):
        row = (f"person={person}", f"role={role}", "decision=KS 2020/12")
        assert travelled("record", "role", *row, "--actor", "chef").exit_code == 0
    refused = travelled("erase", "--clean", "--actor", "rut")
    assert refused.exit_code == 4
    assert "[not-allowed]" in refused.stderr
    assert travelled("erase", "--clean", "--actor", "chef").exit_code == 0


def test_what_is_due_by_rule_and_held(travelled, folder):
    rule = ("record", "retention", "family=outcome", "field=text", "months=12", "decision=KS 1")
    assert travelled(*rule).stdout == "recorded 1, already known 0, refused 0\n"
    hold = ("record", "hold", "reference=FT 7", "unit=6201", "reason=tvist")
    assert travelled(*hold).exit_code == 0
    listed = travelled("retention", "--at", "2021-12-31", "--format", "json")
    assert json.loads(listed.stdout) == [
        {
            "family": "outcome",
            "field": "text",
            "months": 12,
            "decision": "KS 1",
            "kept": 6,
            "oldest": "2020-08",
            "first_due": "2022-01-01",
            "count": 0,
            "held": 0,
        }
    ]
    table = travelled("retention", "--at", "2022-01-01").stdout
    assert "Gallringsstopp FT 7: 6201." in table
    row = next(line for line in table.splitlines() if line.startswith("outcome"))
    assert row.split()[-2:] == ["4", "2"]
    done = travelled("erase", "--due", *WHO)
    assert done.exit_code == 0, done.output
    assert "held-back" in done.stderr
    assert travelled("record", "hold", "reference=FT 7", "state=hävt").exit_code == 0
    assert travelled("erase", "--due", *WHO).exit_code == 0
    assert "Inget att gallra" in travelled("erase", "--due", *WHO).stderr
    assert "Lön" in Path("outcome-2020-08.csv").read_text(encoding="utf-8")
    assert files_with(folder, "Hyra augusti") == {"outcome-2020-08.csv"}
    assert travelled("verify").exit_code == 0


def test_a_list_of_erasures_holds_no_value(travelled):
    at = position(travelled)
    assert travelled("erase", str(at), "text", *WHO).exit_code == 0
    listed = travelled("erase", "--list", "-o", "gallrat.json")
    assert listed.exit_code == 0
    told = json.loads(Path("gallrat.json").read_text(encoding="utf-8"))
    texts = [e for e in told["erasures"] if e["field"] == "text"]
    assert [(e["position"], e["decision"]) for e in texts] == [(at, "KS 2020/12")]
    assert len(texts[0]["commitment"]) == 64
    assert NAME not in Path("gallrat.json").read_text(encoding="utf-8")
    assert travelled("erase", "--list", "-o", "ledger.db").exit_code == 2
