"""The SIE reader: each quirk of real files, each thing that can be wrong, and a round trip."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.sie import PROBLEMS, WARNINGS, SieBalance, SieFile, parse
from intake.sie.fields import FieldReader
from intake.sie.text import Notes
from ledger.money import to_ore
from tests.intake.sie_samples import HEAD, checksum_of, files, text_of, without_lines

KNOWN = '#KONTO 1930 "Bank"\n#KONTO 3010 "Försäljning"\n#IB 0 1930 0\n'
SALE = '#VER A 1 20200131 "Försäljning"\n{\n#TRANS 1930 {} 100\n#TRANS 3010 {} -100\n}\n'


def read(text: str, encoding: str = "cp437") -> SieFile:
    """The file that the text is."""
    return parse(text.encode(encoding), "prov.se")


def voucher(*rows: str, head: str = "#VER A 7 20200131") -> SieFile:
    """A file with one voucher of these rows; the accounts are known."""
    return read("\n".join([HEAD + KNOWN + head, "{", *rows, "}", ""]))


def codes(file: SieFile) -> list[str]:
    """The codes of the problems, in order."""
    return [problem.code for problem in file.problems]


def warned(file: SieFile) -> list[str]:
    """The codes of the warnings, in order."""
    return [warning.code for warning in file.warnings]


# ------------------------------------------------------------------------------ what a file says


def test_a_file_is_read_with_debit_positive():
    """The whole of a small file, in SIE sign: income is negative."""
    text = (
        HEAD + '#PROGRAM "Ekonomi" 5.1\n#GEN 20200201 AB\n#ORGNR 232100-0131\n#VALUTA SEK\n'
        '#FNAMN "Region Norr"\n#OMFATTN 20200131\n' + KNOWN + "#KTYP 1930 T\n#KTYP 3010 I\n" + SALE
    )
    file = read(text)
    assert file.problems == ()
    assert file.warnings == ()
    assert (file.kind, file.encoding, file.currency) == ("4", "cp437", "SEK")
    assert (file.company, file.program) == ("Region Norr", "Ekonomi 5.1")
    assert (file.org_number, file.generated) == ("232100-0131", "2020-02-01")
    assert file.covers_to == date(2020, 1, 31)
    assert file.fiscal_years[-1] == (date(2019, 1, 1), date(2019, 12, 31))
    assert [a.type for a in file.accounts.values()] == ["asset", "income"]
    (sale,) = file.vouchers
    assert (sale.series, sale.number, sale.date, sale.line) == ("A", "1", "2020-01-31", 17)
    assert [(row.account, row.amount, row.date) for row in sale.rows] == [
        ("1930", 100_00, None),
        ("3010", -100_00, None),
    ]


def test_registration_is_kept():
    """When and by whom the voucher was registered, and by whom each row."""
    file = voucher(
        '#TRANS 1930 {} 5.50 20200130 "Kontant" 2 KL',
        "#TRANS 3010 {} -5.5",
        head='#VER A 7 20200131 "Kassa" 20200203 "AB"',
    )
    (kassa,) = file.vouchers
    assert (kassa.text, kassa.registered_at, kassa.registered_by) == ("Kassa", "2020-02-03", "AB")
    first = kassa.rows[0]
    assert (first.date, first.text, first.quantity) == ("2020-01-30", "Kontant", "2")
    assert (first.registered_by, first.amount) == ("KL", 550)


@given(files(), st.integers(), st.sampled_from(["cp437", "utf-8", "latin-1"]))
def test_round_trip(file, seed, encoding):
    """What our writer says, in any way the standard allows, the reader gives back."""
    got = parse(text_of(file, seed).encode(encoding), file.name)
    assert got.problems == ()
    assert without_lines(got) == replace(file, encoding=encoding)


@given(files(), st.integers(), st.data())
def test_damage_never_raises(file, seed, data):
    """A valid file with a piece cut out and another put in: problems perhaps, never an error."""
    raw = text_of(file, seed).encode("cp437")
    start = data.draw(st.integers(0, len(raw)))
    cut = data.draw(st.integers(0, 40))
    put = data.draw(st.binary(max_size=8) | st.sampled_from([b"{", b"}", b'"', b"\\", b"9" * 99]))
    got = parse(raw[:start] + put + raw[start + cut :], "skadad.se")
    assert {p.code for p in got.problems} <= set(PROBLEMS)
    assert {w.code for w in got.warnings} <= set(WARNINGS)
    got.control_differences()


@given(st.binary(max_size=200))
def test_any_bytes_after_a_flag_never_raise(rubbish):
    """Nothing that a file holds raises."""
    parse(b"#FLAGGA 0\n#SIETYP 4\n" + rubbish, "skräp.se")


# --------------------------------------------------------------------------- encodings and bytes


@pytest.mark.parametrize(
    ("encoding", "known_as"),
    [("cp437", "cp437"), ("utf-8", "utf-8"), ("utf-8-sig", "utf-8"), ("cp1252", "latin-1")],
)
def test_swedish_letters_in_four_encodings(encoding, known_as):
    """CP437 is the standard and silent; the others are read with a warning."""
    file = read(HEAD + '#IB 0 1930 0\n#KONTO 1930 "Kassa på Östra sjukhuset"\n', encoding)
    assert file.accounts["1930"].name == "Kassa på Östra sjukhuset"
    assert file.encoding == known_as
    assert warned(file) == ([] if encoding == "cp437" else ["sie-encoding"])


def test_a_stray_latin_letter_does_not_make_cp437_latin():
    """Most letters decide: one Å from another system does not turn the whole file."""
    data = (HEAD + '#IB 0 1930 0\n#KONTO 1930 "Kassa för småköp"\n').encode("cp437")
    file = parse(data + b'#OBJEKT 6 "\xc51" "projekt"\n', "prov.se")
    assert file.encoding == "cp437"
    assert file.accounts["1930"].name == "Kassa för småköp"


def test_invalid_bytes_in_utf8_are_a_problem_with_their_line():
    """A byte order mark says UTF-8; what is not is told, and so where most of a file is UTF-8."""
    bad = (HEAD + '#KONTO 1930 "Länets kassa på håll"\n').encode() + b'#KONTO 1940 "\x94"\n'
    for data in (b"\xef\xbb\xbf" + bad, bad):
        (problem,) = parse(data, "prov.se").problems
        assert (problem.code, problem.line) == ("sie-byte", 7)
        assert "0x94" in problem.found


def test_control_bytes_are_a_problem_and_never_reach_a_terminal():
    """Tab and line breaks are all the standard allows; the excerpt is made harmless."""
    (problem,) = read(HEAD + '#KONTO 1930 "Kas\x1b[2Jsa"\n').problems
    assert (problem.code, problem.line) == ("sie-byte", 6)
    assert "\x1b" not in problem.excerpt
    assert "0x1B" in problem.found


def test_the_end_mark_of_dos_is_no_control_byte():
    """Ctrl-Z ends a text in DOS."""
    assert codes(read(HEAD + KNOWN + SALE + "\x1a")) == []


def test_lost_letters_and_other_formats_are_told():
    """Letters lost on the way here, and a #FORMAT that is not PC8."""
    file = read(HEAD.replace("PC8", "UTF-8") + '#IB 0 1930 0\n#KONTO 1930 "F\ufffdrs"\n', "utf-8")
    assert sorted(warned(file)) == ["sie-encoding", "sie-format", "sie-lost-letters"]


# ----------------------------------------------------------------------------------------- fields


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ('"Kassa"', "Kassa"),
        ("Kassa", "Kassa"),
        ('"Kassa \\"lilla\\""', 'Kassa "lilla"'),
        ('5\\"', '5"'),
        ('\\"lilla\\"', '"lilla"'),
        ('"C:\\bokf\\2020"', "C:\\bokf\\2020"),
        ('"a\\\\"', 'a\\"'),
        ("BE/FA{20067}/Försäkring", "BE/FA{20067}/Försäkring"),
        ('"{} # }"', "{} # }"),
        ('"Kassa" "mer" fler {} 1', "Kassa"),
    ],
)
def test_only_a_quote_is_escaped(written, meant):
    """Any field may be quoted; inside, only \\" is an escape; more fields do no harm."""
    file = read(HEAD + f"#IB 0 1930 0\n \t#KONTO\t1930  {written} \n")
    assert file.accounts["1930"].name == meant
    assert file.problems == ()


@pytest.mark.parametrize("text", ['"Kas"sa', 'Kas"sa', '"Skruv 5" rostfri" 1'])
def test_quote_out_of_place(text):
    """A quote mark inside a field without backslash would shift the fields."""
    assert codes(read(HEAD + f"#KONTO 1930 {text}\n")) == ["sie-quote"]


def test_a_last_text_without_closing_quote_is_read_to_the_end():
    """Programs that cut texts cut the quote too; what counts stands before it."""
    file = voucher('#TRANS 1930 {} 1 20200131 "Avkortad te', "#TRANS 3010 {} -1")
    assert file.vouchers[0].rows[0].text == "Avkortad te"
    assert warned(file) == ["sie-quote-open"]


def test_an_unclosed_quote_before_what_is_needed_is_a_problem():
    """Where the account or amount would be inside the quote nothing is guessed."""
    file = voucher('#TRANS "1930 {} 1', "#TRANS 3010 {} -1")
    assert codes(file) == ["sie-quote"]


@pytest.mark.parametrize(
    ("written", "objects"),
    [
        ("{}", ()),
        ("{ }", ()),
        ('{1 "100" 6 "P1"}', (("1", "100"), ("6", "P1"))),
        ('{ "1" "1010"}', (("1", "1010"),)),
        ("{1         AO}", (("1", "AO"),)),
        ('{1 "a b" 6 "{x}"}', (("1", "a b"), ("6", "{x}"))),
        ('{1 "" 6 P1}', (("6", "P1"),)),
    ],
)
def test_object_lists(written, objects):
    """Quoted or not, spaced in any way; an empty object is none."""
    file = voucher(f"#TRANS 1930 {written}1", "#TRANS 3010 {} -1")
    assert file.vouchers[0].rows[0].objects == objects
    assert file.problems == ()


@pytest.mark.parametrize("written", ["{1}", "{1 100 1 200}", '{"" A}', "{1 100", '{1 "100}'])
def test_bad_object_lists(written):
    """Not pairs, a dimension twice, not closed."""
    assert codes(voucher(f"#TRANS 1930 {written} 1", "#TRANS 3010 {} -1"))[0] == "sie-objects"


def test_lines_are_counted_as_they_stand():
    """Blank lines, CRLF and old CR alone; the place of a problem is the physical line."""
    text = HEAD + "\n\n  \n#KONTO\n"
    for end in ("\n", "\r\n", "\r"):
        (problem,) = read(text.replace("\n", end)).problems
        assert (problem.code, problem.line, problem.excerpt) == ("sie-fields", 9, "#KONTO")


def test_unknown_labels_are_counted_and_known_ones_that_say_nothing_are_not():
    """Tomorrow's labels do no harm, inside a voucher neither."""
    file = read(HEAD + KNOWN + '#SRU 1930 7281\n#NYTT "x\n' + SALE.replace("}\n", "#NYTT 1\n}\n"))
    assert file.unknown_labels == {"#NYTT": 2}
    assert len(file.vouchers) == 1
    assert codes(file) == []


def test_a_line_that_is_no_record():
    """The second half of a text with a line break in it."""
    assert codes(read(HEAD + KNOWN + "och fortsätter här\n")) == ["sie-line"]


def test_an_excerpt_is_short():
    """120 characters at most."""
    (problem,) = read(HEAD + "x" * 500 + "\n").problems
    assert len(problem.excerpt) == 120


# ------------------------------------------------------------------------------- amounts and dates


@pytest.mark.parametrize(
    ("amount", "code"),
    [
        ("hundra", "sie-amount"),
        ("1.000.00", "sie-amount"),
        ("1,000.00", "sie-amount"),
        ('""', "sie-amount"),
        ("1.005", "sie-amount"),
        ("1e5", "sie-amount"),
        ("0." + "0" * 70 + "1", "sie-amount"),
        ("92233720368547758.08", "sie-beyond-range"),
        ("9" * 5000, "sie-beyond-range"),
    ],
)
def test_bad_amounts(amount, code):
    """One problem each; the voucher's sum is not told as well."""
    assert codes(voucher(f"#TRANS 1930 {{}} {amount}", "#TRANS 3010 {} -1")) == [code]


@pytest.mark.parametrize(
    ("amount", "ore"),
    [("-0.5", -50), ("100", 100_00), ("+7.10", 710), ("1.500", 150), (".5", 50), ("-0", 0)],
)
def test_amounts_with_a_point(amount, ore):
    """As the standard says, or near it."""
    file = read(HEAD + f"#KONTO 1930 Bank\n#IB 0 1930 {amount}\n")
    assert file.opening[0].amount == ore
    assert file.warnings == ()


def test_amounts_with_comma_or_spaces_are_read_with_one_warning():
    """Unambiguous, so read; the standard says point."""
    file = voucher('#TRANS 1930 {} "1 000,50"', "#TRANS 3010 {} -1000,50")
    assert [row.amount for row in file.vouchers[0].rows] == [1000_50, -1000_50]
    assert warned(file) == ["sie-amount-form"]


@given(st.from_regex(r"-?[0-9]{1,16}(\.[0-9]{1,2})?", fullmatch=True))
def test_the_fast_way_reads_as_the_exact_one(text):
    """Plain amounts take a short cut; it is the same function."""
    assert FieldReader(Notes("prov.se", [""])).amount(1, text) == to_ore(text)


@pytest.mark.parametrize("written", ["20200231", "2020-01-31", "202001", "17530217", '""', "idag"])
def test_bad_dates(written):
    """Not in the calendar, or not written as the standard says."""
    file = voucher("#TRANS 1930 {} 1", "#TRANS 3010 {} -1", head=f"#VER A 7 {written}")
    assert codes(file) == ["sie-date"]
    assert file.vouchers == ()


def test_a_bad_row_date_is_a_problem():
    """It is not silently the voucher's."""
    assert codes(voucher("#TRANS 1930 {} 1 20200230", "#TRANS 3010 {} -1")) == ["sie-date"]


def test_bad_periods():
    """A month is YYYYMM."""
    file = read(HEAD + KNOWN + "#PSALDO 0 202013 1930 {} 1\n#PBUDGET 0 2020-01 1930 {} 1\n")
    assert codes(file) == ["sie-date", "sie-date"]


# --------------------------------------------------------------------------------------- vouchers


def test_a_voucher_that_does_not_balance_is_named_with_its_sum():
    """Series, number, sum with sign, and what to do."""
    (problem,) = voucher("#TRANS 1930 {} 100", "#TRANS 3010 {} -99.50").problems
    assert problem.code == "sie-unbalanced"
    assert problem.line == 9
    assert "voucher A 7 sums to +0.50" in problem.found
    assert "correct it" in problem.remedy


def test_sums_beyond_64_bits():
    """Of a voucher's debit and credit, and of the file's."""
    most = "92233720368547758.07"
    pair = [f"#TRANS 1930 {{}} {most}", f"#TRANS 3010 {{}} -{most}"]
    assert codes(voucher(*pair)) == []
    assert codes(voucher(*pair, *pair)) == ["sie-beyond-range", "sie-beyond-range"]
    two = "\n".join(["#VER A 1 20200101", "{", *pair, "}", ""]) * 2
    (problem,) = read(HEAD + KNOWN + two).problems
    assert (problem.code, problem.line) == ("sie-beyond-range", None)


def test_removed_rows_never_count():
    """#BTRANS is history."""
    file = voucher("#TRANS 1930 {} 1", '#BTRANS 3010 {} -9 20200131 "" "" AB', "#TRANS 3010 {} -1")
    assert [row.amount for row in file.vouchers[0].rows] == [100, -100]


def test_an_added_row_and_its_twin_count_once():
    """The twin's date may differ; the signature is the added row's; the place is kept."""
    file = voucher(
        '#RTRANS 1930 {1 "100" 6 "P"} 5 20200301 "" "" "KL"',
        '#TRANS 1930 {6 "P" 1 "100"} 5 20200131 "Rättat"',
        "#TRANS 3010 {} -5",
    )
    added, other = file.vouchers[0].rows
    assert (added.amount, added.date, added.text, added.registered_by) == (
        500,
        None,
        "Rättat",
        "KL",
    )
    assert (added.line, other.amount) == (12, -500)
    assert "sie-added-row-alone" not in warned(file)


def test_twins_after_all_added_rows_count_once():
    """A balanced pair counted twice would still balance: a twin is found at any distance."""
    rows = ["#RTRANS 1930 {} 5", "#RTRANS 3010 {} -5", "#TRANS 1930 {} 5", "#TRANS 3010 {} -5"]
    assert [row.amount for row in voucher(*rows).vouchers[0].rows] == [500, -500]
    equal = ["#RTRANS 1930 {} 5", "#TRANS 1930 {} 5", "#TRANS 1930 {} 5", "#TRANS 3010 {} -10"]
    assert [row.amount for row in voucher(*equal).vouchers[0].rows] == [500, 500, -1000]


def test_an_added_row_alone_counts_once_with_a_warning():
    """The standard promises a twin; where there is none the row still happened."""
    file = voucher("#RTRANS 1930 {} 5", "#TRANS 3010 {} -5")
    assert [row.amount for row in file.vouchers[0].rows] == [500, -500]
    assert warned(file) == ["sie-added-row-alone"]
    assert file.problems == ()


@pytest.mark.parametrize("rows", [[], ["#BTRANS 1930 {} 5"]])
def test_a_voucher_without_counted_rows_records_nothing(rows):
    """A warning, and not among the vouchers."""
    file = voucher(*rows)
    assert (warned(file), file.vouchers) == (["sie-voucher-empty"], ())


def test_a_voucher_without_braces_or_rows_is_empty():
    """A #VER alone."""
    assert warned(read(HEAD + KNOWN + "#VER A 1 20200101\n" + SALE)) == ["sie-voucher-empty"]


@pytest.mark.parametrize("head", ["#VER A 7 20200131 {", '#VER A 7 20200131 "x"{'])
def test_the_opening_brace_may_end_its_line(head):
    """Tolerated: it can mean nothing else."""
    text = f"{head}\n#TRANS 1930 {{}} 1\n#TRANS 3010 {{}} -1\n}}\n"
    file = read(HEAD + KNOWN + text)
    assert (len(file.vouchers), codes(file)) == (1, [])


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (SALE[:-2], "the file ends"),
        (SALE[:-2] + SALE, "before this record"),
        (SALE[:-2] + "#KONTO 1940 Bank\n", "before this record"),
        (SALE.replace("{\n", ""), "{ is missing"),
        (SALE.replace("{\n", "{\n{\n"), "second {"),
        ("}\n" + SALE, "without a #VER"),
        (SALE + "{\n", "without a #VER"),
        ("#VER A 1 20200101\n}\n" + SALE, "} without {"),
    ],
)
def test_braces(text, found):
    """A missing brace means a cut or damaged file."""
    problems = read(HEAD + KNOWN + text).problems
    assert [p.code for p in problems] == ["sie-brace"]
    assert found in problems[0].found


def test_rows_outside_a_voucher():
    """Each is told."""
    text = SALE + "#TRANS 1930 {} 1\n#RTRANS 1930 {} 1\n#BTRANS 1930 {} 1\n"
    assert codes(read(HEAD + KNOWN + text)) == ["sie-row-outside"] * 3


@pytest.mark.parametrize(
    "record",
    ["#KONTO", '#KONTO ""', "#VER A 1", "#IB 0 1930", "#PSALDO 0 202001 1930 5", "#UNDERDIM 21 X",
     "#OBJEKT 1", '#IB 0 "" 5', "#OIB 0 1930 5", "#OMFATTN", "#KTYP"],
)  # fmt: skip
def test_missing_required_fields(record):
    """A record without what it is about."""
    assert codes(read(HEAD + KNOWN + record + "\n")) == ["sie-fields"]


def test_a_row_without_object_list_or_amount():
    """The object list is required even where it is empty."""
    file = voucher("#TRANS 1930 1 20200131", "#TRANS 1930 {}", "#TRANS 3010 {} -1")
    assert codes(file) == ["sie-fields", "sie-fields"]


def test_all_problems_are_told_at_once_in_order():
    """Never only the first."""
    text = KNOWN + "#VER A 1 20200132\n{\n#TRANS 1930 {} x\n}\n#TRANS 1930 {} 1\nskräp\n"
    file = read(HEAD + text)
    assert codes(file) == ["sie-date", "sie-amount", "sie-row-outside", "sie-line"]
    assert [p.line for p in file.problems] == [9, 11, 13, 14]
    assert {p.file for p in file.problems} == {"prov.se"}


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
    """Each code that the reader has stands in a test of this file."""
    text = Path(__file__).read_text(encoding="utf-8")
    assert [code for code in (*PROBLEMS, *WARNINGS) if f'"{code}"' not in text] == []
