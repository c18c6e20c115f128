"""Organisation: who we are, the units in their trees, the chart, the structures, the settings.

The chart of accounts and every mapping of accounts to report lines are data. A structure is
decided whole; deciding it again gives a new one from a month, and the old one stays for what
was known before.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import ClassVar, Literal
from zoneinfo import ZoneInfo

from ledger.errors import UsageError
from ledger.events import Event
from ledger.periods import FiscalCalendar
from ledger.state import Slice

AccountType = Literal["income", "cost", "asset", "liability"]
#: A fiscal year is kept either by vouchers or by month totals, never both.
Basis = Literal["vouchers", "totals"]
ACCOUNT_TYPES: tuple[AccountType, ...] = ("income", "cost", "asset", "liability")


class OrganisationFounded(Event):
    """The first event: the organisation, its root unit, time zone, fiscal year and clock."""

    topic: ClassVar[str] = "organisation.founded"
    name: str
    root: str
    root_level: str
    time_zone: str
    first_month: int
    clock: Literal["real", "simulated"]


class EntityBound(Event):
    """The organisation number that the books' files must carry from now on."""

    topic: ClassVar[str] = "organisation.entity_bound"
    number: str


class UnitRegistered(Event):
    """A unit, placed in a tree from a month on."""

    topic: ClassVar[str] = "organisation.unit_registered"
    unit: str
    name: str
    tree: str
    parent: str | None = None
    level: str
    valid_from: str


class UnitMoved(Event):
    """A unit gets another parent, level or name in a tree from a month on."""

    topic: ClassVar[str] = "organisation.unit_moved"
    unit: str
    name: str
    tree: str
    parent: str | None = None
    level: str
    valid_from: str


class UnitClosed(Event):
    """A unit leaves a tree after a month."""

    topic: ClassVar[str] = "organisation.unit_closed"
    unit: str
    tree: str
    valid_to: str


class AccountRegistered(Event):
    """An account: income and cost make the result, asset and liability the balance."""

    topic: ClassVar[str] = "organisation.account_registered"
    account: str
    name: str
    type: AccountType


class CodeRegistered(Event):
    """A code of another dimension: product, project, activity or a free one by its number."""

    topic: ClassVar[str] = "organisation.code_registered"
    dimension: str
    code: str
    name: str


class StructureDecided(Event):
    """One line of a report structure; all lines of one decision share batch and valid_from.

    ``account_from``/``account_to`` are inclusive and compared with as many of an account's first
    digits; both are absent for a heading. ``order`` is the line's place, from 0.
    """

    topic: ClassVar[str] = "organisation.structure_decided"
    structure: str
    line: str
    parent: str | None = None
    account_from: str | None = None
    account_to: str | None = None
    sign: int = 1
    order: int
    valid_from: str


class SettingChanged(Event):
    """A named setting gets a value: default structures, divisors, thresholds, phasing keys."""

    topic: ClassVar[str] = "organisation.setting_changed"
    setting: str
    value: str


class FiscalYearStated(Event):
    """A fiscal year, first to last month, and whether it is kept by vouchers or month totals."""

    topic: ClassVar[str] = "outcome.fiscal_year_stated"
    first: str
    last: str
    basis: Basis


@dataclass(frozen=True, slots=True)
class Place:
    """Where a unit stands in a tree from ``valid_from`` (to ``valid_to``, if it has left)."""

    unit: str
    name: str
    parent: str | None
    level: str
    valid_from: str
    valid_to: str | None = None


@dataclass(frozen=True, slots=True)
class Account:
    """An account of the chart."""

    code: str
    name: str
    type: AccountType


@dataclass(frozen=True, slots=True)
class Line:
    """One range of one line of a report structure; a line may have several ranges."""

    line: str
    parent: str | None
    account_from: str | None
    account_to: str | None
    sign: int
    order: int

    def takes(self, account: str) -> bool:
        """True if the account's first digits, as many as the ends have, lie between them."""
        low, high = self.account_from, self.account_to
        return low is not None and high is not None and low <= account <= f"{high}\uffff"


@dataclass
class Organisation(Slice):
    """Units, accounts, codes, structures and settings as they stand."""

    founded: OrganisationFounded | None = None
    entity: str | None = None
    trees: dict[str, dict[str, list[Place]]] = field(default_factory=dict)
    accounts: dict[str, Account] = field(default_factory=dict)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    structures: dict[str, dict[str, list[Line]]] = field(default_factory=dict)
    settings: dict[str, str] = field(default_factory=dict)
    years: dict[tuple[str, str], Basis] = field(default_factory=dict)

    def apply(self, event: Event, position: int) -> None:
        """Fold one event."""
        match event:
            case OrganisationFounded():
                self.founded = event
            case EntityBound():
                self.entity = event.number
            case UnitRegistered() | UnitMoved():
                place = Place(event.unit, event.name, event.parent, event.level, event.valid_from)
                self.trees.setdefault(event.tree, {}).setdefault(event.unit, []).append(place)
            case UnitClosed():
                places = self.trees[event.tree][event.unit]
                last = max(reversed(places), key=lambda place: place.valid_from)
                places[places.index(last)] = replace(last, valid_to=event.valid_to)
            case AccountRegistered():
                self.accounts[event.account] = Account(event.account, event.name, event.type)
            case CodeRegistered():
                self.codes.setdefault(event.dimension, {})[event.code] = event.name
            case StructureDecided():
                dated = self.structures.setdefault(event.structure, {})
                if event.order == 0:
                    dated[event.valid_from] = []
                dated.setdefault(event.valid_from, []).append(
                    Line(
                        event.line,
                        event.parent,
                        event.account_from,
                        event.account_to,
                        event.sign,
                        event.order,
                    )
                )
            case SettingChanged():
                self.settings[event.setting] = event.value
            case FiscalYearStated():
                self.years[(event.first, event.last)] = event.basis
            case _:
                pass

    def require_founded(self) -> OrganisationFounded:
        """The founding event; `UsageError` in a store without an organisation."""
        if self.founded is None:
            raise UsageError("The store has no organisation.", "Run `ledger init` first.")
        return self.founded

    @property
    def zone(self) -> ZoneInfo:
        """The organisation's time zone."""
        return ZoneInfo(self.require_founded().time_zone)

    @property
    def calendar(self) -> FiscalCalendar:
        """Fiscal years: the organisation's first month, and the years that the books stated."""
        first = self.founded.first_month if self.founded else 1
        return FiscalCalendar(first, tuple(sorted(self.years)))

    @property
    def units(self) -> frozenset[str]:
        """All units of all trees, with the root."""
        root = {self.founded.root} if self.founded else set()
        return frozenset(root.union(*self.trees.values()))

    def places(self, tree: str = "line", at: str | None = None) -> dict[str, Place]:
        """Each unit's place in a tree as it stands in a month (the newest, if None).

        A tree in which a unit has several places from different months takes the last that had
        begun; a unit that begins later than ``at`` or has left is not in it. Raises `UsageError`
        for a tree that nobody defined.
        """
        if tree not in self.trees and tree != "line":
            raise UsageError(f"There is no tree {tree!r}.", f"Known: {', '.join(self.trees)}.")
        found: dict[str, Place] = {}
        for unit, places in self.trees.get(tree, {}).items():
            begun = [p for p in places if at is None or p.valid_from <= at]
            if begun:
                last = max(reversed(begun), key=lambda p: p.valid_from)
                if last.valid_to is None or (at is not None and at <= last.valid_to):
                    found[unit] = last
        return found

    def ancestors(self, unit: str, tree: str = "line", at: str | None = None) -> list[str]:
        """The unit itself, its parent, and so on up to the root."""
        places, path = self.places(tree, at), [unit]
        while (place := places.get(path[-1])) and place.parent and place.parent not in path:
            path.append(place.parent)
        root = self.founded.root if self.founded else None
        if root and tree == "line" and root not in path:
            path.append(root)
        return path

    def structure(self, name: str, at: str | None = None) -> list[Line]:
        """The lines of a structure as decided for a month (the newest, if None), in order."""
        dated = self.structures.get(name)
        if not dated:
            known = ", ".join(sorted(self.structures)) or "none"
            raise UsageError(f"There is no report structure {name!r}.", f"Known: {known}.")
        begun = [day for day in dated if at is None or day <= at]
        return sorted(dated[max(begun) if begun else min(dated)], key=lambda line: line.order)

    def setting(self, name: str, default: str | None = None) -> str | None:
        """The value of a setting."""
        return self.settings.get(name, default)

    def account_type(self, account: str) -> AccountType:
        """The registered type, else the chart's class: 3 income, 4–8 cost, 1 asset, 2 liability."""
        known = self.accounts.get(account)
        return known.type if known else default_type(account)


def default_type(account: str) -> AccountType:
    """Type by the account's first digit, where neither file nor chart says."""
    by_class: dict[str, AccountType] = {"1": "asset", "2": "liability", "3": "income"}
    return by_class.get(account[:1], "cost")
