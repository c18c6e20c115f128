"""``ledger staffing``: every figure of the printed reports' staffing out of its JSON.

The facts lie in `tests/examples/facts/staffing_facts.csv`. Länsteknik's are asked of the demo. The
director's report has a region's: of it a store is made here, whose months are made so that its
printed statements can hold together (arithmetic_checks.csv, checks 42 to 44; of 46 fewer employed
54 are temporary, so eight more are permanent).
"""

import csv
import json
from decimal import Decimal
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.main import app
from tests.cli.conftest import Run

FACTS = Path(__file__).parents[1] / "examples" / "facts"

#: Facts of the file that are of other families: who tells them.
ELSEWHERE = {
    "Sjukfrånvaro mål": "scorecard",
    "Andel enheter med schemalagda förbättringsmöten": "scorecard",
    "Övertidskostnad": "outcome",
    "Covid-19 arbetade timmar": "special follow-up",
    "Covid-19 övertidstimmar": "special follow-up",
    "Uppsägningar kompletterade i handlingsplanen": "action plan",
    "Kostnad inhyrd personal": "statistic",
    "Kostnad inhyrd personal förändring": "statistic",
    "Inhyrd personal psykiatri": "statistic",
    "Inhyrda läkare": "statistic",
    "Inhyrda sjuksköterskor": "statistic",
    "Regioner som minskat kostnaden": "statistic",
    "Medarbetarförslag": "statistic",
}


def facts(name="staffing_facts"):
    """The rows of a file of facts."""
    with (FACTS / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def printed(organisation, metric, period=None):
    """The one value that the report prints, as a decimal."""
    (value,) = {
        row["value"]
        for row in facts()
        if (row["organisation"], row["metric"]) == (organisation, metric)
        and period in (None, row["period"])
    }
    return Decimal(value)


def shown(text, like):
    """A figure of ours with as many decimals as the printed one, half-up."""
    return Decimal(text).quantize(like, "ROUND_HALF_UP")


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """The demo's store; a question to it answers with its rows."""
    folder = tmp_path_factory.mktemp("demo") / "here"
    made = CliRunner().invoke(app, ["demo", str(folder)], prog_name="ledger")
    assert made.exit_code == 0, made.output

    def ask(*question, json_=True):
        more = ("--format", "json") if json_ else ()
        arguments = ["staffing", *question, *more, "--store", str(folder / "ledger.db")]
        done = CliRunner().invoke(app, arguments, prog_name="ledger")
        assert done.exit_code == 0, done.output
        return json.loads(done.stdout) if json_ else done.stdout.replace("\u00a0", " ")

    return ask


def one(rows, **where):
    """The one row."""
    (row,) = [row for row in rows if where.items() <= row.items()]
    return row


def test_every_fact_is_told_or_is_another_family_s():
    """Nothing of the file is forgotten."""
    told = {
        *("Tillsvidareanställda", "Förändring antal anställda", "Övertid", "Sjukfrånvaro"),
        *("Sjukfrånvaro (löptext)", "Sjukfrånvaro (styrkort)", "Sjukfrånvaro högst"),
        *("Förändring antal anställda september", "varav vikarier", "Övertid förändring"),
        *("Förändring antal anställda totalt", "Förändring antal anställda augusti"),
        *("varav tillsvidareanställda", "varav vikarier/tillfälligt anställda"),
        *("Förändring antal anställda sedan september 2019", "Förändring årsarbetare"),
        *("Arbetad tid förändring", "Minskade arbetade timmar"),
    }
    assert {row["metric"] for row in facts()} == told | set(ELSEWHERE)


def test_headcount_of_lansteknik(demo):
    """141 permanent, eight employed fewer than at the turn of the year."""
    rows = demo("headcount", "--through", "2020-08")
    division = "Division Länsteknik"
    permanent, employed = (one(rows, measure=name) for name in ("permanent", "employed"))
    assert permanent["people"] == printed(division, "Tillsvidareanställda")
    assert employed["change_year_start"] == printed(division, "Förändring antal anställda")
    assert list(permanent) == [
        "measure", "people", "month_before", "year_start", "year_before", "change_month_before",
        "change_year_start", "change_year_before",
    ]  # fmt: skip


def test_sick_leave_of_lansteknik_with_its_period(demo):
    """5.6 % of January to August, 5.2 % of August: both hold, each of its months (check 39)."""
    division = "Division Länsteknik"
    for metric, span in (
        ("Sjukfrånvaro (löptext)", "accumulated"),
        ("Sjukfrånvaro (styrkort)", "month"),
    ):
        row = one(demo("sick-leave", "--through", "2020-08", "--span", span), figure="total")
        value = printed(division, metric)
        assert shown(row["percent"], value) == value
    first, second = (
        one(demo("sick-leave", "--through", through, "--span", "tertial"), figure="total")
        for through in ("2020-04", "2020-08")
    )
    assert Decimal(second["percent"]) < Decimal(first["percent"])
    (fact,) = [row for row in facts() if row["metric"] == "Sjukfrånvaro (löptext)"]
    assert fact["direction"] == "decrease"


def test_overtime_of_lansteknik_went_down_from_tertial_to_tertial(demo):
    """And up from last year, as its cost did."""
    row = one(demo("time", "--through", "2020-08", "--span", "tertial"), measure="overtime")
    (fact,) = [row for row in facts() if row["metric"] == "Övertid"]
    assert fact["direction"] == "decrease"
    assert Decimal(row["change_before_hours"]) < 0
    year = one(demo("time", "--through", "2020-08"), measure="overtime")
    (cost,) = [row for row in facts() if row["metric"] == "Övertidskostnad"]
    assert cost["direction"] == "increase"
    assert Decimal(year["change_hours"]) > 0


def test_the_months_hold_what_the_lost_charts_showed(demo):
    """Five charts of Länsteknik's report without data: none of their columns is empty in 2020."""
    charts = {
        "Arbetad tid omvandlat till årsarbetare, rullande 12 mån": ["rolling12_fte"],
        "Arbetad tid omvandlat till årsarbetare": ["fte"],
        "Antal anställda": ["permanent", "temporary", "employed"],
        "Extratid": ["on_call_fte", "standby_fte", "overtime_fte", "additional_fte"],
        "Sjukfrånvaro": ["sick_percent", "rolling12_sick_percent", "long_term_percent"],
    }
    lost = {
        row["figure_title"]
        for row in facts("staffing_figures_without_data")
        if row["organisation"] == "Division Länsteknik"
    }
    assert lost == {*charts, "Resultatutveckling"}
    rows = demo("months", "--through", "2020-08")
    year = [row for row in rows if row["month"] >= "2020"]
    assert len(year) == 8
    for columns in charts.values():
        assert all(row[column] is not None for row in rows for column in columns)


def test_small_areas_are_withheld_and_people_are_told_why(demo):
    """The common area has ten employed in August."""
    rows = demo("sick-leave", "--by", "area")
    assert one(rows, unit="610", figure="total")["status"] == "small_group"
    assert one(rows, unit="630", figure="total")["status"] == "derivable"
    text = demo("sick-leave", "--by", "area", json_=False)
    assert "anges inte: högst tio personer" in text
    assert "anges inte: gick att räkna ut" in text
    assert "lag 2002:1065" in text


def test_people_see_few_columns_and_data_has_all(demo):
    """Key figures by area, with the divisor said."""
    text = demo("--through", "2020-08", json_=False)
    assert "Bemanning t.o.m. 2020-08" in text
    assert "1 årsarbetare = 1 760 timmar om året" in text
    assert "Totalt" in text
    row = demo("--through", "2020-08")[-1]
    assert (row["unit"], row["permanent"], row["worked_hours"]) == (None, 141, "149922.02")
    english = demo("time", "--lang", "en", json_=False)
    assert "Worked time and extra time 2020-01 to 2020-08" in english


def test_july_was_restated_and_both_are_kept(demo):
    """Doctors' certificates came in September: 48 hours more, known then."""
    july = ("sick-leave", "--through", "2020-07", "--span", "month", "--unit", "640")
    now = one(demo(*july), figure="total")
    then = one(demo(*july, "--known-at", "2020-08-31"), figure="total")
    assert Decimal(now["sick_hours"]) - Decimal(then["sick_hours"]) == 48


# ─────────────────────────────────────────────────────────────────────────── the region's figures

#: permanent and temporary of the region beside those of its division
PEOPLE = {
    "2019-09": (6000, 1000),
    "2020-07": (5900, 1116),
    "2020-08": (5887, 854),
    "2020-09": (5895, 800),
}
#: sick hours of division Service by month, of 100 000 ordinary hours: 44 800 in 2020
SICK = {
    2019: [4500] * 8,
    2020: [5000, 5200, 6300, 8300, 6100, 5000, 4400, 4500],
}
FTE_MONTH = Decimal(1760) / 12


def region():
    """Staffing of a region and its division Service, as a file."""
    rows = ["period;unit;measure;value"]

    def put(period, unit, measure, value):
        rows.append(f"{period};{unit};{measure};{Decimal(value):.2f}")

    for period, (permanent, temporary) in PEOPLE.items():
        put(period, "RN", "permanent", permanent)
        put(period, "RN", "temporary", temporary)
    for year, sick in SICK.items():
        for month in range(1, 10):
            period = f"{year}-{month:02d}"
            put(period, "60", "permanent", 500)
            put(period, "60", "ordinary", 100_000)
            put(period, "60", "sick", sick[month - 1] if month < 9 else 4000)
            fewer = 47 * 8 * FTE_MONTH if period == "2020-01" else 0
            put(period, "60", "worked", 90_000 - fewer)
    for year, less, more in ((2019, 0, 0), (2020, 124, 32)):
        put(f"{year}-08", "RN", "worked", 900_000 - less * FTE_MONTH)
        put(f"{year}-08", "RN", "overtime", 9_000 + more * FTE_MONTH)
    for year, less in ((2019, 0), (2020, 277)):
        put(f"{year}-09", "RN", "worked", 950_000 - less * FTE_MONTH)
    return "\n".join(rows) + "\n"


@pytest.fixture
def asked(founded: Run, folder):
    """A question to the region's staffing answers with its rows."""
    (folder / "bemanning.csv").write_text(region(), encoding="utf-8")
    taken = founded("import", "bemanning.csv")
    assert taken.exit_code == 0, taken.output

    def ask(*question):
        done = founded("staffing", *question, "--format", "json")
        assert done.exit_code == 0, done.output
        return json.loads(done.stdout)

    return ask


def test_the_region_s_headcount_in_august_and_september(asked):
    """13 + 262 = 275; 259 + 46 = 305; −54 temporary of −46 in all, so +8 permanent."""
    name = "Region Norrbotten"
    august, september = (asked("headcount", "--through", m) for m in ("2020-08", "2020-09"))
    permanent, temporary, employed = (
        one(august, measure=m)["change_month_before"]
        for m in ("permanent", "temporary", "employed")
    )
    assert employed == printed(name, "Förändring antal anställda augusti")
    assert permanent == printed(name, "varav tillsvidareanställda")
    assert temporary == printed(name, "varav vikarier/tillfälligt anställda")
    now = one(september, measure="employed")
    assert now["change_month_before"] == printed(name, "Förändring antal anställda september")
    assert now["change_year_before"] == printed(name, "Förändring antal anställda totalt")
    assert one(september, measure="temporary")["change_month_before"] == printed(
        name, "varav vikarier"
    )
    assert one(september, measure="permanent")["change_month_before"] == 8
    since = one(august, measure="employed")["people"] - now["year_before"]
    assert since == printed(name, "Förändring antal anställda sedan september 2019")


def test_the_region_s_time_in_full_time_equivalents(asked):
    """Worked time and overtime of August and September against last year."""
    name, month = "Region Norrbotten", ("--span", "month")
    august = asked("time", "--through", "2020-08", *month)
    september = asked("time", "--through", "2020-09", *month)
    for rows, measure, metric in (
        (august, "worked", "Arbetad tid förändring"),
        (august, "overtime", "Övertid förändring"),
        (september, "worked", "Förändring årsarbetare"),
    ):
        value = printed(name, metric)
        assert shown(one(rows, measure=measure)["change_fte"], value) == value


def test_a_division_s_sick_leave_and_worked_time(asked):
    """5.6 % through August, a good percentage point more than last year; 8.3 % in April at most."""
    name, service = "Division Service", ("--unit", "60")
    through = one(asked("sick-leave", "--through", "2020-08", *service), figure="total")
    value = printed(name, "Sjukfrånvaro")
    assert shown(through["percent"], value) == value
    assert 1 < Decimal(through["change_points"]) < Decimal("1.5")
    months = {row["month"]: row["sick_percent"] for row in asked("months", *service)}
    highest = printed(name, "Sjukfrånvaro högst")
    assert shown(months["2020-04"], highest) == highest
    assert max(Decimal(text) for text in months.values()) == Decimal(months["2020-04"])
    worked = one(asked("time", "--through", "2020-08", *service), measure="worked")
    value = printed(name, "Minskade arbetade timmar")
    assert shown(worked["change_fte"], value) == value


# ─────────────────────────────────────────────────────────────────────────────── the command


def test_a_month_of_staffing_closes_on_its_own(booked: Run, folder):
    """The books may be closed before; what is closed takes no more, and is reopened by two."""
    (folder / "bemanning.csv").write_text(
        "period;unit;measure;value\n2020-08;610;worked;160\n", encoding="utf-8"
    )
    assert booked("close", "2020-08").exit_code == 0
    assert booked("import", "bemanning.csv").exit_code == 0
    closed = booked("close", "2020-08", "--family", "staffing")
    assert closed.exit_code == 0, closed.output
    more = ("record", "staffing", "period=2020-08", "unit=610", "measure=overtime", "value=3")
    refused = booked(*more)
    assert refused.exit_code == 4
    assert "[period-closed]" in refused.stderr
    reopened = ("reopen", "2020-08", "--family", "staffing", "--reason", "Sen rapport")
    done = booked(*reopened, "--approved-by", "chef", "--actor", "ekonom")
    assert done.exit_code == 0, done.output
    assert booked(*more).exit_code == 0


def test_a_changed_file_is_taken_with_a_reason(booked: Run, folder):
    """Refused first, with exit code 4; then restated, and traced to both events."""
    for hours, name in ((160, "a.csv"), (168, "b.csv")):
        text = f"period;unit;measure;value\n2020-08;610;worked;{hours}\n"
        (folder / name).write_text(text, encoding="utf-8")
    doubted = booked("import", "a.csv")
    assert doubted.exit_code == 2
    assert "statistic, staffing" in doubted.stderr
    assert booked("import", "a.csv", "--as", "staffing").exit_code == 0
    refused = booked("import", "b.csv", "--as", "staffing")
    assert refused.exit_code == 4
    assert "[staffing-reported]" in refused.stderr
    again = ("--as", "staffing", "--accept-changes", "--reason", "Ny körning")
    taken = booked("import", "b.csv", *again)
    assert taken.exit_code == 0, taken.output
    assert "[staffing-restated]" in taken.stderr
    found = booked("trace", "staffing", "--unit", "610", "--span", "month", "--format", "json")
    rows = json.loads(found.stdout)
    assert [row["amount"] for row in rows] == ["160.00", "8.00", "168.00"]
    assert rows[1]["text"] == "Ny körning"
    people = booked("trace", "staffing", "--unit", "610", "--span", "month").stdout
    assert "168,00" in people
    assert "Bemanning rapporterad på nytt" in people


def test_a_published_table_says_the_same_again(booked: Run, folder):
    """Also after more is known: it is asked of the events that it stood on."""
    text = "period;unit;measure;value\n2020-08;610;worked;160\n"
    (folder / "bemanning.csv").write_text(text, encoding="utf-8")
    assert booked("import", "bemanning.csv").exit_code == 0
    given = booked("staffing", "time", "--span", "month", "--publish", "--actor", "ekonom")
    assert given.exit_code == 0, given.output
    more = ("record", "staffing", "period=2020-08", "unit=610", "measure=overtime", "value=3")
    assert booked(*more).exit_code == 0
    assert booked("replay", "--check").exit_code == 0


@pytest.mark.parametrize(
    "question",
    [
        ("time",),
        ("headcount", "--span", "month"),
        ("months", "--by", "area"),
        ("overview", "--structure", "prognos"),
        ("overview", "--by", "account"),
        ("weeks",),
    ],
)
def test_what_cannot_be_asked_is_a_usage_error(booked: Run, question):
    """Exit code 2, and a remedy; with nothing on record too."""
    done = booked("staffing", *question)
    assert done.exit_code == 2
    assert done.stdout == ""


def test_staffing_is_not_compared_by_cause(booked: Run):
    """It is asked at both times instead."""
    done = booked("diff", "staffing", "--known-at", "@5")
    assert done.exit_code == 2
    assert "ledger staffing" in done.stderr
