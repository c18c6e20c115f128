"""What the amounts of a report line are the price of: a quantity, which a setting names.

Entries hold no quantities; staffing and statistics do. Two settings tie a line to one::

    bridge.quantity.STRUCTURE.LINE   staffing:worked, or statistic:MEASURE
    bridge.planned.STRUCTURE.LINE    statistic:MEASURE, of which the budget's months hold the plan

An empty value unties it. Only lines that take accounts are tied, each for itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal, NamedTuple

from ledger.errors import UsageError
from ledger.families.staffing import HOURS

if TYPE_CHECKING:
    from ledger.families.organisation import Line

QUANTITY, PLANNED = "bridge.quantity.", "bridge.planned."


class Quantity(NamedTuple):
    """Where a quantity is on record: hours of a ``measure`` of staffing, or a statistic."""

    source: Literal["staffing", "statistic"]
    measure: str


def tied(settings: Mapping[str, str], prefix: str, structure: str, line: str) -> Quantity | None:
    """The quantity that a line is tied to by ``prefix``, `QUANTITY` or `PLANNED`."""
    said = settings.get(f"{prefix}{structure}.{line}", "")
    return _read(said) if said.strip() else None


def check_quantity(
    structures: Mapping[str, Mapping[str, list[Line]]], setting: str, value: str
) -> None:
    """Raise `UsageError` for a tie of a line that is not there, or to what is no quantity; of any
    other setting nothing is asked. Without structures, any line may come."""
    prefix = next((each for each in (QUANTITY, PLANNED) if setting.startswith(each)), None)
    if prefix is None:
        return
    quantity = _read(value) if value.strip() else None
    if value.strip() and prefix == PLANNED and (not quantity or quantity.source == "staffing"):
        raise UsageError(f"{setting} cannot be {value!r}.", "Write statistic: and a measure.")
    if value.strip() and quantity is None:
        remedy = f"Write staffing: and one of {', '.join(HOURS)}; or statistic: and a measure."
        raise UsageError(f"{setting} cannot be {value!r}.", remedy)
    lines = {
        f"{name}.{line.line}"
        for name, dated in structures.items()
        for each in dated.values()
        for line in each
        if line.account_from
    }
    if structures and setting.removeprefix(prefix) not in lines:
        raise UsageError(
            f"{setting} names no line that takes accounts.",
            f"Write {prefix}STRUCTURE.LINE.",
        )


def _read(value: str) -> Quantity | None:
    source, _, measure = (part.strip() for part in value.partition(":"))
    if source == "staffing" and measure in HOURS:
        return Quantity("staffing", measure)
    if source == "statistic" and measure:
        return Quantity("statistic", measure)
    return None
