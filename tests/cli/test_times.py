"""The record at other times: traces, differences, replays and publications, by the command."""

import json
import re

import pytest

from ledger.commands import Source
from ledger.events import canonical_json
from ledger.families.publication import PublishReport
from ledger.log import Book
from ledger.proof import root
from ledger.store import Store
from ledger.tree import root_from_inclusion

ROUND = "round,unit,line,amount,comment\nT2,6101,Personalkostnader,-400.00,Vakanser\n"


def text(shown) -> str:
    """What was printed, with plain spaces."""
    assert shown.exit_code == 0, shown.output
    return shown.stdout.replace("\u00a0", " ")


@pytest.fixture
def late(booked, folder):
    """August closed and reported; a voucher of August that came in September."""
    assert booked("close", "2020-08").exit_code == 0
    known = Book("ledger.db").size
    done = booked("import", "late.csv", "--late-to", "2020-09")
    assert done.exit_code == 1, "a finding"
    return booked, f"@{known}"


# ── trace ──────────────────────────────────────────────────────────────────────────────────────


def test_a_trace_for_people(booked):
    """The cell in the title, each event, the figure, and each source once with its digest."""
    shown = text(booked("trace", "result", "--unit", "610", "--line", "Personalkostnader"))
    lines = shown.splitlines()
    assert lines[0] == (
        "Spår av Utfall, enhet 610 Drift, rad Personalkostnader – Resultat t.o.m. 2020-08, kr"
    )
    assert re.search(
        r"2020-08-17 +6101 +4010 .* A 1001 +−1 000,50 +outcome-2020-08.csv:2 +Lön", shown
    )
    assert re.search(r"Totalt +−1 000,50", shown)
    assert "Antal händelser: 1; deras summa är siffran i tabellen." in shown
    assert re.search(
        r"outcome-2020-08.csv: registrerad .* av \S+, SHA-256 [0-9a-f]{64}$", shown, re.M
    )


def test_a_trace_as_data(booked):
    """The keys of the contract; the last row is the figure."""
    rows = json.loads(text(booked("trace", "result", "--format", "json")))
    assert list(rows[0]) == [
        "position", "topic", "recorded_at", "actor", "source", "source_line", "source_digest",
        "period", "date", "unit", "account", "line", "voucher", "row", "amount", "text",
    ]  # fmt: skip
    assert [row["amount"] for row in rows] == ["-1000.50", "-300.25", "-1300.75"]
    csv = text(booked("trace", "balance", "--account", "1930", "--format", "csv"))
    assert csv.splitlines()[0].split(",")[14:] == ["measure", "amount", "text"]
    assert csv.splitlines()[-1].split(",")[14:] == ["", "-1300.75", ""]


def test_each_event_of_a_trace_is_proved_to_be_in_the_log(booked):
    """From its leaf along its path to the root of the checkpoint."""
    *rows, total = json.loads(text(booked("trace", "result", "--proof", "--format", "json")))
    for row in rows:
        proof = row["proof"]
        assert proof["index"] == row["position"]
        path = [bytes.fromhex(part) for part in proof["path"]]
        leaf = bytes.fromhex(proof["leaf"])
        reached = root_from_inclusion(proof["index"], proof["size"], leaf, path)
        assert reached.hex() == root("ledger.db", proof["size"])
    assert total["proof"]["leaf"] is None
    refused = booked("trace", "result", "--proof")
    assert refused.exit_code == 2
    assert "Bevis är data" in refused.stderr


# ── diff ───────────────────────────────────────────────────────────────────────────────────────


def test_a_difference_for_people(late):
    """The figure once, its cause in words; nothing of what stands."""
    run, known = late
    shown = text(run("diff", "--known-at", known, "--through", "2020-09", "--measure", "outcome"))
    assert re.search(
        r"610 +Drift +Utfall +−1 001 +−1 011 +−10,00 +bokfört sent +−10,00 +1\n", shown
    )
    assert re.search(r"Totalt +Utfall +−1 301 +−1 311 +−10,00 +bokfört sent +−10,00 +1\n", shown)
    assert "620" not in shown
    assert "Orsakernas belopp summerar till förändringen" in shown
    assert text(run("diff", "--known-at", known, "--and", known)).count("Inget har ändrats.") == 1


def test_a_difference_as_data(late):
    """With the events, as positions."""
    run, known = late
    options = ("--known-at", known, "--through", "2020-09", "--format", "json")
    rows = json.loads(text(run("diff", *options)))
    position = rows[0].pop("positions")
    assert rows[0] == {
        "unit": "610", "name": "Drift", "measure": "outcome", "before": "-1000.50",
        "after": "-1010.50", "change": "-10.00", "cause": "posted_late", "why": None, "events": 1,
        "amount": "-10.00", "decisions": [],
    }  # fmt: skip
    assert Book("ledger.db").postings().filter(position=position[0])["amount"].to_list() == [-10_00]
    accounts = json.loads(text(run("diff", "balance", "--measure", "closing", *options)))
    assert [(r["account"], r["amount"]) for r in accounts] == [
        ("1930", "-10.00"),
        ("4010", "10.00"),
    ]


def test_differences_that_cannot_be_asked(late):
    """Without a first time, and with the times turned round."""
    run, known = late
    assert run("diff").exit_code == 2
    now = f"@{Book('ledger.db').size}"
    refused = run("diff", "--known-at", now, "--and", known)
    assert refused.exit_code == 2
    assert f"{now} är efter {known}" in refused.stderr


# ── replay and publication ─────────────────────────────────────────────────────────────────────


@pytest.fixture
def adopted(booked, folder):
    """A round opened, entered and adopted."""
    (folder / "forecast.csv").write_text(ROUND, encoding="utf-8")
    for words in (
        ("forecast", "round", "T2", "--through", "2020-08"),
        ("forecast", "enter", "--from", "forecast.csv"),
        ("forecast", "adopt", "T2"),
    ):
        assert booked(*words).exit_code == 0
    return booked


def test_what_is_published_is_shown_as_always_and_recorded(booked):
    """Its digest is that of the bytes that --format json prints."""
    import hashlib

    plain = booked("result", "--by", "line", "--format", "json")
    given = booked("result", "--by", "line", "--format", "json", "--publish", "--actor", "chef")
    assert given.stdout == plain.stdout
    event = Book("ledger.db").events("governance.report_published").to_dicts()[0]
    assert event["actor"] == "chef"
    assert event["digest"] == hashlib.sha256(plain.stdout.encode()).hexdigest()
    assert event["question"] == (
        '{"by":["line"],"span":"accumulated","through":"2020-08","tree":"line"}'
    )
    assert event["root"] == root("ledger.db", event["known_size"])
    assert f"SHA-256 {event['digest']}" in given.stderr


def test_everything_published_is_asked_again(adopted):
    """Results, balances, costs, rounds; then the adopted year-end. They say the same."""
    for words in (
        ("result", "--by", "unit,line"),
        ("result", "--year", "2020", "--span", "month"),
        ("balance", "--by", "account,month", "--unit", "610"),
        ("cost-development",),
        ("forecast", "show", "T2"),
    ):
        assert adopted(*words, "--publish").exit_code == 0
    assert adopted("import", "outcome-2020-09.csv").exit_code == 0
    rows = json.loads(text(adopted("replay", "--check", "--format", "json")))
    assert [(r["report"], r["state"]) for r in rows] == [
        ("result", "same"), ("result", "same"), ("balance", "same"), ("cost_development", "same"),
        ("forecast_round", "same"), ("adopted_round", "same"),
    ]  # fmt: skip
    assert all(row["expected"] == row["found"] for row in rows)
    shown = text(adopted("replay", "--check"))
    assert "Saldobalans" in shown
    assert "--by account,month --through 2020-08 --unit 610" in shown


def test_nothing_published_is_said(booked):
    """And nothing is found wrong."""
    assert "Inget är publicerat" in text(booked("replay", "--check"))


def test_nothing_published_is_not_said_under_an_adopted_round(adopted):
    """The round stands in the table."""
    shown = text(adopted("replay", "--check"))
    assert "T2" in shown
    assert "Inget är publicerat" not in shown


def test_a_table_that_says_something_else_is_a_finding(booked):
    """Named, with what was recorded and what is found; so is one of another log."""
    size = Book("ledger.db").size
    question = canonical_json(
        {"by": ["area"], "through": "2020-08", "tree": "line", "span": "month"}
    )
    wrong = {"digest": "d" * 64, "root": root("ledger.db", size)}
    other = {"digest": "e" * 64, "root": "0" * 64}
    newer = {"digest": "f" * 64, "root": root("ledger.db", size)}
    store = Store("ledger.db")
    for fields, form in ((wrong, 1), (other, 1), (newer, 2)):
        store.record(
            PublishReport(
                report="result",
                question=question.decode(),
                known_size=size,
                table_form=form,
                **fields,
            ),
            "chef",
            Source("test"),
        )
    store.close()
    done = booked("replay", "--check")
    assert done.exit_code == 1
    findings = [line for line in done.stderr.splitlines() if "[replay-differs]" in line]
    assert len(findings) == 3
    assert f"registrerad SHA-256 {'d' * 64}, nu " in findings[0]
    assert "result --by area --span month --through 2020-08 (händelse" in findings[0]
    assert "stod på andra händelser" in findings[1]
    assert "tabellform 2 för result" in findings[2]
    before = booked("replay", "--check", "--known-at", f"@{size}")
    assert before.exit_code == 0, "what was published later is not asked"


def test_a_replay_lists_every_projection(adopted):
    """With its rows and digest; what cannot be answered yet says so."""
    rows = json.loads(text(adopted("replay", "--format", "json")))
    known = {row["projection"]: row for row in rows}
    assert known.keys() >= {"result", "balance", "forecast_round", "rounds", "monthly_series"}
    assert known["forecast_round"]["question"] == '{"round":"T2"}'
    told = [row for row in rows if row["unanswered"] is None]
    assert all(re.fullmatch("[0-9a-f]{64}", row["digest"]) for row in told)
    untold = {row["projection"] for row in rows if row["unanswered"]}
    staffing = {"staffing", "staffing_months", "staff_time", "headcount", "sick_leave"}
    assert untold == {"action_plan", "investments"} | staffing, "none of them is recorded here"
    first = f"@{Book('ledger.db').boundaries[1][0]}"
    early = json.loads(text(adopted("replay", "--known-at", first, "--format", "json")))
    assert {r["projection"]: r["unanswered"] for r in early}["result"].startswith("There is no")


# ── for ever ───────────────────────────────────────────────────────────────────────────────────

QUESTIONS = (
    ("result", "--by", "area"),
    ("result", "--by", "unit,line,month"),
    ("balance",),
    ("balance", "--by", "account,month"),
    ("cost-development",),
    ("forecast", "--by", "unit"),
    ("forecast", "show", "T2"),
    ("forecast", "list"),
    ("follow-up", "--by", "mark,unit"),
    ("follow-up", "--marks"),
    ("trace", "follow-up", "--mark", "hyra"),
    ("forecast", "compare"),
    ("forecast", "explain"),
    ("forecast", "explain", "--round", "T2"),
    ("forecast", "accuracy"),
    ("trace", "result"),
    ("trace", "result", "--unit", "610", "--measure", "forecast_variance"),
    ("trace", "cost-development", "--line", "Personalkostnader"),
    ("trace", "balance", "--account", "1930"),
    ("trace", "forecast", "--proof"),
    ("history",),
    ("replay",),
    ("replay", "--check"),
)


def test_the_same_question_gives_the_same_bytes_whatever_comes_later(adopted, folder):
    """Ten thousand events, a reversal, a unit that moves, a structure decided anew."""
    budget = "period,unit,account,amount\n2020-08,6101,4010,-900.00\n"
    (folder / "budget.csv").write_text(budget, encoding="utf-8")
    assert adopted("import", "budget.csv").exit_code == 0
    assert adopted("result", "--publish").exit_code == 0
    marked = adopted("mark", "hyra", "--kind", "one_off", "--account", "5010", "--reason", "flytt")
    assert marked.exit_code == 0, marked.output
    assert adopted("follow-up", "--publish").exit_code == 0
    book = Book("ledger.db")
    first = f"@{book.boundaries[-6][0]}"

    def answers(known: str) -> list[str]:
        asked = [adopted(*q, "--known-at", known, "--format", "json") for q in QUESTIONS]
        asked += [
            adopted("diff", noun, "--known-at", first, "--and", known, "--format", "json")
            for noun in ("result", "balance", "cost-development")
        ]
        assert [done.exit_code for done in asked] == [0] * len(asked), asked
        return [done.stdout for done in asked]

    before = answers(f"@{book.size}")
    rows = []
    for n in range(1, 10_001):  # vouchers of two rows: ten thousand of them, three months
        month, account = f"2020-{7 + n % 3:02d}", 4010 + n % 2 * 1000
        rows.append(f"{month},6101,{account},-{n}.25,{month}-20,S {n},1,Lön\n")
        rows.append(f"{month},6101,1930,{n}.25,{month}-20,S {n},2,Lön\n")
    head = "period,unit,account,amount,date,voucher,row,text\n"
    (folder / "many.csv").write_text(head + "".join(rows), encoding="utf-8")
    (folder / "moved.csv").write_text(
        "unit,name,parent,level,tree,valid_from\n6101,Nät,620,unit,line,2018-01\n", encoding="utf-8"
    )
    (folder / "lines.csv").write_text(
        "structure,line,parent,account_from,account_to,sign,valid_from\n"
        "prognos,Allt,,3000,7999,1,2018-01\n",
        encoding="utf-8",
    )
    for words in (
        ("import", "many.csv"),
        ("reverse", "S 77", "--reason", "fel"),
        ("import", "moved.csv", "--as", "units"),
        ("import", "lines.csv", "--as", "structures"),
    ):
        done = adopted(*words)
        assert done.exit_code == 0, done.output
    assert Book("ledger.db").size > book.size + 20_000
    assert answers(f"@{book.size}") == before
    assert answers(book.recorded_at) == before
