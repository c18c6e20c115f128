"""Rows of a file decided one by one: what each says anew, or what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ledger.commands import Decision
from ledger.errors import Problem, ProblemKind
from ledger.events import Draft, Event

Row = Mapping[str, Any]


class RowWrong(Exception):
    """A row that cannot be taken; its arguments are those of a `Problem` but file and line."""

    @property
    def told(self) -> tuple[str, str, str, ProblemKind]:
        """Code, what was found, remedy, and whether the content or a rule forbids it."""
        code, found, remedy, kind = self.args
        return code, found, remedy, kind


def wrong(code: str, found: str, remedy: str, kind: ProblemKind = "content") -> RowWrong:
    """What is wrong with a row, to be raised."""
    return RowWrong(code, found, remedy, kind)


def row_by_row(
    rows: Iterable[Row], file: str, events: Callable[[Row, int | None], Iterable[Event]]
) -> Decision:
    """The events that each row says, or the problems of the whole file.

    ``events`` is asked of each row without its empty fields and ``line``, in order; a row of
    which nothing comes is known.
    """
    decision = Decision()
    for row in rows:
        line = row.get("line")
        content = {k: v for k, v in row.items() if k != "line" and v not in (None, "")}
        try:
            drafts = [Draft(event, line) for event in events(content, line)]
        except RowWrong as error:
            code, found, remedy, kind = error.told
            decision.problems.append(Problem(code, file, line, found, remedy, kind))
            continue
        decision.drafts += drafts
        decision.known += not drafts
    return decision


class Once:
    """Sees to it that a file says each thing once."""

    def __init__(self, code: str) -> None:
        self._code = code
        self._lines: dict[tuple[str | None, ...], int | None] = {}

    def check(self, what: str, line: int | None, *key: str | None) -> None:
        """Raise `RowWrong` for what a row before said already."""
        if key in self._lines:
            found = f"{what} stands in line {self._lines[key]} already"
            raise wrong(self._code, found, "Keep one of the two rows.")
        self._lines[key] = line
