"""What adds up: details moved to their part within limits, and intervals moved along."""

import polars as pl
import pytest

from forecasting.structure import around, capped, limits, offsets, reconciled

NAMES = ("p10", "p50", "p90")


def told(**of_series: tuple[float, float]) -> pl.DataFrame:
    """By series what remains, and half the width of its interval."""
    return pl.DataFrame(
        {
            "series": list(of_series),
            "part": "p",
            "remaining": [left for left, _ in of_series.values()],
            "p10": [left - half for left, half in of_series.values()],
            "p90": [left + half for left, half in of_series.values()],
        }
    )


def within(**sides: str) -> pl.DataFrame:
    """Limits of each series: ``cost``, ``income`` or neither."""
    return pl.DataFrame(
        {
            "series": list(sides),
            "at_least": [side == "income" for side in sides.values()],
            "at_most": [side == "cost" for side in sides.values()],
        }
    )


def part(remaining: float) -> pl.DataFrame:
    return pl.DataFrame({"series": ["p"], "remaining": [remaining]})


def moved(details: pl.DataFrame, whole: float, limited: pl.DataFrame | None) -> list[float]:
    frame = reconciled(part(whole), details, limited)
    assert frame.columns == [*details.columns, "moved"]
    return (frame["remaining"] + frame["moved"]).to_list()


def test_without_limits_each_gives_way_by_its_share_of_the_squared_widths():
    """10 to share out, widths 1 and 3: a tenth and nine tenths, by hand."""
    assert moved(told(a=(-5.0, 1.0), b=(-5.0, 3.0)), 0.0, None) == pytest.approx([-4.0, 4.0])


def test_a_cost_is_moved_to_nothing_at_most_and_the_rest_goes_on():
    """As above, but b stops at 0 and a takes what is left: −5 + 5."""
    details = told(a=(-5.0, 1.0), b=(-5.0, 3.0), c=(-10.0, 1.0))
    ends = moved(details, -10.0, within(a="cost", b="cost", c="cost"))
    # 10 to share: b's 9/11 would pass 0 by 3.18; it stops, and the other 5 are shared by a and c.
    assert ends == pytest.approx([-2.5, 0.0, -7.5])
    assert ends[1] == 0.0
    assert sum(ends) == pytest.approx(-10.0)


def test_what_passes_in_a_later_round_stops_there():
    """b stops first, then a: all that is left goes to c."""
    details = told(a=(-1.0, 2.0), b=(-5.0, 6.0), c=(-10.0, 1.0))
    ends = moved(details, -4.0, within(a="cost", b="cost", c="cost"))
    assert ends == pytest.approx([0.0, 0.0, -4.0])


def test_a_part_beyond_all_limits_still_gets_its_sum():
    """No move keeps within: the sum comes first."""
    ends = moved(told(a=(5.0, 1.0), b=(5.0, 1.0)), -4.0, within(a="income", b="income"))
    assert sum(ends) == pytest.approx(-4.0)


def test_limits_are_of_months_on_one_side_only():
    """Nothing but zeros, or both signs, is no limit."""
    months = {"cost": [-1, 0], "income": [0, 2], "both": [-1, 1], "zero": [0, 0]}
    frame = pl.DataFrame(
        [(name, value) for name, values in months.items() for value in values],
        ["series", "value"],
        orient="row",
    )
    found = {name: (low, high) for name, low, high in limits(frame).rows()}
    assert found == {
        "cost": (False, True),
        "income": (True, False),
        "both": (False, False),
        "zero": (False, False),
    }


def series(**ends: list[int]) -> pl.DataFrame:
    """Outcome 100, forecast and quantiles in öre."""
    return pl.DataFrame(
        [(name, 100, p50, p10, p50, p90) for name, (p10, p50, p90) in ends.items()],
        ["series", "outcome", "forecast", *NAMES],
        orient="row",
    )


def test_an_end_that_was_cut_is_moved_as_its_mirror_image_and_cut_again():
    """Remaining 30 ± 50 was cut at 0. Moved to 60 it reaches 10 to 110; to 20, 0 to 70."""
    own = series(a=[100, 130, 180], b=[120, 130, 140])
    limited = within(a="income", b="income")
    spread = offsets(own, limited, NAMES)
    assert spread.rows() == [("a", -50, 0, 50), ("b", -10, 0, 10)]
    for left, ends in ((60, (10, 60, 110)), (20, (0, 20, 70))):
        rows = pl.DataFrame({"series": ["a"], "remaining": [left]})
        assert around(rows, spread, limited, NAMES).select(NAMES).row(0) == ends


def test_costs_are_the_mirror_image():
    row = [("a", -100, -130, -180, -130, -100)]
    own = pl.DataFrame(row, ["series", "outcome", "forecast", *NAMES], orient="row")
    limited = within(a="cost")
    spread = offsets(own, limited, NAMES)
    assert spread.rows() == [("a", -50, 0, 50)]
    rows = pl.DataFrame({"series": ["a"], "remaining": [-20]})
    assert around(rows, spread, limited, NAMES).select(NAMES).row(0) == (-70, -20, 0)


def test_no_whole_is_wider_than_its_parts_together():
    """Each side for itself; a whole of one part keeps its own."""
    own = pl.DataFrame({"series": ["a", "b"], "p10": [-9, -9], "p50": 0, "p90": [9, 9]})
    parts = pl.DataFrame(
        {"series": ["a", "a", "b"], "p10": [-3, -5, -1], "p50": 0, "p90": [6, 6, 1]}
    )
    assert capped(own, parts, NAMES).rows() == [("a", -8, 0, 9), ("b", -9, 0, 9)]
    assert capped(own, parts, NAMES, fewest=1).rows() == [("a", -8, 0, 9), ("b", -1, 0, 1)]
