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

import ledger
import projections
from cli.main import app
from reporting.charts.drawing import to_svg
from reporting.charts.picture import Plans
from reporting.charts.registry import charts
from reporting.report.document import question

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


#: Columns of ``region divisions`` by those of the printed table, and what ours are counted in.
OF_DIVISIONS = {
    "variance_period_aug": ("variance", "mnkr"),
    "improvement_vs_prior_year": ("change_last_year", "mnkr"),
    "forecast_year": ("forecast", "mnkr"),
    "action_plan_fulfilment_percent": ("action_percent", "percent"),
    "cost_development_percent": ("cost_percent", "percent"),
}
#: Of the action plan by division: the year's assignment and the effect so far.
OF_PLANS = {"action_plan_assignment": "assignment", "action_plan_outcome": "effect"}


def test_the_divisions_as_they_were_handed_in(ask):
    """Every figure of ``divisions.csv``; what the report leaves out is what its totals leave."""
    when = ("--through", "2020-08", "--known-at", HANDED_IN)
    rows = {row["name"]: row for row in ask("region", "divisions", *when)}
    plans = {row["name"]: row for row in ask("action-plan", "--by", "division", *when)}
    met = 0
    for fact in facts("divisions"):
        name = None if fact["division"] == "Divisionerna totalt" else fact["division"]
        for column, (ours, unit) in OF_DIVISIONS.items():
            if fact[column]:
                assert printed(rows[name][ours], fact[column], unit) == fact[column]
                met += 1
        for column, ours in OF_PLANS.items():
            if fact[column]:
                assert printed(plans[name][ours], fact[column]) == fact[column]
                met += 1
    assert met == 27
    assert printed(rows["Länssjukvård"]["variance"], "0.0") == "19.8"  # checks 45 and 46
    assert printed(rows["Länssjukvård"]["forecast"], "0.0") == "16.6"


#: Metrics of ``region_result.csv``: figure of ``region summary``, column, months.
OF_SUMMARY = {
    "Periodens resultat": ("Periodens resultat", "outcome"),
    "Periodens resultat förändring": ("Periodens resultat", "change_known"),
    "Nettokostnader förändring": ("Verksamhetens nettokostnader", "cost_percent"),
    "Nettokostnader avvikelse": ("Verksamhetens nettokostnader", "variance"),
    "Verksamhetens resultat": ("Verksamhetens resultat", "outcome"),
    "Verksamhetens resultat förändring": ("Verksamhetens resultat", "change_known"),
    "Verksamhetens resultat avvikelse": ("Verksamhetens resultat", "variance"),
    "Divisionernas resultat": ("divisions", "outcome"),
    "Divisionernas resultat förändring": ("divisions", "change_known"),
    "Hälsocentraler egen regi resultat": ("halsocentraler", "outcome"),
    "Hälsocentraler egen regi förändring": ("halsocentraler", "change_known"),
}
OF_AUGUST = {
    "Divisionernas periodresultat": "outcome",
    "Divisionernas periodresultat avvikelse": "variance",
    "Divisionernas periodresultat förändring": "change_last_year",
    "Divisionernas årsprognos": "forecast",
    "Divisionernas årsprognos förändring": "forecast_change",
}
#: Those that are statistics, by measure and interval.
OF_STATISTICS = {
    "Kapitalinsats Kommuninvest före": ("Kapitalinsats Kommuninvest", "2020"),
    "Kapitalinsats Kommuninvest efter": ("Kapitalinsats Kommuninvest", "2024"),
    "Kapitalinsats per invånare": ("Kapitalinsats per invånare", "2024"),
    "Förlagslån utbetalt": ("Förlagslån utbetalt", "2020-09-30"),
    "Statliga kulturmedel Norrbotten": ("Statliga kulturmedel Norrbotten", "2020"),
    "Pensionsadministration besparing fyra regioner": (
        "Pensionsadministration besparing fyra regioner",
        "2020-10--2028-09",
    ),
}
#: "257 lower" is 257 better: the fact's minus is the cost's.
TURNED = {"Nettokostnader avvikelse"}


def test_the_results_of_the_region(ask):
    """Every figure of ``region_result.csv``."""
    months = ("--through", "2020-09")
    summary = {row["figure"]: row for row in ask("region", "summary", *months)}
    august = ask("region", "divisions", "--through", "2020-08", "--known-at", HANDED_IN)[-1]
    rebuilt = ask("follow-up", "--by", "mark", "--through", "2020-08")[-1]
    statistics = {
        (row["measure"], row["interval"]): row
        for row in ask("statistics", "--all", "--category", "finans")
        + ask("statistics", "--all", "--category", "kultur")
    }
    printed_facts = facts("region_result")
    assert len(printed_facts) == 23
    for fact in printed_facts:
        name, like = fact["metric"], fact["value"]
        if name in OF_SUMMARY:
            figure, column = OF_SUMMARY[name]
            wanted = like.lstrip("-") if name in TURNED else like
            assert printed(summary[figure][column], like, fact["unit"]) == wanted, name
        elif name in OF_AUGUST:
            assert printed(august[OF_AUGUST[name]], like) == like, name
        elif name == "Ombyggnationer pandemin kostnad":
            assert printed(rebuilt["outcome"], like) == f"-{like}"
        else:
            row = statistics[OF_STATISTICS[name]]
            assert (row["value"], row["measured_in"]) == (like, fact["unit"]), name


def test_august_was_told_and_is_now_another(ask):
    """−24 as told, −28 by what is said of September (check 41): both changes stand there."""
    summary = {row["figure"]: row for row in ask("region", "summary", "--through", "2020-09")}
    row = summary["divisions"]
    assert [printed(row[name], "0") for name in ("before_published", "before_known")] == [
        *("-24", "-28")
    ]
    assert [printed(row[name], "0") for name in ("change_published", "change_known")] == [
        *("17", "21")
    ]


def test_the_pair_that_does_not_meet_is_a_finding(ask):
    """Service and Folktandvård, 184 000 kr (made): exit code 1, both sides."""
    rows = ask("region", "pairs", "--unmet", "--through", "2020-09", codes=(1,))
    assert [(row["unit"], row["counterparty"], row["difference"]) for row in rows] == [
        ("40", "50", "184000.00")
    ]
    total = ask("region", "internal", "--through", "2020-09")[-1]
    assert total["internal"] == "184000.00"
    assert printed(total["gross"], "0") == printed(total["net"], "0") == "431"


def test_the_staffing_of_the_region(ask):
    """The 13 figures of ``staffing_facts.csv`` that are the region's own or division Service's."""
    heads = {
        month: {
            row["measure"]: row
            for row in ask("staffing", "headcount", "--through", month, "--since", "2019-09")
        }
        for month in ("2020-08", "2020-09")
    }
    time = {
        month: {
            row["measure"]: row
            for row in ask("staffing", "time", "--span", "month", "--through", month)
        }
        for month in ("2020-08", "2020-09")
    }
    service = ("--unit", "50", "--through", "2020-08")
    sick = [row["sick_percent"] for row in ask("staffing", "months", *service)[-8:]]
    own = {row["figure"]: row for row in ask("staffing", "sick-leave", *service)}["total"]
    worked = {row["measure"]: row for row in ask("staffing", "time", *service)}["worked"]
    september, august = heads["2020-09"], heads["2020-08"]
    ours = {
        "Förändring antal anställda september": september["employed"]["change_month_before"],
        "varav vikarier": september["temporary"]["change_month_before"],
        "Förändring antal anställda totalt": september["employed"]["change_since"],
        "Förändring årsarbetare": time["2020-09"]["worked"]["change_fte"],
        "Förändring antal anställda augusti": august["employed"]["change_month_before"],
        "varav tillsvidareanställda": august["permanent"]["change_month_before"],
        "varav vikarier/tillfälligt anställda": august["temporary"]["change_month_before"],
        "Förändring antal anställda sedan september 2019": august["employed"]["change_since"],
        "Övertid förändring": time["2020-08"]["overtime"]["change_fte"],
        "Arbetad tid förändring": time["2020-08"]["worked"]["change_fte"],
        "Sjukfrånvaro": own["percent"],
        "Sjukfrånvaro högst": max(sick, key=Decimal),
        "Minskade arbetade timmar": worked["change_fte"],
    }
    known = {row["metric"]: row for row in facts("staffing_facts")}
    assert len(known) == 20
    for name, figure in ours.items():
        assert printed(str(figure), known[name]["value"], "") == known[name]["value"], name
    assert sick[3] == max(sick, key=Decimal)  # April
    # "drygt 1 procentenhet högre än samma period 2019"
    assert 1 < Decimal(own["percent"]) - Decimal(own["last_year_percent"]) < Decimal("1.5")


def test_last_year_as_it_was(ask):
    """Boden came to division 10 in 2020 (made): restated 80 better, as it was 54.5."""
    when = ("--through", "2020-08", "--known-at", HANDED_IN)
    for tree, wanted in (("line", "80.0"), ("line@then", "54.5")):
        rows = {row["unit"]: row for row in ask("region", "divisions", *when, "--tree", tree)}
        assert printed(rows["10"]["change_last_year"], "0.0") == wanted
        assert printed(rows[None]["change_last_year"], "0") == "212"


def test_the_divisions_are_drawn_as_they_stand(made):
    """The chart of the director's report: each division's variance and its forecast's, in öre; the
    same as the table's. One below zero is a bar to the left."""
    book = ledger.open(str(made[0] / "ledger.db"))
    asked = question(book, "sv", through="2020-09", unit=None)
    (chart,) = charts("side_by_side", asked)
    frame = projections.divisions(book, "2020-09")
    wanted = frame.select("variance", "forecast_variance").rows()
    assert [row[1:] for row in chart.table.rows] == wanted
    assert [row[0] for row in chart.table.rows] == [*frame["name"][:-1], "Totalt"]
    assert isinstance(chart.picture, Plans)
    assert chart.picture.rows[0].reached == Decimal("-22.1")
    assert "Närsjukvård Luleå-Boden: avvikelse hittills −22,1" in chart.alt
    assert to_svg(chart).startswith("<svg ")


# ── what stands under the tables ───────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def read(made):
    """A command as people read it, Swedish."""
    store = str(made[0] / "ledger.db")

    def text(*arguments: str, codes=(0,)):
        done = CliRunner().invoke(app, [*arguments, "--store", store], prog_name="ledger")
        assert done.exit_code in codes, done.output
        return done.stdout

    return text


BEYOND = "OBS! Det finns inget utfall efter 2020-09: tabellen t.o.m. 2020-12 "
BOTH = "jämför det med budget och föregående år för alla månaderna."


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("region summary", BOTH),
        ("region divisions", BOTH),
        ("region statement", BOTH),
        ("region balance-requirement", BOTH),
        ("region internal", "är utan de månaderna."),
        ("region pairs", "är utan de månaderna."),
        ("bridge", "jämför det med budget för alla månaderna."),
        ("bridge --against last_year", "jämför det med föregående år för alla månaderna."),
    ],
)
def test_months_beyond_the_outcome_are_told(read, words, wanted):
    """The outcome ends with September: December's tables say so, and against what they hold it."""
    assert f"{BEYOND}{wanted}" in read(*words.split(), "--through", "2020-12", codes=(0, 1))
    assert "OBS!" not in read(*words.split(), "--through", "2020-09", codes=(0, 1))


def test_the_report_tells_months_beyond_the_outcome(read, tmp_path):
    """As a finding before it is given out, and under its tables."""
    words = ("director", "--through", "2020-12")
    listed = read("report", "list", *words, codes=(1,))
    finding = "[month-open] Resultaträkning: utfall: 2020-10, 2020-11, 2020-12 är inte stängda"
    assert finding in listed
    assert "month-open" not in read(
        "report", "list", "director", "--through", "2020-09", codes=(1,)
    )
    out = ("--to", "html", "--with-findings", "-o", str(tmp_path))
    read("report", *words, *out, codes=(0, 1))
    (page,) = tmp_path.glob("*.html")
    said = page.read_text(encoding="utf-8")
    assert "OBS! Det finns inget utfall efter september 2020" in said


def test_sums_of_the_statement_that_rounding_puts_off_are_told(read):
    """September's net: 429.3 − 6 153.5 − 175.8 is −5 900.0 as printed, and the sum −5 900.1.
    What must balance adds up: 431.1 − 2.4 + 97.2 is 525.9."""
    note = "Summan kan avvika p.g.a. avrundning."
    when = ("--through", "2020-09")
    shown = read("region", "statement", *when)
    sums = {line[:39].strip(): line.split("  ") for line in shown.splitlines()}
    assert "−5\xa0900,1" in " ".join(sums["Verksamhetens nettokostnader"])
    assert note in shown
    assert note not in read("region", "balance-requirement", *when)


def test_notes_stand_under_the_columns_that_they_are_of(read):
    """No health centre has an action plan, and no division one through September; in August."""
    note = "Handlingsplan: effekten av uppdraget"
    assert note in read("region", "divisions", "--through", "2020-08")
    assert note not in read("region", "divisions", "--through", "2020-09")
    assert note not in read("region", "divisions", "--tree", "halsocentraler")


def test_the_key_figures_say_what_changed_since_it_was_published(read):
    """+17.0 as published and +21.0 as known: 4 million were booked in August after it closed."""
    note = (
        "örra månaden var −24\xa0230\xa0642 kr när den publicerades och är nu −28\xa0230\xa0642 kr"
    )
    assert f"Divisionerna: f{note}" in read("region", "summary", "--through", "2020-09")
    assert f"F{note}" in read("region", "divisions", "--through", "2020-09")
