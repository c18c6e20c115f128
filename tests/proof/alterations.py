"""Ways to alter the stored events, for whoever has the database file and no scruples.

Each takes a connection to a store whose guards are dropped, and a source of randomness; it
alters the table and gives nothing back. What was touched first is found by comparing the table
before and after (`first_touched`), never by asking the code under test.
"""

import random
import sqlite3
from collections.abc import Callable
from pathlib import Path

from ledger import seals
from ledger.events import canonical_json
from ledger.families.sealing import KeyRegistered
from ledger.notes import SigningKey
from ledger.tree import Frontier

COLUMNS = "rowid, CAST(originator_id AS BLOB), originator_version, CAST(topic AS BLOB), state"
Alteration = Callable[[sqlite3.Connection, random.Random], None]


def open_wide(path: Path) -> sqlite3.Connection:
    """A connection with every guard dropped."""
    connection = sqlite3.connect(path, isolation_level=None)
    names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
    for (name,) in names:
        connection.execute(f"DROP TRIGGER {name}")
    return connection


def table(connection: sqlite3.Connection) -> dict[int, tuple]:
    """The rows by rowid, with the storage class of each value: bytes as text are other bytes."""
    types = ", ".join(
        f"typeof({c})" for c in ("originator_id", "originator_version", "topic", "state")
    )
    rows = connection.execute(f"SELECT {COLUMNS}, {types} FROM stored_events")
    return {row[0]: row[1:] for row in rows}


def first_touched(before: dict[int, tuple], after: dict[int, tuple]) -> int:
    """The first position at which the two tables differ."""
    rowids = [r for r in before.keys() | after.keys() if before.get(r) != after.get(r)]
    return max(min(rowids) - 1, 0)


def _any_row(connection: sqlite3.Connection, chance: random.Random) -> tuple:
    rows = connection.execute(f"SELECT {COLUMNS} FROM stored_events ORDER BY rowid").fetchall()
    return chance.choice(rows)


def _flipped(data: bytes, chance: random.Random) -> bytes:
    place = chance.randrange(len(data) * 8)
    changed = bytearray(data)
    changed[place // 8] ^= 1 << place % 8
    return bytes(changed)


def _try(connection: sqlite3.Connection, query: str, *parameters: object) -> bool:
    """Run it; False where the table's own keys refuse it."""
    try:
        return connection.execute(query, parameters).rowcount > 0
    except (sqlite3.IntegrityError, OverflowError):
        return False


def flip_bytes(connection: sqlite3.Connection, chance: random.Random) -> None:
    """One bit of an event's stored bytes."""
    row = _any_row(connection, chance)
    state = _flipped(row[4], chance)
    connection.execute("UPDATE stored_events SET state = ? WHERE rowid = ?", (state, row[0]))


def flip_id(connection: sqlite3.Connection, chance: random.Random) -> None:
    """One bit of an event's stream, also into bytes that are no UTF-8."""
    query = "UPDATE stored_events SET originator_id = CAST(? AS TEXT) WHERE rowid = ?"
    while True:
        row = _any_row(connection, chance)
        if _try(connection, query, _flipped(row[1], chance), row[0]):
            return


def flip_topic(connection: sqlite3.Connection, chance: random.Random) -> None:
    """One bit of an event's topic."""
    row = _any_row(connection, chance)
    query = "UPDATE stored_events SET topic = CAST(? AS TEXT) WHERE rowid = ?"
    connection.execute(query, (_flipped(row[3], chance), row[0]))


def flip_version(connection: sqlite3.Connection, chance: random.Random) -> None:
    """One bit of an event's version, of the 64 that it has."""
    query = "UPDATE stored_events SET originator_version = ? WHERE rowid = ?"
    while True:
        row = _any_row(connection, chance)
        data = row[2].to_bytes(8, "big", signed=True)
        version = int.from_bytes(_flipped(data, chance), "big", signed=True)
        if _try(connection, query, version, row[0]):
            return


def flip_position(connection: sqlite3.Connection, chance: random.Random) -> None:
    """One bit of an event's place in the log."""
    while True:
        row = _any_row(connection, chance)
        data = row[0].to_bytes(8, "big", signed=True)
        place = int.from_bytes(_flipped(data, chance), "big", signed=True)
        if _try(connection, "UPDATE stored_events SET rowid = ? WHERE rowid = ?", place, row[0]):
            return


def retype(connection: sqlite3.Connection, chance: random.Random) -> None:
    """The same bytes as another storage class, which a question by name no longer finds."""
    row = _any_row(connection, chance)
    column, kind = chance.choice([("originator_id", "BLOB"), ("topic", "BLOB"), ("state", "TEXT")])
    query = f"UPDATE stored_events SET {column} = CAST({column} AS {kind}) WHERE rowid = ?"
    connection.execute(query, (row[0],))


def delete_one(connection: sqlite3.Connection, chance: random.Random) -> None:
    """One event, leaving its place empty."""
    row = _any_row(connection, chance)
    connection.execute("DELETE FROM stored_events WHERE rowid = ?", (row[0],))


def delete_and_close_up(connection: sqlite3.Connection, chance: random.Random) -> None:
    """One event, and all later ones moved up, so that no place is empty."""
    row = _any_row(connection, chance)
    connection.execute("DELETE FROM stored_events WHERE rowid = ?", (row[0],))
    _shift(connection, row[0], -1)


def swap_two(connection: sqlite3.Connection, chance: random.Random) -> None:
    """Two events change places."""
    rows = connection.execute("SELECT rowid FROM stored_events").fetchall()
    (one,), (other,) = chance.sample(rows, 2)
    for old, new in ((one, -1), (other, one), (-1, other)):
        connection.execute("UPDATE stored_events SET rowid = ? WHERE rowid = ?", (new, old))


def insert_one(connection: sqlite3.Connection, chance: random.Random) -> None:
    """A forged event somewhere, or at the end, all later ones moved down."""
    row = _any_row(connection, chance)
    newest = connection.execute("SELECT MAX(rowid) FROM stored_events").fetchone()[0]
    place = chance.choice([row[0], newest + 1])
    _shift(connection, place, 1)
    connection.execute(
        "INSERT INTO stored_events (rowid, originator_id, originator_version, topic, state) "
        "VALUES (?, 'batch:forged:1', 1, ?, ?)",
        (place, row[3].decode(), row[4]),
    )


def _shift(connection: sqlite3.Connection, first: int, by: int) -> None:
    """Move the rows from a place on, by way of the negative numbers."""
    connection.execute("UPDATE stored_events SET rowid = -rowid WHERE rowid >= ?", (first,))
    connection.execute("UPDATE stored_events SET rowid = -rowid + ? WHERE rowid < 0", (by,))


def cut_events(connection: sqlite3.Connection, chance: random.Random) -> None:
    """The tail of the events; the checkpoints stay."""
    row = _any_row(connection, chance)
    connection.execute("DELETE FROM stored_events WHERE rowid >= ?", (row[0],))


def cut_batches(connection: sqlite3.Connection, chance: random.Random) -> None:
    """Whole batches from the end, with their checkpoints: what is left is sound in itself."""
    sizes = [row[0] for row in connection.execute("SELECT size FROM checkpoints ORDER BY size")]
    size = chance.choice(sizes[:-1])
    connection.execute("DELETE FROM stored_events WHERE rowid > ?", (size,))
    connection.execute("DELETE FROM checkpoints WHERE size > ?", (size,))


def replace_all(connection: sqlite3.Connection, chance: random.Random) -> None:
    """Every event another, and everything sealed anew with another key."""
    rows = connection.execute(f"SELECT {COLUMNS} FROM stored_events ORDER BY rowid").fetchall()
    for row in rows:
        state = row[4].replace(b'"actor":"', b'"actor":"x')
        connection.execute("UPDATE stored_events SET state = ? WHERE rowid = ?", (state, row[0]))
    seal_anew(connection, SigningKey.new("utfall.example/forger"), 0)


def replace_tail(connection: sqlite3.Connection, chance: random.Random) -> None:
    """Every event from a checkpoint on another, and sealed anew from there with another key."""
    sizes = [row[0] for row in connection.execute("SELECT size FROM checkpoints ORDER BY size")]
    first = chance.choice(sizes[:-1])
    rows = connection.execute("SELECT rowid, state FROM stored_events WHERE rowid > ?", (first,))
    for rowid, state in rows.fetchall():
        changed = state.replace(b'"actor":"', b'"actor":"x')
        connection.execute("UPDATE stored_events SET state = ? WHERE rowid = ?", (changed, rowid))
    seal_anew(connection, SigningKey.new("utfall.example/forger"), first)


def seal_anew(connection: sqlite3.Connection, key: SigningKey, first: int) -> None:
    """Seal from a checkpoint's size on at the same sizes; a forger's key is put into the log in
    the place of the first one, or of an event after ``first``."""
    query = "SELECT size, frontier FROM checkpoints ORDER BY size"
    checkpoints = connection.execute(query).fetchall()
    origin = connection.execute("SELECT note FROM checkpoints").fetchone()[0].split("\n")[0]
    known = connection.execute(
        "SELECT 1 FROM stored_events WHERE topic = ? AND instr(state, ?)",
        (KeyRegistered.topic, str(key.public).encode()),
    ).fetchone()
    if known is None:
        row = connection.execute(
            "SELECT rowid, state FROM stored_events WHERE rowid > ? "
            "ORDER BY topic = ? DESC, rowid LIMIT 1",
            (first, KeyRegistered.topic),
        ).fetchone()
        event = {"origin": origin, "public_key": str(key.public), "v": 1, "source": "x"}
        event |= {"recorded_at": "2020-09-01T08:00:00.000000Z", "actor": "x", "user": "x"}
        connection.execute(
            "UPDATE stored_events SET topic = ?, state = ? WHERE rowid = ?",
            (KeyRegistered.topic, canonical_json(event), row[0]),
        )
    frontier = next((Frontier(size, bytes(f)) for size, f in checkpoints if size == first), None)
    frontier = frontier or Frontier()
    connection.execute("DELETE FROM checkpoints WHERE size > ?", (first,))
    for size in (size for size, _ in checkpoints if size > first):
        seals.seal(connection.cursor(), frontier, size, origin, [key])  # type: ignore[arg-type]


def spoil_a_checkpoint(connection: sqlite3.Connection, chance: random.Random) -> None:
    """One bit of a checkpoint's text or signature."""
    rows = connection.execute("SELECT size, CAST(note AS BLOB) FROM checkpoints").fetchall()
    size, note = chance.choice(rows)
    query = "UPDATE checkpoints SET note = CAST(? AS TEXT) WHERE size = ?"
    connection.execute(query, (_flipped(note, chance), size))


ALTERATIONS: tuple[Alteration, ...] = (
    flip_bytes,
    flip_id,
    flip_topic,
    flip_version,
    flip_position,
    retype,
    delete_one,
    delete_and_close_up,
    swap_two,
    insert_one,
    cut_events,
    cut_batches,
    replace_all,
    replace_tail,
)
