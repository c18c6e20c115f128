"""What a SIE file says, on record: code strings, registers, years, openings, totals, budget."""

from pathlib import Path

import pytest

import intake
from ledger.commands import Source
from ledger.errors import InputRefused
from ledger.families.organisation_commands import RegisterUnits, UnitRow
from ledger.store import Store
from tests.intake.samples import problems, refused, take, the_problem, write
from tests.intake.sie_samples import HEAD
from tests.ledger.builders import ACTOR, new_store

NAMES = """\
#ORGNR 556677-8899
#KONTO 1930 "Bank"
#KONTO 3010 "Intäkter"
#KONTO 4010 "Löner"
#KTYP 4010 K
#DIM 1 "Kostnadsställe"
#DIM 20 "Slag"
#OBJEKT 1 110 "Ny enhet"
#OBJEKT 2 0630 "Covid-19"
#OBJEKT 8 77 "Kund Ett"
#OBJEKT 20 X "Eget slag"
"""
VOUCHERS = """\
#VER A 1 20200817 "Lön augusti" 20200818 Anna
{
#TRANS 4010 {1 10 2 0630 20 X} 100.00
#TRANS 1930 {} -100.00 20200819 "Utbetalt" "" Bo
}
#VER "" "" 20200901 "Kundfaktura"
{
#TRANS 1930 {} 50.00
#TRANS 3010 {1 110 8 77 7 Eva 6 P1 21 Y 20 X} -50.00
}
"""


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """A store with units and accounts, and nothing booked."""
    return new_store(tmp_path)


def sie(folder: Path, *parts: str, name: str = "bok.se") -> Path:
    """A SIE file of the parts, in its own encoding."""
    return write(folder, "".join((HEAD, *parts)).encode("cp437"), name)


def test_rows_become_code_strings(store, tmp_path):
    take(store, sie(tmp_path, NAMES, VOUCHERS))
    rows = store.book().postings().to_dicts()
    names = ("date", "period", "unit", "account", "amount", "product", "project", "dimensions")
    assert [tuple(row[name] for name in names) for row in rows] == [
        ("2020-08-17", "2020-08", "10", "4010", -10000, "0630", None, "20=X"),
        ("2020-08-17", "2020-08", "RN", "1930", 10000, None, None, None),
        ("2020-09-01", "2020-09", "RN", "1930", -5000, None, None, None),
        ("2020-09-01", "2020-09", "110", "3010", 5000, None, "P1", "20=X;21=Y"),
    ]
    book = store.book()
    posted = book.events("outcome.posted")
    assert posted["row_date"].to_list() == [None, "2020-08-19", None, None]
    assert posted["registered_at"].to_list() == ["2020-08-18"] * 2 + [None] * 2
    assert book.private("text")["value"].to_list()[:3] == ["Lön augusti", "Utbetalt", "Kundfaktura"]
    assert book.private("registered_by")["value"].to_list() == ["Anna", "Bo"]
    assert book.private("counterparty")["value"].to_list() == ["Kund Ett"]


def test_what_the_file_names_is_registered(store, tmp_path):
    receipt = take(store, sie(tmp_path, NAMES, VOUCHERS))
    organisation = store.book().organisation
    assert organisation.entity == "5566778899"
    assert organisation.years == {("2020-01", "2020-12"): "vouchers"}
    place = organisation.places()["110"]
    assert (place.name, place.parent, place.level, place.valid_from) == (
        "Ny enhet",
        "RN",
        "unit",
        "2019-01",
    )
    assert organisation.codes == {
        "product": {"0630": "Covid-19"},
        "20": {"X": "Eget slag"},
        "project": {"P1": ""},
        "21": {"Y": ""},
    }
    codes = {notice.code for notice in receipt.notices}
    assert {"sie-object-unknown", "sie-person-dropped"} <= codes
    assert not receipt.findings


def test_a_unit_that_is_registered_keeps_its_place(store, tmp_path):
    named = RegisterUnits((UnitRow("110", "Vår", "10", "unit", "line", "2018-01"),), "u.csv")
    store.record(named, ACTOR, Source("u.csv"))
    take(store, sie(tmp_path, NAMES, VOUCHERS))
    place = store.book().organisation.places()["110"]
    assert (place.name, place.parent) == ("Vår", "10")


def test_the_file_again_and_a_longer_one(store, tmp_path):
    take(store, sie(tmp_path, NAMES, VOUCHERS))
    assert take(store, sie(tmp_path, NAMES, VOUCHERS)).recorded == 0
    assert take(store, sie(tmp_path, "#GEN 20200930 Cia\n", NAMES, VOUCHERS)).recorded == 0
    more = "#VER A 2 20200930 x\n{\n#TRANS 4010 {} 1.00\n#TRANS 1930 {} -1.00\n}\n"
    receipt = take(store, sie(tmp_path, NAMES, VOUCHERS, more))
    assert receipt.recorded == 2
    assert not receipt.findings


def test_a_changed_voucher_and_a_vanished_one(store, tmp_path):
    take(store, sie(tmp_path, NAMES, VOUCHERS))
    changed = sie(tmp_path, NAMES, VOUCHERS.replace("100.00", "110.00"))
    assert refused(store, changed).exit_code == 4
    assert take(store, changed, accept_changes=True, reason="rättat").recorded == 4
    other = VOUCHERS.replace("#VER A 1", "#VER A 3")
    receipt = take(store, sie(tmp_path, NAMES, other))
    assert [n.code for n in receipt.findings] == ["voucher-missed"]


def test_another_entity_is_refused(store, tmp_path):
    take(store, sie(tmp_path, NAMES, VOUCHERS))
    take(store, sie(tmp_path, NAMES.replace("556677-8899", '""'), VOUCHERS))
    other = sie(tmp_path, NAMES.replace("8899", "0000"), VOUCHERS)
    assert problems(store, other) == [(None, "other-entity")]


def test_a_voucher_out_of_balance_is_refused_once_by_series_and_number(store, tmp_path):
    problem = the_problem(store, sie(tmp_path, NAMES, VOUCHERS.replace(" 100.00", " 100.01")))
    assert problem.code == "sie-unbalanced"
    assert "A 1" in problem.found


def test_opening_balances_and_control_totals(store, tmp_path):
    balances = (
        "#IB 0 1930 1000.00\n#UB 0 1930 900.00\n#RES 0 4010 100.00\n#RES 0 3010 -50.00\n"
        "#PSALDO 0 202008 4010 {} 99.00\n"
    )
    receipt = take(store, sie(tmp_path, NAMES, balances, VOUCHERS))
    opening = store.book().events("outcome.opening_balance_stated")
    assert opening.select("year", "account", "amount").rows() == [("2020-01", "1930", -100000)]
    told = [n.code for n in receipt.notices if n.code.startswith("sie-control")]
    assert sorted(set(told)) == ["sie-control-difference", "sie-control-month"]
    assert store.book().events("outcome.balance_restated").is_empty()


MONTHS = """\
#IB 0 1930 1000.00
#PSALDO 0 202001 4010 {} 300.00
#PSALDO 0 202001 4010 {1 10} 200.00
#PSALDO 0 202001 4010 {1 20} 100.00
#PSALDO 0 202001 4010 {6 P1} 50.00
#PSALDO -1 201912 4010 {} 70.00
#PBUDGET 0 202001 4010 {} 310.00
#PBUDGET 0 202001 4010 {1 10} 310.00
"""
TYPE_3 = HEAD.replace("#SIETYP 4", "#SIETYP 3")


def months(folder: Path, text: str = MONTHS) -> Path:
    """A file of type 3: month totals, and no vouchers."""
    return write(folder, (TYPE_3 + NAMES + text).encode("cp437"), "bok.se")


def test_month_totals_never_count_totals_and_objects_both(store, tmp_path):
    take(store, months(tmp_path))
    book = store.book()
    totals = book.events("outcome.balance_restated").select("period", "unit", "account", "amount")
    assert totals.rows() == [
        ("2020-01", "10", "4010", -20000),
        ("2020-01", "20", "4010", -10000),
        ("2019-12", "RN", "4010", -7000),
    ]
    assert book.organisation.years == {
        ("2019-01", "2019-12"): "totals",
        ("2020-01", "2020-12"): "totals",
    }
    budget = book.events("budget.decided").select("version", "period", "unit", "amount")
    assert budget.rows() == [("original", "2020-01", "10", -31000)]
    assert take(store, months(tmp_path)).recorded == 0


def test_newer_totals_are_restated(store, tmp_path):
    take(store, months(tmp_path))
    receipt = take(store, months(tmp_path, MONTHS.replace("{1 20} 100.00", "{1 20} 90.00")))
    assert [n.code for n in receipt.findings][:1] == ["total-restated"]


def test_totals_of_a_year_that_is_kept_by_vouchers_are_left_out(store, tmp_path):
    last_year = VOUCHERS.replace(" 2020", " 2019")
    take(store, sie(tmp_path, NAMES, last_year))
    receipt = take(store, months(tmp_path))
    assert "sie-year-kept" in {n.code for n in receipt.notices}
    assert store.book().organisation.years[("2019-01", "2019-12")] == "vouchers"


def test_another_budget_is_a_version_of_its_own_or_left_out(store, tmp_path):
    take(store, months(tmp_path))
    changed = months(tmp_path, MONTHS.replace("310.00", "320.00"))
    assert [code for _, code in problems(store, changed)] == ["budget-decided"]
    receipt = take(store, changed, profile={"budget": "skip"})
    assert (receipt.recorded, receipt.notices[-1].code) == (0, "sie-budget-skipped")


def test_balances_of_the_year_only_are_no_months(store, tmp_path):
    receipt = take(store, months(tmp_path, "#IB 0 1930 1.00\n#UB 0 1930 2.00\n#RES 0 4010 3.00\n"))
    assert "sie-no-months" in {n.code for n in receipt.notices}
    book = store.book()
    assert book.events("outcome.opening_balance_stated").height == 1
    assert book.organisation.years == {}


def test_a_profile_changes_what_dimensions_mean(store, tmp_path):
    keys = {"dimensions": {"20": "activity", "7": "free", "6": "drop"}}
    take(store, sie(tmp_path, NAMES, VOUCHERS), profile=keys)
    row = store.book().postings().row(-1, named=True)
    assert (row["activity"], row["project"], row["dimensions"]) == ("X", None, "7=Eva;21=Y")
    both = {"dimensions": {"20": "activity", "21": "activity"}}
    other = sie(tmp_path, NAMES, VOUCHERS.replace("20200901", "20200902"))
    assert problems(store, other, profile=both) == [(25, "sie-two-objects")]


def test_what_is_no_sie_is_told(store, tmp_path):
    assert the_problem(store, write(tmp_path, "hej", "x.se")).code == "sie-not-sie"
    assert intake.read(sie(tmp_path, name="x.txt"), store.book().organisation).kind == "sie"


# ------------------------------------------------------------------------------- to compare with


def test_balances_are_read_to_compare_debit_positive(store, tmp_path):
    organisation = store.book().organisation
    vouchers = intake.read_balances(sie(tmp_path, VOUCHERS), organisation)
    assert vouchers.select("account", "month", "amount").rows() == [
        ("1930", "2020-08", -10000),
        ("1930", "2020-09", 5000),
        ("3010", "2020-09", -5000),
        ("4010", "2020-08", 10000),
    ]
    totals = intake.read_balances(months(tmp_path), organisation)
    assert totals.rows() == [
        ("4010", "2019-12", 7000, "2019-12"),
        ("4010", "2020-01", 30000, "2020-01"),
    ]
    text = "#OMFATTN 20200831\n#IB 0 1930 1.00\n#UB 0 1930 3.00\n#RES 0 4010 3.00\n"
    year = intake.read_balances(months(tmp_path, text), organisation)
    assert year.rows() == [
        ("1930", "2020-08", 200, "2020-01"),
        ("4010", "2020-08", 300, "2020-01"),
    ]


def test_balances_of_a_table_are_read_to_compare(store, tmp_path):
    text = "period;unit;account;amount\n2020-08;10;4010;-1\n2020-08;20;4010;-2\n2020-08;20;{};{}\n"
    organisation = store.book().organisation
    path = write(tmp_path, text.format("4010", "3"), "anything.csv")
    assert intake.read_balances(path, organisation).rows() == [("4010", "2020-08", 0, "2020-08")]
    with pytest.raises(InputRefused) as refusal:
        intake.read_balances(write(tmp_path, text.format("", "x")), organisation)
    assert [p.code for p in refusal.value.problems] == ["bad-amount", "empty-account"]
