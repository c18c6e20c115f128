"""Four eyes: a second person looks at what somebody recorded."""

import pytest

from ledger.errors import (
    NotReviewable,
    ReviewedAlready,
    RuleBroken,
    SecondPersonMissing,
    UsageError,
)
from ledger.families.governance import ClosePeriods
from ledger.families.organisation_commands import ChangeSettings
from ledger.families.outcome_reversal import ReverseVouchers
from ledger.families.review import Review
from projections.accountability import same_account
from tests.ledger.builders import ACTOR, new_store, post, wage
from tests.ledger.people import acting, role, roles

NAME_ALONE = ChangeSettings((("four_eyes", "actor", None),))


@pytest.fixture
def store(tmp_path, monkeypatch):
    """A store in which the controller, from an account of their own, posted two vouchers."""
    monkeypatch.setattr("ledger.store.system_user", lambda: "control")
    store = new_store(tmp_path)
    post(store, *wage("1", 100_00), *wage("2", 10_00))
    yield store
    store.close()


@pytest.fixture
def act(store, monkeypatch):
    return acting(store, monkeypatch)


def batch(store) -> str:
    return store.book().events("outcome.posted")["stream"][0]


def reviews(store) -> list[tuple]:
    frame = store.book().events("governance.entry_reviewed")
    return frame.select("batch", "entry", "actor").rows()


def test_a_second_person_reviews_a_batch(store, act) -> None:
    assert act(Review(batch(store), "stickprov"), "Bo", "bo").notices == ()
    assert reviews(store) == [(batch(store), None, "Bo")]
    assert store.book().private("comment")["value"].to_list() == ["stickprov"]


@pytest.mark.parametrize(
    ("actor", "account", "why"),
    [
        (ACTOR, "bo", "the name alone differs not"),
        (f" {ACTOR.upper()} ", "bo", "nor does another spelling of it"),
        ("Bo", "control", "nor is another name from the same account another person"),
    ],
)
def test_never_by_the_one_who_recorded_it(store, act, actor, account, why) -> None:
    for target in (batch(store), store.book().postings()["position"][0]):
        with pytest.raises(SecondPersonMissing):
            act(Review(target), actor, account)
    assert reviews(store) == [], why


def test_where_people_share_an_account_the_name_alone_can_decide_and_that_is_said(
    store, act
) -> None:
    act(NAME_ALONE, "Bo", "bo")
    receipt = act(Review(batch(store)), "Bo", "control")
    assert [n.code for n in receipt.notices] == ["four-eyes-one-account"]
    assert act(Review(batch(store)), "Eva", "eva").notices == (), "not where they do not"
    book = store.book()
    told = [same_account(book, at) for at in book.events("governance.entry_reviewed")["position"]]
    assert told == [True, False], "each review says so in its history"
    with pytest.raises(SecondPersonMissing):
        act(Review(batch(store)), ACTOR, "bo")
    changed = store.book().events("organisation.setting_changed")
    assert changed.select("setting", "value").row(-1) == ("four_eyes", "actor"), "in the history"


def test_four_eyes_compare_what_they_can_compare(store, act) -> None:
    default = ChangeSettings((("four_eyes", "actor,user", None),))
    assert act(default, "Bo").known == 1, "it is so from the beginning"
    with pytest.raises(UsageError, match="actor,user; actor"):
        act(ChangeSettings((("four_eyes", "nobody", None),)), "Bo")


def test_an_outcome_event_stands_for_its_voucher(store, act) -> None:
    first, second = store.book().postings()["position"].to_list()[:2]
    act(Review(second), "Bo", "bo")
    assert reviews(store) == [(batch(store), first, "Bo")]
    with pytest.raises(ReviewedAlready):
        act(Review(first), "Bo", "bo")
    act(ReverseVouchers((first,), "fel"), ACTOR, "control")
    back = store.book().events("outcome.reversed")
    act(Review(back["position"][1]), "Bo", "bo")
    assert reviews(store)[-1] == (back["stream"][0], back["position"][0], "Bo")


def test_each_person_reviews_once(store, act) -> None:
    act(Review(batch(store)), "Bo", "bo")
    with pytest.raises(ReviewedAlready) as caught:
        act(Review(batch(store)), " bO", "annan")
    assert (caught.value.exit_code, bool(caught.value.remedy)) == (4, True)
    act(Review(batch(store)), "Eva", "eva")
    assert [actor for *_, actor in reviews(store)] == ["Bo", "Eva"]
    act(Review(store.book().postings()["position"][0]), "Bo", "bo")  # and an entry of it by itself


def test_what_is_no_batch_or_event_or_is_a_review_is_not_reviewed(store, act) -> None:
    act(Review(batch(store)), "Bo", "bo")
    review = store.book().size - 2
    for target in ("batch:none:1", 10**6, -1, review, review + 1):
        with pytest.raises(NotReviewable):
            act(Review(target), "Eva", "eva")
    assert issubclass(NotReviewable, RuleBroken)


def test_any_batch_can_be_reviewed_a_closing_too(store, act) -> None:
    act(ClosePeriods(("2020-08",)), ACTOR, "control")
    closed = store.book().events("governance.period_closed")["position"][0]
    admitted = store.book().events("governance.batch_admitted")
    with pytest.raises(SecondPersonMissing):
        act(Review(closed), ACTOR, "bo")
    act(Review(closed), "Bo", "bo")
    act(Review(admitted["position"][-1]), "Bo", "bo")
    name = admitted["batch"][-1]
    assert reviews(store) == [(name, closed, "Bo"), (name, None, "Bo")]


def test_reviewing_wants_an_approver_once_there_are_roles(store, act) -> None:
    act(roles(role("Bo", "approver"), role("Eva", "recorder")), "chef", "chef")
    with pytest.raises(RuleBroken, match="review is for approver"):
        act(Review(batch(store)), "Eva", "eva")
    assert act(Review(batch(store)), "Bo", "bo").recorded == 1
