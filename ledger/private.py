"""Private values as they are read: in clear, or the marker of their erasure.

The event holds SHA-256(salt ‖ value); salt and value lie in ``private_values``, the only table
from which anything leaves. What an event says was erased reads ``[gallrad DATE, REF]`` wherever
the value was read, also as known before: erasure is the one thing that no known-at sees past.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any, Protocol

from ledger.state import KeptValue

ERASED = "governance.text_erased"


class Cursor(Protocol):
    """What reads rows: SQLite's cursor, or the library's."""

    def execute(self, statement: str, parameters: Any = ..., /) -> Any:
        """Run a query."""

    def fetchall(self) -> Any:
        """All its rows."""


@dataclass(frozen=True, slots=True)
class Erasure:
    """An erasure on record, by the event at ``recorded``: of which event's field, when (UTC, the
    first time, if it was carried over from another log) and by what decision."""

    recorded: int
    position: int
    field: str
    decision: str
    erased_at: str

    def marker(self, zone: tzinfo) -> str:
        """What stands where the value stood; the day is that of the organisation's zone."""
        day = datetime.fromisoformat(self.erased_at).astimezone(zone).date()
        return f"[gallrad {day.isoformat()}, {self.decision}]"


def erasures(cursor: Cursor) -> dict[tuple[int, str], Erasure]:
    """Every erasure of the whole log by (position, field): the first of each place."""
    cursor.execute(
        "SELECT rowid - 1, CAST(state AS TEXT) FROM stored_events "
        f"WHERE topic = '{ERASED}' ORDER BY rowid"
    )
    found: dict[tuple[int, str], Erasure] = {}
    for recorded, state in cursor.fetchall():
        content = json.loads(state)
        place = (content["entry"], content["field"])
        when = content.get("erased_at") or content["recorded_at"]
        found.setdefault(place, Erasure(recorded, *place, content["decision"], when))
    return found


def kept_values(cursor: Cursor, where: str, parameters: Iterable[object]) -> Iterator[KeptValue]:
    """What is known of the values that the store holds, in log order, but the values: those for
    which ``where`` is true (``p`` the private value, ``e`` its event)."""
    cursor.execute(
        "SELECT p.position, p.field, e.topic, CAST(e.state AS TEXT) FROM private_values p "
        f"JOIN stored_events e ON e.rowid = p.position + 1 WHERE {where} "
        "ORDER BY p.position, p.field",
        tuple(parameters),
    )
    for position, field, topic, state in cursor.fetchall():
        content = json.loads(state)
        yield KeptValue(
            position,
            field,
            topic,
            content.get("unit"),
            content.get("period"),
            content["recorded_at"],
            content.get("kind") if field == "key" else None,
            content.get("entries") if field == "key" else None,
        )
