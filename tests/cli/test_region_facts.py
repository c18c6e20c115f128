"""The director's report of Region Norrbotten, October 2020: its figures out of the demo's commands.

The facts are copies in ``tests/examples/facts`` (``divisions.csv``, ``region_result.csv``); every
figure is met at the precision printed.
"""

import csv
import json
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.main import app

FACTS = Path(__file__).parents[1] / "examples" / "facts"
DIRECTOR = "003_3bcf2fd7dff817ef"
#: When the divisions' reports of August stood as they were handed in.
HANDED_IN = "2020-09-30"


def facts(name: str) -> list[dict[str, str]]:
    """A table of the director's report."""
    with (FACTS / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if DIRECTOR in row["source_doc"]]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The demo's folder and what making it said."""
    folder = tmp_path_factory.mktemp("region") / "here"
    result = CliRunner().invoke(
        app, ["demo", str(folder), "--example", "region"], prog_name="ledger"
    )
    assert result.exit_code == 0, result.output
    return folder, result


@pytest.fixture(scope="module")
def ask(made):
    """A command's rows of data."""
    store = str(made[0] / "ledger.db")

    def rows(*arguments: str, codes=(0,)):
        done = CliRunner().invoke(
            app, [*arguments, "--store", store, "--format", "json"], prog_name="ledger"
        )
        assert done.exit_code in codes, done.output
        return json.loads(done.stdout)

    return rows


def printed(text: str | None, like: str, unit: str = "mnkr") -> str:
    """A figure of ours rounded half-up as the printed one is: kronor as millions."""
    assert text is not None
    exact = Decimal(text) / (1_000_000 if unit == "mnkr" else 1)
    places = len(like.partition(".")[2])
    return str(exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP))


def test_the_divisions_as_they_were_handed_in(ask):
    """Variance, improvement and forecast; what the report leaves out is what its totals leave."""
    rows = {
        row["name"]: row
        for row in ask(
            *("result", "--by", "division", "--through", "2020-08", "--known-at", HANDED_IN)
        )
    }
    for fact in facts("divisions"):
        if fact["division"] == "Divisionerna totalt":
            continue
        row = rows[fact["division"]]
        if fact["variance_period_aug"]:
            assert (
                printed(row["variance"], fact["variance_period_aug"]) == fact["variance_period_aug"]
            )
        if fact["improvement_vs_prior_year"]:
            better = str(Decimal(row["outcome"]) - Decimal(row["last_year"]))
            assert (
                printed(better, fact["improvement_vs_prior_year"])
                == fact["improvement_vs_prior_year"]
            )
        if fact["forecast_year"]:
            assert printed(row["forecast"], fact["forecast_year"]) == fact["forecast_year"]
    assert printed(rows["Länssjukvård"]["variance"], "0.0") == "19.8"
    assert printed(rows["Länssjukvård"]["forecast"], "0.0") == "16.6"
