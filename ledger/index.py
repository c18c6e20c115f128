"""Indexes over the log, inside the write transaction: what commands may look up.

The voucher index is a table that is brought forward from the log before each command decides;
it can be thrown away and comes back the same. What is asked rarely is read from the log itself.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from eventsourcing.sqlite import SQLiteCursor

from ledger import private
from ledger.commands import Occasion
from ledger.events import EVENTS, Recorded, loaded, private_fields
from ledger.families.budget import budget_key
from ledger.families.erasure import KEY
from ledger.families.outcome import TOTAL_KEY, OutcomePosted, voucher_digest
from ledger.families.staffing import StaffingReported, StaffingRestated, staffing_key
from ledger.state import KeptValue, VoucherEntry

_INDEXED = ("outcome.posted", "outcome.reversed", "governance.batch_admitted")


class Index:
    """The store's answers to `ledger.commands.Lookup`."""

    def __init__(self, cursor: SQLiteCursor, occasion: Occasion) -> None:
        self._cursor, self._occasion = cursor, occasion
        self._months: dict[tuple[str, str], dict[tuple[str, str, str], int]] = {}

    # ── bringing the voucher index forward ─────────────────────────────────────────────────

    def advance(self) -> None:
        """Bring the voucher index forward to the end of the log."""
        self._cursor.execute("SELECT size FROM index_progress WHERE name = 'vouchers'")
        row = self._cursor.fetchone()
        done = row[0] if row else 0
        size = self._one("SELECT MAX(rowid) FROM stored_events") or 0
        if done == size:
            return
        if not 0 <= done <= size:  # somebody else's progress: begin again
            done = 0
        self._cursor.execute("DELETE FROM index_vouchers WHERE first >= ?", (done,))
        self._cursor.execute(
            "SELECT rowid - 1, originator_id, topic, state FROM stored_events "
            f"WHERE rowid > ? AND topic IN ({', '.join('?' * len(_INDEXED))}) ORDER BY rowid",
            (done, *_INDEXED),
        )
        events = self._cursor.fetchall()
        clear = self._private(done, size)
        vouchers: dict[tuple[str, int], list[dict[str, Any]]] = {}
        reversed_: list[int] = []
        kinds: dict[str, str] = {}
        for position, stream, topic, state in events:
            content = json.loads(state)
            if topic == OutcomePosted.topic:
                content = _in_clear(content, position, clear)
                vouchers.setdefault((stream, content["voucher"]), []).append(content)
            elif topic == "outcome.reversed":
                reversed_.append(content["reverses"])
            else:
                kinds[content["batch"]] = content["kind"]
        self._cursor.executemany(
            "INSERT INTO index_vouchers "
            "(first, rows, series, number, date, digest, batch, source, erased)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (
                    rows[0]["position"],
                    len(rows),
                    rows[0].get("series", ""),
                    rows[0].get("number", ""),
                    rows[0]["date"],
                    voucher_digest(rows),
                    stream,
                    kinds.get(stream, ""),
                    any(row["erased"] for row in rows),
                )
                for (stream, _), rows in vouchers.items()
            ],
        )
        self._cursor.executemany(
            "UPDATE index_vouchers SET reversed = 1 WHERE first = "
            "(SELECT MAX(first) FROM index_vouchers WHERE first <= ?)",
            [(position,) for position in reversed_],
        )
        self._cursor.execute(
            "INSERT OR REPLACE INTO index_progress (name, size) VALUES ('vouchers', ?)", (size,)
        )

    def _private(self, first: int, end: int) -> dict[int, dict[str, str]]:
        self._cursor.execute(
            "SELECT position, field, value FROM private_values WHERE position >= ? "
            "AND position < ?",
            (first, end),
        )
        clear: dict[int, dict[str, str]] = {}
        for position, field, value in self._cursor.fetchall():
            clear.setdefault(position, {})[field] = value
        return clear

    def _one(self, query: str, *parameters: object) -> Any:
        self._cursor.execute(query, parameters)
        row = self._cursor.fetchone()
        return row[0] if row else None

    # ── lookups ────────────────────────────────────────────────────────────────────────────

    @property
    def occasion(self) -> Occasion:
        """When and by whom the command is given."""
        return self._occasion

    def event(self, position: int) -> Recorded | None:
        """The event at that position; `Tampered` if its bytes do not decode."""
        self._cursor.execute(
            "SELECT originator_id, originator_version, topic, state FROM stored_events "
            "WHERE rowid = ?",
            (position + 1,),
        )
        row = self._cursor.fetchone()
        return None if row is None else loaded(position, *row)

    _VOUCHER = "SELECT series, number, date, digest, first, rows, source, reversed, erased"

    def _vouchers(self, query: str, *parameters: object) -> list[VoucherEntry]:
        self._cursor.execute(f"{self._VOUCHER} FROM index_vouchers {query}", parameters)
        return [
            VoucherEntry(series, number, date, digest, first, rows, source, bool(back), bool(gone))
            for series, number, date, digest, first, rows, source, back, gone in (
                self._cursor.fetchall()
            )
        ]

    def vouchers(self, numbers: Sequence[tuple[str, str]]) -> Sequence[VoucherEntry]:
        """Recorded vouchers with any of these (series, number) pairs, in log order."""
        found: list[VoucherEntry] = []
        for start in range(0, len(numbers), 400):
            some = numbers[start : start + 400]
            pairs = ", ".join(["(?, ?)"] * len(some))
            flat = [part for pair in some for part in pair]
            found += self._vouchers(f"WHERE (series, number) IN (VALUES {pairs})", *flat)
        return sorted(found, key=lambda v: v.first)

    def vouchers_between(self, source: str, first: str, last: str) -> Sequence[VoucherEntry]:
        """Recorded vouchers of that kind of source dated first to last, in log order."""
        return self._vouchers(
            "WHERE source = ? AND date >= ? AND date <= ? ORDER BY first", source, first, last
        )

    def voucher_of(self, position: int) -> VoucherEntry | None:
        """The voucher that holds the posting at that position."""
        found = self._vouchers("WHERE first <= ? ORDER BY first DESC LIMIT 1", position)
        return found[0] if found and position < found[0].first + found[0].rows else None

    def voucher_rows(self, first: int) -> Sequence[Mapping[str, Any]]:
        """All rows of the voucher that begins at that position; ``erased`` names the private
        fields whose value is gone, or was withheld since it was erased before."""
        voucher = self.voucher_of(first)
        if voucher is None:
            return []
        end = first + voucher.rows
        clear = self._private(first, end)
        self._cursor.execute(
            "SELECT rowid - 1, state FROM stored_events WHERE rowid > ? AND rowid <= ? "
            "ORDER BY rowid",
            (first, end),
        )
        every = dict.fromkeys(OutcomePosted.model_fields)
        return [
            every | _in_clear(json.loads(state), position, clear)
            for position, state in self._cursor.fetchall()
        ]

    def attempts(self, key: str) -> int:
        """How many times the batch of that key was recorded."""
        self._cursor.execute(
            "SELECT COUNT(DISTINCT json_extract(e.state, '$.batch')) FROM private_values p "
            "JOIN stored_events e ON e.rowid = p.position + 1 "
            "WHERE p.field = 'key' AND p.value = ?",
            (key,),
        )
        return int(self._cursor.fetchone()[0])

    def private(self, position: int, field: str) -> str | None:
        """A private value in clear; None where there is none, or it was erased."""
        value: str | None = self._one(
            "SELECT value FROM private_values WHERE position = ? AND field = ?", position, field
        )
        return value

    def committed(self, position: int) -> Sequence[str] | None:
        """The private fields that the event holds commitments to, sorted; None without any."""
        self._cursor.execute(
            "SELECT topic, state FROM stored_events WHERE rowid = ?", (position + 1,)
        )
        row = self._cursor.fetchone()
        if row is None or row[0] not in EVENTS:
            return None
        content = json.loads(row[1])
        return [name for name in private_fields(EVENTS[row[0]]) if name in content] or None

    def kept(self, position: int, field: str) -> KeptValue | None:
        """What is known of a private value that the store still holds."""
        found = self._kept("p.position = ? AND p.field = ?", position, field)
        return found[0] if found else None

    def kept_of(self, field: str) -> Sequence[KeptValue]:
        """All values of a private field that the store still holds, in log order."""
        return self._kept("p.field = ?", field)

    def holding(self, value: str) -> Sequence[KeptValue]:
        """Every place but keys where the store holds that very value."""
        return self._kept("p.value = ? AND p.field <> ?", value, KEY)

    def _kept(self, where: str, *parameters: object) -> list[KeptValue]:
        return list(private.kept_values(self._cursor, where, parameters))

    def is_erased(self, position: int, field: str) -> bool:
        """True if an event says that the value was erased."""
        return (position, field) in private.erasures(self._cursor)

    def rebuild(self, positions: Iterable[int]) -> None:
        """Make the entries of the vouchers that hold these postings anew from what is left."""
        firsts = {v.first for position in positions if (v := self.voucher_of(position))}
        self._cursor.executemany(
            "UPDATE index_vouchers SET digest = ?, erased = 1 WHERE first = ?",
            [(voucher_digest(self.voucher_rows(first)), first) for first in sorted(firsts)],
        )

    def totals(self, first: str, last: str) -> Mapping[tuple[str | None, ...], int]:
        """Month totals now on record, öre by `TOTAL_KEY`, for periods first to last."""

        def key(content: Mapping[str, Any]) -> tuple[str | None, ...]:
            return tuple(content.get(name) for name in TOTAL_KEY)

        return self._latest("outcome.balance_restated", key, "new", first, last)

    def budget(self, first: str, last: str) -> Mapping[tuple[str | None, ...], int]:
        """Budget in öre by `budget_key` for periods first to last."""
        return self._latest("budget.decided", budget_key, "amount", first, last)

    def staffing(self, first: str, last: str) -> Mapping[tuple[str | None, ...], int]:
        """Staffing now on record by `staffing_key` for periods first to last."""
        self._cursor.execute(
            "SELECT state FROM stored_events WHERE topic IN (?, ?)",
            (StaffingReported.topic, StaffingRestated.topic),
        )
        found: dict[tuple[str | None, ...], int] = {}
        for (state,) in self._cursor.fetchall():
            content = json.loads(state)
            if first <= content["period"] <= last:
                key = staffing_key(content)
                found[key] = found.get(key, 0) + content["value"]
        return found

    def _latest(
        self,
        topic: str,
        key: Callable[[Mapping[str, Any]], tuple[str | None, ...]],
        value: str,
        first: str,
        last: str,
    ) -> dict[tuple[str | None, ...], int]:
        assert topic in EVENTS
        self._cursor.execute(
            "SELECT state FROM stored_events WHERE topic = ? ORDER BY rowid", (topic,)
        )
        found: dict[tuple[str | None, ...], int] = {}
        for (state,) in self._cursor.fetchall():
            content = json.loads(state)
            if first <= content["period"] <= last:
                found[key(content)] = content[value]
        return found

    def outcome_by_month(self, first: str, last: str) -> Mapping[tuple[str, str, str], int]:
        """Outcome in öre by (unit, account, period), periods first to last."""
        found = self._months.setdefault((first, last), {})
        if found:
            return found
        self._cursor.execute("SELECT state FROM stored_events WHERE topic LIKE 'outcome.%'")
        for (state,) in self._cursor.fetchall():
            content = json.loads(state)
            if "unit" in content and first <= content.get("period", "") <= last:
                place = (content["unit"], content["account"], content["period"])
                found[place] = found.get(place, 0) + content["amount"]
        return found


def _in_clear(
    content: Mapping[str, Any], position: int, clear: Mapping[int, Mapping[str, str]]
) -> dict[str, Any]:
    """A posting with its private fields in clear. A commitment without a value has been erased:
    it reads as nothing, and ``erased`` names it beside what was withheld."""
    committed = {name for name in private_fields(OutcomePosted) if name in content}
    held = clear.get(position, {})
    withheld = frozenset((content.get("withheld") or "").split(",")) - {""}
    gone = frozenset(name for name in committed if held.get(name) is None)
    return {
        **content,
        **dict.fromkeys(committed),
        **held,
        "position": position,
        "erased": gone | withheld,
    }
