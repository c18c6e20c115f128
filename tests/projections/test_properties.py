"""Properties that hold for any record: sums, reversals, order, time."""

import tempfile
from collections import Counter
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.families.organisation_commands import AccountRow, RegisterAccounts
from ledger.families.outcome_reversal import ReverseVouchers
from ledger.money import percent as exact_percent
from projections import balance, budget_series, cost_development, facts, monthly_series, result
from projections.amounts import percent
from tests.projections.builders import Books

UNITS = ["RN", "60", "610", "620", "6101", "6102", "6201"]
ACCOUNTS = ["1930", "2990", "3010", "4010", "5010", "9010"]
RESULT = ["3010", "4010", "5010", "9010"]
MONTHS = ["2019-01", "2019-02", "2019-12", "2020-01", "2020-02"]
CODES = [None, "0630", "0100"]
DIMENSIONS = [
    "unit", "area", "division", "line", "account", "project", "product", "activity", "month",
]  # fmt: skip
SPANS = st.sampled_from(["accumulated", "month", "rolling12"])
#: So that February can be asked about: on the bank, which is no result.
FEBRUARY: tuple[str, str, str, int, dict[str, str]] = ("2020-02", "RN", "1930", 1, {})

postings = st.lists(
    st.tuples(
        st.sampled_from(MONTHS),
        st.sampled_from(UNITS),
        st.sampled_from(ACCOUNTS),
        st.integers(-(10**15), 10**15),
        st.fixed_dictionaries({}, optional={"product": st.sampled_from(CODES)}),
    ),
    min_size=1,
    max_size=12,
).map(lambda rows: [*rows, FEBRUARY])
budgets = st.lists(
    st.tuples(
        st.sampled_from(MONTHS),
        st.sampled_from(UNITS),
        st.sampled_from(["3010", "4010", "1930"]),
        st.integers(-(10**9), 10**9),
    ),
    max_size=5,
    unique_by=lambda row: row[:3],
)
entered = st.none() | st.lists(
    st.tuples(
        st.sampled_from(UNITS),
        st.sampled_from(["Personal", "Lokaler"]),
        st.integers(-(10**9), 10**9),
    ),
    min_size=1,
    max_size=4,
    unique_by=lambda row: row[:2],
)
few = settings(max_examples=25, deadline=None)


class Fresh(Books):
    """A store in a folder of its own, gone when left."""

    def __init__(self):
        self.folder = tempfile.TemporaryDirectory()
        super().__init__(Path(self.folder.name))
        self.record(RegisterAccounts((AccountRow("9010", "Övrigt", "cost"),), "a.csv"))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.store.close()
        self.folder.cleanup()


def counted(made, decided, plan, months):
    """The totals, counted from what was recorded; None where there is no budget, or no round."""
    year = {"2020-01", "2020-02"}
    budgeted = {row[0][:4] for row in decided}
    budget = [row for row in decided if row[2] in RESULT]
    booked = [row for row in made if row[2] in RESULT]
    earlier = {f"{int(month[:4]) - 1}{month[4:]}" for month in months}
    expected = {
        "outcome": sum(p[3] for p in booked if p[0] in months),
        "last_year": sum(p[3] for p in booked if p[0] in earlier),
        "budget": sum(d[3] for d in budget if d[0] in months),
        "annual_budget": sum(d[3] for d in budget if d[0] in year),
        "forecast": sum(p[3] for p in booked if p[0] in year) + sum(e[2] for e in plan or ()),
    }
    if not {month[:4] for month in months} <= budgeted:
        expected["budget"] = None
    if "2020" not in budgeted:
        expected["annual_budget"] = None
    if plan is None:
        expected["forecast"] = None
    return expected


@few
@given(postings)
def test_what_is_summed_is_what_was_booked(made):
    """One row for all amounts alike, their sum exact; balance accounts are not in it."""
    expected: Counter[tuple[str | None, ...]] = Counter()
    for month, unit, account, amount, more in made:
        if account in RESULT:
            expected[unit, account, month, more.get("product")] += amount
    with Fresh() as books:
        books.post(*made)
        frame = facts.summed(books.book).collect()
    keys = frame.select("unit", "account", "period", "product").rows()
    assert dict(zip(keys, frame["amount"], strict=True)) == expected
    assert len(keys) == len(set(keys))
    assert frame["position"].null_count() == frame.height


@few
@given(postings, budgets, entered, SPANS)
def test_rows_sum_to_the_total_whatever_they_are_by(made, decided, plan, span):
    """Rows and total are each the sum of what was recorded on result accounts."""
    months = {
        "accumulated": {"2020-01", "2020-02"},
        "month": {"2020-02"},
        "rolling12": {f"2019-{m:02d}" for m in range(3, 13)} | {"2020-01", "2020-02"},
    }[span]
    expected = counted(made, decided, plan, months)
    with Fresh() as books:
        books.post(*made)
        if decided:
            books.budget(*decided)
        if plan is not None:
            books.round("R", "2020-02", plan)
        book = books.book
        for by in DIMENSIONS:
            frame = result(book, "2020-02", by=by, span=span)
            rows, total = frame[:-1], frame[-1].to_dicts()[0]
            assert total[frame.columns[0]] is None
            assert rows[frame.columns[0]].null_count() == 0
            unshared = set() if by in ("unit", "area", "division", "line") else {"forecast"}
            unshared |= {"annual_budget"} if by == "month" else set()
            for column, whole in expected.items():
                assert total[column] == whole
                shares = rows[column].to_list()
                if whole is None or column in unshared:
                    assert set(shares) <= {None}
                else:
                    assert sum(shares) == whole
        several = result(book, "2020-02", by=("area", "line", "product", "month"), span=span)
        assert sum(several["outcome"].to_list()) == expected["outcome"]


@few
@given(postings)
def test_every_unit_is_in_the_areas(made):
    """The parts of the tree sum to the whole, with what stands above them."""
    with Fresh() as books:
        books.post(*made)
        book = books.book
        whole = result(book, "2020-02")["outcome"][-1]
        parts = sum(result(book, "2020-02", unit=u)["outcome"][-1] for u in ("610", "620"))
        above = sum(
            p[3] for p in made if p[1] in ("RN", "60") and p[2] in RESULT and p[0] >= "2020"
        )
        assert parts + above == whole


@few
@given(postings)
def test_months_sum_to_the_balance_and_series_to_the_result(made):
    """The same amounts by other ways."""
    with Fresh() as books:
        books.post(*made)
        book = books.book
        by_month = balance(book, "2020-02", by=("account", "month"))
        by_account = balance(book, "2020-02")
        for column in ("debit", "credit", "change"):
            assert by_month[column].sum() == by_account[column].sum()
        assert by_account["change"].sum() == -sum(p[3] for p in made)
        assert by_account["closing"].to_list() == by_account["change"].to_list()
        series = monthly_series(book, "2020-02", by="area")
        assert series["value"].sum() == sum(p[3] for p in made if p[2] in RESULT)
        assert budget_series(book, "2020-02").is_empty()
        costs = cost_development(book, "2020-02")["outcome"].sum()
        assert costs == sum(
            p[3] for p in made if p[2] in RESULT and p[2] != "3010" and p[0] >= "2020"
        )


@few
@given(postings, postings)
def test_a_reversal_restores(kept, wrong):
    """Whatever was posted and reversed leaves every figure as it was."""
    with Fresh() as books:
        books.post(*kept)
        before = result(books.book, "2020-02", by="account")
        first = books.post(*wrong).first
        positions = books.book.postings()["position"].to_list()
        books.record(ReverseVouchers(tuple(p for p in positions if p >= first), "fel"))
        after = result(books.book, "2020-02", by="account")
        moved = pl.any_horizontal(pl.col("outcome", "last_year") != 0) | pl.col("account").is_null()
        assert after.filter(moved).equals(before.filter(moved))


@few
@given(postings, st.randoms(use_true_random=False))
def test_the_order_of_import_does_not_matter(made, random):
    """The same postings in another order give the same tables."""
    other = list(made)
    random.shuffle(other)
    with Fresh() as one, Fresh() as two:
        one.post(*made)
        for posting in other:
            two.post(posting)
        for by in ("area", "line", "product", "month"):
            assert result(one.book, "2020-02", by=by).equals(result(two.book, "2020-02", by=by))
        assert balance(one.book, "2020-02").equals(balance(two.book, "2020-02"))


@few
@given(st.lists(postings, min_size=1, max_size=3))
def test_as_known_then_is_as_it_was(batches):
    """A read at @N is that of a store that holds those N events and no more."""
    with Fresh() as grown:
        seen = []
        for made in batches:
            grown.post(*made)
            book = grown.book
            seen.append(
                (book.size, result(book, "2020-02"), balance(book, "2020-02"),
                 monthly_series(book, "2020-02"))
            )  # fmt: skip
        for size, outcome, balances, series in seen:
            known = f"@{size}"
            assert result(grown.book, "2020-02", known).equals(outcome)
            assert balance(grown.book, "2020-02", known).equals(balances)
            assert monthly_series(grown.book, "2020-02", known).equals(series)


@settings(max_examples=200, deadline=None)
@given(st.integers(-(2**63), 2**63 - 1), st.integers(-(2**63), 2**63 - 1))
def test_percent_is_the_one_of_money(part, whole):
    """From 64-bit numbers, ties and signs included, the same text as the exact one."""
    frame = pl.DataFrame({"p": [part, 1], "w": [whole, 20000]}, {"p": pl.Int64, "w": pl.Int64})
    shown = frame.select(percent(pl.col("p"), pl.col("w"))).to_series().to_list()
    assert shown == [exact_percent(part, whole), "0.01"]  # 0.005 % is half-way, and goes up


@pytest.mark.parametrize("account", ["3010", "4010"])
@few
@given(st.lists(st.integers(2**61, 2**62), min_size=1, max_size=6))
def test_a_sum_fits_or_is_refused(account, amounts):
    """Never a wrapped number."""
    with Fresh() as books:
        for amount in amounts:
            books.post(("2020-01", "6101", account, amount))
        if sum(amounts) < 2**63:
            assert result(books.book, "2020-01")["outcome"][-1] == sum(amounts)
        else:
            with pytest.raises(Exception, match="does not fit in 64 bits"):
                result(books.book, "2020-01")
