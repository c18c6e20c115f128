"""`ledger control assess` and `evaluate`: the working paper out and in, and the answer in words."""

import hashlib
import json
import re
from decimal import Decimal

import pytest
from openpyxl import load_workbook

from reporting.numbers import shown
from tests.cli.test_control_sample import data, filled  # noqa: F401


@pytest.fixture
def sampled(filled):  # noqa: F811
    """A sample of five wages, S; the names of people tell them apart."""
    data(filled, "S", "--account", "4010", "--size", "5")
    filled("record", "setting", "setting=four_eyes", "value=actor")
    return filled


def paper(run, name="S"):
    """The working paper as data."""
    done = run("control", "assess", name, "--format", "json")
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def test_the_working_paper_goes_out_and_comes_back(sampled, folder):
    """The same bytes twice; numbers as numbers; a formula for the difference; what nobody filled in
    says nothing; what is on record is known."""
    for name in ("one.xlsx", "two.xlsx"):
        done = sampled("control", "assess", "S", "--sheet", name)
        assert done.exit_code == 0, done.output
    assert (folder / "one.xlsx").read_bytes() == (folder / "two.xlsx").read_bytes()
    untouched = sampled("control", "assess", "--from", "one.xlsx")
    assert "ingenting är ifyllt på någon av 5 rader" in untouched.stderr
    book = load_workbook(folder / "one.xlsx")
    page = book.worksheets[0]
    heads = {cell.value: cell.column for cell in page[1]}
    assert isinstance(page.cell(2, heads["Belopp"]).value, float | int)
    assert page.cell(2, heads["Felbelopp"]).value.startswith("=IF(")
    assert "rothash" in " ".join(str(row[0].value) for row in book.worksheets[1].iter_rows())
    page.cell(2, heads["Resultat"], "felbelopp")
    page.cell(2, heads["Reviderat belopp"], -0.5)
    page.cell(2, heads["Orsak"], "Fel lönegrupp")
    page.cell(3, heads["Resultat"], "utan anmärkning")
    page.cell(4, heads["Resultat"], "Avvikelse")
    book.save(folder / "filled.xlsx")
    taken = sampled("control", "assess", "--from", "filled.xlsx", "--actor", "Anna")
    assert taken.stdout == "recorded 3, already known 0, refused 0\n"
    again = sampled("control", "assess", "--from", "filled.xlsx", "--actor", "Anna")
    assert again.stdout == "recorded 0, already known 3, refused 0\n"
    rows = paper(sampled)
    assert [row["assessment"] for row in rows] == [
        "misstatement",
        "fine",
        "deviation",
        None,
        None,
    ]
    assert (rows[0]["audited"], rows[0]["cause"], rows[0]["assessor"]) == (
        "-0.50",
        "Fel lönegrupp",
        "Anna",
    )
    sampled("control", "assess", "S", "--sheet", "three.xlsx", "--lang", "en")
    back = sampled("control", "assess", "--from", "three.xlsx")
    assert back.stdout == "recorded 0, already known 3, refused 0\n"


def test_what_is_booked_is_not_changed_in_a_working_paper(sampled, folder):
    """In rows that are filled in and in those that are not; with the cell, both amounts and what to
    do; the same number otherwise written is the same. Nothing is recorded."""
    sampled("control", "assess", "S", "--sheet", "paper.xlsx")
    book = load_workbook(folder / "paper.xlsx")
    page = book.worksheets[0]
    heads = {cell.value: cell.column for cell in page[1]}
    amounts = [row["amount"] for row in paper(sampled)]
    page.cell(2, heads["Resultat"], "utan anmärkning")
    page.cell(2, heads["Belopp"], amounts[0].replace(".", ","))
    page.cell(3, heads["Resultat"], "utan anmärkning")
    page.cell(3, heads["Belopp"], -0.01)
    page.cell(4, heads["Belopp"], "cirka 7")
    page.cell(5, heads["Belopp"]).value = None
    book.save(folder / "changed.xlsx")
    refused = sampled("control", "assess", "--from", "changed.xlsx", "--lang", "en")
    assert (refused.exit_code, refused.stdout) == (3, "recorded 0, already known 0, refused 2\n")
    told = [line for line in refused.stderr.splitlines() if "[booked-changed]" in line]
    remedy = "Put it back; what should have been booked goes into the audited amount."
    assert [line.split(" – ")[-1] for line in told] == [
        f"cell H3 says '-0.01', and {amounts[1]} is booked. {remedy}",
        f"cell H4 says 'cirka 7', and {amounts[2]} is booked. {remedy}",
        f"cell H5 is empty, and {amounts[3]} is booked. {remedy}",
    ]
    assert told[0].startswith("changed.xlsx!Arbetspapper:3")
    swedish = sampled("control", "assess", "--from", "changed.xlsx")
    booked = shown(Decimal(amounts[1]), "sv")
    assert f"cell H3 säger '-0.01', och {booked} kr är bokfört" in swedish.stderr
    assert paper(sampled)[0]["assessment"] is None


def test_one_item_with_its_evidence(sampled, folder):
    """A file given as evidence is kept by its digest."""
    item = str(paper(sampled)[0]["event"])
    (folder / "kvitto.txt").write_text("kvitto", encoding="utf-8")
    done = sampled(
        *("control", "assess", "S", item, "--result", "deviation", "--evidence", "kvitto.txt"),
        *("--cause", "Ingen attest", "--measure", "Utbilda", "--owner", "chef"),
        *("--due", "2020-12-31", "--on", "2020-09-14"),
    )
    assert done.stdout == "recorded 1, already known 0, refused 0\n", done.output
    row = paper(sampled)[0]
    assert row["evidence"] == hashlib.sha256(b"kvitto").hexdigest()
    assert (row["remedy"], row["owner"], row["due"]) == ("Utbilda", "chef", "2020-12-31")


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (("1", "--result", "fine"), "[item-not-drawn] S,1,fine – posten '1' är inte med i urvalet"),
        (("ITEM", "--result", "misstatement"), "ett felbelopp utan granskat belopp"),
        (
            ("ITEM", "--result", "misstatement", "--audited", "BOOKED"),
            "det granskade beloppet är det bokförda: inget felbelopp",
        ),
        (
            ("ITEM", "--result", "deviation", "--audited", "-1"),
            "ett granskat belopp, men resultatet är avvikelse",
        ),
        (("ITEM", "--result", "fine", "--evidence", "abc"), "beviset är ingen SHA-256"),
        (("ITEM", "--result", "fine", "--on", "2020-02-30"), "en dag som inte finns i kalendern"),
        (("ITEM", "--result", "fine", "--on", "2020-01-01"), "bedömd 2020-01-01, men bokförd"),
        (
            ("ITEM", "--result", "misstatement", "--audited", "99"),
            "granskat 99,00 har ett annat tecken än bokfört −",
        ),
    ],
)
def test_what_does_not_hold_is_refused(sampled, asked, message):
    row = paper(sampled)[0]
    words = {"ITEM": str(row["event"]), "BOOKED": row["amount"]}
    done = sampled("control", "assess", "S", *(words.get(word, word) for word in asked))
    assert done.exit_code == 3
    assert message in done.stderr


def test_an_item_wants_a_result(sampled):
    item = str(paper(sampled)[0]["event"])
    for asked in (("S", item), ("S", item, "--audited", "-1"), ("S", "--result", "fine"), ()):
        done = sampled("control", "assess", *asked)
        assert (done.exit_code, done.stdout) == (2, "")


def test_another_sign_with_its_reason_and_a_review_of_nothing_else(sampled):
    item = str(paper(sampled)[0]["event"])
    told = ("--result", "misstatement", "--audited", "99", "--reason", "En kreditfaktura")
    assert sampled("control", "assess", "S", item, *told).exit_code == 0
    done = sampled("control", "assess", "S", "--review", "--result", "fine", "--actor", "Bo")
    assert (done.exit_code, "En granskning bedömer ingenting" in done.stderr) == (2, True)


def test_an_item_is_assessed_otherwise_with_a_reason(sampled):
    item = str(paper(sampled)[0]["event"])
    sampled("control", "assess", "S", item, "--result", "fine")
    refused = sampled("control", "assess", "S", item, "--result", "missing")
    assert "[reason-missing]" in refused.stderr
    done = sampled("control", "assess", "S", item, "--result", "missing", "--reason", "Borta")
    assert done.exit_code == 0
    assert (paper(sampled)[0]["assessment"], paper(sampled)[0]["version"]) == ("missing", 2)


def all_fine(run, name="S"):
    """Everything fine, by Anna."""
    for row in paper(run, name):
        done = run("control", "assess", name, str(row["event"]), "--result", "fine",
                   "--actor", "Anna")  # fmt: skip
        assert done.exit_code == 0, done.output


def test_the_answer_in_words_with_its_confidence(sampled):
    """None of 5 of 41: the hypergeometric limit is 17 of 41, 41,47 % when rounded up."""
    early = sampled("control", "evaluate", "S")
    assert (early.exit_code, "5 av 5 poster" in early.stderr) == (4, True)
    all_fine(sampled)
    done = sampled("control", "evaluate", "S", "--tolerable", "50%")
    assert done.exit_code == 0, done.output
    text = done.stdout.replace("\u00a0", " ")
    assert "Med 95 % säkerhet avviker högst 41,47 % av populationens 41 poster" in text
    assert "(0 av 5 granskade avvek). Det är inom det godtagbara, 50 %." in text
    assert "inte granskade av en annan person" in text
    assert sampled("control", "assess", "S", "--review", "--actor", "Anna").exit_code == 4
    reviewed = sampled("control", "assess", "S", "--review", "--actor", "Bo")
    assert reviewed.exit_code == 0
    assert "[four-eyes-one-account]" in reviewed.stderr
    found = sampled("control", "evaluate", "S", "--tolerable", "0,1", "--format", "json")
    answer = json.loads(found.stdout)
    assert (found.exit_code, answer["verdict"], answer["reviewed"]) == (1, "beyond", True)
    assert (answer["tolerable"], answer["tolerable_from"]) == ("0.1", "given")
    assert "Det godtagbara är angivet med --tolerable." in text
    assert "[sample-beyond]" in found.stderr
    (row,) = json.loads(sampled("control", "list", "--samples", "--format", "json").stdout)
    assert (row["sample_state"], row["sample_verdict"]) == ("evaluated", "beyond")


def test_a_review_from_the_same_account_is_told(sampled, monkeypatch):
    """Where the name alone decides: under the evaluation, and in the history of the review; a
    review from another account is a review without more words."""
    all_fine(sampled)
    sampled("control", "assess", "S", "--review", "--actor", "Bo")
    topic = ("--topic", "control.assessments_reviewed", "--format", "json")
    (review,) = json.loads(sampled("history", *topic).stdout)
    people = sampled("history", str(review["position"])).stdout
    assert re.search(r"^Samma konto +ja$", people, re.MULTILINE)
    assert re.search(r"^Bedömningar t\.o\.m\. händelse +\d+$", people, re.MULTILINE)
    told = "Bedömningarna är granskade från samma konto som de är gjorda från"
    assert told in sampled("control", "evaluate", "S", "--tolerable", "50%").stdout
    item = str(paper(sampled)[0]["event"])
    again = ("--result", "missing", "--reason", "Borta", "--actor", "Anna")
    sampled("control", "assess", "S", item, *again)
    monkeypatch.setattr("ledger.store.system_user", lambda: "another")
    other = sampled("control", "assess", "S", "--review", "--actor", "Bo")
    assert (other.exit_code, "[four-eyes-one-account]" in other.stderr) == (0, False)
    assert told not in sampled("control", "evaluate", "S", "--tolerable", "50%").stdout
    _, second = json.loads(sampled("history", *topic).stdout)
    whole = json.loads(sampled("history", str(second["position"]), "--format", "json").stdout)
    assert "same_account" not in whole[0]


def test_a_misstatement_is_a_deviation_in_the_list_too(sampled):
    """One of five, with an amount: the sentence says that it deviated, and so does the list, whose
    frame is told in words."""
    all_fine(sampled)
    item = str(paper(sampled)[0]["event"])
    wrong = ("--result", "misstatement", "--audited", "-0.01", "--reason", "Fel lön")
    assert sampled("control", "assess", "S", item, *wrong).exit_code == 0
    assert "(1 av 5 granskade avvek)" in sampled("control", "evaluate", "S").stdout
    people = sampled("control", "list", "--samples").stdout
    heads = " ".join(people.split("───")[0].split())
    assert heads.count("Avvikelser") == 2
    assert {"utan", "med", "felbelopp"} <= set(heads.split())
    assert "enhet " in people
    assert "konto 4010" in people
    assert "account=" not in people
    (row,) = json.loads(sampled("control", "list", "--samples", "--format", "json").stdout)
    assert (row["deviations"], row["misstated"]) == (0, 1)
    assert "account=4010" in row["drawn_from"]


def test_money_in_words(sampled):
    drawn = data(sampled, "M", "--account", "4010", "--method", "monetary_unit", "--size", "4")
    all_fine(sampled, "M")
    done = sampled("control", "evaluate", "M", "--tolerable", "1500", "--lang", "en")
    assert done.exit_code == 0, done.output
    assert "of the 1,840.50 kr drawn from is misstated" in done.stdout
    assert "That is within what can be borne, 1,500.00 kr." in done.stdout
    assert drawn["population"]["sum"] == "-1840.50"


def test_a_sample_beyond_is_followed_up_and_in_the_report(sampled, folder):
    """Found by its control, recorded, settled; the internal-control section has the sample."""
    item = str(paper(sampled)[0]["event"])
    all_fine(sampled)
    again = ("--result", "missing", "--reason", "Borta")
    assert sampled("control", "assess", "S", item, *again).exit_code == 0
    assert sampled("control", "evaluate", "S", "--tolerable", "0.05").exit_code == 1
    asked = ("control", "run", "sample_beyond")
    found = sampled(*asked, "--record", "--format", "json")
    assert found.exit_code == 1, found.output
    (one,) = json.loads(found.stdout)["controls"][0]["findings"]
    assert one["text"].startswith("urval S: 1 fel av 5 poster; högst ")
    assert one["text"].endswith(" avvikande, mot godtagbara 5,00\u00a0%")
    assert sampled("control", "findings", "--open").exit_code == 1
    assert sampled("control", "resolve", one["finding"], "--measure", "Rättat").exit_code == 0
    assert sampled("control", "findings", "--open").exit_code == 0
    done = sampled("report", "internal-control", "--through", "2020-08", "-o", "r")
    assert done.exit_code == 0, done.output
    (page,) = [one.read_text(encoding="utf-8") for one in (folder / "r").glob("*.html")]
    assert "Utvärderade urval t.o.m. augusti 2020" in page


def test_a_dry_run_records_nothing(sampled):
    all_fine(sampled)
    sampled("control", "evaluate", "S", "--dry-run")
    (row,) = json.loads(sampled("control", "list", "--samples", "--format", "json").stdout)
    assert row["sample_state"] == "assessed"


def test_an_erased_text_stays_erased(sampled, folder):
    """Its place says so; the paper that holds the marker brings nothing back, and the sample is
    evaluated and drawn again as before."""
    item = str(paper(sampled)[0]["event"])
    done = sampled("control", "assess", "S", item, "--result", "deviation", "--cause", "Namn N",
                   "--actor", "Anna")  # fmt: skip
    assert done.exit_code == 0, done.output
    at = str(paper(sampled)[0]["position"])
    who = ("--decision", "KS 2020/12", "--approved-by", "Bo Chef", "--actor", "Anna")
    erased = sampled("erase", at, "cause", *who)
    assert erased.exit_code == 0, erased.output
    shown = paper(sampled)[0]["cause"]
    assert shown.startswith("[gallrad ")
    sampled("control", "assess", "S", "--sheet", "s.xlsx")
    again = sampled("control", "assess", "--from", "s.xlsx")
    assert again.stdout == "recorded 0, already known 1, refused 0\n"
    assert paper(sampled)[0]["cause"] == shown
    assert sampled("control", "sample", "--redo", "S").exit_code == 0
    assert sampled("verify").exit_code == 0


def test_the_paper_as_it_was_known(sampled):
    """Before and after an assessment."""
    before = json.loads(sampled("verify", "--format", "json").stdout)["events"]
    item = str(paper(sampled)[0]["event"])
    sampled("control", "assess", "S", item, "--result", "fine")
    then = sampled("control", "assess", "S", "--known-at", f"@{before}", "--format", "json")
    assert [row["assessment"] for row in json.loads(then.stdout)] == [None] * 5
    assert paper(sampled)[0]["assessment"] == "fine"
    refused = sampled("control", "evaluate", "S", "--known-at", f"@{before}")
    assert (refused.exit_code, "5 av 5 poster" in refused.stderr) == (4, True)


def test_adequate_wants_a_sample_that_says_so(sampled, folder):
    """Refused from a sample that nobody evaluated, or that is beyond without a because."""
    plan = "control,year,unit,text,method,population,tolerable,responsible,frequency\n"
    plan += "K1,2020,60,Lön,sample,Löner,0.10,controller,year\n"
    (folder / "control.csv").write_text(plan, encoding="utf-8")
    assert sampled("import", "control.csv").exit_code == 0
    asked = ("control", "perform", "K1", "--through", "2020-08", "--conclusion", "adequate",
             "--sample", "S")  # fmt: skip
    early = sampled(*asked)
    assert (early.exit_code, "[sample-unanswered]" in early.stderr) == (4, True)
    all_fine(sampled)
    assert sampled("control", "evaluate", "S", "--tolerable", "10%").exit_code == 1
    beyond = sampled(*asked)
    assert (beyond.exit_code, "because är tom" in beyond.stderr) == (4, True)
    assert sampled(*asked, "--because", "Litet urval, hela populationen sedd").exit_code == 0


def test_another_measure_than_planned_wants_a_reason(sampled, folder):
    text = "year,unit,overall,performance,trivial\n2020,60,2000,1500,10\n"
    (folder / "materiality.csv").write_text(text, encoding="utf-8")
    sampled("import", "materiality.csv")
    money = ("--account", "4010", "--method", "monetary_unit", "--size", "4", "--unit", "60")
    data(sampled, "M", *money)
    all_fine(sampled, "M")
    other = ("control", "evaluate", "M", "--tolerable", "900000")
    refused = sampled(*other)
    assert (refused.exit_code, "[sample-refused]" in refused.stderr) == (4, True)
    assert sampled(*other, "--reason", "Beslut").exit_code == 0
    for wrong in ("0", "-5"):
        asked = ("control", "evaluate", "M", "--tolerable", wrong, "--reason", "Beslut")
        assert sampled(*asked).exit_code == 2
