"""Codes as people name them: several with commas, ranges, and vouchers by series and number."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

_RANGE = re.compile(r"([^\s-]+)\s*-\s*([^\s-]+)")
_VOUCHER = re.compile(r"(?P<series>[^\s\d-]*)[\s-]*(?P<number>[^\s@]+)(?:@(?P<year>\d{4}))?")


def pieces(text: str) -> list[str]:
    """What stands between the commas, each once, in order."""
    return list(dict.fromkeys(piece for part in text.split(",") if (piece := part.strip())))


@dataclass(frozen=True, slots=True)
class Codes:
    """Codes and ranges of codes that a text names, and the pieces of it that are neither.

    A range ``5000-5999`` takes the codes whose first letters, as many as its ends have, lie
    between them, both included. A piece that is itself a known code is that code.
    """

    codes: tuple[str, ...]
    ranges: tuple[tuple[str, str], ...]
    unknown: tuple[str, ...]

    @classmethod
    def of(cls, text: str, known: Collection[str]) -> Codes:
        """What the text names, where these codes are known."""
        codes: list[str] = []
        ranges: list[tuple[str, str]] = []
        unknown: list[str] = []
        for piece in pieces(text):
            if piece in known:
                codes.append(piece)
            elif ends := _RANGE.fullmatch(piece):
                ranges.append((ends[1], ends[2]))
            else:
                unknown.append(piece)
        return cls(tuple(codes), tuple(ranges), tuple(unknown))

    @staticmethod
    def within(ends: tuple[str, str], known: Collection[str]) -> list[str]:
        """The known codes of a range, sorted."""
        low, high = ends
        return sorted(code for code in known if low <= code <= f"{high}\uffff")

    def among(self, known: Collection[str]) -> set[str]:
        """The known codes that are named, by themselves or in a range."""
        return {*self.codes, *(code for ends in self.ranges for code in self.within(ends, known))}


@dataclass(frozen=True, slots=True)
class VoucherName:
    """A voucher as people name it: series (empty for none), number, and the fiscal year by the
    year that it begins in, if said."""

    series: str
    number: str
    year: str | None

    @classmethod
    def of(cls, text: str) -> VoucherName | None:
        """The voucher that ``A 1001``, ``A-1001`` or ``A-1001@2020`` names; None for no name."""
        match = _VOUCHER.fullmatch(text.strip())
        return cls(match["series"], match["number"], match["year"]) if match else None

    def __str__(self) -> str:
        name = f"{self.series} {self.number}".strip()
        return f"{name}@{self.year}" if self.year else name
