"""Excel: what a cell is decides what it means, and nothing passes for what it is not."""

import io
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from ledger.commands import Source
from ledger.families.organisation_commands import (
    AccountRow,
    CodeRow,
    RegisterAccounts,
    RegisterCodes,
)
from ledger.store import Store
from tests.intake.samples import amounts, frame, problems, read, take, the_problem
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
    """A workbook: text as text cells, numbers as numbers, dates as dates, ``=X`` as an error."""
    data = io.BytesIO()
    with xlsxwriter.Workbook(data, {"in_memory": True}) as workbook:
        if sheet != "Blad1":
            workbook.add_worksheet("Försättsblad").write_string(0, 0, "Titel")
        page = workbook.add_worksheet(sheet)
        day = workbook.add_format({"num_format": "yyyy-mm-dd"})
        for place, row in enumerate([header, *rows], above):
            for column, cell in enumerate(row):
                match cell:
                    case str() if cell.startswith("="):
                        page.write_formula(place, column, "=NA()", None, cell[1:])
                    case str():
                        page.write_string(place, column, cell)
                    case datetime() | date():
                        page.write_datetime(place, column, cell, day)
                    case int() | float():
                        page.write_number(place, column, cell)
    path = folder / name
    path.write_bytes(data.getvalue())
    return path


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
    [(9999, "no registered code"), (7, "0007 and 007"), (4010.5, "no registered code")],
)
def test_other_numeric_codes_are_problems(store, tmp_path, account, found):
    problem = the_problem(store, book(tmp_path, ("2020-08", "10", account, -1)), register=True)
    assert (problem.line, problem.code) == (2, "numeric-code")
    assert problem.found.endswith(f"matches {found}")


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (("2020-08", "10", "4010", "=#N/A"), "excel-error"),
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


@pytest.mark.parametrize("data", [b"PK\x03\x04 cut", b"", b"not a workbook"])
def test_what_is_no_workbook_is_told(store, tmp_path, data):
    path = tmp_path / "outcome.xlsx"
    path.write_bytes(data)
    assert [code for _, code in problems(store, path)] == ["bad-excel"]


def test_the_old_calendar_of_macintosh(store, tmp_path):
    path = tmp_path / "outcome.xlsx"
    with xlsxwriter.Workbook(path, {"date_1904": True}) as workbook:
        page = workbook.add_worksheet()
        page.write_row(0, 0, ("unit", "account", "amount", "date"))
        page.write_row(1, 0, ("10", "4010", -1))
        page.write_datetime(1, 3, date(2020, 8, 17), workbook.add_format({"num_format": 14}))
    rows = frame(read(store, path))
    assert rows["date"].to_list() == ["2020-08-17"]
