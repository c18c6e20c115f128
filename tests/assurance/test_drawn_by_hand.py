"""A sample drawn again as `docs/control.md` says it can be, with nothing of Utfall's: the events'
JSON out of SQLite, SHA-256 and whole numbers."""

import json
import sqlite3
from fractions import Fraction
from hashlib import sha256
from math import ceil

import pytest

from assurance.populations import Selection
from assurance.samples import Wish, commit, sampled
from ledger.commands import Source
from ledger.families.control_draw import CommitSample, DrawSample
from tests.ledger.builders import ACTOR, new_store, post, wage


@pytest.fixture(scope="module")
def events(tmp_path_factory):
    """All events of a store in which two samples of wages were drawn, as (topic, content)."""
    store = new_store(tmp_path_factory.mktemp("hand"))
    wages = [wage(str(n), (n * 37 % 211 - 10) * 101) for n in range(200)]
    post(store, *(row for rows in wages for row in rows))
    costs = Selection("RN", accounts="4010", first="2020-01", last="2020-12")
    for name, wish in (
        ("tickets", Wish("random", size=20)),
        ("money", Wish("monetary_unit", size=70)),
    ):
        store.record(CommitSample(commit(store.book(), name, costs, wish)), ACTOR, Source("test"))
        store.record(DrawSample(sampled(store.book(), name)), ACTOR, Source("test"))
        post(store, *wage(f"after {name}", 777_00))
    path = store.path
    store.close()
    connection = sqlite3.connect(path)
    rows = connection.execute("SELECT topic, state FROM stored_events ORDER BY rowid").fetchall()
    connection.close()
    return [(topic, json.loads(state)) for topic, state in rows]


def drawn(events, name):
    """The event of a sample, and its population: (position, öre), in the log's order."""
    (sample,) = [e for t, e in events if t == "control.sample_drawn" and e["sample"] == name]
    population = [
        (position, event["amount"])
        for position, (topic, event) in enumerate(events[: sample["known_size"]])
        if topic == "outcome.posted" and event["account"] == "4010"
    ]
    return sample, population


def merkle(leaves):
    """RFC 6962's root over leaf hashes."""
    if len(leaves) == 1:
        return leaves[0]
    split = 1 << (len(leaves) - 1).bit_length() - 1
    return sha256(b"\1" + merkle(leaves[:split]) + merkle(leaves[split:])).digest()


@pytest.mark.parametrize("name", ["tickets", "money"])
def test_the_population_is_the_one_committed_to(events, name):
    """Count, sum and root, of the sample and of its commitment before it."""
    sample, population = drawn(events, name)
    topic, committed = events[sample["committed"]]
    assert (topic, committed["sample"]) == ("control.sample_committed", name)
    leaves = [sha256(f"\0{p}\t{a}".encode()).digest() for p, a in population]
    for event in (sample, committed):
        assert event["count"] == len(population)
        assert event["amount"] == sum(amount for _, amount in population)
        assert event["population_root"] == merkle(leaves).hex()


def test_the_lowest_tickets_are_drawn(events):
    """The reversed decimal digits of SHA-256(hex of SHA-256(seed), then the id)."""
    sample, population = drawn(events, "tickets")
    salt = sha256(sample["seed"].encode()).hexdigest()

    def ticket(position):
        return "0." + str(int(sha256(f"{salt}{position}".encode()).hexdigest(), 16))[::-1]

    lowest = sorted((position for position, _ in population), key=ticket)[:20]
    assert [int(line.split("\t")[0]) for line in sample["items"].splitlines()] == lowest


def test_the_units_of_money_are_hit(events):
    """Unit i is start + i · interval, over the amounts below zero that are smaller than it."""
    sample, population = drawn(events, "money")
    step = Fraction(sample["sampling_interval"])
    assert step == Fraction(-sum(a for _, a in population if a < 0), 70)
    u = int(sha256(f"{sample['seed']},".encode()).hexdigest(), 16)
    start = Fraction(1 + (step.numerator * u >> 256), step.denominator)
    assert start == Fraction(sample["start"])
    whole = [(p, a, 1, "whole") for p, a in population if -a >= step]
    line, end, unit = [], 0, start
    for position, amount in population:
        if 0 < -amount < step:
            end, hits = end - amount, 0
            while ceil(unit) <= end:
                unit, hits = unit + step, hits + 1
            if hits:
                line.append((position, amount, hits, "drawn"))
    expected = sorted(line + whole)
    items = [entry.split("\t") for entry in sample["items"].splitlines()]
    assert [(int(p), int(a), int(h), part) for p, a, h, part in items] == expected
    assert len(expected) > 40
