"""An amount is the same öre whatever file it comes in: CSV, Excel and SIE, as people write it."""

import csv
import io
import tempfile
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import intake
from intake import sie
from ledger.families.organisation import Organisation, OrganisationFounded
from ledger.money import INT64_MAX, INT64_MIN, to_decimal, to_text
from tests.intake.samples import amounts, told
from tests.intake.workbooks import workbook

ORGANISATION = Organisation(
    founded=OrganisationFounded(
        name="Region Nord",
        root="RN",
        root_level="region",
        time_zone="Europe/Stockholm",
        first_month=1,
        clock="simulated",
    )
)
ORE = st.integers(INT64_MIN, INT64_MAX)
#: What fits in the fifteen digits that Excel keeps.
EXCEL_ORE = st.integers(-(10**15) + 1, 10**15 - 1)
HEADER = ["period", "unit", "account", "amount"]


def read(data: bytes, name: str) -> list[int]:
    """The amounts of a file of outcome."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(data)
        return amounts(intake.read(path, ORGANISATION, kind="outcome"))


def written(ore: int, mark: str, space: str, minus: str) -> str:
    """The amount as people write it."""
    text = f"{abs(to_decimal(ore)):,.2f}".replace(".", mark if mark == "," else ".")
    whole, cents = text[:-3].replace(",", space), text[-2:]
    return (minus if ore < 0 else "") + whole + mark + cents


@given(
    st.lists(ORE, min_size=1, max_size=5),
    st.sampled_from([";", ",", "\t"]),
    st.sampled_from([",", "."]),
    st.sampled_from(["", " ", "\u00a0", "\u202f"]),
    st.sampled_from(["-", "\u2212", "\u2013"]),
)
def test_csv(ores, delimiter, mark, space, minus):
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter)
    writer.writerow(HEADER)
    writer.writerows(["2020-08", "10", "4010", written(o, mark, space, minus)] for o in ores)
    assert read(text.getvalue().encode(), "outcome.csv") == ores


def sheet(*cells: object) -> bytes:
    """A workbook with one amount a row: text as text, numbers as numbers."""
    return workbook(HEADER, *(["2020-08", "10", "4010", cell] for cell in cells))


@settings(max_examples=30)
@given(st.lists(ORE, min_size=1, max_size=5))
def test_excel_text(ores):
    assert read(sheet(*map(to_text, ores)), "outcome.xlsx") == ores


@settings(max_examples=30)
@given(st.lists(EXCEL_ORE, min_size=1, max_size=20))
def test_excel_numbers(ores):
    """Excel's numbers are binary fractions; to fifteen digits they are what was written."""
    assert read(sheet(*map(to_decimal, ores)), "outcome.xlsx") == ores


@pytest.mark.parametrize("cell", [Decimal("12345678901234.56"), 2**53 + 2, Decimal("1e300")])
def test_excel_numbers_that_excel_cannot_keep_are_refused(tmp_path, cell):
    path = tmp_path / "outcome.xlsx"
    path.write_bytes(sheet(cell))
    reading = intake.read(path, ORGANISATION, kind="outcome")
    assert [problem.code for problem in told(reading)] == ["excel-precision"]


@given(st.integers(-(2**62), 2**62), st.integers(-(2**61), 2**61))
def test_sie(one, other):
    rows = "".join(
        f"#TRANS {account} {{}} {to_text(ore)}\n"
        for account, ore in ((4010, one), (4020, other), (1930, -one - other))
    )
    head = "#FLAGGA 0\n#FORMAT PC8\n#SIETYP 4\n#RAR 0 20200101 20201231\n"
    data = f'{head}#VER A 1 20200817 "x"\n{{\n{rows}}}\n'.encode("cp437")
    assert not sie.parse(data, "x.se").problems
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.se"
        path.write_bytes(data)
        reading = intake.read(path, ORGANISATION)
    assert amounts(reading) == [-one, -other, one + other]


@given(ORE, st.sampled_from(["kr", "tkr", "mnkr"]))
def test_scale_and_sign(ore, scale):
    """Kronor, thousands and millions, debit positive, are the same öre."""
    if ore == INT64_MIN:
        return
    digits = {"kr": 2, "tkr": 5, "mnkr": 8}[scale]
    text = f"period;unit;account;amount\n2020-08;10;4010;{Decimal(-ore).scaleb(-digits):f}\n"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "outcome.csv"
        path.write_text(text, encoding="utf-8")
        options = intake.ImportOptions(sign="debit", scale=scale)
        reading = intake.read(path, ORGANISATION, kind="outcome", options=options)
    assert amounts(reading) == [ore]
