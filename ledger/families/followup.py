"""Follow-up beside the books: which entries are marked, as special follow-up or as one-offs.

A mark is a name under which selections of entries stand. A selection names codes of one or
several dimensions, and covers the entries that fit all of them, also those that are booked later;
a mark covers what any of its selections does. Marks say something about entries: they post
nothing and change no figure, so they are also put on closed months.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import ClassVar, Literal, get_args

from ledger.codes import Codes, VoucherName, pieces
from ledger.commands import Decision, Lookup
from ledger.errors import Problem, UsageError
from ledger.events import Draft, Event, Private
from ledger.families.organisation import Organisation
from ledger.periods import is_month
from ledger.state import Slice, State

#: Special follow-up comes back by assumption; a one-off does not come back.
MarkKind = Literal["special", "one_off"]
MARK_KINDS: tuple[MarkKind, ...] = get_args(MarkKind)

#: A selection's dimensions: the field of the event, and the column of an entry.
DIMENSIONS = {
    "accounts": "account",
    "projects": "project",
    "products": "product",
    "activities": "activity",
    "units": "unit",
    "vouchers": "voucher",
}


class EntriesMarked(Event):
    """A selection of entries under a mark; ``mark_kind`` is the same for all of one mark.

    Each dimension is text as people name codes: several with commas, ranges as ``5000-5999``. A
    unit stands for itself and all below it in the line organisation; a voucher is ``A 1001@2020``,
    the year being the fiscal year that it belongs to. ``first`` and ``last`` are months.
    """

    topic: ClassVar[str] = "followup.marked"
    mark: str
    mark_kind: MarkKind
    accounts: str | None = None
    projects: str | None = None
    products: str | None = None
    activities: str | None = None
    units: str | None = None
    vouchers: str | None = None
    first: str | None = None
    last: str | None = None
    reason: Private = None

    def same_selection(self, other: EntriesMarked) -> bool:
        """Whether both select the same entries."""
        return all(getattr(self, n) == getattr(other, n) for n in (*DIMENSIONS, "first", "last"))


class MarkLifted(Event):
    """A mark is taken away, with all its selections."""

    topic: ClassVar[str] = "followup.unmarked"
    mark: str
    reason: Private = None


@dataclass
class Mark:
    """A mark that stands: its kind, and its selections by the position of their events."""

    kind: MarkKind
    selections: dict[int, EntriesMarked] = field(default_factory=dict)


@dataclass
class Marks(Slice):
    """The marks that stand, in the order in which they were made."""

    standing: dict[str, Mark] = field(default_factory=dict)

    def apply(self, event: Event, position: int) -> None:
        """Fold one event."""
        match event:
            case EntriesMarked():
                mark = self.standing.setdefault(event.mark, Mark(event.mark_kind))
                mark.selections[position] = event
            case MarkLifted():
                del self.standing[event.mark]
            case _:
                pass


@dataclass(frozen=True)
class MarkEntries:
    """Put a selection of entries under a mark; each dimension as in `EntriesMarked`."""

    mark: str
    mark_kind: str
    reason: str
    accounts: str | None = None
    projects: str | None = None
    products: str | None = None
    activities: str | None = None
    units: str | None = None
    vouchers: str | None = None
    first: str | None = None
    last: str | None = None
    kind: str = "mark"

    def key(self) -> str | None:
        """None: a selection that stands already is known by itself."""
        return None

    def decide(self, state: State, look: Lookup) -> Decision:
        """One event; none for a selection that the mark has, whatever the reason given now."""
        name = self.mark.strip()
        if not name.isprintable() or not 1 <= len(name) <= 60 or set(name) & set(",|"):
            raise UsageError(
                f"{self.mark!r} is no name of a mark.", "Write a short one, without , and |."
            )
        if not self.reason.strip():
            raise UsageError("A mark wants a reason.", "Give --reason TEXT.")
        decision = Decision(problems=list(self._problems(state)))
        vouchers = self._vouchers(state, look, decision) or None
        if decision.problems:
            return decision
        event = self.event(vouchers)
        mark = state.of(Marks).standing.get(name)
        if mark and any(event.same_selection(other) for other in mark.selections.values()):
            decision.known = 1
        else:
            decision.drafts.append(Draft(event))
        return decision

    def event(self, vouchers: str | None) -> EntriesMarked:
        """The event that it comes to, with these vouchers."""
        return EntriesMarked.model_validate(
            {
                "mark": self.mark.strip(),
                "mark_kind": self.mark_kind,
                **{n: ",".join(pieces(getattr(self, n) or "")) or None for n in DIMENSIONS},
                "vouchers": vouchers,
                "first": self.first,
                "last": self.last,
                "reason": self.reason.strip(),
            }
        )

    def _problems(self, state: State) -> Iterator[Problem]:
        def wrong(code: str, found: str, remedy: str, rule: bool = False) -> Problem:
            return Problem(code, "ledger mark", None, found, remedy, "rule" if rule else "content")

        organisation = state.of(Organisation)
        if self.mark_kind not in MARK_KINDS:
            known = " or ".join(MARK_KINDS)
            yield wrong("mark-kind-unknown", f"kind {self.mark_kind!r}", f"Write {known}.")
        mark = state.of(Marks).standing.get(self.mark.strip())
        if mark and mark.kind != self.mark_kind and self.mark_kind in MARK_KINDS:
            found = f"mark {self.mark.strip()!r} stands as {mark.kind}"
            yield wrong("mark-kind-differs", found, "Choose another name, or unmark it.", True)
        given = [name for name in DIMENSIONS if pieces(getattr(self, name) or "")]
        if not given:
            yield wrong("mark-of-nothing", "no code is named", "Name at least one dimension.")
        for name in given:
            if name != "vouchers":
                dimension = DIMENSIONS[name]
                known_codes = _known(organisation, dimension)
                for piece in _unknown(getattr(self, name), known_codes):
                    code = f"unknown-{dimension}" if dimension in ("account", "unit") else None
                    found = f"{dimension} {piece} is not registered"
                    remedy = "Correct the code; a range holds at least one that is registered."
                    yield wrong(code or "unknown-code", found, remedy)
        months = [month for month in (self.first, self.last) if month is not None]
        if not all(map(is_month, months)):
            yield wrong("bad-month", "a month that is none", "Write months as 2020-08.")
        elif len(months) == 2 and months != sorted(months):
            yield wrong("bad-month", f"{self.last} is before {self.first}", "Swap them.")

    def _vouchers(self, state: State, look: Lookup, decision: Decision) -> str:
        """The vouchers with their fiscal years; problems for those that are not on record."""
        calendar, found = state.of(Organisation).calendar, list[str]()

        def wrong(code: str, text: str, remedy: str) -> None:
            decision.problems.append(Problem(code, "ledger mark", None, text, remedy))

        for piece in pieces(self.vouchers or ""):
            voucher = VoucherName.of(piece)
            recorded = look.vouchers([(voucher.series, voucher.number)]) if voucher else ()
            years = {calendar.year_of(each.date[:7])[0][:4] for each in recorded}
            if voucher is None or not years or voucher.year not in {None, *years}:
                text = f"voucher {piece} is not on record"
                wrong("unknown-voucher", text, 'Write it as "A 1001" or A-1001@2020.')
            elif voucher.year is None and len(years) > 1:
                text = f"there are vouchers {piece} of {', '.join(sorted(years))}"
                wrong("voucher-of-several-years", text, "Add the year: A-1001@2020.")
            else:
                year = voucher.year or min(years)
                found.append(str(VoucherName(voucher.series, voucher.number, year)))
        return ",".join(dict.fromkeys(found))


@dataclass(frozen=True)
class Unmark:
    """Take a mark away, with all its selections; what was marked stays to be read as known then."""

    mark: str
    reason: str
    kind: str = "unmark"

    def key(self) -> str | None:
        """None: a mark that does not stand is refused."""
        return None

    def decide(self, state: State, look: Lookup) -> Decision:
        """One event."""
        standing, name = state.of(Marks).standing, self.mark.strip()
        if not self.reason.strip():
            raise UsageError("Taking a mark away wants a reason.", "Give --reason TEXT.")
        if name not in standing:
            known = ", ".join(standing) or "none"
            raise UsageError(f"There is no mark {name!r}.", f"Known: {known}.")
        return Decision([Draft(MarkLifted(mark=name, reason=self.reason.strip()))])


def _known(organisation: Organisation, dimension: str) -> Collection[str]:
    """The registered codes of a dimension."""
    if dimension == "account":
        return organisation.accounts
    if dimension == "unit":
        return organisation.units
    return organisation.codes.get(dimension, {})


def _unknown(text: str, known: Collection[str]) -> list[str]:
    """The pieces of a text that name no registered code, ranges without any among them."""
    codes = Codes.of(text, known)
    empty = ["-".join(ends) for ends in codes.ranges if not Codes.within(ends, known)]
    return [*codes.unknown, *empty]
