"""CSV: bytes to text, text to a table. Nothing is guessed silently and nothing is lost.

UTF-8, with or without byte order mark, unless a profile says otherwise. A byte that the encoding
does not have is a problem of its line; the rest of the file is read on, so that all problems are
found at once.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator

from intake.table import LINE_END, UNREAD, Progress, Table, Teller, excerpts_of, shown

#: Encodings that a profile may name.
ENCODINGS = {
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "latin-1": "latin-1",
    "iso-8859-1": "latin-1",
    "cp1252": "cp1252",
    "windows-1252": "cp1252",
    "cp437": "cp437",
    "cp850": "cp850",
}
DELIMITERS = (";", ",", "\t")

_BOM = b"\xef\xbb\xbf"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_LOST = re.compile("[\udc80-\udcff]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_SEPARATOR_LINE = re.compile(r"sep=(.)\s*", re.IGNORECASE)
_STEP = 20_000

#: Judges a row as a header: the higher, the likelier.
Judge = Callable[[list[str]], int]


def decode(data: bytes, file: str, encoding: str = "utf-8") -> tuple[str, Teller]:
    """The text of the bytes, and a teller that holds a problem for each line with a bad byte.

    Bytes that the encoding does not have stand as lone surrogates in the text.
    """
    teller = Teller(file)
    if data.startswith(_UTF16):
        teller.tell(
            "bad-encoding", 1, "the file is UTF-16", "Save it as UTF-8 (in Excel: CSV UTF-8)."
        )
        return "", teller
    if (nul := data.find(0)) >= 0:  # one problem, not one for each line of a program or picture
        teller.tell(
            "control-byte",
            data.count(b"\n", 0, nul) + 1,
            "the file is no text: it holds byte 0x00",
            "Choose a text file, or export the file again as CSV UTF-8.",
        )
        return "", teller
    if data.startswith(_BOM):
        data, encoding = data[len(_BOM) :], "utf-8"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        text = data.decode(encoding, "surrogateescape")
    teller.excerpt = excerpts_of(lambda: text)
    _bad_bytes(text, encoding, teller)
    return text, teller


def _bad_bytes(text: str, encoding: str, teller: Teller) -> None:
    """A problem for each line that holds a bad byte, or a control character."""
    if not _LOST.search(text) and not _CONTROL.search(text):
        return
    for line, content in enumerate(LINE_END.split(text), 1):
        if lost := _LOST.search(content):
            byte = ord(lost[0]) - 0xDC00
            teller.tell(
                "bad-byte",
                line,
                f"byte 0x{byte:02X} at character {lost.start() + 1} is none that {encoding} has",
                'Save the file as UTF-8, or give its encoding in a profile (encoding = "latin-1").',
            )
        if control := _CONTROL.search(content):
            teller.tell(
                "control-byte",
                line,
                f"control byte 0x{ord(control[0]):02X} at character {control.start() + 1}",
                "Export the file again; text has no such bytes.",
            )


def read_csv(
    data: bytes,
    file: str,
    *,
    judge: Judge,
    encoding: str = "utf-8",
    delimiter: str | None = None,
    header: int | None = None,
    progress: Progress | None = None,
) -> Table:
    """The table of a CSV file; its problems are in ``table.teller``.

    ``judge`` tells which delimiter gives the likeliest header; ``header`` is the header's line
    where it is not the first that is not blank.
    """
    text, teller = decode(data, file, encoding)
    table = Table(teller)
    start, delimiter = _start(text, header, delimiter)
    chosen = delimiter or _sniff(text, start, judge)
    total = text.count("\n") + 1
    for line, row in _records(text, chosen, start, teller):
        if not any(cell.strip() for cell in row):
            continue
        if not table.headers:
            table.headers, table.header_line = row, line
            continue
        if teller.problems and any(_LOST.search(c) or _CONTROL.search(c) for c in row):
            row = [UNREAD if _LOST.search(c) or _CONTROL.search(c) else c for c in row]
        table.add(row, line)
        if progress and len(table.rows) % _STEP == 0:
            progress(line, total)
    if progress:
        progress(total, total)
    return table


def _start(text: str, header: int | None, delimiter: str | None) -> tuple[int, str | None]:
    """How many lines stand before the header, and the delimiter if a ``sep=`` line tells it."""
    if header is not None:
        return header - 1, delimiter
    first = LINE_END.split(text[:100], maxsplit=1)[0]
    if told := _SEPARATOR_LINE.fullmatch(first):
        return 1, delimiter or told[1]
    return 0, delimiter


def _sniff(text: str, skipped: int, judge: Judge) -> str:
    """The delimiter with which the header is the likeliest one; by number of fields at a tie."""

    def worth(delimiter: str) -> tuple[int, int]:
        quiet = Teller("")
        for _, row in _records(text, delimiter, skipped, quiet):
            if any(cell.strip() for cell in row):
                return judge(row), len(row)
        return 0, 0

    return max(DELIMITERS, key=worth)


def _records(
    text: str, delimiter: str, skipped: int, teller: Teller
) -> Iterator[tuple[int, list[str]]]:
    """Records as RFC 4180 has them, each with the physical line where it begins."""
    stream = io.StringIO(text, newline="")
    for _ in range(skipped):
        stream.readline()
    reader = csv.reader(stream, delimiter=delimiter, strict=True)
    while True:
        line = skipped + reader.line_num + 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            teller.tell(
                "bad-quotes",
                line,
                f"the row cannot be parted into fields ({shown(str(error), 60)})",
                'Close every quote, and write a quote inside a quoted field twice ("").',
            )
            continue
        yield line, row
