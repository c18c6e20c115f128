"""Publication: which tables and whole reports were given out, asked how, from which events, with
which bytes.

What was published can be asked again for ever: the log's size and root say from what, the digest
says what came of it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from ledger.commands import Decision, Lookup
from ledger.errors import UsageError
from ledger.events import Draft, Event, Upcaster, canonical_json
from ledger.state import Slice, State


class ReportPublished(Event):
    """A table given out.

    ``report`` names the table, ``question`` is canonical JSON of how it was asked, ``known_size``
    and ``root`` (hex) the events that it stands on, ``digest`` the SHA-256 of the table's bytes in
    hex, ``table_form`` the number of the form of these bytes.
    """

    topic: ClassVar[str] = "governance.report_published"
    report: str
    question: str
    known_size: int
    root: str
    digest: str
    table_form: int


class DocumentPublished(Event):
    """A whole report given out, in several files of one version.

    ``report`` is its name, of ``unit`` through the month ``through``; ``version`` counts from 1;
    ``question`` is canonical JSON of how it was asked else; ``known_size`` and ``root`` (hex) are
    the events that it stands on; ``files`` is canonical JSON of the SHA-256 of each form's bytes;
    ``findings`` is how many were left. ``figures`` is the SHA-256 of every figure in it, which does
    not depend on how it is laid out, and ``made_with`` the program and libraries that wrote the
    files; form 1 had neither.
    """

    topic: ClassVar[str] = "governance.document_published"
    form: ClassVar[int] = 2
    upcasters: ClassVar[Mapping[int, Upcaster]] = {1: dict}
    report: str
    unit: str
    through: str
    version: int
    question: str
    known_size: int
    root: str
    files: str
    findings: int
    figures: str | None = None
    made_with: str | None = None


@dataclass
class Publications(Slice):
    """Every report given out, by name, unit and month, in order."""

    versions: dict[tuple[str, str, str], list[DocumentPublished]] = field(
        default_factory=lambda: defaultdict(list)
    )

    def apply(self, event: Event, position: int) -> None:
        """Fold one event."""
        if isinstance(event, DocumentPublished):
            self.versions[event.report, event.unit, event.through].append(event)

    def of(self, report: str, unit: str, through: str) -> list[DocumentPublished]:
        """The versions of a report that were given out, the first one first."""
        return self.versions.get((report, unit, through), [])


@dataclass(frozen=True)
class PublishReport:
    """Record that a table was given out; the fields are those of `ReportPublished`."""

    report: str
    question: str
    known_size: int
    root: str
    digest: str
    table_form: int
    kind: str = "publish"

    def decide(self, state: State, look: Lookup) -> Decision:
        """One event; a table of more events than there are is none of this log."""
        if not 0 < self.known_size <= state.size:
            raise UsageError(f"The log holds {state.size} events, not {self.known_size}.")
        event = ReportPublished(
            report=self.report,
            question=self.question,
            known_size=self.known_size,
            root=self.root,
            digest=self.digest,
            table_form=self.table_form,
        )
        return Decision([Draft(event)])

    def key(self) -> str | None:
        """None: each time is a publication of its own."""
        return None


@dataclass(frozen=True)
class PublishDocument:
    """Record that a whole report was given out; the fields are those of `DocumentPublished`, with
    ``digests`` of the files by form, and ``version`` the one that the files name."""

    report: str
    unit: str
    through: str
    version: int
    question: str
    known_size: int
    root: str
    digests: tuple[tuple[str, str], ...]
    findings: int
    figures: str | None = None
    made_with: str | None = None
    kind: str = "publish"

    def decide(self, state: State, look: Lookup) -> Decision:
        """One event, if the version is the next."""
        if not 0 < self.known_size <= state.size:
            raise UsageError(f"The log holds {state.size} events, not {self.known_size}.")
        given = len(state.of(Publications).of(self.report, self.unit, self.through))
        if self.version != given + 1:
            raise UsageError(
                f"Version {given} is given out, and this says that it is {self.version}.",
                "Ask the report anew, of all that is known.",
            )
        event = DocumentPublished(
            report=self.report,
            unit=self.unit,
            through=self.through,
            version=self.version,
            question=self.question,
            known_size=self.known_size,
            root=self.root,
            files=canonical_json(dict(self.digests)).decode(),
            findings=self.findings,
            figures=self.figures,
            made_with=self.made_with,
        )
        return Decision([Draft(event)])

    def key(self) -> str | None:
        """None: each time is a publication of its own."""
        return None
