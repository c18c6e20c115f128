"""Files of another layout: wide months, other signs, other units of money, by a profile alone."""

from pathlib import Path

import pytest

import intake
from intake.problems import ProfileWrong
from ledger.store import Store
from tests.intake.samples import amounts, problems, read, take, write
from tests.ledger.builders import new_store

#: Three rows of the shape of the state's monthly outturn; every figure is made up.
WIDE = """\
Område;Namn;Anslag;Post;År;Utfall januari;Utfall februari;Utfall mars;Anmärkning
06;Försvar;0601001;001;2025;1,00000001;-2,5;;a
06;Försvar;0601001;;2025;0,000000005;0;3;b
93;Pension;9301001;002;2025;100,469332;100,469332;100,469348;c
"""
TOML = """\
[profile.wide]
kind = "balances"
scale = "mnkr"
sign = "debit"
round = true
skip_empty = true
ignore = "rest"

[profile.wide.columns]
year = "År"
unit = "Område"
account = ["Anslag", "Post"]

[profile.wide.months]
"Utfall januari" = 1
"Utfall februari" = 2
"Utfall mars" = 3
"""


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """A store with units and accounts, and nothing booked."""
    return new_store(tmp_path)


def profile(folder: Path, text: str = TOML, name: str = "wide") -> intake.Profile:
    """The profile as it stands in a file."""
    path = folder / "ledger.toml"
    path.write_text(text, encoding="utf-8")
    return intake.load(path, name)


def test_a_wide_file_is_imported_by_a_profile_alone(store, tmp_path):
    path = write(tmp_path, WIDE, "utfall.csv")
    receipt = take(store, path, profile=profile(tmp_path), register=True)
    (rounded,) = [n for n in receipt.notices if n.code == "rounded"]
    assert rounded.text.startswith("1 amounts rounded to whole öre")
    assert rounded.text.endswith("sums to 0.5 öre")
    totals = store.book().events("outcome.balance_restated")
    assert totals.select("unit", "account", "period", "amount").rows()[:4] == [
        ("06", "0601001.001", "2025-01", -100_000_001),
        ("06", "0601001.001", "2025-02", 250_000_000),
        ("06", "0601001", "2025-01", -1),
        ("06", "0601001", "2025-03", -300_000_000),
    ]
    assert take(store, path, profile=profile(tmp_path)).recorded == 0


def test_an_amount_smaller_than_an_ore_is_refused_unless_rounded(store, tmp_path):
    strict = profile(tmp_path, TOML.replace("round = true\n", "").replace("skip_empty = true", ""))
    path = write(tmp_path, WIDE, "utfall.csv")
    assert problems(store, path, profile=strict, register=True) == [
        (2, "empty-field"),
        (3, "too-many-decimals"),
    ]


def test_what_the_profile_names_must_be_there(store, tmp_path):
    text = WIDE.replace("Utfall mars", "Utfall april").replace("Post", "Pust")
    told = problems(store, write(tmp_path, text), profile=profile(tmp_path), register=True)
    assert told[:2] == [(1, "missing-column")] * 2


def test_a_bad_year_is_told_once_a_row(store, tmp_path):
    text = WIDE.replace("001;2025;", "001;i år;")
    told = problems(store, write(tmp_path, text), profile=profile(tmp_path), register=True)
    assert told == [(2, "bad-year")]


def test_what_is_not_ignored_is_told(store, tmp_path):
    named = TOML.replace('"rest"', '["Namn"]')
    told = problems(store, write(tmp_path, WIDE), profile=profile(tmp_path, named), register=True)
    assert told == [(1, "unknown-column")]


def test_constants_stand_for_columns_that_are_not_there(store, tmp_path):
    path = write(tmp_path, "konto;kr\n4010;100\n")
    keys = {
        "kind": "outcome",
        "sign": "debit",
        "columns": {"amount": "kr"},
        "constants": {"unit": "10", "period": "2020-08"},
    }
    assert amounts(read(store, path, profile=keys)) == [-10000]


def test_the_command_line_goes_before_the_profile(store, tmp_path):
    path = write(tmp_path, "period;unit;account;amount\n2020-08;10;4010;1\n", "utfall.csv")
    keys = {"scale": "mnkr"}
    assert amounts(read(store, path, profile=keys)) == [100_000_000]
    assert amounts(read(store, path, profile=keys, scale="tkr", sign="debit")) == [-100_000]
    assert amounts(read(store, path, profile=keys, scale="kr", sign="result")) == [100_000_000]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("[profile.x]\nkolumner = {}", "unknown key kolumner"),
        ("[profile.x]\nscale = 'Mkr'", "scale is 'Mkr'"),
        ("[profile.x]\nsign = 1", "sign is 1"),
        ("[profile.x]\nround = 'ja'", "round is 'ja'"),
        ("[profile.x]\nheader = true", "header is True"),
        ("[profile.x]\nheader = 0", "header is a line number"),
        ("[profile.x]\ndelimiter = ';;'", "delimiter is one character"),
        ("[profile.x]\nencoding = 'utf-16'", "encoding is 'utf-16'"),
        ("[profile.x]\ncolumns = ['a']", "columns is"),
        ("[profile.x]\ncolumns = {unit = 1}", "columns.unit is 1"),
        ("[profile.x]\nmonths = {Jan = 13}", "months.Jan is 13"),
        ("[profile.x]\ndimensions = {7 = 'name'}", "dimensions.7 is 'name'"),
        ("[profile.y]", "There is no profile 'x'"),
        ("profile = 1", "There is no profile 'x'"),
        ("[profile.x", "cannot be read"),
    ],
)
def test_a_profile_that_means_nothing_is_an_error(tmp_path, text, found):
    with pytest.raises(ProfileWrong, match=found.replace("[", r"\[")):
        profile(tmp_path, text, "x")


def test_a_profile_that_does_not_fit_its_kind_is_an_error(store, tmp_path):
    path = write(tmp_path, WIDE)
    with pytest.raises(ProfileWrong, match="has no column decision"):
        read(store, path, profile={"kind": "outcome", "constants": {"decision": "x"}})
    timeless = write(tmp_path, WIDE.replace("År;", "Tid;"), "timeless.csv")
    with pytest.raises(ProfileWrong, match="months and no year"):
        read(store, timeless, profile={"kind": "outcome", "months": {"Utfall mars": 3}})
    with pytest.raises(ProfileWrong, match="and profiles stand in it"):
        intake.load(tmp_path / "ledger.toml", "x")


def test_rows_of_a_wide_file_are_counted_by_month(store, tmp_path):
    reading = read(store, write(tmp_path, WIDE), profile=profile(tmp_path), register=True)
    assert reading.rows == 8
