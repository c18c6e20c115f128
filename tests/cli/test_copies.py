"""Backup, restore and migration by the command."""

import json
import shutil
from pathlib import Path

from tests.ledger.erasing import files_with

WHO = ("--decision", "KS 2020/12", "--approved-by", "Bo Chef", "--actor", "Anna")


def result(run, *more):
    shown = run("result", "--through", "2020-08", "--by", "unit", "--format", "json", *more)
    assert shown.exit_code == 0, shown.output
    return shown.stdout


def size(run) -> int:
    return json.loads(run("verify", "--format", "json").stdout)["events"]


def test_a_backup_restored_gives_the_same_bytes_and_keeps_what_was_erased(booked, folder):
    known, before = size(booked), result(booked)
    backed_up = booked("backup", "b.db")
    assert backed_up.exit_code == 0, backed_up.output
    assert f"{known} händelser" in backed_up.stdout
    assert "ledger.key" in backed_up.stderr
    assert booked("backup", "b.db").exit_code == 5
    assert booked("verify", "--store", "b.db").exit_code == 0
    assert booked("import", "outcome-2020-09.csv").exit_code == 0
    events = json.loads(booked("history", "--topic", "outcome.posted", "--format", "json").stdout)
    rent = next(e["position"] for e in events if e["account"] == "5010")
    assert booked("erase", str(rent), "text", "--everywhere", *WHO).exit_code == 0

    refused = booked("restore", "b.db")
    assert refused.exit_code == 5
    assert "[store-newer]" in refused.stderr
    done = booked("restore", "b.db", "--replace")
    assert done.exit_code == 0, done.output
    for told in ("ledger.db.replaced-", "finns inte i säkerhetskopian", "4 gallringar"):
        assert told in done.stderr
    assert result(booked) == result(booked, "--known-at", f"@{known}") == before
    assert booked("verify").exit_code == 0
    assert "ledger.db" not in files_with(folder, "Hyra augusti")
    assert booked("import", "outcome-2020-08.csv").stdout.startswith("recorded 0, already known 4")
    assert booked("import", "outcome-2020-09.csv").stdout.startswith("recorded 2")


def test_without_the_store_a_list_is_asked_for(booked):
    assert booked("backup", "b.db").exit_code == 0
    assert booked("erase", "--list", "-o", "list.json").exit_code == 0
    Path("ledger.db").unlink()
    refused = booked("restore", "b.db")
    assert refused.exit_code == 5
    assert "[erasures-missing]" in refused.stderr
    assert not Path("ledger.db").exists()
    assert booked("restore", "b.db", "--erasures", "none.json").exit_code == 2
    assert booked("restore", "b.db", "--erasures", "list.json").exit_code == 0
    Path("ledger.db").unlink()
    assert booked("restore", "b.db", "--accept-missing-erasures").exit_code == 0
    assert booked("verify").exit_code == 0
    assert booked("restore", "units.csv").exit_code == 5


def test_a_store_migrated_is_the_same_store(booked):
    before = result(booked)
    done = booked("migrate", "--to", "ny.db", "--lang", "en")
    assert done.exit_code == 0, done.output
    assert "proved equal" in done.stdout
    assert result(booked, "--store", "ny.db") == before
    assert booked("migrate", "--to", "ny.db").exit_code == 5
    later = booked("migrate", "--to", "postgresql://host/ledger")
    assert later.exit_code == 2
    assert "[not-supported]" in later.stderr
    shutil.copy("ledger.key", "ny.key")
    assert booked("import", "outcome-2020-09.csv", "--store", "ny.db").exit_code == 0
    assert booked("verify", "--store", "ny.db").exit_code == 0
