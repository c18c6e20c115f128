"""What changed between two times: every figure, each cause, and the sum to the öre."""

from collections import defaultdict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.errors import LedgerError, UsageError
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
from ledger.families.outcome_reversal import ReverseVouchers
from ledger.families.outcome_totals import StateOpening, StateYears
from projections import balance, cost_development, diff, result
from projections.causes import CAUSES, WHY
from tests.projections.test_properties import Fresh

TABLES = {"result": result, "balance": balance, "cost_development": cost_development}


def causes(frame, measure="outcome", key=None):
    """The causes of one figure, the total's unless a key is given: cause, why, events, amount."""
    rows = [r for r in frame.to_dicts() if r["measure"] == measure and r[frame.columns[0]] == key]
    return [(r["cause"], r["why"], r["events"], r["amount"]) for r in rows]


# ── each cause ─────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def booked(books):
    """Wages of January and February; January is closed."""
    for number, month in (("1", "2020-01"), ("2", "2020-02")):
        postings = [(month, "6101", "4010", -100_00), (month, "6101", "1930", 100_00)]
        books.post(*postings, number=number)
    books.record(ClosePeriods(("2020-01",)))
    return books


def test_posted_in_time_and_late(booked):
    """Late is what counts in another month than its date's."""
    before = booked.book
    booked.post(("2020-02", "6102", "4010", -7_00))
    booked.post(("2020-02", "6102", "4010", -3_00), date="2020-01-20")
    frame = diff(before, booked.book, through="2020-02", by="unit")
    expected = [("posted", None, 1, -7_00), ("posted_late", None, 1, -3_00)]
    assert causes(frame, key="6102") == causes(frame) == expected
    assert causes(frame, key="6101") == [], "unchanged figures are not shown"
    assert frame.filter(unit="6102", cause="posted")["positions"].to_list() == [str(before.size)]


def test_what_is_posted_where_a_closed_month_was_opened_again_is_late(booked):
    """The reader had seen the month closed; another month's is in time."""
    before = booked.book
    booked.record(ReopenPeriod("2020-01", "glömd faktura", "ekonomichef"))
    booked.post(("2020-01", "6102", "4010", -3_00))
    booked.post(("2020-02", "6102", "4010", -4_00))
    frame = diff(before, booked.book, through="2020-02")
    assert causes(frame) == [("posted", None, 1, -4_00), ("posted_late", None, 1, -3_00)]


def test_reversed_and_corrected(booked):
    """The reversal, and what stands instead; the bank is no result."""
    before, (first, bank, *_) = booked.book, booked.book.postings()["position"]
    new = {first: {"amount": -90_00}, bank: {"amount": 90_00}}
    booked.record(ReverseVouchers((first,), "fel", in_period="2020-02", replacements=new))
    frame = diff(before, booked.book, through="2020-02")
    assert causes(frame) == [("reversed", None, 1, 100_00), ("corrected", None, 1, -90_00)]
    assert causes(frame, "last_year") == []


def test_a_month_total_that_is_new_and_one_that_changes(books):
    """The first total of a month is a posting like others."""
    books.totals(("2020-01", "6101", "5010", -70_00))
    before = books.book
    books.totals(("2020-01", "6101", "5010", -60_00), ("2020-02", "6101", "5010", -5_00))
    frame = diff(before, books.book)
    assert causes(frame) == [("posted", None, 1, -5_00), ("restated", None, 1, 10_00)]


def test_a_budget_that_was_not_known(booked):
    """From unknown to known: the variance takes the outcome that stood there along."""
    before = booked.book
    booked.budget(("2020-01", "6101", "4010", -80_00))
    frame = diff(before, booked.book, through="2020-02")
    assert causes(frame, "budget") == [("budget_decided", None, 1, -80_00)]
    assert causes(frame, "variance") == [
        ("budget_decided", None, 1, 80_00),
        ("became_known", None, 2, -200_00),
    ]
    shown = frame.filter(measure="variance").select("before", "after")
    assert shown.unique().rows() == [(None, -120_00)]


def test_a_round_that_is_adopted_and_the_next(booked):
    """Outcome so far by its adoption, the rest by its entries; a new round takes the old one's
    place, and only what it says otherwise is told."""
    before = booked.book
    booked.round("T1", "2020-01", [("610", "Personal", -500_00)])
    between = booked.book
    frame = diff(before, between, through="2020-02")
    adopted = between.size - 2
    assert causes(frame, "forecast") == [
        ("forecast_adopted", None, 1, -100_00),
        ("forecast_entered", None, 1, -500_00),
    ]
    assert set(frame.filter(measure="forecast")["decisions"]) == {str(adopted), ""}
    booked.round("T2", "2020-02", [("610", "Personal", -450_00)])
    frame = diff(between, booked.book, through="2020-02")
    assert causes(frame, "forecast") == [
        ("forecast_adopted", None, 2, 400_00),  # 500 of the old round away, 100 of February here
        ("forecast_entered", None, 1, -450_00),
    ]


def test_a_unit_that_moved_takes_its_events_along(booked):
    """From one area's row to the other's; the total stands. The decision is named."""
    before = booked.book
    moved = UnitRow("6101", "Ledning", "620", "unit", "line", "2020-02")
    booked.record(RegisterUnits((moved,), "units.csv"))
    frame = diff(before, booked.book, through="2020-02")
    assert causes(frame, key="610") == [("reorganised", "unit", 2, 200_00)]
    assert causes(frame, key="620") == [("reorganised", "unit", 2, -200_00)]
    assert causes(frame) == []
    assert set(frame["decisions"]) == {str(booked.book.size - 2)}


def test_a_structure_decided_anew(booked):
    """Wages fall into another line."""
    before = booked.book
    rows = [("Intäkter", "3000", "3999"), ("Drift", "4000", "5999")]
    new = tuple(StructureRow("resultat", *row[:1], None, *row[1:], 1, "2019-01") for row in rows)
    booked.record(DecideStructures(new, "structures.csv"))
    frame = diff(before, booked.book, through="2020-02", by="line")
    assert causes(frame, key="Drift") == [("reorganised", "structure", 2, -200_00)]
    assert causes(frame, key="Personal") == [("reorganised", "structure", 2, 200_00)]
    assert {len(d.split()) for d in frame["decisions"]} == {2}


def test_an_account_that_becomes_a_balance_account(booked):
    """Its amounts leave the result."""
    before = booked.book
    booked.record(RegisterAccounts((AccountRow("4010", "Lön", "asset"),), "accounts.csv"))
    frame = diff(before, booked.book, through="2020-02")
    assert causes(frame) == [("reorganised", "account", 2, 200_00)]
    assert diff(before, booked.book, "balance", "2020-02").is_empty()


def test_a_fiscal_year_that_is_stated(books):
    """It runs to June of the year after: the budget of that spring is the year's too."""
    books.post(("2019-12", "6101", "4010", -11_00))
    books.budget(("2020-03", "6101", "4010", -5_00), ("2021-02", "6101", "4010", -3_00))
    before = books.book
    books.record(StateYears((("2020-01", "2021-06"),), "vouchers", "file.se"))
    frame = diff(before, books.book, through="2020-03", span="rolling12")
    assert causes(frame, "annual_budget") == [("reorganised", "year", 1, -3_00)]
    assert set(frame["measure"]) == {"annual_budget"}
    assert set(frame["decisions"]) == {str(before.size)}


def test_a_unit_and_a_line_at_once(booked):
    """One event, two decisions."""
    before = booked.book
    moved = UnitRow("6101", "Ledning", "620", "unit", "line", "2020-02")
    booked.record(RegisterUnits((moved,), "units.csv"))
    line = StructureRow("resultat", "Allt", None, "3000", "5999", 1, "2019-01")
    booked.record(DecideStructures((line,), "structures.csv"))
    frame = diff(before, booked.book, through="2020-02", by="area,line")
    assert frame.select("area", "line", "amount").rows() == [
        ("620", "Allt", -200_00),
        ("610", "Personal", 200_00),
    ]
    assert set(frame["why"]) == {"unit structure"}


def test_a_forecast_that_is_no_more_known(booked):
    """A unit outside the round comes into the area: nobody said where that year ends."""
    booked.post(("2020-02", "6201", "4010", -1_00))
    booked.budget(("2020-01", "6101", "4010", -80_00))
    booked.round("T1", "2020-02", [("610", "Personal", -500_00)], unit="610")
    before = booked.book
    booked.record(
        RegisterUnits((UnitRow("6201", "Nät", "610", "unit", "line", "2020-02"),), "u.csv")
    )
    frame = diff(before, booked.book, through="2020-02")
    assert causes(frame, "forecast", "610") == [("became_unknown", None, 3, 700_00)]
    assert causes(frame, "outcome", "610") == [("reorganised", "unit", 1, -1_00)]
    assert causes(frame, "forecast_variance", "610") == [("became_unknown", None, 4, 620_00)]


def test_an_opening_balance_that_is_stated_and_one_that_changes(books):
    """Of the balance: debit positive."""
    books.post(("2020-01", "6101", "1930", -40_00))
    before = books.book
    books.record(StateOpening("2020-01", (("1930", -500_00, None),)))
    between = books.book
    frame = diff(before, between, "balance")
    assert causes(frame, "closing", "1930") == [("opening_stated", None, 1, 500_00)]
    books.record(StateOpening("2020-01", (("1930", -600_00, None),)))
    frame = diff(between, books.book, "balance")
    assert causes(frame, "opening", "1930") == [("opening_stated", None, 2, 100_00)]


def test_nothing_between_is_no_difference(booked):
    """Of any table."""
    for noun in TABLES:
        assert diff(booked.book, booked.book, noun).is_empty()


def test_questions_that_cannot_be_answered(booked):
    """What the first time does not know is an error that says so."""
    before = booked.book
    booked.post(("2020-03", "6101", "4010", -1_00))
    with pytest.raises(UsageError, match="At the first time: There is no outcome for 2020-03"):
        diff(before, booked.book, through="2020-03", span="month")
    with pytest.raises(UsageError, match="no figure 'debit'"):
        diff(before, booked.book, measures=["debit"])
    with pytest.raises(UsageError, match="Only a result has a span"):
        diff(before, booked.book, "balance", span="month")
    with pytest.raises(UsageError, match="no table 'nothing'"):
        diff(before, booked.book, "nothing")


# ── whatever happens between ───────────────────────────────────────────────────────────────────

UNITS = ["RN", "60", "610", "6101", "6102", "6201"]
ACCOUNTS = ["1930", "3010", "4010", "5010", "9010"]
MONTHS = ["2019-02", "2019-11", "2020-01", "2020-02"]
AMOUNTS = st.integers(-(10**6), 10**6)
LINES = {
    "resultat": [("Intäkter", "3000", "3999"), ("Personal", "4000", "4999")],
    "annan": [("Allt", "3000", "5999"), ("Sent", "9000", "9999")],
}

steps = st.one_of(
    st.tuples(
        st.just("post"),
        st.sampled_from(MONTHS),
        st.sampled_from(UNITS),
        st.sampled_from(ACCOUNTS),
        AMOUNTS,
        st.sampled_from([None, "2020-01-15"]),
    ),
    st.tuples(st.just("reverse"), st.integers(0, 30), st.none() | AMOUNTS),
    st.tuples(st.just("total"), st.sampled_from(UNITS), st.sampled_from(ACCOUNTS), AMOUNTS),
    st.tuples(
        st.just("budget"), st.sampled_from(MONTHS), st.sampled_from(UNITS), AMOUNTS, st.booleans()
    ),
    st.tuples(st.just("round"), st.sampled_from(UNITS[1:]), AMOUNTS, st.booleans()),
    st.tuples(
        st.just("move"),
        st.sampled_from(["6101", "6102", "610"]),
        st.sampled_from(["610", "620", "60"]),
    ),
    st.tuples(st.just("structure"), st.sampled_from(sorted(LINES)), st.integers(0, 2)),
    st.tuples(st.just("setting"), st.sampled_from(["resultat", "kostnader"])),
    st.tuples(st.just("type"), st.sampled_from(ACCOUNTS), st.sampled_from(["cost", "asset"])),
    st.tuples(st.just("opening"), st.sampled_from(["2019-01", "2020-01"]), AMOUNTS),
    st.tuples(st.just("year"), st.sampled_from([("2020-01", "2020-06"), ("2018-07", "2019-06")])),
    st.tuples(st.just("close"), st.sampled_from(MONTHS)),
)


def take(books, number, step):
    """One step; what a rule forbids did not happen."""
    name, *given_ = step
    try:
        match name:
            case "post":
                month, unit, account, amount, date = given_
                more = {"date": date} if date else {}
                books.post((month, unit, account, amount), **more)
            case "reverse":
                place, new = given_
                posted = books.book.events("outcome.posted")["position"].to_list()
                at = posted[place % len(posted)]
                other = {at: {"amount": new}} if new is not None else None
                books.record(ReverseVouchers((at,), "fel", "2020-02", replacements=other))
            case "total":
                books.totals(("2018-03", *given_))
            case "budget":
                month, unit, amount, by_line = given_
                more = {"decision": str(number), "report_line": "Personal" if by_line else None}
                row = (month, unit, None if by_line else "4010", amount, more)
                books.budget(row, version="technical")
            case "round":
                unit, amount, adopt = given_
                books.round(f"R{number}", "2020-02", [(unit, "Personal", amount)], adopt)
            case "move":
                unit, parent = given_
                level = "area" if unit == "610" else "unit"
                moved = UnitRow(unit, unit, parent, level, "line", "2019-01")
                books.record(RegisterUnits((moved,), "u.csv"))
            case "structure":
                rows = LINES[given_[0]][given_[1] % 2 :]
                new = [
                    StructureRow("resultat", n, None, low, high, 1, "2018-01")
                    for n, low, high in rows
                ]
                books.record(DecideStructures(tuple(new), "s.csv"))
            case "setting":
                books.record(ChangeSettings((("structure.result", given_[0], None),)))
            case "type":
                books.record(RegisterAccounts((AccountRow(given_[0], "x", given_[1]),), "a.csv"))
            case "opening":
                books.record(StateOpening(given_[0], (("1930", given_[1], None),)))
            case "year":
                books.record(StateYears((given_[0],), "vouchers", "f.se"))
            case "close":
                books.record(ClosePeriods((given_[0],)))
    except LedgerError:
        pass


def figures(noun, book, ask):
    """Every figure of a table by row and measure; the unknown counts as 0."""
    frame = TABLES[noun](book, **ask)
    keys = [n for n in ask.get("by", frame.columns[0]).split(",") if n in frame.columns]
    keys = keys or [frame.columns[0]]
    amounts = [n for n, dtype in frame.schema.items() if dtype.is_integer()]
    return {
        (*(row[k] for k in keys), name): row[name] or 0
        for row in frame.to_dicts()
        for name in amounts
    }


QUESTIONS = [
    ("result", {"by": "area"}),
    ("result", {"by": "line", "unit": "610"}),
    ("result", {"by": "area,line,month", "span": "rolling12"}),
    ("result", {"by": "account", "span": "month"}),
    ("balance", {}),
    ("balance", {"by": "account,month", "unit": "610"}),
    ("balance", {"year": "2020"}),
    ("cost_development", {}),
]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(steps, max_size=8),
    st.lists(steps, min_size=1, max_size=8),
    st.sets(st.sampled_from(range(len(QUESTIONS))), min_size=2, max_size=3),
)
def test_the_causes_of_every_figure_sum_to_its_change(first, then, asked):
    """Whatever is posted, reversed, corrected, restated, decided, moved or stated between."""
    with Fresh() as books:
        books.post(("2020-02", "6101", "1930", 1), ("2020-01", "6102", "4010", -5))
        for number, step in enumerate(first):
            take(books, number, step)
        before = books.book
        for number, step in enumerate(then, len(first)):
            take(books, number, step)
        after = books.book
        for noun, ask in (QUESTIONS[place] for place in sorted(asked)):
            ask = {"through": "2020-02", **ask}
            was, now = figures(noun, before, ask), figures(noun, after, ask)
            frame = diff(before, after, noun, **ask)
            keys = frame.columns[: frame.columns.index("name")]
            told: dict[tuple, int] = defaultdict(int)
            for row in frame.to_dicts():
                place = (*(row[k] for k in keys), row["measure"])
                told[place] += row["amount"]
                assert row["change"] == now.get(place, 0) - was.get(place, 0)
                assert (row["before"] or 0, row["after"] or 0) == (
                    was.get(place, 0),
                    now.get(place, 0),
                )
                assert row["cause"] in CAUSES
                assert set((row["why"] or "").split()) <= set(WHY)
                assert len(row["positions"].split()) == row["events"]
            changed = {p: now.get(p, 0) - was.get(p, 0) for p in was.keys() | now.keys()}
            assert dict(told) == {p: c for p, c in changed.items() if c}
