"""The words of the product, in Swedish and English: labels, titles, messages, explanations.

They lie as data in ``catalogue.toml``: a table a kind of word, an array ``[Swedish, English]`` a
key. What the commands show has its word here, and a test demands it.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Literal

Language = Literal["sv", "en"]
LANGUAGES: tuple[Language, ...] = ("sv", "en")


class LabelMissing(LookupError):
    """The catalogue has no such key: a mistake in the product, found by its tests."""


@cache
def _entries() -> dict[str, tuple[str, str]]:
    text = Path(__file__).with_name("catalogue.toml").read_text(encoding="utf-8")
    return {
        f"{section}.{key}": (pair[0], pair[1])
        for section, words in tomllib.loads(text).items()
        for key, pair in words.items()
    }


def keys(section: str) -> list[str]:
    """The keys of a section, in the catalogue's order, without the section's name."""
    start = f"{section}."
    return [key[len(start) :] for key in _entries() if key.startswith(start)]


def has(key: str) -> bool:
    """True if the catalogue knows the key."""
    return key in _entries()


def swedish() -> dict[str, str]:
    """The Swedish of codes whose English stands beside them in the code."""
    path = Path(__file__).with_name("explanations_sv.toml")
    return {code: str(text) for code, text in tomllib.loads(path.read_text("utf-8")).items()}


#: Where a word may be divided: seen only where it is.
SOFT_HYPHEN = "\u00ad"


@cache
def _divided(lang: Language) -> dict[str, str]:
    words = label("hyphens.words", lang).split()
    return {word.replace("|", "").casefold(): word for word in words}


def hyphenated(text: str, lang: Language) -> str:
    """A heading with soft hyphens in its long words, so that a narrow column can break them.

    >>> hyphenated("Föregående år", "sv").replace(SOFT_HYPHEN, "|")
    'Före|gående år'
    """

    def divided(found: re.Match[str]) -> str:
        parts = _divided(lang).get(found[0].casefold(), found[0]).split("|")
        pieces, at = [], 0
        for part in parts:
            pieces.append(found[0][at : at + len(part)])
            at += len(part)
        return SOFT_HYPHEN.join(pieces)

    return re.sub(r"\w+", divided, text)


def label(key: str, lang: Language, **values: object) -> str:
    """The words of a key such as ``column.outcome``, with ``{name}`` filled in from values.

    >>> label("column.variance", "sv")
    'Avvikelse'
    """
    try:
        pair = _entries()[key]
    except KeyError:
        raise LabelMissing(f"catalogue.toml has no {key!r}") from None
    text = pair[LANGUAGES.index(lang)]
    return text.format(**values) if values else text
