"""Processing history: which program and which profiles made the record what it is."""

from __future__ import annotations

import hashlib
import platform
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files
from typing import ClassVar

from ledger.commands import Decision, Lookup, Role
from ledger.events import Draft, Event
from ledger.state import Slice, State


class ProgramInUse(Event):
    """The program that records from this batch on: its version, its rules, what it runs on.

    ``rules`` is the digest of the rules of entry, as `rules_digest` takes it; the versions are
    those of the installed distributions.
    """

    topic: ClassVar[str] = "governance.program_in_use"
    program: str
    rules: str
    python: str
    polars: str


class ProfileStated(Event):
    """How files of another layout are read by a profile, from the batch that holds this on.

    ``content`` is the profile as canonical JSON, what is as usual left out; ``digest`` its
    SHA-256 in hex.
    """

    topic: ClassVar[str] = "governance.profile_stated"
    name: str
    content: str
    digest: str


@dataclass
class Processing(Slice):
    """The program last in use, and the digest of each profile as last stated."""

    program: ProgramInUse | None = None
    profiles: dict[str, str] = field(default_factory=dict)

    def apply(self, event: Event, position: int) -> None:
        """Fold one event."""
        match event:
            case ProgramInUse():
                self.program = event
            case ProfileStated():
                self.profiles[event.name] = event.digest
            case _:
                pass


def program_drafts(state: State) -> list[Draft]:
    """The program in use, where it is not the one that recorded last."""
    now = program_in_use()
    return [] if state.of(Processing).program == now else [Draft(now)]


@cache
def program_in_use() -> ProgramInUse:
    """The program that runs."""
    return ProgramInUse(
        program=_installed("utfall"),
        rules=rules_digest(),
        python=platform.python_version(),
        polars=_installed("polars"),
    )


def _installed(distribution: str) -> str:
    try:
        return version(distribution)
    except PackageNotFoundError:
        return "unknown"


@cache
def rules_digest() -> str:
    """SHA-256 in hex over the rules of entry: the source of ``ledger/rules.py`` and of every
    module of ``ledger/families``, in the order of their names, each after its name."""
    home = files("ledger")
    places = {"rules.py": home / "rules.py"}
    for place in (home / "families").iterdir():
        if place.name.endswith(".py"):
            places[f"families/{place.name}"] = place
    digest = hashlib.sha256()
    for name in sorted(places):
        digest.update(f"{name}\n".encode() + places[name].read_bytes().replace(b"\r\n", b"\n"))
    return digest.hexdigest()


@dataclass(frozen=True)
class StateProfile:
    """State the profile that a file is read by, where it is new or has changed."""

    name: str
    content: str
    kind: str = "profile"
    needs: ClassVar[tuple[Role, ...]] = ()  # it goes along with what is recorded

    def decide(self, state: State, look: Lookup) -> Decision:
        """One event, or none."""
        digest = hashlib.sha256(self.content.encode()).hexdigest()
        if state.of(Processing).profiles.get(self.name) == digest:
            return Decision()
        event = ProfileStated(name=self.name, content=self.content, digest=digest)
        return Decision([Draft(event)])

    def key(self) -> str | None:
        """None: part of an import."""
        return None
