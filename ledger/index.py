"""Indexes over the log, inside the write transaction: what commands may look up.

The voucher index is a table that is brought forward from the log before each command decides;
it can be thrown away and comes back the same. What is asked rarely is read from the log itself.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from eventsourcing.sqlite import SQLiteCursor

from ledger.commands import Occasion
from ledger.events import EVENTS, Recorded, loaded, private_fields
from ledger.families.budget import budget_key
from ledger.families.outcome import TOTAL_KEY, OutcomePosted, voucher_digest
from ledger.state import VoucherEntry

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
        self._cursor.execute(
            "SELECT rowid - 1, originator_id, topic, state FROM stored_events "
            f"WHERE rowid > ? AND topic IN ({', '.join('?' * len(_INDEXED))}) ORDER BY rowid",
            (done, *_INDEXED),
        )
        events = self._cursor.fetchall()
        clear, blank = self._private(done, size), dict.fromkeys(private_fields(OutcomePosted))
        vouchers: dict[tuple[str, int], list[dict[str, Any]]] = {}
        reversed_: list[int] = []
        kinds: dict[str, str] = {}
        for position, stream, topic, state in events:
            content = json.loads(state)
            if topic == OutcomePosted.topic:
                # A commitment without a value has been erased: it reads as nothing.
                content |= blank | clear.get(position, {}) | {"position": position}
                vouchers.setdefault((stream, content["voucher"]), []).append(content)
            elif topic == "outcome.reversed":
                reversed_.append(content["reverses"])
            else:
                kinds[content["batch"]] = content["kind"]
        self._cursor.executemany(
            "INSERT INTO index_vouchers (first, rows, series, number, date, digest, batch, source)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
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

    _VOUCHER = "SELECT series, number, date, digest, first, rows, source, reversed"

    def _vouchers(self, query: str, *parameters: object) -> list[VoucherEntry]:
        self._cursor.execute(f"{self._VOUCHER} FROM index_vouchers {query}", parameters)
        return [
            VoucherEntry(series, number, date, digest, first, rows, source, bool(gone))
            for series, number, date, digest, first, rows, source, gone in self._cursor.fetchall()
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
        fields whose value is gone."""
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
        rows = []
        for position, state in self._cursor.fetchall():
            content = json.loads(state)
            committed = {f for f in private_fields(OutcomePosted) if f in content}
            held = clear.get(position, {})
            content |= dict.fromkeys(committed)
            erased = frozenset(f for f in committed if held.get(f) is None)
            every = dict.fromkeys(OutcomePosted.model_fields)
            rows.append(every | content | held | {"position": position, "erased": erased})
        return rows

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

    def totals(self, first: str, last: str) -> Mapping[tuple[str | None, ...], int]:
        """Month totals now on record, öre by `TOTAL_KEY`, for periods first to last."""

        def key(content: Mapping[str, Any]) -> tuple[str | None, ...]:
            return tuple(content.get(name) for name in TOTAL_KEY)

        return self._latest("outcome.balance_restated", key, "new", first, last)

    def budget(self, first: str, last: str) -> Mapping[tuple[str | None, ...], int]:
        """Budget in öre by `budget_key` for periods first to last."""
        return self._latest("budget.decided", budget_key, "amount", first, last)

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
