"""A whole report that is given out: its files, its figures, the program that made them; and again.

A file is the same to the byte for the same events, question, program, libraries and template. A
later program may lay a report out otherwise, so a publication also holds the digest of every figure
in it, which does not change with colours, words or texts that were erased.
"""

from __future__ import annotations

import hashlib
import json
import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from platform import python_version
from typing import Any, cast

import polars as pl

from ledger import proof
from ledger.errors import ForecastError, RuleBroken, UsageError
from ledger.events import canonical_json
from ledger.families.publication import Publications, PublishDocument
from ledger.log import Book
from reporting.catalogue import Language
from reporting.numbers import Scale
from reporting.render import exact
from reporting.replayed import Replayed
from reporting.report.document import Document, Question, compose, question
from reporting.report.registry import REPORTS
from reporting.round_figures import LIBRARIES, libraries, unlike
from reporting.tables import SAID, Table

__all__ = ["FORMS", "documents_again", "figures", "made_with", "publication", "to_file"]

FORMS = ("html", "docx", "xlsx")
#: Packages whose source makes a report what it is.
_PACKAGES = ("assurance", "forecasting", "ledger", "projections", "reporting")
#: Distributions beside those of the model that a file's bytes depend on.
_WRITERS = ("babel", "docxtpl", "jinja2", "lxml", "openpyxl", "python-docx", "vl-convert-python")
#: Words of a document's question that are no sections.
_WORDS = ("lang", "scale", "template")
_FIGURES = ("amount", "percent", "count", "number", "hours", "decimal")


def to_file(document: Document, form: str, template: Path | None = None) -> bytes:
    """The document in that form; Word in the ``template``, else in ours."""
    from reporting.report.excel import to_excel
    from reporting.report.html import to_html
    from reporting.report.word import to_word

    match form:
        case "html":
            return to_html(document).encode()
        case "docx":
            return to_word(document, template)
        case _:
            return to_excel(document)


def figures(document: Document) -> str:
    """SHA-256 in hex of every figure of the document's tables, exact, by section, table and
    column: neither words nor scale nor charts are part of it."""
    told: list[Any] = []
    for section in document.sections:
        for table in (block for block in section.blocks if isinstance(block, Table)):
            columns = [(n, c) for n, c in enumerate(table.columns) if c.kind in _FIGURES]
            if columns:
                rows = [
                    [None if row[n] == SAID else exact(row[n], c) for n, c in columns]
                    for row in table.rows
                ]
                told.append([section.key, [c.key for _, c in columns], rows])
    return _digest(json.dumps(told, separators=(",", ":"), default=str).encode())


@cache
def made_with() -> str:
    """What the bytes of a file depend on beside events and question: the digest of our source,
    Python, zlib and the libraries, as ``code=… polars=2.1.0 …``."""
    digest = hashlib.sha256()
    for package in _PACKAGES:
        for name, place in sorted(_sources(files(package), package)):
            digest.update(f"{name}\n".encode() + place.read_bytes().replace(b"\r\n", b"\n"))
    own = f"code={digest.hexdigest()} python={python_version()} zlib={zlib.ZLIB_RUNTIME_VERSION}"
    return f"{own} {libraries(sorted((*LIBRARIES, *_WRITERS)))}"


def _sources(folder: Traversable, name: str) -> Iterator[tuple[str, Traversable]]:
    for place in folder.iterdir():
        if place.is_dir() and place.name != "__pycache__":
            yield from _sources(place, f"{name}/{place.name}")
        elif place.is_file():
            yield f"{name}/{place.name}", place


def publication(
    name: str,
    ask: Question,
    others: Mapping[str, Question],
    document: Document,
    written: Mapping[str, bytes],
    *,
    template: Path | None,
    left: int,
) -> PublishDocument:
    """The command that records the document as given out in the files ``written`` by form, with so
    many findings ``left``."""
    book = ask.book
    sections = {key: f"{o.through}@{o.book.size}" for key, o in sorted(others.items())}
    asked = {"lang": ask.lang, "scale": ask.scale, **sections}
    if template is not None and "docx" in written:
        asked["template"] = _digest(template.read_bytes())
    return PublishDocument(
        report=name,
        unit=ask.unit,
        through=ask.through,
        version=len(book.state.of(Publications).of(name, ask.unit, ask.through)) + 1,
        question=canonical_json(asked).decode(),
        known_size=book.size,
        root=proof.root(book.path, book.size),
        digests=tuple((form, _digest(data)) for form, data in written.items()),
        findings=left,
        figures=figures(document),
        made_with=made_with(),
    )


def documents_again(book: Book) -> Iterator[Replayed]:
    """Every report that was given out up to the book, made again of the events that it stood on,
    as it was asked: one `Replayed` a file. A text that was erased later than the book is gone from
    it all the same."""
    erasures = Book(book.path).events("governance.text_erased").select("position", "entry")
    for row in book.events("governance.document_published").to_dicts():
        asked: dict[str, str] = json.loads(row["question"])
        document, failure = None, None
        try:
            document = _again(book, row, asked)
        except (UsageError, RuleBroken, ForecastError) as error:  # tampering is no failure to ask
            failure = str(error)
        for form, expected in json.loads(row["files"]).items():
            found = None if document is None else _digest(to_file(document, form))
            because = () if found == expected else _because(row, asked, form, erasures)
            compared = [expected, found]
            if because and document is not None and row["figures"] is not None:
                compared = [row["figures"], figures(document)]
            yield Replayed(
                row["report"],
                _shown(row, asked, form),
                row["position"],
                row["recorded_at"],
                row["actor"],
                row["known_size"],
                str(compared[0]),
                compared[1],
                proof.root(book.path, row["known_size"]) == row["root"],
                failure,
                compared="figures" if compared[0] != expected else "bytes",
                because=because,
                program=_otherwise(row["made_with"]) if "program" in because else None,
            )


def _again(book: Book, row: Mapping[str, Any], asked: Mapping[str, str]) -> Document:
    """The document of a publication; raises what the report raises, and `UsageError` for one that
    this program does not have."""
    name = row["report"]
    if name not in REPORTS:
        raise UsageError(f"There is no report {name!r}.", f"Known: {', '.join(REPORTS)}.")
    then = Book(book.path, row["known_size"])
    lang, scale = asked.get("lang", "sv"), asked.get("scale", "tkr")
    whole = question(
        then,
        cast("Language", lang),
        through=row["through"],
        unit=row["unit"],
        scale=cast("Scale", scale),
    )
    others = {}
    for key, text in asked.items():
        if key not in _WORDS:
            through, _, size = text.partition("@")
            others[key] = replace(whole, book=Book(book.path, int(size)), through=through)
    return compose(name, REPORTS[name], whole, others)


def _because(
    row: Mapping[str, Any], asked: Mapping[str, str], form: str, erasures: pl.DataFrame
) -> tuple[str, ...]:
    """Why the bytes of a file need not be what they were."""
    since = erasures.filter(
        (pl.col("position") >= row["known_size"]) & (pl.col("entry") < row["known_size"])
    )
    reasons = {
        "program": row["made_with"] != made_with(),
        "erased": not since.is_empty(),
        "template": form == "docx" and "template" in asked,
    }
    return tuple(name for name, holds in reasons.items() if holds)


def _shown(row: Mapping[str, Any], asked: Mapping[str, str], form: str) -> dict[str, Any]:
    """A publication's question in the words of ``ledger report``."""
    sections = [
        f"{key}={text.replace('@', '@@')}" for key, text in asked.items() if key not in _WORDS
    ]
    return {
        "unit": row["unit"],
        "through": row["through"],
        "version": row["version"],
        "to": form,
        "at": sections or None,
        **{name: asked.get(name) for name in _WORDS},
    }


def _otherwise(then: str | None) -> str | None:
    """How the program and its libraries are otherwise than then; None where nobody knows."""
    if then is None:
        return None
    return re.sub(r"\b([0-9a-f]{12})[0-9a-f]{52}\b", r"\1", unlike(then, made_with()))


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
