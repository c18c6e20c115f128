"""``ledger control run`` as a person types it."""

import json

import pytest


@pytest.fixture
def many(booked, folder):
    """The command, where 400 costs of 777 kronor are booked."""
    lines = ["period,unit,account,amount,date,voucher,row"]
    for n in range(1, 401):
        lines.append(f"2020-08,6101,4010,-777.00,2020-08-18,B {n},1")
        lines.append(f"2020-08,6101,1930,777.00,2020-08-18,B {n},2")
    (folder / "many.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert booked("import", "many.csv").exit_code == 0
    return booked


def test_run_tells_what_it_found(many):
    """Exit code 1; the finding in words, with the first events behind it."""
    done = many("control", "run", "benford_first")
    assert done.exit_code == 1
    assert "Första siffran 7: 400 poster" in done.output
    assert "777,00 kr (400 gånger)" in done.output
    assert "least_count 300" in done.output
    english = many("control", "run", "benford_first", "--lang", "en")
    assert "First digit 7: 400 postings" in english.output


def test_run_as_data(many):
    """JSON has all events; amounts are text in kronor; CSV is the list of findings."""
    done = many("control", "run", "benford_first", "--format", "json")
    (control,) = json.loads(done.stdout)["controls"]
    assert (control["control"], control["population"], control["tested"]) == (
        "benford_first", 402, 402,
    )  # fmt: skip
    (finding,) = control["findings"]
    assert (finding["amount"], finding["state"]) == ("-310800.00", "new")
    assert finding["facts"]["common_amount"] == "-777.00"
    assert len(finding["events"]) == 400
    assert control["parameters"] == {"least": "10", "least_count": "300", "risk": "0.1"}
    rows = many("control", "run", "benford_first", "--format", "csv").stdout.splitlines()
    assert len(rows) == 2
    assert rows[0].startswith("finding,severity,finding_state,control,amount")


def test_nothing_found_is_exit_0(booked):
    """And what could not be tested is said."""
    done = booked("control", "run", "benford_first")
    assert done.exit_code == 0
    assert "går inte att pröva: för få poster (2)" in done.output


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["luck"], "no-such-control"),
        (["benford_first", "--set", "benford_first.luck=1"], "no-such-control"),
        (["benford_first", "--set", "late.days=1"], "no-such-control"),
        (["benford_first", "--set", "benford_first.least=x"], "bad-parameter"),
        (["benford_first", "--set", "least"], "usage"),
    ],
)
def test_what_is_refused(booked, arguments, code):
    """By name, with exit code 2."""
    done = booked("control", "run", *arguments)
    assert done.exit_code == 2
    assert f"[{code}]" in done.output


def test_list(founded, folder):
    """The controls with the parameters that hold: the default, a setting, this run's."""
    (folder / "set.csv").write_text(
        "setting,value\ncontrol.benford_first.least,25\ncontrol.benford_first.risk,1\n"
    )
    assert founded("import", "set.csv").exit_code == 0
    done = founded("control", "run", "--list", "benford_first", "--set", "benford_first.risk=2")
    assert "least=25; least_count=300; risk=2" in done.output


def test_findings_have_a_life(many):
    """Recorded once, assigned, resolved, reopened; exit code 1 while one is not resolved."""
    done = many("control", "run", "benford_first", "--record")
    assert done.exit_code == 1
    assert "Registrerade 1 nya iakttagelser; 0 fanns redan." in done.output
    again = many("control", "run", "benford_first", "--record", "--format", "json")
    assert "Registrerade 0 nya iakttagelser; 1 fanns redan." in again.stderr
    (finding,) = json.loads(again.stdout)["controls"][0]["findings"]
    assert finding["state"] == "open"
    key = finding["finding"]
    listed = many("control", "findings")
    assert listed.exit_code == 1
    assert f"{key}  låg     öppen" in listed.output
    assert "Första siffran 7: 400 poster" in listed.output
    assert many("control", "assign", key[:6], "--to", "Anna", "--due", "2020-10-31").exit_code == 0
    assert "Anna" in many("control", "findings", "--open").output
    assert many("control", "resolve", key, "--measure", "avgift enligt beslut").exit_code == 0
    settled = many("control", "findings", "--format", "json")
    assert settled.exit_code == 0
    (row,) = json.loads(settled.stdout)
    assert (row["finding_state"], row["remedy"]) == ("resolved", "avgift enligt beslut")
    assert len(row["events"]) == 400
    assert many("control", "run", "benford_first").exit_code == 0
    assert many("control", "resolve", key, "--measure", "igen").exit_code == 4
    assert many("control", "reopen", key, "--reason", "fler kom").exit_code == 0
    (row,) = json.loads(many("control", "findings", "--format", "json").stdout)
    assert (row["finding_state"], row["remedy"]) == ("assigned", "avgift enligt beslut")
    assert many("control", "run", "benford_first").exit_code == 1
    assert many("control", "findings", "--control", "luck").exit_code == 2
    assert many("control", "reopen", key, "--reason", "fler").exit_code == 4
    assert many("verify").exit_code == 0


def test_only_what_is_known_now_is_recorded(many):
    """A run of what was known then records nothing."""
    done = many("control", "run", "benford_first", "--record", "--known-at", "@1")
    assert done.exit_code == 2


def test_trivial_and_material(many, folder):
    """By the settings: below the one counted, from the other on grave."""
    (folder / "set.csv").write_text("setting,value\ncontrol.material,300000\n")
    assert many("import", "set.csv").exit_code == 0
    assert "hög" in many("control", "run", "benford_first").output
    (folder / "set.csv").write_text("setting,value\ncontrol.trivial,400000\n")
    assert many("import", "set.csv").exit_code == 0
    done = many("control", "run", "benford_first", "--format", "json")
    (control,) = json.loads(done.stdout)["controls"]
    assert (control["findings"], control["below_trivial"]) == ([], 1)
    assert done.exit_code == 0
