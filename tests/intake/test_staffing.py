"""Staffing files: what they record, and everything that can be wrong with them."""

import pytest

from intake.kinds import KINDS
from ledger.commands import Source
from ledger.errors import UsageError
from ledger.families.governance import ClosePeriods
from ledger.families.staffing import AGE_GROUPS, MEASURES, SEXES
from tests.intake.samples import problems, read, refused, take, the_problem, write
from tests.intake.workbooks import workbook
from tests.ledger.builders import ACTOR, new_store

HEAD = "period;unit;measure;value;sex;age_group;personnel_group;reason\n"
PARTED = HEAD + "2020-08;10;sick;60;female;;;\n2020-08;10;sick;40,5;male;;;\n"


@pytest.fixture
def store(tmp_path):
    """Units 10, 11 and 20, nothing reported."""
    store = new_store(tmp_path)
    yield store
    store.close()


def figures(store):
    """What is on record: measure, parts, value, in log order, of both kinds of events."""
    book = store.book()
    names = ("measure", "sex", "age_group", "value")
    return [
        *book.events("staffing.reported").select(names).rows(),
        *book.events("staffing.restated").select(names).rows(),
    ]


def test_hours_are_hundredths_and_people_are_whole(store, tmp_path):
    text = (
        "månad;enhet;mått;värde;kön;åldersgrupp\n"
        "2020-08;10;arbetad tid;1 234,5;;\n"
        "2020-08;10;Tillsvidareanställda;12;kvinnor;30–49\n"
        "2020-08;10;fyllnadstid;0;;\n"
    )
    receipt = take(store, write(tmp_path, text, "bemanning.csv"))
    assert (receipt.recorded, receipt.known) == (3, 0)
    assert figures(store) == [
        ("worked", None, None, 123450),
        ("permanent", "female", "30_49", 12),
        ("additional", None, None, 0),
    ]
    assert take(store, write(tmp_path, text, "igen.csv")).known == 3


def test_sign_and_scale_are_of_money(store, tmp_path):
    path = write(tmp_path, HEAD + "2020-08;10;worked;8;;;;\n", "staffing.csv")
    take(store, path, scale="tkr", sign="debit")
    assert figures(store) == [("worked", None, None, 800)]


def test_excel_numbers_are_taken_as_they_are_shown(store, tmp_path):
    rows = (["period", "unit", "measure", "value"], ["2020-08", "10", "sick", 96.1])
    take(store, write(tmp_path, workbook(*rows), "staffing.xlsx"))
    assert figures(store) == [("sick", None, None, 9610)]


def test_every_word_means_one_of_ours():
    """The Swedish words of measures, sexes and age groups."""
    kind = KINDS["staffing"]
    assert set(kind.column("measure").words.values()) == set(MEASURES)
    assert set(kind.column("sex").words.values()) == set(SEXES)
    assert set(kind.column("age_group").words.values()) == set(AGE_GROUPS)


def test_a_figure_is_restated_with_a_reason_and_both_stay(store, tmp_path):
    take(store, write(tmp_path, PARTED, "staffing.csv"))
    other = PARTED.replace("40,5;male;;;", "44;male;;;Läkarintyg")
    receipt = take(store, write(tmp_path, other, "staffing2.csv"))
    assert (receipt.recorded, receipt.known) == (1, 1)
    (notice,) = receipt.notices
    assert (notice.code, notice.finding) == ("staffing-restated", False)
    assert notice.text == "sick of unit 10 in 2020-08 male: 40.50 on record, 44.00 in the file"
    row = store.book().events("staffing.restated").row(0, named=True)
    assert (row["old"], row["new"], row["value"]) == (4050, 4400, 350)
    assert store.book().private("reason")["value"].to_list() == ["Läkarintyg"]
    back = read(store, write(tmp_path, PARTED, "staffing.csv"), accept_changes=True, reason="Fel")
    assert store.record(back.command, ACTOR, back.source).recorded == 1


def test_changes_are_accepted_with_a_reason_only(store, tmp_path):
    path = write(tmp_path, PARTED, "staffing.csv")
    with pytest.raises(UsageError, match="wants a reason"):
        take(store, path, accept_changes=True)


def test_a_figure_that_the_file_lacks_is_a_finding(store, tmp_path):
    three = PARTED + "2020-08;10;sick;9;female;30_49;;\n"
    crossed = three.replace(";female;;", ";female;50-;").replace(";male;;", ";male;50-;")
    take(store, write(tmp_path, crossed, "staffing.csv"))
    less = "".join(crossed.splitlines(keepends=True)[:3])
    receipt = take(store, write(tmp_path, less, "less.csv"))
    assert [(n.code, n.finding) for n in receipt.notices] == [("staffing-missed", True)]
    assert "sick of unit 10 in 2020-08 female 30_49" in receipt.notices[0].text


WRONG = [
    ("2020-08;10;sjuk;1;;;;", "bad-staffing", "measure 'sjuk'"),
    ("2020-08;10;sick;1;other;;;", "bad-staffing", "sex 'other'"),
    ("2020-08;10;sick;1;;30-39;;", "bad-staffing", "age_group '30-39'"),
    ("2020-08;10;sick;-1;;;;", "bad-staffing", "sick is -1.00, less than nothing"),
    ("2020-08;10;permanent;1,5;;;;", "bad-staffing", "1.50 people"),
    ("2020-08;10;sick;en;;;;", "bad-quantity", "value “en” is no quantity"),
    ("2020-08;10;sick;1,005;;;;", "bad-quantity", "value “1,005” is no quantity"),
    ("2020-08;10;sick;;;;;", "empty-field", "value is empty"),
    ("2020-13;10;sick;1;;;;", "bad-month", "period “2020-13” is no month"),
    ("2020-08;99;sick;1;;;;", "unknown-unit", "unit 99 is not registered"),
    ("2020-08;;sick;1;;;;", "empty-unit", "unit is empty"),
]


@pytest.mark.parametrize(("row", "code", "found"), WRONG, ids=[found for *_, found in WRONG])
def test_what_is_wrong_with_a_row(store, tmp_path, row, code, found):
    problem = the_problem(store, write(tmp_path, f"{HEAD}{row}\n", "staffing.csv"))
    assert (problem.line, problem.code, problem.kind) == (2, code, "content")
    assert problem.found == found
    assert problem.remedy


def test_rows_are_held_against_each_other(store, tmp_path):
    """Twice the same, parted two ways, a part beyond its whole: each once, with its line."""
    text = HEAD + (
        "2020-08;10;worked;1;;;;\n2020-08;10;worked;2;;;;\n"
        "2020-08;10;vacation;1;;;;\n2020-08;10;vacation;1;female;;;\n"
        "2020-08;11;sick;10;;;;\n2020-08;11;sick_60;11;;;;\n2020-08;11;ordinary;9;;;;\n"
    )
    error = refused(store, write(tmp_path, text, "staffing.csv"))
    assert error.exit_code == 3
    assert [(p.line, p.code, p.found) for p in error.problems] == [
        (3, "staffing-repeated", "worked of unit 10 in 2020-08 stands in line 2 already"),
        (5, "staffing-parted", "vacation of unit 10 in 2020-08 is parted by nothing and by sex"),
        (6, "staffing-beyond", "sick of unit 11 in 2020-08: 10.00 hours of 9.00 ordinary"),
        (7, "staffing-beyond", "sick_60 of unit 11 in 2020-08: 11.00 hours of 10.00 sick"),
    ]


def test_what_is_zero_parts_nothing(store, tmp_path):
    """So that a measure can be parted anew: the old figure becomes 0."""
    take(store, write(tmp_path, HEAD + "2020-08;10;sick;100;;;;\n", "staffing.csv"))
    text = PARTED + "2020-08;10;sick;0;;;;Delas upp\n"
    assert take(store, write(tmp_path, text, "parted.csv")).recorded == 3
    whole = write(tmp_path, HEAD + "2020-08;10;sick;100;;;;Hel\n", "whole.csv")
    assert problems(store, whole) == [(2, "staffing-parted")]


def test_what_the_record_forbids_is_a_rule(store, tmp_path):
    """Exit code 4: a figure on record is another, a month is closed."""
    take(store, write(tmp_path, PARTED, "staffing.csv"))
    problem = the_problem(store, write(tmp_path, PARTED.replace("60", "61"), "other.csv"))
    assert (problem.code, problem.kind) == ("staffing-reported", "rule")
    assert problem.found == "sick of unit 10 in 2020-08 female: 60.00 on record, 61.00 in the file"
    assert "--accept-changes --reason TEXT" in problem.remedy
    store.record(ClosePeriods(("2020-08",), "staffing", preliminary=True), ACTOR, Source("close"))
    error = refused(
        store, write(tmp_path, PARTED.replace("60;female;;;", "61;female;;;Ny"), "c.csv")
    )
    assert error.exit_code == 4
    assert [p.code for p in error.problems] == ["period-closed"]
    assert "2020-08 is closed for staffing in unit 10" in error.problems[0].found
    assert take(store, write(tmp_path, PARTED, "same.csv")).known == 2


def test_unknown_units_are_registered_if_asked(store, tmp_path):
    path = write(tmp_path, HEAD + "2020-08;77;sick;1;;;;\n", "staffing.csv")
    receipt = take(store, path, register=True)
    assert [notice.code for notice in receipt.notices] == ["unit-by-code"]
    assert "77" in store.book().organisation.units
