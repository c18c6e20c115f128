"""Which reports there are: each orders its sections in a module of its own and stands here."""

from __future__ import annotations

from collections.abc import Callable

from reporting.report import director, interim, smaller
from reporting.report.document import Part, Question

#: The sections of each report, in order, by the report's name.
REPORTS: dict[str, tuple[Part, ...]] = {
    "interim": interim.PARTS,
    "director": director.PARTS,
    "monthly": smaller.MONTHLY,
    "personnel": smaller.PERSONNEL,
    "production": smaller.PRODUCTION,
    "internal-control": smaller.CONTROL,
}

#: Which sections of a report are of another month or time unless somebody says otherwise.
OTHERS: dict[str, Callable[[Question], dict[str, Question]]] = {"director": director.others}
#: Reports of a whole organisation: of a part they can be asked for, and are not offered.
WHOLE = ("director",)
