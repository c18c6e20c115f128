"""What the one who imports a file wishes."""

from __future__ import annotations

from dataclasses import dataclass

from intake.profiles import SIGNS
from ledger.errors import UsageError
from ledger.money import SCALES
from ledger.periods import is_month


@dataclass(frozen=True)
class ImportOptions:
    """What the one who imports wishes.

    ``register`` registers unknown units and accounts by their code; ``accept_changes`` takes
    changed vouchers, with a ``reason``; ``late_to`` is where vouchers of closed months go;
    ``again`` takes anew what was reversed. ``sign`` and ``scale`` say how the file writes money,
    where a profile does not.
    """

    register: bool = False
    accept_changes: bool = False
    reason: str | None = None
    late_to: str | None = None
    again: bool = False
    sign: str | None = None
    scale: str | None = None

    def check(self) -> None:
        """Raise `UsageError` for a wish that means nothing."""
        if self.late_to is not None and not is_month(self.late_to):
            raise UsageError(f"{self.late_to!r} is not a month.", "Write it as 2020-08.")
        if self.sign not in (None, *SIGNS):
            raise UsageError(f"There is no sign {self.sign!r}.", f"Known: {', '.join(SIGNS)}.")
        if self.scale is not None and self.scale not in SCALES:
            raise UsageError(f"There is no scale {self.scale!r}.", f"Known: {', '.join(SCALES)}.")
