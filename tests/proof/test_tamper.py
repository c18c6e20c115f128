"""Whoever alters the stored events is found, and the first position that was touched is named.

``make tamper`` does as many as TAMPER says (2,000); `make test` 200. Each alteration is made on a
copy of a store, and ``ledger verify --against`` a checkpoint kept before is run on it.
"""

import json
import os
import random
import shutil
import sqlite3
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.main import app
from ledger.commands import Source
from ledger.families.governance import ClosePeriods
from ledger.families.organisation_commands import ChangeSettings
from ledger.families.outcome_reversal import ReverseVouchers
from ledger.notes import SigningKey
from tests.ledger.builders import ACTOR, new_store, post, wage
from tests.proof import alterations
from tests.proof.alterations import ALTERATIONS, first_touched, open_wide, table

TIMES = int(os.environ.get("TAMPER", "200"))
SHARE = 20


@pytest.fixture(scope="module")
def sealed(tmp_path_factory) -> Path:
    """A folder with a store of a dozen batches, its key, and a checkpoint kept outside."""
    folder = tmp_path_factory.mktemp("sealed")
    store = new_store(folder)
    for number in range(4):
        post(store, *wage(str(number), 100_00 + number, text=f"lön {number}"))
    position = store.book().postings()["position"][2]
    store.record(ReverseVouchers((position,), "fel"), ACTOR, Source("ledger reverse"))
    store.record(ClosePeriods(("2020-08",)), ACTOR, Source("ledger close"))
    store.rotate_key(ACTOR, Source("ledger key rotate"))
    store.record(ChangeSettings((("a", "b", None),)), ACTOR, Source("ledger record"))
    store.close()
    kept = run("seal", "-o", str(folder / "kept"), "--store", str(store.path))
    assert kept.exit_code == 0, kept.output
    return folder


def run(*arguments: str):
    """The command, as its user would give it."""
    return CliRunner().invoke(app, list(arguments), prog_name="ledger")


def verified(store: Path, kept: Path) -> tuple[int, list[dict]]:
    """Exit code and findings of a verification against the kept checkpoint."""
    told = run("verify", "--store", str(store), "--against", str(kept), "--format", "json")
    assert told.exit_code in (0, 1, 6), told.output
    return told.exit_code, json.loads(told.stdout)["findings"]


def test_what_nobody_touched_is_sound(sealed) -> None:
    assert verified(sealed / "ledger.db", sealed / "kept") == (0, [])


@pytest.mark.parametrize("share", range(SHARE))
def test_every_alteration_is_found_at_its_first_position(sealed, tmp_path, share) -> None:
    for number in range(share, TIMES, SHARE):
        chance = random.Random(number)
        alter = ALTERATIONS[number // SHARE % len(ALTERATIONS)]
        copy = tmp_path / "copy.db"
        shutil.copy(sealed / "ledger.db", copy)
        connection = open_wide(copy)
        before = table(connection)
        alter(connection, chance)
        touched = first_touched(before, table(connection))
        connection.close()
        code, findings = verified(copy, sealed / "kept")
        named = min(f["position"] for f in findings if f["position"] is not None)
        assert (code, named) == (6, touched), (alter.__name__, number, findings)


def test_one_bit_flipped_in_the_file_itself_is_found(sealed, tmp_path) -> None:
    connection = sqlite3.connect(sealed / "ledger.db")
    rows = connection.execute("SELECT rowid - 1, state FROM stored_events").fetchall()
    connection.close()
    whole = (sealed / "ledger.db").read_bytes()
    chance, done = random.Random(1), 0
    for position, state in rows:
        begin = whole.find(state)
        if begin < 0 or whole.find(state, begin + 1) >= 0:
            continue  # spread over pages of the file
        spoilt = bytearray(whole)
        spoilt[begin + chance.randrange(len(state))] ^= 1 << chance.randrange(8)
        (tmp_path / "copy.db").write_bytes(spoilt)
        code, findings = verified(tmp_path / "copy.db", sealed / "kept")
        assert (code, findings[0]["position"]) == (6, position)
        done += 1
    assert done > 20


def test_who_has_the_very_key_is_found_by_the_checkpoint_kept_outside(sealed, tmp_path) -> None:
    copy, key = tmp_path / "copy.db", SigningKey.read(sealed / "ledger.key")
    shutil.copy(sealed / "ledger.db", copy)
    connection = open_wide(copy)
    before = table(connection)
    alterations.flip_bytes(connection, random.Random(5))
    alterations.seal_anew(connection, key, 0)
    touched = first_touched(before, table(connection))
    connection.close()
    code, findings = verified(copy, sealed / "kept")
    assert code == 6
    assert findings[0]["code"] == "history-rewritten"
    assert findings[0]["position"] <= touched, "one kept checkpoint cannot say more"


def test_a_spoilt_checkpoint_is_found(sealed, tmp_path) -> None:
    for number in range(30):
        copy = tmp_path / "copy.db"
        shutil.copy(sealed / "ledger.db", copy)
        connection = open_wide(copy)
        alterations.spoil_a_checkpoint(connection, random.Random(number))
        connection.close()
        code, findings = verified(copy, sealed / "kept")
        assert code == 6, number
        assert findings[0]["code"] in (
            "checkpoint-damaged", "checkpoint-wrong", "signature-bad", "origin-changed",
        )  # fmt: skip


def test_a_stored_leaf_hash_that_was_changed_is_told_apart_from_an_event(sealed, tmp_path) -> None:
    copy = tmp_path / "copy.db"
    shutil.copy(sealed / "ledger.db", copy)
    connection = open_wide(copy)
    size, leaves = connection.execute("SELECT size, leaves FROM checkpoints LIMIT 1").fetchone()
    spoilt = leaves[:40] + bytes([leaves[40] ^ 1]) + leaves[41:]
    connection.execute("UPDATE checkpoints SET leaves = ? WHERE size = ?", (spoilt, size))
    connection.close()
    code, findings = verified(copy, sealed / "kept")
    assert code == 6
    assert [(f["code"], f["position"]) for f in findings] == [("leaves-altered", 1)]


@pytest.mark.parametrize("leaves", [b"\0" * 33, "text"])
def test_proofs_from_damaged_leaf_hashes_are_refused(sealed, tmp_path, leaves) -> None:
    """Tampering, and no bug."""
    copy = tmp_path / "copy.db"
    shutil.copy(sealed / "ledger.db", copy)
    connection = open_wide(copy)
    connection.execute("UPDATE checkpoints SET leaves = ?", (leaves,))
    connection.close()
    assert run("prove", "3", "--store", str(copy)).exit_code == 6
    assert verified(copy, sealed / "kept")[0] == 6


def test_an_index_that_hides_an_event_is_found(sealed, tmp_path) -> None:
    copy = tmp_path / "copy.db"
    shutil.copy(sealed / "ledger.db", copy)
    connection = sqlite3.connect(copy, isolation_level=None)
    name, sql = connection.execute(
        "SELECT name, sql FROM sqlite_master WHERE name LIKE 'small_events%'"
    ).fetchone()
    # The index is made to leave out closings, under a definition that still promises them all.
    hiding = sql.replace("WHERE ", "WHERE topic <> 'governance.period_closed' AND ")
    connection.execute(f"DROP INDEX {name}")
    connection.execute(hiding)
    connection.execute("PRAGMA writable_schema=ON")
    connection.execute("UPDATE sqlite_master SET sql = ? WHERE name = ?", (sql, name))
    connection.close()
    code, findings = verified(copy, sealed / "kept")
    assert (code, findings[0]["code"]) == (6, "index-wrong")


def test_guards_that_are_gone_are_told_and_come_back(sealed, tmp_path) -> None:
    for name in ("ledger.db", "ledger.key"):
        shutil.copy(sealed / name, tmp_path / name)
    open_wide(tmp_path / "ledger.db").close()
    code, findings = verified(tmp_path / "ledger.db", sealed / "kept")
    assert code == 1
    assert {f["code"] for f in findings} == {"guard-wrong"}
    told = run("record", "setting", "setting=x", "value=y", "--store", str(tmp_path / "ledger.db"))
    assert told.exit_code == 0, told.output
    assert verified(tmp_path / "ledger.db", sealed / "kept") == (0, [])


def test_a_kept_checkpoint_whose_own_signature_is_bad_proves_nothing(sealed, tmp_path) -> None:
    text = (sealed / "kept").read_text()
    (tmp_path / "kept").write_text(text.replace("\n", "x\n", 1))
    shutil.copy(sealed / "kept.vkey", tmp_path / "kept.vkey")
    told = run("verify", "--store", str(sealed / "ledger.db"), "--against", str(tmp_path / "kept"))
    assert told.exit_code == 3
    assert "bad-proof" in told.output


def test_nobody_records_in_a_log_that_was_touched(sealed, tmp_path) -> None:
    def drop_checkpoints(connection: sqlite3.Connection, chance: random.Random) -> None:
        connection.execute("DELETE FROM checkpoints")

    for alter in (alterations.insert_one, alterations.cut_events, drop_checkpoints):
        for name in ("ledger.db", "ledger.key"):
            shutil.copy(sealed / name, tmp_path / name)
        connection = open_wide(tmp_path / "ledger.db")
        alter(connection, random.Random(2))
        connection.close()
        store = str(tmp_path / "ledger.db")
        told = run("record", "setting", "setting=x", "value=z", "--store", store)
        assert told.exit_code == 6, told.output
