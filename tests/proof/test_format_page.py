"""Somebody else's verifier, written from docs/format.md, agrees with ours."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from ledger import proof
from ledger.commands import Source
from tests.ledger.builders import ACTOR, new_store, post, wage
from tests.proof.alterations import open_wide

VERIFIER = Path(__file__).with_name("verifier.py")


@pytest.fixture
def kept(tmp_path) -> list[str]:
    """A store whose key was rotated once, and the checkpoint and keys kept of it."""
    store = new_store(tmp_path)
    post(store, *wage("1", 100_00, text="lön"), *wage("2", 5_00))
    store.rotate_key(ACTOR, Source("ledger key rotate"))
    post(store, *wage("3", 7_00))
    book = store.book()
    note = proof.newest_note(book)
    (tmp_path / "kept").write_text(str(note), encoding="utf-8")
    keys = "".join(f"{key}\n" for key in proof.keys_for(book, note))
    (tmp_path / "kept.vkey").write_text(keys, encoding="utf-8")
    post(store, *wage("4", 9_00))
    store.close()
    return [str(tmp_path / name) for name in ("ledger.db", "kept", "kept.vkey")]


def verifier(arguments: list[str]) -> subprocess.CompletedProcess[str]:
    """Run it with nothing of ours in reach."""
    return subprocess.run(
        [sys.executable, "-I", str(VERIFIER), *arguments],
        capture_output=True, text=True, encoding="utf-8", check=False,
    )  # fmt: skip


def test_it_has_fifty_lines_and_imports_nothing_of_ours() -> None:
    text = VERIFIER.read_text(encoding="utf-8")
    assert len([line for line in text.splitlines() if line.strip()]) <= 50
    tree = ast.parse(text)
    names = {n.name for node in ast.walk(tree) if isinstance(node, ast.Import) for n in node.names}
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    assert names <= sys.stdlib_module_names


def test_it_finds_what_is_sealed_as_sealed(kept) -> None:
    done = verifier(kept)
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith("events as sealed\n")


def test_it_finds_an_altered_event(kept) -> None:
    connection = open_wide(Path(kept[0]))
    connection.execute(
        "UPDATE stored_events SET state = CAST(replace(state, '-10000', '-10001') AS BLOB)"
    )
    connection.close()
    assert "the events are not those sealed" in verifier(kept).stderr


def test_it_finds_another_signature(kept) -> None:
    path = Path(kept[1])
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("\n", "\n1", 1), encoding="utf-8")
    assert "signature" in verifier(kept).stderr
