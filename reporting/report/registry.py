"""Which reports there are: each orders its sections in a module of its own and stands here."""

from __future__ import annotations

from reporting.report import interim, smaller
from reporting.report.document import Part

#: The sections of each report, in order, by the report's name.
REPORTS: dict[str, tuple[Part, ...]] = {
    "interim": interim.PARTS,
    "monthly": smaller.MONTHLY,
    "personnel": smaller.PERSONNEL,
    "production": smaller.PRODUCTION,
    "internal-control": smaller.CONTROL,
}
