"""The Merkle tree over the log, as in RFC 6962 and RFC 9162: roots, proofs, and their checks.

Leaf hash SHA-256(0x00 ‖ leaf), node SHA-256(0x01 ‖ left ‖ right), split at the largest power of
two below n; the empty tree is SHA-256 of nothing. A leaf is ``position ‖ stream ‖ version ‖ topic
‖ stored bytes``: the position as 8 bytes big-endian, each of the others (texts in UTF-8, the
version as 8 bytes big-endian) preceded by its length as 8 bytes big-endian.

Pure: bytes in, bytes out. Hashes lie side by side in one ``bytes``, 32 each.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from struct import Struct, iter_unpack

HASH = 32
_LONG = Struct(">Q").pack

EMPTY = hashlib.sha256().digest()


def leaf(position: int, stream: str, version: int, topic: str, stored: bytes) -> bytes:
    """The exact bytes that stand for an event in the tree."""
    parts = [_LONG(position)]
    for piece in (stream.encode(), _LONG(version), topic.encode(), stored):
        parts += [_LONG(len(piece)), piece]
    return b"".join(parts)


def leaf_hash(data: bytes) -> bytes:
    """SHA-256(0x00 ‖ data)."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 ‖ left ‖ right)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def leaf_hasher() -> Callable[[int, str, int, str, bytes], bytes]:
    """``leaf_hash(leaf(…))`` as one function for many events in order: it keeps the encoded
    stream and topics, which come back row after row. Raises `AttributeError` or `TypeError` for
    values that are not of these types."""
    sha = hashlib.sha256
    heads: dict[str, tuple[Callable[..., bytes], bytes, bytes]] = {}
    last: str | None = None

    def hashed(position: int, stream: str, version: int, topic: str, stored: bytes) -> bytes:
        nonlocal last
        if stream != last:
            heads.clear()
            last = stream
        head = heads.get(topic)
        if head is None:
            one, two = stream.encode(), topic.encode()
            before = _LONG(len(one)) + one + _LONG(8)
            after = _LONG(len(two)) + two
            head = Struct(f">xQ{len(before)}sQ{len(after)}sQ").pack, before, after
            heads[topic] = head
        pack, before, after = head
        return sha(pack(position, before, version, after, len(stored)) + stored).digest()

    return hashed


def run_hashes(
    position: int, stream: str, version: int, topic: str, states: Iterable[bytes]
) -> list[bytes]:
    """``leaf_hash(leaf(…))`` of events that follow each other from a position and version on, of
    one stream and topic, by their stored bytes."""
    sha, one, two = hashlib.sha256, stream.encode(), topic.encode()
    before = _LONG(len(one)) + one + _LONG(8)
    after = _LONG(len(two)) + two
    pack, ahead = Struct(f">xQ{len(before)}sQ{len(after)}sQ").pack, version - position
    return [
        sha(pack(at, before, at + ahead, after, len(stored)) + stored).digest()
        for at, stored in enumerate(states, position)
    ]


def _pairs(hashes: bytes) -> bytes:
    """The level above: a node for each two hashes; their number is even."""
    begun = hashlib.sha256(b"\x01")
    nodes = list[bytes]()
    for (pair,) in iter_unpack("64s", hashes):
        node = begun.copy()  # sooner than to glue the sign and the pair
        node.update(pair)
        nodes.append(node.digest())
    return b"".join(nodes)


class Frontier:
    """The roots of the perfect subtrees of a growing tree: all that extending it needs.

    As bytes (``bytes(frontier)``) they stand largest first, one for each set bit of the size.
    """

    def __init__(self, size: int = 0, peaks: bytes = b"") -> None:
        """A frontier read back; `ValueError` where the bytes are not those of that size."""
        if len(peaks) != HASH * size.bit_count():
            raise ValueError(f"{len(peaks)} bytes are no frontier of {size}")
        self.size = size
        levels = [level for level in range(size.bit_length()) if size >> level & 1]
        self._peaks = {
            level: peaks[place * HASH : (place + 1) * HASH]
            for place, level in enumerate(reversed(levels))
        }

    def __bytes__(self) -> bytes:
        return b"".join(self._peaks[level] for level in sorted(self._peaks, reverse=True))

    def extend(self, hashes: bytes, level: int = 0) -> None:
        """Append leaf hashes, or roots of perfect subtrees of ``level`` where the size is a
        multiple of theirs: binary addition, a level at a time."""
        self.size += len(hashes) // HASH << level
        while hashes:
            hashes = self._peaks.pop(level, b"") + hashes
            if len(hashes) // HASH % 2:
                self._peaks[level] = hashes[-HASH:]
                hashes = hashes[:-HASH]
            hashes = _pairs(hashes)
            level += 1

    def root(self) -> bytes:
        """The tree's root hash."""
        root = b""
        for level in sorted(self._peaks):
            root = node_hash(self._peaks[level], root) if root else self._peaks[level]
        return root or EMPTY


def subtrees(leaves: bytes, level: int) -> bytes:
    """The roots of the perfect subtrees of a level over leaf hashes; what is left over at the
    end gives none."""
    hashes = leaves[: len(leaves) >> level + 5 << level + 5]
    for _ in range(level):
        hashes = _pairs(hashes)
    return hashes


def root_of(hashes: Iterable[bytes]) -> bytes:
    """Root hash of a sequence of leaf hashes."""
    frontier = Frontier()
    frontier.extend(b"".join(hashes))
    return frontier.root()


class Tree:
    """A whole tree, for proofs: every perfect subtree's root, level by level.

    Memory is 64 bytes an event. ``leaves`` are the leaf hashes side by side.
    """

    def __init__(self, leaves: bytes) -> None:
        self.size = len(leaves) // HASH
        self._levels = [leaves]
        while len(self._levels[-1]) >= 2 * HASH:
            below = self._levels[-1]
            self._levels.append(_pairs(below[: len(below) // 64 * 64]))

    def root(self, begin: int, end: int) -> bytes:
        """Root hash of the leaves from ``begin`` to before ``end``; ``begin`` is a multiple of
        the largest power of two up to their number, as in every split of the standard."""
        count = end - begin
        if count == 0:
            return EMPTY
        level = count.bit_length() - 1
        if count == 1 << level:
            at = (begin >> level) * HASH
            return self._levels[level][at : at + HASH]
        split = begin + (1 << level)
        return node_hash(self.root(begin, split), self.root(split, end))

    def inclusion(self, index: int, size: int) -> list[bytes]:
        """The inclusion path of a leaf in the tree of the first ``size`` (RFC 9162 2.1.3)."""
        self._check(index + 1, size)
        path: list[bytes] = []
        begin, end = 0, size
        while end - begin > 1:
            split = begin + _split(end - begin)
            if index < split:
                path.append(self.root(split, end))
                end = split
            else:
                path.append(self.root(begin, split))
                begin = split
        return path[::-1]

    def consistency(self, old: int, new: int) -> list[bytes]:
        """The consistency path from the tree of the first ``old`` to that of the first ``new``
        (RFC 9162 2.1.4)."""
        self._check(old, new)
        path: list[bytes] = []
        begin, end, whole = 0, new, True
        while old != end:
            split = begin + _split(end - begin)
            if old <= split:
                path.append(self.root(split, end))
                end = split
            else:
                path.append(self.root(begin, split))
                begin, whole = split, False
        if not whole:
            path.append(self.root(begin, end))
        return path[::-1]

    def _check(self, part: int, size: int) -> None:
        if not 1 <= part <= size <= self.size:
            raise ValueError(f"{part} of {size} is not within a tree of {self.size}")


def _split(count: int) -> int:
    """The largest power of two below a number greater than one."""
    return 1 << (count - 1).bit_length() - 1


def root_from_inclusion(index: int, size: int, hashed: bytes, path: Sequence[bytes]) -> bytes:
    """The root that an inclusion path leads to from a leaf hash (RFC 9162 2.1.3.2).

    Raises `ValueError` for a path of another length than the tree's.
    """
    if not 0 <= index < size:
        raise ValueError(f"leaf {index} is not in a tree of {size}")
    node, last, root = index, size - 1, hashed
    for sibling in path:
        if last == 0:
            raise ValueError("the path is too long")
        if node & 1 or node == last:
            root = node_hash(sibling, root)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            root = node_hash(root, sibling)
        node, last = node >> 1, last >> 1
    if last:
        raise ValueError("the path is too short")
    return root


def roots_from_consistency(
    old: int, new: int, old_root: bytes, path: Sequence[bytes]
) -> tuple[bytes, bytes]:
    """The roots of both sizes that a consistency path leads to (RFC 9162 2.1.4.2): the proof
    holds if they are the two that are known.

    Raises `ValueError` for a path of another length than the trees'.
    """
    if not 1 <= old <= new or (old == new) != (not path):
        raise ValueError("the path is not one between these sizes")
    if old == new:
        return old_root, old_root
    rest = list(path)
    first = old_root if old & (old - 1) == 0 else rest.pop(0)
    node, last = old - 1, new - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    before = after = first
    for sibling in rest:
        if last == 0:
            raise ValueError("the path is too long")
        if node & 1 or node == last:
            before, after = node_hash(sibling, before), node_hash(sibling, after)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            after = node_hash(after, sibling)
        node, last = node >> 1, last >> 1
    if last:
        raise ValueError("the path is too short")
    return before, after
