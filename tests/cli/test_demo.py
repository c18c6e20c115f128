"""The demo: a division's year, and the printed report's figures out of it."""

import csv
import json
import re
import shlex
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.main import app

FACTS = Path(__file__).parents[1] / "examples" / "facts"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The demo's folder and what making it said."""
    folder = tmp_path_factory.mktemp("demo") / "here"
    result = CliRunner().invoke(app, ["demo", str(folder)], prog_name="ledger")
    assert result.exit_code == 0, result.output
    return folder, result


def test_a_file_is_no_folder_of_a_demo(tmp_path):
    """Told before anything is made, with what to do."""
    (tmp_path / "file").write_text("")
    told = CliRunner().invoke(app, ["demo", str(tmp_path / "file")], prog_name="ledger")
    assert told.exit_code == 2
    assert told.stderr.endswith("file är ingen mapp.\n  Välj en annan MAPP.\n")


def test_the_mark_of_the_example_s_page_can_be_written_so(made):
    """docs/example.md gives the command."""
    page = (Path(__file__).parents[2] / "docs" / "example.md").read_text("utf-8")
    [command] = re.findall(r"`ledger (mark [^`]*)`", page)
    marked = ask(made, *shlex.split(command), "--dry-run")
    assert marked.exit_code == 0, marked.stderr


def ask(made, *arguments):
    """A command on the demo's store."""
    store = str(made[0] / "ledger.db")
    return CliRunner().invoke(app, [*arguments, "--store", store], prog_name="ledger")


def test_the_demo_shows_three_tables_and_what_is_next(made):
    """In Swedish, in whole kronor, and says that its clock is simulated."""
    folder, result = made
    assert (folder / "ledger.db").is_file()
    text = result.stdout.replace("\u00a0", " ")
    assert "Resultat t.o.m. 2020-08, kr" in text
    assert "Kostnadsutveckling t.o.m. 2020-08" in text
    assert "Årsprognos: modellen bredvid fastställd prognosomgång 2020-T2, tkr" in text
    assert "−29 430 963" in text
    assert "Simulerad klocka" in text
    assert text.count("\n    ledger ") == 4
    assert result.stderr == ""


def test_a_folder_with_a_ledger_is_refused(made):
    """Nobody's record is written over."""
    folder, _ = made
    again = CliRunner().invoke(app, ["demo", str(folder)], prog_name="ledger")
    assert again.exit_code == 5
    assert "[store-exists]" in again.stderr


def test_an_unknown_example_names_those_that_are(tmp_path):
    """Exit 2, and nothing is made."""
    done = CliRunner().invoke(app, ["demo", str(tmp_path / "x"), "--example", "y"])
    assert done.exit_code == 2
    assert "lansteknik" in done.stderr
    assert not (tmp_path / "x").exists()


def test_the_result_is_the_printed_one(made):
    """Outcome, variance, annual budget and forecast by area, as the division's report has them."""
    rows = json.loads(ask(made, "result", "--by", "area", "--format", "json").stdout)
    with (FACTS / "result_by_area.csv").open(encoding="utf-8", newline="") as facts:
        printed = list(csv.DictReader(facts))
    assert printed
    names = {
        "outcome": "actual_2020_08",
        "variance": "variance_actual_vs_budget",
        "annual_budget": "annual_budget_2020",
        "forecast": "annual_forecast",
        "forecast_variance": "variance_forecast_vs_budget",
    }
    ours = {row["name"]: row for row in rows if row["unit"]}
    areas = [fact for fact in printed if fact["is_total"] == "0"]
    assert len(areas) == len(ours) == 4
    for fact in areas:
        row = ours[fact["area"]]
        assert {key: row[key] for key in names} == {k: f"{fact[v]}.00" for k, v in names.items()}
    total = next(fact for fact in printed if fact["is_total"] == "1")
    assert rows[-1]["outcome"] == f"{total['actual_2020_08']}.00"
    assert rows[-1]["forecast"] == f"{total['annual_forecast']}.00"


def facts(name):
    """Rows of a table of the printed report."""
    with (FACTS / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def printed_as(text, decimals=1, unit=1_000_000):
    """Kronor as the report prints them, half-up; a percentage with unit 1."""
    value = (Decimal(text) / unit).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    return str(value)


def test_the_action_plan_is_the_printed_one(made):
    """Every figure of the table; the forecast that is below what was reached is found."""
    done = ask(made, "action-plan", "--through", "2020-08", "--format", "json")
    assert done.exit_code == 1
    assert "[forecast-below-effect] Övriga kostnader" in done.stderr
    rows, printed = json.loads(done.stdout), facts("action_plan")
    amounts = {
        "assignment": "assignment_2020",
        "effect": "outcome_aug_2020",
        "phased": "assignment_aug_2020",
        "variance": "variance_period",
        "forecast": "forecast_t2",
    }
    for row, fact in zip(rows, printed, strict=True):
        assert (row["action_area"] or "Totalt") == fact["action_area"]
        assert {theirs: printed_as(row[ours]) for ours, theirs in amounts.items()} == {
            theirs: fact[theirs] for theirs in amounts.values()
        }
        assert printed_as(row["variance_over_assignment"], 0, 1) == fact["effect_percent"]
    assert printed_as(rows[-1]["forecast_variance"]) == "2.9"  # check 29
    assert [row["finding"] for row in rows] == [None, "forecast-below-effect", None]  # check 31
    assert Decimal(rows[-1]["phased"]) * 2 == Decimal(rows[-1]["assignment"])  # check 30


def test_the_investments_are_the_printed_ones(made):
    """Every figure of the table; the forecast that is above its frame is found."""
    done = ask(made, "investments", "--through", "2020-08", "--format", "json")
    assert done.exit_code == 1
    assert "[forecast-above-frame] MSB" in done.stderr
    rows, printed = json.loads(done.stdout), facts("investments")
    amounts = {
        "frame": ("frame_2020_decided_by_board", 1),
        "decided_before": ("outcome_decided_before_2020", 1),
        "decided_this_year": ("outcome_decided_2020", 1),
        "outcome": ("outcome_sum", 1),
        "forecast": ("forecast_year", 0),
    }
    compared = 0
    for row, fact in zip(rows, printed, strict=True):
        assert (row["investment_type"] or "Totalt") == fact["investment_type"]
        assert (row["parent_type"] or "") == fact["parent_type"]
        for ours, (theirs, decimals) in amounts.items():
            if fact[theirs]:
                assert printed_as(row[ours], decimals) == fact[theirs], (row, ours)
                compared += 1
            else:  # what the report leaves empty is nothing
                assert row[ours] in (None, "0.00"), (row, ours)
    assert compared == 31
    found = {row["investment_type"]: row["finding"] for row in rows if row["finding"]}
    assert found == {"MSB": "forecast-above-frame"}  # check 38


def test_plans_are_read_by_people_and_traced(made):
    """Findings stand under the table, once; details are set in; a cell leads to its events."""
    plan = ask(made, "action-plan", "--through", "2020-08", "--scale", "mnkr")
    text = plan.stdout.replace("\u00a0", " ")
    assert (plan.exit_code, plan.stderr) == (1, "")
    assert "+178,99 %" in text
    assert "Iakttagelse [forecast-below-effect]: Övriga kostnader" in text
    early = ask(made, "action-plan", "--through", "2020-04", "--known-at", "2020-05-31")
    assert early.exit_code == 0, early.output
    shown = ask(made, "investments", "--through", "2020-08", "--lang", "en")
    assert "\n  Skrivare " in shown.stdout
    assert "Outcome % of" in shown.stdout
    listed = ask(made, "action-plan", "--actions").stdout
    assert "Datorer byts efter behov" in listed
    row = ("--row", "investment_type=IT", "--through", "2020-08", "--format", "json")
    *events, total = json.loads(ask(made, "trace", "investments", *row).stdout)
    assert sum(Decimal(each["amount"]) for each in events) == Decimal(total["amount"])
    assert total["amount"] == "399650.00"
    for wrong in (
        ("trace", "investments", "--row", "x"),
        ("action-plan", "--actions", "--by", "unit"),
        ("diff", "investments", "--known-at", "2020-06-01"),
    ):
        assert ask(made, *wrong).exit_code == 2


def test_a_plan_that_is_given_out_says_the_same_again(made):
    """After more has been told, asked again as it was."""
    given = ask(made, "action-plan", "--through", "2020-08", "--publish", "--actor", "controller")
    assert given.exit_code == 1
    given = ask(made, "investments", "--through", "2020-04", "--publish", "--actor", "controller")
    assert given.exit_code == 0, given.output
    told = ("action=P1", "period=2020-09", "effect=1000000")
    assert ask(made, "record", "action", *told, "--actor", "controller").exit_code == 0
    again = ask(made, "replay", "--check")
    assert again.exit_code == 0, again.output


def test_every_month_was_known_when_it_was(made):
    """In July nobody knew August: two times."""
    then = json.loads(
        ask(made, "result", "--known-at", "2020-07-31", "--by", "area", "--format", "json").stdout
    )
    now = json.loads(
        ask(made, "result", "--through", "2020-06", "--by", "area", "--format", "json").stdout
    )
    assert [row["outcome"] for row in then] == [row["outcome"] for row in now]
    assert all(row["forecast"] is None for row in then)


def test_the_adopted_round_stands_beside_the_model(made):
    """Both figures are kept."""
    shown = ask(made, "forecast", "show", "2020-T2", "--unit", "640", "--format", "json")
    rows = json.loads(shown.stdout)
    assert {row["unit"][:3] for row in rows} == {"640"}
    assert all(row["method"] == "manual" for row in rows if row["entered"] is not None)
    assert all(row["model"] is not None for row in rows)


def test_the_next_commands_run(made):
    """What the demo proposes works as it is written."""
    lines = [line.strip() for line in made[1].stdout.splitlines()]
    proposed = [line for line in lines if line.startswith("ledger ")]
    assert [line.split()[1] for line in proposed] == ["forecast", "result", "report", "trace"]
    for line in proposed:
        done = CliRunner().invoke(app, line.split()[1:], prog_name="ledger")
        assert done.exit_code == 0, done.output
        assert done.stdout or done.stderr


def test_a_round_is_entered_from_the_model_the_budget_and_the_previous_one(made):
    """And adopted, once."""
    assert ask(made, "forecast", "round", "2020-08b", "--through", "2020-08").exit_code == 0
    for method, unit in (("model", "640"), ("budget", "620"), ("previous", "630")):
        enter = ("forecast", "enter", "--round", "2020-08b", "--method", method, "--unit", unit)
        alone = ask(made, *enter)
        if method != "model":  # which is in its own interval
            assert (alone.exit_code, "[comment-demanded]" in alone.stderr) == (3, True)
            alone = ask(made, *enter, "--comment", "Som beslutat")
        assert alone.exit_code == 0, alone.output
    alone = ask(
        made, "forecast", "enter", "--round", "2020-08b", "--unit", "6101", "--line",
        "Lokalkostnader", "--amount", "−76 719,00",
    )  # fmt: skip
    assert alone.exit_code == 3
    assert "[comment-missing]" in alone.stderr
    rows = json.loads(ask(made, "forecast", "list", "--format", "json").stdout)
    assert [row["state"] for row in rows] == ["adopted", "open"]
    assert ask(made, "forecast", "adopt", "2020-08b").exit_code == 0
    assert ask(made, "forecast", "adopt", "2020-08b").exit_code == 4


def test_json_stays_pure_and_the_simulated_clock_is_told_beside_it(made):
    """Data on stdout, words on stderr."""
    done = ask(made, "result", "--format", "json")
    assert json.loads(done.stdout)
    assert done.stderr == "Simulerad klocka: ett exempel, ingen verklig bokföring.\n"


def test_the_record_is_exported(made, tmp_path):
    """As SQLite and as JSON lines."""
    path = tmp_path / "out.sqlite"
    assert ask(made, "export", "sqlite", "-o", str(path)).exit_code == 0
    assert path.read_bytes().startswith(b"SQLite format 3")
    assert ask(made, "export", "sqlite", "-o", str(path)).exit_code == 5
    lines = ask(made, "export", "events").stdout.splitlines()
    assert json.loads(lines[0])["topic"] == "organisation.founded"
    assert [json.loads(line)["position"] for line in lines[-2:]] == [len(lines) - 2, len(lines) - 1]


# ─── what is followed up beside the books ───────────────────────────────────────────────────────


def printed(name: str, document: str = "000_83cf9a7054f044bc") -> list[dict[str, str]]:
    """A table of the printed report."""
    with (FACTS / f"{name}.csv").open(encoding="utf-8", newline="") as facts:
        return [row for row in csv.DictReader(facts) if row["source_doc"] == document]


def rows_of(made, *arguments):
    """A command's JSON."""
    done = ask(made, *arguments, "--format", "json")
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


DIRECTIONS = {"qualitative": "judged", "new_measure": "judged"}
TRENDS = {"up": "improving", "unchanged": "unchanged", "down": "worsening"}
SYMBOLS = {"■": "reached", "●": "partly"}


def test_the_scorecard_is_the_printed_one(made):
    """Indicators, targets, outcomes, trends; the symbols that are left; where they are lost, what
    target and outcome give, or nothing."""
    facts = printed("scorecard")
    rows = rows_of(made, "scorecard", "--through", "2020-08", "--unit", "60")
    assert len(rows) == len(facts) == 14
    for row, fact in zip(rows, facts, strict=True):
        same = {n: row[n] for n in ("perspective", "success_factor", "indicator")}
        assert same == {name: fact[name] for name in same}
        assert row["goal"] == fact["target_text"]
        assert (row["target"] or "") == fact["target_value"]
        direction = fact["target_direction"]
        assert row["direction"] == DIRECTIONS.get(direction, direction)
        assert (row["value"] or "") == fact["outcome_value"]
        assert row["measured_in"] == (fact["outcome_unit"] or fact["target_unit"] or None)
        assert row["trend"] == TRENDS[fact["trend"]]
        symbol = SYMBOLS.get(fact["fulfilment_symbol_raw"])
        if symbol:
            assert row["fulfilment"] == symbol
    lost = {
        row["indicator"]: (row["fulfilment"], row["fulfilment_by"])
        for row, fact in zip(rows, facts, strict=True)
        if fact["fulfilment_symbol_raw"] not in SYMBOLS
    }
    assert sorted(lost.values(), key=str) == [
        ("not", "derived"),
        ("not", "derived"),
        ("reached", "derived"),
        ("reached", "judged"),
        (None, None),
        (None, None),
        (None, None),
    ]


def test_maintenance_that_fell_short_says_so(made):
    """973 of 986 is 98.7 percent: the target was not reached (arithmetic_checks.csv, 40)."""
    (check,) = [row for row in printed("arithmetic_checks") if row["check_id"] == "40"]
    rows = rows_of(made, "scorecard", "--through", "2020-08")
    (row,) = [row for row in rows if row["value"] == "973"]
    assert row["fulfilment"] == "not"
    assert row["target_percent"] == "98.68"
    assert round(Decimal(check["computed"]), 2) == Decimal(row["target_percent"])


def test_the_assignments_are_the_printed_ones(made):
    facts = printed("assignments")
    rows = rows_of(made, "assignments", "--through", "2020-08", "--unit", "60")
    names = {
        "assignment": "assignment",
        "ordered_by": "ordered_by",
        "progress": "status",
        "report": "status_text",
        "reason": "reason",
        "due": "due",
    }
    assert [{ours: row[ours] or "" for ours in names} for row in rows] == [
        {ours: fact[theirs] for ours, theirs in names.items()} for fact in facts
    ]


def mnkr(amount: str) -> Decimal:
    """Kronor in millions, as printed: one decimal, half up."""
    return (Decimal(amount) / 1_000_000).quantize(Decimal("0.1"), ROUND_HALF_UP)


def test_the_explanations_are_the_printed_ones_and_what_is_left_is_told(made):
    """Details under their line, and of the whole result what the text puts first; where they do
    not sum (arithmetic_checks.csv, 11 and 12) there is a remainder line."""
    facts = [f for f in printed("variance_explanations") if f["level"] != "total"]
    by_line = rows_of(made, "variances", "--unit", "60", "--through", "2020-08")
    whole = rows_of(made, "variances", "--by", "division", "--through", "2020-08")
    kinds = {"detail": "explanation", "memo": "memo", "category": "explanation"}
    for level, kind in kinds.items():
        rows = whole if level == "category" else by_line
        ours = [
            (row["text"], mnkr(row["amount"]))
            for row in rows
            if row["row_kind"] == kind and row["text"]
        ]
        assert ours == [
            (fact["explanation"], Decimal(fact["amount"]))
            for fact in facts
            if fact["level"] == level
        ]
    (left,) = [row for row in by_line if row["row_kind"] == "remainder"]
    assert (left["line"], mnkr(left["amount"])) == ("Övriga kostnader", Decimal("0.2"))
    (left,) = [row for row in whole if row["row_kind"] == "remainder"]
    assert mnkr(left["amount"]) == Decimal("-2.4")
    lines = {row["line"]: mnkr(row["amount"]) for row in by_line if row["row_kind"] == "variance"}
    wages = lines["Personalkostnader"] + lines["Personalomkostnader"]
    assert (wages, lines["Övriga kostnader"], lines["Avskrivningar"]) == (
        Decimal("4.0"),
        Decimal("6.3"),
        Decimal("2.6"),
    )
    assert lines[None] == Decimal("10.5")


def test_wages_against_last_year_are_hours_and_price(made):
    """What docs/example.md says. Hours: 149 922.02 against 153 562.88. Wages that no other driver
    has: −42 113 090.74 against −42 271 050.27. Volume: −42 271 050.27 × (149 922.02 − 153 562.88) /
    153 562.88 = +1 002 214.70; price the rest of the change of 157 959.53: −844 255.17."""
    asked = ("bridge", "--unit", "60", "--against", "last_year", "--through", "2020-08")
    rows = json.loads(ask(made, *asked, "--format", "json").stdout)
    wages = [row for row in rows if row["detail"] == "Personalkostnader"]
    assert [(row["driver"], row["amount"]) for row in wages] == [
        ("volume", "1002214.70"),
        ("price", "-844255.17"),
    ]
    result = ask(made, "result", "--by", "line", *asked[1:3], *asked[5:], "--format", "json")
    whole = json.loads(result.stdout)[-1]
    change = Decimal(whole["outcome"]) - Decimal(whole["last_year"])
    assert sum(Decimal(row["amount"]) for row in rows[:-1]) == change
    said = ask(made, *asked).stdout.replace("\u00a0", " ")
    assert "149 922,02 timmar mot 153 562,88; pris −280,90 kr mot −275,27 kr" in said
    told = ask(made, "bridge", "--unit", "60", "--through", "2020-08").stdout
    assert "delas inte i volym och pris: ingen kvantitet är angiven som budgetens" in told


def test_statistics_and_commentary_are_there(made):
    """The running text's incidents; a change from the year before; a section's text."""
    rows = {row["measure"]: row for row in rows_of(made, "statistics", "--through", "2020-08")}
    incidents = rows["Större driftstörningar"]
    names = ("value", "comparator_value", "change")
    assert [incidents[name] for name in names] == ["0", "2", "-2"]
    desk = rows["Inkomna ärenden servicedesk"]
    assert (desk["comparator"], desk["change_percent"]) == ("2019-08", "6.96")
    sections = [row["section"] for row in rows_of(made, "commentary", "--through", "2020-08")]
    assert sections[:2] == ["sammanfattning", "verksamhet"]
    assert len(sections) == 13


def test_the_page_s_commands_run(made):
    """docs/followed-up.md: its files are known to the demo, its tables have rows."""
    root = Path(__file__).parents[2]
    page = (root / "docs" / "followed-up.md").read_text(encoding="utf-8")
    lines = page.partition("```\n")[2].partition("```")[0].splitlines()
    assert len(lines) == 7
    for line in lines:
        words = shlex.split(line.replace("examples/", f"{root}/examples/"))[1:]
        done = ask(made, *words)
        assert done.exit_code == 0, done.output
        assert len(done.stdout.splitlines()) > (0 if words[0] in ("import", "record") else 4)
