"""Draws: the same for everybody, fair to the öre, and steady when the population grows."""

from collections import Counter
from decimal import Decimal
from fractions import Fraction

import polars as pl
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from assurance.sampling import SamplingRefused, draw

AMOUNTS = st.lists(st.integers(-50, 200), min_size=1, max_size=30).filter(
    lambda amounts: any(amount > 0 for amount in amounts)
)


def frame_of(amounts) -> pl.DataFrame:
    """A population with ids 0, 1, …"""
    return pl.DataFrame(
        {"id": range(len(amounts)), "amount": amounts}, schema_overrides={"amount": pl.Int64}
    )


@given(
    old=st.sets(st.text("abc123", min_size=1, max_size=6), min_size=1, max_size=40),
    new=st.sets(st.text("xyz789", min_size=1, max_size=6), max_size=40),
    seed=st.integers(),
    data=st.data(),
)
def test_an_item_keeps_its_ticket_when_the_population_grows(old, new, seed, data):
    """The sample of the grown population holds of the old items only such as were drawn before,
    in the same order: what has come only pushes out."""
    size = data.draw(st.integers(1, len(old)))
    before = draw(pl.DataFrame({"id": sorted(old)}), size=size, seed=seed).items["id"].to_list()
    grown = sorted(old | new, reverse=True)
    after = draw(pl.DataFrame({"id": grown}), size=size, seed=seed).items["id"].to_list()
    kept = [id for id in after if id in old]
    assert kept == before[: len(kept)]
    assert len(kept) == size - len(set(after) & (new - old))


@given(amounts=st.lists(st.integers(-3, 12), min_size=1, max_size=8), size=st.integers(1, 8))
def test_every_unit_of_money_has_the_same_chance(amounts, size):
    """Over all starts that a seed may give, an item of value a is hit exactly a · n times."""
    value = sum(amount for amount in amounts if amount > 0)
    assume(size <= value)
    interval = Fraction(value, size)
    frame, hits = frame_of(amounts), Counter[int]()
    for step in range(1, interval.numerator + 1):
        start = Fraction(step, interval.denominator)
        drawn = draw(frame, "monetary_unit", size=size, start=start, whole=False)
        hits.update(dict(drawn.items.select("id", "hits").rows()))
        assert drawn.items["hits"].sum() == size
    for row, amount in enumerate(amounts):
        assert hits[row] == max(0, amount) * interval.denominator


@given(amounts=AMOUNTS, size=st.integers(1, 8), seed=st.integers(), cell=st.booleans())
def test_parts_make_the_population(amounts, size, seed, cell):
    """Counts and sums of the parts are those of the whole; what is as long as the interval is
    taken whole, what is not positive is not drawn."""
    assume(size <= sum(amount for amount in amounts if amount > 0))
    frame = frame_of(amounts)
    drawn = draw(frame, "cell" if cell else "monetary_unit", size=size, seed=seed)
    assert sum(part.count for part in drawn.parts) == drawn.count == len(amounts)
    assert sum(part.sum or 0 for part in drawn.parts) == drawn.sum == sum(amounts)
    whole = {row for row, amount in enumerate(amounts) if amount >= drawn.interval}
    assert set(drawn.items.filter(pl.col("part") == "whole")["id"]) == whole
    assert (drawn.items["amount"] > 0).all()
    # Not in Polars, which compares with the whole part of a fraction.
    assert all(each < drawn.interval for each in drawn.items.filter(part="drawn")["amount"])
    # By what the draw holds of itself, and nothing else.
    again = draw(frame, drawn.method, interval=drawn.interval, seed=drawn.seed)
    assert again.items.equals(drawn.items)
    assert again.root == drawn.root


def test_credits_are_drawn_apart_when_asked():
    """Two of the items of zero or less, by their tickets, with their parts named."""
    frame = frame_of([100, -5, 0, 100, -7, 0])
    drawn = draw(frame, "monetary_unit", size=2, seed=1, aside=2)
    parts = {part.name: (part.count, part.sum, part.drawn) for part in drawn.parts}
    assert parts["whole"] == (2, 200, 2)
    assert parts["negative"][:2] == (2, -12)
    assert parts["zero"][:2] == (2, 0)
    assert parts["negative"][2] + parts["zero"][2] == 2


def test_a_cell_draw_takes_one_unit_of_each_interval():
    """A hundred items of one: one in each ten."""
    drawn = draw(frame_of([1] * 100), "cell", size=10, seed="s", whole=False)
    assert [id // 10 for id in drawn.items["id"]] == list(range(10))


def test_decimals_are_as_exact_as_whole_numbers():
    """Kronor with öre, and öre, give the same draw."""
    ore = [12_345, 1, 99_999, 20_050]
    kronor = pl.Series("amount", [Decimal(each) / 100 for each in ore], pl.Decimal(18, 2))
    one = draw(frame_of(ore), "monetary_unit", size=3, seed=7)
    two = draw(pl.DataFrame({"id": range(4), "amount": kronor}), "monetary_unit", size=3, seed=7)
    assert one.items["hits"].to_list() == two.items["hits"].to_list()
    assert one.items["id"].to_list() == two.items["id"].to_list()
    assert (two.sum, two.interval) == (Decimal("1323.95"), Fraction(132_395, 300))


def test_strata_are_shared_and_drawn_by_the_same_tickets():
    """In proportion, at least one each; or as many as are asked for."""
    frame = pl.DataFrame({"id": range(100), "stratum": ["a"] * 90 + ["b"] * 9 + ["c"]})
    drawn = draw(frame, "stratified", size=10, seed=5)
    assert [(part.name, part.drawn) for part in drawn.parts] == [("a", 8), ("b", 1), ("c", 1)]
    asked = draw(frame, "stratified", size={"b": 3}, seed=5)
    only_b = draw(frame.filter(pl.col("stratum") == "b"), size=3, seed=5)
    assert asked.items["id"].to_list() == only_b.items["id"].to_list()


def test_an_item_that_is_put_back_may_be_drawn_again():
    """Twenty of two."""
    drawn = draw(pl.DataFrame({"id": ["a", "b"]}), size=20, seed=3, replacement=True)
    assert drawn.items["hits"].sum() == 20


FRAME = frame_of([5, 6, 7])


@pytest.mark.parametrize(
    ("frame", "asked"),
    [
        (FRAME, {"size": 4, "seed": 1}),
        (FRAME, {"size": 2}),
        (FRAME, {"seed": 1}),
        (FRAME, {"size": 0, "seed": 1}),
        (FRAME, {"method": "haphazard", "size": 1, "seed": 1}),
        (FRAME, {"method": "systematic", "seed": 1}),
        (FRAME, {"method": "systematic", "size": 2, "interval": 2, "seed": 1}),
        (FRAME, {"method": "systematic", "size": 4, "seed": 1}),
        (FRAME, {"method": "monetary_unit", "interval": 0, "seed": 1}),
        (FRAME, {"method": "monetary_unit", "size": 2, "start": 0}),
        (FRAME, {"method": "monetary_unit", "size": 2, "start": 10}),
        (FRAME, {"method": "monetary_unit", "size": 2, "seed": 1, "rule": "passes"}),
        (FRAME, {"method": "monetary_unit", "size": 2, "seed": 1, "rule": "near"}),
        (FRAME, {"method": "monetary_unit", "size": 2, "seed": 1, "amount": "sum"}),
        (FRAME, {"method": "stratified", "size": 2, "seed": 1}),
        (FRAME.with_columns(stratum=pl.lit("a")), {"method": "stratified", "size": {"b": 1}}),
        (FRAME, {"size": 1, "seed": 1, "id": "voucher"}),
        (FRAME.with_columns(id=pl.lit(1)), {"size": 1, "seed": 1}),
        (FRAME.with_columns(hits=pl.lit(1)), {"size": 1, "seed": 1}),
        (FRAME.clear(), {"size": 1, "seed": 1}),
        (FRAME.cast({"amount": pl.Float64}), {"size": 1, "seed": 1}),
        (frame_of([None, 1]), {"size": 1, "seed": 1}),
        (frame_of([0, -1]), {"method": "monetary_unit", "size": 1, "seed": 1}),
    ],
)
def test_what_cannot_be_drawn_from_is_refused(frame, asked):
    """Named, with a remedy, exit code 2."""
    with pytest.raises(SamplingRefused) as raised:
        draw(frame, **asked)
    assert raised.value.remedy
    assert raised.value.exit_code == 2
