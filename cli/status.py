"""Where each division stands, and what to do next, from the log's state."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import projections
from ledger.families.forecast import Forecasts, Round, Standing
from ledger.families.governance import Closed, Governance
from ledger.families.organisation import Organisation
from ledger.families.roles import Roles
from ledger.periods import shift
from projections.staff_facts import staffing_facts
from reporting.catalogue import Language, label
from reporting.tables import Column, Table, table_from

if TYPE_CHECKING:
    import polars as pl

    from ledger.log import Book

COLUMNS = (
    Column("unit"),
    Column("name"),
    Column("imported"),
    Column("reconciled"),
    Column("closed"),
    Column("staffed"),
    Column("reviewed", "count"),
    Column("unreviewed", "count"),
    Column("late", "count"),
    Column("rounds"),
)


def status_table(book: Book, lang: Language, states: Language | None = None) -> Table:
    """A row a division (the root, where there is none), and the root itself last. ``states`` is
    the language of the states where it is not the table's: data has one.

    Batches reviewed and not, and late entries, are those of outcome in months that are open.
    """
    states = states or lang
    organisation = book.organisation
    founded = organisation.require_founded()
    imported = _latest(book, book.postings())
    staffed = _latest(book, staffing_facts(book))
    compared = book.events("governance.reconciliation_recorded")
    reconciled = compared.filter(compared["different"] == 0)["last"].max()
    divisions = [p for p in organisation.places().values() if p.level == "division"]
    late, rows = projections.late_entries(book), []
    for place in [*divisions, organisation.places()[founded.root]]:
        rows.append(
            {
                "unit": place.unit,
                "name": place.name,
                "imported": imported.get(place.unit),
                "reconciled": reconciled,
                "closed": _closed(book, place.unit, states),
                "staffed": staffed.get(place.unit),
                **_open(book, place.unit, late),
                "rounds": "; ".join(_rounds(book, place.unit, states)) or None,
            }
        )
    used = "roles_used" if book.state.of(Roles).in_use else "no_roles"
    title = label("title.status", lang, name=founded.name)
    return table_from(rows, COLUMNS, title, (label(f"note.{used}", lang),))


def _open(book: Book, unit: str, late: pl.DataFrame) -> dict[str, int]:
    """Batches of outcome in the unit's open months, reviewed and not, and late entries there."""
    import polars as pl

    closed, organisation = Closed(book.state), book.organisation
    entered = book.state.of(Governance).entered_periods("outcome")
    months = [month for month in entered if not closed(month, unit)]
    held = projections.batches(book, unit=unit).filter(
        (pl.col("entries") == "outcome") & pl.col("period").is_in(months)
    )
    looked = dict(held.select("batch", pl.col("reviewed_by").is_not_null()).iter_rows())
    below = [u for u in organisation.units if unit in organisation.ancestors(u)]
    there = late.filter(pl.col("period").is_in(months) & pl.col("unit").is_in(below))
    return {
        "reviewed": sum(looked.values()),
        "unreviewed": len(looked) - sum(looked.values()),
        "late": there.height,
    }


def _latest(book: Book, facts: pl.DataFrame) -> dict[str, str]:
    """The latest month with any of the facts in each unit and all above it."""
    import polars as pl

    found: dict[str, str] = {}
    latest = facts.group_by("unit").agg(pl.col("period").max())
    for unit, period in latest.iter_rows():
        for above in book.organisation.ancestors(unit):
            found[above] = max(found.get(above, period), period)
    return found


def closed_through(book: Book, unit: str) -> tuple[str, bool] | None:
    """The latest month closed for outcome in a unit, and whether only preliminarily."""
    governance, found = book.state.of(Governance), dict[str, bool]()
    for family, period in governance.marks:
        mark = governance.mark(family, period, book.organisation.ancestors(unit, at=period))
        if family == "outcome" and mark is not None and mark.closed:
            found[period] = mark.preliminary
    return (max(found), found[max(found)]) if found else None


def _closed(book: Book, unit: str, lang: Language) -> str | None:
    last = closed_through(book, unit)
    if last is None:
        return None
    period, preliminary = last
    return label("message.preliminary", lang, period=period) if preliminary else period


def _rounds(book: Book, unit: str, lang: Language) -> Iterator[str]:
    path = book.organisation.ancestors(unit)
    for name, round_ in book.state.of(Forecasts).rounds.items():
        below = unit in book.organisation.ancestors(round_.opened.unit)
        if round_.opened.unit in path or below:
            state = "open" if round_.adopted_at is None else "adopted"
            yield f"{name} {label(f'state.{state}', lang)}"


def next_steps(book: Book) -> Iterator[tuple[str, str]]:
    """The next command, with the catalogue's key of why: the first thing that is missing."""
    organisation = book.organisation
    if len(organisation.units) < 2:
        yield "next.units", "ledger import units.csv"
        return
    if not organisation.accounts:
        yield "next.accounts", "ledger import accounts.csv"
        return
    entered = book.state.of(Governance).entered_periods("outcome")
    if not entered:
        yield "next.outcome", "ledger import outcome-2020-01.csv"
        return
    closed = closed_through(book, organisation.require_founded().root)
    open_ = [p for p in entered if closed is None or p > closed[0]]
    if open_:
        yield "next.close", f"ledger close {shift(closed[0], 1) if closed else open_[0]}"
    rounds = book.state.of(Forecasts).rounds
    pending = [name for name, r in rounds.items() if r.adopted_at is None]
    for name in pending:
        yield _round_step(organisation, rounds[name])
    if not open_ and not pending:
        yield "next.result", f"ledger result --through {entered[-1]} --by area"


def _round_step(organisation: Organisation, round_: Round) -> tuple[str, str]:
    """What an open round waits for: entries, where approval is demanded the unit that has not
    submitted or is not approved, adoption."""
    name = round_.opened.round
    if not round_.entries:
        return "next.enter", f"ledger forecast enter --from forecast.csv --round {name}"
    if organisation.setting("forecast.approval") == "approved":
        states = Standing(round_, organisation).entered()
        for key, waiting in (("submit", ("entered", "returned")), ("approve", ("submitted",))):
            for unit, now in states.items():
                if now in waiting:
                    return f"next.{key}", f"ledger forecast {key} {name} --unit {unit}"
    return "next.adopt", f"ledger forecast adopt {name}"
