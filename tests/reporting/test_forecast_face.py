"""A table made narrower, in the order of what it can spare."""

from reporting.forecast_face import fitted
from reporting.render import to_lines
from reporting.tables import Column, Table

TABLE = Table(
    "Risker",
    (
        Column("risk"),
        Column("name"),
        Column("text"),
        Column("effect", "amount"),
        Column("annual_budget", "amount"),
    ),
    (
        ("R1", "Sjukhuset i den norra länsdelen", "Sämre leverans och högre priser", -120000, 5),
        ("R2", "Drift", None, -150000, 5),
    ),
    notes=("Känt nu.",),
)


def widest(table: Table) -> int:
    return max(len(line) for line in to_lines(table, "sv") if line.startswith("──"))


def test_a_table_that_fits_is_as_it_is():
    assert fitted(TABLE, "sv", "kr", ("effect",)) is TABLE


def test_texts_go_below_before_anything_is_spared():
    table = fitted(TABLE, "sv", "kr", ("annual_budget",), width=70)
    assert [column.key for column in table.columns] == ["risk", "name", "effect", "annual_budget"]
    assert table.notes == ("R1: Sämre leverans och högre priser", "Känt nu.")
    assert widest(table) <= 70


def test_then_what_can_be_spared_and_last_names_are_cut():
    spared = fitted(TABLE, "sv", "kr", ("annual_budget", "effect"), width=50)
    assert [column.key for column in spared.columns] == ["risk", "name", "effect"]
    cut = fitted(TABLE, "sv", "kr", ("annual_budget",), width=30)
    assert widest(cut) <= 30
    assert cut.rows[0][1] is not None
    assert str(cut.rows[0][1]).endswith("…")
    assert cut.rows[1][1] == "Drift"
