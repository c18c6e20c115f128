"""The SIE reader, the file as a whole: kinds, years, accounts, checksum, totals and controls."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from intake.sie import PROBLEMS, WARNINGS, SieBalance, parse
from tests.intake.sie_samples import HEAD, checksum_of
from tests.intake.sie_texts import KNOWN, SALE, codes, read, voucher, warned

# ---------------------------------------------------------------------------------- kinds and head


def test_kinds():
    """4I says 4 and is told by having no balances."""
    for kind in "123":
        assert read(HEAD.replace("TYP 4", f"TYP {kind}") + KNOWN).kind == kind
    assert read(HEAD + KNOWN).kind == "4"
    assert read(HEAD + SALE).kind == "4I"
    assert read(HEAD.replace("TYP 4", "TYP 2") + "#PSALDO 0 202001 1930 {} 1\n").kind == "2"


def test_unknown_type():
    """A type that is none."""
    file = read(HEAD.replace("TYP 4", "TYP 7") + KNOWN)
    assert (codes(file), file.kind) == (["sie-type"], "")


def test_vouchers_where_the_type_has_none():
    """Read nonetheless, with a warning."""
    file = read(HEAD.replace("TYP 4", "TYP 2") + KNOWN + SALE)
    assert (warned(file), len(file.vouchers), file.kind) == (["sie-kind"], 1, "2")


@pytest.mark.parametrize(
    ("records", "kind"),
    [
        ("", "1"),
        ("#PSALDO 0 202001 1930 {} 1\n", "2"),
        ("#PSALDO 0 202001 1930 {1 A} 1\n#OBJEKT 1 A Akuten\n", "3"),
        (SALE, "4"),
    ],
)
def test_a_file_without_type_is_what_its_records_look_like(records, kind):
    """With a warning."""
    file = read(HEAD.replace("#SIETYP 4\n", "") + KNOWN + records)
    assert (file.kind, warned(file)) == (kind, ["sie-record-missing"])


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (b"", "empty"),
        (b"unit;account;amount\n100;3010;5\n", "neither #FLAGGA nor #SIETYP"),
        ("#FLAGGA 0\n".encode("utf-16"), "UTF-16"),
        (b"PK\x03\x04\x00\x00", "neither"),
    ],
)
def test_what_is_not_sie(data, found):
    """One problem, not one for every line."""
    (problem,) = parse(data, "fel.se").problems
    assert problem.code == "sie-not-sie"
    assert found in problem.found


def test_sie_5_is_told():
    """XML comes later."""
    xml = '\ufeff<?xml version="1.0"?>\n<Sie xmlns="http://www.sie.se/sie5"/>'
    assert codes(read(xml, "utf-8")) == ["sie-type-5"]


def test_warnings_of_the_head():
    """Already read, another currency, a #GEN that is no date, missing records."""
    head = "#FLAGGA 1\n#SIETYP 4\n#VALUTA EUR\n#GEN igår\n"
    file = read(head + KNOWN)
    assert sorted(warned(file)) == [
        "sie-currency",
        "sie-flag",
        "sie-generated",
        "sie-record-missing",
        "sie-year-unknown",
    ]
    assert (file.currency, file.generated) == ("EUR", None)
    assert "#FLAGGA is missing" in read("#SIETYP 4\n").warnings[0].found


# ------------------------------------------------------------------------------------------- years


@pytest.mark.parametrize("record", ["#RAR 0", "#RAR", "#RAR 0 20200101", '#RAR 0 "" ""'])
def test_a_year_with_too_few_fields_is_left_out(record):
    """As a known program writes it in type 4I."""
    file = read(f"#FLAGGA 0\n#SIETYP 4\n{record}  \n#KONTO 1930 Bank\n#KONTO 3010 Avgift\n" + SALE)
    assert (warned(file), file.fiscal_years) == (["sie-year-fields"], {})
    assert file.kind == "4I"


@pytest.mark.parametrize(
    "record",
    ["#RAR ett 20200101 20201231", "#RAR -2 20200101 20190101", "#RAR 0 20200701 20210630",
     "#IB nu 1930 5"],
)  # fmt: skip
def test_bad_years(record):
    """An index that is no number, a year that ends first, one index with two years."""
    assert codes(read(HEAD + KNOWN + record + "\n")) == ["sie-year"]


def test_a_fiscal_year_need_not_be_a_calendar_year():
    """#RAR rules its own."""
    file = read("#FLAGGA 0\n#SIETYP 4\n#RAR 0 20190701 20200630\n" + KNOWN + SALE)
    assert file.fiscal_years[0] == (date(2019, 7, 1), date(2020, 6, 30))
    assert file.warnings == ()


def test_what_lies_outside_the_stated_years():
    """One warning for the file, and balances of a year without dates."""
    text = KNOWN + "#PSALDO -1 202001 1930 {} 1\n" + SALE.replace("2020", "2022")
    file = read(HEAD + text + "#UB -4 1930 0\n")
    assert sorted(warned(file)) == ["sie-outside-year", "sie-year-unknown"]
    (outside,) = (w for w in file.warnings if w.code == "sie-outside-year")
    assert (outside.found[:10], outside.line) == ("2 vouchers", 9)


# ------------------------------------------------------------------- accounts, objects, dimensions


def test_empty_and_unknown_account_types():
    """The account gets none."""
    file = read(HEAD + KNOWN + "#KTYP 1930\n#KTYP 3010 O\n")
    assert warned(file) == ["sie-account-type", "sie-account-type"]
    assert [account.type for account in file.accounts.values()] == [None, None]


def test_what_is_used_without_a_record_is_registered_by_its_code():
    """One warning each, at the first use; reserved dimensions need no #DIM."""
    rows = ['#TRANS 1930 {1 "100"} 1', '#TRANS 5010 {1 "100" 25 "x"} 1', "#TRANS 5010 {} -2"]
    file = voucher(*rows)
    assert [(w.code, w.line) for w in file.warnings] == [
        ("sie-object-unknown", 11),
        ("sie-account-unknown", 12),
        ("sie-object-unknown", 12),
        ("sie-dimension-unknown", 12),
    ]
    assert file.accounts["5010"].name == ""
    assert file.objects == {("1", "100"): "", ("25", "x"): ""}
    assert {number: d.name for number, d in file.dimensions.items()} == {"1": "", "25": ""}


def test_dimensions_and_their_parts():
    """#UNDERDIM names its parent; dimension 2 is a part of 1 by the standard."""
    file = read(
        HEAD + KNOWN + '#DIM 1 "Enhet"\n#DIM 2 "Produkt"\n#DIM 20 Avtal\n'
        "#UNDERDIM 21 Delavtal 20\n#OBJEKT 21 A1 Städning extra\n"
    )
    assert {d.number: d.parent for d in file.dimensions.values()} == {
        "1": None, "2": "1", "20": None, "21": "20",
    }  # fmt: skip
    assert file.objects == {("21", "A1"): "Städning"}
    assert file.warnings == ()


def test_names_missing_or_stated_twice():
    """Of two names the last rules."""
    file = read(HEAD + '#IB 0 1930 0\n#KONTO 1930 ""\n#KONTO 1930 A\n#KONTO 1930 B\n#DIM 1\n')
    assert warned(file) == ["sie-name-missing", "sie-repeated", "sie-repeated", "sie-name-missing"]
    assert file.accounts["1930"].name == "B"


# ---------------------------------------------------------------------------------------- checksum


def summed(change: str = "") -> str:
    """A file with #KSUMMA, whose sum is told by the bare values of its fields."""
    fields = ["#SIETYP", "4", "#RAR", "0", "20200101", "20201231", "#KONTO", "1930"]
    fields += ['Kassa "lilla" å\\b', "#IB", "0", "1930", "0", "#VER", "A", "1", "20200101"]
    fields += ["#TRANS", "1930", "1", "A b", "0"]
    records = (
        '#FLAGGA 0\n#KSUMMA\n#SIETYP  "4"\n\n#RAR 0\t20200101 20201231\n'
        '#KONTO 1930 "Kassa \\"lilla\\" å\\b"\n#IB 0 1930 0\n#VER A "1" 20200101\n{\n'
        f'  #TRANS 1930 {{ 1 "A b" }} {change}0\n}}\n#KSUMMA {checksum_of(*fields)}\n'
    )
    return records.replace("\n", "\r\n")


def test_checksum():
    """CRC-32 over label and field bytes in CP437, without what only divides them."""
    assert codes(read(summed())) == []
    assert codes(read(summed("-"))) == ["sie-checksum"]


def test_checksum_of_a_recoded_file():
    """The sum was made of CP437; the file came as UTF-8."""
    assert codes(read(summed(), "utf-8")) == []


def test_a_checksum_of_which_one_is_missing_means_a_cut_file():
    """The last, or the first."""
    cut = summed().rsplit("#KSUMMA", 1)[0]
    headless = summed().replace("#KSUMMA\r\n", "")
    for text, which in ((cut, "last"), (headless, "first")):
        (problem,) = read(text).problems
        assert problem.code == "sie-checksum-cut"
        assert f"the {which} #KSUMMA is missing" in problem.found


@pytest.mark.parametrize("stated", ["x", '""', "9" * 5000])
def test_a_checksum_that_is_no_number(stated):
    """It does not agree."""
    text = summed().rsplit("#KSUMMA", 1)[0] + f"#KSUMMA {stated}\n"
    assert codes(read(text)) == ["sie-checksum"]


# ------------------------------------------------------------------------ month totals and controls


def counted(*rows: str) -> list[tuple[str, int]]:
    """Objects and kronor of the counted month totals of account 3010, January 2020."""
    text = "".join(f"#PSALDO 0 202001 3010 {row}\n" for row in rows)
    file = read(HEAD + KNOWN + text)
    assert len(file.month_totals) == len(rows)
    return [
        (" ".join(part for pair in row.objects for part in pair), row.amount // 100)
        for row in file.month_totals_counted()
    ]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (["{} -9"], [("", -9)]),
        (["{1 A} -5", "{} -9", "{1 B} -3"], [("1 A", -5), ("1 B", -3), ("", -1)]),
        (["{} -9", "{1 A} -9"], [("1 A", -9)]),
        (["{} -9", "{1 A} -5", "{6 P} -9"], [("1 A", -5), ("", -4)]),
        (["{10 F} -9", "{2 Q} -9"], [("2 Q", -9)]),
        (["{1 A 6 P} -4", "{1 A} -9", "{} -9"], [("1 A", -9)]),
        (["{1 A} -5", "{1 B} -4", "{6 P} -9"], [("1 A", -5), ("1 B", -4)]),
        (["{6 P} -9"], [("6 P", -9)]),
        (["{} 0", "{1 A} -5"], [("1 A", -5), ("", 5)]),
    ],
)
def test_total_and_split_are_never_added(rows, expected):
    """The lowest dimension splits the total, and what it leaves stands on no object."""
    assert counted(*rows) == expected


def test_object_rows_only_whose_dimensions_disagree_are_told():
    """Without a total nobody knows; the lowest dimension counts, with a warning."""
    file = read(HEAD + KNOWN + "#PBUDGET 0 202001 3010 {1 A} -5\n#PBUDGET 0 202001 3010 {6 P} -9\n")
    assert [row.amount for row in file.budget_counted()] == [-500]
    (split,) = (w for w in file.warnings if w.code == "sie-object-split")
    assert "dimension 1 gives -5.00, another -9.00" in split.found


def test_a_balance_stated_twice_is_added_with_a_warning():
    """The key is year, month, account and objects."""
    file = read(HEAD + KNOWN + "#UB 0 1930 1\n#UB 0 1930 2\n#UB -1 1930 2\n")
    assert warned(file) == ["sie-repeated"]
    assert sum(row.amount for row in file.closing if row.year_index == 0) == 300


def test_quantities_and_objects_of_balances():
    """Kept as written."""
    file = read(HEAD + KNOWN + "#OIB 0 1930 {1 A} 5 2.50\n#OUB 0 1930 {1 A} 7\n#RES 0 3010 -7 3\n")
    assert file.object_opening == (SieBalance(0, None, "1930", (("1", "A"),), 500, "2.50", 9),)
    assert (file.object_closing[0].amount, file.result[0].quantity) == (700, "3")


BALANCED = KNOWN + "#UB 0 1930 100\n#RES 0 3010 -100\n#PSALDO 0 202001 3010 {} -100\n" + SALE


def test_a_file_that_agrees_with_itself():
    """Opening balance and rows give closing balance, result and month."""
    assert read(HEAD + BALANCED).control_differences() == []


@pytest.mark.parametrize(
    ("instead", "found"),
    [
        (
            ("#UB 0 1930 100", "#UB 0 1930 60"),
            "1930, year 0: #IB and rows give 100.00, #UB says 60",
        ),
        (("#RES 0 3010 -100", "#RES 0 3010 -90"), "3010, year 0: rows give -100.00, #RES says -90"),
        (("#UB 0 1930 100", "#UB 0 1940 0"), "1930, year 0: #IB and rows give 100.00, #UB says 0"),
        (("{} -100\n#V", "{} -7\n#V"), "3010, 2020-01: rows give -100.00, #PSALDO says -7.00"),
    ],
)
def test_control_differences_name_account_and_both_amounts(instead, found):
    """One warning for each account, never a problem."""
    file = read(HEAD + BALANCED.replace(*instead))
    assert codes(file) == []
    (difference,) = file.control_differences()
    assert found in difference.found
    by_month = "#PSALDO" in found
    assert difference.code == ("sie-control-month" if by_month else "sie-control-difference")


def test_an_account_without_any_record_belongs_by_its_type_or_class():
    """With a movement that no #UB or #RES answers for."""
    text = BALANCED.replace("3010 {} -100\n}", "5010 {} -60\n#TRANS 2440 {} -40\n}")
    file = read(HEAD + text.replace("#PSALDO 0 202001 3010 {} -100\n", "") + "#KTYP 5010 S\n")
    told = [difference.found for difference in file.control_differences()]
    assert [line.split(":")[1].split(" give")[0] for line in told] == [
        " #IB and rows", " rows", " #IB and rows",
    ]  # fmt: skip


def test_months_are_controlled_where_there_are_no_vouchers():
    """Each year with month totals; a past year without opening balances is not compared."""
    months = "#PSALDO 0 202001 1930 {} 40\n#UB 0 1930 50\n"
    past = "#PSALDO -1 201912 3010 {1 A} -8\n#RES -1 3010 -8\n#UB -1 1930 77\n"
    (difference,) = read(HEAD + KNOWN + months + past).control_differences()
    assert "#IB and months give 40.00, #UB says 50.00" in difference.found


def test_vouchers_of_another_year_are_not_controlled():
    """Year 0 is what #UB 0 speaks of."""
    file = read(HEAD + BALANCED + SALE.replace("2020", "2019"))
    assert len(file.vouchers) == 2
    assert file.control_differences() == []


def test_every_code_is_tried():
    """Each code that the reader has stands in a test of the reader."""
    files_of_tests = ("test_sie.py", "test_sie_whole.py")
    tried = "".join(Path(__file__).with_name(n).read_text(encoding="utf-8") for n in files_of_tests)
    assert [code for code in (*PROBLEMS, *WARNINGS) if f'"{code}"' not in tried] == []
