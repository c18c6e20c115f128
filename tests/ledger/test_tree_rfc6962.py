"""The tree against published and independently computed vectors.

Roots of the eight short leaves: Certificate Transparency's reference vectors (RFC 6962). The
rest of ``facts/proof_vectors.json`` was computed by an independent program and checked by the
verification algorithms of RFC 9162.
"""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger import tree
from ledger.events import encode
from ledger.proof import root
from ledger.tree import Frontier, Tree, root_from_inclusion, roots_from_consistency
from tests.ledger.builders import new_store

VECTORS = json.loads((Path(__file__).parent / "facts" / "proof_vectors.json").read_text())
SHORT = [tree.leaf_hash(bytes.fromhex(leaf)) for leaf in VECTORS["leaves_ct_hex"]]
BIG = [tree.leaf_hash(f"leaf-{i}".encode()) for i in range(1000)]
TREE = Tree(b"".join(BIG))


@pytest.mark.parametrize(("size", "root"), VECTORS["roots_ct"].items())
def test_certificate_transparency_s_published_roots(size, root) -> None:
    assert tree.root_of(SHORT[: int(size)]).hex() == root


@pytest.mark.parametrize(("size", "root"), VECTORS["roots_big"].items())
def test_roots_of_larger_trees(size, root) -> None:
    assert tree.root_of(BIG[: int(size)]).hex() == root
    assert TREE.root(0, int(size)).hex() == root


@pytest.mark.parametrize("proof", VECTORS["inclusion"], ids=lambda p: f"{p['index']}/{p['size']}")
def test_inclusion_paths(proof) -> None:
    path = TREE.inclusion(proof["index"], proof["size"])
    assert [each.hex() for each in path] == proof["path"]


@pytest.mark.parametrize("proof", VECTORS["consistency"], ids=lambda p: f"{p['from']}-{p['to']}")
def test_consistency_paths(proof) -> None:
    path = TREE.consistency(proof["from"], proof["to"])
    assert [each.hex() for each in path] == proof["path"]


def test_every_proof_of_small_trees_holds_and_no_altered_one() -> None:
    for size in range(1, 34):
        whole = TREE.root(0, size)
        for index in range(size):
            path = TREE.inclusion(index, size)
            assert root_from_inclusion(index, size, BIG[index], path) == whole
            assert root_from_inclusion(index, size, BIG[index + 1], path) != whole
            with pytest.raises(ValueError, match="the path is too"):
                root_from_inclusion(index, size, BIG[index], [*path, bytes(32)])
            if path:
                with pytest.raises(ValueError, match="the path is too short"):
                    root_from_inclusion(index, size, BIG[index], path[:-1])
        for old in range(1, size + 1):
            path, before = TREE.consistency(old, size), TREE.root(0, old)
            assert roots_from_consistency(old, size, before, path) == (before, whole)
            if old < size:
                wrong = roots_from_consistency(old, size, bytes(32), path)
                assert wrong != (bytes(32), whole), "another old root is no part of this tree"


@given(st.lists(st.integers(0, 70), max_size=12))
def test_a_frontier_read_back_goes_on_as_the_tree_it_is_of(steps) -> None:
    frontier, size = Frontier(), 0
    for step in steps:
        frontier = Frontier(frontier.size, bytes(frontier))
        frontier.extend(b"".join(BIG[size : size + step]))
        size += step
        assert frontier.size == size
        assert frontier.root() == TREE.root(0, size)


def test_a_frontier_of_another_size_is_refused() -> None:
    with pytest.raises(ValueError, match="no frontier of 3"):
        Frontier(3, bytes(32))


def test_the_leaf_is_what_the_format_page_says(tmp_path) -> None:
    store = new_store(tmp_path)
    recorded = next(store.book().recorded())
    stored = encode(recorded.event.__dict__, recorded.event.form, recorded.envelope)
    stream, topic = recorded.stream.encode(), b"organisation.founded"
    by_hand = (
        bytes(8)
        + len(stream).to_bytes(8, "big") + stream
        + (8).to_bytes(8, "big") + (1).to_bytes(8, "big")
        + len(topic).to_bytes(8, "big") + topic
        + len(stored).to_bytes(8, "big") + stored
    )  # fmt: skip
    assert tree.leaf(0, recorded.stream, 1, recorded.event.topic, stored) == by_hand
    hashed = tree.leaf_hasher()(0, recorded.stream, 1, recorded.event.topic, stored)
    assert hashed == tree.leaf_hash(by_hand)
    assert root(store.path, 1) == hashed.hex()
    assert json.loads(stored)["name"] == "Region Nord"
    store.close()
