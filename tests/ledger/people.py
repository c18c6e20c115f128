"""People at their keyboards: who acts, from which account of the operating system."""

from collections.abc import Callable

import pytest

from ledger.commands import Command, Source
from ledger.families.roles import ChangeRoles, RoleRow
from ledger.store import Receipt, Store


def acting(store: Store, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Receipt]:
    """``act(command, "Anna", "annaek")``: a person gives a command from an account."""

    def act(command: Command, actor: str, account: str = "shared") -> Receipt:
        monkeypatch.setattr("ledger.store.system_user", lambda: account)
        return store.record(command, actor, Source("test"))

    return act


def role(person: str, role: str, user: str | None = None, change: str = "given") -> RoleRow:
    """A row of a roles file."""
    return RoleRow(person, role, "Ekonomidirektören 2020-01-07", user, change, 2)


def roles(*rows: RoleRow) -> ChangeRoles:
    """A roles file."""
    return ChangeRoles(rows, "roles.csv")
