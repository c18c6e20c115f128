"""Every batch is sealed with a key that the log knows; keys come, go, and are lost."""

import json
import re
import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.main import app
from ledger import proof
from ledger.commands import Source
from ledger.copies import backup
from ledger.engine import BULK
from ledger.errors import BadProof, KeyMissing, KeyRefused, RuleBroken, Tampered, UsageError
from ledger.families.organisation_commands import ChangeSettings, Found
from ledger.families.sealing import RegisterKey, Sealing
from ledger.log import Book
from ledger.notes import Note, PublicKey, SigningKey
from ledger.proof import Anchor, check_proof, prove_event, prove_growth, verify
from ledger.store import Store
from ledger.tree import root_from_inclusion
from tests.ledger.builders import ACTOR, Clock, new_store, post, wage

HISTORY = Path(__file__).parents[1] / "history" / "stores"


@pytest.fixture
def store(tmp_path):
    store = new_store(tmp_path)
    yield store
    store.close()


def change(store: Store, value: str) -> None:
    """Record something small."""
    store.record(ChangeSettings((("a", value, None),)), ACTOR, Source("x"))


def notes(store: Store) -> list[Note]:
    """All checkpoints, as they lie there."""
    connection = sqlite3.connect(store.path)
    rows = connection.execute("SELECT note FROM checkpoints ORDER BY size").fetchall()
    connection.close()
    return [Note.parse(row[0]) for row in rows]


def test_every_batch_ends_with_a_checkpoint_of_its_size(store) -> None:
    post(store, *wage("1", 100_00))
    book = store.book()
    assert [n.checkpoint.size for n in notes(store)] == [size for size, _ in book.boundaries]
    assert {n.checkpoint.origin for n in notes(store)} == {
        "utfall.example/region-nord/rn/demo-simulated-clock"
    }
    for note in notes(store):
        assert note.checkpoint.root.hex() == proof.root(store.path, note.checkpoint.size)
    assert verify(book).findings == []


def test_what_is_refused_or_rolled_back_seals_nothing(store) -> None:
    before = notes(store)
    wish = ChangeSettings((("a", "b", None),))
    store.record(wish, ACTOR, Source("x"), dry_run=True)
    with pytest.raises(RuleBroken):
        store.record(Found("A"), ACTOR, Source("x"))
    assert notes(store) == before


def test_the_checkpoints_refuse_update_delete_and_replace(store) -> None:
    client = sqlite3.connect(store.path)
    for attack in (
        "UPDATE checkpoints SET note = 'x'",
        "DELETE FROM checkpoints",
        "INSERT OR REPLACE INTO checkpoints SELECT * FROM checkpoints LIMIT 1",
        "INSERT INTO checkpoints VALUES (1, 'x', x'00', x'00')",
    ):
        with pytest.raises(sqlite3.DatabaseError, match="checkpoints are never"):
            client.execute(attack)
        client.rollback()
    client.close()


def test_without_its_key_nothing_is_recorded_and_everything_is_read(store) -> None:
    store.close()
    (store.path.parent / "ledger.key").rename(store.path.parent / "aside.key")
    without = Store(store.path, Clock())
    with pytest.raises(KeyMissing):
        change(without, "b")
    assert verify(without.book()).findings == []
    without.close()


def test_the_key_lies_where_the_environment_says(store, monkeypatch, tmp_path) -> None:
    aside = tmp_path / "elsewhere" / "mine.key"
    aside.parent.mkdir()
    (tmp_path / "ledger.key").rename(aside)
    monkeypatch.setenv("LEDGER_KEY", str(aside))
    with_it = Store(store.path, Clock())
    change(with_it, "b")
    with_it.close()


def test_another_log_s_key_is_refused(store, tmp_path) -> None:
    (tmp_path / "ledger.key").unlink()
    SigningKey.new("utfall.example/other").write(tmp_path / "ledger.key")
    other = Store(store.path, Clock())
    with pytest.raises(KeyRefused):
        change(other, "b")
    other.close()


def test_a_rotation_is_signed_by_both_and_vouched_for(store, tmp_path) -> None:
    before = (tmp_path / "ledger.key").read_text()
    store.rotate_key(ACTOR, Source("ledger key rotate"))
    assert (tmp_path / "ledger.key").read_text() != before
    change(store, "b")
    assert [len(n.signatures) for n in notes(store)][-2:] == [2, 1]
    found = verify(store.book())
    assert found.findings == []
    assert [key.vouched for key in found.keys] == [False, True]
    (tmp_path / "ledger.key").write_text(before)
    old = Store(store.path, Clock())
    with pytest.raises(KeyRefused):
        change(old, "c")
    old.close()


def test_a_rotation_that_was_killed_at_its_end_is_finished(store, tmp_path) -> None:
    before = (tmp_path / "ledger.key").read_text()
    store.rotate_key(ACTOR, Source("ledger key rotate"))
    (tmp_path / "ledger.key").rename(tmp_path / "ledger.key.new")  # as it was before its last step
    (tmp_path / "ledger.key").write_text(before)
    (tmp_path / "ledger.key").chmod(0o600)
    after = Store(store.path, Clock())
    change(after, "b")
    assert not (tmp_path / "ledger.key.new").exists()
    after.close()


def test_a_rotation_that_never_reached_the_log_is_forgotten(store, tmp_path) -> None:
    SigningKey.new("utfall.example/a").write(tmp_path / "ledger.key.new")
    again = Store(store.path, Clock())
    change(again, "b")
    assert not (tmp_path / "ledger.key.new").exists()
    again.close()


def test_a_second_writer_s_key_is_vouched_for_by_the_first(store, tmp_path, monkeypatch) -> None:
    mine = SigningKey.new("utfall.example/second")
    store.record(RegisterKey(str(mine.public)), ACTOR, Source("ledger key add"))
    mine.write(tmp_path / "second.key")
    monkeypatch.setenv("LEDGER_KEY", str(tmp_path / "second.key"))
    second = Store(store.path, Clock())
    change(second, "b")
    found = verify(second.book())
    assert (found.findings, [key.vouched for key in found.keys]) == ([], [False, True])
    with pytest.raises(RuleBroken, match="already"):
        second.record(RegisterKey(str(mine.public)), ACTOR, Source("x"))
    second.close()


def test_whoever_lost_the_key_goes_on_and_it_shows(store, tmp_path) -> None:
    kept = proof.newest_note(store.book())
    keys = proof.keys_for(store.book(), kept)
    (tmp_path / "ledger.key").unlink()
    mine = SigningKey.new("utfall.example/region-nord/rn")
    mine.write(tmp_path / "ledger.key")
    again = Store(store.path, Clock())
    again.record(RegisterKey(str(mine.public)), ACTOR, Source("ledger key add"))
    change(again, "b")
    found = verify(again.book(), against=[Anchor(kept, keys)])
    assert [(f.code, f.tampering) for f in found.findings] == [("key-unvouched", False)]
    later = proof.newest_note(again.book())
    assert verify(again.book(), against=[Anchor(later, (mine.public,))]).findings == [], (
        "a checkpoint kept since then covers it"
    )
    again.close()


def test_a_proof_of_an_event_needs_no_store(store) -> None:
    post(store, *wage("1", 100_00))
    book = store.book()
    keys = proof.keys_for(book, proof.newest_note(book))
    for recorded in book.recorded():
        text = prove_event(book, recorded.position)
        proven = check_proof(text, keys)
        assert (proven.position, proven.topic) == (recorded.position, recorded.event.topic)
        for wrong in (
            text.replace(f"index {recorded.position}", f"index {recorded.position + 1}"),
            text.replace("extra AAAA", "extra AAAB", 1),
            text.replace("\nindex", "\nindex 1\nindex", 1),
        ):
            with pytest.raises((Tampered, BadProof)):
                check_proof(wrong, keys)
    with pytest.raises(Tampered, match="not signed"):
        check_proof(prove_event(book, 0), [SigningKey.new("x").public])


def test_a_proof_of_a_forked_log_does_not_hold_against_the_checkpoint_kept(store, tmp_path) -> None:
    """One key, two logs of one size: their checkpoints say what no proof of an event can."""
    post(store, *wage("1", 100_00))
    before = proof.newest_note(store.book()).checkpoint
    (tmp_path / "fork").mkdir()
    backup(store.path, tmp_path / "fork" / "ledger.db")
    shutil.copy(store.path.with_suffix(".key"), tmp_path / "fork" / "ledger.key")
    post(store, *wage("2", 5_00))
    kept = proof.newest_note(store.book()).checkpoint
    fork = Store(tmp_path / "fork" / "ledger.db", Clock(datetime(2020, 9, 1, 9, tzinfo=UTC)))
    post(fork, *wage("2", 6_00))
    book = fork.book()
    fork.close()
    assert book.size == kept.size
    keys = proof.keys_for(book, proof.newest_note(book))
    forked = prove_event(book, 3)
    with pytest.raises(Tampered, match="not of the log"):
        check_proof(forked, keys, kept)
    assert check_proof(prove_event(store.book(), 3), keys, kept).position == 3
    assert check_proof(forked, keys, before).position == 3, "of another size: told by the command"


def test_inclusion_of_many_events_at_once(store) -> None:
    post(store, *wage("1", 100_00), *wage("2", 5_00))
    book = store.book()
    found = proof.inclusion(book, range(book.size))
    for position, each in found.items():
        path = [bytes.fromhex(node) for node in each["path"]]
        reached = root_from_inclusion(position, book.size, bytes.fromhex(each["leaf"]), path)
        assert reached.hex() == proof.root(store.path, book.size)


def test_growth_between_any_two_checkpoints(store) -> None:
    post(store, *wage("1", 100_00))
    post(store, *wage("2", 5_00))
    every = notes(store)
    keys = proof.keys_for(store.book(), every[-1])
    for place, new in enumerate(every):
        book = Book(store.path, new.checkpoint.size)
        for old in every[: place + 1]:
            text = prove_growth(book, old.checkpoint.size)
            assert check_proof(text, keys, old.checkpoint).old == old.checkpoint.size
            if old is not new:
                with pytest.raises(Tampered):
                    check_proof(text, keys, new.checkpoint)
    with pytest.raises(UsageError):
        check_proof(text, keys)


def command(*arguments: str):
    """The command, as its user would give it."""
    return CliRunner().invoke(app, list(arguments), prog_name="ledger")


def test_a_store_from_before_sealing_opens_verifies_and_is_sealed(tmp_path) -> None:
    path = tmp_path / "ledger.db"
    shutil.copy(HISTORY / "0.1-unsealed.db", path)
    at = ("--store", str(path))
    unsealed = command("verify", *at)
    assert unsealed.exit_code == 0, unsealed.output
    assert "inte förseglad" in unsealed.stdout
    assert command("seal", *at).exit_code == 2
    size = Book(path).size
    told = command("record", "setting", "setting=x", "value=y", *at)
    assert told.exit_code == 0, told.output
    sealed = command("verify", *at)
    assert sealed.exit_code == 0, sealed.output
    assert f"Förseglad från händelse {size}" in sealed.stdout
    assert proof.newest_note(Book(path)).checkpoint.origin == "utfall.example/region-nord/rn"
    same_figures("0.1-unsealed", path)


def same_figures(name: str, path: Path) -> None:
    """The store says what it said when it was kept; a table may have columns more."""
    figures = json.loads((HISTORY / f"{name}.json").read_text(encoding="utf-8"))
    assert len(figures) >= 5
    for question, rows in figures.items():
        done = command(*question.split(" "), "--store", str(path), "--format", "json")
        now = json.loads(done.stdout)
        kept = [{key: new[key] for key in old} for new, old in zip(now, rows, strict=True)]
        assert kept == rows, question


def test_every_store_that_is_kept_is_tested() -> None:
    assert sorted(path.stem for path in HISTORY.glob("*.db")) == ["0.1-sealed", "0.1-unsealed"]


def test_a_sealed_store_of_an_earlier_version_is_as_it_was(tmp_path) -> None:
    path = tmp_path / "ledger.db"
    shutil.copy(HISTORY / "0.1-sealed.db", path)
    kept = str(HISTORY / "0.1-sealed.checkpoint")
    told = command("verify", "--store", str(path), "--against", kept)
    assert told.exit_code == 0, told.output
    assert command("replay", "--check", "--store", str(path)).exit_code == 0
    same_figures("0.1-sealed", path)
    assert indexes(path) == {"small_events_5"}
    added = command("key", "add", "--store", str(path))
    assert added.exit_code == 0, "its key is not kept; whoever goes on registers a new one"
    told = command("record", "setting", "setting=x", "value=y", "--store", str(path))
    assert told.exit_code == 0, told.output
    assert indexes(path) == {f"small_events_{1_000 + len(BULK)}"}, "the slower one is gone"
    again = command("verify", "--store", str(path), "--against", kept)
    assert again.exit_code == 1, "the key without an earlier key's word is told"
    assert "key-unvouched" in again.stdout


def indexes(path: Path) -> set[str]:
    """The indexes of small events that a store has."""
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute("SELECT name FROM sqlite_master WHERE name LIKE 'small%'")
        return {name for (name,) in rows}


def test_the_commands_of_keys_and_proofs(tmp_path, monkeypatch) -> None:
    new_store(tmp_path).close()
    monkeypatch.chdir(tmp_path)
    assert command("seal", "-o", "old").exit_code == 0
    assert command("prove", "3", "-o", "early").exit_code == 0
    assert command("verify", "--proof", "early", "--against", "old").stderr == ""
    assert command("record", "setting", "setting=region.trees", "value=x").exit_code == 0
    assert command("prove", "3", "-o", "early").exit_code == 0
    later = command("verify", "--proof", "early", "--against", "old")
    assert later.exit_code == 0, later.output
    assert "bara ett tillväxtbevis" in later.stderr, "the checkpoint kept is an older one"
    (tmp_path / "early").unlink()
    rotated = command("key", "rotate")
    assert rotated.exit_code == 0, rotated.output
    added = command("key", "new", "other.key")
    assert command("key", "add", added.stdout.strip()).exit_code == 0
    listed = json.loads(command("key", "list", "--format", "json").stdout)
    assert [row["state"] for row in listed] == ["sealing", "sealing", "retired"]
    assert PublicKey.parse(listed[0]["key"]) == PublicKey.parse(rotated.stdout.strip())
    assert command("prove", "3", "-o", "event.tlog-proof").exit_code == 0
    shown = command("verify", "--proof", "event.tlog-proof", "--format", "json")
    proven = json.loads(shown.stdout)
    assert proven["position"] == 3
    people = command("verify", "--proof", "event.tlog-proof").stdout
    labels = [re.split(r" {2,}", line)[0] for line in people.splitlines()[2:]]
    assert labels == [
        *("Logg", "Loggens storlek, händelser", "Loggens rothash", "Nyckel", "Händelse", "Ström"),
        *("Version i strömmen", "Händelsetyp", "Händelsens innehåll"),
    ]
    assert len(labels) == len(proven)
    assert command("prove", "--from", "old", "-o", "growth").exit_code == 0
    (tmp_path / "ledger.db").unlink()
    grown = command("verify", "--proof", "growth", "--key", "growth.vkey", "--against", "old")
    assert grown.exit_code == 0, grown.output
    assert state_of(tmp_path) == {"event.tlog-proof", "growth", "old", "ledger.key", "other.key"}


def state_of(folder: Path) -> set[str]:
    """What lies there, without the keys beside the files."""
    return {path.name for path in folder.iterdir() if path.suffix != ".vkey"}


def test_the_slice_knows_the_log_s_name(store) -> None:
    sealing = store.book().state.of(Sealing)
    assert sealing.origin == "utfall.example/region-nord/rn/demo-simulated-clock"
    assert list(sealing.keys) == [str(SigningKey.read(store.path.with_suffix(".key")).public)]
