"""Files of action plans and investments: taken as CSV and Excel, and every way to be refused."""

from pathlib import Path

import pytest

from intake.problems import EXPLAIN
from ledger.commands import Source
from ledger.families.governance import ClosePeriods
from ledger.store import Store
from projections import action_plan, investments
from tests.intake.samples import refused, take, write
from tests.intake.workbooks import workbook
from tests.ledger.builders import ACTOR, new_store

PLAN = """\
åtgärd;enhet;åtgärdsområde;år;uppdrag;periodisering;månad;effekt;prognos;text;ansvarig
P1;10;Personal;2020;1 200 000,50;från:2020-05;;;;Vakanser;chef
P1;;;;;;2020-08;900 000;1 300 000;;
P2;10;Övrigt;2020;0;jämn;2020-07;1;;;
"""
FRAMES = """\
investeringstyp;överordnad_typ;enhet;år;ram;version;månad;utfall;beslutsår;objekt;prognos
IT;;10;2020;21 000 000;ursprunglig;;;;;
IT;;10;2020;-1 000 000;ändrad;;;;;
Skrivare;IT;10;;;;2020-03;96 450;2019;;
Skrivare;IT;10;;;;2020-03;10;2019;Toner;
MT;;10;2020;5;;2020-07;1;2020;;9
"""


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """A store in which both files are taken, and both families are closed through July."""
    store = new_store(tmp_path)
    assert take(store, write(tmp_path, PLAN, "handlingsplan.csv")).recorded == 5
    assert take(store, write(tmp_path, FRAMES, "investeringar.csv")).recorded == 3 + 3 + 3 + 1
    for family in ("action", "investment"):
        closing = ClosePeriods(("2020-03", "2020-07"), family)
        store.record(closing, ACTOR, Source("ledger close"))
    return store


def test_both_files_are_taken_once(store, tmp_path):
    """Swedish headers and words; again they are known, also as Excel."""
    row = action_plan(store.book(), "2020-08").row(0, named=True)
    assert (row["assignment"], row["phased"], row["effect"]) == (
        1_200_000_50,
        600_000_25,
        900_000_00,
    )
    row = investments(store.book(), "2020-08").row(0, named=True)
    assert (row["frame"], row["outcome"]) == (20_000_000_00, 96_460_00)
    for text, name, rows in ((PLAN, "plan.csv", 3), (FRAMES, "investment.csv", 5)):
        receipt = take(store, write(tmp_path, text, name))
        assert (receipt.recorded, receipt.known) == (0, rows)
        cells = [line.split(";") for line in text.splitlines()]
        again = write(tmp_path, workbook(*cells), f"{name[:-4]}.xlsx")
        assert take(store, again).recorded == 0


ACTIONS = "action;unit;action_area;year;assignment;phasing;decision;period;effect;forecast;reason"
#: A row, and the whole message about it.
WRONG_ACTIONS = [
    ("P9;10;X;2020;x;;;;;;",
     "[bad-amount] assignment “x” is no amount (not a number). Write digits with one decimal "
     "comma or point, such as -1 234,50."),
    ("P9;99;X;2020;1;;;;;;",
     "[bad-action] unit '99' is not registered. Correct the code."),
    ("P9;10;;2020;1;;;;;;",
     "[bad-action] measure 'P9' is new, and action_area empty. Fill it in."),
    ("P9;10;X;;1;;;;;;",
     "[bad-action] no year and no period. Write the fiscal year, or a month of it."),
    ("P9;10;X;2021;1;;;2020-08;;;",
     "[bad-action] 2020-08 is not in 2021. Write the fiscal year, or a month of it."),
    ("P9;10;X;2020;-1;;;;;;",
     "[bad-action] an assignment of -1.00. A saving betters the result: write it without a minus."),
    ("P1;;;2020;;;;;1;;",
     "[bad-action] an effect or forecast without a period. Write the month at whose end it holds, "
     "as 2020-08."),
    ("P1;20;;2020;;;;;;;",
     "[bad-action] unit of measure 'P1' is '10'. A measure stays where it is: plan another one."),
    ("P9;10;X;2020;1;from:2021-05;;;;;",
     "[no-phasing] phasing 'from:2021-05' gives no shares for 12 months. Write even, from:MONTH "
     "(a month of the year) or key:NAME (a setting)."),
    ("P9;;;;;;;2020-08;1;;",
     "[action-unplanned] measure 'P9' is not planned for the fiscal year from 2020-01. Plan it: "
     "unit, action_area, assignment."),
    ("P1;;;2020;7;;;;;;",
     "[reason-missing] the plan of measure 'P1' is changed. Say why in the column reason."),
    ("P1;;;;;;;2020-08;1;;",
     "[reason-missing] the effect of measure 'P1' at the end of 2020-08 was 900000.00. Say why in "
     "the column reason."),
    ("P2;;;;;;;2020-07;2;;Fel",
     "[period-closed] 2020-07 is closed for action in 10. Reopen it."),
    ("P2;;;;;;;2020-09;2;;\nP2;;;;;;;2020-09;3;;",
     "[action-repeated] the effect of measure 'P2' at the end of 2020-09 stands in line 2 already. "
     "Keep one of the two rows."),
]  # fmt: skip

INVESTMENTS = (
    "investment_type;parent_type;unit;year;frame;version;decision;period;outcome;decided;forecast"
)
WRONG_INVESTMENTS = [
    ("MT;;10;;;;;2020-13;1;2020;",
     "[bad-month] period “2020-13” is no month. Write it as 2020-08."),
    ("MT;;99;;;;;2020-08;1;2020;",
     "[bad-investment] unit '99' is not registered. Correct the code."),
    ("MT;;;2020;1;;;;;;",
     "[bad-investment] frame without a unit. Write whose it is."),
    ("Skrivare;MT;10;;;;;;;;",
     "[bad-investment] type 'Skrivare' is a detail of 'IT', not of 'MT'. A type stays where it is: "
     "give the new one another name."),
    ("Laser;Skrivare;10;;;;;;;;",
     "[bad-investment] 'Skrivare' is no group that 'Laser' can be a detail of. There are two "
     "levels: a group, and its details."),
    ("MT;;10;2020;1;extra;;;;;",
     "[bad-investment] version 'extra'. Write one of original, carried_over, revised."),
    ("MT;;10;2021;-1;;;;;;",
     "[bad-investment] a frame of -1.00. Write it without a minus."),
    ("MT;;10;;1;;;;;;",
     "[bad-investment] no year, no period. Write the fiscal year, or a month of it."),
    ("MT;;10;;;;;2020-08;1;;",
     "[bad-investment] an investment without the month, or the year of the decision. Fill in "
     "period and decided."),
    ("MT;;10;;;;;2020-08;1;2021;",
     "[bad-investment] made in 2020-08, decided in 2021. The decision comes first: correct one of "
     "them."),
    ("MT;;10;2020;;;;;;;1",
     "[bad-investment] a forecast without a period. Write the month at whose end it holds."),
    ("IT;;10;;;;;2020-08;1;2020;",
     "[investment-on-two-levels] 'IT' has details, and its investments stand on them. Let it stand "
     "on the group or on its details, never on both."),
    ("Skrivare;;10;2020;1;;;;;;",
     "[investment-on-two-levels] 'IT' has a frame for that year, and 'Skrivare' would have one "
     "too. Let it stand on the group or on its details, never on both."),
    ("MT;;10;2020;6;;;;;;",
     "[frame-decided] the frame (original) of 'MT' in 10 for 2020 was decided as 5.00. Record the "
     "change as version revised, with its decision."),
    ("MT;;10;;;;;2020-07;2;2020;",
     "[period-closed] 2020-07 is closed for investment in 10. Reopen it."),
    ("Skrivare;;10;;;;;2020-03;2;2019;",
     "[period-closed] 2020-03 is closed for investment in 10. Reopen it."),
    ("MT;;10;;;;;2020-08;1;2020;\nMT;;10;;;;;2020-08;2;2020;",
     "[investment-repeated] 'MT' in 10, 2020-08 stands in line 2 already. Keep one of the two "
     "rows."),
]  # fmt: skip


@pytest.mark.parametrize(
    ("head", "row", "message"),
    [
        *((ACTIONS, *case) for case in WRONG_ACTIONS),
        *((INVESTMENTS, *case) for case in WRONG_INVESTMENTS),
    ],
)
def test_what_is_wrong_is_told_in_full(store, tmp_path, head, row, message):
    """File, line, code, what was found, remedy; nothing is recorded, and the code is explained."""
    error = refused(store, write(tmp_path, f"{head}\n{row}\n", "plan.csv"))
    (problem,) = error.problems
    assert str(problem) == f"plan.csv:{row.count(chr(10)) + 2}: {message}"
    assert problem.code in EXPLAIN
    assert error.exit_code == (4 if problem.kind == "rule" else 3)
