"""A controller's day from end to end: found, import, look, close, and be refused."""

import json
from pathlib import Path

import pytest

from cli.imports import counted
from intake import Reading
from ledger.commands import Several, Source, Told
from ledger.store import Receipt

#: The postings, as data.
HISTORY = ("history", "--topic", "outcome.posted", "--format", "json")


def last_line(result) -> str:
    """The last line on stdout."""
    return result.stdout.rstrip("\n").splitlines()[-1]


def test_from_nothing_to_a_closed_month(run):
    """Each command says what it did, and the next one builds on it."""
    made = run("init", "--organisation", "Region Nord", "--root-unit", "RN")
    assert made.exit_code == 0
    assert made.stdout == "Skapade ledger.db.\n"
    assert "ledger import units.csv" in made.stderr

    taken = run("import", "units.csv", "accounts.csv", "structures.csv", "settings.csv")
    assert last_line(taken) == "recorded 16, already known 0, refused 0"

    taken = run("import", "outcome-2020-08.csv")
    assert taken.exit_code == 0, taken.output
    assert last_line(taken) == "recorded 4, already known 0, refused 0"

    rows = json.loads(run("result", "--by", "unit", "--format", "json").stdout)
    assert [(row["unit"], row["outcome"]) for row in rows] == [
        ("6101", "-1000.50"),
        ("6102", "0.00"),
        ("6201", "-300.25"),
        (None, "-1300.75"),
    ]

    assert run("close", "2020-08").exit_code == 0
    refused = run("import", "late.csv")
    assert refused.exit_code == 4
    assert "[period-closed]" in refused.stderr
    assert last_line(refused) == "recorded 0, already known 0, refused 2"

    moved = run("import", "late.csv", "--late-to", "2020-09")
    assert moved.exit_code == 1
    assert "iakttagelse [late-posting]" in moved.stderr


def test_the_same_file_twice_is_known(booked):
    """A batch is taken once however often it is sent."""
    again = booked("import", "outcome-2020-08.csv")
    assert again.exit_code == 0, again.output
    assert last_line(again) == "recorded 0, already known 4, refused 0"


def test_problems_are_told_all_at_once_with_file_and_line(founded):
    """Each with its code, what was found and what would be right; nothing is recorded."""
    refused = founded("import", "wrong.csv")
    assert refused.exit_code == 3
    lines = refused.stderr.splitlines()
    assert any(line.startswith("wrong.csv:2 [unknown-account]") for line in lines)
    assert any("[voucher-out-of-balance]" in line for line in lines)
    assert last_line(refused) == "recorded 0, already known 0, refused 2"
    assert founded("history", "--topic", "outcome", "--format", "json").stdout == "[]\n"


def test_files_after_a_refused_one_are_not_attempted(founded):
    """What went in before stays, and the rest is named."""
    refused = founded("import", "outcome-2020-08.csv", "wrong.csv", "outcome-2020-09.csv")
    assert refused.exit_code == 3
    assert "Inte försökta: outcome-2020-09.csv." in refused.stderr
    assert last_line(refused) == "recorded 4, already known 0, refused 2"
    rows = json.loads(founded("result", "--by", "month", "--format", "json").stdout)
    assert [row["month"] for row in rows if row["month"]] == ["2020-08"]


def test_a_dry_run_records_nothing(founded):
    """The real import, rolled back."""
    tried = founded("import", "outcome-2020-08.csv", "--dry-run")
    assert tried.exit_code == 0
    assert last_line(tried).startswith("recorded ")
    assert "Provkörning" in tried.stderr
    assert founded("history", "--topic", "outcome", "--format", "json").stdout == "[]\n"


def test_a_single_record_is_taken_like_a_file_of_one_row(founded):
    """`record` goes the same way as `import`, and names no file."""
    done = founded("record", "setting", "setting=structure.variances", "value=prognos")
    assert done.exit_code == 0, done.output
    assert last_line(done) == "recorded 1, already known 0, refused 0"
    refused = founded("record", "account", "account=", "name=Namnlös")
    assert refused.exit_code == 3
    assert refused.stderr.startswith("ledger record [")


@pytest.mark.parametrize("name", ["A 1001", "A-1001", "A-1001@2020"])
def test_a_voucher_is_reversed_once(booked, name):
    """By its number, as people write it."""
    done = booked("reverse", name, "--reason", "fel konto")
    assert done.exit_code == 0, done.output
    rows = json.loads(booked("result", "--format", "json", "--through", "2020-08").stdout)
    assert rows[-1]["outcome"] == "-300.25"
    again = booked("reverse", name, "--reason", "fel konto")
    assert again.exit_code == 4
    assert "[already-reversed]" in again.stderr


def test_an_event_is_corrected(booked):
    """The original stays, the reversal names it, and the new rows balance."""
    events = json.loads(booked(*HISTORY, "--account", "5010").stdout)
    position = str(events[0]["position"])
    done = booked("correct", position, "account=4010", "--reason", "fel konto")
    assert done.exit_code == 0, done.output
    rows = json.loads(booked("result", "--by", "account", "--format", "json").stdout)
    assert {row["account"]: row["outcome"] for row in rows}["4010"] == "-1300.75"
    unbalanced = booked("correct", str(int(position) - 2), "amount=-1", "--reason", "fel")
    assert unbalanced.exit_code == 4


def test_a_whole_batch_is_reversed(booked):
    """And can then be taken again on request."""
    events = json.loads(booked(*HISTORY).stdout)
    one = json.loads(booked("history", str(events[0]["position"]), "--format", "json").stdout)
    done = booked("reverse", one[0]["stream"], "--reason", "fel fil")
    assert done.exit_code == 0, done.output
    assert booked("import", "outcome-2020-08.csv").exit_code == 0
    again = booked("import", "outcome-2020-08.csv", "--again")
    assert again.exit_code == 0, again.output
    rows = json.loads(booked("result", "--format", "json").stdout)
    assert rows[-1]["outcome"] == "-1300.75"


def test_closing_a_tertial_closes_its_months_in_order(booked):
    """It says in which nothing is booked; and reopening wants a second person."""
    done = booked("close", "2020-T2")
    assert done.exit_code == 0, done.output
    *warned, closed = done.stderr.splitlines()
    assert warned == [
        f"varning [closed-empty] {month} är stängd, och har inget utfall"
        for month in ("2020-05", "2020-06", "2020-07")
    ]
    assert closed == "Stängd: 2020-05, 2020-06, 2020-07, 2020-08."
    alone = booked("reopen", "2020-08", "--reason", "x", "--approved-by", "anna", "--actor", "anna")
    assert alone.exit_code == 4
    assert "[second-person-missing]" in alone.stderr
    both = booked("reopen", "2020-08", "--reason", "x", "--approved-by", "bo", "--actor", "anna")
    assert both.exit_code == 0, both.output


def test_status_says_what_is_next(run, booked):
    """By division: imported, closed; and the command to go on with."""
    before = booked("status")
    assert "2020-08" in before.stdout
    assert "ledger close 2020-08" in before.stdout
    booked("close", "2020-08")
    rows = json.loads(booked("status", "--format", "json").stdout)
    assert [(row["unit"], row["imported"], row["closed"]) for row in rows] == [
        ("60", "2020-08", "2020-08"),
        ("RN", "2020-08", "2020-08"),
    ]


def test_balances_are_compared_and_nothing_is_posted(booked):
    """Equal is exit 0 and noted as reconciled; a difference is a finding with its row."""
    Path("balances.csv").write_text(
        "period,unit,account,amount\n"
        "2020-08,6101,4010,-1000.50\n2020-08,6201,5010,-300.25\n2020-08,6101,1930,1300.75\n",
        encoding="utf-8",
    )
    equal = booked("reconcile", "balances.csv")
    assert equal.exit_code == 0, equal.output
    assert equal.stderr == "3 jämförda, 0 skiljer sig.\n"
    assert json.loads(booked("status", "--format", "json").stdout)[0]["reconciled"] == "2020-08"
    Path("other.csv").write_text(
        "period,unit,account,amount\n2020-08,6101,4010,-1000.00\n2020-08,6201,5010,-300.25\n",
        encoding="utf-8",
    )
    other = booked("reconcile", "other.csv", "--format", "json")
    assert other.exit_code == 1
    rows = {row["account"]: row for row in json.loads(other.stdout)}
    assert rows["4010"]["difference"] == "0.50"
    assert rows["1930"] == {
        "account": "1930",
        "name": "Bank",
        "first": "2020-08",
        "month": "2020-08",
        "amount": "0.00",
        "recorded": "-1300.75",
        "difference": "-1300.75",
    }
    assert "5010" not in rows
    topics = booked("history", "--topic", "outcome.posted", "--format", "json").stdout
    assert len(json.loads(topics)) == 4


@pytest.mark.parametrize(
    ("kind", "rows", "recorded", "known", "told"),
    [
        ("outcome", 4, 5, 0, (4, 0)),  # a fiscal year stated beside the rows
        ("outcome", 4, 0, 4, (0, 4)),
        ("outcome", 6, 3, 4, (2, 4)),
        ("outcome", 4, 1, 4, (0, 4)),  # a voucher missed, which is no row
        ("outcome", 4, 4, 2, (2, 2)),  # two rows reversed and posted anew
        ("budget", 1, 12, 0, (1, 0)),  # a year's amount by month
        ("budget", 1, 0, 12, (0, 1)),
        ("sie", 1330, 1900, 160, (1330, 0)),  # accounts that another file brought
        ("sie", 671, 0, 1535, (0, 671)),
        ("sie", 100, 10, 140, (10, 90)),
    ],
)
def test_the_last_line_counts_rows(kind, rows, recorded, known, told):
    """What a person can tick off against the file, whatever events it became."""
    reading = Reading(Several(kind, (Told(),)), Source("x"), kind, rows)
    assert counted(reading, Receipt(recorded, known, (), None, None)) == told
