"""What the organisation, the calendar, budgets and forecast rounds allow and refuse."""

import polars as pl
import pytest

from ledger.commands import Source
from ledger.errors import (
    EarlierOpen,
    ForecastError,
    InputRefused,
    PeriodClosed,
    RuleBroken,
    SecondPersonMissing,
    UsageError,
)
from ledger.families.budget import BUDGET_ROWS, DecideBudget
from ledger.families.forecast import Assume, Forecasts, OpenRound
from ledger.families.forecast_approval import AdoptRound
from ledger.families.forecast_entry import EnterForecast
from ledger.families.governance import ClosePeriods, ReopenPeriod
from ledger.families.organisation import Organisation
from ledger.families.organisation_commands import (
    AccountRow,
    BindEntity,
    ChangeSettings,
    DecideStructures,
    Found,
    RegisterAccounts,
    RegisterUnits,
    StructureRow,
    UnitRow,
)
from tests.ledger.builders import ACTOR, new_store, post, wage

FROM = Source("test")


@pytest.fixture
def store(tmp_path):
    store = new_store(tmp_path)
    yield store
    store.close()


def record(store, command):
    return store.record(command, ACTOR, FROM)


def refused(store, command) -> set[str]:
    with pytest.raises(InputRefused) as caught:
        record(store, command)
    return {p.code for p in caught.value.problems}


def close(store, *periods, **more):
    return record(store, ClosePeriods(periods, **more))


# ── the organisation ──────────────────────────────────────────────────────────────────────────


def test_a_store_is_founded_once(store) -> None:
    with pytest.raises(RuleBroken):
        record(store, Found("Annan"))


def test_units_move_from_a_month_and_the_tree_of_before_stays(store) -> None:
    moved = UnitRow("11", "Nät", "20", "unit", "line", "2020-05")
    assert record(store, RegisterUnits((moved,), "u.csv")).recorded == 1
    assert record(store, RegisterUnits((moved,), "u.csv")).known == 1
    organisation = store.book().organisation
    assert organisation.ancestors("11", at="2020-04") == ["11", "10", "RN"]
    assert organisation.ancestors("11", at="2020-05") == ["11", "20", "RN"]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (UnitRow("30", "", "RN", "area", "line", "2020-01"), "empty-field"),
        (UnitRow("30", "X", "99", "area", "line", "2020-01"), "unknown-parent"),
        (UnitRow("30", "X", None, "area", "line", "2020-01"), "second-root"),
        (UnitRow("30", "X", "RN", "area", "line", "2020"), "bad-month"),
        (UnitRow("10", "Drift", "11", "area", "line", "2020-01"), "cycle"),
    ],
)
def test_units_that_cannot_stand(store, row, code) -> None:
    assert refused(store, RegisterUnits((row,), "u.csv")) == {code}


def test_the_books_number_is_bound_at_the_first_file(store) -> None:
    record(store, BindEntity("232100-0230", "a.se"))
    assert record(store, BindEntity("232100-0230", "b.se")).recorded == 0
    assert record(store, BindEntity("", "c.se")).recorded == 0
    assert refused(store, BindEntity("555555-5555", "d.se")) == {"other-entity"}


def line(name, low, high, parent=None, sign=1):
    return StructureRow("s", name, parent, low, high, sign, "2018-01", 2)


def test_a_structure_without_gap_or_overlap(store) -> None:
    rows = (line("Kostnader", None, None), line("Personal", "4000", "4999", "Kostnader"))
    good = (*rows, line("Lokal", "5000", "5999", "Kostnader"))
    assert refused(store, DecideStructures(rows, "s.csv")) == {"gap"}
    for low, high in (("5500", "6000"), ("49991", "49999"), ("49", "49")):
        overlap = (*good, line("Mer", low, high))
        assert refused(store, DecideStructures(overlap, "s.csv")) == {"overlap"}
    assert record(store, DecideStructures(good, "s.csv")).recorded == 3
    assert record(store, DecideStructures(good, "s.csv")).known == 3
    lines = [x.line for x in store.book().organisation.structure("s")]
    assert lines == ["Kostnader", "Personal", "Lokal"]


def test_an_account_s_type_is_its_class_unless_the_file_says(store) -> None:
    record(store, RegisterAccounts((AccountRow("8010", "Skatt", "income"),), "a.csv"))
    organisation = store.book().organisation
    types = {a: organisation.account_type(a) for a in ("8010", "8310", "3010", "1930", "2990")}
    assert types == {
        "8010": "income", "8310": "cost", "3010": "income", "1930": "asset", "2990": "liability",
    }  # fmt: skip
    assert refused(store, RegisterAccounts((AccountRow("1", "x", "magi"),), "a.csv")) == {
        "unknown-type"
    }


# ── periods ───────────────────────────────────────────────────────────────────────────────────


def test_closing_wants_the_earlier_ones_closed(store) -> None:
    post(store, *wage("1", 1_00, "2020-07-15"), *wage("2", 1_00))
    with pytest.raises(EarlierOpen, match="2020-07 is still open"):
        close(store, "2020-08")
    close(store, "2020-07", "2020-08")
    with pytest.raises(PeriodClosed):
        close(store, "2020-08")


def test_closing_a_part_leaves_the_rest_open(store) -> None:
    close(store, "2020-08", unit="10")
    with pytest.raises(InputRefused):
        post(store, *wage("1", 1_00, unit="11"))  # 11 stands below 10
    assert post(store, *wage("2", 1_00, unit="20")).recorded
    close(store, "2020-08", family="budget")
    assert post(store, *wage("3", 1_00, unit="20")).recorded, "families close on their own"


def test_reopening_wants_a_reason_and_a_second_person(store) -> None:
    close(store, "2020-07")
    close(store, "2020-08")

    def reopen(period, reason="sen faktura", by="ekonomichef"):
        return record(store, ReopenPeriod(period, reason, by))

    with pytest.raises(UsageError):
        reopen("2020-08", reason=" ")
    with pytest.raises(SecondPersonMissing):
        reopen("2020-08", by=ACTOR)
    with pytest.raises(RuleBroken, match="Reopen 2020-08 first"):
        reopen("2020-07")
    reopen("2020-08")
    reopen("2020-07")
    assert post(store, *wage("1", 1_00)).recorded
    with pytest.raises(RuleBroken):
        reopen("2020-07")


def test_a_part_reopened_is_open_alone_and_the_whole_closes_it_again(store) -> None:
    close(store, "2020-08")
    record(store, ReopenPeriod("2020-08", "sen faktura", "ekonomichef", unit="10"))
    assert post(store, *wage("1", 1_00, unit="11")).recorded, "11 stands below 10"
    with pytest.raises(InputRefused):
        post(store, *wage("2", 1_00, unit="20"))
    close(store, "2020-08", unit="10")
    with pytest.raises(InputRefused):
        post(store, *wage("3", 1_00, unit="11"))


def test_a_month_is_not_reopened_behind_a_closed_one_of_a_part(store) -> None:
    close(store, "2020-07")
    close(store, "2020-08", unit="10")
    with pytest.raises(RuleBroken, match="Reopen 2020-08 first"):
        record(store, ReopenPeriod("2020-07", "sen faktura", "ekonomichef"))


def test_a_late_month_is_not_left_open_behind_closed_ones(store) -> None:
    post(store, *wage("1", 1_00, "2020-07-15"))
    close(store, "2020-07")
    post(store, *wage("2", 1_00, "2020-06-15"))
    with pytest.raises(EarlierOpen, match="2020-06 is still open"):
        close(store, "2020-08")


def test_preliminary_becomes_final_and_counts_as_closed(store) -> None:
    post(store, *wage("1", 1_00))
    close(store, "2020-08", preliminary=True)
    with pytest.raises(InputRefused):
        post(store, *wage("2", 1_00))
    assert store.book().period().last == "2020-08", "the last with outcome; none is finally closed"
    close(store, "2020-08")
    with pytest.raises(PeriodClosed):
        close(store, "2020-08")


def test_moving_a_unit_does_not_open_its_closed_months(store) -> None:
    close(store, "2020-08", unit="10")
    record(store, RegisterUnits((UnitRow("11", "Nät", "20", "unit", "line", "2021-01"),), "u"))
    with pytest.raises(InputRefused):
        post(store, *wage("1", 1_00, unit="11"))


def test_a_place_corrected_for_the_same_month_is_the_one_that_counts(store) -> None:
    moved = RegisterUnits((UnitRow("11", "Nät", "20", "unit", "line", "2018-01"),), "u")
    assert record(store, moved).recorded == 1
    assert store.book().organisation.ancestors("11") == ["11", "20", "RN"]
    assert record(store, moved).known == 1


def test_the_second_person_is_another_however_the_name_is_written(store) -> None:
    close(store, "2020-08")
    with pytest.raises(SecondPersonMissing):
        record(store, ReopenPeriod("2020-08", "skäl", f" {ACTOR.upper()} "))


# ── budget ────────────────────────────────────────────────────────────────────────────────────


def budget(*rows):
    full = [dict.fromkeys(BUDGET_ROWS) | {"line": n, "unit": "10"} | r for n, r in enumerate(rows)]
    return DecideBudget(pl.DataFrame(full, schema=BUDGET_ROWS, orient="row"), "b.csv")


def amounts(store):
    frame = store.book().events("budget.decided")
    return dict(frame.select("period", "amount").iter_rows())


def test_a_year_is_phased_to_the_ore(store) -> None:
    record(store, budget({"year": "2020", "account": "4010", "amount": -1_000_00}))
    parts = amounts(store)
    assert sum(parts.values()) == -1_000_00
    assert set(parts.values()) == {-83_33, -83_34}  # 1 000 kr / 12 = 83,333… kr


def test_phasing_by_last_year_and_by_a_key(store) -> None:
    post(store, *wage("1", 30_00, "2019-03-01"), *wage("2", 10_00, "2019-12-01"))
    record(store, ChangeSettings((("phasing.kvartal", "1,0,0,1,0,0,1,0,0,1,0,0", None),)))
    last = {"year": "2020", "account": "4010", "amount": -80_00, "phasing": "last_year"}
    key = {"year": "2021", "account": "4010", "amount": -40_00, "phasing": "key:kvartal"}
    record(store, budget(last, key))
    held = {period: ore for period, ore in amounts(store).items() if ore}
    assert held == {
        "2020-03": -60_00, "2020-12": -20_00,
        "2021-01": -10_00, "2021-04": -10_00, "2021-07": -10_00, "2021-10": -10_00,
    }  # fmt: skip
    post(store, *wage("3", -99_00, "2019-05-01"))
    assert refused(store, budget(last | {"amount": -81_00, "version": "technical"})) == {
        "no-phasing"
    }, "months of both signs have no shares"
    none = {"year": "2020", "account": "5010", "amount": -1, "phasing": "last_year"}
    assert refused(store, budget(none)) == {"no-phasing"}


def test_a_decided_budget_changes_by_a_new_version_only(store) -> None:
    first = {"period": "2020-08", "account": "4010", "amount": -100_00}
    record(store, budget(first))
    assert record(store, budget(first)).known == 1
    assert refused(store, budget(first | {"amount": -110_00})) == {"budget-decided"}
    more = first | {"amount": -10_00, "version": "supplementary", "decision": "RS § 1"}
    assert record(store, budget(more)).recorded == 1
    assert record(store, budget(more | {"decision": "RS § 99"})).recorded == 1
    assert sum(store.book().events("budget.decided")["amount"]) == -120_00
    moved = first | {"amount": 5_00, "version": "reallocated"}
    assert refused(store, budget(moved)) == {"reallocation-not-zero"}
    assert record(store, budget(moved, moved | {"unit": "20", "amount": -5_00})).recorded == 2


# ── forecast rounds ───────────────────────────────────────────────────────────────────────────


@pytest.fixture
def rounds(store):
    lines = (line("Intäkter", "3000", "3999"), line("Kostnader", "4000", "8999"))
    record(store, DecideStructures(lines, "s.csv"))
    post(store, *wage("1", 100_00))
    record(store, OpenRound("T2", "2020-08", "s"))
    return store


def entry(**more):
    row = {"round": "T2", "unit": "10", "report_line": "Kostnader", "amount": -5, "line": 2}
    return EnterForecast((row | {"comment": "fortsatt vakant"} | more,), "f.csv")


def test_a_round_is_entered_adopted_and_locked(rounds) -> None:
    with pytest.raises(ForecastError):
        record(rounds, AdoptRound("T2"))
    assert record(rounds, entry()).recorded == 1
    assert record(rounds, entry()).known == 1
    assert record(rounds, entry(amount=-6)).recorded == 1
    assume = {"round": "T2", "unit": "10", "assumption": "one_off", "amount": -1, "text": "flytt"}
    assert record(rounds, Assume((assume,), "a.csv")).recorded == 1
    assert record(rounds, Assume((assume,), "a.csv")).known == 1
    assert record(rounds, Assume((assume | {"text": "annan flytt"},), "a.csv")).recorded == 1
    assert record(rounds, entry(amount=-6, comment="ny motivering")).recorded == 1
    record(rounds, AdoptRound("T2"))
    assert refused(rounds, entry(amount=-7)) == {"round-adopted"}
    with pytest.raises(RuleBroken):
        record(rounds, AdoptRound("T2"))
    kept = rounds.book().state.of(Forecasts).round("T2")
    assert [e.amount for e in kept.entries.values()] == [-6]
    entered = rounds.book().events("forecast.entered")["amount"].to_list()
    assert entered == [-5, -6, -6], "what was entered first stays"


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"round": "T9"}, "unknown-round"),
        ({"unit": "99"}, "unknown-unit"),
        ({"report_line": "Okänd"}, "unknown-line"),
        ({"period": "2020-08"}, "period-outside-round"),
        ({"period": "2021-01"}, "period-outside-round"),
        ({"method": "gissning"}, "unknown-method"),
        ({"comment": None}, "comment-missing"),
        ({"amount": None}, "empty-field"),
    ],
)
def test_entries_that_are_refused(rounds, more, code) -> None:
    assert refused(rounds, entry(**more)) == {code}


def test_an_entry_is_by_month_or_for_the_rest_never_both(rounds) -> None:
    row = dict(entry().rows[0])
    both = EnterForecast((row | {"period": "2020-09"}, row), "f.csv")
    assert refused(rounds, both) == {"entry-mixed"}
    record(rounds, entry(period="2020-09"))
    assert refused(rounds, entry()) == {"entry-mixed"}


def test_a_round_is_of_months_that_have_been(rounds) -> None:
    with pytest.raises(ForecastError, match="The latest month with any is 2020-08"):
        record(rounds, OpenRound("T3", "2020-12", "s"))
    with pytest.raises(UsageError, match="not a date"):
        record(rounds, OpenRound("T3", "2020-08", "s", deadline="snart"))


def test_the_state_is_folded_from_the_log_alone(rounds) -> None:
    fresh = rounds.book().state
    with rounds._datastore.transaction(commit=False) as cursor:
        kept = rounds._brought_forward(cursor)
    assert fresh.of(Organisation) == kept.of(Organisation)
    assert fresh.of(Forecasts) == kept.of(Forecasts)
    assert fresh.size == kept.size
