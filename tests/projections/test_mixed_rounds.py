"""Several adopted rounds of one year: each unit is answered for by the newest that holds it."""

from projections import result
from tests.projections.builders import by_key


def two_rounds(books) -> None:
    """All units −10 kr a month and the whole adopted at −100 each; then 610 anew, at −1 each."""
    for unit in ("6101", "6102", "6201"):
        books.post(("2020-08", unit, "4010", -10_00))
    books.round("T2", "2020-08", [(u, "Personal", -100_00) for u in ("6101", "6102", "6201")])
    books.post(("2020-08", "6101", "4010", -5_00))  # late: only the second round has seen it
    books.round(
        "610", "2020-08", [("6101", "Personal", -1_00), ("6102", "Personal", -1_00)], unit="610"
    )


def test_a_part_adopted_later_takes_its_units_and_leaves_the_others(books):
    """Outcome so far as each round knew it, and its entries; the rows sum to the total."""
    two_rounds(books)
    by_unit = by_key(result(books.book, "2020-08", by="unit"), "forecast")
    assert by_unit == {
        "6101": -16_00,  # −10 − 5, and −1
        "6102": -11_00,
        "6201": -110_00,  # the whole's round still
        None: -137_00,
    }
    by_line = by_key(result(books.book, "2020-08", by="line"), "forecast")
    assert (by_line["Personal"], by_line[None]) == (-137_00, -137_00)
    by_area = by_key(result(books.book, "2020-08", by="area"), "forecast")
    assert (by_area["610"], by_area["620"], by_area[None]) == (-27_00, -110_00, -137_00)
    alone = by_key(result(books.book, "2020-08", by="unit", unit="620"), "forecast")
    assert alone == {"6201": -110_00, None: -110_00}


def test_the_whole_adopted_later_takes_all_back(books):
    """What counts is when a round was adopted."""
    two_rounds(books)
    books.round("T3", "2020-08", [("6201", "Personal", -7_00)])
    by_unit = by_key(result(books.book, "2020-08", by="unit"), "forecast")
    assert by_unit == {"6101": -15_00, "6102": -10_00, "6201": -17_00, None: -42_00}


def test_an_entry_above_the_part_cannot_be_taken_out_again(books):
    """The whole's entry on 610 may mean 6101 with it: the older round then answers for nothing."""
    books.post(("2020-08", "6101", "4010", -10_00), ("2020-08", "6201", "4010", -10_00))
    books.round("T2", "2020-08", [("610", "Personal", -100_00), ("6201", "Personal", -50_00)])
    books.round("N", "2020-08", [("6101", "Personal", -1_00)], unit="6101")
    by_unit = by_key(result(books.book, "2020-08", by="unit"), "forecast")
    assert by_unit["6101"] == -11_00
    assert (by_unit["6201"], by_unit[None]) == (None, None)
    # A part of which no entry stands above is no hindrance.
    books.round("T3", "2020-08", [("610", "Personal", -100_00), ("6201", "Personal", -50_00)])
    books.round("M", "2020-08", [("6201", "Personal", -2_00)], unit="620")
    by_unit = by_key(result(books.book, "2020-08", by="unit"), "forecast")
    assert (by_unit["6101"], by_unit["6201"], by_unit[None]) == (-10_00, -12_00, -122_00)


def test_rows_by_line_want_one_structure(books):
    """Two rounds of two structures have no line in common; levels have them all the same."""
    two_rounds(books)
    books.round("K", "2020-08", [("6201", "Personal", -3_00)], unit="620", structure="kostnader")
    by_line = by_key(result(books.book, "2020-08", by="line"), "forecast")
    assert by_line["Personal"] is None
    assert by_line[None] == by_key(result(books.book, "2020-08", by="unit"), "forecast")[None]
