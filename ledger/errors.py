"""Everything that can go wrong, by name.

The tree (each leaf has a code that ``ledger explain CODE`` describes)::

    LedgerError                      code, message, remedy, exit_code
    ├── UsageError             2     the question or the call is wrong
    │   ├── NothingKnown             a good question, of which nothing is on record
    │   ├── UnknownTime        2     a known-at that no state of the log answers
    │   ├── SearchNotUnderstood      words that the full-text search cannot read
    │   └── NotSupported       2     something that this version does not do yet
    ├── InputRefused           3/4   a file or batch was refused; carries all its Problems
    ├── RuleBroken             4     a rule of the record forbids it
    │   ├── NotAllowed               the person has not the role that the command needs
    │   │   └── OtherAccount         the person's name belongs to another account
    │   ├── ApproverMissing          nobody would be left to approve
    │   ├── SecondPersonMissing, ReviewedAlready, NotReviewable
    │   ├── NotApproved              the round has entries that nobody approved
    │   ├── FindingsLeft             the report has findings, and is not given out with them
    │   ├── FindingResolved, FindingOpen
    │   ├── PeriodClosed, EarlierOpen, MonthNotEnded
    │   ├── AlreadyReversed, NotReversible, BeforeOriginal, OutOfBalance
    │   ├── AlreadyErased, LegalHold
    │   ├── SampleRefused            a sample cannot be committed to or drawn as things stand
    │   └── BeyondSixtyFourBits
    ├── StoreError             5     the store could not be read or written
    │   ├── StoreMissing, StoreExists, StoreReadOnly, StoreFull
    │   ├── StoreBusy                another writer holds the lock
    │   ├── KeyMissing, KeyRefused   what is recorded cannot be sealed with this key
    │   ├── ClockBehind              the clock is more than five minutes behind the log
    │   ├── StoreNewer               the store holds events that the backup does not
    │   └── ErasuresMissing          what was erased after the backup is not known
    ├── BadProof               3     a file that is no checkpoint, key or proof
    ├── TemplateRefused        3     a file that is no template of a Word report
    ├── Tampered               6     bytes that do not decode, order or count that is broken
    └── ForecastError          7     no forecast can be made or adopted

A *problem* is one thing wrong at one place of an input; problems are collected over the
whole input and shown together, and nothing is recorded then.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

ProblemKind = Literal["content", "rule"]


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong at one place of an input.

    ``kind`` is ``content`` where the file itself is wrong (exit code 3) and ``rule`` where the
    file is right but the state of the record forbids it (exit code 4).
    """

    code: str
    file: str
    line: int | None
    found: str
    remedy: str
    kind: ProblemKind = "content"
    excerpt: str = ""

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line is not None else self.file
        return f"{place}: [{self.code}] {self.found}. {self.remedy}"


class LedgerError(Exception):
    """Root of all named errors: a code, a message, a remedy and the exit code of the command.

    It is never raised itself, and has none of its own.
    """

    code: str
    exit_code: int

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.message} {self.remedy}".strip()


class UsageError(LedgerError):
    """The question or the call is wrong."""

    code = "usage"
    exit_code = 2


class NothingKnown(UsageError):
    """The question can be asked, and nothing is on record of what it asks about.

    A report leaves out what it would show, and says so; a mistaken question it does not forgive.
    """

    code = "nothing-known"


class UnknownTime(UsageError):
    """A known-at in the future, before the first event, or inside a batch."""

    code = "unknown-time"


class NotSupported(UsageError):
    """This version does not do that yet."""

    code = "not-supported"


class SearchNotUnderstood(UsageError):
    """The words asked for are no question that the full-text search can read."""

    code = "search-not-understood"


class InputRefused(LedgerError):
    """An input was refused whole; ``problems`` says where and why, in the order of the file."""

    code = "input-refused"

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(f"{len(problems)} problem(s); nothing was recorded.")
        self.problems = tuple(problems)

    @property
    def exit_code(self) -> int:  # type: ignore[override]
        """3 if any problem is of the file's content, 4 if all are rules of state."""
        return 3 if any(p.kind == "content" for p in self.problems) else 4


class RuleBroken(LedgerError):
    """A rule of the record forbids what was asked."""

    code = "rule"
    exit_code = 4


class PeriodClosed(RuleBroken):
    """The period is closed for that family and part of the organisation."""

    code = "period-closed"


class AlreadyReversed(RuleBroken):
    """The entry has been reversed before; reversing twice is refused."""

    code = "already-reversed"


class BeyondSixtyFourBits(RuleBroken):
    """An amount or a sum does not fit in 64 bits of öre."""

    code = "sum-beyond-64-bits"


class SecondPersonMissing(RuleBroken):
    """Another person than the one who acts must approve."""

    code = "second-person-missing"


class AlreadyErased(RuleBroken):
    """The value has been erased before; there is nothing left to erase."""

    code = "already-erased"


class LegalHold(RuleBroken):
    """A legal hold covers the value: it must be kept until the hold is lifted."""

    code = "legal-hold"


class NotAllowed(RuleBroken):
    """The person has not the role that the command needs."""

    code = "not-allowed"


class OtherAccount(NotAllowed):
    """The person's name belongs to another account of the operating system."""

    code = "other-account"


class ApproverMissing(RuleBroken):
    """Where there are roles, somebody must be approver."""

    code = "approver-missing"


class ReviewedAlready(RuleBroken):
    """The same person has reviewed it before."""

    code = "reviewed-already"


class NotReviewable(RuleBroken):
    """What was named is nothing that is reviewed."""

    code = "not-reviewable"


class NotApproved(RuleBroken):
    """The round has entries that are not approved, and the setting demands it."""

    code = "forecast-not-approved"


class FindingsLeft(RuleBroken):
    """The report has findings, and nobody said that it is given out with them."""

    code = "findings-left"


class FindingResolved(RuleBroken):
    """The finding is resolved; it is reopened before anything else is said of it."""

    code = "finding-resolved"


class FindingOpen(RuleBroken):
    """The finding is not resolved, so there is nothing to reopen."""

    code = "finding-open"


class EarlierOpen(RuleBroken):
    """An earlier period is still open; the earlier is closed first."""

    code = "earlier-open"


class MonthNotEnded(RuleBroken):
    """A month that has not ended is not closed for good."""

    code = "month-not-ended"


class NotReversible(RuleBroken):
    """What was named is no posting of a voucher, and is not reversed."""

    code = "not-reversible"


class BeforeOriginal(RuleBroken):
    """A reversal cannot count in an earlier period than what it reverses."""

    code = "before-original"


class SampleRefused(RuleBroken):
    """A sample cannot be committed to, drawn or assessed as things stand."""

    code = "sample-refused"


class OutOfBalance(RuleBroken):
    """The rows of a voucher do not sum to zero."""

    code = "voucher-out-of-balance"


class StoreError(LedgerError):
    """The store could not be read or written."""

    code = "store"
    exit_code = 5


class StoreMissing(StoreError):
    """There is no store at the given place."""

    code = "store-missing"


class StoreExists(StoreError):
    """A store stands where a new one was to be made."""

    code = "store-exists"


class StoreReadOnly(StoreError):
    """The store, its folder or its file system is read-only."""

    code = "store-read-only"


class StoreFull(StoreError):
    """The disk is full; the batch was not recorded."""

    code = "store-full"


class StoreBusy(StoreError):
    """Another writer held the lock for longer than the timeout; nothing was recorded."""

    code = "store-busy"


class ClockBehind(StoreError):
    """The machine's clock is more than five minutes behind the newest event."""

    code = "clock-behind"


class KeyMissing(StoreError):
    """There is no key to seal with; recording is refused, reading and verifying need none."""

    code = "key-missing"


class KeyRefused(StoreError):
    """The key cannot seal this log: not registered, retired, unreadable, or open to others."""

    code = "key-refused"


class BadProof(LedgerError):
    """A file that is given as a checkpoint, a key or a proof is none."""

    code = "bad-proof"
    exit_code = 3


class TemplateRefused(LedgerError):
    """A file that is given as a template of a Word report is none: it is not a Word document, lacks
    a style or a place that the report needs, or asks for words that no report has."""

    code = "template-refused"
    exit_code = 3


class StoreNewer(StoreError):
    """The store holds events that the backup does not; it is replaced only when asked for."""

    code = "store-newer"


class ErasuresMissing(StoreError):
    """What was erased after the backup was made is not known, and would come back with it."""

    code = "erasures-missing"


class Tampered(LedgerError):
    """The log's bytes, order or count are not what the log says."""

    code = "tampered"
    exit_code = 6


class ForecastError(LedgerError):
    """No forecast can be made, entered or adopted from what there is."""

    code = "forecast"
    exit_code = 7
