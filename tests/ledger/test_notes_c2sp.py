"""Signed notes against the example that Go's module of notes publishes, and keys as files."""

import json
import os
import stat
from pathlib import Path

import pytest

from ledger.errors import BadProof, KeyMissing, KeyRefused
from ledger.notes import Checkpoint, Note, PublicKey, SigningKey, origin_of, signed

# golang.org/x/mod/sumdb/note: the package's own example of a key and a note.
EXAMPLE = json.loads((Path(__file__).parent / "facts" / "proof_vectors.json").read_text())[
    "signed_note"
]
GO = f"{EXAMPLE['text']}\n{EXAMPLE['signature_line']}\n"


def test_go_s_example_verifies() -> None:
    key, note = PublicKey.parse(EXAMPLE["vkey"]), Note.parse(GO)
    assert note.text == EXAMPLE["text"]
    assert note.signed_by([key]) == key
    assert str(key) == EXAMPLE["vkey"]
    assert str(note) == GO


def test_go_s_example_altered_does_not() -> None:
    key = PublicKey.parse(EXAMPLE["vkey"])
    assert Note.parse(GO.replace("cryptography", "Cryptography")).signed_by([key]) is None
    other = PublicKey(key.name, SigningKey.new("x").public.public)
    assert Note.parse(GO).signed_by([other]) is None


def test_a_witness_s_line_beside_ours_is_passed_over() -> None:
    ours, witness = SigningKey.new("utfall.example/a"), SigningKey.new("revisor.example")
    note = Note.parse(signed(Checkpoint("utfall.example/a", 3, bytes(32)), [ours, witness]))
    assert note.signed_by([ours.public]) == ours.public
    assert note.signed_by([witness.public]) == witness.public
    assert note.checkpoint == Checkpoint("utfall.example/a", 3, bytes(32))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a\n1\n",
        "a\n01\nAAAA\n",
        f"a\n-1\n{'A' * 43}=\n",
        f"\n1\n{'A' * 43}=\n",
        f"a\n1\n{'A' * 43}=\nextension\n",
        f"a\n1\n{'A' * 42}B=\n",  # bits beyond the 32 bytes: another text of the same root
        f"a\n1\n{'A' * 43}=",
    ],
)
def test_what_is_no_checkpoint(text) -> None:
    with pytest.raises(BadProof):
        Checkpoint.parse(text)


@pytest.mark.parametrize(
    "text", ["", "text\n", "text\n\n", "text\n\n- name AAAA\n", "text\n\n— name !!\n", GO[:-1]]
)
def test_what_is_no_note(text) -> None:
    with pytest.raises(BadProof):
        Note.parse(text)


def test_a_key_whose_id_is_another_s_is_refused() -> None:
    name, number, coded = EXAMPLE["vkey"].split("+", 2)
    with pytest.raises(BadProof):
        PublicKey.parse(f"{name}+{int(number, 16) ^ 1:08x}+{coded}")


def test_a_key_as_a_file(tmp_path) -> None:
    key, path = SigningKey.new("utfall.example/a"), tmp_path / "ledger.key"
    key.write(path)
    assert SigningKey.read(path) == key
    if os.name == "posix":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        path.chmod(0o640)
        with pytest.raises(KeyRefused, match="read by others"):
            SigningKey.read(path)
    with pytest.raises(FileExistsError):
        key.write(path)
    with pytest.raises(KeyMissing):
        SigningKey.read(tmp_path / "no.key")
    assert path.read_text().split("+")[-1].strip() not in repr(key)


@pytest.mark.parametrize("text", ["", "PRIVATE+KEY+a+00000000+AAAA", "a+00000000+AAAA"])
def test_a_file_that_is_no_key(tmp_path, text) -> None:
    path = tmp_path / "ledger.key"
    path.write_text(text)
    path.chmod(0o600)
    with pytest.raises(KeyRefused):
        SigningKey.read(path)


def test_a_log_s_name_can_be_a_key_s() -> None:
    name = origin_of("Region Jämtland+Härjedalen ", "RJ 1", simulated=True)
    assert name == "utfall.example/region-jamtland-harjedalen/rj-1/demo-simulated-clock"
    assert SigningKey.new(name).name == name
    with pytest.raises(ValueError, match="no key name"):
        SigningKey.new("a b")
