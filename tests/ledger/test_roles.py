"""Who may do what: roles decided by events, asked for under the lock, bound to accounts."""

import os

import pytest

from ledger.commands import Several, Source, Told, needed
from ledger.errors import (
    ApproverMissing,
    InputRefused,
    NotAllowed,
    OtherAccount,
    SecondPersonMissing,
    UsageError,
)
from ledger.families.forecast_approval import AdoptRound
from ledger.families.governance import ClosePeriods, ReopenPeriod
from ledger.families.organisation_commands import ChangeSettings
from ledger.families.review import Review
from ledger.families.roles import Roles
from ledger.families.sealing import RegisterKey, RotateKey
from ledger.identity import person, system_user
from tests.ledger.builders import ACTOR, new_store
from tests.ledger.people import acting, role, roles

SETTING = ChangeSettings((("a", "b", None),))


@pytest.fixture
def store(tmp_path):
    store = new_store(tmp_path)
    yield store
    store.close()


@pytest.fixture
def act(store, monkeypatch):
    return acting(store, monkeypatch)


@pytest.fixture
def team(store, act):
    """A store where Anna records from her own account, Bo and Cia approve, and Rut audits."""
    rows = (role("Anna", "recorder", "annaek"), role("Bo", "approver"), role("Cia", "approver"))
    act(roles(*rows, role("Rut", "auditor")), "chef")
    return act


def refused(act, command, actor) -> set[str]:
    with pytest.raises(InputRefused) as caught:
        act(command, actor)
    assert caught.value.exit_code == (3 if caught.value.problems[0].kind == "content" else 4)
    return {p.code for p in caught.value.problems}


def test_without_roles_everybody_may_do_everything(store, act) -> None:
    assert not store.book().state.of(Roles).in_use
    assert act(SETTING, "vem som helst").recorded == 1


def test_the_first_role_makes_somebody_approver(store, act) -> None:
    for first in ("recorder", "auditor"):
        with pytest.raises(ApproverMissing):
            act(roles(role("Anna", first)), "chef")
    assert not store.book().state.of(Roles).in_use, "nothing was recorded"
    assert act(roles(role("Anna", "recorder"), role("Bo", "approver")), "chef").recorded == 2


def test_the_last_approver_stays(team) -> None:
    team(roles(role("Bo", "approver", change="taken")), "Cia")
    with pytest.raises(ApproverMissing):
        team(roles(role("Cia", "approver", change="taken")), "Cia")
    handed = roles(role("Cia", "approver", change="taken"), role("Eva", "approver"))
    assert team(handed, "Cia").recorded == 2, "seen as the file leaves it"


def test_each_does_what_the_role_allows_and_no_more(store, team) -> None:
    assert team(SETTING, "Anna", "annaek").recorded == 1
    for command, actor, account in (
        (SETTING, "Bo", "bo"),
        (SETTING, "Rut", "rut"),
        (SETTING, "Okänd", "x"),
        (roles(role("Anna", "approver")), "Anna", "annaek"),
        (Review(3), "Anna", "annaek"),
        (AdoptRound("T2"), "Anna", "annaek"),
        (ReopenPeriod("2020-07", "fel", "Bo"), "Anna", "annaek"),
        (ClosePeriods(("2020-07",)), "Rut", "rut"),
    ):
        size = store.book().size
        with pytest.raises(NotAllowed) as caught:
            team(command, actor, account)
        assert caught.value.exit_code == 4
        assert caught.value.remedy
        assert store.book().size == size


def test_what_needs_an_approver() -> None:
    approver, recorder = frozenset({"approver"}), frozenset({"recorder"})
    eyes, other = ("four_eyes", "actor", None), ("a", "b", None)
    for command in (roles(), Review(1), AdoptRound("T2"), RegisterKey("k"), RotateKey("n", "o")):
        assert needed(command) == approver, command.kind
    assert needed(ChangeSettings((eyes,))) == approver
    assert needed(ChangeSettings((eyes, other))) == approver | recorder
    assert needed(SETTING) == recorder
    assert needed(Several("roles", (Told(), roles()))) == approver, "a file of roles"
    assert needed(Several("x", (Told(), SETTING, roles()))) == approver | recorder


def test_a_bound_name_is_taken_from_its_account_only(team) -> None:
    for actor in ("Anna", "  ANNA "):
        with pytest.raises(OtherAccount, match="annaek"):
            team(SETTING, actor, "bo")
    team(roles(role("Anna", "recorder", "anna2")), "Bo", "bo")
    with pytest.raises(OtherAccount):
        team(SETTING, "Anna", "annaek")
    assert team(SETTING, "Anna", "anna2").recorded == 1, "bound anew"


def test_an_auditor_has_no_other_role(team) -> None:
    assert refused(team, roles(role("Rut", "recorder")), "Bo") == {"auditor-alone"}
    assert refused(team, roles(role("anna", "auditor")), "Bo") == {"auditor-alone"}
    change = roles(role("Rut", "auditor", change="taken"), role("Rut", "recorder"))
    assert team(change, "Bo").recorded == 2


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (role("Eva", "chef"), "unknown-role"),
        (role("Eva", "recorder", change="lånad"), "unknown-role"),
        (role(" ", "recorder"), "empty-field"),
        (role("Eva", "recorder", change="taken"), "role-not-held"),
    ],
)
def test_rows_that_cannot_stand(team, row, code) -> None:
    assert refused(team, roles(row), "Bo") == {code}


def test_a_role_that_is_held_is_known_and_can_come_again(store, team) -> None:
    given = roles(role("Anna", "recorder", "annaek"))
    assert team(given, "Bo").known == 1
    team(roles(role("Anna", "recorder", change="taken")), "Bo")
    assert store.book().state.of(Roles).of("Anna") == frozenset()
    assert team(given, "Bo").recorded == 1


def test_the_second_person_is_an_approver_once_there_are_roles(team) -> None:
    team(ClosePeriods(("2020-08",)), "Anna", "annaek")
    with pytest.raises(NotAllowed, match="Anna is no approver"):
        team(ReopenPeriod("2020-08", "fel", "Anna"), "Bo")
    with pytest.raises(SecondPersonMissing):
        team(ReopenPeriod("2020-08", "fel", "b\u200bO"), "Bo")
    assert team(ReopenPeriod("2020-08", "fel", "cia"), "Bo").recorded == 1


def test_a_role_known_later_did_not_hold_before(store, act) -> None:
    size = store.book().size
    act(roles(role("Bo", "approver")), "chef")
    assert store.book().state.of(Roles).in_use
    assert not store.book().at(f"@{size}").state.of(Roles).in_use


def test_who_acts_has_a_name(store, act) -> None:
    for nobody in ("", "  ", "\u200b"):
        with pytest.raises(UsageError, match="no name"):
            act(SETTING, nobody)
    act(SETTING, "  Anna   Ek ")
    assert store.book().events("organisation.setting_changed")["actor"][-1] == "Anna Ek"


def test_people_are_told_apart_by_what_is_seen_of_their_names() -> None:
    assert person(" Anna   EK ") == person("anna ek") == person("Anna\u00a0Ek\u200b")
    assert person("Åsa") == person("A\u030asa")
    assert person("Anna") != person("Anne")


def test_the_account_is_the_process_s_own_whatever_the_environment_says(store, monkeypatch) -> None:
    pwd = pytest.importorskip("pwd")
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.setenv(name, "ekonomichef")
    assert system_user() == pwd.getpwuid(os.getuid()).pw_name
    store.record(SETTING, ACTOR, Source("test"))
    assert store.book().events("organisation.setting_changed")["user"][-1] == system_user()


def test_an_account_without_a_name_is_its_number(monkeypatch) -> None:
    pytest.importorskip("pwd")
    monkeypatch.setattr(os, "getuid", lambda: 3_999_999_999)
    assert system_user() == "uid 3999999999"


def test_roles_stand_in_the_log_with_their_decision(store, team) -> None:
    given = store.book().events("governance.role_given")
    assert given.select("person", "role", "system_user", "decision", "actor").rows()[0] == (
        "Anna", "recorder", "annaek", "Ekonomidirektören 2020-01-07", "chef",
    )  # fmt: skip
