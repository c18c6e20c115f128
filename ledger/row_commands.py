"""Commands of files whose rows say, one by one, what is so: what is new becomes an event.

Each row is a mapping of the fields of what it is about, with ``line`` for the line of the file.
A row that says what is on record already is known; so such a file may come again after others,
and needs no digest of its own. ::

    row ── Work.take ──> events (none: known)
                    └──> RowRefused: a problem with the row's line
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn

from ledger.commands import Decision, Lookup
from ledger.errors import Problem, ProblemKind
from ledger.events import Draft, Event
from ledger.families.governance import Closed
from ledger.families.organisation import Organisation
from ledger.measures import AS_WRITTEN, Interval, interval, same
from ledger.periods import NotAPeriod
from ledger.state import State

Row = Mapping[str, Any]


class RowRefused(Exception):
    """A row that cannot be recorded: code, found, remedy, kind."""


def refuse(code: str, found: str, remedy: str, kind: ProblemKind = "content") -> NoReturn:
    """Refuse the row that is being taken."""
    raise RowRefused(code, found, remedy, kind)


@dataclass
class Work:
    """Rows taken one after another, each on what the earlier ones left; see `RowCommand`."""

    state: State
    look: Lookup
    seen: dict[Hashable, int | None] = field(default_factory=dict)

    @abstractmethod
    def take(self, row: Row, line: int | None) -> list[Event]:
        """The events that a row (without empty fields) asks for, or a `RowRefused`."""

    @property
    def organisation(self) -> Organisation:
        """The organisation as it stands."""
        return self.state.of(Organisation)

    def once(self, what: Hashable, said: str, line: int | None) -> None:
        """Refuse what an earlier row of the file is about already."""
        if what in self.seen:
            at = self.seen[what]
            refuse(
                "record-repeated", f"{said} stands in line {at} already", "Keep one of the rows."
            )
        self.seen[what] = line

    def unit(self, row: Row) -> str:
        """The row's unit, which is registered."""
        unit = str(row.get("unit", ""))
        if not unit:
            refuse("empty-unit", "the unit is empty", "Write its code.")
        if unit not in self.organisation.units:
            refuse("unknown-unit", f"unit {unit!r} is not registered", "Correct the code.")
        return unit

    def interval(self, text: str) -> Interval:
        """The interval that a row names."""
        try:
            return interval(text)
        except NotAPeriod:
            refuse("bad-interval", f"{text!r} is no interval", f"Write {AS_WRITTEN}.")

    def structure_of(self, line: str, *settings: str) -> str:
        """The report structure in which an amount's ``line`` is looked for: the one that the first
        of these settings names, else the only one there is; refused where it has no such line."""
        organisation = self.organisation
        name = next(filter(None, map(organisation.setting, settings)), None)
        if name is None and len(organisation.structures) == 1:
            name = next(iter(organisation.structures))
        lines = [x.line for x in organisation.structure(name) if x.account_from] if name else []
        if name is None or line not in lines:
            known = ", ".join(dict.fromkeys(lines)) or f"none: set {settings[0]}"
            refuse("unknown-line", f"line {line!r} is not in {name!r}", f"Write one of: {known}.")
        return name

    def open(self, family: str, period: str, unit: str) -> None:
        """Refuse an entry in a month that is closed for the family in that unit."""
        if Closed(self.state, family)(period, unit):
            remedy = "Reopen it with a second person's approval."
            refuse("period-closed", f"{period} is closed for {family}", remedy, "rule")

    def word(self, row: Row, column: str, words: tuple[str, ...]) -> str | None:
        """A value that is one of few, if the row has it."""
        value = row.get(column)
        if value is None or value in words:
            return value
        known = ", ".join(words)
        refuse("unknown-word", f"{column} {value!r} is none there is", f"Write one of {known}.")

    def new_words(self, row: Row, at: Mapping[str, int]) -> dict[str, str]:
        """The row's private texts that are other than those on record, by field; ``at`` holds
        the fields and where each stands (-1 for nowhere). What was erased is not told again."""
        found = {}
        for name, position in at.items():
            if name in row:
                held = self.look.private(position, name) if position >= 0 else ""
                if held is not None and held != row[name]:
                    found[name] = str(row[name])
        return found

    @staticmethod
    def merged(row: Row, was: Row, numbers: tuple[str, ...]) -> dict[str, Any]:
        """What is on record under the names of ``was``, with what the row says instead; a number
        that is the same with other decimals stays as it was."""
        now = {name: row.get(name, value) for name, value in was.items()}
        return now | {name: was[name] for name in numbers if same(now[name], was[name])}

    def why(self, row: Row, found: str) -> str:
        """The row's reason, which a change of what is on record wants."""
        if not row.get("reason"):
            refuse(
                "reason-missing", found, "Say why in the column reason (of a command: --reason)."
            )
        return str(row["reason"])


@dataclass(frozen=True)
class RowCommand:
    """A file's rows, taken whole or refused with all that is wrong."""

    rows: tuple[Row, ...]
    file: str
    kind: str = ""

    @abstractmethod
    def work(self, state: State, look: Lookup) -> Work:
        """What takes the rows."""

    def key(self) -> str | None:
        """None: a row that says what is on record is known by itself."""
        return None

    def decide(self, state: State, look: Lookup) -> Decision:
        """What the rows come to, or the problems of the whole file."""
        decision, work = Decision(), self.work(state, look)
        for row in self.rows:
            line = row.get("line")
            content = {k: v for k, v in row.items() if k != "line" and v not in (None, "")}
            try:
                events = work.take(content, line)
            except RowRefused as refused:
                code, found, remedy, kind = refused.args
                decision.problems.append(Problem(code, self.file, line, found, remedy, kind))
                continue
            decision.drafts += [Draft(event, line) for event in events]
            decision.known += not events
        return decision
