"""Vouchers as they are read: rows gathered, added rows matched with their twins, the sum checked.

Amounts are öre in SIE sign: debit positive.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from intake.sie.model import Objects, SieRow, SieVoucher
from intake.sie.text import Notes
from ledger.money import fits, to_text

_Key = tuple[str, Objects, int]


@dataclass(slots=True)
class OpenVoucher:
    """A voucher between its ``#VER`` and its closing brace.

    ``date`` is None where it could not be read. ``faulty`` is set where a header or row was
    refused: a sum over what is left would only say the same thing twice.
    """

    series: str
    number: str
    date: str | None
    text: str
    registered_at: str | None
    registered_by: str
    line: int
    faulty: bool = False
    braced: bool = False
    rows: list[SieRow] = field(default_factory=list)
    _added: dict[_Key, list[int]] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """Series and number for messages, or the date where both are empty."""
        named = f"{self.series} {self.number}".strip()
        return f"voucher {named}" if named else f"voucher of {self.date} without number"

    def add(self, row: SieRow) -> None:
        """Take a ``#TRANS``; the twin of an added row takes its place and is not counted again.

        The twin may have another date, follows at any distance, and keeps the signature that
        only the added row has.
        """
        waiting = self._added.get(_key(row)) if self._added else None
        if not waiting:
            self.rows.append(row)
            return
        index = waiting.pop(0)
        added = self.rows[index]
        self.rows[index] = replace(
            row,
            text=row.text or added.text,
            quantity=row.quantity or added.quantity,
            registered_by=row.registered_by or added.registered_by,
        )

    def add_added(self, row: SieRow) -> None:
        """Take an ``#RTRANS``: counted, until its twin takes its place."""
        self._added.setdefault(_key(row), []).append(len(self.rows))
        self.rows.append(row)

    def close(self, notes: Notes, *, cut: bool = False) -> SieVoucher | None:
        """The voucher, with what is wrong with it noted; None where there is nothing to record.

        A ``cut`` voucher lacks its closing brace and has been noted.
        """
        for line in sorted(self.rows[i].line for waiting in self._added.values() for i in waiting):
            notes.warning(
                "sie-added-row-alone",
                line,
                f"{self.title}: #RTRANS without its #TRANS",
                "It is counted once; the standard has the same row again as #TRANS.",
            )
        if self.faulty or cut:
            return None
        if not self.rows:
            notes.warning(
                "sie-voucher-empty", self.line, f"{self.title} has no rows", "It records nothing."
            )
            return None
        self._check_sum(notes)
        assert self.date is not None, "a voucher without date is faulty"
        return SieVoucher(
            self.series,
            self.number,
            self.date,
            self.text,
            self.registered_at,
            self.registered_by,
            tuple(self.rows),
            self.line,
        )

    def _check_sum(self, notes: Notes) -> None:
        amounts = [row.amount for row in self.rows]
        total = sum(amounts)
        debit = sum(amount for amount in amounts if amount > 0)
        if not (fits(debit) and fits(total - debit)):
            notes.problem(
                "sie-beyond-range",
                self.line,
                f"{self.title}: debit or credit is beyond 64 bits of öre",
                "Correct the amounts in the source system and export again.",
            )
        elif total:
            side = "debit" if total > 0 else "credit"
            notes.problem(
                "sie-unbalanced",
                self.line,
                f"{self.title} sums to {'+' if total > 0 else ''}{to_text(total)}, too much {side}",
                "A voucher sums to 0: correct it in the source system and export again.",
            )


def _key(row: SieRow) -> _Key:
    return row.account, tuple(sorted(row.objects)), row.amount
