"""The cases of the controls, as data: what is booked, and what the control is to find.

A file ``NAME.json`` beside this one holds the cases of the control of that name. A case has

- ``it``: what it shows
- ``steps``: what happens, in order: ``{"csv": [lines]}`` or ``{"sie": [lines]}`` imports a file
  (``options`` as an import has them), ``{"amounts": …}`` books costs of a geometric series or of
  given öre, ``{"reverse": "A 1"}`` reverses a voucher, ``{"publish": REPORT, …}`` gives
  a table out, ``{"sample": NAME, …}`` draws, assesses and evaluates,
  ``{"round": NAME, …}`` opens a forecast round, enters and adopts it
- ``ask`` and ``set``: how the control is run
- ``found``: the events of each finding, a posting as ``VOUCHER:ROW``, another event as its topic
- ``tested``, ``untested``, ``facts`` and ``severities`` where they matter
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import ledger
from assurance.conclusions import conclude
from assurance.controls import CONTROLS, Result, run
from assurance.populations import Selection
from assurance.samples import Wish, commit, sampled
from ledger.families.control_draw import (
    CommitSample,
    DrawSample,
    EvaluateSample,
    RecordAssessments,
)
from ledger.families.control_sample import Samples
from ledger.families.outcome_reversal import ReverseVouchers
from ledger.log import Book
from reporting.publication import publication
from tests.intake.samples import take, write
from tests.projections.builders import Books

HERE = Path(__file__).parent
HEAD = "period,unit,account,amount,date,voucher,row"


def cases() -> Iterator[tuple[str, dict[str, Any]]]:
    """Every case with its control's name."""
    for name in CONTROLS:
        path = HERE / f"{name}.json"
        for case in json.loads(path.read_text(encoding="utf-8")) if path.is_file() else []:
            yield name, case


def booked(folder: Path, steps: list[dict[str, Any]]) -> Path:
    """A store in which the steps have happened."""
    books = Books(folder)
    for place, step in enumerate(steps):
        if "csv" in step:
            path = write(folder, "\n".join(step["csv"]) + "\n", f"{place}.csv")
            take(books.store, path, **step.get("options", {}))
        elif "sie" in step:
            text = "\n".join(step["sie"]) + "\n"
            take(books.store, write(folder, text.encode("cp437"), f"{place}.se"))
        elif "amounts" in step:
            take(books.store, write(folder, made(place, step), f"{place}.csv"))
        elif "reverse" in step:
            where = dict(postings(books.book))[f"{step['reverse']}:1"]
            books.record(ReverseVouchers((where,), "fel"))
        elif "publish" in step:
            question = {"span": "accumulated", "tree": "line"} | {
                k: v for k, v in step.items() if k != "publish"
            }
            books.record(publication(books.book, step["publish"], question))
        elif "round" in step:
            entries = [tuple(entry) for entry in step["entries"]]
            books.round(step["round"], step["through"], entries, adopt=step.get("adopt", True))
        elif "sample" in step:
            evaluated(books, **step)
        else:
            raise AssertionError(step)
    books.store.close()
    return books.path


def evaluated(
    books: Books, sample: str, size: int, wrong: int, method: str = "random", **against: Any
) -> None:
    """A sample of costs on 4010 is drawn; so many items are missing, the rest fine; it is held
    ``against`` ``tolerable`` or ``tolerable_amount`` (nothing: not evaluated)."""
    wish: Any = Wish(cast("Any", method), size=size)
    where = Selection("6101", accounts="4010", first="2020-01", last="2020-12")
    books.record(CommitSample(commit(books.book, sample, where, wish)))
    books.record(DrawSample(sampled(books.book, sample)))
    items = books.book.state.of(Samples).named[sample].items
    rows = tuple(
        {"sample": sample, "item": item, "assessment": "missing" if n < wrong else "fine"}
        for n, item in enumerate(items)
    )
    books.record(RecordAssessments(rows, "paper.xlsx"))
    if against:
        books.record(EvaluateSample(conclude(books.book, sample, **against).event))


def made(place: int, step: dict[str, Any]) -> str:
    """A file of costs paid from the bank: ``amounts`` in öre, or ``[first, ratio, count]`` of a
    geometric series."""
    given = step["amounts"]
    if isinstance(given, dict):
        first, ratio, count = given["geometric"]
        given = [round(first * ratio**n) for n in range(count)] * given.get("times", 1)
    lines = [HEAD]
    for number, ore in enumerate(given, 1):
        for row, (account, sign) in enumerate((("4010", "-"), ("1930", "")), 1):
            amount = f"{sign}{ore // 100}.{ore % 100:02}"
            lines.append(f"2020-08,6101,{account},{amount},2020-08-17,G{place} {number},{row}")
    return "\n".join(lines) + "\n"


def postings(book: Book) -> list[tuple[str, int]]:
    """``VOUCHER:ROW`` and position of each posting."""
    frame = book.events("outcome.posted", "series", "number", "row", "position")
    return [
        (f"{' '.join(filter(None, (series, number)))}:{row or 1}", position)
        for series, number, row, position in frame.iter_rows()
    ]


def names(book: Book) -> dict[int, str]:
    """What the events of the book are called in cases, by position."""
    called = {each.position: each.event.topic for each in book.recorded()}
    return called | {position: name for name, position in postings(book)}


def ran(path: Path, control: str, case: dict[str, Any]) -> tuple[Result, list[list[str]]]:
    """The control over the store, and the names of the events of each finding, sorted."""
    book = ledger.open(path)
    given = {f"{control}.{name}": text for name, text in case.get("set", {}).items()}
    (result,) = run(book, [control], given=given, **case.get("ask", {}))
    called = names(book)
    return result, sorted(sorted(called[at] for at in each.events) for each in result.findings)
