"""Closing: when a month can, what then stands, and what a closed month keeps out."""

from datetime import UTC, datetime

import pytest

from ledger.commands import Source
from ledger.errors import EarlierOpen, InputRefused, MonthNotEnded, PeriodClosed, UsageError
from ledger.families import governance
from ledger.families.governance import ClosePeriods, ReopenPeriod
from ledger.families.organisation_commands import RegisterUnits, UnitRow
from tests.ledger.builders import ACTOR, Clock, new_store, post, wage

FROM = Source("ledger close")


@pytest.fixture
def store(tmp_path):
    store = new_store(tmp_path)
    yield store
    store.close()


def close(store, *periods, **more):
    return store.record(ClosePeriods(periods, **more), ACTOR, FROM)


def move(store, unit, parent, valid_from, name="Nät", level="unit", tree="line"):
    row = UnitRow(unit, name, parent, level, tree, valid_from, 2)
    return store.record(RegisterUnits((row,), "units.csv"), ACTOR, Source("units.csv"))


def test_a_month_is_closed_for_good_when_it_has_ended_where_we_are(tmp_path) -> None:
    # 22:30 UTC on 31 August is 00:30 on 1 September in Stockholm
    clock = Clock(datetime(2020, 8, 31, 20, tzinfo=UTC))
    store = new_store(tmp_path, clock)
    with pytest.raises(MonthNotEnded, match="--preliminary"):
        close(store, "2020-08")
    assert close(store, "2020-08", preliminary=True).recorded == 1
    clock.now = datetime(2020, 8, 31, 22, 30, tzinfo=UTC)
    assert close(store, "2020-08").recorded == 1
    with pytest.raises(MonthNotEnded):
        close(store, "2020-09")
    store.close()


def test_a_budget_is_closed_before_its_year(store) -> None:
    assert close(store, "2021-01", "2021-02", family="budget").recorded == 2


def test_for_good_wants_the_earlier_months_closed_for_good(store) -> None:
    post(store, *wage("1", 1_00, "2020-07-15"), *wage("2", 1_00))
    close(store, "2020-07", preliminary=True)
    with pytest.raises(EarlierOpen, match="only preliminarily"):
        close(store, "2020-08")
    close(store, "2020-08", preliminary=True)
    assert close(store, "2020-07", "2020-08").recorded == 2
    with pytest.raises(PeriodClosed):
        close(store, "2020-08", preliminary=True)


def test_each_family_says_whether_it_closes(store) -> None:
    """What has a period closes; budgets may be closed before it has ended."""
    assert [family for family, ended in governance.CLOSABLE.items() if not ended] == ["budget"]
    assert {"outcome", "staffing"} <= set(governance.CLOSABLE)
    for command in (
        ClosePeriods(("2020-08",), "structure"),
        ReopenPeriod("2020-08", "fel", "Bo", "structure"),
    ):
        with pytest.raises(UsageError, match=r"Known: .*outcome"):
            store.record(command, ACTOR, FROM)


def test_a_unit_is_not_moved_in_months_that_are_closed(store) -> None:
    post(store, *wage("1", 1_00, unit="11"))
    close(store, "2020-08")
    for wrong in ("2020-08", "2020-05"):
        with pytest.raises(InputRefused) as caught:
            move(store, "11", "20", wrong)
        [problem] = caught.value.problems
        assert (problem.code, caught.value.exit_code) == ("move-in-closed-month", 4)
        assert "2020-08" in problem.found
    assert move(store, "11", "20", "2020-09").recorded == 1
    tree = store.book().organisation
    assert tree.ancestors("11", at="2020-08") == ["11", "10", "RN"]
    assert tree.ancestors("11", at="2020-09") == ["11", "20", "RN"]


def test_a_move_cannot_take_a_unit_out_of_what_is_closed(store) -> None:
    close(store, "2020-08", unit="10")
    with pytest.raises(InputRefused):
        move(store, "11", "20", "2020-08")
    with pytest.raises(InputRefused):
        move(store, "11", "20", "2018-01")
    close(store, "2020-07", unit="11")
    with pytest.raises(InputRefused):  # what stands below it is closed
        move(store, "10", "20", "2020-07", "Drift", "area")


def test_what_moves_no_figure_of_a_closed_month_is_registered(store) -> None:
    close(store, "2020-08")
    assert move(store, "11", "10", "2020-01", name="Nät och drift").recorded == 1, "a name"
    assert move(store, "12", "10", "2018-01").recorded == 1, "a unit that is new"
    assert move(store, "11", None, "2020-01", tree="egna").recorded == 1, "another tree"
    assert move(store, "11", "20", "2020-09").recorded == 1
    assert move(store, "11", "10", "2020-09").recorded == 1, "corrected where it is open"


def test_a_reopened_month_takes_the_move(store) -> None:
    close(store, "2020-08")
    command = ReopenPeriod("2020-08", "ny organisation från augusti", "ekonomichef")
    store.record(command, ACTOR, FROM)
    assert move(store, "11", "20", "2020-08").recorded == 1
