"""The archive: the same bytes each time, and whatever is altered in it is found without Utfall."""

import base64
import json
import random
import re
import runpy
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

import reporting
from ledger.errors import StoreExists, StoreMissing, Tampered, UsageError
from ledger.events import EVENTS, canonical_json, fields_of, private_fields
from ledger.notes import Checkpoint, SigningKey, signed
from ledger.tree import leaf, leaf_hash, root_of
from reporting.archive import write_archive
from reporting.documentation import page
from tests.ledger.erasing import erase
from tests.projections.builders import Books
from tests.reporting.archives import (
    Files,
    lines_of,
    lived,
    summed,
    touched,
    unpacked,
    verify,
    with_lines,
)


@pytest.fixture(scope="module")
def archive(tmp_path_factory) -> Path:
    """The archive of that life, as a zip file, with the store beside it."""
    folder = tmp_path_factory.mktemp("archive")
    books = lived(folder)
    write_archive(books.book, folder / "whole.zip", "sv")
    books.store.close()
    return folder / "whole.zip"


@pytest.fixture
def files(archive) -> Files:
    """The archive's files by name."""
    with zipfile.ZipFile(archive) as whole:
        return {name: whole.read(name) for name in whole.namelist()}


# ── good ones ──────────────────────────────────────────────────────────────────────────────────


def test_a_good_archive_verifies_as_a_file_and_unpacked(archive, files, tmp_path):
    """By its own verifier, from its own folder; checkpoint and key given by somebody else too."""
    code, said = verify(archive)
    assert (code, said.splitlines()) == (0, [said.strip()]), said
    assert re.fullmatch(r"\d+ events, 10 amounts: all is as it was sealed.\n", said)
    folder = unpacked(files, tmp_path / "a")
    assert verify(script=folder / "verify.py") == (0, said)
    kept = ("--vkey", folder / "checkpoint.vkey", "--against", folder / "checkpoint")
    assert verify(archive, *kept) == (0, said)


def test_the_standard_checksum_tool_can_be_used(files):
    """SHA256SUMS has a line a file, in order."""
    assert summed(files) == files
    assert files["SHA256SUMS"].decode().splitlines() == sorted(
        files["SHA256SUMS"].decode().splitlines(), key=lambda line: line[66:]
    )


def test_the_archive_holds_what_the_brief_of_keeping_asks(files):
    """Events, texts, checkpoints, books, tables, documentation, the format, the verifier."""
    assert {"events.jsonl", "private.jsonl", "checkpoint", "checkpoint.vkey"} <= files.keys()
    assert {"journal.csv", "general-ledger.csv", "tables/balance.csv"} <= files.keys()
    assert {"tables/result_by_area.csv", "tables/budget.csv"} <= files.keys()
    told = {name for name in files if name.startswith("documentation/")}
    assert {"documentation/systemdokumentation.md", "documentation/format.md"} <= told
    assert {"documentation/structures.csv", "documentation/units.csv"} <= told
    assert files["verify.py"] == page("verify.py").encode()
    assert "python verify.py" in files["README.md"].decode()
    assert "gallras" in files["LASMIG.md"].decode()


def test_the_same_book_gives_the_same_bytes(archive, tmp_path):
    """Also after the log has grown."""
    from ledger.log import Book

    book = Book(archive.with_name("ledger.db"))
    write_archive(Book(book.path, book.size), tmp_path / "again.zip", "sv")
    assert (tmp_path / "again.zip").read_bytes() == archive.read_bytes()
    books = lived(tmp_path)
    size = books.book.size
    write_archive(books.book, tmp_path / "before.zip", "en")
    books.post(("2020-03", "6201", "5010", -1_00))
    write_archive(books.book.at(f"@{size}"), tmp_path / "after.zip", "en")
    books.store.close()
    assert (tmp_path / "before.zip").read_bytes() == (tmp_path / "after.zip").read_bytes()


def test_the_verifier_imports_nothing_but_the_standard_library():
    """And reads as a program of its own."""
    names = set(re.findall(r"^(?:import|from) (\w+)", page("verify.py"), re.M))
    assert names <= sys.stdlib_module_names | {"__future__"}


def test_a_log_without_entries_has_an_archive_too(tmp_path):
    """With empty books."""
    books = Books(tmp_path)
    write_archive(books.book, tmp_path / "empty.zip", "sv")
    books.store.close()
    code, said = verify(tmp_path / "empty.zip")
    assert (code, "0 amounts" in said) == (0, True), said


def test_what_cannot_be_written_is_refused(archive, tmp_path):
    """Never over another file, nor where there is no folder; a log that was altered not at all."""
    from ledger.log import Book
    from tests.proof.alterations import open_wide

    book = Book(archive.with_name("ledger.db"))
    with pytest.raises(StoreExists):
        write_archive(book, archive, "sv")
    with pytest.raises(StoreMissing):
        write_archive(book, tmp_path / "nowhere" / "a.zip", "sv")
    books = lived(tmp_path)
    books.store.close()
    connection = open_wide(books.path)
    connection.execute("UPDATE stored_events SET originator_version = 99 WHERE rowid = 3")
    connection.close()
    with pytest.raises(Tampered):
        write_archive(Book(books.path), tmp_path / "altered.zip", "sv")
    assert not (tmp_path / "altered.zip").exists()
    old = Path(__file__).parents[1] / "history" / "stores" / "0.1-unsealed.db"
    copied = tmp_path / "old.db"
    copied.write_bytes(old.read_bytes())
    with pytest.raises(UsageError, match="not sealed"):
        write_archive(Book(copied), tmp_path / "old.zip", "sv")


# ── altered ones ───────────────────────────────────────────────────────────────────────────────


def leaf_of(line: dict) -> bytes:
    """The leaf hash that a line ought to have."""
    stored = line["event"].encode()
    return leaf_hash(leaf(line["position"], line["stream"], line["version"], line["topic"], stored))


def change_bytes(lines: list[dict], at: int, chance: random.Random) -> int:
    """A letter of the stored bytes."""
    text = lines[at]["event"]
    place = chance.randrange(len(text))
    lines[at]["event"] = text[:place] + ("x" if text[place] != "x" else "y") + text[place + 1 :]
    return at


def change_amount(lines: list[dict], at: int, chance: random.Random) -> int:
    """An amount, in canonical JSON."""
    at = next(i for i, line in enumerate(lines) if line["topic"] == "outcome.posted")
    content = json.loads(lines[at]["event"])
    content["amount"] -= 100
    lines[at]["event"] = canonical_json(content).decode()
    return at


def change_amount_and_leaf(lines: list[dict], at: int, chance: random.Random) -> int:
    """The same, with the leaf hash beside it computed anew: the batch is all that can be named."""
    at = change_amount(lines, at, chance)
    lines[at]["leaf"] = leaf_of(lines[at]).hex()
    return at


def change_stream(lines: list[dict], at: int, chance: random.Random) -> int:
    """The stream's name."""
    lines[at]["stream"] += "x"
    return at


def change_version(lines: list[dict], at: int, chance: random.Random) -> int:
    """The version within the stream."""
    lines[at]["version"] += 1
    return at


def change_topic(lines: list[dict], at: int, chance: random.Random) -> int:
    """The kind of event."""
    lines[at]["topic"] = "outcome.voucher_missed"
    return at


def change_position(lines: list[dict], at: int, chance: random.Random) -> int:
    """The position written."""
    lines[at]["position"] += 1
    return at


def change_leaf(lines: list[dict], at: int, chance: random.Random) -> int:
    """The leaf hash written beside the event."""
    lines[at]["leaf"] = "0" * 64
    return at


def delete(lines: list[dict], at: int, chance: random.Random) -> int:
    """An event."""
    del lines[at]
    return at


def swap(lines: list[dict], at: int, chance: random.Random) -> int:
    """Two events, with their positions put right."""
    at = min(at, len(lines) - 2)
    lines[at], lines[at + 1] = lines[at + 1], lines[at]
    for place in (at, at + 1):
        lines[place]["position"] = place
    return at


def insert(lines: list[dict], at: int, chance: random.Random) -> int:
    """A copy of an event after it, and the rest moved."""
    lines.insert(at + 1, dict(lines[at]))
    for place, line in enumerate(lines):
        line["position"] = place
    return at + 1


def append(lines: list[dict], at: int, chance: random.Random) -> int:
    """An event after the last checkpoint."""
    line = dict(lines[-1], position=len(lines), version=lines[-1]["version"] + 1)
    lines.append(line | {"leaf": leaf_of(line).hex()})
    return len(lines) - 1


def cut(lines: list[dict], at: int, chance: random.Random) -> int:
    """The last event."""
    lines.pop()
    return len(lines)


EXACT = [change_bytes, change_amount, change_stream, change_version, change_topic, change_position]
EXACT += [change_leaf, append, cut]
#: Where the leaf hashes do not stand as they were sealed either, the batch is all that is known.
BATCH = [change_amount_and_leaf, delete, swap, insert]


@pytest.mark.parametrize("alteration", [*EXACT, *BATCH], ids=lambda f: f.__name__)
@pytest.mark.parametrize("seed", [1, 2])
def test_an_altered_event_is_named(files, tmp_path, alteration, seed):
    """Exit 6 with its position, whatever else the forger put right; where the leaf hashes were
    changed too, its batch's first event."""
    chance = random.Random(f"{alteration.__name__}{seed}")
    lines = lines_of(files, "events.jsonl")
    at = alteration(lines, chance.randrange(len(lines)), chance)
    forged = unpacked(summed(with_lines(files, "events.jsonl", lines)), tmp_path / "a")
    code, said = verify(forged)
    assert code == 6, said
    found = touched(said)
    assert found is not None
    if alteration in EXACT:
        assert found == at, said
    else:
        sizes = [int(name[12:]) for name in files if name.startswith("checkpoints/")]
        assert max([size for size in sizes if size <= at], default=0) <= found <= at, said


def altered_text(files: Files) -> Files:
    lines = lines_of(files, "private.jsonl")
    line = next(each for each in lines if each["field"] == "text")
    line["value"] = "Bonus"
    return with_lines(files, "private.jsonl", lines)


def text_of_another(files: Files) -> Files:
    lines = lines_of(files, "private.jsonl")
    lines[-1]["position"] = 10**6
    return with_lines(files, "private.jsonl", lines)


def text_removed(field: str) -> Callable[[Files], Files]:
    """The first text of a field removed, as if it had been erased."""

    def alter(files: Files) -> Files:
        lines = lines_of(files, "private.jsonl")
        lines.remove(next(each for each in lines if each["field"] == field))
        return with_lines(files, "private.jsonl", lines)

    return alter


def replaced(name: str, old: str, new: str) -> Callable[[Files], Files]:
    """A text in a file replaced, once."""

    def alter(files: Files) -> Files:
        text = files[name].decode()
        assert old in text
        return files | {name: text.replace(old, new, 1).encode()}

    return alter


def without(name: str, row: str) -> Callable[[Files], Files]:
    """A book without its first row of a kind."""

    def alter(files: Files) -> Files:
        rows = files[name].decode().splitlines(keepends=True)
        rows.remove(next(each for each in rows if row in each))
        return files | {name: "".join(rows).encode()}

    return alter


def another_signature(files: Files) -> Files:
    newest = max(name for name in files if name.startswith("checkpoints/"))
    text, _, line = files[newest].decode().rpartition("\n\n")
    dash, name, coded = line.split(" ")
    mark = bytearray(base64.b64decode(coded))
    mark[-1] ^= 1
    note = f"{text}\n\n{dash} {name} {base64.b64encode(mark).decode()}\n".encode()
    return files | {newest: note, "checkpoint": note}


@pytest.mark.parametrize(
    "alteration",
    [
        altered_text,
        text_of_another,
        text_removed("text"),
        text_removed("reason"),
        another_signature,
        replaced("journal.csv", "100.00", "200.00"),
        replaced("journal.csv", "6101", "6102"),
        replaced("journal.csv", "Lön 1", "Lön 9"),
        replaced("journal.csv", ",posted,", ",reversed,"),
        without("journal.csv", ",alone,"),
        replaced("general-ledger.csv", "100.00", "200.00"),
        without("general-ledger.csv", ",restated,"),
        replaced("checkpoint", "\n", "x\n"),
    ],
)
def test_an_altered_file_is_found_although_the_sums_were_made_anew(files, tmp_path, alteration):
    """Texts, books, checkpoints."""
    code, said = verify(unpacked(summed(alteration(files)), tmp_path / "a"))
    assert code == 6, said


def test_the_verifier_knows_which_fields_are_texts():
    """Every private field of an event by its name, and no public field has such a name."""
    private = {name for kind in EVENTS.values() for name in private_fields(kind)}
    verifier = runpy.run_path(str(Path(reporting.__file__).parent / "documents" / "verify.py"))
    assert set(verifier["PRIVATE"]) == private
    for kind in EVENTS.values():
        assert private & set(fields_of(kind)) == set(private_fields(kind)), kind


@pytest.mark.parametrize("name", ["tables/balance.csv", "documentation/structures.csv"])
def test_a_damaged_file_is_found_by_the_sums(files, tmp_path, name):
    """Those that are computed from the events, and those that are gone."""
    code, said = verify(unpacked(files | {name: files[name] + b"x"}, tmp_path / "a"))
    assert (code, f"{name}: not the file" in said) == (6, True), said
    gone = {key: data for key, data in files.items() if key != name}
    code, said = verify(unpacked(gone, tmp_path / "b"))
    assert (code, f"{name}: missing" in said) == (6, True), said


def test_what_the_log_says_was_erased_is_not_missed(tmp_path):
    """A text of a voucher, and with it the key of its batch; another one is."""
    books = lived(tmp_path)
    first = books.book.postings()["position"][0]
    assert erase(books.store, first, "text").recorded
    write_archive(books.book, tmp_path / "erased.zip", "sv")
    books.store.close()
    code, said = verify(tmp_path / "erased.zip")
    assert code == 0, said
    with zipfile.ZipFile(tmp_path / "erased.zip") as whole:
        erased = {name: whole.read(name) for name in whole.namelist()}
    assert first not in [line["position"] for line in lines_of(erased, "private.jsonl")]
    forged = summed(text_removed("reason")(erased))
    code, said = verify(unpacked(forged, tmp_path / "forged"))
    assert code == 6
    assert "1 protected texts are gone" in said


def test_what_lies_beside_is_told_and_is_no_finding(files, tmp_path):
    """A kept checkpoint put into the folder, say."""
    code, said = verify(unpacked(files | {"kept": b""}, tmp_path / "a"))
    assert (code, said.splitlines()[0]) == (0, "note: not of the archive: kept")


def test_bits_of_the_zip_file_itself(archive, tmp_path):
    """Damage of the packing is found too, and never a crash."""
    data, chance = archive.read_bytes(), random.Random(4)
    with zipfile.ZipFile(archive) as whole:
        places = [(each.header_offset + 80, each.compress_size) for each in whole.infolist()]
    for offset, size in chance.sample([p for p in places if p[1] > 200], 8):
        damaged = bytearray(data)
        damaged[offset + chance.randrange(size - 100)] ^= 1 << chance.randrange(8)
        path = tmp_path / "damaged.zip"
        path.write_bytes(damaged)
        code, said = verify(path)
        assert code == 6, said


def test_a_log_made_anew_with_another_key_is_found_by_what_was_kept(archive, files, tmp_path):
    """By the key kept outside, and by the checkpoint kept outside; alone it cannot be."""
    lines = lines_of(files, "events.jsonl")
    key = SigningKey.new(files["checkpoint"].decode().split("\n")[0])
    forged = _resealed(files, lines, key)
    folder = unpacked(forged, tmp_path / "a")
    code, said = verify(folder)
    assert code == 0, said
    kept = unpacked(files, tmp_path / "kept")
    code, said = verify(folder, "--vkey", kept / "checkpoint.vkey")
    assert (code, touched(said)) == (6, 0), said
    assert verify(folder, "--against", kept / "checkpoint")[0] == 6
    assert verify(archive, "--against", folder / "checkpoint")[0] == 6


def _resealed(files: Files, lines: list[dict], key: SigningKey) -> Files:
    """The whole log with a key of the forger's own from its beginning, and no rotation."""
    for line in lines:
        if line["topic"] == "governance.key_registered":
            content = json.loads(line["event"]) | {"public_key": str(key.public)}
            line["event"] = canonical_json(content).decode()
        elif line["topic"] == "governance.key_rotated":
            content = json.loads(line["event"])
            content |= {"public_key": str(key.public), "replaces": str(key.public)}
            line["event"] = canonical_json(content | {"replaces": "nobody"}).decode()
        line["leaf"] = leaf_of(line).hex()
    leaves = [bytes.fromhex(line["leaf"]) for line in lines]
    forged = with_lines(files, "events.jsonl", lines)
    origin = files["checkpoint"].decode().split("\n")[0]
    for name in [name for name in files if name.startswith("checkpoints/")]:
        size = int(name.rpartition("/")[2])
        note = signed(Checkpoint(origin, size, root_of(leaves[:size])), [key])
        forged[name] = note.encode()
        if size == len(lines):
            forged["checkpoint"] = note.encode()
    forged["checkpoint.vkey"] = f"{key.public}\n".encode()
    return summed(forged)


def test_questions_that_cannot_be_asked_are_usage(tmp_path, archive):
    """Exit 2: no archive, no key."""
    assert verify(tmp_path / "nothing.zip")[0] == 2
    (tmp_path / "no.vkey").write_text("not+a+key", encoding="utf-8")
    assert verify(archive, "--vkey", tmp_path / "no.vkey")[0] == 2
    (tmp_path / "no.zip").write_bytes(b"PK no")
    assert verify(tmp_path / "no.zip")[0] == 6
