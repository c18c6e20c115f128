"""What errors, problems and notices say, in the language that is spoken.

The English stands where an error is raised, as text with values in it. Its Swedish stands in
``messages_sv.toml``, under that English with `{}` for each value. A message that was made is
matched with the English there, its values are taken out, and put into the Swedish. What has no
Swedish stays as it is: whoever writes a new error need do nothing for it to be told. ::

    f"There is no unit {unit!r}."          "There is no unit {}." = "Det finns ingen enhet {0}."
    └─ "There is no unit '61'." ─ match ─> "Det finns ingen enhet '61'."
"""

from __future__ import annotations

import re
import tomllib
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path

from reporting import numbers
from reporting.catalogue import Language, has, label

#: Between two sentences of a message.
_BETWEEN = re.compile(r"(?<=[.?]) (?=[A-Z`])")
#: A value in an English message: anything, but not where a sentence ends.
_ANY = r"((?:(?![.?] [A-Z`]).)*?)"
#: A value in a Swedish message: its number, and what it is.
_VALUE = re.compile(r"\{(\d+)(?::(\w+))?\}")


@cache
def messages() -> dict[str, str]:
    """The Swedish by the English, as written in the file."""
    path = Path(__file__).with_name("messages_sv.toml")
    return {key: str(text) for key, text in tomllib.loads(path.read_text("utf-8")).items()}


@cache
def _patterns() -> list[tuple[re.Pattern[str], str]]:
    """What each English message looks like: first those that begin with words of their own, those
    with the most words first."""

    def surest(english: str) -> tuple[bool, int]:
        return english.startswith("{}"), -len(english.replace("{}", ""))

    return [
        (re.compile(_ANY.join(map(re.escape, english.split("{}"))), re.DOTALL), messages()[english])
        for english in sorted(messages(), key=surest)
    ]


def told(text: str, lang: Language) -> str:
    """A message, its remedy or a problem's finding in a language: whole, or as it is.

    >>> told("There is no unit '61'.", "sv")
    "Det finns ingen enhet '61'."
    """
    if lang == "en" or not text:
        return text
    found = _swedish(text)
    if found is not None:
        return found
    sentences = [_swedish(sentence) for sentence in _BETWEEN.split(text)]
    said = [sentence for sentence in sentences if sentence is not None]
    return " ".join(said) if len(said) == len(sentences) else text


def _swedish(text: str) -> str | None:
    for pattern, swedish in _patterns():
        match = pattern.fullmatch(text)
        if match is not None:
            parts = _VALUE.split(swedish)
            values = match.groups()
            said = [
                _value(values[int(n)], kind)
                for n, kind in zip(parts[1::3], parts[2::3], strict=True)
            ]
            return "".join(a + b for a, b in zip(parts[::3], [*said, ""], strict=True))
    return None


def _value(value: str, kind: str | None) -> str:
    """A value of a message as it is shown: see the head of ``messages_sv.toml``."""
    match kind:
        case "kr":
            try:
                return numbers.shown(Decimal(value), "sv")
            except InvalidOperation:
                return value
        case "state":
            return label(f"state.{value}", "sv") if has(f"state.{value}") else value
        case "message":
            return told(value, "sv")
    return value
