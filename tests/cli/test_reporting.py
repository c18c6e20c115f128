"""``ledger report`` and ``ledger bridge`` as a controller meets them."""

import hashlib
import json
from pathlib import Path

import pytest

from ledger import open as open_book
from tests.cli.conftest import Run

BUDGET = "period,unit,account,amount\n" + "".join(
    f"2020-{m:02},6101,4010,-900.00\n" for m in range(1, 13)
)
AUGUST = ("--unit", "60", "--through", "2020-08")


@pytest.fixture
def planned(booked: Run, folder: Path) -> Run:
    """August booked, and a budget of wages."""
    (folder / "budget.csv").write_text(BUDGET, encoding="utf-8")
    assert booked("import", "budget.csv").exit_code == 0
    return booked


def report(run: Run, *more: str):
    return run("report", "interim", *AUGUST, "-o", "out", *more)


def test_the_list_says_what_is_missing_and_what_to_ask(planned):
    """Exit code 1 with findings; they are explained."""
    done = planned("report", "list", "interim", *AUGUST)
    assert done.exit_code == 1
    assert "Resultatutveckling: finns" in done.stdout
    assert "Styrkort medarbetare: saknas" in done.stdout
    assert "iakttagelse [month-open] Resultatutveckling" in done.stdout
    assert "iakttagelse [commentary-missing] Sammanfattning" in done.stdout
    for code in ("month-open", "commentary-missing", "figure-uncited", "scorecard-differs"):
        assert planned("explain", code).exit_code == 0
    data = planned("report", "list", "interim", *AUGUST, "--format", "json")
    assert data.exit_code == 1
    rows = json.loads(data.stdout)
    assert len(rows) == len(done.stdout.splitlines()) - 1  # the heading
    states = {row["section"]: row["state"] for row in rows if row["row"] == "section"}
    assert (states["result"], states["scorecard_people"]) == ("there", "missing")
    codes = [row["code"] for row in rows if row["row"] == "finding"]
    assert {"month-open", "commentary-missing"} <= set(codes)
    unknown = planned("report", "list", "vinter")
    assert unknown.exit_code == 2
    assert "interim, director, monthly" in unknown.stderr


def test_a_family_of_which_nothing_is_on_record_is_left_out_and_said_to_be(planned):
    """On stderr, with exit code 0; asked for on its own it is an error with a name of its own."""
    done = report(planned)
    assert done.exit_code == 0
    page = Path("out/interim-60-2020-08.html").read_text("utf-8")
    for section in ("Sjukfrånvaro", "Ekonomisk handlingsplan", "Investeringar"):
        assert section in done.stderr.partition("Utelämnat, ")[2]
        assert section not in page
    assert "Resultatutveckling" in page
    assert "Resultatutveckling" not in done.stderr
    alone = planned("staffing", "--unit", "60", "--through", "2020-08")
    assert alone.exit_code == 2
    assert "fel [nothing-known] " in alone.stderr


def test_a_mistaken_question_in_a_report_is_never_swallowed(planned):
    """A setting names a tree that nobody defined; a section is asked of a time without the unit."""
    named = planned("record", "setting", "setting=region.trees", "value=vårdcentraler")
    assert named.exit_code == 0
    failed = planned("report", "director", "--through", "2020-08", "-o", "out")
    assert failed.exit_code == 2
    assert "fel [usage] Det finns inget träd 'vårdcentraler'." in failed.stderr
    early = report(planned, "--at", "staffing=2020-08@@5")
    assert early.exit_code == 2
    assert "fel [usage] Det finns ingen enhet '60'." in early.stderr
    assert not Path("out").exists()


def test_a_file_where_the_folder_should_be_is_said(planned):
    """Exit code 2, with what to do; the file stays as it was."""
    before = Path("budget.csv").read_bytes()
    refused = planned("report", "interim", *AUGUST, "-o", "budget.csv")
    assert refused.exit_code == 2, refused.output
    assert "Välj en annan -o MAPP." in refused.stderr
    assert Path("budget.csv").read_bytes() == before


def test_a_report_with_findings_is_given_out_only_when_somebody_says_so(planned):
    """Exit 4 and nothing recorded; then exit 1, an event with the files' digests, and the next
    version ends with what changed."""
    refused = report(planned, "--publish")
    assert refused.exit_code == 4
    assert "[findings-left]" in refused.stderr
    assert not Path("out").exists()
    given = report(planned, "--publish", "--with-findings", "--to", "html,xlsx", "--actor", "chef")
    assert given.exit_code == 1, given.output
    assert "Version 1 är publicerad" in given.stderr
    event = open_book("ledger.db").events("governance.document_published").to_dicts()[0]
    assert (event["report"], event["version"], event["actor"]) == ("interim", 1, "chef")
    assert event["findings"] > 0
    assert json.loads(event["files"]) == {
        form: hashlib.sha256(Path(f"out/interim-60-2020-08.{form}").read_bytes()).hexdigest()
        for form in ("html", "xlsx")
    }
    first = Path("out/interim-60-2020-08.html").read_bytes()
    assert report(planned, "--known-at", f"@{event['known_size']}").exit_code == 0
    assert Path("out/interim-60-2020-08.html").read_bytes() == first
    text = ("section=ekonomi", "unit=60", "period=2020-08", "text=Utfallet är svagt.")
    assert planned("record", "commentary", *text).exit_code == 0
    again = report(planned, "--publish", "--with-findings")
    assert "Ekonomi · text: – → Utfallet är svagt." in again.stderr
    assert "Version 2 är publicerad" in again.stderr
    assert f"ledger diff --known-at @{event['known_size']} --and @" in again.stderr
    assert "version 2 är publicerad" in planned("report", "list", "interim", *AUGUST).stdout


def test_a_section_of_another_month_says_so_in_its_heading(planned):
    done = report(planned, "--at", "result=2020-08@2020-01-01")
    assert done.exit_code == 2
    assert planned("import", "outcome-2020-09.csv").exit_code == 0
    done = planned("report", "monthly", "--unit", "60", "-o", "out", "--at", "result=2020-08")
    assert done.exit_code == 0, done.output
    page = Path("out/monthly-60-2020-09.html").read_text(encoding="utf-8")
    assert "Resultatutveckling (t.o.m. augusti 2020, känt" in page
    wrong = planned("report", "monthly", "--unit", "60", "--at", "väder=2020-08")
    assert wrong.exit_code == 2
    assert "cost_development" in wrong.stderr


@pytest.mark.parametrize("name", ["monthly", "personnel", "production", "internal-control"])
def test_the_smaller_reports_are_written(planned, name):
    done = planned("report", name, *AUGUST, "-o", "out", "--lang", "en")
    assert done.exit_code == 0, done.output
    assert Path(f"out/{name}-60-2020-08.html").stat().st_size > 2000


def test_an_attachment_is_recorded_by_its_file(planned, folder):
    """Its digest is the file's; a file that is not there is refused."""
    (folder / "beslut.pdf").write_bytes(b"beslut")
    fields = ("number=1", "unit=60", "period=2020-08", "title=Beslut")
    done = planned("record", "attachment", *fields, "file=beslut.pdf")
    assert done.exit_code == 0, done.output
    assert report(planned).exit_code == 0
    page = Path("out/interim-60-2020-08.html").read_text(encoding="utf-8")
    assert hashlib.sha256(b"beslut").hexdigest() in page
    assert planned("record", "attachment", *fields, "file=borta.pdf").exit_code == 2


def test_the_bridge_sums_to_the_variance(planned):
    """Eight months of 900 were budgeted; 1 000.50 of wages and 300.25 of rent are booked."""
    rows = json.loads(planned("bridge", *AUGUST, "--format", "json").stdout)
    assert [(row["driver"], row["detail"], row["amount"]) for row in rows] == [
        ("rest", "Personalkostnader", "6199.50"),
        ("rest", "Övriga kostnader", "-300.25"),
        (None, None, "5899.25"),
    ]
    table = planned("bridge", *AUGUST).stdout
    assert "övrigt" in table
    assert "Totalt" in table
    entries = json.loads(planned("bridge", *AUGUST, "--driver", "rest", "--format", "json").stdout)
    assert [row["voucher"] for row in entries] == ["A 1001", "A 1002"]
    assert planned("bridge", *AUGUST, "--by", "unit").exit_code == 2
    assert planned("bridge", "--draft").exit_code == 2


def test_a_draft_is_imported_and_ties_out(planned):
    assert planned("bridge", *AUGUST, "--draft", "-o", "variances.csv").exit_code == 0
    done = planned("import", "variances.csv")
    assert done.exit_code == 0, done.output
    rows = json.loads(planned("variances", *AUGUST, "--by", "division", "--format", "json").stdout)
    assert rows[0]["state"] == "ties_out"
