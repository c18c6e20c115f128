"""What messages say in Swedish: all that the code can say, found by its own English."""

import ast
import re
import tomllib
from functools import cache

import pytest

from reporting.messages import messages, told
from tests.reporting.said import ROOT, modules, said

#: Modules of which some messages are still told in English. Take one away when it has its Swedish.
UNSPOKEN: tuple[str, ...] = (
    "assurance/benford.py",
    "assurance/controls/control.py",
    "assurance/draws.py",
    "assurance/evaluation.py",
    "assurance/populations.py",
    "assurance/quantities.py",
    "assurance/sampling.py",
    "assurance/verification.py",
    "cli/accountability.py",
    "cli/bridge.py",
    "cli/control.py",
    "cli/demo.py",
    "cli/entries.py",
    "cli/erasing.py",
    "cli/explain.py",
    "cli/export.py",
    "cli/failure.py",
    "cli/marking.py",
    "cli/options.py",
    "cli/output.py",
    "cli/periods.py",
    "cli/plans.py",
    "cli/proving.py",
    "cli/rates.py",
    "cli/reconciling.py",
    "cli/recording.py",
    "cli/report.py",
    "cli/setup.py",
    "cli/staffing.py",
    "cli/times.py",
    "cli/trace.py",
    "intake/builders.py",
    "intake/cells.py",
    "intake/excel.py",
    "intake/layout.py",
    "intake/outcome.py",
    "intake/parts.py",
    "intake/profiles.py",
    "intake/reading.py",
    "intake/reconcile.py",
    "intake/sie/checks.py",
    "intake/sie/controls.py",
    "intake/sie/fields.py",
    "intake/sie/reader.py",
    "intake/sie/text.py",
    "intake/sie/vouchers.py",
    "intake/sie_import.py",
    "intake/table.py",
    "intake/text.py",
    "intake/wishes.py",
    "ledger/carried.py",
    "ledger/connection.py",
    "ledger/copies.py",
    "ledger/engine.py",
    "ledger/erasure.py",
    "ledger/events.py",
    "ledger/families/action.py",
    "ledger/families/assignment.py",
    "ledger/families/budget.py",
    "ledger/families/commentary.py",
    "ledger/families/control.py",
    "ledger/families/control_draw.py",
    "ledger/families/control_plan.py",
    "ledger/families/erasure_commands.py",
    "ledger/families/estimate.py",
    "ledger/families/followup.py",
    "ledger/families/forecast.py",
    "ledger/families/forecast_approval.py",
    "ledger/families/forecast_entry.py",
    "ledger/families/governance.py",
    "ledger/families/investment.py",
    "ledger/families/organisation.py",
    "ledger/families/organisation_commands.py",
    "ledger/families/outcome_commands.py",
    "ledger/families/outcome_reversal.py",
    "ledger/families/outcome_totals.py",
    "ledger/families/publication.py",
    "ledger/families/review.py",
    "ledger/families/risk.py",
    "ledger/families/roles.py",
    "ledger/families/scorecard.py",
    "ledger/families/sealing.py",
    "ledger/families/setting_rules.py",
    "ledger/families/staffing.py",
    "ledger/families/statistic.py",
    "ledger/log.py",
    "ledger/log_check.py",
    "ledger/measures.py",
    "ledger/money.py",
    "ledger/notes.py",
    "ledger/periods.py",
    "ledger/proof.py",
    "ledger/risk_matrix.py",
    "ledger/row_commands.py",
    "ledger/rows.py",
    "ledger/rules.py",
    "ledger/scan.py",
    "ledger/seals.py",
    "ledger/store.py",
    "ledger/surroundings.py",
    "ledger/totals.py",
    "projections/account_balance.py",
    "projections/action_plans.py",
    "projections/amounts.py",
    "projections/comparison.py",
    "projections/dimensions.py",
    "projections/event_history.py",
    "projections/forecast_rounds.py",
    "projections/internal_items.py",
    "projections/investment_frames.py",
    "projections/nouns.py",
    "projections/read_model.py",
    "projections/selections.py",
    "projections/side_by_side.py",
    "projections/staff_facts.py",
    "projections/staff_tables.py",
    "projections/tracing.py",
    "projections/voucher_journal.py",
    "reporting/archive.py",
    "reporting/history_table.py",
    "reporting/report/word.py",
    "reporting/staffing_table.py",
)
#: Values of messages that look like words, and are names: codes that people type, and settings.
NAMES = frozenset[str]()


@cache
def texts() -> frozenset[str]:
    """Every text of the packages, with `{}` for each value."""
    found = set()
    for module in modules().values():
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.add(re.sub(r"\{\w+\}", "{}", node.value))
            elif isinstance(node, ast.JoinedStr):
                parts = [v.value if isinstance(v, ast.Constant) else "{}" for v in node.values]
                found.add("".join(map(str, parts)))
    return frozenset(found)


def test_whatever_the_code_can_say_has_its_swedish():
    """A new message needs a line in `reporting/messages_sv/`: see the README there."""
    missing = {one for one in said() if one.text not in messages() and one.text not in NAMES}
    assert (
        sorted(f"{one.place}: {one.text!r}" for one in missing if one.place not in UNSPOKEN) == []
    )
    assert sorted(set(UNSPOKEN) - {one.place for one in missing}) == []


def test_what_is_a_name_is_said():
    """No name is kept here that no message has, or that has its Swedish."""
    assert sorted(NAMES - {one.text for one in said()} | NAMES & set(messages())) == []


def test_every_key_is_a_text_of_the_code():
    """Nothing here outlives the message that it says."""
    assert sorted(set(messages()) - texts()) == []


def test_every_key_stands_in_one_file():
    keys = [
        key
        for path in (ROOT / "reporting/messages_sv").glob("*.toml")
        for key in tomllib.loads(path.read_text("utf-8"))
    ]
    assert len(keys) == len(set(keys)) == len(messages())


def test_every_value_of_a_message_is_in_its_swedish_once():
    for english, swedish in messages().items():
        numbers = [int(n) for n in re.findall(r"\{(\d+)", swedish)]
        assert sorted(numbers) == list(range(english.count("{}"))), english


def test_every_message_is_found_by_its_own_english():
    """With values that are names, none is taken for another that looks like it."""
    for english, swedish in messages().items():
        words = english.split("{}")
        said_so = words[0] + "".join(f"'V{n}'{word}" for n, word in enumerate(words[1:]))
        meant = re.sub(r"\{(\d+)(?::\w+)?\}", r"'V\1'", swedish)
        assert told(said_so, "sv") == meant, english


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
