"""The columns against naive models, row by row."""

from collections import defaultdict

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from assurance.benford import TESTS, digits, leading
from assurance.controls.evidence import undone

ROWS = st.lists(
    st.tuples(st.sampled_from("ab"), st.integers(-3, 3).filter(bool), st.integers(0, 40)),
    max_size=30,
)
SCHEMA = {"who": pl.String, "amount": pl.Int64, "day": pl.Int32}


def naive(rows, days):
    """Which rows meet another: each takes back the latest that stands open with its opposite."""
    met = [False] * len(rows)
    standing: defaultdict[tuple[str, int], list[int]] = defaultdict(list)
    for place in sorted(range(len(rows)), key=lambda at: (rows[at][2], at)):
        who, amount, day = rows[place]
        others = standing[who, -amount]
        if others:
            other = others.pop()
            if days is None or day - rows[other][2] <= days:
                met[place] = met[other] = True
        else:
            standing[who, amount].append(place)
    return met


@given(ROWS, st.one_of(st.none(), st.integers(0, 20)))
def test_what_is_taken_back(rows, days):
    """As a stack for each counterparty and size would have it, whatever the order of the rows."""
    frame = pl.DataFrame(rows, schema=SCHEMA, orient="row")
    assert undone(frame, ["who"], days).to_list() == naive(rows, days)


@given(st.lists(st.integers(-(2**63) + 1, 2**63 - 1), max_size=20))
def test_digits_are_those_of_the_written_number(amounts):
    """The first, the second (0 where there is none) and both."""
    frame = pl.DataFrame({"amount": pl.Series(amounts, dtype=pl.Int64)})
    for test in TESTS:
        found = frame.select(leading(test).alias("digit"))["digit"]
        assert found.to_list() == [written(test, amount) for amount in amounts]


def written(test, amount):
    """The digits of a whole number as people write it; none of nothing."""
    if amount == 0:
        return None
    text = str(abs(amount)).ljust(2, "0")
    digit = int({"first": text[0], "second": text[1], "first_two": text[:2]}[test])
    assert digit in digits(test)
    return digit
