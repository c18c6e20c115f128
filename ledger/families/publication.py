"""Publication: which tables were given out, asked how, from which events, with which bytes.

What was published can be asked again for ever: the log's size and root say from what, the digest
says what came of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ledger.commands import Decision, Lookup
from ledger.errors import UsageError
from ledger.events import Draft, Event
from ledger.state import State


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
