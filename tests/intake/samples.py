"""Small files for the tests of intake, written in the formats that people send."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl

import intake
from intake import ImportOptions, Reading
from intake.excerpts import Excerpted
from ledger.commands import Told
from ledger.errors import InputRefused, Problem
from ledger.families.outcome_commands import PostOutcome
from ledger.store import Receipt, Store
from tests.ledger.builders import ACTOR

OUTCOME = "period;unit;account;amount;date;voucher;text\n"


def write(folder: Path, text: str | bytes, name: str = "outcome.csv") -> Path:
    """A file in the folder."""
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def wage(number: int, kronor: str, day: str = "2020-08-17", text: str = "Lön") -> str:
    """Two rows of a balanced voucher: a wage paid from the bank."""
    head = f"{day[:7]};10"
    return (
        f"{head};4010;-{kronor};{day};A {number};{text}\n"
        f"{head};1930;{kronor};{day};A {number};{text}\n"
    )


def read(store: Store, path: Path, **more: Any) -> Reading:
    """Read a file against what the store knows; options by their names."""
    names = ImportOptions.__dataclass_fields__
    options = ImportOptions(**{name: more.pop(name) for name in list(more) if name in names})
    return intake.read(path, store.book().organisation, options=options, **more)


def take(store: Store, path: Path, **more: Any) -> Receipt:
    """Read a file and record it."""
    reading = read(store, path, **more)
    again = bool(more.get("again"))
    return store.record(reading.command, ACTOR, reading.source, again=again)


def refused(store: Store, path: Path, **more: Any) -> InputRefused:
    """The refusal of a file, after which the record is what it was."""
    before = store.book().size
    reading = read(store, path, **more)
    try:
        receipt = store.record(reading.command, ACTOR, reading.source)
    except InputRefused as error:
        assert store.book().size == before
        return error
    raise AssertionError(f"the file was taken: {receipt}")


def problems(store: Store, path: Path, **more: Any) -> list[tuple[int | None, str]]:
    """Line and code of every problem of a file, in the order told."""
    return [(p.line, p.code) for p in refused(store, path, **more).problems]


def the_problem(store: Store, path: Path, **more: Any) -> Problem:
    """The one problem of a file."""
    (problem,) = refused(store, path, **more).problems
    return problem


def frame(reading: Reading) -> pl.DataFrame:
    """The rows that a file's last command records."""
    part = reading.command.commands[-1]
    assert isinstance(part, Excerpted)
    assert isinstance(part.command, PostOutcome)
    return part.command.rows


def amounts(reading: Reading) -> list[int]:
    """The amounts in öre that a file of outcome is read as, in its order."""
    return frame(reading)["amount"].to_list()


def told(reading: Reading) -> tuple[Problem, ...]:
    """The problems that reading itself found."""
    first = reading.command.commands[0]
    assert isinstance(first, Told)
    return first.problems
