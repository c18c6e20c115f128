"""One file with ten things wrong, each of its own kind: all ten are told, nothing is recorded."""

from pathlib import Path

import pytest

from ledger.commands import Source
from ledger.families.governance import ClosePeriods
from ledger.store import Store
from tests.intake.samples import OUTCOME, refused, take, wage, write
from tests.ledger.builders import ACTOR, new_store

#: line, what is wrong, the row
ROWS = """\
2020-08;10;9999;-100,00;2020-08-03;A 1;unknown account
2020-08;10;1930;100,00;2020-08-03;A 1;its other row
2020-13;10;4010;-100,00;;;bad month
2020-08;10;4010;-1,234,50;;;two decimal commas
2020-08;10;4010;hundra;;;text in amount
2020-08;;4010;-100,00;;;empty unit
2020-07;10;4010;-100,00;;;closed period
2020-08;10;4010;-200,00;2020-08-18;A 1;the number again, with other content
2020-08;10;1930;200,00;2020-08-18;A 1;its other row
2020-08;10;4010;-300,00;2020-08-19;A 2;out of balance
2020-08;10;1930;299,99;2020-08-19;A 2;by an öre
2020-08;10;4010;-90000000000000000,00;;;a sum beyond 64 bits
2020-08;10;4010;-90000000000000000,00;;;is reached here
2020-08;10;4010;-100,00;;;a byte that is none: @
"""
EXPECTED = [
    (2, "unknown-account", "account 9999 is not registered"),
    (4, "bad-month", "period “2020-13” is no month"),
    (5, "two-decimal-marks", "amount “-1,234,50” has more than one decimal mark"),
    (6, "bad-amount", "amount “hundra” is no amount (not a number)"),
    (7, "empty-unit", "unit is empty"),
    (8, "period-closed", "falls in 2020-07, closed for outcome"),
    (9, "voucher-repeated", "voucher A 1 stands in line 2 already, with other content"),
    (11, "voucher-out-of-balance", "debit − credit is 0.01"),
    (14, "sum-beyond-64-bits", "passes 64 bits of öre here"),
    (15, "bad-byte", "byte 0xE5 at character 48 is none that utf-8 has"),
]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """A store with a voucher in July, which is closed."""
    store = new_store(tmp_path)
    take(store, write(tmp_path, OUTCOME + wage(7, "50,00", "2020-07-01"), "july.csv"))
    store.record(ClosePeriods(("2020-07",)), ACTOR, Source("ledger close"))
    return store


def test_all_ten_are_told_with_line_and_remedy(store, tmp_path):
    data = (OUTCOME + ROWS).encode().replace(b"@", b"\xe5")
    error = refused(store, write(tmp_path, data, "ten.csv"))
    assert [(p.line, p.code) for p in error.problems] == [(n, code) for n, code, _ in EXPECTED]
    assert error.exit_code == 3
    for problem, (line, code, found) in zip(error.problems, EXPECTED, strict=True):
        assert problem.file == "ten.csv"
        assert found in problem.found
        assert problem.remedy.endswith(".")
        assert problem.excerpt
        assert str(problem).startswith(f"ten.csv:{line}: [{code}] ")


def test_a_closed_period_alone_is_a_rule_of_state(store, tmp_path):
    error = refused(store, write(tmp_path, OUTCOME + "2020-07;10;4010;-100,00;;;\n"))
    assert [p.code for p in error.problems] == ["period-closed"]
    assert error.exit_code == 4
