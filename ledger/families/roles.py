"""Roles: who may record, who may approve, who only reads; and what four eyes are.

While no role has been given everybody may do everything. From the first one on a person does
what their roles allow, and somebody is always approver. A role may name the account of the
operating system that its person signs in with: their name is then taken from that account only.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import ClassVar, Literal

from ledger.commands import ROLES, Command, Decision, Lookup, Role, needed
from ledger.errors import (
    ApproverMissing,
    NotAllowed,
    OtherAccount,
    Problem,
    SecondPersonMissing,
    UsageError,
)
from ledger.events import Draft, Event
from ledger.families.organisation import Organisation
from ledger.identity import Who, person
from ledger.state import Slice, State

#: What four eyes compare, by the value of the setting ``four_eyes``; the first is the default.
FOUR_EYES = ("actor,user", "actor")

Change = Literal["given", "taken"]
CHANGES: tuple[Change, ...] = ("given", "taken")


class RoleGiven(Event):
    """A person may do what the role allows, by a decision.

    ``person`` is the actor's name; ``system_user`` the account that the person signs in with,
    if the role is bound to one.
    """

    topic: ClassVar[str] = "governance.role_given"
    person: str
    role: Role
    system_user: str | None = None
    decision: str


class RoleTaken(Event):
    """A person may no longer do what the role allows, by a decision."""

    topic: ClassVar[str] = "governance.role_taken"
    person: str
    role: Role
    decision: str


@dataclass
class Roles(Slice):
    """The roles that are held: by person (as people are told apart) and role, the position of
    the event that gave it, and the account that it is bound to."""

    held: dict[str, dict[Role, tuple[int, str | None]]] = field(default_factory=dict)

    def apply(self, event: Event, position: int) -> None:
        """Fold one event."""
        match event:
            case RoleGiven():
                roles = self.held.setdefault(person(event.person), {})
                roles[event.role] = (position, event.system_user)
            case RoleTaken():
                roles = self.held[person(event.person)]
                roles.pop(event.role)
                if not roles:
                    self.held.pop(person(event.person))
            case _:
                pass

    @property
    def in_use(self) -> bool:
        """True from the first role on."""
        return bool(self.held)

    def of(self, name: str) -> frozenset[Role]:
        """The roles of a person."""
        return frozenset(self.held.get(person(name), ()))

    def accounts(self, name: str) -> frozenset[str]:
        """The accounts that a person's roles are bound to; none where their name is free."""
        roles = self.held.get(person(name), {})
        return frozenset(user for _, user in roles.values() if user is not None)


def authorise(state: State, command: Command, who: Who) -> None:
    """Raise `NotAllowed` unless the person may give the command, and from this account."""
    permit(state, command.kind, needed(command), who)


def permit(state: State, kind: str, needs: Collection[Role], who: Who) -> None:
    """The same of what is no command of the log's: what kind of thing it is, and which roles it
    wants; an auditor does none of it."""
    if not who.person:
        raise UsageError("Who records has no name.", "Give --actor NAME.")
    roles = state.of(Roles)
    if not roles.in_use:
        return
    accounts = roles.accounts(who.actor)
    if accounts and who.user not in accounts:
        raise OtherAccount(
            f"{who.actor} signs in as {' or '.join(sorted(accounts))}, and this is {who.user}.",
            "Sign in with the person's own account, or act under your own name (--actor).",
        )
    held = roles.of(who.actor)
    lacking = sorted({*needs} - held)
    if "auditor" in held:
        raise NotAllowed(
            f"{who.actor} is auditor, who reads everything and records nothing.",
            "Let somebody else record it.",
        )
    if lacking:
        has = f"is {' and '.join(sorted(held))}" if held else "has no role"
        raise NotAllowed(
            f"{kind} is for {' and '.join(lacking)}, and {who.actor} {has}.",
            "See `ledger roles`; an approver gives roles with `ledger record role`.",
        )


def second_person(state: State, first: Who, second: Who) -> bool:
    """Four eyes: raise `SecondPersonMissing` unless the second is another person than the first.

    Names are compared, and the accounts behind them where both are known, unless the setting
    ``four_eyes`` says that the name alone decides. Where there are roles the second is an
    approver, else `NotAllowed`. True where both acted from one account, so that only the names
    tell them apart.
    """
    if not second.person or first.person == second.person:
        raise SecondPersonMissing(
            f"{first.actor} acted, and another person must approve.",
            "Let somebody else do it, or name another where the command asks who approves.",
        )
    shared = first.user is not None and first.user == second.user
    if shared and state.of(Organisation).setting("four_eyes", FOUR_EYES[0]) != "actor":
        raise SecondPersonMissing(
            f"{first.actor} and {second.actor} both acted from the account {first.user}.",
            "Sign in with another account. Where people share one, `ledger record setting "
            "setting=four_eyes value=actor` lets the name alone decide, and every review says so.",
        )
    roles = state.of(Roles)
    if roles.in_use and "approver" not in roles.of(second.actor):
        raise NotAllowed(
            f"{second.actor} is no approver.", "Name an approver; see them with `ledger roles`."
        )
    return shared


@dataclass(frozen=True, slots=True)
class RoleRow:
    """A row of a roles file: a role given (``user`` binds it to an account) or taken."""

    person: str
    role: str
    decision: str
    user: str | None = None
    change: str = "given"
    line: int | None = None


@dataclass(frozen=True)
class ChangeRoles:
    """Give and take roles; those that are held already, from the same account, are known.

    Seen as the file leaves it: somebody must be approver, and an auditor has no other role.
    """

    rows: tuple[RoleRow, ...]
    file: str
    kind: str = "roles"
    digest: str | None = None
    needs: ClassVar[tuple[Role, ...]] = ("approver",)

    def decide(self, state: State, look: Lookup) -> Decision:
        """One event a change."""
        decision, ahead = Decision(), Roles()
        ahead.held = {name: dict(roles) for name, roles in state.of(Roles).held.items()}
        for row in self.rows:
            problem = self._problem(row, ahead)
            if problem is not None:
                decision.problems.append(problem)
                continue
            now = ahead.held.get(person(row.person), {})
            event: Event | None = None
            if row.change == "taken":
                event = RoleTaken.model_validate(
                    {"person": row.person, "role": row.role, "decision": row.decision}
                )
            elif all((row.role, row.user) != (role, user) for role, (_, user) in now.items()):
                content = {"person": row.person, "role": row.role, "decision": row.decision}
                event = RoleGiven.model_validate(content | {"system_user": row.user})
            if event is None:
                decision.known += 1
                continue
            ahead.apply(event, state.size)
            decision.drafts.append(Draft(event, row.line))
        if not decision.problems and decision.drafts:
            self._settled(ahead)
        return decision

    def _problem(self, row: RoleRow, held: Roles) -> Problem | None:
        def wrong(code: str, found: str, remedy: str, rule: bool = False) -> Problem:
            return Problem(code, self.file, row.line, found, remedy, "rule" if rule else "content")

        if not person(row.person) or not row.decision.strip():
            return wrong("empty-field", "person or decision is empty", "Fill in both.")
        if row.role not in ROLES:
            found = f"there is no role {row.role!r}"
            return wrong("unknown-role", found, f"Write one of {', '.join(ROLES)}.")
        if row.change not in CHANGES:
            found = f"change {row.change!r}"
            return wrong("unknown-role", found, f"Write one of {', '.join(CHANGES)}.")
        roles = held.of(row.person)
        if row.change == "taken":
            if row.role not in roles:
                found = f"{row.person} is not {row.role}"
                return wrong("role-not-held", found, "See `ledger roles`.", True)
            return None
        others = roles - {row.role}
        if others and "auditor" in {row.role, *others}:
            return wrong(
                "auditor-alone",
                f"{row.person} is {' and '.join(sorted(others))}, and an auditor has no other role",
                "Take the other role first, in a row before this one.",
                True,
            )
        return None

    @staticmethod
    def _settled(ahead: Roles) -> None:
        if any("approver" in roles for roles in ahead.held.values()):
            return
        raise ApproverMissing(
            "Nobody would be approver, and only an approver gives roles.",
            "Make somebody approver in the same file, or leave the last approver.",
        )

    def key(self) -> str | None:
        """None: a role may be given again after it was taken."""
        return None
