"""The SIE reader, line by line: bytes, fields, amounts, vouchers, and a round trip."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.sie import PROBLEMS, WARNINGS, parse
from intake.sie.fields import FieldReader
from intake.sie.text import Notes
from ledger.money import to_ore
from tests.intake.sie_samples import HEAD, files, text_of, without_lines
from tests.intake.sie_texts import KNOWN, SALE, codes, read, voucher, warned

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
