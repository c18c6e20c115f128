"""Excel: what a cell is decides what it means, and nothing passes for what it is not."""

import re
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.chart import BarChart
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from intake import excel
from intake.table import Day, Inexact, Number, Table
from ledger.commands import Source
from ledger.families.organisation_commands import (
    AccountRow,
    CodeRow,
    RegisterAccounts,
    RegisterCodes,
)
from ledger.store import Store
from tests.intake.samples import amounts, frame, problems, read, take, the_problem
from tests.intake.workbooks import SHEET, TEXTS, changed, packed, saved, unpacked, workbook
from tests.ledger.builders import ACTOR, new_store

HEADER = ("period", "unit", "account", "amount", "date", "voucher", "product", "text")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """A store that knows product 0630, and accounts 0007 and 007."""
    store = new_store(tmp_path)
    codes = RegisterCodes((CodeRow("product", "0630", "Covid-19"),), "codes.csv")
    store.record(codes, ACTOR, Source("codes.csv"))
    accounts = (AccountRow("0007", "a", "cost"), AccountRow("007", "b", "cost"))
    store.record(RegisterAccounts(accounts, "accounts.csv"), ACTOR, Source("accounts.csv"))
    return store


def book(
    folder: Path,
    *rows: Sequence[Any],
    header: Sequence[str] = HEADER,
    above: int = 0,
    sheet: str = "Blad1",
    name: str = "outcome.xlsx",
) -> Path:
    """A file: dates as dates, ``#N/A`` as an error, ``=A1`` as a formula nobody has computed."""
    made = Workbook()
    page = made.active
    if sheet != "Blad1":
        page.title = "Försättsblad"
        page.append(["Titel"])
        page = made.create_sheet()
    page.title = sheet
    for place, row in enumerate([header, *rows], above + 1):
        for column, cell in enumerate(row, 1):
            page.cell(place, column, cell)
    path = folder / name
    path.write_bytes(saved(made))
    return path


def table(data: bytes) -> Table:
    """The workbook's first sheet."""
    return excel.read_excel(data, "x.xlsx")


def cells(*row: Any, change: tuple[str, str] = ("", ""), part: str = SHEET) -> list[str]:
    """How a row is read, if something in the file is changed."""
    header = [f"c{place}" for place in range(len(row))]
    found = table(changed(workbook(header, row), part, *change))
    assert found.teller.problems == []
    assert found.headers == header
    return found.rows[0]


def only_problem(data: bytes) -> str:
    """The code of the one problem that reading the workbook tells."""
    (problem,) = table(data).teller.problems
    return problem.code


def test_cells_are_read_as_what_they_are(store, tmp_path):
    path = book(
        tmp_path,
        ("2020-08", "10", "4010", -0.1, date(2020, 8, 17), "A 1", "0630", "å\nä"),
        (date(2020, 8, 1), "10", "1930", "0,10", date(2020, 8, 17), "A 1", None, None),
    )
    reading = read(store, path)
    assert amounts(reading) == [-10, 10]
    assert take(store, path).recorded == 3
    posted = store.book().postings()
    assert posted["date"].to_list() == ["2020-08-17"] * 2
    assert posted["product"].to_list() == ["0630", None]


def test_a_numeric_code_is_taken_only_if_one_registered_code_matches(store, tmp_path):
    row = ("2020-08", 10, 4010, -1, None, None, 630, None)
    rows = frame(read(store, book(tmp_path, row)))
    assert rows.select("unit", "account", "product").row(0) == ("10", "4010", "0630")


@pytest.mark.parametrize(
    ("account", "found"),
    [(9999, "no registered code"), (7, "0007, 007"), (4010.5, "no registered code")],
)
def test_other_numeric_codes_are_problems(store, tmp_path, account, found):
    problem = the_problem(store, book(tmp_path, ("2020-08", "10", account, -1)), register=True)
    assert (problem.line, problem.code) == (2, "numeric-code")
    assert problem.found.endswith(f"matches {found}")


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (("2020-08", "10", "4010", "#N/A"), "excel-error"),
        (("2020-08", "10", "4010", "=1+1"), "excel-error"),
        (("2020-08", "10", "4010", True), "bad-amount"),
        (("2020-08", "10", "4010", date(2020, 8, 1)), "bad-amount"),
        (("2020-08", "10", "4010", 0.125), "too-many-decimals"),
        ((202008, "10", "4010", -1), "bad-month"),
        ((date(2020, 8, 2), "10", "4010", -1), "bad-month"),
        (("2020-08", "10", "4010", -1, 44060), "bad-date"),
        (("2020-08", "10", "4010", -1, "", "", "", "x", "y"), "ragged-row"),
    ],
)
def test_each_thing_wrong_is_told_once(store, tmp_path, row, code):
    problem = the_problem(store, book(tmp_path, row))
    assert (problem.line, problem.code) == (2, code)


def test_rows_are_numbered_as_excel_does(store, tmp_path):
    good = ("2020-08", "10", "4010", -1)
    path = book(tmp_path, good, (), ("2020-08", "10", "9999", -1), above=2)
    problem = the_problem(store, path)
    assert (problem.line, problem.code) == (6, "unknown-account")
    assert problem.excerpt.startswith("2020-08 | 10 | 9999 | -1")


def test_a_profile_names_sheet_and_header_row(store, tmp_path):
    path = book(tmp_path, ("2020-08", "10", "4010", -1), above=3, sheet="Utfall")
    assert amounts(read(store, path, profile={"sheet": "Utfall", "header": 4})) == [-100]
    problem = the_problem(store, path, profile={"sheet": "Juli"}, kind="outcome")
    assert problem.code == "bad-excel"
    assert "Försättsblad, Utfall" in problem.found


# ------------------------------------------------------------------------------ what a cell is


def test_text_and_numbers_that_look_alike():
    row = cells("0630", 630, "1,5", 1.5, "TRUE", True, "#N/A-ish", "2020-08-17", " x ")
    assert row == ["0630", "630", "1,5", "1.5", "TRUE", "TRUE", "#N/A-ish", "2020-08-17", " x "]
    assert [type(cell) for cell in row] == [str, Number, str, Number, str, str, str, str, str]


@pytest.mark.parametrize(
    ("written", "text", "kind"),
    [
        ("0.30000000000000004", "0.3", Number),
        ("-1234567890.1199999", "-1234567890.12", Number),
        ("1E-3", "0.001", Number),
        ("1.5E+2", "150", Number),
        ("1000", "1000", Number),
        ("9999999999999.99", "9999999999999.99", Number),
        ("9007199254740992", "9007199254740992", Number),
        ("9007199254740993", "9007199254740993", Inexact),
        ("12345678901234.56", "12345678901234.56", Inexact),
        # to a binary fraction this is a whole number: what the file says of öre is lost in it
        ("562949953421312.05", "562949953421312", Inexact),
        ("1E+999", "Infinity", Inexact),
    ],
)
def test_numbers_are_exact_or_told_apart(written, text, kind):
    (cell,) = cells(7, change=("<v>7</v>", f"<v>{written}</v>"))
    assert (cell, type(cell)) == (text, kind)


@pytest.mark.parametrize(
    ("form", "is_day"),
    [
        ("yyyy-mm-dd", True),
        ("mm-dd-yy", True),
        ("[$-41D]d mmmm yyyy", True),
        ("#,##0.00", False),
        ('#,##0 "dagar"', False),
        ("[Red]-#,##0", False),
        ("_-* #,##0.00\\ _k_r_-;\\-* #,##0.00\\ _k_r_-", False),
        ("0%", False),
        ("@", False),
    ],
)
def test_the_format_tells_dates_from_numbers(form, is_day):
    made = Workbook()
    made.active.append(["a"])
    made.active.append([44060])
    made.active["A2"].number_format = form
    cell = table(saved(made)).rows[0][0]
    assert (cell, type(cell)) == (("2020-08-17", Day) if is_day else ("44060", Number))


def test_days_and_times():
    day = date(2020, 8, 17)
    row = cells(
        day,
        datetime.combine(day, time()),
        datetime.combine(day, time(9, 30)),
        datetime.combine(day, time(23, 59, 59, 900_000)),
        time(9, 30),
        timedelta(days=44060, hours=9, milliseconds=10),
        date(1900, 1, 1),
    )
    assert row == [
        *["2020-08-17", "2020-08-17", "2020-08-17T09:30:00", "2020-08-18", "09:30:00"],
        *["44060 days, 9:00:00", "1900-01-01"],
    ]
    assert {type(cell) for cell in row} == {Day}


def test_days_that_are_written_as_text_by_the_standard():
    day, moment = cells(
        *(date(2020, 8, 17), 2),
        change=('<c r="B2" t="n"><v>2</v>', '<c r="B2" t="d"><v>2020-08-17T09:30:00</v>'),
    )
    assert (day, moment) == ("2020-08-17", "2020-08-17T09:30:00")
    assert type(moment) is Day


@pytest.mark.parametrize("serial", ["-1", "1E+15"])
def test_days_outside_the_calendar_are_told(serial):
    data = workbook(["a"], [date(2020, 8, 17)])
    assert only_problem(changed(data, SHEET, "<v>44060<", f"<v>{serial}<")) == "excel-error"


def test_text_of_every_form():
    rich = CellRichText("fet ", TextBlock(InlineFont(b=True), "text"))
    assert cells(rich) == ["fet text"]
    inline = ('t="s"><v>1</v>', 't="inlineStr"><is><t>0630</t></is>')
    assert cells("x", change=inline) == ["0630"]
    guided = "x</t><rPh sb='0' eb='1'><t>y</t></rPh>"
    assert cells("x", change=("x</t>", guided), part=TEXTS) == ["x"]


# ------------------------------------------------------------------------------------- formulas


def test_formulas_count_by_their_last_value():
    assert cells(12, change=("<v>12</v>", "<f>6*2</f><v>12</v>")) == ["12"]
    text = ('t="n"><v>12</v>', 't="str"><f>A1&amp;""</f><v>0630</v>')
    assert cells(12, change=text) == ["0630"]
    empty = ('t="n"><v>12</v>', 't="str"><f>IF(A1=1,"",1)</f><v></v>')
    assert cells("x", 12, change=empty) == ["x", ""]


def test_a_formula_without_a_value_is_told(store, tmp_path):
    path = book(tmp_path, ("2020-08", "10", "4010", "=SUM(1,2)"), ("2020-08", "10", "4010", -1))
    problem = the_problem(store, path)
    assert (problem.line, problem.code) == (2, "excel-error")
    assert problem.found == "cell D2 holds a formula without a value"
    assert problem.excerpt == "2020-08 | 10 | 4010 |"


def test_empty_cells_with_a_format_are_empty():
    made = Workbook()
    made.active.append(["a", "b", "c"])
    made.active.append(["x", None, "=1"])
    made.active.append(["y"])
    made.active["B2"].number_format = "0.00"
    made.active["C9"].number_format = "0.00"
    found = table(saved(made))
    assert found.rows == [["x", "", ""], ["y", "", ""]]
    assert [problem.found for problem in found.teller.problems] == [
        "cell C2 holds a formula without a value"
    ]


# ----------------------------------------------------------------------------------- the sheet


@pytest.mark.parametrize("size", ["", '<dimension ref="A1"/>', '<dimension ref="B2:XFD1048576"/>'])
def test_the_size_that_a_sheet_claims_is_not_believed(size):
    data = workbook(["a", "b"], [1, 2], [3, 4])
    [claimed] = re.findall(r'<dimension ref="A1:B3" ?/>', unpacked(data)[SHEET].decode())
    found = table(changed(data, SHEET, claimed, size))
    assert (found.headers, found.rows) == (["a", "b"], [["1", "2"], ["3", "4"]])


def test_hidden_rows_and_columns_count():
    made = Workbook()
    for row in (["a", "b"], [1, 2], [3, 4]):
        made.active.append(row)
    made.active.row_dimensions[2].hidden = True
    made.active.column_dimensions["B"].hidden = True
    made.active.auto_filter.ref = "A1:B3"
    assert table(saved(made)).rows == [["1", "2"], ["3", "4"]]


def test_the_first_sheet_is_the_first_with_cells():
    made = Workbook()
    made.create_chartsheet("Diagram", 0).add_chart(BarChart())
    made.worksheets[0].append(["a"])
    assert table(saved(made)).headers == ["a"]


def test_what_openpyxl_warns_of_does_not_stop_the_reading():
    unknown = '</sheetData><extLst><ext uri="{0}"/></extLst>'
    assert cells(1, change=("</sheetData>", unknown)) == ["1"]


def test_progress_goes_by_rows():
    seen: list[tuple[int, int]] = []
    data = workbook(["a"], *([1] for _ in range(6_000)))
    excel.read_excel(data, "x.xlsx", progress=lambda done, total: seen.append((done, total)))
    assert seen == [(5_000, 6_001), (6_001, 6_001)]


# ------------------------------------------------------------------------------ what is no workbook


def strict() -> bytes:
    """A workbook in the strict form of the standard, of which openpyxl sees nothing."""
    parts = unpacked(workbook(["a"]))
    usual = b"schemas.openxmlformats.org/spreadsheetml/2006/main"
    theirs = b"purl.oclc.org/ooxml/spreadsheetml/main"
    return packed((name, content.replace(usual, theirs)) for name, content in parts.items())


@pytest.mark.parametrize(
    "data",
    [
        packed([("word/document.xml", b"<document/>")]),
        packed([("[Content_Types].xml", b"<Types/>")]),
        packed(list(unpacked(workbook(["a"])).items())[:3]),
        changed(workbook(["a"], [1]), SHEET, "<v>1</v>", "<v>x</v>"),
        changed(workbook(["a"], [1]), SHEET, '<row r="2">', '<row r="99999999">'),
        changed(workbook(["a"], [1]), SHEET, 't="s"><v>0', 't="s"><v>7'),
        workbook(["a"])[:-40],
        re.sub(rb"(PK\x01\x02.{4})\0", b"\\1\x01", workbook(["a"]), flags=re.DOTALL),
        strict(),
    ],
)
def test_other_archives_and_broken_workbooks_are_told(data):
    assert only_problem(data) == "bad-excel"


def test_what_unpacks_to_too_much_is_not_unpacked(monkeypatch):
    monkeypatch.setattr(excel, "_LARGEST", 1_000)
    (problem,) = table(workbook(["a"])).teller.problems
    assert "larger than 1 GB" in problem.found


@pytest.mark.parametrize("data", [b"PK\x03\x04 cut", b"", b"not a workbook"])
def test_what_is_no_workbook_is_told(store, tmp_path, data):
    path = tmp_path / "outcome.xlsx"
    path.write_bytes(data)
    assert [code for _, code in problems(store, path)] == ["bad-excel"]


def test_the_old_calendar_of_macintosh(store, tmp_path):
    path = tmp_path / "outcome.xlsx"
    made = Workbook()
    made.epoch = CALENDAR_MAC_1904
    made.active.append(("unit", "account", "amount", "date"))
    made.active.append(("10", "4010", -1, date(2020, 8, 17)))
    path.write_bytes(saved(made))
    rows = frame(read(store, path))
    assert rows["date"].to_list() == ["2020-08-17"]
