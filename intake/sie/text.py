"""From bytes to lines, and from a line to its fields.

Which encoding. The standard says CP437 always, but files come in others:

1. A byte order mark, or ``#FORMAT UTF-8``, declares UTF-8, and invalid bytes are problems.
2. Bytes above 127 that are mostly valid UTF-8 sequences make it UTF-8: CP437's Swedish letters
   are all UTF-8 continuation bytes, so CP437 text is never valid UTF-8.
3. Bytes 0x80 to 0x9A are letters in CP437 (å 86, ä 84, ö 94) and control codes in Latin-1; bytes
   0xC0 to 0xFF are letters in Latin-1 (å E5, ä E4, ö F6) and lines, Greek and mathematics in CP437
   (0xE1 is ß in CP437, 0xD7 and 0xF7 are operators in Latin-1: they tell nothing). Whichever
   there is more of decides; CP437 wins a tie.

What is called Latin-1 is read as Windows-1252, its superset, since that is what writes it.
"""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass, field
from typing import Literal

from ledger.errors import Problem

Encoding = Literal["cp437", "utf-8", "latin-1"]

#: one field as `split` finds it: quoted text, object list with braces, bare text, broken rest
Token = tuple[str, str, str, str]

_QUOTED = r'"(?:\\"|[^"])*+"'
_FIELD = re.compile(
    r"[ \t]*+(?:"
    r'"((?:\\"|[^"])*+)"(?=[ \t{]|$)'  # only \" is an escape; other backslashes are themselves
    rf'|(\{{(?:{_QUOTED}|[^"}}])*+\}})'
    r'|((?:\\"|[^ \t"{])(?:\\"|[^ \t"])*+)(?=[ \t]|$)'
    r"|(\S.*))"
)
_PAIRS = re.compile(r'"((?:\\"|[^"])*+)"|([^ \t"]+)')
_SUMMED = re.compile(rb'"((?:\\"|[^"\r\n])*+)"|([^\s"{}]+)')
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_NOT_IN_ENCODING = re.compile("[\udc80-\udcff]")
_HIGH = re.compile(r"[^\x00-\x7f]")
_DECLARED_UTF8 = re.compile(rb'^[ \t]*#FORMAT[ \t]+"?UTF-?8\b', re.IGNORECASE | re.MULTILINE)
_BOM = b"\xef\xbb\xbf"
_IN_CP437 = bytes(range(0x80, 0x9B))
_IN_LATIN1 = bytes(set(range(0xC0, 0x100)) - {0xD7, 0xE1, 0xF7})


@dataclass(slots=True)
class Notes:
    """Collects what is wrong and what is odd, each with its place; `excerpt` is made here."""

    name: str
    lines: list[str]
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)

    def problem(self, code: str, line: int | None, found: str, remedy: str) -> None:
        """Note something wrong; the file will be refused."""
        self.problems.append(self._at(code, line, found, remedy))

    def warning(self, code: str, line: int | None, found: str, remedy: str) -> None:
        """Note something odd that is allowed."""
        self.warnings.append(self._at(code, line, found, remedy))

    @staticmethod
    def in_order(noted: list[Problem]) -> tuple[Problem, ...]:
        """By line; what concerns the whole file comes last."""
        return tuple(sorted(noted, key=lambda p: (p.line is None, p.line or 0)))

    def _at(self, code: str, line: int | None, found: str, remedy: str) -> Problem:
        text = excerpt(self.lines[line - 1]) if line is not None else ""
        return Problem(code, self.name, line, found, remedy, excerpt=text)


def excerpt(line: str) -> str:
    """The line without its outer spaces, at most 120 characters, nothing a terminal obeys."""
    text = line.strip().replace("\t", " ")
    if len(text) > 120:
        text = text[:119] + "…"
    return "".join(c if c.isprintable() else "\ufffd" for c in text)


def shown(value: str) -> str:
    """A field as it is quoted in a message: at most 40 characters, escaped."""
    return repr(value if len(value) <= 40 else value[:39] + "…")


def decode(data: bytes, name: str) -> tuple[Notes, Encoding]:
    """The file's lines, its encoding, and what is wrong with its bytes."""
    body = _body(data)
    encoding = _encoding_of(data, body)
    # Undefined bytes become lone surrogates, so that their lines can be told afterwards.
    codec = "cp1252" if encoding == "latin-1" else encoding
    text = body.decode(codec, "surrogateescape")
    lines = _lines(text)
    notes = Notes(name, lines)
    if encoding != "cp437":
        label = "UTF-8" if encoding == "utf-8" else "Latin-1"
        notes.warning(
            "sie-encoding", None, f"the file is {label}", "Read so; the standard says CP437 (PC8)."
        )
    if "\ufffd" in text:
        first = next(n for n, line in enumerate(lines, 1) if "\ufffd" in line)
        notes.warning(
            "sie-lost-letters",
            first,
            f"{text.count(chr(0xFFFD))} letters are replacement characters (U+FFFD)",
            "They were lost before the file came here; export again to get them back.",
        )
    if _NOT_IN_ENCODING.search(text) or _CONTROL.search(text):
        _note_bytes(notes, encoding)
    return notes, encoding


def _body(data: bytes) -> bytes:
    """Without byte order mark, and without the Ctrl-Z that DOS programs end a text with."""
    body = data.removeprefix(_BOM)
    return body.rstrip(b"\x1a\r\n \t") if body.rstrip().endswith(b"\x1a") else body


def _encoding_of(data: bytes, body: bytes) -> Encoding:
    if data.startswith(_BOM) or _DECLARED_UTF8.search(body):
        return "utf-8"
    if body.isascii():
        return "cp437"
    text = body.decode("utf-8", "surrogateescape")
    invalid = len(_NOT_IN_ENCODING.findall(text))
    if len(_HIGH.findall(text)) > 2 * invalid:
        return "utf-8"
    in_cp437 = len(body) - len(body.translate(None, _IN_CP437))
    in_latin1 = len(body) - len(body.translate(None, _IN_LATIN1))
    return "latin-1" if in_latin1 > in_cp437 else "cp437"


def _lines(text: str) -> list[str]:
    # not str.splitlines: it also breaks at U+0085, U+2028 and form feeds
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def _note_bytes(notes: Notes, encoding: Encoding) -> None:
    for number, line in enumerate(notes.lines, 1):
        if foreign := _NOT_IN_ENCODING.search(line):
            notes.lines[number - 1] = _NOT_IN_ENCODING.sub("\ufffd", line)
            byte = ord(foreign[0]) - 0xDC00
            notes.problem(
                "sie-byte",
                number,
                f"byte 0x{byte:02X} is not {'UTF-8' if encoding == 'utf-8' else 'Latin-1'}",
                "Export the file again, in one encoding (CP437).",
            )
        if control := _CONTROL.search(line):
            notes.problem(
                "sie-byte",
                number,
                f"control byte 0x{ord(control[0]):02X}",
                "Remove it: SIE allows no control bytes but tab and line break.",
            )


def split(record: str, start: int) -> list[Token]:
    """The fields of a record from position ``start``, after its label.

    A broken field (see `sie-quote`, `sie-objects`) is always the last, in its fourth place.
    """
    found: list[Token] = _FIELD.findall(record, start)
    return found


def value(token: Token) -> str:
    """The text of a field that is not an object list."""
    text = token[0] or token[2]
    return text.replace('\\"', '"') if "\\" in text else text


def pairs(braced: str) -> tuple[tuple[str, str], ...] | None:
    """Dimension and object pairs of ``{1 "100" 6 "P1"}``; None where they are not pairs, or name
    a dimension twice. A pair whose object is empty says nothing and is left out.
    """
    inner = braced[1:-1]
    if not inner.strip():
        return ()
    items = [(q or bare).replace('\\"', '"').strip() for q, bare in _PAIRS.findall(inner)]
    if len(items) % 2 or not all(items[::2]) or len(set(items[::2])) != len(items) // 2:
        return None
    return tuple((dim, code) for dim, code in zip(items[::2], items[1::2], strict=True) if code)


def checksums(data: bytes, encoding: Encoding, first: int, last: int) -> set[int]:
    """CRC-32 of the records between lines ``first`` and ``last`` (the two ``#KSUMMA``).

    Over the bytes of labels and fields, without separators, enclosing quotes, braces and the
    backslash before a quote. In another encoding than CP437 there are two candidates: the bytes
    as they stand, and as they were if the file was recoded after it was made.
    """
    raw = _body(data).replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
    region = b"\n".join(raw[first : last - 1])
    sums = {_crc(region)}
    if encoding != "cp437":
        codec = "cp1252" if encoding == "latin-1" else encoding
        recoded = region.decode(codec, "replace").encode("cp437", "replace")
        sums.add(_crc(recoded))
    return sums


def _crc(region: bytes) -> int:
    fields = ((quoted or bare).replace(b'\\"', b'"') for quoted, bare in _SUMMED.findall(region))
    return zlib.crc32(b"".join(fields))
