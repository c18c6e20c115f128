"""Samples of the record: the same to the byte when drawn again, whatever came after."""

from fractions import Fraction
from hashlib import sha256

import pytest

from assurance.draws import ticket
from assurance.populations import Selection, asked_for, items_of
from assurance.samples import Wish, commit, judged, log_seed, redraw, sampled
from assurance.verification import drawn_again
from ledger import proof
from ledger.commands import Source
from ledger.errors import SampleRefused, UsageError
from ledger.families.control_draw import CommitSample, DrawSample
from ledger.families.control_sample import Samples
from ledger.families.outcome_reversal import ReverseVouchers
from tests.ledger.builders import ACTOR, new_store, post, wage

COSTS = Selection("RN", accounts="4010", first="2020-01", last="2020-12")


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """1,000 wages of 1 to 1,000 kronor, scrambled, and a few credits."""
    made = new_store(tmp_path_factory.mktemp("samples"))
    vouchers = [wage(str(n), (n * 617 % 1000 + 1) * 100) for n in range(1000)]
    vouchers += [wage(f"K{n}", -5000 - n) for n in range(5)]
    post(made, *(row for rows in vouchers for row in rows))
    yield made
    made.close()


def drawn(store, name, wish, selection=COSTS, seed=None, **more):
    """Commit and draw, as the command does."""
    event = commit(store.book(), name, selection, wish, **more)
    store.record(CommitSample(event), ACTOR, Source("test"))
    store.record(DrawSample(sampled(store.book(), name, seed)), ACTOR, Source("test"))
    return store.book().state.of(Samples).named[name]


def test_the_population_is_complete_and_its_sum_is_the_figure(store):
    """Every posting on the account in those months, and the sum is the table's."""
    import projections

    found = items_of(store.book(), COSTS)
    table = projections.result(store.book(), "2020-12", by=("account",)).to_dicts()
    figure = next(row["outcome"] for row in table if row["account"] == "4010")
    assert (found.height, found["amount"].sum()) == (1005, figure)


def test_the_same_sample_after_ten_thousand_later_postings(store):
    """At the same known-at to the byte; at a new one it differs only by the tickets of new or
    reversed postings, and what they push out."""
    ticketed = drawn(store, "tickets", Wish("random", size=60))
    money = drawn(store, "money", Wish("monetary_unit", size=50))
    strata = drawn(store, "strata", Wish("stratified", size=20, strata="unit"))
    before = store.book().size
    later = [wage(f"L{n}", (n % 700 + 1) * 100, "2020-08-18") for n in range(5_000)]
    post(store, *(row for rows in later for row in rows))
    first = next(iter(ticketed.items))
    gone = ReverseVouchers((int(first),), "Fel period")
    store.record(gone, ACTOR, Source("test"))
    assert store.book().size > before + 10_000
    for name, was in (("tickets", ticketed), ("money", money), ("strata", strata)):
        again = redraw(store.book(), name)
        assert again.same, again.differs
        assert again.now == was.event
        now = redraw(store.book(), name, f"@{store.book().size}")
        assert not now.same
        assert all(int(item) >= before for item in now.came), name
    tickets = redraw(store.book(), "tickets", f"@{store.book().size}")
    seed = ticketed.event.seed
    highest = max(ticket(item, seed) for item in ticketed.items if item not in tickets.went)
    assert tickets.went, "ten times as many postings push some out"
    assert all(ticket(item, seed) > highest for item in tickets.went)
    assert redraw(store.book(), "money", f"@{store.book().size}").went == ()
    assert list(drawn_again(store.book())) == []


def test_the_log_s_own_seed(store):
    """The root hash after the commitment: in no event before it, and anyone finds it again."""
    sample = drawn(store, "seeded", Wish("random", size=3))
    _, position = store.book().state.of(Samples).committed["seeded"]
    assert sample.event.committed == position
    assert sample.event.seed == log_seed(store.book(), position)
    assert sample.event.seed == proof.root(store.path, position + 2), "with its batch's admission"
    again = drawn(store, "seeded once more", Wish("random", size=3))
    assert again.event.seed != sample.event.seed


def test_a_public_seed_is_waited_for(store):
    event = commit(store.book(), "public", COSTS, Wish("random", size=3, seed_kind="public",
                   seed_from="Lotto 2020-09-26"))  # fmt: skip
    store.record(CommitSample(event), ACTOR, Source("test"))
    with pytest.raises(SampleRefused, match="waits for its seed: Lotto 2020-09-26"):
        sampled(store.book(), "public")
    found = sampled(store.book(), "public", "07 12 33")
    order = sorted(items_of(store.book(), COSTS)["id"][: event.count],
                   key=lambda item: ticket(item, "07 12 33"))  # fmt: skip
    assert [line.split("\t")[0] for line in found.items.splitlines()] == order[:3]
    with pytest.raises(SampleRefused, match="There is a sample"):
        store.record(CommitSample(event), ACTOR, Source("test"))
    store.record(DrawSample(found), ACTOR, Source("test"))
    with pytest.raises(SampleRefused, match="drawn once"):
        store.record(DrawSample(found), ACTOR, Source("test"))


def test_nobody_draws_from_something_else(store):
    """What is drawn must be what was committed to."""
    event = commit(store.book(), "other", COSTS, Wish("random", size=3))
    store.record(CommitSample(event), ACTOR, Source("test"))
    found = sampled(store.book(), "other")
    for change in ({"population_root": "0" * 64}, {"count": 7}, {"draw_method": "systematic"}):
        with pytest.raises(SampleRefused, match="was committed to"):
            store.record(DrawSample(found.model_copy(update=change)), ACTOR, Source("test"))
    with pytest.raises(SampleRefused, match="Nobody committed"):
        sampled(store.book(), "nobody")


def test_costs_are_drawn_from_their_own_side(store):
    """Below zero in result sign; credits and nothing stand apart, with count and sum; what is at
    or above the interval is taken whole."""
    sample = drawn(store, "costs", Wish("monetary_unit", interval=Fraction(950_00), aside=2))
    parts = {part.name: part for part in sample.parts}
    amounts = items_of(store.book(), COSTS)["amount"].to_list()
    above = [amount for amount in amounts if amount > 0]
    negative = parts["negative"]
    assert (negative.number, negative.amount, negative.drawn) == (len(above), sum(above), 2)
    whole = [item for item in sample.items.values() if item.part == "whole"]
    assert len(whole) == parts["whole"].number
    assert all(item.amount <= -950_00 for item in whole)
    assert sum(part.amount or 0 for part in sample.parts) == sample.event.amount


def test_the_root_is_of_all_items(store):
    """RFC 6962 over "position⇥öre" in the log's order, computed here anew."""
    selection = Selection("RN", accounts="4010", first="2020-08", last="2020-08", least=999_00)
    event = commit(store.book(), "root", selection, Wish("random", size=1))
    leaves = [
        sha256(f"\0{item}\t{amount}".encode()).digest()
        for item, amount in items_of(store.book(), selection).select("id", "amount").rows()
    ]
    assert event.count == len(leaves) == 2
    assert event.population_root == sha256(b"\1" + leaves[0] + leaves[1]).hexdigest()


def test_a_tampered_sample_is_found(store, tmp_path):
    """A draw that holds another item than the seed gives, if somebody made the event by hand."""
    event = commit(store.book(), "forged", COSTS, Wish("random", size=2))
    store.record(CommitSample(event), ACTOR, Source("test"))
    found = sampled(store.book(), "forged")
    other = next(iter(items_of(store.book(), COSTS)["id"]))
    lines = found.items.splitlines()
    forged = found.model_copy(update={"items": "\n".join([f"{other}\t-1\t1\tdrawn", *lines[1:]])})
    store.record(DrawSample(forged), ACTOR, Source("test"))
    again = redraw(store.book(), "forged")
    assert (again.same, again.differs) == (False, ("items",))
    assert [finding.code for finding in drawn_again(store.book())] == ["sample-differs"]


def test_judgement_is_labelled_and_never_drawn_again(store):
    position = int(items_of(store.book(), COSTS)["id"][0])
    event = judged(store.book(), "chosen", "RN", [position], "Ovanlig")
    store.record(DrawSample(event), ACTOR, Source("test"))
    assert store.book().state.of(Samples).named["chosen"].event.draw_method == "judgement"
    with pytest.raises(UsageError, match="by judgement"):
        redraw(store.book(), "chosen")
    with pytest.raises(UsageError, match="no posting"):
        judged(store.book(), "wrong", "RN", [0], "x")
    with pytest.raises(UsageError, match="reason"):
        store.record(
            DrawSample(judged(store.book(), "why", "RN", [position], " ")), ACTOR, Source("t")
        )


@pytest.mark.parametrize(
    ("selection", "message"),
    [
        (Selection("RN", accounts="9999"), "no account '9999'"),
        (Selection("99"), "no unit '99'"),
        (Selection("RN", population="Avtal"), "no list 'Avtal'"),
        (Selection("RN", projects="P9"), "no project 'P9'"),
        (Selection("RN", first="2020-12"), "is before"),
    ],
)
def test_what_is_not_there_is_refused(store, selection, message):
    with pytest.raises(UsageError, match=message):
        items_of(store.book(), asked_for(store.book(), selection, through="2020-08"))


def test_how_many_must_be_known(store):
    with pytest.raises(UsageError, match="How many"):
        commit(store.book(), "many", COSTS, Wish("random"))
    with pytest.raises(UsageError, match="How many"):
        commit(store.book(), "many", COSTS, Wish("monetary_unit"))
