"""Files in: SIE, CSV and Excel become commands that `ledger.store.Store.record` takes.

::

    bytes ── text | excel | sie ──> table ── layout ──> columns ── cells ──> values ── builders ──┐
              lines kept            headers             ours      öre, months                     │
                                    and profile                                   command <───────┘

Whatever is wrong is collected on the way and rides along in the command, so that all of a file's
problems, of its bytes, its cells and of the rules, are told at once, and nothing is recorded then.

>>> from intake import read
>>> reading = read("outcome.csv", book.organisation)              # doctest: +SKIP
>>> store.record(reading.command, "anna", reading.source)         # doctest: +SKIP
"""

from intake.profiles import Profile, load, profile_from
from intake.reading import Reading, read
from intake.reconcile import read_balances, read_stated
from intake.wishes import ImportOptions

__all__ = [
    "ImportOptions",
    "Profile",
    "Reading",
    "load",
    "profile_from",
    "read",
    "read_balances",
    "read_stated",
]
