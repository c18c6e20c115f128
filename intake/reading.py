"""Reading a file: bytes in, a command out that records it, or tells all that is wrong with it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from intake.builders import BUILDERS, TAKE_NULLS
from intake.cells import MoneyForm, Values, convert
from intake.columns import Kind
from intake.excel import read_excel
from intake.excerpts import Excerpted
from intake.follow_builders import FOLLOWED_BUILDERS, HELD_BY
from intake.kinds import KINDS
from intake.layout import detect, judge, lay_out
from intake.parts import Parts
from intake.problems import FileMissing, FileUnreadable, KindUnknown
from intake.profiles import Profile, content_of, profile_from
from intake.sie_import import read_sie
from intake.table import Progress, Table
from intake.text import read_csv
from intake.wishes import ImportOptions
from ledger.commands import Command, Notice, Several, Source, Told, digest_of
from ledger.families.organisation import Organisation
from ledger.families.processing import StateProfile

SIE = "sie"
_SIE_SUFFIXES = (".se", ".si", ".sie")
_EXCEL_SUFFIXES = (".xlsx", ".xlsm")
_ZIP = b"PK\x03\x04"
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"


@dataclass(frozen=True)
class Reading:
    """What a file is read as: the command that records it, where it came from, its kind, and how
    many rows it has. The first of the command's parts tells what is wrong with the file."""

    command: Several
    source: Source
    kind: str
    rows: int


def read(
    path: str | Path,
    organisation: Organisation,
    *,
    kind: str | None = None,
    profile: Profile | Mapping[str, Any] | None = None,
    options: ImportOptions | None = None,
    progress: Progress | None = None,
) -> Reading:
    """Read a file as a command for `ledger.store.Store.record`.

    A profile that has a name is stated along with what is recorded.

    ``organisation`` is what is registered, as it stands. Never raises for what the file holds:
    its problems refuse the command when it is recorded, together with those that the rules find.
    Raises `FileMissing`, `FileUnreadable`, `KindUnknown` and `ProfileWrong`.
    """
    chosen = profile if isinstance(profile, Profile) else profile_from(profile or {})
    along = (StateProfile(chosen.name, content_of(chosen)),) if chosen.name else ()
    wishes = options or ImportOptions()
    wishes.check()
    data, name = bytes_of(path), Path(path).name
    source = Source(name, hashlib.sha256(data).hexdigest())
    wanted = kind or chosen.kind
    if wanted is not None and wanted != SIE and wanted not in KINDS:
        raise KindUnknown(f"There is no kind {wanted!r}.", f"Known: {', '.join([*KINDS, SIE])}.")
    if wanted == SIE or (wanted is None and is_sie(data, name)):
        command, rows = read_sie(data, name, organisation, chosen, wishes)
        if progress:
            progress(len(data), len(data))
        return Reading(replace(command, along=along), source, SIE, rows)
    table = table_of(data, name, chosen, progress)
    if not table.headers:
        if not table.teller.problems:
            table.teller.tell("empty-file", None, "the file holds nothing", "Export it again.")
        return _refused(table, source, wanted or "")
    try:
        told_kind = KINDS[wanted] if wanted else detect(table.headers, chosen, name)
    except KindUnknown:
        # Rows of unequal length are no wonder in a file that is none of ours.
        if judge(table.headers, chosen) == 0 and _only_ragged(table):
            raise
        if not table.teller.problems:
            raise
        return _refused(table, source, "")
    values = values_of(table, told_kind, organisation, chosen, wishes)
    batch = replace(_batch(values, told_kind, organisation, wishes, table), along=along)
    return Reading(batch, source, told_kind.name, values.rows)


def _only_ragged(table: Table) -> bool:
    return all(problem.code == "ragged-row" for problem in table.teller.problems)


def _refused(table: Table, source: Source, kind: str) -> Reading:
    """A file of which only its problems can be told."""
    command = Several(kind or "file", (Told(tuple(table.teller.problems)),))
    return Reading(command, source, kind, len(table.rows))


def bytes_of(path: str | Path) -> bytes:
    """The file's bytes; `FileMissing` or `FileUnreadable`."""
    try:
        return Path(path).read_bytes()
    except FileNotFoundError:
        raise FileMissing(f"There is no file {path}.", "Check the name and the folder.") from None
    except OSError as error:
        raise FileUnreadable(
            f"{path} cannot be read: {error.strerror or error}.",
            "Check what it is, and its rights.",
        ) from error


def is_sie(data: bytes, name: str) -> bool:
    """True for a SIE file, by its extension or its first record."""
    head = data.removeprefix(b"\xef\xbb\xbf").lstrip()[:7].upper()
    return name.lower().endswith(_SIE_SUFFIXES) or head in (b"#FLAGGA", b"#SIETYP")


def table_of(data: bytes, name: str, profile: Profile, progress: Progress | None = None) -> Table:
    """The table of a CSV or Excel file."""
    if data.startswith(_OLD_EXCEL) or name.lower().endswith(".xls"):
        raise FileUnreadable(
            f"{name} is an Excel file of the old format (.xls), or has a password.",
            "Open it in Excel and save it as .xlsx without a password.",
        )
    if data.startswith(_ZIP) or name.lower().endswith(_EXCEL_SUFFIXES):
        return read_excel(data, name, sheet=profile.sheet, header=profile.header, progress=progress)
    return read_csv(
        data,
        name,
        judge=lambda row: judge(row, profile),
        encoding=profile.encoding,
        delimiter=profile.delimiter,
        header=profile.header,
        progress=progress,
    )


def values_of(
    table: Table, kind: Kind, organisation: Organisation, profile: Profile, wishes: ImportOptions
) -> Values:
    """The table's values by our columns."""
    form = MoneyForm(
        wishes.scale if wishes.scale not in (None, "kr") else profile.scale,
        "debit" in (wishes.sign, profile.sign),
        profile.round,
    )
    return convert(lay_out(table, kind, profile), kind, organisation, form)


#: What may come again after others (a forecast, a hold) has commands that say what is known.
_REPEATABLE = frozenset(
    (
        *(
            "forecast",
            "assumption",
            "risk",
            "action",
            "investment",
            "staffing",
            "retention",
            "hold",
            "roles",
        ),
        *FOLLOWED_BUILDERS,
    )
)


def _batch(
    values: Values, kind: Kind, organisation: Organisation, wishes: ImportOptions, table: Table
) -> Several:
    """The command of a table: what is wrong with it first, then what it records; of a sheet
    of ours also what it says of the record."""
    lacking = any(problem.code == "missing-column" for problem in values.teller.problems)
    parts = Parts()
    if kind.name in TAKE_NULLS or not lacking:
        parts = BUILDERS[kind.name](values, organisation, wishes)
    if table.held and kind.name in HELD_BY:
        parts.commands.append(HELD_BY[kind.name](tuple(table.held), values.file))
    notices = [*values.notices, *parts.notices]
    if not values.rows and not values.teller.problems:
        what = f"nothing is filled in, in any of {table.blank} rows" if table.blank else ""
        notices.append(Notice("no-rows", what or "the file has a header and no rows"))
    told = Told(tuple(values.teller.problems), tuple(notices))
    excerpt = values.teller.excerpt
    key = None if kind.name in _REPEATABLE else _key(values, kind)
    commands: tuple[Command, ...] = (
        told,
        *(Excerpted(command, excerpt) for command in parts.commands),
    )
    return Several(kind.name, commands, key)


def _key(values: Values, kind: Kind) -> str:
    """The digest of the file's canonical rows: the same file in another dress is the same."""
    names = [column.name for column in kind.columns if column.name in values.by_column]
    used = [name for name in names if any(v is not None for v in values.by_column[name])]
    digest = hashlib.sha256(digest_of(kind.name, used).encode())
    for name in used:
        digest.update(digest_of(values.by_column[name]).encode())
    return digest.hexdigest()
