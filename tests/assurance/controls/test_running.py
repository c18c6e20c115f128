"""A run of controls: which, with which parameters, and what is material."""

import pytest

import ledger
from assurance.controls import (
    CONTROLS,
    BadParameter,
    Control,
    Evidence,
    Materiality,
    NoSuchControl,
    key_of,
    run,
)
from ledger.commands import Source
from ledger.errors import NotAllowed
from ledger.families.control_plan import SetMateriality
from ledger.families.organisation_commands import ChangeSettings
from ledger.families.roles import ChangeRoles, RoleRow
from tests.projections.builders import Books


@pytest.fixture
def books(tmp_path):
    """A cost of 25 000 kronor on one unit, and of 35 000 on another."""
    made = Books(tmp_path)
    made.post(("2020-06", "6101", "4010", -25_000_00), ("2020-06", "6201", "4010", -35_000_00))
    yield made
    made.store.close()


def round_amounts(books, **ask):
    """Severities of the findings, and how many are below trivial."""
    (result,) = run(ledger.open(books.path), ["round_amounts"], **ask)
    return [each.severity for each in result.findings], result.below_trivial


def test_without_anything_said(books):
    """Every finding is listed, as grave as its control says."""
    assert round_amounts(books) == (["low", "low"], 0)


def test_by_settings(books):
    """Kronor; the year and the unit do not matter."""
    books.record(ChangeSettings((("control.trivial", "30000", None),)))
    assert round_amounts(books) == (["low"], 1)
    books.record(
        ChangeSettings((("control.trivial", "", None), ("control.material", "35000", None)))
    )
    assert round_amounts(books) == (["high", "low"], 0)
    books.record(ChangeSettings((("control.trivial", "en del", None),)))
    with pytest.raises(BadParameter, match=r"control\.trivial"):
        round_amounts(books)


def test_by_what_is_material(books):
    """In the year and the finding's own unit, or the nearest above, whatever is asked about; it
    rules before the settings."""
    books.record(ChangeSettings((("control.material", "1", None),)))
    rows = tuple(
        {"year": year, "unit": unit, "overall": 9_000_000, "performance": performance, "trivial": 1}
        for year, unit, performance in (
            ("2020", "60", 3_000_000),
            ("2020", "610", 2_000_000),
            ("2019", "60", 1_000_000),
        )
    )
    books.record(SetMateriality(rows, "materiality.csv"))
    assert round_amounts(books, unit="6101") == (["high"], 0)
    assert round_amounts(books, unit="6201") == (["high"], 0)
    assert round_amounts(books, unit="60") == (["high", "high"], 0)
    assert round_amounts(books) == (["high", "high"], 0)
    evidence = Evidence(ledger.open(books.path), unit="6101")
    assert Materiality.of(evidence) == Materiality(1, 2_000_000)


def test_what_is_asked_about(books):
    """Months, years and units narrow it."""
    assert len(round_amounts(books, unit="6101")[0]) == 1
    assert round_amounts(books, through="2020-05") == ([], 0)
    assert round_amounts(books, year="2019") == ([], 0)
    assert len(round_amounts(books, year="2020", through="2020-06")[0]) == 2


def test_parameters(books):
    """For this run, else of the settings, else the default; they stand in the result."""
    name = "round_amounts.multiple"
    books.record(ChangeSettings(((f"control.{name}", "10000", None),)))
    (result,) = run(ledger.open(books.path), ["round_amounts"])
    assert (result.parameters, len(result.findings)) == ({"multiple": "10000"}, 0)
    (result,) = run(ledger.open(books.path), ["round_amounts"], given={name: "35000"})
    assert (result.parameters, len(result.findings)) == ({"multiple": "35000"}, 1)


@pytest.mark.parametrize(
    ("parameter", "text"),
    [
        ("late.days", "-1"),
        ("late.days", "många"),
        ("near_limit.limits", "50000; x"),
        ("near_limit.limits", "-1"),
        ("near_limit.margin", "en"),
        ("night.from", "24:00"),
        ("budget_overrun.by", "moon"),
        ("budget_overrun.least", "1.001"),
    ],
)
def test_values_that_a_parameter_cannot_have(books, parameter, text):
    """Refused by name, before anything runs."""
    with pytest.raises(BadParameter, match="The default is") as refused:
        list(run(ledger.open(books.path), given={parameter: text}))
    assert parameter in str(refused.value)


def test_names_that_there_are_not(books):
    """Of controls, and of parameters of those that run."""
    book = ledger.open(books.path)
    for names, given in ((["luck"], {}), ([], {"late.luck": "1"}), (["late"], {"night.to": "1"})):
        with pytest.raises(NoSuchControl):
            list(run(book, names, given=given))


def test_who_changes_what_is_looked_for(books):
    """Where there are roles an approver: else whoever records could silence a control."""
    rows = (RoleRow("chef", "approver", "RS 1"), RoleRow("controller", "recorder", "RS 1"))
    books.record(ChangeRoles(rows, "roles.csv"))
    change = ChangeSettings((("control.late.days", "400", None),))
    with pytest.raises(NotAllowed):
        books.record(change)
    books.store.record(change, "chef", Source("test"))


def test_an_empty_log_has_nothing_to_find(tmp_path):
    """Every control runs, and finds nothing in nothing."""
    made = Books(tmp_path)
    made.store.close()
    found = list(run(ledger.open(made.path)))
    assert [each.control for each in found] == list(CONTROLS)
    assert {(each.population, each.tested, each.findings) for each in found} == {(0, 0, ())}


def test_month_totals_are_no_postings(tmp_path):
    """A year kept by month totals has no vouchers to look at; budgets and publications have."""
    made = Books(tmp_path)
    made.totals(("2020-06", "6101", "4010", -25_000_00))
    made.store.close()
    found = {each.control: each for each in run(ledger.open(made.path))}
    assert {name for name, each in found.items() if each.population} == {
        "budget_overrun", "unexplained_variance", "comment_not_tied",
    }  # fmt: skip


def test_a_key_follows_from_control_and_events():
    """In any order; of another control another."""
    assert key_of("late", (3, 1)) == key_of("late", (1, 3)) != key_of("night", (1, 3))
    assert len(key_of("late", (1,))) == 16


def test_a_name_is_taken_once():
    """A second control of a name is a mistake in the program."""
    with pytest.raises(TypeError, match="share the name late"):
        type("Other", (Control,), {"name": "late"})
