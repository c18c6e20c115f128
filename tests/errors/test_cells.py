"""What is wrong with a header or a cell is told alike in a file of every kind, to the letter."""

import csv
import io

import pytest

from intake.columns import Column
from intake.kinds import KINDS, Kind
from tests.errors.test_whole_or_nothing import ROWS
from tests.intake.samples import read, told, write
from tests.ledger.builders import new_store

MORE = "Write digits with one decimal comma or point, such as"
#: A cell that no column of the type takes, the code, what is found of it, and the remedy.
WRONG: dict[str, tuple[str, str, str, str]] = {
    "amount": (
        "hundra", "bad-amount", "{} “hundra” is no amount (not a number)", f"{MORE} -1 234,50."
    ),
    "decimal": ("lågt", "bad-decimal", "{} “lågt” is no number", f"{MORE} 98,7."),
    "quantity": (
        "många", "bad-quantity", "{} “många” is no quantity",
        "Write digits with at most two decimals, such as 1 234,50.",
    ),
    "month": ("2020-13", "bad-month", "{} “2020-13” is no month", "Write it as 2020-08."),
    "interval": (
        "i somras", "bad-interval", "{} “i somras” is no period",
        "Write 2020-08, 2020-T2, 2020-H1, 2020, 2020-W38 or 2020-01--2020-08.",
    ),
    "date": ("i går", "bad-date", "{} “i går” is no date", "Write it as 2020-08-17."),
    "time": (
        "i går", "bad-time", "{} “i går” is no date or time",
        "Write it as 2020-08-17 or 2020-08-17T09:30:00+02:00.",
    ),
    "year": ("20-21", "bad-year", "{} “20-21” is no year", "Write it as 2020."),
    "number": ("ett", "bad-number", "{} “ett” is no whole number", "Write digits only."),
}  # fmt: skip
#: Types of which every text is one: codes, words and texts are known to the rules alone.
FREE = {"code", "text", "word"}
TYPED = [
    (kind, column) for kind in KINDS.values() for column in kind.columns if column.type not in FREE
]


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return new_store(tmp_path_factory.mktemp("cells"))


def a_row(kind: Kind) -> dict[str, str]:
    """A good row of the kind."""
    header, rows, _ = ROWS[kind.name]
    return dict(zip(header.split(";"), rows[0].split(";"), strict=True))


def problems(store, folder, kind: Kind, row: dict[str, str]) -> list[str]:
    """What reading tells of a file with that row, without what the rules add."""
    out = io.StringIO()
    csv.writer(out, delimiter=";", lineterminator="\n").writerows([row.keys(), row.values()])
    path = write(folder, out.getvalue(), f"{kind.name}.csv")
    return [str(one) for one in told(read(store, path, kind=kind.name))]


def test_every_type_is_here():
    assert set(WRONG) | FREE == {column.type for kind in KINDS.values() for column in kind.columns}


@pytest.mark.parametrize(("kind", "column"), TYPED, ids=[f"{k.name}-{c.name}" for k, c in TYPED])
def test_a_cell_that_is_none(store, tmp_path, kind: Kind, column: Column):
    cell, code, found, remedy = WRONG[column.type]
    said = problems(store, tmp_path, kind, a_row(kind) | {column.name: cell})
    assert f"{kind.name}.csv:2: [{code}] {found.format(column.name)}. {remedy}" in said


@pytest.mark.parametrize("kind", KINDS.values(), ids=list(KINDS))
def test_a_column_that_is_missing(store, tmp_path, kind: Kind):
    required = [column.name for column in kind.columns if column.required]
    for name in required:
        row = {key: cell for key, cell in a_row(kind).items() if key != name}
        said = problems(store, tmp_path, kind, row)
        assert (
            f"{kind.name}.csv:1: [missing-column] column {name} is missing in a file of "
            f"{kind.name}. Add the column, or name it in a profile."
        ) in said


@pytest.mark.parametrize("kind", KINDS.values(), ids=list(KINDS))
def test_a_column_that_the_kind_has_not(store, tmp_path, kind: Kind):
    known = ", ".join(column.name for column in kind.columns)
    said = problems(store, tmp_path, kind, a_row(kind) | {"färg": "blå"})
    assert said == [
        f"{kind.name}.csv:1: [unknown-column] column “färg” is none that a file of {kind.name} "
        f"has. Remove it, or let a profile name or ignore it. Known: {known}."
    ]
