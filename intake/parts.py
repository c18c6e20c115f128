"""The parts of a batch: what rows use and nobody has registered, and the command itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from intake.cells import Values
from intake.wishes import ImportOptions
from ledger.commands import Command, Notice
from ledger.families.organisation import Organisation
from ledger.families.organisation_commands import (
    AccountRow,
    CodeRow,
    RegisterAccounts,
    RegisterCodes,
    RegisterUnits,
    UnitRow,
)


@dataclass
class Parts:
    """The commands of a batch, in order, and what is told along with them."""

    commands: list[Command] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)


Builder = Callable[[Values, Organisation, ImportOptions], Parts]

_CODED = ("product", "project", "activity")


def registered(
    values: Values,
    organisation: Organisation,
    options: ImportOptions,
    periods: Iterable[str | None],
) -> Parts:
    """What the rows use and nobody has registered: units and accounts if asked, codes always."""
    parts = Parts()
    if options.register:
        new = _unknown(values, "account", organisation.accounts)
        if new:
            rows = tuple(AccountRow(code, "", None, line) for code, line in new.items())
            parts.commands.append(RegisterAccounts(rows, values.file, by_code=True))
        new = _unknown(values, "unit", organisation.units)
        months = [period for period in periods if period]
        if new and months and organisation.founded:
            root, first = organisation.founded.root, min(months)
            parts.commands.append(
                RegisterUnits(
                    tuple(
                        UnitRow(code, code, root, "unit", "line", first, line)
                        for code, line in new.items()
                    ),
                    values.file,
                )
            )
            parts.notices += [
                Notice("unit-by-code", f"unit {code} has no record; registered by its code", line)
                for code, line in new.items()
            ]
    rows_of_codes: list[CodeRow] = []
    for dimension in _CODED:
        new = _unknown(values, dimension, organisation.codes.get(dimension, {}))
        rows_of_codes += [CodeRow(dimension, code, "", line) for code, line in new.items()]
        parts.notices += [
            Notice("code-by-use", f"{dimension} {code} has no record; registered by its code", line)
            for code, line in new.items()
        ]
    if rows_of_codes:
        parts.commands.append(RegisterCodes(tuple(rows_of_codes), values.file))
    return parts


def _unknown(values: Values, column: str, known: Iterable[str]) -> dict[str, int]:
    """Codes of a column that are not known, each with the line that first uses it."""
    new: dict[str, int] = {}
    there = known if isinstance(known, dict | frozenset) else set(known)
    for code, line in zip(values.of(column), values.lines, strict=True):
        if code and code not in there and code not in new:
            new[code] = line
    return new
