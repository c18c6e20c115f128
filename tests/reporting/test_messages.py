"""What errors say in Swedish: every English key stands in the code, and forecasts have all."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from reporting.messages import messages, told

ROOT = Path(__file__).parents[2]
PACKAGES = ("ledger", "intake", "projections", "reporting", "assurance", "cli")
#: Modules whose errors all have Swedish. Add one when its messages are written.
SPOKEN = (
    "assurance/controls/control.py",
    "assurance/controls/running.py",
    "cli/control_run.py",
    "assurance/conclusions.py",
    "assurance/populations.py",
    "assurance/samples.py",
    "cli/control_assess.py",
    "cli/control_plan.py",
    "cli/control_sample.py",
    "cli/forecast.py",
    "cli/forecast_entry.py",
    "cli/forecast_explanation.py",
    "cli/forecast_scores.py",
    "cli/rounds.py",
    "cli/scenario.py",
    "ledger/families/finding.py",
    "ledger/families/control_draw.py",
    "ledger/families/control_plan.py",
    "ledger/families/forecast.py",
    "ledger/families/forecast_approval.py",
    "reporting/forecast_model.py",
    "reporting/forecast_sheet.py",
    "reporting/forecast_table.py",
)
#: Errors of the program, which nobody is told.
UNTOLD = ("ValueError", "TypeError", "Exit")


def pattern(node: ast.expr) -> str | None:
    """A text with `{}` for each value."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=values):
            return "".join(str(v.value) if isinstance(v, ast.Constant) else "{}" for v in values)
    return None


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


@cache
def texts() -> frozenset[str]:
    """Every text of the packages."""
    found = {
        text
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py")
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.expr) and (text := pattern(node)) is not None
    }
    return frozenset(found)


def test_every_key_is_a_text_of_the_code():
    """Nothing here outlives the message that it says."""
    assert sorted(set(messages()) - texts()) == []


def test_every_value_of_a_message_is_in_its_swedish_once():
    for english, swedish in messages().items():
        numbers = [int(n) for n in re.findall(r"\{(\d+)", swedish)]
        assert sorted(numbers) == list(range(english.count("{}"))), english


@pytest.mark.parametrize("module", SPOKEN)
def test_what_a_module_raises_has_its_swedish(module):
    raised = [
        text
        for node in ast.walk(tree_of(ROOT / module))
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call)
        if getattr(node.exc.func, "id", "") not in UNTOLD
        for argument in node.exc.args[:2]
        if (text := pattern(argument)) is not None
    ]
    assert sorted(set(raised) - set(messages())) == []


@pytest.mark.parametrize(
    ("english", "swedish"),
    [
        ("There is no unit '61'.", "Det finns ingen enhet '61'."),
        (
            "Near: 610, 6101. `ledger result --by unit` lists the units.",
            "Liknande: 610, 6101. `ledger result --by unit` visar enheterna.",
        ),
        ("Give --through 2020-08.", "Ange --through 2020-08."),
        (
            "6101 is submitted already in round 'T2'.",
            "6101 är redan inlämnad i prognosomgången 'T2'.",
        ),
        (
            "unit 6101 line 'Resor' wants a comment: -1234567.50 is but for the assumed -4.00 "
            "outside the model's 80 % interval, -2.00 to 1.00",
            "enheten 6101, raden 'Resor', ska ha en kommentar: −1 234 567,50 kr är, utan det "
            "antagna −4,00 kr, utanför modellens 80 %-intervall, −2,00 till 1,00 kr",
        ),
        ("Nobody said this yet: 12.", "Nobody said this yet: 12."),
        (
            "There is no unit 'x'. Nobody said.",
            "There is no unit 'x'. Nobody said.",
        ),
        ("", ""),
    ],
)
def test_a_message_in_both_languages(english, swedish):
    """Whole in Swedish, or as it is; English is what was raised."""
    assert told(english, "sv").replace("\u00a0", " ") == swedish
    assert told(english, "en") == english
