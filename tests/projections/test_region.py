"""Units side by side, statements, and internal items: small books, whole öre."""

import pytest

from ledger.errors import NothingKnown, UsageError
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
from projections.statements import counted_summary
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


_FORM = (
    ("Årets resultat", None, None, None, 1),
    ("Samtliga realisationsvinster", "Årets resultat", None, None, -1),
    ("Övriga realisationsvinster", "Samtliga realisationsvinster", "3910", "3919", -1),
    ("Vissa vinster enligt undantag", "Samtliga realisationsvinster", "3920", "3929", 1),
    ("Vissa förluster enligt undantag", "Årets resultat", "7910", "7919", -1),
    ("Orealiserade förändringar", "Årets resultat", "8410", "8419", -1),
    ("Återföring av orealiserade", "Årets resultat", "8420", "8429", -1),
    ("Efter balanskravsjusteringar", "Årets resultat", "3000", "3899", 1),
    ("Efter balanskravsjusteringar", "Årets resultat", "4000", "7899", 1),
    ("Årets balanskravsresultat", None, None, None, 1),
    ("Reservering till RUR", "Årets balanskravsresultat", "2081", "2081", -1),
    ("Användning av RUR", "Årets balanskravsresultat", "2082", "2082", -1),
)


def test_the_balance_requirement_in_the_form_of_the_law(books):
    """2020: −220.00 is booked; with what is posted here the result is

    −220 + 100 (gains, of which 40 by exception) − 15 (loss by exception) + 8 (reversal) = −127.
    Adjusted: −127 − 100 + 40 + 15 + 20 (unrealised −20 taken away) − 8 = −160, which is −200 of
    ordinary accounts + 40. Then 30 are put into the reserve and 190 used: −160 − 30 + 190 = 0.
    """
    more = {
        "3910": "income", "3920": "income", "7910": "cost", "8420": "income",
        "2081": "liability", "2082": "liability", "2080": "liability",
    }  # fmt: skip
    rows = tuple(AccountRow(code, f"Konto {code}", type_) for code, type_ in more.items())
    books.record(RegisterAccounts(rows, "accounts.csv"))
    for year, reserve in (("2018-01", "RUR"), ("2024-01", "resultatreserv")):
        lines = [
            StructureRow("lag", line.replace("RUR", reserve), above, low, high, sign, year)
            for line, above, low, high, sign in _FORM
        ]
        books.record(DecideStructures(tuple(lines), "structures.csv"))
    books.post(
        ("2020-03", "RN", "3910", 60_00), ("2020-03", "RN", "3920", 40_00),
        ("2020-04", "RN", "7910", -15_00), ("2020-04", "RN", "8420", 8_00),
    )  # fmt: skip
    books.post(
        ("2020-08", "RN", "2081", 30_00), ("2020-08", "RN", "2082", -190_00),
        ("2020-08", "RN", "2080", 160_00), number="77",
    )  # fmt: skip
    books.budget(("2020-01", "RN", "3910", 5_00), ("2020-08", "RN", "2081", 2_00))
    frame = balance_requirement(books.book, "2020-08", structure="lag")
    assert frame.select("line", "row_kind", "outcome", "budget", "last_year").rows() == [
        ("Årets resultat", "sum", -127_00, 5_00, -1400_00),
        ("Samtliga realisationsvinster", "less", -100_00, -5_00, 0),
        ("Vissa vinster enligt undantag", "back", 40_00, 0, 0),
        ("Vissa förluster enligt undantag", "less", 15_00, 0, 0),
        ("Orealiserade förändringar", "less", 20_00, 0, 0),
        ("Återföring av orealiserade", "less", -8_00, 0, 0),
        ("Efter balanskravsjusteringar", "line", -160_00, 0, -1400_00),
        ("Reservering till RUR", "reserve", -30_00, -2_00, 0),
        ("Användning av RUR", "reserve", 190_00, 0, 0),
        ("Årets balanskravsresultat", "sum", 0, -2_00, -1400_00),
    ]
    assert traced(books, frame, "lag") == 40
    books.post(("2024-01", "6101", "4010", -1_00))
    names = balance_requirement(books.book, "2024-01", structure="lag")["line"].to_list()
    assert names[-3:-1] == ["Reservering till resultatreserv", "Användning av resultatreserv"]


def traced(books, frame, structure):
    """How many cells of the statement lead to events that sum to them."""
    count = 0
    for row in frame.to_dicts():
        for measure in ("outcome", "budget", "annual_budget", "last_year"):
            if row[measure] is not None:
                cell = {"line": row["line"], "structure": structure}
                assert behind(books, "balance-requirement", measure, **cell)[1] == row[measure]
                count += 1
    return count


def test_what_no_line_takes_is_left_in_the_balance_requirement(books):
    """7 on an account that came after the structures: in the one line that is left, else told."""
    split = (
        StructureRow("två", "Resultat", None, None, None, 1, "2018-01"),
        StructureRow("två", "Värde", "Resultat", "8400", "8499", -1, "2018-01"),
        StructureRow("två", "Intäkter", "Resultat", "3000", "3999", 1, "2018-01"),
        StructureRow("två", "Kostnader", "Resultat", "4000", "7999", 1, "2018-01"),
    )
    books.record(DecideStructures(split, "structures.csv"))
    books.record(RegisterAccounts((AccountRow("8900", "Övrigt", "cost"),), "accounts.csv"))
    books.post(("2020-08", "RN", "8900", -7_00))
    rows = balance_requirement(books.book, "2020-08").rows()
    assert rows[-1][:3] == ("Att balansera", "line", -207_00)
    frame = balance_requirement(books.book, "2020-08", structure="två")
    assert [row[:3] for row in frame.rows()] == [
        ("Resultat", "sum", -227_00),
        ("Värde", "less", 20_00),
        ("Intäkter", "line", 1050_00),
        ("Kostnader", "line", -1250_00),
        ("unmapped", "unmapped", -7_00),
    ]
    assert traced(books, frame, "två") == 10  # nothing is budgeted


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


# ── the events behind them ─────────────────────────────────────────────────────────────────────


def behind(books, noun, measure=None, **cell):
    """(unit, account, line, amount) of each event, having checked that they sum to the figure."""
    frame = trace(books.book, noun, "2020-08", measure=measure, **cell)
    *events, figure = frame.select("unit", "account", "line", "amount").rows()
    assert sum(row[3] for row in events) == figure[3]
    return events, figure[3]


def test_a_division_s_figures_are_traced_and_their_total_is_theirs_alone(books):
    """The change since last month is the month; what the root has booked is in no division, so that
    by unit the total is another where an area has booked."""
    books.record(ClosePeriods(("2019-07", "2019-08")))
    books.record(ClosePeriods(("2020-07",), preliminary=True))
    assert behind(books, "divisions", unit="70")[1] == 400_00
    _, changed = behind(books, "divisions", "change_published", unit="70")
    assert changed == behind(books, "divisions", "change_known", unit="70")[1] == 700_00
    assert behind(books, "divisions")[1] == -200_00
    books.post(("2020-08", "60", "4010", -1_00))
    assert behind(books, "divisions")[1] == -201_00
    assert behind(books, "divisions", by="unit")[1] == -200_00
    assert behind(books, "divisions", "last_year_whole", unit="60")[1] == -1000_00
    assert behind(books, "divisions", tree="kliniker", unit="7001")[1] == 400_00


def test_a_sum_of_a_statement_is_traced_to_the_lines_under_it(books):
    """Each event once, on its own line."""
    events, figure = behind(books, "statement", "net", line="Netto")
    assert figure == -200_00
    assert {row[2] for row in events} == {"Intäkter", "Kostnader"}
    assert behind(books, "statement", line="Värde")[0] == [("RN", "8410", "Värde", -20_00)]
    assert behind(books, "statement", "change_known", line="Intäkter")[1] == 700_00


def test_the_balance_requirement_is_traced_in_the_sign_of_its_rows(books):
    """What is taken away is turned."""
    less = behind(books, "balance-requirement", line="Värdeförändring")
    assert less == ([("RN", "8410", "Värdeförändring", 20_00)], 20_00)
    assert behind(books, "balance-requirement", line="Resultat")[1] == -220_00
    ordinary = behind(books, "balance-requirement", line="Att balansera")
    assert ordinary[1] == -200_00
    assert {row[1] for row in ordinary[0]} == {"3010", "4010", "5010"}, "what is taken away is not"


def test_a_key_figure_is_traced_as_the_table_it_is_from(books):
    """A statement's sum, and the divisions' together."""
    netto = behind(books, "region-summary", figure="Netto")
    assert netto == behind(books, "statement", line="Netto")
    assert behind(books, "region-summary", figure="divisions") == behind(books, "divisions")
    assert behind(books, "region-summary", figure="kliniker")[1] == 400_00


def test_both_sides_of_a_pair_are_traced(books):
    """What each has booked against the other."""
    books.post(("2020-08", "7001", "5010", 10_00, {"counterparty_unit": "6101"}))
    cell = {"unit": "60", "counterparty": "70"}
    assert behind(books, "internal-pairs", **cell)[1] == 10_00
    assert [row[:2] for row in behind(books, "internal-pairs", "booked", **cell)[0]] == [
        ("6101", "3010")
    ]
    assert behind(books, "internal-pairs", unit="6101", counterparty="6201")[1] == 0


@pytest.mark.parametrize(
    ("noun", "cell", "message"),
    [
        ("statement", {}, "Which row"),
        ("balance-requirement", {}, "Which row"),
        ("internal-pairs", {"counterparty": "70"}, "Which row"),
        ("internal-pairs", {"unit": "60", "counterparty": "80"}, "no row of counterparty '80'"),
        ("statement", {"line": "Skatt"}, "no row of line 'Skatt'"),
        ("region-summary", {"figure": "Skatt"}, "no row of figure 'Skatt'"),
        ("region-summary", {"figure": "Netto", "measure": "forecast"}, "is not known"),
        ("divisions", {"unit": "7001", "by": "division"}, "no row of unit '7001'"),
        ("divisions", {"unit": "60", "structure": "krav"}, "knows no structure"),
        ("result", {"unit": "60", "published_at": "2020-09-01"}, "knows no published"),
    ],
)
def test_cells_that_no_table_of_the_region_has(books, noun, cell, message):
    """Never an empty list."""
    with pytest.raises(UsageError, match=message):
        trace(books.book, noun, "2020-08", **cell)


@pytest.mark.parametrize(
    ("noun", "cell", "remedy"),
    [
        ("region-summary", {}, "Name it by --row figure=… (Netto, Resultat, divisions, kliniker)."),
        (
            "region-summary",
            {"figure": "Divisionerna"},
            "Known: Netto, Resultat, divisions, kliniker.",
        ),
        ("statement", {}, "Name it by --line … (Intäkter, Kostnader, Netto, Värde, Resultat)."),
        ("internal-pairs", {}, "Name it by --unit … (6101), --row counterparty=… (6201, 7001)."),
        ("internal-pairs", {"unit": "60"}, "Name it by --row counterparty=… (60, 70)."),
        ("internal-pairs", {"unit": "60", "counterparty": "80"}, "Known: 60, 70."),
        ("divisions", {"unit": "7001", "by": "division"}, "Known: 60, 70."),
    ],
)
def test_what_names_no_row_is_answered_with_what_does(books, noun, cell, remedy):
    """As it is written on the command line."""
    with pytest.raises(UsageError) as told:
        trace(books.book, noun, "2020-08", **cell)
    assert told.value.remedy == remedy


@pytest.mark.parametrize("ask", [region_summary, counted_summary])
def test_where_no_structure_can_be_asked_for_the_remedy_is_the_setting(tmp_path, ask):
    """The summary takes no --structure."""
    books = Books(tmp_path)
    assert len(books.book.organisation.structures) > 1
    books.post(("2020-01", "6101", "4010", -1_00))
    with pytest.raises(NothingKnown) as told:
        ask(books.book, "2020-01")
    assert told.value.remedy == "Set structure.statement with `ledger record setting`."
    books.store.close()
