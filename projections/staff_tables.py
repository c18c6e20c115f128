"""Staffing as it is read: key figures by unit, time and extra time, headcount, month by month."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import polars as pl

from ledger.errors import UsageError
from ledger.families.staffing import EMPLOYED, EXTRA, MEASURES, PEOPLE
from ledger.log import Book
from ledger.money import percent
from ledger.periods import months_between, shift
from projections.counted import Counted
from projections.registry import projection
from projections.sick_rates import SMALL, Rates
from projections.staff_facts import Staffing, Sums, change, months_before

__all__ = ["headcount", "staff_time", "staffing", "staffing_months"]

#: What was worked, each kind of extra time, all of it, vacation.
TIME = ("worked", *EXTRA, "extra", "vacation")
#: Permanent, temporary, both together, hired.
STAFF = ("permanent", "temporary", "employed", "hired")
_PARTS: Mapping[str, tuple[str, ...]] = {"extra": EXTRA, "employed": EMPLOYED}

#: The figures of `staffing` that are sums of events: columns, and the measure of each.
SUMMED = {name if name in PEOPLE else f"{name}_hours": name for name in MEASURES}
_KEY_FIGURES = {
    **dict.fromkeys(SUMMED, pl.Int64),
    "fte": pl.String,
    "last_year_fte": pl.String,
    "change_fte": pl.String,
    "extra_fte": pl.String,
    "employed": pl.Int64,
    "change_year_start": pl.Int64,
    "sick_percent": pl.String,
}


@projection((), ("sick_percent",))
def staffing(
    book: Book,
    through: str | None = None,
    known_at: str | None = None,
    *,
    by: str | Iterable[str] = ("area",),
    unit: str | None = None,
    tree: str = "line",
    year: str | None = None,
    span: str = "accumulated",
    structure: str | None = None,
) -> pl.DataFrame:
    """Key figures of staffing, a row a unit (or what ``by`` says).

    Columns: the keys (String, null in the whole, with which one dimension ends; ``name`` after a
    unit's); ``worked_hours`` … ``vacation_hours`` (Int64 hundredths over the months asked for),
    ``permanent``, ``temporary``, ``hired`` (Int64, in the last month), null where not known, and of
    sick hours also where they must not be stated (`sick_rates`); ``fte``, ``last_year_fte``,
    ``change_fte``, ``extra_fte`` (text with two decimals: worked and extra time as full-time
    equivalents); ``employed`` and ``change_year_start`` (Int64: permanent and temporary, and since
    the month before the fiscal year); ``sick_percent`` (text).

    ``by`` is levels of the tree, sex, age_group, personnel_group; ``span`` is accumulated, month,
    tertial or rolling12. Raises `ledger.errors.UsageError`.
    """
    if structure is not None:
        raise UsageError("Staffing has no report lines.", "Leave --structure out.")
    asked = Staffing.of(book, through, known_at, by=by, unit=unit, tree=tree, year=year, span=span)
    months, ago = asked.asked.months, asked.asked.last_year
    start = shift(asked.asked.year[0], -1)
    sums = asked.sums({"now": months, "last": months[-1:], "ago": ago, "start": [start]})
    rates, rows = Rates.of(asked, months), []
    for row in asked.rows:
        sick = rates.cells[row, "total"]
        hushed = [
            measure
            for measure, figure in (("sick", "total"), ("sick_60", "long_term"))
            if rates.cells[row, figure].is_withheld or sick.is_withheld
        ]
        worked, before = sums.of(row, "worked", "now"), sums.of(row, "worked", "ago")
        employed = sums.together(row, EMPLOYED, "last")
        same = len(months) == len(ago)
        rows.append(
            {
                **asked.named(row),
                **{
                    column: None
                    if measure in hushed
                    else sums.of(row, measure, "last" if measure in PEOPLE else "now")
                    for column, measure in SUMMED.items()
                },
                "fte": asked.fte(worked, len(months)),
                "last_year_fte": asked.fte(before, len(ago)),
                "change_fte": asked.fte(change(worked, before), len(months)) if same else None,
                "extra_fte": asked.fte(sums.together(row, EXTRA, "now"), len(months)),
                "employed": employed,
                "change_year_start": change(employed, sums.together(row, EMPLOYED, "start")),
                "sick_percent": sick.percent,
            }
        )
    return pl.DataFrame(rows, schema=asked.schema | _KEY_FIGURES)


def counted_staffing(book: Book, through: str | None = None, **ask: Any) -> Counted:
    """What the summed figures of `staffing` count, asked as it is; amounts are hundredths of an
    hour, or people. What must not be stated in a row has no share there."""
    ask.pop("structure", None)
    asked = Staffing.of(book, through, **ask)
    keys = asked.keys
    shown = asked.keyed.lazy().select(
        "position",
        "period",
        "measure",
        *(pl.col(f"key_{name}").alias(name) for name in keys),
        amount="value",
    )
    months = asked.asked.months
    facts = {}
    for column, measure in SUMMED.items():
        within = months[-1:] if measure in PEOPLE else months
        if asked.knows(measure, within):
            facts[column] = shown.filter(
                (pl.col("measure") == measure) & pl.col("period").is_in(list(within))
            ).drop("measure")
    return Counted(tuple(keys), facts)


_TIME_COLUMNS: dict[str, type[pl.DataType]] = {
    "measure": pl.String,
    "hours": pl.Int64,
    "fte": pl.String,
    "last_year_hours": pl.Int64,
    "last_year_fte": pl.String,
    "change_hours": pl.Int64,
    "change_fte": pl.String,
    "change_percent": pl.String,
    "before_hours": pl.Int64,
    "before_fte": pl.String,
    "change_before_hours": pl.Int64,
    "change_before_fte": pl.String,
}


@projection((), ("change_percent",))
def staff_time(
    book: Book,
    through: str | None = None,
    known_at: str | None = None,
    *,
    by: str | Iterable[str] = (),
    unit: str | None = None,
    tree: str = "line",
    year: str | None = None,
    span: str = "accumulated",
) -> pl.DataFrame:
    """Worked time, extra time by its four kinds, and vacation: hours and full-time equivalents.

    Columns: the keys of ``by`` (String, null in the whole; ``name`` after a unit's), ``measure``
    (worked, on_call, standby, overtime, additional, extra: these four together, vacation),
    ``hours`` (Int64 hundredths) and ``fte`` (text with two decimals: hours × 12 / (months × the
    setting staffing.hours_per_fte)), the same of the months one year earlier (``last_year_…``), the
    change since (hours, fte, and percent: text), and of a month or a tertial the same of the one
    just before (``before_…``). Null where not known; what nobody ever reported has no row.

    ``by`` is levels of the tree, sex, age_group, personnel_group; none is the whole. ``span`` is
    accumulated, month, tertial or rolling12. Raises `ledger.errors.UsageError`.
    """
    asked = Staffing.of(book, through, known_at, by=by, unit=unit, tree=tree, year=year, span=span)
    spans = {
        "now": asked.asked.months,
        "last_year": asked.asked.last_year,
        "before": months_before(asked.asked, span),
    }
    sums, count, rows = asked.sums(spans), len(asked.asked.months), []
    for row in asked.rows:
        for measure in TIME:
            parts = _PARTS.get(measure, (measure,))
            if not asked.reported(parts):
                continue
            now, ago, before = (sums.together(row, parts, name) for name in spans)
            if len(asked.asked.last_year) != count:
                ago = None
            since = change(now, ago)
            rows.append(
                {
                    **asked.named(row),
                    "measure": measure,
                    "hours": now,
                    "fte": asked.fte(now, count),
                    "last_year_hours": ago,
                    "last_year_fte": asked.fte(ago, count),
                    "change_hours": since,
                    "change_fte": asked.fte(since, count),
                    "change_percent": percent(since, ago) if since is not None and ago else None,
                    "before_hours": before,
                    "before_fte": asked.fte(before, count),
                    "change_before_hours": change(now, before),
                    "change_before_fte": asked.fte(change(now, before), count),
                }
            )
    return pl.DataFrame(rows, schema=asked.schema | _TIME_COLUMNS)


_SINCE = ("month_before", "year_start", "year_before")
_HEADCOUNT_COLUMNS: dict[str, type[pl.DataType]] = {
    "measure": pl.String,
    **dict.fromkeys(("people", *_SINCE, *(f"change_{since}" for since in _SINCE)), pl.Int64),
}


@projection(())
def headcount(
    book: Book,
    through: str | None = None,
    known_at: str | None = None,
    *,
    by: str | Iterable[str] = (),
    unit: str | None = None,
    tree: str = "line",
    year: str | None = None,
    since: str | None = None,
) -> pl.DataFrame:
    """How many are employed and hired in a month, and the changes since three others.

    Columns: the keys of ``by`` (String, null in the whole; ``name`` after a unit's), ``measure``
    (permanent, temporary, employed: these two together, hired), ``people`` (Int64, at the end of
    the last month), ``month_before``, ``year_start`` (the month before the fiscal year),
    ``year_before`` (the same month last year), each with its ``change_…`` (Int64: now less then).
    With ``since``, a month, also ``since`` and ``change_since``. Null where not known; a measure
    that nobody ever reported has no row. ``by`` as in `staff_time`.

    Raises `ledger.errors.UsageError`.
    """
    asked = Staffing.of(
        book, through, known_at, by=by, unit=unit, tree=tree, year=year, span="month"
    )
    last = asked.asked.last
    earlier = dict(
        zip(
            _SINCE, (shift(last, -1), shift(asked.asked.year[0], -1), shift(last, -12)), strict=True
        )
    )
    if since is not None:
        earlier["since"] = asked.book.period(since).last
    spans = {"people": [last]} | {name: [month] for name, month in earlier.items()}
    sums, rows = asked.sums(spans), []
    for row in asked.rows:
        for measure in STAFF:
            parts = _PARTS.get(measure, (measure,))
            if not asked.reported(parts):
                continue
            found = {name: sums.together(row, parts, name) for name in spans}
            changes = {f"change_{n}": change(found["people"], found[n]) for n in earlier}
            rows.append({**asked.named(row), "measure": measure, **found, **changes})
    more = () if since is None else ("since", "change_since")
    return pl.DataFrame(
        rows, schema=asked.schema | _HEADCOUNT_COLUMNS | dict.fromkeys(more, pl.Int64)
    )


_MONTH_COLUMNS: dict[str, type[pl.DataType]] = {
    "month": pl.String,
    "worked_hours": pl.Int64,
    "fte": pl.String,
    "rolling12_fte": pl.String,
    **dict.fromkeys(STAFF, pl.Int64),
    **{f"{kind}_hours": pl.Int64 for kind in (*EXTRA, "extra")},
    **{f"{kind}_fte": pl.String for kind in (*EXTRA, "extra")},
    "sick_percent": pl.String,
    "rolling12_sick_percent": pl.String,
    "long_term_percent": pl.String,
}


@projection((), ("sick_percent", "rolling12_sick_percent", "long_term_percent"))
def staffing_months(
    book: Book,
    through: str | None = None,
    known_at: str | None = None,
    *,
    unit: str | None = None,
    tree: str = "line",
    year: str | None = None,
) -> pl.DataFrame:
    """Staffing month by month, of this fiscal year up to the last month and of the year before.

    Columns: ``month``, ``worked_hours`` (Int64 hundredths), ``fte`` of the month and
    ``rolling12_fte`` of the twelve months to it (text with two decimals), ``permanent``,
    ``temporary``, ``employed``, ``hired`` (Int64), ``on_call_hours`` … ``extra_hours`` (Int64
    hundredths) and ``on_call_fte`` … ``extra_fte`` (text), ``sick_percent``,
    ``rolling12_sick_percent`` (sum over sum) and ``long_term_percent`` (text). Null where not
    known, and of sick leave where there are at most ten employed. A row is a month on record.

    Raises `ledger.errors.UsageError`.
    """
    asked = Staffing.of(book, through, known_at, unit=unit, tree=tree, year=year, span="month")
    last = asked.asked.last
    begins = asked.book.organisation.calendar.year_of(shift(asked.asked.year[0], -1))[0]
    months = [m for m in months_between(begins, last) if any(asked.knows(x, [m]) for x in MEASURES)]
    twelve = {month: months_between(shift(month, -11), month) for month in months}
    alone = asked.sums({month: [month] for month in months})
    rolled = asked.sums(twelve)
    rows: list[dict[str, Any]] = []
    for month in months:
        extra = {k: alone.together((), _PARTS.get(k, (k,)), month) for k in (*EXTRA, "extra")}
        worked = alone.of((), "worked", month)
        rows.append(
            {
                "month": month,
                "worked_hours": worked,
                "fte": asked.fte(worked, 1),
                "rolling12_fte": asked.fte(rolled.of((), "worked", month), 12),
                **{s: alone.together((), _PARTS.get(s, (s,)), month) for s in STAFF},
                **{f"{kind}_hours": hours for kind, hours in extra.items()},
                **{f"{kind}_fte": asked.fte(hours, 1) for kind, hours in extra.items()},
                "sick_percent": _rate(alone, month, "sick", "ordinary"),
                "rolling12_sick_percent": _rate(rolled, month, "sick", "ordinary", alone),
                "long_term_percent": _rate(alone, month, "sick_60", "sick"),
            }
        )
    return pl.DataFrame(rows, schema=_MONTH_COLUMNS)


def _rate(sums: Sums, span: str, part: str, whole: str, size: Sums | None = None) -> str | None:
    """Sum over sum of the whole, text; None where it is not known, or of at most ten people."""
    people = (size or sums).at_least((), EMPLOYED, span)
    some, every = sums.of((), part, span), sums.of((), whole, span)
    if people is None or people <= SMALL or some is None or not every:
        return None
    return percent(some, every)
