"""What was given out or adopted, asked again: what was compared, and how it came out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

#: What two digests are of: a table's or a file's bytes, the figures of a whole report to the öre,
#: or a round's year-end.
Compared = Literal["bytes", "figures", "year_end"]
#: How a comparison came out; `Replayed.state` says when.
State = Literal["same", "same_figures", "other_program", "differs"]


@dataclass(frozen=True, slots=True)
class Replayed:
    """One thing asked again: SHA-256 in hex of what was ``compared``, as recorded and as found now.

    ``failure`` says why it cannot be asked any more. ``root`` is false where the events that it
    stood on are no longer those of the log. ``because`` has the reasons for which a file's bytes
    cannot be the same: ``program`` (another one made it, or nobody knows which), ``erased`` (texts
    were erased since), ``template`` (a Word template of its own); ``program`` says how this program
    is otherwise.
    """

    report: str
    question: Mapping[str, Any]
    position: int
    recorded_at: str
    actor: str
    size: int
    expected: str
    found: str | None
    root: bool = True
    failure: str | None = None
    compared: Compared = "bytes"
    because: tuple[str, ...] = ()
    program: str | None = None

    @property
    def state(self) -> State:
        """``same``: as recorded. ``same_figures``: a file's bytes are others, for a reason that is
        known, and every figure of the report is the same. ``other_program``: it is not the same,
        and the program is not the one that made it, so that nothing is shown either way.
        ``differs``: it says something else, or stood on other events."""
        if self.root and self.found is not None and self.found == self.expected:
            return "same_figures" if self.compared == "figures" else "same"
        return "other_program" if self.root and "program" in self.because else "differs"

    @property
    def shown(self) -> bool:
        """Whether it is shown to say today what it said then."""
        return self.state in ("same", "same_figures")
