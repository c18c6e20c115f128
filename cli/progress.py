"""Progress bars on stderr, on a terminal only; nothing where nobody looks."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from cli.output import is_terminal

if TYPE_CHECKING:
    from rich.progress import Progress

T = TypeVar("T")

#: Told how much is done, and of how much.
Done = Callable[[int, int], None]


@contextmanager
def _bar() -> Iterator[Progress]:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

    columns = (BarColumn(), TaskProgressColumn(), TextColumn("{task.description}", markup=False))
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        yield bar


def steps(items: Sequence[T], words: Iterable[str]) -> Iterator[T]:
    """The items one by one, each with its word beside the bar."""
    if len(items) < 2 or not is_terminal(sys.stderr):
        yield from items
        return
    with _bar() as bar:
        task = bar.add_task("", total=len(items))
        for item, text in zip(items, words, strict=True):
            bar.update(task, description=text)
            yield item
            bar.advance(task)


@contextmanager
def reading(file: str) -> Iterator[Done | None]:
    """A bar for one file while it is read and recorded; None where nobody looks."""
    if not is_terminal(sys.stderr):
        yield None
        return
    with _bar() as bar:
        task = bar.add_task(Path(file).name, total=None)
        yield lambda done, whole: bar.update(task, completed=done, total=whole or None)
