"""`ledger control sample`: its JSON to the key, its way from commitment to draw, its exit codes."""

import json
import re

import pytest

from ledger.connection import connect


@pytest.fixture
def filled(booked, folder):
    """August 2020 with 40 more wages."""
    rows = "".join(
        f"2020-08,6101,4010,-{n + 1}.50,2020-08-21,B {n + 1},1,Lön\n"
        f"2020-08,6101,1930,{n + 1}.50,2020-08-21,B {n + 1},2,Lön\n"
        for n in range(40)
    )
    head = "period,unit,account,amount,date,voucher,row,text\n"
    (folder / "more.csv").write_text(head + rows, encoding="utf-8")
    assert booked("import", "more.csv").exit_code == 0
    return booked


def data(run, *asked):
    """The answer as data."""
    done = run("control", "sample", *asked, "--format", "json")
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def test_the_json_is_that_of_the_contract(filled):
    """DESIGN 7: the keys in their order, amounts as text in kronor."""
    drawn = data(filled, "--account", "4010", "--size", "5")
    assert list(drawn) == ["sample", "population", "method", "seed", "items"]
    assert list(drawn["population"]) == ["count", "sum", "root", "known_at"]
    assert (drawn["sample"], drawn["method"]) == ("S1", "random")
    assert (drawn["population"]["count"], drawn["population"]["sum"]) == (41, "-1840.50")
    assert len(drawn["items"]) == 5
    assert all(list(item) == ["event", "voucher", "amount", "hits"] for item in drawn["items"])
    one = drawn["items"][0]
    (shown,) = json.loads(filled("history", str(one["event"]), "--format", "json").stdout)
    assert shown["amount"] == one["amount"]
    assert one["voucher"] == f"{shown['series']} {shown['number']}"
    known = ("--known-at", drawn["population"]["known_at"])
    result = json.loads(filled("result", "--by", "account", "--format", "json", *known).stdout)
    figure = next(row["outcome"] for row in result if row["account"] == "4010")
    assert figure == drawn["population"]["sum"]


def test_a_sample_is_drawn_once_and_shown_again(filled):
    asked = ("Löner", "--account", "4010", "--size", "5")
    first = data(filled, *asked)
    assert data(filled, "Löner") == first
    refused = filled("control", "sample", *asked)
    assert (refused.exit_code, "[usage]" in refused.stderr) == (2, True)
    assert data(filled, "--account", "4010", "--size", "5")["sample"] == "S1"
    people = filled("control", "sample", "Löner").stdout
    assert "loggens rothash efter händelse" in people
    assert first["population"]["root"] in people
    assert re.search(r"Urvalsram: enhet \S+, från \d{4}-\d\d, till och med \S+, konto 4010", people)


def test_the_same_draw_under_another_name_is_told(filled):
    """By a given seed; another seed or method is another draw."""
    asked = ("--account", "4010", "--size", "5", "--seed", "sju")
    first = filled("control", "sample", "A", *asked)
    assert "drawn-before" not in first.stderr
    again = filled("control", "sample", "B", *asked)
    assert again.exit_code == 0
    assert "varning [drawn-before] A drogs ur samma population, med samma metod" in again.stderr
    assert "OBS! A drogs ur samma population" in again.stdout
    assert "OBS! A drogs" in filled("control", "sample", "B").stdout
    assert "OBS!" not in filled("control", "sample", "A").stdout
    assert "är en annan dragning" not in again.stdout
    other = filled("control", "sample", "C", *asked[:-1], "åtta")
    system = filled("control", "sample", "D", *asked, "--method", "systematic")
    assert ("drawn-before" in other.stderr, "drawn-before" in system.stderr) == (False, False)
    told = "drogs tidigare ur samma population: detta är en annan dragning"
    assert f"OBS! A, B {told}" in other.stdout
    assert f"OBS! A, B, C {told}" in system.stdout
    assert told not in filled("control", "sample", "--account", "1930", "--size", "5").stdout


def test_another_draw_without_a_seed_of_its_own_names_the_first(filled):
    """The log's seed is another for each: S2 says that there is S1, S1 says nothing of later."""
    asked = ("control", "sample", "--account", "4010", "--size", "5")
    assert "OBS!" not in filled(*asked).stdout
    assert "OBS! S1 drogs tidigare ur samma population" in filled(*asked).stdout
    assert "OBS!" not in filled("control", "sample", "S1").stdout


def test_months_beyond_the_outcome_are_told(filled):
    """When it is drawn and when it is shown; also while it waits for its seed."""
    asked = ("--account", "4010", "--size", "5")
    told = "OBS! Det fanns inget utfall efter 2020-08: urvalet t.o.m. 2020-11 är draget utan"
    assert told in filled("control", "sample", "S", *asked, "--through", "2020-11").stdout
    assert told in filled("control", "sample", "S").stdout
    waits = filled("control", "sample", "W", *asked, "--through", "2020-11", "--public", "Lotto")
    assert told in waits.stdout
    within = filled("control", "sample", "T", *asked, "--through", "2020-08")
    assert "inget utfall efter" not in within.stdout


def test_drawn_again_is_the_same_or_says_what_differs(filled, folder):
    first = data(filled, "S", "--account", "4010", "--size", "5")
    same = filled("control", "sample", "--redo", "S", "--format", "json")
    assert (same.exit_code, json.loads(same.stdout)) == (0, first)
    assert "samma urval, 5 poster" in same.stderr
    rows = "".join(
        f"2020-08,6101,4010,-{n + 1}.00,2020-08-22,C {n + 1},1,Lön\n"
        f"2020-08,6101,1930,{n + 1}.00,2020-08-22,C {n + 1},2,Lön\n"
        for n in range(100)
    )
    head = "period,unit,account,amount,date,voucher,row,text\n"
    (folder / "later.csv").write_text(head + rows, encoding="utf-8")
    filled("import", "later.csv")
    assert filled("control", "sample", "--redo", "S").exit_code == 0
    size = json.loads(filled("verify", "--format", "json").stdout)["events"]
    moved = filled("control", "sample", "--redo", "S", "--known-at", f"@{size}")
    assert (moved.exit_code, "Nya i urvalet" in moved.stderr) == (1, True)


def test_a_forged_sample_is_tampering(filled, folder):
    """Somebody who changes the file is found by `verify`, and by the draw itself: exit code 6."""
    drawn = data(filled, "S", "--account", "4010", "--size", "2")
    with connect(folder / "ledger.db") as connection:
        (trigger,) = connection.execute(
            "SELECT sql FROM sqlite_master WHERE name = 'events_never_change'"
        ).fetchone()
    import sqlite3

    raw = sqlite3.connect(folder / "ledger.db")
    raw.execute("DROP TRIGGER events_never_change")
    item = str(drawn["items"][0]["event"])
    raw.execute(
        "UPDATE stored_events SET state = CAST(replace(CAST(state AS TEXT), ?, ?) AS BLOB) "
        "WHERE topic = 'control.sample_drawn'",
        (f'"items":"{item}', '"items":"11'),
    )
    raw.execute(trigger)
    raw.commit()
    raw.close()
    redone = filled("control", "sample", "--redo", "S")
    assert (redone.exit_code, "items" in redone.stderr) == (6, True)
    assert filled("verify").exit_code == 6


def test_a_public_seed_comes_after_the_commitment(filled):
    asked = ("L", "--account", "4010", "--size", "3", "--public", "Lotto 2020-09-26")
    waits = filled("control", "sample", *asked)
    assert (waits.exit_code, "väntar på sitt frö: Lotto 2020-09-26" in waits.stdout) == (0, True)
    listed = json.loads(filled("control", "list", "--samples", "--format", "json").stdout)
    assert [(row["sample"], row["sample_state"]) for row in listed] == [("L", "committed")]
    assert data(filled, "L", "--seed", "0712334")["seed"] == "0712334"
    assert "ur Lotto 2020-09-26" in filled("control", "sample", "L").stdout


def test_a_given_seed_is_said_to_be_known(filled):
    drawn = data(filled, "--account", "4010", "--size", "3", "--seed", "17")
    assert drawn["seed"] == "17"
    assert "känt när populationen valdes" in filled("control", "sample", "S1").stdout


def test_by_judgement(filled):
    event = data(filled, "--account", "4010", "--size", "1")["items"][0]["event"]
    refused = filled("control", "sample", "--items", str(event))
    assert (refused.exit_code, "--reason" in refused.stderr) == (2, True)
    chosen = data(filled, "J", "--items", str(event), "--reason", "Ovanlig")
    assert (chosen["method"], chosen["seed"], len(chosen["items"])) == ("judgement", None, 1)
    assert filled("control", "sample", "--redo", "J").exit_code == 2


def test_how_many_follows_from_the_plan(filled, folder):
    """Hypergeometric, N = 41, 10 % tolerable (K = 5), 95 %: 18 items, none may deviate."""
    from assurance.sampling import attribute_sample_size

    plan = "control,year,unit,text,method,population,tolerable,responsible,frequency\n"
    plan += "K1,2020,60,Lön,sample,Löner,0.10,controller,year\n"
    (folder / "control.csv").write_text(plan, encoding="utf-8")
    filled("import", "control.csv")
    drawn = data(filled, "--control", "K1", "--account", "4010")
    size = attribute_sample_size("0.95", "0.10", distribution="hypergeometric", population=41)
    assert len(drawn["items"]) == size.n < 41
    refused = filled("control", "sample", "--control", "K9", "--account", "4010", "--size", "2")
    assert (refused.exit_code, "[sample-refused]" in refused.stderr) == (4, True)


def test_money_is_drawn_by_materiality(filled, folder):
    text = "year,unit,overall,performance,trivial\n2020,60,1000,900,10\n"
    (folder / "materiality.csv").write_text(text, encoding="utf-8")
    filled("import", "materiality.csv")
    asked = ("--unit", "60", "--account", "4010", "--method", "monetary_unit")
    drawn = data(filled, *asked)
    assert drawn["method"] == "monetary_unit"
    assert "-1000.50" in [item["amount"] for item in drawn["items"]], "above the interval: whole"
    assert all(item["amount"].startswith("-") for item in drawn["items"])


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        (("--size", "x"), 2),
        (("--account", "4010", "--size", "99"), 2),
        (("--account", "4010", "--size", "2", "--interval", "3"), 2),
        (("--account", "4010", "--method", "stratified", "--size", "2", "--strata", "x"), 2),
        (("S9",), 2),
        (("--account", "4010", "--size", "2", "--seed", ""), 2),
        (("--account", "4010", "--method", "monetary_unit", "--interval", "0"), 2),
        (("--redo", "S9"), 2),
        (("--redo", "S9", "--seed", "1"), 2),
        (("--population", "Avtal", "--size", "1"), 2),
        (("--account", "4010", "--size", "1", "--known-at", "2099-01-01"), 2),
        (("--account", "4010", "--size", "2", "--seed", "1", "--public", "x"), 2),
    ],
)
def test_what_is_refused_records_nothing(filled, asked, code):
    before = json.loads(filled("verify", "--format", "json").stdout)["events"]
    done = filled("control", "sample", *asked)
    assert (done.exit_code, done.stdout) == (code, "")
    assert json.loads(filled("verify", "--format", "json").stdout)["events"] == before
