"""What is asked of forecasts in a wrong way: one exit code for a kind of mistake, and a way out."""

import pytest

from tests.cli.test_rounds import opened as opened  # a fixture

FUTURE = ("--through", "2021-03")
PAST = ("--through", "2017-03")
BY_HAND = ("--line", "Personalkostnader", "--amount", "-5", "--comment", "så")


def failed(run, *words) -> tuple[int, str]:
    done = run(*words)
    return done.exit_code, done.stderr


@pytest.mark.parametrize("through", [FUTURE, PAST])
@pytest.mark.parametrize(
    "words",
    [("forecast",), ("forecast", "explain"), ("forecast", "compare"), ("scenario", "run")],
)
def test_a_month_without_outcome_is_no_month_to_forecast_from(opened, words, through):
    """7 in all of them, with the month to ask for."""
    code, said = failed(opened, *words, *through)
    assert code == 7
    assert ("--through 2020-08" if through == FUTURE else "--through 2018-01") in said


@pytest.mark.parametrize(
    ("words", "known"),
    [
        (("forecast", "--by", "month"), "unit, area, division, region, line, account"),
        (("forecast", "--by", "enhet"), "unit, area, division, region, line, account"),
        (("forecast", "compare", "--by", "month"), "unit, area, division, region, line, account"),
        (("scenario", "run", "--by", "month"), "unit, area, division, region, line."),
        (("scenario", "run", "--by", "account"), "unit, area, division, region, line."),
    ],
)
def test_rows_that_there_are_not_are_told_with_those_that_there_are(opened, words, known):
    code, said = failed(opened, *words)
    assert code == 2
    assert known in said
    assert "month" not in said.split("Tillgängliga:")[1]


def test_rows_by_any_level_of_the_tree(opened):
    assert opened("forecast", "--by", "region").exit_code == 0


def test_help_does_not_promise_months(opened):
    for words in (("forecast", "run"), ("forecast", "compare"), ("scenario", "run")):
        text = " ".join(opened(*words, "--help").stdout.split())
        assert "activity, month" not in text
        assert "en annan nivå" in text


@pytest.mark.parametrize("file", ["forecast.csv", "assumptions.csv"])
def test_a_file_of_another_round_is_refused(opened, folder, file):
    """And so is what the file's rows say themselves; the right round is taken."""
    (folder / "assumptions.csv").write_text(
        "round,unit,line,kind,amount\nT2,6101,Personalkostnader,one_off,-5\n", "utf-8"
    )
    verb = "enter" if file == "forecast.csv" else "assume"
    code, said = failed(opened, "forecast", verb, "--from", file, "--round", "T9")
    assert (code, "'T2', och --round säger 'T9'" in said) == (2, True)
    code, said = failed(opened, "forecast", verb, "--from", file, "--unit", "6101")
    assert (code, "Utelämna --unit, eller --from." in said) == (2, True)
    assert opened("forecast", verb, "--from", file, "--round", "T2").exit_code == 0


def test_what_a_round_s_state_forbids_is_a_rule_for_entries_and_assumptions(opened):
    """4 where nothing may be changed any more, or no round is; 3 where the input is wrong."""
    enter = ("forecast", "enter", "--unit", "6101", *BY_HAND)
    assume = ("forecast", "assume", "--unit", "6101", "--amount", "-5")
    ok = opened("forecast", "enter", "--from", "forecast.csv")
    assert ok.exit_code == 0
    for words in (enter, assume):
        assert failed(opened, *words, "--round", "T9")[0] == 4
    assert opened("forecast", "submit", "T2", "--unit", "6101").exit_code == 0
    for words in (enter, assume):
        code, said = failed(opened, *words, "--round", "T2")
        assert (code, "[forecast-submitted]" in said) == (4, True)
    assert opened("forecast", "adopt", "T2").exit_code == 0
    for words in (enter, assume):
        code, said = failed(opened, *words, "--round", "T2")
        assert (code, "[round-adopted]" in said) == (4, True)


@pytest.mark.parametrize("method", ["model", "budget", "previous"])
def test_an_unknown_unit_or_line_is_wrong_input_by_hand_and_by_method(opened, method):
    by_method = ("forecast", "enter", "--round", "T2", "--method", method)
    code, said = failed(opened, *by_method, "--unit", "999")
    assert (code, "[unknown-unit]" in said) == (3, True)
    assert failed(opened, "forecast", "enter", "--round", "T2", "--unit", "999", *BY_HAND)[0] == 3
    code, said = failed(opened, *by_method, "--line", "Resor")
    assert (code, "[unknown-line]" in said) == (3, True)


def test_a_dry_run_says_what_it_would_have_been(opened):
    done = opened("forecast", "enter", "--round", "T2", "--unit", "6101", *BY_HAND, "--dry-run")
    assert "Så hade det blivit:" in done.stderr
    assert (
        "Så hade det blivit:"
        in opened(
            "mark", "x", "--kind", "special", "--reason", "så", "--account", "4010", "--dry-run"
        ).stderr
    )


def test_an_unknown_unit_is_told_what_lists_them(opened):
    """And the command does."""
    code, said = failed(opened, "forecast", "--unit", "610l")
    assert (code, "`ledger result --by unit` visar enheterna." in said) == (2, True)
    assert "Liknande: 610" in said
    assert "6201" in opened("result", "--by", "unit").stdout


def test_a_second_person_is_asked_for_as_the_command_takes_one(opened):
    """`approve` has no --approved-by: it is given by somebody else."""
    for words in (("enter", "--from", "forecast.csv"), ("submit", "T2", "--unit", "6101")):
        assert opened("forecast", *words).exit_code == 0
    code, said = failed(opened, "forecast", "approve", "T2", "--unit", "6101")
    assert (code, "--approved-by" in said) == (4, False)


def test_an_accuracy_of_a_year_that_is_not_closed_says_what_to_ask(opened, folder):
    """The year's months are booked and none is closed after August: the default scores nothing."""
    assert opened("forecast", "enter", "--from", "forecast.csv").exit_code == 0
    assert opened("forecast", "adopt", "T2").exit_code == 0
    for period in ("2018", "2019", "2020-T1", "2020-T2"):
        assert opened("close", period).exit_code == 0
    rows = "".join(f"2020-{m},6101,4010,-1000\n" for m in ("09", "10", "11", "12"))
    (folder / "balances-rest.csv").write_text("period,unit,account,amount\n" + rows, "utf-8")
    assert opened("import", "balances-rest.csv").exit_code == 0
    assert "ge --through 2020-12" in opened("forecast", "accuracy").stdout
    assert "ge --through" not in opened("forecast", "accuracy", "--through", "2020-12").stdout
