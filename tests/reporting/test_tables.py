"""Tables and what they are rendered as."""

import csv
import io
import json
from decimal import Decimal

import polars as pl
import pytest

from reporting.render import to_csv, to_json, to_lines
from reporting.tables import Column, Table, columns_of, table_from, table_of

FRAME = pl.DataFrame(
    {
        "unit": ["610", "620", None],
        "name": ["Drift", "Nät", None],
        "outcome": [-150_00, 30_049, 15_049],
        "variance": [10_00, None, 10_00],
        "change_percent": ["8.25", None, "-1.00"],
        "entries": [3, 1200, 4],
    }
)


def area_table() -> Table:
    """The frame above as a table with a total row."""
    return table_of(FRAME, ["outcome", "variance"], "Resultat, {scale}", total=True)


def test_columns_are_told_by_their_names_and_types():
    """Amounts as the projection says; percentages by name; whole numbers are counts."""
    kinds = {c.key: c.kind for c in columns_of(FRAME, ["outcome", "variance"])}
    assert kinds == {
        "unit": "text",
        "name": "text",
        "outcome": "amount",
        "variance": "amount",
        "change_percent": "percent",
        "entries": "count",
    }


def test_json_is_a_list_of_objects_in_the_columns_order():
    """Amounts are kronor text with two decimals, the unknown is null, letters are themselves."""
    text = to_json(area_table())
    rows = json.loads(text)
    assert list(rows[0]) == FRAME.columns
    assert rows[0]["outcome"] == "-150.00"
    assert rows[1] == {
        "unit": "620",
        "name": "Nät",
        "outcome": "300.49",
        "variance": None,
        "change_percent": None,
        "entries": 1200,
    }
    assert rows[2]["unit"] is None
    assert "Nät" in text
    assert text.endswith("]\n")


def test_grouped_columns_are_one_object_in_json_and_columns_in_csv():
    """Cost development's months stand under change_percent."""
    columns = (
        Column("line"),
        *(Column(m, "percent", group="change_percent", word=m) for m in ("2020-01", "2020-02")),
    )
    table = table_from([{"line": "Lön", "2020-01": "8.00", "2020-02": None}], columns, "")
    assert json.loads(to_json(table)) == [
        {"line": "Lön", "change_percent": {"2020-01": "8.00", "2020-02": None}}
    ]
    assert to_csv(table) == "line,2020-01,2020-02\nLön,8.00,\n"


def test_csv_has_comma_point_and_lf():
    """For programs."""
    lines = to_csv(area_table()).split("\n")
    assert lines[0] == "unit,name,outcome,variance,change_percent,entries"
    assert lines[2] == "620,Nät,300.49,,,1200"
    assert lines[3] == ",,150.49,10.00,-1.00,4"


def test_csv_for_excel_in_sweden():
    """Semicolon, decimal comma, CRLF and BOM; text keeps its points."""
    table = table_from(
        [{"name": "a.b;c", "amount": -12345}], (Column("name"), Column("amount", "amount")), ""
    )
    text = to_csv(table, excel=True)
    assert text == '\ufeffname;amount\r\n"a.b;c";-123,45\r\n'
    assert list(csv.reader(io.StringIO(text.lstrip("\ufeff")), delimiter=";"))[1][1] == "-123,45"


def test_text_is_aligned_and_names_its_total():
    """Figures to the right, words to the left, every line as wide as its columns."""
    lines = [line.replace("\u00a0", " ") for line in to_lines(area_table(), "sv")]
    assert lines[0] == "Resultat, kr"
    assert lines[2].startswith("Enhet   Namn   Utfall")
    assert lines[4] == "610     Drift    −150        +10       +8,25 %       3"
    assert lines[5] == "620     Nät       300          –             –   1 200"
    assert lines[7].startswith("Totalt            150        +10       −1,00 %")


def test_no_bold_unless_asked_for():
    """Nothing but words where nobody sees a terminal."""
    assert "\x1b" not in "".join(to_lines(area_table(), "sv"))
    bold = to_lines(area_table(), "sv", bold=True)
    assert bold[0] == "\x1b[1mResultat, kr\x1b[0m"


@pytest.mark.parametrize(
    ("parts", "said"),
    [([-150_00, 300_49], False), ([-150_50, 300_50], False), ([49, 49], True), ([50, 50], True)],
)
def test_the_note_on_rounding_comes_only_where_it_is_true(parts, said):
    """0.49 + 0.49 shows as 0 + 0 = 1."""
    rows = [{"name": str(i), "amount": ore} for i, ore in enumerate([*parts, sum(parts)])]
    table = table_from(rows, (Column("name"), Column("amount", "amount")), "")
    table = Table(table.title, table.columns, table.rows, total=True)
    note = "Summan kan avvika p.g.a. avrundning."
    assert (note in to_lines(table, "sv")) is said
    assert note not in to_json(table)


def test_what_a_file_held_does_not_steer_the_terminal():
    """Control characters are shown as dots."""
    table = table_from([{"text": "a\x1b[31mb\nc"}], (Column("text"),), "")
    assert to_lines(table, "sv")[-1] == "a·[31mb·c"


def test_percentages_become_decimals():
    """A percentage is exact until it is shown."""
    table = table_of(FRAME.select("change_percent"), [], "")
    assert table.rows[0] == (Decimal("8.25"),)


def test_an_empty_table_has_headings_and_no_rows():
    """Nothing is nothing, in each format."""
    table = table_of(FRAME.head(0), ["outcome"], "", total=True)
    assert to_json(table) == "[]\n"
    assert not table.total
    assert to_csv(table).count("\n") == 1


def test_details_that_do_not_add_up_to_their_group_are_told():
    """214.4 + 96.4 shows as 214 + 96 = 311; what only looks like a group says nothing."""
    rows = ((("IT", 310_800_00), ("a", 214_400_00), ("b", 96_400_00), ("c", None)),
            (("IT", 310_000_00), ("a", 214_400_00), ("b", 96_400_00), ("c", None)))  # fmt: skip
    columns = (Column("name"), Column("amount", "amount"))
    off, other = (Table("", columns, each, inner=frozenset({1, 2, 3})) for each in rows)
    assert off.off_by_rounding("tkr")
    assert not off.off_by_rounding("kr")
    assert not other.off_by_rounding("tkr")


def test_people_see_a_dash_between_months():
    """Data keep the two hyphens of the format."""
    table = table_from([{"interval": "2020-01--2020-08"}], (Column("interval"),), "")
    assert to_lines(table, "sv")[-1] == "2020-01–2020-08"
    assert "2020-01--2020-08" in to_csv(table)
