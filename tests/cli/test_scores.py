"""``ledger forecast compare`` and ``accuracy``, as a person meets them."""

import json

import pytest

from ledger.periods import months_between
from tests.cli.conftest import Run

COMPARED = [
    "method", "forecasts", "median_error", "mean_error", "bias", "share_best", "held_80",
    "held_95", "ratio_percent",
]  # fmt: skip
SCORED = [
    "round", "unit", "name", "line", "compared", "entered", "model", "outcome", "base",
    "error_entered", "error_model", "closer", "inside_80",
]  # fmt: skip


def outcome(first: str, last: str, kronor: int) -> str:
    """Wages of 6101 and rent of 6201, the same in each month, as a file of outcome."""
    rows = ["period,unit,account,amount,date,voucher,row,text"]
    for month in months_between(first, last):
        for unit, account in (("6101", "4010"), ("6201", "5010")):
            what = f"{month}-17,{unit}{month.replace('-', '')}"
            rows.append(f"{month},{unit},{account},-{kronor}.00,{what},1,")
            rows.append(f"{month},{unit},1930,{kronor}.00,{what},2,")
    return "\n".join(rows) + "\n"


@pytest.fixture
def years(founded: Run, folder) -> Run:
    """10, 20 and 30 kr a month in 2018, 2019 and 2020, and a budget of 25 for 2020."""
    for year, kronor in (("2018", 10), ("2019", 20), ("2020", 30)):
        name = f"outcome-{year}.csv"
        (folder / name).write_text(outcome(f"{year}-01", f"{year}-12", kronor), "utf-8")
        taken = founded("import", name)
        assert taken.exit_code == 0, taken.output
    plan = "year,unit,account,amount,phasing\n2020,6101,4010,-300.00,even\n"
    (folder / "budget.csv").write_text(plan, "utf-8")
    assert founded("import", "budget.csv").exit_code == 0
    return founded


def rows(run: Run, *words: str) -> list[dict]:
    """What the command says as JSON."""
    done = run("forecast", *words, "--format", "json")
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def test_every_method_on_past_years(years):
    """As worked out by hand in the tests of the backtest: last year's rest misses 75 and 50 % of a
    normal year at March; the budget, of one unit and year, 25 %."""
    told = rows(years, "compare", "--origins", "3", "--through", "2020-12")
    assert list(told[0]) == COMPARED
    found = {row["method"]: row for row in told}
    assert found["seasonal_naive"]["mean_error"] == "62.50"
    assert found["seasonal_naive"]["bias"] == "62.50"
    assert found["seasonal_naive"]["forecasts"] == 4
    assert (found["budget_rest"]["forecasts"], found["budget_rest"]["bias"]) == (1, "25.00")
    assert found["run_rate"]["mean_error"] == "0.00"
    assert found["run_rate"]["share_best"] == "100.0"
    assert found["run_rate"]["ratio_percent"] is None
    newest = rows(years, "compare", "--origins", "3", "--years", "1", "--through", "2020-12")
    assert newest == rows(years, "compare", "--origins", "3", "--year", "2020")
    assert {row["forecasts"] for row in newest} == {1, 2}


def test_rows_by_month_and_series(years):
    """The keys stand first; the parts are the whole's."""
    words = ("compare", "--origins", "4,8", "--by", "line", "--through", "2020-12")
    by_origin = rows(years, *words, "--by-origin")
    assert list(by_origin[0]) == ["origin", *COMPARED]
    assert {row["origin"] for row in by_origin} == {4, 8}
    both = rows(years, *words, "--by-origin", "--by-series")
    assert list(both[0]) == ["series", "origin", *COMPARED]
    assert {row["series"] for row in both} == {"Personalkostnader", "Övriga kostnader"}
    total = sum(row["forecasts"] for row in both)
    assert total == sum(row["forecasts"] for row in rows(years, *words))


def test_what_comes_later_changes_no_forecast_of_before(years, folder):
    """December 2020 is corrected by a million: the years before are as they were."""
    words = ("compare", "--year", "2019")
    before = rows(years, *words)
    (folder / "late.csv").write_text(outcome("2021-01", "2021-02", 1_000_000), "utf-8")
    assert years("import", "late.csv").exit_code == 0
    assert rows(years, *words) == before
    assert rows(years, "compare", "--through", "2019-12") == before


def test_the_table_says_what_it_stands_on(years):
    """In Swedish and English; and where there is nothing to compare, that."""
    told = years("forecast", "compare", "--through", "2020-12", "--lang", "en").stdout
    for words in (
        "Complete fiscal years: 2, beginning 2019-01–2020-01. Series: 2.",
        "in percent of a normal year",
        "as they are known now, not then",
    ):
        assert words in told
    assert "föregående års rest, flyttad" in years("forecast", "compare").stdout
    nothing = years("forecast", "compare", "--through", "2018-12", "--lang", "en")
    assert nothing.exit_code == 0
    assert "nothing to compare yet" in nothing.stdout
    assert rows(years, "compare", "--through", "2018-12") == []


@pytest.mark.parametrize("text", ["0", "12", "x", "", "3,,4"])
def test_origins_are_months_of_a_year(years, text):
    """Anything else is a usage error."""
    done = years("forecast", "compare", "--origins", text)
    assert done.exit_code == 2
    assert "1 till 11" in done.stderr
    assert years("forecast", "compare", "--by", "month").exit_code == 2


def test_a_round_is_scored_when_its_year_is_over(founded, folder):
    """10 kr a month in 2019, the same to August 2020: entered 44 for the rest, the model of then
    40, and 48 came."""
    (folder / "a.csv").write_text(outcome("2019-01", "2020-08", 10), "utf-8")
    assert founded("import", "a.csv").exit_code == 0
    none = founded("forecast", "accuracy", "--lang", "en")
    assert none.exit_code == 0
    assert "Nothing to score yet: there is no adopted forecast round." in none.stdout
    for words in (
        ("round", "T2", "--through", "2020-08"),
        ("enter", "--round", "T2", "--unit", "6101", "--line", "Personalkostnader", "--amount",
         "-44", "--comment", "plan"),
        ("adopt", "T2"),
    ):  # fmt: skip
        done = founded("forecast", *words)
        assert done.exit_code == 0, done.output
    waiting = founded("forecast", "accuracy", "--lang", "en")
    assert waiting.exit_code == 0
    assert "Nothing to score yet: a year-end is scored when" in waiting.stdout
    (row,) = rows(founded, "accuracy")
    assert list(row) == SCORED
    assert (row["compared"], row["entered"], row["outcome"]) == ("pending", None, None)
    (folder / "b.csv").write_text(outcome("2020-09", "2020-12", 12), "utf-8")
    assert founded("import", "b.csv").exit_code == 0
    told = rows(founded, "accuracy", "--round", "T2", "--through", "2020-12")
    assert told[0] == {
        "round": "T2",
        "unit": "6101",
        "name": "Nät",
        "line": "Personalkostnader",
        "compared": "year",
        "entered": "-124.00",
        "model": "-120.00",
        "outcome": "-128.00",
        "base": "120.00",
        "error_entered": "3.33",
        "error_model": "6.67",
        "closer": "entered",
        "inside_80": "no",
    }
    assert told[1]["unit"] is None
    assert len(told) == 2
    shown = founded("forecast", "accuracy", "--by", "unit", "--through", "2020-12").stdout
    assert "Utfallet låg i modellens 80\u00a0%-intervall i 0 av 1 fall." in shown
