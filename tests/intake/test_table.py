"""CSV as it comes: delimiters, encodings, quotes, headers, and what is wrong with each."""

import unicodedata
from pathlib import Path

import pytest

from intake.problems import FileMissing, FileUnreadable, KindUnknown
from ledger.errors import UsageError
from ledger.store import Store
from tests.intake.samples import (
    OUTCOME,
    amounts,
    frame,
    problems,
    read,
    take,
    the_problem,
    wage,
    write,
)
from tests.ledger.builders import new_store

ROW = "2020-08;10;4010;-100,00;;;\n"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """A store with units and accounts, and nothing booked."""
    return new_store(tmp_path)


# ---------------------------------------------------------------------------------- what is taken


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_delimiters_are_found_from_the_header(store, tmp_path, delimiter):
    text = (OUTCOME + ROW).replace(",", ".").replace(";", delimiter)
    assert amounts(read(store, write(tmp_path, text))) == [-10000]


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_line_endings_and_byte_order_mark(store, tmp_path, ending, mark):
    text = mark + (OUTCOME + ROW).replace("\n", ending)
    assert amounts(read(store, write(tmp_path, text))) == [-10000]


def test_swedish_headers_in_any_order_case_and_spacing(store, tmp_path):
    header = "BELOPP;Konto; enhet ;Motparts enhet;REGISTRERAD-AV;Datum;Verifikation;Rad\n"
    text = header + "-1,00;4010;10;20;N;2020-08-17;A 1;1\n1,00;1930;10;;;2020-08-17;A 1;2\n"
    reading = read(store, write(tmp_path, text))
    assert reading.kind == "outcome"
    rows = frame(reading)
    first = rows.row(0, named=True)
    assert first["counterparty_unit"] == "20"
    assert first["registered_by"] == "N"
    assert (first["series"], first["number"], first["row"]) == ("A", "1", 1)
    assert first["period"] == "2020-08"


def test_a_quoted_field_holds_delimiters_quotes_and_lines(store, tmp_path):
    row = '2020-08;10;4010;-100,00;;;"a; ""b""\nc"\n'
    path = write(tmp_path, OUTCOME + row + "2020-08;10;4010;x;;;\n")
    assert the_problem(store, path).line == 4
    rows = frame(read(store, path))
    assert rows["text"].to_list() == ['a; "b"\nc', None]


def test_blank_lines_are_skipped_and_lines_counted(store, tmp_path):
    path = write(tmp_path, "\n" + OUTCOME + "\n;;;;;;\n" + ROW.replace("4010", "9"))
    assert [(p.line, p.code) for p in [the_problem(store, path)]] == [(5, "unknown-account")]


def test_excel_says_its_delimiter(store, tmp_path):
    path = write(tmp_path, "sep=;\r\n" + (OUTCOME + ROW).replace("\n", "\r\n"))
    assert amounts(read(store, path)) == [-10000]


def test_a_column_without_name_and_content_is_nothing(store, tmp_path):
    text = (OUTCOME + ROW).replace("\n", ";\n")
    assert amounts(read(store, write(tmp_path, text))) == [-10000]


@pytest.mark.parametrize("encoding", ["latin-1", "cp1252", "cp437"])
def test_a_profile_gives_the_encoding(store, tmp_path, encoding):
    data = (OUTCOME + wage(1, "1,00", text="Lön åäöÅÄÖ")).encode(encoding)
    path = write(tmp_path, data)
    assert {code for _, code in problems(store, path)} == {"bad-byte"}
    assert take(store, path, profile={"encoding": encoding}).recorded == 3
    assert store.book().private("text")["value"].to_list() == ["Lön åäöÅÄÖ"] * 2


def test_no_rows_is_told(store, tmp_path):
    receipt = take(store, write(tmp_path, OUTCOME))
    assert receipt.recorded == 0
    assert [notice.code for notice in receipt.notices] == ["no-rows"]


def test_progress_is_called(store, tmp_path):
    seen = []
    path = write(tmp_path, OUTCOME + ROW * 3)
    read(store, path, progress=lambda done, total: seen.append((done, total)))
    assert seen[-1][0] == seen[-1][1]


# ------------------------------------------------------------------------------ what is wrong


@pytest.mark.parametrize(
    ("text", "line", "code"),
    [
        (OUTCOME + "2020-08;10;4010;-1\n", 2, "ragged-row"),
        (OUTCOME + "2020-08;10;4010;-1;;;;;\n", 2, "ragged-row"),
        (OUTCOME + '2020-08;10;4010;-1;;;"x"y\n', 2, "bad-quotes"),
        (OUTCOME + ROW + '2020-08;10;4010;-1;;;"x\n\n' + ROW, 3, "bad-quotes"),
        (OUTCOME + "2020-08;10;4010;-1;;;a\0b\n", 2, "control-byte"),
        (OUTCOME.replace("text", "konto") + ROW, 1, "duplicate-column"),
        (OUTCOME.replace("text", "färg") + ROW, 1, "unknown-column"),
        (OUTCOME.replace(";amount;", ";Amount ;") + ";10;4010;-1;;;\n", 2, "empty-field"),
        (OUTCOME + "2020-08;10;4010;;;;\n", 2, "empty-field"),
        (OUTCOME + "2020-08;10;4010;12,345;;;\n", 2, "too-many-decimals"),
        (OUTCOME + "2020-08;10;4010;92233720368547758,08;;;\n", 2, "amount-beyond-64-bits"),
        (OUTCOME + "2020-08;10;4010;1.234.567,00;;;\n", 2, "two-decimal-marks"),
        (OUTCOME + "2020-08;10;4010;12 34;;;\n", 2, "bad-amount"),
        (OUTCOME + "aug 2020;10;4010;-1;;;\n", 2, "bad-month"),
        (OUTCOME + "2020-8;10;4010;-1;;;\n", 2, "bad-month"),
        (OUTCOME + "2020-02;10;4010;-1;2020-02-30;;\n", 2, "bad-date"),
        (OUTCOME + "2020-02;10;4010;-1;20200217;;\n", 2, "bad-date"),
        (OUTCOME + "2020-02;10;4010;-1;2020-03-01;;\n", 2, "period-date-mismatch"),
        (OUTCOME + "2020-08;;4010;-1;;;\n", 2, "empty-unit"),
        (OUTCOME + "2020-08;10;;-1;;;\n", 2, "empty-account"),
        (OUTCOME.replace("text", "registered_at") + ROW.replace(";\n", ";i går\n"), 2, "bad-time"),
        (OUTCOME.replace("text", "row") + ROW.replace(";\n", ";1,5\n"), 2, "bad-number"),
        ("\ufeff", None, "empty-file"),
        ("\n \n", None, "empty-file"),
        ((OUTCOME + ROW).encode("utf-16"), 1, "bad-encoding"),
    ],
)
def test_each_thing_wrong_is_told_once(store, tmp_path, text, line, code):
    problem = the_problem(store, write(tmp_path, text))
    assert (problem.line, problem.code) == (line, code)
    assert problem.found
    assert problem.remedy


def test_a_missing_column_is_told_once_not_by_row(store, tmp_path):
    path = write(tmp_path, "period;unit;account\n" + "2020-08;10;4010\n" * 3)
    assert problems(store, path, kind="outcome") == [(1, "missing-column")]
    assert problems(store, path, kind="forecast")[0][1] == "missing-column"
    assert "missing-column" in {code for _, code in problems(store, path, kind="codes")}


def test_a_voucher_with_an_unread_row_is_not_called_unbalanced(store, tmp_path):
    rows = wage(1, "10,00") + wage(2, "10,00") + wage(3, "10,00")
    lines = rows.splitlines(keepends=True)
    lines[0] = lines[0].replace("-10,00", "tio")
    lines[2] = lines[2].replace("2020-08-17", "17/8")
    lines[4] = lines[4].replace("-10,00", "-10,00;")
    path = write(tmp_path, OUTCOME + "".join(lines))
    assert problems(store, path) == [(2, "bad-amount"), (4, "bad-date"), (6, "ragged-row")]


def test_a_row_number_stands_once_in_its_voucher(store, tmp_path):
    header = "period;unit;account;amount;date;voucher;row\n"
    body = "".join(
        f"2020-08;10;{account};{amount};2020-08-17;A 1;{row}\n"
        for account, amount, row in (("4010", "-1", 1), ("1930", "1", 1), ("4010", "0", ""))
    )
    problem = the_problem(store, write(tmp_path, header + body))
    assert (problem.line, problem.code) == (3, "row-repeated")
    assert "line 2" in problem.found


def test_bad_bytes_in_a_header_are_told_before_its_kind(store, tmp_path):
    data = "år;enhet;konto;belopp\n2020;10;4010;-1\n".encode("latin-1")
    assert problems(store, write(tmp_path, data)) == [(1, "bad-byte")]


# ---------------------------------------------------------------------------- which kind it is


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("balances-2019.csv", "balances"),
        ("Budget 2020.csv", "budget"),
        ("utfall_aug.csv", "outcome"),
    ],
)
def test_the_files_name_tells_where_its_columns_fit_several(store, tmp_path, name, kind):
    path = write(tmp_path, "period;unit;account;amount\n2020-08;10;4010;-1\n", name)
    assert read(store, path).kind == kind
    assert read(store, path, kind="outcome").kind == "outcome"


def test_what_fits_several_kinds_is_asked_about(store, tmp_path):
    path = write(tmp_path, "period;unit;account;amount\n2020-08;10;4010;-1\n", "aug.csv")
    with pytest.raises(KindUnknown, match=r"has: outcome, balances, budget.*--as"):
        read(store, path)


def test_what_fits_no_kind_names_the_nearest(store, tmp_path):
    path = write(tmp_path, "datum;konto;saldo\n2020-08-01;4010;-1\n", "x.csv")
    with pytest.raises(KindUnknown, match="it lacks unit, amount"):
        read(store, path)


def test_an_unknown_kind_is_an_error(store, tmp_path):
    with pytest.raises(KindUnknown, match="no kind 'utfal'"):
        read(store, write(tmp_path, OUTCOME), kind="utfal")


def test_files_that_cannot_be_opened(store, tmp_path):
    with pytest.raises(FileMissing):
        read(store, tmp_path / "none.csv")
    with pytest.raises(FileUnreadable):
        read(store, tmp_path)
    with pytest.raises(FileUnreadable, match="old format"):
        read(store, write(tmp_path, b"\xd0\xcf\x11\xe0rest", "x.xls"))


@pytest.mark.parametrize("wish", [{"late_to": "aug"}, {"sign": "kredit"}, {"scale": "Mkr"}])
def test_a_wish_that_means_nothing_is_an_error(store, tmp_path, wish):
    with pytest.raises(UsageError):
        read(store, write(tmp_path, OUTCOME), **wish)


def test_a_file_pasted_twice_does_not_count_double(store, tmp_path):
    path = write(tmp_path, OUTCOME + (wage(1, "10,00") + wage(2, "20,00")) * 2)
    assert problems(store, path) == [(6, "voucher-repeated"), (8, "voucher-repeated")]


def test_rows_of_a_voucher_may_stand_apart(store, tmp_path):
    rows = [*wage(1, "1,00").splitlines(), *wage(2, "2,00").splitlines()]
    text = "\n".join([rows[0], rows[2], rows[1], rows[3], ""])
    assert take(store, write(tmp_path, OUTCOME + text)).recorded == 5


def test_letters_in_two_code_points_are_the_same(store, tmp_path):
    """As a Macintosh may write them."""
    text = "beslut;år;enhet;rad;belopp\n"
    apart = unicodedata.normalize("NFD", text)
    assert apart != text
    assert read(store, write(tmp_path, apart)).kind == "budget"
