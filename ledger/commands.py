"""What a command is: a pure function from state and input to events or a refusal.

A command never touches the clock, the store or the network; the store calls `Command.decide`
inside the write transaction, stamps what it decides, and records it whole or not at all.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal, NamedTuple, Protocol, get_args

from ledger.errors import Problem
from ledger.events import Draft, Recorded
from ledger.identity import Who
from ledger.state import KeptValue, State, VoucherEntry

#: What a person may do: record, approve what others recorded, or only read.
Role = Literal["recorder", "approver", "auditor"]
ROLES: tuple[Role, ...] = get_args(Role)


@dataclass(frozen=True, slots=True)
class Source:
    """Where a batch came from: a command, or a file with its SHA-256 in hex."""

    name: str
    digest: str | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """A warning (changes nothing) or a finding (exit code 1) about a batch that is recorded."""

    code: str
    text: str
    line: int | None = None
    finding: bool = False


class Held(NamedTuple):
    """A cell of a workbook that somebody got from us: what it says of what is on record, to be held
    against that. ``row`` are the cells beside it that say what it is of."""

    line: int
    cell: str
    column: str
    text: str
    row: Mapping[str, str]


@dataclass(slots=True)
class Decision:
    """What a command decided: drafts to record, or problems that refuse the whole batch.

    ``anew`` says that somebody asked for these very drafts (a change accepted), so that a batch
    that was taken before is taken again. ``keyless`` says that the input holds texts that were
    erased here, of which a digest must not be kept either.
    """

    drafts: list[Draft] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    known: int = 0
    anew: bool = False
    keyless: bool = False

    def add(self, other: Decision) -> None:
        """Take over what another command decided."""
        self.drafts += other.drafts
        self.problems += other.problems
        self.notices += other.notices
        self.known += other.known
        self.anew = self.anew or other.anew
        self.keyless = self.keyless or other.keyless


@dataclass(frozen=True, slots=True)
class Occasion:
    """When a command is given, and by whom; ``recorded_at`` is the time its batch will have."""

    recorded_at: str
    who: Who


class Lookup(Protocol):
    """What commands may ask of the store's indexes inside the transaction."""

    @property
    def occasion(self) -> Occasion:
        """When and by whom the command is given."""

    def event(self, position: int) -> Recorded | None:
        """The event at that position, private fields as commitments; None where there is none."""

    def vouchers(self, numbers: Sequence[tuple[str, str]]) -> Sequence[VoucherEntry]:
        """Recorded vouchers with any of these (series, number) pairs."""

    def vouchers_between(self, source: str, first: str, last: str) -> Sequence[VoucherEntry]:
        """Recorded vouchers of that kind of source dated first to last (ISO days), inclusive."""

    def voucher_rows(self, first: int) -> Sequence[Mapping[str, Any]]:
        """All rows of the voucher whose first event stands at that position, private fields
        in clear (None where erased), each with its ``position``."""

    def voucher_of(self, position: int) -> VoucherEntry | None:
        """The voucher that holds the outcome at that position."""

    def totals(self, first: str, last: str) -> Mapping[tuple[str | None, ...], int]:
        """Month totals in öre now on record for periods first to last, by `TOTAL_KEY`."""

    def budget(self, first: str, last: str) -> Mapping[tuple[str | None, ...], int]:
        """Budget in öre by `budget.budget_key` for periods first to last."""

    def staffing(self, first: str, last: str) -> Mapping[tuple[str | None, ...], int]:
        """Staffing now on record by `staffing.staffing_key` for periods first to last: hundredths
        of an hour, or people."""

    def outcome_by_month(self, first: str, last: str) -> Mapping[tuple[str, str, str], int]:
        """Outcome in öre by (unit, account, period)."""

    def private(self, position: int, field: str) -> str | None:
        """A private value in clear; None where there is none, or it was erased."""

    def committed(self, position: int) -> Sequence[str] | None:
        """The private fields that the event at that position holds commitments to, sorted; None
        where there is no such event, or it holds none."""

    def kept(self, position: int, field: str) -> KeptValue | None:
        """What is known of a private value that the store still holds."""

    def kept_of(self, field: str) -> Sequence[KeptValue]:
        """All values of a private field that the store still holds, in log order."""

    def holding(self, value: str) -> Sequence[KeptValue]:
        """Every place but keys where the store holds that very value."""

    def is_erased(self, position: int, field: str) -> bool:
        """True if an event says that the value was erased."""


class Command(Protocol):
    """A wish to record something; ``kind`` names it in the log.

    A command that is not for recorders says ``needs``, the roles that it wants; one that is made
    of others says ``parts``.
    """

    @property
    def kind(self) -> str:
        """What the batch is called in the log."""

    def decide(self, state: State, look: Lookup) -> Decision:
        """Events, or problems; raises a named `RuleBroken` where the wish itself is refused."""

    def key(self) -> str | None:
        """Digest that makes the batch known when it comes again; None if it may be repeated."""


def needed(command: Command) -> frozenset[Role]:
    """The roles that a command and its parts want: recorder, where they do not say."""
    roles: tuple[Role, ...] = getattr(command, "needs", ("recorder",))
    parts: tuple[Command, ...] = getattr(command, "parts", ())
    return frozenset().union(*map(needed, parts)) if parts else frozenset(roles)


@dataclass(frozen=True)
class Told:
    """What intake has to tell about a file: its problems refuse the batch, its notices go along."""

    problems: tuple[Problem, ...] = ()
    notices: tuple[Notice, ...] = ()
    kind: str = "told"
    needs: ClassVar[tuple[Role, ...]] = ()  # it records nothing

    def decide(self, state: State, look: Lookup) -> Decision:
        """The problems and notices as they are."""
        return Decision(problems=list(self.problems), notices=list(self.notices))

    def key(self) -> str | None:
        """None: part of an import."""
        return None


@dataclass(frozen=True)
class Several:
    """Commands taken as one batch, each deciding on the state that the earlier ones leave.

    Those ``along`` say how the others came about; without any draft of theirs, nothing.
    """

    kind: str
    commands: tuple[Command, ...]
    digest: str | None = None
    along: tuple[Command, ...] = ()

    @property
    def parts(self) -> tuple[Command, ...]:
        """The commands that it is made of."""
        return (*self.commands, *self.along)

    def decide(self, state: State, look: Lookup) -> Decision:
        """All their drafts, or all their problems."""
        whole = Decision()
        for place, command in enumerate(self.commands, 1):
            part = command.decide(state, look)
            whole.add(part)
            if part.drafts and place < len(self.commands):
                state = state.with_drafts(part.drafts)
        for command in self.along if whole.drafts else ():
            whole.add(command.decide(state, look))
        return whole

    def key(self) -> str | None:
        """The digest of the file's canonical rows, if given."""
        return self.digest


def digest_of(*parts: object) -> str:
    """SHA-256 in hex over the JSON of the parts, keys sorted: a batch's or a voucher's key."""
    text = json.dumps(parts, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()
