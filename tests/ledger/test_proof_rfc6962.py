"""The tree's roots are those published for Certificate Transparency's test leaves.

Roots: google/certificate-transparency reference vectors, sizes 0, 1, 2, 3 and 8.
"""

import hashlib
import json

import pytest

from ledger import proof
from tests.ledger.builders import new_store

LEAVES = [
    bytes.fromhex(leaf)
    for leaf in (
        "", "00", "10", "2021", "3031", "40414243", "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]  # fmt: skip
ROOTS = {
    0: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    4: "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    5: "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    6: "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    7: "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}


@pytest.mark.parametrize("size", ROOTS)
def test_published_roots(size: int) -> None:
    assert proof.root_of(proof.leaf_hash(leaf) for leaf in LEAVES[:size]).hex() == ROOTS[size]


def test_the_leaf_is_what_the_format_page_says(tmp_path) -> None:
    store = new_store(tmp_path)
    book = store.book()
    recorded = next(book.recorded())
    from ledger.events import encode

    stored = encode(recorded.event.__dict__, recorded.event.form, recorded.envelope)
    stream, topic = recorded.stream.encode(), b"organisation.founded"
    by_hand = (
        bytes(8)
        + len(stream).to_bytes(8, "big") + stream
        + (8).to_bytes(8, "big") + (1).to_bytes(8, "big")
        + len(topic).to_bytes(8, "big") + topic
        + len(stored).to_bytes(8, "big") + stored
    )  # fmt: skip
    assert proof.leaf(0, recorded.stream, 1, recorded.event.topic, stored) == by_hand
    assert proof.root(store.path, 1) == hashlib.sha256(b"\x00" + by_hand).hexdigest()
    assert json.loads(stored)["name"] == "Region Nord"
    store.close()
