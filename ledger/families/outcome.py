"""Outcome: what was booked. Vouchers or month totals, reversals, opening balances.

Amounts are öre in result sign. Vouchers are known by series, number and date within their
fiscal year and by the digest of their rows; see `match_vouchers`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, ClassVar

from ledger.commands import digest_of
from ledger.events import Event, Private
from ledger.families.governance import closes
from ledger.state import Slice, VoucherEntry

closes("outcome", ended=True)

#: What makes a posting what it is: two vouchers with equal rows in these fields are the same.
CONTENT = (
    "account",
    "unit",
    "amount",
    "row_date",
    "project",
    "product",
    "activity",
    "counterparty_unit",
    "dimensions",
)
#: As much, but erasable: compared where both sides still have it.
CONTENT_PRIVATE = ("text", "counterparty")
#: Key of a month total.
TOTAL_KEY = (
    "period",
    "unit",
    "account",
    "project",
    "product",
    "activity",
    "counterparty_unit",
    "dimensions",
)


class OutcomePosted(Event):
    """A posting of a voucher.

    ``period`` is where it counts in the result, ``date`` the voucher's day (``row_date`` the
    row's own, where it differs). ``voucher`` numbers the vouchers of the batch; ``alone`` marks
    a row that came without voucher and need not balance. ``corrects`` is the position of the
    first posting of the voucher that this one replaces. ``withheld`` names, joined by commas,
    the private fields that the source gave and that were not taken, since they had been erased
    from the voucher before.
    """

    topic: ClassVar[str] = "outcome.posted"
    bulk: ClassVar[bool] = True
    period: str
    unit: str
    account: str
    amount: int
    date: str
    row_date: str | None = None
    voucher: int
    alone: bool | None = None
    series: str | None = None
    number: str | None = None
    row: int | None = None
    text: Private = None
    project: str | None = None
    product: str | None = None
    activity: str | None = None
    counterparty: Private = None
    counterparty_unit: str | None = None
    dimensions: str | None = None
    registered_at: str | None = None
    registered_by: Private = None
    authorised_by: Private = None
    document: Private = None
    corrects: int | None = None
    withheld: str | None = None


class OutcomeReversed(Event):
    """The reversal of one posting, named by its position: same code string, amount negated."""

    topic: ClassVar[str] = "outcome.reversed"
    bulk: ClassVar[bool] = True
    reverses: int
    period: str
    unit: str
    account: str
    amount: int
    date: str
    voucher: int
    series: str | None = None
    number: str | None = None
    row: int | None = None
    project: str | None = None
    product: str | None = None
    activity: str | None = None
    counterparty_unit: str | None = None
    dimensions: str | None = None
    reason: Private = None


class BalanceRestated(Event):
    """A month's total on a code string, old and new; ``amount`` is new − old."""

    topic: ClassVar[str] = "outcome.balance_restated"
    bulk: ClassVar[bool] = True
    period: str
    unit: str
    account: str
    project: str | None = None
    product: str | None = None
    activity: str | None = None
    counterparty_unit: str | None = None
    dimensions: str | None = None
    old: int
    new: int
    amount: int


class OpeningBalanceStated(Event):
    """An account's balance at the start of a fiscal year, result sign."""

    topic: ClassVar[str] = "outcome.opening_balance_stated"
    year: str
    account: str
    amount: int
    old: int | None = None


class VoucherMissed(Event):
    """A later cumulative file no longer holds a voucher that an earlier one did: a finding."""

    topic: ClassVar[str] = "outcome.voucher_missed"
    series: str
    number: str
    date: str
    first: int


@dataclass
class Missed(Slice):
    """The vouchers that a file lacked, by their first position."""

    vouchers: set[int] = field(default_factory=set)

    def apply(self, event: Event, position: int) -> None:
        """Fold one event."""
        if isinstance(event, VoucherMissed):
            self.vouchers.add(event.first)


@dataclass
class Openings(Slice):
    """Opening balances as stated: öre in result sign, and where in the log, by (first month of
    the year, account)."""

    balances: dict[tuple[str, str], int] = field(default_factory=dict)
    positions: dict[tuple[str, str], int] = field(default_factory=dict)

    def apply(self, event: Event, position: int) -> None:
        """Fold one event."""
        if isinstance(event, OpeningBalanceStated):
            self.balances[(event.year, event.account)] = event.amount
            self.positions[(event.year, event.account)] = position


def voucher_digest(rows: Iterable[Mapping[str, Any]], private: bool = True) -> str:
    """Digest of a voucher's content, whatever the order of its rows."""
    fields = CONTENT + CONTENT_PRIVATE if private else CONTENT
    return digest_of(sorted([[str(row.get(f) or "") for f in fields] for row in rows]))


@dataclass
class Incoming:
    """A voucher of the file."""

    series: str
    number: str
    date: str
    rows: list[dict[str, Any]]
    digest: str

    @cached_property
    def lasting(self) -> str:
        """Digest of what cannot be erased from it."""
        return voucher_digest(self.rows, private=False)

    @property
    def line(self) -> int | None:
        """The line where it begins."""
        line: int | None = self.rows[0]["line"]
        return line

    @property
    def label(self) -> str:
        """Series and number as people write them."""
        return f"{self.series} {self.number}".strip() or "without number"


@dataclass
class Matched:
    """How the file's vouchers meet the record's."""

    new: list[Incoming] = field(default_factory=list)
    known: list[tuple[Incoming, VoucherEntry]] = field(default_factory=list)
    changed: list[tuple[Incoming, VoucherEntry]] = field(default_factory=list)


def match_vouchers(
    incoming: Sequence[Incoming],
    recorded: Sequence[VoucherEntry],
    same_year: Callable[[str, str], bool],
    same_content: Callable[[Incoming, VoucherEntry], bool],
) -> Matched:
    """Pair the file's vouchers with the record's, by series and number within a fiscal year.

    First those equal in date and content; of the rest, those of the same number and date are
    changed, and where the file and the record hold one of that number each, so is that. What is
    left is new. Without a number only equality counts.

    What stands goes before what was reversed: a reversed voucher is met only where no other of
    its number stands in its place, one that was corrected here by hand excepted.
    """
    matched = Matched()
    free: dict[tuple[str, str], list[VoucherEntry]] = {}
    for entry in sorted(recorded, key=lambda entry: entry.reversed):
        free.setdefault((entry.series, entry.number), []).append(entry)
    count: dict[tuple[str, str], int] = {}
    rest: list[Incoming] = []
    for voucher in incoming:
        place = (voucher.series, voucher.number)
        count[place] = count.get(place, 0) + 1
        entries = free.get(place, [])
        equal = next(
            (e for e in entries if e.date == voucher.date and same_content(voucher, e)), None
        )
        if equal is not None and equal.reversed:
            replaced = (
                not e.reversed and e.source != "correct" and same_year(e.date, voucher.date)
                for e in entries
            )
            equal = None if voucher.number and any(replaced) else equal
        if equal is None:
            rest.append(voucher)
        else:
            entries.remove(equal)
            matched.known.append((voucher, equal))
    for voucher in rest:
        place = (voucher.series, voucher.number)
        entries = [e for e in free.get(place, []) if same_year(e.date, voucher.date)]
        entries = [e for e in entries if not e.reversed] or entries
        other = next((e for e in entries if e.date == voucher.date), None)
        if other is None and len(entries) == 1 and count[place] == 1:
            other = entries[0]
        if not voucher.number or other is None:
            matched.new.append(voucher)
        else:
            free[place].remove(other)
            matched.changed.append((voucher, other))
    return matched
