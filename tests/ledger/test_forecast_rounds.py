"""Forecast rounds from entered to adopted: who may do what when, and what wants a comment.

RN ── 60 ─┬─ 610 ─┬─ 6101        the lines are Personal (4) and Lokaler (5)
          │       └─ 6102
          └─ 620
"""

import json
from dataclasses import replace

import pytest

from ledger.errors import (
    ForecastError,
    InputRefused,
    NotAllowed,
    NotApproved,
    RuleBroken,
    SecondPersonMissing,
    UsageError,
)
from ledger.events import decode
from ledger.families.forecast import Assume, Forecasts, OpenRound, Standing
from ledger.families.forecast_approval import (
    AdoptRound,
    ApproveForecast,
    ReturnForecast,
    SubmitForecast,
)
from ledger.families.forecast_entry import Beside, EnterForecast
from ledger.families.organisation_commands import (
    ChangeSettings,
    DecideStructures,
    RegisterUnits,
    StructureRow,
    UnitRow,
)
from projections.accountability import same_account
from tests.ledger.builders import ACTOR, new_store, post
from tests.ledger.people import acting, role, roles

UNITS = tuple(
    UnitRow(code, code, parent, level, "line", "2018-01")
    for code, parent, level in (
        ("60", "RN", "division"),
        ("610", "60", "area"),
        ("620", "60", "unit"),
        ("6101", "610", "unit"),
        ("6102", "610", "unit"),
    )
)
LINES = (
    StructureRow("s", "Personal", None, "4000", "4999", 1, "2018-01"),
    StructureRow("s", "Lokaler", None, "5000", "7999", 1, "2018-01"),
)


@pytest.fixture
def store(tmp_path, monkeypatch):
    """A store with a round R of 60 through October, opened by the controller."""
    monkeypatch.setattr("ledger.store.system_user", lambda: "control")
    store = new_store(tmp_path)
    post(store, {"date": "2020-10-31", "amount": -100_00})
    yield store
    store.close()


@pytest.fixture
def act(store, monkeypatch):
    """People who act, and a round that is open."""
    act = acting(store, monkeypatch)
    for command in (
        RegisterUnits(UNITS, "units.csv"),
        DecideStructures(LINES, "structures.csv"),
        OpenRound("R", "2020-10", "s", "60"),
    ):
        act(command, ACTOR, "control")
    return act


def rows(*places: tuple, **more) -> EnterForecast:
    """Entries by hand: (unit, line, öre)."""
    return EnterForecast(
        tuple(
            {"round": "R", "unit": u, "report_line": li, "amount": a, "comment": "plan", "line": n}
            | more
            for n, (u, li, a) in enumerate(places, 2)
        ),
        "forecast.csv",
    )


def setting(name: str, value: str) -> ChangeSettings:
    return ChangeSettings(((name, value, None),))


def states(store, *units: str) -> list[str]:
    state = store.book().state
    standing = Standing(state.of(Forecasts).round("R"), store.book().organisation)
    return [standing.of(unit) for unit in units]


def refused(act, command) -> list[str]:
    with pytest.raises(InputRefused) as caught:
        act(command, ACTOR, "control")
    return [problem.code for problem in caught.value.problems]


# ── the way of a round ─────────────────────────────────────────────────────────────────────────


def test_from_opened_to_adopted(store, act) -> None:
    """Each step has its event, and what it says is kept apart."""
    assert states(store, "6101") == ["opened"]
    act(rows(("6101", "Personal", -1)), "Anna", "anna")
    assert states(store, "6101", "6102") == ["entered", "opened"]
    act(SubmitForecast("R", "610", "klart"), "Anna", "anna")
    assert states(store, "610", "6101", "6102", "620") == ["submitted"] * 3 + ["opened"]
    act(ReturnForecast("R", "610", "för högt"), "Bo", "bo")
    act(rows(("6101", "Personal", -2)), "Anna", "anna")
    assert states(store, "6101") == ["returned"]
    act(SubmitForecast("R", "610"), "Anna", "anna")
    act(ApproveForecast("R", "610", "bra"), "Bo", "bo")
    assert states(store, "6101") == ["approved"]
    act(AdoptRound("R"), "Bo", "bo")
    assert states(store, "6101", "620") == ["adopted"] * 2
    book = store.book()
    assert [
        book.events(f"forecast.{step}").select("round", "unit", "actor").rows()
        for step in ("submitted", "returned", "approved")
    ] == [[("R", "610", "Anna")] * 2, [("R", "610", "Bo")], [("R", "610", "Bo")]]
    assert book.private("reason")["value"].to_list() == ["för högt"]
    assert book.private("comment")["value"].to_list() == ["plan", "klart", "plan", "bra"]


def test_what_is_submitted_stands_still(store, act) -> None:
    """Entries and assumptions, of the unit and all below it, and of no other."""
    act(rows(("6101", "Personal", -1)), ACTOR, "control")
    act(SubmitForecast("R", "610"), ACTOR, "control")
    assert refused(act, rows(("6102", "Personal", -1), ("620", "Personal", -1))) == [
        "forecast-submitted"
    ]
    made = {"round": "R", "unit": "6101", "assumption": "one_off"}
    assert refused(act, Assume((made,), "a.csv")) == ["forecast-submitted"]
    assert act(rows(("620", "Personal", -1)), ACTOR, "control").recorded == 1
    act(ReturnForecast("R", "6102", "ny hyra"), "Bo", "bo")
    assert states(store, "6101", "6102") == ["submitted", "returned"]
    assert act(rows(("6102", "Lokaler", -5)), ACTOR, "control").recorded == 1
    assert refused(act, rows(("6101", "Lokaler", -5))) == ["forecast-submitted"]


def test_an_area_that_submits_takes_its_units_with_it(store, act) -> None:
    """Approved units are then the area's, which is approved as a whole."""
    act(rows(("6101", "Personal", -1), ("6102", "Personal", -1)), "Anna", "anna")
    act(SubmitForecast("R", "6101"), "Anna", "anna")
    act(ApproveForecast("R", "6101"), "Bo", "bo")
    assert states(store, "6101", "6102") == ["approved", "entered"]
    with pytest.raises(RuleBroken, match="Not submitted in round 'R': 6102"):
        act(ApproveForecast("R", "610"), "Bo", "bo")
    act(SubmitForecast("R", "6102"), "Anna", "anna")
    act(ApproveForecast("R", "610"), "Bo", "bo")  # what is left of it, and it is whole
    assert states(store, "610", "6101", "6102") == ["approved"] * 3
    act(SubmitForecast("R", "60"), "Bo", "bo")
    assert states(store, "6101", "6102") == ["submitted"] * 2
    act(ApproveForecast("R", "60"), "Cia", "cia")
    assert states(store, "6101", "6102") == ["approved"] * 2


@pytest.mark.parametrize(
    ("command", "error", "why"),
    [
        (SubmitForecast("R", "620"), ForecastError, "Nothing is entered for 620"),
        (SubmitForecast("R", "6101"), RuleBroken, "6101 is submitted already"),
        (SubmitForecast("R", "RN"), UsageError, "not in the part of round"),
        (SubmitForecast("X", "610"), ForecastError, "no forecast round 'X'"),
        (ReturnForecast("R", "6101", " "), UsageError, "wants a reason"),
        (ReturnForecast("R", "6102", "nej"), RuleBroken, "Nothing of 6102 is submitted"),
        (ApproveForecast("R", "6102"), RuleBroken, "Not submitted"),
    ],
)
def test_steps_out_of_order(store, act, command, error, why) -> None:
    act(rows(("6101", "Personal", -1), ("6102", "Personal", -1)), ACTOR, "control")
    act(SubmitForecast("R", "6101"), ACTOR, "control")
    with pytest.raises(error, match=why):
        act(command, "Bo", "bo")


def test_nothing_moves_after_adoption(store, act) -> None:
    act(rows(("6101", "Personal", -1)), ACTOR, "control")
    act(AdoptRound("R"), ACTOR, "control")  # straight from entered: no setting demands more
    for command in (
        SubmitForecast("R", "610"),
        ReturnForecast("R", "610", "nej"),
        ApproveForecast("R", "610"),
    ):
        with pytest.raises(RuleBroken, match="adopted and locked"):
            act(command, "Bo", "bo")


# ── four eyes ──────────────────────────────────────────────────────────────────────────────────


def test_never_approved_by_one_who_entered_or_submitted_it(store, act) -> None:
    """By name or by account; one who only entered what was replaced is another."""
    act(rows(("6101", "Personal", -1)), "Eva", "eva")
    act(rows(("6101", "Personal", -2)), "Anna", "anna")
    act(SubmitForecast("R", "6101"), "Dan", "dan")
    for actor, account in (("Anna", "x"), ("dan", "y"), ("Bo", "anna"), ("Bo", "dan")):
        with pytest.raises(SecondPersonMissing):
            act(ApproveForecast("R", "610"), actor, account)
    assert act(ApproveForecast("R", "610"), "Eva", "eva").notices == ()


def test_one_account_is_told_where_the_name_decides(store, act) -> None:
    act(setting("four_eyes", "actor"), ACTOR, "control")
    act(rows(("6101", "Personal", -1)), "Anna", "shared")
    act(SubmitForecast("R", "6101"), "Anna", "shared")
    told = act(ApproveForecast("R", "6101"), "Bo", "shared").notices
    assert [notice.code for notice in told] == ["four-eyes-one-account"]
    book = store.book()
    (position,) = book.events("forecast.approved")["position"]
    assert same_account(book, position)
    assert not same_account(book, position - 1)


def test_returning_and_approving_are_the_approver_s(store, act) -> None:
    act(roles(role("Bo", "approver"), role("Anna", "recorder"), role("Cia", "recorder")), ACTOR)
    act(rows(("6101", "Personal", -1)), "Anna", "anna")
    act(SubmitForecast("R", "6101"), "Anna", "anna")
    for command in (ApproveForecast("R", "6101"), ReturnForecast("R", "6101", "nej")):
        with pytest.raises(NotAllowed):
            act(command, "Cia", "cia")
    act(ApproveForecast("R", "6101"), "Bo", "bo")
    with pytest.raises(NotAllowed):  # nor does a recorder say that nobody need approve
        act(setting("forecast.approval", "none"), "Anna", "anna")


# ── the setting ────────────────────────────────────────────────────────────────────────────────


def test_where_approval_is_demanded_adoption_says_what_lacks(store, act) -> None:
    act(setting("forecast.approval", "approved"), ACTOR, "control")
    act(rows(("6101", "Personal", -1), ("6102", "Personal", -1)), "Anna", "anna")
    act(rows(("620", "Personal", -1)), "Anna", "anna")
    act(SubmitForecast("R", "610"), "Anna", "anna")
    act(ReturnForecast("R", "6102", "nej"), "Bo", "bo")
    with pytest.raises(NotApproved) as caught:
        act(AdoptRound("R"), "Bo", "bo")
    assert caught.value.exit_code == 4
    assert caught.value.message == (
        "Not approved in round 'R': 6101 (submitted), 6102 (returned), 620 (entered)."
    )
    act(SubmitForecast("R", "60"), "Anna", "anna")
    act(ApproveForecast("R", "60"), "Bo", "bo")
    assert act(AdoptRound("R"), "Bo", "bo").recorded == 1


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("forecast.approval", "yes"),
        ("forecast.comment_over", "mycket"),
        ("forecast.comment_over", "-1"),
        ("forecast.comment_over", "0,001"),
        ("forecast.comment_over_percent", "5 %"),
    ],
)
def test_a_setting_that_means_nothing_is_refused(act, name, value) -> None:
    with pytest.raises(UsageError, match=f"{name} cannot be"):
        act(setting(name, value), ACTOR, "control")


# ── the model's figure, and comments ───────────────────────────────────────────────────────────

MODEL = {
    "model_amount": -100_00,
    "p10": -120_00,
    "p90": -80_00,
    "model": "combination",
    "inputs_size": 7,
    "inputs_root": "ab",
    "seed": 0,
    "libraries": "polars=1",
}
PLACE = ("R", "6101", "Personal")


def beside(command: EnterForecast, previous: int | None = None) -> EnterForecast:
    """The command where 1 000 kr are booked, and the model and perhaps another round speak."""
    return replace(command, beside={PLACE: Beside(-1_000_00, previous, MODEL)})


@pytest.mark.parametrize("method", ["manual", "budget", "previous", "model"])
def test_the_model_s_figure_is_kept_whatever_the_method(store, act, method) -> None:
    given = {"method": method} | (MODEL if method == "model" else {})
    act(beside(rows((*PLACE[1:], -100_00), **given)), ACTOR, "control")
    event = store.book().events("forecast.entered")
    assert {name: event[name][0] for name in MODEL} == MODEL
    assert event.select("method", "amount").rows() == [(method, -100_00)]


@pytest.mark.parametrize("method", ["budget", "previous"])
@pytest.mark.parametrize(("ore", "wants"), [(-120_00, 0), (-80_00, 0), (-120_01, 1), (-79_99, 1)])
def test_outside_the_interval_a_comment_is_demanded(store, act, method, ore, wants) -> None:
    """The ends are inside."""
    command = beside(rows((*PLACE[1:], ore), method=method, comment=None))
    if wants:
        assert refused(act, command) == ["comment-demanded"]
        command = replace(command, rows=({**command.rows[0], "comment": "ny hyresgäst"},))
    assert act(command, ACTOR, "control").recorded == 1


@pytest.mark.parametrize(
    ("settings", "previous", "ore", "wants"),
    [
        ({"comment_over": "10"}, -90_00, -100_00, False),  # 10 kr is not beyond 10 kr
        ({"comment_over": "10"}, -90_00, -100_01, True),
        ({"comment_over": "10"}, None, -110_01, True),  # without a round, from the model
        ({"comment_over": "10"}, None, -109_99, False),
        ({"comment_over": ""}, -90_00, -120_00, False),
        # 1 % of the previous round's year-end, −1 000 − 90 kr, is 10.90
        ({"comment_over_percent": "1"}, -90_00, -100_90, False),
        ({"comment_over_percent": "1"}, -90_00, -100_91, True),
        ({"comment_over": "100", "comment_over_percent": "1"}, -90_00, -100_91, True),
    ],
)
def test_beyond_a_threshold_a_comment_is_demanded(act, settings, previous, ore, wants) -> None:
    for name, value in settings.items():
        act(setting(f"forecast.{name}", value), ACTOR, "control")
    command = beside(rows((*PLACE[1:], ore), method="budget", comment=None), previous=previous)
    if wants:
        assert refused(act, command) == ["comment-demanded"]
    else:
        assert act(command, ACTOR, "control").recorded == 1


def test_months_are_judged_together_once_they_are_all_there(store, act) -> None:
    """The model speaks of the sum of November and December; one comment is enough for both."""

    def month(period: str, ore: int, comment: str | None = None) -> EnterForecast:
        way = {"period": period, "method": "budget", "comment": comment}
        return beside(rows((*PLACE[1:], ore), **way))

    assert act(month("2020-11", -500_00), ACTOR, "control").recorded == 1
    assert refused(act, month("2020-12", -1_00)) == ["comment-demanded"]
    act(month("2020-12", -1_00, "engångskostnad i november"), ACTOR, "control")
    assert act(month("2020-11", -501_00), ACTOR, "control").recorded == 1
    assert refused(act, rows((*PLACE[1:], -1))) == ["entry-mixed"]


def test_form_1_kept_the_model_s_figure_where_it_was_entered() -> None:
    """An entry by hand had none; both read as form 2."""
    head = {"v": 1, "recorded_at": "t", "actor": "a", "user": "u", "source": "s"}
    content = {"round": "R", "unit": "1", "report_line": "L", "amount": -7}

    def read(**more):
        both = {**head, **content, **more}
        stored = json.dumps(both, sort_keys=True, separators=(",", ":")).encode()
        return decode("forecast.entered", stored)[0]

    assert read(method="model").model_amount == -7
    assert read(method="manual").model_amount is None
