"""Rivest (2018), consistent sampling; Stark & Ottoboni, cryptorandom: orders from SHA-256."""

from itertools import islice

import polars as pl

from assurance.draws import ticket, tickets, uniform
from assurance.sampling import draw
from tests.assurance.vectors import document

FACTS = document("prng_sha256")
RIVEST, STARK = FACTS["consistent_sampler"], FACTS["sha256_counter"]


def test_ticket_of_rivest_s_readme():
    """All digits of the first ticket of AB-130."""
    example = RIVEST["ticket_example"]
    assert ticket(example["id"], example["seed"]) == example["ticket"]


def test_draw_of_rivest_s_readme():
    """Four of six without putting back, from a seed that is a number."""
    frame = pl.DataFrame({"id": RIVEST["ids"]})
    drawn = draw(frame, size=RIVEST["take"], seed=RIVEST["seed"])
    assert drawn.items["id"].to_list() == RIVEST["expected"]


def test_draw_with_replacement_of_rivest_s_readme():
    """Ten of six, each put back with its next ticket."""
    case = RIVEST["second"]
    order = islice(tickets(case["ids"], case["seed"], replacement=True), case["take"])
    found = [[each.fraction[:11], each.id, each.generation] for each in order]
    assert found == case["expected"]


def test_blocks_of_cryptorandom():
    """The first blocks of a seed, and whole numbers from them."""
    seed = STARK["seed"]
    assert f"{uniform(seed, 1):064x}" == STARK["block1_hex"]
    assert f"{uniform(seed, 2):064x}" == STARK["block2_hex"]
    whole = [1 + uniform(seed, block) % 1000 for block in range(5)]
    assert whole == STARK["randint_trunc_1_1001"]
