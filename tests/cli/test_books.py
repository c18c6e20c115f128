"""The accountant's books and the history, as they are read and as data."""

import csv
import io
import json
import re
from pathlib import Path

import pytest

from ledger.commands import Source
from ledger.families.publication import PublishDocument
from ledger.store import Store
from projections.event_history import COLUMNS

JOURNAL = (
    "entry,position,recorded_at,actor,batch,kind,voucher,date,period,registered_at,text,row,"
    "account,name,unit,project,product,activity,counterparty_unit,dimensions,debit,credit,"
    "reverses,corrects,of_entry,of_voucher,source,source_line"
)
LEDGER = (
    "account,name,kind,date,period,voucher,text,unit,project,product,activity,counterparty_unit,"
    "dimensions,debit,credit,balance,entry,position,recorded_at,of_entry,of_voucher"
)


@pytest.fixture
def corrected(booked):
    """A voucher of August corrected, and a row that came alone."""
    events = json.loads(booked("history", "--topic", "outcome.posted", "--format", "json").stdout)
    first = events[0]["position"]
    fields = (f"{first}:amount=-900", f"{first + 1}:amount=900")
    done = booked("correct", str(first), *fields, "--reason", "fel belopp")
    assert done.exit_code == 0, done.output
    Path("alone.csv").write_text(
        "period,unit,account,amount,text\n2020-08,6201,5010,-50.00,Uppskattad\n", encoding="utf-8"
    )
    assert booked("import", "alone.csv", "--as", "outcome").exit_code == 0
    return booked


def test_the_journal_reads_as_a_book(corrected):
    """Voucher by voucher, with who and when, sums, what a reversal is of, and totals that agree."""
    lines = corrected("journal").stdout.replace("\u00a0", " ").splitlines()
    assert lines[0] == "Verifikationslista t.o.m. 2020-08, i registreringsordning, kr"
    text = "\n".join(lines)
    assert "Löpnr 1 · A 1001 · 2020-08-17 · Lön\nregistrerad 20" in text
    assert "Löpnr 3 · A 1001 · 2020-08-17 · fel belopp\n" in text
    assert "\nåterför löpnr 1 (A 1001)\n" in text
    assert "\nersätter löpnr 1 (A 1001)\n" in text
    assert "\nraden kom ensam och balanseras inte\n" in text
    sums = [line.split() for line in lines if line.lstrip().startswith("Summa")]
    assert sums[0] == ["Summa", "1", "000,50", "1", "000,50"]
    total = {line.strip().split("  ")[0]: line.split()[-4:] for line in lines[-8:]}
    assert total["4 verifikationer, i balans"] == ["3", "201,25", "3", "201,25"]
    assert any(line.strip().startswith("1 rader som kom ensamma") for line in lines)


def test_the_journal_as_data_has_a_row_an_event(corrected):
    """Flat, debit positive, credit negative, the same keys in JSON and CSV."""
    rows = json.loads(corrected("journal", "--format", "json").stdout)
    assert ",".join(rows[0]) == JOURNAL
    assert [(r["entry"], r["kind"], r["debit"], r["credit"]) for r in rows] == [
        (1, "posted", "1000.50", None),
        (1, "posted", None, "-1000.50"),
        (2, "posted", "300.25", None),
        (2, "posted", None, "-300.25"),
        (3, "reversed", None, "-1000.50"),
        (3, "reversed", "1000.50", None),
        (4, "posted", "900.00", None),
        (4, "posted", None, "-900.00"),
        (5, "alone", "50.00", None),
    ]
    as_csv = list(csv.DictReader(io.StringIO(corrected("journal", "--format", "csv").stdout)))
    assert ",".join(as_csv[0]) == JOURNAL
    assert [r["position"] for r in as_csv] == [str(r["position"]) for r in rows]


def test_the_general_ledger_reads_as_a_book(corrected):
    """Account by account, opening to closing; closing is the balance's."""
    lines = corrected("general-ledger").stdout.replace("\u00a0", " ").splitlines()
    assert lines[0] == "Huvudbok t.o.m. 2020-08, debet positivt, kr"
    at = lines.index("4010 Löner")
    assert "Ingående saldo" in lines[at + 1]
    assert "Återför löpnr 1: fel belopp" in lines[at + 3]
    assert lines[at + 5].split()[:2] == ["Utgående", "saldo"]
    balance = json.loads(corrected("balance", "--format", "json").stdout)
    rows = json.loads(corrected("general-ledger", "--format", "json").stdout)
    assert ",".join(rows[0]) == LEDGER
    closing = {r["account"]: r["balance"] for r in rows if r["kind"] == "closing"}
    assert closing == {r["account"]: r["closing"] for r in balance}


def test_books_take_the_questions_of_other_reads(corrected):
    """Through, year, unit, account, known-at, scale."""
    one = json.loads(corrected("general-ledger", "--account", "5010", "--format", "json").stdout)
    assert {r["account"] for r in one} == {"5010"}
    part = corrected("journal", "--unit", "620").stdout
    assert "Verifikationer som har någon rad där, hela." in part
    assert "A 1001" not in part
    before = corrected("journal", "--through", "2020-07")
    assert before.exit_code == 2
    assert "2020-08" in before.stderr
    thousands = corrected("journal", "--scale", "tkr").stdout
    assert "i registreringsordning, tkr\n" in thousands
    assert "1 000,50" not in thousands.replace("\u00a0", " ")


def test_the_history_as_data_has_every_event_and_the_keys_of_the_contract(corrected):
    """All of them, oldest first."""
    rows = json.loads(corrected("history", "--format", "json").stdout)
    assert list(rows[0]) == list(COLUMNS)
    assert [r["position"] for r in rows] == list(range(len(rows)))
    assert corrected("history", "--format", "csv").stdout.startswith(",".join(COLUMNS) + "\n")


def test_a_page_says_which_it_is_and_how_to_get_the_next(corrected):
    """In a table under it, with data on stderr."""
    size = len(json.loads(corrected("history", "--format", "json").stdout))
    shown = corrected("history", "--limit", "4")
    told = f"Sida 1 av {-(-size // 4)}, {size} händelser. Äldre: --page 2; med --known-at @{size}"
    assert told in shown.stdout
    data = corrected("history", "--limit", "4", "--page", "2", "--format", "json")
    positions = [r["position"] for r in json.loads(data.stdout)]
    assert positions == list(range(size - 8, size - 4))
    assert "Sida 2 av" in data.stderr
    everything = corrected("history", "--limit", "0")
    assert "Sida" not in everything.stdout
    beyond = corrected("history", "--page", "99")
    assert beyond.exit_code == 2


def test_the_processing_history_is_settings_structures_and_closings(corrected):
    """In words, without what is entered."""
    corrected("close", "2020-08")
    text = corrected("history", "--processing", "--limit", "0").stdout
    assert text.startswith("Behandlingshistorik\n")
    assert "Inställning ändrad" in text
    assert "inställning: Rapportstruktur för resultat; värde: prognos" in text
    assert "familj: utfall; preliminärt: nej" in text
    assert "Utfall bokfört" not in text


def test_words_are_found_and_bad_words_are_named(corrected):
    """With the remedy."""
    found = json.loads(corrected("history", "--search", "hyra augusti", "--format", "json").stdout)
    assert {r["text"] for r in found} == {"Hyra augusti"}
    wrong = corrected("history", "--search", "lön-2020")
    assert wrong.exit_code == 2
    assert "[search-not-understood]" in wrong.stderr
    assert corrected("history", "--search", "finnsinte").stderr == "Inget att visa.\n"


def test_fields_of_one_event_are_called_what_they_are_there(booked):
    """A table and a report given out: the log's size and root hash, the table's SHA-256, the
    event's own leaf hash; the name of the report in words, with nothing left to fill in."""
    booked("result", "--publish")
    table = booked("history", "--topic", "governance.report_published", "--format", "json")
    (one,) = json.loads(table.stdout)
    lines = booked("history", str(one["position"])).stdout.splitlines()
    shown = dict(re.split(r" {2,}", line, maxsplit=1) for line in lines)
    data = booked("history", str(one["position"]), "--format", "json").stdout
    (whole,) = json.loads(data)
    assert shown["Tabell"] == "Resultat"
    assert shown["Loggens storlek"] == str(whole["known_size"])
    assert shown["Loggens rothash"] == whole["root"]
    assert (shown["Tabellens SHA-256"], shown["Lövhash"]) == (whole["digest"], whole["leaf"])
    assert whole["digest"] != whole["leaf"]
    assert "Tabellens form" in shown
    store = Store("ledger.db")
    asked = ("interim", "6101", "2020-08", 1, "{}", 5, "a" * 64, (("html", "e" * 64),), 0)
    document = PublishDocument(*asked, figures="f" * 64, made_with="utfall 1")
    store.record(document, "chef", Source("test"))
    position = store.book().events("governance.document_published")["position"][0]
    store.close()
    people = booked("history", str(position)).stdout
    for label, value in {
        "Rapport": "Delårsrapport",
        "T.o.m.": "2020-08",
        "Loggens storlek": "5",
        "Loggens rothash": "a" * 64,
        "Siffrornas SHA-256": "f" * 64,
        "Gjord med": "utfall 1",
    }.items():
        assert re.search(f"^{re.escape(label)} +{value}$", people, re.MULTILINE), label
    assert "{unit}" not in people


def test_one_event_whole_tells_what_hangs_on_it(corrected):
    """Stream, version, leaf hash, private texts, the other rows, the reversal and correction."""
    events = json.loads(
        corrected("history", "--topic", "outcome.posted", "--format", "json").stdout
    )
    first = events[0]["position"]

    def whole(position):
        return json.loads(corrected("history", str(position), "--format", "json").stdout)[0]

    original = whole(first)
    assert original["stream"] == original["batch"]
    assert original["version"] == 2  # a fiscal year was stated first
    assert len(original["leaf"]) == 64
    assert original["text"] == "Lön"
    assert original["amount"] == "-1000.50"
    assert original["voucher_rows"] == [
        {
            "position": first + 1,
            "row": 2,
            "unit": "6101",
            "account": "1930",
            "amount": "1000.50",
        }
    ]
    reversal, replaced = whole(original["reversed_by"][0]), whole(original["corrected_by"][0])
    assert (reversal["reverses"], reversal["reason"]) == (first, "fel belopp")
    assert (replaced["corrects"], replaced["amount"]) == (first, "-900.00")
    people = corrected("history", str(first)).stdout
    assert "Verifikationens övriga rader" in people
    assert "återförd av händelse" in people.lower()
    fields = corrected("history", str(first), "--format", "csv").stdout.splitlines()
    assert fields[:2] == ["field,value", f"position,{first}"]
