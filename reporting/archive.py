"""The archive: everything that the log holds, in open formats, with what verifies it alone.

One zip file of the same bytes for the same book and version of the program: names in order
(``SHA256SUMS`` last), a fixed time, streamed. ``verify.py`` is a file of the program's data; it
imports nothing of ours.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING

import projections
from ledger import proof
from ledger.connection import connect
from ledger.engine import named_errors
from ledger.errors import NothingKnown, StoreExists, StoreMissing, Tampered
from ledger.hashing import EVENT_ROWS
from ledger.tree import Frontier, leaf_hasher
from projections.account_ledger import GENERAL_LEDGER
from projections.read_tables import TABLES
from projections.voucher_journal import JOURNAL
from reporting.books import as_data
from reporting.catalogue import Language
from reporting.documentation import documentation, page
from reporting.notes import local
from reporting.read_tables import as_table
from reporting.render import to_csv

if TYPE_CHECKING:
    from ledger.log import Book

Chunks = Callable[[], Iterable[bytes]]

#: Tables of the read model that lie under ``tables/``: the others are the events, the texts, the
#: books, or stand in the documentation.
_ELSEWHERE = ("events", "texts", "postings", "accounts", "units", "codes", "structures")
_TIME = (1980, 1, 1, 0, 0, 0)
_AT_ONCE = 10_000


def write_archive(book: Book, path: str | Path, lang: Language) -> int:
    """Write the book's archive to a new zip file; gives the number of files in it.

    The file appears whole or not at all. Raises `StoreExists` if something stands at ``path``,
    `StoreMissing` if its folder is not there, `NothingKnown` for a log that nobody sealed, and
    `Tampered` where the events are not those that the checkpoint seals.
    """
    path = Path(path)
    if path.exists():
        raise StoreExists(f"{path} exists already.", "Choose another -o FILE.")
    if not path.parent.is_dir():
        raise StoreMissing(f"There is no folder {path.parent}.", "Make it first.")
    files = _files(book, lang)
    with named_errors(), tempfile.TemporaryDirectory(dir=path.parent, prefix=".archive-") as folder:
        made = Path(folder) / "archive.zip"
        sums = []
        with zipfile.ZipFile(made, "w") as out:
            for name in sorted(files):
                sums.append(f"{_put(out, name, files[name])}  {name}\n")
            _put(out, "SHA256SUMS", lambda: ["".join(sums).encode()])
        with made.open("rb+") as written:
            os.fsync(written.fileno())
        made.rename(path)
    return len(files) + 1


def _put(out: zipfile.ZipFile, name: str, chunks: Chunks) -> str:
    """Write one file; gives its SHA-256 in hex."""
    info = zipfile.ZipInfo(name, _TIME)
    info.compress_type, info.create_system, info.external_attr = (
        zipfile.ZIP_DEFLATED,
        3,
        0o644 << 16,
    )
    digest = hashlib.sha256()
    with out.open(info, "w", force_zip64=True) as file:
        for chunk in chunks():
            digest.update(chunk)
            file.write(chunk)
    return digest.hexdigest()


def _files(book: Book, lang: Language) -> dict[str, Chunks]:
    """What each file of the archive holds, by its name; the long ones are made as they are
    written."""
    note = proof.newest_note(book)
    whole = {
        "checkpoint": str(note),
        "checkpoint.vkey": "".join(f"{key}\n" for key in proof.keys_for(book, note)),
        "verify.py": page("verify.py"),
        **_books(book),
    }
    for each in proof.notes(book):
        whole[f"checkpoints/{each.checkpoint.size:012d}"] = str(each)
    for table in TABLES:
        if table.name not in _ELSEWHERE:
            whole[f"tables/{table.name}.csv"] = to_csv(as_table(table, book))
    for name, template in (("README.md", "archive_en.md"), ("LASMIG.md", "archive_sv.md")):
        whole[name] = _read_me(book, template)
    found = {name: _fixed(text.encode()) for name, text in whole.items()}
    found |= {
        f"documentation/{name}": _fixed(data) for name, data in documentation(book, lang).items()
    }
    found["events.jsonl"] = lambda: _events(book, note.checkpoint.root)
    found["private.jsonl"] = lambda: _private(book)
    return found


def _fixed(data: bytes) -> Chunks:
    return lambda: [data]


def _books(book: Book) -> dict[str, str]:
    """Journal and general ledger of everything on record, whatever month it is of."""
    postings = book.postings()
    months = [*postings["period"].to_list(), *(d[:7] for d in postings["date"].drop_nulls())]
    through = max(months, default=None)
    if through is None:
        empty = {"journal.csv": JOURNAL, "general-ledger.csv": GENERAL_LEDGER}
        return {name: ",".join(columns) + "\n" for name, columns in empty.items()}
    return {
        f"{name.replace('_', '-')}.csv": to_csv(as_data(book, name, through=through))
        for name in ("journal", "general_ledger")
    }


def _read_me(book: Book, template: str) -> str:
    try:
        through = book.period().last
    except NothingKnown:  # nothing booked yet
        through = "–"
    return Template(page(template)).substitute(
        organisation=book.organisation.require_founded().name,
        known_at=local(book, book.recorded_at)[:16],
        size=book.size,
        through=through,
        program=projections.program_version(),
    )


def _events(book: Book, root: bytes) -> Iterator[bytes]:
    """The events as JSON lines, each with its leaf hash. Raises `Tampered` at the end where they
    are not those with the sealed root."""
    hashed, frontier = leaf_hasher(), Frontier()
    with closing(connect(book.path)) as connection:
        for begin in range(0, book.size, _AT_ONCE):
            rows = connection.execute(EVENT_ROWS, (begin, min(begin + _AT_ONCE, book.size)))
            lines, leaves = [], []
            for position, (_, stream, version, topic, stored) in enumerate(rows, begin):
                leaves.append(hashed(position, stream, version, topic, stored))
                lines.append(_line(position, stream, version, topic, leaves[-1], stored))
            frontier.extend(b"".join(leaves))
            yield "".join(lines).encode()
    if frontier.root() != root:
        raise Tampered("The events are not those that were sealed.", "Run `ledger verify`.")


def _line(
    position: int, stream: str, version: int, topic: str, leaf_hash: bytes, stored: bytes
) -> str:
    try:
        text = stored.decode()
    except UnicodeDecodeError as error:
        raise Tampered(f"Event {position} ({topic}) does not decode.") from error
    return _json(
        {
            "position": position,
            "stream": stream,
            "version": version,
            "topic": topic,
            "leaf": leaf_hash.hex(),
            "event": text,
        }
    )


def _private(book: Book) -> Iterator[bytes]:
    """The private values that are kept, as JSON lines, by position and field."""
    query = (
        "SELECT position, field, salt, value FROM private_values WHERE position < ? "
        "ORDER BY position, field"
    )
    with closing(connect(book.path)) as connection:
        rows = connection.execute(query, (book.size,))
        while chunk := rows.fetchmany(_AT_ONCE):
            lines = [
                _json({"position": p, "field": f, "salt": bytes(s).hex(), "value": v})
                for p, f, s, v in chunk
            ]
            yield "".join(lines).encode()


def _json(content: dict[str, object]) -> str:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")) + "\n"
