"""From a table's headers to our columns: by name, by profile, and from wide months to long.

Also tells which kind of table a header is of, where nobody says.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from intake.columns import Kind
from intake.kinds import KINDS, KNOWN_HEADERS, by_header, plain
from intake.problems import KindUnknown, ProfileWrong
from intake.profiles import Profile
from intake.table import UNREAD, Table, Teller, Unread, shown

_YEAR = re.compile(r"(19|20|21)\d\d")


@dataclass
class Columns:
    """Cells by our names of columns; row i begins at ``lines[i]``.

    ``broken`` holds, by their place, rows of which nothing more is to be said.
    """

    teller: Teller
    lines: list[int]
    broken: dict[int, list[str]] = field(default_factory=dict)
    cells: dict[str, list[str]] = field(default_factory=dict)


def judge(row: Sequence[str], profile: Profile) -> int:
    """How many of the row's cells are headers that we or the profile know."""
    theirs = {plain(h) for hs in profile.columns.values() for h in hs}
    theirs |= {plain(h) for h in (*profile.months, *profile.ignore)}
    return sum(plain(cell) in KNOWN_HEADERS or plain(cell) in theirs for cell in row)


def detect(headers: Sequence[str], profile: Profile, file: str) -> Kind:
    """The kind whose columns these are; the file's first word decides between several.

    Raises `KindUnknown`, naming the candidates.
    """
    given = {name: _ours(headers, kind, profile) for name, kind in KINDS.items()}
    whole = [n for n, kind in KINDS.items() if not _missing(kind, given[n][0])]
    exact = [n for n in whole if not given[n][1]]
    least = min((len(given[n][1]) for n in whole), default=0)
    candidates = exact or [n for n in whole if len(given[n][1]) == least]
    if len(candidates) > 1:
        word = plain(re.split(r"[^\w]|_|\d", file.strip(), maxsplit=1)[0])
        named = [n for n in candidates if word in {plain(w) for w in _names(KINDS[n])}]
        candidates = named or candidates
    if len(candidates) == 1:
        return KINDS[candidates[0]]
    if candidates:
        raise KindUnknown(
            f"{file} may be of several kinds, whose columns it has: {', '.join(candidates)}.",
            f"Say which with --as, such as --as {candidates[0]}.",
        )
    nearest = min(KINDS, key=lambda n: (len(given[n][1]), len(_missing(KINDS[n], given[n][0]))))
    raise KindUnknown(
        f"{file} has the columns {', '.join(shown(h, 24) for h in headers[:8])}, which no kind "
        f"has; of {nearest} it lacks {', '.join(_missing(KINDS[nearest], given[nearest][0]))}.",
        f"Say with --as which of {', '.join(KINDS)}, sie it is, or name its columns in a profile.",
    )


def _names(kind: Kind) -> tuple[str, ...]:
    return kind.name, kind.swedish, *kind.also


def _ours(headers: Sequence[str], kind: Kind, profile: Profile) -> tuple[set[str], list[str]]:
    """Which of the kind's columns the headers and the profile give, and headers left over."""
    known = by_header(kind)
    used = {plain(h) for hs in profile.columns.values() for h in hs}
    used |= {plain(h) for h in (*profile.months, *profile.ignore)}
    ours = {*profile.columns, *profile.constants}
    ours |= {known[plain(h)] for h in headers if plain(h) in known and plain(h) not in used}
    if profile.months:
        ours |= {"period", "amount"}
    left = (
        []
        if profile.ignore_rest
        else [h for h in headers if h.strip() and plain(h) not in used and plain(h) not in known]
    )
    return ours, left


def _missing(kind: Kind, ours: Iterable[str]) -> list[str]:
    """Required columns that are not there, those of which one is enough as ``a or b``."""
    there = set(ours)
    missing = [c.name for c in kind.columns if c.required and c.name not in there]
    return missing + [" or ".join(names) for names in kind.either if there.isdisjoint(names)]


def lay_out(table: Table, kind: Kind, profile: Profile) -> Columns:
    """The table under our names; what does not fit is told."""
    teller, line = table.teller, table.header_line
    columns = Columns(teller, list(table.lines), dict(table.broken))
    places = _places(table, kind, profile)
    for ours, indexes in places.items():
        columns.cells[ours] = _joined(table, indexes, profile.separator)
    for ours, constant in profile.constants.items():
        columns.cells[ours] = [constant] * len(table.lines)
    if profile.months:
        columns = _long(columns, table, profile)
    for name in _missing(kind, columns.cells):
        teller.tell(
            "missing-column",
            line,
            f"column {name} is missing in a file of {kind.name}",
            "Add the column, or name it in a profile.",
        )
    return columns


def _places(table: Table, kind: Kind, profile: Profile) -> dict[str, tuple[int, ...]]:
    """Which columns of the file make each of ours; unknown and doubled ones are told."""
    teller, line = table.teller, table.header_line
    names = {column.name for column in kind.columns} | ({"year"} if profile.months else set())
    if strange := sorted({*profile.columns, *profile.constants} - names):
        raise ProfileWrong(
            f"Profile {profile.name!r}: {kind.name} has no column {', '.join(strange)}.",
            f"It has {', '.join(sorted(names))}.",
        )
    at: dict[str, list[int]] = {}
    for index, header in enumerate(table.headers):
        at.setdefault(plain(header), []).append(index)
    places: dict[str, tuple[int, ...]] = {}
    used: set[str] = {plain(h) for h in (*profile.ignore, *profile.months)}
    for ours, theirs in profile.columns.items():
        used |= {plain(h) for h in theirs}
        for header in theirs:
            if plain(header) not in at:
                _tell_missing(teller, line, header, profile)
        places[ours] = tuple(at[plain(h)][0] for h in theirs if plain(h) in at)
    known = by_header(kind) | ({"år": "year", "year": "year"} if profile.months else {})
    for index, header in enumerate(table.headers):
        ours_name = known.get(plain(header))
        if plain(header) in used:
            continue
        if ours_name is None or ours_name in profile.columns or ours_name in profile.constants:
            # a column without name and content, as Excel leaves behind, holds nothing
            blank = not header.strip() and not any(row[index].strip() for row in table.rows)
            if not profile.ignore_rest and not blank:
                _tell_unknown(teller, line, header, index, kind)
        elif ours_name in places:
            first = table.headers[places[ours_name][0]]
            teller.tell(
                "duplicate-column",
                line,
                f"columns {shown(first)} and {shown(header)} are both {ours_name}",
                "Keep one of them.",
            )
        else:
            places[ours_name] = (index,)
    return places


def _tell_missing(teller: Teller, line: int, header: str, profile: Profile) -> None:
    teller.tell(
        "missing-column",
        line,
        f"column {shown(header)}, which profile {profile.name!r} names, is not in the header",
        "Correct the profile, or export the file with that column.",
    )


def _tell_unknown(teller: Teller, line: int, header: str, index: int, kind: Kind) -> None:
    known = ", ".join(column.name for column in kind.columns)
    what = shown(header) if header.strip() else f"{index + 1}, without a name,"
    teller.tell(
        "unknown-column",
        line,
        f"column {what} is none that a file of {kind.name} has",
        f"Remove it, or let a profile name or ignore it. Known: {known}.",
    )


def _joined(table: Table, indexes: tuple[int, ...], separator: str) -> list[str]:
    """The cells of one column, or of several joined; empty ones at the end are left out."""
    if len(indexes) == 1:
        index = indexes[0]
        return [row[index] for row in table.rows]
    cells: list[str] = []
    for row in table.rows:
        parts = [row[index] for index in indexes]
        while parts and not parts[-1].strip():
            parts.pop()
        unread = any(isinstance(part, Unread) for part in parts)
        cells.append(UNREAD if unread else separator.join(part.strip() for part in parts))
    return cells


def _long(columns: Columns, table: Table, profile: Profile) -> Columns:
    """A row a month from a row a year: ``period`` from the year and the header's month."""
    teller = columns.teller
    years = columns.cells.pop("year", None)
    at = {plain(header): index for index, header in enumerate(table.headers)}
    months: list[tuple[int, int]] = []
    for header, number in profile.months.items():
        if plain(header) in at:
            months.append((at[plain(header)], number))
        else:
            _tell_missing(teller, table.header_line, header, profile)
    if years is None:
        raise ProfileWrong(
            f"Profile {profile.name!r} has months and no year.",
            'Name the column of the year (columns = {year = "År"}) or give it in constants.',
        )
    long = Columns(teller, [], {}, {name: [] for name in (*columns.cells, "period", "amount")})
    for place, row in enumerate(table.rows):
        year = years[place].strip()
        if not _YEAR.fullmatch(year) and place not in columns.broken:
            if not isinstance(years[place], Unread):
                teller.tell(
                    "bad-year", table.lines[place], f"year {shown(year)}", "Write it as 2020."
                )
            year = ""
        for index, number in months:
            if profile.skip_empty and not row[index].strip():
                continue
            if place in columns.broken:
                long.broken[len(long.lines)] = columns.broken[place]
            long.lines.append(table.lines[place])
            for name, cells in columns.cells.items():
                long.cells[name].append(cells[place])
            long.cells["period"].append(f"{year}-{number:02d}" if year else UNREAD)
            long.cells["amount"].append(row[index])
    return long
