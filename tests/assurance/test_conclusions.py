"""What a sample of the record says: the bounds of `assurance.evaluation` over what was found."""

from fractions import Fraction

import pytest

from assurance.conclusions import conclude
from assurance.evaluation import monetary_unit_bound, stringer_bound, upper_deviation_limit
from assurance.populations import Selection
from assurance.samples import Wish, commit, judged, sampled
from assurance.sampling import monetary_unit_sample_size
from ledger.commands import Source
from ledger.errors import SampleRefused, SecondPersonMissing, UsageError
from ledger.families.control_draw import (
    CommitSample,
    DrawSample,
    EvaluateSample,
    RecordAssessments,
    ReviewAssessments,
)
from ledger.families.control_plan import SetMateriality
from ledger.families.control_sample import Samples
from ledger.families.organisation_commands import ChangeSettings
from ledger.money import to_decimal
from tests.ledger.builders import ACTOR, new_store, post, wage

COSTS = Selection("RN", accounts="4010", first="2020-01", last="2020-12")


@pytest.fixture
def store(tmp_path):
    """500 wages, of 1 to 499 kronor and one of 20 000."""
    made = new_store(tmp_path)
    amounts = [20_000_00, *((n * 317 % 499 + 1) * 100 for n in range(499))]
    vouchers = [wage(str(n), amount) for n, amount in enumerate(amounts)]
    post(made, *(row for rows in vouchers for row in rows))
    made.record(ChangeSettings((("four_eyes", "actor", None),)), ACTOR, Source("test"))
    yield made
    made.close()


def draw(store, name, wish):
    """Commit and draw; gives the sample."""
    event = commit(store.book(), name, COSTS, wish)
    store.record(CommitSample(event), ACTOR, Source("test"))
    store.record(DrawSample(sampled(store.book(), name)), ACTOR, Source("test"))
    return store.book().state.of(Samples).named[name]


def assess(store, drawn, wrong=(), **rows):
    """All items fine but those in ``wrong``: a mapping from item to its row."""
    told = [
        {
            "sample": drawn.event.sample,
            "item": item,
            "assessment": "fine",
            **dict(wrong).get(item, {}),
        }
        for item in drawn.items
    ]
    command = RecordAssessments(tuple(told), "paper.xlsx", **rows)
    return store.record(command, ACTOR, Source("paper.xlsx"))


def materiality(store, overall, performance):
    """What is material in the whole organisation in 2020, öre."""
    row = {"year": "2020", "unit": "RN", "overall": overall, "trivial": 1_00}
    command = SetMateriality(({**row, "performance": performance},), "m.csv")
    assert store.record(command, ACTOR, Source("m.csv")).recorded == 1


def figure(found, name):
    """A figure by its name."""
    return next(each for each in found.figures if each.name == name)


def test_how_often_at_most(store):
    """Three of 60 from 500: the hypergeometric limit, rounded up to a millionth."""
    drawn = draw(store, "S", Wish("random", size=60))
    items = list(drawn.items)
    wrong = {
        items[0]: {"assessment": "deviation", "cause": "Fel person attesterade"},
        items[1]: {"assessment": "missing"},
        items[2]: {"assessment": "misstatement", "audited": 0},
    }
    assess(store, drawn, wrong)
    found = conclude(store.book(), "S", tolerable="0.15")
    limit = upper_deviation_limit(3, 60, "0.95", distribution="hypergeometric", population=500)
    assert float(found.event.upper_rate or 0) == pytest.approx(limit, abs=1e-6)
    assert (found.event.deviations, found.event.misstated, found.event.missing) == (1, 1, 1)
    assert found.event.sample_verdict == "within"
    assert conclude(store.book(), "S", tolerable="0.10").event.sample_verdict == "beyond"
    assert conclude(store.book(), "S").event.sample_verdict == "not_measured"
    assert figure(found, "difference").amount != 0


def test_by_how_much_at_most(store):
    """Stringer's bound over the units hit, times what was drawn from, and what is known of the
    large item; in three parts as auditors write it."""
    drawn = draw(store, "M", Wish("monetary_unit", size=30))
    inside = [item for item in drawn.items.values() if item.part == "drawn"]
    large = next(item for item in drawn.items.values() if item.part == "whole")
    assert large.amount == -20_000_00
    first = inside[0]
    wrong = {
        first.id: {"assessment": "misstatement", "audited": first.amount // 2},
        large.id: {"assessment": "misstatement", "audited": large.amount + 100_00},
    }
    assess(store, drawn, wrong)
    found = conclude(store.book(), "M", tolerable_amount=1_000_000_00)
    part = Fraction(first.amount - first.amount // 2, first.amount)
    taints = [part] * first.hits + [0] * (sum(item.hits for item in inside) - first.hits)
    value = next(abs(p.amount) for p in drawn.parts if p.name == "drawn")
    expected = stringer_bound(taints, len(taints), "0.95") * value + 100_00
    assert found.event.upper == pytest.approx(expected, abs=1)
    assert figure(found, "known").amount == 100_00
    interval = Fraction(drawn.event.sampling_interval)
    three = monetary_unit_bound([part] * first.hits, interval, "0.95", known=100_00)
    assert figure(found, "three_part").amount == pytest.approx(three.upper, abs=1)
    assert found.event.projected == pytest.approx(three.projected, abs=1)
    assert (found.event.bound, found.event.sample_verdict) == ("stringer", "within")
    assert figure(found, "stringer").amount <= figure(found, "three_part").amount


def test_what_is_missing_is_wholly_wrong(store):
    drawn = draw(store, "M", Wish("monetary_unit", size=30))
    one = next(item for item in drawn.items.values() if item.part == "drawn")
    assess(store, drawn, {one.id: {"assessment": "missing"}})
    found = conclude(store.book(), "M")
    assert found.event.projected == pytest.approx(
        Fraction(drawn.event.sampling_interval) * one.hits, abs=1
    )
    assert found.event.sample_verdict == "not_measured"


def test_too_little_booked_is_no_overstatement(store):
    """A cost that should have been larger: a negative taint, that Stringer's bound leaves out."""
    drawn = draw(store, "M", Wish("monetary_unit", size=30))
    one = next(item for item in drawn.items.values() if item.part == "drawn")
    audited = {one.id: {"assessment": "misstatement", "audited": one.amount * 2}}
    assess(store, drawn, audited)
    found = conclude(store.book(), "M")
    assert found.event.projected == -round(Fraction(drawn.event.sampling_interval) * one.hits)
    offset = figure(found, "stringer_offset").amount
    assert offset < figure(found, "stringer").amount


def test_strata_are_added_by_their_share(store):
    """One stratum, one limit: then it is that of a random sample; more make it no smaller."""
    drawn = draw(store, "T", Wish("stratified", size=60, strata="account"))
    assess(store, drawn)
    found = conclude(store.book(), "T")
    limit = upper_deviation_limit(0, 60, "0.95", distribution="hypergeometric", population=500)
    assert float(found.event.upper_rate or 0) == pytest.approx(limit, abs=1e-6)


def test_attributes_apart(store):
    """Each attribute has a limit of its own; an item deviates where any does."""
    drawn = draw(store, "S", Wish("random", size=30))
    first = next(iter(drawn.items))
    rows = [
        {
            "sample": "S",
            "item": item,
            "attribute": attribute,
            "assessment": "deviation" if (item, attribute) == (first, "attest") else "fine",
        }
        for item in drawn.items
        for attribute in ("attest", "konto")
    ]
    store.record(RecordAssessments(tuple(rows), "p.csv"), ACTOR, Source("p.csv"))
    found = conclude(store.book(), "S")
    by = {each.attribute: each.rate for each in found.figures if each.name == "upper_rate_of"}
    assert by["attest"] == figure(found, "upper_rate").rate > by["konto"]


def test_judgement_is_never_projected(store):
    position = int(store.book().postings()["position"][0])
    event = judged(store.book(), "J", "RN", [position], "Ovanlig")
    store.record(DrawSample(event), ACTOR, Source("test"))
    drawn = store.book().state.of(Samples).named["J"]
    assess(store, drawn, {str(position): {"assessment": "deviation"}})
    found = conclude(store.book(), "J")
    assert (found.event.sample_verdict, found.event.upper_rate, found.event.upper) == (
        "not_projected",
        None,
        None,
    )
    assert [each.name for each in found.figures] == ["sample_rate"]


def test_all_items_are_assessed_first(store):
    drawn = draw(store, "S", Wish("random", size=3))
    with pytest.raises(SampleRefused, match="3 of 3 items of 'S' are not assessed"):
        conclude(store.book(), "S")
    assess(store, drawn)
    assert conclude(store.book(), "S").event.assessed == 3


def test_another_person_reviews(store):
    """Neither who recorded nor who is named as assessor."""
    drawn = draw(store, "S", Wish("random", size=2))
    first = next(iter(drawn.items))
    assess(store, drawn, {first: {"assessor": "Anna Ek"}})
    for actor in (ACTOR, "anna ek"):
        with pytest.raises(SecondPersonMissing):
            store.record(ReviewAssessments("S"), actor, Source("test"))
    assert not conclude(store.book(), "S").reviewed
    assert store.record(ReviewAssessments("S"), "Bo Al", Source("test")).recorded == 1
    assert store.record(ReviewAssessments("S"), "Bo Al", Source("test")).known == 1
    assert conclude(store.book(), "S").reviewed
    again = {"sample": "S", "item": first, "assessment": "deviation", "reason": "Nytt underlag"}
    store.record(RecordAssessments((again,), "p.csv"), ACTOR, Source("p.csv"))
    assert not conclude(store.book(), "S").reviewed, "what came after is not reviewed"


def test_the_same_evaluation_is_known(store):
    drawn = draw(store, "S", Wish("random", size=2))
    assess(store, drawn)
    found = conclude(store.book(), "S")
    assert store.record(EvaluateSample(found.event), ACTOR, Source("test")).recorded == 1
    assert store.record(EvaluateSample(found.event), ACTOR, Source("test")).known == 1


def test_what_can_be_borne_is_not_moved_after_the_fact(store):
    """Another measure than planned wants a reason; none that cannot be borne is taken."""
    materiality(store, 200_000_00, 100_000_00)
    drawn = draw(store, "S", Wish("monetary_unit", size=3))
    assess(store, drawn)
    assert conclude(store.book(), "S").event.tolerable_amount == 100_000_00
    with pytest.raises(SampleRefused, match=r"100000[.]00 was planned, and 900000[.]00 is asked"):
        conclude(store.book(), "S", tolerable_amount=900_000_00)
    other = conclude(store.book(), "S", tolerable_amount=900_000_00, reason="Beslut 2020-12")
    assert (other.event.tolerable_amount, other.event.reason) == (900_000_00, "Beslut 2020-12")
    for nothing in (0, -1):
        with pytest.raises(UsageError, match="cannot be borne"):
            conclude(store.book(), "S", tolerable_amount=nothing, reason="x")


def test_a_sample_of_money_is_as_large_as_what_can_be_drawn(store):
    """Credits among the costs have no chance: the size is of the costs alone, so that a sample
    without errors is within what was planned for."""
    post(store, *(row for n in range(40) for row in wage(f"c{n}", -500_00)))
    materiality(store, 20_000_00, 9_000_00)
    drawn = draw(store, "S", Wish("monetary_unit"))
    booked = store.book().postings().filter(account="4010")["amount"]
    drawable = to_decimal(-booked.filter(booked < 0).sum())
    size = monetary_unit_sample_size("0.95", "9000", 0, drawable).n
    assert size > monetary_unit_sample_size("0.95", "9000", 0, to_decimal(-booked.sum())).n
    assert store.book().state.of(Samples).committed["S"][0].sample_size == size
    assess(store, drawn)
    assert conclude(store.book(), "S").event.sample_verdict == "within"
