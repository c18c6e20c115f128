"""Tables of forecasts fit a window of 120 columns, in Swedish and as they come; data has it all."""

import json

import pytest
from typer.testing import CliRunner

from cli.main import app
from reporting.forecast_face import WIDTH

TABLES = (
    "forecast", "forecast --by area", "forecast --by line", "forecast --by account",
    "forecast --by area,line", "forecast --by unit,account", "forecast --by product",
    "forecast --round 2020-T2", "forecast --round 2020-T2 --by account",
    "forecast explain", "forecast explain --round 2020-T2",
    "forecast show 2020-T2", "forecast show 2020-T2 --recompute", "forecast list",
    "forecast compare", "forecast compare --by-series", "forecast compare --by-origin",
    "forecast accuracy", "forecast accuracy --by unit", "forecast accuracy --by round",
    "scenario run", "scenario run --by unit,line", "scenario list", "risks",
)  # fmt: skip


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """The demo's store, as it comes."""
    folder = tmp_path_factory.mktemp("demo")
    done = CliRunner().invoke(app, ["demo", str(folder)])
    assert done.exit_code == 0
    return str(folder / "ledger.db"), done.stdout


def shown(demo, words: str, *more: str) -> str:
    done = CliRunner().invoke(app, [*words.split(), *more, "--store", demo[0]])
    assert done.exit_code == 0, done.stderr
    return done.stdout


def ruled(text: str) -> list[int]:
    """How wide the tables of an output are, by the rules under their headings."""
    return [len(line) for line in text.splitlines() if line.startswith("──")]


@pytest.mark.parametrize("words", TABLES)
def test_a_table_fits(demo, words):
    widths = ruled(shown(demo, words))
    assert widths
    assert max(widths) <= WIDTH


def test_the_demo_s_forecast_fits(demo):
    assert ruled(demo[1])[-1] <= WIDTH


def test_data_and_wide_have_all_columns(demo):
    """What a window leaves out is in data, and with --wide."""
    row = json.loads(shown(demo, "forecast", "--format", "json"))[0]
    assert list(row) == [
        "unit", "name", "outcome", "remaining", "forecast", "p2_5", "p10", "p50", "p90", "p97_5",
        "annual_budget", "variance", "last_year", "method",
    ]  # fmt: skip
    assert "P97,5" not in shown(demo, "forecast").splitlines()[3]
    wide = shown(demo, "forecast", "--wide").splitlines()
    assert wide[0].endswith(", kr")
    assert all(heading in wide[2] for heading in ("P2,5", "P50", "P97,5", "Metod"))


def test_times_of_lists_are_local(demo):
    """Opened at 07:00 UTC on 10 September, which is 09:00 in Stockholm; data keeps UTC."""
    assert "2020-09-10 09:00" in shown(demo, "forecast list")
    data = json.loads(shown(demo, "forecast list", "--format", "json"))
    assert data[0]["opened_at"] == "2020-09-10T07:00:00.000000Z"


def test_a_round_has_a_total_and_says_what_the_model_does_not_know(demo):
    """The total's year-end is that of `ledger result`; the data has no total row."""
    text = shown(demo, "forecast show 2020-T2", "--scale", "kr")
    total = next(line for line in text.splitlines() if line.startswith("Totalt"))
    result = json.loads(shown(demo, "result", "--format", "json"))[-1]
    assert total.replace("\u00a0", "").split()[-3] == result["forecast"].split(".")[0]
    assert "Modellen, P10, P90 och skillnaden är utan det antagna" in text
    rows = json.loads(shown(demo, "forecast show 2020-T2", "--format", "json"))
    assert None not in {row["unit"] for row in rows}
    assert {row["assumed"] for row in rows} >= {None, "-1333333.33"}
