"""Erasing in the tests, and looking for what was erased in every byte of a folder."""

from pathlib import Path
from typing import Any

from ledger.commands import Source
from ledger.families.erasure_commands import Approval, EraseDue, EraseTexts
from ledger.store import Receipt, Store
from tests.ledger.builders import ACTOR

DECISION = "KS 2020/12"
APPROVER = "Bo Chef"
ERASE = Source("ledger erase")


def approval(**changed: Any) -> Approval:
    """A decision, and a second person."""
    return Approval(**{"decision": DECISION, "approved_by": APPROVER} | changed)


def erase(store: Store, position: int, *fields: str, **options: Any) -> Receipt:
    """Erase fields of an event; ``everywhere``, or another approval."""
    approved = options.pop("approved", approval())
    return store.record(EraseTexts(position, fields, approved, **options), ACTOR, ERASE)


def erase_due(store: Store, day: str) -> Receipt:
    """Erase all that is due on a day."""
    return store.record(EraseDue(day, approval()), ACTOR, ERASE)


def salts(store: Store) -> dict[tuple[int, str], bytes]:
    """The salts in the store by position and field."""
    with store._datastore.transaction(commit=False) as cursor:
        cursor.execute("SELECT position, field, salt FROM private_values")
        return {(position, field): salt for position, field, salt in cursor.fetchall()}


def files_with(folder: Path, *what: str | bytes) -> set[str]:
    """The files of a folder, however deep, in whose bytes any of it is found: bytes as they are,
    text in UTF-8 and in UTF-16 of either order."""
    forms = [
        form
        for each in what
        for form in (
            (each,)
            if isinstance(each, bytes)
            else (each.encode(), each.encode("utf-16-le"), each.encode("utf-16-be"))
        )
    ]
    return {
        path.name
        for path in folder.rglob("*")
        if path.is_file() and any(form in path.read_bytes() for form in forms)
    }
