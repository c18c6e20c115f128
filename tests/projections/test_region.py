"""Units side by side, statements, and internal items: small books, whole öre."""

import pytest

from ledger.errors import UsageError
from ledger.families.governance import ClosePeriods, ReopenPeriod
from ledger.families.organisation_commands import (
    AccountRow,
    ChangeSettings,
    DecideStructures,
    RegisterAccounts,
    RegisterUnits,
    StructureRow,
    UnitRow,
)
from projections import (
    balance_requirement,
    divisions,
    eliminations,
    internal_pairs,
    region_summary,
    statement,
    trace,
)
from tests.projections.builders import Books

_MORE = (
    UnitRow("70", "Vård", "RN", "division", "line", "2018-01"),
    UnitRow("7001", "Klinik", "70", "unit", "line", "2018-01"),
    UnitRow("K", "Kliniker", None, "group", "kliniker", "2018-01"),
    UnitRow("7001", "Klinik", "K", "unit", "kliniker", "2018-01"),
)
_LINES = (
    StructureRow("uppställning", "Resultat", None, None, None, 1, "2018-01"),
    StructureRow("uppställning", "Netto", "Resultat", None, None, 1, "2018-01"),
    StructureRow("uppställning", "Intäkter", "Netto", "3000", "3999", 1, "2018-01"),
    StructureRow("uppställning", "Kostnader", "Netto", "4000", "7999", 1, "2018-01"),
    StructureRow("uppställning", "Värde", "Resultat", "8400", "8499", 1, "2018-01"),
    StructureRow("krav", "Resultat", None, None, None, 1, "2018-01"),
    StructureRow("krav", "Värdeförändring", "Resultat", "8400", "8499", -1, "2018-01"),
    StructureRow("krav", "Att balansera", "Resultat", "3000", "7999", 1, "2018-01"),
)
_SETTINGS = (
    ("structure.statement", "uppställning", None),
    ("structure.balance_requirement", "krav", None),
    ("region.trees", "kliniker", None),
)


@pytest.fixture
def books(tmp_path):
    """Two divisions; in 2020 the one sells to the other for 300, and to its own for 50."""
    made = Books(tmp_path)
    made.record(RegisterUnits(_MORE, "units.csv"))
    made.record(RegisterAccounts((AccountRow("8410", "Värde", "income"),), "accounts.csv"))
    made.record(DecideStructures(_LINES, "structures.csv"))
    made.record(ChangeSettings(_SETTINGS))
    made.totals(("2019-07", "6101", "4010", -1000_00), ("2019-08", "7001", "4010", -400_00))
    made.post(
        ("2020-07", "6101", "3010", 300_00, {"counterparty_unit": "7001"}),
        ("2020-07", "7001", "5010", -300_00, {"counterparty_unit": "6101"}),
        ("2020-07", "6101", "3010", 50_00, {"counterparty_unit": "6201"}),
        ("2020-07", "6201", "5010", -50_00, {"counterparty_unit": "6101"}),
        ("2020-07", "6101", "4010", -900_00),
    )
    made.post(("2020-08", "7001", "3010", 700_00), ("2020-08", "RN", "8410", -20_00))
    return made


def test_internal_items_are_taken_out_of_both_sides(books):
    """Gross, internal and net by division; the whole is the same either way."""
    rows = {row["unit"]: row for row in eliminations(books.book, "2020-08").to_dicts()}
    names = ("income", "income_internal", "income_net", "cost_internal", "gross", "internal", "net")
    told = {unit: [row[name] for name in names] for unit, row in rows.items()}
    assert told["60"] == [350_00, 350_00, 0, -50_00, -600_00, 300_00, -900_00]
    assert told["70"] == [700_00, 0, 700_00, -300_00, 400_00, -300_00, 700_00]
    assert told[None] == [1030_00, 350_00, 680_00, -350_00, -220_00, 0, -220_00]


def test_of_a_part_only_what_is_within_it_is_internal(books):
    """What division 60 sells to 70 is income of 60 as a whole."""
    total = eliminations(books.book, "2020-08", unit="60").row(-1, named=True)
    assert (total["income"], total["income_internal"], total["income_net"]) == (350_00, 50_00,
                                                                               300_00)  # fmt: skip


def test_a_figure_of_internal_items_is_traced(books):
    """Both sides of both sales."""
    found = trace(books.book, "eliminations", "2020-08", measure="internal")
    assert found["amount"].to_list() == [300_00, 50_00, -300_00, -50_00, 0]


def test_pairs_that_do_not_meet_are_findings_with_both_sides(books):
    """The buyer books 10 too little: the pair differs by 10, and within 60 all is well."""
    books.post(("2020-08", "7001", "5010", 10_00, {"counterparty_unit": "6101"}))
    rows = internal_pairs(books.book, "2020-08").to_dicts()
    assert [list(row.values()) for row in rows] == [
        ["60", "Teknik", "60", "Teknik", 50_00, -50_00, 0, None],
        ["60", "Teknik", "70", "Vård", 300_00, -290_00, 10_00, "pair-unmet"],
    ]
    by_unit = internal_pairs(books.book, "2020-08", by="unit", unit="60").to_dicts()
    assert [(r["unit"], r["counterparty"], r["finding"]) for r in by_unit] == [
        ("6101", "6201", None)
    ]
    with pytest.raises(UsageError, match="Pairs are of units"):
        internal_pairs(books.book, "2020-08", by="line")


def test_a_statement_ends_each_part_with_its_sum(books):
    """In the structure's order, sums after what they sum."""
    rows = statement(books.book, "2020-08").to_dicts()
    assert [(r["line"], r["depth"], r["row_kind"], r["gross"], r["net"]) for r in rows] == [
        ("Intäkter", 2, "line", 1050_00, 700_00),
        ("Kostnader", 2, "line", -1250_00, -900_00),
        ("Netto", 1, "sum", -200_00, -200_00),
        ("Värde", 1, "line", -20_00, -20_00),
        ("Resultat", 0, "sum", -220_00, -220_00),
    ]
    net = rows[2]
    assert (net["last_year"], net["change_percent"], net["cost_percent"]) == (
        -1400_00, "85.71", "-85.71")  # fmt: skip
    assert (net["before_known"], net["change_known"]) == (-900_00, 700_00)
    assert (net["before_published"], net["change_published"]) == (None, None)


def test_the_balance_requirement_leaves_value_out(books):
    """Result −220, of which −20 is change of value: −200 must balance."""
    rows = balance_requirement(books.book, "2020-08").to_dicts()
    assert [(r["line"], r["row_kind"], r["outcome"]) for r in rows] == [
        ("Resultat", "sum", -220_00),
        ("Värdeförändring", "less", 20_00),
        ("Att balansera", "line", -200_00),
    ]


def test_the_month_before_as_it_was_published_and_as_it_is_known(books):
    """July is closed, told, reopened, changed by −40: two changes to August."""
    books.record(ClosePeriods(("2019-07", "2019-08")))
    books.record(ClosePeriods(("2020-07",), preliminary=True))
    books.record(ReopenPeriod("2020-07", "sen kostnad", "ekonomidirektör"))
    books.post(("2020-07", "7001", "4010", -40_00))
    books.record(ClosePeriods(("2020-07",)))
    row = divisions(books.book, "2020-08", unit="70").row(0, named=True)
    assert row["outcome"] == 360_00
    names = ("before_published", "before_known", "change_published", "change_known")
    assert [row[name] for name in names] == [-300_00, -340_00, 660_00, 700_00]


def test_a_tree_that_came_after_the_month_was_published_has_no_figure_of_then(books):
    """The question is good, and that state of the log knows nothing of it: null, no error."""
    books.record(ClosePeriods(("2019-07", "2019-08", "2020-07")))
    books.record(
        RegisterUnits((UnitRow("7001", "Klinik", None, "unit", "ny", "2018-01"),), "u.csv")
    )
    row = divisions(books.book, "2020-08", tree="ny").row(0, named=True)
    names = ("unit", "before_published", "before_known", "change_published")
    assert [row[name] for name in names] == ["7001", None, -300_00, None]
    with pytest.raises(UsageError, match="There is no tree 'nytt'"):
        divisions(books.book, "2020-08", tree="nytt")


def test_divisions_sum_without_what_stands_above_them(books):
    """The whole's −20 is no division's; last year's same months, and its whole year."""
    rows = divisions(books.book, "2020-08").to_dicts()
    told = [(r["unit"], r["outcome"], r["last_year"], r["cost_percent"]) for r in rows]
    assert told == [
        ("60", -600_00, -1000_00, "-5.00"),
        ("70", 400_00, -400_00, "-25.00"),
        (None, -200_00, -1400_00, "-10.71"),
    ]
    with pytest.raises(UsageError, match="do not stand side by side"):
        divisions(books.book, "2020-08", by="line")


def test_the_summary_has_the_sums_and_every_tree(books):
    """The statement's sums, then the line organisation's divisions, then the clinics."""
    rows = region_summary(books.book, "2020-08").to_dicts()
    assert [(r["figure"], r["outcome"]) for r in rows] == [
        ("Netto", -200_00),
        ("Resultat", -220_00),
        ("divisions", -200_00),
        ("kliniker", 400_00),
    ]
