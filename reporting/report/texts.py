"""What people wrote of a report's sections, with the figures in it brought to life.

A text belongs to a section by its key or its name in either language: ``economy``, ``Ekonomi``.
``Verksamhet/Stabil miljö`` is a text with a heading of its own in that section.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

import projections
from reporting.catalogue import LANGUAGES, has, label
from reporting.report.prose import live

if TYPE_CHECKING:
    from reporting.report.document import Prose, Question


class Text(NamedTuple):
    """A text as it stands: the section that its writer named, its heading there, and itself."""

    section: str
    heading: str | None
    text: str


def texts(ask: Question) -> tuple[Text, ...]:
    """The unit's texts of the month, in the order in which they were written."""
    return ask.once("texts", lambda: tuple(_texts(ask)))


def _texts(ask: Question) -> Iterator[Text]:
    frame = projections.commentary(ask.book, ask.through, unit=ask.unit)
    for row in frame.filter(frame["unit"] == ask.unit).to_dicts():
        section, slash, heading = row["section"].partition("/")
        yield Text(section.strip(), heading.strip() if slash else None, row["text"] or "")


def written(ask: Question, key: str) -> tuple[Prose, ...]:
    """The texts of a section, in paragraphs, the sources of what they cite after each."""
    from reporting.report.document import Prose

    found = []
    for one in texts(ask):
        if belongs(one.section, key):
            told = live(one.text, ask)
            parts = [part.strip() for part in told.text.split("\n") if part.strip()]
            found.append(Prose((*parts, *told.sources(ask.lang)), one.heading))
    return tuple(found)


def belongs(section: str, key: str) -> bool:
    """Whether a text of that section is one of the part with that key."""
    names = {key}
    for kind in ("section", "section_also"):
        names |= {label(f"{kind}.{key}", lang) for lang in LANGUAGES if has(f"{kind}.{key}")}
    return section.casefold() in {name.casefold() for name in names}


def homeless(ask: Question, keys: Iterable[str]) -> list[Text]:
    """The texts of sections that none of the keys has."""
    known = tuple(keys)
    return [one for one in texts(ask) if not any(belongs(one.section, key) for key in known)]
