"""Verify an archive of a ledger, with Python 3.10 or later and nothing else.

    python verify.py [ARCHIVE.zip | FOLDER] [--vkey FILE] [--against CHECKPOINT]

Without a name, the folder that this file lies in. Checked, from what lies there alone: every
event's place, canonical JSON and envelope; the root at every signed checkpoint, signatures, and
the keys that the log knew then; private texts against their commitments; that journal and general
ledger are the events, row by row and in sum; and every file against SHA256SUMS. The log's first
key is taken at its word, unless ``--vkey`` gives keys that were kept outside, as ``--against``
gives a checkpoint. Exit code 0: everything holds. 6: something was altered; the first position
touched is named. 2: there is nothing to verify.
"""

from __future__ import annotations

import argparse
import base64
import csv
import hashlib
import io
import json
import re
import sys
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

#: When an event was recorded; which kinds register keys, and which are amounts, as a book says.
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")
REGISTERED, ROTATED = "governance.key_registered", "governance.key_rotated"
KINDS = dict.fromkeys(("posted", "alone"), "outcome.posted")
KINDS |= {"reversed": "outcome.reversed", "restated": "outcome.balance_restated"}
#: Columns of the books that are fields of the event.
PLACE = ("account", "unit", "period", "date")
CODES = (*PLACE, "project", "product", "activity", "counterparty_unit", "dimensions")
#: Fields that hold no text but its SHA-256 with a salt; what says that a text was erased.
PRIVATE = """approved_by assessor authorised_by because cause comment consequence_text counterparty
document facts key ordered_by owner reason recipient registered_by remedy responsible result
risk_text text vouched_by""".split()  # noqa: SIM905
COMMITTED, ERASED, SHOWN = re.compile(r"[0-9a-f]{64}"), "governance.text_erased", 20


# ── Ed25519, from the formulas of RFC 8032, 5.1 ────────────────────────────────────────────────

P = 2**255 - 19
Q = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
Point = tuple[int, int, int, int]  # X, Y, Z, T with x = X/Z, y = Y/Z, xy = T/Z


def add(a: Point, b: Point) -> Point:
    """The sum of two points of the curve."""
    m, n = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    c, d = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    e, f, g, h = n - m, d - c, d + c, n + m
    return e * f % P, g * h % P, f * g % P, e * h % P


def times(count: int, point: Point) -> Point:
    """A point so many times."""
    total: Point = (0, 1, 1, 0)
    while count:
        if count & 1:
            total = add(total, point)
        point, count = add(point, point), count >> 1
    return total


def point_of(data: bytes) -> Point | None:
    """The point that 32 bytes write, None for bytes that write none."""
    written = int.from_bytes(data, "little")
    y, odd = written & ((1 << 255) - 1), written >> 255
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    if y >= P or (x * x - square) % P or (not x and odd):
        return None
    if x & 1 != odd:
        x = P - x
    return x, y, 1, x * y % P


BASE = point_of((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def signature_holds(public: bytes, text: bytes, signature: bytes) -> bool:
    """True if the 64 bytes are the key's signature over the text."""
    a, r = point_of(public), point_of(signature[:32])
    s = int.from_bytes(signature[32:], "little")
    if a is None or r is None or BASE is None or len(signature) != 64 or s >= Q:
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + public + text).digest(), "little") % Q
    left, right = times(s, BASE), add(r, times(k, a))
    return all((left[i] * right[2] - right[i] * left[2]) % P == 0 for i in (0, 1))


class Tree:
    """A growing tree, from RFC 9162, 2.1: the roots of its perfect subtrees, largest first."""

    def __init__(self, size: int = 0, peaks: tuple[bytes, ...] = ()) -> None:
        self.size, self.peaks = size, list(peaks)

    def add(self, leaf_hash: bytes) -> None:
        """One leaf more."""
        size = self.size
        while size & 1:
            leaf_hash = hashlib.sha256(b"\1" + self.peaks.pop() + leaf_hash).digest()
            size >>= 1
        self.peaks.append(leaf_hash)
        self.size += 1

    def root(self) -> bytes:
        """The root hash."""
        if not self.peaks:
            return hashlib.sha256().digest()
        root = self.peaks[-1]
        for peak in self.peaks[-2::-1]:
            root = hashlib.sha256(b"\1" + peak + root).digest()
        return root


def leaf_hash_of(position: int, stream: str, version: int, topic: str, stored: bytes) -> bytes:
    """SHA-256(0x00 and the leaf): the position, then four parts, each after its length."""
    parts = (stream.encode(), version.to_bytes(8, "big"), topic.encode(), stored)
    data = b"".join(len(part).to_bytes(8, "big") + part for part in parts)
    return hashlib.sha256(b"\0" + position.to_bytes(8, "big") + data).digest()


class Key:
    """A public key, written ``name+id+base64``; `ValueError` for any other text."""

    def __init__(self, written: str) -> None:
        self.name, number, coded = written.split("+", 2)
        data = base64.b64decode(coded, validate=True)
        self.id, self.public = bytes.fromhex(number), data[1:]
        named = hashlib.sha256(self.name.encode() + b"\n" + data).digest()[:4]
        if len(data) != 33 or data[:1] != b"\1" or named != self.id:
            raise ValueError("no Ed25519 key of a signed note")


class Note:
    """A signed checkpoint: origin, size, root, and its signature lines."""

    def __init__(self, whole: str) -> None:
        text, gap, lines = whole.rpartition("\n\n")
        self.text = (text + "\n").encode()
        self.origin, size, root = text.split("\n")
        self.size, self.root = int(size), base64.b64decode(root, validate=True)
        self.signatures: list[tuple[str, bytes]] = []
        for line in lines.splitlines():
            dash, name, coded = line.split(" ")
            if dash != "\u2014" or not gap:
                raise ValueError("no signature line")
            self.signatures.append((name, base64.b64decode(coded, validate=True)))

    def signed_by(self, keys: set[str]) -> bool:
        """True if one of the keys has signed."""
        return any(
            signature_holds(key.public, self.text, data[4:])
            for key in map(Key, sorted(keys))
            for name, data in self.signatures
            if (name, data[:4]) == (key.name, key.id)
        )


class Archive:
    """A zip file or a folder, by the names of its files."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.zip = zipfile.ZipFile(path) if path.is_file() else None
        if self.zip is not None:
            found = [name for name in self.zip.namelist() if not name.endswith("/")]
        else:
            found = [
                each.relative_to(path).as_posix() for each in path.rglob("*") if each.is_file()
            ]
        self.names = sorted(name for name in found if "__pycache__" not in name)

    def open(self, name: str) -> IO[bytes]:
        """A file, to be read."""
        return self.zip.open(name) if self.zip is not None else (self.path / name).open("rb")

    def text(self, name: str) -> str:
        """A small file's text."""
        with self.open(name) as file:
            return file.read().decode("utf-8")

    def lines(self, name: str) -> Iterator[Any]:
        """The objects of a file of JSON lines."""
        with self.open(name) as file:
            yield from map(json.loads, file)

    def rows(self, name: str) -> Iterator[dict[str, str]]:
        """The rows of a CSV file."""
        with self.open(name) as file:
            yield from csv.DictReader(io.TextIOWrapper(file, encoding="utf-8", newline=""))


class Findings:
    """What does not hold, each with the position that it touches, or none."""

    def __init__(self) -> None:
        self.all: list[tuple[int | None, str]] = []
        self.told: list[str] = []

    def add(self, position: int | None, text: str) -> None:
        """One more."""
        self.all.append((position, text))


class Log:
    """The events, read once in order; what later checks need; the root after ``stop`` events."""

    def __init__(self, archive: Archive, notes: list[Note], stop: int, found: Findings) -> None:
        self.found, self.tree, self.last_time = found, Tree(), ""
        self.stop, self.root_there = stop, self.tree.root()
        self.versions: dict[str, int] = {}
        self.keys: list[tuple[int, str, str | None]] = []  # position, new key, key it replaces
        self.postings: dict[int, tuple[str, dict[str, Any]]] = {}
        self.texts: dict[int, str] = {}
        self.lacking: set[tuple[int, str]] = set()  # texts that are not there, by event and field
        self.private = (
            (line["position"], line["field"], bytes.fromhex(line["salt"]), line["value"])
            for line in archive.lines("private.jsonl")
        )
        self.ahead = next(self.private, None)
        # Since the last checkpoint that held: the tree then, leaf hashes as computed, as written.
        self.held, self.own, self.written = Tree(), list[bytes](), list[bytes]()
        self.notes = list(notes)

    def read(self, archive: Archive) -> None:
        """All events."""
        try:
            for line in archive.lines("events.jsonl"):
                self._event(line)
                if self.notes and self.notes[0].size == self.tree.size:
                    self._checkpoint(self.notes.pop(0))
        except (ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
            self.found.add(self.tree.size, f"event {self.tree.size} cannot be read: {error!r}")
            return
        if self.ahead is not None:
            self.found.add(self.ahead[0], f"private values of event {self.ahead[0]}: no such event")
        for at, field in sorted(self.lacking)[:1]:
            text = f"{len(self.lacking)} protected texts are gone, and no event says that they were"
            self.found.add(at, f"{text} erased; the first is the {field} of event {at}")
        if self.notes:
            text = f"the log ends after {self.tree.size} events; {self.notes[0].size} were sealed"
            self.found.add(self.tree.size, text)

    def _event(self, line: Any) -> None:
        at, stream, version, topic = self.tree.size, line["stream"], line["version"], line["topic"]
        stored = line["event"]
        if set(line) != {"position", "stream", "version", "topic", "leaf", "event"}:
            raise ValueError("other fields than an event has")
        hashed = leaf_hash_of(at, stream, version, topic, stored.encode())
        if line["position"] != at:
            self.found.add(at, f"event {at} is not in its place: {line['position']} stands there")
        if version != self.versions.get(stream, 0) + 1:
            self.found.add(at, f"event {at} is version {version} of its stream, out of order")
        self.versions[stream] = version
        content = json.loads(stored)
        if problem := self._problem(content, stored):
            self.found.add(at, f"event {at} {problem}")
        if topic in (REGISTERED, ROTATED):
            self.keys.append((at, content["public_key"], content.get("replaces")))
        if topic in KINDS.values():
            self.postings[at] = (topic, content)
        if topic == ERASED:
            self.lacking.discard((content["entry"], content["field"]))
        self._values(at, content)
        self.own.append(hashed)
        self.written.append(bytes.fromhex(line["leaf"]))
        self.tree.add(hashed)
        if self.tree.size == self.stop:
            self.root_there = self.tree.root()

    def _problem(self, content: Any, stored: str) -> str | None:
        """What is wrong with an event's bytes or envelope."""
        if not isinstance(content, dict):
            raise ValueError("no object")
        canonical = json.dumps(
            content, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
        )
        plain = all(type(value) in (str, int, bool) for value in content.values())
        if canonical != stored or not plain:
            return "is not canonical JSON"
        time, form = content.get("recorded_at"), content.get("v")
        if type(form) is not int or form < 1 or not isinstance(time, str):
            return "has no form or no time"
        if any(not isinstance(content.get(name), str) for name in ("actor", "source", "user")):
            return "does not say who recorded it and from what"
        if not TIME.fullmatch(time) or time < self.last_time:
            return f"was recorded at {time}, out of order"
        self.last_time = time
        return None

    def _values(self, at: int, content: dict[str, Any]) -> None:
        texts = (field for field in PRIVATE if COMMITTED.fullmatch(str(content.get(field))))
        self.lacking.update((at, field) for field in texts)
        while self.ahead is not None and self.ahead[0] <= at:
            position, field, salt, value = self.ahead
            committed = hashlib.sha256(salt + value.encode()).hexdigest()
            if position != at or content.get(field) != committed:
                self.found.add(position, f"the {field} of event {position} is not what it was")
            self.lacking.discard((position, field))
            if field in ("text", "reason"):
                self.texts[position] = value
            self.ahead = next(self.private, None)

    def _checkpoint(self, note: Note) -> None:
        """Hold the tree against a checkpoint; what does not fit is named as nearly as can be."""
        first = self.held.size
        differ = [i for i, own in enumerate(self.own) if own != self.written[i]]
        if self.tree.root() != note.root:
            for leaf_hash in self.written:
                self.held.add(leaf_hash)
            exact = differ and self.held.root() == note.root  # then the leaf hashes are the sealed
            at = first + differ[0] if exact else first
            which = f"event {at}" if exact else f"one of the events {at} to {note.size - 1}"
            self.found.add(at, f"{which} is not the one that was sealed")
            self.notes = []
        elif differ:
            at = first + differ[0]
            self.found.add(at, f"the leaf hash written beside event {at} is not its own")
        self.held = Tree(self.tree.size, tuple(self.tree.peaks))
        self.own, self.written = [], []


def check_signatures(log: Log, notes: list[Note], kept: set[str], found: Findings) -> None:
    """Every checkpoint is of one log and signed by a key that the log knew then. With keys kept
    outside, those they signed, and the keys that these brought in, must reach to the end."""
    known: set[str] = set()
    trusted, trusted_to, before = set(kept), 0, 0
    for note in notes:
        here = [key for key in log.keys if before <= key[0] < note.size]
        added, gone = {key for _, key, _ in here}, {old for _, _, old in here if old}
        if note.origin != notes[0].origin:
            found.add(before, f"the checkpoint of {note.size} events is of another log")
        if not note.signed_by(known | added):
            found.add(before, f"the checkpoint of {note.size} events is not signed by a known key")
            return
        if known and added and not note.signed_by(known):
            text = f"no earlier key vouches for that of event {here[0][0]}: lost, or forged"
            found.told.append(text)
        if trusted and note.signed_by(trusted):
            trusted_to, trusted = note.size, (trusted | added) - gone
        known, before = (known | added) - gone, note.size
    if kept and trusted_to < log.tree.size:
        found.add(trusted_to, f"events from {trusted_to} on are not sealed by the key given")


def ore(text: str) -> int:
    """\u00f6re of kronor with two decimals; 0 for nothing."""
    if text and not re.fullmatch(r"-?\d+\.\d\d", text):
        raise ValueError(f"{text!r} is no amount")
    return int(text.replace(".", "") or 0)


def check_book(archive: Archive, name: str, log: Log, found: Findings) -> None:
    """Each row of a book is an event, with its amount (debit positive), its code string and its
    text; each event that is an amount is in it, once."""
    missing, debit, credit = dict(log.postings), 0, 0
    balance: dict[str, int | None] = {}
    for row in archive.rows(name):
        account = row["account"]
        if row["kind"] == "opening":
            balance[account] = ore(row["balance"]) if row["balance"] else None
        elif row["kind"] == "closing":
            last = balance.pop(account, None)
            if last is not None and last != ore(row["balance"]):
                found.add(None, f"{name}: account {account} does not run to its closing balance")
        else:
            at, amount = int(row["position"]), ore(row["debit"]) + ore(row["credit"])
            debit, credit = debit + max(amount, 0), credit + min(amount, 0)
            topic, content = missing.pop(at, ("", {}))
            wanted = [str(content.get(field) or "") for field in CODES]
            same = [row[field] for field in CODES] == wanted and topic == KINDS[row["kind"]]
            if not same or amount != -content["amount"] or not same_text(row, at, content, log):
                found.add(at, f"{name}: the row of event {at} is not what the event says")
            last = balance.get(account)
            if last is not None:
                balance[account] = last + amount
                if "balance" in row and ore(row["balance"]) != last + amount:
                    found.add(at, f"{name}: the balance at event {at} does not add up")
    for at in sorted(missing)[:1]:
        found.add(at, f"{name}: {len(missing)} events are not in it, the first is {at}")
    total = -sum(content["amount"] for _, content in log.postings.values())
    if debit + credit != total:
        found.add(None, f"{name}: its sum is not that of the events")


def same_text(row: dict[str, str], at: int, content: dict[str, Any], log: Log) -> bool:
    """Whether a row's text is the private one; where that was erased, what stands in brackets."""
    if at in log.texts:
        return row["text"] == log.texts[at]
    erased = "text" in content or "reason" in content
    return row["text"] == "" or (erased and re.fullmatch(r"\[.*\]", row["text"]) is not None)


def check_sums(archive: Archive, found: Findings) -> None:
    """Every file that SHA256SUMS lists is as it says."""
    listed = dict(line.split("  ", 1)[::-1] for line in archive.text("SHA256SUMS").splitlines())
    if len(set(archive.names)) != len(archive.names):
        found.add(None, "a file stands twice in the archive")
    if extra := set(archive.names) - set(listed) - {"SHA256SUMS"}:
        found.told.append(f"not of the archive: {', '.join(sorted(extra))}")
    for name in sorted(set(listed) - set(archive.names)):
        found.add(None, f"{name}: missing")
    for name in sorted(set(listed) & set(archive.names)):
        digest = hashlib.sha256()
        with archive.open(name) as file:
            for part in iter(lambda: file.read(1 << 20), b""):
                digest.update(part)
        if digest.hexdigest() != listed[name]:
            found.add(None, f"{name}: not the file that SHA256SUMS lists")


def read_notes(archive: Archive, found: Findings) -> list[Note]:
    """The signed checkpoints, smallest first; the newest stands in ``checkpoint`` too."""
    notes: list[Note] = []
    for name in [name for name in archive.names if name.startswith("checkpoints/")]:
        try:
            note = Note(archive.text(name))
            if notes and note.size <= notes[-1].size:
                raise ValueError("out of order")
            notes.append(note)
        except ValueError as error:
            found.add(notes[-1].size if notes else 0, f"{name} is no signed checkpoint: {error}")
    if not notes:
        found.add(0, "there is no checkpoint")
    elif archive.text("checkpoint") != archive.text(f"checkpoints/{notes[-1].size:012d}"):
        found.add(notes[-1].size, "`checkpoint` is not the newest one")
    return notes


def verify(archive: Archive, kept: set[str], against: Note | None, found: Findings) -> Log:
    """Everything."""
    notes = read_notes(archive, found)
    log = Log(archive, notes, against.size if against else 0, found)
    log.read(archive)
    if notes and log.tree.size > notes[-1].size:
        found.add(notes[-1].size, f"events from {notes[-1].size} on are not sealed")
    check_signatures(log, notes, kept, found)
    if against is not None and log.tree.size < against.size:
        text = f"the log ends after {log.tree.size} events; {against.size} were kept"
        found.add(log.tree.size, text)
    elif against is not None and log.root_there != against.root and not found.all:
        found.add(0, f"the first {against.size} events are not those of the kept checkpoint")
    for name in ("journal.csv", "general-ledger.csv"):
        try:
            check_book(archive, name, log, found)
        except (ValueError, KeyError, TypeError) as error:
            found.add(None, f"{name} cannot be read: {error!r}")
    check_sums(archive, found)
    return log


def main() -> int:
    """Verify what the command line names; the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("archive", nargs="?", default=Path(__file__).resolve().parent, type=Path)
    parser.add_argument("--vkey", type=Path, help="keys kept outside")
    parser.add_argument("--against", type=Path, help="a checkpoint kept outside")
    given = parser.parse_args()
    found = Findings()
    try:
        kept = set(given.vkey.read_text("utf-8").split()) if given.vkey else set()
        for key in kept:
            Key(key)
        against = Note(given.against.read_text("utf-8")) if given.against else None
        if not given.archive.exists():
            raise FileNotFoundError(f"there is no {given.archive}")
    except (OSError, ValueError) as error:
        print(f"nothing was verified: {error}", file=sys.stderr)
        return 2
    log = None
    try:
        log = verify(Archive(given.archive), kept, against, found)
    except (OSError, KeyError, ValueError, zipfile.BadZipFile, zlib.error) as error:
        found.add(None, f"the archive cannot be read: {error!r}")
    for text in found.told:
        print(f"note: {text}")
    if not found.all and log is not None:
        print(f"{log.tree.size} events, {len(log.postings)} amounts: all is as it was sealed.")
        return 0
    order = sorted(found.all, key=lambda each: (each[0] is None, each[0] or 0))
    print("\n".join(text for _, text in order[:SHOWN]))
    if len(order) > SHOWN:
        print(f"and {len(order) - SHOWN} more")
    if order[0][0] is not None:
        print(f"first position touched: {order[0][0]}")
    return 6


if __name__ == "__main__":
    sys.exit(main())
