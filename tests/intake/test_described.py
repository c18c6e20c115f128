"""Workbooks that describe themselves: what somebody filled in, and nothing of what informs."""

import pytest
from openpyxl import Workbook

from intake.described import SHEET, Description, Heading, description
from ledger.commands import Source
from ledger.families.forecast import OpenRound
from ledger.families.organisation_commands import DecideStructures, StructureRow
from tests.intake.samples import read, refused
from tests.ledger.builders import ACTOR, new_store, post

HEADINGS = (
    Heading("Omgång", "round"),
    Heading("Enhet", "unit"),
    Heading("Rad", "line"),
    Heading("Utfall"),
    Heading("Summa"),
    Heading("Kronor", "amount", True),
    Heading("Därför", "comment", True),
)
ROW = ("T2", "10", "Allt", -5, "=D2+F2", None, None)


@pytest.fixture
def store(tmp_path):
    store = new_store(tmp_path)
    post(store, {"date": "2020-08-31", "amount": -100})
    lines = (StructureRow("s", "Allt", None, "3000", "8999", 1, "2018-01"),)
    store.record(DecideStructures(lines, "s.csv"), ACTOR, Source("s.csv"))
    store.record(OpenRound("T2", "2020-08", "s"), ACTOR, Source("test"))
    yield store
    store.close()


def book(folder, *rows, headings=HEADINGS, first=False, extra=()):
    """A workbook with those rows; ``first`` puts the hidden sheet before the table's."""
    workbook = Workbook()
    page = workbook.active
    page.title = "Prognos"
    page.append([*(h.text for h in headings), *extra])
    for row in rows:
        page.append(row)
    hidden = workbook.create_sheet(SHEET, 0 if first else None)
    for row in Description("Prognos", headings).rows():
        hidden.append(row)
    hidden.sheet_state = "hidden"
    path = folder / "s.xlsx"
    workbook.save(path)
    return path


def test_a_description_reads_as_it_was_written():
    """And what is none is none."""
    told = Description("Prognos", HEADINGS)
    assert description(told.rows()) == told
    assert description([]) is None
    assert description([("utfall", "2", "Prognos")]) is None
    assert description([("period", "unit", "amount")]) is None


@pytest.mark.parametrize("first", [False, True])
def test_only_what_is_filled_in_is_taken(store, tmp_path, first):
    """Blank rows say nothing, and formulas that nobody computed are no matter in what informs."""
    filled = ("T2", "11", "Allt", 0, "=D3+F3", -7.5, "resa")
    path = book(tmp_path, ROW, filled, first=first)
    reading = read(store, path)
    assert (reading.kind, reading.rows) == ("forecast", 1)
    assert store.record(reading.command, ACTOR, reading.source).recorded == 1
    event = store.book().events("forecast.entered")
    assert event.select("unit", "report_line", "amount", "source_line").rows() == [
        ("11", "Allt", -7_50, 3)
    ]


def test_what_is_wrong_is_told_by_sheet_and_row(store, tmp_path):
    """A comment without an amount is no blank row; a formula without value is one filled in."""
    path = book(
        tmp_path,
        ROW,
        (*ROW[:5], None, "glömde beloppet"),
        (*ROW[:5], "=1+1", "hm"),
        (*ROW[:5], "tre", "hm"),
    )
    problems = refused(store, path).problems
    assert [(p.file, p.line, p.code) for p in problems] == [
        ("s.xlsx!Prognos", 3, "empty-field"),
        ("s.xlsx!Prognos", 4, "excel-error"),
        ("s.xlsx!Prognos", 5, "bad-amount"),
    ]


def test_a_column_of_one_s_own_is_not_left_out_in_silence(store, tmp_path):
    path = book(tmp_path, (*ROW[:5], -1, "hm", "oktober"), extra=("När",))
    assert [p.code for p in refused(store, path).problems] == ["unknown-column"]
