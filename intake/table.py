"""A table as it stands in a file: text cells, each row with the line where it begins.

Every cell is text. What a cell was in Excel is told by its type: `Number` and `Day` are text too,
so that nothing ever passes through a binary fraction, and `Unread` is a cell whose problem has
been told already.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache

from ledger.commands import Held
from ledger.errors import Problem, ProblemKind

#: How much of a line a problem shows.
EXCERPT = 90


class Number(str):
    """A numeric cell of Excel, as exact decimal text."""

    __slots__ = ()


class Inexact(Number):
    """A number with more digits than Excel keeps."""

    __slots__ = ()


class Day(str):
    """A date cell of Excel, as ISO text, with a time of day if it has one."""

    __slots__ = ()


class Unread(str):
    """A cell that could not be read; its problem is told already."""

    __slots__ = ()


UNREAD = Unread()

Progress = Callable[[int, int], None]

#: What ends a line of a file.
LINE_END = re.compile(r"\r\n|\r|\n")


@dataclass
class Teller:
    """Collects the problems of one file, each with its line and a piece of it."""

    file: str
    excerpt: Callable[[int], str] = lambda line: ""
    problems: list[Problem] = field(default_factory=list)

    def tell(
        self, code: str, line: int | None, found: str, remedy: str, kind: ProblemKind = "content"
    ) -> None:
        """Tell one thing wrong."""
        piece = self.excerpt(line) if line is not None else ""
        self.problems.append(Problem(code, self.file, line, found, remedy, kind, piece))


@dataclass
class Table:
    """Headers and rows; ``lines`` has the line (or Excel row) where each row begins.

    ``blank`` counts the rows of a sheet of ours in which nothing is filled in; they are left out.
    ``broken`` holds, by their place, rows whose cells stand under no certain header: their problem
    is told, and nothing more is said of them. ``held`` are cells of such a sheet that nobody fills
    in, to hold against the record.
    """

    teller: Teller
    headers: list[str] = field(default_factory=list)
    header_line: int = 1
    rows: list[list[str]] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    broken: dict[int, list[str]] = field(default_factory=dict)
    blank: int = 0
    held: list[Held] = field(default_factory=list)

    def add(self, row: list[str], line: int) -> None:
        """Take a row; one with too few or too many fields is a problem."""
        found, expected = len(row), len(self.headers)
        if found != expected:
            self.broken[len(self.rows)] = row
            self.teller.tell(
                "ragged-row",
                line,
                f"found {found} fields, expected {expected}",
                "Give each row as many fields as the header; quote a field that holds the "
                "delimiter, such as a decimal comma.",
            )
            row = [*row[:expected], *[""] * (expected - found)]
        self.rows.append(row)
        self.lines.append(line)


def excerpts_of(text: Callable[[], str]) -> Callable[[int], str]:
    """Gives a piece of a line of the text, which is parted into lines when first asked."""

    @cache
    def lines() -> list[str]:
        return LINE_END.split(text())

    def excerpt(line: int) -> str:
        return shortened(lines()[line - 1]) if 0 < line <= len(lines()) else ""

    return excerpt


def shown(text: str, length: int = 40) -> str:
    """A piece of text for a message: on one line, shortened, in quotes."""
    return f"“{shortened(text, length)}”"


def shortened(text: str, length: int = EXCERPT) -> str:
    """Text on one line, without control characters and unreadable bytes, cut to a length."""
    line = "".join(_visible(letter) for letter in text[: 4 * length]).strip()
    return line if len(line) <= length else line[: length - 1].rstrip() + "…"


def _visible(letter: str) -> str:
    if "\udc80" <= letter <= "\udcff":
        return "\ufffd"
    return letter if letter.isprintable() else " "
