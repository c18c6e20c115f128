"""Organisation: the commands that found it, register its units, chart and codes, decide its
report structures and change its settings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ledger.commands import Decision, Lookup, Notice, Role
from ledger.errors import Problem, RuleBroken, UsageError
from ledger.events import Draft
from ledger.families.governance import closed_under_move
from ledger.families.organisation import (
    ACCOUNT_TYPES,
    Account,
    AccountRegistered,
    CodeRegistered,
    EntityBound,
    Line,
    Organisation,
    OrganisationFounded,
    Place,
    SettingChanged,
    StructureDecided,
    UnitMoved,
    UnitRegistered,
    default_type,
)
from ledger.families.setting_rules import DEFAULTS, check_setting, controlling, unread
from ledger.periods import is_month
from ledger.quantities import check_quantity
from ledger.risk_matrix import DEFAULTS as RISK_SETTINGS
from ledger.risk_matrix import matrix_of
from ledger.state import State


@dataclass(frozen=True)
class Found:
    """Found the organisation: the first command of a store."""

    name: str
    root: str = "0"
    root_level: str = "region"
    time_zone: str = "Europe/Stockholm"
    first_month: int = 1
    clock: Literal["real", "simulated"] = "real"
    kind: str = "found"

    def decide(self, state: State, look: Lookup) -> Decision:
        """The founding event and the root's place in the line organisation."""
        if state.of(Organisation).founded is not None:
            raise RuleBroken("The store has an organisation already.", "Use another store.")
        if not 1 <= self.first_month <= 12:
            raise UsageError("The first month of the fiscal year is a number from 1 to 12.")
        try:
            ZoneInfo(self.time_zone)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise UsageError(
                f"There is no time zone {self.time_zone!r}.", "Write it as Europe/Stockholm."
            ) from error
        founded = OrganisationFounded(
            name=self.name,
            root=self.root,
            root_level=self.root_level,
            time_zone=self.time_zone,
            first_month=self.first_month,
            clock=self.clock,
        )
        root = UnitRegistered(
            unit=self.root,
            name=self.name,
            tree="line",
            level=self.root_level,
            valid_from="1900-01",
        )
        return Decision([Draft(founded), Draft(root)])

    def key(self) -> str | None:
        """None: a store is founded once by rule."""
        return None


@dataclass(frozen=True)
class BindEntity:
    """Bind the books' organisation number at the first file, and hold later files to it."""

    number: str
    file: str
    line: int | None = None
    kind: str = "bind entity"

    def decide(self, state: State, look: Lookup) -> Decision:
        """An event at the first file; a problem if the number is another one."""
        bound = state.of(Organisation).entity
        if not self.number or bound == self.number:
            return Decision()
        if bound is None:
            return Decision([Draft(EntityBound(number=self.number), self.line)])
        found = f"organisation number {self.number}; the store holds {bound}"
        remedy = "Import the file into that organisation's own store."
        problem = Problem("other-entity", self.file, self.line, found, remedy, "rule")
        return Decision(problems=[problem])

    def key(self) -> str | None:
        """None: part of an import."""
        return None


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A row of a units file."""

    unit: str
    name: str
    parent: str | None
    level: str
    tree: str
    valid_from: str
    line: int | None = None


@dataclass(frozen=True)
class RegisterUnits:
    """Register units, or move those that are known with another parent, level or name.

    In the line organisation, by which periods close, nothing is moved to another parent or level
    in months that are closed for outcome: their areas stand.
    """

    rows: tuple[UnitRow, ...]
    file: str
    kind: str = "units"
    digest: str | None = None

    def decide(self, state: State, look: Lookup) -> Decision:
        """Units new to a tree are registered, changed ones moved, equal ones known."""
        organisation, decision = state.of(Organisation), Decision()
        trees = {
            tree: {unit: list(places) for unit, places in units.items()}
            for tree, units in organisation.trees.items()
        }
        for row in self.rows:
            tree = trees.setdefault(row.tree, {})
            newest = {u: max(reversed(p), key=lambda x: x.valid_from) for u, p in tree.items()}
            problem = self._problem(row, newest, organisation)
            if problem:
                decision.problems.append(problem)
                continue
            places = tree.setdefault(row.unit, [])
            begun = [p for p in places if p.valid_from <= row.valid_from]
            before = max(reversed(begun), key=lambda p: p.valid_from) if begun else None
            place = Place(row.unit, row.name, row.parent, row.level, row.valid_from)
            if before and replace(before, valid_from=row.valid_from) == place:
                decision.known += 1
                continue
            if shut := closed_under_move(state, row.tree, place, places):
                decision.problems.append(
                    Problem(
                        "move-in-closed-month",
                        self.file,
                        row.line,
                        f"unit {row.unit} would move in {shut}, which is closed for outcome",
                        "Move it from the first open month on (a table through it shows all its "
                        "months in the new tree), or reopen the closed months.",
                        "rule",
                    )
                )
                continue
            fields = {
                "unit": row.unit,
                "name": row.name,
                "tree": row.tree,
                "parent": row.parent,
                "level": row.level,
                "valid_from": row.valid_from,
            }
            kind = UnitMoved if places else UnitRegistered
            decision.drafts.append(Draft(kind.model_validate(fields), row.line))
            places.append(place)
        return decision

    def _problem(
        self, row: UnitRow, tree: dict[str, Place], organisation: Organisation
    ) -> Problem | None:
        def wrong(code: str, found: str, remedy: str) -> Problem:
            return Problem(code, self.file, row.line, found, remedy)

        if not row.unit or not row.name or not row.level:
            return wrong("empty-field", "unit, name or level is empty", "Fill in all three.")
        if not is_month(row.valid_from):
            return wrong("bad-month", f"valid_from {row.valid_from!r}", "Write a month as 2020-08.")
        root = organisation.founded.root if organisation.founded else None
        if row.parent is None and row.tree == "line" and row.unit != root:
            return wrong(
                "second-root",
                f"unit {row.unit} has no parent, and the organisation's root is {root}",
                "Give its parent, or found the organisation with this root.",
            )
        if row.parent is not None and row.parent not in tree:
            return wrong(
                "unknown-parent",
                f"parent {row.parent} of unit {row.unit} is not in tree {row.tree}",
                "Put the parent's row before its children's.",
            )
        if row.parent == row.unit:
            return wrong("cycle", f"unit {row.unit} is its own parent", "Give another parent.")
        above, seen = row.parent, {row.unit}
        while above is not None and above in tree:
            if above in seen:
                return wrong("cycle", f"unit {row.unit} stands above its parent", "Break the ring.")
            seen.add(above)
            above = tree[above].parent
        return None

    def key(self) -> str | None:
        """The file's digest."""
        return self.digest


@dataclass(frozen=True, slots=True)
class AccountRow:
    """A row of an accounts file; an empty type is the chart's class."""

    account: str
    name: str
    type: str | None
    line: int | None = None


@dataclass(frozen=True)
class RegisterAccounts:
    """Register accounts; a known one gets the new name or type where they differ.

    ``by_code`` says that the codes come from rows that use them, without a record of their own:
    known accounts are then left as they are, and each new one is a warning.
    """

    rows: tuple[AccountRow, ...]
    file: str
    by_code: bool = False
    kind: str = "accounts"
    digest: str | None = None

    def decide(self, state: State, look: Lookup) -> Decision:
        """New or changed accounts; a problem for an unknown type or an empty code."""
        accounts, decision = dict(state.of(Organisation).accounts), Decision()
        for row in self.rows:
            if not row.account:
                decision.problems.append(
                    Problem("empty-field", self.file, row.line, "account is empty", "Fill it in.")
                )
                continue
            known = accounts.get(row.account)
            kind = row.type or (known.type if known else default_type(row.account))
            if kind not in ACCOUNT_TYPES:
                decision.problems.append(
                    Problem(
                        "unknown-type",
                        self.file,
                        row.line,
                        f"account type {kind!r}",
                        f"Write one of {', '.join(ACCOUNT_TYPES)}.",
                    )
                )
                continue
            now = Account(row.account, row.name or (known.name if known else ""), kind)
            if known and (self.by_code or known == now):
                decision.known += 1
                continue
            if self.by_code:
                text = f"account {row.account} has no record; registered by its code"
                decision.notices.append(Notice("account-by-code", text, row.line))
            accounts[row.account] = now
            event = AccountRegistered(account=now.code, name=now.name, type=now.type)
            decision.drafts.append(Draft(event, row.line))
        return decision

    def key(self) -> str | None:
        """The file's digest."""
        return self.digest


@dataclass(frozen=True, slots=True)
class CodeRow:
    """A row of a codes file."""

    dimension: str
    code: str
    name: str
    line: int | None = None


@dataclass(frozen=True)
class RegisterCodes:
    """Register products, projects, activities and free dimensions' codes."""

    rows: tuple[CodeRow, ...]
    file: str
    kind: str = "codes"
    digest: str | None = None

    def decide(self, state: State, look: Lookup) -> Decision:
        """New codes and new names."""
        codes = {d: dict(known) for d, known in state.of(Organisation).codes.items()}
        decision = Decision()
        for row in self.rows:
            if not row.dimension or not row.code:
                decision.problems.append(
                    Problem(
                        "empty-field",
                        self.file,
                        row.line,
                        "dimension or code is empty",
                        "Fill in both.",
                    )
                )
                continue
            dimension = codes.setdefault(row.dimension, {})
            if row.code in dimension and (not row.name or dimension[row.code] == row.name):
                decision.known += 1
                continue
            dimension[row.code] = row.name
            event = CodeRegistered(dimension=row.dimension, code=row.code, name=row.name)
            decision.drafts.append(Draft(event, row.line))
        return decision

    def key(self) -> str | None:
        """The file's digest."""
        return self.digest


@dataclass(frozen=True, slots=True)
class StructureRow:
    """A row of a structures file."""

    structure: str
    line: str
    parent: str | None
    account_from: str | None
    account_to: str | None
    sign: int
    valid_from: str
    line_number: int | None = None


@dataclass(frozen=True)
class DecideStructures:
    """Decide report structures whole: an overlap of ranges, or a gap, is refused.

    A gap is a registered result account that falls between the lines of a structure: a structure
    that has a line for any cost (income) account must have one for every cost (income) account.
    """

    rows: tuple[StructureRow, ...]
    file: str
    kind: str = "structures"
    digest: str | None = None

    def decide(self, state: State, look: Lookup) -> Decision:
        """All lines of each structure, in the order of the file."""
        decision = Decision()
        organisation = state.of(Organisation)
        groups: dict[tuple[str, str], list[StructureRow]] = {}
        for row in self.rows:
            groups.setdefault((row.structure, row.valid_from), []).append(row)
        for (name, valid_from), rows in groups.items():
            problems = self._problems(rows, organisation)
            decision.problems += problems
            lines = [
                Line(r.line, r.parent, r.account_from, r.account_to, r.sign, order)
                for order, r in enumerate(rows)
            ]
            if organisation.structures.get(name, {}).get(valid_from) == lines:
                decision.known += len(lines)
                continue
            for row, line in zip(rows, lines, strict=True):
                event = StructureDecided(
                    structure=name,
                    line=line.line,
                    parent=line.parent,
                    account_from=line.account_from,
                    account_to=line.account_to,
                    sign=line.sign,
                    order=line.order,
                    valid_from=valid_from,
                )
                decision.drafts.append(Draft(event, row.line_number))
        return decision

    def _problems(self, rows: Sequence[StructureRow], organisation: Organisation) -> list[Problem]:
        problems: list[Problem] = []

        def wrong(row: StructureRow, code: str, found: str, remedy: str) -> None:
            problems.append(Problem(code, self.file, row.line_number, found, remedy))

        names = {row.line for row in rows}
        ranged = [r for r in rows if r.account_from and r.account_to]
        for row in rows:
            if not row.structure or not row.line:
                wrong(row, "empty-field", "structure or line is empty", "Fill in both.")
            if not is_month(row.valid_from):
                wrong(row, "bad-month", f"valid_from {row.valid_from!r}", "Write it as 2020-08.")
            if bool(row.account_from) != bool(row.account_to):
                wrong(row, "half-range", "one end of the range is empty", "Fill in both or none.")
            if row.parent is not None and row.parent not in names:
                wrong(row, "unknown-parent", f"parent line {row.parent!r}", "Add its row.")
            if row.sign not in (1, -1):
                wrong(row, "bad-sign", f"sign {row.sign}", "Write 1 or -1.")
        problems += self._rings(rows)
        for row in ranged:
            if (row.account_from or "") > (row.account_to or ""):
                wrong(row, "empty-range", f"{row.account_from}–{row.account_to}", "Swap the ends.")
        for i, row in enumerate(ranged):
            for other in ranged[:i]:
                low = max(row.account_from or "", other.account_from or "")
                high = min(f"{row.account_to}\uffff", f"{other.account_to}\uffff")
                if low <= high:
                    found = f"accounts {low}–{high[:-1]} are in {other.line!r} already"
                    wrong(row, "overlap", found, "Let each account fall into one line.")
        if ranged and not problems:
            problems += self._gaps(ranged, organisation)
        return problems

    def _rings(self, rows: Sequence[StructureRow]) -> list[Problem]:
        """Lines that stand above their own parent, each ring told once, at its first row."""
        parents, found = {row.line: row.parent for row in rows}, dict[frozenset[str], Problem]()
        for row in rows:
            path = [row.line]
            while (above := parents.get(path[-1])) and above not in path:
                path.append(above)
            if above == row.line:
                text = f"line {row.line!r} stands above its parent"
                ring = Problem("cycle", self.file, row.line_number, text, "Break the ring.")
                found.setdefault(frozenset(path), ring)
        return list(found.values())

    def _gaps(self, ranged: Sequence[StructureRow], organisation: Organisation) -> list[Problem]:
        lines = [
            Line(r.line, r.parent, r.account_from, r.account_to, r.sign, place)
            for place, r in enumerate(ranged)
        ]
        result = [a for a in organisation.accounts.values() if a.type in ("income", "cost")]
        taken = {a.code for a in result if any(line.takes(a.code) for line in lines)}
        covered = {a.type for a in result if a.code in taken}
        gaps = [a.code for a in result if a.type in covered and a.code not in taken]
        if not gaps:
            return []
        first = ranged[0]
        some = ", ".join(sorted(gaps)[:8]) + (" …" if len(gaps) > 8 else "")
        found = f"structure {first.structure!r} has no line for account {some}"
        return [Problem("gap", self.file, first.line_number, found, "Add or widen a line.")]

    def key(self) -> str | None:
        """The file's digest."""
        return self.digest


@dataclass(frozen=True)
class ChangeSettings:
    """Change settings; equal values are known."""

    values: tuple[tuple[str, str, int | None], ...]
    kind: str = "settings"
    digest: str | None = None

    @property
    def needs(self) -> tuple[Role, ...]:
        """Approver for what is looked at before it counts, recorder for all else."""
        return tuple({"approver" if controlling(s) else "recorder" for s, *_ in self.values})

    def decide(self, state: State, look: Lookup) -> Decision:
        """One event a changed setting."""
        decision, now = Decision(), {**DEFAULTS, **state.of(Organisation).settings}
        structures = state.of(Organisation).structures
        for setting, value, line in self.values:
            needless = unread(setting) is not None and not value
            named = setting.startswith("structure.") and structures and not needless
            if named and value not in structures:
                raise UsageError(
                    f"There is no report structure {value!r} for {setting}.",
                    f"Known: {', '.join(sorted(structures))}.",
                )
            check_setting(setting, value)
            check_quantity(structures, setting, value)
            if now.get(setting) == value:
                decision.known += 1
                continue
            now[setting] = value
            if (said := unread(setting)) is not None and value:
                decision.notices.append(Notice("setting-unread", said, line))
            if setting in RISK_SETTINGS:
                matrix_of(now)
            decision.drafts.append(Draft(SettingChanged(setting=setting, value=value), line))
        return decision

    def key(self) -> str | None:
        """The file's digest, if it came from one."""
        return self.digest
