"""What was given out, asked again: tables of the region, and whole reports, file by file."""

import json
from pathlib import Path

import pytest

import reporting.report.given_out as given_out
from ledger.commands import Source
from ledger.errors import Tampered
from ledger.families.publication import PublishDocument
from ledger.log import Book
from ledger.proof import root
from ledger.store import Store
from tests.cli.conftest import Run

INTERIM = ("--unit", "60", "--through", "2020-08", "-o", "out", "--publish", "--with-findings")
COMMENT = ("section=ekonomi", "unit=60", "period=2020-08", "text=Namn Namnsson slutar.")


def ok(run: Run, *words: str, code: int = 0):
    done = run(*words)
    assert done.exit_code == code, done.output
    return done


def again(run: Run, *more: str, code: int = 0) -> list[dict]:
    """What `replay --check` finds, as data."""
    return json.loads(ok(run, "replay", "--check", "--format", "json", *more, code=code).stdout)


# ── tables of the region ───────────────────────────────────────────────────────────────────────


def test_tables_of_the_region_are_given_out_and_asked_again(booked):
    """Each as data, with what it was asked; later events change none of them."""
    told = f"@{Book('ledger.db').size}"
    for name in ("statement", "balance_requirement"):
        ok(booked, "record", "setting", f"setting=structure.{name}", "value=prognos")
    ok(booked, "import", "outcome-2020-09.csv")
    asked = (
        ("summary",),
        ("divisions", "--by", "area", "--published", told),
        ("divisions", "--tree", "line@then", "--through", "2020-08"),
        ("statement",),
        ("balance-requirement",),
        ("internal", "--by", "area"),
        ("pairs", "--unmet", "--by", "unit"),
    )
    for words in asked:
        plain = booked("region", *words, "--format", "json")
        given = ok(booked, "region", *words, "--format", "json", "--publish", "--actor", "chef")
        assert given.stdout == plain.stdout
    ok(booked, "import", "late.csv")
    rows = again(booked)
    assert [(row["report"], row["state"], row["compared"]) for row in rows] == [
        (name, "same", "bytes")
        for name in (
            *("region_summary", "divisions", "divisions", "statement", "balance_requirement"),
            *("eliminations", "internal_pairs"),
        )
    ]
    shown = ok(booked, "replay", "--check").stdout
    assert f"--by area --published {told} --through 2020-09" in shown
    assert "--by unit --through 2020-09 --unmet " in shown


# ── whole reports ──────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def given(booked: Run, folder: Path) -> Run:
    """An interim report given out as a page and a workbook, and a month that came after."""
    ok(booked, "record", "commentary", *COMMENT)
    ok(booked, "report", "interim", *INTERIM, "--to", "html,xlsx", "--actor", "chef", code=1)
    ok(booked, "import", "late.csv")
    return booked


def other_bytes(document, form, template=None):
    """A program that lays reports out otherwise."""
    return f"{form} of {document.title}".encode()


def test_a_report_is_made_again_to_the_byte(given):
    """A row a file: as it was asked, what was compared, and how it came out."""
    page, book = again(given)
    size = Book("ledger.db").events("governance.document_published")["known_size"].item()
    assert json.loads(page["question"]) == {
        "lang": "sv", "scale": "tkr", "through": "2020-08", "to": "html", "unit": "60", "version": 1
    }  # fmt: skip
    assert json.loads(book["question"])["to"] == "xlsx"
    for row in (page, book):
        assert (row["report"], row["state"], row["compared"]) == ("interim", "same", "bytes")
        assert (row["actor"], row["size"], row["because"]) == ("chef", size, None)
        assert row["expected"] == row["found"]
    shown = ok(given, "replay", "--check").stdout
    assert "Delårsrapport" in shown
    assert "--unit 60 --through 2020-08 --version 1 --to html" in shown
    assert again(given, "--known-at", f"@{size}") == [], "what was given out later is not asked"


def test_the_next_version_and_sections_of_other_months_are_made_again(given):
    """With what changed since the version before, and each section of its own month and time."""
    size = Book("ledger.db").size
    ok(given, "report", "interim", *INTERIM, code=1)
    ok(given, "import", "outcome-2020-09.csv")
    at = ("--at", f"result=2020-08@@{size}", "--at", "cost_development=2020-08")
    ok(given, "report", "monthly", *INTERIM[:2], *INTERIM[4:], *at, "--lang", "en", code=1)
    rows = again(given)
    assert [row["state"] for row in rows] == ["same"] * 4
    asked = [json.loads(row["question"]) for row in rows]
    assert [each["version"] for each in asked] == [1, 1, 2, 1]
    now = Book("ledger.db").events("governance.document_published")["known_size"][-1]
    assert asked[-1]["at"] == [f"cost_development=2020-08@@{now}", f"result=2020-08@@{size}"]


def test_by_the_same_program_other_bytes_are_a_finding(given, monkeypatch):
    """Both digests are told."""
    monkeypatch.setattr(given_out, "to_file", other_bytes)
    rows = again(given, code=1)
    assert [(row["state"], row["compared"]) for row in rows] == [("differs", "bytes")] * 2
    told = ok(given, "replay", "--check", code=1).stderr
    assert told.count("[replay-differs]") == 2
    assert rows[0]["expected"] in told
    assert rows[0]["found"] in told


def test_by_another_program_the_figures_are_compared(given, monkeypatch):
    """The bytes are others, every figure is the same: no finding, and it is said."""
    monkeypatch.setattr(given_out, "to_file", other_bytes)
    monkeypatch.setattr(given_out, "made_with", lambda: "polars=9.9 utfall=9.9")
    rows = again(given)
    assert {(row["state"], row["compared"]) for row in rows} == {("same_figures", "figures")}
    assert [row["because"] for row in rows] == [["program"]] * 2
    event = Book("ledger.db").events("governance.document_published").to_dicts()[0]
    assert {row["expected"] for row in rows} == {row["found"] for row in rows} == {event["figures"]}
    done = ok(given, "replay", "--check")
    assert "siffrorna stämmer" in done.stdout
    assert "(ett annat program gjorde den); varje siffra är densamma" in done.stderr


def test_another_program_that_says_another_figure_shows_nothing(given, monkeypatch):
    """An outcome of its own, exit code 1, with what is otherwise."""
    monkeypatch.setattr(given_out, "to_file", other_bytes)
    monkeypatch.setattr(given_out, "made_with", lambda: "utfall=9.9")
    monkeypatch.setattr(given_out, "figures", lambda document: "d" * 64)
    rows = again(given, code=1)
    assert {row["state"] for row in rows} == {"other_program"}
    assert "utfall 0." in rows[0]["program"]
    assert "→ 9.9" in rows[0]["program"]
    done = ok(given, "replay", "--check", code=1)
    assert done.stderr.count("[replay-other-program]") == 2
    assert "ANNAT PROGRAM" in done.stdout
    assert given("explain", "replay-other-program").exit_code == 0


def test_a_report_from_before_figures_had_a_digest_is_of_an_unknown_program(given):
    """If its file is not the same; if it is, it is the same, whoever made it."""
    event = Book("ledger.db").events("governance.document_published").to_dicts()[0]
    right = json.loads(event["files"])["html"]
    store = Store("ledger.db")
    for version, digest in ((2, right), (3, "e" * 64)):
        store.record(
            PublishDocument(
                "interim",
                "60",
                "2020-08",
                version,
                event["question"],
                event["known_size"],
                event["root"],
                (("html", digest),),
                0,
            ),
            "chef",
            Source("test"),
        )
    store.close()
    rows = again(given, code=1)
    assert [row["state"] for row in rows] == ["same", "same", "same", "other_program"]
    assert "det står inte vilket" in ok(given, "replay", "--check", code=1).stderr


def test_an_erased_text_leaves_the_figures(given):
    """The page cannot be the same without it, also for who asks as of before; the workbook can."""
    position = Book("ledger.db").events("commentary.written")["position"].item()
    before = f"@{Book('ledger.db').size}"
    approval = ("--decision", "RS 1", "--approved-by", "arkivarie", "--reason", "gallring")
    ok(given, "erase", str(position), "text", *approval)
    for known in ((), ("--known-at", before)):
        page, book = again(given, *known)
        assert (page["state"], page["because"]) == ("same_figures", ["erased"])
        assert page["compared"] == "figures"
        assert (book["state"], book["compared"]) == ("same", "bytes"), "it holds no words"


def test_tampering_is_no_question_that_fails(given, monkeypatch):
    """It ends the command as tampering, and is no row of a table."""

    def altered(*_):
        raise Tampered("An event does not decode.")

    monkeypatch.setattr(given_out, "compose", altered)
    refused = given("replay", "--check", "--format", "json")
    assert (refused.exit_code, refused.stdout) == (6, "")
    assert "[tampered]" in refused.stderr


def test_a_word_template_of_ones_own_is_said(given, folder):
    """It is not in the record: its digest is, and the figures are compared."""
    from docx import Document

    ok(given, "report", "template", "-o", "mall.docx")
    ours = Document("mall.docx")
    ours.styles["Heading 1"].font.name = "Georgia"
    ours.save("mall.docx")
    ok(given, "report", "interim", *INTERIM, "--to", "docx", "--template", "mall.docx", code=1)
    row = again(given)[-1]
    assert (row["state"], row["because"]) == ("same_figures", ["template"])
    assert len(json.loads(row["question"])["template"]) == 64


def test_a_report_of_other_events_or_another_kind_is_a_finding(given):
    """Of a log that this is not; of a name that this program does not know."""
    size = Book("ledger.db").size
    asked = '{"lang":"sv","scale":"tkr"}'
    store = Store("ledger.db")
    for name, hashed in (("monthly", "0" * 64), ("winter", root("ledger.db", size))):
        command = PublishDocument(
            *(name, "60", "2020-08", 1, asked, size, hashed, (("html", "e" * 64),), 0),
            figures="f" * 64,
            made_with=given_out.made_with(),
        )
        store.record(command, "chef", Source("test"))
    store.close()
    rows = again(given, code=1)
    assert [row["state"] for row in rows] == ["same", "same", "differs", "differs"]
    assert "There is no report 'winter'" in rows[-1]["failure"]
    told = ok(given, "replay", "--check", code=1).stderr
    assert "stod på andra händelser" in told
