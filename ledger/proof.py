"""Proof of the log: leaves and the root of its Merkle tree, as in RFC 6962 / RFC 9162.

A leaf is ``position ‖ stream ‖ version ‖ topic ‖ stored bytes``: the position and the version as
8 bytes big-endian, the texts in UTF-8, each text and the bytes preceded by its length as 8 bytes
big-endian. Leaf hash SHA-256(0x00 ‖ leaf), node SHA-256(0x01 ‖ left ‖ right).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

from ledger.log import connect


def leaf(position: int, stream: str, version: int, topic: str, stored: bytes) -> bytes:
    """The exact bytes that stand for an event in the tree."""
    parts = [position.to_bytes(8, "big")]
    for piece in (stream.encode(), version.to_bytes(8, "big"), topic.encode(), stored):
        parts += [len(piece).to_bytes(8, "big"), piece]
    return b"".join(parts)


def leaf_hash(data: bytes) -> bytes:
    """SHA-256(0x00 ‖ data)."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 ‖ left ‖ right)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class Frontier:
    """The roots of the perfect subtrees of a growing tree: all that extending it needs."""

    def __init__(self) -> None:
        self.size = 0
        self._peaks: list[bytes] = []

    def add(self, hashed: bytes) -> None:
        """Append one leaf hash."""
        size = self.size
        while size & 1:
            hashed = node_hash(self._peaks.pop(), hashed)
            size >>= 1
        self._peaks.append(hashed)
        self.size += 1

    def root(self) -> bytes:
        """The tree's root hash; SHA-256 of nothing for the empty tree."""
        if not self._peaks:
            return hashlib.sha256().digest()
        root = self._peaks[-1]
        for peak in reversed(self._peaks[:-1]):
            root = node_hash(peak, root)
        return root


def root_of(hashes: Iterable[bytes]) -> bytes:
    """Root hash of a sequence of leaf hashes."""
    frontier = Frontier()
    for hashed in hashes:
        frontier.add(hashed)
    return frontier.root()


def root(store: str | Path, size: int) -> str:
    """Root hash, in hex, of the log's first ``size`` events, streamed from the store."""
    with closing(connect(Path(store))) as connection:
        rows = connection.execute(
            "SELECT rowid - 1, originator_id, originator_version, topic, state "
            "FROM stored_events WHERE rowid <= ? ORDER BY rowid",
            (size,),
        )
        return root_of(leaf_hash(leaf(p, s, v, t, bytes(b))) for p, s, v, t, b in rows).hex()
