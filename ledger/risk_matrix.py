"""The risk matrix: classes of probability and consequence, and the levels of their products.

It is data: three settings, each a list with semicolons between, lowest first::

    risk.probability   name and percent of each class    Osannolik 5; Möjlig 20; Trolig 50; …
    risk.consequence   name of each class                Försumbar; Lindrig; Kännbar; Allvarlig
    risk.levels        name and least product of each    Låg 1; Medel 4; Hög 9

A risk's level is the highest whose least product is reached by the number of its probability
class times that of its consequence class. Where nothing is set, `DEFAULTS` count.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from ledger.errors import UsageError

#: Four classes each way; names are the organisation's own matter.
DEFAULTS = {
    "risk.probability": "5; 20; 50; 80",
    "risk.consequence": "1; 2; 3; 4",
    "risk.levels": "low 1; medium 4; high 9",
}
_NUMBERED = re.compile(r"(?:(.*\S)\s+)?(\d{1,3})\s*%?")


@dataclass(frozen=True, slots=True)
class Matrix:
    """Names of the classes (empty for none), percent of each probability class, and (least
    product, name) of each level, all lowest first."""

    probabilities: tuple[str, ...]
    percents: tuple[int, ...]
    consequences: tuple[str, ...]
    levels: tuple[tuple[int, str], ...]

    def level(self, probability: int, consequence: int) -> str | None:
        """The level of two classes, counted from 1; None for a class that the matrix, as it is
        now, does not have."""
        if not 1 <= probability <= len(self.percents):
            return None
        if not 1 <= consequence <= len(self.consequences):
            return None
        reached = [name for least, name in self.levels if least <= probability * consequence]
        return reached[-1]

    def percent(self, probability: int) -> int | None:
        """The percent that a probability class stands for."""
        known = 1 <= probability <= len(self.percents)
        return self.percents[probability - 1] if known else None


def matrix_of(settings: Mapping[str, str]) -> Matrix:
    """The matrix that the settings say; `UsageError` for one that cannot be read."""
    said = {name: settings.get(name, default) for name, default in DEFAULTS.items()}
    chances, levels = _numbered(said, "risk.probability"), _numbered(said, "risk.levels")
    if chances[-1][1] > 100:
        raise _unreadable("risk.probability", said, "No class is likelier than 100 percent.")
    if levels[0][1] > 1 or not all(name for name, _ in levels):
        raise _unreadable("risk.levels", said, "Give each level a name; the lowest begins at 1.")
    consequences = _parts(said, "risk.consequence")
    return Matrix(
        tuple(name for name, _ in chances),
        tuple(percent for _, percent in chances),
        tuple("" if name.isdecimal() else name for name in consequences),
        tuple((least, name) for name, least in levels),
    )


def _parts(said: Mapping[str, str], setting: str) -> list[str]:
    parts = [part.strip() for part in said[setting].split(";")]
    if not all(parts):
        raise _unreadable(setting, said, "Write the classes with a semicolon between.")
    return parts


def _numbered(said: Mapping[str, str], setting: str) -> list[tuple[str, int]]:
    """Name and number of each class; the numbers rise."""
    found = [_NUMBERED.fullmatch(part) for part in _parts(said, setting)]
    classes = [(each[1] or "", int(each[2])) for each in found if each]
    numbers = [number for _, number in classes]
    if len(classes) < len(found) or numbers != sorted(set(numbers)):
        raise _unreadable(
            setting, said, f"Write name and number of each, rising, as {DEFAULTS[setting]!r}."
        )
    return classes


def _unreadable(setting: str, said: Mapping[str, str], remedy: str) -> UsageError:
    return UsageError(f"{setting} cannot be {said[setting]!r}.", remedy)
