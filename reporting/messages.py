"""What errors, problems, notices and findings say, in the language that is spoken.

The English stands where an error is raised, as text with values in it. Its Swedish stands in a file
of ``messages_sv/``, under that English with `{}` for each value. A message that was made is matched
with the English there, its values are taken out, and put into the Swedish. What has no Swedish
stays as it is, and fails a test (``tests/reporting/said.py`` finds all that the code can say). ::

    f"There is no unit {unit!r}."          "There is no unit {}." = "Det finns ingen enhet {0}."
    └─ "There is no unit '61'." ─ match ─> "Det finns ingen enhet '61'."

The files are read when the first message is told in Swedish, never before.
"""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from functools import cache, cached_property
from pathlib import Path

from reporting import numbers
from reporting.catalogue import Language, has, label

#: Between two sentences of a message.
_BETWEEN = re.compile(r"(?<=[.?]) (?=[A-Z`])")
#: A value in an English message: anything, but not where a sentence ends, unless between quotes.
_ANY = r"((?:(?<!\w)'[^']*'|\u201c[^\u201d]*\u201d|(?![.?] [A-Z`]).)*?)"
#: A value between quotes counts as one word.
_QUOTED = re.compile(r"(?<!\w)'[^']*'|\u201c[^\u201d]*\u201d")
#: A value in a Swedish message: its number, and what it is.
_VALUE = re.compile(r"\{(\d+)(?::(\w+))?\}")
#: What is said, and how many words of it are values.
Found = tuple[int, str]
#: Letters at its beginning, or else at its end, that a message is found by.
_OWN = 3


@cache
def messages() -> dict[str, str]:
    """The Swedish by the English, as written in the files."""
    found: dict[str, str] = {}
    for path in sorted(Path(__file__).with_name("messages_sv").glob("*.toml")):
        found |= {key: str(text) for key, text in tomllib.loads(path.read_text("utf-8")).items()}
    return found


class _Message:
    """A message with values: its own words in both languages."""

    def __init__(self, english: str) -> None:
        self.words = english.split("{}")
        self._swedish = _VALUE.split(messages()[english])

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        return re.compile(_ANY.join(map(re.escape, self.words)), re.DOTALL)

    def values(self, text: str) -> Sequence[str] | None:
        """The values of a text that says this; None if it says something else."""
        if not (text.startswith(self.words[0]) and text.endswith(self.words[-1])):
            return None
        if any(word not in text for word in self.words[1:-1]):
            return None
        match = self._pattern.fullmatch(text)
        return match.groups() if match is not None else None

    def said(self, values: Sequence[str]) -> Found:
        """The Swedish with the values in it."""
        parts = self._swedish
        shown = [_value(values[int(n)], k) for n, k in zip(parts[1::3], parts[2::3], strict=True)]
        texts = [text for _, text in shown]
        text = "".join(a + b for a, b in zip(parts[::3], [*texts, ""], strict=True))
        return sum(left for left, _ in shown), text


@cache
def _like(first: str, last: str) -> list[_Message]:
    """The messages with values that a text may say which begins and ends so, those with the most
    words of their own first."""
    by = _by_ends()
    ends = [(first, ""), ("", last), ("", "")]
    found = {id(message): message for end in ends for message in by.get(end, ())}
    return sorted(found.values(), key=lambda message: -sum(map(len, message.words)))


@cache
def _by_ends() -> dict[tuple[str, str], list[_Message]]:
    """The messages with values by their first letters; those that begin with a value, or almost
    so, by their last letters; the others under none."""
    found: dict[tuple[str, str], list[_Message]] = defaultdict(list)
    for english in messages():
        if "{}" in english:
            message = _Message(english)
            first, last = message.words[0][:_OWN], message.words[-1][-_OWN:]
            if len(first) == _OWN:
                found[first, ""].append(message)
            else:
                found["", last if len(last) == _OWN else ""].append(message)
    return found


def told(text: str, lang: Language) -> str:
    """A message, its remedy or a problem's finding in a language: whole, or as it is.

    >>> told("There is no unit '61'.", "sv")
    "Det finns ingen enhet '61'."
    """
    if lang == "en" or not text:
        return text
    found = _swedish(text)
    if found is not None:
        return found[1]
    sentences = [_swedish(sentence) for sentence in _BETWEEN.split(text)]
    said = [sentence[1] for sentence in sentences if sentence is not None]
    return " ".join(said) if len(said) == len(sentences) else text


def _swedish(text: str) -> Found | None:
    """The Swedish of a message: of those that it may be, the one that leaves the fewest words to
    its values, since words that are ours are no value."""
    if text in messages():
        return 0, messages()[text]
    matched = ((m, m.values(text)) for m in _like(text[:_OWN], text[-_OWN:]))
    found = [message.said(values) for message, values in matched if values is not None]
    return min(found, key=lambda each: each[0], default=None)


def _value(value: str, kind: str | None) -> Found:
    """A value of a message as it is shown: an amount, a message itself, or a word that a table of
    the catalogue has."""
    if kind == "message" and (found := _swedish(value)) is not None:
        return found
    return len(_QUOTED.sub("x", value).split()), _shown(value, kind)


def _shown(value: str, kind: str | None) -> str:
    match kind:
        case None:
            return value
        case "kr":
            try:
                return numbers.shown(Decimal(value), "sv")
            except InvalidOperation:
                return value
        case "message":
            return told(value, "sv")
    return label(f"{kind}.{value}", "sv") if has(f"{kind}.{value}") else value
